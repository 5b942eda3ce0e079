"""The point of no return, and the wind that moves it."""

import itertools
import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from missions.checks import Finding, Severity, check
from missions.checks.around.endurance import Battery, moments, most_needed, way_home
from missions.checks.around.link import Station
from missions.checks.around.track import flown_track
from missions.checks.surroundings import Surroundings, findings_around
from missions.geodesy import distance_m
from missions.plan import MissionItem, Plan
from missions.vehicle import Vehicle, known_vehicles
from missions.wind import CALM, Wind

SHORT = Vehicle(name="short", endurance_s=600.0, reserve_fraction=0.25, max_airspeed_m_s=15.0)
FROM_WEST = math.radians(270.0)
BY_POWER = SHORT.model_copy(
    update={
        "name": "by power",
        "hover_power_w": 300.0,
        "cruise_power_w": 260.0,
        "battery_wh": 150.0,
    }
)
VEHICLES = [SHORT, BY_POWER, *known_vehicles().values()]


def found(plan: Plan, vehicle: Vehicle = SHORT, wind: Wind = CALM) -> dict[str, Finding]:
    around = Surroundings(wind=wind)
    return {one.rule: one for one in check(plan, vehicle=vehicle, surroundings=around)}


def test_a_flight_within_the_battery_has_no_finding(here: Any) -> None:
    assert found(here.flight(here.to(1000, 0))) == {}


def test_past_the_point_of_no_return_is_an_error_at_that_place(here: Any) -> None:
    one = found(here.flight(here.to(1000, 0), here.to(5000, 0)))["point-of-no-return"]
    assert one.severity is Severity.ERROR
    assert one.item == 2
    assert one.place is not None
    east = distance_m(here.origin, one.place)
    # 450 s are usable. Up 50 m 17 s, out x/10, up 10 m 3 s, home x/10 and a start of 3 s, down
    # 50 m at 1.5 m/s, 5 m at 1.1 and 5 m at 0.7: 45 s; a start of 2 s at the beginning.
    assert east == pytest.approx(10.0 * (450 - 17 - 3 - 3 - 45 - 2) / 2.0, abs=30.0)
    assert "the way home from there takes" in one.message
    assert "endurance" not in found(here.flight(here.to(1000, 0), here.to(5000, 0)))


def test_a_wind_against_the_way_home_brings_it_nearer(here: Any) -> None:
    plan = here.flight(here.to(5000, 0))
    places = []
    for speed in (0.0, 4.0, 8.0):
        place = found(plan, wind=Wind(speed_m_s=speed, from_rad=FROM_WEST))["point-of-no-return"]
        assert place.place is not None
        places.append(distance_m(here.origin, place.place))
    # At 8 m/s the way home is flown at 15 - 8 m/s over the ground, at 4 still at 10.
    assert places[0] == pytest.approx(places[1], abs=1.0)
    assert places[2] < places[1] - 200.0


def test_home_that_cannot_be_reached_against_the_wind_is_said(here: Any) -> None:
    storm = Wind(speed_m_s=16.0, from_rad=FROM_WEST)
    one = found(here.flight(here.to(100, 0)), wind=storm)["point-of-no-return"]
    assert "home cannot be reached against the wind" in one.message


def test_with_powers_known_the_battery_is_held_in_watt_hours(here: Any) -> None:
    strong = SHORT.model_copy(
        update={"hover_power_w": 200.0, "cruise_power_w": 180.0, "battery_wh": 200.0}
    )
    assert found(here.flight(here.to(5000, 0)), strong) == {}
    assert "point-of-no-return" in found(here.flight(here.to(5000, 0)), SHORT)


def test_beyond_cruise_speed_power_grows_with_its_cube() -> None:
    battery = Battery(
        vehicle=SHORT.model_copy(
            update={"hover_power_w": 200.0, "cruise_power_w": 160.0, "battery_wh": 100.0}
        )
    )
    assert battery.used(1.0, 5.0) == pytest.approx(180.0)
    assert battery.used(1.0, 12.0) == pytest.approx(160.0 * 1.2**3)


