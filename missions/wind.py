"""The wind that a plan must reckon with."""

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Wind:
    """A steady wind at flying height, forecast or measured.

    `from_rad` is where it blows from, from north to the right, as a weather report gives it;
    `gust_m_s` is the strongest wind to expect, never below `speed_m_s`.
    """

    speed_m_s: float
    from_rad: float
    gust_m_s: float = 0.0

    def __post_init__(self) -> None:
        if not (0.0 <= self.speed_m_s < math.inf and math.isfinite(self.from_rad)):
            raise ValueError(f"a wind of {self.speed_m_s} m/s from {self.from_rad} rad is none")

    @property
    def toward_en_m_s(self) -> tuple[float, float]:
        """East and north parts of the air's motion over the ground, in m/s."""
        return (
            -self.speed_m_s * math.sin(self.from_rad),
            -self.speed_m_s * math.cos(self.from_rad),
        )

    @property
    def strongest_m_s(self) -> float:
        """The gusts, or the wind itself where none are given."""
        return max(self.speed_m_s, self.gust_m_s)


CALM = Wind(speed_m_s=0.0, from_rad=0.0)
