"""Reading a telemetry log: frames of both directions, each behind eight bytes of wall time.

The format is MAVProxy's and QGroundControl's: microseconds since 1970, big-endian, then one MAVLink
frame. A file whose name ends in `.xz` is unpacked.
"""

import itertools
import lzma
import struct
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from missions.errors import BadInput, place_of
from onboard.mavlink.codec import Address, Decoder, Message

AUTOPILOT = 1
PX4 = 12
HEADER = 10
STAMP = struct.Struct(">Q")
MAGIC_V1, MAGIC_V2 = 0xFE, 0xFD


@dataclass(frozen=True, slots=True)
class Frame:
    """A message, the second of its recording and the boot second of the vehicle just then."""

    wall_s: float
    boot_s: float
    message: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """A recording of one vehicle with its ground stations; `lost`: share of frames missing."""

    system_id: int
    frames: tuple[Frame, ...]
    lost: float

    @property
    def ours(self) -> tuple[Frame, ...]:
        """What the vehicle said, its payloads included."""
        return tuple(frame for frame in self.frames if frame.message.system_id == self.system_id)

    @property
    def theirs(self) -> tuple[Frame, ...]:
        """What ground stations said."""
        return tuple(frame for frame in self.frames if frame.message.system_id != self.system_id)


def read_log(path: Path, *, system_id: int | None = None) -> Log:
    """Read a log of one vehicle; of several, `system_id` says which.

    Raises:
        BadInput: the file cannot be read, is no telemetry log, or holds no PX4 vehicle.
    """
    stamped = _stamped(_bytes(path), path)
    vehicle = _vehicle(stamped, path, system_id)
    decoded = [(at, message) for at, message in stamped if _concerns(message, vehicle)]
    lost = _lost_share([m for _, m in decoded if m.sender == Address(vehicle, AUTOPILOT)])
    return Log(system_id=vehicle, frames=_timed(decoded, vehicle), lost=lost)


def _bytes(path: Path) -> bytes:
    try:
        raw = path.read_bytes()
        return lzma.decompress(raw) if path.suffix == ".xz" else raw
    except OSError as error:
        raise place_of(error, str(path)) from None
    except lzma.LZMAError as error:
        raise BadInput(where=str(path), what=f"is no whole xz file: {error}") from None


def _stamped(raw: bytes, path: Path) -> list[tuple[float, Message]]:
    decoders: dict[tuple[int, int], Decoder] = {}
    found: list[tuple[float, Message]] = []
    at = 0
    while at + 8 + HEADER <= len(raw):
        (stamp_us,) = STAMP.unpack_from(raw, at)
        length, sender = _frame(raw, at + 8, path)
        decoder = decoders.setdefault(sender, Decoder())
        found += [(stamp_us / 1e6, m) for m in decoder.feed(raw[at + 8 : at + 8 + length])]
        at += 8 + length
    if not found:
        raise BadInput(where=str(path), what="holds no MAVLink message")
    return found


def _frame(raw: bytes, at: int, path: Path) -> tuple[int, tuple[int, int]]:
    """Length and sender of the frame that begins at a byte."""
    magic, size = raw[at], raw[at + 1]
    if magic == MAGIC_V2:
        signature = 13 if raw[at + 2] & 1 else 0
        return size + 12 + signature, (raw[at + 5], raw[at + 6])
    if magic == MAGIC_V1:
        return size + 8, (raw[at + 3], raw[at + 4])
    raise BadInput(where=f"{path}: byte {at}", what="no MAVLink frame where one must begin")


def _vehicle(stamped: list[tuple[float, Message]], path: Path, wanted: int | None) -> int:
    beats = Counter(
        message.system_id
        for _, message in stamped
        if message.name == "HEARTBEAT"
        and message.component_id == AUTOPILOT
        and message.autopilot == PX4
    )
    if wanted is not None and wanted not in beats:
        raise BadInput(where=str(path), what=f"holds no PX4 vehicle of system id {wanted}")
    if not beats:
        raise BadInput(where=str(path), what="holds no heartbeat of a PX4 vehicle")
    if wanted is None and len(beats) > 1:
        ids = ", ".join(map(str, sorted(beats)))
        raise BadInput(where=str(path), what=f"holds vehicles {ids}: say which by --vehicle")
    return next(iter(beats)) if wanted is None else wanted


def _concerns(message: Message, vehicle: int) -> bool:
    """Of the vehicle, or said to it (a heartbeat is said to all) by a ground station."""
    if message.system_id == vehicle:
        return True
    if message.name == "HEARTBEAT":
        return int(message.autopilot) != PX4
    aimed = "target_system" in message.layout.places
    return not aimed or message.target_system in (0, vehicle)


def _timed(decoded: list[tuple[float, Message]], vehicle: int) -> tuple[Frame, ...]:
    boot_s = _first_boot_s(decoded, vehicle)
    frames = []
    for wall_s, message in decoded:
        stamp_ms = _boot_ms(message, vehicle)
        boot_s = boot_s if stamp_ms is None else max(boot_s, stamp_ms / 1e3)
        frames.append(Frame(wall_s, boot_s, message))
    return tuple(frames)


def _first_boot_s(decoded: list[tuple[float, Message]], vehicle: int) -> float:
    stamps = (_boot_ms(message, vehicle) for _, message in decoded)
    return next((stamp / 1e3 for stamp in stamps if stamp is not None), 0.0)


def _boot_ms(message: Message, vehicle: int) -> int | None:
    if message.name not in ("LOCAL_POSITION_NED", "ATTITUDE", "GLOBAL_POSITION_INT"):
        return None
    if message.sender != Address(vehicle, AUTOPILOT):
        return None
    return int(message.time_boot_ms)


def _lost_share(messages: list[Message]) -> float:
    gaps = sum(
        (after.sequence - before.sequence - 1) & 0xFF
        for before, after in itertools.pairwise(messages)
    )
    return gaps / (gaps + len(messages)) if messages else 0.0
