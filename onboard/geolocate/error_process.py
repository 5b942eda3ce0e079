"""How a view's errors go on in time: what stays, what wanders, and a compass that errs by heading.

A sum of parts that know nothing of each other, each a first-order Gauss-Markov process (Gelb,
Applied Optimal Estimation, 1974, 3.8): it is drawn about zero and forgets itself exponentially. A
compass's error in each heading is a sum of sines of the heading and of its double, as on ships
(the deviation's coefficients B to E); that they stay and the aircraft turns makes yaw wander with
the course, not with time. What each frame has of its own is white and is kept beside.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Self

import numpy as np

from onboard.geolocate.error_budget import STATES, ErrorBudget
from onboard.geolocate.rotation import Array

YAW = 0
# How much of the variance of a wandering yaw goes with the heading, not with time.
BY_HEADING = 0.5
# Which error each part adds to: what stays, what wanders, and yaw's four by heading.
ADDS_TO = np.array([*range(STATES), *range(STATES), YAW, YAW, YAW, YAW])
PARTS = len(ADDS_TO)


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorProcess:
    """Variances (`PARTS`,) and memories in seconds of the parts, and a frame's own (7,) variances.

    The units of variances are those of `STATE`, squared.
    """

    variances: Array
    lasts_s: Array
    per_frame: Array

    @classmethod
    def of(cls, budget: ErrorBudget, *, stays_for_s: Array | None = None) -> Self:
        """Of a budget; `stays_for_s` (7,) is for how long what stays does, else it is for ever."""
        wanders, wanders_for_s = np.diag(budget.drift.covariance).copy(), budget.drift_lasts.array
        by_heading = np.full(PARTS - 2 * STATES, 0.5 * BY_HEADING * wanders[YAW])
        wanders[YAW] *= 1.0 - BY_HEADING
        stays_s = np.full(STATES, np.inf) if stays_for_s is None else stays_for_s
        by_heading_s = np.full(len(by_heading), stays_s[YAW])
        return cls(
            variances=np.concatenate((np.diag(budget.prior_covariance), wanders, by_heading)),
            lasts_s=np.concatenate((stays_s, wanders_for_s, by_heading_s)),
            per_frame=np.diag(budget.per_frame.covariance).copy(),
        )

    @property
    def covariance(self) -> Array:
        """(7, 7): of a frame of which nothing is known."""
        return np.diag(self.steady.diagonal() + self.per_frame)

    @property
    def steady(self) -> Array:
        """(7, 7): the same without what is the frame's own."""
        whole = np.zeros(STATES)
        np.add.at(whole, ADDS_TO[: 2 * STATES], self.variances[: 2 * STATES])
        # Squared sines and cosines of one angle are one together.
        whole[YAW] += 0.5 * self.variances[2 * STATES :].sum()
        return np.diag(whole)

    def covariances(
        self, times_s: Array, headings_rad: Array, other_s: Array, other_rad: Array
    ) -> Array:
        """(7, n, m): of the errors at n instants with those at m others, but for frames' own."""
        apart_s = np.abs(times_s[:, None] - other_s[None])
        one, other = shares(headings_rad), shares(other_rad)
        told = np.zeros((STATES, len(times_s), len(other_s)))
        for part, error in enumerate(ADDS_TO):
            alike = np.exp(-apart_s / self.lasts_s[part])
            told[error] += self.variances[part] * one[:, part, None] * other[None, :, part] * alike
        return told


def shares(headings_rad: Array) -> Array:
    """(n, `PARTS`): by how much each part is in its error at headings (n,)."""
    told = np.ones((len(headings_rad), PARTS))
    angles = np.outer(headings_rad, (1.0, 1.0, 2.0, 2.0))
    told[:, 2 * STATES :] = np.where((0, 1, 0, 1), np.sin(angles), np.cos(angles))
    return told


# A frame asks several times for that of its heading.
@lru_cache(maxsize=16)
def view_of_parts(heading_rad: float) -> Array:
    """(7, `PARTS`): the view's errors at a heading are this times the parts; not to be changed."""
    told = np.zeros((STATES, PARTS))
    told[ADDS_TO, np.arange(PARTS)] = shares(np.array([heading_rad]))[0]
    told.flags.writeable = False
    return told
