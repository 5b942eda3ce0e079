"""The ground under straight legs, sampled so that nothing between the samples can surprise.

Samples stand at least every 10 m, at least twice between two posts, and wherever a leg crosses a
line of posts. Between two of them the ground is one bilinear cell, a parabola along the leg: its
height half-way says exactly how far it can rise above, or fall below, the chord.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from missions.geodesy import GeoPoint, ecef_from_geodetic, geodetic_from_ecef
from missions.terrain.surface import Answer, Terrain
from missions.terrain.tile import Array, Tile

STEP_M = 10.0
FINEST_STEP_M = 0.5
# Tiles are looked for at this distance: none is smaller.
NEAR_STEP_M = 100.0
# A share of the step: a line of posts this near to a sample needs none of its own.
NO_NEARER = 1e-3
Leg = tuple[GeoPoint, GeoPoint]
Indices = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """The ground under legs, in order of leg and way; shapes are (n,), metres and degrees.

    `starts[i]:starts[i + 1]` are leg i's samples, its ends among them. `amsl_m` is NaN where
    `answers` says that the ground is not known. `rise_m` and `fall_m` bound how far the ground goes
    above and below the straight line between a sample and either of its neighbours.
    """

    starts: Indices
    lengths_m: Array
    distance_m: Array
    latitude_deg: Array
    longitude_deg: Array
    amsl_m: Array
    answers: npt.NDArray[np.int8]
    rise_m: Array
    fall_m: Array

    def of(self, leg: int) -> slice:
        """Where one leg's samples are."""
        return slice(int(self.starts[leg]), int(self.starts[leg + 1]))

    def place(self, sample: int) -> GeoPoint:
        """Where a sample is."""
        return GeoPoint(
            latitude_deg=float(self.latitude_deg[sample]),
            longitude_deg=float(self.longitude_deg[sample]),
        )


def ground_under(legs: Sequence[Leg], terrain: Terrain, *, step_m: float = STEP_M) -> Profile:
    """The ground under straight legs, with samples at most `step_m` apart.

    Raises:
        BadInput: a tile's heights turn out not to be as its format says.
    """
    ends = np.array([[_ecef(a), _ecef(b)] for a, b in legs]).reshape(-1, 2, 3)
    lengths = np.linalg.norm(ends[:, 1] - ends[:, 0], axis=1)
    near = terrain.near(*_degrees(*_evenly(lengths, np.full(len(legs), NEAR_STEP_M)), ends))
    finest = min((tile.grid.spacing_m for tile in near), default=2.0 * STEP_M)
    step = max(FINEST_STEP_M, min(step_m, STEP_M, finest / 2.0))
    which, share = _evenly(lengths, np.full(len(legs), step))
    which, share = _with_crossings(which, share, ends, near)
    latitude, longitude = _degrees(which, share, ends)
    found = terrain.grounds(latitude, longitude)
    bulge = _bulges(which, share, ends, found.amsl_m, terrain)
    return Profile(
        starts=np.searchsorted(which, np.arange(len(legs) + 1)),
        lengths_m=lengths,
        distance_m=share * lengths[which],
        latitude_deg=latitude,
        longitude_deg=longitude,
        amsl_m=found.amsl_m,
        answers=found.answers,
        rise_m=_on_either_side(np.maximum(bulge, 0.0)),
        fall_m=_on_either_side(np.maximum(-bulge, 0.0)),
    )


def first_unknown(profile: Profile) -> int | None:
    """The first sample where the ground is not known."""
    unknown = np.flatnonzero(profile.answers != Answer.KNOWN)
    return int(unknown[0]) if unknown.size else None


def _ecef(place: GeoPoint) -> Array:
    return ecef_from_geodetic(place.latitude_deg, place.longitude_deg, 0.0)


def _evenly(lengths: Array, steps: Array) -> tuple[Indices, Array]:
    """Which leg each sample is on, and its share of the way along it: 0 to 1, ends included."""
    counts = np.maximum(1, np.ceil(lengths / steps)).astype(np.intp) + 1
    which = np.repeat(np.arange(len(lengths)), counts)
    first = np.cumsum(counts) - counts
    share = (np.arange(which.size) - first[which]) / (counts[which] - 1)
    return which, share


def _degrees(which: Indices, share: Array, ends: Array) -> tuple[Array, Array]:
    """Latitudes and longitudes along the chords: the way over the ground that is straight."""
    chord = ends[which, 0] + share[:, None] * (ends[which, 1] - ends[which, 0])
    latitude, longitude, _ = geodetic_from_ecef(chord)
    return latitude, longitude


def _with_crossings(
    which: Indices, share: Array, ends: Array, near: Sequence[Tile]
) -> tuple[Indices, Array]:
    latitude, longitude = _degrees(which, share, ends)
    more_which, more_share = [which], [share]
    for counted in _post_lines(near, latitude, longitude):
        at = np.flatnonzero(
            (np.floor(counted[1:]) != np.floor(counted[:-1])) & (np.diff(which) == 0)
        )
        line = np.maximum(np.floor(counted[at]), np.floor(counted[at + 1]))
        part = (line - counted[at]) / (counted[at + 1] - counted[at])
        between = (part > NO_NEARER) & (part < 1.0 - NO_NEARER)
        at, part = at[between], part[between]
        more_which.append(which[at])
        more_share.append(share[at] + part * (share[at + 1] - share[at]))
    every_which, every_share = np.concatenate(more_which), np.concatenate(more_share)
    order = np.lexsort((every_share, every_which))
    every_which, every_share = every_which[order], every_share[order]
    # A leg over a post itself crosses its row and its column there.
    twice = (np.diff(every_share, prepend=-1.0) < 1e-9) & (np.diff(every_which, prepend=-1) == 0)
    return every_which[~twice], every_share[~twice]


def _post_lines(near: Sequence[Tile], latitude: Array, longitude: Array) -> list[Array]:
    """Rows and columns of the samples in each grid; tiles of one grid give the same lines once."""
    lines: dict[tuple[float, ...], Array] = {}
    for tile in near:
        grid = tile.grid
        rows, columns = grid.row_column(latitude, longitude)
        row_phase = grid.north_deg / grid.row_step_deg % 1.0
        column_phase = grid.west_deg / grid.column_step_deg % 1.0
        lines.setdefault((0.0, round(grid.row_step_deg, 12), round(row_phase, 4) % 1.0), rows)
        key = (1.0, round(grid.column_step_deg, 12), round(column_phase, 4) % 1.0)
        lines.setdefault(key, columns)
    return list(lines.values())


def _bulges(which: Indices, share: Array, ends: Array, amsl_m: Array, terrain: Terrain) -> Array:
    """How far the ground half-way between neighbours is above their middle; 0 between two legs."""
    middle = terrain.grounds(*_degrees(which[:-1], (share[:-1] + share[1:]) / 2.0, ends)).amsl_m
    bulge = middle - (amsl_m[:-1] + amsl_m[1:]) / 2.0
    return np.where((np.diff(which) == 0) & np.isfinite(bulge), bulge, 0.0)


def _on_either_side(between: Array) -> Array:
    padded = np.concatenate(([0.0], between, [0.0]))
    return np.maximum(padded[:-1], padded[1:])
