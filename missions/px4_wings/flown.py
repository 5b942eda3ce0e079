"""What a wing flies by a plan from place to place, as PX4 guides it: every way in which it may.

Followed are the tightest and the widest turns that it may fly, each end of its climb-out, and each
way of leaving a circle that may be left at any time.
"""

import math
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import numpy.typing as npt

from missions.geodesy import GeoPoint, LocalPlane
from missions.plan import Plan
from missions.px4_wings.guided import Guided
from missions.px4_wings.of_plan import Begun, stages_of_plan
from missions.px4_wings.stages import CIRCLE, Stage
from missions.px4_wings.track import State, every_track
from missions.vehicle import Vehicle
from missions.wind import CALM, Wind

Array = npt.NDArray[np.float64]
BegunWay = tuple[Begun, list[Stage]]

# How a climb-out ended or a circle was left makes no difference any more after so many stages.
FORGOTTEN = 4
# Ways out of a circle that may be left at any time.
EXITS = 12


def winged_tracks(
    plan: Plan,
    plane: LocalPlane,
    vehicle: Vehicle,
    items: Iterable[int],
    climbs: frozenset[int] = frozenset(),
    home_by: tuple[GeoPoint, ...] = (),
    wind: Wind = CALM,
) -> Iterator[tuple[Stage, Array]]:
    """Each stage with the places, shape (n, 2), that are flown over in it, in every way that it may
    be flown. Arguments as of `stages_of_plan`."""
    flown = stages_of_plan(plan, plane, vehicle, items, climbs, home_by)
    if flown is None:
        return
    stages = _once(flown.stages)
    ways = [(begun, _ahead(begun, stages, first=not n)) for n, begun in enumerate(flown.begun)]
    for how in Guided.of(vehicle, wind):
        yield from _from_each_begin(ways, how)
        yield from _out_of_circles(stages, how)


def _ahead(begun: Begun, stages: list[Stage], *, first: bool) -> list[Stage]:
    return [*begun.climb, *(stages if first else stages[:FORGOTTEN])]


def _from_each_begin(ways: Iterable[BegunWay], how: Guided) -> Iterator[tuple[Stage, Array]]:
    for begun, ahead in ways:
        for track in every_track(ahead, how, begun.start):
            yield from zip(ahead, track, strict=True)


def _out_of_circles(stages: list[Stage], how: Guided) -> Iterator[tuple[Stage, Array]]:
    for number, circle in enumerate(stages[:-1]):
        if circle.kind != CIRCLE or not math.isnan(circle.a[0]):
            continue
        after = stages[number + 1 : number + 1 + FORGOTTEN]
        for k in range(EXITS):
            state = _on(circle, 2.0 * math.pi * k / EXITS)
            for track in every_track(after, how, state):
                yield from zip(after, track, strict=True)


def _on(circle: Stage, angle: float) -> State:
    radius = abs(circle.radius_m)
    at = circle.b[0] + radius * math.cos(angle), circle.b[1] + radius * math.sin(angle)
    return State(at=at, heading=angle + math.copysign(math.pi / 2.0, circle.radius_m))


def _once(stages: Sequence[Stage]) -> list[Stage]:
    """Stages until nothing new comes: laps flown again and again come to the same legs."""
    seen: set[tuple[int, int, int]] = set()
    last = 0
    for number, stage in enumerate(stages):
        key = (stage.before, stage.item, stages[number - 1].before if number else -1)
        if key not in seen:
            seen.add(key)
            last = number
    return list(stages[: last + 1])
