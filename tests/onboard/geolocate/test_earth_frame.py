"""The exact frame on the earth and the chain of turns, held against pyproj and scipy."""

import math

import numpy as np
import pyproj
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from missions.geodesy import GeoPoint
from missions.heights import HeightAmsl
from onboard.geolocate import CameraGeometry, CameraPose
from onboard.geolocate.earth import EarthFrame
from onboard.geolocate.mounting import GimbalFrame, q_ned_from_gimbal
from onboard.geolocate.rotation import matrix_from_quaternion, quaternion_from_euler
from onboard.geolocate.sightline import Sightline

HERE = GeoPoint(latitude_deg=44.85, longitude_deg=65.51)
FRAME = EarthFrame(HERE)
CAMERA = CameraGeometry(
    width_px=1920,
    height_px=1080,
    focal_x_px=1204.0,
    focal_y_px=1207.0,
    centre_x_px=951.0,
    centre_y_px=548.0,
    distortion=(-0.11, 0.05, 0.0006, -0.0004, -0.01),
)
TOPOCENTRIC = pyproj.Transformer.from_pipeline(
    "+proj=pipeline +step +proj=unitconvert +xy_in=deg +xy_out=rad +step +proj=cart +ellps=WGS84 "
    "+step +proj=topocentric +ellps=WGS84 +lat_0=44.85 +lon_0=65.51 +h_0=0"
)
angles = st.floats(-180.0, 180.0)


@given(north=st.floats(-0.2, 0.2), east=st.floats(-0.2, 0.2), height=st.floats(-100.0, 5000.0))
@settings(max_examples=50)
def test_places_come_to_where_pyproj_puts_them(north: float, east: float, height: float) -> None:
    latitude, longitude = 44.85 + north, 65.51 + east
    ours = FRAME.enu(np.array(latitude), np.array(longitude), np.array(height))
    np.testing.assert_allclose(ours, TOPOCENTRIC.transform(longitude, latitude, height), atol=1e-5)
    back = FRAME.geodetic(ours)
    np.testing.assert_allclose(back, (latitude, longitude, height), atol=1e-6)


@given(yaw=angles, pitch=st.floats(-89.0, 30.0), roll=st.floats(-40.0, 40.0), body_yaw=angles)
@settings(max_examples=50)
def test_gimbal_on_body_turns_as_scipy_says(
    yaw: float, pitch: float, roll: float, body_yaw: float
) -> None:
    body = quaternion_from_euler(
        roll_rad=math.radians(12.0), pitch_rad=math.radians(-7.0), yaw_rad=math.radians(body_yaw)
    )
    gimbal = quaternion_from_euler(
        roll_rad=math.radians(roll), pitch_rad=math.radians(pitch), yaw_rad=math.radians(yaw)
    )
    R_body = Rotation.from_euler("ZYX", [body_yaw, -7.0, 12.0], degrees=True)
    R_gimbal = Rotation.from_euler("ZYX", [yaw, pitch, roll], degrees=True)
    on_body = q_ned_from_gimbal(gimbal, told_against=GimbalFrame.BODY, q_ned_from_body=body)
    np.testing.assert_allclose(
        matrix_from_quaternion(on_body), (R_body * R_gimbal).as_matrix(), atol=1e-12
    )
    on_heading = q_ned_from_gimbal(gimbal, told_against=GimbalFrame.HEADING, q_ned_from_body=body)
    level = Rotation.from_euler("Z", body_yaw, degrees=True)
    np.testing.assert_allclose(
        matrix_from_quaternion(on_heading), (level * R_gimbal).as_matrix(), atol=1e-12
    )


@given(
    heading=angles,
    yaw=st.floats(-0.2, 0.2),
    pitch=st.floats(-0.1, 0.1),
    roll=st.floats(-0.1, 0.1),
    focal=st.floats(-0.05, 0.05),
)
@settings(max_examples=40)
def test_errors_of_a_view_act_as_their_names_say(
    heading: float, yaw: float, pitch: float, roll: float, focal: float
) -> None:
    """Oracle: a pinhole behind scipy's turns, seen from a place 2 km away from the origin."""
    place = GeoPoint(latitude_deg=44.868, longitude_deg=65.51)
    told = quaternion_from_euler(
        roll_rad=0.0, pitch_rad=math.radians(-45.0), yaw_rad=math.radians(heading)
    )
    plain = CameraGeometry.of_field_of_view(
        width_px=1920, height_px=1080, horizontal_field_of_view_rad=1.2
    )
    pose = CameraPose(position=place, height=HeightAmsl(300.0), q_ned_from_gimbal=told)
    sightline = Sightline.of(pose, height_m=300.0, camera=plain, frame=FRAME)
    errors = np.array([[yaw, pitch, roll, focal, 3.0, -2.0, 1.5]])
    turned = Rotation.from_euler("ZYX", [math.radians(heading) + yaw, math.radians(-45.0), 0.0])
    turned = turned * Rotation.from_euler("YX", [pitch, roll])
    ahead_frd = np.array([100.0, 14.0, -9.0])
    ned = turned.apply(ahead_frd) + np.array([-2.0, 3.0, -1.5])
    # The point's own place, by pyproj, from the camera's own local axes.
    local = pyproj.Transformer.from_pipeline(
        "+proj=pipeline +step +proj=topocentric +ellps=WGS84 +lat_0=44.868 +lon_0=65.51 +h_0=300 "
        "+inv +step +proj=topocentric +ellps=WGS84 +lat_0=44.85 +lon_0=65.51 +h_0=0"
    )
    point = np.array(local.transform(ned[1], ned[0], -ned[2]))
    focal_px = plain.focal_x_px * math.exp(focal)
    expected = (959.5 + focal_px * 0.14, 539.5 - focal_px * 0.09)
    np.testing.assert_allclose(sightline.pixels(point[None], errors)[0], expected, atol=1e-3)
    ray = sightline.directions(np.array([expected]), errors)[0]
    toward = point - sightline.origins(errors[0])
    np.testing.assert_allclose(ray, toward / np.linalg.norm(toward), atol=1e-8)


@given(u=st.floats(0.0, 1919.0), v=st.floats(0.0, 1079.0))
@settings(max_examples=60)
def test_a_distorted_pixel_is_the_pixel_of_its_own_ray(u: float, v: float) -> None:
    back = CAMERA.pixels(CAMERA.rays(np.array([[u, v]])))
    np.testing.assert_allclose(back, [[u, v]], atol=1e-4)


def test_a_picture_cut_from_the_sensor_keeps_its_width_and_its_middle() -> None:
    full = CameraGeometry.of_field_of_view(
        width_px=5280, height_px=3956, horizontal_field_of_view_rad=1.22
    )
    video = full.cropped_to(3840, 2160)
    assert video.focal_x_px == pytest.approx(full.focal_x_px * 3840 / 5280)
    assert (video.centre_x_px, video.centre_y_px) == pytest.approx((1919.5, 1079.5), abs=0.3)
    assert video.zoomed(2.0).focal_y_px == pytest.approx(2.0 * video.focal_y_px)
