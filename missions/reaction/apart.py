"""Drones kept apart in an answer: who flies anew goes higher or lower where ways would cross.

Drones that go on as they do are not touched. The others are taken one after the other, alarms
first, and each flies all of its stops so many metres higher or lower, the least that keeps it apart
from those before. What is left, as on the first metres, is told.
"""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from missions.fleet.separation import Conflict, Separation, conflict_between
from missions.fleet.timed_flight import TimedFlight
from missions.geodesy import GeoPoint, LocalPlane
from missions.heights import HeightAboveHome
from missions.reaction.answer import Reaction, Route, Visit
from missions.reaction.situation import RunningDrone, Situation

Array = npt.NDArray[np.float64]

# An answer is brought on board while all fly: its times are good to some seconds only.
REACTING = Separation(horizontal_m=20.0, vertical_m=10.0, margin_s=15.0)
STEP_M = 10.0
LOWEST_M, HIGHEST_M = 30.0, 120.0
MOST_STEPS = 9
AT_LEAST_S = 1e-3


def kept_apart(
    reaction: Reaction, apart: Separation = REACTING
) -> tuple[Reaction, tuple[Conflict, ...]]:
    """The answer with heights that keep drones apart, and where two still come too near."""
    plane = LocalPlane(reaction.situation.drones[0].position)
    fleet = {drone.name: drone for drone in reaction.situation.drones}
    placed: dict[str, tuple[Route, TimedFlight | None]] = {}
    said: list[str] = []
    left: list[Conflict] = []
    for route in sorted(reaction.routes, key=_in_turn):
        drone = fleet[route.drone]
        others = [flight for _, flight in placed.values() if flight is not None]
        best, flight, near = _placed(route, drone, reaction.situation, plane, others, apart)
        placed[route.drone] = best, flight
        left += near
        if best is not route:
            said.append(_words(route, best))
    routes = tuple(placed[route.drone][0] for route in reaction.routes)
    sentences = (*reaction.sentences, *said, *(_too_near(one) for one in left))
    return replace(reaction, routes=routes, sentences=sentences), tuple(left)


def _in_turn(route: Route) -> tuple[bool, bool]:
    return route.changed, not any(visit.is_alarm for visit in route.visits)


def _placed(
    route: Route,
    drone: RunningDrone,
    situation: Situation,
    plane: LocalPlane,
    others: list[TimedFlight],
    apart: Separation,
) -> tuple[Route, TimedFlight | None, list[Conflict]]:
    """The route at the height nearest to its own that has the fewest conflicts."""
    found: tuple[int, Route, TimedFlight | None, list[Conflict]] | None = None
    for shift_m in _shifts(route):
        shifted = route if shift_m == 0.0 else _shifted(route, shift_m)
        flight = flight_of(shifted, drone, situation, plane)
        near = [] if flight is None else _conflicts(flight, others, apart)
        if found is None or len(near) < found[0]:
            found = len(near), shifted, flight, near
        if not near:
            break
    assert found is not None
    return found[1:]


def _conflicts(flight: TimedFlight, others: list[TimedFlight], apart: Separation) -> list[Conflict]:
    near = (conflict_between(other, flight, apart) for other in others)
    return [one for one in near if one is not None]


def _shifts(route: Route) -> list[float]:
    """Metres by which all of its visits may be higher or lower, the least first."""
    if not (route.changed and route.visits):
        return [0.0]
    heights = [visit.height.m for visit in route.visits]
    steps = [sign * STEP_M * n for n in range(1, MOST_STEPS + 1) for sign in (1.0, -1.0)]
    room = (LOWEST_M - min(heights), HIGHEST_M - max(heights))
    return [0.0, *(shift for shift in steps if room[0] <= shift <= room[1])]


def _shifted(route: Route, shift_m: float) -> Route:
    visits = tuple(
        replace(visit, height=HeightAboveHome(visit.height.m + shift_m)) for visit in route.visits
    )
    return replace(route, visits=visits)


