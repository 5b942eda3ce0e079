"""A view's slowly changing errors and the places of things that stand still, frame by frame.

An extended Kalman filter over the parts of the errors (`error_process`) and three coordinates of
each anchor. Each part forgets exponentially towards what is true of any such aircraft, what stays
slowly and what wanders soon, so that drift is followed and nothing is believed for ever. Sightings
of one frame share its own errors, and each is tested against all others of its frame before any is
believed (leave-one-out innovations).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from onboard.geolocate.adjustment import POINT_STEP_M, STEPS
from onboard.geolocate.error_budget import STATES
from onboard.geolocate.error_process import PARTS, ErrorProcess, view_of_parts
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
    """The state, parts and then anchors, and its covariance."""

    def __init__(self, process: ErrorProcess) -> None:
        self._process = process
        self._own = np.diag(process.per_frame)
        self.mean = np.zeros(PARTS)
        self.covariance = np.diag(process.variances)

    def belief(self, heading_rad: float) -> Belief:
        """What is wrong with frames that look there, but for each one's own."""
        view = view_of_parts(heading_rad)
        covariance = view @ self.covariance[:PARTS, :PARTS] @ view.T
        return Belief(mean=self.mean_of(heading_rad), covariance=covariance)

    def mean_of(self, heading_rad: float) -> Array:
        """The same without how sure that is, (7,)."""
        return view_of_parts(heading_rad) @ self.mean[:PARTS]

    def belief_of_frame(self, heading_rad: float) -> Belief:
        """The same with what each frame adds."""
        steady = self.belief(heading_rad)
        return Belief(mean=steady.mean, covariance=steady.covariance + self._own)

    @property
    def anchors(self) -> int:
        """How many there are."""
        return (len(self.mean) - PARTS) // 3

    def place_of(self, anchor: int) -> Array:
        """Where an anchor is thought to be, east-north-up."""
        at = PARTS + 3 * anchor
        return self.mean[at : at + 3]

    def pass_time(self, elapsed_s: float) -> None:
        """Let errors drift; anchors stay where they are."""
        kept = np.exp(-max(0.0, elapsed_s) / self._process.lasts_s)
        whole = np.concatenate((kept, np.ones(len(self.mean) - PARTS)))
        self.mean = whole * self.mean
        self.covariance = whole[:, None] * self.covariance * whole
        parts = np.arange(PARTS)
        self.covariance[parts, parts] += (1.0 - kept**2) * self._process.variances

    def add(
        self,
        place_enu_m: Array,
        own_m2: Array,
        of_errors: Array | None = None,
        heading_rad: float = 0.0,
    ) -> None:
        """A new anchor, as unsure as `own_m2`, and where its place was found by the errors of a
        frame that looks there, it hangs on them as `of_errors` (3, 7).
        """
        size = len(self.mean)
        grown = np.zeros((size + 3, size + 3))
        grown[:size, :size] = self.covariance
        grown[size:, size:] = own_m2
        if of_errors is not None:
            of_parts = of_errors @ view_of_parts(heading_rad)
            across = of_parts @ self.covariance[:PARTS, :]
            grown[size:, :size], grown[:size, size:] = across, across.T
            grown[size:, size:] += across[:, :PARTS] @ of_parts.T
            grown[size:, size:] += of_errors @ self._own @ of_errors.T
        self.mean = np.concatenate((self.mean, place_enu_m))
        self.covariance = grown

    def drop(self, anchor: int) -> None:
        """Forget an anchor; what it has told stays."""
        kept = np.delete(np.arange(len(self.mean)), PARTS + 3 * anchor + np.arange(3))
        self.mean, self.covariance = self.mean[kept], self.covariance[np.ix_(kept, kept)]

    def distances(
        self, sightline: Sightline, anchor: int, pixels: Array, sigmas_px: Array
    ) -> Array:
        """How far pixels (n, 2) are from where an anchor should be seen, squared, in deviations."""
        where = Seen(anchor=anchor, pixel=(0.0, 0.0), sigma_px=0.0)
        shown, _, _, spread = self._innovation(sightline, [where])
        if not np.isfinite(shown).all():
            return np.full(len(pixels), np.inf)
        off = pixels + shown
        spreads = spread + np.eye(2) * (sigmas_px**2)[:, None, None]
        far: Array = np.einsum("ni,ni->n", off, np.linalg.solve(spreads, off[:, :, None])[:, :, 0])
        return far

    def agreeing(self, sightline: Sightline, seen: Sequence[Seen]) -> list[Seen]:
        """Those that agree with all others: the worst is left out until none is too far off."""
        kept = np.arange(len(seen))
        residual, _, _, spread = self._innovation(sightline, seen)
        while kept.size:
            rows = (2 * kept[:, None] + (0, 1)).ravel()
            far = _left_out(residual[rows], spread[np.ix_(rows, rows)])
            worst = int(np.argmax(far))
            if far[worst] <= GATE:
                break
            kept = np.delete(kept, worst)
        return [seen[index] for index in kept.tolist()]

    def take(self, sightline: Sightline, seen: Sequence[Seen]) -> None:
        """Believe sightings of one frame (Joseph's form)."""
        residual, slopes, noise, spread = self._innovation(sightline, seen)
        gain = np.linalg.solve(spread, slopes @ self.covariance).T
        rest = np.eye(len(self.mean)) - gain @ slopes
        self.mean = self.mean + gain @ residual
        whole = rest @ self.covariance @ rest.T + gain @ noise @ gain.T
        self.covariance = 0.5 * (whole + whole.T)

    def _innovation(
        self, sightline: Sightline, seen: Sequence[Seen]
    ) -> tuple[Array, Array, Array, Array]:
        """Residual (2m,), its slopes to the state, the sightings' noise and its covariance."""
        shown, of_view, of_places = self._shown(sightline, seen)
        residual = np.array([each.pixel for each in seen]).reshape(-1) - shown
        slopes = np.zeros((len(residual), len(self.mean)))
        slopes[:, :PARTS] = of_view @ view_of_parts(sightline.heading_rad)
        for row, each in enumerate(seen):
            rows, at = slice(2 * row, 2 * row + 2), PARTS + 3 * each.anchor
            slopes[rows, at : at + 3] = of_places[rows]
        noise = np.diag(np.repeat([each.sigma_px**2 for each in seen], 2))
        noise = noise + of_view @ self._own @ of_view.T
        return residual, slopes, noise, slopes @ self.covariance @ slopes.T + noise

    def _shown(self, sightline: Sightline, seen: Sequence[Seen]) -> tuple[Array, Array, Array]:
        """Where sightings should be (2m,), and slopes by differences: (2m, 7) and (2m, 3)."""
        count, moves = len(seen), np.vstack((np.zeros(STATES + 3), np.diag(ALL_STEPS)))
        moves = np.vstack((moves, -np.diag(ALL_STEPS)))
        points = np.array([self.place_of(each.anchor) for each in seen])
        errors = self.belief(sightline.heading_rad).mean + moves[:, :STATES]
        every = np.broadcast_to(errors[:, None], (len(moves), count, STATES))
        moved = points[None] + moves[:, None, STATES:]
        pixels = sightline.pixels(moved, every).reshape(len(moves), 2 * count)
        up, down = pixels[1 : STATES + 4], pixels[STATES + 4 :]
        local = ((up - down) / (2.0 * ALL_STEPS[:, None])).T
        return pixels[0], local[:, :STATES], local[:, STATES:]


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
