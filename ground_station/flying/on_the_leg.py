"""What held on a leg of a mission: from the plan's items before it, and what was asked for since.

What PX4 does by itself when it enters Mission mode again (mission_base.cpp, v1.17): it flies
straight from where it is to the item that was current; it repeats the mission's last speed change,
gimbal, camera-mode and trigger items; and where the mission was taking pictures it goes one
waypoint back first. What it does not: go back to the leg, look at the region of interest again
(it forgets it), zoom, record, and know of anything that an operator had asked for.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Literal

from ground_station.flying.left_leg import Asks
from ground_station.flying.payload_state import PayloadState
from ground_station.flying.wishes import (
    AimGimbal,
    AnyWish,
    ChangeSpeed,
    LookAt,
    LookAway,
    SetCameraMode,
    StartVideo,
    StopVideo,
    TakePhotos,
    TurnGimbal,
    Zoom,
)
from missions.plan import RELATIVE_FRAMES, Command, MissionItem, Plan
from onboard.mavlink import mission_leg
from onboard.mavlink.mission_leg import place_on_leg as place_on_leg
from onboard.mavlink.mission_leg import places_of
from onboard.mavlink.mission_leg import takes_pictures as takes_pictures

SAME_ZOOM = 0.03
NO_SUCH_ITEM = 65535
SPEED, LOOK, GIMBAL, PICTURES = "speed", "look", "gimbal", "pictures"
VIDEO, ZOOM, CAMERA_MODE = "video", "zoom", "camera_mode"
# A mission's own item of a kind ends what an operator had asked for before it.
ITEMS: Mapping[str, frozenset[int]] = {
    SPEED: frozenset((Command.DO_CHANGE_SPEED,)),
    LOOK: mission_leg.LOOKS,
    GIMBAL: frozenset(
        (
            Command.DO_GIMBAL_MANAGER_PITCHYAW,
            Command.DO_GIMBAL_MANAGER_CONFIGURE,
            Command.DO_MOUNT_CONTROL,
        )
    ),
    PICTURES: mission_leg.PICTURES,
    VIDEO: frozenset((Command.VIDEO_START_CAPTURE, Command.VIDEO_STOP_CAPTURE)),
    # PX4 takes no zoom item.
    ZOOM: frozenset(),
    CAMERA_MODE: frozenset((Command.SET_CAMERA_MODE,)),
}
# Repeated in this order: the mode before the lens, and what moves the nose last.
ORDER = (CAMERA_MODE, ZOOM, VIDEO, PICTURES, SPEED, GIMBAL, LOOK)
RESTORED = (SetCameraMode, Zoom, StartVideo, TakePhotos, ChangeSpeed, AimGimbal, LookAt)


def to_restore(
    plan: Plan | None, item: int, asks: Asks, seen: Sequence[AnyWish], home_amsl_m: float
) -> list[AnyWish]:
    """What is to be asked for again so that the leg to `item` is flown as before."""
    items = () if plan is None else plan.items[:item]
    by_kind = {kind: _in_force(kind, items, asks, home_amsl_m) for kind in ORDER}
    by_kind |= {kind_of(wish): wish for wish in seen}
    found = (by_kind[kind] for kind in _in_order(items, asks))
    return [wish for wish in found if isinstance(wish, RESTORED) and not _own_speed(wish)]


def _in_order(items: Sequence[MissionItem], asks: Asks) -> Sequence[str]:
    """Of a gimbal's aim and a region of interest the later one has the gimbal."""
    aim, asked = asks.get(GIMBAL), list(asks)
    if aim is None or _last(items[aim.item :], ITEMS[LOOK]) is not None:
        return ORDER
    if LOOK in asks and asked.index(LOOK) > asked.index(GIMBAL):
        return ORDER
    return (*ORDER[:-2], LOOK, GIMBAL)


def kind_of(wish: AnyWish) -> str:
    """What of the flight a wish sets."""
    match wish:
        case ChangeSpeed():
            return SPEED
        case LookAt() | LookAway():
            return LOOK
        case StartVideo() | StopVideo():
            return VIDEO
        case Zoom():
            return ZOOM
        case SetCameraMode():
            return CAMERA_MODE
        case _:
            return PICTURES if wish.command.startswith("photo") else GIMBAL


def seen_now(payload: PayloadState, asks: Asks) -> tuple[AnyWish, ...]:
    """What the payload itself says: the camera's work, and where a gimbal turned by hand points."""
    said: list[AnyWish] = []
    turned, pose = asks.get(GIMBAL), payload.gimbal
    if turned is not None and isinstance(turned.wish, TurnGimbal) and pose is not None:
        yaw_from: Literal["north", "nose"] = "north" if pose.from_north else "nose"
        said.append(AimGimbal(pitch_rad=pose.pitch, yaw_rad=pose.yaw, yaw_from=yaw_from))
    if payload.recording is not None:
        said.append(StartVideo() if payload.recording else StopVideo())
    if payload.zoom_share is not None:
        said.append(Zoom(share=min(1.0, max(0.0, payload.zoom_share))))
    return tuple(said)


def holds_already(wish: AnyWish, payload: PayloadState) -> bool:
    """Whether the payload says that a wish holds, so that it need not be asked for again."""
    match wish:
        case StartVideo():
            return payload.recording is True
        case Zoom():
            share = payload.zoom_share
            return share is not None and abs(share - wish.share) < SAME_ZOOM
        case SetCameraMode():
            return payload.camera_mode == (1 if wish.mode == "video" else 0)
        case TakePhotos():
            return payload.interval_active is True
        case _:
            return False


def shown_for(plan: Plan | None, item: int) -> range:
    """What PX4 may show as current when it is sent to an item: its next item with a place, where
    the one asked for is an instant one."""
    places = [] if plan is None else [index for index, _ in places_of(plan.items, 0.0)]
    after = (index for index in places if index >= item)
    return range(item, next(after, NO_SUCH_ITEM) + 1)


def _in_force(
    kind: str, items: Sequence[MissionItem], asks: Asks, home_amsl_m: float
) -> AnyWish | None:
    ask = asks.get(kind)
    if ask is not None and _last(items[ask.item :], ITEMS[kind]) is None:
        return ask.wish
    own = _last(items, ITEMS[kind])
    repeats = OF_THE_MISSION.get(kind)
    return None if own is None or repeats is None else repeats(own, home_amsl_m)


def _last(items: Sequence[MissionItem], commands: frozenset[int]) -> MissionItem | None:
    return next((each for each in reversed(items) if each.command in commands), None)


def _look(item: MissionItem, home_amsl_m: float) -> AnyWish | None:
    if item.command != Command.DO_SET_ROI_LOCATION or not item.has_position:
        return None
    above = home_amsl_m if item.frame in RELATIVE_FRAMES else 0.0
    return LookAt(
        latitude_deg=item.latitude_deg,
        longitude_deg=item.longitude_deg,
        height_amsl_m=item.params[6] + above,
    )


def _video(item: MissionItem, _home_amsl_m: float) -> AnyWish | None:
    return StartVideo() if item.command == Command.VIDEO_START_CAPTURE else None


# What of a mission's items PX4 does not repeat by itself.
OF_THE_MISSION: Mapping[str, Callable[[MissionItem, float], AnyWish | None]] = {
    LOOK: _look,
    VIDEO: _video,
}


def _own_speed(wish: AnyWish) -> bool:
    return isinstance(wish, ChangeSpeed) and wish.speed_m_s is None
