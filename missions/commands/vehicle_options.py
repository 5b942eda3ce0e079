"""The options that name what flies, of every command that has to know it."""

import argparse

VEHICLE_HELP = "what flies; a wrong name lists the known ones (default: %(default)s)"


def add_vehicle(group: argparse._ActionsContainer) -> None:
    """`--vehicle` and `--vehicles`."""
    group.add_argument("--vehicle", metavar="NAME", default="multirotor", help=VEHICLE_HELP)
    group.add_argument("--vehicles", metavar="FILE", help="a TOML file with more vehicles")
