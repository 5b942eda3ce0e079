"""Writes what the camera gave, what was made of it and what was found, on a thread of its own.

The ring is bounded in bytes and the way to it too: a disk that is too slow loses pictures, which
are counted, and never holds up perception.
"""

import hashlib
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import cv2

from missions.errors import place_of
from onboard.recording.chain import START, Chain
from onboard.recording.ring import Ring
from onboard.recording.segment import Picture, SegmentWriter
from onboard.recording.settings import RecordingSettings
from onboard.recording.verify import last_link
from onboard.source.decode import decoded
from onboard.source.frame import Image

JPEG_QUALITY = 85
IDLE_S = 0.5
RETRY_S = 5.0
MOST_QUEUED, MOST_LATE = 4_096, 1_024


@dataclass(slots=True)
class RecordingCounts:
    """`dropped` pictures found the queue full or the disk; `problem` says what is wrong now."""

    written: int = 0
    dropped: int = 0
    segments: int = 0
    problem: str = ""


class Recorder:
    """Safe to call from several threads.

    Raises:
        BadInput: the folder cannot be made or read.
    """

    def __init__(self, folder: Path, settings: RecordingSettings) -> None:
        self.counts = RecordingCounts()
        self._folder, self._settings = folder, settings
        try:
            self._ring = Ring(folder, max_bytes=settings.max_bytes, kept_share=settings.kept_share)
        except OSError as error:
            raise place_of(error, str(folder)) from error
        newest = self._ring.newest
        self._chain = Chain(START if newest is None else last_link(folder, newest))
        self._number = self._ring.next_number
        self._segment: SegmentWriter | None = None
        self._segment_began_s = self._synced_s = self._blocked_until_s = 0.0
        self._late: deque[tuple[str, float]] = deque()
        self._keep_until_s, self._keep_for = -float("inf"), ""
        self._queue: deque[tuple[int, Callable[[], None]]] = deque()
        self._queued_bytes = 0
        self._changed = threading.Condition()
        self._stop = False
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)

    @property
    def head(self) -> str:
        """The chain after what was written last: whoever keeps it can prove the recording."""
        return self._chain.head

    @property
    def words(self) -> str:
        """How it stands, for a person."""
        counts, ring = self.counts, self._ring
        gone = f", {ring.removed_kept} needed segments given up" if ring.removed_kept else ""
        return f"{counts.written} pictures, {counts.dropped} dropped{gone}, chain {self.head[:16]}"

    def start(self) -> None:
        """Begin to write."""
        self._thread.start()

    def picture(self, picture: Image | bytes, frame_id: str, boot_s: float | None) -> None:
        """Record a picture as it came; one that came decoded is coded as JPEG first."""
        jpeg = picture if isinstance(picture, bytes) else _coded(picture)
        taken = Picture(
            jpeg=jpeg,
            sha256=hashlib.sha256(jpeg).hexdigest(),
            frame_id=frame_id,
            boot_s=boot_s,
            received_s=time.monotonic(),
        )
        if not self._enqueue(len(jpeg), lambda: self._write(taken)):
            self.counts.dropped += 1

    def tell(self, told: Callable[[], dict[str, Any]]) -> None:
        """Record a line of what belongs to the pictures; it is made on the recorder's thread.

        It goes with the next picture or event, or after `IDLE_S`: a thread that is woken twice for
        a frame costs nearly twice as much.
        """
        self._enqueue(0, lambda: self._tell(told()), wake=False)

    def event(self, event_id: str, told: dict[str, Any], *, lasted_s: float) -> None:
        """Record an event, and keep what shows it and how it came to it."""
        now_s = time.monotonic()
        self._enqueue(0, lambda: self._keep(event_id, told, now_s, lasted_s))

    def close(self) -> None:
        """Write what waits, end the segment and the thread."""
        with self._changed:
            self._stop = True
            self._changed.notify()
        if self._thread.ident is not None:
            self._thread.join(timeout=5.0)

    def _enqueue(self, size_bytes: int, work: Callable[[], None], *, wake: bool = True) -> bool:
        with self._changed:
            full = self._queued_bytes + size_bytes > self._settings.queue_bytes
            if full or self._stop or len(self._queue) >= MOST_QUEUED:
                return False
            self._queue.append((size_bytes, work))
            self._queued_bytes += size_bytes
            if wake:
                self._changed.notify()
            return True

    def _run(self) -> None:
        while True:
            with self._changed:
                if not self._queue and not self._stop:
                    self._changed.wait(IDLE_S)
                if not self._queue and self._stop:
                    break
                size_bytes, work = self._queue.popleft() if self._queue else (0, _nothing)
                self._queued_bytes -= size_bytes
            work()
            self._sync()
        self._end_segment()

    def _write(self, picture: Picture) -> None:
        if picture.received_s < self._blocked_until_s:
            self.counts.dropped += 1
            return
        for attempt in range(2):
            try:
                self._segment_for(picture).add(picture)
                self._grew()
            except OSError as error:
                self._disk_failed(error)
                if attempt or not self._ring.remove_oldest(None):
                    break
            else:
                self.counts.written += 1
                self.counts.problem = ""
                return
        self.counts.dropped += 1
        self._blocked_until_s = picture.received_s + RETRY_S

    def _tell(self, told: dict[str, Any]) -> None:
        if self._segment is None:
            return
        try:
            self._segment.tell(told)
        except OSError as error:
            self._disk_failed(error)

    def _keep(self, event_id: str, told: dict[str, Any], now_s: float, lasted_s: float) -> None:
        self._tell({"kind": "event", "id": event_id, "event": told})
        since_s = now_s - lasted_s - self._settings.before_s
        self._keep_until_s, self._keep_for = now_s + self._settings.after_s, event_id
        needed = [name for name, ended_s in self._late if ended_s >= since_s]
        needed += [] if self._segment is None else [self._segment.name]
        for name in needed:
            self._mark(name, event_id)

    def _mark(self, name: str, event_id: str) -> None:
        try:
            self._ring.keep(name, event_id)
        except OSError as error:
            self.counts.problem = f"recording: {error.strerror or error}"

    def _segment_for(self, picture: Picture) -> SegmentWriter:
        """The open segment, or a new one where that is long enough."""
        over_s = picture.received_s - self._segment_began_s
        if self._segment is not None and over_s < self._settings.segment_s:
            return self._segment
        self._end_segment()
        began_at = datetime.now(UTC)
        name = f"{self._number:08d}-{began_at:%Y%m%dT%H%M%SZ}"
        self._number += 1
        image = decoded(picture.jpeg)
        size_px = (0, 0) if image is None else (image.shape[1], image.shape[0])
        self._segment = SegmentWriter(
            self._folder, name, size_px=size_px, began_at=began_at, chain=self._chain
        )
        self._segment_began_s = picture.received_s
        self.counts.segments += 1
        self._grew()
        if picture.received_s <= self._keep_until_s:
            self._mark(name, self._keep_for)
        return self._segment

    def _grew(self) -> None:
        if self._segment is not None:
            self._ring.grew(self._segment.name, self._segment.bytes)
            self._ring.make_room(self._segment.name)

    def _sync(self) -> None:
        now_s = time.monotonic()
        if self._segment is None or now_s < self._synced_s + self._settings.sync_every_s:
            return
        self._synced_s = now_s
        try:
            self._segment.sync()
        except OSError as error:
            self._disk_failed(error)

    def _end_segment(self) -> None:
        if self._segment is None:
            return
        segment, self._segment = self._segment, None
        self._late.append((segment.name, time.monotonic()))
        while len(self._late) > MOST_LATE:
            self._late.popleft()
        try:
            segment.end()
        except OSError as error:
            self.counts.problem = f"recording: {error.strerror or error}"

    def _disk_failed(self, error: OSError) -> None:
        """The segment ends here, torn; the next picture begins another."""
        self.counts.problem = f"recording: {error.strerror or error}"
        if self._segment is not None:
            self._late.append((self._segment.name, time.monotonic()))
            self._segment.abandon()
            self._segment = None


def _nothing() -> None:
    """No work came."""


def _coded(image: Image) -> bytes:
    _, coded = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    return coded.tobytes()
