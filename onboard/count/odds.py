"""The odds of each track being one that was seen before, judged with all that is known of both."""

import math
from collections.abc import Sequence

import numpy as np

from onboard.count.drifting import Drifts, Met, grazed_m2
from onboard.count.individual import Individual, places
from onboard.count.linking import Pairs
from onboard.count.settings import CountSettings
from onboard.track.association import Indices, kinds_of
from onboard.track.looks import inside_soon
from onboard.track.track import Array, Track
from onboard.track.wandering import STAYS_M, Lost, drift_sigma_m, normal_density, went_m

NEAR_M, NEAR_S = 15.0, 3.0
# Of what goes its way: how often it comes under the camera again, and how often what is met on
# ground that was seen before is something that has come meanwhile.
COMES_AGAIN, CAME = 0.3, 0.2
LEAST_ODDS = 1e-4
# What stands shifts about all the same, in its crowd or its queue.
SHUFFLES_M2_S = 0.04
AT_ONCE = 64


def possible(found: Sequence[Individual], settings: CountSettings, *, looks_known: bool) -> Pairs:
    """Pairs of tracks, rows of `found`, with their odds.

    The odds are those of Reid (1979): found again at a density of places, against not found again
    and a new object there, of which there are as many as the ground around has of its kind.
    """
    none = np.empty(0, dtype=np.int64)
    parts = [Pairs(earlier=none, later=none, odds=np.empty(0))]
    names = np.array([each.kind.name for each in found])
    for name in np.unique(names):
        rows = np.flatnonzero(names == name)
        alike = _Alike([found[row] for row in rows.tolist()], settings, looks_known)
        for start in range(0, len(rows), AT_ONCE):
            pairs = alike.pairs(np.arange(start, min(len(rows), start + AT_ONCE)))
            earlier, later = rows[pairs.earlier], rows[pairs.later]
            parts.append(Pairs(earlier=earlier, later=later, odds=pairs.odds))
    return Pairs(
        earlier=np.concatenate([each.earlier for each in parts]),
        later=np.concatenate([each.later for each in parts]),
        odds=np.concatenate([each.odds for each in parts]),
    )


