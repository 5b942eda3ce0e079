"""The tables of a transport stream and the packets that carry them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onboard.telemetry.mpegts.packets import PACKET_BYTES, packet, parsed
from onboard.telemetry.mpegts.pes import (
    cell_bytes,
    pes_bytes,
    read_unit,
    whole_length,
    without_cells,
)
from onboard.telemetry.mpegts.tables import (
    ElementaryStream,
    SectionGatherer,
    crc32,
    klv_descriptors,
    pat_section,
    pmt_section,
    read_pat,
    read_pmt,
)


def test_crc_of_the_catalogues_check_string() -> None:
    # CRC-32/MPEG-2 in Greg Cook's catalogue of parametrised algorithms.
    assert crc32(b"123456789") == 0x0376E6E7


def test_tables_come_back_and_damage_is_seen() -> None:
    streams = [
        ElementaryStream(pid=0x100, stream_type=0x1B),
        ElementaryStream(
            pid=0x101, stream_type=0x15, descriptors=klv_descriptors(synchronous=True)
        ),
    ]
    section = pmt_section(1, 0x100, streams)
    assert read_pat(pat_section(1, 0x1000)) == [0x1000]
    assert read_pmt(section) == streams
    assert read_pmt(section[:9] + bytes([section[9] ^ 1]) + section[10:]) is None


@given(st.binary(max_size=200), st.integers(1, 60))
def test_any_section_is_gathered_or_nothing(noise: bytes, size: int) -> None:
    gatherer = SectionGatherer()
    for at in range(0, len(noise), size):
        for section in gatherer.feed(noise[at : at + size], starts_unit=at == 0):
            assert len(section) >= 3


@given(
    st.binary(min_size=1, max_size=700),
    st.booleans(),
    st.none() | st.integers(0, (1 << 33) * 300 - 1),
)
def test_payload_comes_back_from_packets_of_188_bytes(
    data: bytes, key: bool, pcr: int | None
) -> None:
    left, back, first = data, b"", True
    while left:
        whole, left = packet(
            0x101, left, 3, starts_unit=first, pcr=pcr if first else None, random_access=key
        )
        assert len(whole) == PACKET_BYTES
        read = parsed(whole)
        assert read is not None
        assert (read.pid, read.continuity, read.starts_unit) == (0x101, 3, first)
        back, first = back + read.payload, False
    assert back == data


@given(st.binary(max_size=300), st.none() | st.integers(0, (1 << 33) - 1))
def test_units_come_back_with_their_time(data: bytes, pts: int | None) -> None:
    pes = pes_bytes(0xFC, data, pts=pts)
    assert whole_length(pes) == len(pes)
    unit = read_unit(7, pes)
    assert unit is not None
    assert (unit.data, unit.pts) == (data, pts)


@given(st.binary(max_size=300), st.integers(0, 1000))
def test_cells_come_off(data: bytes, sequence: int) -> None:
    assert without_cells(cell_bytes(data, sequence) * 2) == data * 2


def test_metadata_without_cells_is_left_as_it_is() -> None:
    bare = bytes.fromhex("060e2b34020b01010e01030101000000") + bytes(40)
    assert without_cells(bare) == bare


def test_cell_that_is_too_long_is_refused() -> None:
    with pytest.raises(ValueError, match="one metadata cell"):
        cell_bytes(bytes(70_000), 0)
