"""A ground station in the same process, and recorded PX4 flights to compare with."""

import json
import lzma
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from onboard.mavlink.codec import Address, Decoder, Encoder, Message
from onboard.mavlink.mission_transfer import PlanSender, TransferOutcome
from onboard.mavlink.plan_items import MissionType, WireItem
from sim.clock import SteppedClock
from sim.vehicle.config import VehicleConfig
from sim.vehicle.pose import VehiclePose
from sim.vehicle.vehicle import GROUND, Vehicle

Array = npt.NDArray[np.float64]
GROUND_STATION = Address(255, 190)
ZURICH = {"latitude_deg": 47.3977432, "longitude_deg": 8.5455938, "ground_amsl_m": 489.4}


@dataclass
class Heard:
    """A message and the boot second at which it was sent."""

    at_s: float
    link: str
    message: Message


@dataclass
class Bench:
    """A vehicle that is stepped by hand, with everything that it said; all passes as bytes."""

    vehicle: Vehicle
    clock: SteppedClock
    heard: list[Heard] = field(default_factory=list)
    flown: list[tuple[float, float, float, float]] = field(default_factory=list)
    _ground: Encoder = field(default_factory=lambda: Encoder(system_id=255, component_id=190))
    _decoder: Decoder = field(default_factory=Decoder)
    _encoders: dict[tuple[str, int], Encoder] = field(default_factory=dict)

    @property
    def now_s(self) -> float:
        return self.clock.now_s()

    def run(self, seconds: float) -> "Bench":
        until_s = self.now_s + seconds - 1e-6
        while self.now_s < until_s:
            self._hear(self.vehicle.step(self.clock.advance(0.02)))
            place = self.vehicle.aircraft.flight.body.position
            self.flown.append((self.now_s, *place))
        return self

    def run_until(self, condition: Callable[[], bool], *, at_most_s: float = 600.0) -> "Bench":
        until_s = self.now_s + at_most_s
        while not condition():
            assert self.now_s < until_s, f"not reached within {at_most_s} s"
            self.run(0.02)
        return self

    def tell(
        self, name: str, *, sender: Address = GROUND_STATION, link: str = GROUND, **fields: Any
    ) -> list[Message]:
        """Send a message and return the answers on the same link."""
        before = len(self.heard)
        encoder = Encoder(system_id=sender.system_id, component_id=sender.component_id)
        for message in Decoder().feed(encoder.encode(name, **fields)):
            self._hear(self.vehicle.receive(link, message, self.now_s))
        return [heard.message for heard in self.heard[before:] if heard.link == link]

    def command(self, command: int, *params: float, **fields: Any) -> int | None:
        """Send COMMAND_LONG to the autopilot and return the result in its ACK, if one came."""
        target = {"target_system": 1, "target_component": 1} | fields
        numbered = {f"param{index}": value for index, value in enumerate(params, start=1)}
        answers = self.tell("COMMAND_LONG", command=command, **numbered, **target)
        results = [answer.result for answer in answers if answer.name == "COMMAND_ACK"]
        return results[0] if results else None

    def upload(
        self, items: Sequence[WireItem], kind: MissionType = MissionType.MISSION
    ) -> TransferOutcome:
        """Run the whole transfer and return its outcome."""
        sender = PlanSender(
            own=GROUND_STATION, vehicle=Address(1, 1), mission_type=kind, items=items
        )
        sends = sender.start(self.now_s)
        while sends:
            answers = [a for send in sends for a in self.tell(send.name, **send.fields)]
            sends = [send for answer in answers for send in sender.receive(answer, self.now_s)]
        assert sender.outcome is not None
        return sender.outcome

    def all(self, name: str, link: str = GROUND) -> list[Heard]:
        return [heard for heard in self.heard if heard.message.name == name and heard.link == link]

    def last(self, name: str, link: str = GROUND) -> Message:
        return self.all(name, link)[-1].message

    def texts(self) -> list[str]:
        """Texts, their chunks put together again."""
        whole: list[str] = []
        for message in (heard.message for heard in self.all("STATUSTEXT")):
            continued = whole.pop() if message.chunk_seq else ""
            whole.append(continued + message.text)
        return whole

    def text_at_s(self, beginning: str) -> float:
        return next(h.at_s for h in self.all("STATUSTEXT") if h.message.text.startswith(beginning))

    def reached_at_s(self) -> dict[int, float]:
        first: dict[int, float] = {}
        for heard in self.all("MISSION_ITEM_REACHED"):
            first.setdefault(heard.message.seq, heard.at_s)
        return first

    def ready(self) -> "Bench":
        return self.run_until(lambda: self.vehicle.aircraft.commander.ready)

    def verdict(self) -> "Bench":
        """Wait for the navigator's judgement of what was uploaded."""
        self.run(0.1)
        return self.run_until(lambda: not self.vehicle.aircraft.missions.waiting)

    def pose(self) -> VehiclePose:
        return self.vehicle.pose(self.now_s)

    def _hear(self, outgoing: Sequence[Any]) -> None:
        for out in outgoing:
            if out.forwarded is not None:
                self.heard.append(Heard(self.now_s, out.link, out.forwarded))
                continue
            key = (out.link, out.component_id)
            encoder = self._encoders.setdefault(
                key, Encoder(system_id=1, component_id=out.component_id)
            )
            for message in self._decoder.feed(encoder.encode_send(out.send)):
                self.heard.append(Heard(self.now_s, out.link, message))


