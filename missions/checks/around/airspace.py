"""A flight held against zones of airspace: where it is within one, at a height and time that count.

A height above ground is compared with the terrain below, every 10 m; without terrain the ground is
taken to be level with home, which the finding says. What cannot be compared counts as within.
"""

import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np
import numpy.typing as npt
from shapely.geometry.base import BaseGeometry

from missions.airspace.applicability import Span, applies
from missions.airspace.zone import Airspace, Limit, Restriction, Volume, Zone
from missions.checks.around.crossing import Crossing, crossings
from missions.checks.around.part import Kind, Part, Spot, Track
from missions.checks.finding import Finding, Severity, warning
from missions.geodesy import GeoPoint
from missions.heights import HeightAboveGround, HeightAmsl
from missions.terrain.surface import Terrain

Array = npt.NDArray[np.float64]

STEP_M = 10.0
# How well the predicted flight is known.
CURVES_KNOWN_M = 1.0
TOLERANCE_M = 0.01
# Over the earth the geoid is 107 m below the ellipsoid to 86 m above it (EGM96).
GEOID_LOWEST_M, GEOID_HIGHEST_M = -107.0, 86.0
RULES = {
    Restriction.PROHIBITED: ("airspace-prohibited", Severity.ERROR),
    Restriction.REQUIRES_AUTHORISATION: ("airspace-authorisation", Severity.ERROR),
    Restriction.CONDITIONAL: ("airspace-conditional", Severity.WARNING),
    Restriction.U_SPACE: ("airspace-u-space", Severity.WARNING),
}
PROPOSALS = {
    Restriction.PROHIBITED: "fly round it, or below or above it",
    Restriction.REQUIRES_AUTHORISATION: "obtain the authorisation, or fly round it",
    Restriction.CONDITIONAL: "see that its condition is met, or fly round it",
    Restriction.U_SPACE: "subscribe to the U-space services, or fly round it",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Incursion:
    """Where a flight is within a zone: the crossings of its outlines at heights that count."""

    zone: Zone
    shapes: tuple[BaseGeometry, ...]
    crossings: tuple[Crossing, ...]


def airspace_findings(
    track: Track,
    airspaces: Sequence[Airspace],
    *,
    at: datetime | None,
    authorised: frozenset[str],
    terrain: Terrain | None,
    return_height_m: float,
    curves: Track | None = None,
) -> list[Finding]:
    """One finding for each zone that the flight is within, errors where it must not be, or that
    only its `curves` are; then one for each that a return by failsafe would cross."""
    found = [
        one for airspace in airspaces for one in (*_out_of_date(airspace, at), *_left_out(airspace))
    ]
    zones = [zone for airspace in airspaces for zone in airspace.zones]
    entered = incursions(track, zones, at=at, authorised=authorised, terrain=terrain)
    found += [_finding(track, one, at, terrain) for one in entered]
    if curves is not None:
        left = [zone for zone in zones if not any(one.zone is zone for one in entered)]
        swung = incursions(
            curves, left, at=at, authorised=authorised, terrain=terrain, deeper_m=CURVES_KNOWN_M
        )
        found += [_finding(curves, one, at, terrain) for one in swung]
    home = _returns(track, return_height_m)
    crossed = incursions(home, zones, at=at, authorised=authorised, terrain=terrain)
    return found + [
        _on_the_way_home(home, one)
        for one in crossed
        if RULES[one.zone.restriction][1] is Severity.ERROR
    ]


def _returns(track: Track, return_height_m: float) -> Track:
    """PX4's return from the end of every leg: straight home, no lower than its height; each piece
    of another way once."""
    ways, known = [], set[tuple[Spot, Spot]]()
    for part in track.parts:
        east, north, up = part.end
        if part.kind is not Kind.LEG or part.returning or math.hypot(east, north) <= STEP_M:
            continue
        high = max(up, return_height_m)
        spots = [(east, north, high), (0.0, 0.0, high)]
        if track.homeward is not None:
            spots = track.homeward.spots(part.end, part.item)
        for start, end in itertools.pairwise(spots):
            if start[:2] != end[:2] and (start, end) not in known:
                known.add((start, end))
                ways.append(replace(part, start=start, end=end))
    return replace(track, parts=tuple(ways))


def _on_the_way_home(home: Track, one: Incursion) -> Finding:
    ways = {crossing.part for crossing in one.crossings}
    first = min(one.crossings, key=lambda crossing: (crossing.part, crossing.enters))
    part = home.parts[first.part]
    return warning(
        "airspace-failsafe-return",
        f"a return home from {len(ways)} of {len(home.parts)} waypoints, first item "
        f"{part.item + 1}, would cross {one.zone.title}, {_what(one.zone)}",
        "add a rally point on this side, or fly where home can be reached",
        item=part.item,
        place=_place(home, part, first.enters),
    )


def incursions(
    track: Track,
    zones: Iterable[Zone],
    *,
    at: datetime | None,
    authorised: frozenset[str] = frozenset(),
    terrain: Terrain | None = None,
    deeper_m: float = 0.0,
) -> list[Incursion]:
    """The zones that a flight is within when they apply, those that allow it left out; only where
    it is `deeper_m` within."""
    asked = [zone for zone in zones if _restricts(zone, authorised)]
    if not asked or not track.parts:
        return []
    bounds = _bounds_deg(track)
    pairs = [(zone, volume) for zone in asked for volume in zone.volumes if _near(bounds, volume)]
    shapes = [volume.shape(track.plane) for _, volume in pairs]
    if deeper_m:
        shapes = [shape.buffer(-deeper_m) for shape in shapes]
    found: dict[int, Incursion] = {}
    for one in crossings(track, shapes):
        zone, volume = pairs[one.outline]
        if not _applies(zone, track, at) or not _at_height(track, one, volume, terrain):
            continue
        known = found.get(id(zone), Incursion(zone=zone, shapes=(), crossings=()))
        found[id(zone)] = Incursion(
            zone=zone,
            shapes=(*known.shapes, shapes[one.outline]),
            crossings=(*known.crossings, one),
        )
    return list(found.values())


def _restricts(zone: Zone, authorised: frozenset[str]) -> bool:
    return zone.restriction in RULES and (
        zone.restriction is Restriction.PROHIBITED or zone.identifier not in authorised
    )


def _near(bounds: tuple[float, float, float, float], volume: Volume) -> bool:
    """Whether the bounds of a volume meet those of the flight, in degrees."""
    south, north, west, east = volume.bounds_deg
    low_lat, high_lat, low_lon, high_lon = bounds
    if south > high_lat or north < low_lat:
        return False
    return any(west + turn <= high_lon and east + turn >= low_lon for turn in (-360.0, 0.0, 360.0))


def _bounds_deg(track: Track) -> tuple[float, float, float, float]:
    spots = np.array([spot[:2] for part in track.parts for spot in (part.start, part.end)])
    (west, south), (east, north) = spots.min(axis=0) - 10.0, spots.max(axis=0) + 10.0
    corners = track.plane.geo_from_en(
        [(west, south), (west, north), (east, south), (east, north), (west, 0.0), (east, 0.0)]
    )
    centre = track.plane.origin.longitude_deg
    longitudes = (corners[:, 1] - centre + 180.0) % 360.0 - 180.0 + centre
    latitudes = corners[:, 0]
    return latitudes.min(), latitudes.max(), longitudes.min(), longitudes.max()


def _applies(zone: Zone, track: Track, at: datetime | None) -> bool:
    if at is None:
        return True
    span = Span(start=at, end=at + timedelta(seconds=min(track.duration_s, 86_400.0)))
    return applies(zone.periods, span, track.plane.origin)


def _at_height(track: Track, one: Crossing, volume: Volume, terrain: Terrain | None) -> bool:
    """Whether the vehicle is between a volume's limits somewhere on a crossing."""
    if volume.lower is None and volume.upper is None:
        return True
    part = track.parts[one.part]
    count = max(1, math.ceil(one.length_m(track) / STEP_M))
    shares = one.enters + (one.leaves - one.enters) * np.arange(count + 1) / count
    spots = np.array([part.at(share) for share in shares.tolist()])
    ground = _ground_up(track, spots, terrain)
    lower = _level(volume.lower, ground, track, low=True)
    upper = _level(volume.upper, ground, track, low=False)
    over, under = spots[:, 2] - lower - TOLERANCE_M, upper + TOLERANCE_M - spots[:, 2]
    # Between two samples it may pass through a thin layer.
    above = np.maximum(over[:-1], over[1:]) > 0.0
    below = np.maximum(under[:-1], under[1:]) >= 0.0
    return bool((above & below).any())


def _ground_up(track: Track, spots: Array, terrain: Terrain | None) -> Array:
    """The ground above home; NaN where tiles do not know it, 0 without any."""
    if terrain is None or not math.isfinite(track.home_amsl_m):
        return np.zeros(len(spots))
    geo = track.plane.geo_from_en(spots[:, :2])
    return terrain.grounds(geo[:, 0], geo[:, 1]).amsl_m - track.home_amsl_m


def _level(limit: Limit | None, ground: Array, track: Track, *, low: bool) -> Array:
    """A limit above home at each sample; open where it cannot be told."""
    opened = -math.inf if low else math.inf
    if limit is None:
        return np.full(len(ground), opened)
    if isinstance(limit, HeightAboveGround):
        level = ground + limit.m
        # A zone from the ground up holds whatever is on the ground, too.
        level = np.full(len(ground), opened) if low and limit.m <= 0.0 else level
    else:
        # Above the ellipsoid, the level surface may be either way: the wider one is taken.
        geoid = GEOID_HIGHEST_M if low else GEOID_LOWEST_M
        off = 0.0 if isinstance(limit, HeightAmsl) else geoid
        level = np.full(len(ground), limit.m - off - track.home_amsl_m)
    return np.where(np.isfinite(level), level, opened)


def _out_of_date(airspace: Airspace, at: datetime | None) -> list[Finding]:
    if at is None:
        return []
    late = airspace.valid_to is not None and at > airspace.valid_to
    early = airspace.valid_from is not None and at < airspace.valid_from
    if not (late or early):
        return []
    bound = airspace.valid_to if late else airspace.valid_from
    assert bound is not None
    what = "was valid until" if late else "is valid from"
    text = f"{airspace.file or 'the file of zones'} {what} {bound:%Y-%m-%d %H:%M %Z}"
    return [warning("airspace-out-of-date", text, "fetch the zones that hold at the flight's time")]


def _left_out(airspace: Airspace) -> list[Finding]:
    if not airspace.notes:
        return []
    more = f", and {len(airspace.notes) - 1} more" if len(airspace.notes) > 1 else ""
    text = f"{airspace.file or 'the file of zones'}: {airspace.notes[0]}{more}"
    return [warning("airspace-left-out", text, "see what they are meant to cover")]


def _finding(track: Track, one: Incursion, at: datetime | None, terrain: Terrain | None) -> Finding:
    zone = one.zone
    rule, severity = RULES[zone.restriction]
    parts = sorted({crossing.part for crossing in one.crossings})
    first = min(one.crossings, key=lambda crossing: (crossing.part, crossing.enters))
    part = track.parts[first.part]
    more = f", as on {len(parts) - 1} other parts of the flight" if len(parts) > 1 else ""
    said = "; ".join((*_doubts(zone, one, at, terrain, track), *_in_its_words(zone)))
    return Finding(
        severity=severity,
        rule=rule,
        message=f"{part.name} is within {zone.title}, {_what(zone)}{more}{said and f' ({said})'}",
        proposal=PROPOSALS[zone.restriction] + (f": ask {zone.asked}" if zone.asked else ""),
        item=part.item,
        place=_place(track, part, first.enters),
    )


def _what(zone: Zone) -> str:
    reasons = ", ".join(reason.lower().replace("_", " ") for reason in zone.reasons)
    return f"{zone.restriction.value}{f' because of {reasons}' if reasons else ''}"


def _place(track: Track, part: Part, share: float) -> GeoPoint:
    return track.place(part.at(share))


def _in_its_words(zone: Zone) -> list[str]:
    words = [text for text in (zone.conditions, zone.message) if text]
    return [text if len(text) <= 160 else f"{text[:157]}..." for text in words]


def _doubts(
    zone: Zone, one: Incursion, at: datetime | None, terrain: Terrain | None, track: Track
) -> list[str]:
    """What was not known, and how it was taken."""
    doubts = []
    if zone.periods and at is None:
        doubts.append("it applies at times: say when the flight is")
    limits = [limit for volume in zone.volumes for limit in (volume.lower, volume.upper) if limit]
    above_ground = any(isinstance(limit, HeightAboveGround) and limit.m > 0.0 for limit in limits)
    above_sea = any(not isinstance(limit, HeightAboveGround) for limit in limits)
    if above_ground and terrain is None:
        doubts.append("the ground is taken to be level with home")
    if above_sea and not math.isfinite(track.home_amsl_m):
        doubts.append("home's height above sea level is not known")
    return doubts
