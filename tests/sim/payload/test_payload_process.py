"""`qyran sim payload` as a process on UDP, with an autopilot's ports played by the test."""

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from onboard.mavlink.codec import Decoder, Encoder, Message
from sim.payload.shell import PORTS


def free(offset: int) -> bool:
    with ExitStack() as stack:
        try:
            for port in (port + offset for pair in PORTS.values() for port in pair):
                udp = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
                udp.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


@pytest.fixture
def offset() -> int:
    return next(shift for shift in range(2000, 40_000, 41) if free(shift))


def payload_process(offset: int, *options: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "qyran", "sim", "payload", "--json"]
    return subprocess.Popen(
        [*command, "--port-offset", str(offset), *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def autopilot(offset: int) -> Iterator[socket.socket]:
    """PX4's end of the payload link."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.bind(("127.0.0.1", PORTS["payload"][1] + offset))
        udp.settimeout(60.0)
        yield udp


def messages(udp: socket.socket) -> Iterator[Message]:
    decoder = Decoder()
    while True:
        yield from decoder.feed(udp.recv(2048))


def test_it_serves_a_vehicle_and_ends_on_sigterm(offset: int, autopilot: socket.socket) -> None:
    with payload_process(offset) as process:
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline())
        assert ready["ports"]["payload"] == PORTS["payload"][0] + offset
        heard = messages(autopilot)
        beats = {next(m for m in heard if m.name == "HEARTBEAT").component_id for _ in range(3)}
        assert beats == {100, 158, 243}
        light = Encoder(system_id=255, component_id=190).encode(
            "COMMAND_LONG", command=405, param1=1.0, target_system=1, target_component=243
        )
        autopilot.sendto(light, ("127.0.0.1", ready["ports"]["payload"]))
        ack = next(message for message in heard if message.name == "COMMAND_ACK")
        assert (ack.component_id, ack.command, ack.result) == (243, 405, 0)
        states = map(json.loads, process.stdout)
        assert next(state for state in states if state["light"]["on"])["heard"]["payload"] == 1
        process.terminate()
        assert process.wait(60.0) == 0


def test_a_port_in_use_is_one_line(offset: int) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.bind(("127.0.0.1", PORTS["gimbal"][0] + offset))
        with payload_process(offset) as process:
            out, errors = process.communicate(timeout=60.0)
    assert (process.returncode, out) == (2, "")
    assert str(PORTS["gimbal"][0] + offset) in errors
    assert len(errors.strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (("--instance", "400"), "--instance"),
        (("--speed", "0"), "--speed"),
        (("--recordings", "nowhere"), "nowhere"),
        (("--system-id", "0"), "--system-id"),
    ],
)
def test_bad_arguments_are_one_line_that_names_them(
    offset: int, options: tuple[str, ...], named: str
) -> None:
    with payload_process(offset, *options) as process:
        _, errors = process.communicate(timeout=60.0)
    assert process.returncode == 2
    assert named in errors
    assert len(errors.strip().splitlines()) == 1
