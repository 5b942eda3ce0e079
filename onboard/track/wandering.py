"""Where something may be that was out of sight for a while: it stays, drifts along, or goes.

Three ways, each a velocity that wanders as in `onboard.track.kalman`; which one it is follows from
its kind and from how it moved when it was seen last. A filter that is ready for every turn of the
next frame is far too unsure after ten seconds of what stands, and too sure that it still stands.
"""

from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from onboard.track.association import KINDS, Indices
from onboard.track.kinds import ANIMAL, BOAT, CYCLE, OTHER, PERSON, VEHICLE
from onboard.track.track import Array

# How likely each kind stays, drifts or goes.
WAYS = MappingProxyType(
    {
        PERSON: (0.25, 0.25, 0.5),
        VEHICLE: (0.6, 0.0, 0.4),
        CYCLE: (0.25, 0.05, 0.7),
        BOAT: (0.4, 0.3, 0.3),
        ANIMAL: (0.2, 0.6, 0.2),
        OTHER: (0.4, 0.2, 0.4),
    }
)
SHARES = np.array([WAYS.get(kind, WAYS[OTHER]) for kind in KINDS])
SPEED_M_S = np.array([kind.speed_m_s for kind in KINDS])
LASTS_S = np.array([kind.memory_s for kind in KINDS])
# What a thing that stays seems to move by, and with.
STAYS_M, STAYS_M_S = 0.4, 0.1
DRIFT_M_S, DRIFT_LASTS_S = 0.25, 300.0
FARTHEST = 16.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """What is out of sight, a row each, as it was when it was seen last.

    `kinds` (n,) are indices into `KINDS`; `velocity` (n, 2) with its `velocity_m2_s2` (n, 2, 2);
    `drift` (n, 2) is what it drifts with if it drifts, its own velocity or its herd's; `gap_s` (n,)
    how long ago that was.
    """

    kinds: Indices
    en_m: Array
    covariance_m2: Array
    velocity: Array
    velocity_m2_s2: Array
    drift: Array
    gap_s: Array

    def drift_sigma_m(self) -> Array:
        """How far from there it may be, (n,)."""
        return drift_sigma_m(self.gap_s)

    def ways(self) -> Array:
        """Probabilities (n, 3) that each stays, drifts or goes, by kind and last velocity."""
        sigma = np.full((len(self.kinds), 3), DRIFT_M_S)
        sigma[:, 0], sigma[:, 2] = STAYS_M_S, SPEED_M_S[self.kinds]
        spread = self.velocity_m2_s2[:, None] + (sigma**2)[..., None, None] * np.eye(2)
        each = SHARES[self.kinds] * normal_density(self.velocity[:, None], spread)
        total = each.sum(axis=1, keepdims=True)
        going = np.array([0.0, 0.0, 1.0])
        return np.where(total > 0.0, each / np.maximum(total, 1e-300), going)


def densities(lost: Lost, en_m: Array, noise_m2: Array) -> Array:
    """Densities (n, m), a square metre, of places (m, 2) seen with noise (m, 2, 2) being each.

    Zero where it would be too far to be believed.
    """
    gap_s, eye, ways = lost.gap_s, np.eye(2), lost.ways()
    went, goes_m2 = went_m(lost.kinds, lost.velocity, lost.velocity_m2_s2, gap_s)
    still = lost.covariance_m2 + STAYS_M**2 * eye
    drifts = lost.covariance_m2 + (lost.drift_sigma_m() ** 2)[:, None, None] * eye
    goes = lost.covariance_m2 + goes_m2
    told: Array = np.zeros((len(gap_s), len(en_m)))
    for way, (moved, spread) in enumerate(
        (
            (np.zeros_like(lost.drift), still),
            (lost.drift * gap_s[:, None], drifts),
            (went, goes),
        )
    ):
        apart = en_m[None] - (lost.en_m + moved)[:, None]
        told += ways[:, way, None] * normal_density(apart, spread[:, None] + noise_m2[None])
    return told


def went_m(
    kinds: Indices, velocity: Array, velocity_m2_s2: Array, gap_s: Array
) -> tuple[Array, Array]:
    """How far what goes its way has come after a gap (n, 2), and the covariance of that."""
    speed, lasts_s = SPEED_M_S[kinds], LASTS_S[kinds]
    reach_s = lasts_s * (1.0 - np.exp(-gap_s / lasts_s))
    # A velocity that was seen is part of the wandering's own spread, and is not added to it twice.
    more_m2 = np.maximum(0.0, spread_m2(speed, lasts_s, gap_s) - (speed * reach_s) ** 2)
    spread = velocity_m2_s2 * (reach_s**2)[:, None, None]
    spread = spread + (STAYS_M**2 + more_m2)[:, None, None] * np.eye(2)
    return velocity * reach_s[:, None], spread


def drift_sigma_m(gap_s: Array) -> Array:
    """How far what drifts may have come from where its herd's drift took it, (n,)."""
    return np.sqrt(spread_m2(DRIFT_M_S, DRIFT_LASTS_S, gap_s) + STAYS_M**2)


def spread_m2(speed_m_s: Array | float, lasts_s: Array | float, gap_s: Array) -> Array:
    """The variance of a place after a gap, of something whose velocity wanders in its long run."""
    reach_s = lasts_s * (1.0 - np.exp(-gap_s / lasts_s))
    spread: Array = 2.0 * speed_m_s**2 * lasts_s * (gap_s - reach_s)
    return spread


def normal_density(apart: Array, S: Array) -> Array:
    """Normal densities of differences (..., 2) with covariances (..., 2, 2)."""
    a, b, d = S[..., 0, 0], S[..., 0, 1], S[..., 1, 1]
    determinant = a * d - b * b
    x, y = apart[..., 0], apart[..., 1]
    squared = (d * x**2 - 2.0 * b * x * y + a * y**2) / determinant
    density = np.exp(-squared / 2.0) / (2.0 * np.pi * np.sqrt(determinant))
    return np.where(squared <= FARTHEST, density, 0.0)
