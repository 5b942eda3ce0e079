"""pymavlink's own waypoint tools: mavwp's loaders and mavutil's transfers, as scripts use them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pymavlink import mavutil, mavwp
from pymavlink.dialects.v20 import ardupilotmega as mavlink

pytestmark = pytest.mark.system
ANSWER_WITHIN_S = 15.0


@pytest.fixture
def link(vehicle_on_udp: Any) -> Iterator[Any]:
    url = f"udpout:127.0.0.1:{vehicle_on_udp.ground_port}"
    connection = mavutil.mavlink_connection(url, source_system=255)
    for _ in range(60):
        connection.mav.heartbeat_send(mavlink.MAV_TYPE_GCS, mavlink.MAV_AUTOPILOT_INVALID, 0, 0, 4)
        connection.wait_heartbeat(timeout=1.0)
        # A gimbal or a camera aboard may be heard before the autopilot.
        if connection.target_system:
            break
    assert connection.target_system == vehicle_on_udp.system_id
    yield connection
    connection.close()


def _hear(link: Any, *names: str) -> Any:
    message = link.recv_match(type=list(names), blocking=True, timeout=ANSWER_WITHIN_S)
    assert message is not None, f"no {names}"
    return message


def _loader(vehicle: Any, folder: Path) -> Any:
    """A mission written and read again in the format of QGroundControl's `.waypoints`."""
    north_deg = vehicle.latitude_deg + 3e-4
    lines = [
        f"0\t1\t3\t22\t0\t0\t0\t0\t{vehicle.latitude_deg}\t{vehicle.longitude_deg}\t10\t1",
        f"1\t0\t3\t16\t0\t2\t0\t0\t{north_deg}\t{vehicle.longitude_deg}\t12\t1",
        "2\t0\t2\t20\t0\t0\t0\t0\t0\t0\t0\t1",
    ]
    path = folder / "mission.txt"
    path.write_text("QGC WPL 110\n" + "\n".join(lines) + "\n")
    loader = mavwp.MAVWPLoader()
    assert loader.load(str(path)) == 3
    return loader


def test_mission_of_mavwp_is_uploaded_and_read_back(
    link: Any, vehicle_on_udp: Any, tmp_path: Path
) -> None:
    loader = _loader(vehicle_on_udp, tmp_path)
    link.waypoint_count_send(loader.count())
    asked = []
    while (message := _hear(link, "MISSION_REQUEST_INT", "MISSION_REQUEST", "MISSION_ACK")) and (
        message.get_type() != "MISSION_ACK"
    ):
        asked.append(message.seq)
        link.mav.send(
            mavutil.mavlink.MAVLink_mission_item_int_message(*_int(link, loader, message))
        )
    assert message.type == mavlink.MAV_MISSION_ACCEPTED
    assert set(asked) == {0, 1, 2}
    link.waypoint_request_list_send()
    count = _hear(link, "MISSION_COUNT").count
    back = []
    for seq in range(count):
        link.mav.mission_request_int_send(link.target_system, link.target_component, seq)
        back.append(_hear(link, "MISSION_ITEM_INT"))
    assert [item.command for item in back] == [22, 16, 20]
    assert back[1].x == round((vehicle_on_udp.latitude_deg + 3e-4) * 1e7)
    assert back[1].param2 == 2.0


def _int(link: Any, loader: Any, request: Any) -> tuple[Any, ...]:
    item = loader.wp(request.seq)
    return (
        *(link.target_system, link.target_component, item.seq, item.frame, item.command),
        *(item.current, item.autocontinue, item.param1, item.param2, item.param3, item.param4),
        *(round(item.x * 1e7), round(item.y * 1e7), item.z),
    )


def test_vehicle_asks_for_old_items_by_no_old_request_and_keeps_its_mission(
    link: Any, vehicle_on_udp: Any, tmp_path: Path
) -> None:
    loader = _loader(vehicle_on_udp, tmp_path)
    link.waypoint_count_send(loader.count())
    first = _hear(link, "MISSION_REQUEST_INT", "MISSION_REQUEST", "MISSION_ACK")
    assert first.get_type() == "MISSION_REQUEST_INT"
    link.mav.mission_ack_send(
        link.target_system, link.target_component, mavlink.MAV_MISSION_OPERATION_CANCELLED
    )
    link.waypoint_request_list_send()
    assert _hear(link, "MISSION_COUNT").count == 0


def test_all_parameters_come_with_their_count(link: Any) -> None:
    link.param_fetch_all()
    first = _hear(link, "PARAM_VALUE")
    names = {first.param_id}
    while len(names) < min(first.param_count, 300):
        names.add(_hear(link, "PARAM_VALUE").param_id)
    assert first.param_count > 300
