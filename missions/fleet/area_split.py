"""An area swept by several drones, so that the last is home as early as can be found.

One quick way over the whole area is cut into short stretches (see `stretches`), and the stretches
are given out: `allot` finds who flies which, in which order and direction. So everything that the
way sees is seen, nothing is flown outside, and drones of different speed and battery, at different
docks, each get what suits them. How long each flight really takes then corrects the reckoning.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from missions.area import Area, ring_en, ring_geo
from missions.errors import BadInput, Failed
from missions.fleet.allot import EFFORT, allot
from missions.fleet.bounds import area_bound_s
from missions.fleet.by_swath import divided_by_swath, widths
from missions.fleet.drone import FleetDrone
from missions.fleet.evening import Effort, Evening
from missions.fleet.fleet_work import DroneWork, Eye, FleetWork, FlightTime
from missions.fleet.kernels.routes import Work
from missions.fleet.laid_out import LaidOut, lay_out
from missions.fleet.reckoned import Flyers, done_s, learned, several_flights, sortie_s, sorties_of
from missions.fleet.runs import Flight, Flights, flown_way, runs_of
from missions.fleet.stretches import Stretches
from missions.path import PathPoint, PatrolPath
from missions.patterns.ground import ZONE_CLEARANCE_M
from missions.patterns.inside import Point
from missions.wind import CALM, Wind

Array = npt.NDArray[np.float64]
T = TypeVar("T")

CORRECTIONS = 8
# The share of the search that a division takes which is only there to be timed, and how many of its
# flights are.
QUICKLY = 40
LEARNT_FROM = 36
EVEN_ENOUGH = 1.003
# Corrections in a row that may gain nothing.
IN_VAIN = 2
# Divisions less even than this are made so by flights timed as they are flown.
STILL_UNEVEN = 1.01
# Divisions less even than this are tried again, so often, by what their flights really took.
UNEVEN, AGAIN = 1.04, 2
NOTICED = 0.002
# Seconds by which the stages of a flight may overlap.
MEET_S = 2.0
# Of what batteries have left, the least share with which making even is tried again.
LEAST_ROOM = 0.2

# Seconds of flight that the battery holds beyond what one of a drone's flights asks for, the
# reserve kept on every way home; below nought where it does not last.
Spare = Callable[[DroneWork, int], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaTask:
    """What is swept: the area, what is closed in and about it, in which wind it is flown."""

    area: Area
    no_fly: tuple[Area, ...] = ()
    zone_clearance_m: float = ZONE_CLEARANCE_M
    wind: Wind = CALM
    swap_s: float = 120.0
    seed: int = 0
    # What giving the stretches out may cost: see `allot`.
    effort: int = EFFORT
    # What does not change however often it is divided, where it is known: see `lay_out`.
    laid: LaidOut | None = None
    # Only to see which batteries last: neither given out with care nor made even.
    sounded: bool = False


def split_area(
    task: AreaTask,
    drones: Sequence[FleetDrone],
    eyes: Sequence[Eye],
    flight_s: FlightTime,
    spare_s: Spare | None = None,
) -> FleetWork:
    """Each drone's part of a sweep, flight by flight.

    Drones that see swaths of different width each get a part of their own, or all fly as the
    narrowest of them, whichever is done earlier. `flight_s` says how long a flight takes from
    take-off to landing. Where `spare_s` says of the first division that a battery does not last,
    the answer is not made even, and may hold of each drone's flights the fullest alone: it is to be
    asked for again with batteries reckoned shorter.

    Raises:
        BadInput: the area encloses nothing to fly in, or there are no drones.
        Failed: no battery lasts to the area and back, or the wind is too strong.
    """
    if not drones or len(drones) != len(eyes):
        raise BadInput(where="drones", what="there are none, or not one eye for each")
    flyers = Flyers(drones=tuple(drones), eyes=tuple(eyes), wind=task.wind, swap_s=task.swap_s)
    laid = lay_out(task, drones, eyes) if task.laid is None else task.laid
    shared = _Shared(task, flyers, laid, flight_s, spare_s)
    alike = shared.divided()
    if task.sounded or len(widths(eyes)) == 1:
        return alike

    def part(area: Area, members: Sequence[int]) -> tuple[DroneWork, ...]:
        own = [drones[i] for i in members], [eyes[i] for i in members]
        return split_area(replace(task, area=area, laid=None), *own, flight_s, spare_s).drones

    by_swath = divided_by_swath(task.area, laid.plane, drones, eyes, part)
    if by_swath is None or max(one.done_s for one in by_swath) >= alike.makespan_s:
        return alike
    return replace(alike, drones=by_swath)


@dataclass(frozen=True, slots=True, eq=False)
class _Shared:
    """All about one area that is divided."""

    task: AreaTask
    flyers: Flyers
    laid: LaidOut
    flight_s: FlightTime
    spare_s: Spare | None
    effort: Effort = field(default_factory=Effort)

    def divided(self) -> FleetWork:
        """Given out, then made even by how long the flights really take."""
        stretches, work = self.laid.stretches, self.laid.work_of(self.flyers)
        if several_flights(work):
            work = self._learned(work, stretches)
        flights, sorties = self._given(work, stretches)
        fullest = self._fullest(work, stretches, flights, sorties)
        if self.task.sounded or not self._last(fullest):
            return fullest
        best = self._made_even(stretches, flights)
        for again in range(1, 1 + AGAIN):
            if best.ratio <= UNEVEN or self.effort.spent or not self._last(best):
                break
            work = self._learned(work, stretches)
            cost = self.task.effort // 2
            given, _ = self._given(work, stretches, effort=cost, again=again)
            found = self._made_even(stretches, given)
            if _better(found, best) and self._last(found):
                best = found
        return replace(best, bound_s=self._bound_s())

    def _fullest(
        self,
        work: Work,
        stretches: Stretches,
        flights: list[Flights],
        sorties: list[list[tuple[tuple[int, bool], ...]]],
    ) -> FleetWork:
        """Of each drone's flights the first, and the one that is reckoned to take longest."""
        some = []
        for i, (mine, tasks) in enumerate(zip(flights, sorties, strict=True)):
            reckoned_s = [sortie_s(work, i, one) for one in tasks]
            fullest = {0, int(np.argmax(reckoned_s))} if mine else set[int]()
            some.append([mine[k] for k in sorted(fullest)])
        return self.flown(stretches, some)

    def _made_even(self, stretches: Stretches, flights: list[Flights]) -> FleetWork:
        """Flights as they are flown, then made even as long as that gains."""
        best = found = self.flown(stretches, flights)
        if not self._last(best):
            return best
        evening = self._evening(stretches)
        kept, room, in_vain = flights, 1.0, 0
        for _ in range(CORRECTIONS):
            moved = evening.reckoned(flights, found, room)
            if best.ratio <= EVEN_ENOUGH or moved == flights or room < LEAST_ROOM:
                break
            if self.effort.spent:
                break
            flights, found = moved, self.flown(stretches, moved)
            if not self._last(found):
                # From where batteries lasted, with less of what they have left.
                flights, found, room = kept, best, room / 2.0
            elif found.makespan_s < best.makespan_s:
                kept, best, in_vain = flights, found, 0
            else:
                in_vain += 1
            if in_vain == IN_VAIN:
                break
        if best.ratio <= STILL_UNEVEN or self.effort.spent:
            return best
        closer = self.flown(stretches, evening.as_flown(kept, best, room, self.effort))
        return closer if self._last(closer) and closer.makespan_s < best.makespan_s else best

    def _given(
        self, work: Work, stretches: Stretches, *, effort: int | None = None, again: int = 0
    ) -> tuple[list[Flights], list[list[tuple[tuple[int, bool], ...]]]]:
        """Everybody's flights, as runs and as the stretches that they are of."""
        cost = self.task.effort if effort is None else effort
        done = allot(work, range(stretches.count), seed=self.task.seed + again, effort=cost)
        sorties = [sorties_of(work, i, mine) for i, mine in enumerate(done)]
        return [[runs_of(stretches, one) for one in mine] for mine in sorties], sorties

    def _learned(self, work: Work, stretches: Stretches) -> Work:
        """Reckoned by what the flights of a quick division take: full batteries are filled then,
        and not overdrawn."""
        flights, sorties = self._given(work, stretches, effort=EFFORT // QUICKLY)
        flights, sorties = _some(flights), _some(sorties)
        flown = [self._asked_s(one) for one in self.flown(stretches, flights).drones]
        cuts = np.searchsorted(stretches.points_m, stretches.cuts_m)
        closer = learned(work, np.diff(cuts).astype(np.float64), sorties, flown)
        try:
            self._given(closer, stretches, effort=0)
        except Failed:
            # The farthest stretches turn less than others.
            return work
        return closer

    def _last(self, work: FleetWork) -> bool:
        return all(
            self._beyond_s(one, i) >= 0.0 for one in work.drones for i in range(len(one.paths))
        )

    def _beyond_s(self, one: DroneWork, number: int) -> float:
        """How much longer one of a drone's flights may take."""
        if self.spare_s is None:
            # Batteries may be reckoned shorter than they are: what was flown, they last for.
            return max(0.0, max((one.drone.usable_s, *one.flights_s)) - one.flights_s[number])
        return self.spare_s(one, number)

    def _asked_s(self, one: DroneWork) -> list[float]:
        """What each of a drone's flights asks of its battery."""
        if self.spare_s is None:
            return list(one.flights_s)
        asked = [one.drone.usable_s - self.spare_s(one, k) for k in range(len(one.paths))]
        return [
            max(flown_s, asked_s) if math.isfinite(asked_s) else flown_s
            for flown_s, asked_s in zip(one.flights_s, asked, strict=True)
        ]

    def _evening(self, stretches: Stretches) -> Evening:
        return Evening(
            stretches=stretches,
            flyers=self.flyers,
            docks_en=self.flyers.docks_en(self.laid.plane),
            route=self._route,
            flown_s=lambda drone, flight: self._timed(stretches, drone, flight)[1],
            beyond_s=self._beyond_s,
        )

    def flown(self, stretches: Stretches, flights: list[Flights]) -> FleetWork:
        """The flights of a division, timed as they will be flown."""
        found = []
        for i, (drone, mine) in enumerate(zip(self.flyers.drones, flights, strict=True)):
            each = [self._timed(stretches, i, one) for one in mine]
            paths = tuple(path for path, _ in each)
            seconds = tuple(flown_s for _, flown_s in each)
            ends_s = done_s(drone, seconds, self.task.swap_s)
            found.append(DroneWork(drone=drone, paths=paths, flights_s=seconds, done_s=ends_s))
        return FleetWork(drones=tuple(found), bound_s=0.0, notes=self.laid.whole.notes)

    def _bound_s(self) -> float:
        swaths_m = [eye.swath_m for eye in self.flyers.eyes]
        upright_s = np.array([self._upright_s(i) for i in range(len(self.flyers.drones))])
        return area_bound_s(
            self.laid.inside.polygon, swaths_m, self.flyers, self.laid.plane, upright_s
        )

    def _upright_s(self, drone: int) -> float:
        """What a flight takes that only goes up and down, less how its stages may meet otherwise
        in one that goes somewhere."""
        who, least_s = self.flyers.drones[drone], float(self.flyers.upright_s()[drone])
        if who.vehicle.winged:
            return least_s
        at = np.array([self.laid.plane.en(who.dock)]) if who.docked else np.array(self._first())
        return max(least_s, self.flight_s(who, self._path(drone, at)) - MEET_S)

    def _first(self) -> Array:
        return ring_en(self.laid.plane, (self.laid.whole.points[0].position,))

    def _timed(self, stretches: Stretches, drone: int, flight: Flight) -> tuple[PatrolPath, float]:
        key = drone, tuple(flight)
        if key not in self.laid.timed:
            path = self._path(drone, flown_way(stretches, flight, self._route))
            self.laid.timed[key] = path, self.flight_s(self.flyers.drones[drone], path)
            self.effort.left -= len(path.points)
        return self.laid.timed[key]

    def _route(self, a: Point, b: Point) -> list[Point]:
        if (a, b) not in self.laid.routes:
            self.laid.routes[a, b] = self.laid.ways.route(a, b)
        return self.laid.routes[a, b]

    def _path(self, drone: int, way: Array) -> PatrolPath:
        eye = self.flyers.eyes[drone]
        return PatrolPath(
            pattern="sweep",
            points=tuple(
                PathPoint(position=place, height=eye.height)
                for place in ring_geo(self.laid.plane, way)
            ),
            gaze=eye.gaze,
            swath_m=eye.swath_m,
            trigger_distance_m=eye.trigger_distance_m,
        )


def _better(found: FleetWork, best: FleetWork) -> bool:
    """Whether all is done noticeably earlier, or hardly later and the work is more even."""
    if found.makespan_s < (1.0 - NOTICED) * best.makespan_s:
        return True
    return found.makespan_s < (1.0 + NOTICED) * best.makespan_s and found.ratio < best.ratio


def _some(each: list[list[T]]) -> list[list[T]]:
    """Of every drone's flights as many as are timed to learn from, from the first to the last."""
    share = max(1, LEARNT_FROM // max(1, len(each)))
    steps = [np.linspace(0, len(mine) - 1, min(share, len(mine))).astype(int) for mine in each]
    return [[mine[i] for i in some] for mine, some in zip(each, steps, strict=True)]
