"""The camera held level, or turned off, wherever a privacy zone would be in its picture.

A single picture is taken level, or not at all where the plan has no gimbal to level or the zone
asks for the camera to be off. A leg is cut by waypoints where the zone comes into view and where it
has left it; what the camera did before is said to it again there.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from missions.checks.around.camera_state import POINTING
from missions.checks.around.part import Kind, Part, Track
from missions.checks.around.privacy import Exposure, asks_off, exposures, watch_of
from missions.checks.finding import Finding
from missions.checks.mend.editing import command, cut_in_two, insert, put, waypoint
from missions.checks.mend.situation import Change, Mender, Situation
from missions.checks.surroundings import track_in
from missions.plan import Command, MissionItem, Plan

# GIMBAL_MANAGER_FLAGS: roll and pitch held to the horizon; -2: whoever asks is in control.
LEVEL_FLAGS = 12.0
IN_CONTROL, NOT_SECOND = -2.0, -1.0
NAN = float("nan")
# The gimbal needs time to turn: so much earlier, and so much later.
ROOM_M = 10.0
STOPS: dict[int, MissionItem] = {
    int(Command.DO_SET_CAM_TRIGG_DIST): command(Command.DO_SET_CAM_TRIGG_DIST, 0.0),
    int(Command.DO_SET_CAM_TRIGG_INTERVAL): command(Command.DO_SET_CAM_TRIGG_INTERVAL, 0.0),
    int(Command.VIDEO_START_CAPTURE): command(Command.VIDEO_STOP_CAPTURE),
    int(Command.IMAGE_START_CAPTURE): command(Command.IMAGE_STOP_CAPTURE),
}


@dataclass(frozen=True, slots=True)
class _Block:
    """From where to where the camera must not look: a part and a share of its way, each."""

    first: int
    begins: float
    last: int
    ends: float


def _level(plan: Plan, findings: Sequence[Finding], situation: Situation) -> list[Change]:
    around = situation.surroundings
    if around is None or plan.home is None:
        return []
    track = track_in(plan, situation.vehicle, around, situation.terrain)
    if track is None:
        return []
    watch = watch_of(plan, around.camera, around.sight_m)
    if not watch.known:
        return [_always_level(plan)]
    seen = exposures(track, around.privacy, watch, situation.terrain)
    first = [one for one in seen if one.part < _first_pass(track)]
    only_off = any(asks_off(around.privacy[one.area]) for one in first)
    found = [_cut(plan, track, first, off) for off in ((True,) if only_off else (False, True))]
    return [one for one in found if one is not None]


def _always_level(plan: Plan) -> Change:
    """A plan that says nothing of a camera: level from the start."""
    items = (_take_control(), _levelled())
    return Change(plan=insert(plan, 0, items), said=("the camera held level all the way: privacy",))


def _take_control() -> MissionItem:
    control = (IN_CONTROL, IN_CONTROL, NOT_SECOND, NOT_SECOND)
    return command(Command.DO_GIMBAL_MANAGER_CONFIGURE, *control)


def _levelled() -> MissionItem:
    return command(Command.DO_GIMBAL_MANAGER_PITCHYAW, 0.0, 0.0, NAN, NAN, LEVEL_FLAGS)


def _first_pass(track: Track) -> int:
    """The parts before a jump leads back: what holds there holds every time."""
    for index in range(1, len(track.parts)):
        if track.parts[index].item < track.parts[index - 1].item:
            return index
    return len(track.parts)


def _blocks(track: Track, seen: list[Exposure]) -> list[_Block]:
    """Exposures of all zones with room before and after, those that meet made one."""
    spans = sorted(_roomy(track, one) for one in seen)
    blocks: list[_Block] = []
    for first, begins, last, ends in spans:
        if blocks and _meets(track, blocks[-1], first, begins):
            before = blocks[-1]
            last, ends = max((before.last, before.ends), (last, ends))
            blocks[-1] = _Block(before.first, before.begins, last, ends)
        else:
            blocks.append(_Block(first, begins, last, ends))
    return blocks


def _roomy(track: Track, one: Exposure) -> tuple[int, float, int, float]:
    """An exposure from a little before to a little after, over the ends of its part if need be."""
    part = track.parts[one.part]
    room = ROOM_M / max(part.length_m, 1e-6)
    first, begins = one.part, one.begins - room
    last, ends = one.part, one.ends + room
    return first, max(0.0, begins), last, min(1.0, ends)


def _meets(track: Track, before: _Block, first: int, begins: float) -> bool:
    """Whether there is no way worth lowering the camera for between two exposures."""
    if first == before.last:
        way = max(0.0, begins - before.ends) * track.parts[first].length_m
    elif first > before.last:
        way = (1.0 - before.ends) * track.parts[before.last].length_m
        way += sum(part.length_m for part in track.parts[before.last + 1 : first])
        way += begins * track.parts[first].length_m
    else:
        return True
    return way < 2.0 * ROOM_M


def _cut(plan: Plan, track: Track, seen: list[Exposure], off: bool) -> Change | None:
    """Commands put in at both ends of every block, from the back; where the camera is to be off,
    single pictures not taken."""
    said: list[str] = []
    pictures = {one.part for one in seen if track.parts[one.part].kind is Kind.PICTURE}
    for block in reversed(_blocks(track, seen)):
        before, after = _commands(plan, track.parts[block.first], off)
        inside = range(block.first, block.last + 1)
        taken = sorted({track.parts[one].item for one in pictures.intersection(inside)})
        if not before and not (off and taken):
            continue
        if before and track.parts[block.last].item < len(plan.items) - 1:
            plan, _ = _put(plan, track, block.last, block.ends, after, leaving=True)
        if off:
            plan, out = _without(plan, taken)
            said = [*out, *said]
        if before:
            plan, cut = _put(plan, track, block.first, block.begins, before, leaving=False)
            doing = "turned off" if off else "levelled"
            where = f"on the way to item {track.parts[block.first].item + 1}"
            said = [f"the camera {doing} {where}: privacy", *cut, *said]
    return Change(plan=plan, said=tuple(said)) if said else None


def _without(plan: Plan, pictures: list[int]) -> tuple[Plan, list[str]]:
    """The plan with these pictures not taken: a stop in their place tells nobody to record, and
    leaves every other item where it is."""
    for index in pictures:
        plan = put(plan, index, STOPS[int(Command.IMAGE_START_CAPTURE)])
    return plan, [f"item {index + 1}: this picture is not taken: privacy" for index in pictures]


def _put(
    plan: Plan,
    track: Track,
    number: int,
    share: float,
    commands: list[MissionItem],
    *,
    leaving: bool,
) -> tuple[Plan, list[str]]:
    """Commands at a share of a part's way, with a waypoint there unless an item stands there."""
    part = track.parts[number]
    at_start = share * part.length_m < 1.0
    at_end = (1.0 - share) * part.length_m < 1.0
    if part.kind is not Kind.LEG or part.returning or at_start or at_end:
        after = leaving and not (part.kind is Kind.LEG and at_start and not at_end)
        return insert(plan, part.item + int(after), commands), []
    place = track.place(part.at(share))
    item = plan.items[part.item]
    height = item.params[6] + part.at(share)[2] - part.end[2]
    cut = cut_in_two(plan, part.item)
    return insert(plan, part.item, (waypoint(place, height, item.frame), *commands)), cut


