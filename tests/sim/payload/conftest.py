"""A payload stepped by hand, with a made-up autopilot on its two links; all passes as bytes."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from pymavlink.dialects.v20 import development

from onboard.mavlink.codec import Address, Decoder, Encoder, Message
from onboard.mavlink.mission_transfer import PlanSender
from onboard.mavlink.plan_items import MissionType, WireItem
from sim.clock import SteppedClock
from sim.payload.component import PayloadComponent
from sim.payload.config import PayloadConfig
from sim.vehicle.config import VehicleConfig
from sim.vehicle.rotation import quaternion_from_euler
from sim.vehicle.vehicle import GROUND, Vehicle

AUTOPILOT = Address(1, 1)
GROUND_STATION = Address(255, 190)
CAMERA, GIMBAL, LIGHT, SPEAKER = 100, 154, 243, 158
HOME_LATITUDE, HOME_LONGITUDE = 44.85, 65.51


@dataclass
class Said:
    """A message, when and on which link it was sent."""

    at_s: float
    link: str
    message: Message


@dataclass
class Bench:
    """The payload, what it said, and what pymavlink made of the same bytes."""

    payload: PayloadComponent
    now_s: float = 0.0
    said: list[Said] = field(default_factory=list)
    by_pymavlink: list[Any] = field(default_factory=list)
    _encoders: dict[Any, Encoder] = field(default_factory=dict)
    _decoder: Decoder = field(default_factory=Decoder)
    _pymavlink: Any = field(default_factory=lambda: development.MAVLink(None))

    def tell(
        self, name: str, *, link: str = "payload", sender: Address = GROUND_STATION, **fields: Any
    ) -> list[Message]:
        """Send a message to the payload; its answers on the same link."""
        encoder = self._encoders.setdefault(
            sender, Encoder(system_id=sender.system_id, component_id=sender.component_id)
        )
        before = len(self.said)
        for message in Decoder().feed(encoder.encode(name, **fields)):
            self._hear(self.payload.receive(link, message, self.now_s))
        return [said.message for said in self.said[before:] if said.link == link]

    def command(
        self, command: int, *params: float, to: int, link: str = "payload", **fields: Any
    ) -> list[int]:
        """Send COMMAND_LONG; the results of all ACKs."""
        numbered = {f"param{number}": value for number, value in enumerate(params, start=1)}
        target = {"target_system": 1, "target_component": to}
        said = self.tell("COMMAND_LONG", link=link, command=command, **numbered, **target, **fields)
        return [answer.result for answer in said if answer.name == "COMMAND_ACK"]

    def run(self, seconds: float, step_s: float = 0.05) -> "Bench":
        until_s = self.now_s + seconds - 1e-9
        while self.now_s < until_s:
            self.now_s += step_s
            self._hear(self.payload.tick(self.now_s))
        return self

    def fly(
        self,
        *,
        north_m: float = 0.0,
        height_m: float = 50.0,
        roll: float = 0.0,
        pitch: float = 0.0,
        heading: float = 0.0,
        speed_m_s: float = 0.0,
    ) -> "Bench":
        """The autopilot says where the vehicle is and how it stands."""
        self.tell(
            "AUTOPILOT_STATE_FOR_GIMBAL_DEVICE",
            link="gimbal",
            sender=AUTOPILOT,
            time_boot_us=round((self.now_s + 100.0) * 1e6),
            q=quaternion_from_euler(roll, pitch, heading),
        )
        self.tell(
            "GLOBAL_POSITION_INT",
            sender=AUTOPILOT,
            lat=round((HOME_LATITUDE + north_m / 111_194.93) * 1e7),
            lon=round(HOME_LONGITUDE * 1e7),
            alt=round((129.0 + height_m) * 1e3),
            relative_alt=round(height_m * 1e3),
            vx=round(speed_m_s * 100),
        )
        return self

    def aim(
        self,
        pitch: float,
        yaw: float,
        *,
        flags: int = 12 | 32,
        rates: tuple[float, float, float] = (math.nan, math.nan, math.nan),
        q: tuple[float, ...] | None = None,
    ) -> "Bench":
        """What PX4's gimbal manager sends."""
        self.tell(
            "GIMBAL_DEVICE_SET_ATTITUDE",
            link="gimbal",
            sender=AUTOPILOT,
            target_system=1,
            target_component=GIMBAL,
            flags=flags,
            q=quaternion_from_euler(0.0, pitch, yaw) if q is None else q,
            angular_velocity_x=rates[0],
            angular_velocity_y=rates[1],
            angular_velocity_z=rates[2],
        )
        return self

    def all(self, name: str, component: int | None = None) -> list[Message]:
        return [
            said.message
            for said in self.said
            if said.message.name == name and component in (None, said.message.component_id)
        ]

    def last(self, name: str) -> Message:
        return self.all(name)[-1]

    def _hear(self, sends: list[Any]) -> None:
        for out in sends:
            encoder = self._encoders.setdefault(
                (out.link, out.component_id), Encoder(system_id=1, component_id=out.component_id)
            )
            frame = encoder.encode_send(out.send)
            for message in self._decoder.feed(frame):
                self.said.append(Said(self.now_s, out.link, message))
            if out.send.name != "ILLUMINATOR_STATUS":
                self.by_pymavlink += self._pymavlink.parse_buffer(bytearray(frame)) or []


