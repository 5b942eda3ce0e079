"""A path becomes files: items, checks, plan, flown path and picture; once for every plan made."""

import argparse
import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from missions.area import Area
from missions.asked.asking import Asked, Made
from missions.asked.dji import asked_dji
from missions.asked.surroundings import asked_wind
from missions.assemble import Assembly, Ending, assemble
from missions.checks import Finding
from missions.commands.against import Against
from missions.commands.briefing import Besides, brief
from missions.commands.drawing import draw
from missions.commands.editable import editable
from missions.commands.facts import fact_lines, facts
from missions.commands.flown_past import mend_flown_past, mend_turns
from missions.commands.following import followed
from missions.commands.made_for import asked_made_for
from missions.default_home import default_home
from missions.files import write_plan
from missions.files.by_suffix import write_text
from missions.files.qgc_editable import REACHED_BY, run_of
from missions.geodesy import GeoPoint
from missions.heights import HeightAboveHome
from missions.path import PatrolPath
from missions.plan import Home, Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """One plan as it was written; `said` are its facts for JSON, `lines` the same for a person."""

    plan: Plan
    findings: tuple[Finding, ...]
    notes: tuple[str, ...]
    said: dict[str, Any]
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """Where one plan is written, and what else of it; None is not written."""

    plan: Path
    path_json: Path | None = None
    png: Path | None = None
    brief: Path | None = None


def asked_files(args: argparse.Namespace, drone: str = "") -> Files:
    """The files that the arguments name; of one drone among several its name is put in each.

    `patrol.plan` becomes `patrol-DRONE.plan`.
    """

    def file(named: str | None) -> Path | None:
        if named is None:
            return None
        path = Path(named)
        return path.with_name(f"{path.stem}-{drone}{path.suffix}") if drone else path

    plan = file(args.out)
    assert plan is not None
    return Files(
        plan=plan, path_json=file(args.path_json), png=file(args.png), brief=file(args.brief)
    )


def finish(
    asked: Asked,
    made: Made,
    against: Against,
    files: Files,
    *,
    home: Home | None = None,
    land_at: GeoPoint | None = None,
    transit_height: HeightAboveHome | None = None,
    for_brief: Besides | None = None,
) -> Finished:
    """Assemble a path, hold it against everything, write it; `land_at` where that is not home.

    At `transit_height`, if given, the ways from and to home are flown. `for_brief` is what the
    brief of a flight that is one of several says besides.

    Raises:
        BadInput: a file cannot be written.
        Failed: the format needs something that the plan does not have.
    """
    plan = assembled(asked, made, home, land_at, transit_height)
    plan = mend_flown_past(followed(plan, asked, made, against.terrain), against)
    plan = mend_turns(plan, against)
    plan = editable(plan, asked, made, files.plan)
    plan = replace(plan, made_for=asked_made_for(asked, made))
    lost = write_plan(plan, files.plan, dji=asked_dji(asked.args.dji))
    notes = (*asked.shapes.notes, *made.sight.notes, *plan.notes, *lost)
    if files.path_json is not None:
        write_text(files.path_json, json.dumps(flown_path(asked, plan, made.path)) + "\n")
    findings = against.findings(plan)
    known = facts(made, plan, asked.vehicle, asked_wind(asked.args.wind))
    said = {"out": str(files.plan), **known, "notes": notes}
    told = (*fact_lines(said), *notes)
    if files.png is not None:
        seen: dict[str, Any] = {"terrain": against.terrain, "title": files.plan.stem}
        draw(asked, made, plan, findings, told, png=files.png, **seen)
    if files.brief is not None:
        besides = for_brief or Besides(places=asked.shapes.places)
        brief(plan, files.brief, against, findings, notes, besides)
    head = f"{files.plan}: {made.path.pattern}, {len(plan.items)} items"
    return Finished(plan=plan, findings=findings, notes=notes, said=said, lines=(head, *told))


def assembled(
    asked: Asked,
    made: Made,
    home: Home | None,
    land_at: GeoPoint | None = None,
    transit_height: HeightAboveHome | None = None,
) -> Plan:
    """A path's plan, not yet held against anything; without a home it is found one."""
    args, path = asked.args, made.path
    how = Assembly(
        speed_m_s=made.sight.speed_m_s,
        ending=Ending(args.ending),
        land_at=land_at,
        transit_height=transit_height,
        fence_buffer_m=args.fence_m if args.fence_m > 0.0 else None,
        no_fly=asked.shapes.no_fly,
        holes=tuple(Area(outer=hole) for area in asked.shapes.areas for hole in area.holes),
        loops=1 if made.path.pattern == "patrol" else args.loops,
        wings=asked.vehicle if asked.vehicle.winged else None,
        wind=asked_wind(args.wind),
    )
    if home is not None:
        return assemble(path, home, how)
    found = default_home(path, how)
    plan = assemble(path, found.home, how, found.frame)
    return replace(plan, notes=(*plan.notes, *found.notes))


def flown_path(asked: Asked, plan: Plan, path: PatrolPath) -> list[list[float]]:
    """Longitude, latitude and height above home; of a path that follows the ground as it does."""
    run = run_of(plan, path) if asked.args.above_ground else None
    if run is None:
        return [
            [point.position.longitude_deg, point.position.latitude_deg, point.height.m]
            for point in path.points
        ]
    flown = plan.items[run[0] : run[0] + run[1]]
    return [
        [item.longitude_deg, item.latitude_deg, item.params[6]]
        for item in flown
        if item.command in REACHED_BY
    ]
