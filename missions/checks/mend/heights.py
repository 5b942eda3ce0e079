"""Heights: raised over the terrain, lowered below the ceiling, by as much as is lacking."""

import math
from collections.abc import Sequence
from dataclasses import replace

from missions.checks.around.track import home_amsl_m
from missions.checks.finding import Finding
from missions.checks.mend.editing import cut_in_two, insert, put, waypoint, with_param
from missions.checks.mend.situation import Change, Mender, Situation
from missions.checks.places import Flown, flown_items
from missions.checks.px4_profile import TAKEOFFS
from missions.geodesy import GeoPoint, LocalPlane
from missions.plan import RELATIVE_FRAMES, Frame, Plan
from missions.terrain.surface import NoGround

# A leg that climbs or descends may be flown below or above its straight line: by more then.
SCALES = (1.0, 1.6, 2.6)
SPARE_M = 0.5
# Which ends of a leg: the one near the place, or both where it is in the middle; then any.
WHICH = ("near", "both", "end", "start")
NEAR_SHARE = 0.25


def _higher(plan: Plan, findings: Sequence[Finding], situation: Situation) -> list[Change]:
    """One end of each leg raised, or both, by what is lacking."""
    found = [
        _shifted(plan, findings, situation, scale, which, up=True)
        for scale in SCALES
        for which in WHICH
    ]
    if len(findings) == 1:
        found.append(_over(plan, findings[0], situation))
    return [one for one in found if one is not None]


def _lower(plan: Plan, findings: Sequence[Finding], situation: Situation) -> list[Change]:
    """One end of each leg lowered to the ceiling, or both."""
    found = [
        _shifted(plan, findings, situation, scale, which, up=False)
        for scale in SCALES
        for which in WHICH
    ]
    return [one for one in found if one is not None]


def _shifted(
    plan: Plan,
    findings: Sequence[Finding],
    situation: Situation,
    scale: float,
    which: str,
    *,
    up: bool,
) -> Change | None:
    """The items at the ends of the findings' legs shifted, each by the most that one asks for."""
    shifts: dict[int, float] = {}
    for finding in findings:
        ends = _ends(plan, finding)
        lacking = _lacking_m(plan, finding, ends, situation, up=up)
        if lacking <= 0.0:
            continue
        for one in _chosen(ends, _near(ends, finding) if which == "near" else which):
            shifts[one.index] = max(shifts.get(one.index, 0.0), lacking * scale)
    said = []
    for index, shift in sorted(shifts.items()):
        item = plan.items[index]
        height = item.params[6]
        changed = math.ceil(height + shift) if up else math.floor(height - shift)
        plan = put(plan, index, with_param(item, 7, float(changed)))
        verb = "raised" if up else "lowered"
        why = "terrain" if up else "ceiling"
        said.append(f"item {index + 1}: height {verb} from {height:g} to {changed:g} m: {why}")
    return Change(plan=plan, said=tuple(said)) if said else None


def _ends(plan: Plan, finding: Finding) -> tuple[Flown | None, Flown | None]:
    """Where the finding's leg begins and ends; None for home."""
    flown = flown_items(plan)
    at = next((i for i, one in enumerate(flown) if one.index == finding.item), None)
    if at is None:
        return None, None
    return (flown[at - 1] if at > 0 else None), flown[at]


def _near(ends: tuple[Flown | None, Flown | None], finding: Finding) -> str:
    """Which end the finding's place is near to."""
    if ends[0] is None or ends[1] is None or finding.place is None:
        return "both"
    share = _share(ends[0], ends[1], finding.place)
    if share < NEAR_SHARE:
        return "start"
    return "end" if share > 1.0 - NEAR_SHARE else "both"


def _chosen(ends: tuple[Flown | None, Flown | None], which: str) -> list[Flown]:
    start, end = ends
    chosen = {"start": (start,), "end": (end,), "both": (start, end)}[which]
    return [one for one in chosen if one is not None]


def _lacking_m(
    plan: Plan,
    finding: Finding,
    ends: tuple[Flown | None, Flown | None],
    situation: Situation,
    *,
    up: bool,
) -> float:
    """By how much the leg's straight line is too low, or too high, at the finding's place."""
    end = ends[1]
    if end is None or finding.place is None or plan.home is None:
        return 0.0
    ground = _ground_up_m(plan, finding.place, situation)
    level = _line_up_m(plan, ends, finding.place)
    if not (math.isfinite(ground) and math.isfinite(level)):
        return 0.0
    if up:
        return max(ground + situation.clearance_m - level, 0.0) + SPARE_M
    return max(level - ground - situation.ceiling_m, 0.0) + SPARE_M


