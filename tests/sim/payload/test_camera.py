"""The camera protocol: pictures, recordings, storage, triggers, optics, tracking."""

import math
from collections.abc import Callable
from typing import Any

import pytest

from sim.payload.autopilot import rotated

CAMERA = 100
ACCEPTED, TEMPORARILY_REJECTED, DENIED, UNSUPPORTED, FAILED = range(5)


def test_a_picture_is_announced_with_the_true_place_and_pose(bench: Callable[..., Any]) -> None:
    at = bench().fly(north_m=30.0, height_m=40.0, heading=0.3).aim(-0.7, 0.0).run(2.0)
    at.fly(north_m=30.0, height_m=40.0, heading=0.3)
    exposed_ms = (at.now_s + 100.0) * 1e3
    assert at.command(2000, 0, 0, 1, 1, to=CAMERA) == [ACCEPTED]
    captured = at.run(0.5).last("CAMERA_IMAGE_CAPTURED")
    assert (captured.image_index, captured.capture_result) == (0, 1)
    assert captured.lat == pytest.approx((44.85 + 30.0 / 111_194.93) * 1e7, abs=1)
    assert (captured.alt, captured.relative_alt) == (169_000, 40_000)
    assert captured.time_boot_ms == pytest.approx(exposed_ms, abs=1)
    assert captured.q == pytest.approx(at.payload.gimbal_quaternion, abs=1e-5)
    north, east, down = rotated(captured.q, (1.0, 0.0, 0.0))
    assert (math.atan2(east, north), -math.asin(down)) == pytest.approx((0.3, -0.7), abs=1e-4)


def test_the_same_sequence_number_takes_no_second_picture(bench: Callable[..., Any]) -> None:
    at = bench()
    for _ in range(3):
        assert at.command(2000, 0, 0, 1, 7, to=CAMERA) == [ACCEPTED]
        at.run(0.5)
    assert len(at.all("CAMERA_IMAGE_CAPTURED")) == 1


def test_an_interval_takes_the_asked_number_and_no_more(bench: Callable[..., Any]) -> None:
    at = bench()
    assert at.command(2000, 0, 1.0, 4, 0, to=CAMERA) == [ACCEPTED]
    assert at.command(2000, 0, 0, 1, 1, to=CAMERA) == [TEMPORARILY_REJECTED]
    at.run(10.0)
    indices = [message.image_index for message in at.all("CAMERA_IMAGE_CAPTURED")]
    assert indices == [0, 1, 2, 3]
    times = [message.time_boot_ms for message in at.all("CAMERA_IMAGE_CAPTURED")]
    assert times[-1] - times[0] == pytest.approx(3000, abs=60)


def test_an_endless_interval_ends_when_stopped(bench: Callable[..., Any]) -> None:
    at = bench()
    at.command(2000, 0, 0.5, 0, 0, to=CAMERA)
    at.run(5.0)
    assert at.command(2001, 0, to=CAMERA) == [ACCEPTED]
    at.run(1.0)
    taken = len(at.all("CAMERA_IMAGE_CAPTURED"))
    assert taken in (10, 11)
    assert len(at.run(3.0).all("CAMERA_IMAGE_CAPTURED")) == taken


def test_a_lost_announcement_is_sent_again_on_request(bench: Callable[..., Any]) -> None:
    at = bench().fly()
    at.command(2000, 0, 0.5, 3, 0, to=CAMERA)
    at.run(3.0)
    first = at.all("CAMERA_IMAGE_CAPTURED")[1]
    assert at.command(512, 263, 1, to=CAMERA) == [ACCEPTED]
    assert at.last("CAMERA_IMAGE_CAPTURED").fields == first.fields
    assert at.command(512, 263, 9, to=CAMERA) == [DENIED]


def test_a_survey_takes_a_picture_every_few_metres(bench: Callable[..., Any]) -> None:
    at = bench().fly()
    assert at.command(206, 10.0, 0, 1, to=0) == [ACCEPTED]
    for metre in range(101):
        at.fly(north_m=1.005 * metre).run(0.2)
    at.run(1.0)
    assert len(at.all("CAMERA_IMAGE_CAPTURED")) == 11
    # PX4 ends a mission with DO_TRIGGER_CONTROL(-1, 0, 1), which pauses.
    assert at.command(2003, -1, 0, 1, to=0) == [ACCEPTED]
    at.fly(north_m=200.0).run(1.0)
    assert len(at.all("CAMERA_IMAGE_CAPTURED")) == 11


