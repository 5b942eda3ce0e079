"""What can be asked of a drone in a scenario: when something begins, and what must come of it.

Everything but `told` is the truth of the simulation; `told` is what reached the ground station.
"""

import math
from typing import Annotated, Protocol

from pydantic import BaseModel, ConfigDict, Field, model_validator

from onboard.mavlink.px4_modes import Px4Mode

Share = Annotated[float, Field(ge=0.0, le=1.0)]


class Table(BaseModel):
    """Immutable, nothing unknown passes, no NaN."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Spot(Table):
    """A place, metres north and east of the scenario's home."""

    north_m: float
    east_m: float


class Seen(Protocol):
    """What a condition looks at: one drone now. Metres about the scenario's home."""

    @property
    def armed(self) -> bool: ...
    @property
    def airborne(self) -> bool: ...
    @property
    def mode(self) -> Px4Mode: ...
    @property
    def north_m(self) -> float: ...
    @property
    def east_m(self) -> float: ...
    @property
    def height_m(self) -> float: ...
    @property
    def ground_speed_m_s(self) -> float: ...
    @property
    def battery_remaining(self) -> float: ...
    @property
    def heading_rad(self) -> float: ...
    @property
    def from_home_m(self) -> float: ...
    @property
    def inside_fence(self) -> bool: ...
    @property
    def nearest_drone_m(self) -> float: ...
    @property
    def linked(self) -> bool: ...
    @property
    def ready(self) -> bool: ...
    @property
    def mission_ended(self) -> bool: ...

    def has_reached(self, item: int) -> bool: ...
    def was_told(self, text: str) -> bool: ...


class Condition(Table):
    """All that is given must hold at once. Heights are above home; `told` is part of a text."""

    armed: bool | None = None
    airborne: bool | None = None
    ready: bool | None = None
    linked: bool | None = None
    inside_fence: bool | None = None
    mission_ended: bool | None = None
    mode: Px4Mode | None = None
    reached: Annotated[int, Field(ge=0)] | None = None
    told: Annotated[str, Field(min_length=1)] | None = None
    above_m: float | None = None
    below_m: float | None = None
    faster_than_m_s: float | None = None
    slower_than_m_s: float | None = None
    battery_below: Share | None = None
    from_home_over_m: float | None = None
    from_home_under_m: float | None = None
    apart_under_m: float | None = None
    near: Spot | None = None
    within_m: Annotated[float, Field(gt=0.0)] = 5.0

    @model_validator(mode="after")
    def _asks_something(self) -> "Condition":
        if not self.model_fields_set - {"within_m"}:
            raise ValueError("asks nothing: give at least one thing to look at")
        return self

    def holds(self, drone: Seen) -> bool:
        """Whether it is all so now."""
        return self._state_holds(drone) and self._place_holds(drone)

    def _state_holds(self, drone: Seen) -> bool:
        wanted = (
            (self.armed, drone.armed),
            (self.airborne, drone.airborne),
            (self.ready, drone.ready),
            (self.linked, drone.linked),
            (self.inside_fence, drone.inside_fence),
            (self.mission_ended, drone.mission_ended),
            (self.mode, drone.mode),
        )
        if any(want is not None and want != have for want, have in wanted):
            return False
        if self.reached is not None and not drone.has_reached(self.reached):
            return False
        return self.told is None or drone.was_told(self.told)

    def _place_holds(self, drone: Seen) -> bool:
        over = (
            (self.above_m, drone.height_m),
            (self.faster_than_m_s, drone.ground_speed_m_s),
            (self.from_home_over_m, drone.from_home_m),
        )
        under = (
            (self.below_m, drone.height_m),
            (self.slower_than_m_s, drone.ground_speed_m_s),
            (self.battery_below, drone.battery_remaining),
            (self.from_home_under_m, drone.from_home_m),
            (self.apart_under_m, drone.nearest_drone_m),
        )
        if any(limit is not None and value <= limit for limit, value in over):
            return False
        if any(limit is not None and value >= limit for limit, value in under):
            return False
        if self.near is None:
            return True
        off_m = math.hypot(drone.north_m - self.near.north_m, drone.east_m - self.near.east_m)
        return off_m <= self.within_m

    def words(self) -> str:
        """The condition as its file has it, on one line."""
        given = self.model_dump(exclude_unset=True, mode="json")
        return ", ".join(f"{key} {_plain(value)}" for key, value in given.items())


def _plain(value: object) -> str:
    if isinstance(value, dict):
        return "/".join(f"{each:g}" for each in value.values())
    return str(value).lower() if isinstance(value, bool) else str(value)
