"""MAVLink 2 frames written into bytes: little-endian fields, zeros cut off the end, numbers, CRC.

Sources: https://mavlink.io/en/guide/serialization.html (order of fields, truncation, checksum).
"""

import numpy as np
import numpy.typing as npt

from sim.vehicle.core.compiled import entry, inner

Bytes = npt.NDArray[np.uint8]
MAGIC = 0xFD
HEADER_BYTES, CHECKSUM_BYTES = 10, 2
SEQUENCE_AT, COMPONENT_AT, ID_AT = 4, 6, 7
AUTOPILOT = 1


@inner
def put_int(out: Bytes, at: int, size: int, value: int) -> None:
    """An integer of `size` bytes."""
    for index in range(size):
        out[at + index] = (value >> (8 * index)) & 0xFF


@inner
def put_4(out: Bytes, at: int, value: int) -> None:
    """Four bytes of an integer."""
    for index in range(4):
        out[at + index] = (value >> (8 * index)) & 0xFF


@inner
def blank(out: Bytes, at: int, size: int) -> int:
    """Clear room for a frame with a payload of `size` bytes at `at`; where its payload begins."""
    for index in range(at, at + HEADER_BYTES + size + CHECKSUM_BYTES):
        out[index] = 0
    return at + HEADER_BYTES


@inner
def finish(out: Bytes, at: int, size: int, message_id: int, system_id: int) -> int:
    """Write a frame's header once its payload is there; where the frame ends.

    The number and the checksum stay open: see `stamp`.
    """
    length = size
    while length > 1 and out[at + HEADER_BYTES + length - 1] == 0:
        length -= 1
    out[at] = MAGIC
    out[at + 1] = length
    out[at + 5] = system_id & 0xFF
    out[at + COMPONENT_AT] = AUTOPILOT
    out[at + ID_AT] = message_id & 0xFF
    out[at + ID_AT + 1] = (message_id >> 8) & 0xFF
    out[at + ID_AT + 2] = (message_id >> 16) & 0xFF
    end = at + HEADER_BYTES + length
    out[end] = out[end + 1] = 0
    return end + CHECKSUM_BYTES


def _crc_table() -> npt.NDArray[np.int64]:
    """CRC-16/MCRF4XX by byte."""
    table = np.zeros(256, np.int64)
    for byte in range(256):
        crc = byte
        for _ in range(8):
            crc = crc >> 1 ^ 0x8408 if crc & 1 else crc >> 1
        table[byte] = crc
    return table


CRC = _crc_table()


@inner
def _crc(frame: Bytes, begin: int, end: int, extra: int) -> int:
    crc = 0xFFFF
    for index in range(begin, end):
        crc = (crc >> 8) ^ int(CRC[(crc ^ int(frame[index])) & 0xFF])
    return (crc >> 8) ^ int(CRC[(crc ^ extra) & 0xFF])


@entry
def stamp(frames: Bytes, number: int, extras: Bytes, most: int) -> tuple[int, int, int]:
    """Number frames from `number` on and check-sum them, as many as fit in `most` bytes.

    `extras` holds CRC_EXTRA by message id. Returns the next number, where the stamped frames end
    and how many they are.
    """
    at = count = 0
    while at < frames.shape[0]:
        end = at + HEADER_BYTES + frames[at + 1] + CHECKSUM_BYTES
        if end > most and at > 0:
            break
        frames[at + SEQUENCE_AT] = number & 0xFF
        number = (number + 1) & 0xFF
        message_id = frames[at + ID_AT] | frames[at + ID_AT + 1] << 8
        put_int(frames, end - 2, 2, _crc(frames, at + 1, end - 2, int(extras[message_id])))
        at = end
        count += 1
    return number, at, count
