"""What arguments of several commands mean; what is no such thing is refused with the usage."""

import math
from argparse import ArgumentTypeError


def system_id(text: str) -> int:
    """A vehicle's MAVLink system id."""
    if not (text.isascii() and text.isdecimal() and 1 <= int(text) <= 255):
        raise ArgumentTypeError(f"{text!r} is no system id (1 to 255)")
    return int(text)


def duration_s(text: str) -> float:
    """Seconds above zero."""
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0.0 < seconds < math.inf:
        raise ArgumentTypeError(f"{text!r} is no number of seconds above zero")
    return seconds
