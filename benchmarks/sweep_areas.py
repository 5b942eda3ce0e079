"""Our sweep over real and made-up areas beside the best path known for each."""

import argparse
import importlib.util
import json
import math
import statistics
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from benchmarks.cpu import cpu_s
from benchmarks.evaluation_data import evaluation_data
from benchmarks.machine import Machine
from benchmarks.report import Report, Row, Table, run, told
from missions.area import Area
from missions.errors import BadInput, Failed
from missions.files import read_shapes
from missions.heights import HeightAboveHome
from missions.patterns.sweep import sweep
from missions.vehicle import default_vehicle

SPEED_M_S = 10.0
HEIGHT = HeightAboveHome(60.0)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments beside --json."""
    parser.add_argument("--only", metavar="NAME", help="one area, such as syn_L")
    parser.add_argument("--runs", type=int, default=3, help="default %(default)s")


def measure(arguments: argparse.Namespace) -> Report:
    """Plan every area, and score each path as the best known paths were scored."""
    machine = Machine.now()
    files = _files(arguments.only)
    judge = _judge(evaluation_data("tools", "score_coverage.py"))
    known_file = evaluation_data("data", "areas", "best-known.json")
    known = json.loads(known_file.read_text(encoding="utf-8"))
    rows = [_row(file, judge, known.get(file.stem), arguments.runs) for file in files]
    return Report(
        name="sweep_areas",
        machine=machine,
        tables=[Table(rows=rows), *_summary(rows)],
        notes=[
            f"Swath by the area's file, {SPEED_M_S:g} m/s, 3 m/s², corners cut by 1 m. "
            f"CPU seconds are medians of {arguments.runs} runs of the planner alone.",
            "A time ratio is the flying time over area / (swath x speed): 1 would be no turn, no "
            "way between passes and no overlap; a length ratio is length x swath / area. 'Outside' "
            "is the length that leaves the area or "
            "crosses a hole.",
            "'Best' is the best valid path of any of ten public planners for that very area: its "
            "name and its figures in best-known.json. Areas without one have none there.",
        ],
    )


def _files(only: str | None) -> list[Path]:
    files = sorted(evaluation_data("data", "areas").glob("*.geojson"))
    chosen = [file for file in files if only in (None, file.stem)]
    if not chosen:
        names = ", ".join(file.stem for file in files)
        raise BadInput(where="--only", what=f"{only!r} is not one of {names}")
    return chosen


def _judge(file: Path) -> ModuleType:
    """The scorer, which is a script beside the data and no package."""
    spec = importlib.util.spec_from_file_location(file.stem, file)
    if spec is None or spec.loader is None:
        raise Failed(f"{file} cannot be loaded")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _row(file: Path, judge: ModuleType, known: dict[str, Any] | None, runs: int) -> Row:
    (area,) = read_shapes(file).areas
    swath_m = float(area.properties["swath_m"])
    planned: list[list[tuple[float, float]]] = []
    spent_s = statistics.median(
        cpu_s(lambda: planned.append(_planned(area, swath_m))) for _ in range(runs)
    )
    polygon, properties = judge.load_poly(file)
    metres, to_local = judge.to_local(polygon)
    degrees = np.array(planned[-1])
    way = np.column_stack(to_local.transform(degrees[:, 0], degrees[:, 1]))
    scored = judge.score(metres, way, properties["swath_m"], v=SPEED_M_S)
    told(f"{file.stem}: {scored['covered']:.1%} in {scored['t_s']:.0f} s, {spent_s:.1f} CPU s")
    best = known or {}
    return {
        "area": file.stem,
        "unseen, %": 100.0 * (1.0 - float(scored["covered"])),
        "best's unseen, %": 100.0 * (1.0 - best["covered"]) if best else None,
        "time ratio": float(scored["t_ratio"]),
        "best time ratio": best.get("t_ratio"),
        "length ratio": float(scored["len_ratio"]),
        "ours / best": float(scored["t_s"]) / best["t_s"] if best else None,
        "outside, m": float(scored["length_out_m"]),
        "CPU s": spent_s,
        "best planner": best.get("planner", "-"),
    }


def _planned(area: Area, swath_m: float) -> list[tuple[float, float]]:
    path = sweep(
        area,
        swath_m=swath_m,
        height=HEIGHT,
        vehicle=default_vehicle(),
        speed_m_s=SPEED_M_S,
    )
    return [(each.position.longitude_deg, each.position.latitude_deg) for each in path.points]


def _summary(rows: Sequence[Row]) -> list[Table]:
    shares = [share for row in rows if isinstance(share := row["ours / best"], float)]
    unseen = [share for row in rows if isinstance(share := row["unseen, %"], float)]
    if len(shares) < 2:
        return []
    row: Row = {
        "areas with a best": len(shares),
        "ours / best, geometric mean": math.exp(statistics.fmean(map(math.log, shares))),
        "least": min(shares),
        "most": max(shares),
        "ours quicker in": sum(share < 1.0 for share in shares),
        "most unseen, %": max(unseen),
        "unseen, median, %": statistics.median(unseen),
        "time ratio, median": _median(rows, "time ratio"),
        "length ratio, median": _median(rows, "length ratio"),
        "CPU s, median": _median(rows, "CPU s"),
    }
    return [Table(title="All together", rows=[row])]


def _median(rows: Sequence[Row], column: str) -> float:
    return statistics.median(value for row in rows if isinstance(value := row[column], float))


if __name__ == "__main__":
    sys.exit(run("sweep_areas", __doc__, add_arguments, measure))
