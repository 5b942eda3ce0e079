"""Gimbal, camera, light and loudspeaker: each seen in what the component says of itself."""

import asyncio
import itertools
import math
from collections.abc import Callable

from ground_station.flying.asking import Asking
from ground_station.flying.outcome import done, failed, refused, words
from ground_station.flying.payload_state import (
    TYPE_CAMERA,
    TYPE_ILLUMINATOR,
    GimbalPose,
)
from ground_station.flying.wishes import (
    AimGimbal,
    Light,
    Play,
    Say,
    SetCameraMode,
    TakePhotos,
    TurnGimbal,
    Zoom,
)
from ground_station.hub.vehicles_port import CommandOutcome
from ground_station.vehicles.machine import GROUND_STATION
from onboard.mavlink import loudspeaker
from onboard.mavlink.codec import Address
from onboard.mavlink.command import CommandEnd
from onboard.mavlink.loudspeaker_order import LoudspeakerOrder

GIMBAL_PITCHYAW, GIMBAL_CONFIGURE = 1000, 1001
TAKE_CONTROL, GIVE_CONTROL = -2.0, -3.0
LEAVE_SECONDARY = -1.0
LOCK_ROLL, LOCK_PITCH, LOCK_YAW, YAW_FROM_NOSE, YAW_FROM_NORTH = 4, 8, 16, 32, 64
REQUEST_MESSAGE = 512
CAPTURE_STATUS, CAMERA_SETTINGS = 262, 260
IMAGE_START, IMAGE_STOP, VIDEO_START, VIDEO_STOP = 2000, 2001, 2500, 2501
SET_CAMERA_MODE, SET_CAMERA_ZOOM, ZOOM_RANGE = 530, 531, 2.0
ILLUMINATOR_ON_OFF, ILLUMINATOR_CONFIGURE, ILLUMINATOR_ON_MODE = 405, 406, 1.0
AIMED_RAD = math.radians(4.0)
SEEN_S = 8.0
ASK_AGAIN_S = 0.7
_requests = itertools.count(1)


async def aim(asking: Asking, wish: AimGimbal) -> CommandOutcome:
    """Turn the gimbal and see it point there."""
    await _take_gimbal(asking)
    from_north = wish.yaw_from == "north"
    flags = LOCK_ROLL | LOCK_PITCH | (LOCK_YAW | YAW_FROM_NORTH if from_north else YAW_FROM_NOSE)
    nan = math.nan
    await asking.command(
        GIMBAL_PITCHYAW,
        math.degrees(wish.pitch_rad),
        math.degrees(wish.yaw_rad),
        nan,
        nan,
        float(flags),
    )
    began_s = asking.now

    def points_there() -> bool:
        pose = asking.session.payload.gimbal
        return pose is not None and pose.at_s > began_s and _points(asking, pose, wish)

    await asking.see_within(points_there, timeout_s=SEEN_S)
    return done()


def _points(asking: Asking, pose: GimbalPose, wish: AimGimbal) -> bool:
    yaw = pose.yaw
    heading = asking.state.heading_rad or 0.0
    if pose.from_north and wish.yaw_from == "nose":
        yaw -= heading
    elif not pose.from_north and wish.yaw_from == "north":
        yaw += heading
    off = math.remainder(yaw - wish.yaw_rad, math.tau)
    return abs(pose.pitch - wish.pitch_rad) < AIMED_RAD and abs(off) < 2.0 * AIMED_RAD


