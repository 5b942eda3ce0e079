"""A network in ncnn's files, told as an ONNX model, so that one runtime serves both.

Sources: ncnn's wiki "param and model file structure" and "operation-param-weight-table". The text
file `.param` has a magic number, a count, and a layer a line: type, name, counts and names of
inputs and outputs, then `key=value`, where a key of -23300-k is a list at k. The file `.bin` has
the weights in the layers' order, each preceded by a flag: 0x01306B47 for half precision, 0 for
single. Of ncnn's layers those are known that convolutional detectors of its model zoo use; tensors
have ONNX's leading batch of one, so that an axis is one higher.
"""

import struct
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from onboard.detect.onnx_graph import Array, Attribute, Graph, Node, new_model, value

MAGIC = "7767517"
HALF, SINGLE = 0x01306B47, 0
LIST_KEY = -23300
REST = -233
ADD, MULTIPLY = 0, 2
BILINEAR = 2
LEAKY, RELU = 2, 1
FARTHEST = 1 << 31

Number = int | float
Parameters = dict[int, Number | tuple[Number, ...]]


class NotNcnn(ValueError):
    """The files are no network in ncnn's format, or one with a layer that is not known."""


@dataclass(frozen=True, slots=True)
class _Layer:
    kind: str
    name: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    parameters: Parameters

    def number(self, key: int, default: int = 0) -> int:
        found = self.parameters.get(key, default)
        return int(found) if isinstance(found, int | float) else default

    def numbers(self, key: int) -> tuple[Number, ...]:
        found = self.parameters.get(key, ())
        return found if isinstance(found, tuple) else (found,)


def onnx_of_ncnn(param: str, weights: bytes) -> bytes:
    """An ONNX model with one input (1, 3, height, width), both sizes open.

    Raises:
        NotNcnn: the files are cut short or not ncnn's, or a layer is not known here.
    """
    made = _Conversion(weights)
    for layer in _layers(param):
        made.add(layer)
    outputs = made.left_over()
    if len(made.inputs) != 1 or not outputs:
        raise NotNcnn(f"{len(made.inputs)} inputs and {len(outputs)} outputs")
    shape = (1, 3, "height", "width")
    graph = Graph(
        tuple(made.nodes),
        made.weights,
        {name: value(name, shape) for name in made.inputs},
        {name: value(name, ("batch", "cells", "numbers")) for name in outputs},
    )
    return new_model(graph)


def _layers(param: str) -> list[_Layer]:
    lines = [line.split() for line in param.splitlines() if line.strip()]
    if len(lines) < 3 or lines[0] != [MAGIC]:
        raise NotNcnn(f"does not begin with {MAGIC}")
    try:
        layers = [_layer(line) for line in lines[2:]]
        count = int(lines[1][0])
    except (ValueError, IndexError) as error:
        raise NotNcnn(f"not a .param file: {error}") from error
    if len(layers) != count:
        raise NotNcnn(f"{len(layers)} layers where {count} are told")
    return layers


def _layer(words: list[str]) -> _Layer:
    kind, name, inputs, outputs = words[0], words[1], int(words[2]), int(words[3])
    blobs = words[4 : 4 + inputs + outputs]
    parameters: Parameters = {}
    for word in words[4 + inputs + outputs :]:
        key, _, text = word.partition("=")
        number = int(key)
        if number <= LIST_KEY:
            parameters[LIST_KEY - number] = tuple(map(_number, text.split(",")[1:]))
        else:
            parameters[number] = _number(text)
    return _Layer(kind, name, tuple(blobs[:inputs]), tuple(blobs[inputs:]), parameters)


def _number(text: str) -> Number:
    return float(text) if any(mark in text for mark in ".e") else int(text)


