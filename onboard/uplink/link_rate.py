"""How much a link carries, from what requests took: it decides how much is sent at once.

Nothing is asked of the link for that: what is sent anyway is timed. A small request says only that
the link carries at least so much, because most of its time is the way there and back.
"""

FIRST_BYTES_S = 8_000.0
LEAST_BYTES_S, MOST_BYTES_S = 250.0, 100e6
TELLING_BYTES = 8_000
MEMORY = 0.6
BATCH_S, PICTURE_S = 2.0, 6.0
LEAST_BATCH_BYTES, MOST_BATCH_BYTES = 2_000, 1_500_000
LEAST_PICTURE_BYTES, MOST_PICTURE_BYTES = 12_000, 400_000
PATIENCE = 4.0


class LinkRate:
    """Bytes a second of late. Until a request has told more, that of 64 kbit/s."""

    def __init__(self) -> None:
        self.bytes_s = FIRST_BYTES_S

    def took(self, size_bytes: int, seconds: float) -> None:
        """A request of this size was answered after this time."""
        told = min(MOST_BYTES_S, size_bytes / max(seconds, 1e-4))
        if told >= self.bytes_s:
            self.bytes_s = told
        elif size_bytes >= TELLING_BYTES:
            self.bytes_s = max(LEAST_BYTES_S, MEMORY * self.bytes_s + (1.0 - MEMORY) * told)

    def failed(self, size_bytes: int) -> None:
        """A request was not answered in time: a large one may have been too large."""
        if size_bytes > LEAST_BATCH_BYTES:
            self.bytes_s = max(LEAST_BYTES_S, 0.5 * self.bytes_s)

    @property
    def batch_bytes(self) -> int:
        """How large a batch of messages may be, so that an alarm never waits long behind it."""
        return int(min(MOST_BATCH_BYTES, max(LEAST_BATCH_BYTES, BATCH_S * self.bytes_s)))

    @property
    def picture_bytes(self) -> int:
        """How large a picture may be."""
        return int(min(MOST_PICTURE_BYTES, max(LEAST_PICTURE_BYTES, PICTURE_S * self.bytes_s)))

    def patience_s(self, size_bytes: int, timeout_s: float) -> float:
        """How long an answer may take: a thin link is slow, and not broken."""
        return timeout_s + PATIENCE * size_bytes / self.bytes_s
