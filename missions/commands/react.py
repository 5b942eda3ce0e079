"""`qyran react`: read a situation, answer it, say who goes and how the rest goes on."""

import argparse
import json
import sys
from pathlib import Path

from missions.errors import BadInput, place_of
from missions.files import write_plan
from missions.fleet.separation import Conflict
from missions.reaction.answer import Reaction
from missions.reaction.answer_data import as_data
from missions.reaction.apart import kept_apart
from missions.reaction.budget import Budget
from missions.reaction.flyable import flyable
from missions.reaction.kernels.__main__ import compile_all
from missions.reaction.react import react
from missions.reaction.situation_file import read_situation
from missions.vehicle import known_vehicles, read_vehicles


def react_command(args: argparse.Namespace) -> int:
    """Answer; 1 where an alarm or a stop is left, or drones come too near to each other."""
    vehicles = dict(known_vehicles())
    if args.vehicles:
        vehicles |= read_vehicles(Path(args.vehicles))
    if args.iterations is not None and args.iterations < 0:
        raise BadInput(where="--iterations", what=f"{args.iterations} is below 0")
    situation = read_situation(Path(args.situation), vehicles)
    # The budget is for thinking, not for loading what is compiled.
    compile_all()
    budget = Budget(seconds=args.budget_s, iterations=args.iterations)
    reaction, near = kept_apart(react(situation, budget=budget, seed=args.seed))
    written = _plans(reaction, Path(args.plans)) if args.plans else []
    if args.json:
        said = {**as_data(reaction), "too_near": [_near(one) for one in near], "plans": written}
        json.dump(said, sys.stdout, ensure_ascii=False, indent=1)
        print()
    else:
        lines = (f"{each['drone']}: {each['file']}, from item {each['item']}" for each in written)
        print("\n".join([*reaction.sentences, *lines]))
    alone = any(alarm.drone is None for alarm in reaction.alarms)
    return int(alone or bool(reaction.undone) or bool(near))


def _near(one: Conflict) -> dict[str, str | float]:
    return {
        "first": one.first,
        "second": one.second,
        "from_s": round(one.from_s, 1),
        "horizontal_m": round(one.horizontal_m, 1),
        "vertical_m": round(one.vertical_m, 1),
    }


def _plans(reaction: Reaction, folder: Path) -> list[dict[str, str | int | None]]:
    """Write a plan for every drone that needs one; which, and the item to start at."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise place_of(error, str(folder)) from error
    written: list[dict[str, str | int | None]] = []
    for number, route in enumerate(reaction.routes):
        ready = flyable(reaction, route.drone)
        if ready.plan is None:
            continue
        plain = "".join(one if one.isalnum() or one in "-_" else "-" for one in route.drone)
        file = folder / f"{number + 1}-{plain}.plan"
        write_plan(ready.plan, file)
        written.append({"drone": route.drone, "file": str(file), "item": ready.start_item})
    return written
