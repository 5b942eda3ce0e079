"""Vehicles flown by hand in one process, with every byte that their links carried."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from onboard.mavlink.codec import Address, Decoder, Encoder, Message, Send
from onboard.mavlink.mission_transfer import PlanSender
from onboard.mavlink.plan_items import MissionType, WireItem
from sim.clock import SteppedClock
from sim.vehicle.config import VehicleConfig
from sim.vehicle.fleet import Wire, advance_all, vehicles_of
from sim.vehicle.together import Said, StreamFrames
from sim.vehicle.vehicle import GROUND, Vehicle

STATION = Address(255, 190)
LATITUDE, LONGITUDE = 47.3977432, 8.5455938
M_PER_DEG_NORTH, M_PER_DEG_EAST = 111_194.0, 75_300.0
NAN = math.nan


@dataclass
class Flown:
    """Vehicles of one core; `log` holds what each said, `truth` where each was."""

    vehicles: tuple[Vehicle, ...]
    clock: SteppedClock
    log: list[dict[str, bytearray]] = field(default_factory=list)
    truth: list[tuple[float, ...]] = field(default_factory=list)
    said: list[list[Said]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.log = [{name: bytearray() for name in v.links} for v in self.vehicles]
        self._wires = [Wire(vehicle) for vehicle in self.vehicles]

    @property
    def vehicle(self) -> Vehicle:
        return self.vehicles[0]

    def run(self, seconds: float, *, every_s: float = 0.1) -> "Flown":
        for _ in range(round(seconds / every_s)):
            self.said = advance_all(self.vehicles, self.clock.advance(every_s))
            for index, said in enumerate(self.said):
                self._note(index, said)
        return self

    def run_until(self, condition: Callable[[], bool], *, at_most_s: float = 400.0) -> "Flown":
        until_s = self.clock.now_s() + at_most_s
        while not condition():
            assert self.clock.now_s() < until_s, f"not reached within {at_most_s} s"
            self.run(0.1)
        return self

    def tell(self, name: str, *, index: int = 0, **fields: Any) -> list[Message]:
        """Send a message to one vehicle; its answers."""
        encoder = Encoder(system_id=STATION.system_id, component_id=STATION.component_id)
        answers: list[Message] = []
        for message in Decoder().feed(encoder.encode(name, **fields)):
            said = self.vehicles[index].receive(GROUND, message, self.clock.now_s())
            frames = self._note(index, said)
            answers += Decoder().feed(frames)
        return answers

    def command(self, command: int, *params: float, index: int = 0) -> int | None:
        numbered = {f"param{place}": value for place, value in enumerate(params, start=1)}
        system = self.vehicles[index].config.system_id
        target = {"target_system": system, "target_component": 1}
        answers = self.tell("COMMAND_LONG", index=index, command=command, **numbered, **target)
        results = [answer.result for answer in answers if answer.name == "COMMAND_ACK"]
        return results[0] if results else None

    def upload(self, items: Sequence[WireItem], *, index: int = 0) -> None:
        system = self.vehicles[index].config.system_id
        sender = PlanSender(
            own=STATION,
            vehicle=Address(system, 1),
            mission_type=MissionType.MISSION,
            items=items,
        )
        sends: list[Send] = sender.start(self.clock.now_s())
        while sends:
            answers = [
                a for send in sends for a in self.tell(send.name, index=index, **send.fields)
            ]
            now_s = self.clock.now_s()
            sends = [send for answer in answers for send in sender.receive(answer, now_s)]
        assert sender.outcome is not None
        assert sender.outcome.complete

    def aloft(self, height_m: float = 15.0) -> "Flown":
        """Every vehicle taken off and holding."""
        self.run_until(lambda: all(v.aircraft.commander.ready for v in self.vehicles)).run(1.0)
        for index, vehicle in enumerate(self.vehicles):
            amsl_m = vehicle.config.ground_amsl_m + height_m
            assert self.command(22, NAN, NAN, NAN, NAN, NAN, NAN, amsl_m, index=index) == 0
            assert self.command(400, 1.0, index=index) == 0
        self.run(5.0)
        return self.run_until(
            lambda: all(v.aircraft.mode.value == "hold" for v in self.vehicles)
        ).run(5.0)

    def _note(self, index: int, said: Sequence[Said]) -> bytes:
        frames = b""
        for each in said:
            frame = self._wires[index].frames(each)
            self.log[index][each.link] += frame
            frames += frame
        place = self.vehicles[index].aircraft.flight.body.position
        self.truth.append((float(index), self.clock.now_s(), *place))
        return frames


@pytest.fixture
def flown() -> Callable[..., Flown]:
    """Makes vehicles of one core; keywords are those of VehicleConfig."""

    def make(count: int = 1, *, seed: int = 1, lazy: bool = True, **config: Any) -> Flown:
        clock = SteppedClock()
        given = {"payload": False, "latitude_deg": LATITUDE, "longitude_deg": LONGITUDE} | config
        configs = [
            VehicleConfig(instance=number, drone_id=f"drone-{number}", **given)
            for number in range(count)
        ]
        vehicles = vehicles_of(configs, clock=clock, seed=seed)
        for vehicle in vehicles:
            vehicle.aircraft.attention.lazy = lazy
        return Flown(vehicles, clock)

    return make


def _item(command: int, *params: float, n: float, e: float, height_m: float) -> WireItem:
    numbered = {f"param{index}": value for index, value in enumerate(params, start=1)}
    return WireItem(
        frame=6,
        command=command,
        x=round((LATITUDE + n / M_PER_DEG_NORTH) * 1e7),
        y=round((LONGITUDE + e / M_PER_DEG_EAST) * 1e7),
        z=height_m,
        **numbered,
    )


@pytest.fixture
def mission() -> list[WireItem]:
    """Take off, three corners with a hold at one of them and a change of height, return."""
    return [
        _item(22, n=0.0, e=0.0, height_m=15.0),
        _item(16, 0.0, 0.0, 0.0, NAN, n=60.0, e=0.0, height_m=15.0),
        _item(16, 4.0, 0.0, 0.0, NAN, n=60.0, e=50.0, height_m=20.0),
        _item(16, 0.0, 0.0, 0.0, NAN, n=0.0, e=50.0, height_m=20.0),
        WireItem(frame=2, command=20, x=0, y=0, z=0.0),
    ]


@pytest.fixture
def frames_of() -> Callable[[Sequence[Said]], list[Message]]:
    """The messages of the flight core's own frames."""

    def read(said: Sequence[Said]) -> list[Message]:
        decoder = Decoder()
        return [
            message
            for each in said
            if isinstance(each, StreamFrames)
            for datagram in each.stamped(0)[1]
            for message in decoder.feed(datagram)
        ]

    return read
