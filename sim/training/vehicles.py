"""Cars, trucks, buses and boats: shapes by sections along their length, of real sizes."""

import numpy as np

from sim.training.mesh import (
    Array,
    Colour,
    Mesh,
    Surface,
    box,
    disc,
    joined,
    lofted,
    pipe,
    quads,
    round_body,
    skin,
)

# White, silver, grey and black are most of the cars anywhere; BGR.
PAINTS: tuple[tuple[float, Colour], ...] = (
    (0.27, (0.90, 0.90, 0.88)),
    (0.15, (0.62, 0.62, 0.61)),
    (0.14, (0.33, 0.33, 0.32)),
    (0.17, (0.07, 0.07, 0.07)),
    (0.06, (0.40, 0.17, 0.08)),
    (0.04, (0.62, 0.40, 0.20)),
    (0.06, (0.08, 0.07, 0.50)),
    (0.03, (0.10, 0.20, 0.62)),
    (0.03, (0.15, 0.32, 0.10)),
    (0.03, (0.55, 0.70, 0.76)),
    (0.02, (0.08, 0.62, 0.85)),
)
TYRE = Surface(colour=(0.05, 0.05, 0.05), warmth=0.62)
GLASS = Surface(colour=(0.07, 0.06, 0.05), warmth=0.34, gloss=0.75)
TRIM = Surface(colour=(0.09, 0.09, 0.09), warmth=0.5, gloss=0.1)
LAMP = Surface(colour=(0.85, 0.85, 0.85), warmth=0.45, gloss=0.5)
REAR_LAMP = Surface(colour=(0.07, 0.06, 0.55), warmth=0.45, gloss=0.2)

# x from the front (0) to the rear (1); shares of the height: belt, roof; whether it is cabin.
OUTLINES: dict[str, tuple[tuple[float, float, float], ...]] = {
    "sedan": (
        (0.00, 0.42, 0.42),
        (0.04, 0.52, 0.52),
        (0.27, 0.63, 0.63),
        (0.44, 0.65, 0.97),
        (0.58, 0.65, 1.00),
        (0.70, 0.66, 0.96),
        (0.85, 0.66, 0.66),
        (0.97, 0.63, 0.63),
        (1.00, 0.50, 0.50),
    ),
    "hatch": (
        (0.00, 0.40, 0.40),
        (0.04, 0.50, 0.50),
        (0.25, 0.60, 0.60),
        (0.42, 0.62, 0.97),
        (0.60, 0.63, 1.00),
        (0.85, 0.64, 0.96),
        (0.97, 0.64, 0.66),
        (1.00, 0.48, 0.48),
    ),
    "wagon": (
        (0.00, 0.46, 0.46),
        (0.03, 0.55, 0.55),
        (0.25, 0.62, 0.62),
        (0.38, 0.64, 0.97),
        (0.60, 0.64, 1.00),
        (0.92, 0.64, 0.98),
        (0.99, 0.64, 0.68),
        (1.00, 0.45, 0.45),
    ),
    "van": (
        (0.00, 0.36, 0.36),
        (0.03, 0.45, 0.45),
        (0.14, 0.52, 0.52),
        (0.27, 0.56, 0.97),
        (0.50, 0.56, 1.00),
        (0.95, 0.56, 1.00),
        (0.995, 0.56, 0.95),
        (1.00, 0.40, 0.40),
    ),
    "pickup": (
        (0.00, 0.48, 0.48),
        (0.03, 0.56, 0.56),
        (0.24, 0.62, 0.62),
        (0.33, 0.64, 0.97),
        (0.45, 0.64, 1.00),
        (0.55, 0.64, 0.97),
        (0.59, 0.62, 0.62),
        (0.99, 0.62, 0.62),
        (1.00, 0.45, 0.45),
    ),
}
SIZES: dict[str, tuple[float, float, float]] = {
    "sedan": (4.65, 1.80, 1.46),
    "hatch": (4.05, 1.74, 1.50),
    "wagon": (4.70, 1.88, 1.72),
    "van": (5.30, 2.00, 2.25),
    "pickup": (5.30, 1.90, 1.80),
}
SHARES = {"sedan": 0.36, "hatch": 0.22, "wagon": 0.25, "van": 0.10, "pickup": 0.07}


def paint(rng: np.random.Generator) -> Surface:
    """A car's colour, as often as it is met."""
    shares = np.array([share for share, _ in PAINTS])
    chosen = PAINTS[rng.choice(len(PAINTS), p=shares / shares.sum())][1]
    colour = np.clip(np.array(chosen) * rng.uniform(0.8, 1.2) + rng.normal(0, 0.02, 3), 0.02, 1)
    blue, green, red = colour.tolist()
    return Surface(colour=(blue, green, red), warmth=rng.uniform(0.38, 0.66), gloss=0.28)


