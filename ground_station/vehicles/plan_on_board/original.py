"""Finds what was sent to a vehicle from what it gives back, with its hash as the judge.

PX4 stores a parsed item and makes another from it (mavlink_mission.cpp, `parse_` and
`format_mavlink_mission_item`): a global frame comes back as its INT twin (0 as 5, 3 as 6),
parameters that a command does not use as 0, a yaw in degrees by way of radians and of 0..360, in
`MAV_FRAME_MISSION` x and y by way of a float, and a fence's items with autocontinue 0. The hash is
of what was sent, so what is read alone seldom has it. Ground stations write items in few dialects:
each is tried.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from math import isnan, nan

from missions.plan import Frame
from onboard.mavlink.plan_hash import items_hash
from onboard.mavlink.plan_items import INT32_MAX, INT32_MIN, WireItem
from onboard.mavlink.px4_items import FENCE_COMMANDS, UNUSED_PARAMETERS

_SENT_FRAME: dict[int, int] = {
    int(Frame.GLOBAL_INT): int(Frame.GLOBAL),
    int(Frame.GLOBAL_RELATIVE_ALT_INT): int(Frame.GLOBAL_RELATIVE_ALT),
}
_WITH_YAW = frozenset((16, 17, 21, 22, 84, 85))
# What PX4 drops though the definitions give it a meaning, and ground stations fill in.
_DROPPED = {16: (3,), 22: (1, 2, 3), 21: (3,), 17: (1, 2), 84: (1, 2, 3), 85: (1, 2, 3)}
_YAWS = ("as read", "rounded", "signed")


@dataclass(frozen=True, slots=True)
class _Dialect:
    int_frames: bool
    blanks_nan: bool
    dropped_nan: bool
    unset_max: bool
    yaw: str

    def written(self, item: WireItem) -> WireItem:
        """The item as a ground station of this dialect would have sent it."""
        if item.frame == Frame.MISSION:
            return replace(item, x=self._unset(item.x), y=self._unset(item.y))
        fields: dict[str, float] = {}
        if item.command in FENCE_COMMANDS:
            fields["autocontinue"] = 1
        for number in UNUSED_PARAMETERS.get(item.command, frozenset()) & {1, 2, 3, 4}:
            fields[f"param{number}"] = nan if self.blanks_nan else 0.0
        for number in _DROPPED.get(item.command, ()):
            fields[f"param{number}"] = nan if self.dropped_nan else 0.0
        if item.command in _WITH_YAW:
            fields["param4"] = self._yaw(item.param4)
        frame = (
            item.frame if self.int_frames else int(_SENT_FRAME.get(Frame(item.frame), item.frame))
        )
        return replace(item, frame=frame, **fields)  # type: ignore[arg-type]

    def _unset(self, value: int) -> int:
        # 2**31 - 1 is no float: PX4's way through one ends at the other end of the integers.
        return INT32_MAX if self.unset_max and value in (INT32_MAX, INT32_MIN) else value

    def _yaw(self, degrees: float) -> float:
        if isnan(degrees) or self.yaw == "as read":
            return degrees
        rounded = round(degrees, 3)
        return rounded - 360.0 if self.yaw == "signed" and rounded > 180.0 else rounded


def original_items(read: Sequence[WireItem], reported: int) -> tuple[WireItem, ...] | None:
    """The items with the hash `reported` that read back as `read`; None where none is found."""
    for candidate in _candidates(read):
        if items_hash(candidate) == reported:
            return candidate
    return None


def _candidates(read: Sequence[WireItem]) -> Iterator[tuple[WireItem, ...]]:
    yield tuple(read)
    known = [item for item in read if item.frame in tuple(Frame)]
    if len(known) < len(read):
        return
    flags = (False, True)
    for dialect in product(flags, flags, flags, flags, _YAWS):
        yield tuple(_Dialect(*dialect).written(item) for item in read)
