"""Counts objects over a flight: feed it every frame's tracks, ask it at any time."""

from collections import Counter as Tally
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from onboard.count.estimate import Estimate, Found, estimated
from onboard.count.individual import Individual, merged_in, places, side_table
from onboard.count.linking import Linked, chains, linked
from onboard.count.looking import looked, looks_at
from onboard.count.odds import NEAR_S, possible
from onboard.count.settings import CountSettings
from onboard.messages import ObjectClass
from onboard.rules import herds
from onboard.track.kinds import ANIMAL, PERSON, Kind
from onboard.track.looks import Looks
from onboard.track.track import Array, Track
from onboard.track.view_area import inside

FORGET_EVERY_S = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How many of one kind there are, within a gathering or in all that was seen.

    `object_class` is what most of them are; `tracks` how many tracks there were and `linked` how
    many of these are of an object that another track had told of; `en_m` (2,) the middle of them,
    and `radius_m` holds nine in ten; `track_ids` are those of all their tracks.
    """

    object_class: ObjectClass
    estimate: Estimate
    tracks: int
    linked: int
    en_m: Array
    radius_m: float
    track_ids: frozenset[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """All kinds, and the crowds and herds among them, largest first."""

    kinds: tuple[Count, ...]
    gatherings: tuple[Count, ...]


class Counter:
    """Call `observe` with each frame's tracks, in order of time, and `counted` when asked.

    Time that goes back means that the vehicle has booted again: everything is forgotten.
    """

    def __init__(self, settings: CountSettings | None = None) -> None:
        self.settings = settings or CountSettings()
        self._forget_all()

    def _forget_all(self) -> None:
        self._individuals: dict[int, Individual] = {}
        self._looks = Looks(remember_s=self.settings.remember_s)
        self._now_s = self._forgot_s = -float("inf")
        self._view: Array | None = None
        self._judged: Linked | None = None

    def observe(self, t_s: float, tracks: Sequence[Track], view_en: Array | None = None) -> None:
        """Take in a frame; `view_en` (k, 2) is the convex outline of what it shows."""
        if t_s < self._now_s:
            self._forget_all()
        self._now_s = t_s
        self._looks.saw(t_s, view_en)
        self._view, self._judged = view_en, None
        in_view = inside(view_en, places(list(tracks)))
        for track, could in zip(tracks, in_view.tolist(), strict=True):
            self._individual(track).told(track, could=could)
        seen = [track for track in tracks if track.seen_now]
        for track, merged in zip(seen, merged_in(seen), strict=True):
            self._individuals[track.track_id].saw(track, merged)
        self._forget()

    def counted(self) -> Counted:
        """How many there are of each kind in all that was seen so far."""
        found = list(self._individuals.values())
        judged = self._linked(found)
        objects = chains(judged.before)
        kinds = tuple(
            self._count(found, judged, members) for members in _by_kind(found, objects).values()
        )
        gatherings = [
            self._count(found, judged, members)
            for kind, members in _by_kind(found, objects).items()
            for members in self._gathered(found, kind, members)
        ]
        gatherings.sort(key=lambda each: -each.estimate.count)
        return Counted(kinds=kinds, gatherings=tuple(gatherings))

    def objects(self) -> list[list[int]]:
        """Tracks by object in the likeliest whole, each object's in the order of time."""
        names = list(self._individuals)
        judged = self._linked(list(self._individuals.values()))
        return [[names[row] for row in chain] for chain in chains(judged.before)]

    def _individual(self, track: Track) -> Individual:
        known = self._individuals.get(track.track_id)
        if known is None:
            before_s = track.first_seen_s - NEAR_S
            shown = self._looks.seen_before(track.en_m[None], before_s)
            known = Individual(
                began=track, ended=track, view=self._view, shown_before=bool(shown[0])
            )
            self._individuals[track.track_id] = known
        return known

    def _forget(self) -> None:
        """What was seen too long ago, and the oldest where there are too many."""
        oldest_s = self._now_s - self.settings.remember_s
        too_many = len(self._individuals) - self.settings.remember_at_most
        if too_many <= 0 and self._now_s - self._forgot_s < FORGET_EVERY_S:
            return
        self._forgot_s = self._now_s
        by_age = sorted(self._individuals.items(), key=lambda each: each[1].ended.last_seen_s)
        for index, (name, each) in enumerate(by_age):
            if index < too_many or each.ended.last_seen_s < oldest_s:
                del self._individuals[name]

    def _linked(self, found: list[Individual]) -> Linked:
        """Which tracks are one object, judged once for all that was seen until now."""
        if self._judged is None:
            pairs = possible(found, self.settings, looks_known=self._looks.known)
            self._judged = linked(pairs, len(found))
        return self._judged

    def _gathered(
        self, found: list[Individual], kind: Kind, objects: list[list[int]]
    ) -> list[list[list[int]]]:
        """Objects by crowd or herd; of other kinds there are none."""
        within_m = {PERSON: self.settings.crowd_m, ANIMAL: self.settings.herd_m}.get(kind)
        if within_m is None:
            return []
        en_m = np.array([found[chain[-1]].ended.en_m for chain in objects])
        return [
            [objects[index] for index in members]
            for members in herds.linked(en_m, within_m)
            if len(members) >= self.settings.least_gathering
        ]

    def _count(self, found: list[Individual], judged: Linked, objects: list[list[int]]) -> Count:
        rows = [row for chain in objects for row in chain]
        members = [found[row] for row in rows]
        sides_px = np.array([each.side_px for each in members])
        looks = self._looks_at(found, rows, objects)
        settings = self.settings
        estimate = estimated(
            Found(
                real=np.array([each.real() for each in members]),
                fresh=judged.fresh[rows],
                merged=np.array([each.merged_mean for each in members]),
                recall=side_table(settings.recall_by_side_px, sides_px, settings.recall),
                false_share=side_table(settings.false_by_side_px, sides_px, settings.false_share),
                looks=looks[:, 0],
                clean=looks[:, 1],
                found=looks[:, 2],
            ),
            settings,
        )
        en_m = np.array([found[chain[-1]].ended.en_m for chain in objects])
        middle = np.median(en_m, axis=0)
        return Count(
            object_class=Tally(each.object_class for each in members).most_common(1)[0][0],
            estimate=estimate,
            tracks=len(rows),
            linked=len(rows) - len(objects),
            en_m=middle,
            radius_m=float(np.percentile(np.hypot(*(en_m - middle).T), 90.0)),
            track_ids=frozenset(each.began.track_id for each in members),
        )

    def _looks_at(
        self, found: list[Individual], rows: list[int], objects: list[list[int]]
    ) -> Array:
        """Looks, clean ones and finds of each object, (n, 3)."""
        told = looked([found[row] for row in rows])
        ends, told_of = np.cumsum([len(chain) for chain in objects]), []
        for chain, end in zip(objects, ends.tolist(), strict=True):
            began_en = found[chain[0]].began.en_m
            its_rows = range(end - len(chain), end)
            told_of.append(looks_at(its_rows, told, began_en, self._looks, self.settings))
        return np.array(told_of)


def _by_kind(found: list[Individual], objects: list[list[int]]) -> dict[Kind, list[list[int]]]:
    kinds: dict[Kind, list[list[int]]] = {}
    for chain in objects:
        kinds.setdefault(found[chain[-1]].kind, []).append(chain)
    return kinds
