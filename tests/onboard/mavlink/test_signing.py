"""Signing against pymavlink's own, both ways, and what must be refused."""

from typing import Any

import pytest
from pymavlink.dialects.v20 import development

from missions.errors import BadInput
from onboard.mavlink.codec import Decoder, Encoder, Message, Signing, SigningKey, SigningStreams
from onboard.mavlink.codec.signing import (
    AS_PX4,
    EVERYTHING,
    FROM_RADIOS,
    LARGEST_TIMESTAMP,
    timestamp_at,
)

NOW_UNIX_S = 1_795_000_000.0
KEY = SigningKey.from_passphrase("steppe eagle")


def signing(*, at_s: float = NOW_UNIX_S, key: SigningKey = KEY, **more: Any) -> Signing:
    return Signing(key=key, link_id=3, unix_s=lambda: at_s, **more)


def pymavlink(key: bytes = KEY.secret, *, at_s: float = NOW_UNIX_S) -> Any:
    link = development.MAVLink(None, srcSystem=1, srcComponent=1)
    link.robust_parsing = True
    link.signing.secret_key = key
    link.signing.sign_outgoing = True
    link.signing.link_id = 9
    link.signing.timestamp = timestamp_at(at_s)
    return link


def theirs(link: Any, text: str = "ready") -> bytes:
    return bytes(link.statustext_encode(6, text.encode()).pack(link))


def ours(at: Signing | None, name: str = "STATUSTEXT", **fields: Any) -> bytes:
    return Encoder(system_id=1, component_id=1, signing=at).encode(name, **fields)


def names(messages: list[Message]) -> list[str]:
    return [message.name for message in messages]


def test_what_we_sign_pymavlink_accepts() -> None:
    link = pymavlink()
    for number in range(5):
        (message,) = link.parse_buffer(ours(signing(at_s=NOW_UNIX_S + number), text="ready"))
        assert (message.get_type(), message.get_signed()) == ("STATUSTEXT", True)
    assert (link.signing.goodsig_count, link.signing.badsig_count) == (5, 0)


def test_what_pymavlink_signs_we_accept() -> None:
    decoder, link = Decoder(signing=signing()), pymavlink()
    messages = decoder.feed(b"".join(theirs(link) for _ in range(5)))
    assert names(messages) == ["STATUSTEXT"] * 5
    assert all(message.signed for message in messages)
    assert (decoder.forged, decoder.replayed, decoder.unsigned) == (0, 0, 0)


def test_pymavlink_refuses_what_we_sign_with_another_key() -> None:
    link = pymavlink(SigningKey.from_passphrase("another").secret)
    (message,) = link.parse_buffer(ours(signing(), text="ready"))
    assert message.get_type() == "BAD_DATA"


def test_what_is_signed_with_another_key_is_refused_and_counted() -> None:
    decoder = Decoder(signing=signing())
    link = pymavlink(SigningKey.from_passphrase("another").secret)
    assert decoder.feed(theirs(link)) == []
    assert decoder.forged == 1
    assert decoder.lost == {}


@pytest.mark.parametrize("place", [1, 4, 7, 12, -14, -13, -9, -1])
def test_one_changed_bit_anywhere_is_refused(place: int) -> None:
    frame = bytearray(ours(signing(), text="ready"))
    frame[place] ^= 0x01
    decoder = Decoder(signing=signing())
    assert decoder.feed(bytes(frame) + bytes(300)) == []


def test_a_frame_heard_before_is_refused_and_counted() -> None:
    decoder = Decoder(signing=signing())
    frame = ours(signing(), text="ready")
    assert names(decoder.feed(frame + frame)) == ["STATUSTEXT"]
    assert decoder.replayed == 1


def test_a_frame_replayed_on_another_link_is_refused_where_links_share_their_streams() -> None:
    streams = SigningStreams()
    first, second = (Decoder(signing=signing(streams=streams)) for _ in range(2))
    frame = ours(signing(), text="ready")
    assert names(first.feed(frame)) == ["STATUSTEXT"]
    assert second.feed(frame) == []
    assert second.replayed == 1


