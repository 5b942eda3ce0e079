"""Remote ID: what the ground gives, what is announced, and COM_ARM_ODID's check and failsafe."""

from collections.abc import Callable
from typing import Any

import pytest

from onboard.mavlink.codec import Address
from onboard.mavlink.px4_modes import px4_mode

ODID, STANDBY, UNINIT = 34, 3, 0
BASIC_ID, ARM_STATUS = 12900, 12918
SERIAL = b"1581F5FJD229P00A3BCD"
REQUEST_MESSAGE = 512


def beat(flown: Any, status: int = STANDBY, *, system_id: int = 1) -> None:
    """One heartbeat of a Remote ID transmitter aboard, and one of the ground station."""
    sender = Address(system_id, 236)
    flown.tell("HEARTBEAT", sender=sender, type=ODID, autopilot=8, system_status=status)
    ground(flown)


def ground(flown: Any) -> None:
    flown.tell("HEARTBEAT", type=6, autopilot=8, system_status=4)


def beating(flown: Any, seconds: int) -> None:
    for _ in range(seconds):
        beat(flown)
        flown.run(1.0)


def arm(flown: Any) -> int:
    return int(flown.command(400, 1.0))


@pytest.fixture
def ready(bench: Callable[..., Any]) -> Callable[..., Any]:
    return lambda **parameters: bench(streams="px4", payload=False, parameters=parameters).ready()


def test_given_serial_number_is_announced_instead_of_px4s_own(ready: Any) -> None:
    flown = ready()
    flown.command(REQUEST_MESSAGE, BASIC_ID)
    own = flown.last("OPEN_DRONE_ID_BASIC_ID")
    assert (own.id_type, own.ua_type) == (1, 2)
    given = {"id_type": 1, "ua_type": 2, "uas_id": SERIAL}
    flown.tell("OPEN_DRONE_ID_BASIC_ID", target_system=9, target_component=1, **given)
    flown.tell("OPEN_DRONE_ID_BASIC_ID", target_system=0, target_component=0, **given)
    flown.command(REQUEST_MESSAGE, BASIC_ID)
    assert bytes(flown.last("OPEN_DRONE_ID_BASIC_ID").uas_id) != SERIAL
    flown.tell("OPEN_DRONE_ID_BASIC_ID", target_system=1, target_component=0, **given)
    flown.command(REQUEST_MESSAGE, BASIC_ID)
    assert bytes(flown.last("OPEN_DRONE_ID_BASIC_ID").uas_id) == SERIAL


def test_operator_and_description_are_taken_and_never_ignored(ready: Any) -> None:
    flown = ready()
    ignored = flown.vehicle.links["ground"].ignored
    flown.tell("OPEN_DRONE_ID_OPERATOR_ID", operator_id="KAZ0123456789012345")
    flown.tell("OPEN_DRONE_ID_SELF_ID", description="police patrol")
    flown.tell("OPEN_DRONE_ID_SYSTEM", operator_latitude=448500000, operator_longitude=655100000)
    told = flown.vehicle.aircraft.remote_id.told
    assert told["OPEN_DRONE_ID_OPERATOR_ID"]["operator_id"] == "KAZ0123456789012345"
    assert set(told) == {
        "OPEN_DRONE_ID_OPERATOR_ID",
        "OPEN_DRONE_ID_SELF_ID",
        "OPEN_DRONE_ID_SYSTEM",
    }
    assert flown.vehicle.links["ground"].ignored == ignored


def test_arm_status_is_denied_without_a_transmitter_on_can(ready: Any) -> None:
    assert ready().command(REQUEST_MESSAGE, ARM_STATUS) == 2


def test_no_arming_without_the_transmitter_where_it_is_asked_for(ready: Any) -> None:
    flown = ready(COM_ARM_ODID=2)
    flown.run(3.0)
    assert "Preflight Fail: Open Drone ID system missing" in flown.texts()
    assert arm(flown) == 1
    beat(flown, UNINIT)
    flown.run(2.5)
    assert "Preflight Fail: Open Drone ID system not ready" in flown.texts()
    assert arm(flown) == 1
    beat(flown, system_id=9)
    assert arm(flown) == 1
    beat(flown)
    flown.run(0.2)
    assert arm(flown) == 0


def test_warning_only_arms_all_the_same(ready: Any) -> None:
    flown = ready(COM_ARM_ODID=1)
    flown.run(3.0)
    assert "Preflight Fail: Open Drone ID system missing" in flown.texts()
    assert arm(flown) == 0


def test_silent_transmitter_in_flight_brings_the_vehicle_home(ready: Any) -> None:
    flown = ready(COM_ARM_ODID=3)
    beat(flown)
    flown.command(22, 0, 0, 0, 0, float("nan"), float("nan"), float("nan"))
    assert arm(flown) == 0
    beating(flown, 15)
    assert px4_mode(flown.last("HEARTBEAT").custom_mode).name != "RTL"
    for _ in range(11):
        ground(flown)
        flown.run(1.0)
    assert "Remote ID system lost\t" in flown.texts()
    assert px4_mode(flown.last("HEARTBEAT").custom_mode).name == "RTL"
    beat(flown)
    flown.run(0.5)
    assert "Remote ID system regained\t" in flown.texts()
