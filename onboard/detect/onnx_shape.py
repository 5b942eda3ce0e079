"""Frees the fixed picture size of an ONNX model, so that a convolutional network takes any size.

An export at 416x416 writes that size into the graph's input, output and value descriptions, while
its weights would serve any multiple of the stride. This rewrites the few fields concerned in the
protobuf's wire format (https://protobuf.dev/programming-guides/encoding; field numbers from
onnx/onnx.proto): ModelProto.graph = 7; GraphProto.input = 11, output = 12, value_info = 13.
"""

from collections.abc import Iterator

GRAPH = 7
GRAPH_INPUT, GRAPH_OUTPUT, GRAPH_VALUE_INFO = 11, 12, 13
VALUE_NAME, VALUE_TYPE = 1, 2
TYPE_TENSOR = 1
TENSOR_ELEMENT, TENSOR_SHAPE = 1, 2
SHAPE_DIM = 1
DIM_VALUE = 1
LENGTH_DELIMITED = 2


class NotProtobuf(ValueError):
    """The bytes are not in protobuf's wire format."""


def with_input_shape(model: bytes, name: str, shape: tuple[int, ...]) -> bytes:
    """The model with the named input of this shape, and with no size told for any output."""

    def graph_field(number: int, value: bytes) -> bytes | None:
        if number == GRAPH_VALUE_INFO:
            return None
        if number == GRAPH_OUTPUT:
            return _rewritten(value, {VALUE_TYPE: lambda kind: _typed(kind, None)})
        if number == GRAPH_INPUT and dict(_strings(value)).get(VALUE_NAME) == name.encode():
            return _rewritten(value, {VALUE_TYPE: lambda kind: _typed(kind, shape)})
        return value

    def graph(value: bytes) -> bytes:
        kept = []
        for number, wire, content, raw in _fields(value):
            replaced = content if wire != LENGTH_DELIMITED else graph_field(number, content)
            if replaced is content:
                kept.append(raw)
            elif replaced is not None:
                kept.append(_field(number, replaced))
        return b"".join(kept)

    return _rewritten(model, {GRAPH: graph})


def _typed(kind: bytes, shape: tuple[int, ...] | None) -> bytes:
    """A TypeProto with its tensor's shape replaced, or taken away."""

    def tensor(value: bytes) -> bytes:
        kept = [raw for number, _, _, raw in _fields(value) if number != TENSOR_SHAPE]
        return b"".join(kept) + (b"" if shape is None else _field(TENSOR_SHAPE, _shape(shape)))

    return _rewritten(kind, {TYPE_TENSOR: tensor})


def _shape(shape: tuple[int, ...]) -> bytes:
    dims = (_varint(DIM_VALUE << 3) + _varint(size) for size in shape)
    return b"".join(_field(SHAPE_DIM, dim) for dim in dims)


def _rewritten(message: bytes, rewrite: dict[int, object]) -> bytes:
    parts = []
    for number, wire, content, raw in _fields(message):
        rule = rewrite.get(number)
        if callable(rule) and wire == LENGTH_DELIMITED:
            parts.append(_field(number, rule(content)))
        else:
            parts.append(raw)
    return b"".join(parts)


def _strings(message: bytes) -> Iterator[tuple[int, bytes]]:
    for number, wire, content, _ in _fields(message):
        if wire == LENGTH_DELIMITED:
            yield number, content


def _fields(message: bytes) -> Iterator[tuple[int, int, bytes, bytes]]:
    """Each field's number, wire type, content and whole bytes."""
    at = 0
    while at < len(message):
        start = at
        key, at = _read_varint(message, at)
        wire = key & 7
        if wire == 0:
            _, end = _read_varint(message, at)
        elif wire == 1:
            end = at + 8
        elif wire == 5:
            end = at + 4
        elif wire == LENGTH_DELIMITED:
            length, at = _read_varint(message, at)
            end = at + length
        else:
            raise NotProtobuf(f"wire type {wire} at byte {start}")
        if end > len(message):
            raise NotProtobuf(f"cut short at byte {start}")
        yield key >> 3, wire, message[at:end], message[start:end]
        at = end


def _field(number: int, content: bytes) -> bytes:
    return _varint(number << 3 | LENGTH_DELIMITED) + _varint(len(content)) + content


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def _read_varint(message: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        if at >= len(message) or shift > 63:
            raise NotProtobuf(f"cut short at byte {at}")
        byte = message[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at
