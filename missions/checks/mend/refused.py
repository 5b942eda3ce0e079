"""Items that PX4 refuses though what they mean can be said as it accepts it."""

import math
from collections.abc import Sequence
from dataclasses import replace

from missions.checks.finding import Finding
from missions.checks.mend.editing import params_of, put
from missions.checks.mend.situation import Change, Mender, Situation
from missions.checks.places import place_of_item
from missions.plan import Command, Frame, MissionItem, Plan
from missions.px4_commands import MISSION_COMMANDS, USED_PARAMS
from missions.terrain.surface import NoGround, Terrain

TERRAIN_FRAMES = frozenset((Frame.GLOBAL_TERRAIN_ALT, Frame.GLOBAL_TERRAIN_ALT_INT))
PLAIN = {
    Command.NAV_VTOL_TAKEOFF: Command.NAV_TAKEOFF,
    Command.NAV_VTOL_LAND: Command.NAV_LAND,
}
ROI_LOCATION = 3.0


def _each(plan: Plan, findings: Sequence[Finding], situation: Situation) -> list[Change]:
    """Every item mended by what is wrong with it."""
    said: list[str] = []
    for finding in findings:
        if finding.item is None:
            continue
        item = plan.items[finding.item]
        mended = _mended(item, finding.rule, plan, situation)
        if mended is not None and mended[0] != item:
            plan = put(plan, finding.item, mended[0])
            said.append(f"item {finding.item + 1}: {mended[1]}")
    return [Change(plan=plan, said=tuple(said))] if said else []


def _mended(
    item: MissionItem, rule: str, plan: Plan, situation: Situation
) -> tuple[MissionItem, str] | None:
    if rule == "px4-unused-param":
        return _without_unused(item)
    if rule == "px4-frame":
        return _above_home(item, plan, situation.terrain)
    if rule == "px4-command":
        return _without_place(item)
    if rule == "px4-vtol-item":
        return _plain(item)
    return _aimed(item)


def _without_unused(item: MissionItem) -> tuple[MissionItem, str] | None:
    used = USED_PARAMS.get(item.command)
    if used is None:
        return None
    gone = [i for i in range(1, 8) if i not in used and not _unset(item.params[i - 1])]
    if not gone:
        return None
    params = [_none(i, item) if i in gone else v for i, v in enumerate(item.params, start=1)]
    # A place that PX4 has no use for is not taken as 0, 0 either: the item stands without one.
    placeless = item.has_position and item.command in MISSION_COMMANDS
    frame = int(Frame.MISSION) if placeless and used.isdisjoint({5, 6, 7}) else item.frame
    names = ", ".join(str(i) for i in gone)
    what = f"parameter{'s' if len(gone) > 1 else ''} {names} unset: PX4 has no use for it"
    if frame == Frame.MISSION:
        params = [0.0 if i in gone else value for i, value in enumerate(item.params, start=1)]
    return replace(item, frame=frame, params=params_of(params)), what


def _none(number: int, item: MissionItem) -> float:
    """Nothing, as PX4 reads it: a latitude of 0 is a place, one that is not given is none."""
    return math.nan if item.has_position and number in (5, 6) else 0.0


def _unset(value: float) -> bool:
    return math.isnan(value) or value == 0.0


def _above_home(
    item: MissionItem, plan: Plan, terrain: Terrain | None
) -> tuple[MissionItem, str] | None:
    """A height above terrain as one above home, where the tiles know both grounds."""
    place = place_of_item(item)
    if item.frame not in TERRAIN_FRAMES or terrain is None or plan.home is None or place is None:
        return None
    there, home = terrain.ground(place), terrain.ground(plan.home.position)
    if isinstance(there, NoGround) or isinstance(home, NoGround):
        return None
    height = item.params[6] + there.height.m - home.height.m
    params = params_of((*item.params[:6], round(height, 2)))
    text = (
        f"{item.params[6]:g} m above the terrain written as {height:.1f} m above home: PX4 refuses "
        "the terrain's frame"
    )
    return replace(item, frame=int(Frame.GLOBAL_RELATIVE_ALT), params=params), text


def _without_place(item: MissionItem) -> tuple[MissionItem, str] | None:
    """A command that PX4 knows without a place only, and that has no use for one."""
    used = USED_PARAMS.get(item.command, frozenset((5, 6, 7)))
    known = item.command in MISSION_COMMANDS and used.isdisjoint({5, 6, 7})
    if not known or not item.has_position:
        return None
    params = params_of((*item.params[:4], 0.0, 0.0, 0.0))
    return replace(
        item, frame=int(Frame.MISSION), params=params
    ), "written without a place (frame 2)"


def _plain(item: MissionItem) -> tuple[MissionItem, str] | None:
    command = next((PLAIN[one] for one in PLAIN if one == item.command), None)
    if command is None:
        return None
    params = (0.0, 0.0, 0.0, *item.params[3:])
    text = f"a VTOL's command {item.command} became {int(command)}: this is a multirotor"
    return replace(item, command=int(command), params=params_of(params)), text


def _aimed(item: MissionItem) -> tuple[MissionItem, str] | None:
    if not item.has_position or item.params[0] != ROI_LOCATION:
        return None
    params = params_of((0.0, 0.0, 0.0, 0.0, *item.params[4:]))
    command = int(Command.DO_SET_ROI_LOCATION)
    return replace(item, command=command, params=params), "written as command 195"


RULES = ("px4-unused-param", "px4-frame", "px4-command", "px4-vtol-item", "px4-roi-mode")
REFUSED = tuple(Mender(rules=frozenset((rule,)), ways=_each) for rule in RULES)
