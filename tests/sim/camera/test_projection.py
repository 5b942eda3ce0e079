"""The simulated camera's projection, against cv2.projectPoints, pyproj and scipy's rotations."""

import math

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Transformer
from scipy.spatial.transform import Rotation

from missions.geodesy import GeoPoint, LocalPlane
from sim.camera.projection import Pinhole, View, view

ORIGIN = GeoPoint(latitude_deg=44.85, longitude_deg=65.51)
PLANE = LocalPlane(ORIGIN)
CAMERA = Pinhole(width_px=960, height_px=540, horizontal_field_of_view_rad=math.radians(70.0))
ECEF = Transformer.from_crs("EPSG:4979", "EPSG:4978", always_xy=True)

pitches = st.floats(math.radians(-88.0), math.radians(-25.0))
yaws = st.floats(-math.pi, math.pi)
places = st.floats(-3000.0, 3000.0)
heights = st.floats(20.0, 150.0)
shares = st.floats(0.05, 0.95)


def _rotation(yaw_rad: float, pitch_rad: float, roll_rad: float = 0.0) -> np.ndarray:
    return Rotation.from_euler("ZYX", (yaw_rad, pitch_rad, roll_rad)).as_matrix()


def _view(east: float, north: float, height: float, R_ned_from_gimbal: np.ndarray) -> View:
    return view(
        CAMERA,
        PLANE,
        at=PLANE.geo(east, north),
        height_above_ground_m=height,
        R_ned_from_gimbal=R_ned_from_gimbal,
    )


def _pixel_by_others(point: GeoPoint, at: GeoPoint, height: float, R: np.ndarray) -> np.ndarray:
    """pyproj places the point in the vehicle's north-east-down, OpenCV projects it."""
    target = np.array(ECEF.transform(point.longitude_deg, point.latitude_deg, 0.0))
    lens = np.array(ECEF.transform(at.longitude_deg, at.latitude_deg, height))
    north, east = math.radians(at.latitude_deg), math.radians(at.longitude_deg)
    R_ecef_from_ned = Rotation.from_euler("ZY", (east, -north - math.pi / 2.0)).as_matrix()
    ned = R_ecef_from_ned.T @ (target - lens)
    R_camera_from_gimbal = np.array([[0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [1.0, 0.0, 0.0]])
    turn, _ = cv2.Rodrigues(R_camera_from_gimbal @ R.T)
    focal = 480.0 / math.tan(math.radians(35.0))
    matrix = np.array([[focal, 0.0, 479.5], [0.0, focal, 269.5], [0.0, 0.0, 1.0]])
    pixels, _ = cv2.projectPoints(ned.reshape(1, 3), turn, np.zeros(3), matrix, None)
    return np.asarray(pixels).reshape(2)


@given(east=places, north=places, height=heights, yaw=yaws, pitch=pitches, x=shares, y=shares)
def test_a_place_on_the_ground_falls_where_pyproj_and_opencv_put_it(
    east: float, north: float, height: float, yaw: float, pitch: float, x: float, y: float
) -> None:
    R = _rotation(yaw, pitch)
    seen_from = _view(east, north, height, R)
    ground = seen_from.ground_of_pixel(x * 960.0, y * 540.0)
    near = np.array([east, north]) if ground is None else ground
    away = near - (east, north)
    target = np.array([east, north]) + away * min(1.0, 250.0 / max(np.hypot(*away), 1.0))

    _, ours = seen_from.depth_and_pixels(np.array([[*target, 0.0]]))
    others = _pixel_by_others(PLANE.geo(*target), PLANE.geo(east, north), height, R)

    # A tenth of a pixel is the curve of the earth under a view of 250 m.
    np.testing.assert_allclose(ours[0], others, atol=0.12)


@given(yaw=yaws, pitch=pitches, x=shares, y=shares)
def test_a_pixel_goes_to_the_ground_and_back(yaw: float, pitch: float, x: float, y: float) -> None:
    seen_from = _view(120.0, -340.0, 60.0, _rotation(yaw, pitch))
    ground = seen_from.ground_of_pixel(x * 960.0, y * 540.0)
    spot = np.array([120.0, -340.0]) if ground is None else ground

    homography = seen_from.pixels_from_ground @ (*spot, 1.0)
    _, pixels = seen_from.depth_and_pixels(np.array([[*spot, 0.0]]))

    np.testing.assert_allclose(homography[:2] / homography[2], pixels[0], atol=1e-6)


def test_what_lies_ahead_of_a_level_view_is_in_the_middle() -> None:
    seen_from = _view(0.0, 0.0, 50.0, _rotation(math.radians(90.0), 0.0))

    depth, pixels = seen_from.depth_and_pixels(np.array([[100.0, 0.0, 50.0]]))

    assert depth[0] == pytest.approx(100.0)
    np.testing.assert_allclose(pixels[0], (479.5, 269.5), atol=1e-9)


def test_right_of_the_view_is_right_in_the_picture_and_up_is_up() -> None:
    looking_north = _view(0.0, 0.0, 50.0, _rotation(0.0, 0.0))

    _, pixels = looking_north.depth_and_pixels(np.array([[10.0, 100.0, 50.0], [0.0, 100.0, 60.0]]))

    assert pixels[0, 0] > 479.5
    assert pixels[1, 1] < 269.5


def test_a_pixel_above_the_horizon_has_no_ground() -> None:
    level = _view(0.0, 0.0, 50.0, _rotation(0.0, 0.0))

    assert level.ground_of_pixel(480.0, 100.0) is None


def test_a_solid_behind_the_camera_cannot_show() -> None:
    looking_north = _view(0.0, 0.0, 50.0, _rotation(0.0, math.radians(-45.0)))
    cube = np.array([[x, y, z] for x in (0.0, 5.0) for y in (0.0, 5.0) for z in (0.0, 5.0)])

    shown = looking_north.may_show(cube + np.array([[[0.0, -60.0, 0.0]], [[0.0, 45.0, 0.0]]]))

    assert shown.tolist() == [False, True]
