"""What PX4 accepts though it should not: places, ways across a fence, jumps, ceiling, endurance."""

import math

from missions.camera import CameraModel
from missions.checks.fence_ways import RULES, fence_held, fence_way_findings
from missions.checks.finding import Finding, error, warning
from missions.checks.flown_fence import flown_fence_findings
from missions.checks.flown_way import flown_ways
from missions.checks.jumps import jump_findings
from missions.checks.odd_fences import odd_fence_findings
from missions.checks.passed_by import passed_by_findings
from missions.checks.places import flown_items, place_of_item
from missions.checks.px4_profile import FLOWN_TO, GATE, TAKEOFFS, Px4Profile
from missions.checks.return_way import return_findings
from missions.checks.trigger_rate import trigger_findings
from missions.checks.ways import ways_of
from missions.geodesy import LocalPlane
from missions.plan import Command, MissionItem, Plan
from missions.plan_time import plan_time_s
from missions.vehicle import Vehicle
from missions.wind import CALM, Wind

CEILING_M = 120.0
LAST_ITEMS = frozenset((Command.NAV_RETURN_TO_LAUNCH, Command.NAV_LAND, 85))


def findings_beyond_px4(
    plan: Plan,
    vehicle: Vehicle,
    profile: Px4Profile | None = None,
    camera: CameraModel | None = None,
    wind: Wind = CALM,
) -> list[Finding]:
    """Everything found, rule by rule; turns of wings as they are flown in a wind."""
    known = profile or Px4Profile()
    return [
        *_not_on_earth(plan),
        *_no_position(plan),
        *_takeoff_to_nowhere(plan),
        *_no_height(plan),
        *_gates(plan),
        *jump_findings(plan),
        *_start_and_end(plan),
        *odd_fence_findings(plan),
        *_ways(plan, vehicle, known, wind),
        *return_findings(plan, known),
        *passed_by_findings(plan, vehicle),
        *trigger_findings(plan, vehicle, camera),
        *_ceiling(plan),
        *_endurance(plan, vehicle),
    ]


def _ways(plan: Plan, vehicle: Vehicle, profile: Px4Profile, wind: Wind) -> list[Finding]:
    flown = flown_items(plan)
    if not flown:
        return []
    plane = LocalPlane(flown[0].place if plan.home is None else plan.home.position)
    ways = ways_of(plan, plane, vehicle, profile, wind)
    found = fence_way_findings(plan, plane, ways, profile)
    return [*found, *_flown_ways(plan, vehicle, profile, _named(found))]


def _named(found: list[Finding]) -> frozenset[int | None]:
    """Items whose straight way is across the fence already."""
    return frozenset(one.item for one in found if one.rule in RULES.values())


def _flown_ways(
    plan: Plan, vehicle: Vehicle, profile: Px4Profile, told: frozenset[int | None]
) -> list[Finding]:
    fence = fence_held(plan, profile)
    if not (fence.polygons or fence.circles):
        return []
    flown = flown_ways(plan, vehicle)
    return [] if flown is None else flown_fence_findings(fence, flown, told)


def _not_on_earth(plan: Plan) -> list[Finding]:
    return [
        error(
            "position-not-on-earth",
            f"item {index + 1} is at latitude {item.latitude_deg:g}, longitude "
            f"{item.longitude_deg:g}",
            _on_earth(item),
            item=index,
        )
        for index, item in enumerate(plan.items)
        if item.has_position
        and math.isfinite(item.latitude_deg + item.longitude_deg)
        and place_of_item(item) is None
    ]


def _on_earth(item: MissionItem) -> str:
    swapped = abs(item.latitude_deg) <= 180.0 and abs(item.longitude_deg) <= 90.0
    hint = "they look swapped; " if swapped else ""
    return f"{hint}PX4 would accept it: give -90 to 90 for latitude, -180 to 180 for longitude"


