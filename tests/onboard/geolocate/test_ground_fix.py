"""Pixels to the earth, held against OpenCV's projection, pyproj's geodesy and plain sampling."""

import math

import cv2
import numpy as np
import pyproj
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from missions.geodesy import GeoPoint, LocalPlane
from missions.heights import HeightAboveGround, HeightAmsl
from onboard.geolocate import CameraGeometry, CameraPose, Outcome, PoseErrors, ellipse, locate, view
from onboard.geolocate.rotation import R_ned_from_camera, quaternion_from_euler

CAMERA = CameraGeometry.of_field_of_view(
    width_px=960, height_px=540, horizontal_field_of_view_rad=math.radians(70.0)
)
DISTORTED = CameraGeometry(
    width_px=1920,
    height_px=1080,
    focal_x_px=1204.0,
    focal_y_px=1207.0,
    centre_x_px=951.0,
    centre_y_px=548.0,
    distortion=(-0.11, 0.05, 0.0006, -0.0004, -0.01),
)
HERE = GeoPoint(latitude_deg=44.85, longitude_deg=65.51)


def attitude(pitch_deg: float, yaw_deg: float, roll_deg: float = 0.0) -> np.ndarray:
    q = quaternion_from_euler(
        roll_rad=math.radians(roll_deg),
        pitch_rad=math.radians(pitch_deg),
        yaw_rad=math.radians(yaw_deg),
    )
    return R_ned_from_camera(q)


def projected(camera: CameraGeometry, R: np.ndarray, ned_m: np.ndarray) -> np.ndarray:
    rotation_vector, _ = cv2.Rodrigues(R.T)
    distortion = np.array(camera.distortion or (0.0,) * 5)
    pixels, _ = cv2.projectPoints(
        ned_m[:, None], rotation_vector, np.zeros(3), camera.matrix, distortion
    )
    return pixels[:, 0]


@given(
    pitch=st.floats(-89.0, -25.0),
    yaw=st.floats(-180.0, 180.0),
    roll=st.floats(-8.0, 8.0),
    height=st.floats(10.0, 150.0),
)
@settings(max_examples=60)
@pytest.mark.parametrize("camera", [CAMERA, DISTORTED], ids=["pinhole", "distorted"])
def test_what_opencv_projects_is_found_again(
    camera: CameraGeometry, pitch: float, yaw: float, roll: float, height: float
) -> None:
    R = attitude(pitch, yaw, roll)
    axis = R[:, 2] * (height / R[2, 2])
    ned = axis + np.array([[0, 0, 0], [0.1, 0, 0], [0, -0.08, 0], [0.05, 0.06, 0]]) * height
    fixes = locate(
        projected(camera, R, ned),
        camera=camera,
        R_ned_from_camera=R,
        above_plane_m=np.full(4, height),
        errors=PoseErrors(),
    )
    assert fixes.hit.all()
    np.testing.assert_allclose(fixes.en_m, ned[:, 1::-1], atol=0.02 * height / 10.0)


def test_ground_point_agrees_with_pyproj_on_the_earth() -> None:
    """The optical axis at -45 degrees and bearing 60 meets the ground as far ahead as it is high.

    Oracle: pyproj's geodesic forward on WGS 84.
    """
    fixes = locate(
        np.array([[CAMERA.centre_x_px, CAMERA.centre_y_px]]),
        camera=CAMERA,
        R_ned_from_camera=attitude(-45.0, 60.0),
        above_plane_m=np.array([80.0]),
        errors=PoseErrors(),
    )
    place = LocalPlane(HERE).geo(*fixes.en_m[0])
    longitude, latitude, _ = pyproj.Geod(ellps="WGS84").fwd(
        HERE.longitude_deg, HERE.latitude_deg, 60.0, 80.0
    )
    assert place.latitude_deg == pytest.approx(latitude, abs=1e-8)
    assert place.longitude_deg == pytest.approx(longitude, abs=1e-8)


def test_ray_above_horizon_has_no_ground_point() -> None:
    fixes = locate(
        np.array([[480.0, 0.0], [480.0, 269.0], [480.0, 500.0]]),
        camera=CAMERA,
        R_ned_from_camera=attitude(-2.0, 0.0),
        above_plane_m=np.full(3, 50.0),
        errors=PoseErrors(),
    )
    outcomes = [Outcome(each) for each in fixes.outcome]
    assert outcomes == [Outcome.ABOVE_HORIZON, Outcome.TOO_SHALLOW, Outcome.HIT]
    assert np.isnan(fixes.en_m[:2]).all()


def test_ground_above_the_camera_has_no_ground_point() -> None:
    fixes = locate(
        np.array([[480.0, 270.0]]),
        camera=CAMERA,
        R_ned_from_camera=attitude(-45.0, 0.0),
        above_plane_m=np.array([-1.0]),
        errors=PoseErrors(),
    )
    assert Outcome(fixes.outcome[0]) is Outcome.ABOVE_HORIZON


