"""What an aircraft says to a hub: versioned messages, each with an id that the aircraft gave it.

`report` holds the bodies, `envelope` the frame around them. No vision library is loaded here.
"""

from onboard.messages.envelope import (
    SCHEMA_VERSION,
    Envelope,
    IngestRefusal,
    IngestReply,
    IngestRequest,
    message_id,
)
from onboard.messages.executive import DecisionReport, HandoverAnswerReport, HandoverReport
from onboard.messages.report import (
    CalibrationReport,
    Certainty,
    EventKind,
    EventReport,
    Explanation,
    GroundEllipse,
    GroundPosition,
    ObjectClass,
    PictureRef,
    PixelBox,
    Severity,
    StatusReport,
    TrackReport,
    TracksReport,
    ViewReport,
)
from onboard.messages.unknown import UnknownReport, unknown_fields

__all__ = [
    "SCHEMA_VERSION",
    "CalibrationReport",
    "Certainty",
    "DecisionReport",
    "Envelope",
    "EventKind",
    "EventReport",
    "Explanation",
    "GroundEllipse",
    "GroundPosition",
    "HandoverAnswerReport",
    "HandoverReport",
    "IngestRefusal",
    "IngestReply",
    "IngestRequest",
    "ObjectClass",
    "PictureRef",
    "PixelBox",
    "Severity",
    "StatusReport",
    "TrackReport",
    "TracksReport",
    "UnknownReport",
    "ViewReport",
    "message_id",
    "unknown_fields",
]
