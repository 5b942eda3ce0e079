"""The track of a wing as PX4 guides it: v1.17, DirectionalGuidance, passed_curr_wp."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from missions.patterns.turns.corners import corners_of
from missions.patterns.turns.dubins import DubinsWay
from missions.vehicle import Vehicle, VehicleKind
from missions.winged_track import Guided, Spot, WingedTrack, heading_of

RADIUS_M = 50.0
WING = Vehicle(
    name="wing",
    kind=VehicleKind.FIXED_WING,
    cruise_speed_m_s=16.0,
    min_airspeed_m_s=12.0,
    max_airspeed_m_s=22.0,
    turn_radius_m=RADIUS_M,
)
HOW = Guided.of(WING)


def flown(places: list[Spot]) -> np.ndarray:
    track = WingedTrack(HOW, places[0], heading_of(*places[:2]))
    legs = [track.follow(a, b) for a, b in itertools.pairwise(places)]
    return np.array([*(spot for leg in legs for spot in leg), track.at])


def turned_rad(track: np.ndarray) -> float:
    steps = np.diff(track, axis=0)
    steps = steps[np.hypot(*steps.T) > 1e-6]
    courses = np.unwrap(np.arctan2(steps[:, 1], steps[:, 0]))
    return float(np.abs(np.diff(courses)).sum())


def test_next_place_is_flown_to_within_px4s_switch_distance() -> None:
    """0.32 of 16 m/s times 10 s times 0.7071."""
    assert HOW.accepted_m == pytest.approx(36.2, abs=0.05)
    assert flown([(0.0, 0.0), (1000.0, 0.0)])[-1, 0] == pytest.approx(963.8, abs=0.1)


def test_slow_wing_is_content_with_nav_acc_rad() -> None:
    slow = WING.model_copy(update={"cruise_speed_m_s": 4.0})
    assert Guided.of(slow).accepted_m == slow.px4.nav_acc_rad_m


def test_corner_is_cut_and_the_next_leg_joined_after_a_swing_of_less_than_a_radius() -> None:
    track = flown([(0.0, 0.0), (600.0, 0.0), (600.0, 900.0)])
    assert track[:, 0].max() - 600.0 == pytest.approx(15.0, abs=1.0)
    assert abs(track[-1, 0] - 600.0) < 1.0


def test_arc_drawn_by_close_corners_is_flown_without_a_circle() -> None:
    """The next corner lies within the turning circle of the one before: it is passed."""
    arc = DubinsWay(
        word="SLS",
        parts_m=(0.0, math.pi * RADIUS_M, 0.0),
        start=(300.0, 0.0, math.pi / 2.0),
        radius_m=RADIUS_M,
    )
    corners = corners_of(arc)
    assert math.dist(*corners[:2]) < 2.0 * RADIUS_M
    track = flown([(0.0, 0.0), (300.0, 0.0), *corners, (300.0, 100.0), (0.0, 100.0)])
    assert turned_rad(track) < 1.5 * math.pi
    off_m = np.abs(np.hypot(track[:, 0] - 300.0, track[:, 1] - 50.0) - RADIUS_M)
    assert off_m[track[:, 0] > 310.0].max() < RADIUS_M / 2.0


places = st.lists(
    st.tuples(st.floats(-600.0, 600.0), st.floats(-600.0, 600.0)), min_size=3, max_size=8
).filter(lambda spots: all(math.dist(a, b) > 1.0 for a, b in itertools.pairwise(spots)))


@settings(max_examples=100, deadline=None)
@given(places)
def test_track_never_turns_tighter_than_its_radius_and_ends(spots: list[Spot]) -> None:
    track = flown(spots)
    steps = np.diff(track, axis=0)
    lengths = np.hypot(*steps.T)
    steps, lengths = steps[lengths > 1e-6], lengths[lengths > 1e-6]
    courses = np.unwrap(np.arctan2(steps[:, 1], steps[:, 0]))
    assert (np.abs(np.diff(courses)) <= lengths[1:] / RADIUS_M + 1e-6).all()
    whole = sum(math.dist(a, b) for a, b in itertools.pairwise(spots))
    assert lengths.sum() < whole + len(spots) * 20.0 * RADIUS_M
