"""A sweep and a round of places divided among several drones: how even, and how early all is done.

Places are divided by PyVRP as well, which must be installed beside.
"""

import argparse
import importlib.util
import itertools
import math
import statistics
import sys
import time
import warnings
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from benchmarks.cpu import cpu_s
from benchmarks.evaluation_data import evaluation_data
from benchmarks.machine import Machine
from benchmarks.report import Report, Row, Table, run, told
from missions.area import Area, Place, ring_en
from missions.assemble import Assembly, assemble
from missions.errors import BadInput, Failed
from missions.files import read_shapes
from missions.fleet.allot import allot
from missions.fleet.area_split import AreaTask, split_area
from missions.fleet.bounds import places_bound_s
from missions.fleet.drone import FleetDrone
from missions.fleet.fleet_work import Eye, FleetWork
from missions.fleet.kernels.routes import Work
from missions.fleet.laid_out import holes_of
from missions.fleet.places_split import PlacesTask, places_work
from missions.fleet.reckoned import Flyers
from missions.geodesy import GeoPoint, LocalPlane
from missions.heights import HeightAboveHome, HeightAmsl
from missions.path import PatrolPath
from missions.plan import Home
from missions.plan_time import plan_time_s
from missions.vehicle import Vehicle, default_vehicle
from missions.wind import CALM

Array = npt.NDArray[np.float64]

