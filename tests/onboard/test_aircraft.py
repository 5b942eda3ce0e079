"""What an aircraft tells of itself, without its threads."""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import cv2
import numpy as np
import pytest

from missions.geodesy import GeoPoint
from missions.heights import HeightAboveGround
from onboard.aircraft import LATE_EVENTS, Aircraft
from onboard.building import built
from onboard.configuration import OnboardConfiguration
from onboard.geolocate import CameraPose
from onboard.messages import Envelope, EventReport
from onboard.posing import SILENCE_S, Instant, Posing
from onboard.source import Frame
from onboard.tally import Tally
from onboard.telemetry import PoseHistory, PoseMissing, TelemetryLink

POSE = CameraPose(
    position=GeoPoint(latitude_deg=44.85, longitude_deg=65.51),
    height=HeightAboveGround(50.0),
    q_ned_from_gimbal=(1.0, 0.0, 0.0, 0.0),
)
IMAGE = np.full((54, 96, 3), 90, dtype=np.uint8)


class Told(Posing):
    """Answers with what a test says."""

    def __init__(self) -> None:
        super().__init__(link=None, fixed=None, wait_s=0.0, stream_latency_s=0.0)
        self.answer: PoseMissing | None = None

    def instant(self, frame: Frame) -> Instant | PoseMissing:
        now = datetime(2026, 9, 1, tzinfo=UTC)
        return self.answer or Instant(boot_s=float(frame.frame_id), captured_at=now, pose=POSE)


@pytest.fixture
def aircraft(tmp_path: Path) -> Iterator[tuple[Aircraft, Told]]:
    (tmp_path / "frames").mkdir()
    cv2.imwrite(str(tmp_path / "frames" / "0.jpg"), IMAGE)
    configuration = OnboardConfiguration(
        source=str(tmp_path / "frames"), outbox=tmp_path / "outbox"
    )
    parts, told = built(configuration), Told()
    parts.posing = told
    yield Aircraft(configuration, parts, threading.Event()), told
    parts.close()


def take(aircraft: Aircraft, *numbers: int) -> None:
    for number in numbers:
        aircraft._take(Frame(image=IMAGE, frame_id=str(number), boot_s=float(number)))


def test_frames_that_stop_having_a_pose_are_told(aircraft: tuple[Aircraft, Told]) -> None:
    runs, posing = aircraft
    take(runs, 1, 2)
    assert runs._status().text == ""
    posing.answer = PoseMissing.NOT_YET
    take(runs, 3, 4, 5, 6)
    assert runs._status().text == (
        "frames cannot be placed: telemetry of that instant has not come yet"
    )
    posing.answer = None
    take(runs, 7)
    assert runs._status().text == ""


def test_a_single_frame_without_a_pose_is_only_counted(aircraft: tuple[Aircraft, Told]) -> None:
    runs, posing = aircraft
    take(runs, 1)
    posing.answer = PoseMissing.GAP
    take(runs, 2)
    status = runs._status()
    assert (status.text, status.frames_without_pose) == ("", 1)


def test_a_vehicle_that_says_nothing_any_more_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    link = TelemetryLink("udpin:127.0.0.1:0", PoseHistory())
    posing = Posing(link=link, fixed=None, wait_s=0.0, stream_latency_s=0.0)
    try:
        assert posing.problem() == ""
        monkeypatch.setattr(TelemetryLink, "silent_s", SILENCE_S + 9.0)
        assert posing.problem() == "no telemetry from the vehicle for 12 s"
    finally:
        link.close()


def test_tracks_are_counted_once_and_not_kept() -> None:
    tally = Tally()
    for number in range(10_000):
        tally.add_tracks({number, number + 1})
    assert tally.track_count == 10_001
    assert len(tally.known) == 2


def test_of_a_live_source_only_the_last_events_are_kept(
    tmp_path: Path, make_event: Callable[..., Envelope]
) -> None:
    configuration = OnboardConfiguration(
        source="mjpeg+http://127.0.0.1:1/stream", outbox=tmp_path / "outbox"
    )
    parts = built(configuration)
    runs = Aircraft(configuration, parts, threading.Event())
    event = make_event(0).body
    assert isinstance(event, EventReport)
    for number in range(LATE_EVENTS + 5):
        runs._tally.add_event(str(number), event)
    summary = runs._summary()
    parts.close()
    assert summary["event_count"] == LATE_EVENTS + 5
    assert [each["id"] for each in summary["events"]][:1] == ["5"]
    assert len(summary["events"]) == LATE_EVENTS
