"""People and livestock: bodies of rounded parts, in the poses that a drone meets."""

import math

import numpy as np

from sim.training.mesh import Colour, Mesh, Surface, box, disc, joined, pipe, round_body

SKINS: tuple[Colour, ...] = ((0.45, 0.58, 0.78), (0.35, 0.48, 0.68), (0.22, 0.32, 0.48))
HAIRS: tuple[Colour, ...] = (
    (0.04, 0.04, 0.05),
    (0.08, 0.12, 0.18),
    (0.3, 0.35, 0.4),
    (0.6, 0.6, 0.6),
)
SKIN_WARMTH, CLOTH_WARMTH = 0.93, 0.80


def _cloth(rng: np.random.Generator) -> Surface:
    """Clothes: mostly dark or grey, now and then bright."""
    kind = rng.random()
    if kind < 0.45:
        colour = np.full(3, rng.uniform(0.03, 0.3)) + rng.normal(0, 0.02, 3)
    elif kind < 0.62:
        colour = np.full(3, rng.uniform(0.65, 0.95)) + rng.normal(0, 0.03, 3)
    elif kind < 0.75:
        colour = np.array([0.45, 0.25, 0.12]) * rng.uniform(0.5, 1.5)
    else:
        colour = rng.uniform(0.05, 0.85, 3)
    blue, green, red = np.clip(colour, 0.02, 1.0).tolist()
    return Surface(colour=(blue, green, red), warmth=CLOTH_WARMTH + rng.uniform(-0.1, 0.06))


def person(rng: np.random.Generator) -> Mesh:
    """Somebody who stands or walks, sits or lies."""
    height = rng.choice([rng.normal(1.70, 0.09), rng.uniform(1.0, 1.45)], p=[0.9, 0.1]) / 1.75
    pose = rng.choice(["walk", "stand", "sit", "lie"], p=[0.5, 0.34, 0.1, 0.06])
    top, bottom = _cloth(rng), _cloth(rng)
    skin = Surface(colour=SKINS[rng.integers(3)], warmth=SKIN_WARMTH)
    figure = joined(
        [*_legs(rng, str(pose), bottom, skin), *_trunk(rng, top, skin, walks=pose == "walk")]
    )
    figure = figure.scaled(rng.uniform(0.95, 1.12), rng.uniform(0.92, 1.15), 1.0)
    figure = figure.scaled(height, height, height)
    if pose == "sit":
        return figure.moved(z=-0.42 * height)
    if pose == "lie":
        return figure.pitched(math.pi / 2.0).moved(z=0.14)
    return figure


def _legs(rng: np.random.Generator, pose: str, cloth: Surface, skin: Surface) -> list[Mesh]:
    step = rng.uniform(0.15, 0.42) if pose == "walk" else rng.uniform(0.0, 0.06)
    shoe = Surface(colour=(0.06, 0.06, 0.08), warmth=0.6)
    if rng.random() < 0.14 and pose in ("walk", "stand"):  # A skirt or a long coat.
        return [pipe((0, 0, 0.12), (0, 0, 0.95), (0.26, 0.15), cloth, around=8)]
    parts = []
    for side, ahead in ((1.0, step), (-1.0, -step)):
        hip, y = (0.0, side * 0.09, 0.90), side * 0.10
        if pose == "sit":
            knee, foot = (0.45, y, 0.88), (0.47, y, 0.45)
        else:
            knee, foot = (0.55 * ahead + 0.03, y, 0.48), (ahead, y, 0.05)
        parts.append(pipe(hip, knee, (0.10, 0.075), cloth))
        lower = skin if rng.random() < 0.06 else cloth
        parts.append(pipe(knee, foot, (0.07, 0.05), lower))
        parts.append(box((0.27, 0.10, 0.09), shoe).moved(x=foot[0] + 0.06, y=y, z=foot[2] - 0.05))
    return parts


