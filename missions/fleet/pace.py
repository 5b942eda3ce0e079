"""How long a drone takes from place to place in the wind, from standing to standing."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from missions.vehicle import Vehicle
from missions.wind import CALM, Wind

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """A vehicle asked for a speed, in a wind."""

    vehicle: Vehicle
    speed_m_s: float
    wind: Wind = CALM

    def seconds(self, away_en: Array, length_m: Array) -> Array:
        """Seconds of ways by their length, shape (...), and where they lead, (..., 2) metres.

        Infinite where the wind does not let it go there.
        """
        speed = np.maximum(self._speeds_m_s(away_en), 1e-9)
        acceleration = self.vehicle.acceleration_m_s2
        short = 2.0 * np.sqrt(np.minimum(length_m, speed**2 / acceleration) / acceleration)
        longer = np.maximum(length_m - speed**2 / acceleration, 0.0) / speed
        seconds: Array = np.where((speed <= 1e-6) & (length_m > 0.0), np.inf, short + longer)
        return seconds

    def _speeds_m_s(self, away_en: Array) -> Array:
        """Over the ground, on the straight course; nought where it cannot be held.

        As `missions.wind_triangle.flown_ground_speed_m_s`, for many courses at once.
        """
        length = np.hypot(away_en[..., 0], away_en[..., 1])
        if self.wind.speed_m_s == 0.0:
            return np.full(length.shape, self.speed_m_s)
        unit = away_en / np.maximum(length, 1e-9)[..., None]
        east, north = self.wind.toward_en_m_s
        along = unit[..., 0] * east + unit[..., 1] * north
        across = unit[..., 1] * east - unit[..., 0] * north
        winged = self.vehicle.winged
        airspeed = self.speed_m_s if winged else self.vehicle.max_airspeed_m_s
        most = along + np.sqrt(np.maximum(airspeed**2 - across**2, 0.0))
        most = np.where(np.abs(across) >= airspeed, 0.0, np.maximum(most, 0.0))
        speeds: Array = most if winged else np.minimum(most, self.speed_m_s)
        return np.where(length > 0.0, speeds, self.speed_m_s)
