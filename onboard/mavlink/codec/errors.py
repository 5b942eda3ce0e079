"""What goes wrong in the codec: all of it is our own misuse; a peer's faults are counted instead.

MavlinkError
    UnknownMessage   no message of that name in the dialect
    BadField         a field that the message lacks, or a value that does not fit it
"""


class MavlinkError(Exception):
    """The root of this package's errors."""


class UnknownMessage(MavlinkError):
    """The dialect has no message of that name."""

    def __init__(self, *, message: str) -> None:
        self.message = message
        super().__init__(f"no MAVLink message is called {message}")


class BadField(MavlinkError):
    """A field that the message does not have, or a value that does not fit into it."""

    def __init__(self, *, message: str, field: str, value: object) -> None:
        self.message = message
        self.field = field
        self.value = value
        super().__init__(f"{message}.{field} cannot hold {value!r}")
