"""Where PX4 returns to from a place of a mission, and by which way.

Source: PX4-Autopilot v1.17, src/modules/navigator/{rtl,rtl_direct_mission_land,rtl_mission_fast,
rtl_mission_fast_reverse}.cpp. A direct return is a straight line to the nearest of home, a landing
of the mission and the rally points, as RTL_TYPE allows them; a place must be 2 m nearer to be
preferred to one that stands before it. To a landing it goes by the landing's own items. With
RTL_TYPE 2 and 4 a vehicle goes by its mission: on to the landing, or back from item to item to the
first one and home, each item passed without its stay, jumps not taken, speeds forgotten.
"""

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from missions.geodesy import GeoPoint
from missions.plan import GLOBAL_FRAMES, Command, MissionItem, Plan

Floats = npt.NDArray[np.float64]
Longs = npt.NDArray[np.int64]

# PX4's CONSTANTS_RADIUS_OF_EARTH.
EARTH_RADIUS_M = 6371000.0
NEARER_BY_M = 2.0
# A rally point this near to home is passed over.
AT_HOME_M = 10.0
PREFERS_SAFE, MISSION_FAST, MISSION_LAND, FAST_OR_REVERSE, RALLY_ONLY = 1, 2, 3, 4, 5
BY_MISSION = (MISSION_FAST, FAST_OR_REVERSE)
LANDINGS = frozenset((Command.NAV_LAND, Command.NAV_VTOL_LAND))
# mission_item_contains_position
PLACED = frozenset((16, 17, 18, 19, 21, 22, 31, 84, 85))


class By(StrEnum):
    """The way of a return."""

    DIRECT = "straight"
    LANDING = "by the landing's items"
    FORWARD = "on by the mission"
    BACKWARD = "back by the mission"


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """A place to return to, and what it is called; `items` are flown through on the way there."""

    place: GeoPoint
    name: str
    items: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnRoute:
    """A return: the items flown through in this order, then to the place where it lands.

    `climbs` says whether it first climbs where it is.
    """

    by: By
    place: GeoPoint
    items: tuple[int, ...] = ()
    climbs: bool = True


def return_route(plan: Plan, rtl_type: int, at: GeoPoint, current: int) -> ReturnRoute | None:
    """The return from a place while an item is current; None where it lands on the spot, or the
    plan names no home."""
    if plan.home is None:
        return None
    if rtl_type in BY_MISSION:
        return _by_mission(plan, rtl_type, current)
    return direct_route(at, destinations(plan, rtl_type), rtl_type)


def direct_route(at: GeoPoint, known: list[Destination], rtl_type: int) -> ReturnRoute | None:
    """The return from a place to one of all destinations; None where it lands on the spot."""
    chosen = destination_from(at, known, rtl_type)
    if chosen is None:
        return None
    to = known[chosen]
    return ReturnRoute(by=By.LANDING if to.items else By.DIRECT, place=to.place, items=to.items)


def _by_mission(plan: Plan, rtl_type: int, current: int) -> ReturnRoute:
    assert plan.home is not None
    start, land = land_start(plan), landing(plan)
    onward = start is not None and (rtl_type == MISSION_FAST or start - current < current)
    if onward and land is not None:
        ahead = [i for i in range(current, len(plan.items)) if item_place(plan.items[i])]
        last = next((k for k, i in enumerate(ahead) if plan.items[i].command in LANDINGS), None)
        items = tuple(ahead if last is None else ahead[: last + 1]) or (land,)
        ends_at = item_place(plan.items[items[-1]])
        assert ends_at is not None
        return ReturnRoute(by=By.FORWARD, place=ends_at, items=items, climbs=False)
    behind = tuple(i for i in reversed(range(current)) if item_place(plan.items[i]))
    if not behind:
        behind = next(((i,) for i, one in enumerate(plan.items) if item_place(one)), ())
    # At the take-off it goes home and lands.
    up_to = next((k + 1 for k, i in enumerate(behind) if _takes_off(plan.items[i])), len(behind))
    home = plan.home.position
    return ReturnRoute(by=By.BACKWARD, place=home, items=behind[:up_to], climbs=False)


