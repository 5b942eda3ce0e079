"""The numbers of a mission item as MISSION_ITEM_INT holds them: float32 and whole coordinates.

Degrees times 1e7 in a global frame, plain integers in `MAV_FRAME_MISSION`; a coordinate that is not
given is INT32_MAX in the first and 0 in the second, as PX4 wants unused ones. Source:
https://mavlink.io/en/services/mission.html.
"""

import math
from dataclasses import dataclass
from struct import Struct

from missions.plan import GLOBAL_FRAMES, MissionItem
from missions.px4_parser import INT32_MAX, INT32_MIN

_FLOAT32 = Struct("<f")


class DoesNotFit(ValueError):
    """`what` of an item holds `value`, which no message can carry."""

    def __init__(self, *, what: str, value: float) -> None:
        self.what = what
        self.value = value
        super().__init__(f"{what} of {value!r} does not fit a mission item on the wire")


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoded:
    """The first four parameters, both coordinates and the height."""

    params: tuple[float, float, float, float]
    x: int
    y: int
    z: float


def encoded(item: MissionItem) -> Encoded:
    """An item's numbers, rounded so that they are the same after the journey.

    Raises:
        DoesNotFit: one is finite and too large.
    """
    scale, not_given = (1e7, INT32_MAX) if item.frame in GLOBAL_FRAMES else (1.0, 0)
    one, two, three, four = (float32(value) for value in item.params[:4])
    return Encoded(
        params=(one, two, three, four),
        x=_int32(item.params[4], scale, not_given, "fifth parameter"),
        y=_int32(item.params[5], scale, not_given, "sixth parameter"),
        z=float32(item.params[6]),
    )


def float32(value: float) -> float:
    """The nearest value that the wire can carry.

    Raises:
        DoesNotFit: it is finite and too large.
    """
    try:
        rounded: float = _FLOAT32.unpack(_FLOAT32.pack(value))[0]
    except OverflowError:
        raise DoesNotFit(what="parameter", value=value) from None
    return rounded


def _int32(value: float, scale: float, not_given: int, what: str) -> int:
    if math.isnan(value):
        return not_given
    if not INT32_MIN < value * scale < INT32_MAX:
        raise DoesNotFit(what=what, value=value)
    return round(value * scale)
