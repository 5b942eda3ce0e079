"""The scenario file: drones, what goes wrong, what they are told, and what must come of it.

TOML into frozen models. Lengths are metres, times simulated seconds, angles radians unless a name
ends in `_deg`; places are metres north and east of `home`, heights metres above it.
"""

import math
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from onboard.mavlink.px4_modes import Px4Mode
from sim.faults import LinkFaults
from sim.scenario.chaos import ChaosEntry
from sim.scenario.conditions import Condition, Spot, Table
from sim.scenario.vehicle_faults import VehicleFaultEntry

DroneId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{1,64}$")]
Seconds = Annotated[float, Field(ge=0.0, le=86_400.0)]
Point = tuple[float, float, float]
EVERY_DRONE = "all"


class HomeEntry(Table):
    """Where the scenario lies: degrees (WGS 84), and the ground's height above mean sea level."""

    latitude_deg: float = Field(default=44.85, ge=-90.0, le=90.0)
    longitude_deg: float = Field(default=65.51, ge=-180.0, le=180.0)
    ground_amsl_m: float = Field(default=129.0, ge=-500.0, le=9000.0)


class Patrol(Table):
    """A mission by points (north, east, height): take-off, the points in order, then the end.

    `stay_s` is the hold at every point.
    """

    points: tuple[Point, ...] = Field(min_length=1, max_length=2000)
    speed_m_s: float | None = Field(default=None, gt=0.0, le=25.0)
    stay_s: Seconds = 0.0
    end: Literal["return", "land", "hold"] = "return"


class FenceEntry(Table):
    """The fence on board: a ring to stay in, rings to stay out of (north, east)."""

    inside: tuple[tuple[float, float], ...] = Field(default=(), max_length=64)
    outside: tuple[tuple[tuple[float, float], ...], ...] = ()

    @model_validator(mode="after")
    def _has_area(self) -> "FenceEntry":
        for ring in (self.inside, *self.outside):
            if ring and len(ring) < 3:
                raise ValueError(f"a ring of {len(ring)} points encloses nothing")
        if not self.inside and not self.outside:
            raise ValueError("a fence needs a ring")
        return self


class DroneEntry(Table):
    """One drone on its pad. `parameters` are PX4's, set before it boots."""

    id: DroneId
    pad: Spot = Spot(north_m=0.0, east_m=0.0)
    heading_deg: float = Field(default=0.0, ge=-360.0, le=360.0)
    parameters: dict[str, int | float] = Field(default_factory=dict)
    patrol: Patrol | None = None
    plan: str | None = None
    fence: FenceEntry | None = None
    rally: tuple[Point, ...] = ()

    @model_validator(mode="after")
    def _has_one_mission(self) -> "DroneEntry":
        if self.patrol is not None and self.plan is not None:
            raise ValueError("give either a patrol or a plan file")
        return self


class Trigger(Table):
    """When an entry begins: at a time, or `delay_s` after `when` first holds of its drone.

    With neither it begins `delay_s` after the start. `drone` is who it is about, `of` another drone
    for `when` to look at.
    """

    drone: DroneId = EVERY_DRONE
    at_s: Seconds | None = None
    when: Condition | None = None
    of: DroneId | None = None
    delay_s: Seconds = 0.0

    @model_validator(mode="after")
    def _has_one_beginning(self) -> "Trigger":
        if self.at_s is not None and (self.when is not None or self.delay_s > 0.0):
            raise ValueError("give either at_s, or when and delay_s")
        if self.of is not None and self.when is None:
            raise ValueError("`of` needs a `when`")
        return self


class LinkFaultEntry(LinkFaults):
    """What goes wrong with a link; `up` is toward the drone."""

    link: Literal["ground", "companion", "both"] = "ground"
    direction: Literal["up", "down", "both"] = "both"


class FaultEntry(Trigger):
    """Something goes wrong with a drone (or with all), for `for_s` or to the end.

    With a link, with the vehicle itself, or with what the vehicle answers (`chaos`).
    """

    for_s: Seconds | None = None
    link: LinkFaultEntry | None = None
    vehicle: VehicleFaultEntry | None = None
    chaos: ChaosEntry | None = None

    @model_validator(mode="after")
    def _is_one_fault(self) -> "FaultEntry":
        if sum(each is not None for each in (self.link, self.vehicle, self.chaos)) != 1:
            raise ValueError("give exactly one of link, vehicle, chaos")
        if self.for_s is not None and self.vehicle is not None and not self.vehicle.ends:
            raise ValueError(f"{self.vehicle.fault} {self.vehicle.state!r} cannot end by itself")
        return self

    def kind(self) -> dict[str, Any]:
        """What goes wrong, as the file has it, without when."""
        kinds = {"link", "vehicle", "chaos"}
        return self.model_dump(include=kinds, exclude_unset=True, exclude_none=True, mode="json")


