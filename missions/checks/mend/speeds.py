"""Speeds: lowered for a camera that cannot follow, raised for a battery that would not last."""

import math
from collections.abc import Sequence

from missions.checks.finding import Finding
from missions.checks.mend.editing import command, insert, put, with_param
from missions.checks.mend.situation import Change, Mender, Situation
from missions.checks.trigger_rate import least_interval_s
from missions.plan import Command, Plan

GROUND_SPEED, LEAVE_THROTTLE = 1.0, -1.0
# Speeds are written to a tenth of a metre a second, and never below this.
TENTHS = 10.0
SLOWEST_M_S = 0.5


def _faster(plan: Plan, findings: Sequence[Finding], situation: Situation) -> list[Change]:
    """Speeds asked for below the vehicle's cruise speed brought up to it.

    A speed set for pictures by distance is left as it is: the camera may not follow a higher one.
    """
    if any(item.command == Command.DO_SET_CAM_TRIGG_DIST for item in plan.items):
        return []
    cruise, said = situation.vehicle.cruise_speed_m_s, []
    for index, item in enumerate(plan.items):
        speed = item.params[1]
        if item.command == Command.DO_CHANGE_SPEED and 0.0 < speed < cruise:
            plan = put(plan, index, with_param(item, 2, cruise))
            said.append(f"item {index + 1}: speed raised from {speed:g} to {cruise:g} m/s: battery")
    return [Change(plan=plan, said=tuple(said))] if said else []


def _slower(plan: Plan, findings: Sequence[Finding], situation: Situation) -> list[Change]:
    """As fast as the camera can take pictures at the distance asked for; by the clock, as often."""
    said: list[str] = []
    # From the back, so that what is put in moves nothing that is still to be looked at.
    for index in sorted({one.item for one in findings if one.item is not None}, reverse=True):
        least_s = least_interval_s(plan, index, situation.camera)
        changed = _by_distance(plan, index, least_s) or _by_clock(plan, index, least_s)
        if changed is not None:
            plan = changed.plan
            said = [*changed.said, *said]
    return [Change(plan=plan, said=tuple(said))] if said else []


def _by_distance(plan: Plan, index: int, least_s: float) -> Change | None:
    distance = next(
        (
            item.params[0]
            for item in reversed(plan.items[: index + 1])
            if item.command == Command.DO_SET_CAM_TRIGG_DIST
        ),
        0.0,
    )
    fastest = math.floor(distance / least_s * TENTHS) / TENTHS if least_s > 0.0 else 0.0
    if not fastest >= SLOWEST_M_S:
        return None
    before = [i for i in range(index + 1) if plan.items[i].command == Command.DO_CHANGE_SPEED]
    why = "the camera cannot trigger faster"
    if not before:
        slow = command(Command.DO_CHANGE_SPEED, GROUND_SPEED, fastest, LEAVE_THROTTLE)
        said = f"a speed of {fastest:g} m/s set before item {index + 1}: {why}"
        return Change(plan=insert(plan, index, (slow,)), said=(said,))
    item = plan.items[before[-1]]
    if not item.params[1] > fastest:
        return None
    said = f"item {before[-1] + 1}: speed lowered from {item.params[1]:g} to {fastest:g} m/s: {why}"
    return Change(plan=put(plan, before[-1], with_param(item, 2, fastest)), said=(said,))


def _by_clock(plan: Plan, index: int, least_s: float) -> Change | None:
    """Pictures by the clock no more often than the camera can."""
    item = plan.items[index]
    if item.command == Command.DO_SET_CAM_TRIGG_INTERVAL:
        changed = with_param(item, 1, least_s * 1000.0)
    elif item.command == Command.IMAGE_START_CAPTURE:
        changed = with_param(item, 2, least_s)
    else:
        return None
    said = f"item {index + 1}: pictures every {least_s:g} s: the camera cannot take them faster"
    return Change(plan=put(plan, index, changed), said=(said,))


SPEEDS = (
    Mender(rules=frozenset(("trigger-too-fast",)), ways=_slower),
    Mender(rules=frozenset(("point-of-no-return", "endurance")), ways=_faster),
)