def test_a_timed_trigger_runs_once_it_is_enabled(bench: Callable[..., Any]) -> None:
    at = bench()
    assert at.command(214, 2000.0, 0, to=0) == [ACCEPTED]
    assert not at.run(5.0).all("CAMERA_IMAGE_CAPTURED")
    at.command(2003, 1, 0, 0, to=0)
    assert len(at.run(9.0).all("CAMERA_IMAGE_CAPTURED")) == 5


def test_a_recording_fills_the_card_and_ends_when_it_is_full(bench: Callable[..., Any]) -> None:
    at = bench({"camera": {"storage_mib": 30.0, "video_mib_s": 2.0, "photo_mib": 4.0}})
    assert at.command(2500, 0, 1.0, to=CAMERA) == [ACCEPTED]
    at.run(10.0)
    status = at.last("CAMERA_CAPTURE_STATUS")
    assert status.video_status == 1
    assert status.recording_time_ms == pytest.approx(10_000, abs=1100)
    at.run(10.0)
    status = at.last("CAMERA_CAPTURE_STATUS")
    assert (status.video_status, status.available_capacity) == (0, 0.0)
    assert at.command(2000, 0, 0, 1, 1, to=CAMERA) == [FAILED]
    assert at.command(526, 1, 1, to=CAMERA) == [ACCEPTED]
    assert at.last("STORAGE_INFORMATION").available_capacity == 30.0
    assert at.command(2000, 0, 0, 1, 2, to=CAMERA) == [ACCEPTED]


def test_a_full_card_and_a_busy_camera_refuse(bench: Callable[..., Any]) -> None:
    at = bench()
    at.payload.faults.storage_full = True
    assert at.command(2000, 0, 0, 1, 1, to=CAMERA) == [FAILED]
    assert at.command(2500, 0, 0, to=CAMERA) == [FAILED]
    at.payload.faults.storage_full = False
    at.payload.faults.camera_busy = True
    assert at.command(2000, 0, 0, 1, 1, to=CAMERA) == [TEMPORARILY_REJECTED]
    assert at.command(2500, 0, 0, to=CAMERA) == [TEMPORARILY_REJECTED]


def test_a_survey_picture_that_does_not_fit_is_announced_as_failed(
    bench: Callable[..., Any],
) -> None:
    at = bench().fly()
    at.payload.faults.storage_full = True
    at.command(206, 10.0, 0, 1, to=0)
    captured = at.run(1.0).last("CAMERA_IMAGE_CAPTURED")
    assert (captured.image_index, captured.capture_result) == (-1, 0)


@pytest.mark.parametrize(
    ("kind", "value", "level"),
    [(0, 1, 10.0), (2, 40, 40.0), (3, 4.498666 * 4.5, 50.0), (4, 70.0, 0.0)],
)
def test_zoom_types(bench: Callable[..., Any], kind: int, value: float, level: float) -> None:
    at = bench()
    assert at.command(531, kind, value, to=CAMERA) == [ACCEPTED]
    assert at.last("CAMERA_SETTINGS").zoomLevel == pytest.approx(level, abs=0.01)


def test_zoom_is_driven_until_it_is_stopped(bench: Callable[..., Any]) -> None:
    at = bench()
    at.command(531, 1, 1, to=CAMERA)
    at.run(2.0)
    at.command(531, 1, 0, to=CAMERA)
    assert at.last("CAMERA_SETTINGS").zoomLevel == pytest.approx(40.0, abs=0.1)
    at.run(2.0).command(512, 260, to=CAMERA)
    assert at.last("CAMERA_SETTINGS").zoomLevel == pytest.approx(40.0, abs=0.1)
    wide = 2 * math.atan(math.tan(math.radians(35.0)) / (1 + 7 * 0.4))
    assert at.payload.camera.optics.horizontal_field_of_view(at.now_s) == pytest.approx(wide)


def test_senseless_orders_are_denied(bench: Callable[..., Any]) -> None:
    at = bench()
    assert at.command(531, 2, 140, to=CAMERA) == [DENIED]
    assert at.command(531, 9, 1, to=CAMERA) == [DENIED]
    assert at.command(532, 3, 0.1, to=CAMERA) == [DENIED]
    assert at.command(530, 0, 7, to=CAMERA) == [DENIED]
    assert at.command(526, 1, 0, to=CAMERA) == [DENIED]
    assert at.command(2000, 42, 0, 1, 1, to=CAMERA) == [DENIED]