def _commands(plan: Plan, part: Part, off: bool) -> tuple[list[MissionItem], list[MissionItem]]:
    """What is said to the camera before a block and after it."""
    earlier = plan.items[: part.item]
    if off:
        return _switched(part, earlier)
    pointed = [item for item in earlier if item.command in POINTING]
    if not pointed:
        return [], []
    last = pointed[-1]
    before = [_levelled()]
    if last.command == Command.DO_MOUNT_CONTROL:
        before = [command(Command.DO_MOUNT_CONTROL, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, last.params[6])]
    elif part.camera.at is not None:
        taken = any(item.command == Command.DO_GIMBAL_MANAGER_CONFIGURE for item in earlier)
        control = [] if taken else [_take_control()]
        before = [command(Command.DO_SET_ROI_NONE), *control, _levelled()]
    return before, [last]


def _switched(
    part: Part, earlier: Sequence[MissionItem]
) -> tuple[list[MissionItem], list[MissionItem]]:
    """Everything that records stopped, and begun again as it was."""
    camera = part.camera
    lasting = {
        int(Command.DO_SET_CAM_TRIGG_DIST): camera.by_distance,
        int(Command.VIDEO_START_CAPTURE): camera.video,
        int(Command.IMAGE_START_CAPTURE): camera.by_time,
        int(Command.DO_SET_CAM_TRIGG_INTERVAL): camera.by_time,
    }
    running = []
    for number, runs in lasting.items():
        begun = [item for item in earlier if item.command == number]
        if runs and begun:
            running.append(begun[-1])
    return [STOPS[int(item.command)] for item in running], running


CAMERA = (Mender(rules=frozenset(("privacy",)), ways=_level),)
