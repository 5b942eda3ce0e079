"""State, texts and events read from flights of PX4 that were recorded, not written here."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from ground_station.vehicles.px4_events import OBJECTIONS, event_id, objection
from ground_station.vehicles.state import VehicleState
from ground_station.vehicles.texts import TextAssembler
from onboard.mavlink.codec import Message
from onboard.mavlink.px4_modes import Px4Mode

pytestmark = pytest.mark.shared_data
Recorded = Callable[[str, str], list[tuple[float, Message]]]


def _texts(recorded: Recorded, name: str) -> list[tuple[float, str]]:
    assembler = TextAssembler()
    return [
        (time_s, text.text)
        for time_s, message in recorded(name, "STATUSTEXT")
        for text in (assembler.receive(message),)
        if text is not None
    ]


def test_state_after_a_recorded_mission_is_landed_at_home_with_the_mission_done(
    recorded_messages: Recorded,
) -> None:
    state = VehicleState(system_id=1)
    for time_s, message in recorded_messages("02_mission_square_1x.gcs", ""):
        state.receive(message, time_s)
    assert state.armed is False
    assert state.landed is True
    assert state.mission_hash == 181422311
    assert state.home is not None
    assert state.latitude_deg == pytest.approx(state.home.latitude_deg, abs=2e-6)
    assert state.last_reached == 6


def test_modes_of_a_recorded_failsafe_are_read_in_their_order(recorded_messages: Recorded) -> None:
    state = VehicleState(system_id=1)
    modes: list[Px4Mode | None] = []
    for time_s, message in recorded_messages("07_gcs_link_loss_rtl_2x.gcs", "HEARTBEAT"):
        if message.component_id == 1:
            state.receive(message, time_s)
            modes += [state.mode] if modes[-1:] != [state.mode] else []
    assert [mode for mode in modes[modes.index(Px4Mode.MISSION) :] if mode is not Px4Mode.MISSION][
        :2
    ] == [Px4Mode.HOLD, Px4Mode.RTL]


def test_texts_longer_than_a_message_are_put_together(
    recorded_messages: Recorded, shared_reference: Path
) -> None:
    texts = [text for _, text in _texts(recorded_messages, "05_geofence_breach_rally_4x.gcs")]
    recording = shared_reference / "px4-traces" / "05_geofence_breach_rally_4x.json"
    events = json.loads(recording.read_text(encoding="utf-8"))["events"]
    assert max(len(text) for text in texts) > 50
    assert any(each["what"] == "STATUSTEXT" for each in events)


def test_event_ids_computed_from_names_are_those_that_px4_sends_beside_its_texts(
    recorded_messages: Recorded,
) -> None:
    name = "05_geofence_breach_rally_4x.gcs"
    objections = [
        (time_s, words)
        for time_s, message in recorded_messages(name, "EVENT")
        for words in (objection(message),)
        if words is not None
    ]
    texts = _texts(recorded_messages, name)
    assert objections
    for time_s, _ in objections:
        beside = [text for at_s, text in texts if abs(at_s - time_s) < 0.5]
        assert "Geofence violation for waypoint 2" in beside


def test_objections_that_px4_sends_as_events_alone_are_understood(
    recorded_messages: Recorded,
) -> None:
    said = [
        objection(message)
        for _, message in recorded_messages("14_mission_protocol_errors_1x.gcs", "EVENT")
    ]
    assert [words for words in said if words is not None] == [
        "the mission starts with a landing",
        "the takeoff is not the first waypoint",
        "it has VTOL items and the vehicle is no VTOL",
    ]


def test_an_event_with_arguments_says_them() -> None:
    assert event_id("navigator_mis_takeoff_too_low") == 28985965
    assert OBJECTIONS[28985965].said(bytes.fromhex("4d7ff443")).endswith("489.0 m are needed")
