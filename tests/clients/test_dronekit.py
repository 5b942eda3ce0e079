"""DroneKit (the maintained fork) with a vehicle on UDP: directly, and through the bridge."""

from collections.abc import Iterator
from math import nan
from typing import Any

import pytest
from pymavlink.dialects.v20 import ardupilotmega as mavlink

pytest.importorskip("dronekit")
from dronekit import Command, LocationGlobalRelative, VehicleMode, connect

pytestmark = pytest.mark.system
RELATIVE = mavlink.MAV_FRAME_GLOBAL_RELATIVE_ALT
HEIGHT_M = 8.0
CONNECT_WITHIN_S = 90


@pytest.fixture
def direct(vehicle_on_udp: Any) -> Iterator[Any]:
    url = f"udpout:127.0.0.1:{vehicle_on_udp.ground_port}"
    vehicle = connect(url, wait_ready=True, timeout=CONNECT_WITHIN_S)
    yield vehicle
    vehicle.close()


@pytest.fixture
def bridged(vehicle_on_udp: Any, process: Any, free_udp_port: int) -> Iterator[Any]:
    vehicle_url = f"udpout:127.0.0.1:{vehicle_on_udp.ground_port}"
    client_url = f"udpin:127.0.0.1:{free_udp_port}"
    process("-m", "qyran", "bridge", "--vehicle", vehicle_url, "--client", client_url)
    script_url = f"udpout:127.0.0.1:{free_udp_port}"
    vehicle = connect(script_url, wait_ready=True, timeout=CONNECT_WITHIN_S)
    yield vehicle
    vehicle.close()


def _long(vehicle: Any, command: int, *params: float) -> None:
    vehicle.send_mavlink(vehicle.message_factory.command_long_encode(0, 0, command, 0, *params))


def test_dronekit_shows_state_arms_and_goes_to_a_place(
    direct: Any, vehicle_on_udp: Any, until: Any
) -> None:
    assert direct._autopilot_type == mavlink.MAV_AUTOPILOT_PX4
    until(lambda: direct.location.global_frame.lat is not None, what="a position after the boot")
    assert direct.gps_0.fix_type >= 3
    assert direct.battery.voltage > 10
    assert direct.location.global_frame.lat == pytest.approx(vehicle_on_udp.latitude_deg, abs=1e-4)
    assert len(direct.parameters) > 100
    until(lambda: direct.home_location is not None, what="home")
    until(lambda: _armed(direct), within_s=90.0, every_s=1.0, what="armed")
    amsl_m = direct.home_location.alt + HEIGHT_M
    _long(direct, mavlink.MAV_CMD_NAV_TAKEOFF, nan, 0, 0, nan, nan, nan, amsl_m)
    until(lambda: direct.location.global_relative_frame.alt > HEIGHT_M - 1.0, what="in the air")
    north_deg = vehicle_on_udp.latitude_deg + 2e-4
    until(lambda: direct.mode.name == "LOITER", what="hold after takeoff")
    _goto(direct, north_deg, vehicle_on_udp.longitude_deg, amsl_m)
    until(
        lambda: abs(direct.location.global_frame.lat - north_deg) < 2e-5,
        within_s=90.0,
        what="at the place",
    )
    _set_mode(direct, "LAND", until)
    until(lambda: not direct.armed, within_s=90.0, what="landed and disarmed")


def _set_mode(vehicle: Any, name: str, until: Any) -> None:
    """pymavlink takes the autopilot's kind from the newest heartbeat, a gimbal's too."""
    newest = vehicle._master.field
    until(lambda: newest("HEARTBEAT", "autopilot", 0) == mavlink.MAV_AUTOPILOT_PX4, what="PX4's")
    vehicle.mode = VehicleMode(name)


def _armed(vehicle: Any) -> bool:
    vehicle.armed = True
    return bool(vehicle.armed)


