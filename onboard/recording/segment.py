"""One segment on disk: `NAME.mkv` the pictures, `NAME.jsonl` what goes with them, `NAME.json` last.

A segment without its `.json` was never ended: a kill or a power cut came first. It is whole up to
the last picture whose line is there.
"""

import hashlib
import json
import os
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from onboard.recording import matroska
from onboard.recording.chain import Chain

FORMAT, VERSION = "qyran-recording", 1
VIDEO, LINES, MANIFEST, KEPT = ".mkv", ".jsonl", ".json", ".kept"
SUFFIXES = (VIDEO, LINES, MANIFEST, KEPT)
# A number that is never used again, and when it began: the order of names is that of time.
NAME = re.compile(r"\d{8}-\d{8}T\d{6}Z" + re.escape(LINES))


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture as it was captured: `sha256` was taken when it came."""

    jpeg: bytes
    sha256: str
    frame_id: str
    boot_s: float | None
    received_s: float


class SegmentWriter:
    """Writes one segment; every call has reached the operating system when it returns.

    Raises:
        OSError: from every method, where the disk does not take something.
    """

    def __init__(
        self, folder: Path, name: str, *, size_px: tuple[int, int], began_at: datetime, chain: Chain
    ) -> None:
        self.name = name
        self._path = folder / name
        self._chain = chain
        self._digest = hashlib.sha256()
        self._began_s: float | None = None
        self.frames = self.bytes = 0
        # Unbuffered: what a call has written survives the process.
        self._video = self._path.with_suffix(VIDEO).open("xb", buffering=0)
        self._lines = self._path.with_suffix(LINES).open("xb", buffering=0)
        told = {"format": FORMAT, "version": VERSION, "segment": name, "previous": chain.head}
        self.tell({"kind": "head", **told, "began_at": began_at.isoformat()})
        self._put(matroska.head(*size_px, began_at))

    def add(self, picture: Picture) -> None:
        """A picture, and its line after it."""
        at_s = picture.received_s if picture.boot_s is None else picture.boot_s
        self._began_s = at_s if self._began_s is None else self._began_s
        at_ms = max(0, round(1000.0 * (at_s - self._began_s)))
        self._put(matroska.picture(picture.jpeg, at_ms))
        self.tell(
            {
                "kind": "frame",
                "number": self.frames,
                "frame_id": picture.frame_id,
                "boot_s": picture.boot_s,
                "at_ms": at_ms,
                "sha256": picture.sha256,
            }
        )
        self.frames += 1

    def tell(self, told: dict[str, Any]) -> None:
        """A line of what belongs to the pictures."""
        line = self._chain.line(told)
        _write_all(self._lines.fileno(), line)
        self.bytes += len(line)

    def sync(self) -> None:
        """From now on it survives the power too."""
        os.fdatasync(self._video.fileno())
        os.fdatasync(self._lines.fileno())

    def end(self) -> None:
        """Close it, with its manifest."""
        self.sync()
        self._close()
        told = manifest(self.name, self.frames, self._digest.hexdigest(), self._chain.head)
        _write_whole(self._path.with_suffix(MANIFEST), told)

    def abandon(self) -> None:
        """Close it as it is: the disk takes no more."""
        self._close()

    def _put(self, data: bytes) -> None:
        _write_all(self._video.fileno(), data)
        self._digest.update(data)
        self.bytes += len(data)

    def _close(self) -> None:
        self._video.close()
        self._lines.close()


def manifest(name: str, frames: int, video_sha256: str, chain: str) -> bytes:
    """What stands in a segment's manifest."""
    told = {"format": FORMAT, "version": VERSION, "segment": name, "frames": frames}
    return json.dumps({**told, "video_sha256": video_sha256, "chain": chain}, indent=1).encode()


def _write_whole(path: Path, content: bytes) -> None:
    """Whole on the disk, or not there."""
    unfinished = path.with_suffix(".unfinished")
    with unfinished.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    unfinished.rename(path)


def _write_all(handle: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(handle, view) :]
