"""ACKs of commands as recorded, long commands, failures, reboot, chaos (points 10 to 17)."""

import json
from collections.abc import Callable
from math import nan
from pathlib import Path
from typing import Any

import pytest

RECORDED_COMMANDS = {
    "ILLUMINATOR_ON_OFF": (405,),
    "DO_ILLUMINATOR_CONFIGURE": (406,),
    "DO_GIMBAL_MANAGER_PITCHYAW": (1000, -30.0, 0.0, nan, nan),
    "DO_GIMBAL_MANAGER_CONFIGURE": (1001, 255.0, 190.0),
    "DO_MOUNT_CONTROL": (205,),
    "IMAGE_START_CAPTURE": (2000,),
    "VIDEO_START_CAPTURE": (2500,),
    "SET_CAMERA_MODE": (530,),
    "SET_CAMERA_ZOOM": (531,),
    "DO_DIGICAM_CONTROL": (203,),
    "DO_SET_CAM_TRIGG_DIST": (206,),
    "DO_SET_SERVO": (183,),
    "DO_SET_ACTUATOR": (187,),
    "DO_GRIPPER": (211, 0.0, 0.0),
    "REQUEST_STORAGE_INFORMATION": (525,),
    "DO_SET_ROI_LOCATION": (195, 0.0, 0.0, 0.0, 0.0, 47.4, 8.55, 500.0),
    "DO_SET_ROI_NONE": (197,),
    "PREFLIGHT_REBOOT(0)": (246, 0.0),
    "DO_FLIGHTTERMINATION(0)": (185, 0.0),
    "RUN_PREARM_CHECKS": (401,),
    "GET_HOME_POSITION": (410,),
    "DO_SET_HOME(cur)": (179, 1.0),
    "DO_FENCE_ENABLE": (207, 1.0),
    "CAMERA_TRACK_POINT": (2004,),
    "DO_FOLLOW": (32,),
    "SET_STANDARD_MODE": (262, 5.0),
    "DO_CHANGE_SPEED(disarmed)": (178, 1.0, 5.0, -1.0),
    "MISSION_START(no mission)": (300,),
    "DO_ORBIT(disarmed)": (34, 20.0, 4.0, 0.0, 0.0, nan, nan, nan),
    "NAV_TAKEOFF(disarmed)": (22, 0.0, 0.0, 0.0, nan, nan, nan, 500.0),
    "NAV_LAND(disarmed)": (21,),
    "RTL(disarmed)": (20,),
}


@pytest.mark.shared_data
def test_every_recorded_command_is_answered_as_px4_did(
    bench: Callable[..., Any], shared_reference: Path
) -> None:
    trace = shared_reference / "px4-traces" / "01_boot_idle_1x.json"
    recorded = json.loads(trace.read_text())["payload_cmds"]
    vehicle = bench(payload=False).ready()
    assert set(recorded) == set(RECORDED_COMMANDS)
    answers = {
        name: vehicle.command(int(command), *params)
        for name, (command, *params) in RECORDED_COMMANDS.items()
    }
    expected = {name: next((ack[1] for ack in facts["acks"]), None)
                for name, facts in recorded.items()}  # fmt: skip
    assert answers == expected


def test_gripper_is_under_way_and_done_after_a_second(bench: Callable[..., Any]) -> None:
    vehicle = bench(payload=False).ready()
    vehicle.command(211, 0.0, 0.0)
    vehicle.run(2.0)
    acks = vehicle.all("COMMAND_ACK")
    assert [(a.message.result, a.message.progress) for a in acks] == [(5, 255), (0, 0)]
    assert acks[1].at_s - acks[0].at_s == pytest.approx(1.1, abs=0.05)


@pytest.mark.parametrize(
    ("params", "result"),
    [
        ((224, 5.0), 4),
        ((262, 9.0), 4),
        ((262, 6.0), 0),
        ((22, 0.0, 0.0, 5.0), 2),
        ((400, 1.0, 0.0, 3.0), 2),
        ((176, 1.0, 99.0), 1),
        ((176, 1.0, 4.0, 99.0), 1),
        ((519,), 3),
        ((209, 1.0), 3),
        ((42425,), 3),
        ((310,), None),
        ((222, 1.0), None),
        ((178, 1.0, nan, -1.0), 0),
    ],
)
def test_answers_that_px4_gave_in_sitl(
    bench: Callable[..., Any], params: tuple[float, ...], result: int | None
) -> None:
    command, *rest = params
    assert bench(payload=False).ready().command(int(command), *rest) == result


