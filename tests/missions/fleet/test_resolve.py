"""A fleet kept apart by layers and delays."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from missions.assemble import Assembly, assemble
from missions.fleet.resolve import Apart, Timetable, keep_apart
from missions.fleet.separation import Separation, conflict_between, forbidden_delays_s
from missions.fleet.timed_flight import Datum, TimedFlight, straight_flight
from missions.geodesy import GeoPoint, LocalPlane
from missions.heights import HeightAboveHome, HeightAmsl
from missions.path import PathPoint, PatrolPath
from missions.plan import Home
from missions.vehicle import default_vehicle

PLANE = LocalPlane(GeoPoint(latitude_deg=44.84, longitude_deg=65.5))
APART = Separation(horizontal_m=20.0, vertical_m=10.0, margin_s=2.0, margin_share=0.02)

coordinate = st.integers(-60, 60).map(float)
steps = st.tuples(st.integers(2, 30).map(float), coordinate, coordinate, st.integers(0, 30))
tracks = st.lists(steps, min_size=2, max_size=5)


def flight(name: str, rows: list[tuple[float, float, float, float]]) -> TimedFlight:
    """A flight from nought on whose rows are seconds since the row before, east, north and up."""
    track = np.array(rows, dtype=np.float64)
    track[:, 0] = np.cumsum(track[:, 0]) - track[0, 0]
    return TimedFlight(name=name, plane=PLANE, track=track)


def crossing(name: str, up_m: float, turn: float) -> TimedFlight:
    """Over the middle at ten seconds, from a direction."""
    east, north = 100.0 * np.cos(turn), 100.0 * np.sin(turn)
    return flight(name, [(0.0, -east, -north, up_m), (20.0, east, north, up_m)])


def timetable(*flights: TimedFlight, layers: int = 1, swap_s: float = 0.0) -> Timetable:
    """One drone's flights, the layers of each one after the other."""
    return Timetable(
        count=len(flights) // layers,
        layers=layers,
        flight=lambda number, layer: flights[number * layers + layer],
        swap_s=swap_s,
    )


def starts_s(kept: Apart) -> list[float]:
    """When each drone's first flight begins."""
    return [mine[0].starts_s for mine in kept.drones]


def assert_apart(kept: Apart) -> None:
    pairs = itertools.combinations(kept.drones, 2)
    flown = [(a.flight, b.flight) for one, other in pairs for a in one for b in other]
    assert not any(conflict_between(a, b, APART) for a, b in flown)


@settings(max_examples=60, deadline=None)
@given(fleet=st.lists(tracks, min_size=2, max_size=4))
def test_no_two_of_a_fleet_ever_come_too_near(
    fleet: list[list[tuple[float, float, float, float]]],
) -> None:
    flights = [flight(str(i), rows) for i, rows in enumerate(fleet)]
    kept = keep_apart([timetable(one) for one in flights], APART)
    assert_apart(kept)
    assert min(starts_s(kept)) == 0.0
    flown = [one.later(at) for one, at in zip(flights, starts_s(kept), strict=True)]
    assert kept.done_s == pytest.approx(max(one.ends_s for one in flown))


@settings(max_examples=40, deadline=None)
@given(
    fleet=st.lists(st.lists(tracks, min_size=0, max_size=3), min_size=2, max_size=5),
    swap_s=st.sampled_from([0.0, 20.0]),
)
def test_no_two_flights_of_several_drones_come_too_near_and_each_waits_for_its_battery(
    fleet: list[list[list[tuple[float, float, float, float]]]], swap_s: float
) -> None:
    flights = [[flight(str(i), rows) for rows in mine] for i, mine in enumerate(fleet)]
    kept = keep_apart([timetable(*mine, swap_s=swap_s) for mine in flights], APART)
    assert_apart(kept)
    assert [len(mine) for mine in kept.drones] == [len(mine) for mine in flights]
    pairs = [pair for mine in kept.drones for pair in itertools.pairwise(mine)]
    assert all(b.starts_s >= a.flight.ends_s + swap_s for a, b in pairs)
    assert all(one.waits_s >= 0.0 for mine in kept.drones for one in mine)


@settings(max_examples=60, deadline=None)
@given(first=tracks, second=tracks)
def test_of_two_drones_none_waits_longer_than_it_must(
    first: list[tuple[float, float, float, float]],
    second: list[tuple[float, float, float, float]],
) -> None:
    one, other = flight("one", first), flight("other", second)
    kept = keep_apart([timetable(one), timetable(other)], APART)
    # Every pair of delays of which one is nought, a quarter of a second apart.
    longest = one.ends_s + other.ends_s + 10.0
    intervals = forbidden_delays_s(one, other, APART)
    free = [
        (delay, max(one.ends_s + max(-delay, 0.0), other.ends_s + max(delay, 0.0)))
        for delay in np.arange(-longest, longest, 0.25)
        if not ((intervals[:, 0] < delay) & (delay < intervals[:, 1])).any()
    ]
    assert kept.done_s <= min(done for _, done in free) + 1e-2