@pytest.mark.parametrize(("pitch", "yaw"), [(-90.0, 10.0), (-45.0, 60.0), (-30.0, -120.0)])
def test_covariance_is_that_of_sampling_every_error(pitch: float, yaw: float) -> None:
    """Oracle: 40,000 poses and pixels drawn with scipy's rotations, each put through geometry."""
    errors = PoseErrors(heading_rad=0.02, tilt_rad=0.006, gimbal_rad=0.005, pixel_px=3.0)
    rng = np.random.default_rng(4)
    count, height = 40_000, 60.0
    R, pixel = attitude(pitch, yaw), np.array([[600.0, 330.0]])
    fixes = locate(
        pixel,
        camera=CAMERA,
        R_ned_from_camera=R,
        above_plane_m=np.array([height]),
        errors=errors,
    )
    of_earth = rng.normal(0, [errors.tilt_rad, errors.tilt_rad, errors.heading_rad], (count, 3))
    of_gimbal = rng.normal(0, errors.gimbal_rad, (count, 3))
    turned = Rotation.from_rotvec(of_earth) * Rotation.from_matrix(R)
    rays = CAMERA.rays(pixel + rng.normal(0, errors.pixel_px, (count, 2)))
    d = (turned * Rotation.from_rotvec(of_gimbal)).apply(rays)
    down = height + rng.normal(0, math.hypot(errors.vertical_m, errors.ground_height_m), count)
    north_east = d[:, :2] / d[:, 2:] * down[:, None] + rng.normal(
        0, errors.horizontal_m, (count, 2)
    )
    sampled = np.cov(north_east[:, ::-1].T)
    told = fixes.own_m2[0] + fixes.shared_m2[0]
    np.testing.assert_allclose(told, sampled, rtol=0.08, atol=0.03 * sampled.max())


def test_ninety_per_cent_of_samples_lie_in_the_ellipse() -> None:
    covariance = np.array([[9.0, 4.0], [4.0, 5.0]])
    told = ellipse(covariance)
    samples = np.random.default_rng(1).multivariate_normal([0, 0], covariance, 50_000)
    along = np.array([math.sin(told.orientation_rad), math.cos(told.orientation_rad)])
    across = np.array([along[1], -along[0]])
    inside = (samples @ along / told.semi_major_m) ** 2 + (
        samples @ across / told.semi_minor_m
    ) ** 2 <= 1.0
    assert inside.mean() == pytest.approx(0.9, abs=0.005)


def test_the_ellipse_of_a_far_view_points_along_the_view() -> None:
    R = attitude(-30.0, 40.0)
    fixes = locate(
        np.array([[480.0, 270.0]]),
        camera=CAMERA,
        R_ned_from_camera=R,
        above_plane_m=np.array([60.0]),
        errors=PoseErrors(heading_rad=0.002),
    )
    told = ellipse(fixes.own_m2[0] + fixes.shared_m2[0])
    assert math.degrees(told.orientation_rad) == pytest.approx(40.0, abs=4.0)


def pose(pitch_deg: float, height_m: float) -> CameraPose:
    return CameraPose(
        position=HERE,
        height=HeightAboveGround(height_m),
        q_ned_from_gimbal=quaternion_from_euler(
            roll_rad=0.0, pitch_rad=math.radians(pitch_deg), yaw_rad=0.0
        ),
    )


def test_footprint_of_a_camera_that_looks_straight_down_is_a_rectangle_around_it() -> None:
    report = view(pose(-90.0, 100.0), CAMERA, HeightAmsl(129.0))
    ring = LocalPlane(HERE).en_from_geo(*np.array(report.footprint).T)
    width = 2.0 * 100.0 * math.tan(math.radians(35.0))
    assert np.ptp(ring[:, 0]) == pytest.approx(width * 959 / 960, rel=1e-3)
    assert np.ptp(ring[:, 1]) == pytest.approx(width * 539 / 960, rel=1e-3)
    assert report.height_amsl_m == pytest.approx(229.0)


def test_footprint_that_reaches_the_horizon_stays_finite() -> None:
    report = view(pose(-10.0, 50.0), CAMERA, HeightAmsl(0.0))
    ring = LocalPlane(HERE).en_from_geo(*np.array(report.footprint).T)
    assert np.hypot(*ring.T).max() < 1100.0


def test_camera_on_the_ground_has_no_footprint() -> None:
    assert view(pose(-45.0, 0.0), CAMERA, HeightAmsl(0.0)).footprint == ()


def test_camera_of_another_picture_size_sees_the_same_rays() -> None:
    double = CAMERA.of_size(1920, 1080)
    np.testing.assert_allclose(
        double.rays(np.array([[1000.5, 700.5]])), CAMERA.rays(np.array([[500.0, 350.0]])), rtol=1e-9
    )
