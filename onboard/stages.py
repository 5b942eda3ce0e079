"""How long each stage of the work takes: of late, and over the whole run."""

import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

MEMORY = 0.9
LATE_TIMES = 256
BETWEEN = "between the stages"


class Stages:
    """Wall seconds by stage, and CPU seconds of the thread that worked; safe for several threads.

    `now` is the stage that is being worked at by the thread that calls `of`.
    """

    def __init__(self) -> None:
        self._late_s: dict[str, float] = {}
        self._last_s: dict[str, deque[float]] = {}
        self._total_s: dict[str, float] = {}
        self._cpu_s: dict[str, float] = {}
        self._all_cpu_s: dict[str, float] = {}
        self._times: dict[str, int] = {}
        self._lock = threading.Lock()
        self.now = BETWEEN

    @contextmanager
    def of(self, stage: str) -> Iterator[None]:
        """Time what is done within."""
        before, self.now = self.now, stage
        began_s, cpu_began_s = time.perf_counter(), time.thread_time()
        all_began_s = time.process_time()
        try:
            yield
        finally:
            self.now = before
            cpu_s = time.thread_time() - cpu_began_s
            all_cpu_s = time.process_time() - all_began_s
            self._all_cpu_s[stage] = self._all_cpu_s.get(stage, 0.0) + all_cpu_s
            self.add(stage, time.perf_counter() - began_s, cpu_s)

    def add(self, stage: str, seconds: float, cpu_s: float = 0.0) -> None:
        """Take in a time that was measured elsewhere."""
        with self._lock:
            self._cpu_s[stage] = self._cpu_s.get(stage, 0.0) + cpu_s
            late_s = self._late_s.get(stage, seconds)
            self._late_s[stage] = MEMORY * late_s + (1.0 - MEMORY) * seconds
            self._last_s.setdefault(stage, deque(maxlen=LATE_TIMES)).append(seconds)
            self._total_s[stage] = self._total_s.get(stage, 0.0) + seconds
            self._times[stage] = self._times.get(stage, 0) + 1

    def late_ms(self) -> dict[str, float]:
        """The mean of late, milliseconds."""
        with self._lock:
            return {stage: round(1000.0 * value, 2) for stage, value in self._late_s.items()}

    def late_p95_ms(self) -> dict[str, float]:
        """What 95 % of the last times do not exceed (nearest rank), milliseconds."""
        with self._lock:
            last = {stage: sorted(times) for stage, times in self._last_s.items()}
        return {
            stage: round(1000.0 * times[-(-len(times) * 95 // 100) - 1], 2)
            for stage, times in last.items()
        }

    def mean_ms(self) -> dict[str, float]:
        """The mean over the whole run, milliseconds."""
        return self._means(self._total_s)

    def mean_cpu_ms(self) -> dict[str, float]:
        """The mean CPU time of the thread over the whole run, milliseconds."""
        return self._means(self._cpu_s)

    def mean_all_cpu_ms(self) -> dict[str, float]:
        """The mean CPU time of all threads while a stage went on, milliseconds."""
        return self._means(self._all_cpu_s)

    def times(self) -> dict[str, int]:
        """How often each was worked at over the whole run."""
        with self._lock:
            return dict(self._times)

    def _means(self, sums_s: dict[str, float]) -> dict[str, float]:
        with self._lock:
            return {
                stage: round(1000.0 * total_s / self._times[stage], 2)
                for stage, total_s in sums_s.items()
            }
