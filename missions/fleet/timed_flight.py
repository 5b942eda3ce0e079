"""Where a drone is at every moment of a plan: its path in space and time, from lift-off to landing.

A multirotor's flight is the one that `missions.plan_time` predicts as PX4 flies it. What that does
not follow (wings, loiter circles, heights above terrain, jumps without end) is flown straight, leg
by leg at the speeds of `missions.time_model`, cut into pieces of steady speed less than half a
metre from that; a leg that climbs is as long as the slower of its way and its climb.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from missions.checks.places import place_of_item
from missions.checks.px4_profile import FLOWN_TO, TAKEOFFS
from missions.fleet.leg_motion import SHORTEST_S, flown_rows
from missions.geodesy import GeoPoint, LocalPlane
from missions.plan import RELATIVE_FRAMES, Command, Frame, MissionItem, Plan
from missions.vehicle import Vehicle
from missions.wind import CALM, Wind

Array = npt.NDArray[np.float64]

LANDED_M = 0.5
CIRCLE_POINTS = 16
LANDINGS = frozenset((Command.NAV_LAND, Command.NAV_VTOL_LAND))
TERRAIN_FRAMES = frozenset((Frame.GLOBAL_TERRAIN_ALT, Frame.GLOBAL_TERRAIN_ALT_INT))

GroundUp = Callable[[GeoPoint], float]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TimedFlight:
    """`track`, shape (n, 4): seconds, ever later, and metres east, north and up of a shared plane.

    Between two rows the drone moves straight and steadily. It flies from the first to the last.
    """

    name: str
    plane: LocalPlane
    track: Array

    @property
    def starts_s(self) -> float:
        """When it lifts off."""
        return float(self.track[0, 0])

    @property
    def ends_s(self) -> float:
        """When it has landed."""
        return float(self.track[-1, 0])

    def later(self, delay_s: float) -> "TimedFlight":
        """The same flight, begun later."""
        shift = np.array((delay_s, 0.0, 0.0, 0.0))
        return replace(self, track=self.track + shift)

    def at(self, time_s: float) -> Array | None:
        """East, north and up at a moment, metres; None while it does not fly."""
        if not self.starts_s <= time_s <= self.ends_s:
            return None
        columns = [np.interp(time_s, self.track[:, 0], self.track[:, i]) for i in (1, 2, 3)]
        return np.array(columns)


@dataclass(frozen=True, slots=True, kw_only=True)
class Datum:
    """What heights are measured from: `level_amsl_m` is the plane's height above sea level.

    Where home's height is not known it is taken to be at that level. `ground_up` is the ground's
    height above it; without it heights above terrain are taken to be heights above home.
    """

    plane: LocalPlane
    level_amsl_m: float = 0.0
    ground_up: GroundUp | None = None


def timed_flight(
    plan: Plan,
    vehicle: Vehicle,
    *,
    name: str,
    datum: Datum,
    starts_s: float = 0.0,
    return_height_m: float | None = None,
    wind: Wind = CALM,
) -> TimedFlight:
    """A plan as it is flown, jumps taken as often as they say; where the prediction finds no end
    to it, as if in still air.

    A flight that would never end, or holds at its end, is followed for the vehicle's endurance.
    `return_height_m` is above home, None the vehicle's own (RTL_RETURN_ALT).

    Raises:
        ValueError: the plan has nothing to fly to.
    """
    if not any(item.command in FLOWN_TO for item in plan.items):
        raise ValueError(f"{name} has nothing to fly to")
    height_m = vehicle.px4.rtl_return_alt_m if return_height_m is None else return_height_m
    rows = None
    if not vehicle.winged and _as_px4_flies(plan):
        rows = _predicted(plan, vehicle, datum, height_m, wind)
    if rows is None or not np.isfinite(rows).all():
        return straight_flight(
            plan,
            vehicle,
            name=name,
            datum=datum,
            starts_s=starts_s,
            return_height_m=return_height_m,
        )
    rows[:, 0] += starts_s
    return TimedFlight(name=name, plane=datum.plane, track=_ever_later(rows))


def straight_flight(
    plan: Plan,
    vehicle: Vehicle,
    *,
    name: str,
    datum: Datum,
    starts_s: float = 0.0,
    return_height_m: float | None = None,
) -> TimedFlight:
    """A plan flown straight from place to place in still air; otherwise as `timed_flight`."""
    height_m = vehicle.px4.rtl_return_alt_m if return_height_m is None else return_height_m
    walk = _Walk(plan, vehicle, datum, starts_s, height_m)
    walk.fly()
    return TimedFlight(name=name, plane=datum.plane, track=_ever_later(np.array(walk.rows)))


def _as_px4_flies(plan: Plan) -> bool:
    """Whether the prediction follows everything that is in a plan."""
    home = plan.home
    above_home = home is not None and math.isfinite(home.height.m)
    return home is not None and all(
        item.command not in (Command.NAV_LOITER_TURNS, Command.NAV_LOITER_UNLIM)
        and item.frame not in TERRAIN_FRAMES
        and (item.frame in RELATIVE_FRAMES or above_home)
        for item in plan.items
        if item.command in FLOWN_TO
    )


def _predicted(
    plan: Plan, vehicle: Vehicle, datum: Datum, return_height_m: float, wind: Wind
) -> Array | None:
    """Seconds from arming, east, north and up; None where the prediction does not end."""
    from missions.plan_time import NOTED_EVERY_S, predict_flight

    px4 = vehicle.px4.model_copy(update={"rtl_return_alt_m": return_height_m})
    flown_by = vehicle.model_copy(update={"px4": px4})
    # What returns or lands by itself is the flight that everybody else asks for.
    ends = plan.items[-1].command in (*LANDINGS, Command.NAV_RETURN_TO_LAUNCH)
    flight = predict_flight(plan, flown_by, wind, every_s=NOTED_EVERY_S, comes_home=ends)
    if flight is None or flight.unending:
        return None
    track = _seldom(flight.track, 2.0 * NOTED_EVERY_S)
    geo = flight.plane.geo_from_en(track[:, 1:3])
    en = datum.plane.en_from_geo(geo[:, 0], geo[:, 1])
    home = plan.home
    known = home is not None and math.isfinite(home.height.m)
    home_up = home.height.m - datum.level_amsl_m if home is not None and known else 0.0
    rows = np.column_stack((track[:, 0], en, track[:, 3] + home_up))
    if track[-1, 3] < LANDED_M or rows[-1, 0] >= vehicle.endurance_s:
        return rows
    return np.vstack((rows, (vehicle.endurance_s, *rows[-1, 1:])))


def _seldom(track: Array, every_s: float) -> Array:
    """Every other row where three are within `every_s`: half a metre, as it accelerates, and two
    flights are compared in a quarter of the time."""
    close = track[2:, 0] - track[:-2, 0] <= every_s + SHORTEST_S
    kept = np.ones(len(track), dtype=bool)
    kept[1:-1:2] = ~close[::2]
    return track[kept]


def _ever_later(rows: Array) -> Array:
    """Rows without those that are no later than the one before."""
    latest = np.maximum.accumulate(rows[:, 0])
    keep = np.concatenate(([True], rows[1:, 0] > latest[:-1] + SHORTEST_S))
    kept = rows[keep]
    return np.ascontiguousarray(kept if len(kept) > 1 else rows[[0, 0]] + _A_MOMENT)


@dataclass(slots=True)
class _Walk:
    """The vehicle as the list is gone through; `run` are places flown to without a stop."""

    plan: Plan
    vehicle: Vehicle
    datum: Datum
    now_s: float
    return_height_m: float
    speed_m_s: float = 0.0
    home_up_m: float = 0.0
    run: list[tuple[float, float, float]] = field(default_factory=list)
    rows: list[tuple[float, float, float, float]] = field(default_factory=list)
    landed: bool = False

    def fly(self) -> None:
        """Go through the list; what neither lands nor returns holds at its end."""
        plan = self.plan
        self.speed_m_s = self.vehicle.cruise_speed_m_s
        home = plan.home
        if home is not None and math.isfinite(home.height.m):
            self.home_up_m = home.height.m - self.datum.level_amsl_m
        until_s = self.now_s + self.vehicle.endurance_s
        self._begin()
        self._go_through(until_s)
        if not self.landed:
            self._stop()
            self._wait(until_s - self.now_s)

    def _go_through(self, until_s: float) -> None:
        items = self.plan.items
        jumped = [0] * len(items)
        at = 0
        while at < len(items) and not self.landed and self.now_s <= until_s:
            if _jumps(self.plan, at, jumped[at]):
                jumped[at] += 1
                self._stop()
                at = int(items[at].params[0])
            else:
                self._do(items[at])
                at += 1

    def _begin(self) -> None:
        first = next(item for item in self.plan.items if item.command in FLOWN_TO)
        place = self.plan.home.position if self.plan.home is not None else place_of_item(first)
        east, north = self.datum.plane.en(place) if place is not None else (0.0, 0.0)
        self.run = [(east, north, self.home_up_m)]
        self.rows = [(self.now_s, east, north, self.home_up_m)]
        if first.command not in TAKEOFFS:
            self._climb_to(self._up_m(first, place))

    def _do(self, item: MissionItem) -> None:
        if item.command == Command.DO_CHANGE_SPEED and item.params[1] > 0.0:
            self._stop()
            self.speed_m_s = item.params[1]
        elif item.command == Command.NAV_RETURN_TO_LAUNCH:
            self._return()
        elif item.command == Command.NAV_DELAY:
            self._wait(item.params[0])
        elif item.command in FLOWN_TO:
            self._fly_to(item)

    def _fly_to(self, item: MissionItem) -> None:
        place = place_of_item(item)
        if place is None:
            return
        east, north = self.datum.plane.en(place)
        if item.command in LANDINGS:
            self.run.append((east, north, self.run[-1][2]))
            self._land(self._ground_up_m(place))
            return
        up = self._up_m(item, place)
        if item.command in TAKEOFFS:
            self._climb_to(up)
            if self.plan.home is not None:
                self.run.append((east, north, up))
            return
        self.run.append((east, north, up))
        self._stay(item)

    def _stay(self, item: MissionItem) -> None:
        seconds = item.params[0] if math.isfinite(item.params[0]) else 0.0
        if item.command == Command.NAV_LOITER_TURNS:
            self._circle(turns=seconds, radius_m=abs(item.params[2]))
        elif item.command == Command.NAV_LOITER_UNLIM:
            self._wait(self.vehicle.endurance_s)
        elif item.command in (Command.NAV_LOITER_TIME, Command.NAV_WAYPOINT):
            self._wait(seconds)

    def _circle(self, *, turns: float, radius_m: float) -> None:
        east, north, up = self.run[-1]
        count = round(CIRCLE_POINTS * max(0.0, turns))
        for i in range(min(count, 100 * CIRCLE_POINTS) + 1):
            angle = 2.0 * math.pi * i / CIRCLE_POINTS
            around = radius_m * math.sin(angle), radius_m * math.cos(angle)
            self.run.append((east + around[0], north + around[1], up))

    def _return(self) -> None:
        home = self.plan.home
        if home is None:
            return
        self._climb_to(max(self.run[-1][2], self.home_up_m + self.return_height_m))
        east, north = self.datum.plane.en(home.position)
        self.run.append((east, north, self.run[-1][2]))
        self._land(self.home_up_m)

    def _land(self, ground_up_m: float) -> None:
        self._climb_to(ground_up_m)
        self._stop()
        self.landed = True

    def _climb_to(self, up_m: float) -> None:
        self._stop()
        east, north, _ = self.run[-1]
        self.run.append((east, north, up_m))
        self._stop()

    def _wait(self, seconds: float) -> None:
        if seconds > 0.0 and math.isfinite(seconds):
            self._stop()
            self.now_s += seconds
            self.rows.append((self.now_s, *self.run[-1]))

    def _stop(self) -> None:
        """Fly what has been gathered, to a standstill at its end."""
        if len(self.run) > 1:
            flown = flown_rows(np.array(self.run), self.vehicle, self.speed_m_s)
            self.rows += [(self.now_s + t, e, n, u) for t, e, n, u in flown.tolist()]
            self.now_s = self.rows[-1][0]
        self.run = self.run[-1:]

    def _up_m(self, item: MissionItem, place: GeoPoint | None) -> float:
        height = item.params[6]
        if not math.isfinite(height):
            return self.run[-1][2]
        if item.frame in TERRAIN_FRAMES and place is not None:
            return height + self._ground_up_m(place)
        if item.frame in RELATIVE_FRAMES or item.frame in TERRAIN_FRAMES:
            return height + self.home_up_m
        return height - self.datum.level_amsl_m

    def _ground_up_m(self, place: GeoPoint) -> float:
        return self.home_up_m if self.datum.ground_up is None else self.datum.ground_up(place)


def _jumps(plan: Plan, at: int, jumped: int) -> bool:
    """Whether an item is a jump that is still to be taken.

    One back over nothing that is flown to is not: it would never end.
    """
    item = plan.items[at]
    to, times = item.params[0], item.params[1]
    if item.command != Command.DO_JUMP or not 0.0 <= to < len(plan.items) or int(to) == at:
        return False
    if int(to) < at and not any(one.command in FLOWN_TO for one in plan.items[int(to) : at]):
        return False
    return times < 0.0 or jumped < times


_A_MOMENT = np.array(((0.0, 0.0, 0.0, 0.0), (2.0 * SHORTEST_S, 0.0, 0.0, 0.0)))
