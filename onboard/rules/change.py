"""Something that was not there when the place was last looked at."""

import math
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from pydantic import Field

from missions.geodesy import GeoPoint, LocalPlane
from onboard.messages import EventKind, Explanation, ObjectClass, Severity
from onboard.rules.episodes import Episodes, EpisodeSettings, found
from onboard.rules.finding import Candidate, Finding, Scene
from onboard.rules.normal import probability_above
from onboard.rules.presence import candidate_of, places, together
from onboard.rules.queues import slowness
from onboard.rules.sighting import NAMES
from onboard.rules.trails import Trails
from onboard.rules.visits import Grid, Stood, Visits, cell_of, grid_of
from onboard.rules.zones import Zone, probability_within
from onboard.track.kinds import KIND
from onboard.track.track import Track

# Where tracks lie on no plane, one of their own: what is kept is for this process only.
NOWHERE = LocalPlane(GeoPoint(latitude_deg=0.0, longitude_deg=0.0))


class ChangeSettings(EpisodeSettings):
    """An object stands in the area where none of its kind stood within `match_m` before.

    Livestock grazes: it is the same herd within `herd_match_m`. The last visit ended when nobody
    looked for `visit_ends_s`, and counts if it lasted for `over_s` and `dwell_s`; it found a share
    `recall` of what stood there, and what it missed only seems new. Without a camera's view, what
    is within `around_m` of something seen is looked at. `memory` is the file that keeps visits from
    flight to flight.
    """

    enabled: bool = True
    memory: Path | None = None
    classes: tuple[ObjectClass, ...] = (
        ObjectClass.CAR,
        ObjectClass.TRUCK,
        ObjectClass.BUS,
        ObjectClass.BOAT,
        ObjectClass.TENT,
        ObjectClass.CATTLE,
        ObjectClass.HORSE,
        ObjectClass.SHEEP,
    )
    max_speed_m_s: float = Field(default=0.6, gt=0)
    over_s: float = Field(default=4.0, gt=0)
    match_m: float = Field(default=10.0, gt=0)
    herd_match_m: float = Field(default=120.0, gt=0)
    recall: float = Field(default=0.97, gt=0, le=1)
    around_m: float = Field(default=40.0, gt=0)
    visit_ends_s: float = Field(default=600.0, gt=0)
    save_every_s: float = Field(default=20.0, gt=0)
    enter_certainty: float = Field(default=0.9, ge=0, le=1)
    stay_certainty: float = Field(default=0.7, ge=0, le=1)
    dwell_s: float = Field(default=8.0, ge=0)
    gap_s: float = Field(default=5.0, gt=0)
    same_within_m: float = Field(default=40.0, gt=0)
    forget_s: float = Field(default=600.0, gt=0)


