"""Two flights that keep apart, by an oracle that only samples them."""

import math

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from missions.assemble import Assembly, assemble
from missions.fleet.separation import (
    Separation,
    conflict_between,
    conflicts,
    forbidden_delays_s,
    merged,
)
from missions.fleet.timed_flight import Datum, TimedFlight, straight_flight, timed_flight
from missions.geodesy import GeoPoint, LocalPlane
from missions.heights import HeightAboveHome, HeightAmsl
from missions.path import PathPoint, PatrolPath
from missions.plan import Command, Frame, Home, MissionItem, Plan
from missions.plan_time import plan_time_s
from missions.time_model import flight_time_s
from missions.vehicle import default_vehicle

PLANE = LocalPlane(GeoPoint(latitude_deg=44.84, longitude_deg=65.5))
EXACT = Separation(horizontal_m=20.0, vertical_m=10.0, margin_s=0.0, margin_share=0.0)

coordinate = st.integers(-60, 60).map(float)
steps = st.tuples(st.integers(1, 30).map(float), coordinate, coordinate, st.integers(0, 30))
tracks = st.lists(steps, min_size=2, max_size=6)
margins = st.sampled_from([(0.0, 0.0), (4.0, 0.0), (0.0, 0.1), (3.0, 0.05)])


def flight(name: str, rows: list[tuple[float, float, float, float]]) -> TimedFlight:
    """A flight whose rows are seconds since the row before, east, north and up."""
    track = np.array(rows, dtype=np.float64)
    track[:, 0] = np.cumsum(track[:, 0])
    return TimedFlight(name=name, plane=PLANE, track=track)


def sampled(one: TimedFlight, step_s: float) -> npt.NDArray[np.float64]:
    """Times and places along a flight."""
    count = math.ceil((one.ends_s - one.starts_s) / step_s) + 1
    times = np.unique(np.append(np.linspace(one.starts_s, one.ends_s, count), one.track[:, 0]))
    places = [np.interp(times, one.track[:, 0], one.track[:, i]) for i in (1, 2, 3)]
    return np.column_stack((times, *places))


def least_excess(one: TimedFlight, other: TimedFlight, apart: Separation) -> tuple[float, float]:
    """By sampling: how far inside (below nought) or outside the two are of being too near, as the
    larger of both distances' excess, and the least distance over the ground of those too near."""
    a, b = sampled(one, 0.5), sampled(other, 0.5)
    flown = (a[:, None, 0] - a[0, 0]) + (b[None, :, 0] - b[0, 0])
    clocks = np.abs(a[:, None, 0] - b[None, :, 0])
    meet = clocks <= apart.margin_s + apart.margin_share * flown + 0.26
    over = np.hypot(*(a[:, None, i] - b[None, :, i] for i in (1, 2))) - apart.horizontal_m
    high = np.abs(a[:, None, 3] - b[None, :, 3]) - apart.vertical_m
    worse = np.where(meet, np.maximum(over, high), np.inf)
    too_near = np.where(meet & (high < 0.0), over + apart.horizontal_m, np.inf)
    return float(worse.min()), float(too_near.min())


@settings(max_examples=150, deadline=None)
@given(first=tracks, second=tracks, margin=margins)
def test_a_pair_said_to_keep_apart_does_so_at_every_sampled_moment(
    first: list[tuple[float, float, float, float]],
    second: list[tuple[float, float, float, float]],
    margin: tuple[float, float],
) -> None:
    one, other = flight("one", first), flight("other", second)
    apart = Separation(
        horizontal_m=20.0, vertical_m=10.0, margin_s=margin[0], margin_share=margin[1]
    )
    found = conflict_between(one, other, apart)
    excess, nearest = least_excess(one, other, apart)
    # Between samples half a second apart nothing moves further than this.
    moved = 0.6 * max(fastest(one) + fastest(other), 1.0)
    assert (found is not None) or excess > -moved
    assert (found is None) or excess < moved
    if found is not None and math.isfinite(nearest):
        assert found.horizontal_m <= nearest + moved
        assert found.horizontal_m < 20.0
        assert found.vertical_m < 10.0


