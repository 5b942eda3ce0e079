"""Ways over a whole area: cells of passes, or spirals, in their best order, and mended."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import shapely

from missions.patterns.inside import TOLERANCE_M, Inside, Point
from missions.patterns.sweep.core.kernels import Array
from missions.patterns.sweep.order import best_order_among
from missions.patterns.sweep.passes import Layout, Pass
from missions.patterns.sweep.way import Way
from missions.vehicle import Vehicle

Variants = list[list[list[Point]]]


def variants_of(layout: Layout) -> Variants:
    """Each cell's four ways: from the bottom or the top, from the left or the right."""
    return [_variants(layout, cell) for cell in layout.cells]


def joined(
    variants: Variants, inside: Inside, home: Point | None, vehicle: Vehicle, speed_m_s: float
) -> Way:
    """All cells in their best order, one way inside; legs of cells are kept where they can be."""
    order = best_order_among(
        variants,
        inside,
        home,
        speed_m_s=speed_m_s,
        acceleration_m_s2=vehicle.acceleration_m_s2,
    )
    tolerant = inside.polygon.buffer(TOLERANCE_M, join_style="mitre")
    way = Way()
    for cell, variant in order:
        points = variants[cell][variant]
        way.go_inside(points[0], inside)
        for point, clear in zip(points[1:], clear_legs(points, tolerant), strict=True):
            if clear:
                way.go(point, kept=True)
            else:
                way.go_inside(point, inside)
    if len(way.points) < 2:
        way.add((float(way.points[0, 0]), float(way.points[0, 1])), kept=True)
    return way


def clear_legs(points: Sequence[Point] | Array, polygon: shapely.Geometry) -> npt.NDArray[np.bool_]:
    """Which of a way's legs a polygon covers."""
    shapely.prepare(polygon)
    corners = np.array(points)
    legs = shapely.linestrings(np.stack((corners[:-1], corners[1:]), axis=1))
    return np.atleast_1d(shapely.covers(polygon, legs))


def _variants(layout: Layout, cell: tuple[Pass, ...]) -> list[list[Point]]:
    ends = [layout.ends(one) for one in cell]
    found = []
    for rows in (ends, ends[::-1]):
        for side in (0, 1):
            points: list[Point] = []
            for i, row in enumerate(rows):
                points += (row[side], row[1 - side]) if i % 2 == 0 else (row[1 - side], row[side])
            found.append(points)
    return found
