"""MAVProxy as a real process: loads a mission, a fence and rally points, arms and flies."""

from pathlib import Path
from typing import Any

import pytest
from pymavlink import mavutil

pytest.importorskip("MAVProxy")
pytestmark = pytest.mark.system


@pytest.fixture
def mavproxy(vehicle_on_udp: Any, process: Any, said: Any, until: Any, tmp_path: Path) -> Any:
    made = process(
        *("-m", "MAVProxy.mavproxy", "--master", f"udpout:127.0.0.1:{vehicle_on_udp.ground_port}"),
        *("--streamrate", "-1", "--state-basedir", tmp_path, "--nowait", "--default-modules"),
        "mode,wp,fence,rally,arm,param,link,cmdlong,misc",
    )

    def type_in(line: str) -> None:
        made.stdin.write(line + "\n")
        made.stdin.flush()

    until(lambda: "online system" in said(), within_s=90.0, what="MAVProxy sees the vehicle")
    return type_in


def _mission(vehicle: Any, path: Path) -> None:
    at = f"{vehicle.latitude_deg}\t{vehicle.longitude_deg}"
    north = f"{vehicle.latitude_deg + 2e-4}\t{vehicle.longitude_deg}"
    lines = (
        f"0\t1\t3\t22\t0\t0\t0\t0\t{at}\t8\t1",
        f"1\t0\t3\t16\t0\t0\t0\t0\t{north}\t8\t1",
        f"2\t0\t3\t21\t0\t0\t0\t0\t{north}\t0\t1",
    )
    path.write_text("QGC WPL 110\n" + "\n".join(lines) + "\n")


def test_mavproxy_loads_a_mission_arms_and_flies_it_to_its_end(
    mavproxy: Any, vehicle_on_udp: Any, said: Any, until: Any, tmp_path: Path
) -> None:
    _mission(vehicle_on_udp, tmp_path / "mission.txt")
    mavproxy("wp load mission.txt")
    # A list that is asked for while the upload still goes on ends it.
    until(lambda: "TYPE_MISSION: ACCEPTED" in said(), what="mission on board")
    mavproxy("wp list")
    until(lambda: "Requesting 3 waypoints" in said(), what="listed")

    def arm() -> bool:
        mavproxy("arm throttle")
        return "\nARMED" in said()

    until(arm, within_s=90.0, every_s=2.0, what="armed")
    # MAVProxy's `mode` knows ArduPilot's numbers only; it starts PX4's mission by its command.
    mavproxy("long MISSION_START 0 0 0 0 0 0 0")
    until(lambda: "DISARMED" in said(), within_s=180.0, what="landed at the end")
    assert "waypoint 2" in said()


def test_mavproxy_loads_fence_and_rally_points_and_reads_them_back(
    mavproxy: Any, vehicle_on_udp: Any, said: Any, until: Any, tmp_path: Path
) -> None:
    corners = ((-0.002, -0.002), (-0.002, 0.002), (0.002, 0.002), (0.002, -0.002))
    fence = [
        f"{n}\t0\t0\t5001\t4\t0\t0\t0\t{vehicle_on_udp.latitude_deg + north}"
        f"\t{vehicle_on_udp.longitude_deg + east}\t0\t1"
        for n, (north, east) in enumerate(corners)
    ]
    (tmp_path / "fence.txt").write_text("QGC WPL 110\n" + "\n".join(fence) + "\n")
    rally = (
        f"0\t0\t3\t5100\t0\t0\t0\t0\t{vehicle_on_udp.latitude_deg}"
        f"\t{vehicle_on_udp.longitude_deg}\t15\t1"
    )
    (tmp_path / "rally.txt").write_text("QGC WPL 110\n" + rally + "\n")
    mavproxy("fence load fence.txt")
    until(lambda: "TYPE_FENCE: ACCEPTED" in said(), what="fence on board")
    mavproxy("rally load rally.txt")
    until(lambda: "TYPE_RALLY: ACCEPTED" in said(), what="rally points on board")
    companion = mavutil.mavlink_connection(f"udpout:127.0.0.1:{vehicle_on_udp.companion_port}")
    companion.mav.heartbeat_send(6, 8, 0, 0, 4)
    # pymavlink speaks MAVLink 1, which has no mission types, until it has heard MAVLink 2.
    assert companion.recv_match(type="HEARTBEAT", blocking=True, timeout=15.0) is not None
    assert [_on_board(companion, vehicle_on_udp.system_id, kind) for kind in (1, 2)] == [4, 1]
    companion.close()


def _on_board(link: Any, system_id: int, mission_type: int) -> int:
    """How many items of a type the vehicle tells on another link."""
    link.mav.mission_request_list_send(system_id, 1, mission_type)
    wanted = f"MISSION_COUNT.mission_type=={mission_type}"
    said = link.recv_match(wanted, "MISSION_COUNT", blocking=True, timeout=15.0)
    assert said is not None
    link.mav.mission_ack_send(system_id, 1, 0, mission_type)
    return int(said.count)
