"""Packets of ST 0601 against published vectors and against what other parsers read in ours."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onboard.telemetry.misb.datalink import KEY, WrongChecksum, packet_bytes, read_packet
from onboard.telemetry.misb.klv import KlvFault, items, length_at, length_bytes, tag_at, tag_bytes
from onboard.telemetry.misb.security import classification
from onboard.telemetry.misb.tags import OutOfRange, numbers, tags


def named(by_tag: dict[str, Any]) -> dict[str, float]:
    """Numbers by the name of their item."""
    known = {tags()[int(tag)].name: value for tag, value in by_tag.items() if int(tag) in tags()}
    return {name: value for name, value in known.items() if isinstance(value, float)}


def test_published_packet_reads_as_klvdata_reads_it(readings: dict[str, Any]) -> None:
    published = readings["st0902"]["dynamic_only"]
    packet = read_packet(bytes.fromhex(published["hex"]))
    expected = named(published["by_klvdata"])
    assert len(expected) == 17
    assert {name: packet.values[name] for name in expected} == pytest.approx(expected, abs=1e-9)


def test_published_packet_is_written_back_byte_for_byte(readings: dict[str, Any]) -> None:
    data = bytes.fromhex(readings["st0902"]["dynamic_only"]["hex"])
    packet = read_packet(data)
    assert packet_bytes(packet.values, packet.unknown) == data


def test_known_misprint_in_st_0902s_second_sample_is_a_wrong_checksum(
    readings: dict[str, Any],
) -> None:
    published = readings["st0902"]["dynamic_and_constant"]
    data = bytes.fromhex(published["hex"])
    with pytest.raises(WrongChecksum):
        read_packet(data)
    mended = data[:-2] + bytes.fromhex(published["right_checksum"])
    packet = read_packet(mended)
    assert packet_bytes(packet.values, packet.unknown) == mended
    assert packet.values["platform_designation"] == "Predator"
    security = packet.values["security"]
    assert isinstance(security, bytes)
    assert classification(security) == "unclassified"


def test_our_packet_is_the_one_that_others_have_read(readings: dict[str, Any], sample: Any) -> None:
    assert sample.packet.hex() == readings["sample"]["hex"]
    assert sample.packet[-2:].hex() == readings["sample"]["checksum_by_klvdata"]


def test_klvdata_reads_in_our_packet_what_was_written(
    readings: dict[str, Any], sample: Any
) -> None:
    read = named(readings["sample"]["by_klvdata"])
    written = {name: sample.values[name] for name in read if name in sample.values}
    assert len(written) == 18
    steps = {name: _step(name) for name in written}
    off = {name: abs(read[name] - float(written[name])) / steps[name] for name in written}
    assert max(off.values()) <= 0.51


def test_jmisb_reads_our_security_as_unclassified(readings: dict[str, Any]) -> None:
    assert readings["sample"]["security_by_jmisb"] == {
        "SecurityClassification": "UNCLASSIFIED",
        "ClassifyingCountry": "//KAZ",
        "ObjectCountryCodes": "KAZ",
    }


def test_time_comes_first_and_checksum_last(sample: Any) -> None:
    body = sample.packet[len(KEY) :]
    length, begin = length_at(body, 0)
    order = [tag for tag, _ in items(body[begin : begin + length])]
    assert (order[0], order[-1]) == (2, 1)
    assert order[1:-1] == sorted(order[1:-1])


@given(st.data())
def test_every_number_comes_back_within_half_a_step(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from([tag.name for tag in tags().values() if tag.high > tag.low]))
    tag = tags()[numbers()[name]]
    value = data.draw(st.floats(tag.low, tag.high))
    read = read_packet(packet_bytes({"time_us": 1, name: value})).values[name]
    assert abs(float(read) - value) <= _step(name) * 1.01


@given(st.data())
def test_number_outside_its_range_is_refused(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from([tag.name for tag in tags().values() if tag.high > tag.low]))
    tag = tags()[numbers()[name]]
    beyond = data.draw(st.floats(tag.high * 1.001 + 1e-3, 1e12))
    with pytest.raises(OutOfRange):
        packet_bytes({"time_us": 1, name: beyond})


def test_items_that_say_unknown_or_are_empty_have_no_value() -> None:
    whole = packet_bytes({"time_us": 5}, {13: bytes.fromhex("80000000"), 6: b""})
    assert read_packet(whole).values == {"time_us": 5, "version": 19}


def test_packet_without_time_stamp_is_refused() -> None:
    with pytest.raises(KlvFault, match="no time stamp"):
        read_packet(packet_bytes({"platform_heading_deg": 3.0}))


@given(st.integers(0, (1 << 20) - 1))
def test_lengths_come_back(length: int) -> None:
    data = length_bytes(length)
    assert length_at(data, 0) == (length, len(data))


@given(st.integers(0, (1 << 56) - 1))
def test_tags_come_back(tag: int) -> None:
    data = tag_bytes(tag)
    assert tag_at(data, 0) == (tag, len(data))


def _step(name: str) -> float:
    """How far apart two numbers are that an item can tell."""
    tag = tags()[numbers()[name]]
    bits = 8 * tag.size - (2 if tag.kind == "imapb" else 0)
    return (tag.high - tag.low) / (2**bits - 2)
