"""Streams that begin in the middle, are cut and are damaged: read as far as they go, counted."""

import random
from collections.abc import Callable, Iterable
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from missions.errors import BadInput
from missions.heights import HeightAmsl
from onboard.telemetry.files import read_flight
from onboard.telemetry.misb.flight import flight_of
from onboard.telemetry.misb.stream import KlvScanner
from onboard.telemetry.misb.video_stream import StreamedPacket, VideoStream
from onboard.telemetry.mpegts.mux import KLV_PID, Mux
from onboard.telemetry.mpegts.packets import PACKET_BYTES

COUNT = 40


TIMES = [1_795_428_000_000_000 + index * 100_000 for index in range(COUNT)]
Packets = Callable[[int], list[bytes]]


def stream(packets: list[bytes], *, synchronous: bool = True) -> bytes:
    """A transport stream of metadata alone, ten packets a second."""
    mux = Mux(video_type=None, synchronous=synchronous)
    return b"".join(mux.klv(0.1 * i, data) for i, data in enumerate(packets))


@pytest.fixture(scope="module")
def whole(packets: Packets) -> bytes:
    """A stream in which nothing is wrong."""
    return stream(packets(COUNT))


def read(data: bytes, *, piece: int = 1000, transport: bool = True) -> list[StreamedPacket]:
    """All packets, the bytes given in pieces."""
    return read_with(VideoStream(transport=transport), data, piece=piece)


def read_with(reader: VideoStream, data: bytes, *, piece: int = 1000) -> list[StreamedPacket]:
    found = [
        each for at in range(0, len(data), piece) for each in reader.feed(data[at : at + piece])
    ]
    return found + list(reader.close())


def times(found: Iterable[StreamedPacket]) -> list[int]:
    return [each.packet.time_us for each in found]


@pytest.mark.parametrize("synchronous", [True, False])
def test_every_packet_comes_back_with_its_time(packets: Packets, synchronous: bool) -> None:
    found = read(stream(packets(COUNT), synchronous=synchronous))
    assert times(found) == TIMES
    assert [each.at_s is None for each in found] == [not synchronous] * COUNT


@given(st.integers(1, 5000))
def test_pieces_of_any_size_tell_the_same(whole: bytes, piece: int) -> None:
    assert times(read(whole, piece=piece)) == TIMES


@pytest.mark.parametrize(("before", "after"), [(4, 0), (0, 16)])
def test_packets_with_a_time_code_or_parity_are_read(whole: bytes, before: int, after: int) -> None:
    cut = [whole[at : at + PACKET_BYTES] for at in range(0, len(whole), PACKET_BYTES)]
    stamped = (
        index.to_bytes(4, "big")[:before] + each + bytes(after) for index, each in enumerate(cut)
    )
    assert times(read(b"".join(stamped))) == TIMES


@given(st.floats(0.0, 1.0))
def test_stream_that_begins_in_the_middle_tells_all_after_the_next_tables(
    whole: bytes, share: float
) -> None:
    begin = int(share * len(whole))
    found = times(read(whole[begin:]))
    assert found == TIMES[len(TIMES) - len(found) :]
    # Tables are told before every second packet or more often; the first may be cut as well.
    at_least = COUNT - 4 - begin * COUNT // len(whole)
    assert len(found) >= min(at_least, COUNT)