class CommandEntry(Table):
    """Any MAV_CMD with its parameters, to a component of the drone."""

    id: int = Field(ge=0, le=65_535)
    params: tuple[float, ...] = Field(default=(), max_length=7)
    component: int = Field(default=1, ge=0, le=255)


class ParameterEntry(Table):
    """A parameter of PX4 to be set."""

    name: str = Field(min_length=1, max_length=16)
    value: int | float


_NOT_THE_ORDER = {"drone", "of", "when", "at_s", "delay_s", "outcome"}


def _plain(value: object) -> str:
    if isinstance(value, dict):
        return " ".join(_plain(each) for each in value.values() if each not in ((), []))
    if isinstance(value, list | tuple):
        return ", ".join(_plain(each) for each in value)
    return f"{value:g}" if isinstance(value, float) else str(value)


class OrderEntry(Trigger):
    """What the ground station tells a drone. `fly` brings the plan on board and starts it.

    `outcome` is what must come of it: that the drone accepts, that it refuses, or anything.
    """

    fly: Literal[True] | None = None
    upload: Literal[True] | None = None
    start: Literal[True] | None = None
    mode: Px4Mode | None = None
    go_to: Point | None = None
    command: CommandEntry | None = None
    parameter: ParameterEntry | None = None
    station_silent: bool | None = None
    outcome: Literal["accepted", "refused", "any"] = "accepted"

    @model_validator(mode="after")
    def _is_one_order(self) -> "OrderEntry":
        orders = (
            *(self.fly, self.upload, self.start, self.mode),
            *(self.go_to, self.command, self.parameter, self.station_silent),
        )
        if sum(order is not None for order in orders) != 1:
            raise ValueError(
                "give exactly one of fly, upload, start, mode, go_to, command, parameter, "
                "station_silent"
            )
        return self

    def words(self) -> str:
        """The order as its file has it, on one line."""
        given = self.model_dump(exclude_unset=True, mode="json", exclude=_NOT_THE_ORDER)
        return ", ".join(
            key if value is True else f"{key} {_plain(value)}" for key, value in given.items()
        )


class Expectation(Trigger):
    """What must be so: `soon` within `within_s` of the trigger, or `always`/`never` from then on.

    Without `within_s`, `soon` means before the scenario ends.
    """

    title: str = Field(min_length=1)
    soon: Condition | None = None
    always: Condition | None = None
    never: Condition | None = None
    within_s: float = Field(default=math.inf, gt=0.0, allow_inf_nan=True)
    for_s: Seconds | None = None

    @model_validator(mode="after")
    def _is_one_expectation(self) -> "Expectation":
        if sum(each is not None for each in (self.soon, self.always, self.never)) != 1:
            raise ValueError("give exactly one of soon, always, never")
        return self


class Scenario(Table):
    """Everything that a scenario file holds. It ends when every drone has landed, or in time."""

    title: str = Field(min_length=1)
    proves: str = Field(min_length=1)
    seed: int = Field(default=1, ge=0)
    at_most_s: float = Field(default=900.0, gt=0.0, le=86_400.0)
    home: HomeEntry = HomeEntry()
    drones: tuple[DroneEntry, ...] = Field(min_length=1, max_length=200)
    faults: tuple[FaultEntry, ...] = ()
    orders: tuple[OrderEntry, ...] = ()
    expect: tuple[Expectation, ...] = ()

    @model_validator(mode="after")
    def _names_its_drones(self) -> "Scenario":
        ids = [drone.id for drone in self.drones]
        doubled = {each for each in ids if ids.count(each) > 1}
        if doubled:
            raise ValueError(f"two drones are called {min(doubled)}")
        for kind in ("faults", "orders", "expect"):
            for number, entry in enumerate(getattr(self, kind), start=1):
                for name in (entry.drone, entry.of):
                    if name not in (*ids, EVERY_DRONE, None):
                        raise ValueError(f"{kind} {number} names {name}, who is not in drones")
        return self
