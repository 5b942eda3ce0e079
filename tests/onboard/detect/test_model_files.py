"""Models in files: the right ones, the wrong ones, and those that are changed before they run."""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from google.protobuf.internal import encoder
from hypothesis import given
from hypothesis import strategies as st
from scipy.signal import correlate2d

from missions.errors import BadInput
from onboard.detect.backends.onnx_runtime import OnnxRuntimeNetwork
from onboard.detect.cheaper import with_classes, without_focus
from onboard.detect.class_map import BUILT_IN, class_map
from onboard.detect.model import Model
from onboard.detect.ncnn_model import NotNcnn, onnx_of_ncnn
from onboard.detect.onnx_graph import Graph
from onboard.detect.protobuf import NotProtobuf, field, fields, varint
from onboard.messages import ObjectClass

COCO = BUILT_IN["coco"]
ONE_CONVOLUTION = """7767517
2 2
Input            data   0 1 data
Convolution      conv   1 1 data output 0=1 1=3 4=1 5=1 6=27
"""


def test_a_model_with_another_output_is_refused_with_its_shape(
    identity: Callable[..., Path],
) -> None:
    with pytest.raises(BadInput, match=r"output is out \(1, 3, 64, 96\) at 96x64; expected"):
        Model(identity(), classes=COCO)


def test_a_size_that_is_no_multiple_of_32_is_refused(identity: Callable[..., Path]) -> None:
    with pytest.raises(BadInput, match="input size 100x64 is not a multiple of 32"):
        Model(identity(), classes=COCO, size_px=(100, 64))


def test_a_model_with_another_input_is_refused(identity: Callable[..., Path]) -> None:
    with pytest.raises(BadInput, match=r"input is in \[1, 10\]; expected one of \(1, 3, "):
        Model(identity((1, 10)), classes=COCO)


@pytest.mark.parametrize("backend", ["onnxruntime", "opencv"])
def test_a_file_cut_short_and_one_that_is_no_model_are_refused(
    identity: Callable[..., Path], tmp_path: Path, backend: str, capfd: pytest.CaptureFixture[str]
) -> None:
    cut, text = tmp_path / "cut.onnx", tmp_path / "text.onnx"
    cut.write_bytes(identity().read_bytes()[:-30])
    text.write_text("not a model")
    for file in (cut, text):
        with pytest.raises(BadInput, match=file.name):
            Model(file, classes=COCO, backend=backend)
    with pytest.raises(BadInput, match=r"none\.onnx: no such file"):
        Model(tmp_path / "none.onnx", classes=COCO, backend=backend)


@given(st.integers(min_value=0, max_value=2**64 - 1))
def test_numbers_are_written_as_protobuf_itself_writes_them(number: int) -> None:
    assert varint(number) == encoder._VarintBytes(number)


@given(st.lists(st.tuples(st.integers(1, 500), st.binary(max_size=40) | st.integers(0, 2**63))))
def test_fields_come_back_as_they_were_written(given_fields: list[tuple[int, bytes | int]]) -> None:
    message = b"".join(field(*each) for each in given_fields)
    read = list(fields(message))
    assert [each.number for each in read] == [number for number, _ in given_fields]
    assert b"".join(each.raw for each in read) == message


def test_bytes_that_are_no_protobuf_are_told_as_such() -> None:
    with pytest.raises(NotProtobuf):
        Graph.of_model(b"\x3a\xff\xff")


