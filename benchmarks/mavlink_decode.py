"""Our MAVLink decoder and encoder against pymavlink's, on what PX4 really sent."""

import argparse
import lzma
import statistics
import sys
from collections.abc import Callable
from typing import Any

import pymavlink
from pymavlink.dialects.v20 import development

from benchmarks.cpu import cpu_s
from benchmarks.evaluation_data import evaluation_data
from benchmarks.machine import Machine
from benchmarks.report import Report, Row, Table, run, told
from onboard.mavlink.codec import Decoder, Encoder, Message

DEFAULT_TRACE = "11_patrol_lawnmower_2x.gcs"
CHECKSUM = "pure Python" if development.mcrf4xx is None else "compiled (fastcrc)"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments beside --json."""
    parser.add_argument("--trace", default=DEFAULT_TRACE, help="default %(default)s")
    parser.add_argument("--runs", type=int, default=5, help="default %(default)s")


def measure(arguments: argparse.Namespace) -> Report:
    """Decode and encode one recording, the two codecs turn by turn."""
    machine = Machine.now()
    frames = recorded_frames(arguments.trace)
    known = [frame for frame in frames if _id(frame) in development.mavlink_map]
    told(f"{arguments.trace}: {len(frames)} frames, {len(known)} of messages that pymavlink knows")
    messages = [message for frame in known for message in Decoder().feed(frame)]
    theirs = [development.MAVLink(None).decode(bytearray(frame)) for frame in known]
    works = {
        "decode": (lambda: _decode(known), lambda: _decode_theirs(known)),
        "decode, read every field": (lambda: _read(known), lambda: _read_theirs(known)),
        "encode": (_encoding(messages), _encoding_theirs(theirs)),
    }
    ours_same, theirs_same = _as_px4_sent(known, messages, theirs)
    rows = [_row(what, *both, arguments.runs, len(known)) for what, both in works.items()]
    return Report(
        name="mavlink_decode",
        machine=machine,
        tables=[Table(rows=rows)],
        notes=[
            f"PX4 v1.17's frames of {arguments.trace}, fed one by one as datagrams; medians of "
            f"{arguments.runs} runs of {len(known)} frames.",
            f"Left out for both: {len(frames) - len(known)} frames of messages that only ours "
            "knows.",
            f"Encoded to the very payload that PX4 sent: ours {ours_same}, theirs {theirs_same} of "
            f"{len(known)} frames (pymavlink {pymavlink.__version__} lacks the plan hashes in "
            "MISSION_CURRENT and MISSION_ACK).",
            f"pymavlink's checksum is {CHECKSUM} here.",
            "Ours unpacks a payload when it decodes and names a field when it is read.",
        ],
    )


def recorded_frames(trace: str) -> list[bytes]:
    """A telemetry log is 8 bytes of time, a MAVLink 2 frame, and so on."""
    file = evaluation_data("reference", "px4-traces", f"{trace}.tlog.xz")
    log = lzma.decompress(file.read_bytes())
    frames, position = [], 0
    while position < len(log):
        start = position + 8
        position = start + 12 + log[start + 1] + 13 * (log[start + 2] & 1)
        frames.append(log[start:position])
    return frames


def _id(frame: bytes) -> int:
    return int.from_bytes(frame[7:10], "little")


def _row(
    what: str, ours: Callable[[], None], theirs: Callable[[], None], runs: int, count: int
) -> Row:
    pairs = [(cpu_s(ours), cpu_s(theirs)) for _ in range(runs)]
    ours_us, theirs_us = (
        1e6 * statistics.median(side) / count for side in zip(*pairs, strict=True)
    )
    return {
        "work": what,
        "ours, µs CPU a frame": ours_us,
        "pymavlink, µs CPU a frame": theirs_us,
        "pymavlink / ours": theirs_us / ours_us,
    }


def _decode(frames: list[bytes]) -> None:
    decoder = Decoder()
    for frame in frames:
        decoder.feed(frame)


def _decode_theirs(frames: list[bytes]) -> None:
    link = development.MAVLink(None)
    for frame in frames:
        link.parse_buffer(frame)


def _read(frames: list[bytes]) -> None:
    decoder = Decoder()
    for frame in frames:
        for message in decoder.feed(frame):
            for name in message.layout.places:
                message[name]


def _read_theirs(frames: list[bytes]) -> None:
    link = development.MAVLink(None)
    for frame in frames:
        for message in link.parse_buffer(frame):
            for name in message.fieldnames:
                getattr(message, name)


def _encoding(messages: list[Message]) -> Callable[[], None]:
    given = [(message.name, message.fields) for message in messages]

    def encode() -> None:
        encoder = Encoder(system_id=1, component_id=1)
        for name, fields in given:
            encoder.encode(name, **fields)

    return encode


def _encoding_theirs(messages: list[Any]) -> Callable[[], None]:
    given = [(type(message), _fields_theirs(message)) for message in messages]

    def encode() -> None:
        link = development.MAVLink(None, srcSystem=1, srcComponent=1)
        for kind, fields in given:
            kind(**fields).pack(link)
            link.seq = (link.seq + 1) & 0xFF

    return encode


def _fields_theirs(message: Any) -> dict[str, Any]:
    values = {name: getattr(message, name) for name in message.fieldnames}
    return {k: v.encode() if isinstance(v, str) else v for k, v in values.items()}


def _as_px4_sent(
    frames: list[bytes], messages: list[Message], theirs: list[Any]
) -> tuple[int, int]:
    """How many frames have PX4's own payload when encoded again: by ours, by pymavlink."""
    encoder, link = Encoder(system_id=1, component_id=1), development.MAVLink(None)
    ours_same = theirs_same = 0
    for frame, message, their in zip(frames, messages, theirs, strict=True):
        packed = bytes(type(their)(**_fields_theirs(their)).pack(link))
        ours_same += encoder.encode(message.name, **message.fields)[10:-2] == frame[10:-2]
        theirs_same += packed[10:-2] == frame[10:-2]
    return ours_same, theirs_same


if __name__ == "__main__":
    sys.exit(run("mavlink_decode", __doc__, add_arguments, measure))
