"""What is no object: trees and roofs that hide objects, and things that might be taken for them."""

from collections.abc import Callable

import numpy as np

from sim.training.mesh import (
    Array,
    Colour,
    Mesh,
    Surface,
    box,
    disc,
    joined,
    pipe,
    quads,
    round_body,
    surfaced,
)

GREENS: tuple[Colour, ...] = (
    (0.10, 0.26, 0.16),
    (0.07, 0.20, 0.12),
    (0.14, 0.36, 0.24),
    (0.10, 0.34, 0.38),
)
TRUNK = Surface(colour=(0.12, 0.17, 0.22), warmth=0.45)
METAL = Surface(colour=(0.5, 0.5, 0.5), warmth=0.4, gloss=0.2)


def foliage(rng: np.random.Generator, size: tuple[float, float, float], count: int) -> Mesh:
    """A crown of leaves in clumps around the origin: brighter outside and above."""
    clumps = rng.normal(0.0, 1.0, (max(4, count // 40), 3))
    clumps *= (rng.uniform(0.35, 0.72, len(clumps)) / np.linalg.norm(clumps, axis=1))[:, None]
    toward = rng.normal(0.0, 1.0, (count, 3))
    toward /= np.linalg.norm(toward, axis=1)[:, None]
    middle = clumps[rng.integers(len(clumps), size=count)] + 0.34 * toward
    leaf = 1.8 / np.sqrt(count)
    across = rng.normal(0.0, leaf, (count, 3, 3))
    corners = (middle[:, None] + across) * np.array(size) / 2.0
    base = np.array(GREENS[rng.integers(len(GREENS))]) * rng.uniform(0.7, 1.3)
    light = (0.55 + 0.45 * np.linalg.norm(middle, axis=1)) * (0.85 + 0.25 * middle[:, 2])
    light *= rng.uniform(0.65, 1.25, count)
    colours = np.clip(base * light[:, None] + rng.normal(0, 0.012, (count, 3)), 0.01, 1.0)
    warmth = np.clip(0.36 + 0.05 * light, 0.0, 1.0)
    return Mesh(corners, colours, warmth, np.zeros(count))


def tree(rng: np.random.Generator) -> Mesh:
    """A broad tree or a poplar."""
    height = rng.uniform(4.0, 11.0)
    wide = height * (rng.uniform(0.25, 0.35) if rng.random() < 0.3 else rng.uniform(0.55, 0.95))
    crown = foliage(rng, (wide, wide, height * 0.8), 1500).moved(z=height * 0.58)
    return joined([pipe((0, 0, 0), (0, 0, height * 0.5), (0.18, 0.12), TRUNK), crown])


def bush(rng: np.random.Generator) -> Mesh:
    """A bush or a tuft, as wide as a person to a car."""
    wide, height = rng.uniform(0.5, 2.4), rng.uniform(0.4, 1.4)
    return foliage(rng, (wide, wide * rng.uniform(0.7, 1.3), height), 200).moved(z=height * 0.45)


def stone(rng: np.random.Generator) -> Mesh:
    """A boulder or a heap."""
    grey = rng.uniform(0.25, 0.6)
    surface = Surface(colour=(grey * 0.9, grey * 0.97, grey), warmth=rng.uniform(0.4, 0.55))
    size = rng.uniform(0.3, 1.8)
    body = round_body((size, size * rng.uniform(0.6, 1.2), size * 0.7), surface, around=7, rings=4)
    return Mesh(body.corners + rng.normal(0, 0.03 * size, (1, 3, 3)), *_mottled(rng, body))


def _mottled(rng: np.random.Generator, mesh: Mesh) -> tuple[Array, Array, Array]:
    shade = rng.uniform(0.8, 1.2, (len(mesh.colours), 1))
    return np.clip(mesh.colours * shade, 0, 1), mesh.warmth, mesh.gloss


def _any_surface(rng: np.random.Generator) -> Surface:
    blue, green, red = rng.uniform(0.05, 0.9, 3).tolist()
    if rng.random() < 0.5:
        blue = green = red = rng.uniform(0.1, 0.9)
    return Surface(colour=(blue, green, red), warmth=rng.uniform(0.35, 0.6))


def crate(rng: np.random.Generator) -> Mesh:
    """A box, a bin, a container or a heap of boxes."""
    if rng.random() < 0.15:
        return box((6.06, 2.44, 2.59), _any_surface(rng))
    size = rng.uniform(0.3, 1.6)
    return box(
        (size, size * rng.uniform(0.5, 1.2), size * rng.uniform(0.4, 1.2)), _any_surface(rng)
    )


def pole(rng: np.random.Generator) -> Mesh:
    """A lamp post, a sign or a bollard."""
    kind = rng.choice(["lamp", "sign", "bollard"])
    if kind == "bollard":
        return pipe((0, 0, 0), (0, 0, 1.0), (0.1, 0.1), _any_surface(rng))
    height = rng.uniform(6.0, 10.0) if kind == "lamp" else rng.uniform(2.0, 3.0)
    post = pipe((0, 0, 0), (0, 0, height), (0.09, 0.06), METAL)
    if kind == "sign":
        return joined([post, box((0.04, 0.7, 0.7), _any_surface(rng)).moved(z=height - 0.7)])
    arm = pipe((0, 0, height), (1.6, 0, height + 0.2), (0.05, 0.05), METAL)
    return joined([post, arm, box((0.6, 0.25, 0.12), METAL).moved(x=1.7, z=height + 0.15)])


def stall(rng: np.random.Generator) -> Mesh:
    """A bazaar stall: an awning on posts, goods under it."""
    length, width, height = rng.uniform(2.0, 5.0), rng.uniform(1.8, 2.8), rng.uniform(2.1, 2.7)
    cloth = _any_surface(rng)
    awning = box((length, width, 0.25), cloth, top=(length * 0.9, width * 0.15)).moved(z=height)
    posts = [
        pipe((x * length, y * width, 0), (x * length, y * width, height), (0.03, 0.03), METAL)
        for x in (-0.48, 0.48)
        for y in (-0.48, 0.48)
    ]
    goods = [
        box((rng.uniform(0.3, 0.9), 0.6, rng.uniform(0.3, 0.9)), _any_surface(rng)).moved(
            x=place * length, y=rng.uniform(-0.4, 0.6) * width
        )
        for place in (-0.35, -0.1, 0.15, 0.38)
    ]
    return joined([awning, *posts, *goods])


def parasol(rng: np.random.Generator) -> Mesh:
    """A parasol or a small tent."""
    wide = rng.uniform(1.6, 3.2)
    cloth = _any_surface(rng)
    top = pipe((0, 0, 2.0), (0, 0, 2.6), (wide / 2.0, 0.05), cloth, around=8)
    return joined([top, pipe((0, 0, 0), (0, 0, 2.1), (0.03, 0.03), METAL)])


def fence(rng: np.random.Generator) -> Mesh:
    """A few metres of fence, wall or hedge."""
    length = rng.uniform(4.0, 14.0)
    if rng.random() < 0.4:
        return foliage(rng, (length, 0.9, 1.3), 260).moved(z=0.6)
    return box((length, rng.uniform(0.06, 0.3), rng.uniform(0.7, 2.0)), _any_surface(rng))


ROOFS: tuple[Colour, ...] = (
    (0.28, 0.30, 0.42),
    (0.35, 0.36, 0.37),
    (0.55, 0.57, 0.58),
    (0.22, 0.23, 0.24),
    (0.30, 0.42, 0.55),
)


def building(rng: np.random.Generator) -> Mesh:
    """A house or a hall with windows, on its roof what stands on roofs."""
    length, width = rng.uniform(6.0, 26.0), rng.uniform(5.0, 14.0)
    height = rng.uniform(2.8, 10.0)
    wall = Surface(
        colour=(0.55, 0.66, 0.72) if rng.random() < 0.5 else (0.72, 0.74, 0.75), warmth=0.5
    )
    cover = Surface(colour=ROOFS[rng.integers(len(ROOFS))], warmth=rng.uniform(0.35, 0.6))
    parts = [box((length, width, height), wall)]
    if rng.random() < 0.5:
        rise = width * rng.uniform(0.15, 0.3)
        parts.append(
            box((length + 0.8, width + 0.8, rise), cover, top=(length * 0.9, 0.1)).moved(z=height)
        )
    else:
        parts.append(box((length + 0.3, width + 0.3, 0.25), cover).moved(z=height))
        for x, y in rng.uniform(-0.4, 0.4, (rng.integers(0, 7), 2)):
            unit = box((rng.uniform(0.5, 2.0), rng.uniform(0.5, 1.5), rng.uniform(0.3, 1.2)), METAL)
            parts.append(unit.moved(x=x * length, y=y * width, z=height + 0.25))
    pane = Surface(colour=(0.16, 0.14, 0.12), warmth=0.42, gloss=0.5)
    columns = np.arange(-length / 2.0 + 1.2, length / 2.0 - 1.0, 2.4)
    for level in np.arange(0.9, height - 1.3, 2.8):
        for side in (1.0, -1.0):
            corners = np.array([_pane(x, side * (width / 2.0 + 0.02), level) for x in columns])
            parts.append(quads(corners, pane))
    return joined(parts)


def _pane(x: float, y: float, z: float) -> list[list[float]]:
    return [[x, y, z], [x + 1.1, y, z], [x + 1.1, y, z + 1.3], [x, y, z + 1.3]]


def litter(rng: np.random.Generator) -> Mesh:
    """Flat pieces on the ground: manhole covers, puddles, rags, patches."""
    if rng.random() < 0.4:
        dark = Surface(colour=(0.10, 0.11, 0.12), warmth=0.42, gloss=0.25)
        return (
            disc(rng.uniform(0.25, 0.9), dark).scaled(1.0, rng.uniform(0.6, 1.6), 1.0).moved(z=0.01)
        )
    corners = rng.normal(0.0, 0.6, (2, 3, 3)) * np.array([1.0, 1.0, 0.0])
    return surfaced(corners, _any_surface(rng)).moved(z=0.02)


SMALL: tuple[Callable[[np.random.Generator], Mesh], ...] = (
    bush,
    bush,
    stone,
    crate,
    pole,
    parasol,
    fence,
    litter,
    litter,
)
