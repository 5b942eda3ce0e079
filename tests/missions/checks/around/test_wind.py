"""Wind and gusts: above the vehicle's limit, and legs that it does not let a vehicle hold."""

import math
from typing import Any

from missions.checks import Finding, Severity, check
from missions.checks.surroundings import Surroundings
from missions.plan import Plan
from missions.vehicle import Vehicle, VehicleKind
from missions.wind import Wind

QUAD = Vehicle(name="quad", max_airspeed_m_s=15.0, wind_limit_m_s=12.0)
PLANE = Vehicle(
    name="plane",
    kind=VehicleKind.FIXED_WING,
    cruise_speed_m_s=16.0,
    min_airspeed_m_s=11.0,
    max_airspeed_m_s=25.0,
    turn_radius_m=40.0,
    wind_limit_m_s=30.0,
)


def found(
    plan: Plan, vehicle: Vehicle, speed: float, from_deg: float, gust: float = 0.0
) -> dict[str, Finding]:
    wind = Wind(speed_m_s=speed, from_rad=math.radians(from_deg), gust_m_s=gust)
    findings = check(plan, vehicle=vehicle, surroundings=Surroundings(wind=wind))
    return {one.rule: one for one in findings}


def test_a_breeze_is_nothing(here: Any) -> None:
    assert found(here.flight(here.to(500, 0)), QUAD, 4.0, 270.0, 6.0) == {}


def test_above_the_limit_is_an_error_wind_or_gust(here: Any) -> None:
    plan = here.flight(here.to(500, 0))
    assert "wind-limit" in found(plan, QUAD, 13.0, 270.0)
    gusts = found(plan, QUAD, 6.0, 270.0, 13.0)["gusts"]
    assert gusts.severity is Severity.ERROR
    assert "gusts of 13 m/s" in gusts.message


def test_a_leg_that_cannot_be_held_is_named(here: Any) -> None:
    plan = here.flight(here.to(0, 500), here.to(500, 500))
    one = found(plan, PLANE, 17.0, 0.0)["wind-leg"]
    assert one.severity is Severity.ERROR
    assert one.item == 1
    assert one.place is not None


def test_a_leg_that_gusts_alone_blow_away_is_a_warning(here: Any) -> None:
    one = found(here.flight(here.to(0, 500)), PLANE, 8.0, 0.0, 18.0)["gusts"]
    assert one.severity is Severity.WARNING
    assert "in gusts of 18 m/s" in one.message


def test_a_leg_that_the_wind_slows_is_said(here: Any) -> None:
    one = found(here.flight(here.to(0, 500)), QUAD, 8.0, 0.0)["wind-slows"]
    assert one.severity is Severity.WARNING
    # 10 m/s are asked for, 15 through the air less 8 of wind are had.
    assert "3.0 m/s slower" in one.message
    assert one.item == 1
