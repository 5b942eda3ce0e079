"""Attitude by torques: quaternions and the mixer, held against what is known of them.

Rotations are held against scipy's, the mixer against the sums that it must make.
"""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from sim.vehicle.core import mixer
from sim.vehicle.core import quaternion as q
from sim.vehicle.core.layout import CRAFT

angles = st.floats(-3.0, 3.0)
vectors = st.tuples(angles, angles, angles)
torques = st.tuples(st.floats(-2.0, 2.0), st.floats(-2.0, 2.0), st.floats(-2.0, 2.0))
Triple = q.Triple


def scipys(a: tuple[float, ...]) -> Rotation:
    return Rotation.from_quat((*a[1:], a[0]))


@settings(deadline=None)
@given(vectors, vectors, vectors)
def test_rotations_follow_each_other_as_scipys_do(first: Triple, second: Triple, v: Triple) -> None:
    one, two = q.about(*first), q.about(*second)
    both = Rotation.from_rotvec(second) * Rotation.from_rotvec(first)
    assert q.turned(q.times(two, one), v) == pytest.approx(both.apply(v), abs=1e-9)


@settings(deadline=None)
@given(vectors)
def test_heading_and_down_axis_are_those_of_the_rotation(turn: Triple) -> None:
    a = q.about(*turn)
    matrix = scipys(a).as_matrix()
    assert q.down_axis(a) == pytest.approx(matrix[:, 2], abs=1e-9)
    assert q.heading(a) == pytest.approx(math.atan2(matrix[1, 0], matrix[0, 0]), abs=1e-9)


@settings(deadline=None)
@given(vectors, vectors)
def test_shortest_rotation_brings_one_direction_onto_the_other(one: Triple, two: Triple) -> None:
    a, b = (scipys(q.about(*v)).apply((0.0, 0.0, 1.0)) for v in (one, two))
    turned = q.turned(q.shortest(tuple(a), tuple(b)), tuple(a))
    assert turned == pytest.approx(b, abs=2e-5)


def told(thrust: float, torque: Triple) -> tuple[tuple[float, ...], np.void]:
    """What the mixer tells each motor, and the record with what was not to be had."""
    craft = np.zeros(1, CRAFT)[0]
    craft["asked_thrust"] = thrust
    return mixer.mix(craft, *torque), craft


@settings(deadline=None)
@given(st.floats(0.3, 0.7), st.tuples(*[st.floats(-0.09, 0.09)] * 3))
def test_what_the_motors_can_do_is_done(thrust: float, torque: Triple) -> None:
    motors, craft = told(thrust, torque)
    assert sum(motors) / 4.0 == pytest.approx(thrust, abs=1e-9)
    made = np.array((mixer.ROLLS, mixer.PITCHES, mixer.YAWS)) @ np.array(motors)
    assert made == pytest.approx((2.0 * torque[0], 2.0 * torque[1], 4.0 * torque[2]), abs=1e-9)
    assert not np.any(craft["torque_missing"])


@settings(deadline=None)
@given(st.floats(-1.0, 2.0), torques)
def test_no_motor_is_told_more_than_it_can(thrust: float, torque: Triple) -> None:
    motors, craft = told(thrust, torque)
    assert all(0.0 <= motor <= 1.0 for motor in motors)
    assert sum(motors) / 4.0 <= max(0.0, min(thrust, 1.0)) + 0.1
    missing = craft["torque_missing"]
    assert all(
        off == 0.0 or abs(off) <= abs(asked) + 1.0
        for off, asked in zip(missing, torque, strict=True)
    )


@pytest.mark.parametrize("turned", [(0.3, 0.0, 0.0), (0.0, -0.4, 0.0), (0.2, 0.3, 1.0)])
def test_yaw_gives_way_to_roll_and_pitch(turned: Triple) -> None:
    motors, craft = told(0.5, (turned[0], turned[1], 5.0))
    rolls = np.array(mixer.ROLLS) @ np.array(motors) / 2.0
    pitches = np.array(mixer.PITCHES) @ np.array(motors) / 2.0
    assert (rolls, pitches) == pytest.approx(turned[:2], abs=0.06)
    assert craft["torque_missing"][2] > 1.0
