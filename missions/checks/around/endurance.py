"""Whether the way home is always within the battery, the reserve kept, in the wind forecast.

At every place of the flight PX4 may be told to return: it climbs to its return height, flies home
at cruise speed, straight or as RTL_TYPE has it, and descends. The last place from which that leaves
the reserve is the point of no return; a plan that flies past it is refused.
"""

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from missions.checks.around.part import Kind, Part, Spot, Track
from missions.checks.finding import Finding, error
from missions.told_times import in_minutes
from missions.vehicle import Vehicle
from missions.wind import Wind
from missions.wind_triangle import airspeed_m_s, flown_ground_speed_m_s

Array = npt.NDArray[np.float64]

STEP_M = 25.0
STEP_S = 10.0
JOULES_PER_WH = 3600.0
# PX4's NAV_ACC_RAD: nearer to home than this a return does not climb to its height (rtl.cpp).
NEAR_HOME_M = 10.0
# PX4's MPC_LAND_ALT1 and MPC_LAND_SPEED.
LAND_FROM_M = 10.0
LAND_SPEED_M_S = 0.7
# What is slower over the ground gets nowhere.
SLOWEST_M_S = 1e-3
# The share by which a sum by arrays may differ from one by one.
ROUNDED = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Battery:
    """What a flight may use: seconds in still air, or joules where the vehicle's powers are known.

    Drag grows with the square of the air speed, its power with the cube: beyond cruise speed all of
    the power is taken to grow so, which is more than it does.
    """

    vehicle: Vehicle

    @property
    def by_power(self) -> bool:
        """Whether it counts joules."""
        one = self.vehicle
        return None not in (one.hover_power_w, one.cruise_power_w, one.battery_wh)

    @property
    def capacity(self) -> float:
        """All that is in it."""
        if self.by_power and self.vehicle.battery_wh is not None:
            return self.vehicle.battery_wh * JOULES_PER_WH
        return self.vehicle.endurance_s

    @property
    def usable(self) -> float:
        """What may be used with the reserve kept."""
        return self.capacity * (1.0 - self.vehicle.reserve_fraction)

    def used(self, seconds: float, airspeed_m_s: float) -> float:
        """What so many seconds at an air speed take."""
        return seconds * self._rate(airspeed_m_s)

    def _rate(self, airspeed_m_s: float) -> float:
        hover, cruise = self.vehicle.hover_power_w, self.vehicle.cruise_power_w
        if not self.by_power or hover is None or cruise is None:
            return 1.0
        share = airspeed_m_s / self.vehicle.cruise_speed_m_s
        if share > 1.0:
            return cruise * share**3
        # A wing has no cheaper way to fly slowly.
        return cruise if self.vehicle.winged else hover + (cruise - hover) * share

    def hovering(self, seconds: float) -> float:
        """What a climb, a descent or a stay takes."""
        if self.by_power and self.vehicle.hover_power_w is not None:
            return seconds * self.vehicle.hover_power_w
        return seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class WayHome:
    """PX4's return from a spot: how long it takes and what it uses; both infinite if blown off."""

    seconds: float
    used: float


def way_home(
    spot: Spot,
    vehicle: Vehicle,
    wind: Wind,
    battery: Battery,
    *,
    return_height_m: float,
    by: Sequence[Spot] = (),
) -> WayHome:
    """The return from a spot above home's plane: straight home, or `by` the spots of another."""
    flown = by or _straight(spot, return_height_m)
    seconds = used = 0.0
    for start, end in itertools.pairwise(flown):
        way = _way(start, end, vehicle, wind, battery)
        seconds, used = seconds + way.seconds, used + way.used
    return WayHome(seconds=seconds, used=used)


def _straight(spot: Spot, return_height_m: float) -> list[Spot]:
    east, north, up = spot
    distance = math.hypot(east, north)
    near = distance <= NEAR_HOME_M
    high = max(up, min(2.0 * distance, return_height_m) if near else return_height_m, 0.0)
    return [spot, (east, north, high), (0.0, 0.0, high), (0.0, 0.0, 0.0)]


def _way(start: Spot, end: Spot, vehicle: Vehicle, wind: Wind, battery: Battery) -> WayHome:
    """One straight piece of a return: no shorter than its climb or its descent."""
    (east, north, up), (a, b, c) = start, end
    distance, rise = math.hypot(a - east, b - north), c - up
    upright_s = rise / vehicle.climb_speed_m_s if rise > 0.0 else -rise / vehicle.descent_speed_m_s
    if distance <= 0.0:
        lands = c <= 0.0 and rise < 0.0
        upright_s = _descent_s(up, vehicle.descent_speed_m_s) if lands else upright_s
        return WayHome(seconds=upright_s, used=battery.hovering(upright_s))
    course = math.atan2(a - east, b - north)
    made = flown_ground_speed_m_s(course, vehicle.cruise_speed_m_s, vehicle, wind)
    if made is None or made < SLOWEST_M_S:
        return WayHome(seconds=math.inf, used=math.inf)
    level_s = max(distance / made + made / vehicle.acceleration_m_s2, upright_s)
    through_air = airspeed_m_s(course, made, wind)
    return WayHome(seconds=level_s, used=battery.used(level_s, through_air))