async def turn(asking: Asking, wish: TurnGimbal) -> CommandOutcome:
    """Turn the gimbal at a rate."""
    await _take_gimbal(asking)
    nan = math.nan
    await asking.command(
        GIMBAL_PITCHYAW,
        nan,
        nan,
        math.degrees(wish.pitch_rate_rad_s),
        math.degrees(wish.yaw_rate_rad_s),
        float(LOCK_ROLL | LOCK_PITCH | YAW_FROM_NOSE),
    )
    before = asking.session.payload.gimbal
    if before is None or not (wish.pitch_rate_rad_s or wish.yaw_rate_rad_s):
        return done()

    def turned() -> bool:
        pose = asking.session.payload.gimbal
        return pose is not None and (
            abs(pose.pitch - before.pitch) > 0.01
            or abs(math.remainder(pose.yaw - before.yaw, math.tau)) > 0.01
        )

    await asking.see_within(turned, timeout_s=SEEN_S)
    return done()


async def release(asking: Asking) -> CommandOutcome:
    """Give the gimbal back."""
    await asking.command(GIMBAL_CONFIGURE, GIVE_CONTROL, GIVE_CONTROL, GIVE_CONTROL, GIVE_CONTROL)
    await asking.see_within(lambda: not _ours(asking), timeout_s=SEEN_S)
    return done()


async def _take_gimbal(asking: Asking) -> None:
    if asking.session.payload.gimbal is None and not asking.session.payload.gimbal_manager_seen:
        raise refused(words("подвес жоқ", "подвеса нет", "there is no gimbal"))
    if _ours(asking):
        return
    own = GROUND_STATION
    await asking.command(
        GIMBAL_CONFIGURE,
        float(own.system_id),
        float(own.component_id),
        LEAVE_SECONDARY,
        LEAVE_SECONDARY,
    )
    await asking.see_within(lambda: _ours(asking), timeout_s=SEEN_S)


def _ours(asking: Asking) -> bool:
    return asking.session.payload.gimbal_control == GROUND_STATION


async def photo(asking: Asking) -> CommandOutcome:
    """One picture; done when the camera says that it took one."""
    camera = _camera(asking)
    payload = asking.session.payload
    await _seen_after_asking(asking, camera, CAPTURE_STATUS, lambda: payload.pictures is not None)
    before, last = payload.pictures or 0, payload.last_picture
    await asking.command(IMAGE_START, 0.0, 0.0, 1.0, 0.0, to=camera)
    await _seen_after_asking(
        asking,
        camera,
        CAPTURE_STATUS,
        lambda: (payload.pictures or 0) > before or payload.last_picture != last,
    )
    return done()


async def photos(asking: Asking, wish: TakePhotos) -> CommandOutcome:
    """Pictures at an interval."""
    camera = _camera(asking)
    payload = asking.session.payload
    await asking.command(IMAGE_START, 0.0, wish.interval_s, 0.0, 0.0, to=camera)
    payload.interval_active = None
    await _seen_after_asking(
        asking, camera, CAPTURE_STATUS, lambda: payload.interval_active is True
    )
    return done()


async def stop_photos(asking: Asking) -> CommandOutcome:
    """No more pictures."""
    camera = _camera(asking)
    payload = asking.session.payload
    await asking.command(IMAGE_STOP, to=camera)
    payload.interval_active = None
    await _seen_after_asking(
        asking, camera, CAPTURE_STATUS, lambda: payload.interval_active is False
    )
    return done()


async def video(asking: Asking, *, on: bool) -> CommandOutcome:
    """Recording on or off."""
    camera = _camera(asking)
    payload = asking.session.payload
    await asking.command(VIDEO_START if on else VIDEO_STOP, to=camera)
    payload.recording = None
    await _seen_after_asking(asking, camera, CAPTURE_STATUS, lambda: payload.recording is on)
    return done()


async def zoom(asking: Asking, wish: Zoom) -> CommandOutcome:
    """Zoom to a share of the range."""
    camera = _camera(asking)
    payload = asking.session.payload
    await asking.command(SET_CAMERA_ZOOM, ZOOM_RANGE, wish.share * 100.0, to=camera)
    payload.zoom_share = None
    await _seen_after_asking(
        asking,
        camera,
        CAMERA_SETTINGS,
        lambda: payload.zoom_share is not None and abs(payload.zoom_share - wish.share) < 0.03,
    )
    return done()