def _ground_up_m(plan: Plan, place: GeoPoint, situation: Situation) -> float:
    """The ground above home; without terrain the ceiling is measured from home."""
    if situation.terrain is None or plan.home is None:
        return 0.0
    there, home = situation.terrain.ground(place), home_amsl_m(plan, situation.terrain)
    return math.nan if isinstance(there, NoGround) else there.height.m - home


def _line_up_m(plan: Plan, ends: tuple[Flown | None, Flown | None], place: GeoPoint) -> float:
    start, end = ends
    assert end is not None
    if start is None:
        return end.height_m(plan)
    share = _share(start, end, place)
    return start.height_m(plan) + share * (end.height_m(plan) - start.height_m(plan))


def _share(start: Flown, end: Flown, place: GeoPoint) -> float:
    """How far along a leg a place is, 0 to 1."""
    plane = LocalPlane(start.place)
    (east, north), (a, b) = plane.en(end.place), plane.en(place)
    squared = east**2 + north**2
    return min(1.0, max(0.0, (a * east + b * north) / squared)) if squared > 0.0 else 1.0


def _over(plan: Plan, finding: Finding, situation: Situation) -> Change | None:
    """A waypoint over the ground that is too near, where raising the ends breaks something else."""
    ends = _ends(plan, finding)
    if ends[0] is None or ends[1] is None or finding.place is None or finding.item is None:
        return None
    height = math.ceil(
        _ground_up_m(plan, finding.place, situation) + situation.clearance_m + 2.0 * SPARE_M
    )
    item = waypoint(finding.place, float(height), Frame.GLOBAL_RELATIVE_ALT)
    said = f"a waypoint at {height:g} m added before item {finding.item + 1}: terrain"
    cut = cut_in_two(plan, finding.item)
    return Change(plan=insert(plan, finding.item, (item,)), said=(said, *cut))


def _climb_first(plan: Plan, findings: Sequence[Finding], situation: Situation) -> list[Change]:
    """A return that would be too low begins with a climb where it starts: PX4 returns no lower."""
    finding = findings[0]
    flown = [one for one in flown_items(plan) if one.index < (finding.item or 0)]
    if not flown or finding.place is None or finding.item is None:
        return []
    last = flown[-1]
    ground = _ground_up_m(plan, finding.place, situation)
    if not math.isfinite(ground):
        return []
    found = []
    for spare in (1.0, 4.0, 10.0):
        height = math.ceil(ground + situation.clearance_m + spare)
        item = waypoint(last.place, float(height), Frame.GLOBAL_RELATIVE_ALT)
        said = f"a climb to {height:g} m added before the return, item {finding.item + 1}: terrain"
        found.append(Change(plan=insert(plan, finding.item, (item,)), said=(said,)))
    return found


def _to_ceiling(plan: Plan, findings: Sequence[Finding], situation: Situation) -> list[Change]:
    """Heights above home exactly at the ceiling: what is measured from home without terrain."""
    said = []
    for finding in findings:
        if finding.item is None or plan.home is None:
            continue
        item = plan.items[finding.item]
        height = item.params[6]
        relative = item.frame in RELATIVE_FRAMES
        level = situation.ceiling_m + (0.0 if relative else plan.home.height.m)
        if not height > level:
            continue
        plan = put(plan, finding.item, replace(item, params=(*item.params[:6], level)))
        what = "take-off" if item.command in TAKEOFFS else "height"
        said.append(
            f"item {finding.item + 1}: {what} lowered from {height:g} to {level:g} m: ceiling"
        )
    exact = [Change(plan=plan, said=tuple(said))] if said else []
    return exact if situation.terrain is None else []


def _below_ceiling(plan: Plan, findings: Sequence[Finding], situation: Situation) -> list[Change]:
    return [*_to_ceiling(plan, findings, situation), *_lower(plan, findings, situation)]


HEIGHTS = (
    Mender(rules=frozenset(("terrain-clearance",)), ways=_higher),
    Mender(rules=frozenset(("terrain-return",)), ways=_climb_first),
    Mender(rules=frozenset(("ceiling",)), ways=_below_ceiling),
)
