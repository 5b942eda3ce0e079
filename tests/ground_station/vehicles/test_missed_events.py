"""Events that a link lost are asked for again: against the simulated vehicle's own log of them."""

import struct
from random import Random
from typing import Any

import pytest

from benchmarks.lossy_wire import VEHICLE, LossyWire, PlanKeepingVehicle, Weather, drive
from ground_station.hub.vehicles_port import UploadOutcome, UploadResult
from ground_station.vehicles.missed_events import MissedEvents
from ground_station.vehicles.plan_on_board.held import held_from_plan
from ground_station.vehicles.upload import VerifiedUpload
from missions.plan import Command, Frame, MissionItem, Plan
from onboard.mavlink.codec import Address, Decoder, Encoder, Message, Send
from onboard.mavlink.plan_items import MissionType, wire_of
from sim.vehicle.wire.events import Event, EventLog

GROUND = Address(255, 190)
TOO_LOW = Event(name="navigator_mis_takeoff_too_low", arguments=struct.pack("<f", 12.5))
OUTSIDE = Event(name="navigator_mis_geofence_violation", arguments=struct.pack("<h", 7))
SAID_EVERY_S = 3.0
RUNS = 40


def _plan(items: int) -> Plan:
    place = (44.85, 65.51, 30.0)
    return Plan(
        items=tuple(
            MissionItem(
                command=Command.NAV_WAYPOINT,
                frame=Frame.GLOBAL_RELATIVE_ALT,
                params=(0.0, 0.0, 0.0, float("nan"), *place),
            )
            for _ in range(items)
        )
    )


OLD, NEW = _plan(3), _plan(5)


class Eventful(PlanKeepingVehicle):
    """Objects to the new mission by events alone, and gives those again that are asked for."""

    def __init__(self) -> None:
        super().__init__(
            plans=[(kind, wire_of(OLD, kind)) for kind in MissionType],
            feasible=lambda items: len(items) != len(NEW.items),
            says_if_infeasible=[Send("HEARTBEAT", {})],
        )
        self.log = EventLog()
        self.log.add(Event(name="commander_rtl"), 1.0)
        self._say_at_s = 0.0

    def receive(self, message: Message, now_s: float) -> list[Send]:
        if message.name == "REQUEST_EVENT":
            first, last = message.first_sequence, message.last_sequence
            return self.log.requested(first, last, by=message.sender)
        return super().receive(message, now_s)

    def tick(self, now_s: float) -> list[Send]:
        sends = super().tick(now_s)
        if any(send.name == "HEARTBEAT" for send in sends):
            sends += [self.log.add(event, now_s) for event in (TOO_LOW, OUTSIDE)]
        if now_s >= self._say_at_s:
            self._say_at_s = now_s + SAID_EVERY_S
            sends.append(Send("CURRENT_EVENT_SEQUENCE", self.log.current()))
        return sends


class WithEvents:
    """A verified upload, and beside it what the desk does with events."""

    def __init__(self, missed: MissedEvents) -> None:
        before = held_from_plan(OLD)
        self._missed = missed
        self._upload = VerifiedUpload(vehicle=VEHICLE, plan=NEW, before=before, events=missed)
        self.start, self.tick = self._upload.start, self._upload.tick

    @property
    def outcome(self) -> UploadOutcome | None:
        return self._upload.outcome

    def receive(self, message: Message, now_s: float) -> list[Send]:
        sends = self._upload.receive(message, now_s)
        return sends + self._missed.receive(message, now_s)


def _reason(seed: int, missed: MissedEvents, weather: Weather) -> str:
    vehicle, wire = Eventful(), LossyWire(Random(seed), weather)
    machine = WithEvents(missed)
    machine.receive(_said(Send("CURRENT_EVENT_SEQUENCE", vehicle.log.current())), 0.0)
    assert drive(machine, vehicle, wire, until_s=300.0)
    assert machine.outcome is not None
    assert machine.outcome.outcome is UploadResult.REFUSED
    return machine.outcome.reason


class Deaf(MissedEvents):
    """Asks for nothing."""

    def receive(self, message: Message, now_s: float) -> list[Send]:
        return []


