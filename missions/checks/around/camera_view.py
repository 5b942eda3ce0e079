"""The ground that a camera sees from a spot: flat, at the level below it, as far as details matter.

The picture's border is followed by rays; one at or above the horizon, or that meets the ground
beyond the reach, ends at the reach. What a camera sees from along a straight way lies within the
hull of what it sees from its ends, as long as it keeps its direction.
"""

import math

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry import MultiPoint, Point
from shapely.geometry.base import BaseGeometry

from missions.camera import CameraModel
from missions.checks.around.camera_state import CameraState
from missions.checks.around.part import Kind, Part, Spot

Array = npt.NDArray[np.float64]

RAYS_A_SIDE = 6
# A camera that looks at a place, or circles, turns: its way is cut into pieces this long.
TURNING_STEP_M = 10.0
STRAIGHT_DOWN = -math.pi / 2.0
LOWEST_M = 0.1
# Nearer to level than this the ground in the picture is too far away to tell anybody by.
LEVEL_RAD = math.radians(10.0)


def is_level(camera: CameraState) -> bool:
    """Whether the camera is held level, as it is in transit."""
    return camera.at is None and camera.pitch_rad is not None and camera.pitch_rad >= -LEVEL_RAD


def pieces(part: Part, camera: CameraState) -> list[tuple[float, float]]:
    """Shares of a part on which the camera keeps its direction, or nearly so."""
    turning = camera.at is not None
    count = max(1, math.ceil(part.length_m / TURNING_STEP_M)) if turning else 1
    return [(i / count, (i + 1) / count) for i in range(min(count, 2000))]


def swept(
    part: Part,
    span: tuple[float, float],
    model: CameraModel,
    looked_at: Spot | None,
    *,
    ground_up_m: float,
    reach_m: float,
) -> BaseGeometry:
    """All the ground in the picture along a piece of a part."""
    ends = [part.at(share) for share in span]
    views = [_view(part, end, model, looked_at, ground_up_m, reach_m) for end in ends]
    return shapely.convex_hull(shapely.geometrycollections(views))


def _view(
    part: Part,
    spot: Spot,
    model: CameraModel,
    looked_at: Spot | None,
    ground_up_m: float,
    reach_m: float,
) -> BaseGeometry:
    height = max(LOWEST_M, spot[2] - ground_up_m)
    pitch, azimuth = _direction(part, spot, looked_at)
    rays = _border(model, pitch)
    flat = np.hypot(rays[:, 0], rays[:, 1])
    down = -rays[:, 2]
    # How far along the ground each ray meets it; a ray that does not goes to the reach.
    meets = np.where(down > 1e-6, height / np.maximum(down, 1e-6) * flat, reach_m)
    far = np.minimum(meets, reach_m)
    if azimuth is None:
        return Point(spot[:2]).buffer(max(float(far.max()), LOWEST_M))
    ahead = far * rays[:, 0] / np.maximum(flat, 1e-9)
    right = far * rays[:, 1] / np.maximum(flat, 1e-9)
    sine, cosine = math.sin(azimuth), math.cos(azimuth)
    east = spot[0] + ahead * sine + right * cosine
    north = spot[1] + ahead * cosine - right * sine
    return MultiPoint(np.column_stack((east, north))).convex_hull


def _direction(part: Part, spot: Spot, looked_at: Spot | None) -> tuple[float, float | None]:
    """Pitch and azimuth of the optical axis; None where it may be any azimuth."""
    camera = part.camera
    if looked_at is not None:
        east, north, up = (b - a for a, b in zip(spot, looked_at, strict=True))
        return math.atan2(up, math.hypot(east, north)), math.atan2(east, north)
    pitch = STRAIGHT_DOWN if camera.pitch_rad is None else camera.pitch_rad
    if camera.yaw_from_north:
        return pitch, camera.yaw_rad
    if part.heading_rad is None or part.kind is Kind.ROUND:
        return pitch, None
    return pitch, part.heading_rad + camera.yaw_rad


def _border(model: CameraModel, pitch: float) -> Array:
    """Unit-free rays along the picture's border: ahead, right and up, shape (n, 3)."""
    wide = math.tan(model.horizontal_field_of_view_rad / 2.0)
    high = math.tan(model.vertical_field_of_view_rad / 2.0)
    side = np.linspace(-1.0, 1.0, RAYS_A_SIDE)
    one = np.ones(RAYS_A_SIDE)
    across = wide * np.concatenate((side, side, -one, one))
    above = high * np.concatenate((one, -one, side, side))
    cosine, sine = math.cos(pitch), math.sin(pitch)
    return np.column_stack((cosine - above * sine, across, sine + above * cosine))
