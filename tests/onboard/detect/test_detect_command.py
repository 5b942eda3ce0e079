"""`qyran detect` and `qyran models`, as a person calls them."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

import qyran
from onboard.detect.pictures import CATEGORY_ID, image_ids
from onboard.detect.registry import known_models
from onboard.messages import ObjectClass

NADIR = "frame_20190829091111_x_0001973.jpg"


@pytest.fixture
def pictures(shared_data: Path, tmp_path: Path) -> Path:
    """Two frames, one of which looks straight down, and nothing that tells so."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    source = shared_data / "aerial" / "auair"
    for name in (NADIR, "frame_20190905091750_x_0000154.jpg"):
        (folder / name).write_bytes((source / name).read_bytes())
    return folder


def model(shared_data: Path) -> str:
    return str(shared_data / "models" / "yolox_nano_coco_416.onnx")


@pytest.mark.shared_data
def test_results_are_those_of_coco(shared_data: Path, pictures: Path, tmp_path: Path) -> None:
    out = tmp_path / "found.json"
    asked = ["detect", "--images", str(pictures), "--model", model(shared_data), "--json", str(out)]
    assert qyran.main([*asked, "--budget-ms", "60"]) == 0
    results = json.loads(out.read_text())
    assert {row["image_id"] for row in results} == {1, 2}
    assert {row["category_id"] for row in results} <= set(CATEGORY_ID.values())
    for row in results:
        left, top, width, height = row["bbox"]
        assert 0 <= left <= left + width <= 1920.01
        assert 0 <= top <= top + height <= 1080.01
        assert 0.01 <= row["score"] <= 1.0


@pytest.mark.shared_data
def test_cars_straight_below_are_seen_by_the_second_model_beside_the_first(
    shared_data: Path, pictures: Path, tmp_path: Path
) -> None:
    """Oracle: AU-AIR's two boxes in this frame."""
    out = tmp_path / "found.json"
    asked = ["detect", "--images", str(pictures), "--model", model(shared_data), "--json", str(out)]
    assert qyran.main([*asked, "--score", "0.25", "--budget-ms", "60"]) == 0
    cars = [
        row
        for row in json.loads(out.read_text())
        if row["file_name"] == NADIR and row["category_id"] in (3, 6, 8)
    ]
    middles = [(r["bbox"][0] + r["bbox"][2] / 2, r["bbox"][1] + r["bbox"][3] / 2) for r in cars]
    for left, top, right, bottom in ((1098, 163, 1518, 348), (1128, 421, 1521, 597)):
        assert any(left < x < right and top < y < bottom for x, y in middles)


