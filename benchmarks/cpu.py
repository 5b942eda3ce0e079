"""CPU seconds rather than wall seconds: the machine may have other work to do."""

import math
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from onboard.stages import Stages


def cpu_s(work: Callable[[], object]) -> float:
    """CPU seconds of this process, all threads, that some work takes."""
    began_s = time.process_time()
    work()
    return time.process_time() - began_s


def cpu_s_of(pid: int) -> float:
    """User and system CPU seconds of a process so far (proc(5): fields 14 and 15 of stat)."""
    after_name = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(after_name[11]) + int(after_name[12])) / os.sysconf("SC_CLK_TCK")


def percentile(values: Sequence[float], percent: float) -> float:
    """The least value that so many percent do not exceed; nearest rank."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * percent / 100.0) - 1)]


class CpuStages(Stages):
    """Stages by CPU seconds of the thread that runs them, every one kept."""

    def __init__(self) -> None:
        super().__init__()
        self.kept_s: dict[str, list[float]] = {}

    @contextmanager
    def of(self, stage: str) -> Iterator[None]:
        """Time what is done within."""
        began_s = time.thread_time()
        try:
            yield
        finally:
            self.add(stage, time.thread_time() - began_s)

    def add(self, stage: str, seconds: float, cpu_s: float = 0.0) -> None:
        """Take in a time that was measured elsewhere."""
        super().add(stage, seconds, cpu_s)
        self.kept_s.setdefault(stage, []).append(seconds)
