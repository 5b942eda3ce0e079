"""Uploads and downloads over a wire that loses, doubles and reorders, in virtual time.

Both ends are ours here; what the vehicle's end does is held against PX4 in
test_plan_endpoint_against_px4.py.
"""

import heapq
import random
from dataclasses import dataclass, field
from typing import Protocol

from hypothesis import given, settings
from hypothesis import strategies as st

from onboard.mavlink.codec import Address, Decoder, Encoder, Message, Send
from onboard.mavlink.mission_transfer import (
    PlanEndpoint,
    PlanReader,
    PlanSender,
    PlanStore,
    TransferEnd,
)
from onboard.mavlink.plan_hash import items_hash
from onboard.mavlink.plan_items import MissionType, WireItem

GROUND, VEHICLE = Address(255, 190), Address(1, 1)
STEP_S = 0.02
# Where 60 % is lost each way, a plan of a dozen items may take ten minutes, and is not given up.
AT_LAST_S, QUIET_S = 3600.0, 60.0


class End(Protocol):
    def receive(self, message: Message, now_s: float) -> list[Send]: ...
    def tick(self, now_s: float) -> list[Send]: ...


@dataclass
class LossyWire:
    """Carries frames between two ends; every fault is drawn from `chance`."""

    chance: random.Random
    loss: float
    doubling: float
    delay_s: float
    now_s: float = 0.0
    _in_flight: list[tuple[float, int, int, bytes]] = field(default_factory=list)
    _sent: int = 0
    _encoders: tuple[Encoder, Encoder] = field(
        default_factory=lambda: (
            Encoder(system_id=GROUND.system_id, component_id=GROUND.component_id),
            Encoder(system_id=VEHICLE.system_id, component_id=VEHICLE.component_id),
        )
    )

    def send(self, sender: int, sends: list[Send]) -> None:
        for send in sends:
            frame = self._encoders[sender].encode_send(send)
            copies = (self.chance.random() >= self.loss) + (self.chance.random() < self.doubling)
            for _ in range(copies):
                due_s = self.now_s + self.chance.uniform(0.001, 0.001 + self.delay_s)
                self._sent += 1
                heapq.heappush(self._in_flight, (due_s, self._sent, 1 - sender, frame))

    def run(self, ends: tuple[End, End], until_s: float) -> None:
        while self.now_s < until_s:
            self.now_s += STEP_S
            while self._in_flight and self._in_flight[0][0] <= self.now_s:
                _, _, receiver, frame = heapq.heappop(self._in_flight)
                for message in Decoder().feed(frame):
                    self.send(receiver, ends[receiver].receive(message, self.now_s))
            for index, end in enumerate(ends):
                self.send(index, end.tick(self.now_s))

    def run_to_its_end(self, machine: PlanSender | PlanReader, endpoint: PlanEndpoint) -> None:
        """Until the machine tells its outcome, and on, so that the other end is done too."""
        while machine.outcome is None and self.now_s < AT_LAST_S:
            self.run((machine, endpoint), until_s=self.now_s + 1.0)
        self.run((machine, endpoint), until_s=self.now_s + QUIET_S)


def _mission(length: int, first_height_m: float) -> tuple[WireItem, ...]:
    return tuple(
        WireItem(
            frame=6,
            command=16,
            x=448_500_000 + seq,
            y=655_000_000 - seq,
            z=first_height_m + seq,
            current=int(seq == 0),
        )
        for seq in range(length)
    )


OLD_PLAN = _mission(4, 10.0)

wires = st.builds(
    LossyWire,
    chance=st.integers(0, 2**32).map(random.Random),
    loss=st.sampled_from((0.0, 0.05, 0.3, 0.6, 0.95)),
    doubling=st.sampled_from((0.0, 0.2, 0.9)),
    delay_s=st.sampled_from((0.0, 0.05, 0.6)),
)


def _sender(
    items: tuple[WireItem, ...], mission_type: MissionType = MissionType.MISSION
) -> PlanSender:
    return PlanSender(own=GROUND, vehicle=VEHICLE, mission_type=mission_type, items=items)