def test_an_older_frame_of_a_known_sender_is_refused() -> None:
    decoder = Decoder(signing=signing())
    newer = ours(signing(at_s=NOW_UNIX_S + 1), text="newer")
    older = ours(signing(), text="older")
    assert names(decoder.feed(newer + older)) == ["STATUSTEXT"]
    assert decoder.replayed == 1


def test_a_forged_frame_from_the_future_does_not_shut_the_true_sender_out() -> None:
    decoder = Decoder(signing=signing())
    stranger = SigningKey.from_passphrase("another")
    forged = ours(signing(key=stranger, at_s=NOW_UNIX_S + 1e6), text="forged")
    good = ours(signing(), text="good")
    assert [m.text for m in decoder.feed(forged + good)] == ["good"]


@pytest.mark.parametrize(("behind_s", "accepted"), [(59.0, 1), (61.0, 0)])
def test_a_new_sender_may_lag_by_a_minute(behind_s: float, accepted: int) -> None:
    decoder = Decoder(signing=signing())
    known = ours(signing(), text="known")
    other = Encoder(
        system_id=2, component_id=1, signing=signing(at_s=NOW_UNIX_S - behind_s)
    ).encode("PING", seq=1)
    decoder.feed(known)
    assert len(decoder.feed(other)) == accepted


def test_timestamps_only_grow_though_the_clock_stands_still_or_goes_back() -> None:
    clock = [NOW_UNIX_S]
    at = Signing(key=KEY, link_id=0, unix_s=lambda: clock[0])
    encoder, decoder = Encoder(system_id=1, component_id=1, signing=at), Decoder(signing=signing())
    heard = 0
    for step_s in (0.0, 0.0, -3600.0, 0.0, 5.0):
        clock[0] += step_s
        heard += len(decoder.feed(encoder.encode("PING", seq=1)))
    assert heard == 5


def test_two_links_of_one_speaker_never_use_a_timestamp_twice() -> None:
    streams = SigningStreams()
    stamps = [
        int.from_bytes(ours(signing(streams=streams), text="a")[-12:-6], "little") for _ in range(4)
    ]
    assert sorted(set(stamps)) == stamps


@pytest.mark.parametrize(
    ("policy", "message", "accepted"),
    [
        (FROM_RADIOS, "RADIO_STATUS", 1),
        (FROM_RADIOS, "HEARTBEAT", 0),
        (AS_PX4, "HEARTBEAT", 1),
        (AS_PX4, "COMMAND_LONG", 0),
        (EVERYTHING, "COMMAND_LONG", 1),
    ],
)
def test_what_passes_unsigned_is_the_policys_to_say(
    policy: frozenset[int] | None, message: str, accepted: int
) -> None:
    decoder = Decoder(signing=signing(accept_unsigned=policy))
    assert len(decoder.feed(ours(None, message))) == accepted
    assert decoder.unsigned == 1 - accepted


def test_a_mavlink_1_frame_cannot_be_signed_and_is_refused() -> None:
    link = development.MAVLink(None, srcSystem=1, srcComponent=1)
    frame = link.statustext_encode(6, b"old").pack(link, force_mavlink1=True)
    decoder = Decoder(signing=signing())
    assert decoder.feed(bytes(frame)) == []
    assert decoder.unsigned == 1


def test_timestamps_are_tens_of_microseconds_since_2015_in_48_bits() -> None:
    assert timestamp_at(1_420_070_400.0) == 0
    assert timestamp_at(1_420_070_401.5) == 150_000
    assert timestamp_at(0.0) == 0
    assert timestamp_at(1e12) == LARGEST_TIMESTAMP


def test_a_key_is_the_digest_of_its_passphrase_and_never_shows() -> None:
    # printf "steppe eagle" | sha256sum
    digest = "f5dbf7b79244aa202fd4fab843898c2ceff9c79e8a6e6fb9a552cd5a7ef311f6"
    assert KEY.secret.hex() == digest
    assert digest not in repr(KEY)
    with pytest.raises(BadInput):
        SigningKey.from_passphrase("")
    with pytest.raises(BadInput):
        SigningKey(b"short")
