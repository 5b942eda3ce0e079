"""Turns by circles: always there where circles fit, and within the ground, by shapely."""

import math

import numpy as np
import shapely
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, Polygon, box

from missions.patterns.sweep.winged_passes import Pass
from missions.patterns.sweep.winged_ways import in_order
from missions.patterns.turns.circles import FAR_M, TurningRoom
from missions.patterns.turns.corners import corners_of

RADIUS_M = 40.0
CORRIDOR = shapely.union_all([box(0, 0, 900, 130), box(770, 0, 900, 700), box(0, 0, 130, 700)])
assert isinstance(CORRIDOR, Polygon)
ROOM = TurningRoom(CORRIDOR, RADIUS_M)
# Circles' middles, and the courses flown beside them.
states = st.tuples(st.floats(0.0, 1.0), st.floats(0.0, 2.0 * math.pi), st.sampled_from((-1.0, 1.0)))


def state_at(drawn: tuple[float, float, float]) -> np.ndarray:
    """A state on a circle whose middle lies on the room's edge or in it."""
    along, course, side = drawn
    middle = ROOM.pieces[0].exterior.interpolate(along, normalized=True)
    east = middle.x - side * RADIUS_M * math.cos(course)
    north = middle.y + side * RADIUS_M * math.sin(course)
    return np.array((east, north, course))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(first=states, last=states)
def test_any_two_states_with_circles_are_joined_within_the_ground(
    first: tuple[float, float, float], last: tuple[float, float, float]
) -> None:
    a, b = state_at(first), state_at(last)
    assume(math.dist(a[:2], b[:2]) > 1.0)
    turn = ROOM.turn(a, b)
    assert turn is not None
    flown = np.vstack([way.states(0.05) for way in turn])
    assert np.allclose(flown[0, :2], a[:2])
    assert np.allclose(flown[-1, :2], b[:2], atol=0.5)
    off_course = math.remainder(float(flown[-1, 2] - b[2]), 2.0 * math.pi)
    assert abs(off_course) < 1e-6
    assert CORRIDOR.covers(LineString(flown[:, :2]))
    corners = [corner for way in turn for corner in (way.start[:2], *corners_of(way))]
    assert CORRIDOR.covers(LineString([*corners, b[:2]]))


def test_rooms_that_do_not_hold_together_are_not_joined() -> None:
    neck = shapely.union_all([box(0, 0, 200, 200), box(200, 90, 400, 110), box(400, 0, 600, 200)])
    room = TurningRoom(neck, RADIUS_M)
    assert len(room.pieces) == 2
    a, b = np.array((60.0, 100.0, 0.0)), np.array((540.0, 100.0, 0.0))
    assert room.turn(a, b) is None
    lengths, pieces = room.lengths(np.stack((a, b)))
    assert pieces[0] != pieces[1]
    assert lengths[0, 1] == FAR_M


def test_passes_begin_in_the_room_of_most_of_them_and_leave_each_room_once() -> None:
    halls = shapely.union_all([box(0, 0, 250, 250), box(250, 90, 400, 110), box(400, 0, 900, 900)])
    room = TurningRoom(halls, RADIUS_M)
    small = [Pass(begin=(x, 100.0), end=(x, 150.0), run_m=10.0) for x in (100.0, 150.0)]
    large = [Pass(begin=(x, 150.0), end=(x, 750.0), run_m=10.0) for x in (550.0, 650.0, 750.0)]
    ordered = in_order([*small, *large], room, RADIUS_M, (0.0, 0.0))
    assert {one.begin[0] for one, _ in ordered.passes[:3]} == {550.0, 650.0, 750.0}


def test_no_circle_fits_a_lane() -> None:
    room = TurningRoom(box(0, 0, 1000, 2.0 * RADIUS_M), RADIUS_M)
    assert room.pieces == []
    assert not room.holds(np.array((500.0, 40.0, math.pi / 2.0)))
