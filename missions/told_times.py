"""Times in words: what has no end is said as that, and never as a number."""

import math

NO_END = "no end (it never lands)"


def in_minutes(seconds: float | None, *, digits: int = 1) -> str:
    """Minutes; what is endless, or not known to have an end, has none."""
    if seconds is None or not math.isfinite(seconds):
        return NO_END
    return f"{seconds / 60.0:.{digits}f} min"


def rounded_s(seconds: float) -> float | None:
    """For JSON, which knows no infinity: None where there is no end."""
    return round(seconds, 1) if math.isfinite(seconds) else None
