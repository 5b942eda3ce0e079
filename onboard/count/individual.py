"""What counting keeps of each track: where it began and ended, and how well it was seen."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from onboard.messages import ObjectClass
from onboard.track.kinds import KIND, Kind
from onboard.track.track import Array, Track

# Two boxes of one size overlap by half (what detectors take for one object) when the middle of one
# lies within this share of the other's area about its middle.
MERGED_SHARE = 4.0 * (1.0 / 3.0 - 2.0 / 3.0 * math.log(1.5))
NEAR_SIDES = 2.5
DENSEST = 0.9


@dataclass(slots=True, kw_only=True)
class Individual:
    """One track, from its first frame to its last.

    `began` and `ended` are the track as it was told first and when it was seen last; `chances` are
    the frames in which it could have been seen, `boxes` those in which it was, `merged` the sum
    over these of how many more objects its box must have swallowed, `side_px` the mean root of its
    box's area. `shown_before`: the place where it began was in the picture before; `view` (k, 2) is
    what the picture showed then.
    """

    began: Track
    ended: Track
    chances: int = 0
    merged: float = 0.0
    side_px: float = 0.0
    boxes: int = 0
    shown_before: bool = False
    view: Array | None = None

    @property
    def object_class(self) -> ObjectClass:
        """What it was taken for in the end."""
        return self.ended.object_class

    @property
    def kind(self) -> Kind:
        """How it behaves."""
        return KIND[self.object_class]

    @property
    def merged_mean(self) -> float:
        """How many more objects are in its box."""
        return self.merged / max(1, self.boxes)

    def told(self, track: Track, *, could: bool) -> None:
        """Take in a frame that told of it; `could` it have been seen there?"""
        self.chances += could or track.seen_now
        if track.last_seen_s > self.ended.last_seen_s:
            self.ended = track

    def saw(self, track: Track, merged: float) -> None:
        """Take in a frame in which it was seen."""
        assert track.box is not None
        left, top, right, bottom = track.box
        self.ended = track
        self.boxes += 1
        self.merged += merged
        side_px = math.sqrt(max(0.0, (right - left) * (bottom - top)))
        self.side_px += (side_px - self.side_px) / self.boxes

    def real(self) -> float:
        """The probability that it is no chain of chance detections.

        Those are seen as often as it takes to be believed, and then never again; objects are seen
        in most frames. Both ways of being seen are beta-binomial: objects in three of four frames,
        give or take a lot, chance ones in one of forty.
        """
        # Who is shown few of the tracker's frames knows of few that missed it.
        seen = min(self.ended.sightings, self.boxes + 1)
        missed = max(0, self.chances - self.boxes)
        objects = _log_beta(seen + 3.0, missed + 1.0) - _log_beta(3.0, 1.0)
        chance = _log_beta(seen + 0.5, missed + 20.0) - _log_beta(0.5, 20.0)
        return 1.0 / (1.0 + CHANCE_ODDS * math.exp(min(50.0, chance - objects)))


# What is confirmed at all is most often something.
CHANCE_ODDS = 0.15


def merged_in(tracks: list[Track]) -> list[float]:
    """How many more objects each seen track's box is likely to have swallowed.

    A detector tells no second object within a part of a box. Objects strewn with a density that
    puts `x` of them in that part are then seen thinned as Matern's process of the second kind is:
    of `-ln(1 - x)` one way round, `x` the other.
    """
    boxes = np.array([track.box for track in tracks], dtype=np.float64).reshape(-1, 4)
    middles, sides = (boxes[:, :2] + boxes[:, 2:]) / 2.0, boxes[:, 2:] - boxes[:, :2]
    near = np.abs(middles[:, None] - middles[None]) <= NEAR_SIDES * sides[:, None]
    neighbours = near.all(axis=2).sum(axis=1) - 1
    # In boxes' areas, around a box whose own swallowed part is free of others by its making.
    free = (2.0 * NEAR_SIDES) ** 2 - MERGED_SHARE
    x = np.clip(neighbours / free * MERGED_SHARE, 1e-9, DENSEST)
    more: Array = -np.log1p(-x) / x - 1.0
    return [float(each) for each in more]


def side_table(table: tuple[tuple[float, float], ...], sides_px: Array, otherwise: float) -> Array:
    """A share by size, (n,): between the table's rows by straight lines, beyond them level."""
    if not table:
        return np.full(len(sides_px), otherwise)
    sides, shares = zip(*table, strict=True)
    return np.asarray(np.interp(sides_px, sides, shares), dtype=np.float64)


def places(tracks: Sequence[Track]) -> npt.NDArray[np.float64]:
    """Places (n, 2)."""
    return np.array([track.en_m for track in tracks]).reshape(-1, 2)


def _log_beta(a: float, b: float) -> float:
    return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)
