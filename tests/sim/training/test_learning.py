"""The network and its lessons; only where PyTorch is (the extra `train`)."""

from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

from onboard.detect.class_map import class_map
from onboard.detect.model import Model
from onboard.messages import ObjectClass
from sim.training.classes import CLASSES
from sim.training.judging import Reader
from sim.training.render import rendered

torch = pytest.importorskip("torch", reason="PyTorch is not here (the extra `train`)")
pytest.importorskip("onnx", reason="PyTorch is not here (the extra `train`)")
course, exporting, loss, network = (
    import_module(f"sim.training.learning.{name}")
    for name in ("course", "exporting", "loss", "network")
)

SIDE_PX = 96


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("training")
    course.Training(course.Course(side_px=SIDE_PX), folder).keep(0)
    file: Path = exporting.exported(folder)
    return file


def test_the_export_is_taken_for_yolox_with_our_classes(model: Path) -> None:
    loaded = Model(model, classes=class_map(None, model))
    assert loaded.family == "YOLOX"
    assert loaded.only_size_px is None
    assert loaded.classes == tuple(ObjectClass(name) for name in CLASSES)


def test_a_file_for_the_package_is_small_and_told_by_its_digest(
    model: Path, tmp_path: Path
) -> None:
    file = exporting.handed_over(model, tmp_path)
    assert file.stat().st_size < 5_000_000
    assert {each.name for each in tmp_path.iterdir()} == {
        "qyran-aerial.onnx",
        "qyran-aerial.onnx.classes.toml",
        "registry.toml",
    }


def test_the_reader_for_judging_takes_the_export(model: Path) -> None:
    assert len(Reader(model).find(np.zeros((SIDE_PX, SIDE_PX, 3), np.uint8)).boxes) == 0


def test_a_few_steps_on_one_batch_make_its_loss_smaller() -> None:
    torch.manual_seed(1)
    learner = network.Network(len(CLASSES))
    pictures, truth = course.tensors(
        [rendered(4, k, SIDE_PX) for k in range(4)], torch.device("cpu")
    )
    optimiser = torch.optim.AdamW(learner.parameters(), lr=2e-3)
    told = []
    for _ in range(25):
        lost = loss.loss_of(learner(pictures), truth, SIDE_PX)
        optimiser.zero_grad()
        lost.total.backward()
        optimiser.step()
        told.append(float(lost.total.detach()))
    assert told[-1] < 0.7 * told[0]


def test_a_picture_without_objects_teaches_that_there_is_nothing() -> None:
    view = rendered(4, 0, SIDE_PX)
    empty = [
        type(view)(
            picture=view.picture,
            boxes=view.boxes[:0],
            classes=view.classes[:0],
            unclear=view.unclear[:0],
            marks=view.marks,
            hour=view.hour,
            pitch=view.pitch,
        )
    ]
    pictures, truth = course.tensors(empty, torch.device("cpu"))
    lost = loss.loss_of(network.Network(len(CLASSES))(pictures), truth, SIDE_PX)
    assert float(lost.total.detach()) > 0.0
    assert lost.box == 0.0


def test_generalised_overlap_of_boxes_apart_is_negative() -> None:
    ratio, general = loss.overlap(
        torch.tensor([[0.0, 0, 10, 10]]), torch.tensor([[20.0, 0, 30, 10]])
    )
    assert ratio.tolist() == [0.0]
    assert general.tolist() == [pytest.approx(-1.0 / 3.0, abs=1e-6)]


def test_the_rate_rises_stays_and_falls_to_almost_nothing() -> None:
    told = course.Course(steps=1000)
    assert told.rate_at(0) < 0.01 * told.rate
    assert told.rate_at(500) == pytest.approx(told.rate)
    assert told.rate_at(1000) == pytest.approx(0.01 * told.rate)
