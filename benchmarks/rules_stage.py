"""Where a script of the rules' benchmark plays: who moves, what must be found, what must not."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from benchmarks.rules_actors import Actor, Played, Truth, around, stay, walk
from benchmarks.rules_place import BOXES, Array, Town
from onboard.messages import EventKind, ObjectClass

SCENE_S = 180.0
# Longer than a visit takes to end.
VISIT_EVERY = 5
ANIMALS = (ObjectClass.CATTLE, ObjectClass.HORSE, ObjectClass.SHEEP)


@dataclass
class Stage:
    """Where a script plays: the scene begins at `begin_s`; `free` draws a place not used lately."""

    town: Town
    rng: np.random.Generator
    begin_s: float
    night: bool
    winter: bool
    played: Played
    free: Callable[[EventKind, Callable[[], Array]], Array]

    @property
    def end_s(self) -> float:
        return self.begin_s + SCENE_S

    @property
    def visit(self) -> int:
        """Which visit of the still area this scene is, from 1; 0 where nobody looks there."""
        number, rest = divmod(round(self.begin_s / SCENE_S), VISIT_EVERY)
        return 0 if rest else number + 1

    def at(self, low_s: float, high_s: float) -> float:
        return self.begin_s + float(self.rng.uniform(low_s, high_s))

    def draw(self, low: float, high: float) -> float:
        return float(self.rng.uniform(low, high))

    def must(
        self, kind: EventKind, begin_s: float, end_s: float, *actors: Actor, again: bool = False
    ) -> None:
        """What must be found; `again` says that these actors play already."""
        self.played.actors += () if again else actors
        self.played.truths.append(Truth(kind, actors, begin_s, end_s))

    def looks_like(self, kind: EventKind, *actors: Actor) -> None:
        self.played.actors += actors
        self.played.hard.append(kind)

    def person(self, points: Array, begin_s: float, speed_m_s: float = 1.3) -> Actor:
        return walk(self.town, ObjectClass.PERSON, points, begin_s, speed_m_s)

    def stays(
        self, what: ObjectClass, point: Array, begin_s: float, end_s: float, roam_m: float = 0.15
    ) -> Actor:
        return stay(self.town, what, point, begin_s, end_s, rng=self.rng, roam_m=roam_m)

    def within(self, box: str, inset_m: float) -> Array:
        left, low, right, high = BOXES[box][1]
        return self.rng.uniform((left + inset_m, low + inset_m), (right - inset_m, high - inset_m))

    def herd(
        self, middle: Array, count: int, begin_s: float, end_s: float, radius_m: float = 10.0
    ) -> list[Actor]:
        species = ANIMALS[int(self.rng.integers(3))]
        places = around(middle, radius_m, count, self.rng)
        return [self.stays(species, place, begin_s, end_s, 2.0) for place in places]
