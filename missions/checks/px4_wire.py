"""A mission item as PX4 has it once it came over the wire (`missions.item_encoding`).

PX4 takes a coordinate that is not given for 214.7483647 degrees.
"""

from dataclasses import dataclass

from missions.item_encoding import DoesNotFit, encoded
from missions.plan import RELATIVE_FRAMES, MissionItem
from missions.px4_parser import WireParams

# PX4 stores a region of interest as DO_SET_ROI and a CONDITION_DELAY as NAV_DELAY.
STORED_AS = {80: 201, 112: 93}


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
    if not (0 <= item.command <= 0xFFFF and 0 <= item.frame <= 0xFF):
        return None
    try:
        sent = encoded(item)
    except DoesNotFit:
        return None
    return Received(
        command=STORED_AS.get(item.command, int(item.command)),
        frame=int(item.frame),
        params=sent.params,
        x=sent.x,
        y=sent.y,
        height_m=sent.z,
    )
