"""A view's errors through a flight, found from things of known place or that stay where they are.

One robust least-squares problem (`adjustment`) in the errors of every frame and the places of the
anchors. The frames' errors are one path: part of them stays, part wanders, part is the frame's own,
so each instant is told by all sightings before and after it, and as surely as they can. Landmarks
have known places; a parked object or a repeat view has none, and still tells yaw, tilt and focal
length as soon as it is seen from two sides.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from onboard.geolocate.adjustment import Adjustment, Anchor, Glimpse
from onboard.geolocate.error_budget import STATE
from onboard.geolocate.error_path import ErrorPath
from onboard.geolocate.error_process import ErrorProcess
from onboard.geolocate.placing import Belief
from onboard.geolocate.rotation import Array

# Robustness comes step by step, so that a large error is not taken for many bad sightings.
HEATS = (16.0, 4.0, 1.0, 1.0)
SOUND = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """A flight's errors, the residual of the sightings, and each anchor's refined place.

    `weights` has each glimpse's sightings' weights, 1 where a sighting agrees and near 0 where it
    does not; `reduced_chi2` is near 1 where the errors are as large as they were said to be.
    """

    anchors: dict[str, Array]
    weights: list[Array]
    rms_px: float
    reduced_chi2: float
    converged: bool
    path: ErrorPath = field(repr=False)
    unknowns: Array = field(repr=False)
    covariance: Array = field(repr=False)

    @property
    def mean(self) -> Belief:
        """What was wrong on average over the glimpses."""
        return self.path.mean(self.unknowns, self.covariance)

    def of_frame(self, index: int) -> Belief:
        """The errors of one glimpse's frame, from its own sightings and all others."""
        return self.path.of_frame(index, self.unknowns, self.covariance)

    def at(self, t_s: float, heading_rad: float) -> Belief:
        """The errors of a frame that has no sightings."""
        return self.path.at(t_s, heading_rad, self.unknowns, self.covariance)

    def told(self) -> dict[str, tuple[float, float]]:
        """By name of error: what it was on average, and its standard deviation."""
        mean = self.mean
        sigmas = np.sqrt(np.diag(mean.covariance))
        return {
            name: (float(value), float(sigma))
            for name, value, sigma in zip(STATE, mean.mean, sigmas, strict=True)
        }


def calibrate(
    glimpses: Sequence[Glimpse], anchors: Sequence[Anchor], *, process: ErrorProcess
) -> Calibration:
    """Solve for the errors of every glimpse, which go on in time as `process` says.

    Sightings of anchors that are not given are an error of the caller's (KeyError).
    """
    problem = Adjustment(glimpses, anchors, process)
    weights = np.ones(sum(problem.counts))
    state, converged = problem.solved(problem.start, weights)
    for heat in HEATS:
        weights = problem.weights(state, heat)
        state, converged = problem.solved(state, weights)
    return _outcome(problem, anchors, state, weights, converged=converged)


def _outcome(
    problem: Adjustment,
    anchors: Sequence[Anchor],
    state: Array,
    weights: Array,
    *,
    converged: bool,
) -> Calibration:
    size, sound = problem.path.size, (weights > SOUND).astype(np.float64)
    count = max(1.0, float(sound.sum()))
    places = state[size:].reshape(-1, 3)
    return Calibration(
        anchors={each.name: places[i] for i, each in enumerate(anchors)},
        weights=np.split(weights, np.cumsum(problem.counts)[:-1]),
        rms_px=float(np.sqrt(sound @ (problem.residuals(state) ** 2).sum(axis=1) / count)),
        reduced_chi2=problem.cost(state, sound) / (2.0 * count),
        converged=converged,
        path=problem.path,
        unknowns=state[:size],
        covariance=problem.covariance(state, weights)[:size, :size],
    )
