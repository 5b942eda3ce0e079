"""What networks of each family give, and the boxes that their papers say it means."""

import numpy as np
import pytest

from onboard.detect.heads import recognised
from onboard.detect.heads.head import cell_count

SIZE_PX = (96, 64)
YOLOX_CELLS = cell_count(SIZE_PX, (8, 16, 32))
PLUS_CELLS = cell_count(SIZE_PX, (8, 16, 32, 64))


def shapes(outputs: dict[str, np.ndarray]) -> dict[str, tuple[int, ...]]:
    return {name: each.shape for name, each in outputs.items()}


def test_a_yolox_cell_is_the_box_that_the_paper_says() -> None:
    """Middle = (offset + cell) * stride, size = exp(log size) * stride."""
    output = np.zeros((1, YOLOX_CELLS, 85), dtype=np.float32)
    # The second grid, stride 16, has 6 columns; cell (column 2, row 1) comes after 8x12 cells.
    cell = 8 * 12 + 1 * 6 + 2
    output[0, cell, :5] = [0.5, 0.25, np.log(2.0), np.log(3.0), 0.9]
    output[0, cell, 5 + 19] = 0.8
    head = recognised({"output": output.shape}, SIZE_PX, 80)
    assert head is not None
    found = head.decode({"output": output}, SIZE_PX, [2, 19], 0.1)
    middle, size = np.array([2.5 * 16, 1.25 * 16]), np.array([32.0, 48.0])
    expected = np.concatenate((middle - size / 2, middle + size / 2))
    assert head.name == "YOLOX"
    np.testing.assert_allclose(found.boxes, [expected], atol=1e-4)
    np.testing.assert_allclose(found.scores, [[0.0, 0.72]], atol=1e-6)


def sides(bins: tuple[int, int, int, int]) -> np.ndarray:
    """Logits of four distributions that are all in one bin of eight."""
    logits = np.full((4, 8), -50.0, dtype=np.float32)
    logits[np.arange(4), bins] = 50.0
    return logits.ravel()


def test_a_nanodet_plus_cell_reaches_from_its_corner_by_the_mean_of_each_distribution() -> None:
    output = np.zeros((1, PLUS_CELLS, 80 + 32), dtype=np.float32)
    cell = 8 * 12 + 1 * 6 + 2
    output[0, cell, 3], output[0, cell, 80:] = 0.6, sides((1, 2, 3, 4))
    head = recognised({"output": output.shape}, SIZE_PX, 80)
    assert head is not None
    found = head.decode({"output": output}, SIZE_PX, [3], 0.1)
    assert head.name == "NanoDet-Plus"
    np.testing.assert_allclose(found.boxes, [[32 - 16, 16 - 32, 32 + 48, 16 + 64]], atol=1e-4)


def test_a_nanodet_cell_reaches_from_its_middle() -> None:
    outputs = {}
    for stride in (8, 16, 32):
        cells = cell_count(SIZE_PX, (stride,))
        outputs[f"c{stride}"] = np.zeros((1, cells, 80), dtype=np.float32)
        outputs[f"d{stride}"] = np.zeros((1, cells, 32), dtype=np.float32)
    outputs["c32"][0, 4, 7], outputs["d32"][0, 4] = 0.5, sides((1, 1, 1, 1))
    head = recognised(shapes(outputs), SIZE_PX, 80)
    assert head is not None
    found = head.decode(outputs, SIZE_PX, [0, 7], 0.1)
    assert head.name == "NanoDet"
    # Cell 4 of 3 columns is column 1, row 1: its middle is (48, 48).
    np.testing.assert_allclose(found.boxes, [[16, 16, 80, 80]], atol=1e-4)
    np.testing.assert_allclose(found.scores, [[0.0, 0.5]])


def test_queries_with_labels_keep_those_of_wanted_classes() -> None:
    outputs = {
        "labels": np.array([[2, 5, 60]]),
        "boxes": np.array([[[1, 2, 3, 4], [5, 6, 7, 8], [9, 9, 9, 9]]], dtype=np.float32),
        "scores": np.array([[0.9, 0.05, 0.8]], dtype=np.float32),
    }
    head = recognised(shapes(outputs), SIZE_PX, 80)
    assert head is not None
    found = head.decode(outputs, SIZE_PX, [2, 5], 0.1)
    np.testing.assert_allclose(found.boxes, [[1, 2, 3, 4]])
    np.testing.assert_allclose(found.scores, [[0.9, 0.0]], atol=1e-6)


def test_queries_with_logits_are_relative_to_the_picture() -> None:
    outputs = {
        "logits": np.full((1, 2, 80), -9.0, dtype=np.float32),
        "pred_boxes": np.array([[[0.5, 0.5, 0.5, 0.25], [0, 0, 1, 1]]], dtype=np.float32),
    }
    outputs["logits"][0, 0, 1] = 0.0
    head = recognised(shapes(outputs), SIZE_PX, 80)
    assert head is not None
    found = head.decode(outputs, SIZE_PX, [0, 1], 0.1)
    np.testing.assert_allclose(found.boxes, [[24, 24, 72, 40]], atol=1e-4)
    assert found.scores[0, 1] == pytest.approx(0.5)


@pytest.mark.parametrize(
    "outputs",
    [
        {"output": (1, YOLOX_CELLS, 86)},
        {"output": (1, YOLOX_CELLS - 1, 85)},
        {"output": (1, PLUS_CELLS, 80 + 33)},
        {"labels": (1, 300), "boxes": (1, 300, 4), "scores": (1, 200)},
        {"logits": (1, 300, 91), "pred_boxes": (1, 300, 4)},
        {"a": (1, 10), "b": (1, 10)},
        {"output": ()},
    ],
)
def test_outputs_of_no_family_are_not_recognised(outputs: dict[str, tuple[int, ...]]) -> None:
    assert recognised(outputs, SIZE_PX, 80) is None


def test_nothing_found_is_no_box() -> None:
    output = np.zeros((1, PLUS_CELLS, 112), dtype=np.float32)
    head = recognised({"output": output.shape}, SIZE_PX, 80)
    assert head is not None
    assert head.decode({"output": output}, SIZE_PX, [0], 0.1).boxes.shape == (0, 4)
