"""The figures that planning is judged by, and how each is read from its benchmark's tables."""

import json
import math
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.evaluation_data import evaluation_data

Tables = Sequence[Mapping[str, Any]]

MOST_UNSEEN_PERCENT, MOST_OUTSIDE_M = 1.0, 0.05
FEW_CORNERS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One line of the table. `value` reads it from the benchmark's tables, `met` judges it."""

    what: str
    goal: str
    elsewhere: str
    benchmark: str
    value: Callable[[Tables], tuple[str, bool]]


def _column(table: Mapping[str, Any], name: str) -> list[float]:
    found = [float(row[name]) for row in table["rows"] if row.get(name) is not None]
    if not found:
        raise KeyError(name)
    return found


def _titled(tables: Tables, title: str) -> Mapping[str, Any]:
    return next(table for table in tables if table["title"] == title)


def _solved(tables: Tables) -> tuple[str, bool]:
    rows = tables[0]["rows"]
    good = [
        row["unseen, %"] <= MOST_UNSEEN_PERCENT and row["outside, m"] <= MOST_OUTSIDE_M
        for row in rows
    ]
    return f"{sum(good)} of {len(rows)}", all(good)


def _covered(tables: Tables) -> tuple[str, bool]:
    share = 1.0 - statistics.median(_column(tables[0], "unseen, %")) / 100.0
    return f"{share:.4f}", share >= 0.997


def _against_best(tables: Tables) -> tuple[str, bool]:
    shares = _column(tables[0], "ours / best")
    mean = math.exp(statistics.fmean(map(math.log, shares)))
    return f"{mean:.3f} / {max(shares):.3f}", mean <= 0.95 and max(shares) <= 1.02


def _ratios(tables: Tables) -> tuple[str, bool]:
    length, time = (
        statistics.median(_column(tables[0], name)) for name in ("length ratio", "time ratio")
    )
    return f"{length:.3f} / {time:.3f}", length <= 1.10 and time <= 1.20


def _cpu(tables: Tables) -> tuple[str, bool]:
    spent = {row["area"]: float(row["CPU s"]) for row in tables[0]["rows"]}
    few = [spent[name] for name in spent if _corners(name) <= FEW_CORNERS]
    middle, most = statistics.median(spent.values()), max(few)
    huge = spent.get(_largest(spent), math.nan)
    return (
        f"{middle:.2f} / {most:.2f} / {huge:.2f} s",
        middle <= 0.3 and most <= 1.0 and huge <= 5.0,
    )


def _largest(names: Mapping[str, float]) -> str:
    """The area with the most corners: the one of 102 km2."""
    return max(names, key=_corners)


def _corners(name: str) -> int:
    file = evaluation_data("data", "areas", f"{name}.geojson")
    geometry = json.loads(file.read_text(encoding="utf-8"))["geometry"]
    polygons = geometry["coordinates"]
    if geometry["type"] == "Polygon":
        polygons = [polygons]
    return sum(len(ring) - 1 for polygon in polygons for ring in polygon)


def _alone(tables: Tables) -> tuple[str, bool]:
    shares = [row["ours / evenly"] for row in tables[0]["rows"] if row["drones"] == 1]
    over = 100.0 * (max(shares) - 1.0)
    return f"{over:.2f} %", over <= 0.5


def _fleets(tables: Tables) -> tuple[str, bool]:
    shares = [row["ours / evenly"] for row in tables[0]["rows"] if row["drones"] > 1]
    mean = math.exp(statistics.fmean(map(math.log, shares)))
    return f"{max(shares):.3f} / {mean:.3f}", max(shares) <= 1.0 + 1e-9 and mean <= 0.95


def _bound(tables: Tables) -> tuple[str, bool]:
    gap = statistics.median(_column(tables[0], "above it, %"))
    return f"{gap:.1f} %", gap <= 30.0


def _makespans(tables: Tables) -> tuple[str, bool]:
    areas, free = (
        max(_column(_titled(tables, "All areas"), name))
        for name in ("ratio, most", "no docks, ratio, most")
    )
    points = max(_column(_titled(tables, "Places"), "ratio"))
    # Judged with the ways from a dock and back, which nobody can make even.
    said = f"{areas:.3f} ({free:.3f} without docks) / {points:.3f}"
    return said, areas <= 1.05 and points <= 1.10


def _first_plan(tables: Tables) -> tuple[str, bool]:
    small, large = (_worst_reaction(tables, size, "first cold, ms") for size in ("100", "300"))
    return f"{small:.0f} / {large:.0f} ms at worst", small <= 50.0 and large <= 150.0


