"""The whole camera protocol by MAVLink's public definition (pymavlink), its refusals included."""

import math
from collections.abc import Callable
from typing import Any

import pytest
from pymavlink.dialects.v20 import development as mavlink

CAMERA = 100
ACCEPTED, TEMPORARILY_REJECTED, DENIED, UNSUPPORTED, FAILED = range(5)
STREAM = {"camera": {"video_uri": "http://host/stream"}}
NAN = math.nan


def number(name: str) -> int:
    return int(getattr(mavlink, f"MAV_CMD_{name}"))


# What a camera of these capabilities must do, by CAMERA_CAP_FLAGS's descriptions.
PROMISED = {
    "CAPTURE_VIDEO": [("VIDEO_START_CAPTURE", 0, 0), ("VIDEO_STOP_CAPTURE", 0)],
    "CAPTURE_IMAGE": [("IMAGE_START_CAPTURE", 0, 0, 1, 1), ("IMAGE_STOP_CAPTURE", 0)],
    "HAS_MODES": [("SET_CAMERA_MODE", 0, 0), ("SET_CAMERA_MODE", 0, 1)],
    "CAN_CAPTURE_IMAGE_IN_VIDEO_MODE": [
        ("SET_CAMERA_MODE", 0, 1),
        ("IMAGE_START_CAPTURE", 0, 0, 1, 1),
    ],
    "CAN_CAPTURE_VIDEO_IN_IMAGE_MODE": [("SET_CAMERA_MODE", 0, 0), ("VIDEO_START_CAPTURE", 0, 0)],
    "HAS_IMAGE_SURVEY_MODE": [("SET_CAMERA_MODE", 0, 2)],
    "HAS_BASIC_ZOOM": [("SET_CAMERA_ZOOM", 0, 1), ("SET_CAMERA_ZOOM", 2, 50)],
    "HAS_BASIC_FOCUS": [("SET_CAMERA_FOCUS", 0, 1), ("SET_CAMERA_FOCUS", 2, 50)],
    "HAS_VIDEO_STREAM": [
        ("REQUEST_MESSAGE", mavlink.MAVLINK_MSG_ID_VIDEO_STREAM_INFORMATION, 0),
        ("VIDEO_STOP_STREAMING", 1),
        ("VIDEO_START_STREAMING", 0),
    ],
    "HAS_TRACKING_POINT": [("CAMERA_TRACK_POINT", 0.5, 0.5, 0.1), ("CAMERA_STOP_TRACKING",)],
    "HAS_TRACKING_RECTANGLE": [("CAMERA_TRACK_RECTANGLE", 0.4, 0.4, 0.6, 0.6)],
    "HAS_TRACKING_GEO_STATUS": [
        ("CAMERA_TRACK_POINT", 0.5, 0.5, 0.1),
        ("REQUEST_MESSAGE", mavlink.MAVLINK_MSG_ID_CAMERA_TRACKING_GEO_STATUS),
    ],
}
REFUSED = [
    ("VIDEO_START_CAPTURE", (7, 0), DENIED),
    ("VIDEO_START_STREAMING", (9,), DENIED),
    ("VIDEO_STOP_STREAMING", (NAN,), DENIED),
    ("IMAGE_START_CAPTURE", (0, -1, 5, 0), DENIED),
    ("IMAGE_START_CAPTURE", (0, NAN, 0, 0), DENIED),
    ("IMAGE_STOP_CAPTURE", (42,), DENIED),
    ("SET_CAMERA_MODE", (0, NAN), DENIED),
    ("SET_CAMERA_ZOOM", (2, 101), DENIED),
    ("SET_CAMERA_ZOOM", (2, NAN), DENIED),
    ("SET_CAMERA_FOCUS", (2, -1), DENIED),
    ("STORAGE_FORMAT", (1, 0), DENIED),
    ("STORAGE_FORMAT", (3, 1), DENIED),
    ("REQUEST_CAMERA_IMAGE_CAPTURE", (0,), DENIED),
    ("CAMERA_TRACK_POINT", (1.5, 0.5, 0.1), DENIED),
    ("CAMERA_TRACK_POINT", (NAN, 0.5, 0.1), DENIED),
    ("CAMERA_TRACK_RECTANGLE", (0.6, 0.6, 0.4, 0.4), DENIED),
    ("DO_SET_CAM_TRIGG_DIST", (NAN,), DENIED),
    ("CAMERA_START_MTI", (), UNSUPPORTED),
    ("SET_CAMERA_SOURCE", (0, 1), UNSUPPORTED),
    ("SET_STORAGE_USAGE", (1, 2), UNSUPPORTED),
]


def looking_down(bench: Callable[..., Any], config: dict[str, Any]) -> Any:
    at = bench(config).fly(height_m=50.0).aim(-math.pi / 2, 0.0).run(2.0)
    return at.fly(height_m=50.0)


def capabilities(at: Any) -> int:
    at.command(512, mavlink.MAVLINK_MSG_ID_CAMERA_INFORMATION, to=CAMERA)
    return int(at.last("CAMERA_INFORMATION")["flags"])


