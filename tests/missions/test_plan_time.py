"""Flights predicted: against flights of PX4 recorded or flown, and what must hold of any plan.

Seconds of PX4 v1.17 (SIH quadrotor, parameters as its start script sets them, MPC_XY_CRUISE 5 m/s)
are from arming to its text "Landing detected", flown with `benchmarks.flight_times --px4`.
"""

import itertools
import math
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.flight_missions import every_mission, random_places
from missions.geodesy import GeoPoint, LocalPlane
from missions.heights import HeightAmsl
from missions.plan import Command, Frame, Home, MissionItem, Plan
from missions.plan_time import plan_time_s, predict_flight
from missions.vehicle import Vehicle, known_vehicles
from missions.wind import Wind

VEHICLE = known_vehicles()["px4-sih-quadx"]
MISSIONS = {mission.name: mission for mission in every_mission()}
HOME = GeoPoint(latitude_deg=44.85, longitude_deg=65.51)
PLANE = LocalPlane(HOME)
FLOWN_BY_PX4 = {
    "sweep, 6 passes of 300 m at 8 m/s": 417.8,
    "sweep, 12 passes of 60 m at 10 m/s": 335.5,
    "round, 12 corners, accepted 10 m off, 10 m/s": 234.6,
    "expanding square, 40 m, 10 m/s": 391.0,
    "climbs and descents on short legs": 247.1,
    "return from 950 m": 368.9,
    "eight places with 15 s each": 357.8,
    "a square jumped back to three times": 414.5,
    "landing at home from 400 m": 199.8,
}
# Missions at random, by their seeds; only 7002 was looked at while the prediction was made.
RANDOM_FLOWN_BY_PX4 = {
    7001: 957.7,
    7002: 404.2,
    7003: 1008.7,
    7004: 795.8,
    7005: 351.3,
    7006: 216.6,
}


@pytest.mark.parametrize("name", FLOWN_BY_PX4)
def test_prediction_is_within_two_percent_of_what_px4_flew(name: str) -> None:
    mission = MISSIONS[name]
    predicted = plan_time_s(mission.plan, VEHICLE, mission.wind)
    assert predicted == pytest.approx(FLOWN_BY_PX4[name], rel=0.02)


@pytest.mark.parametrize("seed", RANDOM_FLOWN_BY_PX4)
def test_mission_at_random_is_predicted_within_two_percent_of_what_px4_flew(seed: int) -> None:
    (mission,) = random_places([seed])
    predicted = plan_time_s(mission.plan, VEHICLE)
    assert predicted == pytest.approx(RANDOM_FLOWN_BY_PX4[seed], rel=0.02)


def test_height_that_swings_past_its_place_does_not_make_flights_endless() -> None:
    endless = [plan_time_s(one.plan, VEHICLE) for one in random_places(range(9000, 9020))]
    assert sum(map(math.isinf, endless)) <= 1


def test_height_swings_on_the_way_to_a_landing_as_px4_knows_it_for_the_next_place() -> None:
    flight = predict_flight(MISSIONS["landing at home from 400 m"].plan, VEHICLE, every_s=0.1)
    assert flight is not None
    home_s = 20.0
    # On the way back from 400 m, well between braking there and at home.
    (there_s,) = [at for item, at in flight.items if item == 2]
    level = flight.track[(flight.track[:, 0] > there_s + home_s) & (flight.track[:, 2] > 50.0)]
    assert 1.0 < level[:, 3].max() - level[:, 3].min() < 3.0


def test_items_are_done_in_order_and_a_jump_brings_them_again() -> None:
    flight = predict_flight(MISSIONS["a square jumped back to three times"].plan, VEHICLE)
    assert flight is not None
    times = [at for _, at in flight.items]
    assert times == sorted(times)
    assert [item for item, _ in flight.items].count(3) == 4
    assert flight.climbed_s < flight.returns_s < flight.landed_s


