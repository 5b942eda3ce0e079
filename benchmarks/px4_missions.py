"""A mission flown by one PX4 of its own simulator (SIH), timed by the vehicle's own clock."""

import math
import os
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import numpy.typing as npt

from missions.errors import BadInput, Failed
from missions.geodesy import GeoPoint, LocalPlane
from missions.plan import Plan
from missions.wind import CALM, Wind
from onboard.mavlink.codec import Address, Decoder, Encoder, Message, Send
from onboard.mavlink.mission_transfer import PlanSender
from onboard.mavlink.plan_items import MissionType, mission_wire

Array = npt.NDArray[np.float64]

FIRST_PORT = 18570
STATION = Address(255, 190)
MISSION_START, ARM, SET_MODE = 300, 400, 176
CUSTOM_MODE, MAIN_AUTO, SUB_MISSION = 1.0, 4.0, 4.0
PREARM_OK, ARMED_FLAG, GLOBAL_POSITION = 1 << 28, 128, "GLOBAL_POSITION_INT"
READY_WITHIN_S, ANSWER_WITHIN_S, SILENT_S = 120.0, 5.0, 20.0
ATTEMPTS = 5
NOTED_EVERY_S = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Px4Setup:
    """Which PX4 flies: a build's folder, an instance, an airframe, how many times real time."""

    build: Path
    instance: int
    model: str = "sihsim_quadx"
    speed: float = 4.0
    parameters: Mapping[str, float] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class Px4Mission:
    """What was seen of a flight; seconds since arming by the vehicle's clock.

    `track` has rows of seconds, east and north of home and height above it in metres, and the speed
    over the ground; `items` the indices that became current, and when; `texts` what it said.
    """

    landed_s: float = math.nan
    disarmed_s: float = math.nan
    track: Array = field(default_factory=lambda: np.zeros((0, 5)))
    items: list[tuple[int, float]] = field(default_factory=list)
    texts: list[tuple[float, str]] = field(default_factory=list)


def fly_on_px4(
    plan: Plan, setup: Px4Setup, *, wind: Wind = CALM, at_most_s: float = 4000.0
) -> Px4Mission:
    """Start PX4 at the plan's home, fly the plan, and stop PX4.

    Raises:
        BadInput: the folder holds no PX4 build, or the plan names no home.
        Failed: PX4 did not get ready, refused the plan, or fell silent.
    """
    if plan.home is None:
        raise BadInput(where="plan", what="names no home to start at")
    if not (setup.build / "bin" / "px4").is_file():
        raise BadInput(where=str(setup.build), what="no PX4 build (bin/px4 is missing)")
    height_m = plan.home.height.m if math.isfinite(plan.home.height.m) else 0.0
    with (
        _running(setup, plan.home.position, height_m, wind),
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp,
    ):
        udp.bind(("127.0.0.1", 0))
        talk = _Talk(udp, setup, LocalPlane(plan.home.position), height_m)
        talk.until(lambda: talk.ready, READY_WITHIN_S * 4.0 / setup.speed, "ready to arm")
        talk.upload(plan)
        return talk.fly(at_most_s)


