"""How soon our reaction to an alarm is safe, and how soon it is good.

Drones fly plans that were made well before the alarm; places, zones, batteries and alarms are drawn
by seed, or places are the vertices of public patrol graphs. Where PyVRP is installed it answers the
part of the question that it can express, on the same numbers, given the same CPU time.
"""

import argparse
import math
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely

from benchmarks.cpu import percentile
from benchmarks.evaluation_data import evaluation_data
from benchmarks.machine import Machine
from benchmarks.pyvrp_reaction import PyVrp, pyvrp_or_none
from benchmarks.report import Report, Row, Table, run, told
from missions.area import Area
from missions.geodesy import GeoPoint, LocalPlane
from missions.heights import HeightAboveHome
from missions.patrol.graph_file import read_patrol_graph
from missions.reaction.aims import Aims
from missions.reaction.budget import Budget
from missions.reaction.kernels.__main__ import compile_all
from missions.reaction.react import react, reactions
from missions.reaction.situation import Alarm, Landing, RunningDrone, Situation, Stop
from missions.reaction.travel import Theatre
from missions.vehicle import Vehicle

PLANE = LocalPlane(GeoPoint(latitude_deg=44.85, longitude_deg=65.5))
FLYER = Vehicle(name="benchmark multirotor", endurance_s=3600.0)
BETWEEN_PLACES_M = 300.0
PLANNED_FOR = 4000
LONG_S = 8.0
SEED = 1
# What PyVRP can express: flying and what is undone, not lateness, the last landing or handovers.
FLYING_ALONE = Aims(lateness=0.0, makespan=0.0, handover_s=0.0)

