"""How large a metre is in a picture, row by row, and how steeply the camera looks down.

A flat ground is taken: what is wanted is a scale to a few tens of per cent, not a position.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

# Nearer to the horizon than this nothing is looked for: a person is a few pixels there.
LEAST_DEPRESSION_RAD = math.radians(1.5)
PERSON_M, SHOULDERS_M = 1.7, 0.5
STEEP_RAD = math.radians(60.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """`pitch_rad` is the optical axis's elevation, below zero down; pixels are the picture's own.

    `gsd_m_px` is the size of a pixel, across the line of sight, where the optical axis meets the
    ground.
    """

    pitch_rad: float
    gsd_m_px: float
    focal_px: float
    centre_row_px: float

    @classmethod
    def of_height(
        cls, *, pitch_rad: float, height_m: float, focal_px: float, centre_row_px: float
    ) -> "Sight":
        """From the camera's height above the ground."""
        down_rad = max(-pitch_rad, LEAST_DEPRESSION_RAD)
        return cls(
            pitch_rad=pitch_rad,
            gsd_m_px=height_m / math.sin(down_rad) / focal_px,
            focal_px=focal_px,
            centre_row_px=centre_row_px,
        )

    @property
    def steep(self) -> bool:
        """Whether things are seen from above, as in few pictures that networks learn from."""
        return self.pitch_rad < -STEEP_RAD

    def person_px(self, row: float) -> float:
        """How high a person who stands stands in the picture at a row; 0 above the horizon."""
        across_m = float(self.metres_per_pixel([row])[0])
        down_rad = self.depression_rad(row)
        return (PERSON_M * math.cos(down_rad) + SHOULDERS_M * math.sin(down_rad)) / across_m

    def depression_rad(self, row: float) -> float:
        """How far below the horizon a row of the picture's middle column looks."""
        return math.atan((row - self.centre_row_px) / self.focal_px) - self.pitch_rad

    def metres_per_pixel(self, rows: npt.ArrayLike) -> Floats:
        """The size of a pixel across the line of sight at rows (n,); infinite above the horizon."""
        offset = (np.asarray(rows, dtype=np.float64) - self.centre_row_px) / self.focal_px
        below_rad = np.arctan(offset)
        axis_rad = max(-self.pitch_rad, LEAST_DEPRESSION_RAD)
        down_rad = axis_rad + below_rad
        seen = np.maximum(np.sin(down_rad), math.sin(LEAST_DEPRESSION_RAD))
        # Depth along the optical axis: height / sin(down) times cos(off the axis).
        size = self.gsd_m_px * math.sin(axis_rad) / seen * np.cos(below_rad)
        sizes: Floats = np.where(down_rad >= LEAST_DEPRESSION_RAD, size, np.inf)
        return sizes
