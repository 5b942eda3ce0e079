"""A frame, and what every source of frames offers."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

import numpy as np
import numpy.typing as npt

from onboard.geolocate import CameraGeometry, CameraPose

Image = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One picture: `image` (height, width, 3) BGR.

    `boot_s` is its capture time by the vehicle's boot clock, or None where the source does not
    know it; a source that knows UTC or the pose itself gives them. `jpeg` is the picture as it
    came, where it came as JPEG. `received_s` is the monotonic wall time at which it came.
    """

    image: Image
    frame_id: str
    boot_s: float | None
    captured_at: datetime | None = None
    pose: CameraPose | None = None
    jpeg: bytes | None = None
    received_s: float = 0.0
    decode_s: float = 0.0


# Takes every picture that a camera gives, also those that nobody looks at: as it came, its frame's
# name, and its capture time by the vehicle's boot clock where the camera tells it.
Tap = Callable[[bytes | Image, str, float | None], None]


@dataclass(slots=True)
class SourceCounts:
    """What became of the frames that a source has offered; `problem` says why none comes now."""

    seen: int = 0
    dropped: int = 0
    corrupt: int = 0
    reconnects: int = 0
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFacts:
    """What a source knows of itself. `stills` are far apart in time, so nothing need move smoothly.

    `camera` is set where the source knows its camera; `plays_once` where it comes to an end.
    """

    name: str
    plays_once: bool
    stills: bool = False
    camera: CameraGeometry | None = None
    notes: tuple[str, ...] = field(default=())


class FrameSource(Protocol):
    """Gives frames one after another: a live source the newest, a finite one each."""

    facts: SourceFacts

    @property
    def counts(self) -> SourceCounts:
        """Counts so far."""

    def next_frame(self, timeout_s: float) -> Frame | None:
        """The next frame; None where none came in time or the source is at its end."""

    @property
    def at_end(self) -> bool:
        """Whether no frame will ever come again."""

    def close(self) -> None:
        """Give everything back."""