class _Alike:
    """Tracks of one kind against each other, a row each."""

    def __init__(
        self, members: Sequence[Individual], settings: CountSettings, looks_known: bool
    ) -> None:
        self._members, self._settings = members, settings
        self._lost = lost([each.ended for each in members])
        self._ways = self._lost.ways()
        self._goes = self._ways[:, 2]
        began = [each.began for each in members]
        self._noise_m2 = np.array([each.covariance_m2 for each in began])
        self._met = Met(
            kind=members[0].kind,
            began_en=places(began),
            ended_en=self._lost.en_m,
            began_s=np.array([each.first_seen_s for each in began]),
            ended_s=np.array([each.ended.last_seen_s for each in members]),
            velocity=self._lost.velocity,
        )
        self._drifts = Drifts(self._met)
        real = np.array([each.real() for each in members])
        self._again = settings.recall * (1.0 - self._goes * (1.0 - COMES_AGAIN)) * real
        self._new_m2 = self._new(looks_known)

    def pairs(self, later: Indices) -> Pairs:
        """Those with some of the `later` tracks, whose earlier one had ended when that began."""
        met = self._met
        earlier, column = np.nonzero(met.ended_s[:, None] < met.began_s[None, later])
        later = later[column]
        told, at_en, sigma_m = self._densities(earlier, later)
        again = self._again[earlier]
        odds = again * told / self._new_m2[later]
        # No picture makes them likelier than this.
        kept = odds > LEAST_ODDS * (1.0 - again)
        earlier, later, again = earlier[kept], later[kept], again[kept]
        shown = self._shown(later, at_en[kept], sigma_m[kept])
        odds = odds[kept] / (1.0 - again * shown)
        return Pairs(earlier=earlier, later=later, odds=odds)

    def _densities(self, earlier: Indices, later: Indices) -> tuple[Array, Array, Array]:
        """Of each later track's place, were it the earlier one; where that is to be expected if it
        drifts (n, 2), give or take (n,).
        """
        was, met, eye = self._lost, self._met, np.eye(2)
        gap_s = met.began_s[later] - met.ended_s[earlier]
        apart = met.began_en[later] - was.en_m[earlier]
        noise = was.covariance_m2[earlier] + self._noise_m2[later]
        drift, drift_m2 = self._drift(earlier, later, gap_s)
        moved = drift * gap_s[:, None]
        still = noise + (STAYS_M**2 + SHUFFLES_M2_S * gap_s)[:, None, None] * eye
        grazed = noise + (STAYS_M**2 + grazed_m2(gap_s))[:, None, None] * eye
        drifts = grazed + drift_m2 * (gap_s**2)[:, None, None]
        velocity, velocity_m2_s2 = was.velocity[earlier], was.velocity_m2_s2[earlier]
        went, goes = went_m(was.kinds[earlier], velocity, velocity_m2_s2, gap_s)
        each = (
            normal_density(apart, still),
            normal_density(apart - moved, drifts),
            normal_density(apart - went, noise + goes),
        )
        told = (self._ways[earlier] * np.stack(each, axis=1)).sum(axis=1)
        sigma_m = np.sqrt(np.trace(drifts, axis1=1, axis2=2) / 2.0)
        return told, was.en_m[earlier] + moved, sigma_m

    def _drift(self, earlier: Indices, later: Indices, gap_s: Array) -> tuple[Array, Array]:
        """The velocity that each earlier track drifted with, and its covariance."""
        drifts = self._drifts
        one, other = drifts.meeting[earlier], drifts.meeting[later]
        together = drifts.gathered[one]
        velocity = np.where(together[:, None], drifts.own[one], self._lost.velocity[earlier])
        sigma_m_s = drift_sigma_m(gap_s) / np.maximum(gap_s, 0.1)
        covariance = (sigma_m_s**2)[:, None, None] * np.eye(2)
        together &= drifts.gathered[other]
        for before, after in np.unique(np.stack((one, other), 1)[together], axis=0).tolist():
            rows = together & (one == before) & (other == after)
            whole = drifts.between(before, after)
            velocity[rows], covariance[rows] = whole.velocity, whole.covariance
        return velocity, covariance

    def _shown(self, later: Indices, en_m: Array, sigma_m: Array) -> Array:
        """How probable it is that what is expected there comes into the picture in which each later
        track began: what does not is not missed in it.
        """
        shown = np.ones(len(later))
        for row in np.unique(later).tolist():
            view, its = self._members[row].view, later == row
            if view is not None:
                shown[its] = inside_soon(view, en_m[its], sigma_m[its])
        return shown

    def _new(self, looks_known: bool) -> Array:
        """The density where each began of objects that are there and were not found before."""
        met, recall = self._met, self._settings.recall
        apart_m = np.hypot(*(met.began_en[:, None] - met.ended_en[None]).transpose(2, 0, 1))
        near = apart_m <= NEAR_M
        away_s = met.began_s[:, None] - met.ended_s[None]
        at_once = np.maximum(away_s, away_s.T) <= NEAR_S
        density = (near & at_once).sum(axis=1).clip(min=1) / (math.pi * NEAR_M**2)
        before = (near & (away_s > 0.0)).any(axis=1)
        if looks_known:
            before = np.array([each.shown_before for each in self._members])
        missed = (1.0 - self._goes) * (1.0 - recall) + self._goes * CAME
        return np.asarray(density * np.where(before, missed, 1.0), dtype=np.float64)


def lost(tracks: Sequence[Track]) -> Lost:
    """Tracks as they were when they were seen last."""
    velocity = np.array([track.velocity_en_m_s for track in tracks])
    return Lost(
        kinds=kinds_of(tuple(track.object_class for track in tracks)),
        en_m=places(tracks),
        covariance_m2=np.array([track.covariance_m2 for track in tracks]),
        velocity=velocity,
        velocity_m2_s2=np.array([track.velocity_m2_s2 for track in tracks]),
        drift=velocity,
        gap_s=np.zeros(len(tracks)),
    )
