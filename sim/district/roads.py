"""The road network: avenues and streets of the grid, one bridge, and the rural roads beyond it."""

from itertools import groupby, pairwise

import numpy as np
import shapely

from sim.district import names
from sim.district.features import Array, Name, Road, RoadClass
from sim.district.layout import (
    AWAY_FIRST_M,
    BRIDGE_ALONG_M,
    HALF_LENGTH_M,
    CityFrame,
    GridLine,
    densified,
)
from sim.district.places import CELLS
from sim.district.river import River

WIDTH_M: dict[RoadClass, float] = {
    "avenue": 20.0,
    "street": 8.0,
    "bridge": 14.0,
    "rural": 7.0,
    "track": 4.0,
}
LANES_EACH_WAY: dict[RoadClass, int] = {
    "avenue": 2,
    "street": 1,
    "bridge": 1,
    "rural": 1,
    "track": 1,
}
RURAL_AWAY_M = -1300.0


def roads(city: CityFrame, river: River) -> tuple[Road, ...]:
    """Every road of the district, in east and north."""
    blocked = [
        shapely.box(along[0] + 5, away[0] + 5, along[1] - 5, away[1] - 5)
        for _, along, away, _ in CELLS.values()
    ]
    lines: list[tuple[RoadClass, Name, Array]] = []
    for index, line in enumerate(city.away_lines):
        runs = _runs(city.along_lines, line, blocked, along_axis=True)
        lines += [(_class(line), _name(line, index), run) for run in runs]
    for index, line in enumerate(city.along_lines, start=len(city.away_lines)):
        runs = _runs(city.away_lines, line, blocked, along_axis=False)
        lines += [(_class(line), _name(line, index), run) for run in runs]
    lines += _beyond_the_river(city, river)
    return tuple(_road(number, city, *line) for number, line in enumerate(lines, start=1))


def _road(number: int, city: CityFrame, road_class: RoadClass, name: Name, line: Array) -> Road:
    return Road(
        id=f"road-{number:03d}",
        road_class=road_class,
        name=name,
        line=city.en(densified(line, step_m=40.0, closed=False)),
        width_m=WIDTH_M[road_class],
        lanes_each_way=LANES_EACH_WAY[road_class],
    )


def _class(line: GridLine) -> RoadClass:
    return "avenue" if line.avenue else "street"


def _name(line: GridLine, index: int) -> Name:
    if line.nominal_m == AWAY_FIRST_M:
        return names.EMBANKMENT_STREET
    return names.avenue(index) if line.avenue else names.street(index)


def _runs(
    crossings: tuple[GridLine, ...],
    line: GridLine,
    blocked: list[shapely.Polygon],
    *,
    along_axis: bool,
) -> list[Array]:
    """The stretches of a grid line that no special place interrupts, (n, 2) city metres each."""

    def is_open(pair: tuple[GridLine, GridLine]) -> bool:
        middle = (pair[0].nominal_m + pair[1].nominal_m) / 2.0
        at = (middle, line.nominal_m) if along_axis else (line.nominal_m, middle)
        return not any(area.contains(shapely.Point(at)) for area in blocked)

    pairs = list(pairwise(crossings))
    runs = [list(group) for open_, group in groupby(pairs, key=is_open) if open_]
    return [
        np.array(
            [
                (cross.at_m, line.at_m) if along_axis else (line.at_m, cross.at_m)
                for cross in (run[0][0], *(pair[1] for pair in run))
            ]
        )
        for run in runs
    ]


def rural_line(along_m: Array) -> Array:
    """The left-bank road, (n, 2) city metres."""
    return np.stack((along_m, RURAL_AWAY_M + 4.0 * np.sin(along_m / 260.0)), axis=-1)


def _beyond_the_river(city: CityFrame, river: River) -> list[tuple[RoadClass, Name, Array]]:
    at = np.array([float(BRIDGE_ALONG_M)])
    city_end = np.array([[float(BRIDGE_ALONG_M), city.away(AWAY_FIRST_M)]])
    right, left = river.right_bank(at, offset_m=30.0), river.left_bank(at, offset_m=30.0)
    junction = rural_line(at)
    rural = rural_line(np.arange(-HALF_LENGTH_M, HALF_LENGTH_M + 1.0, 40.0))
    hemp_track = np.array([[-420.0, rural_line(np.array([-420.0]))[0, 1]], [-420.0, -1640.0]])
    return [
        ("street", names.BRIDGE, np.vstack((city_end, right))),
        ("bridge", names.BRIDGE, np.vstack((right, left))),
        ("rural", names.BRIDGE, np.vstack((left, junction))),
        ("rural", names.LEFT_BANK_ROAD, rural),
        ("track", names.FIELD_TRACK, hemp_track),
    ]
