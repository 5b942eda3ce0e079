"""One request at a time on a link, the most urgent first."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

EVENTS, LIVE, PICTURES = 0, 1, 2


class Turn:
    """Shared by all that speak over one link: an alarm never shares it with a picture."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._waiting: list[int] = []
        self._taken = False

    @contextmanager
    def of(self, urgency: int) -> Iterator[None]:
        """Wait until nothing is under way and nobody more urgent waits; 0 is the most urgent."""
        with self._changed:
            self._waiting.append(urgency)
            while self._taken or min(self._waiting) < urgency:
                self._changed.wait()
            self._waiting.remove(urgency)
            self._taken = True
        try:
            yield
        finally:
            with self._changed:
                self._taken = False
                self._changed.notify_all()