def test_an_unknown_command_is_refused_to_the_asker_and_ignored_when_said_to_all(
    bench: Callable[..., Any],
) -> None:
    at = bench()
    assert at.command(183, 1, to=CAMERA) == [UNSUPPORTED]
    assert at.command(183, 1, to=0) == []
    assert at.command(512, 283, to=0) == []
    assert at.command(2000, 0, 0, 1, 1, to=1) == []


def test_a_tracked_place_stays_put_while_the_camera_turns(bench: Callable[..., Any]) -> None:
    at = bench().fly(height_m=50.0).aim(-math.pi / 4, 0.0).run(2.0)
    at.fly(height_m=50.0)
    assert at.command(2004, 0.5, 0.5, 0.05, to=CAMERA) == [ACCEPTED]
    at.command(512, 276, to=CAMERA)
    place = at.last("CAMERA_TRACKING_GEO_STATUS")
    assert (place.lat * 1e-7 - 44.85) * 111_194.93 == pytest.approx(50.0, abs=0.2)
    assert place.dist == pytest.approx(50.0 * math.sqrt(2.0), abs=0.2)
    at.aim(-math.pi / 4, math.radians(10.0)).run(2.0).fly(height_m=50.0)
    at.command(512, 275, to=CAMERA)
    seen = at.last("CAMERA_TRACKING_IMAGE_STATUS")
    assert seen.tracking_status == 1
    assert 0.3 < seen.point_x < 0.48
    at.aim(-math.pi / 4, math.radians(90.0)).run(3.0).fly(height_m=50.0)
    at.command(512, 275, to=CAMERA)
    assert at.last("CAMERA_TRACKING_IMAGE_STATUS").tracking_status == 2
    at.command(2010, to=CAMERA)
    at.command(512, 275, to=CAMERA)
    assert at.last("CAMERA_TRACKING_IMAGE_STATUS").tracking_status == 0


def test_tracking_above_the_horizon_fails(bench: Callable[..., Any]) -> None:
    at = bench().fly(height_m=50.0).aim(0.3, 0.0).run(2.0)
    assert at.command(2004, 0.5, 0.5, 0.05, to=CAMERA) == [FAILED]


def test_the_keeper_of_pictures_names_the_file(bench: Callable[..., Any]) -> None:
    at = bench(keep_picture=lambda capture: f"mftp://picture-{capture.index}.jpg")
    at.command(2000, 0, 0, 1, 1, to=CAMERA)
    assert at.run(1.0).last("CAMERA_IMAGE_CAPTURED").file_url == "mftp://picture-0.jpg"


def test_the_stream_is_told_where_there_is_one(bench: Callable[..., Any]) -> None:
    url = "http://127.0.0.1:14800/stream"
    at = bench({"camera": {"video_uri": url}})
    assert at.command(512, 269, 0, to=CAMERA) == [ACCEPTED]
    assert at.last("VIDEO_STREAM_INFORMATION").uri == url
    assert at.command(2503, 1, to=CAMERA) == [ACCEPTED]
    at.command(512, 270, 1, to=CAMERA)
    assert at.last("VIDEO_STREAM_STATUS")["flags"] == 0
    assert bench().command(512, 269, 0, to=CAMERA) == [DENIED]


def test_pymavlink_reads_all_that_the_camera_says(bench: Callable[..., Any]) -> None:
    at = bench({"camera": {"video_uri": "http://host/stream"}}).fly()
    for message in (259, 260, 261, 262, 269, 270, 271, 275, 276):
        assert at.command(512, message, 1 if message == 261 else 0, to=CAMERA) == [ACCEPTED]
    read = {message.get_type(): message for message in at.by_pymavlink}
    assert bytes(read["CAMERA_INFORMATION"].model_name).startswith(b"Simulated camera")
    assert read["CAMERA_INFORMATION"].gimbal_device_id == 154
    assert read["STORAGE_INFORMATION"].total_capacity == 32768.0
    assert {"CAMERA_SETTINGS", "CAMERA_CAPTURE_STATUS", "CAMERA_FOV_STATUS"} <= set(read)
    assert "BAD_DATA" not in read