def car(rng: np.random.Generator) -> Mesh:
    """A passenger car, a van or a pickup."""
    kind = str(rng.choice(list(SHARES), p=list(SHARES.values())))
    length, width, height = (side * rng.uniform(0.93, 1.07) for side in SIZES[kind])
    body = paint(rng)
    windowless = kind == "van" and rng.random() < 0.6
    hull = _hull(OUTLINES[kind], (length, width, height), body, windowless=windowless)
    parts = [*hull, *_wheels(length, width, 0.31, (0.30, -0.29))]
    parts += _lamps(length, width, height * 0.42)
    if kind == "pickup":
        bed = box((length * 0.36, width * 0.8, 0.02), TRIM)
        parts.append(bed.moved(x=-length * 0.29, z=height * 0.625))
    if rng.random() < 0.12:
        rack = box((length * 0.25, width * 0.6, 0.15), Surface(colour=(0.2, 0.25, 0.3)))
        parts.append(rack.moved(x=-length * 0.05, z=height))
    return joined(parts)


def _hull(
    outline: tuple[tuple[float, float, float], ...],
    size: tuple[float, float, float],
    body: Surface,
    *,
    windowless: bool,
) -> list[Mesh]:
    """The skin over the sections: sills, sides, windows, roof, bonnet and windscreens."""
    length, width, height = size
    rows = np.array(outline)
    x = (0.5 - rows[:, 0]) * length
    narrow = 1.0 - 0.16 * np.abs(2.0 * rows[:, 0] - 1.0) ** 4
    half = width / 2.0 * narrow
    belt, roof = rows[:, 1] * height, rows[:, 2] * height
    cabin = roof - belt > 0.12 * height
    inward = np.where(cabin, 0.80, 0.93) * half
    low = np.full_like(x, 0.22)
    mesh = []
    for side in (1.0, -1.0):
        grid = np.stack(
            (
                np.column_stack((x, side * half * 0.97, low)),
                np.column_stack((x, side * half, (low + belt) / 2.0)),
                np.column_stack((x, side * half * 0.97, belt)),
                np.column_stack((x, side * inward, roof)),
                np.column_stack((x, 0.0 * x, roof + np.where(cabin, 0.035, 0.02) * height)),
            ),
            axis=1,
        )
        faces = skin(grid)
        mesh.append(quads(faces[:, :2].reshape(-1, 4, 3), body))
        slopes = cabin[:-1] != cabin[1:]
        inside = cabin[:-1] & cabin[1:]
        glazed = inside.copy()
        if windowless:
            glazed[np.flatnonzero(inside)[1:]] = False
        mesh.append(quads(_shrunk(faces[glazed, 2]), GLASS))
        mesh.append(quads(faces[inside, 2], body))
        mesh.append(quads(faces[~inside, 2], body))
        screens = slopes.copy()
        if windowless:
            screens[np.flatnonzero(slopes)[1:]] = False
        mesh.append(quads(faces[screens, 3], GLASS))
        mesh.append(quads(faces[~screens, 3], body))
    return [part for part in mesh if len(part.corners)]


def _shrunk(faces: Array) -> Array:
    """Windows a little smaller than the panes' openings, and before them."""
    middle = faces.mean(axis=1, keepdims=True)
    inner = middle + (faces - middle) * np.array([0.93, 1.0, 0.78])
    return np.asarray(inner + np.sign(middle) * np.array([0.0, 0.02, 0.0]))


def _wheels(length: float, width: float, radius: float, places: tuple[float, ...]) -> list[Mesh]:
    rim = Surface(colour=(0.45, 0.45, 0.45), warmth=0.55)
    wheels = []
    for place in places:
        for side in (1.0, -1.0):
            at = (place * length, side * (width / 2.0 - 0.10), radius)
            out = (at[0], side * (width / 2.0 + 0.015), radius)
            wheels.append(pipe(at, out, (radius, radius), TYRE, around=10))
            plate = disc(radius, TYRE).rolled(np.pi / 2.0)
            wheels.append(plate.moved(x=out[0], y=out[1], z=radius))
            plate = disc(radius * 0.55, rim).rolled(np.pi / 2.0)
            wheels.append(plate.moved(x=out[0], y=out[1] + side * 0.01, z=radius))
    return wheels


