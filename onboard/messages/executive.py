"""What the patrol executive says: its decisions, and a track handed to a relief drone.

A handover goes to the hub, which brings it to the drone that it names, or to all others; the answer
comes back the same way. Both are known by `handover_id`, so that a repeat has no effect.
"""

from typing import Literal

from pydantic import AwareDatetime, Field

from onboard.messages.report import (
    Certainty,
    EventKind,
    Explanation,
    GroundPosition,
    Latitude,
    Longitude,
    Report,
    ToldClass,
    ToldSeverity,
)

Matrix = tuple[tuple[float, float], tuple[float, float]]


class DecisionReport(Report):
    """A decision and its reason. Durable, like an event; nobody has to act on it.

    `state` is what the executive does from now on; `reason` names the sentence in `words`. The
    place is the aircraft's, where it knows it.
    """

    kind: Literal["decision"] = "decision"
    severity: ToldSeverity
    state: str = Field(max_length=64)
    reason: str = Field(max_length=100)
    words: Explanation
    decided_at: AwareDatetime
    latitude_deg: Latitude | None = None
    longitude_deg: Longitude | None = None
    height_amsl_m: float | None = None
    event_id: str | None = None


class HandoverReport(Report):
    """A track offered to another drone until `valid_until`; `to` None: to whichever takes it.

    `covariance_m2` is that of the place, east and north, in square metres.
    """

    kind: Literal["handover"] = "handover"
    severity: ToldSeverity
    handover_id: str = Field(max_length=200)
    to: str | None = None
    event_kind: EventKind
    event_id: str
    certainty: Certainty
    object_class: ToldClass
    track_id: int
    position: GroundPosition
    covariance_m2: Matrix
    velocity_east_m_s: float
    velocity_north_m_s: float
    seen_at: AwareDatetime
    valid_until: AwareDatetime


class HandoverAnswerReport(Report):
    """A drone's answer to an offer, or the hub's; the envelope says whose.

    `final`: nobody else will answer. To a drone that has taken over it means that another has.
    """

    kind: Literal["handover_answer"] = "handover_answer"
    severity: ToldSeverity
    handover_id: str = Field(max_length=200)
    to: str
    accepted: bool
    reason: str = Field(default="", max_length=300)
    final: bool = False