def _trunk(rng: np.random.Generator, cloth: Surface, skin: Surface, *, walks: bool) -> list[Mesh]:
    parts = [
        pipe((0.0, 0.0, 0.86), (0.0, 0.0, 1.15), (0.155, 0.165), cloth, around=8).scaled(
            0.8, 1.1, 1
        ),
        pipe((0.0, 0.0, 1.15), (0.01, 0.0, 1.42), (0.165, 0.15), cloth, around=8).scaled(
            0.8, 1.25, 1
        ),
        round_body((0.26, 0.46, 0.18), cloth, around=8, rings=4).moved(z=1.41),
        pipe((0.01, 0.0, 1.44), (0.03, 0.0, 1.56), (0.055, 0.055), skin),
        round_body((0.21, 0.165, 0.24), skin, around=8, rings=6).moved(x=0.03, z=1.63),
    ]
    swing = rng.uniform(0.1, 0.35) if walks else rng.uniform(-0.05, 0.1)
    bare = rng.random() < 0.3
    for side, ahead in ((1.0, -swing), (-1.0, swing)):
        shoulder = (0.0, side * 0.21, 1.40)
        elbow = (0.5 * ahead, side * 0.27, 1.13)
        hand = (ahead + 0.08, side * 0.26, 0.92)
        parts.append(pipe(shoulder, elbow, (0.06, 0.05), cloth))
        parts.append(pipe(elbow, hand, (0.045, 0.04), skin if bare else cloth))
        parts.append(
            round_body((0.10, 0.07, 0.12), skin, around=6, rings=4).moved(
                x=hand[0], y=hand[1], z=hand[2] - 0.04
            )
        )
    return [*parts, *_worn(rng, cloth)]


def _worn(rng: np.random.Generator, cloth: Surface) -> list[Mesh]:
    """Hair or a hat, and perhaps a backpack."""
    hat = rng.random() < 0.22
    cover = _cloth(rng) if hat else Surface(colour=HAIRS[rng.integers(4)], warmth=0.82)
    worn = [round_body((0.24, 0.19, 0.2), cover, around=8, rings=5).moved(x=0.01, z=1.675)]
    if hat and rng.random() < 0.5:
        worn.append(disc(0.19, cover).moved(z=1.69))
    if rng.random() < 0.18:
        worn.append(box((0.18, 0.30, 0.42), _cloth(rng)).moved(x=-0.2, z=1.0))
    if rng.random() < 0.1:
        worn.append(box((0.12, 0.3, 0.28), _cloth(rng)).moved(x=0.05, y=0.38, z=0.6))
    return worn


COATS: dict[str, tuple[Colour, ...]] = {
    "cattle": (
        (0.10, 0.16, 0.30),
        (0.05, 0.05, 0.06),
        (0.15, 0.26, 0.42),
        (0.80, 0.85, 0.88),
        (0.28, 0.38, 0.5),
    ),
    "horse": (
        (0.08, 0.14, 0.28),
        (0.05, 0.06, 0.09),
        (0.10, 0.20, 0.40),
        (0.55, 0.57, 0.58),
        (0.80, 0.82, 0.83),
    ),
    "sheep": (
        (0.70, 0.78, 0.83),
        (0.55, 0.65, 0.72),
        (0.10, 0.13, 0.18),
        (0.25, 0.36, 0.48),
        (0.40, 0.42, 0.44),
    ),
}
# Length and width of the trunk, height of the back, thickness of the trunk, metres.
BUILDS = {
    "cattle": (1.65, 0.62, 1.38, 0.75),
    "horse": (1.60, 0.54, 1.55, 0.65),
    "sheep": (0.95, 0.46, 0.74, 0.46),
}


def animal(rng: np.random.Generator, kind: str) -> Mesh:
    """A cow, a horse or a sheep that stands, grazes, walks or lies."""
    length, width, back, thick = (side * rng.uniform(0.9, 1.12) for side in BUILDS[kind])
    size = 0.65 if rng.random() < 0.12 else 1.0
    lies = kind != "horse" and rng.random() < 0.2
    grazes = rng.random() < 0.5
    coat = Surface(
        colour=_coat(rng, kind), warmth=rng.uniform(0.72, 0.92) - 0.12 * (kind == "sheep")
    )
    middle = back - thick / 2.0
    parts = [
        round_body((length, width, thick), coat, around=12, rings=8).moved(z=middle),
        round_body((length * 0.45, width * 0.98, thick * 0.95), coat, around=10).moved(
            x=-length * 0.27, z=middle
        ),
        round_body((length * 0.45, width * 0.90, thick * 0.98), coat, around=10).moved(
            x=length * 0.26, z=middle
        ),
    ]
    parts += _patches(rng, kind, (length, width, thick, middle))
    parts += _head(rng, kind, coat, (length, back, middle), grazes=grazes)
    parts += _tail(kind, coat, (length, back))
    if not lies:
        parts += _feet(rng, kind, coat, (length, width, middle))
    mesh = joined(parts).scaled(size, size, size)
    return mesh.moved(z=-size * (middle - 0.45 * thick)) if lies else mesh


