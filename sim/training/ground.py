"""The ground as a painted plan: what it is made of, roads and markings, and where things may be."""

import math
from dataclasses import dataclass, field
from functools import lru_cache

import cv2
import numpy as np
import numpy.typing as npt

from sim.camera.texture import TILE_PX, fractal, widened, window

Floats = npt.NDArray[np.float32]
PLAN_PX = 640
LINE = (0.80, 0.82, 0.83)

# BGR, how rough, how warm a thermal camera sees it.
MATERIALS: dict[str, tuple[tuple[float, float, float], float, float]] = {
    "steppe": ((0.33, 0.46, 0.55), 0.16, 0.42),
    "grass": ((0.13, 0.33, 0.27), 0.17, 0.36),
    "lawn": ((0.10, 0.40, 0.28), 0.10, 0.34),
    "soil": ((0.26, 0.34, 0.42), 0.13, 0.46),
    "sand": ((0.50, 0.60, 0.68), 0.09, 0.50),
    "asphalt": ((0.36, 0.36, 0.36), 0.06, 0.55),
    "worn": ((0.50, 0.51, 0.52), 0.06, 0.52),
    "paving": ((0.55, 0.57, 0.60), 0.06, 0.52),
    "water": ((0.30, 0.29, 0.20), 0.07, 0.28),
    "snow": ((0.88, 0.86, 0.85), 0.05, 0.20),
}
OPEN = ("steppe", "grass", "lawn", "soil", "sand", "snow")
HARD = ("asphalt", "worn", "paving")


@dataclass(frozen=True, slots=True)
class Place:
    """Where something may stand, metres, and which way it then looks."""

    x: float
    y: float
    heading: float


