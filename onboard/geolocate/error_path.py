"""A flight's errors at some instants as one normal vector, and what it tells of any other instant.

Each of the seven errors is a Gaussian process in time and heading (`error_process`); its values at
n instants are `root @ z`, z of unit normal unknowns, which is the smoother's problem with all
instants at once (Rasmussen and Williams, Gaussian Processes for Machine Learning, 2006, 2.2).
"""

from itertools import pairwise

import numpy as np

from onboard.geolocate.error_budget import STATES
from onboard.geolocate.error_process import ErrorProcess
from onboard.geolocate.placing import Belief
from onboard.geolocate.rotation import Array

# Directions with less of the largest one's variance than this are none.
RANK = 1e-10


class ErrorPath:
    """The unknowns at `times_s` (n,) and `headings_rad` (n,); there are `size` of them."""

    def __init__(self, process: ErrorProcess, times_s: Array, headings_rad: Array) -> None:
        self._process, self._times_s, self._headings_rad = process, times_s, headings_rad
        whole = process.covariances(times_s, headings_rad, times_s, headings_rad)
        whole += process.per_frame[:, None, None] * np.eye(len(times_s))
        self._roots, self._inverse_roots = [], []
        for each in whole:
            values, axes = np.linalg.eigh(each)
            kept = values > RANK * values[-1]
            self._roots.append(axes[:, kept] * np.sqrt(values[kept]))
            self._inverse_roots.append(axes[:, kept] / np.sqrt(values[kept]))
        ends = np.cumsum([0, *(root.shape[1] for root in self._roots)]).tolist()
        self._slices = [slice(begin, end) for begin, end in pairwise(ends)]
        self.size = ends[-1]

    def errors(self, unknowns: Array) -> Array:
        """(n, 7)."""
        columns = [root @ unknowns[at] for root, at in zip(self._roots, self._slices, strict=True)]
        return np.column_stack(columns)

    def of_unknowns(self, of_errors: Array) -> Array:
        """Slopes (n, 7, k) to the errors as slopes (`size`, k) to the unknowns, summed over n."""
        each = [root.T @ of_errors[:, a] for a, root in enumerate(self._roots)]
        return np.vstack(each)

    def information(self, of_errors: Array) -> Array:
        """(n, 7, 7) of the errors as (`size`, `size`) of the unknowns."""
        told = np.empty((self.size, self.size))
        for a, (root, at) in enumerate(zip(self._roots, self._slices, strict=True)):
            for b, (other, there) in enumerate(zip(self._roots, self._slices, strict=True)):
                told[at, there] = root.T @ (of_errors[:, a, b, None] * other)
        return told

    def of_frame(self, index: int, unknowns: Array, covariance: Array) -> Belief:
        """The errors at one of the instants."""
        rows = [root[index] for root in self._roots]
        return self._belief(rows, np.zeros(STATES), unknowns, covariance)

    def at(self, t_s: float, heading_rad: float, unknowns: Array, covariance: Array) -> Belief:
        """The errors at any instant, its own as unknown as those of any frame."""
        with_all = self._process.covariances(
            np.array([t_s]), np.array([heading_rad]), self._times_s, self._headings_rad
        )[:, 0]
        rows = [one @ root for one, root in zip(with_all, self._inverse_roots, strict=True)]
        rest = np.diag(self._process.covariance) - np.array([row @ row for row in rows])
        return self._belief(rows, np.maximum(rest, 0.0), unknowns, covariance)

    def mean(self, unknowns: Array, covariance: Array) -> Belief:
        """What was wrong on average over the instants."""
        rows = [root.mean(axis=0) for root in self._roots]
        return self._belief(rows, np.zeros(STATES), unknowns, covariance)

    def _belief(self, rows: list[Array], rest: Array, unknowns: Array, covariance: Array) -> Belief:
        view = np.zeros((STATES, self.size))
        for error, (row, at) in enumerate(zip(rows, self._slices, strict=True)):
            view[error, at] = row
        return Belief(mean=view @ unknowns, covariance=view @ covariance @ view.T + np.diag(rest))
