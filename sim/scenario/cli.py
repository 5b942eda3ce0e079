"""`qyran sim play` and `qyran sim check`: arguments here, the work elsewhere, loaded when run."""

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.scenario.play import Played
    from sim.scenario.schema import Scenario

PLAY_EPILOG = """examples:
  qyran sim play lost_link_over_the_river
  qyran sim play my_scenario.toml --seed 7 --log run
  qyran sim play --list"""
CHECK_EPILOG = """examples:
  qyran sim check my_scenario.toml
  qyran sim check --schema > scenario.schema.json"""
SCENARIO_HELP = "a scenario file, or the name of one that comes with Qyran"


def add_play(parser: argparse.ArgumentParser) -> None:
    """Arguments of `qyran sim play`."""
    parser.description = (
        "Fly a scenario in simulated time and say whether everything came as it expects.\n"
        "Nothing is opened on the network; the same seed gives the same run, byte for byte."
    )
    parser.epilog = PLAY_EPILOG
    parser.add_argument("scenario", nargs="?", metavar="SCENARIO", help=SCENARIO_HELP)
    parser.add_argument("--list", action="store_true", help="list the scenarios that come along")
    parser.add_argument("--seed", type=int, metavar="N", help="instead of the file's own")
    parser.add_argument(
        "--log", type=Path, metavar="DIR", help="write every frame, a .tlog for each drone"
    )
    parser.add_argument("--json", action="store_true", help="print the verdicts as JSON")


def run_play(args: argparse.Namespace) -> int:
    """Play one scenario; 1 where something did not come as expected."""
    from missions.errors import BadInput
    from sim.scenario.read import find_scenario, read_scenario_file

    if args.list:
        return _list()
    if args.scenario is None:
        raise BadInput(where="SCENARIO", what="name a scenario, or see --list")
    path = find_scenario(args.scenario)
    scenario = read_scenario_file(path)
    if args.seed is not None:
        scenario = scenario.model_copy(update={"seed": args.seed})
    played = _played(scenario, folder=path.parent, log=args.log)
    _print_json(played) if args.json else _print_table(played)
    return 0 if played.passed else 1


def add_check(parser: argparse.ArgumentParser) -> None:
    """Arguments of `qyran sim check`."""
    parser.description = (
        "Say what is wrong with a scenario file, by line and key, without flying it."
    )
    parser.epilog = CHECK_EPILOG
    parser.add_argument("scenario", nargs="?", metavar="SCENARIO", help=SCENARIO_HELP)
    parser.add_argument(
        "--schema", action="store_true", help="print the format as JSON Schema and end"
    )


def run_check(args: argparse.Namespace) -> int:
    """Check one scenario file."""
    from missions.errors import BadInput
    from missions.geodesy import GeoPoint, LocalPlane
    from sim.scenario.mission import plan_of
    from sim.scenario.read import find_scenario, read_scenario_file
    from sim.scenario.schema import Scenario

    if args.schema:
        print(json.dumps(Scenario.model_json_schema(), indent=2))
        return 0
    if args.scenario is None:
        raise BadInput(where="SCENARIO", what="name a scenario file to check")
    path = find_scenario(args.scenario)
    scenario = read_scenario_file(path)
    home = scenario.home
    plane = LocalPlane(GeoPoint(latitude_deg=home.latitude_deg, longitude_deg=home.longitude_deg))
    for drone in scenario.drones:
        plan_of(drone, plane=plane, folder=path.parent)
    print(f"{path}: good: {scenario.title} ({len(scenario.expect)} expectations)")
    return 0


def _played(scenario: "Scenario", *, folder: Path, log: Path | None) -> "Played":
    from sim.scenario.log import RunLog
    from sim.scenario.play import ScenarioFleet

    if log is None:
        return ScenarioFleet(scenario, folder=folder).play()
    with RunLog(log) as written:
        return ScenarioFleet(scenario, folder=folder, log=written).play()


def _list() -> int:
    from sim.scenario.read import read_scenario_file, shipped_scenarios

    for name, path in shipped_scenarios().items():
        print(f"{name}\n    {read_scenario_file(path).proves}")
    return 0


def _print_table(played: "Played") -> None:
    print(f"{played.title}: {played.simulated_s:.0f} simulated seconds")
    for each in played.verdicts:
        mark = "pass" if each.passed else "FAIL"
        when = "" if each.at_s is None else f" at {each.at_s:.1f} s"
        print(f"  {mark}  {each.drone}: {each.title}{when}: {each.words}")
    failed = sum(not each.passed for each in played.verdicts)
    if failed:
        print(f"{failed} of {len(played.verdicts)} not as expected", file=sys.stderr)


def _print_json(played: "Played") -> None:
    rows = [
        {
            "title": each.title,
            "drone": each.drone,
            "passed": each.passed,
            "at_s": None if each.at_s is None else round(each.at_s, 3),
            "words": each.words,
        }
        for each in played.verdicts
    ]
    print(
        json.dumps(
            {
                "title": played.title,
                "passed": played.passed,
                "simulated_s": round(played.simulated_s, 3),
                "verdicts": rows,
            },
            ensure_ascii=False,
        )
    )