def _lamps(length: float, width: float, height: float) -> list[Mesh]:
    lamps = []
    for side in (1.0, -1.0):
        for end, surface in ((1.0, LAMP), (-1.0, REAR_LAMP)):
            lamp = box((0.10, width * 0.2, 0.14), surface)
            lamps.append(lamp.moved(x=end * (length / 2.0 - 0.05), y=side * width * 0.34, z=height))
    return lamps


def truck(rng: np.random.Generator) -> Mesh:
    """A lorry with a box, a tank, an open body or a semitrailer; a tractor now and then."""
    body = paint(rng)
    cab_m, width, height = rng.uniform(1.7, 2.3), rng.uniform(2.2, 2.55), rng.uniform(2.4, 3.3)
    load_m = float(rng.choice([rng.uniform(3.5, 7.5), rng.uniform(10.0, 13.6)], p=[0.7, 0.3]))
    length = cab_m + 0.5 + load_m
    front = length / 2.0
    cab = box((cab_m, width, height - 0.6), body, top=(cab_m * 0.85, width * 0.94), lean=-0.1)
    parts = [cab.moved(x=front - cab_m / 2.0, z=0.6)]
    screen = box((0.04, width * 0.86, height * 0.3), GLASS, lean=-0.1)
    parts.append(screen.moved(x=front - 0.02, z=height * 0.58))
    for side in (1.0, -1.0):
        window = box((cab_m * 0.45, 0.03, height * 0.25), GLASS)
        parts.append(window.moved(x=front - cab_m * 0.4, y=side * width * 0.495, z=height * 0.6))
    parts.append(box((length * 0.97, width * 0.55, 0.35), TRIM).moved(z=0.6))
    middle = -length / 2.0 + load_m / 2.0
    parts += [part.moved(x=middle) for part in _load(rng, load_m, width)]
    axles = (
        0.5 - 1.2 / length,
        -0.5 + 1.0 / length,
        -0.5 + 2.2 / length,
        0.5 - (cab_m + 2.0) / length,
    )
    parts += _wheels(length, width, 0.5, axles if length > 9.0 else axles[:2])
    return joined(parts + _lamps(length, width, 0.8))


def _load(rng: np.random.Generator, length: float, width: float) -> list[Mesh]:
    kind = rng.choice(["box", "tank", "open", "flat"], p=[0.48, 0.12, 0.28, 0.12])
    if kind == "box":
        tarpaulin = ((0.85, 0.86, 0.86), (0.5, 0.25, 0.1), (0.2, 0.2, 0.55), (0.35, 0.5, 0.3))
        colour = paint(rng).colour if rng.random() < 0.4 else tarpaulin[rng.integers(4)]
        side = Surface(colour=colour, warmth=rng.uniform(0.35, 0.5))
        return [box((length, width, rng.uniform(2.0, 2.7)), side).moved(z=1.0)]
    if kind == "tank":
        tank = Surface(colour=(0.75, 0.77, 0.78), warmth=0.4, gloss=0.35)
        barrel = round_body((length * 1.05, width * 0.95, 2.0), tank, around=14, rings=8)
        return [barrel.moved(z=1.9)]
    floor = box((length, width, 0.12), Surface(colour=(0.25, 0.32, 0.38), warmth=0.45)).moved(z=1.0)
    if kind == "flat":
        crate = Surface(colour=(0.25, 0.4, 0.5), warmth=0.45)
        goods = [
            box((length * 0.2, width * 0.7, rng.uniform(0.3, 1.2)), crate).moved(
                x=length * place, z=1.12
            )
            for place in (-0.3, -0.05, 0.25)
            if rng.random() < 0.7
        ]
        return [floor, *goods]
    wall = paint(rng)
    board = rng.uniform(0.5, 1.3)
    sides = [
        box((length, 0.08, board), wall).moved(y=sign * width / 2.0, z=1.0) for sign in (1.0, -1.0)
    ]
    ends = [
        box((0.08, width, board), wall).moved(x=sign * length / 2.0, z=1.0) for sign in (1.0, -1.0)
    ]
    heap = Surface(colour=(0.3, 0.42, 0.52), warmth=0.45)
    mound = round_body((length * 0.9, width * 0.9, board * 1.3), heap).moved(z=1.1)
    return [floor, *sides, *ends, *([mound] if rng.random() < 0.6 else [])]


