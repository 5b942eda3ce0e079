"""What the arguments say of camera, height and speed: how wide it sees, how often it triggers."""

import argparse
import math
from dataclasses import dataclass
from pathlib import Path

from missions.camera import CameraModel, footprint, known_cameras, read_cameras
from missions.errors import BadInput
from missions.heights import HeightAboveGround
from missions.made_for import MadeFor
from missions.patterns.facade import FacadeView, facade_view
from missions.vehicle import Vehicle, default_vehicle, known_vehicles, read_vehicles

DEFAULT_HEIGHT_M = 60.0
# Of neighbouring pictures of a wall, where nothing else is asked for.
FACADE_OVERLAP = 0.6
HIGHEST_M = 5000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What the camera makes of height and gimbal pitch; the speed is lowered for its trigger."""

    height_m: float
    swath_m: float
    speed_m_s: float
    trigger_distance_m: float | None = None
    ground_sample_m: float | None = None
    notes: tuple[str, ...] = ()


def asked_vehicle(args: argparse.Namespace, made_for: MadeFor | None = None) -> Vehicle:
    """The vehicle by its name, from the library and the file given.

    Where none is named it is the one that a plan was made for, then the default.
    """
    known = dict(known_vehicles())
    if args.vehicles:
        known |= read_vehicles(Path(args.vehicles))
    if args.vehicle is None:
        carried = None if made_for is None else made_for.vehicle
        return carried or default_vehicle()
    if args.vehicle not in known:
        raise BadInput(where="--vehicle", what=f"{args.vehicle!r} is not one of {', '.join(known)}")
    return known[args.vehicle]


def asked_camera(args: argparse.Namespace, made_for: MadeFor | None = None) -> CameraModel:
    """The camera by its name, from the library and the file given.

    Where none is named it is the one that a plan was made for, then the simulation's.
    """
    known = dict(known_cameras())
    if args.cameras:
        known |= read_cameras(Path(args.cameras))
    if not args.camera and made_for is not None and made_for.camera is not None:
        return made_for.camera
    name = args.camera or "qyran-sim"
    if name not in known:
        raise BadInput(where="--camera", what=f"{name!r} is not one of {', '.join(known)}")
    return known[name]


def asked_sight(args: argparse.Namespace, vehicle: Vehicle) -> Sight:
    """How wide is seen, from what height, how fast and how often: for what looks at the ground."""
    speed = args.speed_m_s or vehicle.cruise_speed_m_s
    height = _height_m(args)
    overlap = args.overlap or 0.0
    if args.swath_m is not None:
        if args.gsd_cm is not None:
            raise BadInput(where="--gsd-cm", what="needs a camera; --swath-m is without one")
        return Sight(height_m=height, swath_m=args.swath_m * (1.0 - overlap), speed_m_s=speed)
    camera = asked_camera(args)
    seen = footprint(
        camera,
        height=HeightAboveGround(height),
        gimbal_pitch_rad=math.radians(args.gimbal_pitch_deg),
    )
    if seen is None:
        what = f"{args.gimbal_pitch_deg:g} degrees shows the horizon: look further down"
        raise BadInput(where="--gimbal-pitch-deg", what=what)
    sight = Sight(
        height_m=height,
        swath_m=seen.swath_m * (1.0 - overlap),
        speed_m_s=speed,
        ground_sample_m=seen.ground_sample_m,
    )
    if args.front_overlap is None:
        return sight
    return _triggered(sight, camera, seen.depth_m * (1.0 - args.front_overlap))


def asked_facade_sight(
    args: argparse.Namespace, vehicle: Vehicle
) -> tuple[Sight, FacadeView, float]:
    """The same for walls: the sight, the view of a wall, and the stand-off, given or by the GSD."""
    camera = asked_camera(args)
    standoff = args.standoff_m
    if args.gsd_cm is not None:
        by_sample = args.gsd_cm / 100.0 * camera.focal_length_px
        if standoff is not None and abs(standoff - by_sample) > 0.01 * by_sample:
            what = f"asks for a stand-off of {by_sample:.1f} m, --standoff-m for {standoff:g} m"
            raise BadInput(where="--gsd-cm", what=what)
        standoff = by_sample
    if standoff is None:
        raise BadInput(where="--standoff-m", what="a facade needs it, or --gsd-cm")
    side = FACADE_OVERLAP if args.overlap is None else args.overlap
    front = FACADE_OVERLAP if args.front_overlap is None else args.front_overlap
    view = facade_view(camera, standoff_m=standoff, side_overlap=side, front_overlap=front)
    sight = Sight(
        height_m=args.height_m or DEFAULT_HEIGHT_M,
        swath_m=view.height_m,
        speed_m_s=args.speed_m_s or vehicle.cruise_speed_m_s,
        ground_sample_m=view.ground_sample_m,
    )
    if args.scan == "columns":
        return sight, view, standoff
    return _triggered(sight, camera, view.across_m), view, standoff


def _triggered(sight: Sight, camera: CameraModel, distance_m: float) -> Sight:
    """The sight with a trigger, its speed lowered to what the camera can follow."""
    slowest = camera.min_trigger_interval_s
    fastest = distance_m / slowest if slowest else sight.speed_m_s
    lowered = fastest < sight.speed_m_s
    note = f"speed lowered to {fastest:.1f} m/s: {camera.name} cannot trigger faster"
    return Sight(
        height_m=sight.height_m,
        swath_m=sight.swath_m,
        speed_m_s=min(fastest, sight.speed_m_s),
        trigger_distance_m=distance_m,
        ground_sample_m=sight.ground_sample_m,
        notes=(*sight.notes, note) if lowered else sight.notes,
    )


def _height_m(args: argparse.Namespace) -> float:
    """The height as given, or that from which a pixel in the picture's middle has the GSD."""
    if args.gsd_cm is None:
        return args.height_m or DEFAULT_HEIGHT_M
    if args.height_m is not None:
        raise BadInput(where="--gsd-cm", what="give it or --height-m, not both")
    camera = asked_camera(args)
    down = math.sin(math.radians(-args.gimbal_pitch_deg))
    height = float(args.gsd_cm / 100.0 * camera.focal_length_px * down)
    if not 0.0 < height <= HIGHEST_M:
        what = f"{args.gsd_cm:g} cm with {camera.name} asks for a height of {height:.0f} m"
        raise BadInput(where="--gsd-cm", what=what)
    return height
