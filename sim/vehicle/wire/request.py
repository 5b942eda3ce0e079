"""A command as it is asked for, and what is answered."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from missions.plan import RELATIVE_FRAMES, Frame
from onboard.mavlink.codec import Address, Message
from onboard.mavlink.plan_items import INT32_MAX, INT32_MIN
from sim.vehicle.aircraft import Aircraft

DEGREES_PER_UNIT = 1e-7
ACCEPTED, REJECTED_NOW, DENIED, UNSUPPORTED, FAILED, IN_PROGRESS = 0, 1, 2, 3, 4, 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A command; the fifth and sixth of its seven parameters in degrees where they are a place.

    `sender` None is the mission itself.
    """

    command: int
    params: tuple[float, float, float, float, float, float, float]
    sender: Address | None = None
    relative: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One COMMAND_ACK, `after_s` seconds after the command."""

    result: int
    progress: int = 0
    after_s: float = 0.0


Handler = Callable[[Aircraft, Request], int | None]


def asked_long(message: Message) -> Request:
    """What a COMMAND_LONG asks for."""
    one, two, three, four, five, six, seven = (message[f"param{n}"] for n in range(1, 8))
    return Request(
        command=message.command,
        params=(one, two, three, four, five, six, seven),
        sender=message.sender,
    )


def asked_int(message: Message) -> Request:
    """What a COMMAND_INT asks for; a place comes as ten-millionths of a degree."""
    frame: int = message["frame"]
    scale = 1.0 if frame == Frame.MISSION else DEGREES_PER_UNIT
    one, two, three, four = (message[f"param{n}"] for n in range(1, 5))
    place = _unpacked(message.x, scale), _unpacked(message.y, scale)
    return Request(
        command=message.command,
        params=(one, two, three, four, *place, message.z),
        sender=message.sender,
        relative=frame in RELATIVE_FRAMES,
    )


def _unpacked(value: int, scale: float) -> float:
    return math.nan if value in (INT32_MAX, INT32_MIN) else value * scale


def whole(value: float) -> int:
    """A parameter that stands for a whole number; not-a-number and infinity count as zero."""
    return int(value) if math.isfinite(value) else 0
