"""Waypoints that are flown past, or may be: held at, accepted within more, or flown to slower.

Which of these the predicted flight then reaches, the checks say.
"""

import math
from collections.abc import Callable, Sequence

from missions.checks.finding import Finding
from missions.checks.mend.editing import command, cut_in_two, insert, put, with_param
from missions.checks.mend.situation import Change, Mender, Situation
from missions.checks.never_reached import PAST, slow_enough_m_s
from missions.checks.passed_by import needed_radius_m
from missions.plan import Command, Plan
from missions.plan_time import predict_flight
from missions.px4_flight.unreached import Why

HOLD_S = 1.0
STRAIGHT_ON = math.radians(30.0)
GROUND_SPEED, LEAVE_THROTTLE = 1.0, -1.0
One = Callable[[Plan, int, Situation], Change | None]


def _ways(plan: Plan, findings: Sequence[Finding], situation: Situation) -> list[Change]:
    """A stop where it surely is flown past, or the way turns, so that the place is still flown
    over; a wider radius is enough where it only may be and the way goes on as it came."""
    flight = predict_flight(plan, situation.vehicle)
    gentle = {
        one.item
        for one in (() if flight is None else flight.unreached)
        if one.why is not Why.PAST and one.turn < STRAIGHT_ON
    }
    items = {one.item for one in findings if one.item is not None}
    sure, maybe = items - gentle, items & gentle
    found = [
        all_of(plan, {**dict.fromkeys(maybe, less), **dict.fromkeys(sure, more)}, situation)
        for more, less in ((held, _wider), (held, held), (_slower, held), (_wider, _wider))
    ]
    return [one for one in found if one is not None]


def all_of(plan: Plan, todo: dict[int, One], situation: Situation) -> Change | None:
    """Each item changed in its way; None where nothing can be."""
    said: list[str] = []
    # From the back, so that what is put in moves nothing that is still to be looked at.
    for index in sorted(todo, reverse=True):
        made = todo[index](plan, index, situation)
        if made is not None:
            plan, said = made.plan, [*made.said, *said]
    return Change(plan=plan, said=tuple(said)) if said else None


def held(plan: Plan, index: int, situation: Situation) -> Change | None:
    """A stay, for which PX4 stops at the place and so waits for the height."""
    item = plan.items[index]
    if item.command != Command.NAV_WAYPOINT:
        return None
    said = (
        f"item {index + 1}: held for {HOLD_S:g} s, so that it stops there until it is at its height"
    )
    return Change(plan=put(plan, index, with_param(item, 1, HOLD_S)), said=(said,))


def _wider(plan: Plan, index: int, situation: Situation) -> Change | None:
    speed = max(
        situation.vehicle.cruise_speed_m_s,
        *(item.params[1] for item in plan.items if item.command == Command.DO_CHANGE_SPEED),
        0.0,
    )
    radius = needed_radius_m(situation.vehicle, speed_m_s=speed)
    item = plan.items[index]
    if item.command != Command.NAV_WAYPOINT:
        return None
    said = f"item {index + 1}: accepted within {radius:g} m, to wait for its height"
    return Change(plan=put(plan, index, with_param(item, 2, radius)), said=(said,))


def _slower(plan: Plan, index: int, situation: Situation) -> Change | None:
    """The leg flown as slowly as the height asks for, and the speed asked for again behind it."""
    flight = predict_flight(plan, situation.vehicle)
    mine = () if flight is None else tuple(one for one in flight.unreached if one.item == index)
    slow = slow_enough_m_s(mine[0], situation.vehicle) if mine else None
    if slow is None:
        return None
    before, after = (
        command(Command.DO_CHANGE_SPEED, GROUND_SPEED, speed, LEAVE_THROTTLE)
        for speed in (slow, mine[0].speed_m_s)
    )
    cut = [*cut_in_two(plan, index), *cut_in_two(plan, index + 1)]
    plan = insert(insert(plan, index + 1, (after,)), index, (before,))
    said = f"item {index + 1}: flown to at {slow:g} m/s, so that the height is reached on the way"
    return Change(plan=plan, said=(said, *dict.fromkeys(cut)))


RADII = (Mender(rules=frozenset((PAST,)), ways=_ways),)
