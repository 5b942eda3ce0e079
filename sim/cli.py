"""The subcommands `sim` and `demo`: arguments here, the work elsewhere, loaded when run.

`qyran sim` runs the simulation; with one of `ACTIONS` it does that instead. An action is a module
with `add(parser)` and `run(args)`.
"""

import argparse
import importlib
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from sim.configuration import SimulationConfig

SIM_EPILOG = """examples:
  qyran sim --vehicles 3 --speed 5 --home 44.85,65.51,129
  qyran sim --write-district district --seed 7
  qyran sim --config sim.toml --json
  qyran sim --scenario gps_jammed_over_the_bazaar --control
  qyran sim compare flight.tlog"""
EXIT_STATUS_HELP = "exit status: 0 done, 1 a finding or failure that it names, 2 bad input or usage"
DEFAULT_HOME = "44.85,65.51,129"
APART_DEG = 0.0001
CONTROL_PORT = 14790


class Action(NamedTuple):
    """Where an action of `qyran sim` lives and what one line says about it."""

    module: str
    summary: str


ACTIONS = {
    "compare": Action("sim.compare.cli", "fly a recorded PX4 flight again and gate the difference"),
    "payload": Action("sim.payload.cli", "run a gimbal, camera, light and loudspeaker"),
    "play": Action("sim.scenario.cli", "fly a scenario file and say whether it came out"),
    "check": Action("sim.scenario.cli", "say what is wrong with a scenario file"),
    "fault": Action("sim.scenario.fault_cli", "let something go wrong in a running simulation"),
}


def add_sim(parser: argparse.ArgumentParser) -> None:
    """Arguments of `qyran sim`."""
    parser.usage = (
        "%(prog)s [--config FILE | --vehicles N | --scenario SCENARIO] [options]\n"
        "       %(prog)s {compare,payload,play,check,fault} ...   (ACTION --help says more)"
    )
    parser.description = (
        "Run PX4-compatible simulated vehicles on PX4's UDP ports, on a virtual clock. With a\n"
        "configuration that names a district there is also a world of people, vehicles and\n"
        "animals, and each vehicle's camera is served as MJPEG over HTTP.\n"
        "Runs until Ctrl-C or SIGTERM."
    )
    parser.epilog = SIM_EPILOG
    parser.add_argument(
        "--config", type=Path, metavar="FILE", help="a sim.toml: vehicles, district, scenario"
    )
    parser.add_argument(
        "--vehicles", type=_count, metavar="N", help="how many, without a file (default: 1)"
    )
    parser.add_argument(
        "--scenario",
        metavar="SCENARIO",
        help="a scenario file or the name of one: its drones stand ready, its faults happen; "
        "orders and expectations are left to you and to `play`",
    )
    parser.add_argument(
        "--control",
        type=int,
        nargs="?",
        const=CONTROL_PORT,
        metavar="PORT",
        help="take faults while it runs, on this TCP port (default: %(const)s); see `fault`",
    )
    parser.add_argument(
        "--speed", type=_factor, metavar="FACTOR", help="virtual seconds per real one (default: 1)"
    )
    parser.add_argument(
        "--home",
        default=DEFAULT_HOME,
        metavar="LAT,LON,AMSL",
        help="of the first, without a file (default: %(default)s)",
    )
    parser.add_argument(
        "--streams",
        choices=("px4", "lean"),
        default="px4",
        help="telemetry as PX4 sends it, or only what Qyran reads (default: %(default)s)",
    )
    parser.add_argument(
        "--port-offset", type=int, metavar="N", help="added to every port (default: 0)"
    )
    parser.add_argument(
        "--seed", type=int, metavar="N", help="of chance: the same N, the same world"
    )
    parser.add_argument(
        "--write-district", type=Path, metavar="DIR", help="write an invented district and end"
    )
    parser.add_argument("--json", action="store_true", help="print one line of JSON when ready")
    _add_actions(parser)


