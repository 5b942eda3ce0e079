"""A battery's whole voltage in MAVLink's fields for those of its cells."""

import math

# How many fields, and what says that one is not known.
CELL_FIELDS, UNKNOWN_MV = 10, 65535


def told_millivolts(voltage_v: float) -> int:
    """A pack's voltage as its messages tell it: what parameters make negative or no number is 0."""
    return max(round(voltage_v * 1000.0), 0) if math.isfinite(voltage_v) else 0


def cell_fields(millivolts: int) -> tuple[int, ...]:
    """The whole voltage in the first cells' fields, as many as it takes, none where it fits none.

    Source: PX4's streams/BATTERY_STATUS.hpp.
    """
    full, rest = divmod(millivolts, UNKNOWN_MV - 1)
    told = (*(UNKNOWN_MV - 1,) * full, rest) if full < CELL_FIELDS else ()
    return (*told, *(UNKNOWN_MV,) * (CELL_FIELDS - len(told)))
