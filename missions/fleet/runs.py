"""Runs along one way, each flown by one drone, and their ends moved until all take as long.

A run is from one distance along the way to another, backwards where the second is less. Where two
drones' runs meet, the place at which they meet may be moved: nothing else changes, all is still
seen, and one's time becomes the other's.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from missions.fleet.stretches import SAME_M, Stretches, straightened
from missions.patterns.inside import Point

Array = npt.NDArray[np.float64]
# One flight's runs in order; one drone's flights in order.
Flight = list[tuple[float, float]]
Flights = list[Flight]
# The shortest way between two points, both included.
Route = Callable[[Point, Point], list[Point]]
# Seconds of a drone's flight of a number, infinite where the battery does not last.
Seconds = Callable[[int, int, Flight], float]

SWEEPS = 25
EVEN_S = 0.2
# How often two drones' meeting place is moved at a time, looking for where both take as long, and
# the least share of the way to where one of them would take longer that it is moved by then.
STEPS, LEAST_STEP = 4, 0.1
NO_END = 1_000_000
SHORTEST_M = 1.0
# A meeting place is kept this far off the way's corners, so that one of the two flies each whole.
OFF_CORNER_M = 0.2


def runs_of(stretches: Stretches, tasks: Sequence[tuple[int, bool]]) -> Flight:
    """Stretches in order, those that follow on each other made one run."""
    found: Flight = []
    for index, turned in tasks:
        first, last = float(stretches.cuts_m[index]), float(stretches.cuts_m[index + 1])
        begin, end = (last, first) if turned else (first, last)
        goes_on = found and found[-1][1] == begin and (found[-1][0] > found[-1][1]) == turned
        if goes_on:
            found[-1] = found[-1][0], end
        else:
            found.append((begin, end))
    return found


def flown_way(stretches: Stretches, flight: Flight, route: Route) -> Array:
    """One way through runs in order, by shortest ways inside between them, (n, 2) metres."""
    return straightened(points_of(stretches, flight, route))


def points_of(stretches: Stretches, flight: Flight, route: Route) -> Array:
    """The same with points that may lie on straight legs."""
    way: list[Point] = []
    for begin, end in flight:
        points = stretches.between(begin, end)
        if way and math.dist(way[-1], points[0]) > SAME_M:
            way += route(way[-1], points[0])[1:-1]
        way += points
    return np.array(way)


@dataclass(frozen=True, slots=True)
class _End:
    """One end of a run: whose, in which flight and run, and whether it is the run's second end."""

    drone: int
    flight: int
    run: int
    second: bool


