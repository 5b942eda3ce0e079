"""What a patrol's executive may do: the `[executive]` table of an aircraft's configuration.

Without `reactions` it watches, says what it would need, and never leaves the mission for an event.
Heights are metres above home. A fraction is a share of a full battery.
"""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from onboard.messages import EventKind, ObjectClass


def _known_kind(value: object) -> object:
    if isinstance(value, str) and value not in set(EventKind):
        raise ValueError(f"{value} is no kind of event")
    return value


# A message's unknown kind reads as `other`; in a tasking it is a mistake.
TaskedKind = Annotated[EventKind, BeforeValidator(_known_kind)]


class Settings(BaseModel):
    """Immutable; a key that is not known is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Reaction(Settings):
    """What may be done about one kind of event, for `seconds` once the vehicle is there.

    Without `height_m` it stays as high as it is. `alone`: also while the link is gone.
    `follow`: an object that moves is flown after, else only the camera follows it.
    `until_relieved`: it ends as soon as another drone has taken the track over.
    """

    do: Literal["look", "descend", "orbit"]
    seconds: float = Field(default=30.0, gt=0, le=900)
    height_m: float | None = Field(default=None, gt=0, le=1000)
    radius_m: float = Field(default=30.0, ge=5, le=500)
    speed_m_s: float = Field(default=4.0, gt=0, le=20)
    least_certainty: float = Field(default=0.6, ge=0, le=1)
    classes: frozenset[ObjectClass] | None = None
    follow: bool = True
    alone: bool = True
    hand_over: bool = False
    until_relieved: bool = False


class Limits(Settings):
    """Beyond which no reaction goes.

    `reach_m`: the farthest from where the patrol was left; `seconds_a_flight`: of all reactions
    together; `again_after_s`: before the same track, or the same place within `same_place_m`, is
    reacted to once more. `fence_needed`: nothing that moves is done on a vehicle without a fence.
    An object that moves is followed at up to `follow_m_s`, and given up where it has got away by
    more than `behind_m`.
    """

    floor_m: float = Field(default=20.0, ge=0)
    ceiling_m: float = Field(default=120.0, gt=0)
    margin_m: float = Field(default=5.0, ge=0)
    reach_m: float = Field(default=400.0, gt=0)
    seconds_a_flight: float = Field(default=600.0, ge=0)
    again_after_s: float = Field(default=300.0, ge=0)
    same_place_m: float = Field(default=30.0, ge=0)
    fence_needed: bool = True
    follow_m_s: float = Field(default=8.0, gt=0, le=20)
    behind_m: float = Field(default=120.0, gt=0)


class LinkLoss(Settings):
    """What the plan permits while nobody on the ground is heard for `lost_after_s`.

    `go_on` with the patrol; `come_back`: return home at once; `hold` for at most `hold_s` of the
    flight, then return. Who counts as heard: the hub's answers, ground stations' heartbeats.
    """

    do: Literal["go_on", "come_back", "hold"] = "go_on"
    lost_after_s: float = Field(default=20.0, gt=0)
    hold_s: float = Field(default=60.0, ge=0)
    heard: frozenset[Literal["hub", "ground_station"]] = frozenset(("hub", "ground_station"))


class Battery(Settings):
    """What the way home costs: `reserve` is what must be left when it has landed there.

    `endurance_s` is from full to empty; where the flight shows that it drains faster, that counts.
    `margin` multiplies the time home (wind); `return_height_m` is the autopilot's RTL_RETURN_ALT.
    """

    reserve: float = Field(default=0.2, ge=0, lt=1)
    endurance_s: float = Field(default=1500.0, gt=0)
    return_speed_m_s: float = Field(default=5.0, gt=0)
    climb_m_s: float = Field(default=1.5, gt=0)
    descent_m_s: float = Field(default=0.8, gt=0)
    return_height_m: float = Field(default=60.0, ge=0)
    margin: float = Field(default=1.3, ge=1)


class Relief(Settings):
    """Handing a track over: `to` a drone, or to whichever answers; `accepts` offers of others.

    Without an answer within `answer_s` the offer has failed.
    """

    to: str | None = None
    answer_s: float = Field(default=30.0, gt=0)
    accepts: bool = False


class Gimbal(Settings):
    """How fast the camera is turned, and how often it is told: never faster than these."""

    rate_rad_s: float = Field(default=0.8, gt=0)
    every_s: float = Field(default=0.2, ge=0.05)


class Tasking(Settings):
    """All of the table. `zones` are files of airspace (ED-269, ED-318, GeoJSON) never entered."""

    reactions: dict[TaskedKind, Reaction] = Field(default_factory=dict)
    limits: Limits = Limits()
    link: LinkLoss = LinkLoss()
    battery: Battery = Battery()
    relief: Relief = Relief()
    gimbal: Gimbal = Gimbal()
    zones: tuple[Path, ...] = ()
    answer_s: float = Field(default=1.0, gt=0)
    attempts: int = Field(default=3, ge=1, le=10)
