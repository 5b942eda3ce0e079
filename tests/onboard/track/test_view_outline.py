"""What a picture shows on the ground, held against where each pixel of its edge is placed."""

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from onboard.geolocate import CameraGeometry, PoseErrors, locate
from onboard.geolocate.rotation import R_ned_from_camera, quaternion_from_euler
from onboard.track.view_area import SIDE_SAMPLES, outline_en

CAMERA = CameraGeometry.of_field_of_view(
    width_px=960, height_px=540, horizontal_field_of_view_rad=1.22
)


@given(
    pitch_rad=st.floats(-math.pi / 2.0, 0.4),
    yaw_rad=st.floats(-math.pi, math.pi),
    roll_rad=st.floats(-0.5, 0.5),
    above_m=st.floats(-5.0, 200.0),
)
def test_an_outline_is_where_the_edge_meets_the_ground(
    pitch_rad: float, yaw_rad: float, roll_rad: float, above_m: float
) -> None:
    q = quaternion_from_euler(roll_rad=roll_rad, pitch_rad=pitch_rad, yaw_rad=yaw_rad)
    R, pixels = R_ned_from_camera(q), CAMERA.edge_pixels(SIDE_SAMPLES)
    fixes = locate(
        pixels,
        camera=CAMERA,
        R_ned_from_camera=R,
        above_plane_m=np.full(len(pixels), above_m),
        errors=PoseErrors(),
    )
    placed = fixes.en_m[fixes.hit] + (30.0, -12.0)
    told = outline_en(CAMERA, R_ned_from_camera=R, above_m=above_m, at_en=(30.0, -12.0))
    expected = placed if len(placed) >= 3 else np.empty((0, 2))
    found = np.empty((0, 2)) if told is None else told
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-9)