def test_an_ncnn_convolution_is_the_one_that_scipy_computes() -> None:
    generator = np.random.default_rng(1)
    kernel = generator.normal(size=(3, 3, 3)).astype("<f2")
    bias = np.array([0.5], dtype="<f4")
    half = (0x01306B47).to_bytes(4, "little") + kernel.tobytes() + b"\0\0"
    network = OnnxRuntimeNetwork(onnx_of_ncnn(ONE_CONVOLUTION, half + bias.tobytes()))
    picture = generator.normal(size=(1, 3, 8, 10)).astype(np.float32)
    (output,) = network.run({"data": picture}).values()
    expected = 0.5 + sum(
        correlate2d(picture[0, at], kernel[at].astype(np.float64), mode="same") for at in range(3)
    )
    np.testing.assert_allclose(np.asarray(output)[0, 0], expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(
    ("param", "weights", "why"),
    [
        ("7767518\n1 1\n", b"", "does not begin with"),
        (ONE_CONVOLUTION, b"\0" * 10, "weights end at byte 10"),
        (ONE_CONVOLUTION, b"\1" * 200, "weights of kind 0x01010101"),
        (ONE_CONVOLUTION.replace("Convolution ", "LSTM "), b"", "is a LSTM, which is not known"),
        (ONE_CONVOLUTION.replace("2 2", "3 2"), b"", "2 layers where 3 are told"),
        (ONE_CONVOLUTION.replace("0=1 1=3", "0=x"), b"", "not a .param file"),
    ],
)
def test_ncnn_files_that_are_not_whole_are_refused(param: str, weights: bytes, why: str) -> None:
    with pytest.raises(NotNcnn, match=why):
        onnx_of_ncnn(param, weights)


def test_a_class_map_is_read_from_beside_the_model(tmp_path: Path) -> None:
    model = tmp_path / "two.onnx"
    (tmp_path / "two.onnx.classes.toml").write_text('count = 2\n[classes]\n1 = "cattle"\n')
    found = class_map(None, model)
    assert (found.count, found.wanted, found.classes) == (2, [1], (ObjectClass.CATTLE,))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("count = 2", "wants `count` and a table"),
        ('count = 2\n[classes]\n2 = "car"', "numbers from 0 to 1"),
        ('count = 2\n[classes]\n0 = "lorry"', "known are person"),
        ("count = ", "not TOML"),
    ],
)
def test_a_class_map_that_cannot_be_used_is_refused(tmp_path: Path, text: str, why: str) -> None:
    file = tmp_path / "classes.toml"
    file.write_text(text)
    with pytest.raises(BadInput, match=why):
        class_map(str(file), tmp_path / "model.onnx")


@pytest.mark.shared_data
def test_the_cheaper_graph_says_the_same_of_any_picture(shared_data: Path) -> None:
    content = (shared_data / "models" / "yolox_nano_coco_416.onnx").read_bytes()
    graph = Graph.of_model(content).with_shape("images", (1, 3, 128, 160))
    cut = with_classes(without_focus(graph), 80, COCO.wanted)
    assert cut is not None
    assert len(cut.nodes) == len(graph.nodes) - 9
    noise = np.random.default_rng(2).uniform(0, 255, (1, 3, 128, 160)).astype(np.float32)
    whole, less = (
        np.asarray(OnnxRuntimeNetwork(each.as_model(content)).run({"images": noise})["output"])
        for each in (graph, cut)
    )
    columns = [0, 1, 2, 3, 4, *(5 + index for index in COCO.wanted)]
    np.testing.assert_allclose(less, whole[..., columns], atol=1e-3)


def found_in(model: Model, image: Path, size_px: tuple[int, int]) -> np.ndarray:
    picture = np.asarray(cv2.imread(str(image)), dtype=np.uint8)
    return model.candidates(picture, size_px, 0.4).boxes


@pytest.mark.shared_data
@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("yolox_nano_coco_416.onnx", "YOLOX"),
        ("nanodet-plus-m-coco-416.ncnn.param", "NanoDet-Plus"),
        ("nanodet_m_coco_416.onnx", "NanoDet"),
    ],
)
def test_two_runtimes_say_the_same_of_every_family(
    shared_data: Path, name: str, family: str
) -> None:
    file = shared_data / "models" / name
    image = shared_data / "aerial" / "auair" / "frame_20190905091750_x_0000154.jpg"
    models = [
        Model(file, classes=COCO, size_px=(416, 416), backend=backend)
        for backend in ("onnxruntime", "opencv")
    ]
    boxes = [found_in(model, image, (416, 416)) for model in models]
    assert [(model.family, model.runtime) for model in models] == [
        (family, "ONNX Runtime"),
        (family, "OpenCV"),
    ]
    assert len(boxes[0])
    np.testing.assert_allclose(boxes[0], boxes[1], atol=0.5)


@pytest.mark.shared_data
def test_a_size_at_which_a_model_does_not_run_is_told_in_our_one_line_only(
    shared_data: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    file = shared_data / "models" / "nanodet_m_coco_416.onnx"
    with pytest.raises(BadInput, match="does not run at input size 640x640"):
        Model(file, classes=COCO, size_px=(640, 640))
    assert capfd.readouterr() == ("", "")
