"""Who moves in the scripted hours: a way with times, and what the rules should say of it."""

import math
from dataclasses import dataclass, field

import numpy as np

from benchmarks.rules_place import Array, Town
from onboard.messages import EventKind, ObjectClass


@dataclass(eq=False)
class Actor:
    """`en_m` (n, 2) at times `t_s` (n,) on the zones' plane.

    `wide_s` is a span in which a person lies or bends, with `across_rad` between the body and the
    picture's rows; `squat` is one who sits.
    """

    object_class: ObjectClass
    t_s: Array
    en_m: Array
    wide_s: tuple[float, float] | None = None
    across_rad: float = 0.0
    squat: bool = False

    def at(self, now_s: float) -> Array | None:
        """Where it is, or None where it is not in sight."""
        if not self.t_s[0] <= now_s <= self.t_s[-1]:
            return None
        return np.array([np.interp(now_s, self.t_s, self.en_m[:, axis]) for axis in (0, 1)])


@dataclass(frozen=True)
class Truth:
    """A rule of this kind must find one of the actors in this span, once."""

    kind: EventKind
    actors: tuple[Actor, ...]
    begin_s: float
    end_s: float


@dataclass
class Played:
    """One scene's actors and truths; `hard` counts what looks like an event and is none."""

    actors: list[Actor] = field(default_factory=list)
    truths: list[Truth] = field(default_factory=list)
    hard: list[EventKind] = field(default_factory=list)


def walk(
    town: Town, object_class: ObjectClass, points: Array, begin_s: float, speed_m_s: float
) -> Actor:
    """A way over points (n, 2) of the script at a steady speed."""
    steps_m = np.hypot(*np.diff(points, axis=0).T)
    t_s = begin_s + np.concatenate(([0.0], np.cumsum(steps_m))) / speed_m_s
    return Actor(object_class, t_s, town.placed(points))


def stay(
    town: Town,
    object_class: ObjectClass,
    point: Array,
    begin_s: float,
    end_s: float,
    *,
    rng: np.random.Generator,
    roam_m: float = 0.15,
    every_s: float = 8.0,
) -> Actor:
    """Someone who stays at a place, and roams about it within a few metres or a hand's breadth."""
    t_s = np.append(np.arange(begin_s, end_s, every_s), end_s)
    away = rng.normal(0.0, roam_m / 2.0, (len(t_s), 2)).clip(-roam_m, roam_m)
    return Actor(object_class, t_s, town.placed(point + away))


def drive(
    town: Town,
    road: str,
    knots: list[tuple[float, float, float]],
    *,
    object_class: ObjectClass = ObjectClass.CAR,
) -> Actor:
    """A vehicle by knots of time, metres along a road's line, and metres right of it."""
    told = np.array(knots)
    t_s = np.arange(told[0, 0], told[-1, 0] + 0.25, 0.5)
    along_m = np.interp(t_s, told[:, 0], told[:, 1])
    right_m = np.interp(t_s, told[:, 0], told[:, 2])
    # Nobody stands where the map ends.
    on_it = (along_m > 2.0) & (along_m < town.lines[road].length - 2.0)
    t_s, along_m, right_m = t_s[on_it], along_m[on_it], right_m[on_it]
    return Actor(object_class, t_s, town.placed(town.beside(road, along_m, right_m)))


def around(middle: Array, radius_m: float, count: int, rng: np.random.Generator) -> Array:
    """Places (count, 2) spread evenly over a disc."""
    radii = radius_m * np.sqrt(rng.uniform(0.0, 1.0, count))
    angles = rng.uniform(0.0, math.tau, count)
    return middle + np.stack((radii * np.cos(angles), radii * np.sin(angles)), axis=-1)
