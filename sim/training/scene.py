"""What stands where: a kind of place, its objects and what hides them, as chance has it."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np

from sim.training import ground, obstacles
from sim.training.bodies import animal, person
from sim.training.classes import NUMBER_OF
from sim.training.ground import Place, Plan
from sim.training.mesh import Array, Mesh
from sim.training.vehicles import boat, bus, car, truck
from sim.training.viewpoint import Viewpoint

Rng = np.random.Generator
KINDS = ("road", "parking", "pasture", "crowd", "shore", "yard", "anything")
SHARES = (0.24, 0.16, 0.17, 0.13, 0.09, 0.08, 0.13)
MAKERS: dict[str, Callable[[Rng], Mesh]] = {
    "person": person,
    "car": car,
    "truck": truck,
    "bus": bus,
    "cattle": lambda rng: animal(rng, "cattle"),
    "horse": lambda rng: animal(rng, "horse"),
    "sheep": lambda rng: animal(rng, "sheep"),
    "boat": boat,
}
OTHERS: dict[str, Callable[[Rng], Mesh]] = {
    "tree": obstacles.tree,
    "building": obstacles.building,
    "stall": obstacles.stall,
    **{each.__name__: each for each in obstacles.SMALL},
}
# Each thing is one of so many, made once; its colour is varied anew where it stands.
VARIANTS = 480
# How much room each takes, metres.
ROOM = {
    "person": 0.4,
    "car": 2.2,
    "truck": 4.0,
    "bus": 4.5,
    "cattle": 1.1,
    "horse": 1.1,
    "sheep": 0.6,
    "boat": 3.0,
}
REACH_M = 260.0


@dataclass(frozen=True, slots=True)
class Standing:
    """A mesh in its place; `number` is its class, -1 for what is no object."""

    mesh: Mesh
    number: int


@dataclass(slots=True)
class Scene:
    """A plan and what stands on it."""

    plan: Plan
    standing: list[Standing]
    taken: list[tuple[float, float, float]]
    space: Array

    def put(self, rng: Rng, name: str, at: Place | None = None, *, wander: float = 0.0) -> None:
        """An object of a class, where it fits; anywhere on its element where no place is told."""
        for _ in range(4):
            place = at or self.anywhere(rng)
            x, y = place.x + rng.normal(0, wander), place.y + rng.normal(0, wander)
            if self.plan.is_wet(x, y) != (name == "boat") or not self._free(x, y, ROOM[name]):
                continue
            self.standing.append(Standing(_one(rng, name, x, y, place.heading), NUMBER_OF[name]))
            self.taken.append((x, y, ROOM[name]))
            return

    def add(self, rng: Rng, name: str, place: Place, room: float) -> None:
        """Something that is no object, where it fits."""
        if self._free(place.x, place.y, room):
            mesh = _one(rng, name, place.x, place.y, place.heading)
            self.standing.append(Standing(mesh, -1))
            self.taken.append((place.x, place.y, room))

    def anywhere(self, rng: Rng) -> Place:
        """A place that the camera looks at."""
        x, y = self.space[rng.integers(len(self.space))]
        return Place(float(x), float(y), rng.uniform(0, 2 * math.pi))

    def _free(self, x: float, y: float, room: float) -> bool:
        return all(math.hypot(x - u, y - v) > 0.8 * (room + other) for u, v, other in self.taken)


@cache
def variant(name: str, number: int) -> Mesh:
    """One of the things of a kind, always the same."""
    maker = MAKERS.get(name) or OTHERS[name]
    return maker(np.random.default_rng((len(name), *name.encode(), number)))


def _one(rng: Rng, name: str, x: float, y: float, heading: float) -> Mesh:
    few = 4 if name in OTHERS else 1
    mesh = variant(name, int(rng.integers(VARIANTS // few))).turned(heading).moved(x=x, y=y)
    tint = rng.uniform(0.82, 1.18) * rng.uniform(0.94, 1.06, 3)
    warmth = mesh.warmth + rng.uniform(-0.05, 0.05)
    return Mesh(mesh.corners, mesh.colours * tint, warmth, mesh.gloss)


def composed(rng: Rng, viewpoint: Viewpoint) -> Scene:
    """A scene for a viewpoint."""
    space = _in_view(rng, viewpoint)
    low, high = space.min(axis=0), space.max(axis=0)
    middle = (low + high) / 2.0
    side = float((high - low).max()) * 1.25 + 6.0
    shape = (ground.PLAN_PX, ground.PLAN_PX)
    plan = Plan(
        centre=(float(middle[0]), float(middle[1])),
        side_m=side,
        paint=np.zeros((*shape, 4), np.float32),
        rough=np.zeros(shape, np.float32),
    )
    scene = Scene(plan, [], [], space)
    kind = str(rng.choice(KINDS, p=SHARES))
    area = float(np.prod(high - low))
    _PLACES[kind](rng, scene, area)
    ground.stains(rng, plan)
    _clutter(rng, scene, area)
    return scene


def _in_view(rng: Rng, viewpoint: Viewpoint) -> Array:
    """Ground places (n, 2) evenly over the picture, the nearest few hundred metres."""
    pixels = rng.uniform(0, viewpoint.side_px - 1, (500, 2))
    corners = np.array([[0, 0], [0, 1], [1, 0], [1, 1.0]]) * (viewpoint.side_px - 1)
    pixels = np.concatenate((pixels, corners))
    rays = viewpoint.rays(pixels[:, 0], pixels[:, 1])
    height = viewpoint.position[2]
    falls = rays[:, 2] < -1e-3
    far = np.where(falls, height / np.maximum(-rays[:, 2], 1e-3), np.inf)
    near = falls & (far < max(REACH_M, 2.0 * float(np.linalg.norm(viewpoint.position))))
    return np.asarray(viewpoint.position[:2] + rays[near, :2] * far[near, None])


def _number(rng: Rng, area: float, per_m2: float, most: int) -> int:
    """How many fit, at least one, a spread of half to twice."""
    usual = min(area * per_m2 * math.exp(rng.uniform(-0.7, 0.7)), most)
    return max(1, int(rng.poisson(max(usual, 1.0))))


def _road(rng: Rng, scene: Scene, area: float) -> None:
    ground.open_ground(rng, scene.plan, ground.OPEN)
    if rng.random() < 0.25:
        ground.field_rows(rng, scene.plan)
    for _ in range(int(rng.choice([1, 2], p=[0.7, 0.3]))):
        ground.road(rng, scene.plan)
    lanes = _visible(scene, scene.plan.lanes)
    names = ("car", "truck", "bus", "horse", "cattle", "sheep", "person")
    for place in _some(rng, lanes, _number(rng, area, 0.006, 26)):
        scene.put(
            rng,
            str(rng.choice(names, p=(0.66, 0.15, 0.08, 0.02, 0.03, 0.02, 0.04))),
            place,
            wander=0.3,
        )
    for place in _some(rng, lanes, int(rng.integers(0, 8))):
        scene.put(rng, "person", place, wander=4.0)
    _stray(rng, scene, 4)


def _parking(rng: Rng, scene: Scene, area: float) -> None:
    ground.open_ground(rng, scene.plan, (*ground.OPEN, *ground.HARD))
    if rng.random() < 0.4:
        ground.road(rng, scene.plan)
    ground.parking(rng, scene.plan)
    slots = _visible(scene, scene.plan.slots)
    for place in _some(rng, slots, int(len(slots) * rng.uniform(0.2, 0.95))):
        scene.put(rng, str(rng.choice(["car", "truck"], p=[0.97, 0.03])), place, wander=0.12)
    for _ in range(rng.integers(1, 10)):
        scene.put(rng, "person")
    _stray(rng, scene, 3)


def _pasture(rng: Rng, scene: Scene, area: float) -> None:
    ground.open_ground(rng, scene.plan, ("steppe", "grass", "soil", "snow", "lawn"))
    for _ in range(rng.integers(1, 3)):
        name = str(rng.choice(["cattle", "horse", "sheep"]))
        middle, facing = scene.anywhere(rng), rng.uniform(0, 2 * math.pi)
        spread = rng.uniform(2.0, 16.0) * (0.6 if name == "sheep" else 1.0)
        for _ in range(_number(rng, area, 0.02, 30)):
            turn = facing + rng.normal(0, rng.uniform(0.3, 2.0))
            scene.put(rng, name, Place(middle.x, middle.y, turn), wander=spread)
    _stray(rng, scene, 6)


def _crowd(rng: Rng, scene: Scene, area: float) -> None:
    ground.open_ground(rng, scene.plan, (*ground.HARD, "soil", "lawn", "snow"))
    if rng.random() < 0.6:
        angle = rng.uniform(0, math.pi)
        for _ in range(rng.integers(2, 14)):
            place = scene.anywhere(rng)
            scene.add(rng, "stall", Place(place.x, place.y, angle), 1.8)
    middle, spread = scene.anywhere(rng), rng.uniform(1.5, 14.0)
    for _ in range(_number(rng, area, 0.05, 36)):
        scene.put(rng, "person", Place(middle.x, middle.y, rng.uniform(0, 6.28)), wander=spread)
    _stray(rng, scene, 10)


def _shore(rng: Rng, scene: Scene, area: float) -> None:
    ground.open_ground(rng, scene.plan, ("steppe", "grass", "sand", "snow", "soil"))
    ground.water(rng, scene.plan)
    for _ in range(_number(rng, area, 0.01, 14)):
        scene.put(rng, "boat")
    _stray(rng, scene, 8)


def _yard(rng: Rng, scene: Scene, area: float) -> None:
    ground.open_ground(rng, scene.plan, ("soil", "lawn", "paving", "worn", "snow", "steppe"))
    if rng.random() < 0.6:
        ground.road(rng, scene.plan)
    for _ in range(rng.integers(1, 5)):
        place = scene.anywhere(rng)
        scene.add(rng, "building", place, 8.0)
    for place in _some(rng, _visible(scene, scene.plan.lanes), int(rng.integers(0, 8))):
        scene.put(rng, "car", place)
    _stray(rng, scene, 16)


def _anything(rng: Rng, scene: Scene, area: float) -> None:
    ground.open_ground(rng, scene.plan, (*ground.OPEN, *ground.HARD))
    _stray(rng, scene, _number(rng, area, 0.02, 26))


_PLACES: dict[str, Callable[[Rng, Scene, float], None]] = {
    "road": _road,
    "parking": _parking,
    "pasture": _pasture,
    "crowd": _crowd,
    "shore": _shore,
    "yard": _yard,
    "anything": _anything,
}


def _stray(rng: Rng, scene: Scene, most: int) -> None:
    """A few objects of any class, since none belongs to one kind of place alone."""
    shares = (0.44, 0.20, 0.09, 0.06, 0.07, 0.07, 0.07)
    for _ in range(rng.integers(0, most + 1)):
        scene.put(rng, str(rng.choice(list(MAKERS)[:7], p=shares)))


def _clutter(rng: Rng, scene: Scene, area: float) -> None:
    """Trees that hide, and things that only look like objects."""
    if rng.random() < 0.55:
        for _ in range(min(_number(rng, area, 0.0025, 9), 12)):
            scene.add(rng, "tree", scene.anywhere(rng), 0.6)
    for _ in range(int(rng.integers(0, 22))):
        make = obstacles.SMALL[rng.integers(len(obstacles.SMALL))]
        scene.add(rng, make.__name__, scene.anywhere(rng), 0.7)


def _visible(scene: Scene, places: list[Place]) -> list[Place]:
    low, high = scene.space.min(axis=0), scene.space.max(axis=0)
    return [p for p in places if low[0] < p.x < high[0] and low[1] < p.y < high[1]]


def _some(rng: Rng, places: list[Place], most: int) -> list[Place]:
    if not places:
        return []
    order = rng.permutation(len(places))[:most]
    return [places[k] for k in order]
