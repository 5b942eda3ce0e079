"""Objects that are probably within zones: what every rule about an area begins with."""

from collections.abc import Iterable, Sequence

import numpy as np

from onboard.rules.finding import Array, Candidate, Scene
from onboard.rules.zones import Zone, probability_within
from onboard.track.track import Track


def present(
    scene: Scene, zones: Iterable[Zone], tracks: Sequence[Track], *, at_least: float
) -> list[Candidate]:
    """One candidate for each track and zone that holds at this hour, and of its probability."""
    if not tracks:
        return []
    en_m, covariances_m2 = places(tracks)
    candidates = []
    for zone in zones:
        if not zone.hours.hold(scene.utc):
            continue
        probabilities = probability_within(zone.shape, en_m, covariances_m2)
        for index in np.flatnonzero(probabilities >= at_least).tolist():
            candidates.append(
                candidate_of(tracks[index], float(probabilities[index]), zone=zone.id)
            )
    return candidates


def candidate_of(track: Track, certainty: float, *, zone: str | None = None) -> Candidate:
    """A candidate that is one track."""
    return Candidate(
        en_m=track.en_m,
        covariance_m2=track.covariance_m2,
        certainty=certainty,
        tracks=(track,),
        zone=zone,
    )


def places(tracks: Sequence[Track]) -> tuple[Array, Array]:
    """Places (n, 2) and covariances (n, 2, 2) of tracks."""
    return (
        np.array([each.en_m for each in tracks]),
        np.array([each.covariance_m2 for each in tracks]),
    )
