"""An ONNX model's graph: nodes, weights, inputs and outputs, read from and written to its file.

Only what is needed to change a graph before it is run, so that no package beside the runtime is
wanted for it. Fields that are not known here pass through as they are. Field numbers: onnx.proto.
"""

import struct
from dataclasses import dataclass, field, replace
from typing import Self

import numpy as np
import numpy.typing as npt

from onboard.detect.protobuf import (
    LENGTH_DELIMITED,
    VARINT,
    NotProtobuf,
    fields,
    read_varint,
    rewritten,
    varint,
)
from onboard.detect.protobuf import field as wire

MODEL_GRAPH = 7
GRAPH_NODE, GRAPH_INITIALIZER, GRAPH_INPUT, GRAPH_OUTPUT, GRAPH_VALUE_INFO = 1, 5, 11, 12, 13
NODE_INPUT, NODE_OUTPUT, NODE_NAME, NODE_TYPE, NODE_ATTRIBUTE = 1, 2, 3, 4, 5
ATTRIBUTE_NAME, ATTRIBUTE_FLOAT, ATTRIBUTE_INT, ATTRIBUTE_STRING = 1, 2, 3, 4
ATTRIBUTE_FLOATS, ATTRIBUTE_INTS, ATTRIBUTE_KIND = 7, 8, 20
KIND_FLOAT, KIND_INT, KIND_STRING, KIND_FLOATS, KIND_INTS = 1, 2, 3, 6, 7
TENSOR_DIM, TENSOR_TYPE, TENSOR_FLOATS, TENSOR_INT64S, TENSOR_NAME, TENSOR_RAW = 1, 2, 4, 7, 8, 9
FLOAT, INT64 = 1, 7
VALUE_NAME, VALUE_TYPE = 1, 2
TYPE_TENSOR, TENSOR_ELEMENT, TENSOR_SHAPE = 1, 1, 2
SHAPE_DIM, DIM_VALUE, DIM_NAME = 1, 1, 2

Array = npt.NDArray[np.float32] | npt.NDArray[np.int64]
Shape = tuple[int | str, ...]
Attribute = int | float | str | tuple[int, ...] | tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One operation; `attributes` are those of the kinds int, float, text and lists of numbers."""

    kind: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: dict[str, Attribute] = field(default_factory=dict)
    raw: bytes | None = None

    def as_bytes(self) -> bytes:
        """A NodeProto: the one that was read where nothing changed."""
        if self.raw is not None:
            return self.raw
        parts = [wire(NODE_INPUT, name) for name in self.inputs]
        parts += [wire(NODE_OUTPUT, name) for name in self.outputs]
        parts += [wire(NODE_NAME, self.outputs[0]), wire(NODE_TYPE, self.kind)]
        parts += [wire(NODE_ATTRIBUTE, _attribute(*each)) for each in self.attributes.items()]
        return b"".join(parts)


@dataclass(frozen=True, slots=True)
class Graph:
    """`weights` holds the float32 and int64 tensors; `rest` is all else, untouched."""

    nodes: tuple[Node, ...]
    weights: dict[str, Array]
    inputs: dict[str, bytes]
    outputs: dict[str, bytes]
    rest: bytes = b""

    @classmethod
    def of_model(cls, model: bytes) -> Self:
        """The graph in a ModelProto.

        Raises:
            NotProtobuf: the bytes are no ModelProto with a graph.
        """
        for each in fields(model):
            if each.number == MODEL_GRAPH and each.wire == LENGTH_DELIMITED:
                return cls._of_bytes(each.content)
        raise NotProtobuf("holds no graph")

    @classmethod
    def _of_bytes(cls, content: bytes) -> Self:
        nodes: list[Node] = []
        weights: dict[str, Array] = {}
        inputs: dict[str, bytes] = {}
        outputs: dict[str, bytes] = {}
        rest = []
        for each in fields(content):
            if each.number == GRAPH_NODE:
                nodes.append(_node(each.content))
            elif each.number == GRAPH_INITIALIZER and (read := _tensor(each.content)) is not None:
                weights[read[0]] = read[1]
            elif each.number == GRAPH_INPUT:
                inputs[_name(each.content)] = each.content
            elif each.number == GRAPH_OUTPUT:
                outputs[_name(each.content)] = each.content
            elif each.number != GRAPH_VALUE_INFO:
                rest.append(each.raw)
        return cls(tuple(nodes), weights, inputs, outputs, b"".join(rest))

    def with_shape(self, name: str, shape: Shape) -> Self:
        """The named input of this shape, where a name is an open size; every output's are open."""
        inputs = {**self.inputs, name: _typed(self.inputs[name], shape)}
        outputs = {each: _typed(info, _opened(each, info)) for each, info in self.outputs.items()}
        return replace(self, inputs=inputs, outputs=outputs)

    def weights_fixed(self) -> Self:
        """Weights are no inputs, which older exports say and which keeps them from being folded."""
        inputs = {name: value for name, value in self.inputs.items() if name not in self.weights}
        return replace(self, inputs=inputs)

    def as_model(self, model: bytes) -> bytes:
        """The model with this graph in place of its own."""
        return rewritten(model, {MODEL_GRAPH: lambda _: self._as_bytes()})

    def _as_bytes(self) -> bytes:
        parts = [wire(GRAPH_NODE, node.as_bytes()) for node in self.nodes]
        parts += [wire(GRAPH_INITIALIZER, _tensor_bytes(*each)) for each in self.weights.items()]
        parts += [wire(GRAPH_INPUT, value) for value in self.inputs.values()]
        parts += [wire(GRAPH_OUTPUT, value) for value in self.outputs.values()]
        return b"".join(parts) + self.rest