@dataclass
class _Conversion:
    """The ONNX graph as far as it is made; `channels` counts those of each tensor."""

    data: bytes
    at: int = 0
    inputs: list[str] = field(default_factory=list)
    nodes: list[Node] = field(default_factory=list)
    weights: dict[str, Array] = field(default_factory=dict)
    channels: dict[str, int] = field(default_factory=dict)
    same: dict[str, str] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)

    def add(self, layer: _Layer) -> None:
        """The nodes that do what a layer does."""
        rule = RULES.get(layer.kind)
        if rule is None:
            raise NotNcnn(f"layer {layer.name} is a {layer.kind}, which is not known here")
        self.used.update(layer.inputs)
        rule(self, layer)

    def left_over(self) -> list[str]:
        """The outputs: what no layer takes in."""
        return [
            name
            for node in self.nodes
            for name in node.outputs
            if name in self.channels and name not in self.used
        ]

    def node(
        self,
        kind: str,
        inputs: tuple[str, ...],
        output: str,
        channels: int,
        **attributes: Attribute,
    ) -> None:
        """One node with one output."""
        known = tuple(self.same.get(name, name) for name in inputs)
        self.nodes.append(Node(kind=kind, inputs=known, outputs=(output,), attributes=attributes))
        self.channels[output] = channels

    def constant(self, name: str, values: npt.ArrayLike, kind: type = np.int64) -> str:
        """A weight under a name."""
        self.weights[name] = np.asarray(values, dtype=kind)
        return name

    def taken(self, count: int, *, flagged: bool) -> npt.NDArray[np.float32]:
        """The next weights in the file."""
        flag = SINGLE
        if flagged:
            (flag,) = struct.unpack("<I", self._bytes(4))
        if flag == HALF:
            raw = self._bytes((count * 2 + 3) // 4 * 4)[: count * 2]
            return np.frombuffer(raw, dtype="<f2").astype(np.float32)
        if flag != SINGLE:
            raise NotNcnn(f"weights of kind 0x{flag:08x} at byte {self.at - 4} are not known here")
        return np.frombuffer(self._bytes(count * 4), dtype="<f4").astype(np.float32)

    def _bytes(self, count: int) -> bytes:
        found = self.data[self.at : self.at + count]
        if len(found) != count:
            raise NotNcnn(f"weights end at byte {len(self.data)}, {self.at + count} are wanted")
        self.at += count
        return found


def _input(made: _Conversion, layer: _Layer) -> None:
    made.inputs.append(layer.outputs[0])
    made.channels[layer.outputs[0]] = 3


def _split(made: _Conversion, layer: _Layer) -> None:
    source = made.same.get(layer.inputs[0], layer.inputs[0])
    for name in layer.outputs:
        made.same[name] = source
        made.channels[name] = made.channels[source]
        made.used.add(name)


def _convolution(made: _Conversion, layer: _Layer) -> None:
    group = layer.number(7, 1) if layer.kind == "ConvolutionDepthWise" else 1
    out, wide = layer.number(0), layer.number(1)
    high = layer.number(11, wide)
    size = layer.number(6)
    values = made.taken(size, flagged=True).reshape(out, -1, high, wide)
    weights = [made.constant(f"{layer.name}.weight", values, np.float32)]
    if layer.number(5):
        bias = made.taken(out, flagged=False)
        weights.append(made.constant(f"{layer.name}.bias", bias, np.float32))
    activation = layer.number(9)
    output = layer.outputs[0]
    plain = f"{output}.plain" if activation else output
    if activation:
        made.used.add(plain)
    made.node(
        "Conv",
        (layer.inputs[0], *weights),
        plain,
        out,
        kernel_shape=(high, wide),
        strides=(layer.number(13, layer.number(3, 1)), layer.number(3, 1)),
        pads=_pads(layer),
        dilations=(layer.number(12, layer.number(2, 1)), layer.number(2, 1)),
        group=group,
    )
    if activation == LEAKY:
        made.node("LeakyRelu", (plain,), output, out, alpha=float(layer.numbers(10)[0]))
    elif activation == RELU:
        made.node("Relu", (plain,), output, out)
    elif activation:
        raise NotNcnn(f"layer {layer.name} has activation {activation}, which is not known here")


def _pads(layer: _Layer) -> tuple[int, ...]:
    """Top, left, bottom, right."""
    left = layer.number(4)
    top = layer.number(14, left)
    return top, left, layer.number(16, top), layer.number(15, left)


def _pooling(made: _Conversion, layer: _Layer) -> None:
    if layer.number(0) or layer.number(4) or layer.number(5) != 1:
        raise NotNcnn(f"layer {layer.name} is a pooling that is not known here")
    wide, step, pad = layer.number(1), layer.number(2, 1), layer.number(3)
    made.node(
        "MaxPool",
        layer.inputs,
        layer.outputs[0],
        made.channels[layer.inputs[0]],
        kernel_shape=(wide, wide),
        strides=(step, step),
        pads=(pad, pad, pad, pad),
    )


def _concat(made: _Conversion, layer: _Layer) -> None:
    total = sum(made.channels[name] for name in layer.inputs)
    made.node("Concat", layer.inputs, layer.outputs[0], total, axis=layer.number(0) + 1)


def _shuffle(made: _Conversion, layer: _Layer) -> None:
    channels = made.channels[layer.inputs[0]]
    order = np.arange(channels).reshape(layer.number(0, 1), -1).T.ravel()
    indices = made.constant(f"{layer.name}.order", order)
    made.node("Gather", (layer.inputs[0], indices), layer.outputs[0], channels, axis=1)


def _cut(made: _Conversion, source: str, output: str, start: int, end: int) -> None:
    bounds = tuple(
        made.constant(f"{output}.{what}", [at])
        for what, at in (("from", start), ("to", end), ("axis", 1))
    )
    made.node("Slice", (source, *bounds), output, min(end, made.channels[source]) - start)


def _crop(made: _Conversion, layer: _Layer) -> None:
    if layer.numbers(11) != (0,):
        raise NotNcnn(f"layer {layer.name} crops another axis than the channels")
    (start,), (end,) = layer.numbers(9), layer.numbers(10)
    _cut(made, layer.inputs[0], layer.outputs[0], int(start), int(end))


def _slice(made: _Conversion, layer: _Layer) -> None:
    if layer.number(1):
        raise NotNcnn(f"layer {layer.name} slices another axis than the channels")
    start = 0
    for output, size in zip(layer.outputs, layer.numbers(0), strict=True):
        end = made.channels[layer.inputs[0]] if size == REST else start + int(size)
        _cut(made, layer.inputs[0], output, start, end)
        start = end


def _binary(made: _Conversion, layer: _Layer) -> None:
    kind = {ADD: "Add", MULTIPLY: "Mul"}.get(layer.number(0))
    if kind is None or len(layer.inputs) != 2:
        raise NotNcnn(f"layer {layer.name} is arithmetic that is not known here")
    made.node(kind, layer.inputs, layer.outputs[0], made.channels[layer.inputs[0]])


def _interpolation(made: _Conversion, layer: _Layer) -> None:
    if layer.number(0) != BILINEAR:
        raise NotNcnn(f"layer {layer.name} enlarges otherwise than bilinearly")
    scales = [1.0, 1.0, float(layer.numbers(1)[0]), float(layer.numbers(2)[0])]
    sizes = made.constant(f"{layer.name}.scales", scales, np.float32)
    made.node(
        "Resize",
        (layer.inputs[0], "", sizes),
        layer.outputs[0],
        made.channels[layer.inputs[0]],
        mode="linear",
        coordinate_transformation_mode="half_pixel",
    )


def _reshape(made: _Conversion, layer: _Layer) -> None:
    wide, high = layer.number(0), layer.number(1)
    if wide != -1 or high <= 0 or 2 in layer.parameters:
        raise NotNcnn(f"layer {layer.name} is a reshape that is not known here")
    shape = made.constant(f"{layer.name}.shape", [1, high, -1])
    made.node("Reshape", (layer.inputs[0], shape), layer.outputs[0], high)


def _permute(made: _Conversion, layer: _Layer) -> None:
    if layer.number(0) != 1:
        raise NotNcnn(f"layer {layer.name} is a permutation that is not known here")
    made.node("Transpose", layer.inputs, layer.outputs[0], 0, perm=(0, 2, 1))


def _sigmoid(made: _Conversion, layer: _Layer) -> None:
    made.node("Sigmoid", layer.inputs, layer.outputs[0], made.channels[layer.inputs[0]])


RULES: dict[str, Callable[[_Conversion, _Layer], None]] = {
    "Input": _input,
    "Split": _split,
    "Convolution": _convolution,
    "ConvolutionDepthWise": _convolution,
    "Pooling": _pooling,
    "Concat": _concat,
    "ShuffleChannel": _shuffle,
    "Crop": _crop,
    "Slice": _slice,
    "BinaryOp": _binary,
    "Interp": _interpolation,
    "Reshape": _reshape,
    "Permute": _permute,
    "Sigmoid": _sigmoid,
}
