"""A wing as PX4 guides it: v1.17, DirectionalGuidance, navigateWaypoints, passed_curr_wp."""

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from missions.px4_flight.parameters import Px4Parameters
from missions.px4_wings.guided import Guided
from missions.px4_wings.stages import CIRCLE, DIRECT, LINE, NOWHERE, Spot, Stage, tangent
from missions.px4_wings.track import State, every_track, heading_of, track_along
from missions.vehicle import Vehicle, VehicleKind

SPEED_M_S = 16.0
WING = Vehicle(
    name="wing",
    kind=VehicleKind.FIXED_WING,
    cruise_speed_m_s=SPEED_M_S,
    min_airspeed_m_s=12.0,
    max_airspeed_m_s=22.0,
    turn_radius_m=50.0,
)
TIGHT, WIDE = Guided.of(WING)
# 0.32 of 16 m/s times 10 s times 0.7.
SWITCH_M = 35.84


def legs(places: list[Spot]) -> list[Stage]:
    pairs = itertools.pairwise(places)
    return [Stage(kind=LINE, a=a, b=b, speed_m_s=SPEED_M_S) for a, b in pairs if a != b]


def flown(stages: list[Stage], how: Guided) -> np.ndarray:
    start = State(at=stages[0].a, heading=heading_of(stages[0].a, stages[0].b))
    return np.vstack(track_along(stages, how, start))


def test_wing_is_followed_as_tight_as_px4_lets_it_and_as_wide_as_it_is_said_to_turn() -> None:
    assert math.degrees(TIGHT.bank_rad) == 50.0
    assert SPEED_M_S**2 / (9.80665 * math.tan(WIDE.bank_rad)) == pytest.approx(50.0)


def test_wing_that_turns_as_tightly_as_px4_lets_it_is_followed_once() -> None:
    (only,) = Guided.of(WING.model_copy(update={"px4": Px4Parameters(fw_r_lim_deg=27.0)}))
    assert math.degrees(only.bank_rad) == 27.0


@pytest.mark.parametrize("how", [TIGHT, WIDE])
def test_next_leg_begins_within_px4s_switch_distance(how: Guided) -> None:
    track = flown(legs([(0.0, 0.0), (1000.0, 0.0)]), how)
    assert 1000.0 - track[-1, 0] == pytest.approx(SWITCH_M, abs=2.0)


def test_tighter_turn_swings_out_less_and_both_join_the_next_leg() -> None:
    corner = legs([(0.0, 0.0), (600.0, 0.0), (600.0, 900.0)])
    tight, wide = flown(corner, TIGHT), flown(corner, WIDE)
    assert tight[:, 0].max() < 610.0 < wide[:, 0].max()
    assert abs(tight[-1, 0] - 600.0) < 1.0
    assert abs(wide[-1, 0] - 600.0) < 1.0


def test_wing_turns_round_to_the_side_that_it_is_told() -> None:
    back = legs([(0.0, 0.0), (600.0, 0.0), (0.0, 0.0)])
    to_left, to_right = (flown(back, replace(TIGHT, side=side)) for side in (1.0, -1.0))
    assert to_left[:, 1].max() > 20.0 > 8.0 > -to_left[:, 1].min()
    assert to_right[:, 1].min() < -20.0 < -8.0 < -to_right[:, 1].max()


@pytest.mark.parametrize("side", [1.0, -1.0])
def test_circle_is_flown_at_its_radius_and_left_towards_the_next_place(side: float) -> None:
    circle = Stage(
        kind=CIRCLE,
        a=(900.0, 0.0),
        b=(300.0, 0.0),
        speed_m_s=SPEED_M_S,
        radius_m=side * 80.0,
        lasts=60.0,
    )
    track = track_along([circle], TIGHT, State(at=(0.0, 0.0), heading=0.0))[0]
    away = np.hypot(track[:, 0] - 300.0, track[:, 1])
    assert np.abs(away[-100:] - 80.0).max() < 3.0
    assert track[-1, 1] * side < 0.0
    assert tangent(circle, (900.0, 0.0))[1] * side < 0.0


def test_circle_that_may_be_left_at_any_time_is_left_when_its_time_is_over() -> None:
    circle = Stage(kind=CIRCLE, a=NOWHERE, b=(300.0, 0.0), speed_m_s=SPEED_M_S, radius_m=80.0)
    track = track_along([circle], TIGHT, State(at=(300.0, -80.0), heading=0.0))[0]
    assert len(track) <= 3


