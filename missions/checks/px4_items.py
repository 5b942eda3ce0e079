"""What PX4's mission protocol answers to an upload, item by item: the first fault ends it."""

import math

from missions.checks.finding import Finding, error
from missions.checks.places import place_of_item
from missions.checks.px4_profile import MissionResult, Px4Profile
from missions.checks.px4_wire import PX4_GLOBAL_FRAMES, Received, received
from missions.plan import Frame, MissionItem, Plan
from missions.px4_commands import (
    FENCE_AND_RALLY_COMMANDS,
    FENCE_RETURN_POINT,
    GLOBAL_COMMANDS,
    MISSION_COMMANDS,
    ROI_COMMANDS,
    ROI_MODES_GLOBAL,
    ROI_MODES_MISSION,
    USED_PARAMS,
)

PARAM_RESULTS = (
    MissionResult.INVALID_PARAM1,
    MissionResult.INVALID_PARAM2,
    MissionResult.INVALID_PARAM3,
    MissionResult.INVALID_PARAM4,
    MissionResult.INVALID_PARAM5_X,
    MissionResult.INVALID_PARAM6_Y,
    MissionResult.INVALID_PARAM7,
)

Refused = tuple[MissionResult, Finding]


def mission_refusals(plan: Plan, profile: Px4Profile) -> list[Refused]:
    """Every item that PX4 refuses, in order; the first is what it answers the upload with."""
    count = len(plan.items)
    if count > profile.max_items:
        finding = error(
            "px4-too-many-items",
            f"{count} items, PX4 holds {profile.max_items}",
            "split the mission",
        )
        return [(MissionResult.NO_SPACE, finding)]
    found = (_refusal(index, item) for index, item in enumerate(plan.items))
    return [one for one in found if one is not None]


def fence_refusals(plan: Plan, profile: Px4Profile) -> list[Refused]:
    """What PX4 refuses of the fence: too many items, or a polygon of fewer than three points.

    A polygon without points has no items: PX4 never hears of it. Neither has a fence without any.
    """
    fence = plan.fence
    count = sum(len(polygon.ring) for polygon in fence.polygons) + len(fence.circles)
    found: list[Refused] = []
    if count > profile.max_fence_items:
        found.append(
            (
                MissionResult.NO_SPACE,
                error(
                    "px4-fence-too-large",
                    f"the fence has {count} vertices and circles, PX4 holds "
                    f"{profile.max_fence_items}",
                    "simplify its polygons or replace some by circles",
                ),
            )
        )
    found += [
        (
            MissionResult.ERROR,
            error(
                "px4-fence-vertices",
                f"fence polygon {i + 1} has {len(polygon.ring)} points",
                "give it three or more",
                place=polygon.ring[0],
            ),
        )
        for i, polygon in enumerate(fence.polygons)
        if 0 < len(polygon.ring) < 3
    ]
    return found


def rally_refusals(plan: Plan, profile: Px4Profile) -> list[Refused]:
    """What PX4 refuses of the rally points: too many."""
    if len(plan.rally) <= profile.max_rally_points:
        return []
    finding = error(
        "px4-too-many-rally-points",
        f"{len(plan.rally)} rally points, PX4 holds {profile.max_rally_points}",
        "leave some out",
    )
    return [(MissionResult.NO_SPACE, finding)]


def _refusal(index: int, item: MissionItem) -> Refused | None:
    sent = received(item)
    if sent is None:
        return _refused(
            MissionResult.INVALID,
            "px4-not-sendable",
            f"item {index + 1} (command {item.command}) has a value that no message can carry",
            "correct it",
            index,
            item,
        )
    if sent.frame not in PX4_GLOBAL_FRAMES and sent.frame != Frame.MISSION:
        return _refused(
            MissionResult.UNSUPPORTED_FRAME,
            "px4-frame",
            f"frame {item.frame} is not accepted",
            "use frame 3 (relative to home) or 0 (above sea level), 2 for items without a place",
            index,
            item,
        )
    return _unused_param(index, item, sent) or _unknown(index, item, sent)


def _unused_param(index: int, item: MissionItem, sent: Received) -> Refused | None:
    """PX4 looks at the parameters first, even of commands that it then does not accept."""
    used = USED_PARAMS.get(item.command)
    for number in range(1, 8) if used is not None else ():
        if number not in (used or ()) and not sent.unset(number):
            return _refused(
                PARAM_RESULTS[number - 1],
                "px4-unused-param",
                f"parameter {number} is {item.params[number - 1]:g}, but PX4 has no use for it in "
                f"command {item.command}",
                _without(number, item),
                index,
                item,
            )
    return None


def _without(number: int, item: MissionItem) -> str:
    if number not in (5, 6) or item.frame not in PX4_GLOBAL_FRAMES:
        return "set it to 0"
    if item.command in MISSION_COMMANDS:
        return "use frame 2, without a place"
    return "leave the place out (not given, not 0)"


def _unknown(index: int, item: MissionItem, sent: Received) -> Refused | None:
    if item.frame in PX4_GLOBAL_FRAMES:
        if item.command in FENCE_AND_RALLY_COMMANDS:
            what = f"command {item.command} belongs to a fence or rally upload"
            rule, proposal = "px4-fence-item", "move it out of the mission"
            return _refused(MissionResult.ERROR, rule, what, proposal, index, item)
        commands, modes = GLOBAL_COMMANDS | {FENCE_RETURN_POINT}, ROI_MODES_GLOBAL
    else:
        commands, modes = MISSION_COMMANDS, ROI_MODES_MISSION
    if item.command not in commands:
        return _unsupported(index, item)
    if item.command in ROI_COMMANDS and _mode(sent) not in modes:
        what = f"region-of-interest mode {item.params[0]:g} is not accepted in this frame"
        return _refused(
            MissionResult.INVALID_PARAM1, "px4-roi-mode", what, "use command 195", index, item
        )
    return None


def _mode(sent: Received) -> int:
    first = sent.params[0]
    return int(first) if math.isfinite(first) else -1


def _unsupported(index: int, item: MissionItem) -> Refused:
    elsewhere = MISSION_COMMANDS if item.frame in PX4_GLOBAL_FRAMES else GLOBAL_COMMANDS
    proposal = "leave it out"
    if item.command in elsewhere:
        proposal = "use frame 2" if elsewhere is MISSION_COMMANDS else "use frame 3, with a place"
    return _refused(
        MissionResult.UNSUPPORTED,
        "px4-command",
        f"command {item.command} is not accepted in frame {item.frame}",
        proposal,
        index,
        item,
    )


def _refused(
    result: MissionResult, rule: str, message: str, proposal: str, index: int, item: MissionItem
) -> Refused:
    place = place_of_item(item)
    return result, error(rule, message, proposal, item=index, place=place)
