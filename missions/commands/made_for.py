"""What a plan is made for, as the arguments say it, to be carried in the plan itself."""

import argparse
from pathlib import Path

from missions.asked.asking import Asked, Made
from missions.asked.camera import asked_camera
from missions.commands.plan_options import add_plan
from missions.made_for import Answer, MadeFor

# Files that are written, and how it is said: nothing of the flight.
NOT_OF_THE_FLIGHT = frozenset(
    ("out", "json", "path_json", "png", "brief", "plain_items", "dji", "command", "run", "vehicles")
)
ALWAYS = frozenset(("area", "pattern"))


def asked_made_for(asked: Asked, made: Made) -> MadeFor:
    """The vehicle, what it looks with and how wide, and everything else that was asked."""
    args = asked.args
    swath_m = made.path.swath_m or made.sight.swath_m
    return MadeFor(
        vehicle=asked.vehicle,
        camera=None if args.swath_m is not None and not args.camera else asked_camera(args),
        swath_m=swath_m if swath_m > 0.0 else None,
        asked=_answers(args),
    )


def _answers(args: argparse.Namespace) -> dict[str, Answer]:
    """Every argument that is not as it is without being said; of a file only its name."""
    parser = argparse.ArgumentParser()
    add_plan(parser)
    return {
        key: _plain(value)
        for key, value in sorted(vars(args).items())
        if key not in NOT_OF_THE_FLIGHT
        and isinstance(value, str | int | float)
        and (key in ALWAYS or value != parser.get_default(key))
    }


def _plain(value: Answer) -> Answer:
    return Path(value).name if isinstance(value, str) and "/" in value else value
