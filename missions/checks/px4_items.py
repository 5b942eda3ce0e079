"""What PX4's mission protocol answers to an upload, item by item: the first fault ends it."""

from collections.abc import Callable
from dataclasses import replace

from missions.checks.finding import Finding, error
from missions.checks.places import place_of_item
from missions.checks.px4_profile import Px4Profile
from missions.checks.px4_wire import received
from missions.plan import MissionItem, Params, Plan
from missions.px4_commands import GLOBAL_COMMANDS, MISSION_COMMANDS
from missions.px4_parser import (
    LEAST_VERTICES,
    PLACED_FRAMES,
    ItemFault,
    MissionResult,
    mission_item_fault,
)

NOT_SENDABLE = ItemFault(MissionResult.INVALID, "px4-not-sendable")

Refused = tuple[MissionResult, Finding]
# What is wrong, and what to do about it.
Said = tuple[str, str]


def mission_refusals(plan: Plan, profile: Px4Profile) -> list[Refused]:
    """Every item that PX4 refuses, in order; the first is what it answers the upload with."""
    count = len(plan.items)
    if count > profile.max_items:
        finding = error(
            "px4-too-many-items",
            f"{count} items, PX4 holds {profile.max_items}",
            f"split the mission into parts of {profile.max_items} items or fewer",
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
                    f"leave {count - profile.max_fence_items} corners out, or put circles in place "
                    "of polygons",
                ),
            )
        )
    found += [
        (
            MissionResult.ERROR,
            error(
                "px4-fence-vertices",
                f"fence polygon {i + 1} has {len(polygon.ring)} points",
                "give it three points or more, or leave it out",
                place=polygon.ring[0],
            ),
        )
        for i, polygon in enumerate(fence.polygons)
        if 0 < len(polygon.ring) < LEAST_VERTICES
    ]
    return found


def rally_refusals(plan: Plan, profile: Px4Profile) -> list[Refused]:
    """What PX4 refuses of the rally points: too many."""
    if len(plan.rally) <= profile.max_rally_points:
        return []
    finding = error(
        "px4-too-many-rally-points",
        f"{len(plan.rally)} rally points, PX4 holds {profile.max_rally_points}",
        f"leave {len(plan.rally) - profile.max_rally_points} of them out",
    )
    return [(MissionResult.NO_SPACE, finding)]


def _refusal(index: int, item: MissionItem) -> Refused | None:
    sent = received(item)
    if sent is None:
        fault, (what, proposal) = NOT_SENDABLE, _not_sendable(index, item)
    else:
        # Not the command that PX4 stores it as: the parser sees the one that was sent.
        found = mission_item_fault(item.command, sent.frame, sent.wire_params)
        if found is None:
            return None
        fault = found
        what, proposal = WORDS[fault.rule](fault, item)
    place = place_of_item(item)
    return fault.result, error(fault.rule, what, proposal, item=index, place=place)


def _not_sendable(index: int, item: MissionItem) -> Said:
    """Which value the wire has no room for."""
    name = f"item {index + 1} (command {item.command})"
    without = replace(item, params=(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0))
    if received(without) is None:
        what = f"{name} in frame {item.frame} has a number that no message can carry"
        return what, "use a command and a frame of MAVLink's"
    kept = [*without.params]
    wrong = next(
        number
        for number, value in enumerate(item.params, start=1)
        if received(replace(without, params=_with(kept, number, value))) is None
    )
    what = f"{name}: its parameter {wrong} of {item.params[wrong - 1]:g} fits in no message"
    if wrong not in (5, 6):
        return what, "give it a number that a float of 32 bits can hold"
    return what, "give it a latitude from -90 to 90 and a longitude from -180 to 180"


def _with(params: list[float], number: int, value: float) -> Params:
    one, two, three, four, five, six, seven = (
        value if at == number else kept for at, kept in enumerate(params, start=1)
    )
    return one, two, three, four, five, six, seven


def _frame(fault: ItemFault, item: MissionItem) -> Said:
    return (
        f"frame {item.frame} is not accepted",
        "use frame 3 (relative to home) or 0 (above sea level), 2 for items without a place",
    )


def _unused_param(fault: ItemFault, item: MissionItem) -> Said:
    value = item.params[fault.number - 1]
    what = (
        f"parameter {fault.number} is {value:g}, but PX4 has no use for it in "
        f"command {item.command}"
    )
    if fault.number not in (5, 6) or item.frame not in PLACED_FRAMES:
        return what, "set it to 0"
    if item.command in MISSION_COMMANDS:
        return what, "use frame 2, without a place"
    return what, "leave the place out (not given, not 0)"


def _fence_item(fault: ItemFault, item: MissionItem) -> Said:
    what = f"command {item.command} belongs to a fence or rally upload"
    return what, "move it from the mission to the fence or the rally points"


def _roi_mode(fault: ItemFault, item: MissionItem) -> Said:
    what = f"region-of-interest mode {item.params[0]:g} is not accepted in this frame"
    return what, "use command 195 (DO_SET_ROI_LOCATION) with the place to look at"


def _command(fault: ItemFault, item: MissionItem) -> Said:
    what = f"command {item.command} is not accepted in frame {item.frame}"
    if item.frame in PLACED_FRAMES:
        return what, "use frame 2" if item.command in MISSION_COMMANDS else "leave it out"
    return what, "use frame 3, with a place" if item.command in GLOBAL_COMMANDS else "leave it out"


WORDS: dict[str, Callable[[ItemFault, MissionItem], Said]] = {
    "px4-frame": _frame,
    "px4-unused-param": _unused_param,
    "px4-fence-item": _fence_item,
    "px4-roi-mode": _roi_mode,
    "px4-command": _command,
}
