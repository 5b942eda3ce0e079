"""What the vehicle does by itself (px4-fidelity.md, F)."""

from collections.abc import Callable
from math import nan
from typing import Any

import pytest

from onboard.mavlink.plan_items import MissionType, WireItem
from onboard.mavlink.px4_modes import Px4Mode

LATITUDE, LONGITUDE = 47.3977432, 8.5455938
HOLD_TEXT = "Failsafe activated: entering Hold for 5 seconds\t"


def airborne(bench: Any, height_m: float = 15.0) -> Any:
    """In the air, holding, with a ground station that was heard until now."""
    spoken(bench, 5.0)
    amsl = bench.vehicle.config.ground_amsl_m
    bench.command(22, 0.0, 0.0, 0.0, nan, nan, nan, amsl + height_m)
    bench.command(400, 1.0)
    spoken(bench, 20.0)
    assert bench.vehicle.aircraft.mode is Px4Mode.HOLD
    return bench


def spoken(bench: Any, seconds: float) -> None:
    """Let time pass with a heartbeat of the ground station every second."""
    for _ in range(round(seconds)):
        heartbeat(bench)
        bench.run(1.0)


def heartbeat(bench: Any) -> None:
    bench.tell("HEARTBEAT", type=6, autopilot=8)


def fly_north(bench: Any, metres: float) -> None:
    latitude = LATITUDE + metres / 111_190.0
    bench.command(192, -1.0, 1.0, 0.0, nan, latitude, LONGITUDE, bench.vehicle.aircraft.geo()[2])


def test_lost_ground_station_holds_then_returns(bench: Callable[..., Any]) -> None:
    flying = airborne(bench(parameters={"NAV_DLL_ACT": 2}))
    heartbeat(flying)
    heard_s = flying.now_s
    fly_north(flying, 80.0)
    failsafe = flying.vehicle.aircraft.commander.failsafe
    flying.run_until(lambda: failsafe.active, at_most_s=15.0)
    # COM_DL_LOSS_T counts from when PX4's link last held the heartbeat to be fresh (07: 22.3 s
    # with a limit of 20 s).
    assert flying.now_s - heard_s == pytest.approx(12.25, abs=0.2)
    assert flying.vehicle.aircraft.mode is Px4Mode.HOLD
    flying.run(1.1)
    own = [h.message for h in flying.all("HEARTBEAT") if h.message.component_id == 1][-1]
    assert own.system_status == 5
    flying.run(4.2)
    assert flying.vehicle.aircraft.mode.value == "rtl"


def test_regained_link_does_not_end_the_return_but_the_operator_does(
    bench: Callable[..., Any],
) -> None:
    flying = airborne(bench(parameters={"NAV_DLL_ACT": 2}))
    heartbeat(flying)
    flying.run(18.0)
    heartbeat(flying)
    flying.run(0.5)
    assert "GCS connection regained\t" in flying.texts()
    assert flying.vehicle.aircraft.mode.value == "rtl"
    flying.command(176, 1.0, 4.0, 3.0)
    flying.run(0.5)
    assert flying.vehicle.aircraft.mode is Px4Mode.HOLD


def test_by_default_a_lost_ground_station_changes_nothing(bench: Callable[..., Any]) -> None:
    flying = airborne(bench())
    heartbeat(flying)
    flying.run(30.0)
    assert flying.vehicle.aircraft.mode is Px4Mode.HOLD
    assert HOLD_TEXT not in flying.texts()


def test_empty_battery_warns_holds_and_lands(bench: Callable[..., Any]) -> None:
    drain = {"SIM_BAT_DRAIN": 120.0, "SIM_BAT_MIN_PCT": 0.0}
    flying = airborne(bench(parameters=drain))
    spoken(flying, 180.0)
    assert not flying.vehicle.aircraft.commander.armed
    texts = flying.texts()
    order = ["Low battery\t", "Critical battery\t", HOLD_TEXT, "Emergency battery level\t"]
    # Once disarmed PX4's simulated battery fills up, and passes "low" a tenth of a second later.
    order.append("Low battery\t")
    assert [text for text in texts if text in order] == order
    assert flying.text_at_s("Landing detected") > flying.text_at_s("Emergency battery")


def test_battery_falls_in_a_straight_line_from_16_2_volts(bench: Callable[..., Any]) -> None:
    drain = {"SIM_BAT_DRAIN": 100.0, "SIM_BAT_MIN_PCT": 0.0}
    flying = bench(parameters=drain).ready().run(1.1)
    assert flying.last("BATTERY_STATUS").voltages[0] == 16_200
    airborne(flying)
    share = flying.vehicle.aircraft.battery.charge
    assert flying.vehicle.aircraft.battery.voltage_v == pytest.approx(14.4 + 1.8 * share)


@pytest.mark.parametrize(("action", "mode"), [(2, Px4Mode.HOLD), (3, Px4Mode.RTL), (0, None)])
def test_breached_fence_does_what_the_parameter_says(
    bench: Callable[..., Any],
    mission_item: Callable[..., WireItem],
    action: int,
    mode: Px4Mode | None,
) -> None:
    flying = airborne(bench(parameters={"GF_ACTION": action, "GF_MAX_HOR_DIST": 0.0}))
    fly_north(flying, 80.0)
    flying.run(6.0)
    circle = mission_item(5003, 40.0, frame=0, x=LATITUDE, y=LONGITUDE)
    flying.upload([circle], MissionType.FENCE)
    flying.run(16.0)
    assert flying.vehicle.aircraft.commander.failsafe.mode is mode


def test_reposition_outside_the_fence_is_acknowledged_and_not_flown(
    bench: Callable[..., Any], mission_item: Callable[..., WireItem]
) -> None:
    flying = bench().ready()
    circle = mission_item(5003, 40.0, frame=0, x=LATITUDE, y=LONGITUDE)
    flying.upload([circle], MissionType.FENCE)
    airborne(flying)
    heartbeat(flying)
    fly_north(flying, 80.0)
    flying.run(2.0)
    assert "Reposition is outside geofence\t" in flying.texts()
    assert abs(flying.vehicle.aircraft.flight.body.position.n) < 0.5


def test_return_lands_at_a_nearer_rally_point(
    bench: Callable[..., Any], mission_item: Callable[..., WireItem]
) -> None:
    flying = bench(parameters={"RTL_TYPE": 3}).ready()
    rally = mission_item(5100, frame=6, x=LATITUDE + 60.0 / 111_190.0, y=LONGITUDE, z=0.0)
    flying.upload([rally], MissionType.RALLY)
    airborne(flying)
    fly_north(flying, 90.0)
    flying.run(30.0)
    flying.command(20)
    flying.run(5.0).run_until(lambda: not flying.vehicle.aircraft.commander.armed)
    assert flying.vehicle.aircraft.flight.body.position.n == pytest.approx(60.0, abs=0.3)
