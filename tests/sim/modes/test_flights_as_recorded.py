"""Orbit, offboard, losses and returns, held against recorded flights of PX4 v1.17 (px4-traces)."""

import math
from collections.abc import Callable
from math import nan
from typing import Any

import numpy as np
import pytest

from onboard.mavlink.plan_items import MissionType, WireItem
from onboard.mavlink.px4_modes import Px4Mode

pytestmark = pytest.mark.shared_data
LATITUDE, LONGITUDE = 47.3977432, 8.5455938
M_PER_DEG = 111_190.0
HOLD_TEXT = "Failsafe activated: entering Hold for 5 seconds\t"


class Heard:
    """A bench that is flown from: PX4 sends texts only to a ground station that it hears."""

    def __init__(self, bench: Any) -> None:
        self._bench = bench
        self._beat_at_s = 0.0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._bench, name)

    def run(self, seconds: float) -> "Heard":
        until_s = self.now_s + seconds - 1e-6
        while self.now_s < until_s:
            if self.now_s >= self._beat_at_s:
                self._beat_at_s = self.now_s + 1.0
                self.tell("HEARTBEAT", type=6, autopilot=8)
            self._bench.run(min(0.1, until_s - self.now_s + 1e-6))
        return self

    def run_until(self, condition: Callable[[], bool], *, at_most_s: float = 600.0) -> "Heard":
        until_s = self.now_s + at_most_s
        while not condition():
            assert self.now_s < until_s, f"not reached within {at_most_s} s"
            self.run(0.04)
        return self


def airborne(made: Any, height_m: float = 20.0) -> Any:
    bench = Heard(made)
    bench.run_until(lambda: bench.vehicle.aircraft.commander.ready)
    amsl = bench.vehicle.config.ground_amsl_m
    bench.command(22, 0.0, 0.0, 0.0, nan, nan, nan, amsl + height_m)
    bench.command(400, 1.0)
    return bench.run_until(lambda: bench.vehicle.aircraft.mode is Px4Mode.HOLD, at_most_s=60.0)


def mode_of(flying: Any) -> Px4Mode:
    mode: Px4Mode = flying.vehicle.aircraft.mode
    return mode


def place(north_m: float, east_m: float) -> tuple[float, float]:
    scale = M_PER_DEG * math.cos(math.radians(LATITUDE))
    return LATITUDE + north_m / M_PER_DEG, LONGITUDE + east_m / scale


def go(flying: Any, north_m: float, east_m: float) -> None:
    latitude, longitude = place(north_m, east_m)
    amsl = flying.vehicle.config.ground_amsl_m + 20.0
    flying.command(192, -1.0, 1.0, 0.0, nan, latitude, longitude, amsl)


def fly_with_velocity(flying: Any, north_m_s: float, seconds: float) -> None:
    for _ in range(round(seconds / 0.1)):
        flying.tell(
            "SET_POSITION_TARGET_LOCAL_NED",
            target_system=1,
            target_component=1,
            coordinate_frame=1,
            type_mask=0b110111000111,
            vx=north_m_s,
        )
        flying.run(0.1)


def test_orbit_is_flown_at_px4s_radius_and_speed(
    bench: Callable[..., Any], recording: Callable[[str], Any]
) -> None:
    theirs = recording("03_takeoff_goto_orbit_roi_land_1x").flown
    orbit = theirs[(theirs[:, 0] > 75.0) & (theirs[:, 0] < 97.0)]
    flying = airborne(bench())
    go(flying, 60.0, 30.0)
    flying.run(30.0)
    latitude, longitude = place(40.0, 30.0)
    amsl = flying.vehicle.config.ground_amsl_m + 20.0
    assert flying.command(34, 20.0, 4.0, 0.0, 0.0, latitude, longitude, amsl) == 0
    flying.run(1.2)
    assert mode_of(flying) is Px4Mode.ORBIT
    flying.run(35.0)
    ours = np.array(flying.flown)[-1100:]
    their_radius = np.hypot(orbit[:, 1] - 40.0, orbit[:, 2] - 30.0).mean()
    our_radius = np.hypot(ours[:, 1] - 40.0, ours[:, 2] - 30.0)
    assert our_radius.mean() == pytest.approx(their_radius, abs=0.8)
    their_speed = np.hypot(*np.gradient(orbit[:, 1:3], orbit[:, 0], axis=0).T).mean()
    our_speed = np.hypot(*np.gradient(ours[:, 1:3], ours[:, 0], axis=0).T).mean()
    assert our_speed == pytest.approx(their_speed, rel=0.05)
    assert flying.vehicle.aircraft.modes.orbit_status.radius_m == 20.0


def test_silent_companion_returns_and_a_speaking_one_has_the_vehicle_again(
    bench: Callable[..., Any],
) -> None:
    flying = airborne(bench())
    assert flying.command(176, 1.0, 6.0, 0.0) == 1
    assert "Switching to Offboard is currently not available\t" in flying.texts()
    fly_with_velocity(flying, 2.0, 1.0)
    assert flying.command(176, 1.0, 6.0, 0.0) == 0
    fly_with_velocity(flying, 2.0, 5.0)
    assert mode_of(flying) is Px4Mode.OFFBOARD
    assert flying.vehicle.aircraft.flight.body.velocity.n == pytest.approx(1.7, abs=0.3)
    silent_s = flying.now_s
    flying.run_until(lambda: flying.vehicle.aircraft.mode is Px4Mode.RTL, at_most_s=5.0)
    # COM_OF_LOSS_T after the last setpoint, seen by checks ten times a second.
    assert flying.now_s - silent_s == pytest.approx(1.0, abs=0.2)
    assert "Failsafe activated\t" in flying.texts()
    fly_with_velocity(flying, 0.0, 1.0)
    assert mode_of(flying) is Px4Mode.OFFBOARD


