"""A model that cannot be used now: the aircraft flies on without, says so, and tries again."""

import time
from collections.abc import Callable
from pathlib import Path

from missions.errors import BadInput
from onboard.detect import Detections, Detector
from onboard.detect.sight import Sight
from onboard.source import Image
from onboard.watch.problems import Problem

RETRY_S = 5.0


class LateDetector:
    """Finds nothing until its model opens. A file that has not changed is not tried again."""

    def __init__(
        self,
        file: Path,
        opened: Callable[[], Detector],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._file = file
        self._open = opened
        self._clock = clock
        self._detector: Detector | None = None
        self._tried: tuple[int, int] | None = None
        self._next_try_s = -float("inf")
        self._why = ""
        self.name = "none"
        self._try()

    def problems(self) -> list[Problem]:
        """Why nothing is detected."""
        if self._detector is not None:
            return []
        return [Problem("no_model", f"nothing is detected: {self._why}")]

    def detect(self, image: Image, *, sight: Sight | None = None) -> Detections:
        """What the model finds, or nothing where there is none."""
        if self._detector is None and self._clock() >= self._next_try_s:
            self._try()
        if self._detector is None:
            return Detections.none()
        return self._detector.detect(image, sight=sight)

    def _try(self) -> None:
        self._next_try_s = self._clock() + RETRY_S
        stamp = _stamp(self._file)
        if stamp is not None and stamp == self._tried:
            return
        self._tried = stamp
        try:
            self._detector = self._open()
            self.name = self._detector.name
        except BadInput as refusal:
            self._why = str(refusal)


def _stamp(file: Path) -> tuple[int, int] | None:
    try:
        facts = file.stat()
    except OSError:
        return None
    return facts.st_size, facts.st_mtime_ns
