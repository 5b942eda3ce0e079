"""Routes with their times, places and batteries, from the order of tasks that the search found."""

import itertools
from collections.abc import Iterable

import numpy as np

from missions.area import ring_geo
from missions.geodesy import GeoPoint
from missions.heights import HeightAboveHome
from missions.reaction.answer import Route, Visit
from missions.reaction.kernels.compiled import NEVER, Floats
from missions.reaction.question import Question
from missions.reaction.resuming import resume_point
from missions.reaction.search import Found
from missions.reaction.situation import RunningDrone, Stop
from missions.reaction.timing import ROUNDING_S, times_of
from missions.reaction.travel import home_level_m, picked, stop_level_m


class Timetable:
    """The routes of one answer, of a question."""

    def __init__(self, question: Question, found: Found, promised: Floats) -> None:
        self._question, self._found, self._promised = question, found, promised
        self._stops = question.situation.stops()
        self._drones = question.situation.drones
        self.times = [times_of(question, order, at) for at, order in enumerate(found.orders)]
        # Turns of all ways together: points are put back on the ellipsoid in one go.
        self._turned: list[Floats] = []

    def routes(self) -> tuple[Route, ...]:
        """Every drone's route."""
        self._turned = []
        rows = [self._ways(at) for at in range(len(self._drones))]
        flat = self._turned
        joined = np.concatenate([np.zeros((0, 2)), *flat])
        geo = ring_geo(self._question.theatre.plane, joined) if len(joined) else ()
        ends = np.cumsum([0, *(len(part) for part in flat)])
        via = [geo[a:b] for a, b in itertools.pairwise(ends)]
        return tuple(self._route(at, [via[i] for i in row]) for at, row in enumerate(rows))

    def _ways(self, at: int) -> list[int]:
        """Find the turns of all of a drone's ways; which of the list they are, the way home last.

        Of a stop that is a leg the turns along it follow those of the way to it.
        """
        question, order = self._question, self._found.orders[at]
        leg = question.legs[int(question.work.kind[at])]
        ways, rows = leg.known.ways, []
        row = self._row(at)
        source, i = leg.starts, row
        for task in order:
            rows.append(self._kept(ways.turns(source, i, leg.begins, task)))
            along = None
            if leg.ends is not leg.begins:
                along = ways.turns(leg.begins, task, leg.ends, task)
            rows.append(self._kept(along))
            source, i = leg.ends, task
        landing = self._landing(at)
        if landing is not None:
            landings = picked(leg.known.landings, question.theatre.landings_of(self._drones[at]))
            rows.append(self._kept(ways.turns(source, i, landings, landing)))
        else:
            rows.append(self._kept(None))
        return rows

    def _kept(self, turns: Floats | None) -> int:
        self._turned.append(np.zeros((0, 2)) if turns is None else turns)
        return len(self._turned) - 1

    def _row(self, at: int) -> int:
        """Which of its kind's start nodes a drone is."""
        kinds = self._question.work.kind
        return int((kinds[:at] == kinds[at]).sum())

    def _landing(self, at: int) -> int | None:
        order = self._found.orders[at]
        if order:
            return int(self._question.lands_at[at, order[-1]])
        return int(self._question.idle_at[at]) if self._drones[at].flying else None

    def _route(self, at: int, via: list[tuple[GeoPoint, ...]]) -> Route:
        drone, order, times = self._drones[at], self._found.orders[at], self.times[at]
        visits = tuple(
            self._visit(at, i, task, via[2 * i], via[2 * i + 1]) for i, task in enumerate(order)
        )
        landing = self._landing(at)
        own = [task for task in range(len(self._stops)) if self._stops[task][1] == at]
        battery_s = drone.battery_s - min(times.used_s, NEVER)
        return Route(
            drone=drone.name,
            visits=visits,
            resume=resume_point(self._question.situation, drone, order, own),
            landing=None if landing is None else drone.landings[landing].name,
            home_via=via[-1],
            lands_s=times.end_s,
            battery_s=battery_s,
            spare_s=battery_s - drone.reserve_s,
            taken_over=self._names(
                task for task in order if task < len(self._stops) and self._stops[task][1] != at
            ),
            given_away=self._names(
                task for task in own if task not in order and task not in self._found.left
            ),
        )

    def _names(self, tasks: Iterable[int]) -> tuple[str, ...]:
        return tuple(self._stops[task][0].name for task in tasks)

    def _visit(
        self,
        at: int,
        i: int,
        task: int,
        via: tuple[GeoPoint, ...],
        along: tuple[GeoPoint, ...],
    ) -> Visit:
        times, drone = self.times[at], self._drones[at]
        battery_s = drone.battery_s - times.used[i]
        arrive_s, leave_s = times.arrive[i], times.leave[i]
        if task >= len(self._stops):
            return self._look(at, task, via, arrive_s, leave_s, battery_s)
        stop, owner = self._stops[task]
        return Visit(
            task=stop,
            position=stop.position,
            leaves_at=stop.end,
            height=self._height(stop, owner, drone),
            via=via,
            along=along,
            arrive_s=arrive_s,
            leave_s=leave_s,
            battery_s=battery_s,
            late_s=max(0.0, arrive_s - float(self._promised[task])),
            missed=arrive_s > stop.deadline_s + ROUNDING_S,
        )

    def _height(self, stop: Stop, owner: int, drone: RunningDrone) -> HeightAboveHome:
        """A stop's height above the home of the drone that goes, where both homes are known."""
        whose = self._drones[owner].home_height if owner >= 0 else None
        if drone.home_height is None or (stop.home_height or whose) is None:
            return stop.height
        level = stop_level_m(self._question.situation, stop, owner)
        return HeightAboveHome(stop.height.m + level - home_level_m(drone))

    def _look(
        self,
        at: int,
        task: int,
        via: tuple[GeoPoint, ...],
        arrive_s: float,
        leave_s: float,
        battery_s: float,
    ) -> Visit:
        question = self._question
        number = task - question.stop_count
        alarm = question.situation.alarms[number]
        stand = question.stands[int(question.work.kind[at])][number]
        assert stand is not None
        place = question.theatre.plane.geo(stand.east_m, stand.north_m)
        return Visit(
            task=alarm,
            position=place,
            leaves_at=place,
            height=alarm.height,
            via=via,
            along=(),
            arrive_s=arrive_s,
            leave_s=leave_s,
            battery_s=battery_s,
            away_m=stand.away_m,
            circles=stand.circles,
        )
