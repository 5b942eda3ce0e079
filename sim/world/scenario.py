"""A scenario file: who is in the world beside its usual life, and what happens when.

TOML into frozen models. Times are virtual seconds since the simulation began, or seconds after a
vehicle took off. Positions are latitude and longitude in degrees.
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from missions.errors import BadInput, place_of
from missions.geodesy import GeoPoint
from missions.toml_lines import LineIndex

Pair = tuple[
    Annotated[float, Field(ge=-90, le=90)],
    Annotated[float, Field(ge=-180, le=180)],
]


class Table(BaseModel):
    """Immutable, and nothing unknown passes."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Ambient(Table):
    """How busy the district is of itself."""

    walkers_a_place: int = Field(default=9, ge=0, le=60)
    walkers_on_pavements: int = Field(default=140, ge=0, le=2000)
    vehicles: int = Field(default=170, ge=0, le=600)


class Herd(Table):
    """Animals that graze about a spot of a pasture and stay in it."""

    id: str
    place: str
    species: Literal["cattle", "horse"] = "cattle"
    count: int = Field(ge=1, le=200)
    at: Pair
    spread_m: float = Field(default=30.0, gt=0)


class Group(Table):
    """People who stand and talk."""

    at: Pair
    count: int = Field(ge=1, le=100)
    spread_m: float = Field(default=4.0, gt=0)


class Stroll(Table):
    """A person who walks a path there and back without end."""

    path: tuple[Pair, ...] = Field(min_length=2)
    speed_m_s: float = Field(default=1.3, gt=0, le=4)


class Event(Table):
    """Something that is made to happen, at a time or some seconds after a vehicle's take-off."""

    id: str = Field(pattern=r"^[A-Za-z0-9_.-]{1,64}$")
    at_s: float | None = Field(default=None, ge=0)
    after_takeoff_of: str | None = None
    delay_s: float = Field(default=0.0, ge=0)

    @model_validator(mode="after")
    def _has_one_trigger(self) -> "Event":
        if (self.at_s is None) == (self.after_takeoff_of is None):
            raise ValueError("give either at_s or after_takeoff_of")
        return self

    def due(self, now_s: float, took_off_s: Mapping[str, float]) -> bool:
        """Whether it is time; `took_off_s` says when each vehicle took off, if it has."""
        if self.at_s is not None:
            return now_s >= self.at_s
        start = took_off_s.get(self.after_takeoff_of or "")
        return start is not None and now_s >= start + self.delay_s


class CrowdForms(Event):
    """People come together round a spot."""

    kind: Literal["crowd"]
    place: str
    at: Pair
    count: int = Field(default=30, ge=1, le=300)
    spread_m: float = Field(default=7.0, gt=0)
    from_within_m: float = Field(default=45.0, gt=0)
    is_crowd_at: int = Field(default=25, ge=2)
    within_m: float = Field(default=12.0, gt=0)


class VehicleStops(Event):
    """A moving vehicle stops on a carriageway; `for_s` unset means that it stays."""

    kind: Literal["vehicle_stopped"]
    road: str
    at: Pair
    lane: int = Field(default=0, ge=0, le=1)
    for_s: float | None = Field(default=None, gt=0)
    harmless: bool = False


class AnimalsOnRoad(Event):
    """Some of a herd walk onto a road and linger there."""

    kind: Literal["animals_on_road"]
    herd: str
    road: str
    at: Pair
    count: int = Field(default=6, ge=1)
    is_event_at: int = Field(default=4, ge=1)
    half_length_m: float = Field(default=9.0, gt=0)


class Intrusion(Event):
    """A person walks a path that enters a closed area and goes on to and fro within it."""

    kind: Literal["intrusion"]
    place: str
    path: tuple[Pair, ...] = Field(min_length=2)
    inside: tuple[Pair, ...] = Field(min_length=2)
    speed_m_s: float = Field(default=1.2, gt=0, le=4)


AnyEvent = Annotated[
    CrowdForms | VehicleStops | AnimalsOnRoad | Intrusion, Field(discriminator="kind")
]


class Scenario(Table):
    """Everything a scenario file can hold."""

    ambient: Ambient = Ambient()
    herd: tuple[Herd, ...] = ()
    group: tuple[Group, ...] = ()
    stroll: tuple[Stroll, ...] = ()
    event: tuple[AnyEvent, ...] = ()


def geo(pair: Pair) -> GeoPoint:
    """A pair of a scenario as a point."""
    return GeoPoint(latitude_deg=pair[0], longitude_deg=pair[1])


def read_scenario(path: Path) -> Scenario:
    """Read and check a scenario file.

    Raises:
        BadInput: the file cannot be read, is not TOML, or a key is wrong; names line and key.
    """
    try:
        text = path.read_text(encoding="utf-8")
        return Scenario.model_validate(tomllib.loads(text))
    except OSError as error:
        raise place_of(error, str(path)) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput(where=str(path), what=str(error)) from error
    except ValidationError as error:
        first = error.errors()[0]
        place = LineIndex(text).place(first["loc"], where=str(path))
        raise BadInput(where=place, what=first["msg"].lower()) from error
