"""The path of the pattern that the arguments ask for."""

from collections.abc import Callable
from dataclasses import replace

from missions.asked.asking import Asked, Made
from missions.asked.ground import asked_corridor, asked_perimeter, asked_round, asked_sweep
from missions.asked.search import asked_search
from missions.asked.structure import asked_facade, asked_orbit
from missions.asked.surroundings import asked_wind
from missions.path import PatrolPath
from missions.patterns.sweep.winged import straight_run_m, turn_radius_m
from missions.patterns.turns.on_wings import WingedTurns, path_on_wings

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
    made = PATTERNS[asked.args.pattern](asked)
    if not asked.vehicle.winged or made.path.pattern == "sweep":
        return made
    return replace(made, path=_on_wings(asked, made))


def _on_wings(asked: Asked, made: Made) -> PatrolPath:
    speed = made.sight.speed_m_s
    radius = turn_radius_m(asked.vehicle, speed, asked_wind(asked.args.wind))
    how = WingedTurns(
        radius_m=radius,
        run_m=straight_run_m(speed, radius),
        swath_m=made.path.swath_m or made.sight.swath_m,
        no_fly=asked.shapes.no_fly,
    )
    return path_on_wings(made.path, asked.vehicle, how)