def _takes_off(item: MissionItem) -> bool:
    return item.command in (Command.NAV_TAKEOFF, Command.NAV_VTOL_TAKEOFF)


def item_place(item: MissionItem) -> GeoPoint | None:
    """Where PX4 flies for an item; None for one that is not flown to, or is nowhere on earth."""
    if item.command not in PLACED or item.frame not in GLOBAL_FRAMES:
        return None
    try:
        return GeoPoint(latitude_deg=item.latitude_deg, longitude_deg=item.longitude_deg)
    except ValueError:
        return None


def landing(plan: Plan) -> int | None:
    """The first item that lands."""
    return next((i for i, one in enumerate(plan.items) if one.command in LANDINGS), None)


def land_start(plan: Plan) -> int | None:
    """Where the landing begins: its marker, else the landing itself; None where nothing lands."""
    land = landing(plan)
    if land is None:
        return None
    marked = (i for i, one in enumerate(plan.items) if one.command == Command.DO_LAND_START)
    return next(marked, land)


def landing_items(plan: Plan) -> tuple[int, ...]:
    """The items flown to from where the landing begins to where it ends."""
    start = land_start(plan)
    if start is None:
        return ()
    found: list[int] = []
    for index in range(start, len(plan.items)):
        if item_place(plan.items[index]) is not None:
            found.append(index)
            if plan.items[index].command in LANDINGS:
                break
    return tuple(found)


def destinations(plan: Plan, rtl_type: int) -> list[Destination]:
    """All places that a direct return could lead to, in PX4's order; the first is home."""
    if plan.home is None or rtl_type in BY_MISSION:
        return []
    home = plan.home.position
    found = [Destination(place=home, name="home")]
    if rtl_type in (PREFERS_SAFE, MISSION_LAND):
        land = landing(plan)
        place = None if land is None else item_place(plan.items[land])
        if place is not None:
            found.append(Destination(place=place, name="the landing", items=landing_items(plan)))
    found += [
        Destination(place=point.position, name=f"rally point {index + 1}")
        for index, point in enumerate(plan.rally)
        if math.isfinite(point.height.m)
        and (rtl_type == RALLY_ONLY or _away_m(home, point.position) > AT_HOME_M)
    ]
    return found


def destination_from(at: GeoPoint, known: list[Destination], rtl_type: int) -> int | None:
    """The index of the destination of a return from a place; None where it lands there."""
    places = np.array([(at.latitude_deg, at.longitude_deg)])
    chosen = int(destinations_from(places, known, rtl_type)[0])
    return None if chosen < 0 else chosen


def destinations_from(places: Floats, known: list[Destination], rtl_type: int) -> Longs:
    """The destination of a return from each place, shape (n, 2), latitude and longitude; -1 where
    it lands there.

    RTL_TYPE 1 returns home only where there is nothing else, 5 never.
    """
    last_resort = rtl_type in (PREFERS_SAFE, RALLY_ONLY)
    nearest = np.full(len(places), np.inf)
    chosen = np.full(len(places), 0 if known and rtl_type != RALLY_ONLY else -1)
    for index, one in enumerate(known):
        if index == 0 and last_resort:
            continue
        away_m = haversines_m(places, one.place)
        nearer = away_m + (NEARER_BY_M if index else 0.0) < nearest
        nearest = np.where(nearer, away_m, nearest)
        chosen = np.where(nearer, index, chosen)
    return chosen


def haversines_m(places: Floats, to: GeoPoint) -> Floats:
    """How far many places, shape (n, 2), latitude and longitude, are from one, as PX4 reckons."""
    latitudes, longitudes = np.radians(places).T
    latitude, longitude = math.radians(to.latitude_deg), math.radians(to.longitude_deg)
    half = np.sin((latitudes - latitude) / 2.0) ** 2
    half += np.sin((longitudes - longitude) / 2.0) ** 2 * np.cos(latitudes) * math.cos(latitude)
    found: Floats = EARTH_RADIUS_M * 2.0 * np.arcsin(np.sqrt(np.clip(half, 0.0, 1.0)))
    return found


def _away_m(a: GeoPoint, b: GeoPoint) -> float:
    return float(haversines_m(np.array([(a.latitude_deg, a.longitude_deg)]), b)[0])
