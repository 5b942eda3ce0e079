"""What a recording is set to."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field


class RecordingSettings(BaseModel):
    """A ring of at most `max_bytes`; no `folder` means that nothing is recorded.

    An event keeps the segments from `before_s` before its evidence began to `after_s` after it
    fired; such segments may fill `kept_share` of the ring, then the oldest of them go too.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    folder: Path | None = None
    max_bytes: int = Field(default=8_000_000_000, ge=1_000_000)
    segment_s: float = Field(default=20.0, gt=0)
    before_s: float = Field(default=30.0, ge=0)
    after_s: float = Field(default=30.0, ge=0)
    kept_share: float = Field(default=0.8, ge=0, le=1)
    queue_bytes: int = Field(default=16_000_000, gt=0)
    sync_every_s: float = Field(default=2.0, ge=0)
