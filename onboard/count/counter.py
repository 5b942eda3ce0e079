"""Counts objects over a flight: feed it every frame's tracks, ask it at any time."""

from collections import Counter as Tally
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from onboard.count.estimate import Estimate, Found, estimated
from onboard.count.individual import Individual, merged_in, places, side_table
from onboard.count.linking import Linked, Pairs, chains, linked
from onboard.count.odds import Odds, lost
from onboard.count.settings import CountSettings
from onboard.messages import ObjectClass
from onboard.rules import herds
from onboard.track.kinds import ANIMAL, PERSON, Kind
from onboard.track.looks import Looks, intervals
from onboard.track.track import Array, Track
from onboard.track.view_area import inside
from onboard.track.wandering import drift_sigma_m

# What moved farther while it was seen is nowhere to be looked for.
SETTLED_M = 5.0
# Nearer to the picture's edge than this nothing is expected to be found; nearer to another object
# than this, one may be taken for the other.
EDGE_M, CONFUSED_M = 2.0, 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How many of one kind there are, within a gathering or in all that was seen.

    `object_class` is what most of them are; `tracks` how many tracks there were and `linked` how
    many of these are of an object that another track had told of; `en_m` (2,) the middle of them,
    and `radius_m` holds nine in ten.
    """

    object_class: ObjectClass
    estimate: Estimate
    tracks: int
    linked: int
    en_m: Array
    radius_m: float


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
        self._odds = Odds(self.settings)
        self._looks = Looks(remember_s=self.settings.remember_s)
        self._now_s = -float("inf")

    def observe(self, t_s: float, tracks: Sequence[Track], view_en: Array | None = None) -> None:
        """Take in a frame; `view_en` (k, 2) is the convex outline of what it shows."""
        if t_s < self._now_s:
            self._forget_all()
        self._now_s = t_s
        self._looks.saw(t_s, view_en)
        in_view = inside(view_en, places(list(tracks)))
        for track, could in zip(tracks, in_view.tolist(), strict=True):
            self._individual(track).chances += could or track.seen_now
        seen = [track for track in tracks if track.seen_now]
        for track, merged in zip(seen, merged_in(seen), strict=True):
            self._individuals[track.track_id].saw(track, merged)
        self._forget()

    def counted(self) -> Counted:
        """How many there are of each kind in all that was seen so far."""
        found = list(self._individuals.values())
        judged = linked(self._pairs(), len(found))
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
        return [
            [names[row] for row in chain]
            for chain in chains(linked(self._pairs(), len(names)).before)
        ]

    def _individual(self, track: Track) -> Individual:
        known = self._individuals.get(track.track_id)
        if known is None:
            known = Individual(began=track, ended=track)
            self._odds.add(known, self._individuals, self._looks)
            self._individuals[track.track_id] = known
        return known

    def _forget(self) -> None:
        """What was seen too long ago, and the oldest where there are too many."""
        settings = self.settings
        too_many = len(self._individuals) - settings.remember_at_most
        oldest_s = self._now_s - settings.remember_s
        if too_many <= 0 and all(
            each.ended.last_seen_s >= oldest_s for each in self._individuals.values()
        ):
            return
        by_age = sorted(self._individuals.items(), key=lambda each: each[1].ended.last_seen_s)
        for index, (name, each) in enumerate(by_age):
            if index < too_many or each.ended.last_seen_s < oldest_s:
                del self._individuals[name]
                self._odds.forget(name)

    def _pairs(self) -> Pairs:
        rows = {name: row for row, name in enumerate(self._individuals)}
        known = [
            (rows[one], rows[other], odds)
            for one, other, odds in self._odds.pairs()
            if one in rows and other in rows and self._may_follow(one, other)
        ]
        earlier, later, odds = zip(*known, strict=True) if known else ((), (), ())
        return Pairs(
            earlier=np.array(earlier, dtype=np.int64),
            later=np.array(later, dtype=np.int64),
            odds=np.array(odds, dtype=np.float64),
        )

    def _may_follow(self, one: int, other: int) -> bool:
        """What was seen again after the other began is not the other."""
        before, after = self._individuals[one], self._individuals[other]
        return before.ended.last_seen_s < after.began.first_seen_s and before.kind is after.kind

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
        looks = np.array(
            [
                self._looks_at(
                    [found[row] for row in chain],
                    [found[row].ended for row in rows if row not in chain],
                )
                for chain in objects
            ]
        )
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
        )

    def _looks_at(self, chain: list[Individual], others: Sequence[Track]) -> tuple[int, int, int]:
        """How many looks there were at where an object was; how many of these without any other
        near that it could be confused with, and in how many of those it was found.
        """
        spans = [(each.began.first_seen_s, each.ended.last_seen_s) for each in chain]
        if not self._looks.known or not _settled(chain):
            return len(chain), 0, 0
        en_m = chain[-1].ended.en_m
        runs = intervals(
            self._looks.times(en_m, EDGE_M),
            apart_s=self.settings.new_look_after_s,
            least_s=self.settings.least_look_s,
        )
        apart_m = np.hypot(*(places(others) - en_m).T)
        clean = found = 0
        for begin, end in runs if len(runs) > 1 else []:
            away_s = max(0.0, spans[0][0] - end, begin - spans[-1][1])
            room_m = CONFUSED_M + 2.0 * float(drift_sigma_m(np.array(away_s)))
            near = [others[index] for index in np.flatnonzero(apart_m <= room_m).tolist()]
            if any(_within(each, begin, end) for each in near):
                continue
            if len(self._looks.times(en_m, room_m, begin, end)):
                clean += 1
                found += any(a <= end and b >= begin for a, b in spans)
        return max(len(chain), len(runs)), clean, found


def _within(track: Track, begin_s: float, end_s: float) -> bool:
    return track.first_seen_s <= end_s and track.last_seen_s >= begin_s


def _settled(chain: list[Individual]) -> bool:
    """Whether it can be told where an object was before and after it was seen."""
    moved_m = np.hypot(*(chain[-1].ended.en_m - chain[0].began.en_m))
    return bool(moved_m <= SETTLED_M and lost([chain[-1].ended]).ways()[0, 2] < 0.5)


def _by_kind(found: list[Individual], objects: list[list[int]]) -> dict[Kind, list[list[int]]]:
    kinds: dict[Kind, list[list[int]]] = {}
    for chain in objects:
        kinds.setdefault(found[chain[-1]].kind, []).append(chain)
    return kinds
