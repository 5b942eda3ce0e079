"""How often each object was looked at, and in how many of those looks it was found."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from onboard.count.individual import Individual, places
from onboard.count.odds import lost
from onboard.count.settings import CountSettings
from onboard.track.looks import Looks, intervals
from onboard.track.track import Array
from onboard.track.wandering import drift_sigma_m

# What moved farther while it was seen is nowhere to be looked for.
SETTLED_M, GOES = 5.0, 0.5
# Nearer to the picture's edge than this nothing is expected to be found; nearer to another object
# than this, one may be taken for the other.
EDGE_M, CONFUSED_M = 2.0, 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """Tracks, a row each: where they ended, from when to when they were seen, and whether they go
    their way.
    """

    en_m: Array
    first_s: Array
    last_s: Array
    goes: Array


def looked(tracks: Sequence[Individual]) -> Looked:
    """The rows of tracks."""
    ended = [each.ended for each in tracks]
    return Looked(
        en_m=places(ended),
        first_s=np.array([each.began.first_seen_s for each in tracks]),
        last_s=np.array([each.last_seen_s for each in ended]),
        goes=lost(ended).ways()[:, 2],
    )


def looks_at(
    chain: Sequence[int], rows: Looked, began_en: Array, looks: Looks, settings: CountSettings
) -> tuple[int, int, int]:
    """How many looks there were at where an object was, whose tracks are rows of a chain; how many
    of these without any other near that it could be confused with, and in how many of those it was
    found. `began_en` (2,) is where its first track began.
    """
    first, last = chain[0], chain[-1]
    en_m = rows.en_m[last]
    settled = np.hypot(*(en_m - began_en)) <= SETTLED_M and rows.goes[last] < GOES
    if not looks.known or not settled:
        return len(chain), 0, 0
    shown_s = looks.times(en_m, EDGE_M)
    runs = intervals(shown_s, apart_s=settings.new_look_after_s, least_s=settings.least_look_s)
    if len(runs) < 2:
        return max(len(chain), len(runs)), 0, 0
    apart_m = np.hypot(*(rows.en_m - en_m).T)
    apart_m[list(chain)] = np.inf
    clean = found = 0
    for begin_s, end_s in runs:
        away_s = max(0.0, rows.first_s[first] - end_s, begin_s - rows.last_s[last])
        room_m = CONFUSED_M + 2.0 * float(drift_sigma_m(np.array(away_s)))
        in_it = (rows.first_s <= end_s) & (rows.last_s >= begin_s)
        if (in_it & (apart_m <= room_m)).any():
            continue
        if len(looks.times(en_m, room_m, begin_s, end_s)):
            clean += 1
            found += bool(in_it[list(chain)].any())
    return max(len(chain), len(runs)), clean, found
