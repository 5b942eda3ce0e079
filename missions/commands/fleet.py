"""`qyran plan` for several drones: a task divided, kept apart, a plan for each flight."""

import argparse
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from missions.asked.asking import Made
from missions.asked.fleet import asked_fleet
from missions.checks import Finding
from missions.commands.against import asked_against
from missions.commands.briefing import Besides
from missions.commands.finish import Finished, asked_files, finish, flown_path
from missions.commands.fleet_flights import FleetFlights
from missions.commands.say import say
from missions.errors import BadInput
from missions.files.by_suffix import write_text
from missions.fleet.arrange import Arranged, arrange
from missions.fleet.fleet_work import DroneWork, FleetWork
from missions.fleet.separation import Separation
from missions.heights import HeightAboveHome
from missions.path import PatrolPath

DIVIDED = ("sweep", "round")
Written = list[tuple[dict[str, Any], Finished]]


def fleet_command(args: argparse.Namespace) -> int:
    """Divide the work, keep the drones apart, write a plan for each flight, say how even it is."""
    if args.pattern not in DIVIDED:
        what = f"a {args.pattern} is not divided among drones; {' and '.join(DIVIDED)} are"
        raise BadInput(where="--drones", what=what)
    # A part of an area is no survey of all of it.
    args.plain_items = True
    fleet = FleetFlights(args, asked_fleet(args))
    work = fleet.divided()
    placed = arrange(
        work,
        fleet.plan_of,
        apart=Separation(),
        wind=fleet.wind,
        swap_s=args.swap_s,
        seed=args.seed,
        lasts=lambda one, index, transit_m: fleet.battery(one, index, transit_m).lasts,
    )
    done = _written(fleet, work, placed)
    paths = [path for one in work.drones for path in one.paths]
    if args.path_json:
        flown = [_flown(fleet, path, one) for path, (_, one) in zip(paths, done, strict=True)]
        write_text(Path(args.path_json), json.dumps(flown) + "\n")
    findings = tuple(dict.fromkeys(one for _, part in done for one in part.findings))
    notes = tuple(dict.fromkeys((*work.notes, *(note for _, one in done for note in one.notes))))
    lines = _lines(work, placed)
    if args.png:
        _draw(fleet, work, placed, lines, findings)
    said = {**_figures(work, placed), "flights": [told for told, _ in done], "notes": notes}
    return say(args, said, findings, [*lines, *(_flight_line(told) for told, _ in done), *notes])


def _written(fleet: FleetFlights, work: FleetWork, placed: Arranged) -> Written:
    """Every flight's plan, written: FILE-DRONE.plan, and -2, -3 for a drone's later flights."""
    done: Written = []
    for i, one in enumerate(work.drones):
        member = fleet.member(one.drone)
        against = asked_against(member.args, one.drone.vehicle)
        for index, (path, transit_m) in enumerate(zip(one.paths, placed.transit_m[i], strict=True)):
            name = one.drone.name if index == 0 else f"{one.drone.name}-{index + 1}"
            files = replace(asked_files(member.args, name), path_json=None, png=None)
            finished = finish(
                fleet.asked(member),
                Made(path=path, sight=member.sight),
                against,
                files,
                home=member.home,
                transit_height=None if transit_m is None else HeightAboveHome(transit_m),
                for_brief=Besides(
                    notes=_for_brief(one, index, placed.starts_s[i][index], transit_m)
                ),
            )
            use = fleet.battery(one, index, transit_m)
            told = {
                "drone": one.drone.name,
                "flight": index + 1,
                "starts_s": round(placed.starts_s[i][index], 1),
                "flight_s": round(one.flights_s[index], 1),
                "battery_left": round(use.left, 4),
                "reserve_kept": use.lasts,
                "transit_height_m": transit_m,
                **finished.said,
            }
            done.append((told, finished))
    return done


def _for_brief(
    one: DroneWork, index: int, starts_s: float, transit_m: float | None
) -> tuple[str, ...]:
    """When whoever stands beside this drone takes off, and at which height it flies there."""
    minutes, seconds = divmod(round(starts_s), 60)
    first = f"drone {one.drone.name}, flight {index + 1} of {len(one.paths)}: take off "
    first += f"{minutes} min {seconds:02d} s after the first drone's time"
    way = () if transit_m is None else (f"flies to its task and back at {transit_m:g} m",)
    return (first, *way)


def _flown(fleet: FleetFlights, path: PatrolPath, one: Finished) -> list[list[float]]:
    return flown_path(fleet.asked(fleet.members[0]), one.plan, path)


def _figures(work: FleetWork, placed: Arranged) -> dict[str, Any]:
    return {
        "pattern": next(path.pattern for one in work.drones for path in one.paths),
        "drones": len(work.drones),
        "makespan_s": round(work.makespan_s, 1),
        "mean_s": round(work.mean_s, 1),
        "ratio": round(work.ratio, 4),
        "bound_s": round(work.bound_s, 1),
        "landed_s": round(placed.landed_s, 1),
        "by_drone": [
            {
                "drone": one.drone.name,
                "flights": len(one.paths),
                "done_s": round(one.done_s, 1),
                "waits_s": round(waits_s, 1),
            }
            for one, waits_s in zip(work.drones, placed.waits_s, strict=True)
        ],
        "kept_apart": [
            {"first": one.first, "second": one.second, "from_s": round(one.from_s, 1)}
            for one in placed.conflicts
        ],
    }


def _lines(work: FleetWork, placed: Arranged) -> list[str]:
    flights = sum(len(one.paths) for one in work.drones)
    lines = [
        f"{len(work.drones)} drones, {flights} flights: the longest takes "
        f"{work.makespan_s / 60.0:.1f} min, {work.ratio:.3f} times the mean; nobody could do it "
        f"in less than {work.bound_s / 60.0:.1f} min",
    ]
    if placed.conflicts:
        lines.append(
            f"kept apart by layers and waits: of {len(placed.conflicts)} "
            f"{'pair' if len(placed.conflicts) == 1 else 'pairs'} both would come too near to each "
            f"other; the last lands after {placed.landed_s / 60.0:.1f} min"
        )
    return lines


def _flight_line(told: dict[str, Any]) -> str:
    layer = told["transit_height_m"]
    way = "" if layer is None else f", to and from its task at {layer:g} m"
    return (
        f"{told['out']}: takes off at {told['starts_s'] / 60.0:.1f} min, flies "
        f"{told['flight_s'] / 60.0:.1f} min, {told['path_m'] / 1000.0:.2f} km on its task, "
        f"{told['battery_left']:.0%} of the battery left at worst{way}"
    )


def _draw(
    fleet: FleetFlights,
    work: FleetWork,
    placed: Arranged,
    lines: list[str],
    findings: tuple[Finding, ...],
) -> None:
    from missions.picture.fleet_sheet import DrawnFleet, write_fleet_picture

    drawn = DrawnFleet(
        title=Path(fleet.args.out).stem,
        work=work,
        starts_s=placed.starts_s,
        shapes=fleet.shapes,
        facts=tuple(lines),
        findings=findings,
    )
    write_fleet_picture(drawn, Path(fleet.args.png))
