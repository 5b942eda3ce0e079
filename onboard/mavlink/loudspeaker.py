"""Speaking through an aircraft's loudspeaker: what goes into TUNNEL, both ways.

MAVLink has tunes for a buzzer and nothing for speech, so orders and answers travel in TUNNEL (385)
with a payload type of the private range (32768 and above), addressed to the loudspeaker's component
(MAV_COMP_ID_PERIPHERAL, 158). Little-endian, at most 128 bytes:

    version u8 = 1 | kind u8 | request u16 | body
    1 SPEAK   part u8, parts u8, language char[3], UTF-8 bytes of the text (119 at most a part)
    2 PLAY    UTF-8 name of a recorded message (brought there by MAVLink FTP)
    3 STOP    -
    4 VOLUME  percent u8
    128 ACK     result u8 (MAV_RESULT), progress u8 (percent; 255 unknown), UTF-8 reason
    129 STATUS  state u8, volume u8, position_ms u32, length_ms u32, language char[3], UTF-8 title

`request` is the asker's number of its order; the same number again is the same order, whose present
answer is repeated. A spoken or played message is acknowledged IN_PROGRESS while it sounds and
ACCEPTED once it has been heard to its end, CANCELLED when it was stopped.
"""

from dataclasses import dataclass
from enum import IntEnum
from struct import Struct
from struct import error as StructError
from typing import Any

from onboard.mavlink.codec import Address, Message, Send

COMPONENT = 158
PAYLOAD_TYPE = 49497
LANGUAGES = ("kk", "ru", "en")
MAX_TEXT_BYTES = 1000
PART_BYTES = 119
PROGRESS_UNKNOWN = 255
_VERSION = 1
_HEADER = Struct("<BBH")
_SPEAK = Struct("<BB3s")
_ACK = Struct("<BB")
_STATUS = Struct("<BBII3s")
_TUNNEL_BYTES = 128


class Kind(IntEnum):
    """What a packet is."""

    SPEAK = 1
    PLAY = 2
    STOP = 3
    VOLUME = 4
    ACK = 128
    STATUS = 129


class SpeakerState(IntEnum):
    """What the loudspeaker is doing."""

    SILENT = 0
    PREPARING = 1
    PLAYING = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeakPart:
    """A part of a text to speak; `text` is a piece of its UTF-8 bytes."""

    request: int
    part: int
    parts: int
    language: str
    text: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayOrder:
    """Play a recorded message."""

    request: int
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StopOrder:
    """Be silent."""

    request: int


@dataclass(frozen=True, slots=True, kw_only=True)
class VolumeOrder:
    """Play at a volume, 0..100 percent, from now on."""

    request: int
    percent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeakerAck:
    """The answer to an order: MAV_RESULT, percent done (255 unknown), why."""

    request: int
    result: int
    progress: int = PROGRESS_UNKNOWN
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeakerStatus:
    """What is being heard; `request` is the order that it belongs to, 0 where there is none."""

    request: int
    state: SpeakerState
    volume: int
    position_s: float
    length_s: float
    language: str
    title: str


Order = SpeakPart | PlayOrder | StopOrder | VolumeOrder
Packet = Order | SpeakerAck | SpeakerStatus


def speak_parts(request: int, text: str, language: str) -> list[SpeakPart]:
    """A text cut into packets.

    Raises:
        ValueError: the text is empty or longer than `MAX_TEXT_BYTES` in UTF-8.
    """
    raw = text.strip().encode("utf-8")
    if not 0 < len(raw) <= MAX_TEXT_BYTES:
        raise ValueError(f"a message has 1 to {MAX_TEXT_BYTES} bytes, this one {len(raw)}")
    pieces = [raw[start : start + PART_BYTES] for start in range(0, len(raw), PART_BYTES)]
    return [
        SpeakPart(request=request, part=part, parts=len(pieces), language=language, text=piece)
        for part, piece in enumerate(pieces)
    ]


def tunnel(packet: Packet, to: Address) -> Send:
    """The TUNNEL message that carries a packet; reasons and titles are cut to what fits."""
    payload = _packed(packet)
    fields: dict[str, Any] = {
        "target_system": to.system_id,
        "target_component": to.component_id,
        "payload_type": PAYLOAD_TYPE,
        "payload_length": len(payload),
        "payload": payload,
    }
    return Send("TUNNEL", fields)


def packet_of(message: Message) -> Packet | None:
    """What a message carries; None where it is not a loudspeaker's packet or makes no sense."""
    if message.name != "TUNNEL" or message.payload_type != PAYLOAD_TYPE:
        return None
    try:
        return _unpacked(bytes(message.payload[: message.payload_length]))
    except (StructError, ValueError):
        return None


def _packed(packet: Packet) -> bytes:
    match packet:
        case SpeakPart():
            kind, language = Kind.SPEAK, packet.language.encode("ascii")
            body = _SPEAK.pack(packet.part, packet.parts, language) + packet.text
        case PlayOrder():
            kind, body = Kind.PLAY, packet.name.encode("utf-8")
        case StopOrder():
            kind, body = Kind.STOP, b""
        case VolumeOrder():
            kind, body = Kind.VOLUME, bytes((packet.percent,))
        case SpeakerAck():
            kind = Kind.ACK
            body = _ACK.pack(packet.result, packet.progress) + packet.reason.encode("utf-8")
        case SpeakerStatus():
            kind, body = Kind.STATUS, _packed_status(packet)
    whole = _HEADER.pack(_VERSION, kind, packet.request) + body
    return whole[:_TUNNEL_BYTES]


def _packed_status(status: SpeakerStatus) -> bytes:
    return _STATUS.pack(
        status.state,
        status.volume,
        round(status.position_s * 1000),
        round(status.length_s * 1000),
        status.language.encode("ascii"),
    ) + status.title.encode("utf-8")


def _unpacked(payload: bytes) -> Packet | None:
    version, kind, request = _HEADER.unpack_from(payload)
    body = payload[_HEADER.size :]
    if version != _VERSION:
        return None
    match kind:
        case Kind.SPEAK:
            part, parts, language = _SPEAK.unpack_from(body)
            text = body[_SPEAK.size :]
            return SpeakPart(
                request=request, part=part, parts=parts, language=_ascii(language), text=text
            )
        case Kind.PLAY:
            return PlayOrder(request=request, name=body.decode("utf-8"))
        case Kind.STOP:
            return StopOrder(request=request)
        case Kind.VOLUME:
            return VolumeOrder(request=request, percent=Struct("<B").unpack_from(body)[0])
        case Kind.ACK:
            result, progress = _ACK.unpack_from(body)
            reason = body[_ACK.size :].decode("utf-8", "ignore")
            return SpeakerAck(request=request, result=result, progress=progress, reason=reason)
        case Kind.STATUS:
            return _unpacked_status(request, body)
    return None


def _unpacked_status(request: int, body: bytes) -> SpeakerStatus:
    state, volume, position_ms, length_ms, language = _STATUS.unpack_from(body)
    return SpeakerStatus(
        request=request,
        state=SpeakerState(state),
        volume=volume,
        position_s=position_ms / 1000,
        length_s=length_ms / 1000,
        language=_ascii(language),
        title=body[_STATUS.size :].decode("utf-8", "ignore"),
    )


def _ascii(raw: bytes) -> str:
    return raw.rstrip(b"\0").decode("ascii")
