"""A slot that holds only the newest thing: who reads slowly misses some, and they are counted."""

import threading
from typing import Generic, TypeVar

T = TypeVar("T")


class Newest(Generic[T]):
    """One writer thread, one reader thread."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._value: T | None = None
        self._closed = False
        self.dropped = 0

    def put(self, value: T) -> None:
        """Replace what is there."""
        with self._changed:
            if self._value is not None:
                self.dropped += 1
            self._value = value
            self._changed.notify()

    def take(self, timeout_s: float) -> T | None:
        """Take what is there, waiting for it; None where nothing came or the slot is closed."""
        with self._changed:
            if self._value is None and not self._closed:
                self._changed.wait(timeout_s)
            value, self._value = self._value, None
            return value

    def close(self) -> None:
        """Nothing more will be put: a waiting reader returns."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
