"""The decoder under any chunking, garbage, loss and damage."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from onboard.mavlink.codec import Decoder, Encoder, Message
from onboard.mavlink.codec.checksum import checksum


def _stream(count: int) -> list[bytes]:
    encoder = Encoder(system_id=1, component_id=1)
    kinds = [
        ("HEARTBEAT", {"type": 2}),
        ("STATUSTEXT", {"text": "\N{EURO SIGN} and more", "severity": 6}),
        ("ATTITUDE", {"roll": 0.5, "time_boot_ms": 0xFDFDFDFD}),
        ("PING", {}),
    ]
    return [encoder.encode(name, **fields) for name, fields in (kinds * count)[:count]]


FRAMES = _stream(40)
STREAM = b"".join(FRAMES)
WHOLE = Decoder().feed(STREAM)


def _pieces(data: bytes, cuts: list[int]) -> list[bytes]:
    edges = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    return [data[start:stop] for start, stop in pairwise(edges)]


def _feed_all(decoder: Decoder, pieces: list[bytes]) -> list[Message]:
    return [message for piece in pieces for message in decoder.feed(piece)]


@given(st.lists(st.integers(0, len(STREAM)), max_size=60))
def test_any_chunking_gives_the_same_messages(cuts: list[int]) -> None:
    decoder = Decoder()
    assert _feed_all(decoder, _pieces(STREAM, cuts)) == WHOLE
    assert (decoder.bad_crc, decoder.dropped_bytes, decoder.lost) == (0, 0, {})


@given(st.lists(st.binary(max_size=400), max_size=8))
def test_random_bytes_never_raise(pieces: list[bytes]) -> None:
    decoder = Decoder()
    assert len(_feed_all(decoder, pieces)) == decoder.messages


@given(st.binary(max_size=600), st.lists(st.integers(0, 600), max_size=10))
def test_random_bytes_are_told_the_same_however_they_are_cut(data: bytes, cuts: list[int]) -> None:
    whole, cut = Decoder(), Decoder()
    assert _feed_all(cut, _pieces(data, cuts)) == whole.feed(data)
    assert (cut.bad_crc, cut.unknown, cut.dropped_bytes) == (
        whole.bad_crc,
        whole.unknown,
        whole.dropped_bytes,
    )


@given(st.integers(0, len(STREAM) - 1), st.integers(1, 255))
def test_one_damaged_byte_costs_no_frame_but_those_it_touches(place: int, flip: int) -> None:
    damaged = bytearray(STREAM)
    damaged[place] ^= flip
    # Room for a frame that now claims to be longer than the stream.
    decoder = Decoder()
    decoded = decoder.feed(bytes(damaged) + bytes(300))
    assert [message for message in WHOLE if message not in decoded] == [_frame_at(place)]


def _frame_at(place: int) -> Message:
    ends = [sum(map(len, FRAMES[: index + 1])) for index in range(len(FRAMES))]
    return next(message for message, end in zip(WHOLE, ends, strict=True) if place < end)


@given(st.binary(max_size=50).map(lambda raw: raw.replace(b"\xfd", b"").replace(b"\xfe", b"")))
def test_bytes_between_frames_are_dropped_and_counted(noise: bytes) -> None:
    decoder = Decoder()
    assert decoder.feed(noise.join(FRAMES)) == WHOLE
    assert decoder.dropped_bytes == len(noise) * (len(FRAMES) - 1)


def test_a_damaged_frame_is_counted() -> None:
    damaged = bytearray(FRAMES[2])
    damaged[-1] ^= 0xFF
    decoder = Decoder()
    assert decoder.feed(bytes(damaged)) == []
    assert decoder.bad_crc == 1


def test_lost_frames_are_counted_for_their_sender() -> None:
    other = Encoder(system_id=9, component_id=191).encode("HEARTBEAT")
    decoder = Decoder()
    decoder.feed(b"".join([*FRAMES[:3], other, *FRAMES[10:]]))
    assert decoder.lost == {(1, 1): 7}


def test_a_frame_that_overtook_another_is_not_taken_for_a_loss() -> None:
    decoder = Decoder()
    decoder.feed(b"".join([FRAMES[0], FRAMES[2], FRAMES[1]]))
    assert (decoder.reordered, decoder.lost) == (1, {(1, 1): 1})


def test_a_frame_of_an_unknown_message_is_passed_over_whole() -> None:
    unknown = bytes((0xFD, 3, 0, 0, 0, 1, 1, 0xFF, 0xFF, 0x7F, 0xFD, 0xFE, 0xFD, 0, 0))
    decoder = Decoder()
    assert decoder.feed(unknown + STREAM) == WHOLE
    assert (decoder.unknown, decoder.dropped_bytes) == (1, 0)


def test_a_frame_with_a_flag_that_we_do_not_know_is_not_read() -> None:
    flagged = bytearray(FRAMES[0])
    flagged[2] = 0x02
    decoder = Decoder()
    assert decoder.feed(bytes(flagged)) == []
    assert decoder.dropped_bytes > 0


def test_a_signed_frame_reads_and_its_signature_is_skipped() -> None:
    encoder = Encoder(system_id=1, component_id=1)
    frame = bytearray(encoder.encode("HEARTBEAT", type=2))
    frame[2] = 0x01
    frame[-2:] = checksum(bytes(frame[1:-2]), bytes((50,))).to_bytes(2, "little")
    decoder = Decoder()
    following = encoder.encode("PING", seq=5)
    names = [m.name for m in decoder.feed(bytes(frame) + bytes(13) + following)]
    assert names == ["HEARTBEAT", "PING"]
    assert decoder.dropped_bytes == 0


def test_text_that_is_not_utf_8_still_reads() -> None:
    frame = Encoder(system_id=1, component_id=1).encode("STATUSTEXT", text=b"caf\xe9")
    (message,) = Decoder().feed(frame)
    assert message.text == "caf�"
