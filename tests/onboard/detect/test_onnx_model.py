"""Models in files: the right one, the wrong ones, and one whose input size is set."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from missions.errors import BadInput
from onboard.detect import yolox
from onboard.detect.onnx_model import OnnxDetector
from onboard.detect.onnx_shape import NotProtobuf, with_input_shape
from onboard.messages import ObjectClass

FLOAT = 1


def varint(value: int) -> bytes:
    out = b""
    while value > 0x7F:
        out, value = out + bytes([value & 0x7F | 0x80]), value >> 7
    return out + bytes([value])


def field(number: int, content: bytes | int) -> bytes:
    """One protobuf field, by https://protobuf.dev/programming-guides/encoding."""
    if isinstance(content, int):
        return varint(number << 3) + varint(content)
    return varint(number << 3 | 2) + varint(len(content)) + content


def value_info(name: str, shape: tuple[int, ...]) -> bytes:
    dims = b"".join(field(1, field(1, size)) for size in shape)
    tensor = field(1, FLOAT) + field(2, dims)
    return field(1, name.encode()) + field(2, field(1, tensor))


def identity_model(shape: tuple[int, ...] = (1, 3, 64, 96)) -> bytes:
    """An ONNX model, written out by hand, that gives back its input."""
    node = field(1, b"in") + field(2, b"out") + field(4, b"Identity")
    graph = field(1, node) + field(2, b"g")
    graph += field(11, value_info("in", shape)) + field(12, value_info("out", shape))
    return field(1, 8) + field(7, graph) + field(8, field(1, b"") + field(2, 13))


@pytest.fixture
def identity(tmp_path: Path) -> Path:
    file = tmp_path / "identity.onnx"
    file.write_bytes(identity_model())
    return file


def test_a_model_with_another_output_is_refused_with_both_shapes(identity: Path) -> None:
    cells = yolox.cell_count(96, 64)
    with pytest.raises(BadInput) as refusal:
        OnnxDetector(identity)
    assert str(identity) in str(refusal.value)
    assert f"output is (1, 3, 64, 96); expected (1, {cells}, 85)" in str(refusal.value)


def test_the_input_size_in_the_file_can_be_set(identity: Path) -> None:
    with pytest.raises(BadInput, match=r"output is \(1, 3, 32, 160\)"):
        OnnxDetector(identity, size_px=(160, 32))


def test_a_size_that_is_no_multiple_of_32_is_refused(identity: Path) -> None:
    with pytest.raises(BadInput, match="input size 100x64 is not a multiple of 32"):
        OnnxDetector(identity, size_px=(100, 64))


def test_a_model_with_another_input_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "flat.onnx"
    file.write_bytes(identity_model((1, 10)))
    with pytest.raises(BadInput, match=r"input is in \[1, 10\]; expected one of \(1, 3, "):
        OnnxDetector(file)


def test_a_file_cut_short_and_one_that_is_no_model_are_refused(
    identity: Path, tmp_path: Path
) -> None:
    cut = tmp_path / "cut.onnx"
    cut.write_bytes(identity.read_bytes()[:-30])
    text = tmp_path / "text.onnx"
    text.write_text("not a model")
    with pytest.raises(BadInput, match=r"cut\.onnx"):
        OnnxDetector(cut)
    with pytest.raises(BadInput, match=r"text\.onnx: not an ONNX model"):
        OnnxDetector(text)
    with pytest.raises(BadInput, match=r"none\.onnx: no such file"):
        OnnxDetector(tmp_path / "none.onnx")


def test_bytes_that_are_no_protobuf_are_told_as_such() -> None:
    with pytest.raises(NotProtobuf):
        with_input_shape(b"\x3a\xff\xff", "in", (1, 3, 32, 32))


