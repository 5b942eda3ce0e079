"""The commands `qyran plan`, `check`, `convert` and `react`; `missions.commands` holds them."""

import argparse

from missions.commands.check_options import add_check
from missions.commands.convert_options import add_convert
from missions.commands.plan_options import add_plan
from missions.commands.react_options import add_react

__all__ = [
    "add_check",
    "add_convert",
    "add_plan",
    "add_react",
    "run_check",
    "run_convert",
    "run_plan",
    "run_react",
]


def run_plan(args: argparse.Namespace) -> int:
    """Plan, check, write; 1 when the plan has errors."""
    from missions.commands.plan import plan_command

    return plan_command(args)


def run_check(args: argparse.Namespace) -> int:
    """Print the findings; 1 when one is an error."""
    from missions.commands.check import check_command

    return check_command(args)


def run_convert(args: argparse.Namespace) -> int:
    """Read one file and write the other."""
    from missions.commands.convert import convert_command

    return convert_command(args)


def run_react(args: argparse.Namespace) -> int:
    """Answer an alarm; 1 where something is left that nobody can do."""
    from missions.commands.react import react_command

    return react_command(args)
