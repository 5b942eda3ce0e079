"""Video files, and RTSP or HTTP streams that OpenCV's FFmpeg can open."""

import os
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import cv2
import numpy as np

from missions.errors import BadInput
from onboard.source.frame import Frame, Image, SourceCounts, SourceFacts, Tap
from onboard.source.newest import Newest

RETRY_S = (0.5, 10.0)
# FFmpeg takes these from the environment only: TCP, because a lost UDP packet smears the picture.
STREAM_OPTIONS = "rtsp_transport;tcp|stimeout;5000000"


class VideoFileSource:
    """Every frame of a file, in order; the boot time is the time since its start.

    Raises:
        BadInput: the file is not there or is no video.
    """

    def __init__(self, file: Path) -> None:
        if not file.is_file():
            raise BadInput(where=str(file), what="no such file")
        self._capture = cv2.VideoCapture(str(file))
        if not self._capture.isOpened():
            raise BadInput(where=str(file), what="not a video that can be opened")
        self._began = datetime.fromtimestamp(file.stat().st_mtime, tz=UTC)
        self._frames_a_s = self._capture.get(cv2.CAP_PROP_FPS) or 25.0
        self._ended = False
        self.counts = SourceCounts()
        self.facts = SourceFacts(name=str(file), plays_once=True)

    @property
    def at_end(self) -> bool:
        """Whether the last frame has been read."""
        return self._ended

    def next_frame(self, timeout_s: float) -> Frame | None:
        """The next frame; None at the end.

        Raises:
            BadInput: the end is reached and not one frame could be read.
        """
        began_s = time.perf_counter()
        whole, image = self._capture.read()
        if not whole:
            self._ended = True
            if not self.counts.seen:
                raise BadInput(where=self.facts.name, what="not one frame can be read")
            return None
        boot_s = self.counts.seen / self._frames_a_s
        self.counts.seen += 1
        return Frame(
            image=np.asarray(image, dtype=np.uint8),
            frame_id=str(self.counts.seen),
            boot_s=boot_s,
            captured_at=self._began + timedelta(seconds=boot_s),
            received_s=time.monotonic(),
            decode_s=time.perf_counter() - began_s,
        )

    def close(self) -> None:
        """Close the file."""
        self._capture.release()


class VideoStreamSource:
    """The newest frame of a stream, read on a thread of its own, which connects again for ever."""

    def __init__(self, address: str, tap: Tap | None = None) -> None:
        self._tap = tap
        os.environ.setdefault("OPENCV_FFMPEG_CAPTURE_OPTIONS", STREAM_OPTIONS)
        self.facts = SourceFacts(name=address, plays_once=False)
        self._counts = SourceCounts()
        self._newest: Newest[tuple[Image, int, float]] = Newest()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="video", daemon=True)
        self._thread.start()

    @property
    def counts(self) -> SourceCounts:
        """Counts so far."""
        self._counts.dropped = self._newest.dropped
        return self._counts

    @property
    def at_end(self) -> bool:
        """A stream has no end, only silence."""
        return False

    def next_frame(self, timeout_s: float) -> Frame | None:
        """The newest frame, without a boot time: the stream carries none."""
        taken = self._newest.take(timeout_s)
        if taken is None:
            return None
        image, number, received_s = taken
        return Frame(image=image, frame_id=str(number), boot_s=None, received_s=received_s)

    def close(self) -> None:
        """End the thread."""
        self._stop.set()
        self._newest.close()
        self._thread.join(timeout=2.0)

    def _run(self) -> None:
        wait_s = RETRY_S[0]
        while not self._stop.is_set():
            seen = self._counts.seen
            self._read_stream()
            self._counts.problem = "the camera's stream has ended or cannot be opened"
            self._counts.reconnects += 1
            wait_s = RETRY_S[0] if self._counts.seen > seen else min(2.0 * wait_s, RETRY_S[1])
            self._stop.wait(wait_s)

    def _read_stream(self) -> None:
        capture = cv2.VideoCapture(self.facts.name)
        try:
            while not self._stop.is_set():
                whole, image = capture.read()
                if not whole:
                    return
                self._counts.seen += 1
                self._counts.problem = ""
                frame = np.asarray(image, dtype=np.uint8)
                if self._tap is not None:
                    self._tap(frame, str(self._counts.seen), None)
                self._newest.put((frame, self._counts.seen, time.monotonic()))
        finally:
            capture.release()
