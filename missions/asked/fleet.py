"""The drones that the arguments name: so many of one kind, at docks, or those of a fleet file."""

import argparse
import math
import tomllib
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from missions.asked.camera import Sight, asked_camera, asked_sight, asked_vehicle
from missions.asked.home import asked_docks
from missions.errors import BadInput, place_of
from missions.fleet.drone import FleetDrone
from missions.fleet.fleet_work import Eye
from missions.geodesy import GeoPoint
from missions.heights import HeightAboveHome, HeightAmsl
from missions.path import Gaze
from missions.plan import Home
from missions.vehicle import first_fault

MOST_DRONES = 64
ORIGIN = GeoPoint(latitude_deg=0.0, longitude_deg=0.0)


class FleetRow(BaseModel):
    """One `[[drone]]` of a fleet file; what is left out is as the arguments say it.

    `dock` is latitude, longitude and, where known, metres above sea level; `battery` is the share
    of a full one that it holds now.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1, pattern=r"^[\w.-]+$")
    vehicle: str | None = None
    camera: str | None = None
    dock: tuple[float, float] | tuple[float, float, float] | None = None
    battery: float = Field(default=1.0, gt=0.0, le=1.0)
    free_from_s: float = Field(default=0.0, ge=0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A drone with the arguments as they are for it, what it sees, and its home if it has one."""

    drone: FleetDrone
    args: argparse.Namespace
    sight: Sight
    home: Home | None

    def eye(self, *, looks_down: bool) -> Eye:
        """How it sees the ground."""
        gaze = Gaze(pitch_rad=math.radians(self.args.gimbal_pitch_deg)) if looks_down else None
        return Eye(
            height=HeightAboveHome(self.sight.height_m),
            speed_m_s=self.sight.speed_m_s,
            swath_m=self.sight.swath_m,
            trigger_distance_m=self.sight.trigger_distance_m,
            gaze=gaze,
        )


def is_for_a_fleet(args: argparse.Namespace) -> bool:
    """Whether the arguments ask for several drones."""
    return args.drones > 1 or args.docks is not None or args.fleet is not None


def asked_fleet(args: argparse.Namespace) -> tuple[Member, ...]:
    """Every drone, by the fleet file, else so many as asked for, docks given out in turn.

    Raises:
        BadInput: a file or an argument is not as it should be.
    """
    rows = _rows_of_file(Path(args.fleet)) if args.fleet else _alike(args)
    if not 0 < len(rows) <= MOST_DRONES:
        raise BadInput(where="--drones", what=f"{len(rows)} is not within 1..{MOST_DRONES}")
    docks = asked_docks(args)
    return tuple(
        _member(row, args, docks[i % len(docks)] if docks else None) for i, row in enumerate(rows)
    )


def _alike(args: argparse.Namespace) -> tuple[FleetRow, ...]:
    count = args.drones if args.drones > 1 else max(1, len(asked_docks(args)))
    return tuple(FleetRow(name=str(i + 1)) for i in range(min(count, MOST_DRONES + 1)))


def _rows_of_file(path: Path) -> tuple[FleetRow, ...]:
    try:
        rows = tomllib.loads(path.read_text("utf-8")).get("drone", [])
        found = tuple(FleetRow.model_validate(row) for row in rows)
    except OSError as error:
        raise place_of(error, str(path)) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput(where=str(path), what=str(error)) from error
    except ValidationError as error:
        raise BadInput(where=f"{path}: drone", what=first_fault(error)) from error
    names = [row.name for row in found]
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise BadInput(where=f"{path}: drone", what=f"the name {twice[0]!r} is there twice")
    return found


def _member(row: FleetRow, args: argparse.Namespace, dock: Home | None) -> Member:
    own = dict(vars(args))
    if row.vehicle is not None:
        own["vehicle"] = row.vehicle
    if row.camera is not None:
        own["camera"] = row.camera
    mine = argparse.Namespace(**own)
    vehicle = asked_vehicle(mine)
    home = dock if row.dock is None else _home_of(row)
    drone = FleetDrone(
        name=row.name,
        vehicle=vehicle,
        dock=ORIGIN if home is None else home.position,
        camera=asked_camera(mine),
        endurance_s=row.battery * vehicle.endurance_s,
        free_from_s=row.free_from_s,
        docked=home is not None,
    )
    return Member(drone=drone, args=mine, sight=asked_sight(mine, vehicle), home=home)


def _home_of(row: FleetRow) -> Home:
    assert row.dock is not None
    try:
        position = GeoPoint(latitude_deg=row.dock[0], longitude_deg=row.dock[1])
    except ValueError as error:
        raise BadInput(where=f"drone {row.name}: dock", what=str(error)) from error
    height = row.dock[2] if len(row.dock) == 3 else math.nan
    return Home(position=position, height=HeightAmsl(height))
