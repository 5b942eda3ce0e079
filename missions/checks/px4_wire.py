"""A mission item as PX4 has it once it came over the wire: float32 parameters, integer coordinates.

The encoding is that of MISSION_ITEM_INT (https://mavlink.io/en/services/mission.html): degrees
times 1e7 in a global frame, plain integers in `MAV_FRAME_MISSION`; what is not given is INT32_MAX
in the first and 0 in the second. PX4 takes a coordinate that is not given for 214.7483647 degrees.
"""

import math
from dataclasses import dataclass
from struct import Struct

from missions.plan import GLOBAL_FRAMES, RELATIVE_FRAMES, MissionItem
from missions.px4_parser import INT32_MAX, INT32_MIN, WireParams

# PX4 stores a region of interest as DO_SET_ROI and a CONDITION_DELAY as NAV_DELAY.
STORED_AS = {80: 201, 112: 93}
_FLOAT32 = Struct("<f")


def float32(value: float) -> float:
    """The nearest value that the wire can carry.

    Raises:
        OverflowError: it is finite and too large.
    """
    rounded: float = _FLOAT32.unpack(_FLOAT32.pack(value))[0]
    return rounded


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """The item as received; `command` is what PX4 stores it as. `params` are the first four."""

    command: int
    frame: int
    params: tuple[float, float, float, float]
    x: int
    y: int
    height_m: float

    @property
    def latitude_deg(self) -> float:
        """As PX4 reads it."""
        return self.x * 1e-7

    @property
    def longitude_deg(self) -> float:
        """As PX4 reads it."""
        return self.y * 1e-7

    @property
    def relative(self) -> bool:
        """Whether the height is above home."""
        return self.frame in RELATIVE_FRAMES

    @property
    def wire_params(self) -> WireParams:
        """All seven, as PX4's parser has them."""
        one, two, three, four = self.params
        return one, two, three, four, self.x, self.y, self.height_m


def received(item: MissionItem) -> Received | None:
    """The item as PX4 gets it; None where a message cannot hold it."""
    scale, not_given = (1e7, INT32_MAX) if item.frame in GLOBAL_FRAMES else (1.0, 0)
    if not (0 <= item.command <= 0xFFFF and 0 <= item.frame <= 0xFF):
        return None
    try:
        one, two, three, four = (float32(value) for value in item.params[:4])
        return Received(
            command=STORED_AS.get(item.command, int(item.command)),
            frame=int(item.frame),
            params=(one, two, three, four),
            x=_int32(item.params[4], scale, not_given),
            y=_int32(item.params[5], scale, not_given),
            height_m=float32(item.params[6]),
        )
    except OverflowError:
        return None


def _int32(value: float, scale: float, not_given: int) -> int:
    if math.isnan(value):
        return not_given
    if not INT32_MIN < value * scale < INT32_MAX:
        raise OverflowError(value)
    return round(value * scale)
