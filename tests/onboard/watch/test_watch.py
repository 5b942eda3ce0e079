"""Cameras that freeze, clocks that jump, models that are cut short, work that stands still."""

import json
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from missions.errors import BadInput
from missions.geodesy import GeoPoint
from missions.heights import HeightAmsl
from onboard.detect import Detections, Detector
from onboard.geolocate import CameraPose
from onboard.messages import ObjectClass
from onboard.source import Frame
from onboard.stages import Stages
from onboard.track import Placed, Tracker
from onboard.track.state import restore_tracker, tracker_state
from onboard.watch.camera import SILENT_S, CameraWatch
from onboard.watch.clock import ClockWatch
from onboard.watch.late_detector import RETRY_S, LateDetector
from onboard.watch.problems import Problem, state_of, words_of
from onboard.watch.snapshots import OLDEST_S, Snapshots, StateRefused
from onboard.watch.watchdog import Watchdog

IMAGE = np.zeros((4, 4, 3), dtype=np.uint8)


def frame(shown: bytes = b"a") -> Frame:
    return Frame(image=IMAGE, frame_id="1", boot_s=1.0, jpeg=shown)


def pose(north_deg: float = 0.0) -> CameraPose:
    return CameraPose(
        position=GeoPoint(latitude_deg=44.85 + north_deg, longitude_deg=65.51),
        height=HeightAmsl(180.0),
        q_ned_from_gimbal=(1.0, 0.0, 0.0, 0.0),
    )


def names(problems: list[Problem]) -> list[str]:
    return [each.name for each in problems]


def test_a_camera_that_moves_and_shows_the_same_is_frozen_until_it_shows_something_else() -> None:
    watch = CameraWatch(0.0, on_a_mast=False)
    judged = [watch.shows_the_past(frame(), pose(1e-5 * n), 0.1 * n) for n in range(10)]
    assert judged == [False] * 4 + [True] * 6
    watch.came(0)
    assert names(watch.problems("", 10, 1.0)) == ["camera_frozen"]
    assert not watch.shows_the_past(frame(b"b"), pose(2e-4), 1.1)
    assert watch.problems("", 11, 1.1) == []
    assert watch.frozen == 6


def test_a_camera_that_hovers_may_show_the_same() -> None:
    watch = CameraWatch(0.0, on_a_mast=False)
    assert not any(watch.shows_the_past(frame(), pose(), 0.1 * n) for n in range(5_000))


def test_a_camera_on_a_mast_that_never_changes_is_frozen_after_a_while() -> None:
    watch = CameraWatch(0.0, on_a_mast=True)
    judged = [watch.shows_the_past(frame(), pose(), float(n)) for n in range(60)]
    assert judged.index(True) == 31


def test_pictures_without_jpeg_are_compared_by_what_they_show() -> None:
    watch = CameraWatch(0.0, on_a_mast=False)
    same = Frame(image=IMAGE, frame_id="1", boot_s=None)
    other = Frame(image=IMAGE + np.uint8(1), frame_id="2", boot_s=None)
    judged = [watch.shows_the_past(same, pose(1e-5 * n), 0.1 * n) for n in range(8)]
    assert judged[-1]
    assert not watch.shows_the_past(other, pose(1e-4), 1.0)


def test_corrupt_pictures_and_silence_are_told_and_end() -> None:
    watch = CameraWatch(0.0, on_a_mast=False)
    for corrupt in (1, 2, 3):
        watch.nothing_came(corrupt)
    assert names(watch.problems("", 3, 0.4)) == ["pictures_corrupt"]
    watch.came(3)
    assert watch.problems("", 4, 1.0) == []
    watch.nothing_came(3)
    assert names(watch.problems("", 4, 1.1 + SILENT_S)) == ["camera_silent"]
    assert names(watch.problems("HTTP 404", 4, 1.1 + SILENT_S)) == ["camera_unreachable"]
    assert watch.problems("", 5, 60.0) == []


START = datetime(2026, 11, 23, tzinfo=UTC)