@settings(deadline=None)
@given(st.sets(st.integers(0, 150), min_size=1, max_size=20))
def test_lost_packets_are_counted_and_cost_no_more_than_what_they_held(
    whole: bytes, lost: set[int]
) -> None:
    kept = [
        whole[i * PACKET_BYTES : (i + 1) * PACKET_BYTES]
        for i in range(len(whole) // PACKET_BYTES)
        if i not in lost
    ]
    reader = VideoStream(transport=True)
    found = times(read_with(reader, b"".join(kept)))
    assert set(found) <= set(TIMES)
    assert found == sorted(found)
    assert len(found) >= COUNT - 3 * len(lost)
    assert reader.klv.wrong_checksum == 0


def test_wrong_continuity_is_a_gap_and_the_unit_around_it_is_dropped(whole: bytes) -> None:
    data = bytearray(whole)
    second_of_unit = _packets_of(data, KLV_PID)[11]
    data[second_of_unit + 3] ^= 0x05
    reader = VideoStream(transport=True)
    found = read_with(reader, bytes(data))
    assert reader.transport is not None
    assert reader.transport.gaps >= 1
    assert COUNT - 2 <= len(found) < COUNT


def test_packet_that_comes_twice_is_taken_once(whole: bytes) -> None:
    at = _packets_of(whole, KLV_PID)[10]
    reader = VideoStream(transport=True)
    twice = whole[: at + PACKET_BYTES] + whole[at:]
    assert times(read_with(reader, twice)) == TIMES
    assert reader.transport is not None
    assert (reader.transport.duplicates, reader.transport.gaps) == (1, 0)


def test_broken_checksums_are_counted_and_left_out(packets: Packets) -> None:
    data = bytearray(b"".join(packets(COUNT)))
    data[20 * len(data) // COUNT + 100] ^= 0x40
    scanner = KlvScanner()
    found = [*scanner.feed(bytes(data)), *scanner.close()]
    assert len(found) == COUNT - 1
    assert scanner.counts.wrong_checksum + scanner.counts.malformed == 1


@settings(deadline=None, max_examples=200)
@given(st.integers(0, 1 << 32), st.integers(1, 60))
def test_damage_anywhere_never_crashes_and_never_makes_a_packet_up(
    whole: bytes, seed: int, hits: int
) -> None:
    rng = random.Random(seed)
    data = bytearray(whole)
    for _ in range(hits):
        data[rng.randrange(len(data))] = rng.randrange(256)
    assert set(times(read(bytes(data)))) <= set(TIMES)


@given(st.binary(max_size=3000), st.booleans())
def test_noise_is_no_packet(noise: bytes, transport: bool) -> None:
    assert read(noise, transport=transport) == []


def test_stream_by_ffmpeg_is_read_with_the_pictures_times(recorded: Path) -> None:
    log = read_flight(recorded / "by_ffmpeg.ts")
    assert [pose.t_s for pose in log.poses] == pytest.approx([0.1 * i for i in range(20)], abs=1e-4)
    assert log.poses[7].position.latitude_deg == pytest.approx(44.850007, abs=1e-7)
    assert log.poses[0].height == HeightAmsl(pytest.approx(231.5, abs=0.16))
    assert log.poses[0].captured_at is not None
    assert log.poses[0].captured_at.isoformat() == "2026-11-23T10:00:00+00:00"


def test_ffmpeg_shows_the_pictures_of_our_stream_as_those_of_the_file(
    recorded: Path, tmp_path: Path
) -> None:
    from onboard.georeference.encoded_video import EncodedVideo

    video = EncodedVideo(recorded / "flight.mp4")
    mux = Mux(video_type=video.stream_type)
    path = tmp_path / "ours.ts"
    path.write_bytes(
        b"".join(
            mux.video(each.t_s, each.data, decoded_s=each.decoded_s, key=each.key)
            for each in video.pictures()
        )
    )
    ours, theirs = _shown(path), _shown(recorded / "flight.mp4")
    assert len(ours) == len(theirs) == 20
    assert all(np.array_equal(a, b) for a, b in zip(ours, theirs, strict=True))


def test_asynchronous_metadata_is_placed_by_its_own_clock_beside_the_pictures(
    packets: Packets,
) -> None:
    mux = Mux(video_type=0x1B, synchronous=False)
    data = b""
    for index, packet in enumerate(packets(20)):
        data += mux.video(0.1 * index, b"\0" * 40, decoded_s=0.1 * index, key=True)
        data += mux.klv(0.1 * index + 0.03, packet)
    reader = VideoStream(transport=True)
    log = flight_of(read_with(reader, data), reader, "asynchronous")
    assert log is not None
    steps = np.diff([pose.t_s for pose in log.poses])
    assert steps == pytest.approx([0.1] * 19, abs=1e-6)
    assert abs(log.poses[0].t_s) < 0.1


def test_what_was_lost_is_said_of_a_flight(packets: Packets, tmp_path: Path) -> None:
    bare = bytearray(b"".join(packets(20)))
    bare[500] ^= 1
    path = tmp_path / "flight.klv"
    path.write_bytes(bytes(bare))
    log = read_flight(path)
    assert len(log.poses) == 19
    assert any("checksum" in note or "malformed" in note for note in log.notes)


def test_file_without_a_packet_is_refused_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "empty.ts"
    path.write_bytes(b"\x47" + bytes(4000))
    with pytest.raises(BadInput, match="no packet of ST 0601 with a position"):
        read_flight(path)


def _packets_of(data: bytes | bytearray, pid: int) -> list[int]:
    return [
        at
        for at in range(0, len(data), PACKET_BYTES)
        if int.from_bytes(data[at + 1 : at + 3], "big") & 0x1FFF == pid
    ]


def _shown(path: Path) -> list[np.ndarray]:
    capture, frames = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG), []
    while (frame := capture.read())[0]:
        frames.append(frame[1])
    return frames
