"""The socket around the pose history."""

import math
import socket
import threading

import pytest

from missions.errors import BadInput
from onboard.geolocate import CameraPose
from onboard.geolocate.rotation import quaternion_from_euler
from onboard.mavlink.codec import Encoder
from onboard.telemetry import PoseHistory, PoseMissing, TelemetryLink


def samples(boot_ms: int) -> bytes:
    encoder = Encoder(system_id=1, component_id=1)
    q = quaternion_from_euler(roll_rad=0.0, pitch_rad=-0.8, yaw_rad=0.0)
    return encoder.encode(
        "GLOBAL_POSITION_INT", time_boot_ms=boot_ms, lat=448_500_000, lon=655_100_000, alt=179_000
    ) + encoder.encode("GIMBAL_DEVICE_ATTITUDE_STATUS", time_boot_ms=boot_ms, q=q, flags=64)


def test_waits_for_the_sample_after_the_frames_instant() -> None:
    link = TelemetryLink("udpin:127.0.0.1:0", PoseHistory())
    vehicle = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        vehicle.sendto(samples(1000), ("127.0.0.1", link.port))
        late = threading.Timer(0.05, vehicle.sendto, (samples(1100), ("127.0.0.1", link.port)))
        late.start()
        assert isinstance(link.pose(1.05, wait_s=5.0), CameraPose)
    finally:
        link.close()
        vehicle.close()


def test_a_long_burst_of_datagrams_is_taken_whole_and_in_order() -> None:
    link = TelemetryLink("udpin:127.0.0.1:0", PoseHistory())
    vehicle = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        for boot_ms in range(1000, 1000 + 10 * 300, 10):
            vehicle.sendto(samples(boot_ms), ("127.0.0.1", link.port))
        assert isinstance(link.pose(3.985, wait_s=5.0), CameraPose)
        assert isinstance(link.pose(3.005, wait_s=0.0), CameraPose)
        assert link.malformed == 0
    finally:
        link.close()
        vehicle.close()


def test_what_comes_before_anybody_asks_is_known_from_when_it_came() -> None:
    link = TelemetryLink("udpin:127.0.0.1:0", PoseHistory())
    vehicle = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        vehicle.sendto(samples(1000), ("127.0.0.1", link.port))
        # A heartbeat comes each second, and the first one knew no vehicle.
        vehicle.settimeout(5.0)
        vehicle.recvfrom(512)
        assert link.silent_s > 0.5
        now_s = link.boot_s_now()
        assert now_s is not None
        assert now_s > 1.5
    finally:
        link.close()
        vehicle.close()


def test_does_not_wait_for_ever() -> None:
    link = TelemetryLink("udpin:127.0.0.1:0", PoseHistory())
    try:
        assert link.pose(1.05, wait_s=0.02) is PoseMissing.NONE
    finally:
        link.close()


def test_port_in_use_is_named() -> None:
    link = TelemetryLink("udpin:127.0.0.1:0", PoseHistory())
    try:
        with pytest.raises(BadInput, match=f"udpin:127.0.0.1:{link.port}: address already in use"):
            TelemetryLink(f"udpin:127.0.0.1:{link.port}", PoseHistory())
    finally:
        link.close()


@pytest.mark.parametrize("address", ["udpin:14540", "serial:/dev/ttyS1", "udpin:127.0.0.1:port"])
def test_an_address_that_is_not_understood_is_named(address: str) -> None:
    with pytest.raises(BadInput, match=address):
        TelemetryLink(address, PoseHistory())


def test_the_link_lives_on_after_messages_that_cannot_be() -> None:
    encoder = Encoder(system_id=1, component_id=1)
    gimbal, place = "GIMBAL_DEVICE_ATTITUDE_STATUS", "GLOBAL_POSITION_INT"
    broken = (
        encoder.encode("SYSTEM_TIME", time_boot_ms=1000, time_unix_usec=2**64 - 1)
        + encoder.encode(gimbal, time_boot_ms=1000, q=(math.nan,) * 4, flags=64)
        + encoder.encode(place, time_boot_ms=1000, lat=2**31 - 1, lon=2**31 - 1)
    )
    link = TelemetryLink("udpin:127.0.0.1:0", PoseHistory())
    vehicle = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        for data in (broken, samples(1000), broken, samples(1100)):
            vehicle.sendto(data, ("127.0.0.1", link.port))
        assert isinstance(link.pose(1.05, wait_s=5.0), CameraPose)
        assert link.malformed == 6
        assert link.silent_s < 5.0
    finally:
        link.close()
        vehicle.close()
