"""A view's constant errors, found from things whose place is known or that stay where they are.

One robust least-squares problem (`adjustment`) in the constant errors of the view and the places of
the anchors; every frame's own errors are marginalised, so that many sightings in one frame are
never counted as if they were many frames. Landmarks have known places; a parked object or a repeat
view has none, and still tells yaw, tilt and focal length as soon as it is seen from two sides.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from onboard.geolocate.adjustment import Adjustment, Anchor, Glimpse, mahalanobis
from onboard.geolocate.error_budget import STATE, STATES
from onboard.geolocate.placing import Belief
from onboard.geolocate.rotation import Array

# Robustness comes step by step, so that a large constant error is not taken for many bad sightings.
HEATS = (16.0, 4.0, 1.0, 1.0)
SOUND = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """The constant errors, the residual of the sightings, and each anchor's refined place.

    `weights` has each glimpse's sightings' weights, 1 where a sighting agrees and near 0 where it
    does not; `reduced_chi2` is near 1 where the errors are as large as they were said to be.
    """

    belief: Belief
    anchors: dict[str, Array]
    weights: list[Array]
    rms_px: float
    reduced_chi2: float
    converged: bool
    per_frame_covariance: Array = field(repr=False)
    information: list[tuple[Array, Array]] = field(repr=False)

    def told(self) -> dict[str, tuple[float, float]]:
        """By name of error: what it is, and its standard deviation."""
        sigmas = np.sqrt(np.diag(self.belief.covariance))
        return {
            name: (float(value), float(sigma))
            for name, value, sigma in zip(STATE, self.belief.mean, sigmas, strict=True)
        }


def calibrate(
    glimpses: Sequence[Glimpse],
    anchors: Sequence[Anchor],
    *,
    prior: Belief,
    per_frame_covariance: Array,
) -> Calibration:
    """Solve for the constant errors, given those of each frame by their (7, 7) covariance.

    Sightings of anchors that are not given are an error of the caller's (KeyError).
    """
    problem = Adjustment(glimpses, anchors, prior, per_frame_covariance)
    weights = [np.ones(len(each.sightings)) for each in glimpses]
    state, converged = problem.solved(problem.start, weights)
    for heat in HEATS:
        weights = problem.weights(state, heat)
        state, converged = problem.solved(state, weights)
    return _outcome(problem, anchors, state, weights, converged=converged)


def belief_of_frame(calibration: Calibration, index: int) -> Belief:
    """The errors of one glimpse's frame: the constant ones and its own, from all sightings.

    The frame's own sightings tell of both, so they are first taken out of the constant ones.
    """
    whole = np.linalg.inv(calibration.belief.covariance)
    information, gradient = calibration.information[index]
    constant = calibration.belief
    # What this frame alone would tell of its whole error e = constant + own.
    own = calibration.per_frame_covariance
    e_information, e_gradient = information, gradient
    marginal = np.linalg.inv(np.eye(STATES) + e_information @ own)
    without = whole - marginal @ e_information
    prior_covariance = _inverse(without)
    prior_shift = -prior_covariance @ (marginal @ e_gradient)
    e_covariance = prior_covariance + own
    e_precision = np.linalg.inv(e_covariance)
    covariance = _inverse(e_precision + e_information)
    shift = covariance @ (e_precision @ prior_shift + e_gradient)
    return Belief(mean=constant.mean + shift, covariance=covariance)


def _inverse(information: Array) -> Array:
    """Of a symmetric matrix that rounding may have made a little indefinite."""
    scale = 1.0 / np.sqrt(np.maximum(np.diag(information), 1e-12))
    values, axes = np.linalg.eigh(information * scale[:, None] * scale)
    inverse: Array = (axes / np.maximum(values, 1e-9)) @ axes.T * scale[:, None] * scale
    return inverse


def _outcome(
    problem: Adjustment,
    anchors: Sequence[Anchor],
    state: Array,
    weights: list[Array],
    *,
    converged: bool,
) -> Calibration:
    covariance = problem.covariance(state, weights)
    squares, chi2, count = 0.0, 0.0, 0
    for index, weight in enumerate(weights):
        residual, _, whole = problem.linear(index, state)
        sound = weight > SOUND
        squares += float(np.sum(residual.reshape(-1, 2)[sound] ** 2))
        chi2 += float(np.sum(mahalanobis(residual, whole)[sound]))
        count += int(np.count_nonzero(sound))
    places = state[STATES:].reshape(-1, 3)
    return Calibration(
        belief=Belief(mean=state[:STATES], covariance=covariance[:STATES, :STATES]),
        anchors={each.name: places[i] for i, each in enumerate(anchors)},
        weights=weights,
        rms_px=float(np.sqrt(squares / max(count, 1))),
        reduced_chi2=chi2 / max(2 * count, 1),
        converged=converged,
        per_frame_covariance=problem.per_frame_covariance,
        information=[
            problem.of_frame(index, state, weight, covariance)
            for index, weight in enumerate(weights)
        ],
    )
