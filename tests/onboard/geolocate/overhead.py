"""What a camera sees of one place from 100 m above it, half way down, from any side."""

import math

import numpy as np

from missions.geodesy import GeoPoint
from missions.heights import HeightAmsl
from onboard.geolocate import CameraGeometry, CameraPose
from onboard.geolocate.earth import EarthFrame
from onboard.geolocate.rotation import quaternion_from_euler
from onboard.geolocate.sightline import Sightline

FRAME = EarthFrame(GeoPoint(latitude_deg=44.85, longitude_deg=65.51))
CAMERA = CameraGeometry.of_field_of_view(
    width_px=1920, height_px=1080, horizontal_field_of_view_rad=math.radians(70.0)
)


def line(heading_rad: float) -> Sightline:
    east, north = -100.0 * math.sin(heading_rad), -100.0 * math.cos(heading_rad)
    latitude, longitude, _ = FRAME.geodetic(np.array([east, north, 0.0]))
    pose = CameraPose(
        position=GeoPoint(latitude_deg=float(latitude), longitude_deg=float(longitude)),
        height=HeightAmsl(100.0),
        q_ned_from_gimbal=quaternion_from_euler(
            roll_rad=0.0, pitch_rad=math.radians(-45.0), yaw_rad=heading_rad
        ),
    )
    return Sightline.of(pose, height_m=100.0, camera=CAMERA, frame=FRAME)