def told_clock(*times: tuple[float, float, float]) -> ClockWatch:
    """Times as boot clock, offset of UTC from it, wall."""
    watch = ClockWatch()
    for boot_s, offset_s, wall_s in times:
        watch.frame(boot_s, START + timedelta(seconds=boot_s + offset_s), wall_s)
    return watch


@pytest.mark.parametrize(
    ("after", "words"),
    [
        ((8.0, 0.0, 1.5), "boot clock went back 2.0 s"),
        ((3_610.0, 0.0, 1.5), "boot clock jumped 3600.0 s ahead"),
        ((10.5, 3_600.0, 1.5), "time of day was moved by +3600.0 s"),
        ((10.5, -7.0, 1.5), "time of day was moved by -7.0 s"),
    ],
)
def test_a_clock_that_jumps_is_told_for_a_while(
    after: tuple[float, float, float], words: str
) -> None:
    watch = told_clock((10.0, 0.0, 1.0), after)
    (problem,) = watch.problems(2.0)
    assert words in problem.words
    assert watch.problems(40.0) == []
    assert watch.jumps == 1


@given(st.lists(st.floats(0.001, 2.0), min_size=2, max_size=50), st.floats(0.1, 20.0))
def test_a_clock_that_runs_is_no_jump_at_any_speed(steps: list[float], speed: float) -> None:
    wall = np.cumsum(steps)
    assert told_clock(*[(speed * w, 5.0, w) for w in wall.tolist()]).jumps == 0


class Sees:
    name = "sees"

    def detect(self, image: object, *, sight: object = None) -> Detections:
        one = (ObjectClass.PERSON,)
        return Detections(boxes=np.zeros((1, 4)), scores=np.ones(1), classes=one)


def test_a_model_that_is_cut_short_is_told_and_taken_once_it_is_whole(tmp_path: Path) -> None:
    file, clock = tmp_path / "model.onnx", [0.0]
    file.write_bytes(b"cut sho")

    def opened() -> Detector:
        if file.read_bytes() != b"whole":
            raise BadInput(where=str(file), what="cut short")
        return Sees()

    late = LateDetector(file, opened, clock=lambda: clock[0])
    assert len(late.detect(IMAGE)) == 0
    assert late.name == "none"
    (problem,) = late.problems()
    assert f"{file}: cut short" in problem.words
    file.write_bytes(b"whole")
    assert len(late.detect(IMAGE)) == 0
    clock[0] += RETRY_S
    assert len(late.detect(IMAGE)) == 1
    assert (late.problems(), late.name) == ([], "sees")


def test_a_broken_model_that_has_not_changed_is_not_read_again(tmp_path: Path) -> None:
    file, clock, tries = tmp_path / "model.onnx", [0.0], []
    file.write_bytes(b"cut")

    def opened() -> Detector:
        tries.append(1)
        raise BadInput(where="model", what="cut short")

    late = LateDetector(file, opened, clock=lambda: clock[0])
    for _ in range(20):
        clock[0] += RETRY_S
        late.detect(IMAGE)
    assert len(tries) == 1


def test_what_blinds_is_told_from_what_only_degrades() -> None:
    disk = Problem("outbox_disk", "outbox: disk full")
    assert state_of([]) == "ok"
    assert state_of([disk]) == "degraded"
    assert state_of([disk, Problem("no_model", "nothing is detected")]) == "blind"
    assert words_of([disk, disk]) == "outbox: disk full; outbox: disk full"


def test_a_stage_that_hangs_is_named_and_the_process_ended() -> None:
    stages, said, ended = Stages(), [], threading.Event()

    def end(words: str) -> None:
        said.append(words)
        ended.set()

    watchdog = Watchdog(0.2, stage=lambda: stages.now, end=end)
    with stages.of("detect"):
        watchdog.start()
        assert ended.wait(5.0)
    assert said[0].startswith("stuck in detect for 0.")


