"""`qyran sim` as a process: a scenario's faults in real time, and faults asked for from outside."""

import json
import select
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from onboard.mavlink.codec import Decoder, Encoder, Message
from sim.scenario.control import ControlServer
from sim.scenario.live import LiveFaults

SCENARIO = """
title = "the receiver fails for a while"
proves = "nothing"
[[drones]]
id = "qyran-1"
[[faults]]
at_s = 12.0
for_s = 20.0
vehicle = { fault = "gps", state = "off" }
"""
SPEED = 10
WITHIN_S = 20.0


class Running:
    """The process, the ground station's end of its ground link, and its control."""

    def __init__(self, udp: socket.socket, ready: dict[str, Any]) -> None:
        self.udp, self.ready = udp, ready
        self.port = ready["control_port"]
        self.vehicle = ("127.0.0.1", ready["vehicles"][0]["ground_link_port"])
        self._encoder, self._decoder = Encoder(system_id=255, component_id=190), Decoder()

    def until(self, wanted: Callable[[Message], bool]) -> Message:
        """The first message that is wanted, from now on."""
        until_s = time.monotonic() + WITHIN_S
        while time.monotonic() < until_s:
            for message in self._decoder.feed(self.udp.recv(65_535)):
                if wanted(message):
                    return message
        raise AssertionError("it never came")

    def heard_in(self, wall_s: float) -> int:
        """How many datagrams come in some seconds, after those that are here already."""
        while select.select([self.udp], [], [], 0.0)[0]:
            self.udp.recv(65_535)
        count, until_s = 0, time.monotonic() + wall_s
        while (left_s := until_s - time.monotonic()) > 0.0:
            if select.select([self.udp], [], [], left_s)[0]:
                self.udp.recv(65_535)
                count += 1
        return count

    def tell(self, name: str, **fields: Any) -> None:
        """Say something; what came before is thrown away, lest the answer finds no room."""
        self.heard_in(0.0)
        self.udp.sendto(self._encoder.encode(name, **fields), self.vehicle)

    def ask(self, request: dict[str, Any]) -> dict[str, Any]:
        """One line to the control, one line back."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=WITHIN_S) as link:
            link.sendall(json.dumps(request).encode() + b"\n")
            answer: dict[str, Any] = json.loads(link.makefile("rb").readline())
        return answer

    def fault(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """`qyran sim fault ...` against it."""
        command = [sys.executable, "-m", "qyran", "sim", "fault", *words, "--port", str(self.port)]
        return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def _offset(udp: socket.socket) -> int:
    """The offset at which the ground stations' port is the one that this socket has."""
    port: int = udp.getsockname()[1]
    return port - 14_550


