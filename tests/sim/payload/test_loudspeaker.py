"""The loudspeaker: texts, recordings, stop, volume, refusals, and what is heard of them."""

import io
import json
import math
import wave
from array import array
from collections.abc import Callable
from pathlib import Path
from struct import pack
from typing import Any

import pytest

from onboard.mavlink.codec import Address, Message
from onboard.mavlink.command import CommandEnd
from onboard.mavlink.loudspeaker import (
    Order,
    PlayOrder,
    SpeakerAck,
    SpeakerState,
    SpeakerStatus,
    StopOrder,
    VolumeOrder,
    packet_of,
    speak_parts,
    tunnel,
)
from onboard.mavlink.loudspeaker_order import LoudspeakerOrder
from sim.payload.sound import NotASound, Sound, WavFolder, sound_of, wav_of
from sim.payload.voice import EspeakVoice, NoVoice, Spoken

SPEAKER = Address(1, 158)
GROUND_STATION = Address(255, 190)
ACCEPTED, REJECTED, DENIED, FAILED, IN_PROGRESS, CANCELLED = 0, 1, 2, 4, 5, 6
TEXTS = {
    "kk": "Назар аударыңыз! Бұл полиция. Аумақтан шығыңыз.",
    "ru": "Внимание! Говорит полиция. Покиньте территорию.",
    "en": "Attention! This is the police. Leave the area.",
}


def tone(seconds: float, rate_hz: int = 8000) -> bytes:
    """A WAV of a 400 Hz tone."""
    count = round(seconds * rate_hz)
    samples = (round(9000 * math.sin(math.tau * 400 * n / rate_hz)) for n in range(count))
    return wav_of(Sound(rate_hz=rate_hz, samples=array("h", samples).tobytes()))


class Tones:
    """A voice whose texts last a tenth of a second a letter."""

    def begin(self, text: str, language: str) -> Spoken:
        return Spoken(sound_of(tone(0.1 * len(text))))


class Mute:
    def begin(self, text: str, language: str) -> Spoken:
        raise NoVoice("no espeak-ng here")


def acks(at: Any) -> list[SpeakerAck]:
    packets = [packet_of(message) for message in at.all("TUNNEL")]
    return [packet for packet in packets if isinstance(packet, SpeakerAck)]


def order(at: Any, packets: list[Order], within_s: float = 60.0) -> LoudspeakerOrder:
    """Drive the ground's end of an order against the payload until it is over."""
    asked = LoudspeakerOrder(own=GROUND_STATION, speaker=SPEAKER, packets=packets)
    sends = asked.start(at.now_s)
    until_s = at.now_s + within_s
    heard = len(at.said)
    while asked.outcome is None and at.now_s < until_s:
        for send in sends:
            at.tell(send.name, **send.fields)
        at.run(0.1)
        fresh, heard = [said.message for said in at.said[heard:]], len(at.said)
        for message in fresh:
            asked.receive(message, at.now_s)
        sends = asked.tick(at.now_s)
    return asked


def ftp(at: Any, opcode: int, data: bytes = b"", *, sequence: int, offset: int = 0) -> Message:
    payload = pack("<HBBBBBBI", sequence, 0, opcode, len(data), 0, 0, 0, offset) + data
    target = {"target_system": 1, "target_component": 158}
    return at.tell("FILE_TRANSFER_PROTOCOL", payload=payload, **target)[-1]


def upload(at: Any, name: str, data: bytes) -> None:
    ftp(at, 6, name.encode(), sequence=0)
    for number, start in enumerate(range(0, len(data), 239), start=1):
        ftp(at, 7, data[start : start + 239], sequence=number, offset=start)
    assert ftp(at, 1, sequence=9999).payload[3] == 128


@pytest.mark.parametrize("language", sorted(TEXTS))
def test_a_text_is_spoken_in_its_language_and_heard(
    bench: Callable[..., Any], tmp_path: Path, language: str
) -> None:
    pytest.importorskip("espeakng_loader")
    at = bench(voice=EspeakVoice(), listener=WavFolder(tmp_path))
    asked = order(at, list(speak_parts(3, TEXTS[language], language)))
    assert asked.outcome is not None
    assert asked.outcome.end is CommandEnd.ACCEPTED
    told = json.loads((tmp_path / "heard.jsonl").read_text(encoding="utf-8"))
    assert (told["language"], told["title"]) == (language, TEXTS[language])
    with wave.open(str(tmp_path / told["file"])) as heard:
        length_s = heard.getnframes() / heard.getframerate()
        samples = array("h", heard.readframes(heard.getnframes()))
    assert 2.0 < length_s < 7.0
    assert length_s == pytest.approx(told["length_s"], abs=0.01)
    loudness = math.sqrt(sum(sample * sample for sample in samples) / len(samples))
    assert loudness > 500.0


