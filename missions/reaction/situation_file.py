"""A situation from a file, JSON or TOML, and an answer as plain data.

The file has tables `drone` (each with tables `landing` and `stop`), `alarm`, `stop` (of nobody) and
`no_fly` (`name` and `ring`, a list of [longitude, latitude] in degrees), `wind`, and `aims`. Angles
are degrees where a key ends in `_deg`; all the rest are metres, seconds and metres a second.
"""

import json
import math
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from missions.area import Area
from missions.errors import BadInput
from missions.files import read_plan
from missions.files.located import read_text
from missions.geodesy import GeoPoint
from missions.heights import HeightAboveHome, HeightAmsl
from missions.reaction.aims import Aims
from missions.reaction.on_board import Seen, drone_on_board
from missions.reaction.situation import Alarm, Landing, RunningDrone, Situation, Stop
from missions.vehicle import Vehicle, first_fault
from missions.wind import CALM, Wind

Latitude = Field(ge=-90.0, le=90.0)
Longitude = Field(ge=-180.0, le=180.0)


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class _Placed(_Table):
    name: str
    latitude_deg: float = Latitude
    longitude_deg: float = Longitude

    @property
    def position(self) -> GeoPoint:
        return GeoPoint(latitude_deg=self.latitude_deg, longitude_deg=self.longitude_deg)


class StopTable(_Placed):
    """A stop; with `ends_latitude_deg` and `ends_longitude_deg` a leg to there."""

    height_m: float = 60.0
    dwell_s: float = 0.0
    weight: float = 1.0
    deadline_s: float | None = None
    needs: frozenset[str] = frozenset()
    ends_latitude_deg: float | None = Field(default=None, ge=-90.0, le=90.0)
    ends_longitude_deg: float | None = Field(default=None, ge=-180.0, le=180.0)
    item: int | None = Field(default=None, ge=0)
    movable: bool = True

    def stop(self) -> Stop:
        """The stop."""
        ends = None
        if self.ends_latitude_deg is not None and self.ends_longitude_deg is not None:
            ends = GeoPoint(
                latitude_deg=self.ends_latitude_deg, longitude_deg=self.ends_longitude_deg
            )
        return Stop(
            name=self.name,
            position=self.position,
            height=HeightAboveHome(self.height_m),
            dwell_s=self.dwell_s,
            weight=self.weight,
            deadline_s=math.inf if self.deadline_s is None else self.deadline_s,
            needs=self.needs,
            leaves_at=ends,
            item=self.item,
            movable=self.movable,
        )


class AlarmTable(_Placed):
    """An alarm."""

    urgency: float = 1.0
    look_s: float = 120.0
    height_m: float = 60.0
    needs: frozenset[str] = frozenset()
    standoff_m: float = 0.0
    orbit: bool = False
    farthest_look_m: float = 150.0

    def alarm(self) -> Alarm:
        """The alarm."""
        given = self.model_dump(exclude={"latitude_deg", "longitude_deg", "height_m"})
        return Alarm(position=self.position, height=HeightAboveHome(self.height_m), **given)


class LandingTable(_Placed):
    """A place to land."""


class DroneTable(_Placed):
    """A drone; `vehicle` names a known one, `vehicle_is` gives one in full.

    With `plan`, a file beside this one, and `item`, the one that it flies to, counted from 0, all
    that is not said here is as in that plan: its vehicle, what is left of it, where it lands, its
    fence.
    """

    plan: str | None = None
    item: int = Field(default=0, ge=0)
    vehicle: str | None = None
    vehicle_is: Vehicle | None = None
    battery_s: float
    height_m: float | None = None
    speed_m_s: float = 0.0
    course_deg: float = 0.0
    cruise_m_s: float | None = None
    flying: bool = True
    free_from_s: float = 0.0
    carries: frozenset[str] = frozenset()
    home_amsl_m: float | None = None
    fence: tuple[tuple[float, float], ...] | None = None
    landing: tuple[LandingTable, ...] = ()
    stop: tuple[StopTable, ...] = ()

    def drone(self, vehicles: dict[str, Vehicle], folder: Path = Path()) -> RunningDrone:
        """The drone; its plan is looked for in a folder.

        Raises:
            BadInput: nobody knows the vehicle, the plan cannot be read or has no home, or it is
                said neither by a plan nor here where it lands.
        """
        if self.plan is not None:
            return self._on_board(folder / self.plan, vehicles)
        if not self.landing:
            raise BadInput(where=f"drone {self.name!r}: landing", what="is missing, and a plan too")
        home = self.home_amsl_m
        return RunningDrone(
            name=self.name,
            vehicle=self._vehicle(vehicles),
            position=self.position,
            battery_s=self.battery_s,
            landings=tuple(Landing(name=one.name, position=one.position) for one in self.landing),
            stops=tuple(one.stop() for one in self.stop),
            height=self._height,
            speed_m_s=self.speed_m_s,
            course_rad=math.radians(self.course_deg),
            cruise_m_s=self.cruise_m_s,
            flying=self.flying,
            free_from_s=self.free_from_s,
            carries=self.carries,
            home_height=None if home is None else HeightAmsl(home),
            fence=None if self.fence is None else _area("fence", self.fence),
        )

    @property
    def _height(self) -> HeightAboveHome:
        usual = 60.0 if self.flying else 0.0
        return HeightAboveHome(usual if self.height_m is None else self.height_m)

    def _on_board(self, file: Path, vehicles: dict[str, Vehicle]) -> RunningDrone:
        """The drone that flies a plan, what is said here put in its place."""
        plan = read_plan(file)
        if plan.home is None:
            raise BadInput(where=str(file), what="says no home: a drone that flies it has one")
        seen = Seen(
            position=self.position,
            height=self._height,
            battery=0.0,
            item=self.item,
            speed_m_s=self.speed_m_s,
            course_rad=math.radians(self.course_deg),
            flying=self.flying,
        )
        named = self.vehicle_is is not None or self.vehicle is not None
        own = self._vehicle(vehicles) if named else None
        flown = drone_on_board(self.name, plan, own, seen)
        return replace(flown, **self._said(flown))

    def _said(self, flown: RunningDrone) -> dict[str, Any]:
        """What is said here, which goes before the plan."""
        said: dict[str, Any] = {
            "battery_s": self.battery_s,
            "free_from_s": self.free_from_s,
            "carries": self.carries,
            "cruise_m_s": self.cruise_m_s or flown.cruise_m_s,
        }
        if self.landing:
            said["landings"] = tuple(
                Landing(name=one.name, position=one.position) for one in self.landing
            )
        if self.stop:
            said["stops"] = tuple(one.stop() for one in self.stop)
        if self.home_amsl_m is not None:
            said["home_height"] = HeightAmsl(self.home_amsl_m)
        if self.fence is not None:
            said["fence"] = _area("fence", self.fence)
        return said

    def _vehicle(self, vehicles: dict[str, Vehicle]) -> Vehicle:
        if self.vehicle_is is not None:
            return self.vehicle_is
        name = self.vehicle or "multirotor"
        if name not in vehicles:
            known = ", ".join(sorted(vehicles))
            raise BadInput(
                where=f"drone {self.name!r}: vehicle", what=f"{name!r} is not of {known}"
            )
        return vehicles[name]


