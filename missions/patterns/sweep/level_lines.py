"""Where lines along x lie within a shape: many lines at once, by the crossings of its edges."""

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

Array = npt.NDArray[np.float64]
Spans = list[tuple[float, float]]


class LevelLines:
    """A polygon, or several that do not overlap, cut by lines of one y each."""

    def __init__(self, shape: BaseGeometry) -> None:
        rings = [shapely.get_coordinates(ring) for ring in _rings(shape)]
        self._begins = np.concatenate([ring[:-1] for ring in rings] or [np.empty((0, 2))])
        self._ends = np.concatenate([ring[1:] for ring in rings] or [np.empty((0, 2))])

    def within(self, lines: Array) -> list[Spans]:
        """Where each of (n, 3) lines, its y and its ends, lies within the shape, in order."""
        y, (x0, y0), (x1, y1) = lines[:, 0], self._begins.T, self._ends.T
        owners, edges = np.nonzero((y0 <= y[:, None]) != (y1 <= y[:, None]))
        share = (y[owners] - y0[edges]) / (y1[edges] - y0[edges])
        x = x0[edges] + share * (x1[edges] - x0[edges])
        order = np.lexsort((x, owners))
        # A closed ring is crossed an even number of times.
        owners, pairs = owners[order][::2], x[order].reshape(-1, 2)
        begins = np.maximum(pairs[:, 0], lines[owners, 1])
        ends = np.minimum(pairs[:, 1], lines[owners, 2])
        kept = begins < ends
        found: list[Spans] = [[] for _ in lines]
        for owner, begin, end in zip(
            owners[kept].tolist(), begins[kept].tolist(), ends[kept].tolist(), strict=True
        ):
            found[owner].append((begin, end))
        return found


def without(spans: Spans, taken: Spans) -> Spans:
    """What is left of spans in order where others, in order too, are taken away."""
    left: Spans = []
    for begin, end in spans:
        at = begin
        for low, high in taken:
            if high > at and low < end:
                if low > at:
                    left.append((at, low))
                at = high
        if at < end:
            left.append((at, end))
    return left


def _rings(shape: BaseGeometry) -> list[BaseGeometry]:
    polygons = [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon"]
    return [ring for one in polygons for ring in (one.exterior, *one.interiors)]
