"""Recordings: read by pymavlink, read back whole, sought, played, and true to a disk's faults."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from pymavlink import mavutil

from ground_station.recording import writer
from ground_station.recording.player import Player
from ground_station.recording.reader import Tlog, open_tlog
from ground_station.recording.recorder import TlogRecorder
from ground_station.recording.tlog import record
from ground_station.recording.writer import Rotation, TlogFile
from missions.errors import BadInput
from onboard.mavlink.codec import Encoder

BEGAN_US = 1_795_000_000_000_000
Frames = list[tuple[float, bytes]]


def flight(count: int = 100, *, step_us: int = 100_000) -> bytes:
    """A log: a heartbeat each step, and MISSION_CURRENT that moves on every tenth."""
    encoder = Encoder(system_id=1, component_id=1)
    log = b""
    for number in range(count):
        frame = (
            encoder.encode("MISSION_CURRENT", seq=number // 10)
            if number % 10 == 5
            else encoder.encode("HEARTBEAT", type=2)
        )
        log += record(BEGAN_US + number * step_us, frame)
    return log


def by_pymavlink(file: Path) -> list[tuple[str, float]]:
    link = mavutil.mavlink_connection(str(file), dialect="development")
    found = []
    while (message := link.recv_msg()) is not None:
        found.append((message.get_type(), message._timestamp))
    return found


def test_pymavlink_reads_what_we_record(tmp_path: Path) -> None:
    recorder = TlogRecorder(tmp_path, unix_s=lambda: BEGAN_US / 1e6)
    encoder = Encoder(system_id=1, component_id=1)
    recorder.start()
    for number in range(50):
        recorder.frame(encoder.encode("STATUSTEXT", text=f"line {number}"), 1)
    asyncio.run(recorder.close())
    (file,) = tmp_path.glob("all-*.tlog")
    assert by_pymavlink(file) == [("STATUSTEXT", pytest.approx(BEGAN_US / 1e6))] * 50
    assert recorder.view().counters["frames"] == 50


def test_each_vehicle_has_its_own_log_where_asked(tmp_path: Path) -> None:
    recorder = TlogRecorder(tmp_path, per_vehicle=True)
    recorder.start()
    for system_id in (1, 2, 2, 3):
        recorder.frame(Encoder(system_id=system_id, component_id=1).encode("PING"), system_id)
    asyncio.run(recorder.close())
    counts = {f.name.rpartition("-")[0]: len(open_tlog(f)) for f in tmp_path.glob("*.tlog")}
    assert counts == {"all": 4, "system-1": 1, "system-2": 2, "system-3": 1}


def test_a_killed_recorder_leaves_a_log_that_is_read_to_its_last_record(tmp_path: Path) -> None:
    program = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from ground_station.recording.recorder import TlogRecorder\n"
        "from onboard.mavlink.codec import Encoder\n"
        "recorder = TlogRecorder(Path(sys.argv[1])); recorder.start()\n"
        "encoder = Encoder(system_id=1, component_id=1)\n"
        "while True:\n"
        "    recorder.frame(encoder.encode('STATUSTEXT', text='x' * 40), 1)\n"
        "    if recorder.frames % 500 == 0: print(recorder.view().counters['bytes'], flush=True)\n"
        "    time.sleep(0.0002)\n"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    next(line for line in child.stdout if int(line) > 100_000)
    child.send_signal(signal.SIGKILL)
    child.wait()
    child.stdout.close()
    (file,) = tmp_path.glob("*.tlog")
    tlog = open_tlog(file)
    assert tlog.skipped_bytes == 0
    assert len(tlog) == len(by_pymavlink(file)) > 1000


@pytest.mark.parametrize("cut", [1, 7, 8, 9, 20])
def test_a_torn_end_costs_the_last_record_only(cut: int) -> None:
    log = flight(20)
    tlog = Tlog(log[:-cut])
    assert len(tlog) == 19
    assert tlog.skipped_bytes > 0


def test_damage_in_the_middle_costs_what_it_touches() -> None:
    log = flight(20)
    middle = len(log) // 2 + 12
    tlog = Tlog(log[:middle] + b"\xfd garbage \xfe" + log[middle:])
    assert len(tlog) == 19


def test_logs_begin_anew_by_size_and_old_ones_go(tmp_path: Path) -> None:
    clock = [0.0]
    rotation = Rotation(most_bytes=800, most_s=60.0, keep_files=3)
    file = TlogFile(
        tmp_path, "all", rotation=rotation, now_s=lambda: clock[0], unix_s=lambda: clock[0]
    )
    for _ in range(8):
        clock[0] += 1.0
        assert file.write(flight(30))
    file.close()
    assert file.files == 8
    kept = sorted(tmp_path.glob("*.tlog"))
    assert len(kept) == 3
    assert [len(open_tlog(each)) for each in kept] == [30, 30, 30]


def test_logs_begin_anew_by_age(tmp_path: Path) -> None:
    clock = [0.0]
    file = TlogFile(
        tmp_path, "all", rotation=Rotation(most_s=60.0), now_s=lambda: clock[0], unix_s=lambda: 5.0
    )
    for clock[0] in (0.0, 59.0, 61.0):
        file.write(flight(1))
    file.close()
    assert len(list(tmp_path.glob("*.tlog"))) == 2


def test_a_disk_that_fills_up_is_said_and_the_log_ends_with_a_whole_record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [0.0]
    file = TlogFile(tmp_path, "all", rotation=Rotation(), now_s=lambda: clock[0])
    assert file.write(flight(10))
    real = os.write
    monkeypatch.setattr(writer.os, "write", lambda handle, data: real(handle, data[:50]))
    assert not file.write(flight(10))
    assert file.why == "no space left on device"
    assert not file.write(flight(10))
    monkeypatch.setattr(writer.os, "write", real)
    clock[0] = writer.RETRY_S + 1.0
    assert file.write(flight(10))
    assert file.why == ""
    file.close()
    assert [len(open_tlog(each)) for each in sorted(tmp_path.glob("*.tlog"))] == [10, 10]


def test_a_system_that_takes_no_more_bytes_is_said_and_every_log_holds_whole_records(
    tmp_path: Path,
) -> None:
    # The kernel itself ends each file at 20 kB, in the middle of a record, as a full disk does.
    program = (
        "import resource, sys\n"
        "from pathlib import Path\n"
        "from ground_station.recording import writer\n"
        "from ground_station.recording.tlog import record\n"
        "from onboard.mavlink.codec import Encoder\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))\n"
        "clock = [0.0]\n"
        "log = writer.TlogFile(Path(sys.argv[1]), 'all', rotation=writer.Rotation(),\n"
        "    now_s=lambda: clock[0], unix_s=lambda: clock[0])\n"
        "frame = record(1, Encoder(system_id=1, component_id=1).encode('PING', seq=1))\n"
        "for _ in range(9):\n"
        "    taken = log.write(frame * 100)\n"
        "    print(taken, log.why, log.bytes // len(frame), sep='|')\n"
        "    clock[0] += 1.0 if taken else writer.RETRY_S + 1.0\n"
        "log.close()\n"
    )
    said = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, check=True
    ).stdout.split()
    refused = [line for line in "|".join(said).replace("|", " ").split() if line == "False"]
    logs = [open_tlog(each) for each in sorted(tmp_path.glob("*.tlog"))]
    assert refused
    assert all(log.skipped_bytes == 0 for log in logs)
    assert sum(map(len, logs)) == (9 - len(refused)) * 100
    assert len(logs) > 1


def test_a_folder_that_cannot_be_had_is_said_and_nothing_raises(tmp_path: Path) -> None:
    (tmp_path / "logs").write_text("a file where a folder should be")
    recorder = TlogRecorder(tmp_path / "logs")
    recorder.start()
    recorder.frame(Encoder(system_id=1, component_id=1).encode("PING"), 1)
    asyncio.run(recorder.close())
    view = recorder.view()
    assert (view.state, view.why) == ("failing", "file exists")
    assert view.counters["frames_unwritten"] == 1


def test_what_waits_to_be_written_is_bounded_and_the_rest_is_counted(tmp_path: Path) -> None:
    recorder = TlogRecorder(tmp_path, queue_bytes=1000)
    frame = Encoder(system_id=1, component_id=1).encode("HEARTBEAT", type=2)
    for _ in range(100):
        recorder.frame(frame, 1)
    kept = 1000 // (len(frame) + 8)
    assert recorder.view().counters["frames_dropped"] == 100 - kept


def test_a_log_is_sought_by_time_message_and_item() -> None:
    tlog = Tlog(flight())
    assert tlog.at_time(0.0) == 0
    assert tlog.at_time(3.0) == 30
    assert tlog.at_time(3.01) == 31
    assert tlog.at_time(1e6) == 100
    assert tlog.of_message("MISSION_CURRENT") == 5
    assert tlog.of_message("MISSION_CURRENT", first=6) == 15
    assert tlog.of_message("ATTITUDE") is None
    assert tlog.of_item(4) == 45
    assert tlog.of_item(99) is None
    with pytest.raises(BadInput):
        tlog.of_message("NO_SUCH_MESSAGE")


def test_a_log_plays_at_its_speed_pauses_and_steps() -> None:
    player = Player(Tlog(flight()), speed=4.0)
    assert [r.number for r in player.due(10.0)] == [0]
    assert [r.number for r in player.due(10.5)] == list(range(1, 21))
    player.paused = True
    assert player.due(20.0) == []
    stepped = player.step()
    assert stepped is not None
    assert stepped.number == 21
    player.paused = False
    player.speed = 1.0
    assert [r.number for r in player.due(20.1)] == [22]
    player.seek(player.tlog.of_item(9) or 0)
    assert [r.number for r in player.due(20.1)] == [95]
    assert not player.ended
    player.due(30.0)
    assert player.ended


def test_a_recorder_that_slept_for_an_hour_is_not_waited_for() -> None:
    later = flight(1).replace(
        BEGAN_US.to_bytes(8, "big"), (BEGAN_US + 3_600_000_000).to_bytes(8, "big")
    )
    player = Player(Tlog(flight(1) + later))
    player.due(0.0)
    assert player.due(5.0) == []
    assert len(player.due(16.0)) == 1


@pytest.mark.parametrize("content", [b"", b"not a log at all"])
def test_a_file_that_is_no_log_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "flight.tlog"
    file.write_bytes(content)
    with pytest.raises(BadInput) as refusal:
        open_tlog(file)
    assert "flight.tlog" in str(refusal.value)


@pytest.mark.shared_data
@pytest.mark.parametrize("name", ["02_mission_square_1x.gcs", "14_mission_protocol_errors_1x.gcs"])
def test_px4s_recorded_flights_read_whole(
    name: str, shared_reference: Path, recorded_frames: Callable[[str], Frames]
) -> None:
    tlog = open_tlog(shared_reference / "px4-traces" / f"{name}.tlog.xz")
    frames = recorded_frames(name)
    assert [r.frame for r in tlog.records()] == [frame for _, frame in frames]
    assert tlog.skipped_bytes == 0
    assert tlog.duration_s == pytest.approx(frames[-1][0] - frames[0][0])
