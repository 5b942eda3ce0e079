"""How any command of ours refuses: bad input names its place, a failure names what failed.

`qyran` prints either as one line. The packages' own error trees derive from these two where a
person at the command line can meet them.
"""


class Refusal(Exception):
    """Something cannot be done; the message is one line for a person."""

    exit_status = 1


class BadInput(Refusal):
    """The caller's input, configuration or environment is wrong: `where` names the place."""

    exit_status = 2

    def __init__(self, *, where: str, what: str) -> None:
        self.where = where
        self.what = what
        super().__init__(f"{where}: {what}")


class Failed(Refusal):
    """The work was understood and could not be brought to its end."""

    def __init__(self, what: str) -> None:
        self.what = what
        super().__init__(what)


def place_of(error: OSError, fallback: str) -> BadInput:
    """The refusal that names the file, port or disk an operating system's error speaks of."""
    where = str(error.filename) if error.filename else fallback
    return BadInput(where=where, what=(error.strerror or str(error)).lower())