def test_track_begins_at_home_and_ends_there() -> None:
    flight = predict_flight(MISSIONS["return from 950 m"].plan, VEHICLE, every_s=1.0)
    assert flight is not None
    assert math.hypot(*flight.track[0, 1:3]) < 0.1
    assert math.hypot(*flight.track[-1, 1:3]) < 1.0
    assert flight.track[:, 3].max() == pytest.approx(50.0, abs=1.5)


def test_how_often_the_way_is_noted_changes_nothing_else_of_a_flight() -> None:
    plan = MISSIONS["return from 950 m"].plan
    another = VEHICLE.model_copy(update={"name": "asked only once"})
    noted, after = predict_flight(plan, VEHICLE, every_s=1.0), predict_flight(plan, VEHICLE)
    alone = predict_flight(plan, another)
    assert noted is not None
    assert after is not None
    assert alone is not None
    assert len(noted.track) > len(after.track)
    assert (after.track == alone.track).all()
    assert (noted.items, noted.landed_s) == (alone.items, alone.landed_s)
    assert (after.items, after.landed_s) == (alone.items, alone.landed_s)


def test_head_wind_beyond_the_air_speed_makes_the_flight_endless() -> None:
    storm = Wind(speed_m_s=20.0, from_rad=0.0)
    assert math.isinf(plan_time_s(_plan([(400.0, 0.0, 40.0)]), VEHICLE, storm))


def test_a_mission_into_a_valley_below_home_is_flown_to_its_end() -> None:
    """PX4 knows no ground at home's level where it neither starts nor lands."""
    places = [(150.0, 0.0), (300.0, 0.0), (300.0, 80.0)]
    begin = (10.0, 0.0, 60.0)
    high = plan_time_s(_plan([begin, *((*place, 60.0) for place in places)]), VEHICLE)
    low = plan_time_s(_plan([begin, *((*place, -60.0) for place in places)]), VEHICLE)
    assert math.isfinite(low)
    # 120 m down and as much up again, at 1.5 and 3 m/s; in part while it flies on.
    assert high < low < high + 120.0 / 1.5 + 180.0 / 3.0 + 30.0


def test_wind_that_can_be_flown_in_never_hastens_a_multirotor() -> None:
    plan = _plan([(300.0, 0.0, 40.0), (300.0, 80.0, 40.0), (0.0, 80.0, 40.0)])
    calm = plan_time_s(plan, VEHICLE)
    assert plan_time_s(plan, VEHICLE, Wind(speed_m_s=4.0, from_rad=0.3)) >= 0.99 * calm


def test_mission_that_jumps_for_ever_is_followed_once_and_says_so() -> None:
    plan = _plan([(60.0, 0.0, 30.0), (0.0, 40.0, 30.0)])
    jump = MissionItem(
        command=Command.DO_JUMP, frame=Frame.MISSION, params=(1.0, -1.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    )
    flight = predict_flight(replace(plan, items=(*plan.items, jump)), VEHICLE)
    assert flight is not None
    assert flight.unending


def test_plan_that_flies_nowhere_takes_no_time() -> None:
    assert plan_time_s(Plan(), VEHICLE) == 0.0
    assert predict_flight(Plan(), VEHICLE) is None


def test_a_week_of_waiting_is_not_simulated_step_by_step() -> None:
    plan = _plan([(50.0, 0.0, 30.0)], stay_s=500_000.0)
    assert plan_time_s(plan, VEHICLE) == pytest.approx(500_100.0, abs=100.0)


def test_vtol_hovers_only_to_rise_and_land() -> None:
    vtol = known_vehicles()["trinity-pro"]
    flight = predict_flight(_plan([(4000.0, 0.0, 100.0)]), vtol)
    assert flight is not None
    assert 60.0 < flight.hover_s < 0.5 * flight.landed_s


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    places=st.lists(
        st.tuples(st.floats(-400, 400), st.floats(-400, 400), st.floats(5, 100)),
        min_size=1,
        max_size=8,
    ),
    speed=st.floats(1.0, 12.0),
)
def test_no_flight_is_quicker_than_its_straight_legs_at_full_speed(
    places: list[tuple[float, float, float]], speed: float
) -> None:
    plan = _plan(places, speed=speed)
    way = [(0.0, 0.0), *((n, e) for n, e, _ in places), (0.0, 0.0)]
    # Corners are cut by the acceptance radius on either side, and the return is accepted 10 m off.
    legs = [max(math.dist(a, b) - 4.0, 0.0) for a, b in itertools.pairwise(way)]
    fastest = max(speed, VEHICLE.cruise_speed_m_s)
    assert plan_time_s(plan, VEHICLE) >= (sum(legs) - 10.0) / fastest


