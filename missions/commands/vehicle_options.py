"""The options that name what flies, of every command that has to know it."""

import argparse

VEHICLE_HELP = "what flies; a wrong name lists the known ones (default: %(default)s)"
MADE_FOR_HELP = (
    "what flies; a wrong name lists the known ones (default: what the plan was made for, where it "
    "says so, else multirotor)"
)


def add_vehicle(group: argparse._ActionsContainer, *, of_a_plan: bool = False) -> None:
    """`--vehicle` and `--vehicles`; nothing said is None where it is `of_a_plan` to say."""
    default, words = ("multirotor", VEHICLE_HELP) if not of_a_plan else (None, MADE_FOR_HELP)
    group.add_argument("--vehicle", metavar="NAME", default=default, help=words)
    group.add_argument("--vehicles", metavar="FILE", help="a TOML file with more vehicles")
