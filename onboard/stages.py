"""How long each stage of the work takes: a mean of late, and over the whole run."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

MEMORY = 0.9


class Stages:
    """Wall seconds by stage."""

    def __init__(self) -> None:
        self._late_s: dict[str, float] = {}
        self._total_s: dict[str, float] = {}
        self._times: dict[str, int] = {}

    @contextmanager
    def of(self, stage: str) -> Iterator[None]:
        """Time what is done within."""
        began_s = time.perf_counter()
        try:
            yield
        finally:
            self.add(stage, time.perf_counter() - began_s)

    def add(self, stage: str, seconds: float) -> None:
        """Take in a time that was measured elsewhere."""
        late_s = self._late_s.get(stage, seconds)
        self._late_s[stage] = MEMORY * late_s + (1.0 - MEMORY) * seconds
        self._total_s[stage] = self._total_s.get(stage, 0.0) + seconds
        self._times[stage] = self._times.get(stage, 0) + 1

    def late_ms(self) -> dict[str, float]:
        """The mean of late, milliseconds."""
        return {stage: round(1000.0 * value, 2) for stage, value in self._late_s.items()}

    def mean_ms(self) -> dict[str, float]:
        """The mean over the whole run, milliseconds."""
        return {
            stage: round(1000.0 * total / self._times[stage], 2)
            for stage, total in self._total_s.items()
        }
