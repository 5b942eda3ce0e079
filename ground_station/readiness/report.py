"""The readiness report as clients see it."""

from enum import StrEnum

from ground_station.view import View
from ground_station.words import Words


class Level(StrEnum):
    """`blocking`: it should not fly like this."""

    OK = "ok"
    WARNING = "warning"
    BLOCKING = "blocking"


class Line(View):
    """One thing that was looked at: the fact, what follows from it, and what to do about it."""

    check: str
    level: Level
    fact: Words
    consequence: Words | None = None
    proposal: Words | None = None


class Prediction(View):
    """What this vehicle will do, in a sentence, and the mode in which it ends (a PX4 mode, or null
    where it does nothing)."""

    when: str
    will: Words
    after_s: float | None = None
    ends_in: str | None = None


class ReadinessReport(View):
    """All lines, worst level first decides; and what it will do on three bad days."""

    system_id: int
    level: Level
    lines: tuple[Line, ...]
    on_link_loss: Prediction | None = None
    on_low_battery: Prediction | None = None
    on_fence_breach: Prediction | None = None
    parameters_unread: tuple[str, ...] = ()