def _descent_s(high_m: float, speed_m_s: float) -> float:
    """Down to the ground: PX4 slows down from `LAND_FROM_M` on, and is slow below half of that."""
    slow = min(speed_m_s, LAND_SPEED_M_S)
    last, middle = LAND_FROM_M / 2.0, LAND_FROM_M / 2.0
    seconds = min(high_m, last) / slow
    seconds += min(max(high_m - last, 0.0), middle) / ((slow + speed_m_s) / 2.0)
    return seconds + max(high_m - last - middle, 0.0) / speed_m_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A sample of the flight: where, when, what has been used and what home would take."""

    item: int
    spot: Spot
    at_s: float
    used: float
    home: WayHome

    @property
    def needed(self) -> float:
        """What is used once home is reached from here."""
        return self.used + self.home.used


def moments(track: Track, vehicle: Vehicle, wind: Wind, *, return_height_m: float) -> list[Moment]:
    """Samples along the whole flight, its start and its end among them."""
    return list(each_moment(track, vehicle, wind, return_height_m=return_height_m))


def each_moment(
    track: Track, vehicle: Vehicle, wind: Wind, *, return_height_m: float
) -> Iterator[Moment]:
    """The same one by one, for whom the first bad one is enough."""
    battery, homeward = Battery(vehicle=vehicle), track.homeward
    used = 0.0
    for index, part in enumerate(track.parts):
        whole = _part_uses(part, battery)
        for share in _shares(part, first=index == 0):
            spot, at_s = part.at(share), part.starts_s + share * (part.ends_s - part.starts_s)
            by = () if homeward is None else homeward.spots(spot, part.item)
            home = way_home(spot, vehicle, wind, battery, return_height_m=return_height_m, by=by)
            if part.returning:
                # It is being flown.
                home = WayHome(seconds=0.0, used=0.0)
            yield Moment(item=part.item, spot=spot, at_s=at_s, used=used + share * whole, home=home)
        used += whole
        if used > 2.0 * battery.capacity:
            break


def most_needed(track: Track, vehicle: Vehicle, wind: Wind, *, return_height_m: float) -> float:
    """The most that is used once home is reached, from any of the `moments`: by arrays, which a
    fleet of many flights need not wait for."""
    battery = Battery(vehicle=vehicle)
    if track.homeward is not None:
        samples = each_moment(track, vehicle, wind, return_height_m=return_height_m)
        return max(one.needed for one in samples)
    spots, used, returning = _samples(track, battery)
    home = _straight_homes_use(spots, battery, wind, return_height_m)
    return float((used + np.where(returning, 0.0, home)).max())


def _samples(track: Track, battery: Battery) -> tuple[Array, Array, npt.NDArray[np.bool_]]:
    """The spots of `each_moment`, what has been used there, and whether home is flown to."""
    spots, uses, returning = [], [], []
    used = 0.0
    for index, part in enumerate(track.parts):
        shares = np.array(_shares(part, first=index == 0))
        whole = _part_uses(part, battery)
        start, end = np.array(part.start), np.array(part.end)
        spots.append(start + shares[:, None] * (end - start))
        uses.append(used + shares * whole)
        returning.append(np.full(len(shares), part.returning))
        used += whole
        if used > 2.0 * battery.capacity:
            break
    return np.concatenate(spots), np.concatenate(uses), np.concatenate(returning)


def _straight_homes_use(
    spots: Array, battery: Battery, wind: Wind, return_height_m: float
) -> Array:
    """What `way_home` uses straight from each of (n, 3) spots; infinite where it is blown off."""
    vehicle = battery.vehicle
    east, north, up = spots.T
    away = np.hypot(east, north)
    near_m = np.minimum(2.0 * away, return_height_m)
    high = np.where(away <= NEAR_HOME_M, near_m, return_height_m)
    high = np.maximum(np.maximum(up, high), 0.0)
    upright_s = (high - up) / vehicle.climb_speed_m_s
    upright_s += _descents_s(high, vehicle.descent_speed_m_s)
    made, through_air = _homeward_m_s(east, north, vehicle, wind)
    level_s = away / np.maximum(made, SLOWEST_M_S) + made / vehicle.acceleration_m_s2
    level = np.where(made < SLOWEST_M_S, math.inf, level_s * _rates(battery, through_air))
    whole: Array = battery.hovering(1.0) * upright_s + np.where(away > 0.0, level, 0.0)
    return whole


def _homeward_m_s(east: Array, north: Array, vehicle: Vehicle, wind: Wind) -> tuple[Array, Array]:
    """Speeds over the ground, nought where it is blown off, and through the air, straight home:
    `missions.wind_triangle` for many courses."""
    course = np.arctan2(-east, -north)
    (wind_east, wind_north), sine, cosine = wind.toward_en_m_s, np.sin(course), np.cos(course)
    along = wind_east * sine + wind_north * cosine
    across = wind_east * cosine - wind_north * sine
    cruise = vehicle.cruise_speed_m_s
    airspeed = cruise if vehicle.winged else vehicle.max_airspeed_m_s
    most = along + np.sqrt(np.maximum(airspeed**2 - across**2, 0.0))
    most = np.where(np.abs(across) >= airspeed, 0.0, np.maximum(most, 0.0))
    made = most if vehicle.winged else np.minimum(cruise, most)
    return made, np.hypot(made - along, across)


def _rates(battery: Battery, airspeeds_m_s: Array) -> Array:
    """What a second at each air speed takes."""
    one = battery.vehicle
    if not battery.by_power or one.hover_power_w is None or one.cruise_power_w is None:
        return np.ones(len(airspeeds_m_s))
    share = airspeeds_m_s / one.cruise_speed_m_s
    slow = one.hover_power_w + (one.cruise_power_w - one.hover_power_w) * share
    slow = np.full(len(share), one.cruise_power_w) if one.winged else slow
    return np.where(share > 1.0, one.cruise_power_w * share**3, slow)


def _descents_s(high_m: Array, speed_m_s: float) -> Array:
    slow = min(speed_m_s, LAND_SPEED_M_S)
    last, middle = LAND_FROM_M / 2.0, LAND_FROM_M / 2.0
    seconds = np.minimum(high_m, last) / slow
    seconds += np.clip(high_m - last, 0.0, middle) / ((slow + speed_m_s) / 2.0)
    whole: Array = seconds + np.maximum(high_m - last - middle, 0.0) / speed_m_s
    return whole


def _part_uses(part: Part, battery: Battery) -> float:
    seconds = part.ends_s - part.starts_s
    if part.kind in (Kind.LEG, Kind.ROUND):
        return battery.used(seconds, part.airspeed_m_s)
    return battery.hovering(seconds)


def _shares(part: Part, *, first: bool) -> list[float]:
    seconds = part.ends_s - part.starts_s
    count = max(1, math.ceil(part.length_m / STEP_M), min(400, math.ceil(seconds / STEP_S)))
    shares = [(i + 1) / count for i in range(min(count, 4000))]
    return [0.0, *shares] if first else shares


def endurance_findings(
    track: Track, vehicle: Vehicle, wind: Wind, *, return_height_m: float
) -> list[Finding]:
    """An error where the reserve cannot be kept, at the last place from which it can."""
    battery = Battery(vehicle=vehicle)
    needed = most_needed(track, vehicle, wind, return_height_m=return_height_m)
    if needed <= (1.0 - ROUNDED) * battery.usable:
        return []
    samples = moments(track, vehicle, wind, return_height_m=return_height_m)
    bad = next((i for i, one in enumerate(samples) if one.needed > battery.usable), None)
    if bad is None:
        return []
    last = _last_good(samples, bad, battery)
    return [_no_return(track, samples[bad], last, battery, wind)]


def _last_good(samples: list[Moment], bad: int, battery: Battery) -> Moment | None:
    """The point of no return itself, between the last good sample and the first bad one."""
    if bad == 0:
        return None
    good, beyond = samples[bad - 1], samples[bad]
    over = beyond.needed - good.needed
    share = (battery.usable - good.needed) / over if math.isfinite(over) and over > 0.0 else 0.0
    (a, b, c), (x, y, z) = good.spot, beyond.spot
    spot = a + share * (x - a), b + share * (y - b), c + share * (z - c)
    at_s = good.at_s + share * (beyond.at_s - good.at_s)
    used = good.used + share * (beyond.used - good.used)
    return Moment(item=beyond.item, spot=spot, at_s=at_s, used=used, home=good.home)


def _no_return(
    track: Track, beyond: Moment, last: Moment | None, battery: Battery, wind: Wind
) -> Finding:
    air = "in still air" if wind.speed_m_s == 0.0 else f"in {wind.speed_m_s:.0f} m/s of wind"
    reserve = f"the reserve of {battery.vehicle.reserve_fraction:.0%}"
    if last is None:
        what = f"{reserve} cannot be kept even from the start {air}"
        return error("point-of-no-return", what, "take another vehicle or another day", item=None)
    home = (
        "and home cannot be reached against the wind from beyond it"
        if math.isinf(beyond.home.used)
        else f"and the way home from there takes {last.home.seconds / 60.0:.1f} min {air}"
    )
    whole = in_minutes(math.inf if track.endless else track.duration_s)
    return error(
        "point-of-no-return",
        f"{reserve} cannot be kept: the point of no return is on the way to item {last.item + 1}, "
        f"after {last.at_s / 60.0:.1f} min, {home}; the flight has {whole}",
        f"return from there: split the task before item {last.item + 1}, or take a vehicle with "
        "more endurance",
        item=last.item,
        place=track.place(last.spot),
    )
