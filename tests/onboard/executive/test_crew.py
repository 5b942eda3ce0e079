"""The executive in its process: findings in, durable decisions out, a leg kept beyond a crash."""

import socket
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from missions.geodesy import LocalPlane
from missions.heights import HeightAmsl
from onboard.configuration import read_configuration
from onboard.executive.actions import Left, Offer
from onboard.executive.crew import Crew
from onboard.executive.memory_file import MemoryFile
from onboard.executive.noticed import Sighted
from onboard.executive.reports import handover_report, noticed, offered
from onboard.executive.tasking import Tasking
from onboard.mavlink.codec import Decoder, Encoder, Message, Send
from onboard.mavlink.command import CommandPlace
from onboard.mavlink.mission_leg import metres_between
from onboard.mavlink.px4_modes import Px4Mode, custom_mode
from onboard.messages import Envelope, EventKind, Explanation, ObjectClass, Severity
from onboard.rules import Finding
from onboard.telemetry import PoseHistory, TelemetryLink

PLACE = CommandPlace(latitude_deg=44.8521, longitude_deg=65.5092, height_amsl_m=169.0)
LEFT = Left(item=3, mission_hash=7, place=PLACE, mode=Px4Mode.ORBIT)


def finding() -> Finding:
    return Finding(
        kind=EventKind.PERSON_DOWN,
        rule_id="person-down",
        severity=Severity.ALARM,
        certainty=0.9,
        en_m=np.array((40.0, 80.0)),
        covariance_m2=np.diag((4.0, 9.0)),
        began_s=1.0,
        tracks=(),
        object_class=ObjectClass.PERSON,
        object_count=1,
        explanation=Explanation(kk="адам жатыр", ru="человек лежит", en="a person is down"),
    )


def test_finding_becomes_an_event_at_its_place_on_the_earth(plane: LocalPlane) -> None:
    event = noticed(finding(), "qyran-1:boot:4", plane=plane, ground=HeightAmsl(129.0))
    point = plane.geo(40.0, 80.0)
    assert (event.place.latitude_deg, event.place.height_amsl_m) == (point.latitude_deg, 129.0)
    assert event.covariance_m2 == ((4.0, 0.0), (0.0, 9.0))


def test_offer_says_over_the_wire_all_that_a_relief_needs(event_at: Any) -> None:
    event = event_at(40.0, 80.0, velocity_en_m_s=(1.0, -2.0))
    track = Sighted(
        track_id=7,
        object_class=event.object_class,
        place=event.place,
        covariance_m2=event.covariance_m2,
        velocity_en_m_s=event.velocity_en_m_s,
    )
    offer = Offer(handover_id="a/relief", to=None, noticed=event, track=track, valid_s=30.0)
    now = datetime(2026, 9, 1, tzinfo=UTC)
    body = handover_report(offer, now)
    sent = Envelope(drone_id="qyran-1", boot_id="b", sequence=1, sent_at=now, body=body)
    read = Envelope.model_validate_json(sent.model_dump_json()).body
    assert read == body
    again = offered(body, now)
    assert again.place.latitude_deg == pytest.approx(event.place.latitude_deg)
    assert again.covariance_m2 == event.covariance_m2
    assert again.velocity_en_m_s == (1.0, -2.0)
    assert again.event_id == "a/relief"


@pytest.mark.parametrize(("late_s", "foreseen_s"), [(5.0, 5.0), (-60.0, 0.0), (600.0, 20.0)])
def test_object_of_an_offer_is_where_it_must_be_by_now(
    event_at: Any, track_at: Any, late_s: float, foreseen_s: float
) -> None:
    event = event_at(40.0, 80.0, velocity_en_m_s=(2.0, 0.0))
    track = track_at(40.0, 80.0, velocity_en_m_s=(2.0, 0.0))
    offer = Offer(handover_id="a/relief", to=None, noticed=event, track=track, valid_s=30.0)
    seen_at = datetime(2026, 9, 1, tzinfo=UTC)
    taken = offered(handover_report(offer, seen_at), seen_at + timedelta(seconds=late_s))
    assert metres_between(taken.place, event.place) == pytest.approx(2.0 * foreseen_s, abs=0.1)