def _goto(vehicle: Any, latitude_deg: float, longitude_deg: float, amsl_m: float) -> None:
    vehicle.send_mavlink(
        vehicle.message_factory.command_int_encode(
            *(0, 0, mavlink.MAV_FRAME_GLOBAL, mavlink.MAV_CMD_DO_REPOSITION, 0, 0),
            *(-1, 1, 0, nan, round(latitude_deg * 1e7), round(longitude_deg * 1e7), amsl_m),
        )
    )


def _waypoint(command: int, latitude_deg: float, longitude_deg: float, height_m: float) -> Any:
    return Command(
        *(0, 0, 0, RELATIVE, command, 0, 0, 0, 0, 0, 0, latitude_deg, longitude_deg, height_m)
    )


def test_arducopter_script_uploads_a_mission_through_the_bridge_and_flies_it(
    bridged: Any, vehicle_on_udp: Any, until: Any
) -> None:
    latitude_deg, longitude_deg = vehicle_on_udp.latitude_deg, vehicle_on_udp.longitude_deg
    commands = bridged.commands
    commands.download()
    commands.wait_ready()
    assert len(commands) == 0
    assert bridged.home_location.alt == pytest.approx(vehicle_on_udp.amsl_m, abs=5.0)
    commands.clear()
    commands.add(_waypoint(mavlink.MAV_CMD_NAV_TAKEOFF, 0, 0, HEIGHT_M))
    for north in (2e-4, 4e-4):
        waypoint = _waypoint(
            mavlink.MAV_CMD_NAV_WAYPOINT, latitude_deg + north, longitude_deg, HEIGHT_M
        )
        commands.add(waypoint)
    commands.add(_waypoint(mavlink.MAV_CMD_NAV_RETURN_TO_LAUNCH, 0, 0, 0))
    commands.upload(timeout=60)
    commands.download()
    commands.wait_ready()
    assert [command.command for command in commands] == [22, 16, 16, 20]
    assert commands[1].x == pytest.approx(latitude_deg + 2e-4, abs=1e-5)

    until(lambda: bridged.is_armable, within_s=90.0, what="armable")
    bridged.wait_for_mode("GUIDED", timeout=30)
    bridged.arm(timeout=60)
    farthest: list[float] = []
    bridged.mode = VehicleMode("AUTO")
    until(lambda: bridged.commands.next == 3, within_s=150.0, what="second waypoint")
    until(
        lambda: farthest.append(bridged.location.global_frame.lat) or bridged.commands.next == 4,
        within_s=90.0,
        what="return",
    )
    # NAV_ACC_RAD: ten metres before it the waypoint counts as reached.
    assert max(farthest) == pytest.approx(latitude_deg + 4e-4, abs=1.2e-4)
    bridged.mode = VehicleMode("LAND")
    until(lambda: not bridged.armed, within_s=120.0, what="landed and disarmed")


def test_arducopter_script_takes_off_and_goes_to_a_place_through_the_bridge(
    bridged: Any, vehicle_on_udp: Any, until: Any
) -> None:
    until(lambda: bridged.is_armable, within_s=90.0, what="armable")
    bridged.wait_for_mode("GUIDED", timeout=30)
    bridged.arm(timeout=60)
    bridged.wait_simple_takeoff(HEIGHT_M, epsilon=1.0, timeout=90)
    north_deg = vehicle_on_udp.latitude_deg + 2e-4
    place = LocationGlobalRelative(north_deg, vehicle_on_udp.longitude_deg, HEIGHT_M)
    bridged.simple_goto(place, groundspeed=4)
    until(
        lambda: abs(bridged.location.global_frame.lat - north_deg) < 2e-5,
        within_s=90.0,
        what="at the place",
    )
    assert bridged.mode.name == "GUIDED"
    bridged.wait_for_mode("RTL", timeout=30)
    bridged.wait_for_mode("LAND", timeout=30)
    until(lambda: not bridged.armed, within_s=120.0, what="landed and disarmed")


def test_whole_parameters_are_their_values_through_the_bridge(bridged: Any) -> None:
    assert bridged.parameters["NAV_RCL_ACT"] == 2.0
    assert bridged.parameters.set("NAV_DLL_ACT", 2.0)
