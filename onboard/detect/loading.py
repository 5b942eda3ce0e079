"""From a model's file to a network that is known to fit: opened, freed of its size, made cheaper.

An ONNX model, or ncnn's pair of `.param` and `.bin`. Each change to a graph is tried on a small
picture; one that does not run, or says something else than the original, is not used.
"""

import importlib.util
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from missions.errors import BadInput, place_of
from onboard.detect.backends import Network, NotLoadable
from onboard.detect.cheaper import with_classes, without_focus
from onboard.detect.class_map import ClassMap
from onboard.detect.heads import Head, Shapes, recognised
from onboard.detect.heads.yolox import YoloxHead
from onboard.detect.ncnn_model import NotNcnn, onnx_of_ncnn
from onboard.detect.onnx_graph import Graph
from onboard.detect.protobuf import NotProtobuf

PROBE_PX = (96, 64)
OWN_SIZES = "orig_target_sizes"
SAME = 1e-3
CHANNELS = (1, 3)

Size = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """`columns` are the class scores to read; `class_count` is how many the network gives.

    `size_px` is the one size (width, height) at which it runs, None where it runs at any.
    """

    network: Network
    input: str
    channels: int
    size_px: Size | None
    columns: tuple[int, ...]
    class_count: int

    def run(
        self, tensor: npt.NDArray[np.float32], size_px: Size
    ) -> dict[str, npt.NDArray[np.generic]]:
        """All outputs; a network that asks for the picture's size is told the input's.

        Raises:
            NotLoadable: it does not run at this size.
        """
        values: dict[str, npt.NDArray[np.generic]] = {self.input: tensor}
        if OWN_SIZES in self.network.inputs:
            values[OWN_SIZES] = np.array([size_px], dtype=np.int64)
        return self.network.run(values)

    def shapes(self, size_px: Size) -> Shapes:
        """What it gives for a grey picture.

        Raises:
            NotLoadable: it does not run at this size.
        """
        outputs = self.run(self._grey(size_px), size_px)
        return {name: tuple(np.shape(each)) for name, each in outputs.items()}

    def _grey(self, size_px: Size) -> npt.NDArray[np.float32]:
        return np.full((1, self.channels, size_px[1], size_px[0]), 0.5, dtype=np.float32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Loader:
    """Loads the file for a size, or for any where `size_px` is None and the network allows it."""

    file: Path
    classes: ClassMap
    threads: int
    backend: str = "auto"

    def load(self, size_px: Size | None) -> tuple[Loaded, Size | None]:
        """The network, and the (width, height) that its file tells.

        Raises:
            BadInput: the file cannot be read, is no model, or fits no family; the message names it.
        """
        content = self._content()
        plain, own_px = self._plain(content)
        free = self._tried(content, plain, PROBE_PX, ("height", "width"), None)
        if free is not None:
            return self._cheaper(content, free), own_px
        wanted_px = size_px or own_px
        if wanted_px is None:
            raise self.refused("leaves its input size open: give one")
        if wanted_px == own_px:
            return self._whole(plain, own_px), own_px
        fixed = self._tried(content, plain, wanted_px, (wanted_px[1], wanted_px[0]), wanted_px)
        if fixed is None:
            raise self.refused(f"does not run at input size {wanted_px[0]}x{wanted_px[1]}")
        return fixed, own_px

    def head(self, loaded: Loaded) -> Head:
        """How what it gives is read.

        Raises:
            BadInput: it gives what no family does.
        """
        size_px = loaded.size_px or PROBE_PX
        shapes = loaded.shapes(size_px)
        head = recognised(shapes, size_px, loaded.class_count)
        if head is None:
            raise self.unknown(shapes, size_px)
        return head

    def refused(self, what: str) -> BadInput:
        """An error that names the file."""
        return BadInput(where=f"model {self.file}", what=what)

    def _whole(self, plain: Loaded, own_px: Size) -> Loaded:
        """The network as it is, if it gives what a family does."""
        try:
            shapes = plain.shapes(own_px)
        except NotLoadable as error:
            size = f"{own_px[0]}x{own_px[1]}"
            raise self.refused(f"does not run at input size {size}: {error}") from error
        if recognised(shapes, own_px, self.classes.count) is None:
            raise self.unknown(shapes, own_px)
        return replace(plain, size_px=own_px)

    def unknown(self, shapes: Shapes, size_px: Size) -> BadInput:
        """No family gives such outputs."""
        found = ", ".join(f"{name} {shape}" for name, shape in shapes.items())
        return self.refused(
            f"output is {found} at {size_px[0]}x{size_px[1]}; expected that of YOLOX, NanoDet, "
            f"RT-DETR or D-FINE with {self.classes.count} classes ({self.classes.name})"
        )

    def _plain(self, content: bytes) -> tuple[Loaded, Size | None]:
        try:
            network = self._opened(content)
        except NotLoadable as error:
            raise self.refused(f"not an ONNX model that can be loaded: {error}") from error
        pictures = [(name, list(shape)) for name, shape in network.inputs.items()]
        pictures = [each for each in pictures if each[0] != OWN_SIZES]
        name, shape = pictures[0] if len(pictures) == 1 else ("", [])
        if len(shape) != 4 or shape[1] not in CHANNELS:
            found = ", ".join(f"{each} {list(told)}" for each, told in network.inputs.items())
            raise self.refused(f"input is {found}; expected one of (1, 3, height, width), float")
        rows, columns = shape[2:]
        own_px = (columns, rows) if isinstance(rows, int) and isinstance(columns, int) else None
        loaded = Loaded(
            network=network,
            input=name,
            channels=1 if shape[1] == 1 else 3,
            size_px=None,
            columns=tuple(self.classes.wanted),
            class_count=self.classes.count,
        )
        return loaded, own_px

    def _tried(
        self,
        content: bytes,
        plain: Loaded,
        probe_px: Size,
        sides: tuple[int | str, int | str],
        size_px: Size | None,
    ) -> Loaded | None:
        """The network with other input sides, if it runs so and is still recognised."""
        if OWN_SIZES in plain.network.inputs:
            return None
        shape = (1, plain.channels, *sides)
        try:
            graph = Graph.of_model(content).weights_fixed().with_shape(plain.input, shape)
            loaded = replace(plain, network=self._opened(graph.as_model(content)), size_px=size_px)
            head = recognised(loaded.shapes(probe_px), probe_px, self.classes.count)
        except (NotProtobuf, NotLoadable):
            return None
        return loaded if head is not None and head.any_size else None

    def _cheaper(self, content: bytes, free: Loaded) -> Loaded:
        """The same with less work, where its output is the same."""
        (before,) = free.shapes(PROBE_PX).items() if len(free.shapes(PROBE_PX)) == 1 else ((),)
        if not before or not isinstance(
            recognised(dict([before]), PROBE_PX, free.class_count), YoloxHead
        ):
            return free
        shape = (1, free.channels, "height", "width")
        graph = without_focus(Graph.of_model(content).weights_fixed().with_shape(free.input, shape))
        cut = with_classes(graph, free.class_count, list(free.columns))
        rows = len(free.columns)
        if cut is not None:
            graph, columns, count = cut, tuple(range(rows)), rows
        else:
            columns, count = free.columns, free.class_count
        try:
            network = self._opened(graph.as_model(content))
            less = replace(free, network=network, columns=columns, class_count=count)
            return less if _same(free, less) else free
        except NotLoadable:
            return free

    def _opened(self, content: bytes) -> Network:
        opener = _opener(self.backend)
        if opener is None:
            what = f"no runtime {self.backend} here (pip install onnxruntime)"
            raise BadInput(where=f"--backend {self.backend}", what=what)
        return opener(content, self.threads)

    def _content(self) -> bytes:
        if self.file.suffix not in (".param", ".bin"):
            return _read(self.file)
        param = _read(self.file.with_suffix(".param")).decode("utf-8", "replace")
        try:
            return onnx_of_ncnn(param, _read(self.file.with_suffix(".bin")))
        except NotNcnn as error:
            raise self.refused(f"not an ncnn model that can be read: {error}") from error


def _same(free: Loaded, less: Loaded) -> bool:
    """Whether two YOLOX networks say the same of a picture of noise."""
    generator = np.random.default_rng(0)
    shape = (1, free.channels, PROBE_PX[1], PROBE_PX[0])
    noise = generator.uniform(0.0, 255.0, shape).astype(np.float32)
    (before,) = free.run(noise, PROBE_PX).values()
    (after,) = less.run(noise, PROBE_PX).values()
    wanted = [0, 1, 2, 3, 4, *(5 + column for column in free.columns)]
    got = [0, 1, 2, 3, 4, *(5 + column for column in less.columns)]
    return bool(
        np.allclose(np.asarray(before)[..., wanted], np.asarray(after)[..., got], atol=SAME)
    )


def _opener(backend: str) -> Callable[[bytes, int], Network] | None:
    """ONNX Runtime where it is installed, else OpenCV, unless one is asked for."""
    at_hand = importlib.util.find_spec("onnxruntime") is not None
    if backend == "onnxruntime" and not at_hand:
        return None
    if backend == "opencv" or not at_hand:
        return _by_opencv
    return _by_onnx_runtime


def _by_onnx_runtime(content: bytes, threads: int) -> Network:
    from onboard.detect.backends.onnx_runtime import OnnxRuntimeNetwork

    return OnnxRuntimeNetwork(content, threads=threads)


def _by_opencv(content: bytes, threads: int) -> Network:
    from onboard.detect.backends.opencv import OpencvNetwork

    return OpencvNetwork(content, threads=threads)


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise place_of(error, f"model {file}") from error