def test_a_cell_decodes_to_the_box_that_the_paper_says() -> None:
    """YOLOX: middle = (offset + cell) * stride, size = exp(log size) * stride."""
    output = np.zeros((yolox.cell_count(96, 64), 85), dtype=np.float32)
    # The second grid, stride 16, has 6 columns; cell (column 2, row 1) comes after 8x12 cells.
    cell = 8 * 12 + 1 * 6 + 2
    output[cell, :5] = [0.5, 0.25, np.log(2.0), np.log(3.0), 0.9]
    output[cell, 5 + 19] = 0.8
    found = yolox.decode(
        output,
        width_px=96,
        height_px=64,
        scale=0.5,
        score_threshold=0.1,
        iou_threshold=0.5,
        classes={2: ObjectClass.CAR, 19: ObjectClass.CATTLE},
    )
    middle, size = np.array([2.5 * 16, 1.25 * 16]), np.array([32.0, 48.0])
    expected = np.concatenate((middle - size / 2, middle + size / 2)) / 0.5
    np.testing.assert_allclose(found.boxes, [expected], atol=1e-4)
    assert found.classes == (ObjectClass.CATTLE,)
    assert found.scores == pytest.approx([0.72])


def test_overlap_is_suppressed_within_a_class_and_kept_between_classes() -> None:
    output = np.zeros((yolox.cell_count(96, 64), 85), dtype=np.float32)
    for cell, label in ((30, 2), (31, 2), (32, 0)):
        output[cell, :5] = [30 - cell, 0.0, np.log(4.0), np.log(4.0), 1.0 - 0.01 * cell]
        output[cell, 5 + label] = 1.0
    found = yolox.decode(
        output,
        width_px=96,
        height_px=64,
        scale=1.0,
        score_threshold=0.1,
        iou_threshold=0.5,
        classes={0: ObjectClass.PERSON, 2: ObjectClass.CAR},
    )
    assert sorted(found.classes) == [ObjectClass.CAR, ObjectClass.PERSON]


def test_letterbox_keeps_the_shape_and_pads_with_grey() -> None:
    image = np.full((100, 300, 3), (10, 20, 30), dtype=np.uint8)
    tensor, scale = yolox.letterboxed(image, 96, 64)
    assert scale == pytest.approx(0.32)
    assert tensor.shape == (1, 3, 64, 96)
    assert tensor[0, :, 10, 50].tolist() == [10.0, 20.0, 30.0]
    assert tensor[0, :, 40, 50].tolist() == [114.0] * 3


@pytest.mark.shared_data
def test_a_nanodet_model_is_refused_as_no_yolox(shared_data: Path) -> None:
    with pytest.raises(BadInput, match=r"nanodet_m_coco_416\.onnx: output is .* expected"):
        OnnxDetector(shared_data / "models" / "nanodet_m_coco_416.onnx")


@pytest.mark.shared_data
def test_a_size_at_which_a_model_does_not_run_is_told_in_our_one_line_only(
    shared_data: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(BadInput, match="does not run at input size 640x640"):
        OnnxDetector(shared_data / "models" / "nanodet_m_coco_416.onnx", size_px=(640, 640))
    assert capfd.readouterr() == ("", "")


@pytest.mark.shared_data
def test_real_drone_frames_are_seen_at_a_larger_input_size(shared_data: Path) -> None:
    """Oracle: AU-AIR's own boxes, loose, so matched by centre in box; 20 oblique frames."""
    folder = shared_data / "aerial" / "auair"
    rows = json.loads((folder / "annotations.json").read_text())["annotations"]
    oblique = [row for row in rows if row["image_name"].startswith("frame_201909051")] + [
        row for row in rows if row["image_name"].startswith("frame_2019090509")
    ]
    detector = OnnxDetector(
        shared_data / "models" / "yolox_nano_coco_416.onnx",
        size_px=(1280, 736),
        score_threshold=0.25,
    )
    hit = expected = 0
    for row in oblique:
        image = cv2.imread(str(folder / row["image_name"]))
        assert image is not None
        boxes = detector.detect(np.asarray(image, dtype=np.uint8)).boxes
        middles = (boxes[:, :2] + boxes[:, 2:]) / 2.0
        for box in row["bbox"]:
            low = np.array([box["left"], box["top"]])
            high = low + np.array([box["width"], box["height"]])
            hit += bool(((middles >= low) & (middles <= high)).all(axis=1).any())
            expected += 1
    assert hit / expected >= 0.6