@pytest.fixture
def bench() -> Callable[..., Bench]:
    """Makes a bench; `config` is the payload's, the rest goes to PayloadComponent."""

    def make(config: dict[str, Any] | None = None, **given: Any) -> Bench:
        return Bench(PayloadComponent(PayloadConfig(**(config or {})), **given))

    return make


class Ground:
    """A ground station on the ground link of a vehicle with a payload; all passes as bytes."""

    def __init__(self, *, parameters: dict[str, float] | None = None, **given: Any) -> None:
        self.clock = SteppedClock()
        self.payload = PayloadComponent(PayloadConfig(system_id=1), **given)
        config = VehicleConfig(parameters=parameters or {})
        self.vehicle = Vehicle(config, clock=self.clock, seed=1, payload=self.payload)
        self.heard: list[Message] = []
        self._encoder = Encoder(system_id=255, component_id=190)
        self._decoder = Decoder()
        self._voices: dict[int, Encoder] = {}

    def run(self, seconds: float) -> "Ground":
        for _ in range(round(seconds / 0.02)):
            self._hear(self.vehicle.step(self.clock.advance(0.02)))
        return self

    def command(self, command: int, *params: float, to: int) -> list[tuple[int, int]]:
        """Send a command; (component, result) of its ACKs within half a second."""
        before = len(self.heard)
        fields = {f"param{number}": value for number, value in enumerate(params, start=1)}
        self.tell("COMMAND_LONG", command=command, target_component=to, **fields)
        self.run(0.5)
        return [
            (message.component_id, message.result)
            for message in self.heard[before:]
            if message.name == "COMMAND_ACK" and message.command == command
        ]

    def tell(self, name: str, **fields: Any) -> list[Message]:
        """Send a message to the vehicle's system; what comes back at once."""
        before = len(self.heard)
        addressed = fields if name == "HEARTBEAT" else {"target_system": 1} | fields
        for message in Decoder().feed(self._encoder.encode(name, **addressed)):
            self._hear(self.vehicle.receive(GROUND, message, self.clock.now_s()))
        return self.heard[before:]

    def upload(self, items: Sequence[WireItem]) -> None:
        """Bring a mission on board."""
        sender = PlanSender(
            own=GROUND_STATION, vehicle=AUTOPILOT, mission_type=MissionType.MISSION, items=items
        )
        sends = sender.start(self.clock.now_s())
        while sends:
            answers = [a for send in sends for a in self.tell(send.name, **send.fields)]
            sends = [s for a in answers for s in sender.receive(a, self.clock.now_s())]
        assert sender.outcome is not None
        assert sender.outcome.complete
        self.run(1.5)

    def all(self, name: str, component: int | None = None) -> list[Message]:
        return [m for m in self.heard if m.name == name and component in (None, m.component_id)]

    def last(self, name: str) -> Message:
        return next(message for message in reversed(self.heard) if message.name == name)

    def _hear(self, outgoing: Any) -> None:
        for out in outgoing:
            if out.link == GROUND:
                voice = self._voices.setdefault(
                    out.component_id, Encoder(system_id=1, component_id=out.component_id)
                )
                self.heard += self._decoder.feed(voice.encode_send(out.send))


@pytest.fixture
def grounded() -> Callable[..., Ground]:
    """Makes a ground station that has heard its vehicle for some seconds, and has spoken."""

    def make(**given: Any) -> Ground:
        ground = Ground(**given).run(8.0)
        ground.tell("HEARTBEAT", type=6, autopilot=8, system_status=4)
        return ground.run(0.5)

    return make


@pytest.fixture
def ground(grounded: Callable[..., Ground]) -> Ground:
    """The same with a payload as it comes."""
    return grounded()
