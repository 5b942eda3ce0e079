"""Any field values in any message that the bridge reads, from either side."""

from hypothesis import given, settings
from hypothesis import strategies as st

from ground_station.dronekit_bridge.bridge import Bridge
from ground_station.dronekit_bridge.voices import Voices
from ground_station.dronekit_bridge.words import Dialect, Words
from onboard.mavlink.codec import Decoder, Encoder, Message
from onboard.mavlink.codec.checksum import checksum
from onboard.mavlink.codec.dialect import LAYOUT_BY_NAME

READ = (
    *("COMMAND_LONG", "COMMAND_INT", "SET_MODE", "PARAM_SET", "COMMAND_ACK", "PARAM_VALUE"),
    *("MISSION_COUNT", "MISSION_ITEM", "MISSION_ITEM_INT", "MISSION_REQUEST", "MISSION_ACK"),
    *("MISSION_REQUEST_INT", "MISSION_REQUEST_LIST", "MISSION_CLEAR_ALL", "MISSION_CURRENT"),
    *("MISSION_SET_CURRENT", "MISSION_ITEM_REACHED", "HEARTBEAT", "HOME_POSITION", "ATTITUDE"),
    *("GLOBAL_POSITION_INT", "ESTIMATOR_STATUS", "SET_POSITION_TARGET_LOCAL_NED"),
    "SET_POSITION_TARGET_GLOBAL_INT",
)
BITS = st.sampled_from(
    [b"\x00\x00\xc0\x7f", b"\x00\x00\x80\x7f", b"\xff\xff\xff\x7f", b"\0" * 4, b"\x01\0\0\0"]
)
PAYLOADS = st.one_of(
    st.binary(min_size=64, max_size=64), st.lists(BITS, min_size=16, max_size=16).map(b"".join)
)


def _message(name: str, payload: bytes, *, system_id: int, component_id: int) -> Message:
    layout = LAYOUT_BY_NAME[name]
    body = payload[: layout.size].ljust(layout.size, b"\1")
    header = bytes((len(body), 0, 0, 0, system_id, component_id)) + layout.id.to_bytes(3, "little")
    sealed = header + body
    frame = b"\xfd" + sealed + checksum(sealed, layout.seed).to_bytes(2, "little")
    (message,) = Decoder().feed(frame)
    return message


def _frames_are_good(words: Words, voices: Voices) -> None:
    for word in words:
        decoder = Decoder()
        assert len(decoder.feed(voices.frame(word))) == 1


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(st.booleans(), st.sampled_from(READ), PAYLOADS), min_size=1, max_size=40),
    st.sampled_from(list(Dialect)),
)
def test_nothing_that_either_side_says_breaks_the_bridge(
    said: list[tuple[bool, str, bytes]], dialect: Dialect
) -> None:
    bridge = Bridge(dialect=dialect)
    voices = Voices(bridge.known)
    beat = Encoder(system_id=1, component_id=1).encode("HEARTBEAT", type=2, autopilot=12)
    home = Encoder(system_id=1, component_id=1).encode("HOME_POSITION", latitude=1, longitude=1)
    for message in Decoder().feed(beat + home):
        bridge.from_vehicle(message, 0.0)
    now_s = 0.0
    for of_vehicle, name, payload in said:
        now_s += 0.3
        sender = {"system_id": 1, "component_id": 1} if of_vehicle else {"system_id": 255}
        message = _message(name, payload, **({"component_id": 0} | sender))
        take = bridge.from_vehicle if of_vehicle else bridge.from_client
        _frames_are_good(take(message, now_s), voices)
        _frames_are_good(bridge.tick(now_s), voices)
    for _ in range(600):
        now_s += 0.5
        _frames_are_good(bridge.tick(now_s), voices)
    assert not bridge._plans.busy