def _no_position(plan: Plan) -> list[Finding]:
    return [
        error(
            "position-missing",
            f"item {index + 1} has no latitude or longitude: PX4 flies to wherever it is then",
            "give it a latitude and a longitude",
            item=index,
        )
        for index, item in enumerate(plan.items)
        if item.has_position
        and item.command in FLOWN_TO
        and item.command not in TAKEOFFS
        and _is_nowhere(item)
    ]


def _is_nowhere(item: MissionItem) -> bool:
    """Whether its place is not given, or is the 0, 0 that stands for it."""
    given = math.isfinite(item.latitude_deg + item.longitude_deg)
    return not given or (item.latitude_deg == 0.0 and item.longitude_deg == 0.0)


def _takeoff_to_nowhere(plan: Plan) -> list[Finding]:
    """Once PX4 has climbed it flies to the take-off's place, whatever that is."""
    found = []
    for index, item in enumerate(plan.items):
        if item.command not in TAKEOFFS or not item.has_position or not _is_nowhere(item):
            continue
        zero = item.latitude_deg == 0.0 and item.longitude_deg == 0.0
        where = "latitude 0, longitude 0" if zero else "latitude 214.7, longitude 214.7"
        what = f"item {index + 1} takes off without a place: PX4 climbs, then flies on towards "
        found.append(
            error(
                "takeoff-without-place",
                f"{what}{where} and comes to no other item",
                "give it home's place",
                item=index,
                place=None if plan.home is None else plan.home.position,
            )
        )
    return found


def _no_height(plan: Plan) -> list[Finding]:
    return [
        error(
            "height-missing",
            f"item {index + 1} has no height ({item.params[6]:g}): PX4 accepts that",
            "give it a height in metres, above home or the sea by its frame",
            item=index,
            place=place_of_item(item),
        )
        for index, item in enumerate(plan.items)
        if item.has_position and item.command in FLOWN_TO and not math.isfinite(item.params[6])
    ]


def _gates(plan: Plan) -> list[Finding]:
    return [
        error(
            "gate-without-place",
            f"item {index + 1} is a gate without a place: PX4 refuses one with a place and cannot "
            "fly through one without",
            "use a waypoint (16)",
            item=index,
        )
        for index, item in enumerate(plan.items)
        if item.command == GATE and place_of_item(item) is None
    ]


def _start_and_end(plan: Plan) -> list[Finding]:
    found = []
    if plan.items and not any(item.command in TAKEOFFS for item in plan.items):
        found.append(
            warning("no-takeoff", "the mission has no take-off", "begin with a take-off (22)")
        )
    if plan.items and not any(item.command in LAST_ITEMS for item in plan.items):
        found.append(
            warning(
                "no-ending",
                "the mission neither returns nor lands: the vehicle holds at its end",
                "end with a return (20) or a landing (21)",
                item=len(plan.items) - 1,
            )
        )
    return found


def _ceiling(plan: Plan) -> list[Finding]:
    return [
        warning(
            "ceiling",
            f"waypoint {one.index + 1} is {one.height_m(plan):.0f} m above home",
            f"stay below {CEILING_M:.0f} m, or carry the permission",
            item=one.index,
            place=one.place,
        )
        for one in flown_items(plan)
        if one.height_m(plan) > CEILING_M
    ]


def _endurance(plan: Plan, vehicle: Vehicle) -> list[Finding]:
    needed, known = plan_time_s(plan, vehicle), vehicle.endurance_s
    usable = known * (1.0 - vehicle.reserve_fraction)
    if needed <= usable or math.isinf(needed):
        # What has no end is told as that, with the item that it never reaches.
        return []
    finding = warning if needed <= known else error
    return [
        finding(
            "endurance",
            f"the flight takes {needed / 60.0:.0f} min in still air; {vehicle.name} has "
            f"{usable / 60.0:.0f} min and a reserve of {(known - usable) / 60.0:.0f} min",
            "split the task, fly faster, or take a vehicle with more endurance",
        )
    ]
