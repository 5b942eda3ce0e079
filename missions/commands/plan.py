"""`qyran plan`: read, plan, check, write, say."""

import argparse

from missions.asked.camera import asked_vehicle
from missions.asked.dji import asked_dji
from missions.asked.fleet import is_for_a_fleet
from missions.asked.home import asked_home
from missions.asked.pattern import Asked, asked_path
from missions.asked.shapes import asked_shapes
from missions.commands.against import asked_against
from missions.commands.finish import asked_files, finish
from missions.commands.say import say
from missions.commands.sorties import instead_of, is_too_long, written_sorties


def plan_command(args: argparse.Namespace) -> int:
    """`qyran plan`."""
    if args.pattern == "patrol":
        # numba is loaded where it is needed.
        from missions.commands.patrol import patrol_command

        return patrol_command(args)
    if is_for_a_fleet(args):
        from missions.commands.fleet import fleet_command

        return fleet_command(args)
    vehicle = asked_vehicle(args)
    home = asked_home(args.home)
    against = asked_against(args, vehicle)
    start = home.position if home is not None else None
    asked = Asked(args=args, shapes=asked_shapes(args), vehicle=vehicle, start=start)
    done = finish(asked, asked_path(asked), against, asked_files(args), home=home)
    if not is_too_long(done.findings):
        return say(args, done.said, done.findings, list(done.lines))
    dji = asked_dji(args.dji)
    sorties = written_sorties(done.plan, asked_files(args).plan, against, dji=dji)
    said = {**done.said, "flights": [one.said() for one in sorties.flights]}
    lines = [*done.lines, *sorties.lines]
    return say(args, said, instead_of(done.findings, sorties), lines)
