"""From the outbox to a hub that fails in every way: each event arrives, once in effect."""

import random
import socket
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from missions.errors import BadInput
from onboard.messages import Envelope, Severity, StatusReport, TracksReport
from onboard.outbox import Outbox
from onboard.uplink import LiveUplink, Uplink, UplinkSettings
from onboard.uplink.settings import Backoff, hub_client
from onboard.uplink.uplink import Step

FAST = UplinkSettings(backoff_first_s=0.01, backoff_longest_s=0.05, timeout_s=2.0, batch=10)
MakeEvent = Callable[..., Envelope]


@pytest.fixture
def outbox(tmp_path: Path) -> Outbox:
    return Outbox(tmp_path)


def filled(outbox: Outbox, make_event: MakeEvent, count: int) -> None:
    for sequence in range(count):
        sha256 = outbox.put_picture(f"picture {sequence}".encode())
        outbox.put(make_event(sequence, picture=sha256))


def test_everything_arrives_and_the_outbox_is_empty(
    fake_hub: Any, outbox: Outbox, make_event: MakeEvent
) -> None:
    filled(outbox, make_event, 25)
    uplink = Uplink(fake_hub.url, outbox, FAST)
    uplink.start()
    assert uplink.drained(10.0)
    uplink.close()
    assert sorted(fake_hub.ids) == sorted(f"qyran-1:b:{n}" for n in range(25))
    assert len(fake_hub.pictures) == 25
    assert uplink.problem == ""


def test_pictures_go_after_the_events(fake_hub: Any, outbox: Outbox, make_event: MakeEvent) -> None:
    filled(outbox, make_event, 3)
    uplink = Uplink(fake_hub.url, outbox, FAST)
    steps = [uplink.step() for _ in range(5)]
    uplink.close()
    assert steps == [Step.DONE] * 4 + [Step.NOTHING_TO_DO]
    assert all(name.startswith("qyran-1") for name in fake_hub.order[:3])


def test_alarms_arrive_before_notices(fake_hub: Any, outbox: Outbox, make_event: MakeEvent) -> None:
    for sequence in range(20):
        severity = Severity.ALARM if sequence % 5 == 0 else Severity.NOTICE
        outbox.put(make_event(sequence, severity=severity))
    uplink = Uplink(fake_hub.url, outbox, FAST.model_copy(update={"batch": 4}))
    uplink.step()
    uplink.close()
    assert fake_hub.ids == [f"qyran-1:b:{n}" for n in (15, 10, 5, 0)]


def test_a_hub_that_was_down_gets_everything_once_it_is_up(
    fake_hub: Any, outbox: Outbox, make_event: MakeEvent
) -> None:
    fake_hub.stop()
    filled(outbox, make_event, 12)
    uplink = Uplink(fake_hub.url, outbox, FAST)
    assert uplink.step() is Step.FAILED
    assert "cannot be reached" in uplink.problem
    uplink.start()
    assert not uplink.drained(0.2)
    fake_hub.start()
    assert uplink.drained(10.0)
    uplink.close()
    assert sorted(fake_hub.ids) == sorted(f"qyran-1:b:{n}" for n in range(12))
    assert len(fake_hub.pictures) == 12


def test_a_reply_that_was_lost_leads_to_duplicates_and_not_to_two_effects(
    fake_hub: Any, outbox: Outbox, make_event: MakeEvent
) -> None:
    fake_hub.lose_replies = 2
    filled(outbox, make_event, 8)
    uplink = Uplink(fake_hub.url, outbox, FAST)
    uplink.start()
    assert uplink.drained(10.0)
    uplink.close()
    assert sorted(fake_hub.ids) == sorted(f"qyran-1:b:{n}" for n in range(8))
    assert fake_hub.duplicates >= 8


@pytest.mark.parametrize("status", [500, 503, 429, 401])
def test_a_hub_in_trouble_is_tried_again(
    fake_hub: Any, outbox: Outbox, make_event: MakeEvent, status: int
) -> None:
    fake_hub.faults = [status, status]
    outbox.put(make_event(0))
    uplink = Uplink(fake_hub.url, outbox, FAST)
    assert uplink.step() is Step.FAILED
    assert str(status) in uplink.problem
    uplink.start()
    assert uplink.drained(10.0)
    uplink.close()
    assert fake_hub.ids == ["qyran-1:b:0"]


def test_a_refused_event_is_set_aside_and_holds_up_nothing(
    fake_hub: Any, outbox: Outbox, make_event: MakeEvent
) -> None:
    fake_hub.refuse = {"qyran-1:b:1"}
    for sequence in range(3):
        outbox.put(make_event(sequence))
    uplink = Uplink(fake_hub.url, outbox, FAST)
    assert uplink.step() is Step.DONE
    uplink.close()
    assert outbox.waiting == 0
    assert outbox.refused() == [("qyran-1:b:1", "not to be had")]


def test_a_batch_refused_as_a_whole_is_narrowed_down_to_the_one_at_fault(
    fake_hub: Any, outbox: Outbox, make_event: MakeEvent
) -> None:
    fake_hub.faults = [422, 422, 422]
    for sequence in range(4):
        outbox.put(make_event(sequence))
    uplink = Uplink(fake_hub.url, outbox, FAST.model_copy(update={"batch": 4}))
    for _ in range(5):
        uplink.step()
    uplink.close()
    assert outbox.refused() == [("qyran-1:b:3", "HTTP 422")]
    assert sorted(fake_hub.ids) == [f"qyran-1:b:{n}" for n in range(3)]


