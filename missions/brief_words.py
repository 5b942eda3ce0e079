"""A mission item in plain words, for whoever reads the brief beside the drone."""

import math
from collections.abc import Callable, Sequence

from missions.plan import Command, MissionItem, Params

NAMES = {
    int(Command.NAV_WAYPOINT): "fly to",
    int(Command.NAV_LOITER_UNLIM): "stay for good",
    int(Command.NAV_LOITER_TIME): "stay",
    int(Command.NAV_RETURN_TO_LAUNCH): "return",
    int(Command.NAV_LAND): "land",
    int(Command.NAV_TAKEOFF): "take off",
    int(Command.NAV_LOITER_TO_ALT): "circle to the height",
    int(Command.NAV_VTOL_TAKEOFF): "take off (VTOL)",
    int(Command.NAV_VTOL_LAND): "land (VTOL)",
    int(Command.NAV_DELAY): "wait",
    int(Command.DO_JUMP): "jump",
    int(Command.DO_CHANGE_SPEED): "speed",
    int(Command.DO_LAND_START): "landing begins",
    int(Command.DO_SET_ROI_LOCATION): "look at",
    int(Command.DO_SET_ROI_NONE): "look ahead again",
    int(Command.DO_SET_CAM_TRIGG_DIST): "pictures by distance",
    int(Command.DO_SET_CAM_TRIGG_INTERVAL): "pictures by time",
    int(Command.DO_GIMBAL_MANAGER_PITCHYAW): "gimbal",
    int(Command.DO_GIMBAL_MANAGER_CONFIGURE): "take the gimbal",
    int(Command.IMAGE_START_CAPTURE): "picture",
    int(Command.IMAGE_STOP_CAPTURE): "pictures end",
    int(Command.VIDEO_START_CAPTURE): "video begins",
    int(Command.VIDEO_STOP_CAPTURE): "video ends",
}
LEVEL_DEG = 10.0


def name_of(item: MissionItem) -> str:
    """What it does, and its number in MAVLink."""
    known = NAMES.get(item.command)
    return f"{known} ({item.command})" if known else f"command {item.command}"


def details_of(item: MissionItem) -> str:
    """Its parameters in words; as numbers where nobody put them in words."""
    told = DETAILS.get(int(item.command))
    if told is not None:
        return ", ".join(part for part in told(item.params) if part)
    if item.command in NAMES:
        return ""
    return numbers(item.params[:4] if item.has_position else item.params)


def numbers(params: Sequence[float]) -> str:
    """As they are; `-` for what is not given."""
    return "  ".join("-" if math.isnan(value) else f"{value:g}" for value in params)


def _given(value: float) -> bool:
    return math.isfinite(value) and value != 0.0


def _waypoint(params: Params) -> list[str]:
    return [
        f"stay {params[0]:g} s" if _given(params[0]) else "",
        f"within {params[1]:g} m" if _given(params[1]) else "",
        f"heading {params[3]:g}\u00b0" if math.isfinite(params[3]) else "",
    ]


def _stay(params: Params) -> list[str]:
    radius = f"{abs(params[2]):g} m round" if _given(params[2]) else ""
    return [f"{params[0]:g} s" if math.isfinite(params[0]) else "", radius]


def _jump(params: Params) -> list[str]:
    if not math.isfinite(params[0] + params[1]):
        return [numbers(params[:2])]
    return [f"to no. {params[0] + 1.0:g}", f"{params[1]:g} times"]


def _speed(params: Params) -> list[str]:
    through = "through the air" if params[0] == 0.0 else ""
    return [f"{params[1]:g} m/s" if params[1] > 0.0 else "as it is", through]


def _distance(params: Params) -> list[str]:
    return [f"every {params[0]:g} m" if params[0] > 0.0 else "end"]


def _interval(params: Params) -> list[str]:
    return [f"every {params[0] / 1000.0:g} s" if params[0] > 0.0 else "end"]


def _gimbal(params: Params) -> list[str]:
    pitch, yaw = params[0], params[1]
    if not math.isfinite(pitch):
        return [numbers(params[:5])]
    level = abs(pitch) < LEVEL_DEG
    down = "level" if level else f"{abs(pitch):g}\u00b0 {'down' if pitch < 0.0 else 'up'}"
    return [down, f"{yaw:g}\u00b0 to the side" if _given(yaw) else ""]


def _picture(params: Params) -> list[str]:
    if params[2] == 1.0:
        return ["one"]
    often = f"every {params[1]:g} s" if _given(params[1]) else ""
    return [f"{params[2]:g}" if _given(params[2]) else "until told to end", often]


DETAILS: dict[int, Callable[[Params], list[str]]] = {
    int(Command.NAV_WAYPOINT): _waypoint,
    int(Command.NAV_LOITER_TIME): _stay,
    int(Command.NAV_DELAY): lambda params: [f"{params[0]:g} s" if params[0] > 0.0 else ""],
    int(Command.NAV_LOITER_TO_ALT): lambda params: (
        [f"{abs(params[1]):g} m round"] if _given(params[1]) else []
    ),
    int(Command.DO_JUMP): _jump,
    int(Command.DO_CHANGE_SPEED): _speed,
    int(Command.DO_SET_CAM_TRIGG_DIST): _distance,
    int(Command.DO_SET_CAM_TRIGG_INTERVAL): _interval,
    int(Command.DO_GIMBAL_MANAGER_PITCHYAW): _gimbal,
    int(Command.IMAGE_START_CAPTURE): _picture,
}
