"""Our patrols of public patrol graphs beside evenly spaced drones and our lower bound."""

import argparse
import itertools
import math
import statistics
import sys
from collections.abc import Sequence
from functools import partial

from benchmarks.cpu import cpu_s
from benchmarks.evaluation_data import evaluation_data
from benchmarks.exact_tour import closed_tour_s
from benchmarks.machine import Machine
from benchmarks.report import Report, Row, Table, run, told
from missions.errors import BadInput
from missions.patrol.graph_file import PatrolGraph, read_patrol_graph
from missions.patrol.plan import PatrolPlan
from missions.patrol.planner import plan_patrol
from missions.patrol.rhythm import longest_absence_s, stays_of
from missions.patrol.site import Floats, Site

SEED = 1
LAPS_FLOWN = 5


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments beside --json."""
    parser.add_argument("--only", metavar="NAME", help="one graph, such as grid")
    parser.add_argument("--most", type=int, default=8, help="drones, default %(default)s")


def measure(arguments: argparse.Namespace) -> Report:
    """Patrol every graph with 1 to so many drones, and fly each patrol to see what it achieves."""
    machine = Machine.now()
    graphs = _graphs(arguments.only)
    rows = [row for graph in graphs for row in _rows(graph, arguments.most)]
    return Report(
        name="patrol_graphs",
        machine=machine,
        tables=[Table(rows=rows), Table(title="All together", rows=[_summary(rows)])],
        notes=[
            "Equal weights, no batteries, 1 m/s. Worst idleness is measured by flying the routes "
            f"for {LAPS_FLOWN} laps and more, not taken from the planner.",
            "'Evenly spaced' are as many drones on the shortest closed tour, which an exact solver "
            "(HiGHS, subtour cuts) proves shortest for each graph.",
            "'Bound' is our own lower bound on any patrol at all; 'above it' is the gap.",
        ],
    )


def _graphs(only: str | None) -> list[PatrolGraph]:
    files = sorted(evaluation_data("data", "patrol-graphs").glob("*.graph"))
    chosen = [file for file in files if only in (None, file.stem)]
    if not chosen:
        names = ", ".join(file.stem for file in files)
        raise BadInput(where="--only", what=f"{only!r} is not one of {names}")
    return [read_patrol_graph(file) for file in chosen]


def _rows(graph: PatrolGraph, most: int) -> list[Row]:
    site = graph.site()
    tour_s = closed_tour_s(site.gaps_s())
    rows = []
    plans: list[PatrolPlan] = []
    for drones in range(1, most + 1):
        spent_s = cpu_s(partial(_plan, site, drones, plans))
        plan = plans[-1]
        worst_s = flown_idleness_s(plan)
        told(f"{graph.name}, {drones} drones: {worst_s:.2f} s, even {tour_s / drones:.2f} s")
        row: Row = {
            "graph": graph.name,
            "drones": drones,
            "worst idleness, s": worst_s,
            "evenly spaced, s": tour_s / drones,
            "ours / evenly": worst_s / (tour_s / drones),
            "bound, s": plan.bound_s,
            "above it, %": 100.0 * (worst_s / plan.bound_s - 1.0),
            "groups": "+".join(str(len(group.drones)) for group in plan.groups),
            "CPU s": spent_s,
        }
        rows.append(row)
    return rows


def _plan(site: Site, drones: int, plans: list[PatrolPlan]) -> None:
    plans.append(plan_patrol(site, drones=drones, seed=SEED))


def flown_idleness_s(plan: PatrolPlan) -> float:
    """The worst idleness seen when every drone flies its stops, its ways checked one by one."""
    until_s = LAPS_FLOWN * max(group.lap_s for group in plan.groups) + 1.0
    flown = [
        list(group.stops_of(drone, until_s=until_s))
        for group in plan.groups
        for drone in group.drones
    ]
    ways: Floats = plan.site.way_s
    for stops in flown:
        for one, other in itertools.pairwise(stops):
            if abs(other.arrive_s - one.leave_s - ways[one.node, other.node]) > 1e-6:
                raise AssertionError("a route takes longer or shorter than its ways")
    return max(longest_absence_s(one, 0.0, until_s - 1.0) for one in stays_of(flown, plan.site))


def _summary(rows: Sequence[Row]) -> Row:
    alone = [float(row["ours / evenly"] or 0.0) for row in rows if row["drones"] == 1]
    shares = [float(row["ours / evenly"] or 0.0) for row in rows if row["drones"] != 1]
    above = [float(row["above it, %"] or 0.0) for row in rows]
    fleets = [float(row["above it, %"] or 0.0) for row in rows if row["drones"] != 1]
    return {
        "one drone over the optimal tour, worst %": 100.0 * (max(alone) - 1.0),
        "ours / evenly, worst": max(shares, default=None),
        "geometric mean": math.exp(statistics.fmean(map(math.log, shares))) if shares else None,
        "above the bound, median %": statistics.median(above),
        "the same from 2 drones on": statistics.median(fleets) if fleets else None,
    }


if __name__ == "__main__":
    sys.exit(run("patrol_graphs", __doc__, add_arguments, measure))