def test_injected_failure_is_told_and_acknowledged_to_nobody(bench: Callable[..., Any]) -> None:
    vehicle = bench(payload=False).ready()
    vehicle.command(420, 4.0, 1.0, 0.0)
    ack = vehicle.last("COMMAND_ACK")
    assert (ack.command, ack.result, ack.target_system, ack.target_component) == (420, 0, 0, 0)
    vehicle.run(0.5)
    assert "Injected: gps off, all instances" in vehicle.texts()


def test_reboot_keeps_parameters_and_plans_and_tells_its_boot_again(
    bench: Callable[..., Any], mission_item: Callable[..., Any]
) -> None:
    vehicle = bench(payload=False).ready()
    vehicle.tell(
        "PARAM_SET", target_system=1, target_component=1, param_id="RTL_RETURN_ALT",
        param_value=44.0, param_type=9,
    )  # fmt: skip
    vehicle.upload([mission_item(22, 0.0, frame=6, x=47.3977432, y=8.5455938, z=10.0)])
    hash = vehicle.vehicle.aircraft.plans.hash(0)
    vehicle.run(2.0)
    assert vehicle.command(246, 1.0) == 0
    vehicle.run(0.1)
    heard = len(vehicle.heard)
    assert vehicle.tell("PING", time_usec=1, seq=1) == []
    vehicle.run(0.6)
    assert vehicle.heard[heard:] == []
    vehicle.run(7.0)
    assert vehicle.vehicle.aircraft.commander.ready
    assert vehicle.vehicle.aircraft.parameters.values["RTL_RETURN_ALT"] == 44.0
    assert vehicle.last("MISSION_CURRENT").mission_id == hash
    assert vehicle.last("ATTITUDE_QUATERNION").time_boot_ms < 9_000
    assert vehicle.vehicle.counts()["ground"]["while_booting"] == 1


def test_armed_vehicle_refuses_to_reboot(bench: Callable[..., Any]) -> None:
    vehicle = bench(payload=False).ready()
    assert vehicle.command(400, 1.0) == 0
    assert vehicle.command(246, 1.0) == 2


def test_chaos_withholds_delays_and_doubles_acks(bench: Callable[..., Any]) -> None:
    vehicle = bench(payload=False).ready()
    chaos = vehicle.vehicle.chaos
    chaos.command.no_ack = True
    assert vehicle.command(300) is None
    chaos.reset()
    chaos.command.late_ack_s, chaos.command.copies = 0.5, 1
    assert vehicle.command(300) is None
    vehicle.run(1.0)
    assert [h.message.result for h in vehicle.all("COMMAND_ACK")] == [2, 2]


def test_chaos_refuses_an_item_and_the_old_plan_stays(
    bench: Callable[..., Any], mission_item: Callable[..., Any]
) -> None:
    vehicle = bench(payload=False).ready()
    items = [mission_item(16, frame=6, x=47.398, y=8.546 + n * 1e-4, z=10.0) for n in range(4)]
    vehicle.vehicle.chaos.mission.refuse[2] = 13
    outcome = vehicle.upload(items)
    assert (outcome.complete, outcome.result) == (False, 13)
    assert vehicle.vehicle.aircraft.plans.items(0) == ()
    vehicle.vehicle.chaos.reset()
    assert vehicle.upload(items).complete


def test_chaos_gives_half_a_list_of_parameters(bench: Callable[..., Any]) -> None:
    vehicle = bench(payload=False).ready()
    vehicle.vehicle.chaos.parameter.stop_after = 100
    vehicle.tell("PARAM_REQUEST_LIST", target_system=1, target_component=1)
    vehicle.run(2.0)
    assert len(vehicle.all("PARAM_VALUE")) == 100
