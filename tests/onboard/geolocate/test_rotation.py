"""Held against scipy's rotations, which nobody here wrote."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation, Slerp

from onboard.geolocate import rotation

angles = st.floats(-3.0, 3.0)


def wxyz(turn: Rotation) -> tuple[float, float, float, float]:
    x, y, z, w = turn.as_quat()
    return float(w), float(x), float(y), float(z)


@given(roll=angles, pitch=st.floats(-1.5, 1.5), yaw=angles)
def test_euler_angles_make_the_same_matrix_as_scipy(roll: float, pitch: float, yaw: float) -> None:
    q = rotation.quaternion_from_euler(roll_rad=roll, pitch_rad=pitch, yaw_rad=yaw)
    expected = Rotation.from_euler("ZYX", [yaw, pitch, roll]).as_matrix()
    np.testing.assert_allclose(rotation.matrix_from_quaternion(q), expected, atol=1e-12)
    assert rotation.yaw_of(q) == pytest.approx(yaw, abs=1e-9)


@given(seed=st.integers(0, 10_000))
def test_product_turns_by_the_second_first(seed: int) -> None:
    a, b = Rotation.random(2, random_state=seed)
    got = rotation.matrix_from_quaternion(rotation.product(wxyz(a), wxyz(b)))
    np.testing.assert_allclose(got, (a * b).as_matrix(), atol=1e-12)


@given(seed=st.integers(0, 10_000), share=st.floats(0.0, 1.0))
def test_slerp_is_scipys(seed: int, share: float) -> None:
    ends = Rotation.random(2, random_state=seed)
    got = rotation.matrix_from_quaternion(rotation.slerp(wxyz(ends[0]), wxyz(ends[1]), share))
    expected = Slerp([0.0, 1.0], ends)(share).as_matrix()
    np.testing.assert_allclose(got, expected, atol=1e-7)


def test_slerp_takes_the_shorter_way_when_a_quaternion_changes_its_sign() -> None:
    q = rotation.quaternion_from_euler(roll_rad=0.0, pitch_rad=-0.8, yaw_rad=1.0)
    flipped = tuple(-part for part in q)
    half = rotation.slerp(q, flipped, 0.5)  # type: ignore[arg-type]
    np.testing.assert_allclose(
        rotation.matrix_from_quaternion(half), rotation.matrix_from_quaternion(q), atol=1e-12
    )


def test_camera_that_looks_north_and_down_has_its_axes_where_they_should_be() -> None:
    down_by_45 = rotation.quaternion_from_euler(roll_rad=0.0, pitch_rad=-np.pi / 4, yaw_rad=0.0)
    R = rotation.R_ned_from_camera(down_by_45)
    half = np.sqrt(0.5)
    np.testing.assert_allclose(R @ [0, 0, 1], [half, 0, half], atol=1e-12)
    np.testing.assert_allclose(R @ [1, 0, 0], [0, 1, 0], atol=1e-12)
    np.testing.assert_allclose(R @ [0, 1, 0], [-half, 0, half], atol=1e-12)