def _add_actions(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(
        dest="action", metavar="ACTION", title="actions", prog=parser.prog
    )
    for name, action in ACTIONS.items():
        sub_parser = actions.add_parser(
            name, help=action.summary, formatter_class=argparse.RawDescriptionHelpFormatter
        )
        _function(importlib.import_module(action.module), "add", name)(sub_parser)
        sub_parser.epilog = "\n\n".join(filter(None, (sub_parser.epilog, EXIT_STATUS_HELP)))


def _function(module: ModuleType, verb: str, action: str) -> Callable[..., Any]:
    """`add` of a module with one action, `add_NAME` of one with several."""
    found: Callable[..., Any] = getattr(module, f"{verb}_{action}", None) or getattr(module, verb)
    return found


def run_sim(args: argparse.Namespace) -> int:
    """Do the action named, write a district, or simulate until told to end."""
    if args.action is not None:
        module = importlib.import_module(ACTIONS[args.action].module)
        status: int = _function(module, "run", args.action)(args)
        return status
    if args.write_district is not None:
        return _write_district(args)
    from sim.run import run

    if args.scenario is None:
        return run(_config(args), as_json=args.json)
    from sim.scenario.live import configured
    from sim.scenario.read import find_scenario, read_scenario_file

    for option in ("config", "vehicles"):
        _alone("--scenario", f"--{option}", getattr(args, option))
    scenario = read_scenario_file(find_scenario(args.scenario))
    config = configured(scenario, streams=args.streams).model_copy(update=_given(args))
    return run(config, as_json=args.json, scenario=scenario)


def add_demo(parser: argparse.ArgumentParser) -> None:
    """Arguments of `qyran demo`."""
    from sim.demo.command import add_arguments

    add_arguments(parser)


def run_demo(args: argparse.Namespace) -> int:
    """Five drones patrol a simulated district, end to end."""
    from sim.demo.command import run

    return run(args)


def _write_district(args: argparse.Namespace) -> int:
    import json

    from sim.district.files import write_district

    seed = 1 if args.seed is None else args.seed
    district = write_district(args.write_district, seed)
    told = {
        "folder": str(args.write_district),
        "seed": seed,
        "places": len(district.places),
        "roads": len(district.roads),
        "buildings": len(district.buildings),
        "docks": len(district.docks),
        "invented": True,
    }
    line = f"wrote an invented district (seed {seed}) to {args.write_district}"
    print(json.dumps(told) if args.json else line)
    return 0


def _config(args: argparse.Namespace) -> "SimulationConfig":
    from sim.configuration import checked, read_simulation_config

    if args.config is None:
        return checked(_plain(args), where="arguments", folder=Path.cwd())
    _alone("--config", "--vehicles", args.vehicles)
    return read_simulation_config(args.config).model_copy(update=_given(args))


def _given(args: argparse.Namespace) -> dict[str, Any]:
    """What the command line says of any simulation."""
    options = {
        "speed": args.speed,
        "seed": args.seed,
        "port_offset": args.port_offset,
        "control_port": args.control,
    }
    return {name: value for name, value in options.items() if value is not None}


def _alone(option: str, other: str, value: object) -> None:
    from missions.errors import BadInput

    if value is not None:
        raise BadInput(where=other, what=f"cannot go with {option}, which says how many")


def _plain(args: argparse.Namespace) -> dict[str, Any]:
    """A configuration of vehicles side by side, without a world."""
    latitude_deg, longitude_deg, height_amsl_m = _home(args.home)
    vehicles = [
        {
            "instance": number,
            "drone_id": f"qyran-{number + 1}",
            "home_latitude_deg": latitude_deg,
            "home_longitude_deg": longitude_deg + number * APART_DEG,
            "streams": args.streams,
        }
        for number in range(1 if args.vehicles is None else args.vehicles)
    ]
    return {"vehicles": vehicles, "ground_height_amsl_m": height_amsl_m} | _given(args)


def _home(text: str) -> tuple[float, float, float]:
    from missions.errors import BadInput

    try:
        latitude_deg, longitude_deg, height_amsl_m = map(float, text.split(","))
    except ValueError as error:
        raise BadInput(where="--home", what=f"{text!r} is not LAT,LON,AMSL") from error
    return latitude_deg, longitude_deg, height_amsl_m


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) > 0):
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number above zero")
    return int(text)


def _factor(text: str) -> float:
    try:
        value = float(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number") from error
    if not 0.0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"{text} is not above zero")
    return value
