"""The footprint against rays cast through the picture's corners."""

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from missions.camera import CameraModel, footprint, known_cameras, read_cameras
from missions.errors import BadInput
from missions.heights import HeightAboveGround

SIM = known_cameras()["qyran-sim"]


def corner_on_ground(
    camera: CameraModel, height_m: float, pitch_rad: float, x_px: float, y_px: float
) -> tuple[float, float]:
    """Ahead and right, metres, of the ground point that a pixel sees: a ray through a pinhole."""
    right = x_px - camera.image_width_px / 2.0
    down = y_px - camera.image_height_px / 2.0
    ray = np.array((camera.focal_length_px, right, down))
    cosine, sine = math.cos(pitch_rad), math.sin(pitch_rad)
    forward = ray[0] * cosine + ray[2] * sine
    downward = -ray[0] * sine + ray[2] * cosine
    return height_m * forward / downward, height_m * ray[1] / downward


@given(height=st.floats(5.0, 200.0), pitch=st.floats(math.radians(-90.0), math.radians(-25.0)))
def test_footprint_is_where_the_corner_rays_meet_the_ground(height: float, pitch: float) -> None:
    seen = footprint(SIM, height=HeightAboveGround(height), gimbal_pitch_rad=pitch)
    assert seen is not None
    far, half_far = corner_on_ground(SIM, height, pitch, SIM.image_width_px, 0.0)
    near, half_near = corner_on_ground(SIM, height, pitch, SIM.image_width_px, SIM.image_height_px)
    assert math.isclose(seen.far_m, far, abs_tol=1e-6 * height)
    assert math.isclose(seen.near_m, near, abs_tol=1e-6 * height)
    assert math.isclose(seen.far_width_m, 2.0 * half_far, rel_tol=1e-9)
    assert math.isclose(seen.near_width_m, 2.0 * half_near, rel_tol=1e-9)


def test_nadir_ground_sample_is_the_survey_formula() -> None:
    camera = known_cameras()["sony-a6000-16mm"]
    seen = footprint(camera, height=HeightAboveGround(80.0), gimbal_pitch_rad=-math.pi / 2)
    assert seen is not None
    # QGroundControl: distance * sensor width * 100 / (image width * focal length), cm a pixel.
    assert math.isclose(seen.ground_sample_m * 100.0, 80.0 * 23.5 * 100.0 / (6000 * 16.0))


def test_picture_with_the_horizon_in_it_has_no_footprint() -> None:
    seen = footprint(SIM, height=HeightAboveGround(50.0), gimbal_pitch_rad=math.radians(-15.0))
    assert seen is None


def test_simulated_camera_is_as_the_brief_says() -> None:
    assert (SIM.image_width_px, SIM.image_height_px) == (960, 540)
    assert math.isclose(SIM.horizontal_field_of_view_rad, math.radians(70.0))


def test_every_known_camera_names_its_source() -> None:
    assert all(camera.source for camera in known_cameras().values())


def test_camera_file_with_an_unknown_key_is_refused_by_name(tmp_path: Path) -> None:
    file = tmp_path / "cameras.toml"
    file.write_text('[[camera]]\nname = "x"\nimage_width_px = 10\nimage_height_px = 10\nzoom = 2\n')
    with pytest.raises(BadInput, match="zoom"):
        read_cameras(file)


def test_camera_without_geometry_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "cameras.toml"
    file.write_text('[[camera]]\nname = "x"\nimage_width_px = 10\nimage_height_px = 10\n')
    with pytest.raises(BadInput, match="field_of_view"):
        read_cameras(file)


def test_missing_camera_file_is_bad_input(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"none\.toml"):
        read_cameras(tmp_path / "none.toml")