def fastest(one: TimedFlight) -> float:
    """The most speed, in any direction."""
    rows = np.diff(one.track, axis=0)
    return float((np.linalg.norm(rows[:, 1:], axis=1) / rows[:, 0]).max())


@settings(max_examples=100, deadline=None)
@given(first=tracks, second=tracks, margin=margins, delay_s=st.integers(-120, 120).map(float))
def test_delays_are_forbidden_exactly_where_there_is_a_conflict(
    first: list[tuple[float, float, float, float]],
    second: list[tuple[float, float, float, float]],
    margin: tuple[float, float],
    delay_s: float,
) -> None:
    one, other = flight("one", first), flight("other", second)
    apart = Separation(margin_s=margin[0], margin_share=margin[1])
    intervals = forbidden_delays_s(one, other, apart)
    inside = ((intervals[:, 0] + 1e-4 < delay_s) & (delay_s < intervals[:, 1] - 1e-4)).any()
    at_edge = (np.abs(intervals - delay_s) <= 1e-4).any()
    found = conflict_between(one, other.later(delay_s), apart)
    assert at_edge or (found is not None) == inside


@settings(max_examples=60, deadline=None)
@given(first=tracks, second=tracks, margin=margins)
def test_a_conflict_is_the_same_whoever_is_named_first(
    first: list[tuple[float, float, float, float]],
    second: list[tuple[float, float, float, float]],
    margin: tuple[float, float],
) -> None:
    one, other = flight("one", first), flight("other", second)
    apart = Separation(margin_s=margin[0], margin_share=margin[1])
    there, back = conflict_between(one, other, apart), conflict_between(other, one, apart)
    assert (there is None) == (back is None)
    if there is not None and back is not None:
        assert there.from_s == pytest.approx(back.from_s, abs=1e-4)
        assert there.horizontal_m == pytest.approx(back.horizontal_m, abs=1e-4)


def test_drones_that_meet_head_on_are_in_conflict_from_the_distance_on() -> None:
    one = flight("one", [(0.0, -100.0, 0.0, 50.0), (20.0, 100.0, 0.0, 50.0)])
    other = flight("other", [(0.0, 100.0, 0.0, 50.0), (20.0, -100.0, 0.0, 50.0)])
    found = conflict_between(one, other, EXACT)
    assert found is not None
    assert found.from_s == pytest.approx(9.0, abs=1e-6)
    assert found.first_at_s == pytest.approx(10.0, abs=1e-6)
    assert found.horizontal_m == pytest.approx(0.0, abs=1e-6)
    assert PLANE.en(found.place) == pytest.approx((0.0, 0.0), abs=1e-3)


def test_a_layer_of_just_the_vertical_distance_is_enough() -> None:
    one = flight("one", [(0.0, -100.0, 0.0, 50.0), (20.0, 100.0, 0.0, 50.0)])
    above = flight("above", [(0.0, 100.0, 0.0, 60.0), (20.0, -100.0, 0.0, 60.0)])
    too_low = flight("too low", [(0.0, 100.0, 0.0, 59.9), (20.0, -100.0, 0.0, 59.9)])
    assert conflict_between(one, above, EXACT) is None
    assert conflict_between(one, too_low, EXACT) is not None


def test_crossing_one_after_the_other_is_a_conflict_only_if_clocks_may_differ() -> None:
    one = flight("one", [(0.0, -100.0, 0.0, 50.0), (20.0, 100.0, 0.0, 50.0)])
    other = flight("other", [(8.0, 0.0, -100.0, 50.0), (20.0, 0.0, 100.0, 50.0)])
    assert conflict_between(one, other, EXACT) is None
    wide = Separation(margin_s=8.0, margin_share=0.0)
    found = conflict_between(one, other, wide)
    assert found is not None
    assert found.second_at_s - found.first_at_s == pytest.approx(8.0, abs=0.1)


