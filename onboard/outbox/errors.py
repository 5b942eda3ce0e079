"""What the outbox can fail with after it has been opened."""


class OutboxUnwritable(Exception):
    """The disk neither takes nor gives a message now; `reason` is the system's own word."""

    def __init__(self, *, reason: str) -> None:
        self.reason = reason
        super().__init__(f"the outbox cannot be used: {reason}")