class ChangeSinceVisit:
    """Fires once for each thing, or herd, that is new."""

    def __init__(self, settings: ChangeSettings) -> None:
        self._settings = settings
        self._episodes = Episodes(settings)
        self._trails = Trails(lasting_s=settings.over_s, gap_s=settings.gap_s)
        self._visits = Visits(
            settings.memory,
            ends_after_s=settings.visit_ends_s,
            lasts_s=settings.over_s + settings.dwell_s,
        )
        self._grids: dict[str, Grid] = {}
        self._saved_s = -math.inf

    def observe(self, scene: Scene) -> list[Finding]:
        """What has newly been found to be new."""
        if not scene.zones.still_areas:
            return []
        things = scene.seen(frozenset(self._settings.classes))
        self._trails.add(things, scene.now_s, patience_s=scene.patience_s)
        plane = scene.plane or NOWHERE
        candidates = [
            candidate
            for area in scene.zones.still_areas
            for candidate in self._in_area(scene, area, plane, things)
        ]
        fired = self._episodes.observe(candidates, scene.now_s, patience_s=scene.patience_s)
        self._save(scene.now_s)
        return [
            found(
                candidate,
                episode,
                kind=EventKind.CHANGE_SINCE_VISIT,
                severity=Severity.NOTICE,
                explanation=_explanation(
                    candidate, episode.certainty, self._last(candidate, plane)
                ),
            )
            for candidate, episode in fired
        ]

    def _last(self, candidate: Candidate, plane: LocalPlane) -> datetime | None:
        """When the place was looked at last, before this visit."""
        (stood,) = _stood([candidate.tracks[0]], plane)
        visit = self._visits.before(stood.cell)
        return None if visit is None else visit.at

    def _save(self, now_s: float) -> None:
        if not 0.0 <= now_s - self._saved_s < self._settings.save_every_s:
            self._visits.save()
            self._saved_s = now_s

    def _in_area(
        self, scene: Scene, area: Zone, plane: LocalPlane, things: list[Track]
    ) -> list[Candidate]:
        if area.id not in self._grids:
            self._grids[area.id] = grid_of(area, plane)
        grid = self._grids[area.id]
        self._visits.look(self._looked_at(scene, grid), scene.now_s, scene.utc)
        if not things:
            return []
        candidates = []
        shares = probability_within(area.shape, *places(things))
        standing = [
            (things[index], float(shares[index]))
            for index in np.flatnonzero(shares > 0.0).tolist()
            if slowness(self._trails, things[index], self._settings.max_speed_m_s) >= 0.5
        ]
        where = _stood([thing for thing, _ in standing], plane)
        for (thing, share), stood in zip(standing, where, strict=True):
            certainty = share * self._settings.recall * self._new(thing, stood, grid, plane)
            self._visits.put(thing.track_id, stood)
            if certainty >= self._settings.stay_certainty:
                candidates.append(candidate_of(thing, certainty, zone=area.id))
        return together(candidates, within_m=self._settings.same_within_m)

    def _looked_at(self, scene: Scene, grid: Grid) -> set[tuple[int, int]]:
        if scene.view_en is not None:
            return grid.within(scene.view_en)
        seen = [each.en_m for each in scene.tracks if each.seen_now]
        return grid.near(np.array(seen).reshape(-1, 2), self._settings.around_m)

    def _new(self, thing: Track, stood: Stood, grid: Grid, plane: LocalPlane) -> float:
        """The probability that nothing of its kind stood here before, where that was looked at."""
        if self._visits.before(stood.cell) is None:
            return 0.0
        match_m = self._match_m(thing)
        around = grid.near(thing.en_m[None], match_m + 3.0 * stood.sigma_m + 40.0)
        shares = [
            probability_above(
                match_m,
                float(np.hypot(*(plane.en(other.place) - thing.en_m))),
                math.hypot(stood.sigma_m, other.sigma_m),
            )
            for other in self._visits.stood_before(stood.kind, around)
        ]
        return min(shares, default=1.0)

    def _match_m(self, thing: Track) -> float:
        herd = KIND[thing.object_class].name == "animal"
        return self._settings.herd_match_m if herd else self._settings.match_m


def _stood(things: list[Track], plane: LocalPlane) -> list[Stood]:
    if not things:
        return []
    told = []
    for thing, (latitude_deg, longitude_deg) in zip(
        things, plane.geo_from_en([thing.en_m for thing in things]).tolist(), strict=True
    ):
        place = GeoPoint(latitude_deg=latitude_deg, longitude_deg=longitude_deg)
        sigma_m = math.sqrt(float(thing.covariance_m2.trace()) / 2.0)
        told.append(Stood(KIND[thing.object_class].name, place, sigma_m, cell_of(place)))
    return told


def _explanation(candidate: Candidate, certainty: float, last: datetime | None) -> Explanation:
    percent, count = round(100 * certainty), len(candidate.tracks)
    kk, ru, en = NAMES[candidate.tracks[0].object_class]
    if count > 1:
        kk, ru, en = f"{kk}, саны {count}", f"{ru}, количество {count}", f"{en}, count {count}"
    at = "" if last is None else f" ({last.astimezone(UTC):%Y-%m-%d %H:%M} UTC)"
    return Explanation(
        kk=f"Алдыңғы ұшуда{at} мұнда болмаған нысан тұр: {kk}, ықтималдығы {percent} %.",
        ru=f"Здесь стоит то, чего в прошлый облёт{at} не было: {ru}, вероятность {percent} %.",
        en=f"Here stands what was not here at the last visit{at}: {en}, "
        f"with {percent} % probability.",
    )
