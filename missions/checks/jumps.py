"""Jumps that PX4 takes over and then does not carry out as they read, and what is never flown."""

import math

from missions.checks.finding import Finding, error, warning
from missions.checks.flown_order import (
    MOST_STEPS,
    REPEATS_HELD,
    Ending,
    FlownOrder,
    flown_order,
    jump_target,
    repeats,
)
from missions.checks.px4_profile import FLOWN_TO
from missions.plan import Command, Plan

LANDINGS = frozenset((Command.NAV_LAND, Command.NAV_VTOL_LAND))


def jump_findings(plan: Plan) -> list[Finding]:
    """What is wrong with jumps, and items that the mission never comes to."""
    order = flown_order(plan)
    return [
        *(finding for index in _jumps(plan) for finding in _jump(plan, index, order)),
        *_endless(order),
        *_never_reached(plan, order),
    ]


def _jumps(plan: Plan) -> list[int]:
    return [index for index, item in enumerate(plan.items) if item.command == Command.DO_JUMP]


def _jump(plan: Plan, index: int, order: FlownOrder) -> list[Finding]:
    target, count = plan.items[index].params[:2]
    if jump_target(plan, index) is None:
        what = f"item {index + 1} jumps to item {target + 1:g}, which does not exist"
        proposal = f"name an item from 1 to {len(plan.items)}"
        return [error("jump-target", what, proposal, item=index)]
    found = []
    if not (math.isfinite(count) and 0.0 <= count < REPEATS_HELD):
        what = f"item {index + 1} is to jump {count:g} times: PX4 takes that for {repeats(count)}"
        found.append(error("jump-count", what, "give a count from 0 to 65535", item=index))
    if index in order.not_repeated:
        what = (
            f"item {index + 1} jumps {repeats(count)} times in the whole mission: when the loop "
            "round it comes again, PX4 passes it by"
        )
        proposal = "write the inner loop out, or fly it once a round"
        found.append(warning("jump-not-repeated", what, proposal, item=index))
    return found


def _endless(order: FlownOrder) -> list[Finding]:
    if order.ending is Ending.TOO_LONG:
        what = f"the mission has not ended after {MOST_STEPS} items"
        return [warning("jump-endless", what, "jump less often", item=order.last)]
    if order.ending is not Ending.BROKEN or not order.steps:
        return []
    what = f"item {order.last + 1}: PX4 cannot follow this jump, and the mission ends there"
    return [error("jump-broken", what, "jump to an item that is flown to", item=order.last)]


def _never_reached(plan: Plan, order: FlownOrder) -> list[Finding]:
    """Waypoints behind an item that never ends; a landing pattern may stand there for a return."""
    if order.ending not in (Ending.HOLDS, Ending.RETURN):
        return []
    done = {step.item for step in order.steps}
    pattern = next(
        (i for i, item in enumerate(plan.items) if item.command == Command.DO_LAND_START),
        len(plan.items),
    )
    lost = [
        index
        for index, item in enumerate(plan.items[:pattern])
        if item.command in FLOWN_TO and index not in done and item.command not in LANDINGS
    ]
    if not lost:
        return []
    why = "PX4 holds" if order.ending is Ending.HOLDS else "PX4 returns"
    what = f"{len(lost)} waypoints, first item {lost[0] + 1}, are never flown to: {why} at item "
    return [
        warning(
            "never-reached",
            what + f"{order.last + 1} for good",
            "leave that item out, or put it last",
            item=lost[0],
        )
    ]
