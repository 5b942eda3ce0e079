"""Text to speech: espeak-ng as a process, begun at once and fetched a little later.

The executable is used where it is installed, else the library of the wheel `espeakng-loader`. The
same text gives the same samples, so a run can be repeated byte for byte.
"""

import importlib.util
import shutil
import subprocess
import sys
from functools import cache
from typing import Protocol

from sim.payload.sound import NotASound, Sound, sound_of

TIMEOUT_S = 20.0
WORDS_A_MINUTE = "150"
REMEMBERED = 32


class NoVoice(Exception):
    """A text cannot be spoken; the message says why, for a person."""


class Utterance(Protocol):
    """A text on its way to becoming a sound."""

    def sound(self) -> Sound:
        """The sound, waiting for it where it is not ready.

        Raises:
            NoVoice: it could not be made.
        """


class Voice(Protocol):
    """Somebody who can speak."""

    def begin(self, text: str, language: str) -> Utterance:
        """Begin to speak a text in kk, ru or en.

        Raises:
            NoVoice: there is nobody to speak.
        """


class Spoken:
    """A sound that is there already."""

    def __init__(self, sound: Sound) -> None:
        self._sound = sound

    def sound(self) -> Sound:
        """The sound."""
        return self._sound


class EspeakVoice:
    """espeak-ng; remembers the last texts, which patrols repeat."""

    def __init__(self) -> None:
        self._spoken: dict[tuple[str, str], Sound] = {}

    def begin(self, text: str, language: str) -> Utterance:
        """Start the process, or take the sound from memory."""
        known = self._spoken.get((text, language))
        if known is not None:
            return Spoken(known)
        return _Process(self, text, language)

    def remember(self, text: str, language: str, sound: Sound) -> None:
        """Keep a sound for the next time."""
        if len(self._spoken) >= REMEMBERED:
            del self._spoken[next(iter(self._spoken))]
        self._spoken[text, language] = sound


class _Process:
    def __init__(self, voice: EspeakVoice, text: str, language: str) -> None:
        self._voice = voice
        self._text = text
        self._language = language
        command = _command()
        if not command:
            raise NoVoice("no espeak-ng here: install it, or the wheel espeakng-loader")
        try:
            self._process = subprocess.Popen(
                _arguments(command, language),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
            )
        except OSError as error:
            raise NoVoice(f"espeak-ng does not start: {error.strerror}") from error

    def sound(self) -> Sound:
        try:
            wav, words = self._process.communicate(self._text.encode("utf-8"), timeout=TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.communicate()
            raise NoVoice(f"espeak-ng did not finish within {TIMEOUT_S:g} s") from None
        if self._process.returncode != 0:
            said = words.decode("utf-8", "replace").strip().splitlines()
            raise NoVoice(said[-1] if said else f"espeak-ng ended {self._process.returncode}")
        try:
            sound = sound_of(wav)
        except NotASound as error:
            raise NoVoice(f"espeak-ng gave no sound: {error}") from error
        self._voice.remember(self._text, self._language, sound)
        return sound


@cache
def _command() -> tuple[str, ...]:
    executable = shutil.which("espeak-ng")
    if executable:
        return (executable,)
    if importlib.util.find_spec("espeakng_loader") is None:
        return ()
    return (sys.executable, "-m", "sim.payload.espeak")


def _arguments(command: tuple[str, ...], language: str) -> list[str]:
    if len(command) > 1:
        return [*command, language]
    return [*command, "-v", language, "-s", WORDS_A_MINUTE, "--stdin", "--stdout"]
