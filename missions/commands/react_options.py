"""The arguments of `qyran react`."""

import argparse

from missions.commands.numbers import positive

EXAMPLES = """examples:
  qyran react situation.json
  qyran react situation.toml --budget-s 1 --seed 7 --json
  qyran react situation.json --iterations 20000 --plans out/

docs/reaction.md describes the file: drones with what is left of their plans, alarms, zones."""


def add_react(parser: argparse.ArgumentParser) -> None:
    """The arguments of `qyran react`."""
    parser.description = (
        "Say who goes to an alarm, by which way, what is left undone and how each drone goes on."
    )
    parser.epilog = EXAMPLES
    parser.add_argument("situation", metavar="FILE", help="a .json or .toml file of the situation")
    parser.add_argument(
        "--budget-s",
        metavar="S",
        type=positive,
        default=1.0,
        help="seconds to think, after the kernels are loaded (default: %(default)g)",
    )
    parser.add_argument(
        "--iterations", metavar="N", type=int, help="think so long instead: the same everywhere"
    )
    parser.add_argument("--seed", metavar="N", type=int, default=0, help="default: %(default)s")
    parser.add_argument("--vehicles", metavar="FILE", help="a TOML file with more vehicles")
    parser.add_argument(
        "--plans", metavar="FOLDER", help="write a .plan for every drone that needs a new one"
    )
    parser.add_argument("--json", action="store_true", help="print the whole answer as JSON")
