"""The least squares beneath a calibration: views' errors and anchors' places from sightings.

Gauss and Newton's steps with Levenberg's damping; a frame's own errors are marginalised into the
noise of its sightings; Cauchy's weights. Source: Triggs et al., "Bundle adjustment - a modern
synthesis", 2000.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from onboard.geolocate.error_budget import STATES
from onboard.geolocate.placing import Belief
from onboard.geolocate.rotation import Array
from onboard.geolocate.sightline import Sightline

Columns = npt.NDArray[np.intp]

ROUNDS = 30
# Beyond this many standard deviations a sighting loses weight quickly (Cauchy's constant).
CAUCHY = 2.385
STEPS = np.array([1e-5, 1e-5, 1e-5, 1e-5, 1e-2, 1e-2, 1e-2])
POINT_STEP_M = 1e-2


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """A thing that does not move: where it is thought to be, east-north-up, and (3, 3) how surely.

    A landmark's covariance is small; a parked object's is wide in the plane.
    """

    name: str
    enu_m: Array
    covariance_m2: Array


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """One anchor in one frame, with the pixel's error along each axis."""

    anchor: str
    pixel: tuple[float, float]
    sigma_px: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Glimpse:
    """One frame with what was sighted in it."""

    sightline: Sightline
    sightings: Sequence[Sighting]


