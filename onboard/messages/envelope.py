"""The envelope of a message, and the request and reply by which a hub takes messages in.

An id is `drone:boot:sequence`: the aircraft gives it once and keeps it, so that sending a message
again is harmless. A hub answers for each message by id; only what it names as accepted or as a
duplicate may be deleted from the aircraft's outbox.
"""

from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from onboard.messages.report import EventReport, StatusReport, TracksReport, ViewReport

SCHEMA_VERSION = 1
IDENTIFIER = r"^[A-Za-z0-9_.-]{1,64}$"

Body = Annotated[
    EventReport | TracksReport | ViewReport | StatusReport, Field(discriminator="kind")
]


def message_id(drone_id: str, boot_id: str, sequence: int) -> str:
    """The id under which a message is stored once, whatever the link does."""
    return f"{drone_id}:{boot_id}:{sequence}"


class Envelope(BaseModel):
    """One message of one aircraft. `sent_at` is the aircraft's clock when it was first written."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    version: int = Field(default=SCHEMA_VERSION, ge=1)
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
    """A batch on its way to a hub. Each message is judged by itself, so it is held as raw JSON."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    messages: tuple[dict[str, object], ...] = Field(max_length=1000)


class IngestRefusal(BaseModel):
    """A message that no retry will make acceptable, and why."""

    model_config = ConfigDict(frozen=True)

    id: str
    reason: str


class IngestReply(BaseModel):
    """What became of each message of a batch, after the hub's database has committed it."""

    model_config = ConfigDict(frozen=True)

    accepted: tuple[str, ...] = ()
    duplicates: tuple[str, ...] = ()
    refused: tuple[IngestRefusal, ...] = ()
