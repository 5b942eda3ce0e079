"""What keeps together: which animals are one herd, which vehicles one queue."""

from collections.abc import Sequence

import numpy as np

from onboard.rules.finding import Array, Candidate
from onboard.track.track import Track


def herds(members: Sequence[Track], *, within_m: float) -> list[list[int]]:
    """Indices of tracks by herd: each is within a distance of another of its herd."""
    return linked(np.array([each.en_m for each in members]).reshape(-1, 2), within_m)


def linked(en_m: Array, within_m: float) -> list[list[int]]:
    """Indices of places (n, 2) by group: each is within a distance of another of its group."""
    near = distances_m(en_m, en_m) <= within_m
    left = np.ones(len(en_m), dtype=bool)
    found = []
    for first in range(len(en_m)):
        if not left[first]:
            continue
        group = np.zeros(len(en_m), dtype=bool)
        fresh = np.zeros(len(en_m), dtype=bool)
        fresh[first] = True
        while fresh.any():
            group |= fresh
            fresh = near[fresh].any(axis=0) & ~group
        left &= ~group
        found.append(np.flatnonzero(group).tolist())
    return found


def group_candidate(
    members: Sequence[Track], certainty: float, *, zone: str | None = None
) -> Candidate:
    """A candidate at a group's middle, with the covariance of that."""
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
