"""What an outbox is set to, what it gives out, and what it counts."""

from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field


class OutboxSettings(BaseModel):
    """Bounds. Pictures are dropped first, oldest first; then the least urgent, oldest messages.

    What a hub refused is kept up to `max_refused`, the oldest go first.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    max_messages: int = Field(default=100_000, gt=0)
    max_message_bytes: int = Field(default=256 * 1024 * 1024, gt=0)
    max_refused: int = Field(default=1_000, gt=0)
    max_picture_bytes: int = Field(default=512 * 1024 * 1024, gt=0)
    max_in_memory: int = Field(default=1_000, gt=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One message as it is sent: the same bytes every time."""

    id: str
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingPicture:
    """A picture whose event a hub has."""

    sha256: str
    content: bytes


@dataclass(slots=True)
class OutboxCounts:
    """What has happened since the process began; `disk_error` is the last, while it lasts."""

    written: int = 0
    delivered: int = 0
    refused: int = 0
    dropped_messages: int = 0
    dropped_pictures: int = 0
    delivered_pictures: int = 0
    disk_error: str = ""
