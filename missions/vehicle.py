"""What a vehicle can do, as far as planning needs to know: speeds, turns, wind, endurance."""

import tomllib
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)

from missions.errors import BadInput, place_of
from missions.px4_flight.parameters import Px4Parameters


class VehicleKind(StrEnum):
    """How a vehicle flies."""

    MULTIROTOR = "multirotor"
    FIXED_WING = "fixed_wing"
    VTOL = "vtol"


# What PX4's airframes of a kind set otherwise than a multirotor's
# (ROMFS/px4fmu_common/init.d/rc.mc_defaults, rc.fw_defaults, rc.vtol_defaults; rtl_params.yaml).
AIRFRAME_DEFAULTS: Mapping[VehicleKind, Mapping[str, float]] = {
    VehicleKind.MULTIROTOR: {},
    VehicleKind.FIXED_WING: {
        "rtl_type": 1,
        "rtl_return_alt_m": 100.0,
        "rtl_descend_alt_m": 100.0,
        "rtl_land_delay_s": -1.0,
    },
    VehicleKind.VTOL: {"rtl_type": 1, "rtl_return_alt_m": 60.0, "rtl_descend_alt_m": 30.0},
}


class Vehicle(BaseModel):
    """What flies. Endurance is the time from take-off to an empty battery in still air.

    Speeds of a multirotor are over the ground, those of a wing through the air. `turn_radius_m` is
    0 for what turns on the spot; a fixed wing, and a VTOL as it cruises, needs one, as planned at
    `cruise_speed_m_s` in still air. `wind_limit_m_s` is the strongest wind that it may fly in.
    What `px4` does not say is as PX4's airframes of its kind have it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    source: str = ""
    kind: VehicleKind = VehicleKind.MULTIROTOR
    cruise_speed_m_s: float = Field(default=10.0, gt=0.0)
    climb_speed_m_s: float = Field(default=3.0, gt=0.0)
    descent_speed_m_s: float = Field(default=1.5, gt=0.0)
    acceleration_m_s2: float = Field(default=3.0, gt=0.0)
    # How far a corner may be cut: sets the speed through it (Klipper, GRBL: junction deviation).
    corner_cut_m: float = Field(default=1.0, gt=0.0)
    turn_radius_m: float = Field(default=0.0, ge=0.0)
    min_airspeed_m_s: float = Field(default=0.0, ge=0.0)
    max_airspeed_m_s: float = Field(default=15.0, gt=0.0)
    wind_limit_m_s: float = Field(default=10.0, ge=0.0)
    endurance_s: float = Field(default=1800.0, gt=0.0)
    reserve_fraction: float = Field(default=0.25, ge=0.0, lt=1.0)
    hover_power_w: float | None = Field(default=None, gt=0.0)
    cruise_power_w: float | None = Field(default=None, gt=0.0)
    battery_wh: float | None = Field(default=None, gt=0.0)
    px4: Px4Parameters = Field(default=Px4Parameters(), validate_default=True)

    @property
    def winged(self) -> bool:
        """Whether it flies the task on wings, so that it can neither stop nor turn on the spot."""
        return self.kind is not VehicleKind.MULTIROTOR

    @property
    def hovers(self) -> bool:
        """Whether it takes off and lands upright."""
        return self.kind is not VehicleKind.FIXED_WING

    @field_validator("px4")
    @classmethod
    def _as_its_kind_has_it(cls, px4: Px4Parameters, info: ValidationInfo) -> Px4Parameters:
        return px4.otherwise(AIRFRAME_DEFAULTS[info.data.get("kind", VehicleKind.MULTIROTOR)])

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        if self.winged and self.turn_radius_m <= 0.0:
            raise ValueError(f"a {self.kind} needs a turn_radius_m above 0")
        if self.winged and not 0.0 < self.min_airspeed_m_s <= self.cruise_speed_m_s:
            raise ValueError(f"a {self.kind} needs a min_airspeed_m_s above 0 up to its cruise")
        if self.max_airspeed_m_s < self.min_airspeed_m_s:
            raise ValueError("max_airspeed_m_s is below min_airspeed_m_s")
        return self


def read_vehicles(path: Path) -> dict[str, Vehicle]:
    """The vehicles of a TOML file of `[[vehicle]]` tables, by name.

    Raises:
        BadInput: the file cannot be read, is not TOML, or a vehicle is not as it should be.
    """
    try:
        return _vehicles(path.read_text("utf-8"), str(path))
    except OSError as error:
        raise place_of(error, str(path)) from error


@cache
def known_vehicles() -> dict[str, Vehicle]:
    """The vehicles that come with the product, by name."""
    return _vehicles((files("missions") / "data" / "vehicles.toml").read_text("utf-8"), "vehicles")


def default_vehicle() -> Vehicle:
    """The multirotor that plans are made for when none is named."""
    return known_vehicles()["multirotor"]


def _vehicles(text: str, where: str) -> dict[str, Vehicle]:
    try:
        rows = tomllib.loads(text).get("vehicle", [])
        return {vehicle.name: vehicle for vehicle in (Vehicle.model_validate(row) for row in rows)}
    except tomllib.TOMLDecodeError as error:
        raise BadInput(where=where, what=str(error)) from error
    except ValidationError as error:
        raise BadInput(where=f"{where}: vehicle", what=first_fault(error)) from error


def first_fault(error: ValidationError) -> str:
    """The first fault that pydantic found, in one line: key and reason."""
    fault = error.errors()[0]
    key = ".".join(str(part) for part in fault["loc"])
    what = fault["msg"].removeprefix("Value error, ")
    return f"{key}: {what.lower()}" if key else what
