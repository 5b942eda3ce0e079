"""What a recording holds, what it gives up first, and what shows that it was changed."""

import errno
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import qyran
from missions.errors import BadInput
from onboard.recording import Recorder, RecordingSettings, matroska
from onboard.recording.segment import Picture, SegmentWriter
from onboard.recording.verify import verify

RNG = np.random.default_rng(3)
# Soft pictures: players differ in how they bring sharp colours back.
FRAMES = [
    cv2.imencode(".jpg", cv2.resize(RNG.integers(0, 255, (3, 4, 3), dtype=np.uint8), (96, 54)))[
        1
    ].tobytes()
    for _ in range(12)
]
ROOMY = RecordingSettings(segment_s=1e-9)
ONE_SEGMENT = RecordingSettings()


def record(folder: Path, settings: RecordingSettings, frames: list[bytes] = FRAMES) -> Recorder:
    recorder = Recorder(folder, settings)
    for number, jpeg in enumerate(frames):
        recorder.picture(jpeg, str(number), 10.0 + 0.1 * number)
    recorder.start()
    recorder.close()
    return recorder


def files(folder: Path, suffix: str) -> list[Path]:
    return sorted(folder.glob(f"*{suffix}"))


def test_an_independent_player_reads_every_picture_as_it_was_captured(tmp_path: Path) -> None:
    record(tmp_path, ONE_SEGMENT)
    (video,) = files(tmp_path, ".mkv")
    player = cv2.VideoCapture(str(video))
    shown = [player.read() for _ in FRAMES]
    times_ms = player.get(cv2.CAP_PROP_POS_MSEC)
    for (whole, image), jpeg in zip(shown, FRAMES, strict=True):
        assert whole
        straight = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
        assert np.abs(image.astype(int) - straight).mean() < 3.0
    assert not player.read()[0]
    assert times_ms == pytest.approx(1_100.0, abs=2.0)


def test_pictures_are_stored_byte_for_byte_and_a_whole_recording_has_no_fault(
    tmp_path: Path,
) -> None:
    record(tmp_path, ROOMY)
    stored = [each for file in files(tmp_path, ".mkv") for each in _pictures(file)]
    assert stored == FRAMES
    verdict = verify(tmp_path)
    assert verdict.faults == ()
    assert sum(each.frames for each in verdict.segments) == len(FRAMES)
    assert not any(each.torn for each in verdict.segments)


def _pictures(file: Path) -> list[bytes]:
    return list(matroska.pictures(file.read_bytes()))


