"""Livestock that keeps together: which animals are one herd."""

from collections.abc import Sequence

import numpy as np

from onboard.rules.finding import Array, Candidate
from onboard.track.track import Track


def herds(animals: Sequence[Track], *, within_m: float) -> list[list[int]]:
    """Indices of animals by herd: each is within a distance of another of its herd."""
    left = set(range(len(animals)))
    en_m = np.array([each.en_m for each in animals]).reshape(-1, 2)
    found = []
    while left:
        herd = [left.pop()]
        for member in herd:
            apart_m = np.hypot(*(en_m - en_m[member]).T)
            near = [other for other in left if apart_m[other] <= within_m]
            left.difference_update(near)
            herd += near
        found.append(sorted(herd))
    return found


def herd_candidate(members: Sequence[Track], certainty: float, *, zone: str | None) -> Candidate:
    """A candidate at a herd's middle, with the covariance of that."""
    own = np.mean([each.own_m2 for each in members], axis=0) / len(members)
    shared = np.mean([each.covariance_m2 - each.own_m2 for each in members], axis=0)
    return Candidate(
        en_m=np.mean([each.en_m for each in members], axis=0),
        covariance_m2=own + shared,
        certainty=certainty,
        tracks=tuple(members),
        zone=zone,
    )


def distances_m(en_m: Array, others_m: Array) -> Array:
    """Distances (n, m) between places (n, 2) and others (m, 2)."""
    apart: Array = np.hypot(*(en_m[:, None] - others_m[None]).transpose(2, 0, 1))
    return apart