def test_a_height_that_nobody_reaches_is_answered_at_once() -> None:
    assert math.isinf(plan_time_s(_plan([(50.0, 0.0, 30.0), (90.0, 0.0, 1e30)]), VEHICLE))


@pytest.mark.parametrize("height_m", [math.nan, math.inf])
def test_a_height_that_is_none_is_left_out(height_m: float) -> None:
    plain = plan_time_s(_plan([(50.0, 0.0, 30.0), (90.0, 0.0, 30.0)]), VEHICLE)
    odd = plan_time_s(_plan([(50.0, 0.0, 30.0), (90.0, 0.0, height_m)]), VEHICLE)
    assert odd == pytest.approx(plain, rel=0.1)


@pytest.mark.parametrize("stay_s", [math.inf, 1e30])
def test_a_stay_without_end_is_answered(stay_s: float) -> None:
    assert plan_time_s(_plan([(50.0, 0.0, 30.0)], stay_s=stay_s), VEHICLE) > 600_000.0


def test_a_slight_bend_after_a_long_straight_leg_is_flown_round() -> None:
    # A sweep's own corners; the predicted vehicle once flew past the fourth, and never came back.
    corners = [
        (-1304.1, 3283.6, 60.0),
        (-1216.8, 2949.7, 60.0),
        (-1135.9, 2487.5, 60.0),
        (-1096.0, 2211.0, 60.0),
        (-1097.0, 2048.3, 60.0),
        (-1012.8, 2145.6, 60.0),
    ]
    quad = known_vehicles()["multirotor"]
    assert plan_time_s(_plan(corners, speed=12.0), quad) == pytest.approx(759.0, abs=15.0)


def _plan(
    places: list[tuple[float, float, float]], *, speed: float = 5.0, stay_s: float = 0.0
) -> Plan:
    items = [_at(Command.NAV_TAKEOFF, (0.0, 0.0, places[0][2]), 0.0)]
    change = (1.0, speed, -1.0, 0.0, 0.0, 0.0, 0.0)
    items.append(MissionItem(command=Command.DO_CHANGE_SPEED, frame=Frame.MISSION, params=change))
    items += [_at(Command.NAV_WAYPOINT, place, stay_s) for place in places]
    home = Home(position=HOME, height=HeightAmsl(129.0))
    return Plan(items=tuple(items), home=home)


def _at(command: Command, place: tuple[float, float, float], stay_s: float) -> MissionItem:
    geo = PLANE.geo(place[1], place[0])
    where = (geo.latitude_deg, geo.longitude_deg, place[2])
    return MissionItem(
        command=command,
        frame=Frame.GLOBAL_RELATIVE_ALT_INT,
        params=(stay_s, 2.0, 0.0, math.nan, *where),
    )


def test_vehicle_of_a_file_may_carry_px4_parameters() -> None:
    slow = Vehicle.model_validate({"name": "slow", "px4": {"mpc_land_speed_m_s": 0.35}})
    plan = _plan([(50.0, 0.0, 30.0)])
    assert plan_time_s(plan, slow) > plan_time_s(plan, Vehicle(name="usual")) + 3.0
