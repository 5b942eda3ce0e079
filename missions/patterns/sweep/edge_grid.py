"""Edges put into a grid, so that the kernels hold a leg against those near it only."""

import itertools
import math

import numpy as np

from missions.patterns.sweep.core.edges import Edges, list_edges
from missions.patterns.sweep.core.kernels import Array


def listed(ends: Array) -> Edges:
    """The edges in a grid of about two squares an edge."""
    corners = ends.reshape(-1, 2)
    low, high = corners.min(axis=0), corners.max(axis=0)
    width, height = np.maximum(high - low, 1e-3)
    square = max(math.sqrt(width * height / (2.0 * len(ends))), width / 500.0, height / 500.0)
    rows, columns = math.ceil(height / square) + 1, math.ceil(width / square) + 1
    starts = np.zeros(rows * columns + 1, np.int32)
    grid = (float(low[0]), float(low[1]), float(square), rows, columns)
    total = list_edges(Edges(ends, starts, np.zeros(0, np.int32), *grid), True)
    starts[:] = list(itertools.accumulate(starts[:-1].tolist(), initial=0))
    edges = Edges(ends, starts, np.zeros(total, np.int32), *grid)
    list_edges(edges, False)
    return edges
