"""What the commands do: read, plan, check, write, say."""

import argparse
import json
import math
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from missions.area import Area, Line, Place, Shapes, middle
from missions.assemble import Assembly, Ending, assemble
from missions.camera import CameraModel, footprint, known_cameras, read_cameras
from missions.checks import Finding, Px4Profile, Severity, check, predict
from missions.checks.beyond_px4 import plan_time_s
from missions.errors import BadInput
from missions.files import read_plan, read_shapes, write_plan
from missions.files.by_suffix import write_text
from missions.geodesy import GeoPoint
from missions.heights import HeightAboveGround, HeightAboveHome, HeightAmsl
from missions.path import Gaze, PatrolPath
from missions.patterns.corridor import corridor
from missions.patterns.perimeter import perimeter
from missions.patterns.round import visiting_round
from missions.patterns.sweep import sweep
from missions.plan import Home
from missions.vehicle import Vehicle, known_vehicles, read_vehicles

Shape = TypeVar("Shape", Area, Line)


@dataclass(frozen=True, slots=True)
class _Sight:
    """What the camera makes of height and gimbal pitch; the speed is lowered for its trigger."""

    swath_m: float
    trigger_distance_m: float | None
    speed_m_s: float
    notes: tuple[str, ...]


def plan_command(args: argparse.Namespace) -> int:
    """`qyran plan`."""
    vehicle = _vehicle(args)
    shapes = _shapes(args)
    sight = _sight(args, args.speed_m_s or vehicle.cruise_speed_m_s)
    path = _path(args, shapes, sight, vehicle)
    home = _home(args.home) or Home(position=path.points[0].position, height=HeightAmsl(math.nan))
    how = Assembly(
        speed_m_s=sight.speed_m_s,
        ending=Ending(args.ending),
        fence_buffer_m=args.fence_m if args.fence_m > 0.0 else None,
        no_fly=shapes.no_fly,
        loops=args.loops,
    )
    plan = assemble(path, home, how)
    notes = (*sight.notes, *plan.notes, *write_plan(plan, Path(args.out)))
    if args.path_json:
        write_text(Path(args.path_json), json.dumps(_flown(path)) + "\n")
    findings = check(plan, vehicle=vehicle)
    duration = plan_time_s(plan, vehicle)
    said = {"out": args.out, "items": len(plan.items), "duration_s": round(duration, 1)}
    summary = f"{args.out}: {path.pattern}, {len(plan.items)} items, {duration / 60.0:.1f} min"
    return _say(args, {**said, "notes": notes}, findings, [summary, *notes])


def check_command(args: argparse.Namespace) -> int:
    """`qyran check`."""
    plan = read_plan(Path(args.plan))
    profile = Px4Profile(vtol=args.vtol, max_items=args.max_items)
    findings = check(plan, profile=profile, vehicle=_vehicle(args))
    answer = predict(plan, profile)
    px4 = {
        "mission_ack": answer.mission.name,
        "fence_ack": answer.fence.name,
        "rally_ack": answer.rally.name,
        "feasible": answer.feasible,
        "fence_kept": answer.fence_kept,
    }
    verdict = "PX4 would accept it" if answer.accepted else "PX4 would not fly it as it is"
    return _say(args, {"plan": args.plan, "px4": px4}, findings, [f"{args.plan}: {verdict}"])


def convert_command(args: argparse.Namespace) -> int:
    """`qyran convert`."""
    plan = read_plan(Path(args.source))
    notes = (*plan.notes, *write_plan(plan, Path(args.target)))
    summary = f"{args.target}: {len(plan.items)} items"
    said = {"out": args.target, "items": len(plan.items), "notes": notes}
    return _say(args, said, (), [summary, *notes])


def _say(
    args: argparse.Namespace,
    said: dict[str, Any],
    findings: tuple[Finding, ...],
    lines: list[str],
) -> int:
    if args.json:
        written = {**said, "findings": [_finding(one) for one in findings]}
        json.dump(written, sys.stdout, ensure_ascii=False, indent=1)
        print()
    else:
        print("\n".join([*lines, *(_line(one) for one in findings)]))
    return int(any(one.severity is Severity.ERROR for one in findings))


def _finding(one: Finding) -> dict[str, Any]:
    place = one.place
    return {
        "severity": one.severity.value,
        "rule": one.rule,
        "item": one.item,
        "place": [place.latitude_deg, place.longitude_deg] if place else None,
        "message": one.message,
        "proposal": one.proposal,
    }


def _line(one: Finding) -> str:
    where = f" at {one.place.latitude_deg:.6f},{one.place.longitude_deg:.6f}" if one.place else ""
    return f"{one.severity.value} {one.rule}{where}: {one.message}; {one.proposal}"


def _flown(path: PatrolPath) -> list[list[float]]:
    return [
        [point.position.longitude_deg, point.position.latitude_deg, point.height.m]
        for point in path.points
    ]


def _vehicle(args: argparse.Namespace) -> Vehicle:
    known = dict(known_vehicles())
    if args.vehicles:
        known |= read_vehicles(Path(args.vehicles))
    if args.vehicle not in known:
        raise BadInput(where="--vehicle", what=f"{args.vehicle!r} is not one of {', '.join(known)}")
    return known[args.vehicle]