def test_the_three_languages_sound_different_and_the_same_text_always_the_same() -> None:
    pytest.importorskip("espeakng_loader")
    spoken = [EspeakVoice().begin("Полиция 112", code).sound() for code in ("kk", "ru", "ru")]
    assert spoken[1] == spoken[2]
    assert spoken[0] != spoken[1]


def test_a_long_text_comes_in_parts_in_any_order(bench: Callable[..., Any]) -> None:
    at = bench(voice=Tones())
    parts = speak_parts(5, "ж" * 200, "ru")
    assert len(parts) == 4
    for part in reversed(parts):
        send = tunnel(part, SPEAKER)
        at.tell(send.name, **send.fields)
    at.run(1.0)
    status = [p for p in map(packet_of, at.all("TUNNEL")) if isinstance(p, SpeakerStatus)][-1]
    assert (status.state, status.language) == (SpeakerState.PLAYING, "ru")
    assert status.length_s == pytest.approx(20.0)


def test_progress_is_told_while_it_sounds_and_a_repeat_does_not_speak_twice(
    bench: Callable[..., Any], tmp_path: Path
) -> None:
    at = bench(voice=Tones(), listener=WavFolder(tmp_path))
    send = tunnel(speak_parts(9, "x" * 50, "en")[0], SPEAKER)
    at.tell(send.name, **send.fields)
    at.run(2.5)
    at.tell(send.name, **send.fields)
    at.run(10.0)
    at.tell(send.name, **send.fields)
    told = acks(at)
    assert [ack.result for ack in told if ack.result != IN_PROGRESS] == [ACCEPTED, ACCEPTED]
    progress = [ack.progress for ack in told if ack.result == IN_PROGRESS]
    assert progress == sorted(progress)
    assert len(progress) >= 5
    assert len(list(tmp_path.glob("*.wav"))) == 1


def test_stopping_cancels_and_only_what_sounded_was_heard(
    bench: Callable[..., Any], tmp_path: Path
) -> None:
    at = bench(voice=Tones(), listener=WavFolder(tmp_path))
    send = tunnel(speak_parts(1, "x" * 100, "en")[0], SPEAKER)
    at.tell(send.name, **send.fields)
    at.run(3.0)
    stopped = order(at, [StopOrder(request=2)])
    assert stopped.outcome is not None
    assert stopped.outcome.accepted
    assert [ack.result for ack in acks(at) if ack.request == 1][-1] == CANCELLED
    told = json.loads((tmp_path / "heard.jsonl").read_text(encoding="utf-8"))
    assert told["played_s"] == pytest.approx(2.5, abs=0.2)
    with wave.open(str(tmp_path / told["file"])) as heard:
        assert heard.getnframes() / heard.getframerate() == pytest.approx(
            told["played_s"], abs=0.01
        )


def test_a_second_message_waits_for_nobody_it_is_refused(bench: Callable[..., Any]) -> None:
    at = bench(voice=Tones())
    send = tunnel(speak_parts(1, "x" * 100, "en")[0], SPEAKER)
    at.tell(send.name, **send.fields)
    refused = order(at, list(speak_parts(2, "me too", "en")))
    assert refused.outcome is not None
    assert (refused.outcome.result, "stop it first" in refused.outcome.words) == (REJECTED, True)


@pytest.mark.parametrize(
    ("voice", "language", "result"), [(Mute(), "ru", FAILED), (None, "ru", FAILED), (None, "fr", 2)]
)
def test_what_cannot_be_spoken_is_refused_in_words(
    bench: Callable[..., Any], voice: Any, language: str, result: int
) -> None:
    at = bench(voice=voice)
    refused = order(at, list(speak_parts(1, "Attention", language)))
    assert refused.outcome is not None
    assert refused.outcome.result == result
    assert "voice" in refused.outcome.words or "espeak" in refused.outcome.words