@given(st.integers(0, 10**9), st.data())
def test_one_changed_byte_anywhere_is_found(
    tmp_path_factory: pytest.TempPathFactory, where: int, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("recording")
    record(folder, ONE_SEGMENT, FRAMES[:3])
    file = data.draw(st.sampled_from(sorted(folder.iterdir())))
    content = bytearray(file.read_bytes())
    content[where % len(content)] ^= data.draw(st.integers(1, 255))
    file.write_bytes(content)
    assert verify(folder).faults


@pytest.mark.parametrize("line", [0, 1, 5, -1])
def test_a_line_that_is_left_out_is_found(tmp_path: Path, line: int) -> None:
    record(tmp_path, ONE_SEGMENT)
    (file,) = files(tmp_path, ".jsonl")
    kept = file.read_bytes().splitlines(keepends=True)
    del kept[line]
    file.write_bytes(b"".join(kept))
    assert verify(tmp_path).faults


def test_a_segment_that_was_written_anew_breaks_the_chain_of_the_next(tmp_path: Path) -> None:
    record(tmp_path / "true", RecordingSettings(segment_s=1e-9), FRAMES[:3])
    record(tmp_path / "false", RecordingSettings(segment_s=1e-9), FRAMES[4:7])
    second = files(tmp_path / "true", ".jsonl")[1].stem
    forged = files(tmp_path / "false", ".jsonl")[1].stem
    for suffix in (".mkv", ".jsonl", ".json"):
        (tmp_path / "true" / second).with_suffix(suffix).write_bytes(
            (tmp_path / "false" / forged).with_suffix(suffix).read_bytes()
        )
    assert any("go on from" in each or "head" in each for each in verify(tmp_path / "true").faults)


def test_the_ring_keeps_within_its_bytes_and_gives_up_the_oldest(tmp_path: Path) -> None:
    big = [RNG.bytes(150_000) for _ in range(20)]
    recorder = record(tmp_path, RecordingSettings(segment_s=1e-9, max_bytes=1_000_000), big)
    assert sum(each.stat().st_size for each in tmp_path.iterdir()) < 1_100_000
    assert recorder.counts.written == 20
    numbers = [int(each.name[:8]) for each in files(tmp_path, ".mkv")]
    assert numbers[-1] == 20
    assert numbers == list(range(numbers[0], 21))


def test_what_an_event_needs_outlives_what_came_later(tmp_path: Path) -> None:
    settings = RecordingSettings(segment_s=1e-9, max_bytes=1_000_000, after_s=0.0, before_s=0.0)
    recorder = Recorder(tmp_path, settings)
    recorder.start()
    for number in range(3):
        recorder.picture(RNG.bytes(100_000), str(number), None)
    recorder.event("qyran-1:b:7", {"event_kind": "crowd"}, lasted_s=60.0)
    for number in range(30):
        recorder.picture(RNG.bytes(100_000), str(number), None)
    recorder.close()
    numbers = {int(each.name[:8]) for each in files(tmp_path, ".mkv")}
    assert {1, 2, 3} <= numbers
    assert "qyran-1:b:7" in files(tmp_path, ".kept")[0].read_text()
    assert verify(tmp_path).segments[2].events == 1
    assert recorder.counts.dropped == 0


def test_what_is_needed_may_not_fill_the_ring_for_ever(tmp_path: Path) -> None:
    settings = RecordingSettings(segment_s=1e-9, max_bytes=1_000_000, kept_share=0.5, before_s=99.0)
    recorder = Recorder(tmp_path, settings)
    recorder.start()
    for number in range(20):
        recorder.picture(RNG.bytes(100_000), str(number), None)
        recorder.event(f"e{number}", {}, lasted_s=0.0)
    recorder.close()
    assert sum(each.stat().st_size for each in tmp_path.iterdir()) < 1_200_000
    assert "needed segments given up" in recorder.words
    assert files(tmp_path, ".mkv")[-1].name.startswith("00000020")


def test_a_disk_that_is_full_costs_the_oldest_and_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record(tmp_path, ROOMY, FRAMES[:4])
    full: list[int] = []
    plain = SegmentWriter.add

    def refuses_twice(self: SegmentWriter, picture: Picture) -> None:
        full.append(1)
        if len(full) <= 2:
            raise OSError(errno.ENOSPC, "No space left on device")
        plain(self, picture)

    monkeypatch.setattr(SegmentWriter, "add", refuses_twice)
    recorder = Recorder(tmp_path, ROOMY)
    recorder.picture(FRAMES[4], "4", None)
    recorder.start()
    recorder.close()
    assert recorder.counts.dropped == 1
    assert "No space left" in recorder.counts.problem
    again = Recorder(tmp_path, ROOMY)
    again.picture(FRAMES[5], "5", None)
    again.start()
    again.close()
    assert (again.counts.written, again.counts.problem) == (1, "")
    assert verify(tmp_path).faults == ()


def test_a_disk_that_is_too_slow_loses_pictures_and_not_memory(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path, RecordingSettings(queue_bytes=300_000))
    for number in range(50):
        recorder.picture(bytes(100_000), str(number), None)
    assert recorder.counts.dropped == 47
    recorder.start()
    recorder.close()
    assert recorder.counts.written == 3


WRITER = """
import sys, time
from pathlib import Path
from onboard.recording import Recorder, RecordingSettings
recorder = Recorder(Path(sys.argv[1]), RecordingSettings(segment_s=0.2))
recorder.start()
for number in range(100_000):
    recorder.picture(bytes([number % 251]) * 30_000, str(number), None)
    time.sleep(0.002)
    print(recorder.counts.written, flush=True)
"""


@pytest.mark.parametrize("after", [5, 90, 160])
def test_kill_9_leaves_a_recording_that_is_whole_up_to_its_last_picture(
    tmp_path: Path, after: int
) -> None:
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).resolve().parents[3],
    )
    assert writer.stdout is not None
    told = [int(writer.stdout.readline()) for _ in range(after)][-1]
    os.kill(writer.pid, signal.SIGKILL)
    writer.wait()
    verdict = verify(tmp_path)
    assert verdict.faults == ()
    assert verdict.segments[-1].torn
    assert sum(each.frames for each in verdict.segments) >= told
    record(tmp_path, ONE_SEGMENT)
    assert verify(tmp_path).faults == ()


def test_the_command_tells_a_changed_picture_with_status_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recorder = record(tmp_path, ONE_SEGMENT)
    assert qyran.main(["recording", "verify", str(tmp_path), "--link", recorder.head]) == 0
    assert "12 pictures as they were captured" in capsys.readouterr().out
    (video,) = files(tmp_path, ".mkv")
    content = video.read_bytes()
    at = content.index(FRAMES[7]) + 300
    video.write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])
    assert qyran.main(["recording", "verify", str(tmp_path), "--json"]) == 1
    faults = json.loads(capsys.readouterr().out)["faults"]
    assert any("picture 7 (7) is not as it was captured" in each for each in faults)
    assert qyran.main(["recording", "verify", str(tmp_path), "--link", "0" * 63 + "1"]) == 1


@pytest.mark.parametrize("made", [lambda path: None, lambda path: path.mkdir()])
def test_a_folder_without_a_recording_is_named(
    tmp_path: Path, made: Callable[[Path], None]
) -> None:
    made(tmp_path / "nothing")
    with pytest.raises(BadInput, match="nothing"):
        verify(tmp_path / "nothing")
