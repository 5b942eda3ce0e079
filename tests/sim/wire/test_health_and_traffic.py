"""SYS_STATUS, checks and LINK_NODE_STATUS: PX4's recorded values, and what a fault changes."""

from collections.abc import Callable
from typing import Any

import pytest

from onboard.mavlink.codec import Decoder, Encoder, Message
from sim.vehicle.faults import SensorState
from sim.vehicle.wire.events import event_id

GYRO, ACCEL, MAG, BARO, GPS, PLACE = 1, 2, 4, 8, 32, 1 << 14
MAY_ARM = 1 << 28
Bits = tuple[int, int, int]


def sensors(message: Message) -> Bits:
    """Present, enabled, and healthy without the bit that says whether it may be armed."""
    return (
        message.onboard_control_sensors_present,
        message.onboard_control_sensors_enabled,
        message.onboard_control_sensors_health & ~MAY_ARM,
    )


def in_order(messages: list[Message]) -> list[Bits]:
    """The values one after another, repeats left out."""
    found: list[Bits] = []
    for message in messages:
        found += [sensors(message)] if found[-1:] != [sensors(message)] else []
    return found


def said(flown: Any) -> list[Message]:
    return [heard.message for heard in flown.all("SYS_STATUS")]


@pytest.fixture
def ready(bench: Callable[..., Any]) -> Any:
    return bench(streams="px4", payload=False).ready().run(3.0)


@pytest.mark.shared_data
def test_sensors_at_boot_are_as_recorded(ready: Any, recorded_messages: Callable[..., Any]) -> None:
    recorded = recorded_messages("01_boot_idle_1x.gcs", "SYS_STATUS")
    theirs = in_order([message for _, message in recorded if message.system_id == 1])
    assert in_order(said(ready)) == theirs


@pytest.mark.shared_data
def test_sensors_in_a_loss_of_satellites_are_as_recorded(
    ready: Any, recorded_messages: Callable[..., Any]
) -> None:
    recorded = recorded_messages("09_inject_gps_loss_2x.gcs", "SYS_STATUS")
    theirs = in_order([message for _, message in recorded if message.system_id == 1])
    ready.command(400, 1.0)
    assert ready.command(22, 0, 0, 0, 0, float("nan"), float("nan"), 510.0) == 0
    ready.run(15.0)
    ready.vehicle.aircraft.faults.gps_fails(SensorState.OFF)
    ready.run(12.0)
    ready.vehicle.aircraft.faults.gps_fails(SensorState.ON)
    ready.run(8.0)
    assert set(theirs) <= set(in_order(said(ready)))


@pytest.mark.parametrize(
    ("break_it", "bit", "event"),
    [
        (lambda f: f.magnetometer_fails(SensorState.OFF), MAG, "check_mag_no_data"),
        (lambda f: f.barometer_fails(SensorState.OFF), BARO, "check_baro_no_data"),
        (
            lambda f: f.inertial_fails(accelerometer=SensorState.ON, gyroscope=SensorState.OFF),
            GYRO,
            "check_gyro_no_data",
        ),
    ],
)
def test_failed_sensor_loses_its_bit_and_is_named_by_an_event(
    ready: Any, break_it: Callable[[Any], None], bit: int, event: str
) -> None:
    healthy = sensors(ready.last("SYS_STATUS"))[2]
    assert healthy & bit
    break_it(ready.vehicle.aircraft.faults)
    ready.run(6.0)
    assert sensors(ready.last("SYS_STATUS"))[2] == healthy & ~bit
    assert not ready.last("SYS_STATUS").onboard_control_sensors_health & MAY_ARM
    told = [h.message for h in ready.all("EVENT") if h.message["id"] == event_id(event)]
    # All modes, the component, sensor number 0.
    assert bytes(told[-1].arguments)[:4] == b"\xff" * 4
    assert bytes(told[-1].arguments)[5] == 0


def test_link_status_counts_bytes_and_messages_that_went_over_the_link(ready: Any) -> None:
    ready.run(2.0)
    before = len(ready.heard)
    ready.run(4.0)
    heard = [h.message for h in ready.heard[before:] if h.link == "ground"]
    rate = sum(len(message.frame) for message in heard) / 4.0
    told = ready.last("LINK_NODE_STATUS")
    assert told.tx_rate == pytest.approx(rate, rel=0.03)
    everything = [h for h in ready.heard if h.link == "ground"]
    assert told.messages_sent == pytest.approx(len(everything), abs=400)


def test_link_status_counts_what_came_in_and_what_was_lost(ready: Any) -> None:
    ground = Encoder(system_id=255, component_id=190)
    before = ready.last("LINK_NODE_STATUS").messages_received
    frames = [ground.encode("HEARTBEAT", type=6) for _ in range(10)]
    for message in Decoder().feed(b"".join(frames[:3] + frames[5:7] + frames[8:])):
        ready.vehicle.receive("ground", message, ready.now_s)
    told = ready.run(1.5).last("LINK_NODE_STATUS")
    assert told.messages_received - before == 7
    assert told.messages_lost == 3
    assert told.rx_rate > 0


def test_raw_sensors_are_sent_to_whoever_asks(ready: Any) -> None:
    assert ready.command(512, 26) == 0
    assert ready.last("SCALED_IMU").zacc == pytest.approx(-1000, abs=5)
    assert ready.command(511, 26, 100_000.0) == 0
    assert len(ready.run(2.0).all("SCALED_IMU")) == pytest.approx(21, abs=2)


def test_satellite_links_message_streams_but_is_not_sent_on_request(ready: Any) -> None:
    assert ready.command(512, 235) == 2
    assert ready.command(511, 235, 1e6) == 0
    told = ready.run(2.5).last("HIGH_LATENCY2")
    assert (told.custom_mode, told.type, told.autopilot) == (0x0304, 2, 12)
    assert told.latitude == pytest.approx(473977432, abs=100)
    assert told.failure_flags & 256, "no manual control"