def test_a_drone_that_has_landed_is_in_nobodys_way() -> None:
    one = flight("one", [(0.0, 0.0, 0.0, 0.0), (10.0, 0.0, 0.0, 30.0), (20.0, 0.0, 0.0, 0.0)])
    other = one.later(40.0)
    assert conflict_between(one, other, EXACT) is None
    assert conflict_between(one, one.later(20.0), EXACT) is not None


def test_conflicts_are_told_pair_by_pair_the_earliest_first() -> None:
    one = flight("one", [(0.0, 0.0, 0.0, 50.0), (100.0, 1000.0, 0.0, 50.0)])
    late = flight("late", [(0.0, 800.0, -400.0, 50.0), (100.0, 800.0, 100.0, 50.0)])
    early = flight("early", [(0.0, 200.0, -100.0, 50.0), (100.0, 200.0, 400.0, 50.0)])
    found = conflicts([one, late, early], EXACT)
    assert [(each.first, each.second) for each in found] == [("one", "early"), ("one", "late")]


def test_intervals_that_meet_become_one() -> None:
    given_intervals = np.array([(5.0, 6.0), (0.0, 2.0), (1.0, 3.0), (6.0, 7.0)])
    assert merged(given_intervals).tolist() == [[0.0, 3.0], [5.0, 7.0]]


def plan_of(points: list[tuple[float, float]], *, dwell_s: float = 0.0) -> Plan:
    """A plan over points in metres at 50 m from a home at the plane's origin."""
    path = PatrolPath(
        pattern="test",
        points=tuple(
            PathPoint(position=PLANE.geo(*point), height=HeightAboveHome(50.0), dwell_s=dwell_s)
            for point in points
        ),
    )
    home = Home(position=PLANE.origin, height=HeightAmsl(130.0))
    return assemble(path, home, Assembly(speed_m_s=10.0))


def test_a_plan_in_time_takes_off_flies_and_lands_in_columns() -> None:
    vehicle = default_vehicle()
    flown = straight_flight(
        plan_of([(0.0, 300.0), (400.0, 300.0)]),
        vehicle,
        name="one",
        datum=Datum(plane=PLANE, level_amsl_m=100.0),
        starts_s=100.0,
    )
    assert flown.starts_s == 100.0
    assert flown.track[0, 1:].tolist() == pytest.approx([0.0, 0.0, 30.0], abs=1e-6)
    climbed = flown.at(100.0 + 50.0 / vehicle.climb_speed_m_s)
    assert climbed is not None
    assert climbed.tolist() == pytest.approx([0.0, 0.0, 80.0], abs=1e-6)
    assert flown.track[-1, 1:].tolist() == pytest.approx([0.0, 0.0, 30.0], abs=1e-6)
    # It is above the height that PX4 returns at: it returns as high as it is.
    level = flight_time_s(
        np.array([(0.0, 0.0), (0.0, 300.0), (400.0, 300.0)]), vehicle, speed_m_s=10.0
    ) + flight_time_s(np.array([(400.0, 300.0), (0.0, 0.0)]), vehicle, speed_m_s=10.0)
    vertical = 50.0 / vehicle.climb_speed_m_s + 50.0 / vehicle.descent_speed_m_s
    assert flown.ends_s - 100.0 == pytest.approx(level + vertical, rel=1e-6)


def test_a_multirotor_is_followed_as_px4_flies_it() -> None:
    vehicle = default_vehicle()
    plan = plan_of([(0.0, 300.0), (400.0, 300.0)])
    flown = timed_flight(
        plan,
        vehicle,
        name="one",
        datum=Datum(plane=LocalPlane(PLANE.geo(1000.0, 0.0)), level_amsl_m=100.0),
        starts_s=100.0,
    )
    assert flown.track[0].tolist() == pytest.approx([101.1, -1000.0, 0.0, 30.0], abs=0.2)
    assert flown.track[-1, 1:].tolist() == pytest.approx([-1000.0, 0.0, 30.0], abs=1.0)
    assert flown.ends_s == pytest.approx(100.0 + plan_time_s(plan, vehicle), abs=2.0)
    nearest = np.hypot(flown.track[:, 1] + 600.0, flown.track[:, 2] - 300.0).min()
    assert nearest < 5.0
    assert flown.track[:, 3].max() == pytest.approx(80.0, abs=2.0)