def test_lost_gps_descends_when_px4_does_and_holds_again_when_px4_does(
    bench: Callable[..., Any], recording: Callable[[str], Any]
) -> None:
    texts = recording("09_inject_gps_loss_2x").texts
    until_descent_s = texts["Failsafe activated\t"] - texts["Injected: gps off, all instances"]
    flying = airborne(bench())
    go(flying, 60.0, 0.0)
    flying.run(3.0)
    assert flying.command(420, 4.0, 1.0, 0.0) == 0
    lost_s = flying.now_s
    flying.run_until(lambda: flying.vehicle.aircraft.mode is Px4Mode.DESCEND, at_most_s=10.0)
    assert flying.now_s - lost_s == pytest.approx(until_descent_s, abs=0.3)
    flying.run(6.0)
    assert flying.vehicle.aircraft.flight.body.velocity.d == pytest.approx(0.7, abs=0.3)
    flying.command(420, 4.0, 0.0, 0.0)
    back_s = flying.now_s
    flying.run_until(lambda: flying.vehicle.aircraft.mode is Px4Mode.HOLD, at_most_s=10.0)
    assert flying.now_s - back_s == pytest.approx(2.58, abs=0.3)
    said = [text for text in flying.texts() if "gps" in text]
    assert said == ["Injected: gps off, all instances", "Cleared: gps, all instances"]


def test_empty_battery_keeps_px4s_times(
    bench: Callable[..., Any], recording: Callable[[str], Any]
) -> None:
    theirs = recording("08_battery_drain_4x")
    drain = {"SIM_BAT_DRAIN": 120.0, "SIM_BAT_MIN_PCT": 0.0}
    flying = Heard(bench(parameters=drain)).run(5.0)
    amsl = flying.vehicle.config.ground_amsl_m
    flying.command(22, 0.0, 0.0, 0.0, nan, nan, nan, amsl + 20.0)
    flying.command(400, 1.0)
    armed_s = flying.now_s
    flying.run(124.0)
    order = ("Low battery\t", "Critical battery\t", HOLD_TEXT, "Emergency battery level\t")
    for text in (*order, "Failsafe activated\t"):
        ours = flying.text_at_s(text[:40]) - armed_s
        assert ours == pytest.approx(theirs.texts[text] - theirs.armed_at_s, abs=0.5), text
    assert mode_of(flying) is Px4Mode.LAND


def test_return_by_type_one_flies_the_missions_landing(
    bench: Callable[..., Any], mission_item: Callable[..., WireItem]
) -> None:
    # Flown live by PX4 v1.17 with the same mission: texts and reached items in this order.
    def waypoint(north_m: float, east_m: float, command: int = 16) -> WireItem:
        latitude, longitude = place(north_m, east_m)
        height = 0.0 if command == 21 else 15.0
        return mission_item(command, 0.0, 0.0, 0.0, nan, frame=6, x=latitude, y=longitude, z=height)

    flying = Heard(bench(parameters={"RTL_TYPE": 1})).run(5.0)
    start = mission_item(189, frame=2)
    plan = [
        waypoint(0.0, 0.0, 22),
        waypoint(0.0, 60.0),
        waypoint(70.0, 60.0),
        waypoint(70.0, 0.0),
        start,
        waypoint(40.0, -40.0),
        waypoint(0.0, -40.0, 21),
    ]
    assert flying.upload(plan, MissionType.MISSION).complete
    flying.run(1.0)
    assert flying.command(300, -1.0) == 0
    flying.run_until(lambda: 2 in flying.reached_at_s())
    flying.run(5.0)
    flying.command(20)
    flying.run(5.0).run_until(lambda: not flying.vehicle.aircraft.commander.armed)
    texts = flying.texts()
    at = texts.index("Returning to launch\t")
    assert texts[at + 1 : at + 3] == ["Executing Mission\t", "RTL Mission land: climb to 520 m\t"]
    assert texts.index("Landing detected\t") < texts.index("Mission finished, landed\t")
    assert {5, 6} <= set(flying.reached_at_s())
    north, east = flying.flown[-1][1:3]
    assert (north, east) == pytest.approx((0.0, -40.0), abs=0.3)


def test_rebooting_in_flight_falls_and_boots_again(bench: Callable[..., Any]) -> None:
    flying = airborne(bench())
    flying.vehicle.aircraft.faults.reboots()
    flying.run(0.5)
    said = len(flying.all("HEARTBEAT"))
    flying.run(0.4)
    assert len(flying.all("HEARTBEAT")) == said
    flying.run(6.0)
    assert not flying.vehicle.aircraft.commander.armed
    height_m = flying.vehicle.aircraft.flight.body.height_above_ground_m
    assert height_m == pytest.approx(-0.15, abs=0.15)
    assert flying.vehicle.aircraft.commander.ready
