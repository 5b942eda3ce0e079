"""px4-fidelity.md, E: figures read off PX4's flights (27 to 35), flown by ours and measured."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

NAN = math.nan
HOME_AMSL_M = 489.4


@pytest.fixture(scope="module")
def hop(bench_type: Any) -> Any:
    """Up to 20 m, 120 m north, back by RTL and down, in still air."""
    from sim.clock import SteppedClock
    from sim.vehicle.config import VehicleConfig
    from sim.vehicle.vehicle import Vehicle

    clock = SteppedClock()
    place: dict[str, Any] = {
        "latitude_deg": 47.3977432,
        "longitude_deg": 8.5455938,
        "ground_amsl_m": HOME_AMSL_M,
    }
    flown = bench_type(Vehicle(VehicleConfig(**place), clock=clock), clock).ready()
    take_off(flown, 20.0)
    go_north(flown, 120.0, 20.0)
    flown.run(40.0)
    assert flown.command(20) == 0
    return flown.run_until(lambda: not flown.vehicle.aircraft.commander.armed, at_most_s=200.0)


def take_off(flown: Any, height_m: float) -> Any:
    assert flown.command(22, 0.0, 0.0, 0.0, NAN, NAN, NAN, HOME_AMSL_M + height_m) == 0
    assert flown.command(400, 1.0) == 0
    return flown.run(25.0)


def go_north(flown: Any, north_m: float, height_m: float) -> None:
    flown.tell(
        "COMMAND_INT", command=192, frame=5, param1=-1.0, param2=1.0, param4=NAN, target_system=1,
        target_component=1, x=473977432 + round(north_m * 89.93), y=85455938,
        z=HOME_AMSL_M + height_m,
    )  # fmt: skip


def path(flown: Any) -> Any:
    return np.array(flown.flown)


def above_s(flown: Any, height_m: float) -> float:
    rows = path(flown)
    return float(rows[np.argmax(-rows[:, 3] > height_m), 0])


def below_s(flown: Any, height_m: float) -> float:
    rows = path(flown)
    return float(rows[np.flatnonzero(-rows[:, 3] > height_m)[-1], 0])


def test_point_27_takeoff_climbs_as_px4_does(hop: Any) -> None:
    lifted_s = above_s(hop, 0.3)
    assert 3.7 <= lifted_s - hop.text_at_s("Armed by") <= 4.9
    for height_m, after_s in ((5.0, 3.9), (10.0, 7.3), (15.0, 9.5), (19.0, 12.5)):
        assert above_s(hop, height_m) - lifted_s == pytest.approx(after_s, abs=0.3)


def test_point_28_landed_state_goes_through_px4s_values(hop: Any) -> None:
    states = [h.message.landed_state for h in hop.all("EXTENDED_SYS_STATE")]
    changes = [s for s, before in zip(states, [None, *states], strict=False) if s != before]
    assert changes == [1, 3, 2, 4, 1]
    after_s = hop.text_at_s("Takeoff detected") - hop.text_at_s("Armed by")
    assert after_s == pytest.approx(1.8, abs=1.0)


def test_point_29_cruise_and_acceleration_are_px4s(hop: Any) -> None:
    rows = path(hop)
    rows = rows[: np.argmax(rows[:, 1])]
    speed = np.hypot(*np.gradient(rows[:, 1:3], rows[:, 0], axis=0).T)
    # The first leg gains its last decimetres a second slowly: the integral learns the drag.
    going = (rows[:, 1] > 90.0) & (rows[:, 1] < 108.0)
    assert float(np.median(speed[going])) == pytest.approx(5.0, abs=0.1)
    assert float(np.abs(np.gradient(speed, rows[:, 0])).max()) <= 3.6


def test_point_30_a_place_to_stop_at_is_overshot_as_px4_does_and_then_held(hop: Any) -> None:
    rows = path(hop)
    # PX4 went 1.1 m past the end of a first leg of 250 m at 5 m/s, and crept back.
    assert float(rows[:, 1].max()) == pytest.approx(121.07, abs=0.3)
    before_s = hop.text_at_s("RTL: start return") - 0.5
    assert rows[np.argmin(np.abs(rows[:, 0] - before_s)), 1] == pytest.approx(120.0, abs=0.3)


def test_point_32_return_climbs_to_thirty_metres_first(hop: Any) -> None:
    rows = path(hop)
    assert float((-rows[:, 3]).max()) == pytest.approx(30.0, abs=0.6)
    began_s = hop.text_at_s("RTL: start return")
    at_thirty = rows[(rows[:, 0] > began_s) & (-rows[:, 3] > 28.0)]
    assert at_thirty[0, 1] == pytest.approx(120.0, abs=2.0)
    landing_s = hop.text_at_s("RTL: land at destination")
    entering = rows[np.argmin(np.abs(rows[:, 0] - landing_s)), 1]
    assert entering == pytest.approx(10.0, abs=0.7)


def test_point_33_landing_descends_in_px4s_steps_onto_home(hop: Any) -> None:
    assert 5.0 / (below_s(hop, 15.0) - below_s(hop, 20.0)) == pytest.approx(1.5, abs=0.1)
    assert 5.0 / (below_s(hop, 5.0) - below_s(hop, 10.0)) == pytest.approx(1.08, abs=0.1)
    assert 4.0 / (below_s(hop, 1.0) - below_s(hop, 5.0)) == pytest.approx(0.7, abs=0.1)
    disarmed_s = hop.text_at_s("Disarmed by landing")
    assert disarmed_s - hop.text_at_s("Landing detected") == pytest.approx(2.0, abs=0.1)
    assert math.hypot(*path(hop)[-1, 1:3]) < 0.2


def test_point_34_orbit_keeps_its_radius_and_speed(bench: Callable[..., Any]) -> None:
    flown = take_off(bench().ready(), 15.0)
    flown.tell(
        "COMMAND_INT", command=34, frame=5, param1=20.0, param2=4.0, param4=NAN, target_system=1,
        target_component=1, x=473977432 + 2698, y=85455938, z=HOME_AMSL_M + 15.0,
    )  # fmt: skip
    flown.run(60.0)
    rows = path(flown)[-500:]
    radius = np.hypot(rows[:, 1] - 30.0, rows[:, 2])
    speed = np.hypot(*np.gradient(rows[:, 1:3], rows[:, 0], axis=0).T)
    assert float(np.mean(radius)) == pytest.approx(20.0, abs=1.0)
    # Asked for 4 m/s, PX4 flew 3.31 m/s (03).
    assert float(np.mean(speed)) == pytest.approx(3.31, abs=0.1)
    assert flown.last("HEARTBEAT").custom_mode == 3 << 16 | 1 << 24


def test_point_35_a_head_wind_of_eight_leaves_little_ground_speed(
    bench: Callable[..., Any],
) -> None:
    """Leant to the limit of 45 degrees it makes 9.81 m/s through the air.

    The list says 1.3 m/s; PX4 v1.17, recorded for this (SIH_WIND_N 8, a reposition of 60 m to the
    north), flew 1.81 m/s over ground from the fifth second on, as the limit of lean has it.
    """
    flown = take_off(bench(parameters={"SIH_WIND_N": 8.0}).ready(), 15.0)
    go_north(flown, 60.0, 15.0)
    flown.run(20.0)
    rows = path(flown)[-200:]
    speed = float(rows[-1, 1] - rows[0, 1]) / float(rows[-1, 0] - rows[0, 0])
    assert speed == pytest.approx(1.81, abs=0.05)
