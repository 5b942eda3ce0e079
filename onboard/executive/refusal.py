"""Why a reaction is not made: a typed answer, with the figures that a person wants beside it."""

from dataclasses import dataclass, field
from enum import StrEnum


class Why(StrEnum):
    """The reasons, in the order in which they are looked at."""

    NOT_TASKED = "not_tasked"
    NO_RELIEF = "no_relief"
    NOT_ON_PATROL = "not_on_patrol"
    BUSY = "busy"
    UNCERTAIN = "uncertain"
    OTHER_CLASS = "other_class"
    ALONE = "alone"
    AGAIN = "again"
    SPENT = "spent"
    UNKNOWN = "unknown"
    NO_FENCE = "no_fence"
    FLOOR = "floor"
    CEILING = "ceiling"
    REACH = "reach"
    FENCE = "fence"
    ZONE = "zone"
    BATTERY = "battery"
    OUTRUN = "outrun"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A reason and what fills its sentence."""

    why: Why
    about: dict[str, str | float] = field(default_factory=dict)
