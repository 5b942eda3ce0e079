"""The wind triangle against vectors added by hand."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from missions.vehicle import Vehicle, VehicleKind
from missions.wind import CALM, Wind
from missions.wind_triangle import (
    airspeed_m_s,
    flown_ground_speed_m_s,
    ground_speed_m_s,
    heading_rad,
    wind_along_and_across_m_s,
)

ANGLES = st.floats(0.0, 2.0 * math.pi)
WINDS = st.builds(
    lambda speed, angle: Wind(speed_m_s=speed, from_rad=angle), st.floats(0, 14), ANGLES
)
QUAD = Vehicle(name="quad", max_airspeed_m_s=15.0)


@given(course=ANGLES, wind=WINDS)
def test_nose_times_air_speed_and_wind_add_up_to_the_course(course: float, wind: Wind) -> None:
    ground = ground_speed_m_s(course, 16.0, wind)
    nose = heading_rad(course, 16.0, wind)
    assert ground is not None
    assert nose is not None
    moved = 16.0 * np.array([math.sin(nose), math.cos(nose)]) + wind.toward_en_m_s
    np.testing.assert_allclose(
        moved, ground * np.array([math.sin(course), math.cos(course)]), atol=1e-9
    )


@given(course=ANGLES, wind=WINDS)
def test_air_speed_asked_for_by_a_ground_speed_gives_that_ground_speed(
    course: float, wind: Wind
) -> None:
    along, _ = wind_along_and_across_m_s(course, wind)
    asked = max(0.0, along) + 3.0
    needed = airspeed_m_s(course, asked, wind)
    assert ground_speed_m_s(course, needed, wind) == pytest.approx(asked, abs=1e-6)


def test_wind_from_ahead_slows_and_from_behind_hastens() -> None:
    north_wind = Wind(speed_m_s=5.0, from_rad=0.0)
    assert ground_speed_m_s(0.0, 20.0, north_wind) == pytest.approx(15.0)
    assert ground_speed_m_s(math.pi, 20.0, north_wind) == pytest.approx(25.0)
    assert ground_speed_m_s(math.pi / 2.0, 13.0, north_wind) == pytest.approx(12.0)


@pytest.mark.parametrize("from_deg", [0.0, 90.0])
def test_course_against_or_across_more_wind_than_air_speed_cannot_be_held(from_deg: float) -> None:
    wind = Wind(speed_m_s=20.0, from_rad=math.radians(from_deg))
    assert ground_speed_m_s(0.0, 20.0, wind) is None
    assert heading_rad(0.0, 20.0, wind) is None


def test_multirotor_holds_ground_speed_until_its_greatest_air_speed() -> None:
    light, strong = Wind(speed_m_s=4.0, from_rad=0.0), Wind(speed_m_s=9.0, from_rad=0.0)
    assert flown_ground_speed_m_s(0.0, 10.0, QUAD, CALM) == 10.0
    assert flown_ground_speed_m_s(0.0, 10.0, QUAD, light) == 10.0
    assert flown_ground_speed_m_s(0.0, 10.0, QUAD, strong) == pytest.approx(6.0)
    assert flown_ground_speed_m_s(math.pi, 10.0, QUAD, strong) == 10.0


def test_wing_goes_as_fast_as_its_air_speed_and_the_wind_make_it() -> None:
    wing = Vehicle(
        name="wing",
        kind=VehicleKind.FIXED_WING,
        turn_radius_m=60.0,
        min_airspeed_m_s=12.0,
        cruise_speed_m_s=15.0,
        max_airspeed_m_s=20.0,
    )
    assert flown_ground_speed_m_s(0.0, 15.0, wing, Wind(speed_m_s=5.0, from_rad=0.0)) == 10.0