def test_drones_that_are_apart_anyway_do_not_wait() -> None:
    east = flight("east", [(0.0, 500.0, 0.0, 0.0), (30.0, 500.0, 0.0, 60.0)])
    west = flight("west", [(0.0, -500.0, 0.0, 0.0), (30.0, -500.0, 0.0, 60.0)])
    kept = keep_apart([timetable(east), timetable(west)], APART)
    assert starts_s(kept) == [0.0, 0.0]


def test_a_layer_is_taken_rather_than_a_wait() -> None:
    low = crossing("low", 50.0, 0.0)
    other = [crossing("other", 50.0 + 10.0 * layer, 1.5) for layer in range(2)]
    kept = keep_apart([timetable(low), timetable(*other, layers=2)], APART)
    assert [mine[0].layer for mine in kept.drones] == [0, 1]
    assert starts_s(kept) == [0.0, 0.0]


def test_a_wait_is_taken_rather_than_a_layer_that_the_battery_does_not_last_for() -> None:
    low = crossing("low", 50.0, 0.0)
    other = [crossing("other", 50.0 + 10.0 * layer, 1.5) for layer in range(2)]
    lasting = replace(timetable(*other, layers=2), lasts=lambda _number, _layer: False)
    kept = keep_apart([timetable(low), lasting], APART)
    assert [mine[0].layer for mine in kept.drones] == [0, 0]
    assert sorted(starts_s(kept))[1] > 0.0
    assert_apart(kept)


def test_a_layer_is_timed_only_where_a_flight_would_have_to_wait() -> None:
    asked: list[tuple[int, int]] = []

    def timed(number: int, layer: int) -> TimedFlight:
        asked.append((number, layer))
        return crossing("one", 50.0 + 10.0 * layer, 0.0)

    alone = Timetable(count=2, layers=3, flight=timed, swap_s=30.0)
    keep_apart([alone, timetable(crossing("far", 900.0, 1.0))], APART)
    assert set(asked) == {(0, 0), (1, 0)}


def test_of_a_drones_flights_only_those_wait_that_must() -> None:
    one = crossing("one", 50.0, 0.0)
    clear = flight("clear", [(0.0, 900.0, 0.0, 50.0), (20.0, 900.0, 90.0, 50.0)])
    second = crossing("other", 50.0, 1.5)
    fleet = [timetable(one, one, swap_s=80.0), timetable(clear, second, swap_s=80.0)]
    kept = keep_apart(fleet, APART)
    assert_apart(kept)
    assert starts_s(kept) == [0.0, 0.0]
    assert sum(one.waits_s > 0.0 for mine in kept.drones for one in mine) == 1


def test_many_drones_on_one_pad_take_off_one_after_the_other() -> None:
    column = [(0.0, 0.0, 0.0, 0.0), (20.0, 0.0, 0.0, 60.0)]
    fleet = [
        timetable(flight(str(i), [*column, (30.0, 300.0 * np.cos(i), 300.0 * np.sin(i), 60.0)]))
        for i in range(8)
    ]
    kept = keep_apart(fleet, APART, seed=3)
    assert_apart(kept)
    assert len({round(at, 3) for at in starts_s(kept)}) == 8
    assert starts_s(keep_apart(fleet, APART, seed=3)) == starts_s(kept)


def test_a_layer_is_flown_to_and_from_the_task_and_left_only_over_it() -> None:
    points = [PLANE.geo(200.0, 0.0), PLANE.geo(300.0, 0.0)]
    path = PatrolPath(
        pattern="test",
        points=tuple(PathPoint(position=one, height=HeightAboveHome(50.0)) for one in points),
    )
    home = Home(position=PLANE.origin, height=HeightAmsl(0.0))
    how = Assembly(speed_m_s=10.0, transit_height=HeightAboveHome(70.0))
    flown = straight_flight(
        assemble(path, home, how), default_vehicle(), name="one", datum=Datum(plane=PLANE)
    ).track
    away = (flown[:, 1] > 1.0) & (flown[:, 1] < 199.0)
    assert set(flown[away, 3].round(6)) == {70.0}
    assert flown[:, 3].min() == 0.0
    assert 50.0 in flown[:, 3].round(6)
