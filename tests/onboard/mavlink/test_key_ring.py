"""Keys of single vehicles: which counts for whom, with frames as bytes at both ends."""

import itertools
from typing import Any

import pytest

from onboard.mavlink.codec import Address, Decoder, Encoder, Message, Send, Signing, SigningKey
from onboard.mavlink.codec.key_ring import KeyRing
from onboard.mavlink.codec.signing import EVERYTHING, FROM_RADIOS, SigningStreams
from onboard.mavlink.signing_setup import SigningEnd, SigningSetup

NOW_S = 1_795_000_000.0
OLD, NEW, ALL = (SigningKey.from_passphrase(each) for each in ("old", "new", "all"))


def vehicle(key: SigningKey | None, system_id: int = 1, *, at_s: float = NOW_S) -> Encoder:
    signing = None
    if key is not None:
        signing = Signing(key=key, link_id=system_id, unix_s=lambda: at_s)
    return Encoder(system_id=system_id, component_id=1, signing=signing)


def ground(ring: KeyRing, **more: Any) -> Decoder:
    return Decoder(signing=Signing(key=ring, link_id=0, unix_s=lambda: NOW_S, **more))


def heard(decoder: Decoder, speaker: Encoder, name: str = "PING", **fields: Any) -> bool:
    return bool(decoder.feed(speaker.encode(name, **fields)))


def test_a_vehicle_with_a_key_of_its_own_must_sign_and_others_need_not() -> None:
    ring = KeyRing()
    ring.proven(1, OLD)
    decoder = ground(ring, accept_unsigned=EVERYTHING)
    assert heard(decoder, vehicle(OLD))
    assert not heard(decoder, vehicle(None))
    assert not heard(decoder, vehicle(NEW))
    assert heard(decoder, vehicle(None, system_id=2))
    assert heard(decoder, vehicle(None), "RADIO_STATUS")
    of = decoder.refused[1]
    assert (of.forged, of.replayed, of.unsigned) == (1, 0, 1)
    assert 2 not in decoder.refused


def test_a_key_that_was_given_is_taken_up_by_its_first_good_signature() -> None:
    ring, told = KeyRing(), []
    ring.on_proved = lambda system_id, key: told.append((system_id, key))
    ring.give(1, NEW)
    decoder = ground(ring)
    assert heard(decoder, vehicle(None))
    assert (ring.speaks(1), ring.may_have(1)) == (None, True)
    assert heard(decoder, vehicle(NEW))
    assert (ring.speaks(1), ring.may_have(1), told) == (NEW, False, [(1, NEW)])
    assert not heard(decoder, vehicle(None))


def test_while_a_key_is_changed_both_are_known_and_then_the_new_one_alone() -> None:
    ring = KeyRing(ALL)
    ring.proven(1, OLD)
    ring.give(1, NEW)
    decoder = ground(ring)
    assert heard(decoder, vehicle(OLD))
    assert ring.speaks(1) == OLD
    assert heard(decoder, vehicle(NEW, at_s=NOW_S + 1.0))
    assert ring.speaks(1) == NEW
    assert not heard(decoder, vehicle(OLD, at_s=NOW_S + 2.0))
    assert decoder.refused[1].forged == 1
    assert ring.speaks(2) == ALL


def test_a_signature_of_a_vehicle_whose_key_nobody_knows_is_passed_over() -> None:
    ring = KeyRing()
    ring.proven(2, OLD)
    decoder = ground(ring)
    assert heard(decoder, vehicle(NEW))
    ring.give(1, OLD)
    assert heard(decoder, vehicle(NEW))
    assert decoder.forged == 0


def test_a_released_vehicle_is_heard_unsigned_until_it_is_held_again() -> None:
    ring = KeyRing()
    ring.proven(1, OLD)
    decoder = ground(ring)
    ring.release(1)
    assert heard(decoder, vehicle(None))
    ring.hold(1)
    assert not heard(decoder, vehicle(None))
    ring.forget(1)
    assert ring.empty
    assert heard(decoder, vehicle(None))


@pytest.mark.parametrize(
    ("to", "key"), [(1, OLD), (2, ALL), (0, ALL)], ids=["own", "other", "everybody"]
)
def test_what_is_said_is_signed_for_whom_it_is_meant(to: int, key: SigningKey) -> None:
    ring = KeyRing(ALL)
    ring.proven(1, OLD)
    signing = Signing(key=ring, link_id=0, unix_s=lambda: NOW_S)
    station = Encoder(system_id=255, component_id=190, signing=signing)
    frame = station.encode("PING", target_system=to)
    assert key.made(frame)
    station.towards = 1
    assert OLD.made(station.encode("HEARTBEAT", type=6))


def test_what_is_meant_for_a_vehicle_without_a_key_is_not_signed() -> None:
    ring = KeyRing()
    ring.proven(1, OLD)
    signing = Signing(key=ring, link_id=0, unix_s=lambda: NOW_S, accept_unsigned=FROM_RADIOS)
    station = Encoder(system_id=255, component_id=190, signing=signing)
    (message,) = Decoder().feed(station.encode("PING", target_system=2))
    assert not message.signed


def _heartbeat(key: SigningKey | None) -> Message:
    (message,) = Decoder().feed(vehicle(key).encode("HEARTBEAT", type=2))
    return message


def test_a_changed_key_is_done_only_with_a_heartbeat_that_it_signed() -> None:
    setup = SigningSetup(vehicle=Address(1, 1), key=NEW, timestamp=lambda: 5)
    (send,) = setup.start(0.0)
    assert isinstance(send, Send)
    setup.receive(_heartbeat(OLD), 0.1)
    setup.receive(_heartbeat(None), 0.2)
    assert setup.outcome is None
    setup.receive(_heartbeat(NEW), 0.3)
    assert setup.outcome is not None
    assert setup.outcome.end is SigningEnd.DONE


def test_a_repeat_never_sets_the_vehicles_signing_clock_back() -> None:
    """The vehicle's heartbeat comes after a repeat, once a second, as its clock would have it."""
    clock = itertools.count(1000, 50_000)
    setup = SigningSetup(vehicle=Address(1, 1), key=NEW, timestamp=lambda: next(clock))
    ring = KeyRing()
    ring.give(1, NEW)
    decoder = Decoder(signing=Signing(key=ring, link_id=0, unix_s=lambda: NOW_S))
    (send,) = setup.start(0.0)
    heard: list[str] = []
    for tenth in range(1, 30):
        own = SigningStreams()
        own.timestamp = send.fields["initial_timestamp"] + (tenth - 1) % 5
        signs = Signing(key=NEW, link_id=0, unix_s=lambda: 0.0, streams=own)
        says = "HEARTBEAT" if tenth % 10 == 6 else "ATTITUDE"
        frame = Encoder(system_id=1, component_id=1, signing=signs).encode(says)
        heard += [message.name for message in decoder.feed(frame)]
        send = next(iter(setup.tick(tenth / 10.0)), send)
    assert heard.count("HEARTBEAT") == 3
    assert decoder.replayed == 0


def test_a_cleared_key_is_done_with_an_unsigned_heartbeat() -> None:
    setup = SigningSetup(vehicle=Address(1, 1), key=None, timestamp=lambda: 5)
    (send,) = setup.start(0.0)
    assert (send.fields["secret_key"], send.fields["initial_timestamp"]) == (bytes(32), 0)
    setup.receive(_heartbeat(OLD), 0.1)
    assert setup.outcome is None
    setup.receive(_heartbeat(None), 0.2)
    assert setup.outcome is not None
