"""Where a vehicle and its gimbal truly are at one instant: what the camera and the judge look at.

This is the simulation's truth, not what the vehicle reports over MAVLink.
"""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Quaternion = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class VehiclePose:
    """Truth about one vehicle at one virtual instant.

    Latitude and longitude in degrees (WGS 84), heights in metres. Both rotation matrices are 3x3:
    a column vector in the named source frame, multiplied from the left, gives north-east-down.
    Body axes: x forward, y right, z down. Gimbal axes: x along the optical axis, y to the
    picture's right, z to the picture's bottom; at rest they coincide with the body's.
    `gimbal_quaternion` is (w, x, y, z) of the same rotation as `R_ned_from_gimbal`.
    """

    latitude_deg: float
    longitude_deg: float
    height_amsl_m: float
    height_above_home_m: float
    R_ned_from_body: Array
    R_ned_from_gimbal: Array
    gimbal_quaternion: Quaternion
    airborne: bool
    boot_s: float
    utc: datetime
