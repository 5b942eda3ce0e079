"""Places to patrol from files: TOML, or a drawing (GeoJSON, KML) whose points have properties.

TOML holds `[[place]]` and `[[dock]]` tables with `name`, `latitude_deg` and `longitude_deg`; a
place may have `weight`, `revisit_s` and `dwell_s`. `[battery]` has `endurance_s`, and may have
`swap_s` and `charge_s`. In a drawing the same names are properties of the points, and a point whose
`kind` is `dock` is one.
"""

import math
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from shapely import MultiPoint
from shapely.ops import unary_union

from missions.area import Area, Place, ring_en
from missions.errors import BadInput
from missions.files.by_suffix import read_shapes
from missions.files.located import read_text
from missions.geodesy import GeoPoint, LocalPlane
from missions.patrol.site import MOST_PLACES, Battery, Floats, Site
from missions.patterns.inside import Inside
from missions.vehicle import Vehicle, first_fault

FARTHEST_M = 50_000.0
ROOM_M = 2_000.0


class PatrolPoint(BaseModel):
    """A place to visit, or a dock; weight, interval and dwell are of places only."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    name: str
    latitude_deg: float = Field(ge=-90.0, le=90.0)
    longitude_deg: float = Field(ge=-180.0, le=180.0)
    weight: float = Field(default=1.0, gt=0.0, le=1e6)
    revisit_s: float | None = Field(default=None, gt=0.0)
    dwell_s: float = Field(default=0.0, ge=0.0, le=86_400.0)

    @property
    def position(self) -> GeoPoint:
        """Where it is."""
        return GeoPoint(latitude_deg=self.latitude_deg, longitude_deg=self.longitude_deg)


class BatteryTable(BaseModel):
    """The table `[battery]`."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    endurance_s: float = Field(gt=0.0)
    swap_s: float = Field(default=0.0, ge=0.0)
    charge_s: float = Field(default=0.0, ge=0.0)


class PatrolFile(BaseModel):
    """A whole file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    place: tuple[PatrolPoint, ...]
    dock: tuple[PatrolPoint, ...] = ()
    battery: BatteryTable | None = None

    @field_validator("place")
    @classmethod
    def _some_but_not_too_many(cls, place: tuple[PatrolPoint, ...]) -> tuple[PatrolPoint, ...]:
        if not 1 <= len(place) <= MOST_PLACES:
            raise ValueError(f"{len(place)} places to be visited, 1 to {MOST_PLACES} can be")
        return place

    def battery_or_none(self) -> Battery | None:
        """The battery to mind."""
        if self.battery is None:
            return None
        table = self.battery
        return Battery(endurance_s=table.endurance_s, swap_s=table.swap_s, charge_s=table.charge_s)


def read_patrol_file(path: Path, crs: str | None = None) -> PatrolFile:
    """What a .toml file or a drawing says of a patrol; `crs` is the drawing's system, EPSG:CODE.

    Raises:
        BadInput: it cannot be read, or a value is wrong: the key is named.
    """
    try:
        if path.suffix.lower() == ".toml":
            return PatrolFile.model_validate(tomllib.loads(read_text(path)))
        places = read_shapes(path, crs).places
        if not places:
            what = "0 points found, one is needed for each place to be visited"
            raise BadInput(where=str(path), what=what)
        docks = [_point(one) for one in places if one.properties.get("kind") == "dock"]
        others = [_point(one) for one in places if one.properties.get("kind") != "dock"]
        return PatrolFile.model_validate({"place": others, "dock": docks})
    except tomllib.TOMLDecodeError as error:
        raise BadInput(where=str(path), what=str(error)) from error
    except ValidationError as error:
        raise BadInput(where=str(path), what=first_fault(error)) from error


def _point(place: Place) -> dict[str, Any]:
    known: Mapping[str, Any] = place.properties
    asked = {key: known[key] for key in ("weight", "revisit_s", "dwell_s") if key in known}
    return {
        "name": place.name,
        "latitude_deg": place.position.latitude_deg,
        "longitude_deg": place.position.longitude_deg,
        **asked,
    }


def site_from(
    file: PatrolFile,
    *,
    vehicle: Vehicle,
    speed_m_s: float | None = None,
    no_fly: Sequence[Area] = (),
) -> Site:
    """The site of a file, with the times that a vehicle takes from standing to standing.

    Raises:
        BadInput: places are too far apart, or one lies where nobody may fly.
    """
    points = (*file.place, *file.dock)
    plane = LocalPlane(points[0].position)
    en = ring_en(plane, tuple(point.position for point in points))
    if not (np.hypot(en[:, 0], en[:, 1]) <= FARTHEST_M).all():
        far = points[int(np.argmax(np.hypot(en[:, 0], en[:, 1])))]
        raise BadInput(where=far.name, what=f"more than {FARTHEST_M / 1000.0:g} km from the first")
    lengths = _lengths_m(en, plane, no_fly, [point.name for point in points])
    return Site(
        names=tuple(point.name or f"place {i + 1}" for i, point in enumerate(file.place)),
        docks=tuple(point.name or f"dock {i + 1}" for i, point in enumerate(file.dock)),
        way_s=seconds_to_standing(lengths, vehicle, speed_m_s or vehicle.cruise_speed_m_s),
        dwell_s=np.array([point.dwell_s for point in file.place]),
        weights=np.array([point.weight for point in file.place]),
        revisit_s=np.array([point.revisit_s or math.inf for point in file.place]),
    )


def seconds_to_standing(lengths_m: Floats, vehicle: Vehicle, speed_m_s: float) -> Floats:
    """Seconds from standing to standing along a straight way; shorter than any detour."""
    acceleration = vehicle.acceleration_m_s2
    reached = np.minimum(speed_m_s, np.sqrt(lengths_m * acceleration))
    seconds: Floats = np.where(
        lengths_m > 0.0, lengths_m / np.maximum(reached, 1e-9) + reached / acceleration, 0.0
    )
    return seconds


def _lengths_m(
    en: Floats, plane: LocalPlane, no_fly: Sequence[Area], names: Sequence[str]
) -> Floats:
    if not no_fly:
        return np.hypot(en[:, None, 0] - en[None, :, 0], en[:, None, 1] - en[None, :, 1])
    closed = unary_union([area.polygon(plane).buffer(0.0) for area in no_fly])
    for point, name in zip(MultiPoint(en).geoms, names, strict=True):
        if closed.contains(point):
            raise BadInput(where=name, what="lies where nobody may fly")
    room = unary_union([MultiPoint(en).envelope, closed.envelope]).envelope.buffer(ROOM_M)
    free = room.difference(closed)
    parts = [part for part in getattr(free, "geoms", [free]) if part.intersects(MultiPoint(en))]
    if len(parts) != 1:
        raise BadInput(where="no-fly areas", what="they cut places off from each other")
    found = Inside(parts[0]).distances([(float(x), float(y)) for x, y in en])
    return np.minimum(found, found.T)
