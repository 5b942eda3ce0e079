"""What is kept, in which order it goes, and what is given up first."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from missions.errors import BadInput
from onboard.messages import Envelope, Severity
from onboard.outbox import Outbox, OutboxSettings, OutboxUnwritable

MakeEvent = Callable[..., Envelope]


def waiting(outbox: Outbox) -> list[int]:
    return [int(each.id.rpartition(":")[2]) for each in outbox.next_batch(100)]


def fill_up(outbox: Outbox) -> None:
    """From now on SQLite itself answers that the disk is full."""
    connection = outbox._connection
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages}")


def test_alarms_go_first_and_then_the_newest(tmp_path: Path, make_event: MakeEvent) -> None:
    outbox = Outbox(tmp_path)
    kinds = (Severity.NOTICE, Severity.ALARM, Severity.WARNING, Severity.ALARM, Severity.NOTICE)
    for sequence, severity in enumerate(kinds):
        outbox.put(make_event(sequence, severity))
    assert waiting(outbox) == [3, 1, 2, 4, 0]


def test_what_was_put_is_there_after_the_outbox_is_opened_again(
    tmp_path: Path, make_event: MakeEvent
) -> None:
    first = Outbox(tmp_path)
    sha256 = first.put_picture(b"picture")
    first.put(make_event(1, picture=sha256))
    before = first.next_batch(10)
    first.close()
    again = Outbox(tmp_path)
    assert again.next_batch(10) == before
    assert again.pictures_waiting == 1


def test_only_what_a_hub_has_is_deleted(tmp_path: Path, make_event: MakeEvent) -> None:
    outbox = Outbox(tmp_path)
    for sequence in range(3):
        outbox.put(make_event(sequence))
    outbox.delivered(["qyran-1:b:1", "qyran-1:b:99"])
    assert waiting(outbox) == [2, 0]
    assert outbox.counts.delivered == 1


def test_a_picture_follows_its_event_and_goes_before_none(
    tmp_path: Path, make_event: MakeEvent
) -> None:
    outbox = Outbox(tmp_path)
    sha256 = outbox.put_picture(b"picture")
    outbox.put(make_event(0, picture=sha256))
    assert outbox.next_picture() is None
    outbox.delivered(["qyran-1:b:0"])
    picture = outbox.next_picture()
    assert picture is not None
    assert (picture.sha256, picture.content) == (sha256, b"picture")
    outbox.picture_delivered(picture.sha256)
    assert outbox.pictures_waiting == 0
    assert list((tmp_path / "pictures").iterdir()) == []


def test_what_a_hub_refuses_is_kept_apart_with_the_reason(
    tmp_path: Path, make_event: MakeEvent
) -> None:
    outbox = Outbox(tmp_path)
    outbox.put(make_event(0))
    outbox.set_aside("qyran-1:b:0", "too old")
    assert outbox.waiting == 0
    assert outbox.refused() == [("qyran-1:b:0", "too old")]
    assert outbox.counts.refused == 1


def test_past_the_bound_pictures_go_first_the_least_urgent_oldest_before(
    tmp_path: Path, make_event: MakeEvent
) -> None:
    outbox = Outbox(tmp_path, OutboxSettings(max_picture_bytes=25))
    shas = [outbox.put_picture(bytes([number]) * 10) for number in range(3)]
    for number, severity in enumerate((Severity.ALARM, Severity.NOTICE, Severity.NOTICE)):
        outbox.put(make_event(number, severity, picture=shas[number]))
    kept = {path.stem for path in (tmp_path / "pictures").iterdir()}
    assert kept == {shas[0], shas[2]}
    assert outbox.counts.dropped_pictures == 1
    assert outbox.waiting == 3


def test_past_the_bound_alarms_are_the_last_to_go(tmp_path: Path, make_event: MakeEvent) -> None:
    outbox = Outbox(tmp_path, OutboxSettings(max_messages=2))
    for sequence, severity in enumerate((Severity.ALARM, Severity.NOTICE, Severity.NOTICE)):
        outbox.put(make_event(sequence, severity))
    assert waiting(outbox) == [0, 2]
    assert outbox.counts.dropped_messages == 1


def test_a_full_disk_gives_up_pictures_before_events(tmp_path: Path, make_event: MakeEvent) -> None:
    outbox = Outbox(tmp_path)
    sha256 = outbox.put_picture(b"picture")
    outbox.put(make_event(0, picture=sha256))
    fill_up(outbox)
    for sequence in range(1, 12):
        outbox.put(make_event(sequence))
    assert outbox.counts.dropped_pictures == 1
    assert "full" in outbox.counts.disk_error
    assert sorted(waiting(outbox)) == list(range(12))
    assert outbox.held_in_memory > 0


def test_what_was_held_in_memory_is_written_once_the_disk_takes_it(
    tmp_path: Path, make_event: MakeEvent
) -> None:
    outbox = Outbox(tmp_path)
    fill_up(outbox)
    for sequence in range(12):
        outbox.put(make_event(sequence))
    outbox._connection.execute("PRAGMA max_page_count = 100000")
    outbox.put(make_event(12))
    assert outbox.held_in_memory == 0
    assert outbox.counts.disk_error == ""
    outbox.close()
    assert len(waiting(Outbox(tmp_path))) == 13


def test_what_is_held_in_memory_is_bounded_and_counted(
    tmp_path: Path, make_event: MakeEvent
) -> None:
    outbox = Outbox(tmp_path, OutboxSettings(max_in_memory=3))
    fill_up(outbox)
    for sequence in range(40):
        outbox.put(make_event(sequence))
    assert outbox.held_in_memory == 3
    assert outbox.counts.dropped_messages + outbox.waiting == 40


def test_a_disk_that_does_not_take_a_delivery_is_told_as_such(
    tmp_path: Path, make_event: MakeEvent
) -> None:
    outbox = Outbox(tmp_path)
    outbox.put(make_event(0))
    outbox._connection.execute("PRAGMA query_only = 1")
    with pytest.raises(OutboxUnwritable, match="readonly"):
        outbox.delivered(["qyran-1:b:0"])
    assert outbox.waiting == 1


def full_with_an_alarm_held(outbox: Outbox, make_event: MakeEvent) -> str:
    """A disk that is full of notices, some of them held, and one alarm that is held after them."""
    outbox.put(make_event(0, Severity.NOTICE))
    fill_up(outbox)
    for sequence in range(1, 30):
        outbox.put(make_event(sequence, Severity.NOTICE))
    outbox.put(make_event(30, Severity.ALARM))
    return "qyran-1:b:30"


def test_an_alarm_that_is_held_in_memory_goes_before_notices_on_disk(
    tmp_path: Path, make_event: MakeEvent
) -> None:
    outbox = Outbox(tmp_path)
    alarm = full_with_an_alarm_held(outbox, make_event)
    assert outbox.held_in_memory > 1
    assert [each.id for each in outbox.next_batch(1)] == [alarm]
    assert waiting(outbox) == [30, *range(29, -1, -1)]


def test_what_is_refused_while_it_is_held_in_memory_is_kept_apart_too(
    tmp_path: Path, make_event: MakeEvent
) -> None:
    outbox = Outbox(tmp_path)
    alarm = full_with_an_alarm_held(outbox, make_event)
    outbox.set_aside(alarm, "too old")
    assert outbox.refused() == [(alarm, "too old")]
    assert outbox.counts.refused == 1
    assert 30 not in waiting(outbox)
    outbox._connection.execute("PRAGMA max_page_count = 100000")
    outbox.close()
    assert Outbox(tmp_path).refused() == [(alarm, "too old")]


def test_what_a_hub_has_of_what_is_held_is_counted_on_a_read_only_disk(
    tmp_path: Path, make_event: MakeEvent
) -> None:
    outbox = Outbox(tmp_path)
    alarm = full_with_an_alarm_held(outbox, make_event)
    held = outbox.held_in_memory
    outbox._connection.execute("PRAGMA query_only = 1")
    outbox.delivered([alarm])
    assert (outbox.counts.delivered, outbox.held_in_memory) == (1, held - 1)
    with pytest.raises(OutboxUnwritable):
        outbox.delivered(["qyran-1:b:29", "qyran-1:b:0"])
    assert (outbox.counts.delivered, outbox.held_in_memory) == (2, held - 2)
    assert 0 in waiting(outbox)


def test_the_picture_of_an_event_that_went_from_memory_follows_it(
    tmp_path: Path, make_event: MakeEvent
) -> None:
    outbox = Outbox(tmp_path)
    outbox._connection.execute("PRAGMA query_only = 1")
    sha256 = outbox.put_picture(b"picture")
    outbox.put(make_event(0, picture=sha256))
    assert outbox.held_in_memory == 1
    outbox._connection.execute("PRAGMA query_only = 0")
    outbox.delivered(["qyran-1:b:0"])
    picture = outbox.next_picture()
    assert picture is not None
    assert picture.sha256 == sha256


@pytest.mark.parametrize("name", ["file/outbox", "file"])
def test_a_place_that_cannot_be_a_folder_is_named(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(BadInput, match=f"outbox .*{name}"):
        Outbox(tmp_path / name)


def test_a_read_only_place_is_named() -> None:
    with pytest.raises(BadInput, match="outbox /proc/1/outbox"):
        Outbox(Path("/proc/1/outbox"))


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "outbox.sqlite").write_bytes(b"no database" * 100)
    with pytest.raises(BadInput, match=r"outbox\.sqlite: file is not a database"):
        Outbox(tmp_path)


def test_a_picture_whose_event_was_never_written_is_cleared_away(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path)
    outbox.put_picture(b"orphan")
    outbox.close()
    Outbox(tmp_path)
    assert list((tmp_path / "pictures").iterdir()) == []


WRITER = """
import sys
from pathlib import Path
from onboard.messages import Envelope
from onboard.outbox import Outbox
outbox = Outbox(Path(sys.argv[1]))
envelope = Envelope.model_validate_json(sys.stdin.readline())
for sequence in range(100_000):
    sha256 = outbox.put_picture(str(sequence).encode())
    picture = envelope.body.picture.model_copy(update={"sha256": sha256})
    body = envelope.body.model_copy(update={"picture": picture})
    outbox.put(envelope.model_copy(update={"sequence": sequence, "body": body}))
    print(sequence, flush=True)
