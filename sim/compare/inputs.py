"""What the ground station sent in a log, made ready to be sent again.

An upload that the vehicle took goes through our own transfer machine; anything else is sent as it
was, field for field.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from onboard.mavlink.codec import Address, Message
from onboard.mavlink.mission_transfer import PlanSender
from onboard.mavlink.plan_items import MissionType, WireItem
from sim.compare.tlog import AUTOPILOT, Frame, Log

ACCEPTED = 0
MISSION_START = 300
WAYPOINT = 16


@dataclass(frozen=True, slots=True)
class Input:
    """A message to send at a boot second; `upload` in its place starts a whole transfer."""

    at_s: float
    message: Message
    upload: PlanSender | None = None


def inputs_of(log: Log) -> list[Input]:
    """Everything that was said to the vehicle, in order."""
    found: list[Input] = []
    frames = log.frames
    taken: set[int] = set()
    for index, frame in enumerate(frames):
        message = frame.message
        if message.system_id == log.system_id or index in taken:
            continue
        upload = None
        if message.name == "MISSION_COUNT":
            upload, parts = _upload(frames, index, log.system_id)
            taken |= parts
        found.append(Input(frame.boot_s, message, upload))
    return found


def waypoints_of(log: Log) -> dict[int, tuple[float, float, bool]]:
    """Latitude, longitude and whether it is passed without a stop, of the last mission's waypoints.

    From the upload, or from a download where the log has none.
    """
    items = {
        f.message.seq: f.message
        for f in log.frames
        if f.message.name == "MISSION_ITEM_INT" and f.message.mission_type == MissionType.MISSION
    }
    last = max(items, default=0)
    return {
        seq: (m.x / 1e7, m.y / 1e7, m.param1 <= 0.0 and seq != last)
        for seq, m in items.items()
        if m.command == WAYPOINT
    }


def flies_unknown_mission(log: Log) -> bool:
    """Whether a mission was flown that was uploaded before the log begins."""
    uploaded = any(f.message.name == "MISSION_ITEM_INT" for f in log.theirs)
    reached = any(f.message.name == "MISSION_ITEM_REACHED" for f in log.ours)
    return reached and not uploaded


def _upload(
    frames: Sequence[Frame], start: int, vehicle: int
) -> tuple[PlanSender | None, set[int]]:
    """The transfer that a COUNT began, where it came to a good end, and its messages' places."""
    count = frames[start].message
    items: dict[int, WireItem] = {}
    parts: set[int] = set()
    for index, message in _transfer(frames, start, count):
        if message.system_id == vehicle:
            if message.name != "MISSION_ACK" or message.type != ACCEPTED:
                return None, set()
            if sorted(items) != list(range(count.count)):
                return None, set()
            return _sender(count, items, vehicle), parts
        items[message.seq] = WireItem.from_message(message)
        parts.add(index)
    return None, set()


def _transfer(frames: Sequence[Frame], start: int, count: Message) -> Iterator[tuple[int, Message]]:
    """Items and the ACK that follow a COUNT, until another COUNT of its kind."""
    for index in range(start + 1, len(frames)):
        message = frames[index].message
        if message.name not in ("MISSION_ITEM_INT", "MISSION_ACK", "MISSION_COUNT"):
            continue
        if message.mission_type != count.mission_type:
            continue
        if message.name == "MISSION_COUNT":
            return
        yield index, message


def _sender(count: Message, items: dict[int, WireItem], vehicle: int) -> PlanSender:
    return PlanSender(
        own=count.sender,
        vehicle=Address(vehicle, AUTOPILOT),
        mission_type=MissionType(count.mission_type),
        items=[items[seq] for seq in sorted(items)],
        answer_timeout_s=math.inf,
    )
