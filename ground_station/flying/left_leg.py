"""Where a mission was left and how it was being flown, so that it can go on as if never left.

What PX4 does by itself when it enters Mission mode again (mission_base.cpp, v1.17): it flies
straight from where it is to the item that was current; it repeats the mission's last speed change,
gimbal and camera-mode items; and where the mission was taking pictures it goes one waypoint back
first. What it does not: go back to the leg, look at the region of interest again, and know of
anything that an operator had asked for. That is what is kept here.
"""

from dataclasses import dataclass, field

from missions.plan import RELATIVE_FRAMES, Command, Plan
from onboard.mavlink.command import CommandPlace


@dataclass(slots=True)
class Manner:
    """What operators asked for, beside the mission; None: the mission's own way holds."""

    speed_m_s: float | None = None
    looking_at: CommandPlace | None = None
    gimbal: tuple[float, float, int] | None = None
    picture_interval_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftLeg:
    """The leg to item `item` of the mission `mission_hash`, left at `place`."""

    item: int
    mission_hash: int | None
    place: CommandPlace
    speed_m_s: float | None
    looking_at: CommandPlace | None
    gimbal: tuple[float, float, int] | None
    picture_interval_s: float | None


@dataclass(slots=True)
class FlightMemory:
    """One vehicle's: how operators have it flown, and the leg that was left."""

    manner: Manner = field(default_factory=Manner)
    left: LeftLeg | None = None

    def leave(self, *, item: int, mission_hash: int | None, place: CommandPlace) -> None:
        """Remember a leg; one that was left already is not overwritten by where it was left for."""
        manner = self.manner
        self.left = LeftLeg(
            item=item,
            mission_hash=mission_hash,
            place=place,
            speed_m_s=manner.speed_m_s,
            looking_at=manner.looking_at,
            gimbal=manner.gimbal,
            picture_interval_s=manner.picture_interval_s,
        )

    def landed(self) -> None:
        """A new flight begins with nothing asked for."""
        self.manner = Manner()
        self.left = None


def region_in_force(plan: Plan | None, item: int, home_amsl_m: float) -> CommandPlace | None:
    """Where the mission has the camera look on the leg to `item`; PX4 does not repeat that."""
    looking: CommandPlace | None = None
    for earlier in () if plan is None else plan.items[:item]:
        if earlier.command == Command.DO_SET_ROI_NONE:
            looking = None
        elif earlier.command == Command.DO_SET_ROI_LOCATION and earlier.has_position:
            looking = CommandPlace(
                latitude_deg=earlier.latitude_deg,
                longitude_deg=earlier.longitude_deg,
                height_amsl_m=earlier.params[6]
                + (home_amsl_m if earlier.frame in RELATIVE_FRAMES else 0.0),
            )
    return looking
