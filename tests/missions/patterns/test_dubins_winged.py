"""Ways between courses: they arrive, keep the radius, and are the shortest of a dense search."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from missions.patterns.turns.dubins import DubinsWay, dubins_lengths, dubins_ways_between

PLACES = st.floats(-400.0, 400.0)
COURSES = st.floats(0.0, 2.0 * math.pi)
STATES = st.tuples(PLACES, PLACES, COURSES).map(np.array)
RADII = st.floats(10.0, 150.0)


def dubins_ways(a: np.ndarray, b: np.ndarray, radius_m: float) -> list[DubinsWay]:
    return dubins_ways_between(a[None], b[None], radius_m)(0, 0)


@given(a=STATES, b=STATES, radius=RADII)
def test_every_way_arrives_at_the_place_and_course(
    a: np.ndarray, b: np.ndarray, radius: float
) -> None:
    for way in dubins_ways(a, b, radius):
        end = way.states(0.3)[-1]
        assert math.hypot(end[0] - b[0], end[1] - b[1]) < 1e-3
        assert abs(math.remainder(end[2] - b[2], 2.0 * math.pi)) < 1e-4


@given(a=STATES, b=STATES, radius=RADII)
def test_states_along_a_way_keep_the_radius(a: np.ndarray, b: np.ndarray, radius: float) -> None:
    states = dubins_ways(a, b, radius)[0].states(0.05)
    moved = np.hypot(*np.diff(states[:, :2], axis=0).T)
    turned = np.abs(np.remainder(np.diff(states[:, 2]) + math.pi, 2.0 * math.pi) - math.pi)
    # An arc's chord is 2 r sin(angle / 2).
    assert (moved + 1e-6 >= 2.0 * radius * np.sin(turned / 2.0)).all()


@given(first=STATES, a=STATES, other=STATES, b=STATES, radius=RADII)
def test_ways_reckoned_together_are_those_reckoned_alone(
    first: np.ndarray, a: np.ndarray, other: np.ndarray, b: np.ndarray, radius: float
) -> None:
    together = dubins_ways_between(np.stack((first, a)), np.stack((other, b, a)), radius)
    alone = dubins_ways(a, b, radius)
    lengths = [way.length_m for way in together(1, 1)]
    assert lengths == pytest.approx([way.length_m for way in alone], abs=1e-6)
    assert together(1, 1)[0].start == alone[0].start


@given(a=STATES, b=STATES, radius=RADII)
def test_way_back_is_as_long_as_the_way_there(a: np.ndarray, b: np.ndarray, radius: float) -> None:
    turned = np.array((0.0, 0.0, math.pi))
    there = dubins_lengths(a[None], b[None], radius)[0, 0]
    back = dubins_lengths((b + turned)[None], (a + turned)[None], radius)[0, 0]
    assert there == pytest.approx(back, abs=1e-3)


def test_turn_to_a_pass_two_radii_beside_is_half_a_circle() -> None:
    way = dubins_ways(np.array((0.0, 0.0, 0.0)), np.array((100.0, 0.0, math.pi)), 50.0)[0]
    assert way.length_m == pytest.approx(math.pi * 50.0)


def test_turn_to_a_nearer_pass_is_three_arcs() -> None:
    way = dubins_ways(np.array((0.0, 0.0, 0.0)), np.array((40.0, 0.0, math.pi)), 50.0)[0]
    assert way.word in ("RLR", "LRL")
    assert way.length_m == pytest.approx(50.0 * (math.pi + 4.0 * math.acos(0.7)), abs=1e-6)


def test_straight_on_is_straight() -> None:
    way = dubins_ways(
        np.array((0.0, 0.0, 0.3)), np.array((30.0 * math.sin(0.3), 30.0 * math.cos(0.3), 0.3)), 50.0
    )[0]
    assert way.length_m == pytest.approx(30.0)