"""


@pytest.mark.parametrize("after", [1, 7, 23])
def test_kill_9_loses_nothing_that_put_has_returned_from(
    tmp_path: Path, after: int, make_event: MakeEvent
) -> None:
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).resolve().parents[3],
    )
    assert writer.stdin is not None
    assert writer.stdout is not None
    writer.stdin.write(make_event(0, picture="0" * 64).model_dump_json() + "\n")
    writer.stdin.flush()
    told = [int(writer.stdout.readline()) for _ in range(after)]
    os.kill(writer.pid, signal.SIGKILL)
    told += [int(line) for line in writer.stdout.read().split()]
    writer.wait()
    outbox = Outbox(tmp_path)
    kept = {int(each.id.rpartition(":")[2]) for each in outbox.next_batch(100_000)}
    assert kept >= set(told)
    assert len(list((tmp_path / "pictures").iterdir())) == outbox.pictures_waiting


def test_messages_are_bounded_by_bytes_and_alarms_are_the_last_to_go(
    tmp_path: Path, make_event: MakeEvent
) -> None:
    size = len(make_event(10, Severity.NOTICE).model_dump_json().encode())
    outbox = Outbox(tmp_path, OutboxSettings(max_message_bytes=4 * size))
    for sequence in range(20):
        severity = Severity.ALARM if sequence == 0 else Severity.NOTICE
        outbox.put(make_event(sequence, severity))
    assert waiting(outbox) == [0, 19, 18, 17]
    assert outbox.counts.dropped_messages == 16
    outbox.close()
    again = Outbox(tmp_path, OutboxSettings(max_message_bytes=2 * size))
    again.put(make_event(20, Severity.ALARM))
    assert waiting(again) == [20, 0]


def test_what_goes_makes_room_for_what_comes(tmp_path: Path, make_event: MakeEvent) -> None:
    size = len(make_event(10).model_dump_json().encode())
    outbox = Outbox(tmp_path, OutboxSettings(max_message_bytes=3 * size))
    for sequence in range(10, 60):
        outbox.put(make_event(sequence))
        outbox.delivered([f"qyran-1:b:{sequence}"])
    for sequence in range(60, 63):
        outbox.put(make_event(sequence))
    assert waiting(outbox) == [62, 61, 60]
    assert outbox.dropped == 0


def test_what_a_hub_refused_is_bounded_and_counted(tmp_path: Path, make_event: MakeEvent) -> None:
    outbox = Outbox(tmp_path, OutboxSettings(max_refused=5))
    for sequence in range(9):
        outbox.put(make_event(sequence))
        outbox.set_aside(f"qyran-1:b:{sequence}", "too old")
    assert [each[0] for each in outbox.refused()] == [f"qyran-1:b:{n}" for n in range(4, 9)]
    assert outbox.dropped == 4


def test_a_batch_is_as_large_as_the_link_takes_and_never_empty(
    tmp_path: Path, make_event: MakeEvent
) -> None:
    outbox = Outbox(tmp_path)
    for sequence in range(5):
        outbox.put(make_event(sequence))
    size = len(make_event(0).model_dump_json().encode())
    assert len(outbox.next_batch(100, 10)) == 1
    assert len(outbox.next_batch(100, 3 * size)) == 3
    assert len(outbox.next_batch(2, 100 * size)) == 2


def test_a_delivery_tells_for_how_long_each_message_waited(
    tmp_path: Path, make_event: MakeEvent
) -> None:
    now_s = [10.0]
    outbox = Outbox(tmp_path, clock=lambda: now_s[0])
    outbox.put(make_event(0))
    now_s[0] = 13.0
    outbox.put(make_event(1))
    now_s[0] = 14.0
    assert outbox.delivered(["qyran-1:b:0", "qyran-1:b:1"]) == [4.0, 1.0]
    assert outbox.delivered(["qyran-1:b:0"]) == []