class ZoneTable(_Table):
    """A no-fly zone; the ring's points are [longitude, latitude]."""

    name: str = "no-fly zone"
    ring: tuple[tuple[float, float], ...] = Field(min_length=3)


class WindTable(_Table):
    """The wind."""

    speed_m_s: float = Field(ge=0.0)
    from_deg: float
    gust_m_s: float = Field(default=0.0, ge=0.0)


class AimsTable(_Table):
    """See `Aims`."""

    lateness: float = Field(default=1.0, ge=0.0)
    makespan: float = Field(default=1.0, ge=0.0)
    flight: float = Field(default=1.0, ge=0.0)
    missed_s: float = Field(default=600.0, ge=0.0)
    undone_s: float = Field(default=7200.0, gt=0.0)
    handover_s: float = Field(default=1.0, ge=0.0)
    patience_s: float = Field(default=2.0, ge=0.0)


class SituationFile(_Table):
    """A whole file."""

    drone: tuple[DroneTable, ...] = Field(min_length=1)
    alarm: tuple[AlarmTable, ...] = ()
    stop: tuple[StopTable, ...] = ()
    no_fly: tuple[ZoneTable, ...] = ()
    clearance_m: float = Field(default=10.0, ge=0.0)
    wind: WindTable | None = None
    aims: AimsTable = AimsTable()

    def situation(self, vehicles: dict[str, Vehicle], folder: Path = Path()) -> Situation:
        """The situation; plans of drones are looked for in a folder.

        Raises:
            BadInput: nobody knows a vehicle, or a drone's plan cannot be read.
        """
        return Situation(
            drones=tuple(one.drone(vehicles, folder) for one in self.drone),
            alarms=tuple(one.alarm() for one in self.alarm),
            unassigned=tuple(one.stop() for one in self.stop),
            no_fly=tuple(_area(one.name, one.ring) for one in self.no_fly),
            clearance_m=self.clearance_m,
            wind=CALM if self.wind is None else _wind(self.wind),
            aims=Aims(**self.aims.model_dump()),
        )


def read_situation(path: Path, vehicles: dict[str, Vehicle]) -> Situation:
    """The situation of a .json or .toml file.

    Raises:
        BadInput: it cannot be read, or a value is wrong: the key is named.
    """
    where = str(path)
    try:
        return SituationFile.model_validate(_parsed(path)).situation(vehicles, path.parent)
    except ValidationError as error:
        raise BadInput(where=where, what=first_fault(error)) from error
    except (ValueError, RecursionError) as error:
        raise BadInput(where=where, what=str(error).splitlines()[0]) from error


def _parsed(path: Path) -> Any:
    text = read_text(path)
    return tomllib.loads(text) if path.suffix.lower() == ".toml" else json.loads(text)


def _area(name: str, ring: tuple[tuple[float, float], ...]) -> Area:
    points = [
        GeoPoint(latitude_deg=latitude, longitude_deg=longitude) for longitude, latitude in ring
    ]
    if len(points) > 1 and points[0] == points[-1]:
        points.pop()
    if len(points) < 3:
        raise BadInput(where=name, what="a ring has three points at least")
    return Area(name=name, outer=tuple(points))


def _wind(table: WindTable) -> Wind:
    return Wind(
        speed_m_s=table.speed_m_s,
        from_rad=math.radians(table.from_deg),
        gust_m_s=max(table.gust_m_s, table.speed_m_s),
    )