def bus(rng: np.random.Generator) -> Mesh:
    """A city bus, a coach or a minibus."""
    length = float(rng.choice([rng.uniform(6.0, 7.5), rng.uniform(8.5, 12.5)], p=[0.4, 0.6]))
    width = 2.1 if length < 8.0 else 2.52
    height = rng.uniform(2.5, 2.9) if length < 8.0 else rng.uniform(2.9, 3.4)
    liveries = ((0.1, 0.65, 0.9), (0.9, 0.9, 0.9), (0.2, 0.55, 0.25), (0.65, 0.35, 0.1))
    body = Surface(colour=liveries[rng.integers(4)], warmth=rng.uniform(0.4, 0.55), gloss=0.2)
    parts = [
        box((length, width, height - 0.35), body, top=(length * 0.985, width * 0.95)).moved(z=0.35)
    ]
    for side in (1.0, -1.0):
        windows = box((length * 0.9, 0.04, height * 0.29), GLASS)
        parts.append(windows.moved(y=side * width * 0.492, z=height * 0.5))
    for end in (1.0, -1.0):
        screen = box((0.04, width * 0.84, height * 0.34), GLASS)
        parts.append(screen.moved(x=end * length * 0.496, z=height * 0.48))
    vent = Surface(colour=(0.8, 0.8, 0.8), warmth=0.6)
    for place in rng.uniform(-0.35, 0.35, rng.integers(1, 4)):
        unit = box((rng.uniform(0.8, 2.2), width * 0.55, 0.22), vent)
        parts.append(unit.moved(x=place * length, z=height))
    parts += _wheels(length, width, 0.45, (0.5 - 2.0 / length, -0.5 + 2.4 / length))
    return joined(parts + _lamps(length, width, 0.7))


def boat(rng: np.random.Generator) -> Mesh:
    """A rowing boat, a motor boat or a small cutter; its keel at z = 0 is the water line."""
    length = float(rng.choice([rng.uniform(3.0, 5.0), rng.uniform(5.0, 9.0)], p=[0.6, 0.4]))
    width, board = length * rng.uniform(0.28, 0.42), rng.uniform(0.35, 0.7)
    paints = (
        (0.9, 0.9, 0.9),
        (0.2, 0.35, 0.5),
        (0.55, 0.3, 0.12),
        (0.15, 0.4, 0.85),
        (0.3, 0.35, 0.32),
    )
    outside = Surface(colour=paints[rng.integers(5)], warmth=0.6, gloss=0.15)
    inside = Surface(colour=(0.35, 0.42, 0.48), warmth=0.62)
    along = np.linspace(-0.5, 0.5, 9)
    half = width / 2.0 * np.sqrt(np.clip(1.0 - np.clip((along + 0.1) / 0.6, 0.0, 1.0) ** 2.2, 0, 1))
    x, rim = along * length, board * (1.0 + 0.35 * np.clip(along, 0.0, 1.0))
    parts = []
    for side in (1.0, -1.0):
        hull = np.stack(
            (
                np.column_stack((x, side * half * 0.75, 0 * x)),
                np.column_stack((x, side * half, rim)),
            ),
            axis=1,
        )
        parts.append(lofted(hull, outside))
        deck = np.stack(
            (
                np.column_stack((x, side * half * 0.84, rim * 0.98)),
                np.column_stack((x, side * half, rim)),
            ),
            axis=1,
        )
        parts.append(lofted(deck, outside))
        floor = np.stack(
            (
                np.column_stack((x, side * half * 0.84, rim * 0.3)),
                np.column_stack((x, 0 * x, rim * 0.2)),
            ),
            axis=1,
        )
        parts.append(lofted(floor, inside))
    stern = np.array(
        [[[x[0], -half[0], 0], [x[0], half[0], 0], [x[0], half[0], board], [x[0], -half[0], board]]]
    )
    parts.append(quads(stern, outside))
    bench = Surface(colour=(0.4, 0.5, 0.58), warmth=0.6)
    for place in (-0.25, 0.0, 0.2):
        parts.append(box((0.28, width * 0.78, 0.05), bench).moved(x=place * length, z=board * 0.75))
    if rng.random() < 0.6:
        parts.append(box((0.4, 0.35, 0.6), TRIM).moved(x=-length / 2.0 - 0.1, z=board * 0.6))
    if length > 5.0 and rng.random() < 0.6:
        cabin = box(
            (length * 0.28, width * 0.7, 1.1), Surface(colour=(0.88, 0.88, 0.88), warmth=0.5)
        )
        parts.append(cabin.moved(x=length * 0.05, z=board * 0.6))
        shield = box((0.05, width * 0.6, 0.5), GLASS)
        parts.append(shield.moved(x=length * 0.195, z=board * 0.6 + 0.5))
    return joined(parts)
