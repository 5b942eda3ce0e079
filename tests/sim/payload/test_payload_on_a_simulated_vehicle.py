"""The same payload behind our simulated vehicle, reached from the ground link as through PX4."""

import math
from typing import Any

import pytest

from onboard.mavlink.codec import Decoder, Encoder, Message
from sim.clock import SteppedClock
from sim.payload.component import PayloadComponent
from sim.payload.config import PayloadConfig
from sim.vehicle.config import VehicleConfig
from sim.vehicle.vehicle import GROUND, Vehicle


class Ground:
    """A ground station on the vehicle's ground link; all passes as bytes."""

    def __init__(self) -> None:
        self.clock = SteppedClock()
        self.payload = PayloadComponent(PayloadConfig(system_id=1))
        self.vehicle = Vehicle(VehicleConfig(), clock=self.clock, seed=1, payload=self.payload)
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
        frame = self._encoder.encode(
            "COMMAND_LONG", command=command, target_system=1, target_component=to, **fields
        )
        for message in Decoder().feed(frame):
            self._hear(self.vehicle.receive(GROUND, message, self.clock.now_s()))
        self.run(0.5)
        return [
            (message.component_id, message.result)
            for message in self.heard[before:]
            if message.name == "COMMAND_ACK" and message.command == command
        ]

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
def ground() -> Ground:
    """A ground station that has heard the vehicle for some seconds."""
    ground = Ground().run(8.0)
    heartbeat = Encoder(system_id=255, component_id=190).encode(
        "HEARTBEAT", type=6, autopilot=8, system_status=4
    )
    for message in Decoder().feed(heartbeat):
        ground.vehicle.receive(GROUND, message, ground.clock.now_s())
    return ground.run(0.5)


def test_all_four_components_are_heard_on_the_ground_link(ground: Ground) -> None:
    beats = {m.component_id for m in ground.heard if m.name == "HEARTBEAT"}
    assert {1, 100, 154, 158, 243} <= beats


def test_the_manager_turns_the_gimbal_for_a_ground_station(ground: Ground) -> None:
    assert (1, 0) in ground.command(1001, 255, 190, -1, -1, to=1)
    assert (1, 0) in ground.command(1000, -35.0, 25.0, math.nan, math.nan, to=1)
    ground.run(2.0)
    pointing = ground.payload.pointing
    assert math.degrees(pointing.pitch) == pytest.approx(-35.0, abs=0.2)
    assert math.degrees(pointing.yaw_offset) == pytest.approx(25.0, abs=0.2)


def test_camera_and_light_are_reached_by_forwarding(ground: Ground) -> None:
    assert ground.command(405, 1, to=243) == [(243, 0)]
    assert ground.payload.light.brightness_at(ground.clock.now_s()) == 1.0
    assert ground.command(2000, 0, 0, 1, 1, to=100) == [(100, 0)]
    captured = ground.run(0.5).last("CAMERA_IMAGE_CAPTURED")
    assert captured.lat == pytest.approx(44.85e7, abs=300)
    assert captured.component_id == 100
