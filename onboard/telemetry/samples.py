"""A ring of time-stamped values with interpolation between neighbours."""

from bisect import bisect_left
from collections import deque
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Between(Generic[T]):
    """Two neighbours in time and how far from the first to the second an instant lies, 0..1.

    Past the last sample both are that sample, and `beyond_s` says by how much.
    """

    before: T
    after: T
    share: float
    span_s: float
    beyond_s: float = 0.0


class Samples(Generic[T]):
    """The last samples by boot time, seconds. One that is not newer is dropped and counted.

    A sample that is far older than the last one means that the vehicle has booted again: all that
    came before is forgotten.
    """

    def __init__(self, *, length: int = 256, reboot_s: float = 5.0) -> None:
        self._times: deque[float] = deque(maxlen=length)
        self._values: deque[T] = deque(maxlen=length)
        self._reboot_s = reboot_s
        self.out_of_order = 0

    def __len__(self) -> int:
        return len(self._times)

    @property
    def newest_s(self) -> float | None:
        """The boot time of the last sample."""
        return self._times[-1] if self._times else None

    def add(self, boot_s: float, value: T) -> None:
        """Take in a sample."""
        if self._times and boot_s < self._times[-1] - self._reboot_s:
            self._times.clear()
            self._values.clear()
        if self._times and boot_s <= self._times[-1]:
            self.out_of_order += 1
            return
        self._times.append(boot_s)
        self._values.append(value)

    def at(self, boot_s: float) -> Between[T] | None:
        """The neighbours of an instant; None before the first sample or where there is none."""
        if not self._times or boot_s < self._times[0]:
            return None
        after = bisect_left(self._times, boot_s)
        if after == len(self._times):
            last = self._values[-1]
            return Between(last, last, 0.0, 0.0, beyond_s=boot_s - self._times[-1])
        if self._times[after] == boot_s:
            return Between(self._values[after], self._values[after], 0.0, 0.0)
        start, end = self._times[after - 1], self._times[after]
        share = (boot_s - start) / (end - start)
        return Between(self._values[after - 1], self._values[after], share, end - start)