def _whole(missed: type[MissedEvents], weather: Weather) -> int:
    reasons = [_reason(seed, missed(VEHICLE), weather) for seed in range(RUNS)]
    return sum("too low" in each and "waypoint 7" in each for each in reasons)


def test_a_refusals_reason_is_whole_though_a_third_of_all_messages_is_lost() -> None:
    weather = Weather(loss=0.3, delay_s=0.1)
    assert _whole(Deaf, weather) <= 0.6 * RUNS
    assert _whole(MissedEvents, weather) == RUNS


def _said(send: Send, *, by: Address = VEHICLE) -> Message:
    voice = Encoder(system_id=by.system_id, component_id=by.component_id)
    (message,) = Decoder().feed(voice.encode_send(send))
    return message


def _event(number: int) -> Message:
    return _said(Send("EVENT", {"sequence": number}))


def _current(number: int, flags: int = 0) -> Message:
    return _said(Send("CURRENT_EVENT_SEQUENCE", {"sequence": number, "flags": flags}))


def _asked(sends: list[Send]) -> list[tuple[int, int]]:
    return [(send.fields["first_sequence"], send.fields["last_sequence"]) for send in sends]


def test_gaps_are_asked_for_at_once_and_then_no_oftener_than_their_time() -> None:
    missed = MissedEvents(VEHICLE)
    assert missed.receive(_event(10), 0.0) == []
    assert _asked(missed.receive(_event(13), 1.0)) == [(11, 12)]
    assert _asked(missed.receive(_event(15), 1.1)) == [(11, 12), (14, 14)]
    assert missed.receive(_event(16), 1.2) == []
    assert missed.receive(_event(12), 1.3) == []
    assert _asked(missed.receive(_current(16), 2.5)) == [(11, 11), (14, 14)]
    for number in (11, 14):
        missed.receive(_event(number), 2.6)
    assert (missed.waiting, missed.recovered, missed.lost) == (False, 3, 0)


def test_the_last_event_that_was_lost_is_noticed_by_the_newest_number() -> None:
    missed = MissedEvents(VEHICLE)
    missed.receive(_event(65535), 0.0)
    assert _asked(missed.receive(_current(1), 1.0)) == [(0, 1)]


@pytest.mark.parametrize(
    "boots", [[_current(3, flags=1)], [_event(65525)], [_event(0)]], ids=["told", "high", "low"]
)
def test_a_vehicle_that_boots_begins_its_numbers_anew(boots: list[Message]) -> None:
    missed = MissedEvents(VEHICLE)
    missed.receive(_event(20_000), 0.0)
    missed.receive(_event(20_002), 0.0)
    for message in boots:
        missed.receive(message, 1.0)
    number = boots[-1]["sequence"]
    assert _asked(missed.receive(_event((number + 2) % 65536), 5.0))[-1] == (
        (number + 1) % 65536,
        (number + 1) % 65536,
    )


def test_what_the_vehicle_keeps_no_longer_is_counted_as_lost() -> None:
    missed = MissedEvents(VEHICLE)
    missed.receive(_event(10), 0.0)
    missed.receive(_event(14), 0.0)
    gone = {"target_system": 255, "sequence": 11, "sequence_oldest_available": 13}
    missed.receive(_said(Send("RESPONSE_EVENT_ERROR", gone)), 0.1)
    assert (missed.waiting, missed.lost) == (True, 2)
    missed.receive(_event(13), 0.2)
    assert (missed.waiting, missed.recovered, missed.lost) == (False, 1, 2)


def test_a_vehicle_that_never_answers_is_not_asked_for_ever() -> None:
    missed = MissedEvents(VEHICLE)
    missed.receive(_event(10), 0.0)
    requests = [missed.receive(_event(12), float(second)) for second in range(60)]
    assert 1 < sum(map(bool, requests)) <= 10
    assert (missed.waiting, missed.lost) == (False, 1)


def test_the_events_of_another_vehicle_are_none_of_this_ones() -> None:
    missed = MissedEvents(VEHICLE)
    other: Any = Address(2, 1)
    missed.receive(_said(Send("EVENT", {"sequence": 10}), by=other), 0.0)
    assert missed.receive(_said(Send("EVENT", {"sequence": 14}), by=other), 0.0) == []
    assert missed.receive(_event(3), 0.0) == []
