"""How wrong a pose may be, told apart by whether it stays or changes from frame to frame.

Only what stays can be calibrated, and only what changes averages out over frames.
"""

import math

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from onboard.geolocate.rotation import Array

STATE = ("yaw_rad", "pitch_rad", "roll_rad", "focal_log", "east_m", "north_m", "up_m")
STATES = len(STATE)


class StateSigmas(BaseModel):
    """Standard deviations of a view's errors; `focal` is a share of the focal length.

    `yaw` is about the earth's vertical, `pitch` and `roll` about the camera's own axes (across the
    picture and along the optical axis).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    yaw_rad: float = Field(ge=0)
    pitch_rad: float = Field(ge=0)
    roll_rad: float = Field(ge=0)
    focal: float = Field(ge=0)
    horizontal_m: float = Field(ge=0)
    vertical_m: float = Field(ge=0)

    @property
    def covariance(self) -> Array:
        """(7, 7), in the order of `STATE`; never quite singular, so that it can be inverted."""
        sigmas = (
            self.yaw_rad,
            self.pitch_rad,
            self.roll_rad,
            self.focal,
            self.horizontal_m,
            self.horizontal_m,
            self.vertical_m,
        )
        return np.diag(np.maximum(np.array(sigmas), 1e-7) ** 2)


class ErrorBudget(BaseModel):
    """What stays through a flight, what each frame adds, and the ground's and a pixel's errors.

    `ground_height_m` is how far the whole ground may be higher or lower than thought, `relief_m`
    how far one place of it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    constant: StateSigmas
    per_frame: StateSigmas
    ground_height_m: float = Field(default=1.0, ge=0)
    relief_m: float = Field(default=0.2, ge=0)
    pixel_px: float = Field(default=2.0, gt=0)


# A compass of a few degrees, a gimbal levelled by hand, a GNSS receiver without corrections, a
# barometer, and a focal length from the data sheet. Judged, not measured on any one aircraft: give
# a file of one's own where better is known.
CONSUMER = ErrorBudget(
    constant=StateSigmas(
        yaw_rad=math.radians(2.5),
        pitch_rad=math.radians(0.8),
        roll_rad=math.radians(0.5),
        focal=0.01,
        horizontal_m=1.5,
        vertical_m=1.5,
    ),
    per_frame=StateSigmas(
        yaw_rad=math.radians(0.1),
        pitch_rad=math.radians(0.05),
        roll_rad=math.radians(0.05),
        focal=0.0,
        horizontal_m=0.1,
        vertical_m=0.1,
    ),
)
# Two antennas or a magnetometer calibrated in the air, RTK, a gimbal and lens calibrated.
SURVEYED = ErrorBudget(
    constant=StateSigmas(
        yaw_rad=math.radians(0.3),
        pitch_rad=math.radians(0.15),
        roll_rad=math.radians(0.15),
        focal=0.002,
        horizontal_m=0.03,
        vertical_m=0.05,
    ),
    per_frame=StateSigmas(
        yaw_rad=math.radians(0.05),
        pitch_rad=math.radians(0.03),
        roll_rad=math.radians(0.03),
        focal=0.0,
        horizontal_m=0.02,
        vertical_m=0.03,
    ),
    ground_height_m=0.3,
)
BUDGETS = {"consumer": CONSUMER, "surveyed": SURVEYED}
