"""A wire that loses, delays, doubles and reorders, and a vehicle's plans at its other end, in
virtual time: for uploads that are measured and tested without waiting.

The vehicle's mission protocol is the one that is held against PX4's recordings; its verdict on a
mission comes 0.7 s after the ACK, as PX4's does.
"""

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, Protocol

from onboard.mavlink.codec import Address, Decoder, Encoder, Message, Send
from onboard.mavlink.mission_transfer import PlanEndpoint, PlanStore
from onboard.mavlink.plan_items import MissionType, WireItem

GROUND, VEHICLE = Address(255, 190), Address(1, 1)
VERDICT_AFTER_S = 0.7
REPORT_EVERY_S = 1.0
VEHICLE_STEP_S = 0.02
GROUND_STEP_S = 0.05


class Machine(Protocol):
    """The ground's end: ended when `outcome` is there."""

    @property
    def outcome(self) -> Any: ...

    def start(self, now_s: float) -> list[Send]: ...

    def receive(self, message: Message, now_s: float) -> list[Send]: ...

    def tick(self, now_s: float) -> list[Send]: ...


class VehicleEnd(Protocol):
    """The vehicle's end."""

    def receive(self, message: Message, now_s: float) -> list[Send]: ...

    def tick(self, now_s: float) -> list[Send]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Weather:
    """Shares 0..1 of the messages each way; `delay_s` one way, `jitter_s` added at random.

    A doubled message's copy and a reordered message come `late_s` later at most.
    """

    loss: float = 0.0
    delay_s: float = 0.0
    jitter_s: float = 0.0
    doubled: float = 0.0
    reordered: float = 0.0
    late_s: float = 0.5


BAD = Weather(loss=0.3, delay_s=0.3, jitter_s=0.02, doubled=0.1, reordered=0.1)
CLEAR = Weather(delay_s=0.001)


class PlanKeepingVehicle:
    """What PX4 does with plans, and what it says of them; `history` holds every mission that was
    active, as its hash, from the first on."""

    def __init__(
        self,
        *,
        address: Address = VEHICLE,
        plans: Sequence[tuple[MissionType, Sequence[WireItem]]] = (),
        feasible: Callable[[Sequence[WireItem]], bool] = lambda items: True,
        says_if_infeasible: Sequence[Send] = (),
    ) -> None:
        self.store = PlanStore()
        for kind, items in plans:
            self.store.replace(kind, items)
        self.history: dict[MissionType, list[int]] = {
            kind: [self.store.hash(kind)] for kind in MissionType
        }
        self._endpoint = PlanEndpoint(self.store, own=address)
        self._feasible = feasible
        self._says = tuple(says_if_infeasible)
        self._valid = feasible(self.store.items(MissionType.MISSION))
        self._judge_at_s: float | None = None
        self._report_at_s = 0.3

    def receive(self, message: Message, now_s: float) -> list[Send]:
        """Answer, and note what has changed."""
        sends = self._endpoint.receive(message, now_s)
        self.note(now_s)
        return sends

    def note(self, now_s: float) -> None:
        """Take a change of the store into account, whoever made it."""
        for kind, seen in self.history.items():
            if self.store.hash(kind) != seen[-1]:
                seen.append(self.store.hash(kind))
                self._judge_at_s = now_s + VERDICT_AFTER_S

    def tick(self, now_s: float) -> list[Send]:
        """Repeats, the verdict when it is due, and MISSION_CURRENT once a second."""
        sends = self._endpoint.tick(now_s)
        if self._judge_at_s is not None and now_s >= self._judge_at_s:
            self._judge_at_s = None
            self._valid = self._feasible(self.store.items(MissionType.MISSION))
            sends += [] if self._valid else list(self._says)
        if now_s >= self._report_at_s:
            self._report_at_s = now_s + REPORT_EVERY_S
            sends.append(self._report())
        return sends

    def _report(self) -> Send:
        items = self.store.items(MissionType.MISSION)
        return Send(
            "MISSION_CURRENT",
            {
                "total": len(items) or 65535,
                "mission_state": 2 if items and self._valid else 1,
                "mission_id": self.store.hash(MissionType.MISSION),
                "fence_id": self.store.hash(MissionType.FENCE),
                "rally_points_id": self.store.hash(MissionType.RALLY),
            },
        )


