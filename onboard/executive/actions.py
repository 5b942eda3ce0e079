"""What the executive has done by whoever owns sockets and files; a `Send` goes to the vehicle."""

from dataclasses import dataclass

from onboard.executive.chart import State
from onboard.executive.noticed import Noticed, Sighted
from onboard.mavlink.codec import Send
from onboard.mavlink.command import CommandPlace
from onboard.mavlink.px4_modes import Px4Mode
from onboard.messages import Explanation, Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A decision and its reason, for the operator and the record. `reason` names its sentence."""

    state: State
    reason: str
    words: Explanation
    severity: Severity
    place: CommandPlace | None
    event_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A track offered to a relief drone (`to` None: to whichever takes it) for `valid_s`."""

    handover_id: str
    to: str | None
    noticed: Noticed
    track: Sighted
    valid_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is answered to another drone's offer."""

    handover_id: str
    to: str
    accepted: bool
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """Where the mission was left: the leg to `item` of `mission_hash`, at `place`.

    `place` None: the autopilot itself goes one waypoint back. `roi` is what the mission looked at,
    `mode` the one that the executive asked for last.
    """

    item: int
    mission_hash: int | None
    place: CommandPlace | None = None
    roi: CommandPlace | None = None
    mode: Px4Mode | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Remember:
    """To be kept beyond the end of the process: the leg that was left; None: nothing any more."""

    left: Left | None


Action = Send | Said | Offer | Answer | Remember