@dataclass(slots=True)
class Plan:
    """A square of ground around `centre`, `side_m` wide, north up: `paint` BGR and warmth last."""

    centre: tuple[float, float]
    side_m: float
    paint: Floats
    rough: Floats
    lanes: list[Place] = field(default_factory=list)
    slots: list[Place] = field(default_factory=list)
    wet: npt.NDArray[np.uint8] | None = None

    @property
    def px_per_m(self) -> float:
        """Its scale."""
        return PLAN_PX / self.side_m

    def pixels(self, points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Metres (..., 2) to its pixels."""
        away = (points - np.array(self.centre)) * np.array([1.0, -1.0])
        return np.asarray(away * self.px_per_m + PLAN_PX / 2.0)

    def is_wet(self, x: float, y: float) -> bool:
        """Whether a place is water."""
        if self.wet is None:
            return False
        column, row = self.pixels(np.array([x, y])).astype(int).tolist()
        inside = 0 <= column < PLAN_PX and 0 <= row < PLAN_PX
        return bool(inside and self.wet[row, column])

    def fill(self, outline: npt.NDArray[np.float64], colour: Floats | float, rough: float) -> None:
        """Paint a polygon, metres (n, 2)."""
        corners = np.round(self.pixels(outline) * 16).astype(np.int32)
        value = [float(each) for each in np.broadcast_to(colour, 4)]
        cv2.fillPoly(self.paint, [corners], value, cv2.LINE_AA, 4)
        cv2.fillPoly(self.rough, [corners], rough, cv2.LINE_8, 4)


@lru_cache(maxsize=1)
def textures() -> tuple[Floats, ...]:
    """Noise that all views share, from coarse to fine."""
    rng = np.random.default_rng(20)
    sizes = ((256, 2), (128, 2), (64, 2), (64, 1), (32, 1), (16, 1))
    return tuple(
        widened(fractal(rng, coarsest_px=coarse, finest_px=fine), PLAN_PX) for coarse, fine in sizes
    )


def noise(rng: np.random.Generator, which: int) -> Floats:
    """A window of shared noise as large as a plan, turned and mirrored by chance."""
    column, row = rng.integers(0, TILE_PX, 2).tolist()
    part = window(textures()[which], column, row, PLAN_PX)
    if rng.random() < 0.5:
        part = part.T
    return part[:: int(rng.choice([1, -1])), :: int(rng.choice([1, -1]))]


def material(rng: np.random.Generator, name: str) -> tuple[Floats, float]:
    """A material's colour with warmth, varied, and how rough it is."""
    colour, rough, warmth = MATERIALS[name]
    varied = np.array(colour) * rng.uniform(0.7, 1.3) * rng.uniform(0.93, 1.07, 3)
    paint = np.append(np.clip(varied, 0.03, 0.95), warmth + rng.uniform(-0.08, 0.08))
    return paint.astype(np.float32), rough * rng.uniform(0.7, 1.4)


def open_ground(rng: np.random.Generator, plan: Plan, names: tuple[str, ...]) -> None:
    """Ground of one material with patches of another, where a slow noise is high."""
    first, rough = material(rng, str(rng.choice(names)))
    second, rough_second = material(rng, str(rng.choice(names)))
    share = np.clip((noise(rng, 0) - rng.uniform(0.0, 1.5)) * 2.0, 0.0, 1.0)
    plan.paint[:] = cv2.merge([a + share * (b - a) for a, b in zip(first, second, strict=True)])
    plan.rough[:] = rough + share * (rough_second - rough)


def field_rows(rng: np.random.Generator, plan: Plan) -> None:
    """A ploughed field: rows along one direction, its colour its own."""
    angle, pitch_m = rng.uniform(0, math.pi), rng.uniform(0.5, 1.5)
    rows, columns = np.mgrid[:PLAN_PX, :PLAN_PX].astype(np.float32) / plan.px_per_m
    wave = np.sin((rows * math.cos(angle) + columns * math.sin(angle)) * 2 * math.pi / pitch_m)
    _brighten(plan, 1.0 + rng.uniform(0.03, 0.12) * wave)


@dataclass(frozen=True, slots=True)
class Band:
    """A strip of a road: between two distances from its middle, metres, and two shares of it."""

    middle: npt.NDArray[np.float64]
    along: npt.NDArray[np.float64]
    across: npt.NDArray[np.float64]

    def __call__(
        self, low: float, high: float, start: float = -1.0, end: float = 1.0
    ) -> npt.NDArray[np.float64]:
        ends = [(start, low), (start, high), (end, high), (end, low)]
        return np.array([self.middle + self.along * s + self.across * c for s, c in ends])


def road(rng: np.random.Generator, plan: Plan) -> None:
    """A road through the middle or near it, with lanes, markings and verges."""
    angle = rng.uniform(0, 2 * math.pi)
    along = np.array([math.cos(angle), math.sin(angle)])
    across = np.array([-along[1], along[0]])
    middle = np.array(plan.centre) * 0.4 + across * rng.normal(0.0, 0.06) * plan.side_m
    lane, lanes = rng.uniform(2.9, 3.8), int(rng.choice([1, 1, 2, 3]))
    half, reach = lane * lanes, plan.side_m
    name = str(rng.choice(["asphalt", "worn", "soil"], p=[0.5, 0.35, 0.15]))

    band = Band(middle, along * reach, across)
    if rng.random() < 0.5:
        kerb, rough = material(rng, "paving")
        plan.fill(band(-half - 2.5, half + 2.5), kerb, rough)
    paint, rough = material(rng, name)
    plan.fill(band(-half, half), paint, rough)
    for _ in range(rng.integers(0, 5)):
        patch = paint * rng.uniform(0.75, 1.15)
        at, wide = rng.uniform(-half, half * 0.6), rng.uniform(0.5, 2.5)
        start = rng.uniform(-0.4, 0.3)
        plan.fill(
            band(at, min(at + wide, half), start, start + rng.uniform(0.01, 0.15)), patch, rough
        )
    if name != "soil":
        _markings(rng, plan, band, (half, lane, lanes, reach))
    for number in range(-lanes, lanes):
        side = lane * (number + 0.5)
        heading = angle if side < 0 else angle + math.pi
        for step in np.arange(-0.6, 0.6, max(5.0 / reach, 0.02)):
            x, y = (middle + along * reach * step + across * side).tolist()
            plan.lanes.append(Place(x, y, heading))


def _markings(
    rng: np.random.Generator, plan: Plan, band: Band, shape: tuple[float, float, int, float]
) -> None:
    half, lane, lanes, reach = shape
    line = np.array([*LINE, 0.5], dtype=np.float32) * rng.uniform(0.75, 1.1)
    for side in (-half + 0.25, half - 0.25):
        plan.fill(band(side - 0.07, side + 0.07), line, 0.03)
    dash, gap = rng.uniform(2.0, 5.0) / reach, rng.uniform(3.0, 8.0) / reach
    for number in range(-lanes + 1, lanes):
        for start in np.arange(-0.6, 0.6, dash + gap):
            plan.fill(
                band(number * lane - 0.07, number * lane + 0.07, start, start + dash), line, 0.03
            )
    if rng.random() < 0.35:
        at = rng.uniform(-0.15, 0.15)
        for side in np.arange(-half + 0.4, half - 0.4, 1.0):
            plan.fill(band(side, side + 0.5, at, at + 3.5 / reach), line, 0.03)


def parking(rng: np.random.Generator, plan: Plan) -> None:
    """A hard place with rows of slots."""
    angle = rng.uniform(0, 2 * math.pi)
    along = np.array([math.cos(angle), math.sin(angle)])
    across = np.array([-along[1], along[0]])
    middle = np.array(plan.centre) * 0.3
    rows, count = int(rng.integers(1, 4)), int(rng.integers(5, 16))
    deep, wide, aisle = rng.uniform(4.8, 5.6), rng.uniform(2.4, 2.9), rng.uniform(5.5, 7.0)
    half_x, half_y = count * wide / 2.0 + 3.0, rows * (deep + aisle) / 2.0 + 3.0
    if rng.random() < 0.75:
        corners = [(-half_x, -half_y), (half_x, -half_y), (half_x, half_y), (-half_x, half_y)]
        paint, rough = material(rng, str(rng.choice(HARD)))
        plan.fill(np.array([middle + along * a + across * b for a, b in corners]), paint, rough)
    line = np.array([*LINE, 0.5], dtype=np.float32) * rng.uniform(0.7, 1.1)
    marked = rng.random() < 0.75
    for row in range(rows):
        y = (row - (rows - 1) / 2.0) * (deep + aisle)
        for slot in range(count):
            x = (slot - (count - 1) / 2.0) * wide
            at = middle + along * x + across * y
            plan.slots.append(
                Place(
                    float(at[0]),
                    float(at[1]),
                    angle + math.pi / 2.0 * (1 if rng.random() < 0.5 else -1),
                )
            )
            edge = middle + along * (x - wide / 2.0) + across * (y - deep / 2.0)
            ends = [(0.0, 0.0), (0.12, 0.0), (0.12, deep), (0.0, deep)]
            if marked:
                plan.fill(np.array([edge + along * a + across * b for a, b in ends]), line, 0.03)


def water(rng: np.random.Generator, plan: Plan) -> None:
    """A river or a lake over a good part of the ground, with a soft shore."""
    angle, slow = rng.uniform(0, 2 * math.pi), noise(rng, 0)
    rows, columns = np.mgrid[:PLAN_PX, :PLAN_PX].astype(np.float32) / PLAN_PX - 0.5
    level = rows * math.cos(angle) + columns * math.sin(angle) + 0.05 * slow
    level = level + rng.uniform(-0.05, 0.3)
    paint, rough = material(rng, "water")
    share = np.clip(level * rng.uniform(20.0, 60.0), 0.0, 1.0)
    ripple = np.float32(0.015) * noise(rng, 1)
    before = cv2.split(plan.paint)
    plan.paint[:] = cv2.merge(
        [old + share * (new + ripple - old) for old, new in zip(before, paint, strict=True)]
    )
    plan.rough += share * (rough - plan.rough)
    plan.wet = (share > 0.9).astype(np.uint8)


def _brighten(plan: Plan, factor: Floats) -> None:
    """Multiply what is seen, not the warmth."""
    even = np.ones_like(factor, dtype=np.float32)
    cv2.multiply(plan.paint, cv2.merge([factor.astype(np.float32)] * 3 + [even]), plan.paint)


def stains(rng: np.random.Generator, plan: Plan) -> None:
    """Slow changes of brightness, wet places, tracks of wheels: no ground is even."""
    slow = rng.uniform(0.03, 0.12) * noise(rng, 0) + rng.uniform(0.02, 0.06) * noise(rng, 1)
    _brighten(plan, np.float32(1.0) + slow.astype(np.float32))
    for _ in range(rng.integers(0, 4)):
        start, turn = rng.uniform(-0.5, 0.5, 2) * plan.side_m, rng.uniform(0, 2 * math.pi)
        way = np.cumsum(rng.normal(0, 0.06, 24)) + turn
        steps = np.stack((np.cos(way), np.sin(way)), axis=1) * plan.side_m / 14.0
        path = plan.pixels(np.cumsum(steps, axis=0) + start + np.array(plan.centre))
        shade = np.array(cv2.mean(plan.paint)) * rng.uniform(0.75, 1.25)
        thick = max(1, round(rng.uniform(0.2, 1.2) * plan.px_per_m))
        value = [float(each) for each in shade]
        cv2.polylines(plan.paint, [path.astype(np.int32)], False, value, thick, cv2.LINE_AA)