def test_leg_that_was_left_outlives_the_process(tmp_path: Path) -> None:
    MemoryFile(tmp_path / "left-leg.json").write(LEFT)
    assert MemoryFile(tmp_path / "left-leg.json").read() == LEFT
    MemoryFile(tmp_path / "left-leg.json").write(None)
    assert MemoryFile(tmp_path / "left-leg.json").read() is None


@pytest.mark.parametrize("content", ["", "{", '{"item": "x"}', '{"item": 3}'])
def test_leg_that_cannot_be_read_is_none(tmp_path: Path, content: str) -> None:
    (tmp_path / "left-leg.json").write_text(content)
    assert MemoryFile(tmp_path / "left-leg.json").read() is None


def test_disk_that_takes_nothing_is_counted(tmp_path: Path) -> None:
    memory = MemoryFile(tmp_path / "no-folder" / "left-leg.json")
    memory.write(LEFT)
    assert memory.unwritten == 1


def test_zones_of_a_tasking_lie_beside_its_file(tmp_path: Path) -> None:
    file = tmp_path / "qyran.toml"
    file.write_text("source = 'frames'\n[executive]\nzones = ['airspace.json']\n")
    tasking = read_configuration(file, {}).executive
    assert tasking is not None
    assert tasking.zones == (tmp_path / "airspace.json",)


class Parrot:
    """A partner of the link that says what it has heard."""

    def __init__(self) -> None:
        self.heard: list[Message] = []

    def hear(self, message: Message) -> list[Send]:
        self.heard.append(message)
        return [Send("COMMAND_LONG", {"command": 511, "target_system": 9, "target_component": 1})]

    def turn(self) -> list[Send]:
        return []


def test_partner_speaks_as_a_component_of_its_vehicle_whoever_else_is_heard() -> None:
    vehicle = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    vehicle.settimeout(2.0)
    parrot = Parrot()
    link = TelemetryLink("udpin:127.0.0.1:0", PoseHistory(), parrot)
    try:
        station = Encoder(system_id=255, component_id=190).encode("HEARTBEAT", type=6)
        autopilot = Encoder(system_id=9, component_id=1).encode("HEARTBEAT", type=2)
        vehicle.sendto(autopilot + station, ("127.0.0.1", link.port))
        commands: list[Message] = []
        until_s = time.monotonic() + 5.0
        while len(commands) < 2 and time.monotonic() < until_s:
            messages = Decoder().feed(vehicle.recv(65_536))
            commands += [each for each in messages if each.name == "COMMAND_LONG"]
    finally:
        link.close()
        vehicle.close()
    assert [(each.system_id, each.component_id) for each in commands] == [(9, 191), (9, 191)]


def test_crew_without_a_vehicle_takes_findings_and_says_nothing(
    tmp_path: Path, plane: LocalPlane
) -> None:
    said: list[Any] = []
    crew = Crew(Tasking(), tell=said.append, memory=MemoryFile(tmp_path / "left-leg.json"))
    crew.found(finding(), "e", plane=plane, ground=HeightAmsl(129.0))
    assert (crew.state, crew.turn(), said) == ("", [], [])


def test_what_is_decided_before_anybody_listens_is_told_later(tmp_path: Path) -> None:
    crew = Crew(Tasking(), memory=MemoryFile(tmp_path / "left-leg.json"))
    autopilot = Encoder(system_id=9, component_id=1)
    told = (
        autopilot.encode("HEARTBEAT", type=2, custom_mode=custom_mode(Px4Mode.MISSION))
        + autopilot.encode("EXTENDED_SYS_STATE", landed_state=2)
        + autopilot.encode("MISSION_CURRENT", seq=1)
    )
    for message in Decoder().feed(told):
        crew.hear(message)
    crew.turn()
    said: list[Any] = []
    crew.report_to(said.append)
    assert [each.reason for each in said] == ["patrolling"]
