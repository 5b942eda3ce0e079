"""What held on a leg of a mission: from the plan's items before it, and what was asked for since.

What PX4 does by itself when it enters Mission mode again (mission_base.cpp, v1.17): it flies
straight from where it is to the item that was current; it repeats the mission's last speed change,
gimbal, camera-mode and trigger items; and where the mission was taking pictures it goes one
waypoint back first. What it does not: go back to the leg, look at the region of interest again
(it forgets it), zoom, record, and know of anything that an operator had asked for.
"""

import math
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
from missions.geodesy import GeoPoint, LocalPlane
from missions.plan import RELATIVE_FRAMES, Command, MissionItem, Plan
from onboard.mavlink.command import CommandPlace

TRIGGER_CONTROL = 2003
SAME_ZOOM = 0.03
NO_SUCH_ITEM = 65535
SPEED, LOOK, GIMBAL, PICTURES = "speed", "look", "gimbal", "pictures"
VIDEO, ZOOM, CAMERA_MODE = "video", "zoom", "camera_mode"
# A mission's own item of a kind ends what an operator had asked for before it.
ITEMS: Mapping[str, frozenset[int]] = {
    SPEED: frozenset((Command.DO_CHANGE_SPEED,)),
    LOOK: frozenset(
        (
            Command.DO_SET_ROI_LOCATION,
            Command.DO_SET_ROI_NONE,
            Command.DO_SET_ROI_WPNEXT_OFFSET,
            Command.DO_SET_ROI,
            Command.NAV_ROI,
        )
    ),
    GIMBAL: frozenset(
        (
            Command.DO_GIMBAL_MANAGER_PITCHYAW,
            Command.DO_GIMBAL_MANAGER_CONFIGURE,
            Command.DO_MOUNT_CONTROL,
        )
    ),
    PICTURES: frozenset(
        (
            Command.DO_SET_CAM_TRIGG_DIST,
            Command.DO_SET_CAM_TRIGG_INTERVAL,
            Command.IMAGE_START_CAPTURE,
            Command.IMAGE_STOP_CAPTURE,
            TRIGGER_CONTROL,
        )
    ),
    VIDEO: frozenset((Command.VIDEO_START_CAPTURE, Command.VIDEO_STOP_CAPTURE)),
    # PX4 takes no zoom item.
    ZOOM: frozenset(),
    CAMERA_MODE: frozenset((Command.SET_CAMERA_MODE,)),
}
# Repeated in this order: the mode before the lens, and what moves the nose last.
ORDER = (CAMERA_MODE, ZOOM, VIDEO, PICTURES, SPEED, GIMBAL, LOOK)
RESTORED = (SetCameraMode, Zoom, StartVideo, TakePhotos, ChangeSpeed, AimGimbal, LookAt)
PLACES = frozenset(
    (
        Command.NAV_WAYPOINT,
        Command.NAV_LOITER_UNLIM,
        Command.NAV_LOITER_TIME,
        Command.NAV_LOITER_TO_ALT,
        Command.NAV_TAKEOFF,
        Command.NAV_LAND,
    )
)


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


def place_on_leg(
    plan: Plan | None, item: int, here: CommandPlace, home_amsl_m: float
) -> CommandPlace | None:
    """The nearest place to `here` on the leg to `item`; None where the plan has no such leg."""
    places = [] if plan is None else list(_places(plan.items, home_amsl_m))
    before = [place for index, place in places if index < item]
    after = [place for index, place in places if index >= item]
    if not before or not after:
        return None
    start, end = before[-1], after[0]
    plane = LocalPlane(GeoPoint(latitude_deg=start.latitude_deg, longitude_deg=start.longitude_deg))
    along_e, along_n = plane.en(_point(end))
    off_e, off_n = plane.en(_point(here))
    length = along_e**2 + along_n**2
    share = 1.0 if length <= 0.0 else (off_e * along_e + off_n * along_n) / length
    share = min(1.0, max(0.0, share))
    foot = plane.geo(along_e * share, along_n * share)
    height = start.height_amsl_m + share * (end.height_amsl_m - start.height_amsl_m)
    return CommandPlace(
        latitude_deg=foot.latitude_deg, longitude_deg=foot.longitude_deg, height_amsl_m=height
    )


def shown_for(plan: Plan | None, item: int) -> range:
    """What PX4 may show as current when it is sent to an item: its next item with a place, where
    the one asked for is an instant one."""
    places = [] if plan is None else [index for index, _ in _places(plan.items, 0.0)]
    after = (index for index in places if index >= item)
    return range(item, next(after, NO_SUCH_ITEM) + 1)


def takes_pictures(plan: Plan | None, item: int) -> bool:
    """Whether PX4 goes one waypoint back by itself: the mission's trigger is on before `item`."""
    last = _last(() if plan is None else plan.items[:item], ITEMS[PICTURES])
    if last is None or last.command == Command.DO_SET_CAM_TRIGG_INTERVAL:
        return False
    if last.command == Command.IMAGE_STOP_CAPTURE:
        return False
    return last.command == Command.IMAGE_START_CAPTURE or last.params[0] > 0.0


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


def _places(items: Sequence[MissionItem], home_amsl_m: float) -> Sequence[tuple[int, CommandPlace]]:
    return [
        (
            index,
            CommandPlace(
                latitude_deg=item.latitude_deg,
                longitude_deg=item.longitude_deg,
                height_amsl_m=item.params[6]
                + (home_amsl_m if item.frame in RELATIVE_FRAMES else 0.0),
            ),
        )
        for index, item in enumerate(items)
        if item.command in PLACES and item.has_position and all(map(math.isfinite, item.params[4:]))
    ]


def _point(place: CommandPlace) -> GeoPoint:
    return GeoPoint(latitude_deg=place.latitude_deg, longitude_deg=place.longitude_deg)