def test_jumps_are_flown_as_often_as_they_say(here: Any) -> None:
    lap = (here.to(400, 0), here.to(400, 400), here.to(0, 400))
    assert found(here.flight(*lap)) == {}
    often = here.flight(*lap, here.do(177, 1, 5))
    assert "point-of-no-return" in found(often)
    forever = found(here.flight(*lap, here.do(177, 1, -1)))["point-of-no-return"]
    assert "the flight has no end" in forever.message


@pytest.mark.parametrize("count", [-1.0, math.nan, math.inf])
def test_a_lap_that_goes_nowhere_ends_all_the_same(here: Any, count: float) -> None:
    plan = here.flight(here.to(100, 0), here.to(100, 0), here.do(177, 1, count))
    track = flown_track(plan, SHORT)
    assert track is not None
    assert track.endless


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 1e30])
def test_numbers_that_are_none_are_answered(here: Any, value: float) -> None:
    place = here.to(100, 0).params
    odd = (
        here.do(178, 1.0, value, -1.0),
        here.to(100, 0, up=value),
        here.to(100, 50, command=19, one=value),
        here.do(93, value),
        here.do(1000, value, value, 0.0, 0.0, value),
        here.do(206, value),
        here.do(177, value, 3),
        MissionItem(command=16, frame=0, params=(value, value, value, value, *place[4:6], value)),
        MissionItem(command=195, frame=3, params=(0.0, 0.0, 0.0, 0.0, *place[4:6], value)),
    )
    around = Surroundings(
        wind=Wind(speed_m_s=5.0, from_rad=1.0),
        privacy=(here.square(50, 0, 10),),
        people=(here.square(50, 0, 10),),
        station=Station(place=here.origin),
        link_range_m=10.0,
    )
    for item in odd:
        assert isinstance(findings_around(here.flight(item), SHORT, around), list)


def test_a_plan_without_home_says_that_it_was_not_checked(here: Any) -> None:
    plan = here.flight(here.to(100, 0))
    lost = Plan(items=plan.items)
    assert "around-needs-home" in found(lost)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.floats(-3000, 3000), st.floats(-3000, 3000), st.floats(5, 120)),
        min_size=1,
        max_size=8,
    ),
    st.floats(0.0, 9.0),
    st.floats(0.0, 2.0 * math.pi),
)
def test_before_the_point_of_no_return_home_is_always_within_the_battery(
    here: Any, spots: list[tuple[float, float, float]], speed: float, blows: float
) -> None:
    wind = Wind(speed_m_s=speed, from_rad=blows)
    plan = here.flight(*(here.to(*spot) for spot in spots))
    track = flown_track(plan, SHORT, wind=wind)
    assert track is not None
    battery = Battery(vehicle=SHORT)
    one = found(plan, wind=wind).get("point-of-no-return")
    samples = moments(track, SHORT, wind, return_height_m=30.0)
    good = [sample.needed <= battery.usable for sample in samples]
    assert (one is None) == all(good)
    direct = way_home(samples[-1].spot, SHORT, wind, battery, return_height_m=30.0)
    assert direct.seconds >= 0.0
    assert all(a.at_s <= b.at_s and a.used <= b.used for a, b in itertools.pairwise(samples))


@pytest.mark.parametrize("vehicle", VEHICLES, ids=lambda one: one.name)
@settings(max_examples=15, deadline=None)
@given(
    places=st.lists(
        st.tuples(st.integers(-4000, 4000), st.integers(-4000, 4000)), min_size=1, max_size=6
    ),
    wind_m_s=st.floats(0.0, 18.0),
    return_height_m=st.floats(5.0, 90.0),
)
def test_the_most_that_is_needed_is_that_of_the_moments_one_by_one(
    here: Any,
    vehicle: Vehicle,
    places: list[tuple[int, int]],
    wind_m_s: float,
    return_height_m: float,
) -> None:
    wind = Wind(speed_m_s=wind_m_s, from_rad=FROM_WEST)
    plan = here.flight(*(here.to(east, north) for east, north in places))
    track = flown_track(plan, vehicle, wind=wind, return_height_m=return_height_m)
    assert track is not None
    samples = moments(track, vehicle, wind, return_height_m=return_height_m)
    assert most_needed(track, vehicle, wind, return_height_m=return_height_m) == pytest.approx(
        max(one.needed for one in samples), rel=1e-9
    )
