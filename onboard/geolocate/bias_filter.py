"""A view's slowly changing errors and the places of things that stand still, frame by frame.

An extended Kalman filter over the seven errors and three coordinates of each anchor. Each error
forgets exponentially towards what is true of any such aircraft (a first-order Gauss-Markov process;
Gelb, Applied Optimal Estimation, 1974, 3.8), so that drift is followed and nothing is believed for
ever. Sightings of one frame share its own errors, and each is tested against all others of its
frame before any is believed (leave-one-out innovations).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from onboard.geolocate.adjustment import POINT_STEP_M, STEPS
from onboard.geolocate.error_budget import STATES
from onboard.geolocate.placing import Belief
from onboard.geolocate.rotation import Array
from onboard.geolocate.sightline import Sightline

# 99.9 % of sound sightings are nearer than this (chi-square with two degrees of freedom).
GATE = 13.816
ALL_STEPS = np.concatenate((STEPS, np.full(3, POINT_STEP_M)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """The `anchor`th anchor at a pixel."""

    anchor: int
    pixel: tuple[float, float]
    sigma_px: float


class BiasFilter:
    """The state and its covariance; `prior` and `own` are (7, 7), `memory_s` (7,)."""

    def __init__(self, prior: Array, own: Array, memory_s: Array) -> None:
        self._prior, self._own, self._memory_s = prior, own, memory_s
        self.mean = np.zeros(STATES)
        self.covariance = prior.copy()

    @property
    def belief(self) -> Belief:
        """What stays wrong with a frame."""
        return Belief(mean=self.mean[:STATES], covariance=self.covariance[:STATES, :STATES])

    @property
    def belief_of_frame(self) -> Belief:
        """The same with what each frame adds."""
        constant = self.belief
        return Belief(mean=constant.mean, covariance=constant.covariance + self._own)

    @property
    def anchors(self) -> int:
        """How many there are."""
        return (len(self.mean) - STATES) // 3

    def place_of(self, anchor: int) -> Array:
        """Where an anchor is thought to be, east-north-up."""
        at = STATES + 3 * anchor
        return self.mean[at : at + 3]

    def pass_time(self, elapsed_s: float) -> None:
        """Let errors drift; anchors stay where they are."""
        kept = np.exp(-max(0.0, elapsed_s) / self._memory_s)
        whole = np.concatenate((kept, np.ones(len(self.mean) - STATES)))
        self.mean = whole * self.mean
        self.covariance = whole[:, None] * self.covariance * whole
        spread = np.sqrt(1.0 - kept**2)
        self.covariance[:STATES, :STATES] += spread[:, None] * self._prior * spread

    def add(self, place_enu_m: Array, of_errors: Array, own_m2: Array) -> None:
        """A new anchor that depends on the errors as `of_errors` (3, 7), and else by `own_m2`."""
        size = len(self.mean)
        across = of_errors @ self.covariance[:STATES, :]
        grown = np.zeros((size + 3, size + 3))
        grown[:size, :size] = self.covariance
        grown[size:, :size], grown[:size, size:] = across, across.T
        whole = self.covariance[:STATES, :STATES] + self._own * bool(np.any(of_errors))
        grown[size:, size:] = of_errors @ whole @ of_errors.T + own_m2
        self.mean = np.concatenate((self.mean, place_enu_m))
        self.covariance = grown

    def drop(self, anchor: int) -> None:
        """Forget an anchor; what it has told stays."""
        kept = np.delete(np.arange(len(self.mean)), STATES + 3 * anchor + np.arange(3))
        self.mean, self.covariance = self.mean[kept], self.covariance[np.ix_(kept, kept)]

    def distances(
        self, sightline: Sightline, anchor: int, pixels: Array, sigmas_px: Array
    ) -> Array:
        """How far pixels (n, 2) are from where an anchor should be seen, squared, in deviations."""
        where = Seen(anchor=anchor, pixel=(0.0, 0.0), sigma_px=0.0)
        shown, _, spread = self._innovation(sightline, [where])
        if not np.isfinite(shown).all():
            return np.full(len(pixels), np.inf)
        off = pixels + shown
        spreads = spread + np.eye(2) * (sigmas_px**2)[:, None, None]
        far: Array = np.einsum("ni,ni->n", off, np.linalg.solve(spreads, off[:, :, None])[:, :, 0])
        return far

    def agreeing(self, sightline: Sightline, seen: Sequence[Seen]) -> list[Seen]:
        """Those that agree with all others: the worst is left out until none is too far off."""
        kept = list(seen)
        while kept:
            residual, _, spread = self._innovation(sightline, kept)
            far = _left_out(residual, spread)
            worst = int(np.argmax(far))
            if far[worst] <= GATE:
                break
            del kept[worst]
        return kept

    def take(self, sightline: Sightline, seen: Sequence[Seen]) -> None:
        """Believe sightings of one frame (Joseph's form)."""
        residual, slopes, spread = self._innovation(sightline, seen)
        gain = np.linalg.solve(spread, slopes @ self.covariance).T
        noise = spread - slopes @ self.covariance @ slopes.T
        rest = np.eye(len(self.mean)) - gain @ slopes
        self.mean = self.mean + gain @ residual
        whole = rest @ self.covariance @ rest.T + gain @ noise @ gain.T
        self.covariance = 0.5 * (whole + whole.T)

    def _innovation(self, sightline: Sightline, seen: Sequence[Seen]) -> tuple[Array, Array, Array]:
        """Residual (2m,), its slopes to the state and its covariance."""
        shown, slopes = self._shown(sightline, seen)
        residual = np.array([each.pixel for each in seen]).reshape(-1) - shown
        of_view = slopes[:, :STATES]
        noise = np.repeat([each.sigma_px**2 for each in seen], 2)
        spread = slopes @ self.covariance @ slopes.T + of_view @ self._own @ of_view.T
        return residual, slopes, spread + np.diag(noise)

    def _shown(self, sightline: Sightline, seen: Sequence[Seen]) -> tuple[Array, Array]:
        """Where sightings should be (2m,), and the slopes to the whole state by differences."""
        count, moves = len(seen), np.vstack((np.zeros(STATES + 3), np.diag(ALL_STEPS)))
        moves = np.vstack((moves, -np.diag(ALL_STEPS)))
        points = np.array([self.place_of(each.anchor) for each in seen])
        every = np.broadcast_to(
            (self.mean[:STATES] + moves[:, :STATES])[:, None], (len(moves), count, STATES)
        )
        moved = points[None] + moves[:, None, STATES:]
        pixels = sightline.pixels(moved.reshape(-1, 3), every.reshape(-1, STATES))
        pixels = pixels.reshape(len(moves), 2 * count)
        up, down = pixels[1 : STATES + 4], pixels[STATES + 4 :]
        local = ((up - down) / (2.0 * ALL_STEPS[:, None])).T
        slopes = np.zeros((2 * count, len(self.mean)))
        slopes[:, :STATES] = local[:, :STATES]
        for row, each in enumerate(seen):
            at = STATES + 3 * each.anchor
            slopes[2 * row : 2 * row + 2, at : at + 3] = local[2 * row : 2 * row + 2, STATES:]
        return pixels[0], slopes


def _left_out(residual: Array, spread: Array) -> Array:
    """Squared distances (m,) of each sighting from what all the others say of it."""
    if not np.isfinite(residual).all():
        pairs = np.isfinite(residual).reshape(-1, 2).all(axis=1)
        return np.where(pairs, 0.0, np.inf)
    precision = np.linalg.inv(spread)
    told = (precision @ residual).reshape(-1, 2)
    blocks = np.array([precision[i : i + 2, i : i + 2] for i in range(0, len(residual), 2)])
    far: Array = np.einsum("ni,ni->n", told, np.linalg.solve(blocks, told[:, :, None])[:, :, 0])
    return far
