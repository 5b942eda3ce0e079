"""What of the ground a frame shows: the view that is reported to a hub."""

import math

import numpy as np

from missions.geodesy import LocalPlane
from missions.heights import HeightAmsl
from onboard.geolocate.camera import CameraGeometry
from onboard.geolocate.pose import CameraPose
from onboard.messages import ViewReport

FARTHEST_DEPRESSION_RAD = math.radians(3.0)


def view(pose: CameraPose, camera: CameraGeometry, ground: HeightAmsl) -> ViewReport:
    """The camera's place, its optical axis and its footprint.

    Where the frame reaches the horizon its far side is drawn where rays go down by 3 degrees, and
    the footprint is empty where not even the lower corners see ground.
    """
    R = pose.R_ned_from_camera
    north, east, down = R[:, 2]
    return ViewReport(
        latitude_deg=pose.position.latitude_deg,
        longitude_deg=pose.position.longitude_deg,
        height_amsl_m=pose.height_amsl_m(ground),
        height_above_ground_m=pose.height_above_ground_m(ground),
        optical_axis_bearing_rad=math.atan2(east, north) % math.tau,
        optical_axis_elevation_rad=-math.asin(max(-1.0, min(1.0, down))),
        footprint=_footprint(pose, camera, ground),
    )


def _footprint(
    pose: CameraPose, camera: CameraGeometry, ground: HeightAmsl
) -> tuple[tuple[float, float], ...]:
    height_m = pose.height_above_ground_m(ground)
    d = camera.rays(camera.edge_pixels()) @ pose.R_ned_from_camera.T
    flat = np.hypot(d[:, 0], d[:, 1])
    lowest = flat * math.tan(FARTHEST_DEPRESSION_RAD)
    if height_m <= 0.0 or not (d[:, 2] > lowest).any():
        return ()
    scale = height_m / np.maximum(d[:, 2], lowest)
    en = (d[:, :2] * scale[:, None])[:, ::-1]
    places = LocalPlane(pose.position).geo_from_en(en)
    return tuple((round(float(lat), 7), round(float(lon), 7)) for lat, lon in places)
