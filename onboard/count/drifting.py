"""How gatherings moved as a whole between two meetings with them.

A herd that is met again minutes later grazed and drifted meanwhile: no animal can be told from its
neighbour, but the herd lies upon itself under one shift and no other. The later meeting's places
are judged under every shift by the density of the earlier meeting's (the mixture likelihood of
coherent point drift, Myronenko and Song, IEEE PAMI 32(12), 2010, on a grid, so that no start has
to be guessed), with the drift that was seen as its prior. What that leaves open is the covariance
of the drift.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from onboard.track.kinds import ANIMAL, PERSON, Kind
from onboard.track.track import Array
from onboard.track.wandering import drift_sigma_m, spread_m2

# Tracks so near each other in place and time are met together.
TOGETHER_M, TOGETHER_S = 15.0, 20.0
# Fewer tell nothing of the whole.
LEAST_MET = 5
# How much of a herd's measured drift is drift: the rest is the camera's own. And how far it is off.
HERD_SHARE, MEASURED_M_S = 0.6, 0.1
# How each wanders within the whole, and for how long it keeps its way.
GRAZE_M_S, GRAZE_LASTS_S = 0.15, 30.0
# Places that are near each other move alike: what they tell of a shift counts for less.
TOLD_SHARE = 0.5
FOUND_AGAIN = 0.8
CELL_M, CELLS_A_SIDE, SIGMAS = 1.5, 33, 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Met:
    """Tracks of one kind, a row each: where and when they began and ended, their velocity."""

    kind: Kind
    began_en: Array
    ended_en: Array
    began_s: Array
    ended_s: Array
    velocity: Array


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """The velocity (2,) with which a gathering drifts, and its covariance (2, 2)."""

    velocity: Array
    covariance: Array


class Drifts:
    """Meetings with gatherings of one kind, and how each drifted from one to the next."""

    def __init__(self, met: Met) -> None:
        self._met = met
        self.meeting = meetings(met)
        sizes = np.bincount(self.meeting, minlength=1)
        gathers = met.kind in (ANIMAL, PERSON)
        self.gathered = (sizes >= LEAST_MET) & gathers
        self.own = np.array([self._own(index) for index in range(len(sizes))]).reshape(-1, 2)
        self._between: dict[tuple[int, int], Drift] = {}

    def _own(self, meeting: int) -> Array:
        members = self._met.velocity[self.meeting == meeting]
        return HERD_SHARE * np.median(members, axis=0) if len(members) else np.zeros(2)

    def between(self, earlier: int, later: int) -> Drift:
        """How the gathering of an earlier meeting drifted until a later one."""
        key = (earlier, later)
        if key not in self._between:
            self._between[key] = self._aligned(earlier, later)
        return self._between[key]

    def _aligned(self, earlier: int, later: int) -> Drift:
        met, velocity = self._met, self.own[earlier]
        if earlier == later:
            return Drift(velocity=velocity, covariance=MEASURED_M_S**2 * np.eye(2))
        before, after = self.meeting == earlier, self.meeting == later
        then_s, now_s = np.median(met.ended_s[before]), np.median(met.began_s[after])
        gap_s = max(1.0, float(now_s - then_s))
        sigma_m = float(drift_sigma_m(np.array(gap_s)))
        free = Drift(velocity=velocity, covariance=(sigma_m / gap_s) ** 2 * np.eye(2))
        if not (self.gathered[earlier] and self.gathered[later]):
            return free
        was = met.ended_en[before] + velocity * (then_s - met.ended_s[before])[:, None]
        is_now = met.began_en[after] + velocity * (now_s - met.began_s[after])[:, None]
        shifts, log_prior = _shifts(velocity * gap_s, sigma_m)
        graze_m = float(np.sqrt(grazed_m2(np.array(gap_s)) + 0.5))
        told = TOLD_SHARE * _log_likelihoods(was, is_now, shifts, graze_m)
        weight = np.exp(log_prior + told - (log_prior + told).max())
        weight /= weight.sum()
        mean = weight @ shifts
        apart = shifts - mean
        return Drift(
            velocity=mean / gap_s,
            covariance=(apart.T * weight) @ apart / gap_s**2 + 1e-4 * np.eye(2),
        )


def grazed_m2(gap_s: Array) -> Array:
    """The variance of where one is within its gathering, after a gap."""
    return spread_m2(GRAZE_M_S, GRAZE_LASTS_S, gap_s)


def meetings(met: Met) -> npt.NDArray[np.int64]:
    """Which meeting each track belongs to, (n,)."""
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import connected_components

    apart_m = np.hypot(*(met.ended_en[:, None] - met.ended_en[None]).transpose(2, 0, 1))
    away_s = met.began_s[:, None] - met.ended_s[None]
    near = (apart_m <= TOGETHER_M) & (np.maximum(away_s, away_s.T) <= TOGETHER_S)
    return np.asarray(connected_components(csr_matrix(near), directed=False)[1], dtype=np.int64)


def _shifts(mean: Array, sigma_m: float) -> tuple[Array, Array]:
    """Shifts (k, 2) around the expected one, and the log of how probable each is."""
    steps = np.linspace(-SIGMAS, SIGMAS, CELLS_A_SIDE)
    across = np.stack(np.meshgrid(steps, steps), axis=-1).reshape(-1, 2)
    return mean + sigma_m * across, -0.5 * (across**2).sum(axis=1)


def _log_likelihoods(was: Array, is_now: Array, shifts: Array, sigma_m: float) -> Array:
    """Of later places (m, 2) under each shift (k, 2) of earlier ones (n, 2) that wander."""
    from scipy.ndimage import gaussian_filter, map_coordinates

    margin_m = 4.0 * sigma_m
    corner = was.min(axis=0) - margin_m
    cells = np.ceil((was.max(axis=0) + margin_m - corner) / CELL_M).astype(int) + 1
    counts = np.zeros(cells)
    np.add.at(counts, tuple(np.round((was - corner) / CELL_M).astype(int).T), 1.0)
    density = gaussian_filter(counts, sigma_m / CELL_M, mode="constant") / CELL_M**2
    at = (is_now[None] - shifts[:, None] - corner) / CELL_M
    told = map_coordinates(density, at.reshape(-1, 2).T, order=1, mode="constant")
    # What was not met before is as dense as the whole is, on average.
    typical = len(was) / max(1.0, float(np.prod(np.ptp(was, axis=0))))
    mixed = FOUND_AGAIN * told + (1.0 - FOUND_AGAIN) * typical
    return np.asarray(np.log(mixed).reshape(len(shifts), -1).sum(axis=1), dtype=np.float64)