@pytest.fixture
def bench() -> Callable[..., Bench]:
    """Makes a bench; keywords are those of VehicleConfig."""

    def make(seed: int = 1, **config: Any) -> Bench:
        clock = SteppedClock()
        vehicle = Vehicle(VehicleConfig(**(ZURICH | config)), clock=clock, seed=seed)
        return Bench(vehicle, clock)

    return make


@dataclass
class Recording:
    """A recorded PX4 flight: boot seconds, positions (n, e, d), texts and reached items."""

    flown: Array
    texts: dict[str, float]
    reached: dict[int, float]
    mission: list[WireItem]

    @property
    def armed_at_s(self) -> float:
        return next(at for text, at in self.texts.items() if text.startswith("Armed by"))


@pytest.fixture(scope="session")
def recording(shared_reference: Path) -> Callable[[str], Recording]:
    """Reads a flight of shared/reference/px4-traces (PX4 v1.17, SIH quadrotor) by its name."""

    def read(name: str) -> Recording:
        folder = shared_reference / "px4-traces"
        tlog = lzma.decompress((folder / f"{name}.gcs.tlog.xz").read_bytes())
        messages = list(_messages(tlog))
        events = json.loads((folder / f"{name}.json").read_text())["events"]
        timed = [event for event in events if event.get("boot_ms") is not None]
        reached: dict[int, float] = {}
        texts: dict[str, float] = {}
        for event in timed:
            if event["what"] == "MISSION_ITEM_REACHED":
                reached.setdefault(event["seq"], event["boot_ms"] / 1e3)
            if event["what"] == "STATUSTEXT":
                texts.setdefault(event["text"], event["boot_ms"] / 1e3)
        return Recording(
            flown=np.array(
                [
                    (m.time_boot_ms / 1e3, m.x, m.y, m.z)
                    for m in messages
                    if m.name == "LOCAL_POSITION_NED"
                ]
            ),
            texts=texts,
            reached=reached,
            mission=_mission(messages),
        )

    return read


def _messages(tlog: bytes) -> Iterator[Message]:
    """The frames of a tlog, each behind eight bytes of time."""
    decoder, at = Decoder(), 0
    while at + 10 < len(tlog):
        signed = tlog[at + 10] & 1
        length = tlog[at + 9] + 12 + 13 * signed
        yield from decoder.feed(tlog[at + 8 : at + 8 + length])
        at += 8 + length


def _mission(messages: list[Message]) -> list[WireItem]:
    items: dict[int, WireItem] = {}
    for message in messages:
        if message.name == "MISSION_ITEM_INT" and message.mission_type == 0:
            items.setdefault(message.seq, WireItem.from_message(message))
    return [items[seq] for seq in sorted(items)]


def item(
    command: int, *params: float, frame: int = 2, x: float = 0.0, y: float = 0.0, z: float = 0.0
) -> WireItem:
    """A mission item; x and y in degrees in a global frame."""
    scale = 1.0 if frame == 2 else 1e7
    numbered = {f"param{index}": value for index, value in enumerate(params, start=1)}
    return WireItem(
        frame=frame, command=command, x=round(x * scale), y=round(y * scale), z=z, **numbered
    )


@pytest.fixture(scope="session")
def mission_item() -> Callable[..., WireItem]:
    """Makes a mission item."""
    return item


@pytest.fixture(scope="session")
def bench_type() -> type[Bench]:
    """The bench, for fixtures that live longer than one test."""
    return Bench
