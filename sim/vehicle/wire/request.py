"""A command as it is asked for, and what is answered."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from onboard.mavlink.codec import Address
from sim.vehicle.aircraft import Aircraft

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


def whole(value: float) -> int:
    """A parameter that stands for a whole number; not-a-number and infinity count as zero."""
    return int(value) if math.isfinite(value) else 0
