"""The arguments of `qyran demo`."""

import argparse
from pathlib import Path

EPILOG = """examples:
  qyran demo                  fly once, then keep the page up until Ctrl-C
  qyran demo --once --json    fly, judge what was found, end"""

DEFAULT_SPEED = 5.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `qyran demo`."""
    parser.description = (
        "Five simulated drones patrol an invented district of Kyzylorda. Patrols are planned, "
        "checked, uploaded and flown faster than life; what happens there is seen, placed, alerted "
        "and acted on by the real processes, and judged against the simulation's own record."
    )
    parser.epilog = EPILOG
    parser.add_argument("--once", action="store_true", help="end when it has been judged")
    parser.add_argument("--json", action="store_true", help="the judgement as JSON on stdout")
    parser.add_argument(
        "--workspace",
        type=Path,
        default=Path("qyran-demo"),
        metavar="DIR",
        help="where district, plans, logs and records go; emptied first (default: %(default)s)",
    )
    parser.add_argument(
        "--seed", type=int, default=7, help="of the district (default: %(default)s)"
    )
    parser.add_argument(
        "--speed",
        type=float,
        default=DEFAULT_SPEED,
        help="simulated seconds a second (default: %(default)s)",
    )
    parser.add_argument(
        "--hub-port", type=int, default=8040, help="of the page and the API (default: %(default)s)"
    )
    parser.add_argument(
        "--port-offset", type=int, default=0, help="added to every MAVLink and camera port"
    )
    parser.add_argument(
        "--time-limit-s",
        type=float,
        default=115.0,
        help="judge what there is after this long (default: %(default)s)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Run the demo; 0 only if all that was scripted was found and acted on."""
    from missions.errors import BadInput
    from sim.demo.run import run_demo
    from sim.demo.workspace import Settings

    if not 0.1 <= arguments.speed <= 50.0:
        raise BadInput(where="--speed", what=f"{arguments.speed:g} is not within 0.1..50")
    settings = Settings(
        folder=arguments.workspace.resolve(),
        seed=arguments.seed,
        speed=arguments.speed,
        hub_port=arguments.hub_port,
        port_offset=arguments.port_offset,
    )
    return run_demo(
        settings,
        once=arguments.once,
        as_json=arguments.json,
        time_limit_s=arguments.time_limit_s,
    )