def test_a_return_below_its_height_climbs_to_it_first() -> None:
    plan = plan_of([(400.0, 0.0)])
    flown = straight_flight(
        plan,
        default_vehicle(),
        name="one",
        datum=Datum(plane=PLANE, level_amsl_m=130.0),
        return_height_m=70.0,
    )
    at_top = flown.track[flown.track[:, 3] > 69.9]
    assert at_top[:, 1].max() == pytest.approx(400.0, abs=0.1)
    assert at_top[:, 1].min() == pytest.approx(0.0, abs=0.1)


def test_a_leg_is_followed_through_its_acceleration_within_half_a_metre() -> None:
    vehicle = default_vehicle()
    flown = straight_flight(
        plan_of([(200.0, 0.0)], dwell_s=5.0), vehicle, name="one", datum=Datum(plane=PLANE)
    )
    lifted_s = 50.0 / vehicle.climb_speed_m_s
    a, top = vehicle.acceleration_m_s2, 10.0
    for seconds in (0.5, 1.0, 2.0, 3.0):
        place = flown.at(lifted_s + seconds)
        assert place is not None
        assert place[0] == pytest.approx(min(a * seconds**2 / 2.0, top * seconds), abs=0.5)


def test_jumps_are_flown_as_often_as_they_say() -> None:
    plan = plan_of([(100.0, 0.0), (200.0, 0.0)])
    waypoints = [i for i, one in enumerate(plan.items) if one.command == Command.NAV_WAYPOINT]
    jump = MissionItem(
        command=Command.DO_JUMP,
        frame=Frame.MISSION,
        params=(float(waypoints[0]), 2.0, 0.0, 0.0, 0.0, 0.0, 0.0),
    )
    repeated = Plan(
        items=(*plan.items[: waypoints[-1] + 1], jump, *plan.items[waypoints[-1] + 1 :]),
        home=plan.home,
    )
    flown = straight_flight(repeated, default_vehicle(), name="one", datum=Datum(plane=PLANE))
    assert int((np.diff(np.sign(flown.track[:, 1] - 150.0)) > 0).sum()) == 3


def test_a_jump_that_never_ends_is_followed_for_the_battery_and_no_longer() -> None:
    plan = plan_of([(100.0, 0.0), (200.0, 0.0)])
    ever = MissionItem(
        command=Command.DO_JUMP, frame=Frame.MISSION, params=(2.0, -1.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    )
    endless = Plan(items=(*plan.items[:-1], ever), home=plan.home)
    vehicle = default_vehicle()
    flown = straight_flight(endless, vehicle, name="one", datum=Datum(plane=PLANE))
    assert vehicle.endurance_s < flown.ends_s < vehicle.endurance_s + 60.0


def test_a_plan_that_neither_lands_nor_returns_holds_at_its_end() -> None:
    plan = plan_of([(100.0, 0.0), (200.0, 0.0)])
    vehicle = default_vehicle()
    held = straight_flight(
        Plan(items=plan.items[:-1], home=plan.home),
        vehicle,
        name="one",
        datum=Datum(plane=PLANE, level_amsl_m=130.0),
    )
    assert held.ends_s == pytest.approx(vehicle.endurance_s)
    assert held.track[-1, 1:].tolist() == pytest.approx([200.0, 0.0, 50.0], abs=1e-3)


def test_a_plan_with_nothing_to_fly_to_is_no_flight() -> None:
    with pytest.raises(ValueError, match="empty has nothing to fly to"):
        timed_flight(Plan(), default_vehicle(), name="empty", datum=Datum(plane=PLANE))
