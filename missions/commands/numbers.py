"""Numbers on the command line: what is none is refused by its option."""

import argparse


def positive(text: str) -> float:
    """A number above zero."""
    value = number(text)
    if not 0.0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"{text} is not above zero")
    return value


def fraction(text: str) -> float:
    """A share from 0 to 0.95."""
    value = number(text)
    if not 0.0 <= value <= 0.95:
        raise argparse.ArgumentTypeError(f"{text} is not between 0 and 0.95")
    return value


def not_negative(text: str) -> float:
    """A number of zero or more."""
    value = number(text)
    if value < 0.0:
        raise argparse.ArgumentTypeError(f"{text} is below zero")
    return value


def numbers(text: str) -> tuple[float, ...]:
    """Numbers above zero, with commas between."""
    return tuple(positive(part) for part in text.split(","))


def number(text: str) -> float:
    """A finite number of no more than nine digits."""
    try:
        value = float(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number") from error
    if not abs(value) < 1e9:
        raise argparse.ArgumentTypeError(f"{text} is not a number that makes sense")
    return value
