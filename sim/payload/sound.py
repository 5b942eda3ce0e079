"""Sound as 16-bit mono samples, read from and written to WAV; and who hears it."""

import io
import json
import wave
from array import array
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

SAMPLE_BYTES = 2
RATES_HZ = (8000, 48000)


class NotASound(Exception):
    """Bytes that cannot be played; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sound:
    """Mono little-endian int16 `samples` at `rate_hz`."""

    rate_hz: int
    samples: bytes

    @property
    def length_s(self) -> float:
        """How long it lasts."""
        return len(self.samples) / SAMPLE_BYTES / self.rate_hz


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What came out of a loudspeaker: the first `played_s` seconds of a sound at a volume (0..1).

    `language` is empty for a recording.
    """

    system_id: int
    title: str
    language: str
    sound: Sound
    volume: float
    began_s: float
    played_s: float


class Listener(Protocol):
    """Somebody who hears the loudspeaker."""

    def hear(self, heard: Heard) -> None:
        """A message has sounded, to its end or until it was stopped."""


class WavFolder:
    """Writes all that is heard: a WAV file each, and a line in `heard.jsonl`.

    Raises:
        OSError: the folder cannot be made or written.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._count = 0

    def hear(self, heard: Heard) -> None:
        """Write one message."""
        self._count += 1
        name = f"speaker-{heard.system_id}-{self._count:03d}.wav"
        (self._folder / name).write_bytes(wav_of(as_heard(heard)))
        line = {
            "file": name,
            "system_id": heard.system_id,
            "title": heard.title,
            "language": heard.language,
            "began_s": round(heard.began_s, 3),
            "played_s": round(heard.played_s, 3),
            "length_s": round(heard.sound.length_s, 3),
            "volume": heard.volume,
        }
        with (self._folder / "heard.jsonl").open("a", encoding="utf-8") as log:
            log.write(json.dumps(line, ensure_ascii=False) + "\n")


def as_heard(heard: Heard) -> Sound:
    """The part that sounded, at its volume."""
    played = round(heard.played_s * heard.sound.rate_hz) * SAMPLE_BYTES
    samples = array("h", heard.sound.samples[:played])
    quieter = array("h", (round(sample * heard.volume) for sample in samples))
    return Sound(rate_hz=heard.sound.rate_hz, samples=quieter.tobytes())


def wav_of(sound: Sound) -> bytes:
    """A WAV file's bytes."""
    written = io.BytesIO()
    with wave.open(written, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(SAMPLE_BYTES)
        file.setframerate(sound.rate_hz)
        file.writeframes(sound.samples)
    return written.getvalue()


def sound_of(wav: bytes) -> Sound:
    """The sound in a WAV file: PCM, 16 bits, mono or stereo (mixed down), 8 to 48 kHz.

    Raises:
        NotASound: it is something else.
    """
    try:
        with wave.open(io.BytesIO(wav), "rb") as file:
            channels, width, rate_hz = file.getnchannels(), file.getsampwidth(), file.getframerate()
            frames = file.readframes(file.getnframes())
    except (wave.Error, EOFError) as error:
        raise NotASound(f"not a WAV file: {error}") from error
    if width != SAMPLE_BYTES or channels not in (1, 2):
        raise NotASound(f"{channels} channel(s) of {8 * width} bits; 1 or 2 of 16 can be played")
    if not RATES_HZ[0] <= rate_hz <= RATES_HZ[1]:
        raise NotASound(f"{rate_hz} Hz; 8000 to 48000 can be played")
    whole = frames[: len(frames) // (channels * SAMPLE_BYTES) * channels * SAMPLE_BYTES]
    if not whole:
        raise NotASound("the file holds no sound")
    return Sound(rate_hz=rate_hz, samples=whole if channels == 1 else _mixed(whole))


def _mixed(frames: bytes) -> bytes:
    both = array("h", frames)
    pairs = zip(both[::2], both[1::2], strict=True)
    return array("h", ((left + right) // 2 for left, right in pairs)).tobytes()
