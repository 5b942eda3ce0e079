"""A persistent patrol from the arguments: the places, the docks, the battery and what is closed."""

import math
from argparse import Namespace
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from missions.area import Area, Place, Shapes
from missions.asked.coordinates import asked_crs, asked_drawing
from missions.asked.home import asked_docks, asked_home
from missions.errors import BadInput
from missions.geodesy import GeoPoint
from missions.heights import HeightAmsl
from missions.patrol.site import Battery, Site
from missions.patrol.site_file import PatrolFile, PatrolPoint, read_patrol_file, site_from
from missions.vehicle import Vehicle


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedPatrol:
    """The site, where its nodes are, how high its docks lie, the battery to mind, and the drawing
    that it all came from."""

    site: Site
    places: tuple[GeoPoint, ...]
    docks_amsl: tuple[HeightAmsl, ...]
    battery: Battery | None
    shapes: Shapes


def asked_patrol(
    args: Namespace, vehicle: Vehicle, *, speed_m_s: float, height_m: float
) -> AskedPatrol:
    """Everything that a patrol is planned from; the docks are the file's, else `--docks`, else
    `--home`.

    Raises:
        BadInput: a file cannot be read, the places make no sense, or docks are named twice over.
    """
    file = read_patrol_file(Path(args.area), asked_crs(args, args.area))
    file, docks_amsl = _with_docks(args, file)
    no_fly = _no_fly(args)
    points = (*file.place, *file.dock)
    return AskedPatrol(
        site=site_from(file, vehicle=vehicle, speed_m_s=speed_m_s, no_fly=no_fly),
        places=tuple(point.position for point in points),
        docks_amsl=docks_amsl,
        battery=_battery(args, file, vehicle, height_m),
        shapes=Shapes(
            places=tuple(Place(position=one.position, name=one.name) for one in points),
            no_fly=no_fly,
        ),
    )


def _with_docks(args: Namespace, file: PatrolFile) -> tuple[PatrolFile, tuple[HeightAmsl, ...]]:
    """The file with its docks, and how high each is; a file's are as high as `--home`."""
    if args.fleet is not None:
        what = "a patrol's drones are alike: say --drones N, --vehicle and --docks"
        raise BadInput(where="--fleet", what=what)
    if file.dock and args.docks is not None:
        what = f"{args.area} names {len(file.dock)} already: leave out one or the other"
        raise BadInput(where="--docks", what=what)
    if file.dock:
        home = asked_home(args.home)
        height = HeightAmsl(math.nan) if home is None else home.height
        return file, (height,) * len(file.dock)
    homes = asked_docks(args)
    named = ["home"] if args.docks is None else [f"dock {i + 1}" for i in range(len(homes))]
    docks = _points([home.position for home in homes], named)
    return file.model_copy(update={"dock": docks}), tuple(home.height for home in homes)


def _points(at: Sequence[GeoPoint], names: Sequence[str]) -> tuple[PatrolPoint, ...]:
    return tuple(
        PatrolPoint(name=name, latitude_deg=one.latitude_deg, longitude_deg=one.longitude_deg)
        for one, name in zip(at, names, strict=False)
    )


def _no_fly(args: Namespace) -> tuple[Area, ...]:
    drawn = () if args.area.lower().endswith(".toml") else asked_drawing(args, args.area).no_fly
    for avoided in args.avoid:
        other = asked_drawing(args, avoided)
        drawn += other.no_fly or other.areas
    return drawn


def _battery(
    args: Namespace, file: PatrolFile, vehicle: Vehicle, height_m: float
) -> Battery | None:
    """The file's battery, or with a dock the vehicle's, less what rising and landing take.

    Both are flown at each dock, so they are also part of the stop there.
    """
    if not file.dock:
        return file.battery_or_none()
    vertical_s = height_m / vehicle.climb_speed_m_s + height_m / vehicle.descent_speed_m_s
    given = file.battery_or_none()
    endurance_s = vehicle.endurance_s * (1.0 - vehicle.reserve_fraction)
    if given is not None:
        endurance_s = given.endurance_s
    if endurance_s <= vertical_s:
        what = f"{endurance_s:.0f} s of flight are less than {vertical_s:.0f} s up and down"
        raise BadInput(where="battery", what=what)
    return Battery(
        endurance_s=endurance_s - vertical_s,
        swap_s=vertical_s + (args.swap_s if given is None else given.swap_s),
        charge_s=args.charge_s if given is None else given.charge_s,
    )