class Naps:
    """When an end does not run, for want of a processor: it wakes, sleeps and wakes at random, for
    `awake_s` and `asleep_s` at most; what arrives meanwhile waits."""

    def __init__(self, chance: Random, *, awake_s: float, asleep_s: float) -> None:
        self._chance = chance
        self._lasts_s = (awake_s, asleep_s)
        self._asleep = False
        self._turns_s = chance.random() * awake_s

    def wakes_s(self, now_s: float) -> float:
        """When it runs again; now, where it does."""
        while now_s >= self._turns_s:
            self._asleep = not self._asleep
            self._turns_s += self._chance.random() * self._lasts_s[self._asleep] + 1e-3
        return self._turns_s if self._asleep else now_s


AWAKE = Naps(Random(0), awake_s=1e12, asleep_s=0.0)


@dataclass
class LossyWire:
    """Carries every message as its bytes; the same seed gives the same faults.

    `messages` counts those that the ground and the vehicle said, lost or not; `cut` is a stretch of
    time, in seconds, in which nothing passes.
    """

    chance: Random
    weather: Weather
    cut: tuple[float, float] | None = None
    now_s: float = 0.0
    messages: list[int] = field(default_factory=lambda: [0, 0])
    _flying: list[tuple[float, int, int, bytes]] = field(default_factory=list)
    _sent: int = 0

    def __post_init__(self) -> None:
        self._encoders = [
            Encoder(system_id=end.system_id, component_id=end.component_id)
            for end in (GROUND, VEHICLE)
        ]
        self._decoders = [Decoder(), Decoder()]

    def send(self, sender: int, sends: Sequence[Send]) -> None:
        """Take messages from one end: 0 is the ground, 1 the vehicle."""
        for each in sends:
            self.put(sender, self._encoders[sender].encode_send(each))

    def put(self, sender: int, frame: bytes) -> None:
        """Take one frame."""
        self.messages[sender] += 1
        if self.cut is not None and self.cut[0] <= self.now_s < self.cut[1]:
            return
        chance, weather = self.chance, self.weather
        if chance.random() >= weather.loss:
            late_s = chance.random() * weather.late_s * (chance.random() < weather.reordered)
            self._push(1 - sender, frame, late_s)
        if chance.random() < weather.doubled:
            self._push(1 - sender, frame, chance.random() * weather.late_s)

    def arrived(self) -> list[tuple[int, bytes]]:
        """Every frame that is due, with the end that it reaches."""
        due: list[tuple[int, bytes]] = []
        while self._flying and self._flying[0][0] <= self.now_s:
            _, _, receiver, frame = heapq.heappop(self._flying)
            due.append((receiver, frame))
        return due

    def next_due_s(self) -> float:
        """When the next frame arrives."""
        return self._flying[0][0] if self._flying else float("inf")

    def decoded(self, receiver: int, frame: bytes) -> list[Message]:
        """A frame as one end reads it."""
        return self._decoders[receiver].feed(frame)

    def _push(self, receiver: int, frame: bytes, late_s: float) -> None:
        delay_s = self.weather.delay_s + self.chance.random() * self.weather.jitter_s
        self._sent += 1
        due_s = self.now_s + delay_s + late_s
        heapq.heappush(self._flying, (due_s, self._sent, receiver, frame))


def drive(
    machine: Machine,
    vehicle: VehicleEnd,
    wire: LossyWire,
    *,
    until_s: float,
    begin: bool = True,
    stop: Callable[[float], bool] = lambda now_s: False,
    naps: tuple[Naps, Naps] = (AWAKE, AWAKE),
) -> bool:
    """Run both ends until the machine has ended; False where it has not by `until_s` or `stop`."""
    ticks = [wire.now_s, wire.now_s]
    steps = (GROUND_STEP_S, VEHICLE_STEP_S)
    waiting: tuple[list[bytes], list[bytes]] = ([], [])
    if begin:
        wire.send(0, machine.start(wire.now_s))
    ends = (machine, vehicle)
    while wire.now_s < until_s and not stop(wire.now_s):
        for end, frame in wire.arrived():
            waiting[end].append(frame)
        for end in (0, 1):
            wakes_s = naps[end].wakes_s(wire.now_s)
            if wakes_s > wire.now_s:
                ticks[end] = wakes_s
                continue
            frames, waiting[end][:] = list(waiting[end]), []
            for frame in frames:
                for message in wire.decoded(end, frame):
                    wire.send(end, ends[end].receive(message, wire.now_s))
            if wire.now_s >= ticks[end]:
                ticks[end] = wire.now_s + steps[end]
                wire.send(end, ends[end].tick(wire.now_s))
        if machine.outcome is not None:
            return True
        wire.now_s = min(ticks[0], ticks[1], max(wire.next_due_s(), wire.now_s + 1e-4))
    return False