def _reader() -> PlanReader:
    return PlanReader(own=GROUND, vehicle=VEHICLE, mission_type=MissionType.MISSION)


def _store_with(items: tuple[WireItem, ...]) -> PlanStore:
    store = PlanStore()
    store.replace(MissionType.MISSION, items)
    return store


@settings(max_examples=150, deadline=None)
@given(wire=wires, length=st.integers(0, 12))
def test_an_upload_ends_and_the_plan_on_board_is_the_old_one_or_the_new_one(
    wire: LossyWire, length: int
) -> None:
    new_plan = _mission(length, 50.0)
    store, sender = _store_with(OLD_PLAN), _sender(new_plan)
    endpoint = PlanEndpoint(store, own=VEHICLE)
    wire.send(0, sender.start(0.0))
    wire.run_to_its_end(sender, endpoint)
    assert sender.outcome is not None
    on_board = store.items(MissionType.MISSION)
    assert on_board in (OLD_PLAN, new_plan)
    assert store.hash(MissionType.MISSION) == items_hash(on_board)
    assert not sender.outcome.complete or on_board == new_plan
    assert not endpoint.busy
    assert store.uploader is None


@settings(max_examples=100, deadline=None)
@given(wire=wires, length=st.integers(0, 12))
def test_a_download_ends_complete_and_true_or_fails_cleanly(wire: LossyWire, length: int) -> None:
    plan = _mission(length, 50.0)
    store, reader = _store_with(plan), _reader()
    endpoint = PlanEndpoint(store, own=VEHICLE)
    wire.send(0, reader.start(0.0))
    wire.run_to_its_end(reader, endpoint)
    assert reader.outcome is not None
    assert reader.outcome.items == (plan if reader.outcome.complete else ())
    assert reader.outcome.opaque_id in (None, items_hash(plan))
    assert not endpoint.busy


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32), length=st.integers(1, 40))
def test_five_percent_loss_does_not_stop_an_upload(seed: int, length: int) -> None:
    wire = LossyWire(random.Random(seed), loss=0.05, doubling=0.0, delay_s=0.05)
    store, sender = _store_with(OLD_PLAN), _sender(_mission(length, 50.0))
    wire.send(0, sender.start(0.0))
    wire.run((sender, PlanEndpoint(store, own=VEHICLE)), until_s=60.0)
    assert sender.outcome is not None
    assert sender.outcome.complete
    assert sender.outcome.opaque_id == sender.hash == store.hash(MissionType.MISSION)
    assert sender.progress == 1.0


def _clean_wire() -> LossyWire:
    return LossyWire(random.Random(0), loss=0.0, doubling=0.0, delay_s=0.0)


def test_a_refused_item_ends_the_upload_with_its_number_and_the_old_plan_stays() -> None:
    bad = WireItem(frame=6, command=18, x=1, y=1, z=20.0)
    store, sender = _store_with(OLD_PLAN), _sender((*_mission(2, 50.0), bad))
    wire = _clean_wire()
    wire.send(0, sender.start(0.0))
    wire.run((sender, PlanEndpoint(store, own=VEHICLE)), until_s=5.0)
    assert sender.outcome is not None
    assert (sender.outcome.end, sender.outcome.result) == (TransferEnd.REFUSED, 3)
    assert sender.outcome.words == "the vehicle does not support an item's command (item 2)"
    assert store.items(MissionType.MISSION) == OLD_PLAN


def test_a_plan_that_is_too_long_is_refused_before_its_first_item() -> None:
    store, sender = PlanStore(), _sender(_mission(33, 1.0), MissionType.RALLY)
    wire = _clean_wire()
    wire.send(0, sender.start(0.0))
    wire.run((sender, PlanEndpoint(store, own=VEHICLE)), until_s=5.0)
    assert sender.outcome is not None
    assert (sender.outcome.result, sender.progress) == (4, 0.0)