def test_a_process_that_goes_round_is_left_alone() -> None:
    said: list[str] = []
    watchdog = Watchdog(0.4, stage=lambda: "", end=said.append)
    watchdog.start()
    pause = threading.Event()
    for _ in range(20):
        watchdog.beat()
        pause.wait(0.05)
    watchdog.close()
    assert said == []


def test_a_state_is_read_as_it_was_written(tmp_path: Path) -> None:
    snapshots = Snapshots(tmp_path / "a" / "state.json", clock=lambda: 100.0)
    assert snapshots.read() is None
    snapshots.write({"tracks": [1, 2]})
    again = Snapshots(tmp_path / "a" / "state.json", clock=lambda: 100.0 + OLDEST_S).read()
    assert again is not None
    assert again["tracks"] == [1, 2]
    assert Snapshots(tmp_path / "a" / "state.json", clock=lambda: 101 + OLDEST_S).read() is None


@given(st.integers(0, 10**6), st.integers(1, 255))
def test_a_state_of_which_one_byte_was_changed_is_refused(
    tmp_path_factory: pytest.TempPathFactory, where: int, by: int
) -> None:
    file = tmp_path_factory.mktemp("state") / "state.json"
    Snapshots(file).write({"tracks": list(range(20))})
    content = bytearray(file.read_bytes())
    content[where % len(content)] ^= by
    file.write_bytes(content)
    with pytest.raises(StateRefused):
        Snapshots(file).read()


def test_a_state_of_another_version_is_refused_by_name(tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    Snapshots(file).write({})
    file.write_bytes(file.read_bytes().replace(b'"version": 1', b'"version": 7'))
    with pytest.raises(StateRefused, match="version 7"):
        Snapshots(file).read()


def test_a_place_that_takes_no_state_is_told_and_harms_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    snapshots = Snapshots(tmp_path / "file" / "state.json")
    snapshots.write({})
    assert "the state cannot be kept" in snapshots.problem


def placed(*en_m: tuple[float, float]) -> Placed:
    count = len(en_m)
    return Placed(
        en_m=np.array(en_m),
        own_m2=np.tile(np.eye(2), (count, 1, 1)),
        shared_m2=np.tile(np.eye(2), (count, 1, 1)),
        scores=np.full(count, 0.9),
        classes=(ObjectClass.CAR,) * count,
        boxes=np.array([[10.0 * n, 0.0, 10.0 * n + 8.0, 8.0] for n in range(count)]),
    )


def test_a_tracker_that_was_restored_goes_on_exactly_as_the_one_before() -> None:
    one, other = Tracker(), Tracker()
    for n in range(10):
        one.update(placed((2.0 * n, 0.0), (50.0, 1.0 * n)), 0.2 * n)
    restore_tracker(other, json.loads(json.dumps(tracker_state(one))))
    for n in range(10, 15):
        a = one.update(placed((2.0 * n, 0.0), (50.0, 1.0 * n)), 0.2 * n)
        b = other.update(placed((2.0 * n, 0.0), (50.0, 1.0 * n)), 0.2 * n)
        assert [each.track_id for each in a] == [each.track_id for each in b]
        for mine, its in zip(a, b, strict=True):
            np.testing.assert_array_equal(mine.en_m, its.en_m)
            np.testing.assert_array_equal(mine.covariance_m2, its.covariance_m2)
            assert mine.first_seen_s == its.first_seen_s
    assert {each.track_id for each in b} == {1, 2}


@pytest.mark.parametrize("broken", [None, {}, {"now_s": 1.0}, {"now_s": "x"}])
def test_what_is_no_tracker_is_refused(broken: object) -> None:
    with pytest.raises(ValueError, match="no"):
        restore_tracker(Tracker(), broken)


def test_an_array_that_does_not_fit_is_refused() -> None:
    one = Tracker()
    one.update(placed((0.0, 0.0)), 0.0)
    state = tracker_state(one)
    state["arrays"]["states"]["values"] += [0.0] * 4
    state["arrays"]["states"]["shape"] = [2, 4]
    with pytest.raises(ValueError, match="states does not fit"):
        restore_tracker(Tracker(), state)