async def camera_mode(asking: Asking, wish: SetCameraMode) -> CommandOutcome:
    """For pictures (0) or video (1)."""
    camera = _camera(asking)
    payload = asking.session.payload
    wanted = 1 if wish.mode == "video" else 0
    await asking.command(SET_CAMERA_MODE, 0.0, float(wanted), to=camera)
    payload.camera_mode = None
    await _seen_after_asking(asking, camera, CAMERA_SETTINGS, lambda: payload.camera_mode == wanted)
    return done()


async def light(asking: Asking, wish: Light) -> CommandOutcome:
    """The light: on is set by its own command, brightness by another.

    Seen in ILLUMINATOR_STATUS where the light tells it; else its ACK is its word.
    """
    lamp = asking.session.payload.component(TYPE_ILLUMINATOR, asking.now)
    if lamp is None:
        raise refused(words("жарық жоқ", "прожектора нет", "there is no light"))
    if wish.brightness is not None:
        nan = math.nan
        await asking.command(
            ILLUMINATOR_CONFIGURE, ILLUMINATOR_ON_MODE, wish.brightness * 100.0, nan, nan, to=lamp
        )
    await asking.command(ILLUMINATOR_ON_OFF, float(wish.on), to=lamp)
    if asking.session.payload.light_on is not None:
        await asking.see_within(
            lambda: asking.session.payload.light_on is wish.on, timeout_s=SEEN_S
        )
    return done()


async def speak(asking: Asking, wish: Say | Play) -> CommandOutcome:
    """Say or play; done when it has been heard to its end."""
    request = _request()
    if isinstance(wish, Play):
        packets: list[loudspeaker.Order] = [loudspeaker.PlayOrder(request=request, name=wish.name)]
    else:
        try:
            packets = list(loudspeaker.speak_parts(request, wish.text, wish.language))
        except ValueError:
            raise refused(
                words("мәтін тым ұзын", "текст слишком длинный", "the text is too long")
            ) from None
    return await _order(asking, packets)


async def silence(asking: Asking) -> CommandOutcome:
    """Stop speaking."""
    return await _order(asking, [loudspeaker.StopOrder(request=_request())])


async def _order(asking: Asking, packets: list[loudspeaker.Order]) -> CommandOutcome:
    speaker = Address(asking.state.system_id, loudspeaker.COMPONENT)
    order = LoudspeakerOrder(own=GROUND_STATION, speaker=speaker, packets=packets)
    answer = await asking.session.run(order, asking.now)
    if answer.accepted:
        return done()
    if answer.end is CommandEnd.NO_ANSWER:
        raise failed(
            words(
                "дауыс зорайтқыш жауап бермейді",
                "громкоговоритель не отвечает",
                "the loudspeaker does not answer",
            )
        )
    said = answer.words
    raise refused(
        words("дауыс зорайтқыш: {s}", "громкоговоритель: {s}", "loudspeaker: {s}", s=said)
    )


def _request() -> int:
    return next(_requests) & 0xFFFF or next(_requests) & 0xFFFF


def _camera(asking: Asking) -> Address:
    camera = asking.session.payload.component(TYPE_CAMERA, asking.now)
    if camera is None:
        raise refused(words("камера жоқ", "камеры нет", "there is no camera"))
    return camera


async def _seen_after_asking(
    asking: Asking, component: Address, message_id: int, holds: Callable[[], bool]
) -> None:
    """Have the component say how it stands, again and again, until it holds. Raises NotDone."""
    deadline_s = asking.now + SEEN_S
    while True:
        await asking.answer(REQUEST_MESSAGE, float(message_id), to=component)
        await asyncio.sleep(0.0)
        if holds():
            return
        if asking.now >= deadline_s:
            raise asking.unseen(SEEN_S, objects=False)
        await asyncio.sleep(ASK_AGAIN_S)
