"""Where PX4 returns to from a place, and by which way.

Source: PX4-Autopilot v1.17, src/modules/navigator/rtl.cpp. A direct return is a straight line to
the nearest of home, a landing of the mission and the rally points, as RTL_TYPE allows them; a
place must be 2 m nearer to be preferred to one that stands before it. With RTL_TYPE 2 and 4 a
vehicle follows its mission, whose legs are looked at anyhow.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from missions.checks.finding import Finding, error, warning
from missions.checks.places import place_of_item
from missions.checks.px4_fence import EARTH_RADIUS_M, haversine_m
from missions.checks.px4_profile import Px4Profile
from missions.geodesy import GeoPoint
from missions.plan import Command, Plan

Floats = npt.NDArray[np.float64]
Longs = npt.NDArray[np.int64]

CEILING_M = 120.0
NEARER_BY_M = 2.0
# A rally point this near to home is passed over.
AT_HOME_M = 10.0
PREFERS_SAFE, MISSION_FAST, MISSION_LAND, FAST_OR_REVERSE, RALLY_ONLY = 1, 2, 3, 4, 5
BY_MISSION = (MISSION_FAST, FAST_OR_REVERSE)
LANDINGS = frozenset((Command.NAV_LAND, Command.NAV_VTOL_LAND))


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """A place to return to, and what it is called."""

    place: GeoPoint
    name: str


def destinations(plan: Plan, profile: Px4Profile) -> list[Destination]:
    """All places that a direct return could lead to, in PX4's order; the first is home."""
    if plan.home is None or profile.rtl_type in BY_MISSION:
        return []
    home = plan.home.position
    found = [Destination(place=home, name="home")]
    if profile.rtl_type in (PREFERS_SAFE, MISSION_LAND):
        landings = (place_of_item(item) for item in plan.items if item.command in LANDINGS)
        first = next((place for place in landings if place is not None), None)
        if first is not None:
            found.append(Destination(place=first, name="the landing"))
    found += [
        Destination(place=point.position, name=f"rally point {index + 1}")
        for index, point in enumerate(plan.rally)
        if math.isfinite(point.height.m)
        and (profile.rtl_type == RALLY_ONLY or _away_m(home, point.position) > AT_HOME_M)
    ]
    return found


def destination_from(at: GeoPoint, known: list[Destination], profile: Px4Profile) -> int | None:
    """The index of the destination of a return from a place; None where it lands there."""
    places = np.array([(at.latitude_deg, at.longitude_deg)])
    chosen = int(destinations_from(places, known, profile)[0])
    return None if chosen < 0 else chosen


def destinations_from(places: Floats, known: list[Destination], profile: Px4Profile) -> Longs:
    """The destination of a return from each place, shape (n, 2), latitude and longitude; -1 where
    it lands there.

    RTL_TYPE 1 returns home only where there is nothing else, 5 never.
    """
    last_resort = profile.rtl_type in (PREFERS_SAFE, RALLY_ONLY)
    nearest = np.full(len(places), np.inf)
    chosen = np.full(len(places), 0 if known and profile.rtl_type != RALLY_ONLY else -1)
    for index, one in enumerate(known):
        if index == 0 and last_resort:
            continue
        away_m = _haversines_m(places, one.place)
        nearer = away_m + (NEARER_BY_M if index else 0.0) < nearest
        nearest = np.where(nearer, away_m, nearest)
        chosen = np.where(nearer, index, chosen)
    return chosen


def return_height_m(away_m: float, above_m: float, profile: Px4Profile) -> float:
    """How high above its destination a return is flown from `above_m` above it, `away_m` away.

    A multirotor near its destination need not climb as high: the cone of RTL_CONE_ANG.
    """
    full = profile.rtl_return_alt_m
    if profile.rtl_cone_ang_deg <= 0 or not profile.multirotor:
        return max(above_m, full)
    wanted = full
    if away_m <= profile.nav_acc_rad_m:
        wanted = 2.0 * away_m
    else:
        if away_m <= profile.rtl_min_dist_m:
            half = math.radians(min(89.0, max(1.0, float(profile.rtl_cone_ang_deg))))
            wanted = min(full, away_m / math.tan(half))
        wanted = max(wanted, 2.0 * profile.nav_acc_rad_m)
    # PX4 constrains to between here and the full height, in this order.
    return above_m if wanted < above_m else min(wanted, full)


def return_findings(plan: Plan, profile: Px4Profile) -> list[Finding]:
    """A return that PX4 flies higher than its own limit, or the law's; rally points that it cannot
    use."""
    known = destinations(plan, profile)
    if plan.home is None or not known:
        return []
    high = profile.rtl_return_alt_m + max(_above_home_m(plan, one) for one in known)
    limit, found = profile.gf_max_ver_dist_m, []
    if 0.0 < limit <= high:
        what = f"a return climbs to {high:.0f} m above home, GF_MAX_VER_DIST is {limit:g} m"
        found.append(error("return-above-gf-max", what, "lower RTL_RETURN_ALT"))
    if high > CEILING_M:
        what = f"a return climbs to {high:.0f} m above home (RTL_RETURN_ALT, and its destination)"
        found.append(warning("return-above-ceiling", what, "lower RTL_RETURN_ALT"))
    found += [
        error(
            "rally-without-height",
            f"rally point {index + 1} has no height: PX4 takes it and never returns there",
            "give it a height",
            place=point.position,
        )
        for index, point in enumerate(plan.rally)
        if not math.isfinite(point.height.m)
    ]
    return found


def _above_home_m(plan: Plan, to: Destination) -> float:
    """How high a destination is; PX4 takes a rally point's height for that of the ground there."""
    heights = (point.height.m for point in plan.rally if point.position == to.place)
    return next((height for height in heights if math.isfinite(height)), 0.0)


def _haversines_m(places: Floats, to: GeoPoint) -> Floats:
    """`haversine_m` of many places, shape (n, 2), to one."""
    latitudes, longitudes = np.radians(places).T
    latitude, longitude = math.radians(to.latitude_deg), math.radians(to.longitude_deg)
    half = np.sin((latitudes - latitude) / 2.0) ** 2
    half += np.sin((longitudes - longitude) / 2.0) ** 2 * np.cos(latitudes) * math.cos(latitude)
    found: Floats = EARTH_RADIUS_M * 2.0 * np.arcsin(np.sqrt(np.clip(half, 0.0, 1.0)))
    return found


def _away_m(a: GeoPoint, b: GeoPoint) -> float:
    return haversine_m((a.latitude_deg, a.longitude_deg), (b.latitude_deg, b.longitude_deg))
