"""The least squares beneath a calibration: views' errors and anchors' places from sightings.

Gauss and Newton's steps with Levenberg's damping; Cauchy's weights; every frame has errors of its
own, which go on in time as `error_path` has them. Source: Triggs et al., "Bundle adjustment - a
modern synthesis", 2000.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from onboard.geolocate.camera import CameraGeometry
from onboard.geolocate.error_budget import STATES
from onboard.geolocate.error_path import ErrorPath
from onboard.geolocate.error_process import ErrorProcess
from onboard.geolocate.rotation import Array
from onboard.geolocate.sightline import Sightline

Rows = npt.NDArray[np.intp]

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
    """One frame with what was sighted in it, and when."""

    t_s: float
    sightline: Sightline
    sightings: Sequence[Sighting]


class Adjustment:
    """The state is the unknowns of the errors' path and then three coordinates of each anchor.

    Of all sightings in the order of their glimpses, `counts` tells how many are in each.
    """

    def __init__(
        self, glimpses: Sequence[Glimpse], anchors: Sequence[Anchor], process: ErrorProcess
    ) -> None:
        self.counts = [len(each.sightings) for each in glimpses]
        lines = [each.sightline for each in glimpses]
        times, headings = [each.t_s for each in glimpses], [each.heading_rad for each in lines]
        self.path = ErrorPath(process, np.array(times), np.array(headings))
        self.start = np.concatenate(
            (np.zeros(self.path.size), *(each.enu_m for each in anchors)), dtype=np.float64
        )
        self._precisions = np.array([np.linalg.inv(each.covariance_m2) for each in anchors])
        sightings = [each for glimpse in glimpses for each in glimpse.sightings]
        number = {each.name: index for index, each in enumerate(anchors)}
        self._frame: Rows = np.repeat(np.arange(len(glimpses)), self.counts)
        self._anchor: Rows = np.array([number[each.anchor] for each in sightings], dtype=np.intp)
        self._pixels = np.array([each.pixel for each in sightings], dtype=np.float64)
        self._sigmas = np.array([each.sigma_px for each in sightings])
        self._views = _views([lines[frame] for frame in self._frame])

    def solved(self, state: Array, weights: Array) -> tuple[Array, bool]:
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

    def weights(self, state: Array, heat: float) -> Array:
        """Of sightings (m,), 1 where one agrees; `heat` makes them lenient."""
        scale = CAUCHY**2 * heat * self._sigmas**2
        told: Array = 1.0 / (1.0 + (self.residuals(state) ** 2).sum(axis=1) / scale)
        return told

    def residuals(self, state: Array) -> Array:
        """Of sightings, (m, 2), pixels."""
        off: Array = self._pixels - self._shown(state, np.zeros((1, STATES + 3)))[0]
        return off

    def covariance(self, state: Array, weights: Array) -> Array:
        """Of the whole state at a minimum."""
        return np.asarray(np.linalg.inv(self._normal(state, weights)[1]), dtype=np.float64)

    def cost(self, state: Array, weights: Array) -> float:
        """Half of it is the negative logarithm of how likely the state is, but for a constant."""
        return self._normal(state, weights)[0]

    def _normal(self, state: Array, weights: Array) -> tuple[float, Array, Array]:
        """Cost, information and gradient at a state."""
        size, off = self.path.size, self.start - state
        residual, slopes = self._linear(state)
        if not np.isfinite(residual).all():
            return np.inf, np.eye(len(state)), off
        precise = weights / self._sigmas**2
        scaled = slopes * precise[:, None, None]
        told, moved = scaled.transpose(0, 2, 1) @ slopes, (scaled * residual[..., None]).sum(axis=1)
        anchors = off[size:].reshape(-1, 3)
        of_errors, of_both, of_anchors = self._summed(told)
        pull = (self._precisions @ anchors[..., None])[..., 0]
        cost = float(off[:size] @ off[:size] + (pull * anchors).sum())
        cost += float((residual**2).sum(axis=1) @ precise)
        to_errors = np.zeros((len(self.counts), STATES, 1))
        np.add.at(to_errors[..., 0], self._frame, moved[:, :STATES])
        np.add.at(pull, self._anchor, moved[:, STATES:])
        across = self.path.of_unknowns(of_both)
        matrix = np.block(
            [[np.eye(size) + self.path.information(of_errors), across], [across.T, of_anchors]]
        )
        own = off[:size] + self.path.of_unknowns(to_errors)[:, 0]
        return cost, matrix, np.concatenate((own, pull.ravel()))

    def _summed(self, told: Array) -> tuple[Array, Array, Array]:
        """Information (m, 10, 10) of sightings as that of frames, of both, and of all anchors."""
        frames, count = len(self.counts), len(self._precisions)
        of_errors = np.zeros((frames, STATES, STATES))
        np.add.at(of_errors, self._frame, told[:, :STATES, :STATES])
        of_both = np.zeros((frames, count, STATES, 3))
        np.add.at(of_both, (self._frame, self._anchor), told[:, :STATES, STATES:])
        blocks = self._precisions.copy()
        np.add.at(blocks, self._anchor, told[:, STATES:, STATES:])
        whole = np.zeros((count, 3, count, 3))
        whole[np.arange(count), :, np.arange(count)] = blocks
        both = of_both.transpose(0, 2, 1, 3).reshape(frames, STATES, 3 * count)
        return of_errors, both, whole.reshape(3 * count, 3 * count)

    def _linear(self, state: Array) -> tuple[Array, Array]:
        """Residuals (m, 2) and slopes (m, 2, 10) to a sighting's frame's errors and its anchor."""
        shown = self._shown(state, _MOVES)
        slopes = (shown[1::2] - shown[2::2]) / (2.0 * _ALL_STEPS[:, None, None])
        return self._pixels - shown[0], slopes.transpose(1, 2, 0)

    def _shown(self, state: Array, moves: Array) -> Array:
        """Pixels (k, m, 2): as the state says, moved by each of (k, 10)."""
        errors = self.path.errors(state[: self.path.size])[self._frame]
        points = state[self.path.size :].reshape(-1, 3)[self._anchor]
        pixels = np.empty((len(moves), len(errors), 2))
        for rows, view in self._views:
            pixels[:, rows] = view.pixels(
                points[rows] + moves[:, None, STATES:], errors[rows] + moves[:, None, :STATES]
            )
        return pixels


def _views(lines: Sequence[Sightline]) -> list[tuple[Rows, Sightline]]:
    """The views of sightings together, by camera: a zoom makes another of it."""
    rows: dict[CameraGeometry, list[int]] = {}
    for row, line in enumerate(lines):
        rows.setdefault(line.camera, []).append(row)
    return [
        (np.array(each, dtype=np.intp), Sightline.stacked([lines[row] for row in each]))
        for each in rows.values()
    ]


_ALL_STEPS = np.concatenate((STEPS, np.full(3, POINT_STEP_M)))
_MOVES = np.concatenate(
    (
        np.zeros((1, STATES + 3)),
        np.stack((np.diag(_ALL_STEPS), -np.diag(_ALL_STEPS)), 1).reshape(-1, STATES + 3),
    )
)