def _soon(tables: Tables) -> tuple[str, bool]:
    small, large = (_worst_reaction(tables, size, "1 or 2 s over, %") for size in ("100", "300"))
    return f"{small:.2f} / {large:.2f} % at worst", max(small, large) <= 2.0


def _worst_reaction(tables: Tables, size: str, column: str) -> float:
    """The worst instance of the cases of one size, with zones and without."""
    cases = (row for row in tables[0]["rows"] if row["case"].startswith(f"{size} places"))
    return max(float(row[f"{column} (worst)"]) for row in cases)


def _points(tables: Tables) -> tuple[str, bool]:
    least = min(_column(tables[0], "with building"))
    wrong = sum(_column(tables[0], "wrong"))
    return f"{least:,.0f} points/s, {wrong:.0f} wrong", least >= 250_000.0 and wrong == 0.0


def _times(tables: Tables) -> tuple[str, bool]:
    errors = [abs(value) for table in tables for value in _column(table, "off, %")]
    # Without a build only recorded flights stand for PX4.
    flown = any(table["title"].endswith("SIH") for table in tables)
    late = sum(error > 5.0 for error in errors)
    said = f"{max(errors):.1f} % at most, {len(errors) - late} of {len(errors)} within"
    return said if flown else f"{said}; PX4 recorded only", late == 0


def _verdicts(tables: Tables) -> tuple[str, bool]:
    row = tables[0]["rows"][0]
    missed, false = row["missed"], row["false alarms, % of plans"]
    return f"{missed} missed, {false:.1f} % false of {row['plans']}", missed == 0 and false < 2.0


FIGURES = (
    Figure(
        what="areas solved (>= 0.99 covered, nothing outside)",
        goal="all",
        elsewhere="32 of 37 at >= 0.98",
        benchmark="sweep_areas",
        value=_solved,
    ),
    Figure(
        what="covered, median",
        goal=">= 0.997",
        elsewhere="0.996",
        benchmark="sweep_areas",
        value=_covered,
    ),
    Figure(
        what="flight time over the best known, geometric mean / worst",
        goal="<= 0.95 / <= 1.02",
        elsewhere="1",
        benchmark="sweep_areas",
        value=_against_best,
    ),
    Figure(
        what="median length ratio / time ratio",
        goal="<= 1.10 / <= 1.20",
        elsewhere="1.137 / 1.269",
        benchmark="sweep_areas",
        value=_ratios,
    ),
    Figure(
        what="CPU a plan: median / up to 500 corners / 102 km2",
        goal="<= 0.3 / 1 / 5 s",
        elsewhere="0.38 / 6 / 17 s",
        benchmark="sweep_areas",
        value=_cpu,
    ),
    Figure(
        what="one drone: worst idleness over the optimal tour",
        goal="<= 0.5 %",
        elsewhere="0",
        benchmark="patrol_graphs",
        value=_alone,
    ),
    Figure(
        what="k drones over evenly spaced: worst / geometric mean",
        goal="<= 1 / <= 0.95",
        elsewhere="1.00",
        benchmark="patrol_graphs",
        value=_fleets,
    ),
    Figure(
        what="own lower bound, median gap",
        goal="<= 30 %",
        elsewhere="2.03 times",
        benchmark="patrol_graphs",
        value=_bound,
    ),
    Figure(
        what="makespan over mean: areas, k <= 8 / points",
        goal="<= 1.05 / <= 1.10",
        elsewhere="PyVRP up to 1.34",
        benchmark="fleet_split",
        value=_makespans,
    ),
    Figure(
        what="reaction: first safe plan, 100 points / 300 and 12 drones",
        goal="50 / 150 ms",
        elsewhere="15 / 107 ms, poor",
        benchmark="reaction",
        value=_first_plan,
    ),
    Figure(
        what="... over the 8 s result after 1 s / 2 s",
        goal="<= 2 %",
        elsewhere="38 % off at 0.2 s",
        benchmark="reaction",
        value=_soon,
    ),
    Figure(
        what="fence check against 1,000 polygons",
        goal=">= 250,000 points/s",
        elsewhere="-",
        benchmark="fence_points",
        value=_points,
    ),
    Figure(
        what="time predicted against flown",
        goal="within 5 %",
        elsewhere="QGC: no battery at all",
        benchmark="flight_times",
        value=_times,
    ),
    Figure(
        what="checker against PX4's verdict on 300 missions",
        goal="0 missed, < 2 % false",
        elsewhere="-",
        benchmark="checked_missions",
        value=_verdicts,
    ),
)