Points = np.ndarray[tuple[int, ...], np.dtype[np.float64]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A kind of instance; `soon_s` is when it must be within 2 % of the long result."""

    name: str
    places: int
    drones: int
    zones: int
    soon_s: float


CASES = (
    Case(name="100 places, 4 drones", places=100, drones=4, zones=0, soon_s=1.0),
    Case(name="100 places, 4 drones, 10 zones", places=100, drones=4, zones=10, soon_s=1.0),
    Case(name="300 places, 12 drones", places=300, drones=12, zones=0, soon_s=2.0),
    Case(name="300 places, 12 drones, 20 zones", places=300, drones=12, zones=20, soon_s=2.0),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments beside --json."""
    parser.add_argument("--instances", type=int, default=20, help="a case, default %(default)s")
    parser.add_argument("--long", type=int, help="of these, so many are searched for 8 s, too")
    parser.add_argument("--beside", type=int, default=5, help="PyVRP on so many of a case")
    parser.add_argument("--only", type=int, choices=range(len(CASES)), help="one case, from 0")


def measure(arguments: argparse.Namespace) -> Report:
    """Answer every instance with several budgets."""
    machine = Machine.now()
    compile_all()
    pyvrp = pyvrp_or_none()
    cases = CASES if arguments.only is None else (CASES[arguments.only],)
    long = arguments.instances if arguments.long is None else arguments.long
    rows, beside = [], []
    for case in cases:
        drawn = [drawn_situation(case, seed) for seed in range(arguments.instances)]
        rows.append(_row(case.name, drawn, case.soon_s, long))
        if pyvrp is not None and arguments.beside:
            beside.append(_beside(case, drawn[: arguments.beside], pyvrp))
    graphs = [] if arguments.only is not None else _graphs(arguments.instances)
    if graphs:
        rows.append(_row("patrol graphs, 3 drones", graphs, 1.0, min(long, len(graphs))))
    tables = [Table(rows=rows)]
    if beside:
        title = "Flying alone (no lateness, no last landing), beside PyVRP given the same CPU time"
        tables.append(Table(title=title, rows=beside))
    return Report(name="reaction", machine=machine, tables=tables, notes=_notes(pyvrp is None))


def _notes(without_pyvrp: bool) -> list[str]:
    said = [
        "CPU seconds of one thread. 'First' is the first safe plan, from the situation to routes "
        "with places, times and sentences; 'cold' works out zones and all ways besides, "
        "'ready' has done that before the alarm (a `Theatre`).",
        "'Over 8 s' is the cost of an answer over that of the same search given 8 s: the alarm's "
        "wait times its urgency, and then what the patrol loses (lateness, last landing, flying, "
        "handovers, what is undone).",
    ]
    said.append("Beside PyVRP: over the best of either in 8 s; '-' is no feasible answer yet.")
    return [*said, "PyVRP is not installed here."] if without_pyvrp else said


def _row(name: str, situations: Sequence[Situation], soon_s: float, long: int) -> Row:
    cold, ready, firsts, gaps_02, gaps_soon, undone = [], [], [], [], [], []
    for number, situation in enumerate(situations):
        cold.append(_first_s(situation, None))
        ready.append(_first_s(situation, Theatre(replace(situation, alarms=()))))
        if number >= long:
            continue
        best, left = _cost(situation, LONG_S)
        undone.append(left)
        firsts.append(_cost(situation, 0.0)[0] / best - 1.0)
        gaps_02.append(_cost(situation, 0.2)[0] / best - 1.0)
        gaps_soon.append(_cost(situation, soon_s)[0] / best - 1.0)
        told(f"{name} {number}: {best:.0f} s, soon {100.0 * gaps_soon[-1]:+.2f} %")
    row: Row = {"case": name, "instances": len(situations)}
    row |= _times("first cold, ms", cold) | _times("first ready, ms", ready)
    row |= {"searched 8 s": len(gaps_soon)}
    row |= _gaps("first over 8 s, %", firsts) | _gaps("0.2 s over, %", gaps_02)
    row |= _gaps("1 or 2 s over, %", gaps_soon) | {"undone, most": max(undone, default=None)}
    return row


def _times(name: str, seconds: Sequence[float]) -> Row:
    return {name: 1e3 * statistics.median(seconds), f"{name} (worst)": 1e3 * max(seconds)}


def _gaps(name: str, shares: Sequence[float]) -> Row:
    if not shares:
        return {name: None, f"{name} (worst)": None}
    middle, worst = statistics.median(shares), percentile(shares, 100.0)
    return {name: 100.0 * middle, f"{name} (worst)": 100.0 * worst}


def _first_s(situation: Situation, theatre: Theatre | None) -> float:
    began_s = time.process_time()
    next(reactions(situation, seed=SEED, theatre=theatre))
    return time.process_time() - began_s


def _cost(situation: Situation, seconds: float) -> tuple[float, int]:
    budget = Budget(seconds=seconds, clock=time.process_time)
    answer = react(situation, seed=SEED, budget=budget)
    return answer.cost.alarms_s + answer.cost.total_s, len(answer.undone)


def _beside(case: Case, situations: Sequence[Situation], pyvrp: PyVrp) -> Row:
    first_s, firsts, sooner, soon, longest = [], [], [], [], []
    ours_soon = []
    for situation in situations:
        alone = replace(situation, aims=FLYING_ALONE)
        best = min(_flying(alone, LONG_S), pyvrp.cost(alone, LONG_S))
        spent_s, cost = pyvrp.first(alone)
        first_s.append(spent_s)
        firsts.append(cost / best - 1.0)
        sooner.append((pyvrp.cost(alone, 0.2) / best - 1.0, _flying(alone, 0.2) / best - 1.0))
        soon.append(pyvrp.cost(alone, case.soon_s) / best - 1.0)
        ours_soon.append(_flying(alone, case.soon_s) / best - 1.0)
        longest.append(pyvrp.cost(alone, LONG_S) / best - 1.0)
    return {
        "case": case.name,
        "instances": len(situations),
        "PyVRP first, ms": 1e3 * statistics.median(first_s),
        "over best, %": _middle(firsts),
        "at 0.2 s, %": _middle([theirs for theirs, _ in sooner]),
        "ours at 0.2 s, %": _middle([ours for _, ours in sooner]),
        "at 1 or 2 s, %": _middle(soon),
        "ours at 1 or 2 s, %": _middle(ours_soon),
        "at 8 s, %": _middle(longest),
    }


def _middle(shares: Sequence[float]) -> float | None:
    """The median in percent; None where it is an answer that is not feasible."""
    middle = statistics.median(shares)
    return 100.0 * middle if math.isfinite(middle) else None


def _flying(situation: Situation, seconds: float) -> float:
    budget = Budget(seconds=seconds, clock=time.process_time)
    return react(situation, seed=SEED, budget=budget).cost.total_s


def drawn_situation(case: Case, seed: int) -> Situation:
    """Drones somewhere in the first third of good plans, and an alarm anywhere."""
    chance = np.random.default_rng(seed)
    size_m = BETWEEN_PLACES_M * math.sqrt(case.places)
    zones = _zones(chance, case.zones, size_m)
    blocked = shapely.union_all([zone.buffer(15.0) for zone in zones])
    tries = chance.uniform(0.0, size_m, (4 * (case.places + case.drones + 1), 2))
    free = tries[~shapely.contains_xy(blocked, tries)]
    count = case.places
    no_fly = tuple(
        Area(outer=tuple(_geo(point) for point in zone.exterior.coords[:-1]), name=f"zone {i}")
        for i, zone in enumerate(zones)
    )
    return _situation(chance, free[:count], free[count : count + case.drones], free[-1], no_fly)


def _zones(chance: np.random.Generator, count: int, size_m: float) -> list[shapely.Polygon]:
    zones: list[shapely.Polygon] = []
    while len(zones) < count:
        angles = np.sort(chance.uniform(0.0, 2.0 * math.pi, int(chance.integers(3, 9))))
        radius = chance.uniform(0.02, 0.06) * size_m
        ring = chance.uniform(0.0, size_m, 2) + radius * np.column_stack(
            (np.cos(angles), np.sin(angles))
        )
        zone = shapely.Polygon(ring)
        if zone.area > 1000.0:
            zones.append(zone)
    return zones


def _geo(point: Sequence[float] | Points) -> GeoPoint:
    return PLANE.geo(float(point[0]), float(point[1]))


def _situation(
    chance: np.random.Generator,
    places: Points,
    docks: Points,
    alarm: Points,
    no_fly: tuple[Area, ...],
) -> Situation:
    stops = tuple(
        Stop(
            name=f"place {i}",
            position=_geo(place),
            dwell_s=float(chance.uniform(5.0, 20.0)),
            weight=float(chance.choice([1.0, 2.0, 5.0])),
            item=2 + i,
        )
        for i, place in enumerate(places)
    )
    waiting = tuple(
        RunningDrone(
            name=f"drone {i}",
            vehicle=FLYER,
            position=_geo(dock),
            battery_s=FLYER.endurance_s,
            landings=(Landing(name=f"dock {i}", position=_geo(dock)),),
            height=HeightAboveHome(0.0),
            flying=False,
        )
        for i, dock in enumerate(docks)
    )
    asked = Situation(drones=waiting, unassigned=stops, no_fly=no_fly)
    planned = react(asked, seed=SEED, budget=Budget(iterations=PLANNED_FOR))
    fleet = tuple(
        _under_way(chance, drone, [visit.task for visit in route.visits], route.battery_s)
        for drone, route in zip(waiting, planned.routes, strict=True)
    )
    sought = Alarm(name="alarm", position=_geo(alarm), look_s=120.0)
    return Situation(drones=fleet, alarms=(sought,), no_fly=no_fly)


def _under_way(
    chance: np.random.Generator, drone: RunningDrone, tasks: Sequence[object], battery_s: float
) -> RunningDrone:
    """A drone that has done up to a third of its plan, and whose battery lasts for the rest with
    up to a quarter to spare."""
    stops = [task for task in tasks if isinstance(task, Stop)]
    done = int(chance.integers(0, max(1, len(stops) // 3)))
    rest_s = (FLYER.endurance_s - battery_s) * (1.0 - done / max(1, len(stops)))
    lasts_s = rest_s * chance.uniform(1.05, 1.25) + drone.reserve_s
    if done == 0:
        return replace(drone, stops=tuple(stops), battery_s=lasts_s)
    return replace(
        drone,
        stops=tuple(stops[done:]),
        position=stops[done - 1].position,
        height=HeightAboveHome(60.0),
        flying=True,
        battery_s=lasts_s,
    )


def _graphs(seeds: int) -> list[Situation]:
    """The patrol graphs' vertices as places, drawn out to a drone's distances."""
    files = sorted(evaluation_data("data", "patrol-graphs").glob("*.graph"))
    found = []
    for number in range(max(seeds, len(files))):
        graph = read_patrol_graph(files[number % len(files)])
        chance = np.random.default_rng(number)
        lengths = list(graph.edges.values())
        points = graph.points_m * (BETWEEN_PLACES_M / statistics.fmean(lengths))
        docks = points[chance.choice(len(points), 3, replace=False)] + 5.0
        alarm = points[int(chance.integers(len(points)))] + chance.uniform(-200.0, 200.0, 2)
        found.append(_situation(chance, points, docks, alarm, ()))
    return found


if __name__ == "__main__":
    sys.exit(run("reaction", __doc__, add_arguments, measure))