@pytest.mark.shared_data
def test_a_picture_cut_short_is_named_and_the_others_are_searched(
    shared_data: Path, pictures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (pictures / "cut.jpg").write_bytes((pictures / NADIR).read_bytes()[:20000])
    asked = ["detect", "--images", str(pictures), "--model", model(shared_data)]
    sizes = ["--input-size", "416x256", "--steep-model", "none"]
    assert qyran.main([*asked, "--json", str(tmp_path / "found.json"), *sizes]) == 1
    assert "not readable: cut.jpg" in capsys.readouterr().out


@pytest.mark.shared_data
def test_ids_come_from_a_coco_file_and_poses_from_another(
    shared_data: Path, pictures: Path, tmp_path: Path
) -> None:
    ids, poses, out = tmp_path / "ids.json", tmp_path / "poses.json", tmp_path / "found.json"
    ids.write_text(json.dumps({"images": [{"id": 77, "file_name": NADIR}]}))
    poses.write_text(json.dumps({NADIR: {"pitch_deg": -90, "height_m": 20}}))
    asked = ["detect", "--images", str(pictures), "--model", model(shared_data), "--json", str(out)]
    told = ["--ids", str(ids), "--poses", str(poses), "--budget-ms", "60"]
    assert qyran.main([*asked, *told]) == 0
    assert {row["image_id"] for row in json.loads(out.read_text())} == {77}


@pytest.mark.shared_data
def test_a_thermal_picture_of_one_channel_is_searched(shared_data: Path, tmp_path: Path) -> None:
    folder = tmp_path / "thermal"
    folder.mkdir()
    grey = np.random.default_rng(0).integers(28000, 32000, (240, 320)).astype(np.uint16)
    cv2.imwrite(str(folder / "7.png"), grey)
    out = tmp_path / "found.json"
    asked = ["detect", "--images", str(folder), "--model", model(shared_data), "--json", str(out)]
    assert qyran.main([*asked, "--budget-ms", "20"]) == 0
    assert isinstance(json.loads(out.read_text()), list)


@pytest.mark.parametrize(
    ("more", "why"),
    [
        (["--budget-ms", "0"], "--budget-ms 0: must be at least 1"),
        (["--score", "2"], "--score 2: must be between 0 and 1"),
        (["--input-size", "big"], "not WIDTHxHEIGHT"),
    ],
)
def test_arguments_that_make_no_sense_are_refused_in_one_line(
    tmp_path: Path, more: list[str], why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["detect", "--images", str(tmp_path), "--model", "none.onnx", "--json", "out.json"]
    assert qyran.main([*asked, *more]) == 2
    said = capsys.readouterr().err
    assert why in said
    assert said.count("\n") == 1


def test_names_that_are_all_numbers_are_the_ids_and_others_are_counted() -> None:
    assert image_ids(["000000000139.jpg", "000000000285.jpg"]) == {
        "000000000139.jpg": 139,
        "000000000285.jpg": 285,
    }
    assert image_ids(["b.jpg", "a.jpg"]) == {"a.jpg": 1, "b.jpg": 2}
    assert image_ids(["1.jpg", "01.png"]) == {"01.png": 1, "1.jpg": 2}


def test_every_class_has_a_category_of_its_own() -> None:
    assert len(set(CATEGORY_ID.values())) == len(ObjectClass)
    assert set(CATEGORY_ID) == set(ObjectClass)


def test_models_are_listed_with_licence_and_digest(capsys: pytest.CaptureFixture[str]) -> None:
    assert qyran.main(["models", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert {row["licence"] for row in told["models"]} == {"Apache-2.0"}
    for row in told["models"]:
        for file in row["files"]:
            assert len(file["sha256"]) in (0, 64)


def test_a_file_that_comes_altered_from_a_mirror_is_not_kept(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mirror, kept = tmp_path / "mirror", tmp_path / "kept"
    mirror.mkdir()
    (mirror / "yolox_nano.onnx").write_bytes(b"altered")
    asked = ["models", "fetch", "yolox-nano", "--mirror", str(mirror), "--folder", str(kept)]
    assert qyran.main(asked) == 1
    assert "came altered" in capsys.readouterr().err
    assert not (kept / "yolox_nano.onnx").exists()


@pytest.mark.parametrize(
    ("names", "why"),
    [
        (["yolov9"], "not known; known are yolox-nano"),
        (["nanodet-plus-m"], "--trust-new"),
        (["nanodet-m"], "tell a --mirror"),
    ],
)
def test_what_cannot_be_fetched_says_why(
    tmp_path: Path, names: list[str], why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert qyran.main(["models", "fetch", *names, "--folder", str(tmp_path)]) == 2
    assert why in capsys.readouterr().err


def test_offline_is_told_as_such(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["models", "fetch", "yolox-nano", "--folder", str(tmp_path)]
    assert qyran.main([*asked, "--mirror", "http://127.0.0.1:9"]) == 1
    assert "cannot be reached" in capsys.readouterr().err


@pytest.mark.shared_data
def test_files_are_fetched_from_a_mirror_and_known_by_their_digest(
    shared_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mirror = str(shared_data / "models")
    asked = ["models", "fetch", "nanodet-plus-m-ncnn", "--mirror", mirror]
    assert qyran.main([*asked, "--folder", str(tmp_path)]) == 0
    renamed = tmp_path / "renamed"
    (tmp_path / known_models()[3].files[0].name).rename(renamed)
    assert qyran.main(["models", "verify", str(renamed)]) == 0
    assert "nanodet-plus-m-ncnn" in capsys.readouterr().out