def new_model(graph: Graph, *, opset: int = 13, ir_version: int = 7) -> bytes:
    """A ModelProto around a graph that was made here."""
    opset_import = wire(1, b"") + wire(2, opset)
    head = wire(1, ir_version) + wire(8, opset_import) + wire(MODEL_GRAPH, wire(2, "graph"))
    made: bytes = rewritten(head, {MODEL_GRAPH: lambda name: graph._as_bytes() + name})
    return made


def value(name: str, shape: Shape) -> bytes:
    """A ValueInfoProto: a float tensor."""
    return wire(VALUE_NAME, name) + wire(
        VALUE_TYPE, _kind(wire(TYPE_TENSOR, wire(TENSOR_ELEMENT, FLOAT)), shape)
    )


def _opened(name: str, info: bytes) -> Shape:
    """As many sizes as are told, none of them fixed."""
    return tuple(f"{name}.{axis}" for axis in range(len(declared_shape(info))))


def _typed(info: bytes, shape: Shape) -> bytes:
    return rewritten(info, {VALUE_TYPE: lambda kind: _kind(kind, shape)})


def _kind(kind: bytes, shape: Shape) -> bytes:
    """A TypeProto with its tensor's shape replaced."""

    def tensor(content: bytes) -> bytes:
        kept = b"".join(each.raw for each in fields(content) if each.number != TENSOR_SHAPE)
        return kept + wire(TENSOR_SHAPE, _shape(shape))

    return rewritten(kind, {TYPE_TENSOR: tensor})


def _shape(shape: Shape) -> bytes:
    return b"".join(
        wire(SHAPE_DIM, wire(DIM_NAME if isinstance(size, str) else DIM_VALUE, size))
        for size in shape
    )


def _name(info: bytes) -> str:
    for each in fields(info):
        if each.number == VALUE_NAME and each.wire == LENGTH_DELIMITED:
            return each.content.decode("utf-8", "replace")
    return ""


def _node(content: bytes) -> Node:
    kind, inputs, outputs = "", [], []
    attributes: dict[str, Attribute] = {}
    for each in fields(content):
        if each.number == NODE_INPUT:
            inputs.append(each.content.decode("utf-8", "replace"))
        elif each.number == NODE_OUTPUT:
            outputs.append(each.content.decode("utf-8", "replace"))
        elif each.number == NODE_TYPE:
            kind = each.content.decode("utf-8", "replace")
        elif each.number == NODE_ATTRIBUTE:
            attributes |= _read_attribute(each.content)
    return Node(
        kind=kind,
        inputs=tuple(inputs),
        outputs=tuple(outputs),
        attributes=attributes,
        raw=content,
    )


