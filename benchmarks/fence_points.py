"""Points against a thousand zones: the compiled grid (`missions.checks.zone_index`) and plain GEOS.

Zones are random rings with holes over 50 km, of a few vertices or of hundreds, apart or one over
another; the points are spread evenly. Every answer is compared with GEOS's.
"""

import argparse
import sys
import time
from collections.abc import Callable
from statistics import median

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry import Polygon

from benchmarks.machine import Machine
from benchmarks.report import Report, Row, Table, run, told
from missions.checks.zone_index import ZoneIndex

Floats = npt.NDArray[np.float64]
Longs = npt.NDArray[np.int64]

SIDE_M = 50_000.0
# Vertices of the outer ring (its hole has as many), and the largest reach in metres.
LAYOUTS = ((12, 1_000.0), (100, 1_000.0), (100, 5_000.0), (100, 25_000.0))
COMPARED = 5_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command line."""
    parser.add_argument("--points", type=int, default=1_000_000, help="default %(default)s")
    parser.add_argument("--zones", type=int, default=1_000, help="default %(default)s")
    parser.add_argument("--runs", type=int, default=3, help="default %(default)s")


def measure(arguments: argparse.Namespace) -> Report:
    """Every layout."""
    machine = Machine.now()
    # The kernel is compiled, or read from where it is kept, once a machine.
    _ours(*_layout(10, 12, 1_000.0, 10_000))
    rows = [_row(arguments, *layout) for layout in LAYOUTS]
    notes = (
        f"{arguments.points} points against {arguments.zones} zones; CPU time of one core, medians "
        f"of {arguments.runs} runs; ours with the index built anew each time and without that.",
        "GEOS: shapely's STRtree for the zones whose box holds a point, then prepared polygons.",
        f"Wrong: answers that differ from GEOS's, of {COMPARED} points.",
    )
    return Report(name="fence_points", machine=machine, tables=[Table(rows=rows)], notes=notes)


def _row(arguments: argparse.Namespace, vertices: int, reach_m: float) -> Row:
    told(f"zones of twice {vertices} vertices, up to {reach_m:g} m")
    zones, points = _layout(arguments.zones, vertices, reach_m, arguments.points)
    index = ZoneIndex(zones)
    index.covers(points)
    whole_s = _cpu_s(lambda: _ours(zones, points), arguments.runs)
    looked_up_s = _cpu_s(lambda: index.covers(points), arguments.runs)
    some = points[:COMPARED]
    plain, boxes = _by_geos(zones, some)
    plain_s = _cpu_s(lambda: _by_geos(zones, some), arguments.runs)
    return {
        "vertices a zone": 2 * vertices,
        "reach, m": reach_m,
        "boxes over a point": boxes,
        "points a CPU s": len(points) / looked_up_s,
        "with building": len(points) / whole_s,
        "GEOS": len(some) / plain_s,
        "wrong": int((index.covers(points)[:COMPARED] != plain).sum()),
    }


def _ours(zones: list[Polygon], points: Floats) -> Longs:
    return ZoneIndex(zones).covers(points)


def _by_geos(zones: list[Polygon], points: Floats) -> tuple[Longs, float]:
    shapes = np.array(zones, dtype=object)
    shapely.prepare(shapes)
    near, zone = shapely.STRtree(shapes).query(shapely.points(points))
    inside = shapely.intersects_xy(shapes[zone], points[near, 0], points[near, 1])
    found = np.full(len(points), len(zones), dtype=np.int64)
    np.minimum.at(found, near[inside], zone[inside])
    found[found == len(zones)] = -1
    return found, len(near) / len(points)


def _cpu_s(work: Callable[[], object], runs: int) -> float:
    taken = []
    for _ in range(runs):
        began_s = time.process_time()
        work()
        taken.append(time.process_time() - began_s)
    return median(taken)


def _layout(zones: int, vertices: int, reach_m: float, points: int) -> tuple[list[Polygon], Floats]:
    random = np.random.default_rng(7)
    made = [_zone(random, vertices, reach_m) for _ in range(zones)]
    return made, random.uniform(0.0, SIDE_M, (points, 2))


def _zone(random: np.random.Generator, vertices: int, reach_m: float) -> Polygon:
    """A star-shaped ring and a hole of the same shape within it."""
    middle = random.uniform(0.0, SIDE_M, 2)
    angles = np.sort(random.uniform(0.0, 2.0 * np.pi, vertices))
    away = reach_m * random.uniform(0.1, 1.0) * random.uniform(0.4, 1.0, vertices)
    ring = away[:, None] * np.column_stack((np.cos(angles), np.sin(angles)))
    return Polygon(middle + ring, [middle + 0.3 * ring])


if __name__ == "__main__":
    sys.exit(run("fence_points", __doc__ or "", add_arguments, measure))
