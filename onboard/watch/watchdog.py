"""Ends the process where its work stands still: a keeper or systemd starts it again.

A thread that hangs in a driver or a library cannot be ended from within; a new process can.
"""

import faulthandler
import os
import sys
import threading
import time
from collections.abc import Callable
from typing import NoReturn

STUCK_STATUS = 70


class Watchdog:
    """`stage` tells what is being done now, and `beat` that the work goes round."""

    def __init__(
        self,
        limit_s: float,
        *,
        stage: Callable[[], str],
        end: Callable[[str], None] | None = None,
    ) -> None:
        self._limit_s = limit_s
        self._stage = stage
        self._end = end or _end_process
        self._beat_s = time.monotonic()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watchdog", daemon=True)

    def start(self) -> None:
        """Begin to watch; with a limit of zero nothing is watched."""
        if self._limit_s > 0.0:
            self.beat()
            self._thread.start()

    def beat(self) -> None:
        """The work has gone round once more."""
        self._beat_s = time.monotonic()

    def close(self) -> None:
        """Watch no more."""
        self._stop.set()

    def _run(self) -> None:
        while not self._stop.wait(min(1.0, self._limit_s / 4.0)):
            silent_s = time.monotonic() - self._beat_s
            if silent_s > self._limit_s:
                self._end(f"stuck in {self._stage()} for {silent_s:.1f} s")
                return


def _end_process(words: str) -> NoReturn:
    print(f"qyran onboard: {words}; the process ends", file=sys.stderr, flush=True)
    faulthandler.dump_traceback(file=sys.stderr)
    os._exit(STUCK_STATUS)