@dataclass(slots=True)
class Balance:
    """Everybody's flights as they are made even. `seconds` holds what each flight takes; drones
    `even_s` apart are even enough, and so many places, `tries`, are still looked at."""

    flights: list[Flights]
    corners_m: Array
    speed_m_s: float
    seconds_of: Seconds
    waits_s: Array
    seconds: list[list[float]]
    even_s: float
    tries: int

    @classmethod
    def of(
        cls,
        flights: list[Flights],
        *,
        corners_m: Array,
        speed_m_s: float,
        seconds_of: Seconds,
        waits_s: Array,
        even_s: float = EVEN_S,
        tries: int = NO_END,
    ) -> "Balance":
        """`waits_s` is each drone's time beside its flights: until it is free, and swaps."""
        seconds = [
            [seconds_of(i, k, flight) for k, flight in enumerate(mine)]
            for i, mine in enumerate(flights)
        ]
        return cls(
            flights, corners_m, speed_m_s, seconds_of, waits_s, seconds, even_s=even_s, tries=tries
        )

    def time_s(self, drone: int) -> float:
        """When a drone is done."""
        return float(self.waits_s[drone]) + sum(self.seconds[drone])

    def even_out(self) -> None:
        """Move meeting places, pair by pair, the most uneven first, until nothing is gained."""
        meetings = self._meetings()
        for _ in range(SWEEPS):
            meetings.sort(key=lambda pair: -abs(self._gap_s(*pair)))
            gained = [self._between(low, high) for low, high in meetings]
            if not any(gained):
                return

    def _meetings(self) -> list[tuple[_End, _End]]:
        """Pairs of run ends at one place: of the run before it along the way, and of that after."""
        before: dict[float, _End] = {}
        after: dict[float, _End] = {}
        for drone, mine in enumerate(self.flights):
            for flight, runs in enumerate(mine):
                for run, (begin, end) in enumerate(runs):
                    forwards = begin <= end
                    before[max(begin, end)] = _End(drone, flight, run, second=forwards)
                    after[min(begin, end)] = _End(drone, flight, run, second=not forwards)
        shared = sorted(before.keys() & after.keys())
        pairs = [(before[at], after[at]) for at in shared]
        return [(low, high) for low, high in pairs if low.drone != high.drone]

    def _gap_s(self, low: _End, high: _End) -> float:
        return self.time_s(low.drone) - self.time_s(high.drone)

    def _between(self, low: _End, high: _End) -> bool:
        """Even out two drones by where they meet; whether the longer of them is shorter now."""
        if abs(self._gap_s(low, high)) < self.even_s:
            return False
        runs = self._run(low), self._run(high)
        was = best = self._met(low, high, runs[0][int(low.second)])
        looked_at = [was]
        while len(looked_at) <= STEPS and self.tries > 0 and abs(looked_at[-1].gap_s) > self.even_s:
            to = self._allowed(_where_even(looked_at, self.speed_m_s), runs)
            if min(abs(to - one.at_m) for one in looked_at) < SAME_M:
                break
            self.tries -= 1
            self._put(low, to)
            self._put(high, to)
            looked_at.append(self._met(low, high, to))
            best = min(best, looked_at[-1], key=lambda one: one.longer_s)
        if best.longer_s > was.longer_s - self.even_s / 10.0:
            best = was
        self._restore(low, high, best)
        return best is not was

    def _met(self, low: _End, high: _End, at_m: float) -> "_Met":
        """Two drones as they meet now."""
        times_s = self.time_s(low.drone), self.time_s(high.drone)
        seconds = self.seconds[low.drone][low.flight], self.seconds[high.drone][high.flight]
        return _Met(at_m, (self._run(low), self._run(high)), seconds, times_s)

    def _restore(self, low: _End, high: _End, met: "_Met") -> None:
        for end, run, seconds in zip((low, high), met.runs, met.seconds, strict=True):
            self.flights[end.drone][end.flight][end.run] = run
            self.seconds[end.drone][end.flight] = seconds

    def _allowed(self, to: float, runs: tuple[tuple[float, float], tuple[float, float]]) -> float:
        """As near to it as leaves both runs some length, and off the way's corners."""
        least, most = min(runs[0]) + SHORTEST_M, max(runs[1]) - SHORTEST_M
        if least >= most:
            return runs[0][1] if runs[0][1] in runs[1] else runs[0][0]
        to = min(max(to, least), most)
        corner = float(self.corners_m[int(np.abs(self.corners_m - to).argmin())])
        if abs(corner - to) >= OFF_CORNER_M:
            return to
        return corner + math.copysign(OFF_CORNER_M, to - corner)

    def _run(self, end: _End) -> tuple[float, float]:
        return self.flights[end.drone][end.flight][end.run]

    def _put(self, end: _End, at: float) -> None:
        begin, last = self._run(end)
        flight = self.flights[end.drone][end.flight]
        flight[end.run] = (begin, at) if end.second else (at, last)
        self.seconds[end.drone][end.flight] = self.seconds_of(end.drone, end.flight, flight)


@dataclass(frozen=True, slots=True)
class _Met:
    """Where two drones meet, their runs and seconds of their flights then, and their times."""

    at_m: float
    runs: tuple[tuple[float, float], tuple[float, float]]
    seconds: tuple[float, float]
    times_s: tuple[float, float]

    @property
    def gap_s(self) -> float:
        """By how much the drone before it takes longer."""
        return self.times_s[0] - self.times_s[1]

    @property
    def longer_s(self) -> float:
        """When both are done."""
        return max(self.times_s)


def _where_even(looked_at: Sequence[_Met], speed_m_s: float) -> float:
    """Where two drones would take as long, by where they met so far.

    Seen from one side alone, each step is twice the one before; from both, it is a secant's.
    """
    under = max((one for one in looked_at if one.gap_s < 0.0), key=_at_m, default=None)
    over = min((one for one in looked_at if one.gap_s >= 0.0), key=_at_m, default=None)
    first = looked_at[0]
    if under is None or over is None:
        return first.at_m - 2.0 ** (len(looked_at) - 2) * first.gap_s * speed_m_s
    share = under.gap_s / (under.gap_s - over.gap_s)
    if not math.isfinite(share):
        share = 0.5
    share = min(max(share, LEAST_STEP), 1.0 - LEAST_STEP)
    return under.at_m + share * (over.at_m - under.at_m)


def _at_m(met: _Met) -> float:
    return met.at_m
