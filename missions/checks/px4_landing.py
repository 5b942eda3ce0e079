"""What PX4's navigator asks of a mission's landing: of its order, its approach, and that there is
one. A multirotor's is only asked for; a fixed wing's and a VTOL's must be a pattern.

Source: PX4-Autopilot v1.17, MissionFeasibility/FeasibilityChecker.cpp.
"""

import itertools
import math

from missions.checks.finding import Finding, error
from missions.checks.px4_fence import haversine_m
from missions.checks.px4_judged import FLT_EPSILON, Judged, at
from missions.checks.px4_profile import FLOWN_TO, TAKEOFFS
from missions.checks.px4_wire import Received
from missions.plan import Command

LANDINGS = frozenset((Command.NAV_LAND, Command.NAV_VTOL_LAND))
TAKEOFF_NEEDED, LAND_NEEDED, BOTH_NEEDED, BOTH_OR_NEITHER, AS_IT_STANDS = 1, 2, 3, 4, 5
KEEP_ONE = "keep one DO_LAND_START (189), in front of the approach"
LANDS_ITSELF = "leave the return out: the landing pattern ends the mission"
LAND_BEHIND = "put the approach and the landing (21, or 85 for a VTOL) behind it"
ENDS = ("a take-off (22)", "a landing (21, or 85 for a VTOL)")
LAND_LATER = "put the take-off and the places to fly to before it"
# PX4 forgives a tenth of a degree of FW_LND_ANG.
FORGIVEN_DEG = 0.1


def landing_first(judged: Judged) -> list[Finding]:
    """A mission that begins with a landing."""
    first, profile = judged.plan.items[0].command, judged.profile
    refused = first == Command.NAV_LAND and (profile.landed or not profile.multirotor)
    if not refused and not (first == Command.NAV_VTOL_LAND and not profile.multirotor):
        return []
    return [error("px4-land-first", "the mission starts with a landing", LAND_LATER, item=0)]


def land_pattern(judged: Judged) -> list[Finding]:
    """The markers of a landing pattern, where there is one: for wings only."""
    if judged.profile.multirotor:
        return []
    items = judged.plan.items
    starts = [i for i, item in enumerate(items) if item.command == Command.DO_LAND_START]
    if not starts:
        return []
    found = [_pattern("another landing pattern begins here", i, KEEP_ONE) for i in starts[1:]]
    found += [
        _pattern("a return (RTL) after the begin of a landing pattern", i, LANDS_ITSELF)
        for i, item in enumerate(items)
        if item.command == Command.NAV_RETURN_TO_LAUNCH and i > starts[0]
    ]
    # PX4 compares with the item before the last landing, which may be the marker itself.
    approach = max((i - 1 for i, item in enumerate(items) if item.command in LANDINGS), default=-1)
    if starts[0] > approach:
        what = "no landing follows the begin of the landing pattern"
        found.append(_pattern(what, starts[0], LAND_BEHIND))
    return found


def _pattern(what: str, item: int, proposal: str) -> Finding:
    return error("px4-land-pattern", f"item {item + 1}: {what}", proposal, item=item)


def fixed_wing_approach(judged: Judged) -> list[Finding]:
    """The glide to every landing of a fixed wing."""
    if not judged.profile.fixed_wing or judged.profile.vtol:
        return []
    found = []
    for (_, before), (index, item) in itertools.pairwise(judged.items):
        if item.command == Command.NAV_LAND and before.command in FLOWN_TO:
            fault = _glide_fault(judged, before, item)
            if fault is not None:
                what, proposal = fault
                place = judged.place(index)
                found.append(error("px4-land-approach", what, proposal, item=index, place=place))
    return found


def _glide_fault(judged: Judged, before: Received, land: Received) -> tuple[str, str] | None:
    """What is wrong with a glide, and what to do about it."""
    high = judged.above_home_m(before) - judged.above_home_m(land)
    if high < FLT_EPSILON:
        return "the approach does not begin above the landing", "begin it higher than the landing"
    away = haversine_m(at(before), at(land))
    if before.command == Command.NAV_LOITER_TO_ALT:
        # The radius is the second parameter; PX4 leaves the circle by its tangent.
        radius = abs(before.params[1])
        if away <= radius:
            what = "the landing is within the circle of its approach"
            return what, f"put the circle's middle more than {radius:.0f} m from the landing"
        away = math.sqrt(away**2 - radius**2)
    elif before.command != Command.NAV_WAYPOINT:
        what = "the approach begins neither at a waypoint nor at a loiter to altitude"
        return what, "put a waypoint (16) or a loiter to altitude (31) in front of the landing"
    steepest = math.tan(math.radians(judged.profile.fw_lnd_ang_deg + FORGIVEN_DEG))
    if away == 0.0 or high / away > steepest:
        what = f"the approach is steeper than FW_LND_ANG ({judged.profile.fw_lnd_ang_deg:g} deg)"
        if not math.isfinite(high + away):
            return what, "give the approach and the landing places and heights"
        far, low = math.ceil(high / steepest), math.floor(away * steepest)
        return what, f"glide from {far} m or more away, or from {low} m or less above the landing"
    return None


def takeoff_and_landing(judged: Judged) -> list[Finding]:
    """What MIS_TKO_LAND_REQ asks for."""
    need = judged.profile.takeoff_land_required
    takes_off = any(item.command in TAKEOFFS for item in judged.plan.items)
    lands = _lands(judged)
    if need == AS_IT_STANDS:
        need = BOTH_OR_NEITHER if judged.profile.landed else LAND_NEEDED
    wanted = {
        TAKEOFF_NEEDED: (True, False),
        LAND_NEEDED: (False, True),
        BOTH_NEEDED: (True, True),
        BOTH_OR_NEITHER: (lands, takes_off),
    }.get(need, (False, False))
    lacking = [
        name
        for name, asked, there in zip(ENDS, wanted, (takes_off, lands), strict=True)
        if asked and not there
    ]
    if not lacking:
        return []
    what = " and ".join(lacking)
    said = f"MIS_TKO_LAND_REQ is {judged.profile.takeoff_land_required}: {what} is lacking"
    proposal = f"add {what}, or set MIS_TKO_LAND_REQ to 0"
    return [error("px4-takeoff-land-required", said, proposal)]


def _lands(judged: Judged) -> bool:
    """For a multirotor any landing (21) counts, for wings one that is not the first item."""
    if judged.profile.multirotor:
        return any(item.command == Command.NAV_LAND for item in judged.plan.items)
    return any(item.command in LANDINGS for item in judged.plan.items[1:])
