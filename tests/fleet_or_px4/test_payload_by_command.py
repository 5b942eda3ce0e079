"""Gimbal, camera, light and loudspeaker do what they are told: ours always, PX4 by `--px4`.

Beside PX4 they are `qyran sim payload`, on its gimbal and payload ports.
"""

from typing import Any

import pytest

from ground_station.flying import wishes as w
from ground_station.hub.vehicles_port import CommandResult
from ground_station.vehicles.machine import GROUND_STATION

pytestmark = pytest.mark.system


def test_gimbal_camera_light_and_loudspeaker_do_what_they_are_told(
    vehicle_with_payload: Any, with_station: Any, hand: Any
) -> None:
    vehicle = vehicle_with_payload

    async def body(station: Any) -> None:
        it = hand(station, vehicle)
        payload = it.session.payload
        await it.hears_payload()
        await it.does(w.TakePhoto())
        pictures = payload.pictures
        await it.does(w.TakePhoto(), w.StartVideo(), w.Zoom(share=0.5))
        assert (payload.pictures, payload.recording) == (pictures + 1, True)
        await it.does(w.StopVideo(), w.AimGimbal(pitch_rad=-0.8, yaw_rad=0.5))
        assert payload.recording is False
        assert payload.zoom_share == pytest.approx(0.5, abs=0.03)
        assert payload.gimbal.pitch == pytest.approx(-0.8, abs=0.07)
        assert payload.gimbal_control == GROUND_STATION
        await it.does(w.Light(on=True, brightness=0.4))
        assert (payload.light_on, payload.light_brightness) == (True, pytest.approx(0.4))
        await it.does(w.Light(on=False), w.ReleaseGimbal())
        assert payload.light_on is False
        assert payload.gimbal_control != GROUND_STATION

    with_station([vehicle], body, within_s=60.0)


def test_words_are_spoken_to_their_end_and_unknown_recordings_are_refused(
    vehicle_with_payload: Any, with_station: Any, hand: Any
) -> None:
    vehicle = vehicle_with_payload
    spoken: set[str] = set()

    async def body(station: Any) -> None:
        it = hand(station, vehicle)
        payload = it.session.payload
        await it.hears_payload()
        it.session.hear(lambda _message, _now_s: spoken.add(payload.speaking))
        await it.does(w.Say(text="Внимание. Говорит полиция.", language="ru"))
        await it.does(w.Say(text="Назар аударыңыз.", language="kk"))
        unknown = await station.command(vehicle.system_id, w.Play(name="nothing.wav"))
        assert unknown.outcome is CommandResult.REFUSED
        assert "loudspeaker" in unknown.reason
        await it.sees(lambda _state: payload.speaking == "", within_s=5.0)

    with_station([vehicle], body, within_s=60.0)
    assert len(spoken) == 3
