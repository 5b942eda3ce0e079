"""Where a flight crosses outlines on the map: which parts of it, and from where to where."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry import LineString, MultiPolygon, Point
from shapely.geometry.base import BaseGeometry

from missions.area import Area
from missions.checks.around.part import Part, Track
from missions.checks.zone_index import ZoneIndex
from missions.geodesy import LocalPlane
from missions.patterns.ground import polygons_of

Array = npt.NDArray[np.float64]
# A part that only changes height, and one that touches a border only, are points.
POINT_M = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossing:
    """A part of the flight within an outline, between two shares of its way."""

    outline: int
    part: int
    enters: float
    leaves: float

    def length_m(self, track: Track) -> float:
        """How far it goes within."""
        return (self.leaves - self.enters) * track.parts[self.part].length_m


def crossings(track: Track, outlines: Sequence[BaseGeometry]) -> list[Crossing]:
    """Every part of a flight that lies within an outline, in order of outlines, then of time."""
    if not outlines or not track.parts:
        return []
    index = ZoneIndex([MultiPolygon(polygons_of(one)) for one in outlines])
    legs = np.array([(part.start[:2], part.end[:2]) for part in track.parts])
    pairs = index.legs_touching(legs)
    found = [
        Crossing(outline=outline, part=part, enters=enters, leaves=leaves)
        for part, outline in pairs.tolist()
        for enters, leaves in _within(track.parts[part], outlines[outline])
    ]
    return sorted(found, key=lambda one: (one.outline, one.part, one.enters))


def _within(part: Part, outline: BaseGeometry) -> list[tuple[float, float]]:
    """The shares of a part's way that lie within an outline."""
    length = part.length_m
    if length <= POINT_M:
        return [(0.0, 1.0)] if outline.intersects(Point(part.start[:2])) else []
    line = LineString((part.start[:2], part.end[:2]))
    spans = []
    for piece in shapely.get_parts(line.intersection(outline)):
        if piece.length > POINT_M:
            shares = [line.project(Point(at)) / length for at in piece.coords]
            spans.append((min(shares), max(shares)))
    return _joined(sorted(spans))


def _joined(spans: list[tuple[float, float]]) -> list[tuple[float, float]]:
    joined: list[tuple[float, float]] = []
    for enters, leaves in spans:
        if joined and enters <= joined[-1][1] + 1e-9:
            joined[-1] = joined[-1][0], max(leaves, joined[-1][1])
        else:
            joined.append((enters, leaves))
    return joined


def area_shape(area: Area, plane: LocalPlane) -> BaseGeometry:
    """An area that people drew, in metres on a plane: repaired where its ring crosses itself."""
    return shapely.make_valid(area.polygon(plane))


def near_track(track: Track, area: Area, room_m: float) -> bool:
    """Whether an area is near enough to the flight to be drawn on its plane at all.

    The plane shows the other side of the earth upside down, and the edge of this one too small.
    """
    origin = track.plane.origin
    latitudes = [point.latitude_deg for point in area.outer]
    longitudes = [
        (point.longitude_deg - origin.longitude_deg + 180.0) % 360.0 - 180.0 for point in area.outer
    ]
    spots = [spot for part in track.parts for spot in (part.start, part.end)]
    reach = (max(max(abs(e), abs(n)) for e, n, _ in spots) + room_m) * 1.01 + 1.0
    high = reach / 110_574.0
    low = max(0.01, float(np.cos(np.radians(min(89.0, abs(origin.latitude_deg) + high)))))
    wide = reach / (111_320.0 * low)
    return (
        min(latitudes) <= origin.latitude_deg + high
        and max(latitudes) >= origin.latitude_deg - high
        and (max(longitudes) - min(longitudes) > 180.0)
        | ((min(longitudes) <= wide) & (max(longitudes) >= -wide))
    )
