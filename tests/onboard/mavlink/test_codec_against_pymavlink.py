"""The codec against pymavlink's own bytes, for every message of the dialect."""

import random
from typing import Any

import pytest
from pymavlink.dialects.v20 import development

from onboard.mavlink.codec import BadField, Decoder, Encoder, UnknownMessage
from onboard.mavlink.codec.checksum import checksum
from onboard.mavlink.codec.dialect import LAYOUT_BY_NAME

MESSAGES = sorted(development.mavlink_map.values(), key=lambda message: int(message.id))
BITS = {"uint8_t": 8, "uint16_t": 16, "uint32_t": 32, "uint64_t": 64}
SIGNED_BITS = {"int8_t": 8, "int16_t": 16, "int32_t": 32, "int64_t": 64}


def _scalar(kind: str, chance: random.Random) -> Any:
    if kind in BITS:
        return chance.getrandbits(BITS[kind])
    if kind in SIGNED_BITS:
        half = 1 << (SIGNED_BITS[kind] - 1)
        return chance.randrange(-half, half)
    return chance.randrange(-(2**20), 2**20) / 64.0


def _value(kind: str, length: int, chance: random.Random) -> Any:
    if kind == "char":
        return "".join(chance.choices("abcXYZ019 _", k=chance.randint(0, length)))
    if length:
        return [_scalar(kind, chance) for _ in range(length)]
    return _scalar(kind, chance)


def _fields(message: Any, chance: random.Random) -> dict[str, Any]:
    kinds = dict(zip(message.fieldnames, message.fieldtypes, strict=True))
    lengths = dict(zip(message.ordered_fieldnames, message.array_lengths, strict=True))
    return {name: _value(kinds[name], lengths[name], chance) for name in message.fieldnames}


def _theirs(message: Any, fields: dict[str, Any], *, sequence: int, v1: bool = False) -> bytes:
    link = development.MAVLink(None, srcSystem=7, srcComponent=154)
    link.seq = sequence
    as_bytes = {k: v.encode() if isinstance(v, str) else v for k, v in fields.items()}
    return bytes(message(**as_bytes).pack(link, force_mavlink1=v1))


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, bytes | tuple) else value


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: str(message.msgname))
def test_a_frame_of_ours_is_byte_for_byte_the_frame_of_pymavlink(message: Any) -> None:
    chance = random.Random(message.id)
    encoder = Encoder(system_id=7, component_id=154)
    for sequence in range(8):
        fields = _fields(message, chance)
        ours = encoder.encode(message.msgname, **fields)
        assert ours == _theirs(message, fields, sequence=sequence)


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: str(message.msgname))
def test_a_frame_of_pymavlink_reads_back_as_what_it_was_given(message: Any) -> None:
    fields = _fields(message, random.Random(-message.id))
    (decoded,) = Decoder().feed(_theirs(message, fields, sequence=9))
    assert (decoded.name, decoded.id) == (message.msgname, message.id)
    assert (decoded.system_id, decoded.component_id, decoded.sequence) == (7, 154, 9)
    assert {name: _plain(decoded[name]) for name in fields} == fields


@pytest.mark.parametrize("name", ["HEARTBEAT", "COMMAND_ACK", "STATUSTEXT", "MISSION_COUNT"])
def test_a_mavlink_1_frame_reads_too_and_its_missing_extensions_are_zero(name: str) -> None:
    message = next(message for message in MESSAGES if message.msgname == name)
    fields = _fields(message, random.Random(1))
    (decoded,) = Decoder().feed(_theirs(message, fields, sequence=0, v1=True))
    first = message.fieldnames[0]
    assert decoded[first] == fields[first]
    assert decoded.fields.keys() >= fields.keys()


def test_the_checksum_is_pymavlinks() -> None:
    data = random.Random(3).randbytes(300)
    assert checksum(data) == development.x25crc(data).crc


def test_fields_not_given_are_zero_and_the_heartbeat_says_version_3() -> None:
    (decoded,) = Decoder().feed(Encoder(system_id=1, component_id=1).encode("HEARTBEAT", type=2))
    assert decoded.fields == {
        "custom_mode": 0,
        "type": 2,
        "autopilot": 0,
        "base_mode": 0,
        "system_status": 0,
        "mavlink_version": 3,
    }


def test_a_field_named_like_the_header_is_reached_by_its_name_in_brackets() -> None:
    frame = Encoder(system_id=1, component_id=1).encode("STATUSTEXT", text="hello", id=77)
    (decoded,) = Decoder().feed(frame)
    assert (decoded.id, decoded["id"], decoded.text) == (253, 77, "hello")


def test_numbers_of_frames_go_round_after_255() -> None:
    encoder, decoder = Encoder(system_id=1, component_id=1), Decoder()
    stream = b"".join(encoder.encode("HEARTBEAT") for _ in range(300))
    assert [message.sequence for message in decoder.feed(stream)][-1] == 299 % 256
    assert decoder.lost == {}


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(UnknownMessage, match="NO_SUCH"):
        Encoder(system_id=1, component_id=1).encode("NO_SUCH")


@pytest.mark.parametrize(
    ("name", "field", "value"),
    [
        ("HEARTBEAT", "colour", 1),
        ("HEARTBEAT", "type", 256),
        ("HEARTBEAT", "type", 1.5),
        ("GLOBAL_POSITION_INT", "lat", 2**31),
        ("ATTITUDE", "roll", 1e39),
        ("STATUSTEXT", "text", "x" * 51),
        ("EVENT", "arguments", bytes(41)),
        ("EVENT", "arguments", [300]),
        ("BATTERY_STATUS", "voltages", [0] * 11),
    ],
)
def test_a_value_that_does_not_fit_is_refused_by_the_name_of_its_field(
    name: str, field: str, value: Any
) -> None:
    with pytest.raises(BadField) as refusal:
        Encoder(system_id=1, component_id=1).encode(name, **{field: value})
    assert (refusal.value.message, refusal.value.field) == (name, field)


def test_what_pymavlink_lacks_is_there() -> None:
    assert {"EVENT", "CURRENT_EVENT_SEQUENCE", "AVAILABLE_MODES", "CURRENT_MODE"} <= set(
        LAYOUT_BY_NAME
    )
    assert "opaque_id" in LAYOUT_BY_NAME["MISSION_ACK"].places
    assert "mission_id" in LAYOUT_BY_NAME["MISSION_CURRENT"].places