def test_volume_scales_what_is_heard(bench: Callable[..., Any], tmp_path: Path) -> None:
    at = bench(voice=Tones(), listener=WavFolder(tmp_path))
    changed = order(at, [VolumeOrder(request=1, percent=50)])
    assert changed.outcome is not None
    assert changed.outcome.accepted
    order(at, list(speak_parts(2, "xx", "en")))
    with wave.open(str(next(tmp_path.glob("*.wav")))) as heard:
        assert max(array("h", heard.readframes(9999))) == pytest.approx(4500, abs=60)
    denied = order(at, [VolumeOrder(request=3, percent=200)])
    assert denied.outcome is not None
    assert denied.outcome.result == DENIED


def test_a_recording_arrives_by_ftp_and_is_played_by_name_and_by_number(
    bench: Callable[..., Any], tmp_path: Path
) -> None:
    at = bench(listener=WavFolder(tmp_path))
    upload(at, "/leave.wav", tone(2.0))
    assert at.payload.loudspeaker.store.files == {"leave.wav": tone(2.0)}
    assert b"Fleave.wav\t" in bytes(ftp(at, 3, b"/", sequence=1).payload)
    played = order(at, [PlayOrder(request=1, name="leave.wav")])
    assert played.outcome is not None
    assert played.outcome.accepted
    assert at.command(31010, 1, to=158) == [IN_PROGRESS]
    at.run(3.0)
    assert at.last("COMMAND_ACK").result == ACCEPTED
    assert len(list(tmp_path.glob("*.wav"))) == 2
    assert at.command(31010, 2, to=158) == [DENIED]
    missing = order(at, [PlayOrder(request=4, name="gone.wav")])
    assert missing.outcome is not None
    assert "gone.wav" in missing.outcome.words


def test_a_button_stops_a_message_and_sets_the_volume(bench: Callable[..., Any]) -> None:
    at = bench()
    at.payload.loudspeaker.store.files["a.wav"] = tone(5.0)
    at.command(31010, 1, to=158)
    at.run(1.0)
    assert at.command(31011, to=158) == [CANCELLED, ACCEPTED]
    assert at.command(31012, 35, to=158) == [ACCEPTED]
    assert at.payload.loudspeaker.volume_percent == 35


def test_a_repeated_ftp_request_is_answered_again_and_not_done_twice(
    bench: Callable[..., Any],
) -> None:
    at = bench()
    ftp(at, 6, b"a.wav", sequence=0)
    first = ftp(at, 7, b"abc", sequence=1)
    assert ftp(at, 7, b"abc", sequence=1).payload == first.payload
    ftp(at, 1, sequence=2)
    assert at.payload.loudspeaker.store.files == {"a.wav": b"abc"}
    assert ftp(at, 8, b"a.wav", sequence=3).payload[3] == 128
    assert ftp(at, 8, b"a.wav", sequence=4).payload[3:5] == bytes((129, 1))


def test_a_recording_larger_than_the_room_is_refused(bench: Callable[..., Any]) -> None:
    at = bench({"loudspeaker": {"storage_bytes": 400}})
    ftp(at, 6, b"a.wav", sequence=0)
    assert ftp(at, 7, bytes(239), sequence=1).payload[3] == 128
    assert ftp(at, 7, bytes(239), sequence=2, offset=239).payload[3] == 129


@pytest.mark.parametrize(
    "junk", [b"", b"\x01", b"\x02\x01\x00\x00", b"\x01\x01\x00\x00\x05\x02kk\0"]
)
def test_junk_in_a_tunnel_is_counted(bench: Callable[..., Any], junk: bytes) -> None:
    at = bench()
    target = {"target_system": 1, "target_component": 158, "payload_type": 49497}
    at.tell("TUNNEL", payload=junk, payload_length=len(junk), **target)
    assert at.payload.loudspeaker.malformed == 1
    assert not at.all("TUNNEL")


def test_a_text_that_is_too_long_is_not_sent() -> None:
    with pytest.raises(ValueError, match="1000"):
        speak_parts(1, "x" * 1001, "en")


def test_what_is_not_16_bit_sound_is_named() -> None:
    eight_bits = io.BytesIO()
    with wave.open(eight_bits, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(8000)
        file.writeframes(bytes(100))
    with pytest.raises(NotASound, match="8 bits"):
        sound_of(eight_bits.getvalue())
    with pytest.raises(NotASound, match="not a WAV"):
        sound_of(b"RIFFnonsense")