def test_an_empty_upload_clears_the_plan() -> None:
    store, sender = _store_with(OLD_PLAN), _sender(())
    wire = _clean_wire()
    wire.send(0, sender.start(0.0))
    wire.run((sender, PlanEndpoint(store, own=VEHICLE)), until_s=2.0)
    assert sender.outcome is not None
    assert sender.outcome.complete
    assert store.hash(MissionType.MISSION) == 0


def test_the_same_plan_again_is_accepted_and_changes_nothing() -> None:
    store, sender = _store_with(OLD_PLAN), _sender(OLD_PLAN)
    wire = _clean_wire()
    wire.send(0, sender.start(0.0))
    wire.run((sender, PlanEndpoint(store, own=VEHICLE)), until_s=2.0)
    assert sender.outcome is not None
    assert sender.outcome.complete
    assert store.revision(MissionType.MISSION) == 1


def test_a_silent_vehicle_is_given_up_and_named() -> None:
    sender = _sender(OLD_PLAN)
    sends = sender.start(0.0) + [s for step in range(600) for s in sender.tick(step / 20)]
    assert [send.name for send in sends] == ["MISSION_COUNT"] * 5
    assert sender.outcome is not None
    assert sender.outcome.end is TransferEnd.NO_ANSWER
    assert "request for the first item" in sender.outcome.words


def test_a_cancelled_upload_leaves_the_old_plan_and_frees_the_vehicle() -> None:
    store, sender = _store_with(OLD_PLAN), _sender(_mission(9, 50.0))
    endpoint, wire = PlanEndpoint(store, own=VEHICLE), _clean_wire()
    wire.send(0, sender.start(0.0))
    wire.run((sender, endpoint), until_s=0.1)
    wire.send(0, sender.cancel())
    wire.run((sender, endpoint), until_s=0.2)
    assert not endpoint.busy
    assert store.items(MissionType.MISSION) == OLD_PLAN
    assert sender.outcome is not None
    assert sender.outcome.end is TransferEnd.CANCELLED


def _ack(opaque_id: int, *, sender: Address = VEHICLE) -> Message:
    encoder = Encoder(system_id=sender.system_id, component_id=sender.component_id)
    frame = encoder.encode(
        "MISSION_ACK", target_system=255, target_component=190, opaque_id=opaque_id
    )
    return Decoder().feed(frame)[0]


def test_an_acknowledgement_of_another_plan_is_never_taken_for_ours() -> None:
    sender = _sender(_mission(1, 50.0))
    sender.start(0.0)
    sender.receive(_ack(items_hash(OLD_PLAN)), 0.1)
    assert sender.outcome is None
    request = Encoder(system_id=1, component_id=1).encode(
        "MISSION_REQUEST_INT", target_system=255, target_component=190
    )
    sender.receive(Decoder().feed(request)[0], 0.2)
    sender.receive(_ack(items_hash(OLD_PLAN)), 0.3)
    for step in range(100):
        sender.tick(0.3 + step / 5)
    assert sender.outcome is not None
    assert sender.outcome.end is TransferEnd.CONTRADICTED
    assert sender.outcome.opaque_id == items_hash(OLD_PLAN)


def test_an_acknowledgement_from_another_vehicle_means_nothing() -> None:
    sender = _sender(())
    sender.start(0.0)
    sender.receive(_ack(0, sender=Address(2, 1)), 0.1)
    assert sender.outcome is None


def test_reading_back_tells_px4s_frames_and_the_current_item() -> None:
    store, reader = _store_with((WireItem(frame=3, command=16), *OLD_PLAN)), _reader()
    store.current_seq = 2
    wire = _clean_wire()
    wire.send(0, reader.start(0.0))
    wire.run((reader, PlanEndpoint(store, own=VEHICLE)), until_s=2.0)
    assert reader.outcome is not None
    assert {item.frame for item in reader.outcome.items} == {6}
    assert [item.current for item in reader.outcome.items] == [0, 0, 1, 0, 0]
    assert reader.outcome.opaque_id == store.hash(MissionType.MISSION)
