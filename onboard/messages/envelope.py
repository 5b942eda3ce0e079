"""The envelope of a message, and the request and reply by which a hub takes messages in.

An id is `drone:boot:sequence`: the aircraft gives it once and keeps it, so that sending a message
again is harmless. A hub answers for each message by id; only what it names as accepted or as a
duplicate may be deleted from the aircraft's outbox.

An older hub and a newer aircraft understand each other: fields and kinds that a reader does not
know pass, and the hub keeps and counts them. `version` tells what the writer knows; a message is
refused whole only where its writer says, in `readable_from`, that an older reader would misread it.
"""

from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Discriminator, Field, Tag

from onboard.messages.executive import DecisionReport, HandoverAnswerReport, HandoverReport
from onboard.messages.report import EventReport, StatusReport, TracksReport, ViewReport
from onboard.messages.unknown import UnknownReport

SCHEMA_VERSION = 2
IDENTIFIER = r"^[A-Za-z0-9_.-]{1,64}$"
KINDS = frozenset({"event", "tracks", "view", "status", "decision", "handover", "handover_answer"})
UNKNOWN = "unknown"


def _kind(body: Any) -> str:
    kind = body.get("kind") if isinstance(body, dict) else getattr(body, "kind", None)
    return kind if isinstance(kind, str) and kind in KINDS else UNKNOWN


Body = Annotated[
    Annotated[EventReport, Tag("event")]
    | Annotated[TracksReport, Tag("tracks")]
    | Annotated[ViewReport, Tag("view")]
    | Annotated[StatusReport, Tag("status")]
    | Annotated[DecisionReport, Tag("decision")]
    | Annotated[HandoverReport, Tag("handover")]
    | Annotated[HandoverAnswerReport, Tag("handover_answer")]
    | Annotated[UnknownReport, Tag(UNKNOWN)],
    Discriminator(_kind),
]


def message_id(drone_id: str, boot_id: str, sequence: int) -> str:
    """The id under which a message is stored once, whatever the link does."""
    return f"{drone_id}:{boot_id}:{sequence}"


class Envelope(BaseModel):
    """One message of one aircraft. `sent_at` is the aircraft's clock when it was first written.

    `readable_from` is the oldest version whose readers take it for what it is.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    version: int = Field(default=SCHEMA_VERSION, ge=1)
    readable_from: int = Field(default=1, ge=1, le=SCHEMA_VERSION)
    drone_id: str = Field(pattern=IDENTIFIER)
    boot_id: str = Field(pattern=IDENTIFIER)
    sequence: int = Field(ge=0)
    sent_at: AwareDatetime
    body: Body

    @property
    def id(self) -> str:
        """`drone:boot:sequence`."""
        return message_id(self.drone_id, self.boot_id, self.sequence)


class IngestRequest(BaseModel):
    """A batch on its way to a hub. Each message is judged by itself, so it is held as raw JSON.

    `received` names what earlier replies brought: the hub need not bring it again.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    messages: tuple[dict[str, object], ...] = Field(max_length=1000)
    received: tuple[str, ...] = Field(default=(), max_length=1000)


class IngestRefusal(BaseModel):
    """A message that no retry will make acceptable, and why."""

    model_config = ConfigDict(frozen=True)

    id: str
    reason: str


class IngestReply(BaseModel):
    """What became of each message of a batch, after the hub's database has committed it.

    `brought` are messages of others for the aircraft that sent the batch, the oldest first; each
    comes again until it is named in `received`.
    """

    model_config = ConfigDict(frozen=True)

    accepted: tuple[str, ...] = ()
    duplicates: tuple[str, ...] = ()
    refused: tuple[IngestRefusal, ...] = ()
    brought: tuple[dict[str, object], ...] = ()