def _camera(args: argparse.Namespace) -> CameraModel:
    known = dict(known_cameras())
    if args.cameras:
        known |= read_cameras(Path(args.cameras))
    name = args.camera or "qyran-sim"
    if name not in known:
        raise BadInput(where="--camera", what=f"{name!r} is not one of {', '.join(known)}")
    return known[name]


def _sight(args: argparse.Namespace, speed: float) -> _Sight:
    if args.swath_m is not None:
        return _Sight(args.swath_m * (1.0 - args.overlap), None, speed, ())
    camera = _camera(args)
    seen = footprint(
        camera,
        height=HeightAboveGround(args.height_m),
        gimbal_pitch_rad=math.radians(args.gimbal_pitch_deg),
    )
    if seen is None:
        what = f"{args.gimbal_pitch_deg:g} degrees shows the horizon: look further down"
        raise BadInput(where="--gimbal-pitch-deg", what=what)
    swath = seen.swath_m * (1.0 - args.overlap)
    if args.front_overlap is None:
        return _Sight(swath, None, speed, ())
    distance = seen.depth_m * (1.0 - args.front_overlap)
    slowest = distance / camera.min_trigger_interval_s if camera.min_trigger_interval_s else speed
    if slowest >= speed:
        return _Sight(swath, distance, speed, ())
    note = f"speed lowered to {slowest:.1f} m/s: {camera.name} cannot trigger faster"
    return _Sight(swath, distance, slowest, (note,))


def _shapes(args: argparse.Namespace) -> Shapes:
    drawn = read_shapes(Path(args.area))
    no_fly = drawn.no_fly
    for file in args.avoid:
        other = read_shapes(Path(file))
        no_fly += other.no_fly or (other.areas if file != args.area else ())
    wanted = args.feature
    return Shapes(
        areas=tuple(one for one in drawn.areas if _is(one, wanted)),
        lines=tuple(one for one in drawn.lines if _is(one, wanted)),
        places=tuple(one for one in drawn.places if _is(one, wanted)),
        no_fly=tuple(dict.fromkeys(no_fly)),
        notes=drawn.notes,
    )


def _is(shape: Area | Line | Place, wanted: str | None) -> bool:
    name = shape.properties.get("name", "")
    names = set(name.values()) if isinstance(name, dict) else {name}
    return wanted is None or wanted in {shape.name, *names}


def _path(args: argparse.Namespace, shapes: Shapes, sight: _Sight, vehicle: Vehicle) -> PatrolPath:
    height = HeightAboveHome(args.height_m)
    gaze = Gaze(pitch_rad=math.radians(args.gimbal_pitch_deg))
    home = _home(args.home)
    start = home.position if home is not None else None
    if args.pattern == "sweep":
        return sweep(
            _only(shapes.areas, args, "area"),
            swath_m=sight.swath_m,
            height=height,
            vehicle=vehicle,
            speed_m_s=sight.speed_m_s,
            no_fly=shapes.no_fly,
            start=start,
            gaze=gaze,
            trigger_distance_m=sight.trigger_distance_m,
        )
    if args.pattern == "perimeter":
        return perimeter(
            _only(shapes.areas, args, "area"),
            standoff_m=args.standoff_m,
            height=height,
            no_fly=shapes.no_fly,
            laps=args.laps,
            start=start,
            gaze=gaze,
        )
    if args.pattern == "corridor":
        return corridor(
            _only(shapes.lines, args, "line"),
            swath_m=sight.swath_m,
            height=height,
            width_m=args.width_m,
            passes=args.passes,
            offset_m=args.offset_m,
            gaze=gaze,
            trigger_distance_m=sight.trigger_distance_m,
        )
    return visiting_round(
        shapes.places or _middles(shapes),
        height=height,
        dwell_s=args.dwell_s,
        start=start,
        standoff_m=max(0.0, args.standoff_m),
        gaze=gaze,
        keep_order=args.keep_order,
    )


def _middles(shapes: Shapes) -> tuple[Place, ...]:
    """A drawing without points: its areas are visited at their middles."""
    try:
        return tuple(Place(position=middle(area.outer), name=area.name) for area in shapes.areas)
    except ValueError as error:
        raise BadInput(where="area", what=str(error)) from error


def _only(found: tuple[Shape, ...], args: argparse.Namespace, kind: str) -> Shape:
    if len(found) == 1:
        return found[0]
    names = ", ".join(one.name or "unnamed" for one in found[:8])
    what = f"{len(found)} {kind}s found, one is needed"
    if not found and args.feature is not None:
        what = f"no {kind} has the id or name {args.feature!r} (--feature)"
    elif found:
        what += f": choose with --feature ({names}{', ...' if len(found) > 8 else ''})"
    raise BadInput(where=args.area, what=what)


def _home(text: str | None) -> Home | None:
    if text is None:
        return None
    try:
        numbers = [float(part) for part in text.split(",")]
        if len(numbers) not in (2, 3):
            raise ValueError(f"{len(numbers)} numbers instead of 2 or 3")
        latitude, longitude, *height = numbers
        position = GeoPoint(latitude_deg=latitude, longitude_deg=longitude)
    except ValueError as error:
        raise BadInput(where="--home", what=f"{text!r} is not LAT,LON[,AMSL]: {error}") from error
    return Home(position=position, height=HeightAmsl(height[0] if height else math.nan))