class Adjustment:
    """The state is the seven errors and then three coordinates of each anchor."""

    def __init__(
        self,
        glimpses: Sequence[Glimpse],
        anchors: Sequence[Anchor],
        prior: Belief,
        per_frame_covariance: Array,
    ) -> None:
        self._sightlines = [each.sightline for each in glimpses]
        column = {each.name: STATES + 3 * i for i, each in enumerate(anchors)}
        self.per_frame_covariance = per_frame_covariance
        self.start = np.concatenate((prior.mean, *(each.enu_m for each in anchors)))
        self._precision = np.zeros((len(self.start), len(self.start)))
        self._precision[:STATES, :STATES] = np.linalg.inv(prior.covariance)
        for each in anchors:
            at = column[each.name]
            self._precision[at : at + 3, at : at + 3] = np.linalg.inv(each.covariance_m2)
        self._pixels = [np.array([s.pixel for s in g.sightings]).reshape(-1, 2) for g in glimpses]
        self._sigmas = [np.array([s.sigma_px for s in g.sightings]) for g in glimpses]
        self._columns: list[Columns] = [
            np.array([column[s.anchor] for s in g.sightings], dtype=np.intp) for g in glimpses
        ]

    def solved(self, state: Array, weights: Sequence[Array]) -> tuple[Array, bool]:
        """Down to the minimum for these weights, and whether it was reached."""
        damping = 1e-6
        cost, matrix, gradient = self._normal(state, weights)
        for _ in range(ROUNDS):
            lifted = matrix + damping * np.diag(np.diag(matrix))
            step = np.linalg.solve(lifted, gradient)
            new_cost, new_matrix, new_gradient = self._normal(state + step, weights)
            if new_cost <= cost:
                small = cost - new_cost < 1e-7 * (1.0 + cost)
                state = state + step
                cost, matrix, gradient = new_cost, new_matrix, new_gradient
                damping = max(damping / 10.0, 1e-9)
                if small:
                    return state, True
            elif damping > 1e6:
                return state, True
            else:
                damping *= 30.0
        return state, False

    def weights(self, state: Array, heat: float) -> list[Array]:
        """Of each frame's sightings, 1 where one agrees; `heat` makes them lenient."""
        told = []
        for index in range(len(self._sightlines)):
            residual, _, whole = self.linear(index, state)
            told.append(1.0 / (1.0 + mahalanobis(residual, whole) / (CAUCHY**2 * heat)))
        return told

    def covariance(self, state: Array, weights: Sequence[Array]) -> Array:
        """Of the whole state at a minimum."""
        return np.asarray(np.linalg.inv(self._normal(state, weights)[1]), dtype=np.float64)

    def of_frame(
        self, index: int, state: Array, weight: Array, covariance: Array
    ) -> tuple[Array, Array]:
        """Information (7, 7) and gradient (7,) that a frame has on its whole error.

        Its anchors are as uncertain as `covariance`, that of the state, leaves them.
        """
        residual, jacobian, _ = self.linear(index, state)
        of_view, of_points = jacobian[:, :STATES], jacobian[:, STATES:]
        anchors = of_points @ covariance[STATES:, STATES:] @ of_points.T
        scaled = np.linalg.solve(self._noise(index, weight) + anchors, of_view)
        return of_view.T @ scaled, scaled.T @ residual

    def linear(self, index: int, state: Array) -> tuple[Array, Array, Array]:
        """Residual (2m,), Jacobian (2m, size) and each sighting's own (m, 2, 2) covariance."""
        columns = self._columns[index]
        count = len(columns)
        shown = self._shown(index, state)
        residual = (self._pixels[index] - shown[0]).reshape(-1)
        slopes = (shown[1::2] - shown[2::2]) / (2.0 * _ALL_STEPS[:, None, None])
        jacobian = np.zeros((2 * count, len(state)))
        jacobian[:, :STATES] = slopes[:STATES].transpose(1, 2, 0).reshape(2 * count, STATES)
        rows = np.arange(count)
        for axis in range(3):
            jacobian[2 * rows, columns + axis] = slopes[STATES + axis, :, 0]
            jacobian[2 * rows + 1, columns + axis] = slopes[STATES + axis, :, 1]
        own = jacobian[:, :STATES].reshape(count, 2, STATES)
        whole = own @ self.per_frame_covariance @ own.transpose(0, 2, 1)
        whole = whole + np.eye(2) * (self._sigmas[index] ** 2)[:, None, None]
        return residual, jacobian, whole

    def _normal(self, state: Array, weights: Sequence[Array]) -> tuple[float, Array, Array]:
        """Cost, information and gradient at a state."""
        off = self.start - state
        cost = float(off @ self._precision @ off)
        matrix, gradient = self._precision.copy(), self._precision @ off
        for index, weight in enumerate(weights):
            residual, jacobian, _ = self.linear(index, state)
            if not np.isfinite(residual).all():
                return np.inf, matrix, gradient
            own = jacobian[:, :STATES]
            noise = self._noise(index, weight) + own @ self.per_frame_covariance @ own.T
            scaled = np.linalg.solve(noise, np.column_stack((jacobian, residual)))
            matrix += jacobian.T @ scaled[:, :-1]
            gradient += jacobian.T @ scaled[:, -1]
            cost += float(residual @ scaled[:, -1])
        return cost, matrix, gradient

    def _noise(self, index: int, weight: Array) -> Array:
        variance = self._sigmas[index] ** 2 / np.maximum(weight, 1e-6)
        return np.diag(np.repeat(variance, 2))

    def _shown(self, index: int, state: Array) -> Array:
        """Pixels (21, m, 2): as the state says, then each error and coordinate up and down."""
        columns = self._columns[index]
        points = state[columns[:, None] + np.arange(3)]
        errors = state[:STATES] + _MOVES[:, :STATES]
        moved = points[None] + _MOVES[:, None, STATES:]
        every = np.broadcast_to(errors[:, None], (len(_MOVES), len(columns), STATES))
        pixels = self._sightlines[index].pixels(moved.reshape(-1, 3), every.reshape(-1, STATES))
        return pixels.reshape(len(_MOVES), len(columns), 2)


_ALL_STEPS = np.concatenate((STEPS, np.full(3, POINT_STEP_M)))
_MOVES = np.concatenate(
    (
        np.zeros((1, STATES + 3)),
        np.stack((np.diag(_ALL_STEPS), -np.diag(_ALL_STEPS)), 1).reshape(-1, STATES + 3),
    )
)


def mahalanobis(residual: Array, whole: Array) -> Array:
    """Squared distances (m,) of residuals (2m,) under covariances (m, 2, 2)."""
    pairs = residual.reshape(-1, 2)
    scaled = np.linalg.solve(whole, pairs[:, :, None])[:, :, 0]
    squared: Array = np.einsum("ni,ni->n", pairs, scaled)
    return squared
