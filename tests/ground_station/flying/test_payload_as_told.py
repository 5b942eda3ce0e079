"""What hangs on a vehicle does what it is told and says so; what is not there refuses in words."""

import asyncio
import io
import wave
from typing import Any

import pytest

from ground_station.flying import wishes as w
from ground_station.hub.vehicles_port import CommandResult
from sim.payload.sound import sound_of
from sim.payload.voice import Spoken, Utterance

RATE_HZ = 8000


def _tone(length_s: float) -> bytes:
    held = io.BytesIO()
    with wave.open(held, "wb") as writing:
        writing.setnchannels(1)
        writing.setsampwidth(2)
        writing.setframerate(RATE_HZ)
        writing.writeframes(b"\x00\x20" * int(RATE_HZ * length_s))
    return held.getvalue()


class _Reader:
    """A voice that needs three seconds for anything, and remembers what it was to say."""

    def __init__(self) -> None:
        self.said: list[tuple[str, str]] = []

    def begin(self, text: str, language: str) -> Utterance:
        self.said.append((text, language))
        return Spoken(sound_of(_tone(3.0)))


async def _ends(bench: Any, wish: w.AnyWish) -> CommandResult:
    outcome = await bench.pilot.do(wish, "Aigul")
    result: CommandResult = outcome.outcome
    return result


def test_everything_is_seen_in_what_the_component_says_of_itself(fly: Any) -> None:
    async def deeds(bench: Any) -> None:
        await asyncio.sleep(3.0)
        payload = bench.vehicle.payload
        for wish in (
            w.AimGimbal(pitch_rad=-1.0, yaw_rad=0.4),
            w.SetCameraMode(mode="video"),
            w.TakePhotos(interval_s=1.0),
            w.StartVideo(),
            w.Zoom(share=0.7),
            w.Light(on=True, brightness=0.4),
        ):
            assert await _ends(bench, wish) is CommandResult.DONE, wish.command
        view = bench.session.view(bench.now).payload
        assert abs(view.gimbal_pitch_rad + 1.0) < 0.07
        assert (view.recording, view.taking_series, view.gimbal_held_by_us) == (True, True, True)
        assert view.zoom_share == pytest.approx(0.7, abs=0.03)
        assert (view.light_on, view.light_brightness) == (True, pytest.approx(0.4))
        assert payload.light.brightness_at(bench.now) == pytest.approx(0.4)
        for wish in (w.StopPhotos(), w.StopVideo(), w.Light(on=False), w.ReleaseGimbal()):
            assert await _ends(bench, wish) is CommandResult.DONE, wish.command
        view = bench.session.view(bench.now).payload
        assert (view.recording, view.taking_series, view.light_on) == (False, False, False)

    fly(deeds)


def test_camera_is_asked_how_it_stands_where_it_does_not_say(fly: Any) -> None:
    async def deeds(bench: Any) -> None:
        bench.station()
        await asyncio.sleep(8.0)
        view = bench.session.view(bench.now).payload
        assert (view.camera, view.recording) == (True, False)
        assert view.zoom_share is not None

    fly(deeds)


def test_words_are_spoken_to_their_end_in_their_language(fly: Any) -> None:
    reader = _Reader()

    async def deeds(bench: Any) -> None:
        await asyncio.sleep(2.0)
        began_s = bench.now
        said = await bench.pilot.do(w.Say(text="Тарауыңызды сұраймыз. " * 12, language="kk"), "A")
        assert said.outcome is CommandResult.DONE, said.reason
        assert bench.now - began_s >= 3.0
        assert bench.session.view(bench.now).payload.speaking == ""

    fly(deeds, voice=reader)
    assert reader.said == [(("Тарауыңызды сұраймыз. " * 12).strip(), "kk")]


def test_newer_words_take_the_place_of_older_ones_and_silence_ends_them(fly: Any) -> None:
    async def deeds(bench: Any) -> None:
        await asyncio.sleep(2.0)
        first = asyncio.create_task(bench.pilot.do(w.Say(text="first", language="en"), "A"))
        await asyncio.sleep(1.0)
        assert bench.session.view(bench.now).payload.speaking != ""
        assert await _ends(bench, w.Silence()) is CommandResult.DONE
        assert (await first).outcome is CommandResult.CANCELLED
        await asyncio.sleep(0.5)
        assert bench.session.view(bench.now).payload.speaking == ""

    fly(deeds, voice=_Reader())


def test_recorded_message_is_played_by_name_and_an_unknown_one_is_refused(fly: Any) -> None:
    async def deeds(bench: Any) -> None:
        bench.vehicle.payload.loudspeaker.store.files["leave.wav"] = _tone(2.0)
        await asyncio.sleep(2.0)
        assert await _ends(bench, w.Play(name="leave.wav")) is CommandResult.DONE
        unknown = await bench.pilot.do(w.Play(name="nothing.wav"), "Aigul")
        assert unknown.outcome is CommandResult.REFUSED
        assert "loudspeaker" in unknown.reason

    fly(deeds)


def test_camera_whose_card_is_full_refuses(fly: Any) -> None:
    async def deeds(bench: Any) -> None:
        await asyncio.sleep(3.0)
        bench.vehicle.payload.faults.storage_full = True
        outcome = await bench.pilot.do(w.StartVideo(), "Aigul")
        assert outcome.outcome is CommandResult.REFUSED

    fly(deeds)


def test_silent_payload_is_refused_by_name(fly: Any) -> None:
    async def deeds(bench: Any) -> None:
        await asyncio.sleep(3.0)
        bench.session.payload.heard_at_s.clear()
        bench.vehicle.payload.faults.silent = True
        for wish, missing in ((w.TakePhoto(), "camera"), (w.Light(on=True), "light")):
            outcome = await bench.pilot.do(wish, "Aigul")
            assert outcome.outcome is CommandResult.REFUSED
            assert missing in outcome.reason

    fly(deeds)