def _coat(rng: np.random.Generator, kind: str) -> Colour:
    chosen = np.array(COATS[kind][rng.integers(len(COATS[kind]))])
    blue, green, red = np.clip(chosen * rng.uniform(0.8, 1.2), 0.03, 0.97).tolist()
    return (blue, green, red)


def _patches(
    rng: np.random.Generator, kind: str, size: tuple[float, float, float, float]
) -> list[Mesh]:
    """White or black patches on some cattle and a few horses."""
    if rng.random() > {"cattle": 0.4, "horse": 0.08, "sheep": 0.0}[kind]:
        return []
    length, width, thick, middle = size
    white = rng.random() < 0.7
    patch = Surface(colour=(0.85, 0.88, 0.9) if white else (0.05, 0.05, 0.06), warmth=0.8)
    places = rng.uniform(-0.4, 0.4, (rng.integers(2, 6), 2))
    return [
        round_body(
            (length * rng.uniform(0.2, 0.4), width * rng.uniform(0.4, 0.8), thick * 0.5), patch
        ).moved(x=along * length, y=across * width * 0.6, z=middle + thick * 0.28)
        for along, across in places
    ]


def _head(
    rng: np.random.Generator,
    kind: str,
    coat: Surface,
    size: tuple[float, float, float],
    *,
    grazes: bool,
) -> list[Mesh]:
    length, back, middle = size
    reach = {"cattle": 0.55, "horse": 0.75, "sheep": 0.30}[kind]
    thick = {"cattle": 0.22, "horse": 0.19, "sheep": 0.12}[kind]
    rise = -0.75 * back + 0.25 if grazes else {"cattle": 0.05, "horse": 0.55, "sheep": 0.16}[kind]
    aside = rng.uniform(-0.3, 0.3) * reach
    root = (length * 0.40, 0.0, middle + 0.12 * back)
    nape = (length * 0.45 + reach * 0.8, aside, max(0.2 * back, back + rise - 0.1))
    down = 0.35 * reach if not grazes else 0.1
    nose = (nape[0] + reach * 0.55, aside * 1.3, max(0.08, nape[2] - down))
    dark = kind == "sheep" and rng.random() < 0.5
    face = Surface(colour=(0.06, 0.07, 0.08), warmth=0.9) if dark else coat
    parts = [
        pipe(root, nape, (thick * 1.3, thick * 0.8), coat, around=8),
        pipe(nape, nose, (thick * 0.85, thick * 0.5), face, around=8),
        round_body((thick * 1.6,) * 3, face, around=8).moved(x=nape[0], y=nape[1], z=nape[2]),
        round_body((thick * 1.0,) * 3, face, around=8).moved(x=nose[0], y=nose[1], z=nose[2]),
    ]
    for side in (1.0, -1.0):
        tip = (nape[0] - 0.03, nape[1] + side * thick * 1.5, nape[2] + thick * 0.5)
        parts.append(pipe(nape, tip, (thick * 0.35, 0.02), face, around=5))
    if kind == "horse":
        mane = Surface(colour=(0.04, 0.05, 0.06), warmth=0.6)
        lift = (root[0] - 0.12, root[1], root[2] + 0.26)
        crest = (nape[0] - 0.08, nape[1], nape[2] + 0.13)
        parts.append(pipe(lift, crest, (0.07, 0.06), mane))
    return parts


def _tail(kind: str, coat: Surface, size: tuple[float, float]) -> list[Mesh]:
    length, back = size
    if kind == "sheep":
        return [round_body((0.16, 0.26, 0.22), coat).moved(x=-length * 0.5, z=back * 0.75)]
    dark = Surface(colour=(0.05, 0.06, 0.08), warmth=0.6)
    root = (-length * 0.48, 0.0, back * 0.9)
    return [
        pipe(
            root,
            (-length * 0.58, 0.0, back * 0.38),
            (0.06, 0.07),
            dark if kind == "horse" else coat,
        )
    ]


def _feet(
    rng: np.random.Generator, kind: str, coat: Surface, size: tuple[float, float, float]
) -> list[Mesh]:
    length, width, middle = size
    thick = {"cattle": 0.10, "horse": 0.085, "sheep": 0.045}[kind]
    dark = Surface(colour=tuple(0.6 * np.array(coat.colour)), warmth=coat.warmth - 0.06)
    legs = []
    for along in (0.34, -0.36):
        for side in (1.0, -1.0):
            swing = rng.uniform(-0.12, 0.12) * middle
            hip = (along * length, side * width * 0.3, middle)
            hoof = (along * length + swing, side * width * 0.28, 0.0)
            legs.append(pipe(hip, hoof, (thick * 1.3, thick * 0.8), dark))
    return legs
