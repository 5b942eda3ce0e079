"""A program that speaks one text with libespeak-ng: text on stdin, WAV on stdout.

    python -m sim.payload.espeak LANGUAGE

It is a process of its own because the library keeps its state in globals and may crash. The library
and its voices come from the optional wheel `espeakng-loader`.
Source: espeak-ng/src/include/espeak-ng/speak_lib.h.
"""

import ctypes
import sys

from sim.payload.sound import Sound, wav_of

SYNCHRONOUS, UTF8, RATE = 2, 1, 1
WORDS_A_MINUTE = 150
Callback = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p
)


def speak(text: str, language: str) -> Sound:
    """The spoken text.

    Raises:
        OSError: the library cannot be loaded or lacks the language.
    """
    import espeakng_loader

    library = ctypes.CDLL(espeakng_loader.get_library_path())
    data = espeakng_loader.get_data_path().encode()
    rate_hz = library.espeak_Initialize(SYNCHRONOUS, 0, data, 0)
    if rate_hz <= 0:
        raise OSError(f"espeak-ng does not start with the voices in {data.decode()}")
    if library.espeak_SetVoiceByName(language.encode("ascii")) != 0:
        raise OSError(f"espeak-ng has no voice for {language}")
    samples = bytearray()

    def collect(wave: "ctypes._Pointer[ctypes.c_short]", count: int, events: int | None) -> int:
        if wave and count > 0:
            samples.extend(ctypes.string_at(wave, 2 * count))
        return 0

    collecting = Callback(collect)
    library.espeak_SetSynthCallback(collecting)
    library.espeak_SetParameter(RATE, WORDS_A_MINUTE, 0)
    raw = text.encode("utf-8") + b"\0"
    library.espeak_Synth(raw, ctypes.c_size_t(len(raw)), 0, 0, 0, UTF8, None, None)
    library.espeak_Synchronize()
    return Sound(rate_hz=rate_hz, samples=bytes(samples))


def main() -> int:
    """Speak; 1 with one line on stderr where that cannot be done."""
    try:
        sound = speak(sys.stdin.buffer.read().decode("utf-8"), sys.argv[1])
    except OSError as error:
        print(error, file=sys.stderr)
        return 1
    sys.stdout.buffer.write(wav_of(sound))
    return 0


if __name__ == "__main__":
    sys.exit(main())