def flight_of(
    route: Route, drone: RunningDrone, situation: Situation, plane: LocalPlane
) -> TimedFlight | None:
    """A route in space and time; None for a drone that stays on the ground.

    It climbs or sinks at the beginning of a leg, as PX4 does, and returns at its vehicle's height.
    """
    if not drone.flying and not route.visits:
        return None
    level_m = 0.0 if drone.home_height is None else drone.home_height.m
    base = situation.drones[0].home_height
    level_m -= 0.0 if base is None or drone.home_height is None else base.m
    track = _Track(drone, plane, level_m)
    for visit in route.visits:
        track.visit(visit)
    track.home(route)
    return track.flight(route.drone)


class _Track:
    """Rows of seconds, east, north and up, added leg by leg."""

    def __init__(self, drone: RunningDrone, plane: LocalPlane, level_m: float) -> None:
        self._drone, self._plane, self._level_m = drone, plane, level_m
        east, north = plane.en(drone.position)
        up_m = level_m + max(0.0, drone.height.m)
        self.rows: list[tuple[float, float, float, float]] = [(0.0, east, north, up_m)]

    def visit(self, visit: Visit) -> None:
        """Over its corners to it, and along it."""
        self._legs((*visit.via, visit.position), visit.height.m, visit.arrive_s)
        self._legs((*visit.along, visit.leaves_at), visit.height.m, visit.leave_s)

    def home(self, route: Route) -> None:
        """To where it lands, and down."""
        drone = self._drone
        place = next((one for one in drone.landings if one.name == route.landing), None)
        if place is None:
            return
        height_m = max(self.rows[-1][3] - self._level_m, drone.vehicle.px4.rtl_return_alt_m)
        down_s = height_m / drone.vehicle.descent_speed_m_s
        over_s = max(self.rows[-1][0], route.lands_s - down_s)
        self._legs((*route.home_via, place.position), height_m, over_s)
        self._legs((place.position,), 0.0, max(route.lands_s, over_s))

    def _legs(self, places: tuple[GeoPoint, ...], height_m: float, until_s: float) -> None:
        began_s, *here = self.rows[-1]
        points = [here[:2], *(self._plane.en(place) for place in places)]
        lengths = [float(np.hypot(b[0] - a[0], b[1] - a[1])) for a, b in pairwise(points)]
        whole_m, spent_s = sum(lengths), max(0.0, until_s - began_s)
        gone_m = 0.0
        for (east, north), length_m in zip(points[1:], lengths, strict=True):
            gone_m += length_m
            share = gone_m / whole_m if whole_m > 0.0 else 1.0
            self._leg(east, north, self._level_m + height_m, began_s + share * spent_s)

    def _leg(self, east: float, north: float, up: float, until_s: float) -> None:
        began_s, from_east, from_north, from_up = self.rows[-1]
        vehicle = self._drone.vehicle
        rate = vehicle.climb_speed_m_s if up > from_up else vehicle.descent_speed_m_s
        vertical_s = abs(up - from_up) / rate
        if AT_LEAST_S < vertical_s < until_s - began_s:
            share = vertical_s / (until_s - began_s)
            there = (
                from_east + share * (east - from_east),
                from_north + share * (north - from_north),
            )
            self.rows.append((began_s + vertical_s, *there, up))
        self.rows.append((until_s, east, north, up))

    def flight(self, name: str) -> TimedFlight:
        """All rows, each later than the one before."""
        rows = np.array(self.rows)
        later = np.concatenate(([True], np.diff(rows[:, 0]) > AT_LEAST_S))
        rows = rows[later]
        if len(rows) < 2:
            rows = np.vstack((rows, rows[-1] + (1.0, 0.0, 0.0, 0.0)))
        return TimedFlight(name=name, plane=self._plane, track=rows)


def _words(before: Route, after: Route) -> str:
    shift_m = after.visits[0].height.m - before.visits[0].height.m
    way = "higher" if shift_m > 0.0 else "lower"
    return f"{after.drone} flies {abs(shift_m):.0f} m {way}, clear of the others' ways"


def _too_near(one: Conflict) -> str:
    return (
        f"{one.first} and {one.second} come within {one.horizontal_m:.0f} m over the ground and "
        f"{one.vertical_m:.0f} m in height, {one.from_s:.0f} s from now"
    )
