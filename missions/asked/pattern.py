"""The path of the pattern that the arguments ask for."""

from collections.abc import Callable

from missions.asked.asking import Asked, Made
from missions.asked.ground import asked_corridor, asked_perimeter, asked_round, asked_sweep
from missions.asked.search import asked_search
from missions.asked.structure import asked_facade, asked_orbit
from missions.asked.winged import made_on_wings

__all__ = ["PATTERNS", "Asked", "Made", "asked_path"]

PATTERNS: dict[str, Callable[[Asked], Made]] = {
    "sweep": asked_sweep,
    "corridor": asked_corridor,
    "perimeter": asked_perimeter,
    "orbit": asked_orbit,
    "facade": asked_facade,
    "round": asked_round,
    "search": asked_search,
}


def asked_path(asked: Asked) -> Made:
    """The path of the pattern asked for.

    Raises:
        BadInput: the drawing lacks what the pattern needs, or a number makes no sense.
    """
    make = PATTERNS[asked.args.pattern]
    return made_on_wings(asked, make) if asked.vehicle.winged else make(asked)