@pytest.mark.parametrize("promise", sorted(PROMISED))
def test_each_capability_that_is_announced_is_kept(bench: Callable[..., Any], promise: str) -> None:
    at = looking_down(bench, STREAM)
    assert capabilities(at) & getattr(mavlink, f"CAMERA_CAP_FLAGS_{promise}")
    for name, *params in PROMISED[promise]:
        assert at.command(number(name), *params, to=CAMERA) == [ACCEPTED], name
        at.run(0.5)


def test_no_capability_is_announced_that_is_not_tried_here(bench: Callable[..., Any]) -> None:
    known = sum(getattr(mavlink, f"CAMERA_CAP_FLAGS_{name}") for name in PROMISED)
    assert capabilities(bench(STREAM)) == known


def test_camera_without_a_stream_does_not_announce_one(bench: Callable[..., Any]) -> None:
    at = bench()
    assert not capabilities(at) & mavlink.CAMERA_CAP_FLAGS_HAS_VIDEO_STREAM
    assert at.command(number("VIDEO_START_STREAMING"), 0, to=CAMERA) == [DENIED]


@pytest.mark.parametrize(("name", "params", "result"), REFUSED)
def test_what_makes_no_sense_is_refused(
    bench: Callable[..., Any], name: str, params: tuple[float, ...], result: int
) -> None:
    at = looking_down(bench, STREAM)
    before = (at.payload.camera.mode, at.payload.camera.streaming, at.payload.camera.target)
    assert at.command(number(name), *params, to=CAMERA) == [result]
    at.run(1.0)
    camera = at.payload.camera
    assert (camera.mode, camera.streaming, camera.target) == before
    assert camera.captures == []


def test_busy_camera_refuses_for_now_and_takes_up_again(bench: Callable[..., Any]) -> None:
    at = looking_down(bench, STREAM)
    at.command(number("IMAGE_START_CAPTURE"), 0, 1.0, 3, 0, to=CAMERA)
    for name, *params in (
        ("IMAGE_START_CAPTURE", 0, 0, 1, 9),
        ("SET_CAMERA_MODE", 0, 1),
        ("STORAGE_FORMAT", 1, 1),
        ("RESET_CAMERA_SETTINGS", 1),
    ):
        assert at.command(number(name), *params, to=CAMERA) == [TEMPORARILY_REJECTED], name
    at.run(4.0)
    assert at.command(number("RESET_CAMERA_SETTINGS"), 1, to=CAMERA) == [ACCEPTED]
    assert len(at.payload.camera.captures) == 3


def test_older_requests_bring_the_same_messages(bench: Callable[..., Any]) -> None:
    at = looking_down(bench, STREAM)
    for name, message in (
        ("REQUEST_CAMERA_INFORMATION", "CAMERA_INFORMATION"),
        ("REQUEST_CAMERA_SETTINGS", "CAMERA_SETTINGS"),
        ("REQUEST_STORAGE_INFORMATION", "STORAGE_INFORMATION"),
        ("REQUEST_CAMERA_CAPTURE_STATUS", "CAMERA_CAPTURE_STATUS"),
        ("REQUEST_VIDEO_STREAM_INFORMATION", "VIDEO_STREAM_INFORMATION"),
        ("REQUEST_VIDEO_STREAM_STATUS", "VIDEO_STREAM_STATUS"),
    ):
        before = len(at.all(message))
        assert at.command(number(name), 1, to=CAMERA) == [ACCEPTED], name
        assert len(at.all(message)) == before + 1


def test_single_shot_of_the_oldest_command_takes_one_picture(bench: Callable[..., Any]) -> None:
    at = bench().fly()
    assert at.command(number("DO_DIGICAM_CONTROL"), 0, 0, 0, 0, 1, to=CAMERA) == [ACCEPTED]
    at.run(1.0)
    assert at.command(number("DO_DIGICAM_CONTROL"), 0, 0, 0, 0, 0, to=CAMERA) == [ACCEPTED]
    at.run(1.0)
    assert len(at.all("CAMERA_IMAGE_CAPTURED")) == 1


def test_reset_brings_back_zoom_mode_and_triggers(bench: Callable[..., Any]) -> None:
    at = bench().fly()
    at.command(number("SET_CAMERA_MODE"), 0, 1, to=CAMERA)
    at.command(number("SET_CAMERA_ZOOM"), 2, 60, to=CAMERA)
    at.command(number("DO_SET_CAM_TRIGG_DIST"), 5, to=CAMERA)
    assert at.command(number("RESET_CAMERA_SETTINGS"), 1, to=CAMERA) == [ACCEPTED]
    settings = at.last("CAMERA_SETTINGS")
    assert (settings.mode_id, settings.zoomLevel) == (0, 0.0)
    at.fly(north_m=20.0).run(1.0)
    assert at.all("CAMERA_IMAGE_CAPTURED") == []
