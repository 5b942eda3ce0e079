"""Which function carries out which wish."""

from collections.abc import Coroutine
from typing import Any

from ground_station.flying import (
    ground_deeds,
    mission_deeds,
    payload_deeds,
    place_deeds,
    safety_deeds,
)
from ground_station.flying import wishes as w
from ground_station.flying.asking import Asking
from ground_station.flying.left_leg import FlightMemory
from ground_station.hub.vehicles_port import CommandOutcome

Doing = Coroutine[Any, Any, CommandOutcome]


def carry_out(wish: w.AnyWish, asking: Asking, memory: FlightMemory) -> Doing:
    """The deed of any wish but of following, which outlasts its answer."""

    def again(before: w.AnyWish) -> Doing:
        return carry_out(before, asking, FlightMemory())

    match wish:
        case w.Start():
            return mission_deeds.start(asking, wish, memory, again)
        case w.Resume():
            return mission_deeds.resume(asking, wish, memory, again)
        case w.Jump():
            return mission_deeds.jump(asking, wish, memory, again)
        case w.Divert():
            return mission_deeds.divert(asking, wish, memory, again)
        case w.Arm():
            return ground_deeds.arm(asking)
        case w.Disarm():
            return ground_deeds.disarm(asking)
        case w.TakeOff():
            return ground_deeds.take_off(asking, wish)
        case w.Kill():
            return ground_deeds.kill(asking)
        case w.Hold():
            return safety_deeds.hold(asking)
        case w.Return():
            return safety_deeds.return_home(asking)
        case w.Land():
            return safety_deeds.land(asking)
        case w.Abort():
            return safety_deeds.abort(asking)
        case _:
            return _of_place_or_payload(wish, asking)


def _of_place_or_payload(wish: w.AnyWish, asking: Asking) -> Doing:
    match wish:
        case w.Orbit():
            return place_deeds.orbit(asking, wish)
        case w.LookAt():
            return place_deeds.look_at(asking, wish)
        case w.LookAway():
            return place_deeds.look_away(asking)
        case w.ChangeSpeed():
            return place_deeds.change_speed(asking, wish)
        case w.ChangeHeight():
            return place_deeds.change_height(asking, wish)
        case w.AimGimbal():
            return payload_deeds.aim(asking, wish)
        case w.TurnGimbal():
            return payload_deeds.turn(asking, wish)
        case w.ReleaseGimbal():
            return payload_deeds.release(asking)
        case _:
            return _of_camera_light_or_voice(wish, asking)


def _of_camera_light_or_voice(wish: w.AnyWish, asking: Asking) -> Doing:
    match wish:
        case w.TakePhoto():
            return payload_deeds.photo(asking)
        case w.TakePhotos():
            return payload_deeds.photos(asking, wish)
        case w.StopPhotos():
            return payload_deeds.stop_photos(asking)
        case w.StartVideo() | w.StopVideo():
            return payload_deeds.video(asking, on=isinstance(wish, w.StartVideo))
        case w.Zoom():
            return payload_deeds.zoom(asking, wish)
        case w.SetCameraMode():
            return payload_deeds.camera_mode(asking, wish)
        case w.Light():
            return payload_deeds.light(asking, wish)
        case w.Say() | w.Play():
            return payload_deeds.speak(asking, wish)
        case w.Silence():
            return payload_deeds.silence(asking)
        case _:
            raise TypeError(f"nobody carries out {wish.command}")
