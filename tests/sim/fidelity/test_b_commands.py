"""px4-fidelity.md, B: answers to commands, as PX4 gave them in recordings 01, 02, 03, 05, 06."""

import math
from collections.abc import Callable
from typing import Any

import pytest

UNSUPPORTED = (193, 115, 207, 410, 183, 32, 405, 406, 2000, 2500)
SILENT = (530, 531, 203, 206, 205, 1000, 1001)
NAN = math.nan


@pytest.fixture
def ready(bench: Callable[..., Any]) -> Any:
    return bench().ready()


def airborne(flown: Any, height_m: float = 15.0) -> Any:
    amsl_m = 489.4 + height_m
    assert flown.command(22, 0.0, 0.0, 0.0, NAN, NAN, NAN, amsl_m) == 0
    assert flown.command(400, 1.0) == 0
    return flown.run_until(lambda: -flown.flown[-1][3] > height_m - 0.5, at_most_s=40.0).run(4.0)


def reposition(flown: Any, north_m: float) -> Any:
    place = {"x": 473977432 + round(north_m * 89.93), "y": 85455938, "z": 504.4}
    return flown.tell(
        "COMMAND_INT", command=192, frame=5, param1=-1.0, param2=1.0, param4=NAN,
        target_system=1, target_component=1, **place,
    )  # fmt: skip


@pytest.mark.parametrize("command", UNSUPPORTED)
def test_points_10_and_11_unsupported_commands_are_said_to_be(ready: Any, command: int) -> None:
    assert ready.command(command) == 3


@pytest.mark.parametrize("command", SILENT)
def test_point_11_payload_commands_without_a_payload_are_met_with_silence(
    bench: Callable[..., Any], command: int
) -> None:
    assert bench(payload=False).ready().command(command) is None


@pytest.mark.parametrize("command", [22, 21, 20, 401])
def test_point_11_flight_commands_on_the_ground_are_accepted(ready: Any, command: int) -> None:
    assert ready.command(command) == 0


def test_point_10_other_systems_and_components_hear_nothing(ready: Any) -> None:
    assert ready.command(400, 1.0, target_system=9) is None
    assert ready.command(400, 1.0, target_component=77) is None
    assert ready.command(512, 148.0, target_component=0) == 0


def test_point_12_the_gripper_takes_its_time(ready: Any) -> None:
    assert ready.command(211, 1.0, 1.0) == 5
    ready.run(1.5)
    ends = [h.message.result for h in ready.all("COMMAND_ACK") if h.message.command == 211]
    assert ends == [5, 0]


def test_point_13_arming_says_by_whom_and_ends_on_the_ground_after_ten_seconds(ready: Any) -> None:
    assert ready.command(400, 1.0) == 0
    armed_s = ready.text_at_s("Armed by external command")
    ready.run(14.0)
    # COM_DISARM_PRFLT, 10 s, counts from the end of COM_SPOOLUP_TIME, 1 s (Commander.cpp).
    assert ready.text_at_s("Disarmed by auto preflight") - armed_s == pytest.approx(11.0, abs=0.5)


def test_point_14_pause_stops_where_px4_stops(ready: Any, mission_item: Callable[..., Any]) -> None:
    here = {"frame": 6, "y": 8.5455938, "z": 15.0}
    plan = [mission_item(22, x=47.3977432, **here), mission_item(16, x=47.3995, **here)]
    assert ready.upload(plan).complete
    ready.verdict()
    assert ready.command(300) == 0
    ready.run_until(lambda: ready.vehicle.aircraft.flight.body.velocity[0] > 4.55, at_most_s=60.0)
    before_m = ready.flown[-1][1]
    assert ready.command(176, 1.0, 4.0, 3.0) == 0
    ready.run(10.0)
    # 02: at 4.55 m/s PX4 came to rest about 7 m further on.
    assert ready.flown[-1][1] - before_m == pytest.approx(7.0, abs=1.0)


def test_point_15_reposition_switches_to_hold_and_flies_there(ready: Any) -> None:
    flown = airborne(ready)
    answers = [a.result for a in reposition(flown, 30.0) if a.name == "COMMAND_ACK"]
    assert answers == [0]
    flown.run(40.0)
    assert flown.flown[-1][1] == pytest.approx(30.0, abs=0.3)
    assert flown.last("HEARTBEAT").custom_mode == 4 << 16 | 3 << 24


def stream(flown: Any, seconds: float) -> None:
    for _ in range(round(seconds / 0.06)):
        flown.tell(
            "SET_POSITION_TARGET_LOCAL_NED", target_system=1, target_component=1,
            coordinate_frame=1, type_mask=0x0DF8, x=10.0, y=0.0, z=-15.0,
        )  # fmt: skip
        flown.run(0.06)


def test_point_16_offboard_on_the_ground_is_taken_as_an_intent(ready: Any) -> None:
    assert ready.command(176, 1.0, 6.0) == 0
    stream(ready, 2.0)
    assert ready.last("HEARTBEAT").custom_mode == 6 << 16


def test_point_16_lost_setpoints_return_after_a_second(ready: Any) -> None:
    flown = airborne(ready)
    stream(flown, 1.0)
    assert flown.command(176, 1.0, 6.0) == 0
    stream(flown, 3.0)
    assert flown.last("HEARTBEAT").custom_mode == 6 << 16
    lost_s = flown.now_s
    flown.run(3.0)
    assert flown.text_at_s("Failsafe activated") - lost_s == pytest.approx(1.0, abs=0.5)
    assert flown.last("HEARTBEAT").custom_mode == 4 << 16 | 5 << 24


def test_point_17_injected_failure_is_told_and_acknowledged_to_nobody(ready: Any) -> None:
    assert ready.command(420, 4.0, 1.0) == 0
    ready.run(0.3)
    ack = [h.message for h in ready.all("COMMAND_ACK") if h.message.command == 420][-1]
    assert (ack.target_system, ack.target_component) == (0, 0)
    assert "Injected: gps off, all instances" in {text.strip() for text in ready.texts()}
    assert ready.command(420, 4.0, 0.0) == 0
    ready.run(0.3)
    assert any(text.startswith("Cleared") for text in ready.texts())
