"""Events: numbers against PX4's recorded frames, what is kept, what a missed one brings."""

import json
import lzma
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from onboard.mavlink.codec import Address, Decoder
from sim.vehicle.faults import SensorState
from sim.vehicle.navigation import Text
from sim.vehicle.wire.events import (
    MIRRORED,
    Event,
    EventLog,
    event_id,
    failsafe_event,
    mirrored,
)
from sim.vehicle.wire.metadata import EVENTS_PATH, metadata_files
from sim.vehicle.wire.texts import TextQueue

ASKER = Address(255, 190)


def recorded(reference: Path, name: str) -> list[Any]:
    tlog = lzma.decompress((reference / "px4-traces" / f"{name}.gcs.tlog.xz").read_bytes())
    messages, decoder, at = [], Decoder(), 0
    while at + 10 < len(tlog):
        length = tlog[at + 9] + 12 + 13 * (tlog[at + 10] & 1)
        messages += decoder.feed(tlog[at + 8 : at + 8 + length])
        at += 8 + length
    return [m for m in messages if m.system_id == 1]


FLIGHTS = (
    "02_mission_square_1x",
    "03_takeoff_goto_orbit_roi_land_1x",
    "05_geofence_breach_rally_4x",
)


@pytest.mark.shared_data
@pytest.mark.parametrize("flight", FLIGHTS)
def test_event_of_each_recorded_text_is_px4s(shared_reference: Path, flight: str) -> None:
    """Every EVENT that we would send for a recorded text was recorded, arguments included."""
    messages = recorded(shared_reference, flight)
    texts: list[str] = []
    for message in messages:
        if message.name == "STATUSTEXT":
            texts.append((texts.pop() if message.chunk_seq else "") + message.text)
    ours = [event for event in map(mirrored, texts) if event is not None]
    theirs = {(m["id"], m.log_levels, bytes(m.arguments)) for m in messages if m.name == "EVENT"}
    assert len(ours) >= 5
    for event in ours:
        packed = (event_id(event.name), event.levels, event.arguments.ljust(40, b"\0"))
        assert packed in theirs, event.name


def test_number_of_an_event_is_the_hash_of_its_name() -> None:
    assert event_id("commander_rtl") == 0x01352CE4


def test_missed_event_is_sent_again_and_a_forgotten_one_is_an_error() -> None:
    log = EventLog()
    for number in range(30):
        log.add(Event(name=f"event_{number}"), float(number))
    again, gone = log.requested(29, 29, by=ASKER), log.requested(2, 2, by=ASKER)
    assert [send.fields["sequence"] for send in again] == [29]
    assert gone[0].name == "RESPONSE_EVENT_ERROR"
    assert gone[0].fields["sequence_oldest_available"] == 10
    assert log.current() == {"sequence": 29, "flags": 0}


def test_range_of_every_number_does_not_flood_the_link() -> None:
    assert len(EventLog().requested(1, 0, by=ASKER)) <= 40


def test_texts_are_numbered_cut_and_twenty_a_second() -> None:
    queue = TextQueue()
    queue.put(Text(severity=6, text="x" * 120), 1.0)
    queue.put(Text(severity=6, text="short"), 1.0)
    first = queue.take(1.0, wanted=True)
    assert [(s.fields["id"], s.fields["chunk_seq"], len(s.fields["text"])) for s in first] == [
        (0, 0, 50),
        (0, 1, 50),
        (0, 2, 20),
    ]
    assert queue.take(1.02, wanted=True) == []
    assert [s.fields["id"] for s in queue.take(1.06, wanted=True)] == [1]


def test_text_that_nobody_wants_grows_stale_and_is_counted() -> None:
    queue = TextQueue()
    queue.put(Text(severity=6, text="late"), 0.0)
    assert queue.take(3.0, wanted=False) == []
    assert queue.take(6.0, wanted=True) == []
    assert queue.dropped == 1


def test_event_goes_out_on_every_link_with_the_text(bench: Callable[..., Any]) -> None:
    flown = bench(streams="px4", payload=False).ready()
    flown.command(20)
    flown.run(0.2)
    for link in ("ground", "companion", "payload", "gimbal"):
        ids = [heard.message["id"] for heard in flown.all("EVENT", link)]
        assert event_id("commander_rtl") in ids, link


def test_health_report_ends_ready_with_px4s_masks(bench: Callable[..., Any]) -> None:
    ready = bench(streams="px4", payload=False).ready().run(3.0)
    summaries = [
        heard.message
        for heard in ready.all("EVENT")
        if heard.message["id"] == event_id("commander_arming_check_summary")
    ]
    assert bytes(summaries[-1].arguments)[:17].hex() == "000000100080000000b03a7f80b03a7f80"


@pytest.mark.shared_data
def test_events_of_a_failsafe_are_px4s(shared_reference: Path) -> None:
    theirs = {
        (m["id"], m.log_levels, bytes(m.arguments))
        for m in recorded(shared_reference, "05_geofence_breach_rally_4x")
        if m.name == "EVENT"
    }
    offboard, to_return = 6 << 16, 6
    text = "Failsafe activated: entering Hold for 5 seconds\t"
    hold = failsafe_event(text, custom_mode=offboard, action=to_return)
    then = failsafe_event("Failsafe activated\t", custom_mode=offboard, action=to_return)
    for event in (hold, then):
        assert event is not None
        packed = (event_id(event.name), event.levels, event.arguments.ljust(40, b"\0"))
        assert packed in theirs, event.name


SIZES = {"uint8_t": 1, "int16_t": 2, "uint16_t": 2, "int32_t": 4, "uint32_t": 4, "float": 4}


def described() -> dict[int, dict[str, Any]]:
    """The events of the file that the vehicle offers, by number; all enumerations resolved."""
    part = json.loads(lzma.decompress(metadata_files()[EVENTS_PATH]))["components"]["1"]
    enums = {name: told["type"] for name, told in part["enums"].items()}
    events: dict[int, dict[str, Any]] = {}
    for group in part["event_groups"].values():
        for number, event in group["events"].items():
            kinds = [each["type"].removeprefix("px4::") for each in event.get("arguments", [])]
            size = sum(SIZES[enums.get(kind, kind)] for kind in kinds)
            events[int(number)] = event | {"bytes": size}
    return events


def test_every_event_of_a_flight_is_described_with_all_its_arguments(
    bench: Callable[..., Any],
) -> None:
    flown = bench(streams="px4", payload=False, parameters={"COM_ARM_ODID": 1}).ready()
    flown.command(400, 1.0)
    flown.command(22, 0, 0, 0, 0, float("nan"), float("nan"), float("nan"))
    flown.run(8.0)
    flown.vehicle.aircraft.faults.magnetometer_fails(SensorState.OFF)
    flown.run(4.0)
    flown.command(20)
    flown.run(4.0)
    known = described()
    sent = [heard.message for heard in flown.all("EVENT")]
    assert len({message["id"] for message in sent}) > 12
    for message in sent:
        assert message["id"] >> 24 == 1
        event = known[message["id"] & 0xFFFFFF]
        assert event_id(event["name"]) == message["id"]
        assert bytes(message.arguments)[event["bytes"] :].strip(b"\0") == b"", event["name"]


def test_every_text_that_has_an_event_is_described() -> None:
    names = {event["name"] for event in described().values()}
    assert {name for _, name, _, _ in MIRRORED} <= names
