"""QGroundControl's SimpleItem: one mission item as its .plan writes it."""

import math
from typing import Any

from missions.plan import RELATIVE_FRAMES, Command, Frame, MissionItem, Params

ALTITUDE_RELATIVE, ALTITUDE_ABSOLUTE, ALTITUDE_TERRAIN_FRAME = 1, 2, 4


def simple_item(item: MissionItem, number: int) -> dict[str, Any]:
    """The item with its doJumpId, which counts from 1."""
    written: dict[str, Any] = {
        "autoContinue": item.autocontinue,
        "command": int(item.command),
        "doJumpId": number,
        "frame": int(item.frame),
        "params": [number_or_null(value) for value in _params(item)],
        "type": "SimpleItem",
    }
    # Without a height QGroundControl takes none of the three: it reads the seventh parameter.
    if item.has_position and not math.isnan(item.params[6]):
        written["AMSLAltAboveTerrain"] = None
        written["Altitude"] = item.params[6]
        written["AltitudeMode"] = _altitude_mode(item.frame)
    return written


def number_or_null(value: float) -> float | None:
    """JSON has no NaN: QGroundControl writes null."""
    return None if math.isnan(value) else value


def _params(item: MissionItem) -> Params:
    # A jump names the doJumpId written above, which counts from 1.
    if item.command != Command.DO_JUMP:
        return item.params
    return (item.params[0] + 1.0, *item.params[1:])


def _altitude_mode(frame: int) -> int:
    if frame in RELATIVE_FRAMES:
        return ALTITUDE_RELATIVE
    terrain = (Frame.GLOBAL_TERRAIN_ALT, Frame.GLOBAL_TERRAIN_ALT_INT)
    return ALTITUDE_TERRAIN_FRAME if frame in terrain else ALTITUDE_ABSOLUTE
