"""What the hub brings from other drones: taken once, acknowledged, whatever it is."""

import queue
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from onboard.aircraft import Aircraft
from onboard.building import built
from onboard.configuration import OnboardConfiguration
from onboard.messages import (
    Envelope,
    EventReport,
    HandoverAnswerReport,
    HandoverReport,
    IngestReply,
    Severity,
    StatusReport,
)
from onboard.uplink import LiveUplink, UplinkSettings
from onboard.uplink.mail import ForDrones, Mail, request_content

FAST = UplinkSettings(live_interval_s=0.0)


def answer(sequence: int = 1, **body: Any) -> dict[str, Any]:
    """Another drone's answer as JSON."""
    said = HandoverAnswerReport(
        severity=Severity.ALARM, handover_id="a/relief", to="qyran-1", accepted=True
    )
    envelope = Envelope(
        drone_id="qyran-2",
        boot_id="b",
        sequence=sequence,
        sent_at=datetime(2026, 9, 1, tzinfo=UTC),
        body=said,
    )
    raw = envelope.model_dump(mode="json")
    return {**raw, "body": {**raw["body"], **body}}


@pytest.fixture
def heard() -> list[tuple[ForDrones, str]]:
    return []


@pytest.fixture
def mail(heard: list[tuple[ForDrones, str]]) -> Mail:
    return Mail(lambda report, by: heard.append((report, by)))


def test_each_message_is_told_once_however_often_it_is_brought(
    mail: Mail, heard: list[Any]
) -> None:
    reply = IngestReply(brought=(answer(1), answer(2)))
    mail.take(reply, ())
    mail.take(reply, ())
    assert [(report.handover_id, by) for report, by in heard] == [("a/relief", "qyran-2")] * 2
    assert (mail.taken, mail.repeated) == (2, 2)


def test_it_is_named_as_received_until_a_request_that_names_it_was_answered(mail: Mail) -> None:
    mail.take(IngestReply(brought=(answer(1),)), ())
    assert mail.received == ("qyran-2:b:1",)
    mail.take(IngestReply(brought=(answer(2),)), mail.received)
    assert mail.received == ("qyran-2:b:2",)


@pytest.mark.parametrize(
    "raw", [answer(1, to=7), answer(1, kind="song"), {"drone_id": 'a"b'}, {**answer(1), "body": 1}]
)
def test_what_cannot_be_used_is_told_to_nobody_and_not_wanted_again(
    mail: Mail, heard: list[Any], raw: dict[str, Any]
) -> None:
    mail.take(IngestReply(brought=(raw,)), ())
    assert heard == []
    name = f"{raw.get('drone_id')}:{raw.get('boot_id')}:{raw.get('sequence')}"
    assert mail.received == (name,)
    request_content([], mail.received).decode().index(name.replace('"', '\\"'))


def test_an_older_hub_sees_the_request_that_it_knows() -> None:
    assert request_content(['{"a":1}'], ()) == b'{"messages":[{"a":1}]}'


def test_it_comes_in_the_reply_to_what_is_live_and_the_next_request_says_so(fake_hub: Any) -> None:
    letters: queue.Queue[tuple[ForDrones, str]] = queue.Queue()
    live = LiveUplink(fake_hub.url, FAST, mail=Mail(lambda *letter: letters.put(letter)))
    fake_hub.brings = [answer(1)]
    live.start()
    live.offer(state(0))
    report, by = letters.get(timeout=5.0)
    assert (report.handover_id, by) == ("a/relief", "qyran-2")
    live.offer(state(1))
    live.offer(state(2))
    live.flush(5.0)
    live.close()
    assert "qyran-2:b:1" in fake_hub.received
    assert letters.empty()


def state(sequence: int) -> Envelope:
    body = StatusReport(
        source="x",
        detector="y",
        frames_seen=0,
        frames_dropped=0,
        frames_corrupt=0,
        frames_without_pose=0,
        outbox_waiting=0,
    )
    at = datetime(2026, 9, 1, tzinfo=UTC)
    return Envelope(drone_id="qyran-1", boot_id="b", sequence=sequence, sent_at=at, body=body)


@pytest.fixture
def aircraft(tmp_path: Path) -> Iterator[Aircraft]:
    """One without an executive."""
    (tmp_path / "frames").mkdir()
    cv2.imwrite(str(tmp_path / "frames" / "0.jpg"), np.full((54, 96, 3), 90, dtype=np.uint8))
    configuration = OnboardConfiguration(
        source=str(tmp_path / "frames"), outbox=tmp_path / "outbox"
    )
    parts = built(configuration)
    yield Aircraft(configuration, parts, threading.Event())
    parts.close()


@pytest.fixture
def offer(make_event: Callable[..., Envelope]) -> Envelope:
    """Another drone's offer."""
    event = make_event(5)
    assert isinstance(event.body, EventReport)
    body = HandoverReport(
        severity=Severity.ALARM,
        handover_id="qyran-2:b:5/relief",
        event_kind=event.body.event_kind,
        event_id="qyran-2:b:5",
        certainty=0.9,
        object_class=event.body.object_class,
        track_id=7,
        position=event.body.position,
        covariance_m2=((4.0, 0.0), (0.0, 4.0)),
        velocity_east_m_s=0.0,
        velocity_north_m_s=0.0,
        seen_at=event.sent_at,
        valid_until=event.sent_at + timedelta(seconds=30.0),
    )
    return event.model_copy(update={"drone_id": "qyran-2", "body": body})


def test_an_aircraft_without_an_executive_declines_every_offer(
    aircraft: Aircraft, offer: Envelope
) -> None:
    parts = aircraft._parts
    parts.mail.take(IngestReply(brought=(offer.model_dump(mode="json"), answer(2))), ())
    (waiting,) = parts.outbox.next_batch(10, 100_000)
    body = Envelope.model_validate_json(waiting.body).body
    assert isinstance(body, HandoverAnswerReport)
    assert (body.handover_id, body.to, body.accepted) == ("qyran-2:b:5/relief", "qyran-2", False)
