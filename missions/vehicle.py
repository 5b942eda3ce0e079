"""What a vehicle can do, as far as planning needs to know: speeds, accelerations, endurance."""

import tomllib
from functools import cache
from importlib.resources import files
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from missions.errors import BadInput, place_of


class Vehicle(BaseModel):
    """A multirotor. Endurance is the time from take-off to an empty battery in still air."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    source: str = ""
    cruise_speed_m_s: float = Field(default=10.0, gt=0.0)
    climb_speed_m_s: float = Field(default=3.0, gt=0.0)
    descent_speed_m_s: float = Field(default=1.5, gt=0.0)
    acceleration_m_s2: float = Field(default=3.0, gt=0.0)
    # How far a corner may be cut: sets the speed through it (Klipper, GRBL: junction deviation).
    corner_cut_m: float = Field(default=1.0, gt=0.0)
    endurance_s: float = Field(default=1800.0, gt=0.0)
    reserve_fraction: float = Field(default=0.25, ge=0.0, lt=1.0)


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
    return f"{key}: {fault['msg'].lower()}"
