"""Which model is used where none is told, and what the one in the package sees."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from onboard.configuration import read_configuration
from onboard.detect.at_hand import OWN, model_at_hand
from onboard.detect.class_map import class_map
from onboard.detect.model import Model
from onboard.detect.registry import FOLDER_VARIABLE, known_by_digest, sha256_of, state_in
from onboard.messages import ObjectClass
from qyran import main
from sim.training.judging import HELD_OUT_SEED
from sim.training.render import TrainingView, rendered

SIDE_PX = 320
VIEWS = 40
COCO = {"person": {1}, "vehicle": {3, 6, 8}}
OURS = {"person": {0}, "vehicle": {1, 2, 3}}


@pytest.fixture
def fresh(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An install that fetched nothing."""
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path / "models"))
    return tmp_path


def test_a_model_that_is_told_is_taken(fresh: Path) -> None:
    assert model_at_hand("/models/some.onnx") == Path("/models/some.onnx")


@pytest.mark.parametrize("told", [None, "auto"])
def test_a_fresh_install_takes_the_model_in_the_package(fresh: Path, told: str | None) -> None:
    assert model_at_hand(told) == OWN


def test_auto_is_no_path_beside_the_configuration(tmp_path: Path) -> None:
    file = tmp_path / "aircraft.toml"
    file.write_text('source = "frames"\nmodel = "auto"\n')
    assert read_configuration(file, {}).model == "auto"


def test_the_model_in_the_package_is_small_and_known_by_its_digest(tmp_path: Path) -> None:
    known = known_by_digest(sha256_of(OWN))
    assert OWN.stat().st_size < 5_000_000
    assert known is not None
    assert known.role == "own"
    assert state_in(known, tmp_path) == "here"


def test_its_class_map_lies_beside_it() -> None:
    names = ["person", "car", "truck", "bus", "cattle", "horse", "sheep", "boat"]
    assert Model(OWN, classes=class_map(None, OWN)).classes == tuple(map(ObjectClass, names))


def day_views() -> list[TrainingView]:
    views = (rendered(HELD_OUT_SEED, number, SIDE_PX) for number in range(VIEWS))
    return [view for view in views if view.hour == "day"]


def is_found(box: np.ndarray, boxes: list[list[float]]) -> bool:
    middles = [(x + width / 2.0, y + height / 2.0) for x, y, width, height in boxes]
    return any(box[0] < x < box[2] and box[1] < y < box[3] for x, y in middles)


def test_a_fresh_install_finds_most_rendered_people_and_vehicles(fresh: Path) -> None:
    views = day_views()
    pictures = fresh / "pictures"
    pictures.mkdir()
    for number, view in enumerate(views):
        cv2.imwrite(str(pictures / f"{number}.png"), view.picture)
    out = fresh / "found.json"
    given = ["--images", str(pictures), "--json", str(out), "--input-size", "320x320"]
    assert main(["detect", *given, "--score", "0.2"]) == 0
    rows = json.loads(out.read_text())
    for group in COCO:
        asked = [
            is_found(
                box,
                [
                    row["bbox"]
                    for row in rows
                    if row["image_id"] == number and row["category_id"] in COCO[group]
                ],
            )
            for number, view in enumerate(views)
            for box, kind in zip(view.boxes, view.classes, strict=True)
            if kind in OURS[group]
        ]
        assert len(asked) > 20
        assert np.mean(asked) >= 0.5
