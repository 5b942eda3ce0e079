"""Whether the ground station sees and reaches the vehicle all the way.

Radio waves bend towards the ground: the earth is taken to be 4/3 as large as it is (ITU-R P.452).
The line is held against the terrain, sampled at least as finely as its posts stand; without
terrain the ground is level with home, and only the earth's bulge can hide anything.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from missions.checks.around.part import Spot, Track
from missions.checks.finding import Finding, error, warning
from missions.geodesy import GeoPoint
from missions.heights import HeightAboveGround
from missions.terrain.surface import NoGround, Terrain

Array = npt.NDArray[np.float64]

EARTH_RADIUS_M = 6_371_000.0
RADIO_RADIUS_M = EARTH_RADIUS_M * 4.0 / 3.0
TRACK_STEP_M = 50.0
SIGHT_STEP_M = 30.0
# Lines of sight held against the terrain at once.
MOST_SAMPLES = 2_000_000
# Nearer to the antenna than this, its own height over the post is all that counts.
NEAR_M = 1.0
ANTENNA = HeightAboveGround(2.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Station:
    """Where the antenna of the ground station stands, or the operator's eyes are."""

    place: GeoPoint
    height: HeightAboveGround = ANTENNA


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """The flight in samples; hidden by how much, metres, 0 or less where it is seen."""

    spots: list[tuple[int, Spot]]
    distance_m: Array
    hidden_m: Array


def link_findings(
    track: Track, station: Station, terrain: Terrain | None, range_m: float | None
) -> list[Finding]:
    """Where the vehicle is beyond the link's range, and where something hides it."""
    seen = _look(track, station, terrain)
    found = [] if range_m is None else _too_far(track, seen, range_m)
    return found + _hidden(track, seen, terrain)


def _look(track: Track, station: Station, terrain: Terrain | None) -> _Seen:
    spots = _spots(track)
    here_east, here_north = track.plane.en(station.place)
    ground = _ground_up(track, station.place, terrain)
    eye = (here_east, here_north, ground + station.height.m)
    ends = np.array([spot for _, spot in spots])
    flat = np.hypot(ends[:, 0] - eye[0], ends[:, 1] - eye[1])
    hidden = _hidden_by(track, eye, ends, flat, terrain)
    return _Seen(spots=spots, distance_m=np.hypot(flat, ends[:, 2] - eye[2]), hidden_m=hidden)


def _spots(track: Track) -> list[tuple[int, Spot]]:
    """Samples of the flight, no part without one."""
    total = sum(part.length_m for part in track.parts)
    step = max(TRACK_STEP_M, total / 4000.0)
    found = []
    for part in track.parts:
        count = max(1, math.ceil(part.length_m / step))
        found += [(part.item, part.at((i + 1) / count)) for i in range(count)]
    return found


def _ground_up(track: Track, place: GeoPoint, terrain: Terrain | None) -> float:
    """The ground above home; level with home where it is not known."""
    found = None if terrain is None else terrain.ground(place)
    if found is None or isinstance(found, NoGround) or not math.isfinite(track.home_amsl_m):
        return 0.0
    return found.height.m - track.home_amsl_m


def _hidden_by(track: Track, eye: Spot, ends: Array, flat: Array, terrain: Terrain | None) -> Array:
    """By how much the worst of the way is above the line of sight to each end, metres."""
    hidden = np.full(len(ends), -math.inf)
    far = np.maximum(1, np.ceil(flat / _step_m(track, terrain))).astype(np.intp)
    begin = 0
    while begin < len(ends):
        end = begin + max(1, int(np.searchsorted(np.cumsum(far[begin:]), MOST_SAMPLES)))
        part = slice(begin, end)
        hidden[part] = _of_some(track, eye, ends[part], flat[part], far[part], terrain)
        begin = end
    return hidden


def _step_m(track: Track, terrain: Terrain | None) -> float:
    if terrain is None:
        return 10.0 * SIGHT_STEP_M
    origin = track.plane.origin
    near = terrain.near(np.array([origin.latitude_deg]), np.array([origin.longitude_deg]))
    return min((tile.grid.spacing_m for tile in near), default=SIGHT_STEP_M)


def _of_some(
    track: Track,
    eye: Spot,
    ends: Array,
    flat: Array,
    counts: npt.NDArray[np.intp],
    terrain: Terrain | None,
) -> Array:
    which = np.repeat(np.arange(len(ends)), counts)
    first = np.cumsum(counts) - counts
    share = (np.arange(which.size) - first[which] + 0.5) / counts[which]
    spots = np.array(eye) + share[:, None] * (ends[which] - np.array(eye))
    along = share * flat[which]
    bulge = along * (flat[which] - along) / (2.0 * RADIO_RADIUS_M)
    ground = _grounds_up(track, spots[:, :2], terrain)
    above = ground + bulge - spots[:, 2]
    above[along < NEAR_M] = -math.inf
    worst: Array = np.maximum.reduceat(above, first)
    return worst


def _grounds_up(track: Track, en: Array, terrain: Terrain | None) -> Array:
    """The ground above home at places; level with home where nobody knows it."""
    if terrain is None or not math.isfinite(track.home_amsl_m):
        return np.zeros(len(en))
    geo = track.plane.geo_from_en(en)
    found = terrain.grounds(geo[:, 0], geo[:, 1]).amsl_m - track.home_amsl_m
    return np.where(np.isfinite(found), found, 0.0)


def _too_far(track: Track, seen: _Seen, range_m: float) -> list[Finding]:
    beyond = np.flatnonzero(seen.distance_m > range_m)
    if not beyond.size:
        return []
    item, spot = seen.spots[int(beyond[0])]
    return [
        error(
            "link-range",
            f"on the way to item {item + 1} the vehicle is beyond the link's {range_m:g} m, at "
            f"most {seen.distance_m.max():.0f} m from the station",
            "fly nearer, or put the station or a relay nearer",
            item=item,
            place=track.place(spot),
        )
    ]


def _hidden(track: Track, seen: _Seen, terrain: Terrain | None) -> list[Finding]:
    # On the ground, at take-off and landing, nobody needs to see it from afar.
    flying = np.array([spot[2] > 1.0 for _, spot in seen.spots])
    behind = np.flatnonzero((seen.hidden_m > 0.0) & flying)
    if not behind.size:
        return []
    worst = int(behind[np.argmax(seen.hidden_m[behind])])
    item, spot = seen.spots[int(behind[0])]
    by = "the terrain" if terrain is not None else "the earth's bulge"
    share = behind.size / max(1, int(flying.sum()))
    return [
        warning(
            "line-of-sight",
            f"{by} hides the vehicle from the station on {share:.0%} of the flight, first on the "
            f"way to item {item + 1}; {seen.hidden_m[worst]:.0f} m are lacking at worst",
            "raise the antenna, move the station, or fly higher there",
            item=item,
            place=track.place(spot),
        )
    ]
