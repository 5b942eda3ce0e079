"""What the arguments say lies round a flight."""

import argparse
import math
from datetime import datetime
from pathlib import Path

from missions.airspace import read_airspace
from missions.area import Area
from missions.asked.camera import asked_camera
from missions.asked.coordinates import asked_crs, asked_drawing
from missions.checks.around.link import ANTENNA, Station
from missions.checks.around.others import OtherPlan
from missions.checks.surroundings import Surroundings
from missions.errors import BadInput
from missions.files import read_plan
from missions.geodesy import GeoPoint
from missions.heights import HeightAboveGround
from missions.made_for import MadeFor
from missions.vehicle import Vehicle
from missions.wind import CALM, Wind


def asked_surroundings(
    args: argparse.Namespace,
    vehicle: Vehicle,
    return_height_m: float,
    made_for: MadeFor | None = None,
) -> Surroundings:
    """Everything that the arguments name, read; the vehicle returns at the height given.

    The camera is, where none is named, the one that the plan was made for.

    Raises:
        BadInput: an argument or a file is not as it should be.
    """
    at = asked_instant("--at", args.at)
    if args.link_range_m is not None and args.station is None:
        raise BadInput(where="--link-range-m", what="needs --station, where the link begins")
    return Surroundings(
        wind=asked_wind(args.wind),
        airspace=tuple(read_airspace(Path(file), asked_crs(args, file)) for file in args.zones),
        authorised=frozenset(args.authorised),
        at=at,
        people=_areas(args, args.people),
        privacy=_areas(args, args.privacy),
        camera=asked_camera(args, made_for),
        station=asked_station(args.station),
        link_range_m=args.link_range_m,
        others=tuple(_other(text, vehicle, at) for text in args.other),
        return_height_m=return_height_m,
    )


def asked_wind(text: str | None) -> Wind:
    """The wind of SPEED@FROM_DEG[,GUST].

    Raises:
        BadInput: it is not that.
    """
    if text is None:
        return CALM
    try:
        speed, _, rest = text.partition("@")
        degrees, _, gust = rest.partition(",")
        strongest = float(gust) if gust else 0.0
        if gust and not float(speed) <= strongest < math.inf:
            raise ValueError("gusts are not below the wind")
        return Wind(
            speed_m_s=float(speed), from_rad=math.radians(float(degrees)), gust_m_s=strongest
        )
    except ValueError as error:
        what = f"{text!r} is not SPEED@FROM_DEG[,GUST]: {error}"
        raise BadInput(where="--wind", what=what) from error


def asked_station(text: str | None) -> Station | None:
    """The ground station of LAT,LON[,AGL].

    Raises:
        BadInput: it is not that.
    """
    if text is None:
        return None
    try:
        latitude, longitude, *height = (float(part) for part in text.split(","))
        if len(height) > 1 or not all(math.isfinite(one) for one in height):
            raise ValueError("two or three numbers are wanted")
        place = GeoPoint(latitude_deg=latitude, longitude_deg=longitude)
    except ValueError as error:
        what = f"{text!r} is not LAT,LON[,AGL]: {error}"
        raise BadInput(where="--station", what=what) from error
    return Station(place=place, height=HeightAboveGround(height[0]) if height else ANTENNA)


def asked_instant(option: str, text: str | None) -> datetime | None:
    """An instant of ISO 8601 that says its offset from UTC.

    Raises:
        BadInput: it is not that.
    """
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadInput(where=option, what=f"{text!r} is not an ISO 8601 time") from error
    if found.tzinfo is None:
        raise BadInput(where=option, what=f"{text!r} does not say its offset: add Z or +05:00")
    return found


def _areas(args: argparse.Namespace, file: str | None) -> tuple[Area, ...]:
    """The areas of a drawing, those that it calls no-fly among them."""
    if file is None:
        return ()
    shapes = asked_drawing(args, file)
    areas = (*shapes.areas, *shapes.no_fly)
    if not areas:
        raise BadInput(where=file, what="holds no area")
    return areas


def _other(text: str, vehicle: Vehicle, at: datetime | None) -> OtherPlan:
    path, sign, start = text.rpartition("@")
    if not sign or Path(text).exists():
        path, start = text, "0"
    plan = read_plan(Path(path))
    carried = None if plan.made_for is None else plan.made_for.vehicle
    return OtherPlan(
        name=Path(path).name,
        plan=plan,
        vehicle=carried or vehicle,
        starts_s=_seconds(start, at),
    )


def _seconds(start: str, at: datetime | None) -> float:
    """Seconds after this plan's take-off."""
    try:
        seconds = float(start)
    except ValueError:
        instant = asked_instant("--other", start)
        if instant is None or at is None:
            raise BadInput(where="--other", what=f"@{start} needs --at, this take-off") from None
        return (instant - at).total_seconds()
    if not math.isfinite(seconds):
        raise BadInput(where="--other", what=f"{start} is no number of seconds")
    return seconds
