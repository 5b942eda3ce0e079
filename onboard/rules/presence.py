"""Objects that are probably within zones: what every rule about an area begins with."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from onboard.messages import EventKind, Explanation, ObjectClass, Severity
from onboard.rules.episodes import Episodes, EpisodeSettings, found
from onboard.rules.finding import Array, Candidate, Finding, Scene
from onboard.rules.herds import group_candidate, linked
from onboard.rules.zones import Zone, Zones, probability_within
from onboard.track.kinds import KIND, Kind
from onboard.track.track import Track


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """What must not be where, and how that is told; `explained` takes certainty and seconds.

    `per_track` says that every object is judged for itself.
    """

    kind: EventKind
    severity: Severity
    classes: frozenset[ObjectClass]
    zones: Callable[[Zones], Iterable[Zone]]
    explained: Callable[[float, float], Explanation]
    per_track: bool = False


class PresenceRule:
    """Fires once for each stay of what is watched for in a zone."""

    def __init__(self, settings: EpisodeSettings, watch: Watch) -> None:
        self._settings, self._watch = settings, watch
        self._episodes = Episodes(settings, per_track=watch.per_track)

    def observe(self, scene: Scene) -> list[Finding]:
        """What has newly been in a zone for long enough."""
        watch, tracks = self._watch, scene.seen(self._watch.classes)
        zones = watch.zones(scene.zones) if tracks else ()
        candidates = present(scene, zones, tracks, at_least=self._settings.stay_certainty)
        fired = self._episodes.observe(candidates, scene.now_s, patience_s=scene.patience_s)
        return [
            found(
                candidate,
                episode,
                kind=watch.kind,
                severity=watch.severity,
                explanation=watch.explained(episode.certainty, scene.now_s - episode.held_since_s),
            )
            for candidate, episode in fired
        ]


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


def together(candidates: Sequence[Candidate], *, within_m: float) -> list[Candidate]:
    """Candidates of one zone and kind of object that are so near each other as one, as certain as
    the surest of them.
    """
    alike: dict[tuple[str | None, Kind], list[Candidate]] = {}
    for each in candidates:
        alike.setdefault((each.zone, KIND[each.tracks[0].object_class]), []).append(each)
    return [
        group_candidate(
            [candidate.tracks[0] for candidate in near],
            max(candidate.certainty for candidate in near),
            zone=zone,
        )
        for (zone, _), of_kind in alike.items()
        for group in linked(np.array([each.en_m for each in of_kind]), within_m)
        if (near := sorted((of_kind[index] for index in group), key=_surest_first))
    ]


def _surest_first(candidate: Candidate) -> float:
    return -candidate.certainty


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
