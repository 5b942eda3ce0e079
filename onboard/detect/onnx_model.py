"""A YOLOX-style model in a file, run by ONNX Runtime."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import onnxruntime
from onnxruntime.capi import onnxruntime_pybind11_state as ort

from missions.errors import BadInput, place_of
from onboard.detect import yolox
from onboard.detect.coco import COCO_CLASSES, OBJECT_CLASS_OF_COCO
from onboard.detect.detections import Detections
from onboard.detect.onnx_shape import NotProtobuf, with_input_shape
from onboard.messages import ObjectClass
from onboard.source.frame import Image

# Its exceptions share no base but Exception.
RUNTIME_ERRORS = (
    ort.Fail,
    ort.InvalidArgument,
    ort.InvalidGraph,
    ort.InvalidProtobuf,
    ort.NoModel,
    ort.NotImplemented,
    ort.RuntimeException,
)
# What it fails with is told as one line of ours: ONNX Runtime prints nothing beside it.
FATAL_ONLY = 4
SIZE_STEP_PX = 32


class OnnxDetector:
    """Loads the model, sets its input size and holds its output against what is expected.

    `size_px` is (width, height), each a multiple of 32; None takes the size in the file.

    Raises:
        BadInput: the file cannot be read, is no ONNX model, or has another input or output than a
            YOLOX-style detector; the message names the file and both shapes.
    """

    def __init__(
        self,
        file: Path,
        *,
        size_px: tuple[int, int] | None = None,
        score_threshold: float = 0.1,
        iou_threshold: float = 0.5,
        threads: int = 2,
        classes: Mapping[int, ObjectClass] = OBJECT_CLASS_OF_COCO,
        class_count: int = COCO_CLASSES,
    ) -> None:
        self.name = file.name
        self._file = file
        self._threads = threads
        self._classes, self._class_count = classes, class_count
        self._score_threshold, self._iou_threshold = score_threshold, iou_threshold
        content = _content(file)
        session = self._opened(content)
        self._input, own_size = self._checked_input(session)
        self._width_px, self._height_px = self._checked_size(size_px or own_size)
        if own_size != (self._width_px, self._height_px):
            session = self._opened(self._resized(content))
        self._session = session
        self._check_output()

    @property
    def size_px(self) -> tuple[int, int]:
        """Width and height of the network's input."""
        return self._width_px, self._height_px

    def detect(self, image: Image) -> Detections:
        """Objects of the mapped classes."""
        tensor, scale = yolox.letterboxed(image, self._width_px, self._height_px)
        output = self._session.run(None, {self._input: tensor})[0][0]
        return yolox.decode(
            output,
            width_px=self._width_px,
            height_px=self._height_px,
            scale=scale,
            score_threshold=self._score_threshold,
            iou_threshold=self._iou_threshold,
            classes=self._classes,
        )

    def _opened(self, content: bytes) -> onnxruntime.InferenceSession:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self._threads
        options.log_severity_level = FATAL_ONLY
        try:
            return onnxruntime.InferenceSession(
                content, options, providers=["CPUExecutionProvider"]
            )
        except RUNTIME_ERRORS as error:
            first_line = str(error).strip().splitlines()[0]
            raise self._refused(f"not an ONNX model that can be loaded: {first_line}") from error

    def _checked_input(
        self, session: onnxruntime.InferenceSession
    ) -> tuple[str, tuple[int, int] | None]:
        inputs = session.get_inputs()
        shape = inputs[0].shape if len(inputs) == 1 else []
        if len(shape) != 4 or shape[1] != 3 or inputs[0].type != "tensor(float)":
            found = ", ".join(f"{each.name} {each.shape}" for each in inputs)
            raise self._refused(f"input is {found}; expected one of (1, 3, height, width), float")
        rows, columns = shape[2:]
        fixed = isinstance(rows, int) and isinstance(columns, int)
        return inputs[0].name, (columns, rows) if fixed else None

    def _checked_size(self, size_px: tuple[int, int] | None) -> tuple[int, int]:
        if size_px is None:
            raise self._refused("leaves its input size open: give one")
        if any(side <= 0 or side % SIZE_STEP_PX for side in size_px):
            what = f"input size {size_px[0]}x{size_px[1]} is not a multiple of {SIZE_STEP_PX}"
            raise self._refused(what)
        return size_px

    def _resized(self, content: bytes) -> bytes:
        try:
            shape = (1, 3, self._height_px, self._width_px)
            return with_input_shape(content, self._input, shape)
        except NotProtobuf as error:
            raise self._refused(f"input size cannot be set: {error}") from error

    def _check_output(self) -> None:
        blank = np.zeros((1, 3, self._height_px, self._width_px), dtype=np.float32)
        try:
            outputs = self._session.run(None, {self._input: blank})
        except RUNTIME_ERRORS as error:
            size = f"{self._width_px}x{self._height_px}"
            what = f"does not run at input size {size}: {str(error).strip().splitlines()[0]}"
            raise self._refused(what) from error
        expected = (
            1,
            yolox.cell_count(self._width_px, self._height_px),
            5 + self._class_count,
        )
        found = [tuple(np.shape(each)) for each in outputs]
        if found != [expected]:
            shapes = ", ".join(str(shape) for shape in found)
            what = (
                f"output is {shapes}; expected {expected}: "
                f"YOLOX with {self._class_count} classes at {self._width_px}x{self._height_px}"
            )
            raise self._refused(what)

    def _refused(self, what: str) -> BadInput:
        return BadInput(where=f"model {self._file}", what=what)


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise place_of(error, str(file)) from error