@contextmanager
def _bound() -> Iterator[socket.socket]:
    """A socket on a port that leaves room for the others below 65536."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        for port in range(35_000, 45_000, 37):
            try:
                udp.bind(("127.0.0.1", port))
            except OSError:
                continue
            udp.settimeout(WITHIN_S)
            yield udp
            return


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    file = tmp_path / "scenario.toml"
    file.write_text(SCENARIO, encoding="utf-8")
    with _bound() as udp:
        options = ["--speed", str(SPEED), "--port-offset", str(_offset(udp)), "--json"]
        process = subprocess.Popen(
            [sys.executable, "-m", "qyran", "sim", "--scenario", str(file), "--control", *options],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        try:
            yield Running(udp, json.loads(process.stdout.readline()))
        finally:
            process.kill()
            process.wait()


def _fix(wanted: Callable[[int], bool]) -> Callable[[Message], bool]:
    return lambda message: message.name == "GPS_RAW_INT" and wanted(message.fix_type)


@pytest.mark.system
def test_a_scenarios_fault_comes_and_goes_in_real_time(running: Running) -> None:
    running.until(_fix(lambda fix: fix == 3))
    lost = running.until(_fix(lambda fix: fix == 0))
    back = running.until(_fix(lambda fix: fix == 3))
    assert lost.time_usec / 1e6 == pytest.approx(12.0, abs=2.0)
    assert back.time_usec / 1e6 == pytest.approx(32.0, abs=3.0)


@pytest.mark.system
def test_a_link_is_cut_and_restored_from_outside(running: Running) -> None:
    running.until(_fix(lambda fix: fix == 3))
    assert running.ask({"fault": {"link": {"down": True}}}) == {"ok": True, "begun": 1}
    running.heard_in(0.2)
    assert running.heard_in(0.5) == 0
    assert running.ask({"end": True})["ok"]
    assert running.heard_in(0.5) > 10


@pytest.mark.system
def test_the_command_line_sets_faults_and_tells_what_is_so(running: Running) -> None:
    chaos = running.fault("chaos", "family=command", "no_ack=true")
    wrong = running.fault("gps", "of")
    nobody = running.fault("gps", "off", "--drone", "qyran-9")
    state = json.loads(running.fault("--state").stdout)

    running.tell("COMMAND_LONG", command=512, target_system=1, target_component=1, param1=148.0)
    answer = running.until(lambda m: m.name in ("AUTOPILOT_VERSION", "COMMAND_ACK"))
    assert running.fault("--end").returncode == 0
    running.tell("COMMAND_LONG", command=512, target_system=1, target_component=1, param1=148.0)
    acknowledged = running.until(lambda m: m.name == "COMMAND_ACK")

    assert chaos.returncode == 0
    assert (wrong.returncode, nobody.returncode) == (2, 2)
    assert "gps knows no 'of'; it knows: on, off" in wrong.stderr
    assert "there is no qyran-9; there are: qyran-1" in nobody.stderr
    assert {"family": "command", "no_ack": True} in [each.get("chaos") for each in state["faults"]]
    assert answer.name == "AUTOPILOT_VERSION"
    assert acknowledged.result == 0


def test_nobody_at_the_control_port_is_one_line_and_status_2() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    ended = subprocess.run(
        [sys.executable, "-m", "qyran", "sim", "fault", "gps", "off", "--port", str(port)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 2
    assert ended.stderr.count("\n") == 1
    assert "start one with --control" in ended.stderr


@pytest.fixture
def control() -> ControlServer:
    from missions.geodesy import GeoPoint
    from sim.clock import VirtualClock
    from sim.vehicle.config import FleetConfig
    from sim.vehicle.shell import Fleet

    fleet = Fleet(FleetConfig(), clock=VirtualClock())
    faults = LiveFaults(fleet, home=GeoPoint(latitude_deg=44.85, longitude_deg=65.51))
    return ControlServer(faults, host="127.0.0.1", port=0)


@pytest.mark.parametrize(
    ("line", "where", "what"),
    [
        (b"GET / HTTP/1.1\r\n", "request", "is no line of JSON"),
        (b"[1]\n", "request", "is no object"),
        (b"{}\n", "line", "give exactly one of fault, end, state"),
        (b'{"fault": {"link": {"loss": 3}}}\n', "fault.link.loss", "less than or equal to 1"),
        (b'{"fault": {}}\n', "fault", "give exactly one of link, vehicle, chaos"),
        (b'{"fault": {"drone": "x", "link": {"down": true}}}\n', "drone", "there is no x"),
        (b'{"fault": {"chaos": {"family": "mission"}}}\n', "fault.chaos", "says nothing"),
        (b"\xff\xfe\n", "request", "is no line of JSON"),
    ],
)
def test_a_wrong_request_is_answered_with_its_place(
    control: ControlServer, line: bytes, where: str, what: str
) -> None:
    answer = control.answer(line)
    assert (answer["ok"], answer["where"]) == (False, where)
    assert what in answer["what"]
    assert control.refused == 1


def test_two_options_that_both_say_how_many_are_refused() -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "qyran", "sim", "--scenario", "x", "--vehicles", "2"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 2
    assert ended.stderr.count("\n") == 1
