"""A take-off where there is none, a return where the mission just ends."""

import math
from collections.abc import Sequence
from dataclasses import replace

from missions.checks.finding import Finding
from missions.checks.mend.editing import command, insert, params_of, put
from missions.checks.mend.situation import Change, Mender, Situation
from missions.checks.places import flown_items
from missions.checks.px4_profile import TAKEOFFS
from missions.geodesy import GeoPoint
from missions.plan import Command, Frame, MissionItem, Plan

# A take-off whose height nobody can tell rises this far.
SAFE_HEIGHT_M = 20.0
LOWEST_M = 2.5


def _takeoff(plan: Plan, findings: Sequence[Finding], situation: Situation) -> list[Change]:
    """Rise at home to the height of the first place flown to."""
    if plan.home is None or any(item.command in TAKEOFFS for item in plan.items):
        return []
    height = _first_height_m(plan)
    item = _rise(plan.home.position, height)
    said = f"a take-off to {height:.0f} m put first"
    return [Change(plan=insert(plan, 0, (item,)), said=(said,))]


def _rise(place: GeoPoint, height_m: float) -> MissionItem:
    lat, lon = place.latitude_deg, place.longitude_deg
    return MissionItem(
        command=int(Command.NAV_TAKEOFF),
        frame=int(Frame.GLOBAL_RELATIVE_ALT),
        params=(0.0, 0.0, 0.0, math.nan, lat, lon, height_m),
    )


def _first_height_m(plan: Plan) -> float:
    heights = [one.height_m(plan) for one in flown_items(plan) if one.item.command not in TAKEOFFS]
    known = [height for height in heights if math.isfinite(height) and height >= LOWEST_M]
    return round(known[0], 2) if known else SAFE_HEIGHT_M


def _return(plan: Plan, findings: Sequence[Finding], situation: Situation) -> list[Change]:
    """Return at the end, where there is a home to return to."""
    if plan.home is None:
        return []
    item = command(Command.NAV_RETURN_TO_LAUNCH)
    change = insert(plan, len(plan.items), (item,))
    return [Change(plan=change, said=("a return (RTL) added at the end",))]


def _both(plan: Plan, findings: Sequence[Finding], situation: Situation) -> list[Change]:
    first = _takeoff(plan, findings, situation)
    started = first[0].plan if first else plan
    ends = any(item.command in (20, 21, 85) for item in started.items)
    last = [] if ends else _return(started, findings, situation)
    changes = [*first, *last]
    if not changes:
        return []
    said = tuple(line for change in changes for line in change.said)
    return [Change(plan=changes[-1].plan, said=said), *first]


def _low_takeoff(plan: Plan, findings: Sequence[Finding], situation: Situation) -> list[Change]:
    """Rise to the first waypoint's height instead of the ground's."""
    said = []
    height = _first_height_m(plan)
    for finding in findings:
        if finding.item is None or plan.home is None:
            continue
        item = plan.items[finding.item]
        params = params_of((*item.params[:6], height))
        plan = put(
            plan, finding.item, replace(item, frame=Frame.GLOBAL_RELATIVE_ALT, params=params)
        )
        said.append(f"item {finding.item + 1}: take-off raised to {height:.0f} m above home")
    return [Change(plan=plan, said=tuple(said))] if said else []


def _late_takeoff(plan: Plan, findings: Sequence[Finding], situation: Situation) -> list[Change]:
    """A take-off in the air is a waypoint; where it was the only one, one is put first."""
    said = []
    for finding in findings:
        if finding.item is None:
            continue
        item = plan.items[finding.item]
        plan = put(plan, finding.item, replace(item, command=int(Command.NAV_WAYPOINT)))
        said.append(f"item {finding.item + 1}: a take-off in the air became a waypoint")
    changed = Change(plan=plan, said=tuple(said))
    first = _takeoff(plan, findings, situation)
    return [*(Change(plan=one.plan, said=(*said, *one.said)) for one in first), changed]


def _placed_takeoff(plan: Plan, findings: Sequence[Finding], situation: Situation) -> list[Change]:
    """Rise over home; a wing, which cannot, climbs towards the first place flown to."""
    places = [one.place for one in flown_items(plan) if one.item.command not in TAKEOFFS]
    ahead = not situation.vehicle.hovers and bool(places)
    place = places[0] if ahead else None if plan.home is None else plan.home.position
    if place is None:
        return []
    said = []
    for finding in findings:
        assert finding.item is not None
        item = plan.items[finding.item]
        there = (place.latitude_deg, place.longitude_deg)
        params = params_of((*item.params[:4], *there, item.params[6]))
        plan = put(plan, finding.item, replace(item, params=params))
        where = "towards the first waypoint" if ahead else "over home"
        said.append(f"item {finding.item + 1}: the take-off's place put {where}")
    return [Change(plan=plan, said=tuple(said))]


ENDS = (
    Mender(rules=frozenset(("takeoff-without-place",)), ways=_placed_takeoff),
    Mender(rules=frozenset(("px4-takeoff-not-first",)), ways=_late_takeoff),
    Mender(rules=frozenset(("px4-takeoff-too-low",)), ways=_low_takeoff),
    Mender(rules=frozenset(("px4-takeoff-land-required",)), ways=_both),
    Mender(rules=frozenset(("no-takeoff",)), ways=_takeoff),
    Mender(rules=frozenset(("no-ending",)), ways=_return),
)