def test_a_wrong_address_sets_nothing_aside(
    fake_hub: Any, outbox: Outbox, make_event: MakeEvent
) -> None:
    fake_hub.faults = [404]
    outbox.put(make_event(0))
    uplink = Uplink(fake_hub.url, outbox, FAST)
    assert uplink.step() is Step.FAILED
    uplink.close()
    assert outbox.waiting == 1


def test_what_the_hub_has_is_not_lost_by_a_disk_that_is_read_only(
    fake_hub: Any, outbox: Outbox, make_event: MakeEvent
) -> None:
    outbox.put(make_event(0))
    outbox._connection.execute("PRAGMA query_only = 1")
    uplink = Uplink(fake_hub.url, outbox, FAST)
    assert uplink.step() is Step.FAILED
    assert "outbox cannot be used" in uplink.problem
    outbox._connection.execute("PRAGMA query_only = 0")
    assert uplink.step() is Step.DONE
    uplink.close()
    assert fake_hub.ids == ["qyran-1:b:0"]
    assert fake_hub.duplicates == 1


def test_backoff_doubles_up_to_its_bound_and_starts_again_after_success() -> None:
    settings = UplinkSettings(backoff_first_s=1.0, backoff_longest_s=8.0)
    backoff = Backoff(settings, random.Random(1))
    waits = [backoff.failed() for _ in range(6)]
    bounds = [1.0, 2.0, 4.0, 8.0, 8.0, 8.0]
    assert all(b / 2 <= wait <= b for wait, b in zip(waits, bounds, strict=True))
    backoff.succeeded()
    assert backoff.failed() <= 1.0


def test_a_hub_that_is_back_is_tried_within_a_second() -> None:
    backoff = Backoff(UplinkSettings())
    assert max(backoff.failed() for _ in range(50)) <= 1.0


@pytest.mark.parametrize("hub", ["127.0.0.1:8040", "ftp://hub", "http://", "http://hub:port"])
def test_a_hub_address_that_is_no_http_is_named(hub: str) -> None:
    with pytest.raises(BadInput, match="hub "):
        hub_client(hub, FAST)


def test_the_token_comes_from_the_environment() -> None:
    client = hub_client("http://hub:8040", FAST, {"QYRAN_HUB_TOKEN": "s"})
    assert client.headers["Authorization"] == "Bearer s"


def status(sequence: int) -> Envelope:
    body = StatusReport(
        source="s",
        detector="d",
        frames_seen=sequence,
        frames_dropped=0,
        frames_corrupt=0,
        frames_without_pose=0,
        outbox_waiting=0,
    )
    now = datetime(2026, 9, 1, tzinfo=UTC)
    return Envelope(drone_id="q", boot_id="b", sequence=sequence, sent_at=now, body=body)


def tracks(sequence: int) -> Envelope:
    now, body = datetime(2026, 9, 1, tzinfo=UTC), TracksReport(tracks=())
    return Envelope(drone_id="q", boot_id="b", sequence=sequence, sent_at=now, body=body)


def test_of_what_is_live_only_the_newest_is_sent(fake_hub: Any) -> None:
    live = LiveUplink(fake_hub.url, FAST)
    for sequence in range(5):
        live.offer(status(sequence))
    live.start()
    live.flush(5.0)
    live.close()
    assert [each["sequence"] for each in fake_hub.live] == [4]
    assert live.replaced == 4


def test_what_need_not_go_at_once_goes_with_what_comes_next(fake_hub: Any) -> None:
    live = LiveUplink(fake_hub.url, FAST)
    live.start()
    live.offer(status(1), at_once=False)
    live.offer(tracks(2))
    live.flush(5.0)
    live.close()
    assert [(each["sequence"], each["body"]["kind"]) for each in fake_hub.live] == [
        (1, "status"),
        (2, "tracks"),
    ]


def test_what_need_not_go_at_once_goes_alone_where_nothing_comes(fake_hub: Any) -> None:
    live = LiveUplink(fake_hub.url, FAST)
    live.start()
    live.offer(status(1), at_once=False)
    live.flush(5.0)
    live.close()
    assert [each["sequence"] for each in fake_hub.live] == [1]


def test_closing_does_not_wait_for_a_hub_that_hangs(outbox: Outbox, make_event: MakeEvent) -> None:
    outbox.put(make_event(0))
    with socket.create_server(("127.0.0.1", 0)) as hanging:
        address = f"http://127.0.0.1:{hanging.getsockname()[1]}"
        patient = FAST.model_copy(update={"timeout_s": 8.0})
        uplink, live = Uplink(address, outbox, patient), LiveUplink(address, patient)
        live.offer(status(1))
        uplink.start()
        live.start()
        taken = [hanging.accept()[0] for _ in range(2)]
        began_s = time.monotonic()
        uplink.close()
        live.close()
        assert time.monotonic() - began_s < 3.0
        for each in taken:
            each.close()
    assert outbox.waiting == 1


def test_what_is_live_and_cannot_be_sent_is_counted_and_lost(fake_hub: Any) -> None:
    fake_hub.stop()
    live = LiveUplink(fake_hub.url, FAST)
    live.offer(status(1))
    live.start()
    live.flush(5.0)
    live.close()
    assert live.failed == 1
