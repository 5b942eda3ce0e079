"""The Syr Darya beside the city: a meander of two waves with banks of varying width."""

import numpy as np

from sim.district.features import Array

CENTRE_AWAY_M = -890.0
HALF_EXTENT_M = 4200.0


class River:
    """The river in city coordinates; the seed gives the phases of its meander."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._phases = rng.uniform(0.0, 2.0 * np.pi, 4)

    def centre_away_m(self, along_m: Array) -> Array:
        """Where the middle of the river is, metres from the city's axis."""
        first, second = self._phases[:2]
        away: Array = (
            CENTRE_AWAY_M
            + 75.0 * np.sin(2.0 * np.pi * along_m / 2900.0 + first)
            + 24.0 * np.sin(2.0 * np.pi * along_m / 1130.0 + second)
        )
        return away

    def half_width_m(self, along_m: Array) -> Array:
        """Half the river's width."""
        third, fourth = self._phases[2:]
        half: Array = (
            78.0
            + 13.0 * np.sin(2.0 * np.pi * along_m / 1700.0 + third)
            + 6.0 * np.sin(2.0 * np.pi * along_m / 610.0 + fourth)
        )
        return half

    def right_bank(self, along_m: Array, *, offset_m: float = 0.0) -> Array:
        """The city's bank, (n, 2) city metres, `offset_m` away from the water."""
        away = self.centre_away_m(along_m) + self.half_width_m(along_m) + offset_m
        return np.stack((along_m, away), axis=-1)

    def left_bank(self, along_m: Array, *, offset_m: float = 0.0) -> Array:
        """The far bank, (n, 2) city metres, `offset_m` away from the water."""
        away = self.centre_away_m(along_m) - self.half_width_m(along_m) - offset_m
        return np.stack((along_m, away), axis=-1)

    def ring(self) -> Array:
        """The water's outline, (n, 2) city metres, counter-clockwise."""
        along = np.arange(-HALF_EXTENT_M, HALF_EXTENT_M + 1.0, 25.0)
        return np.vstack((self.left_bank(along), self.right_bank(along)[::-1]))
