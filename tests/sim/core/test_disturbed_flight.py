"""Orbits, offboard setpoints, weak motors and wrong beliefs, as they move the body."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from sim.vehicle.guidance import Leg, OffboardSetpoint, OrbitYaw, Triplet
from sim.vehicle.trajectory import Ned

Make = Callable[..., Any]
CENTRE = Ned(30.0, 0.0, -15.0)


def _fly(made: Any, triplet: Triplet, seconds: float) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Fly a triplet past the navigator; positions and headings every tenth of a second."""
    aircraft = made.vehicle.aircraft
    rows = []
    for _ in range(round(seconds * 10)):
        aircraft.navigator.triplet = triplet
        aircraft.flight.fly(triplet)
        made.run(0.1)
        rows.append((*aircraft.flight.body.position, aircraft.flight.body.yaw))
    return np.array(rows)


def _circle(speed_m_s: float, behaviour: OrbitYaw = OrbitYaw.CENTRE) -> Triplet:
    return Triplet(
        leg=Leg.ORBIT,
        current=CENTRE,
        acceptance_m=10.0,
        cruise_m_s=5.0,
        orbit_radius_m=20.0,
        orbit_speed_m_s=speed_m_s,
        orbit_yaw_behaviour=behaviour,
    )


# 03_takeoff_goto_orbit_roi_land_1x: radius 20 m and 4 m/s asked, drag takes part of the speed.
PX4_RADIUS_M, PX4_SPEED_M_S = 20.89, 3.31


@pytest.mark.parametrize("turn", [1.0, -1.0])
def test_an_orbit_is_as_wide_and_as_quick_as_px4s(flown: Make, turn: float) -> None:
    flight = _fly(flown().aloft(), _circle(4.0 * turn), 60.0)[300:]
    n, e = flight[:, 0] - CENTRE.n, flight[:, 1] - CENTRE.e
    radius_m = np.hypot(n, e)
    turned = np.diff(np.unwrap(np.arctan2(e, n))) * 10.0
    assert radius_m == pytest.approx(PX4_RADIUS_M, abs=0.2)
    assert float(np.mean(turned * radius_m[1:])) == pytest.approx(turn * PX4_SPEED_M_S, abs=0.1)
    toward = np.arctan2(-e, -n)
    off = np.remainder(flight[:, 3] - toward + math.pi, math.tau) - math.pi
    assert np.abs(off).max() < 0.25


def test_an_orbit_with_a_kept_heading_does_not_turn(flown: Make) -> None:
    flight = _fly(flown().aloft(), _circle(4.0, OrbitYaw.INITIAL), 60.0)[300:]
    assert float(np.ptp(np.unwrap(flight[:, 3]))) < 0.1


def _offboard(setpoint: OffboardSetpoint) -> Triplet:
    return Triplet(
        leg=Leg.OFFBOARD,
        current=Ned(0.0, 0.0, -15.0),
        acceptance_m=10.0,
        cruise_m_s=5.0,
        offboard=setpoint,
    )


def test_an_offboard_velocity_is_flown(flown: Make) -> None:
    made = flown().aloft()
    _fly(made, _offboard(OffboardSetpoint(velocity=(2.0, -1.0, 0.0), yaw=1.0)), 40.0)
    body = made.vehicle.aircraft.flight.body
    assert body.velocity == pytest.approx((2.0, -1.0, 0.0), abs=0.1)
    assert body.yaw == pytest.approx(1.0, abs=0.05)


def test_an_offboard_place_is_reached_and_its_yaw_rate_kept(flown: Make) -> None:
    made = flown().aloft()
    _fly(made, _offboard(OffboardSetpoint(position=(5.0, 5.0, -12.0), yaw_rate=0.3)), 15.0)
    body = made.vehicle.aircraft.flight.body
    assert body.position == pytest.approx((5.0, 5.0, -12.0), abs=0.2)
    assert body.yaw_rate == pytest.approx(0.3, abs=0.02)


def test_a_wrong_belief_moves_the_vehicle(flown: Make) -> None:
    made = flown().aloft()
    before = made.vehicle.aircraft.flight.body.position
    made.vehicle.aircraft.flight.disturbances.position_error_m = (8.0, 0.0, 0.0)
    made.run(30.0)
    after = made.vehicle.aircraft.flight.body.position
    assert after.n - before.n == pytest.approx(-8.0, abs=0.5)
    assert made.vehicle.aircraft.flight.belief.position.n == pytest.approx(before.n, abs=0.5)


def test_without_a_known_position_wind_carries_it_off(flown: Make) -> None:
    made = flown().aloft()
    disturbances = made.vehicle.aircraft.flight.disturbances
    disturbances.wind_m_s, disturbances.position_known = (0.0, 3.0, 0.0), False
    made.run(10.0)
    assert made.vehicle.aircraft.flight.body.velocity.e == pytest.approx(3.0, abs=0.5)


def test_a_dead_motor_takes_thrust_spins_and_tilts(flown: Make) -> None:
    made = flown().aloft(40.0)
    flight = made.vehicle.aircraft.flight
    flight.disturbances.motor_effectiveness = (1.0, 0.0, 1.0, 1.0)
    rates, tilts, sinks = [], [], []
    for _ in range(50):
        made.run(0.1)
        sinks.append(flight.body.velocity.d)
        rates.append(abs(flight.body.yaw_rate))
        tilts.append(math.degrees(math.acos(flight.body.upright)))
    assert max(rates) > 2.0
    assert max(tilts) > 10.0
    assert max(sinks) > 0.5


def test_a_slightly_weak_motor_is_flown_with(flown: Make) -> None:
    made = flown().aloft()
    made.vehicle.aircraft.flight.disturbances.motor_effectiveness = (1.0, 0.9, 1.0, 1.0)
    before = made.vehicle.aircraft.flight.body.position
    made.run(20.0)
    assert made.vehicle.aircraft.flight.body.position == pytest.approx(before, abs=0.5)


def test_gusts_have_the_deviation_that_was_asked_for(flown: Make) -> None:
    made = flown().aloft()
    disturbances = made.vehicle.aircraft.flight.disturbances
    disturbances.gust_deviation_m_s, disturbances.gust_time_s = 1.5, 0.5
    seen = []
    for _ in range(6000):
        made.run(0.1)
        seen.append(disturbances.gust_m_s[:2])
    assert float(np.std(seen)) == pytest.approx(1.5, rel=0.1)


def test_a_landing_sinks_through_sihs_floor_before_it_is_stopped(flown: Make) -> None:
    made = flown().aloft()
    aircraft = made.vehicle.aircraft
    assert made.command(176, 1.0, 4.0, 6.0) == 0
    made.run_until(lambda: not aircraft.commander.armed)
    # Ground truth of nineteen landings in PX4's own logs: 0.00 to 0.34 m, 0.13 m in the mean.
    assert aircraft.flight.body.position.d == pytest.approx(0.13, abs=0.03)
    rests = aircraft.flight.body.position
    made.run(3.0)
    assert aircraft.flight.body.position == rests