places = st.lists(
    st.tuples(st.floats(-600.0, 600.0), st.floats(-600.0, 600.0)), min_size=3, max_size=8
).filter(lambda spots: all(math.dist(a, b) > 1.0 for a, b in itertools.pairwise(spots)))


@settings(max_examples=100, deadline=None)
@given(places, st.sampled_from((TIGHT, WIDE)))
def test_track_never_turns_tighter_than_its_bank_and_ends(spots: list[Spot], how: Guided) -> None:
    track = flown(legs(spots), how)
    steps = np.diff(track, axis=0)
    lengths = np.hypot(*steps.T)
    steps, lengths = steps[lengths > 0.1], lengths[lengths > 0.1]
    turned = np.abs(np.diff(np.unwrap(np.arctan2(steps[:, 1], steps[:, 0]))))
    radius_m = SPEED_M_S**2 / (9.80665 * math.tan(how.bank_rad))
    assert (turned <= np.maximum(lengths[1:], lengths[:-1]) / radius_m * 1.01 + 1e-6).all()
    whole = sum(math.dist(a, b) for a, b in itertools.pairwise(spots))
    assert lengths.sum() < whole + len(spots) * 20.0 * 50.0


def test_way_that_turns_right_round_is_followed_to_both_sides() -> None:
    back = legs([(0.0, 0.0), (600.0, 0.0), (0.0, 0.0)])
    to_left, to_right = map(np.vstack, every_track(back, TIGHT, State(at=(0.0, 0.0), heading=0.0)))
    assert to_left[:, 1].max() > 20.0
    assert to_right[:, 1].min() < -20.0


def test_way_without_such_a_turn_is_followed_once() -> None:
    onto = legs([(0.0, 0.0), (600.0, 0.0), (600.0, 900.0)])
    assert len(list(every_track(onto, TIGHT, State(at=(0.0, 0.0), heading=0.0)))) == 1


def test_leg_that_a_wing_comes_to_the_other_way_is_followed_to_both_sides() -> None:
    """No corner is sharp: it is how the flight before has turned it."""
    onto = legs([(0.0, 0.0), (600.0, 0.0)])
    assert len(list(every_track(onto, TIGHT, State(at=(40.0, 0.0), heading=math.pi)))) == 2


def in_wind(how: Guided, east_m_s: float, north_m_s: float) -> Guided:
    return replace(how, wind_en_m_s=(east_m_s, north_m_s))


@settings(max_examples=20, deadline=None)
@given(wind_m_s=st.floats(0.0, 10.0), toward=st.floats(-math.pi, math.pi))
def test_line_is_held_over_the_ground_in_any_wind(wind_m_s: float, toward: float) -> None:
    how = in_wind(TIGHT, wind_m_s * math.cos(toward), wind_m_s * math.sin(toward))
    track = flown(legs([(0.0, 0.0), (2500.0, 0.0)]), how)
    settled = track[track[:, 0] > 1200.0]
    assert len(settled) > 0
    assert np.abs(settled[:, 1]).max() < 0.5
    assert np.abs(track[:, 1]).max() < 60.0


@pytest.mark.parametrize("how", [TIGHT, WIDE])
def test_turn_with_the_wind_from_behind_swings_out_the_furthest(how: Guided) -> None:
    corner = legs([(0.0, 0.0), (600.0, 0.0), (600.0, 900.0)])
    behind, still, ahead = (
        flown(corner, in_wind(how, east, 0.0))[:, 0].max() for east in (8.0, 0.0, -8.0)
    )
    assert behind > still + 1.0
    assert still >= ahead


def test_turn_right_round_out_of_the_wind_is_no_wider_than_all_of_it_from_behind_makes_it() -> None:
    """A bank at its limit: the radius goes with the square of the speed over the ground."""
    wind_m_s, start = 6.0, State(at=(0.0, 0.0), heading=0.0)
    back = [Stage(kind=DIRECT, a=(0.0, 0.0), b=(-2000.0, 1.0), speed_m_s=SPEED_M_S)]
    still, blown = (
        track_along(back, in_wind(WIDE, east, 0.0), start)[0][:, 0].max()
        for east in (0.0, wind_m_s)
    )
    assert still + wind_m_s < blown < ((SPEED_M_S + wind_m_s) / SPEED_M_S) ** 2 * still
