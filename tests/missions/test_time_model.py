"""Flight times against hand-worked kinematics."""

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from missions.geodesy import GeoPoint
from missions.heights import HeightAboveHome
from missions.path import PathPoint, PatrolPath
from missions.time_model import flight_time_s, path_time_s
from missions.vehicle import default_vehicle

VEHICLE = default_vehicle()
HOME = GeoPoint(latitude_deg=44.8, longitude_deg=65.5)


def test_long_straight_leg_is_a_trapezoid() -> None:
    time_s = flight_time_s(np.array([(0.0, 0.0), (1000.0, 0.0)]), VEHICLE, speed_m_s=10.0)
    assert math.isclose(time_s, 1000.0 / 10.0 + 10.0 / 3.0)


def test_short_leg_never_reaches_cruise() -> None:
    time_s = flight_time_s(np.array([(0.0, 0.0), (12.0, 0.0)]), VEHICLE, speed_m_s=10.0)
    assert math.isclose(time_s, 2.0 * math.sqrt(12.0 / 3.0))


def test_point_on_a_straight_leg_costs_nothing() -> None:
    whole = np.array([(0.0, 0.0), (400.0, 0.0)])
    cut = np.array([(0.0, 0.0), (150.0, 0.0), (400.0, 0.0)])
    assert math.isclose(
        flight_time_s(whole, VEHICLE, speed_m_s=10.0), flight_time_s(cut, VEHICLE, speed_m_s=10.0)
    )


@given(st.lists(st.tuples(st.floats(-500, 500), st.floats(-500, 500)), min_size=2, max_size=12))
def test_time_is_never_below_length_over_speed(points: list[tuple[float, float]]) -> None:
    en = np.array(points)
    length = float(np.hypot(*np.diff(en, axis=0).T).sum())
    assert flight_time_s(en, VEHICLE, speed_m_s=10.0) >= length / 10.0 - 1e-5


def test_dwell_and_climb_are_added() -> None:
    low, high = HeightAboveHome(20.0), HeightAboveHome(50.0)
    path = PatrolPath(
        pattern="round",
        points=(
            PathPoint(position=HOME, height=low),
            PathPoint(position=HOME, height=high, dwell_s=15.0),
        ),
    )
    assert math.isclose(path_time_s(path, VEHICLE, speed_m_s=10.0), 15.0 + 30.0 / 3.0)