@contextmanager
def _running(setup: Px4Setup, home: GeoPoint, height_m: float, wind: Wind) -> Iterator[None]:
    # SIH adds its wind to the motion over the ground: it is where the wind comes from.
    east, north = wind.toward_en_m_s
    parameters = {"SDLOG_BACKEND": 0, "SIH_WIND_N": -north, "SIH_WIND_E": -east, **setup.parameters}
    environment = {
        **os.environ,
        **{f"PX4_PARAM_{name}": f"{value:g}" for name, value in parameters.items()},
        "PX4_SIM_MODEL": setup.model,
        "PX4_HOME_LAT": f"{home.latitude_deg:.8f}",
        "PX4_HOME_LON": f"{home.longitude_deg:.8f}",
        "PX4_HOME_ALT": f"{height_m:g}",
        "PX4_HOME_YAW": "0",
    }
    if setup.speed != 1.0:
        environment["PX4_SIM_SPEED_FACTOR"] = f"{setup.speed:g}"
    with TemporaryDirectory(prefix="qyran-px4-") as folder:
        command = [str(setup.build / "bin" / "px4"), "-i", str(setup.instance), "-d"]
        process = subprocess.Popen(
            [*command, "-w", folder, str(setup.build / "etc")],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            yield
        finally:
            process.kill()
            process.wait()


class _Talk:
    """One station's talk with one vehicle; times are the vehicle's."""

    def __init__(
        self, udp: socket.socket, setup: Px4Setup, plane: LocalPlane, home_amsl_m: float
    ) -> None:
        self.ready = self.armed = self.disarmed = False
        self.boot_s = 0.0
        self._udp, self._plane, self._home_amsl_m = udp, plane, home_amsl_m
        self._to = ("127.0.0.1", FIRST_PORT + setup.instance)
        self._system = setup.instance + 1
        self._encoder = Encoder(system_id=STATION.system_id, component_id=STATION.component_id)
        self._decoder = Decoder()
        self._beat_s = 0.0
        self._current = -1
        self._sender: PlanSender | None = None
        self._acks: list[tuple[int, int]] = []
        self._landings: list[float] = []
        self._armed_s = self._disarmed_s = math.nan
        self._rows: list[tuple[float, float, float, float, float]] = []
        self._texts: list[tuple[float, str]] = []
        self._items: list[tuple[int, float]] = []
        udp.settimeout(0.2)

    def upload(self, plan: Plan) -> None:
        """Bring the mission on board."""
        sender = PlanSender(
            own=STATION,
            vehicle=Address(self._system, 1),
            mission_type=MissionType.MISSION,
            items=mission_wire(plan),
        )
        self._sender = sender
        self._send(sender.start(time.monotonic()))
        self.until(lambda: sender.outcome is not None, 60.0, "took the mission")
        self._sender = None
        if sender.outcome is None or not sender.outcome.complete:
            raise Failed(f"PX4 did not take the mission: {sender.outcome}")

    def fly(self, at_most_s: float) -> Px4Mission:
        """Arm, fly, and wait until it has disarmed itself."""
        self._order(SET_MODE, CUSTOM_MODE, MAIN_AUTO, SUB_MISSION)
        self._order(ARM, 1.0)
        self.until(lambda: self.armed, ANSWER_WITHIN_S, "armed")
        began_s = self.boot_s
        self.until(lambda: self.disarmed or self.boot_s - began_s > at_most_s, math.inf, "landed")
        rows = np.array(self._rows).reshape(-1, 5)
        rows[:, 0] -= self._armed_s
        landed = [at for at in self._landings if at > self._armed_s]
        return Px4Mission(
            # The text may get lost; PX4 disarms soon after.
            landed_s=(landed[-1] if landed else self._disarmed_s) - self._armed_s,
            disarmed_s=self._disarmed_s - self._armed_s,
            track=rows[rows[:, 0] >= 0.0],
            items=[(item, at - self._armed_s) for item, at in self._items],
            texts=[(at - self._armed_s, text) for at, text in self._texts],
        )

    def until(self, holds: Callable[[], bool], within_s: float, what: str) -> None:
        """Listen until something holds.

        Raises:
            Failed: not within so many seconds of the wall clock, or PX4 says nothing.
        """
        ends_s = time.monotonic() + within_s
        heard_s = time.monotonic()
        while not holds():
            now_s = time.monotonic()
            if now_s > self._beat_s + 0.5:
                self._beat_s = now_s
                self._send([Send("HEARTBEAT", {"type": 6, "autopilot": 8})])
                if self._sender is not None:
                    self._send(self._sender.tick(now_s))
            try:
                datagram = self._udp.recv(65_536)
                heard_s = now_s
            except (TimeoutError, ConnectionRefusedError):
                datagram = b""
            for message in self._decoder.feed(datagram):
                self._note(message)
            if now_s > ends_s or (now_s > heard_s + SILENT_S):
                raise Failed(f"PX4 instance {self._system - 1}: not {what}; {self._texts[-3:]}")

    def _order(self, command: int, *params: float) -> None:
        fields: dict[str, float] = {f"param{i + 1}": value for i, value in enumerate(params)}
        addressed = {"command": command, "target_system": self._system, "target_component": 1}
        for attempt in range(ATTEMPTS):
            self._acks.clear()
            self._send([Send("COMMAND_LONG", addressed | fields | {"confirmation": attempt})])
            try:
                self.until(lambda: bool(self._acks), ANSWER_WITHIN_S, f"answering {command}")
            except Failed:
                if attempt + 1 == ATTEMPTS:
                    raise
                continue
            if self._acks[-1] == (command, 0):
                return
        raise Failed(f"PX4 refused command {self._acks[-1]}: {self._texts[-3:]}")

    def _send(self, sends: list[Send]) -> None:
        for send in sends:
            self._udp.sendto(self._encoder.encode_send(send), self._to)

    def _note(self, message: Message) -> None:
        if self._sender is not None:
            self._send(self._sender.receive(message, time.monotonic()))
        if message.name == GLOBAL_POSITION:
            self._note_place(message)
        elif message.name == "SYS_STATUS":
            self.ready = bool(message.onboard_control_sensors_health & PREARM_OK)
        elif message.name == "HEARTBEAT":
            self._note_armed(bool(message.base_mode & ARMED_FLAG))
        elif message.name == "COMMAND_ACK":
            self._acks.append((message.command, message.result))
            if (message.command, message.result) == (ARM, 0):
                self._note_armed(True)
        elif message.name == "STATUSTEXT":
            self._note_text(str(message.text).strip("\0\t "))
        elif message.name == "MISSION_CURRENT" and message.seq != self._current:
            self._current = message.seq
            self._items.append((message.seq, self.boot_s))

    def _note_armed(self, armed: bool) -> None:
        if armed and not self.armed:
            self._armed_s = self.boot_s
        if not armed and self.armed and math.isnan(self._disarmed_s):
            self._disarmed_s, self.disarmed = self.boot_s, True
        self.armed = armed

    def _note_text(self, text: str) -> None:
        self._texts.append((self.boot_s, text))
        if "anding detected" in text:
            self._landings.append(self.boot_s)
        if text.startswith("Disarmed"):
            self._note_armed(False)

    def _note_place(self, message: Message) -> None:
        self.boot_s = message.time_boot_ms / 1e3
        if self._rows and self.boot_s < self._rows[-1][0] + NOTED_EVERY_S:
            return
        point = GeoPoint(latitude_deg=message.lat / 1e7, longitude_deg=message.lon / 1e7)
        speed = math.hypot(message.vx, message.vy) / 100.0
        height = message.alt / 1e3 - self._home_amsl_m
        self._rows.append((self.boot_s, *self._plane.en(point), height, speed))
