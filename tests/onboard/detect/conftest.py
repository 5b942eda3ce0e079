"""Small ONNX models, written out by hand."""

from collections.abc import Callable
from pathlib import Path

import pytest

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


@pytest.fixture
def identity(tmp_path: Path) -> Callable[..., Path]:
    """Writes an ONNX model that gives back its input."""

    def write(shape: tuple[int, ...] = (1, 3, 64, 96), name: str = "identity.onnx") -> Path:
        node = field(1, b"in") + field(2, b"out") + field(4, b"Identity")
        graph = field(1, node) + field(2, b"g")
        graph += field(11, value_info("in", shape)) + field(12, value_info("out", shape))
        file = tmp_path / name
        file.write_bytes(field(1, 8) + field(7, graph) + field(8, field(1, b"") + field(2, 13)))
        return file

    return write