def _read_attribute(content: bytes) -> dict[str, Attribute]:
    name, found, numbers = "", None, []
    for each in fields(content):
        if each.number == ATTRIBUTE_NAME:
            name = each.content.decode("utf-8", "replace")
        elif each.number == ATTRIBUTE_INT:
            found = _signed(read_varint(each.content, 0)[0])
        elif each.number == ATTRIBUTE_INTS:
            numbers += _numbers(each.content, packed=each.wire != VARINT)
    if numbers:
        return {name: tuple(numbers)}
    return {} if found is None else {name: found}


def _attribute(name: str, given: Attribute) -> bytes:
    head = wire(ATTRIBUTE_NAME, name)
    if isinstance(given, int):
        return head + wire(ATTRIBUTE_INT, given) + wire(ATTRIBUTE_KIND, KIND_INT)
    if isinstance(given, float):
        number = varint(ATTRIBUTE_FLOAT << 3 | 5) + struct.pack("<f", given)
        return head + number + wire(ATTRIBUTE_KIND, KIND_FLOAT)
    if isinstance(given, str):
        return head + wire(ATTRIBUTE_STRING, given) + wire(ATTRIBUTE_KIND, KIND_STRING)
    integers = b"".join(wire(ATTRIBUTE_INTS, int(each)) for each in given)
    return head + integers + wire(ATTRIBUTE_KIND, KIND_INTS)


def _tensor(content: bytes) -> tuple[str, Array] | None:
    """A weight's name and values; None for one of a type that is not changed here."""
    name, element, raw = "", 0, b""
    shape: list[int] = []
    floats, integers = [], []
    for each in fields(content):
        if each.number == TENSOR_DIM:
            shape += _numbers(each.content, packed=each.wire != VARINT)
        elif each.number == TENSOR_TYPE:
            element = read_varint(each.content, 0)[0]
        elif each.number == TENSOR_NAME:
            name = each.content.decode("utf-8", "replace")
        elif each.number == TENSOR_RAW:
            raw = each.content
        elif each.number == TENSOR_FLOATS:
            floats.append(each.content)
        elif each.number == TENSOR_INT64S:
            integers += _numbers(each.content, packed=each.wire != VARINT)
    if element not in (FLOAT, INT64):
        return None
    values: Array
    if element == FLOAT:
        values = np.frombuffer(raw or b"".join(floats), dtype="<f4")
    else:
        values = np.frombuffer(raw, dtype="<i8") if raw else np.array(integers, dtype=np.int64)
    if values.size != int(np.prod(shape, dtype=np.int64)):
        # In an external file, or stored in a way that is not known here: left as it is.
        return None
    return name, values.reshape(shape)


def _tensor_bytes(name: str, values: Array) -> bytes:
    element, stored = (FLOAT, "<f4") if values.dtype.kind == "f" else (INT64, "<i8")
    dims = b"".join(wire(TENSOR_DIM, size) for size in values.shape)
    raw = np.ascontiguousarray(values).astype(stored).tobytes()
    return dims + wire(TENSOR_TYPE, element) + wire(TENSOR_NAME, name) + wire(TENSOR_RAW, raw)


def _numbers(content: bytes, *, packed: bool) -> list[int]:
    numbers, at = [], 0
    while at < len(content):
        number, at = read_varint(content, at)
        numbers.append(_signed(number))
        if not packed:
            break
    return numbers


def _signed(number: int) -> int:
    return number - (1 << 64) if number >> 63 else number


def declared_shape(info: bytes) -> tuple[object, ...]:
    """A ValueInfoProto's sizes; one that is open has its name, or is None."""
    for kind in _within(info, VALUE_TYPE):
        for tensor in _within(kind, TYPE_TENSOR):
            for shape in _within(tensor, TENSOR_SHAPE):
                return tuple(_size(dim) for dim in _within(shape, SHAPE_DIM))
    return ()


def _within(message: bytes, number: int) -> list[bytes]:
    return [
        each.content
        for each in fields(message)
        if each.number == number and each.wire == LENGTH_DELIMITED
    ]


def _size(dim: bytes) -> object:
    for each in fields(dim):
        if each.number == DIM_VALUE and each.wire == VARINT:
            return _signed(read_varint(each.content, 0)[0])
        if each.number == DIM_NAME:
            return each.content.decode("utf-8", "replace")
    return None
