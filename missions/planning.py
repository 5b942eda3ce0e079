"""What the commands do: read, plan, check, write, say."""

import argparse
import itertools
import json
import math
import sys
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from missions.area import middle
from missions.asked_camera import asked_vehicle
from missions.asked_pattern import Asked, Made, asked_path, asked_shapes
from missions.assemble import Assembly, Ending, assemble
from missions.checks import Finding, Px4Profile, Severity, check, predict
from missions.checks.beyond_px4 import plan_time_s
from missions.errors import BadInput
from missions.files import read_plan, write_plan
from missions.files.by_suffix import write_text
from missions.geodesy import GeoPoint, LocalPlane, distance_m
from missions.heights import HeightAmsl
from missions.path import CameraAction, PatrolPath
from missions.plan import Home, Plan
from missions.time_model import path_time_s
from missions.vehicle import Vehicle


def plan_command(args: argparse.Namespace) -> int:
    """`qyran plan`."""
    vehicle = asked_vehicle(args)
    shapes = asked_shapes(args)
    home = _home(args.home)
    start = home.position if home is not None else None
    asked = Asked(args=args, shapes=shapes, vehicle=vehicle, start=start)
    made = asked_path(asked)
    path = made.path
    home = home or Home(position=path.points[0].position, height=HeightAmsl(math.nan))
    how = Assembly(
        speed_m_s=made.sight.speed_m_s,
        ending=Ending(args.ending),
        fence_buffer_m=args.fence_m if args.fence_m > 0.0 else None,
        no_fly=shapes.no_fly,
        loops=args.loops,
    )
    plan = assemble(path, home, how)
    notes = (*shapes.notes, *made.sight.notes, *plan.notes, *write_plan(plan, Path(args.out)))
    if args.path_json:
        write_text(Path(args.path_json), json.dumps(_flown(path)) + "\n")
    findings = check(plan, vehicle=vehicle)
    said = {"out": args.out, **_facts(made, plan, vehicle), "notes": notes}
    lines = [f"{args.out}: {path.pattern}, {len(plan.items)} items", *_fact_lines(said), *notes]
    if args.png:
        _draw(asked, made, plan, findings, lines[1:])
    return _say(args, said, findings, lines)


def _facts(made: Made, plan: Plan, vehicle: Vehicle) -> dict[str, Any]:
    """What a person wants to know of a plan, each with its unit in the name."""
    path, sight = made.path, made.sight
    on_task = path_time_s(path, vehicle, speed_m_s=sight.speed_m_s)
    facts: dict[str, Any] = {
        "pattern": path.pattern,
        "items": len(plan.items),
        "duration_s": round(plan_time_s(plan, vehicle), 1),
        "on_task_s": round(on_task, 1),
        "path_m": round(_length_m(path), 1),
        "speed_m_s": round(sight.speed_m_s, 2),
    }
    if path.swath_m is not None:
        facts["swath_m"] = round(path.swath_m, 2)
    if sight.ground_sample_m is not None and "ground_sample_cm" not in path.figures:
        facts["ground_sample_cm"] = round(100.0 * sight.ground_sample_m, 3)
    if (pictures := _pictures(path)) > 0:
        facts["pictures"] = pictures
    return facts | dict(path.figures)


def _length_m(path: PatrolPath) -> float:
    return sum(distance_m(a.position, b.position) for a, b in itertools.pairwise(path.points))


def _pictures(path: PatrolPath) -> int:
    """Single pictures taken, and those by distance over the whole path."""
    single = sum(point.action is CameraAction.PHOTO for point in path.points)
    if path.trigger_distance_m is None:
        return single
    return single + math.floor(_length_m(path) / path.trigger_distance_m) + 1


def _fact_lines(said: dict[str, Any]) -> list[str]:
    """The facts in words, the times first."""
    minutes = f"{said['duration_s'] / 60.0:.1f} min from take-off to landing"
    task = f"{said['on_task_s'] / 60.0:.1f} min on the path of {said['path_m'] / 1000.0:.2f} km"
    lines = [f"{minutes}, {task}", f"{said['speed_m_s']:g} m/s"]
    words = {
        "swath_m": "swath {:g} m",
        "ground_sample_cm": "{:g} cm a pixel",
        "pictures": "{:g} pictures",
        "radius_m": "radius {:g} m",
        "circles": "{:g} circles",
        "walls": "{:g} walls",
        "levels": "{:g} levels",
        "branches": "branches {:g}",
        "passes": "passes {:g}",
        "places": "{:g} places",
    }
    lines[1] = ", ".join(
        [lines[1], *(text.format(said[key]) for key, text in words.items() if key in said)]
    )
    if "expected_time_to_find_s" in said:
        lines.append(
            f"found after {said['expected_time_to_find_s'] / 60.0:.1f} min on average, "
            f"{said['probability_flown']:.1%} of the probability is flown over"
        )
    return lines


def _draw(
    asked: Asked, made: Made, plan: Plan, findings: tuple[Finding, ...], facts: list[str]
) -> None:
    from missions.picture import Drawn, write_picture

    drawn = Drawn(
        title=Path(asked.args.out).stem,
        plan=plan,
        path=made.path,
        shapes=asked.shapes,
        findings=findings,
        facts=facts,
        heat=_heat(made),
    )
    write_picture(drawn, Path(asked.args.png))


def _heat(made: Made) -> npt.NDArray[np.float64] | None:
    """Where a search believes to find: latitude, longitude and mass about its path."""
    if not made.beliefs:
        return None
    from shapely.geometry import box

    from missions.area import ring_en
    from missions.patterns.search.belief import samples_of

    places = tuple(point.position for point in made.path.points)
    plane = LocalPlane(middle(places))
    en = ring_en(plane, places)
    around = box(*(en.min(axis=0) - 50.0), *(en.max(axis=0) + 50.0))
    samples = samples_of(around, plane, made.beliefs)
    return np.column_stack((plane.geo_from_en(samples[:, :2]), samples[:, 2]))


def check_command(args: argparse.Namespace) -> int:
    """`qyran check`."""
    plan = read_plan(Path(args.plan))
    profile = Px4Profile(vtol=args.vtol, max_items=args.max_items)
    findings = check(plan, profile=profile, vehicle=asked_vehicle(args))
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
