"""A leg of a mission: where its ends are, and the place on it that is nearest to a vehicle."""

import math
from collections.abc import Sequence

from missions.geodesy import GeoPoint, LocalPlane
from missions.plan import RELATIVE_FRAMES, Command, MissionItem, Plan
from onboard.mavlink.command import CommandPlace

EARTH_RADIUS_M = 6_371_000.0
TRIGGER_CONTROL = 2003
# The numbers of MAVLink's commands for navigation end here.
LAST_NAV = 95
# What ends on the ground, or never.
WITHOUT_HOLD = frozenset(
    (
        Command.NAV_RETURN_TO_LAUNCH,
        Command.NAV_LAND,
        Command.NAV_VTOL_LAND,
        Command.NAV_LOITER_UNLIM,
    )
)
PLACES = frozenset(
    (
        Command.NAV_WAYPOINT,
        Command.NAV_LOITER_UNLIM,
        Command.NAV_LOITER_TIME,
        Command.NAV_LOITER_TO_ALT,
        Command.NAV_TAKEOFF,
        Command.NAV_LAND,
    )
)
LOOKS = frozenset(
    (
        Command.DO_SET_ROI_LOCATION,
        Command.DO_SET_ROI_NONE,
        Command.DO_SET_ROI_WPNEXT_OFFSET,
        Command.DO_SET_ROI,
        Command.NAV_ROI,
    )
)
PICTURES = frozenset(
    (
        Command.DO_SET_CAM_TRIGG_DIST,
        Command.DO_SET_CAM_TRIGG_INTERVAL,
        Command.IMAGE_START_CAPTURE,
        Command.IMAGE_STOP_CAPTURE,
        TRIGGER_CONTROL,
    )
)


def offset_en(a: CommandPlace, b: CommandPlace) -> tuple[float, float]:
    """Level metres east and north from a place to another; good to a part in a thousand within tens
    of kilometres."""
    narrow = math.cos(math.radians((a.latitude_deg + b.latitude_deg) / 2.0))
    east = math.radians(b.longitude_deg - a.longitude_deg) * narrow
    north = math.radians(b.latitude_deg - a.latitude_deg)
    return EARTH_RADIUS_M * east, EARTH_RADIUS_M * north


def metres_between(a: CommandPlace, b: CommandPlace) -> float:
    """Level distance, as good."""
    return math.hypot(*offset_en(a, b))


def place_of(item: MissionItem, home_amsl_m: float) -> CommandPlace | None:
    """An item's place with its height above sea level; None where it has none."""
    if not item.has_position or not all(map(math.isfinite, item.params[4:])):
        return None
    above_m = home_amsl_m if item.frame in RELATIVE_FRAMES else 0.0
    return CommandPlace(
        latitude_deg=item.latitude_deg,
        longitude_deg=item.longitude_deg,
        height_amsl_m=item.params[6] + above_m,
    )


def places_of(items: Sequence[MissionItem], home_amsl_m: float) -> list[tuple[int, CommandPlace]]:
    """The items that are flown to, by number, with heights above sea level."""
    placed = (
        (i, place_of(item, home_amsl_m)) for i, item in enumerate(items) if item.command in PLACES
    )
    return [(index, place) for index, place in placed if place is not None]


def place_on_leg(
    plan: Plan | None, item: int, here: CommandPlace, home_amsl_m: float
) -> CommandPlace | None:
    """The nearest place to `here` on the leg to `item`; None where the plan has no such leg."""
    places = [] if plan is None else places_of(plan.items, home_amsl_m)
    before = [place for index, place in places if index < item]
    after = [place for index, place in places if index >= item]
    if not before or not after:
        return None
    start, end = before[-1], after[0]
    plane = LocalPlane(geo_point(start))
    along_e, along_n = plane.en(geo_point(end))
    off_e, off_n = plane.en(geo_point(here))
    length = along_e**2 + along_n**2
    share = 1.0 if length <= 0.0 else (off_e * along_e + off_n * along_n) / length
    share = min(1.0, max(0.0, share))
    foot = plane.geo(along_e * share, along_n * share)
    height = start.height_amsl_m + share * (end.height_amsl_m - start.height_amsl_m)
    return CommandPlace(
        latitude_deg=foot.latitude_deg, longitude_deg=foot.longitude_deg, height_amsl_m=height
    )


def takes_pictures(plan: Plan | None, item: int) -> bool:
    """Whether PX4 goes one waypoint back by itself: the mission's trigger is on before `item`."""
    items = () if plan is None else plan.items[:item]
    last = next((each for each in reversed(items) if each.command in PICTURES), None)
    if last is None or last.command == Command.DO_SET_CAM_TRIGG_INTERVAL:
        return False
    if last.command == Command.IMAGE_STOP_CAPTURE:
        return False
    return last.command == Command.IMAGE_START_CAPTURE or last.params[0] > 0.0


def ends_in_hold(plan: Plan, item: int) -> bool:
    """Whether PX4 holds by itself after `item`: nothing that follows is flown to or waited at.

    What jumps back may still fly it again.
    """
    here, *after = plan.items[item:] or (None,)
    return (
        here is not None
        and here.command not in WITHOUT_HOLD
        and not any(takes_time(each) for each in after)
    )


def takes_time(item: MissionItem) -> bool:
    """Whether it is flown or waited for, and not done at once as a DO command is."""
    return item.command == Command.CONDITION_GATE or (
        item.command <= LAST_NAV and item.command not in LOOKS
    )


def geo_point(place: CommandPlace) -> GeoPoint:
    """The level part of a place."""
    return GeoPoint(latitude_deg=place.latitude_deg, longitude_deg=place.longitude_deg)
