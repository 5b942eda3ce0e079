"""A folder of pictures: every frame once, in order, the corrupt ones counted."""

import json
import math
from pathlib import Path

import cv2
import numpy as np
import pytest

from missions.errors import BadInput
from missions.heights import HeightAboveGround
from onboard.geolocate.rotation import yaw_of
from onboard.source import Frame, FrameSource, open_source
from onboard.source.folder import FolderSource

ROW = {
    "image_name": "frame_20190905091750_x_0000238.jpg",
    "time": {"year": 2019, "month": 9, "day": 5, "hour": 9, "min": 17, "sec": 50, "ms": 47_600.0},
    "longtitude": 10.18866,
    "latitude": 56.2062,
    "altitude": 8633.8,
    "angle_phi": -0.08,
    "angle_theta": 0.16,
    "angle_psi": 0.364,
    "bbox": [],
}


def jpeg(grey: int = 90) -> bytes:
    return cv2.imencode(".jpg", np.full((54, 96, 3), grey, dtype=np.uint8))[1].tobytes()


def frames(source: FrameSource) -> list[Frame]:
    found = []
    while not source.at_end:
        frame = source.next_frame(0.0)
        found += [] if frame is None else [frame]
    return found


def test_every_picture_comes_once_in_order(tmp_path: Path) -> None:
    for name in ("b.jpg", "a.jpg", "c.png"):
        (tmp_path / name).write_bytes(jpeg())
    (tmp_path / "notes.txt").write_text("no picture")
    assert [frame.frame_id for frame in frames(open_source(str(tmp_path)))] == ["a", "b", "c"]


def test_a_jpeg_cut_short_and_one_of_noise_are_counted_and_passed_over(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(jpeg())
    (tmp_path / "b.jpg").write_bytes(jpeg()[:-40])
    (tmp_path / "c.jpg").write_bytes(b"\xff\xd8" + bytes(range(200)) + b"\xff\xd9")
    (tmp_path / "d.jpg").write_bytes(b"")
    source = FolderSource(tmp_path)
    assert [frame.frame_id for frame in frames(source)] == ["a"]
    assert (source.counts.seen, source.counts.corrupt) == (4, 3)


def test_a_folder_where_no_picture_can_be_read_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"junk")
    with pytest.raises(BadInput, match=f"{tmp_path}: not one of 1 pictures can be decoded"):
        frames(FolderSource(tmp_path))


def test_an_empty_folder_and_a_missing_one_are_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=f"{tmp_path}: holds no picture"):
        open_source(str(tmp_path))
    with pytest.raises(BadInput, match="nowhere: no such folder"):
        open_source(str(tmp_path / "nowhere"))


def test_auair_sidecar_is_known_by_its_content(tmp_path: Path) -> None:
    """Altitude is in millimetres above take-off, `longtitude` is spelt so, psi is the heading."""
    (tmp_path / ROW["image_name"]).write_bytes(jpeg())  # type: ignore[operator]
    (tmp_path / "annotations.json").write_text(json.dumps({"annotations": [ROW]}))
    source = FolderSource(tmp_path)
    (frame,) = frames(source)
    assert frame.pose is not None
    assert frame.pose.position.longitude_deg == 10.18866
    assert frame.pose.height == HeightAboveGround(pytest.approx(8.6338))  # type: ignore[arg-type]
    assert yaw_of(frame.pose.q_ned_from_gimbal) == pytest.approx(0.364)
    assert frame.captured_at is not None
    assert frame.captured_at.isoformat() == "2019-09-05T09:18:37.600000+00:00"
    assert source.facts.camera is not None


def test_a_sidecar_row_without_a_usable_value_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(jpeg())
    bad = {"annotations": [ROW, {**ROW, "altitude": None}]}
    (tmp_path / "annotations.json").write_text(json.dumps(bad))
    with pytest.raises(BadInput, match=r"annotations\[1\]"):
        FolderSource(tmp_path)


def test_a_sidecar_that_is_no_json_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(jpeg())
    (tmp_path / "annotations.json").write_text("{")
    with pytest.raises(BadInput, match=r"annotations\.json: cannot be read"):
        FolderSource(tmp_path)


def test_json_of_another_kind_is_no_sidecar(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(jpeg())
    (tmp_path / "annotations.json").write_text(json.dumps({"annotations": [{"image_id": 1}]}))
    (frame,) = frames(FolderSource(tmp_path))
    assert frame.pose is None


@pytest.mark.shared_data
def test_every_real_auair_frame_has_a_pose_near_its_roundabout(shared_data: Path) -> None:
    source = FolderSource(shared_data / "aerial" / "auair")
    found = frames(source)
    assert len(found) == 40
    poses = [frame.pose for frame in found if frame.pose is not None]
    assert len(poses) == 40
    assert all(math.isclose(each.position.latitude_deg, 56.2066, abs_tol=6e-4) for each in poses)
    times = [frame.captured_at for frame in found if frame.captured_at is not None]
    assert times == sorted(times)