SPEED_M_S = 10.0
HEIGHT = HeightAboveHome(60.0)
FLEETS = (2, 3, 4, 5, 8)
# Batteries are changed in another table: here nothing hides an uneven division.
LASTING_S = 1e6
# Places, drones, docks, and whether they lie in clusters.
ROUNDS = (
    (20, 2, 1, False),
    (50, 3, 1, False),
    (50, 3, 3, True),
    (100, 4, 1, True),
    (100, 5, 5, False),
    (100, 8, 1, False),
    (200, 5, 1, True),
)
DWELL_S, WIDE_M = 20.0, 2500.0
TENTHS = 10
BISECTIONS, ITERATIONS = 8, 1000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments beside --json."""
    parser.add_argument("--only", metavar="NAME", help="one area, such as syn_L; no places then")
    parser.add_argument("--no-pyvrp", action="store_true", help="places by our own planner alone")
    parser.add_argument(
        "--drones", metavar="N,N", default=",".join(map(str, FLEETS)), help="default: %(default)s"
    )


def measure(arguments: argparse.Namespace) -> Report:
    """Divide every area among every fleet, and made-up places."""
    machine = Machine.now()
    fleets = tuple(int(part) for part in arguments.drones.split(","))
    judge = _judge(evaluation_data("tools", "score_coverage.py"))
    files = sorted(evaluation_data("data", "areas").glob("*.geojson"))
    files = [file for file in files if arguments.only in (None, file.stem)]
    if not files:
        raise BadInput(where="--only", what=f"{arguments.only!r} is none of the areas")
    rows = [row for file in files for row in _area_rows(file, judge, fleets)]
    tables = [Table(title="Areas", rows=rows), Table(title="All areas", rows=[_areas_summed(rows)])]
    if arguments.only is None:
        places = [
            _places_row(number, *one, pyvrp=not arguments.no_pyvrp)
            for number, one in enumerate(ROUNDS)
        ]
        tables.append(Table(title="Places", rows=places))
    return Report(
        name="fleet_split",
        machine=machine,
        tables=tables,
        notes=[
            f"Areas: one dock at the outline's first corner, {SPEED_M_S:g} m/s, "
            f"{HEIGHT.m:g} m high, no battery to change; times from take-off to landing as "
            "`plan_time_s` predicts them for PX4. 'Longest' is the time of the drone that is done "
            "last, 'ratio' that over the mean of all. 'Bound' is a time before which nobody could "
            "show 99 % of the area: all work shared with no turn and no overlap, or the far end "
            "shown by one there and back, whichever is later. 'Least ratio' is the bound over the "
            "mean: no division that takes all drones together no longer is more even, so where it "
            "is above 1.05 the goal is reached by flying for nothing alone. 'Paths alone' is by "
            "the scorer's time of each drone's path, with no way from or to a dock; 'no docks' "
            "divides once more, every flight from where its part begins. 'Alone' is one drone's "
            "time over drones x longest: 1 would be that dividing costs nothing, though every "
            "drone climbs, flies out and comes back. Unseen is of all paths together, by the "
            "scorer; outside is length beyond 0.05 m. CPU includes planning the whole sweep.",
            f"Places: uniform or in clusters over {WIDE_M:g} m, {DWELL_S:g} s at each, times as "
            "both are given them (standstill to standstill). 'PyVRP' minimises the total and uses "
            "as few drones as it likes; 'PyVRP, bisected' is given a longest duration, "
            f"{BISECTIONS} bisections of {ITERATIONS} iterations, the best kept. 'Bound' is by "
            "one-trees.",
        ],
    )


def _judge(file: Path) -> ModuleType:
    """The scorer, which is a script beside the data and no package."""
    spec = importlib.util.spec_from_file_location(file.stem, file)
    if spec is None or spec.loader is None:
        raise Failed(f"{file} cannot be loaded")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _area_rows(file: Path, judge: ModuleType, fleets: Sequence[int]) -> list[Row]:
    (area,) = read_shapes(file).areas
    alone_s = _divided(area, float(area.properties["swath_m"]), 1, docked=True).makespan_s
    return [_area_row(file, judge, area, count, alone_s) for count in fleets]


def _area_row(file: Path, judge: ModuleType, area: Area, count: int, alone_s: float) -> Row:
    swath_m = float(area.properties["swath_m"])
    found: list[FleetWork] = []
    spent_s = cpu_s(lambda: found.append(_divided(area, swath_m, count, docked=True)))
    work, anywhere = found[0], _divided(area, swath_m, count, docked=False)
    unseen, outside_m = _scored(file, judge, [path for one in work.drones for path in one.paths])
    told(f"{file.stem}, {count}: {work.makespan_s:.0f} s, {work.ratio:.4f}, {spent_s:.1f} CPU s")
    return {
        "area": file.stem,
        "drones": count,
        "longest, s": work.makespan_s,
        "ratio": work.ratio,
        "bound, s": work.bound_s,
        "longest / bound": work.makespan_s / work.bound_s,
        "least ratio": max(1.0, work.bound_s / work.mean_s),
        "paths alone, ratio": _paths_ratio(judge, area, work),
        "no docks, ratio": anywhere.ratio,
        "no docks, paths alone, ratio": _paths_ratio(judge, area, anywhere),
        "alone": alone_s / (count * work.makespan_s),
        "unseen, %": 100.0 * unseen,
        "outside, m": outside_m,
        "CPU s": spent_s,
    }


def _paths_ratio(judge: ModuleType, area: Area, work: FleetWork) -> float:
    """The longest over the mean of what each drone's paths take by the scorer, with no way to them.

    A drone without any path counts as nought.
    """
    plane = LocalPlane(area.outer[0])
    times = [
        sum(
            float(
                judge.flight_time(ring_en(plane, tuple(p.position for p in path.points)))[0].sum()
            )
            for path in one.paths
        )
        for one in work.drones
    ]
    return max(times) / (sum(times) / len(times))


def _vehicle() -> Vehicle:
    return default_vehicle().model_copy(update={"endurance_s": LASTING_S})


def _divided(area: Area, swath_m: float, count: int, *, docked: bool) -> FleetWork:
    dock = area.outer[0]
    holes = holes_of(area)

    def flight_s(drone: FleetDrone, path: PatrolPath) -> float:
        start = drone.dock if drone.docked else path.points[0].position
        home = Home(position=start, height=HeightAmsl(math.nan))
        how = Assembly(speed_m_s=SPEED_M_S, fence_buffer_m=None, holes=holes)
        return plan_time_s(assemble(path, home, how), drone.vehicle)

    drones = [
        FleetDrone(name=str(i), vehicle=_vehicle(), dock=dock, docked=docked) for i in range(count)
    ]
    eye = Eye(height=HEIGHT, speed_m_s=SPEED_M_S, swath_m=swath_m)
    return split_area(AreaTask(area=area), drones, [eye] * count, flight_s)


def _scored(file: Path, judge: ModuleType, paths: Sequence[PatrolPath]) -> tuple[float, float]:
    """The part unseen by all together, and how far they are flown outside."""
    polygon, properties = judge.load_poly(file)
    metres, to_local = judge.to_local(polygon)
    tolerant = metres.buffer(0.05)
    seen: npt.NDArray[np.bool_] | None = None
    outside_m = 0.0
    for path in paths:
        degrees = np.array(
            [(point.position.longitude_deg, point.position.latitude_deg) for point in path.points]
        )
        way = np.column_stack(to_local.transform(degrees[:, 0], degrees[:, 1]))
        way, _ = judge.simplify_wp(way)
        legs = shapely.linestrings(np.stack((way[:-1], way[1:]), axis=1))
        outside_m += float(shapely.length(shapely.difference(legs, tolerant)).sum())
        active = np.ones(len(way) - 1, dtype=bool)
        own, _, _ = judge.raster_cover(metres, way, active, properties["swath_m"])
        seen = own if seen is None else seen | own
    assert seen is not None
    return 1.0 - float(seen.mean()), outside_m


def _areas_summed(rows: Sequence[Row]) -> Row:
    def column(name: str) -> list[float]:
        return [value for row in rows if isinstance(value := row[name], float)]

    return {
        "divisions": len(rows),
        "ratio, most": max(column("ratio")),
        "ratio, median": statistics.median(column("ratio")),
        "ratio above 1.05": sum(value > 1.05 for value in column("ratio")),
        "of these no less than 1.05 by the bound": sum(
            ratio > 1.05 and least > 1.05
            for ratio, least in zip(column("ratio"), column("least ratio"), strict=True)
        ),
        "paths alone, ratio, most": max(column("paths alone, ratio")),
        "no docks, ratio, most": max(column("no docks, ratio")),
        "no docks, ratio above 1.05": sum(value > 1.05 for value in column("no docks, ratio")),
        "no docks, paths alone, ratio, most": max(column("no docks, paths alone, ratio")),
        "longest / bound, median": statistics.median(column("longest / bound")),
        "longest / bound where uneven, most": max(
            (
                float(row["longest / bound"])
                for row in rows
                if isinstance(row["longest / bound"], float)
                and isinstance(row["ratio"], float)
                and row["ratio"] > 1.05
            ),
            default=math.nan,
        ),
        "unseen, most, %": max(column("unseen, %")),
        "outside, most, m": max(column("outside, m")),
        "CPU s, median": statistics.median(column("CPU s")),
        "CPU s, most": max(column("CPU s")),
    }


def _places_row(
    number: int, places: int, drones: int, docks: int, clustered: bool, *, pyvrp: bool
) -> Row:
    task, flyers = _round(number, places, drones, docks, clustered)
    work, order = places_work(task, flyers)
    times: list[Array] = []
    spent_s = cpu_s(
        lambda: times.append(np.array([one.time_s for one in allot(work, order, seed=1)]))
    )
    ours, bound_s = times[0], places_bound_s(work)
    row: Row = {
        "places": places,
        "drones": drones,
        "docks": docks,
        "lie": "in clusters" if clustered else "evenly",
        "longest, s": float(ours.max()),
        "ratio": float(ours.max() / ours.mean()),
        "longest / bound": float(ours.max() / bound_s),
        "CPU s": spent_s,
    }
    told(f"{places} places, {drones} drones: {ours.max():.0f} s, {ours.max() / ours.mean():.4f}")
    return row | (_by_pyvrp(work, float(ours.max())) if pyvrp else {})


def _round(
    number: int, places: int, drones: int, docks: int, clustered: bool
) -> tuple[PlacesTask, Flyers]:
    chance = np.random.default_rng(100 + number)
    plane = LocalPlane(GeoPoint(latitude_deg=44.84, longitude_deg=65.5))
    spots = chance.uniform(0.0, WIDE_M, (places, 2))
    if clustered:
        centres = chance.uniform(0.0, WIDE_M, (max(2, places // 20), 2))
        chosen = centres[chance.integers(0, len(centres), places)]
        spots = chosen + chance.normal(0.0, WIDE_M / 18.0, (places, 2))
    stands = chance.uniform(0.0, WIDE_M, (docks, 2))
    fleet = tuple(
        FleetDrone(name=str(i), vehicle=_vehicle(), dock=plane.geo(*stands[i % docks]))
        for i in range(drones)
    )
    eye = Eye(height=HEIGHT, speed_m_s=SPEED_M_S, swath_m=50.0)
    task = PlacesTask(
        places=tuple(Place(position=plane.geo(*spot)) for spot in spots), dwell_s=DWELL_S
    )
    return task, Flyers(drones=fleet, eyes=(eye,) * drones, wind=CALM, swap_s=0.0)


def _by_pyvrp(work: Work, ours_s: float) -> Row:
    began_s = time.process_time()
    plain = _pyvrp(work, None)
    assert plain is not None
    best, low, high = plain, float(plain.sum()) / len(plain), float(plain.max())
    for _ in range(BISECTIONS):
        middle = (low + high) / 2.0
        found = _pyvrp(work, middle)
        if found is None:
            low = middle
        else:
            high = min(middle, float(found.max()))
            best = found if found.max() < best.max() else best
    return {
        "PyVRP, longest, s": float(plain.max()),
        "PyVRP, ratio": float(plain.max() / plain.mean()),
        "PyVRP bisected, longest, s": float(best.max()),
        "PyVRP bisected, ratio": float(best.max() / best.mean()),
        "ours / PyVRP bisected": ours_s / float(best.max()),
        "PyVRP CPU s": time.process_time() - began_s,
    }


def _pyvrp(work: Work, longest_s: float | None) -> Array | None:
    """Each drone's time by PyVRP with a longest duration; None where it finds none that keep it."""
    import pyvrp
    from pyvrp.stop import MaxIterations

    def tenths(seconds: float) -> int:
        return round(TENTHS * float(seconds))

    model = pyvrp.Model()
    drones, places = len(work.out), len(work.ends)
    stands = [model.add_location(0, 0) for _ in range(drones)]
    spots = [model.add_location(0, 0) for _ in range(places)]
    depots = [model.add_depot(stand) for stand in stands]
    for place, spot in enumerate(spots):
        model.add_client(spot, service_duration=tenths(work.service[0, place]))
    limit: dict[str, Any] = {} if longest_s is None else {"shift_duration": tenths(longest_s)}
    for depot in depots:
        model.add_vehicle_type(1, start_depot=depot, end_depot=depot, **limit)
    for a, b in itertools.permutations(range(places), 2):
        gap = tenths(work.gaps[0, a, b])
        model.add_edge(spots[a], spots[b], gap, gap)
    for drone, place in itertools.product(range(drones), range(places)):
        upright_s = work.overhead[drone] / 2.0
        out, back = work.out[drone, place] + upright_s, work.back[drone, place] + upright_s
        model.add_edge(stands[drone], spots[place], tenths(out), tenths(out))
        model.add_edge(spots[place], stands[drone], tenths(back), tenths(back))
    with warnings.catch_warnings():
        # It warns where a limit turns out to be too tight, which is what is asked.
        warnings.simplefilter("ignore")
        found = model.solve(MaxIterations(ITERATIONS), seed=1, display=False)
    if not found.is_feasible():
        return None
    times = [route.duration() / TENTHS for route in found.best.routes()]
    return np.array(times + [0.0] * (drones - len(times)))


if __name__ == "__main__":
    sys.exit(run("fleet_split", __doc__, add_arguments, measure))
