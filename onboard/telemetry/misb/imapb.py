"""Floating point numbers as integers (MISB ST 1201, IMAPB): a range, a length, special values."""

import math

POSITIVE_INFINITY, NEGATIVE_INFINITY, QUIET_NAN = 0xC8, 0xE8, 0xD0
BELOW_MINIMUM, ABOVE_MAXIMUM = 0xE0, 0xE1
KIND_BITS = 0xF8


def imapb(value: float, low: float, high: float, length: int) -> bytes:
    """A number in `length` bytes; what is out of the range is told so, as ST 1201.4 has it."""
    special = _special(value, low, high)
    if special is not None:
        return bytes([special]) + bytes(length - 1)
    scale, offset = _scale(low, high, length)
    return math.floor(scale * (value - low) + offset).to_bytes(length, "big")


def from_imapb(data: bytes, low: float, high: float) -> float:
    """The number of some bytes; NaN where they tell no number of the range.

    Below the minimum and above the maximum are told as infinities: no number is known then.
    """
    length = len(data)
    if not 0 < length <= 8:
        return math.nan
    whole = int.from_bytes(data, "big")
    if whole <= 1 << (8 * length - 1):
        scale, offset = _scale(low, high, length)
        return min(high, max(low, (whole - offset) / scale + low))
    if data[0] in (BELOW_MINIMUM, ABOVE_MAXIMUM):
        return -math.inf if data[0] == BELOW_MINIMUM else math.inf
    kinds = {POSITIVE_INFINITY: math.inf, NEGATIVE_INFINITY: -math.inf}
    return kinds.get(data[0] & KIND_BITS, math.nan)


def _special(value: float, low: float, high: float) -> int | None:
    if math.isnan(value):
        return QUIET_NAN
    if math.isinf(value):
        return POSITIVE_INFINITY if value > 0.0 else NEGATIVE_INFINITY
    if low <= value <= high:
        return None
    return BELOW_MINIMUM if value < low else ABOVE_MAXIMUM


def _scale(low: float, high: float, length: int) -> tuple[float, float]:
    """The forward scale, and the offset that has zero mapped without rounding (section 8)."""
    scale = 2.0 ** (8 * length - 1 - math.ceil(math.log2(high - low)))
    zero = scale * low
    return scale, zero - math.floor(zero) if low < 0.0 < high else 0.0
