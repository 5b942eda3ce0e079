"""Roads with a centre line: which way traffic goes on each side, and how fast it may.

Traffic keeps to the right, as in Kazakhstan: right of the line it goes along the line and left of
it against it; on a one-way road it goes along the line everywhere.
"""

from dataclasses import dataclass

import numpy as np
import shapely

from onboard.rules.zones import Array, Zone, Zones

# How far along the line its direction is taken, to either side.
CHORD_M = 2.0


@dataclass(frozen=True, slots=True)
class Road(Zone):
    """A carriageway. `line` is None where only its outline is known."""

    line: shapely.LineString | None = None
    one_way: bool = False
    limit_m_s: float | None = None


def roads_of(zones: Zones) -> list[Road]:
    """The carriageways of which more than an outline is known."""
    return [zone for zone in zones.carriageways if isinstance(zone, Road)]


@dataclass(frozen=True, slots=True, kw_only=True)
class OnRoad:
    """Places (n,) seen from a road's line: its direction (n, 2) there, and metres right of it."""

    direction: Array
    right_m: Array

    @property
    def rightward(self) -> Array:
        """Unit vectors (n, 2) to the right of the line."""
        return np.stack((self.direction[:, 1], -self.direction[:, 0]), axis=-1)


def seen_from(line: shapely.LineString, en_m: Array) -> OnRoad:
    """Where places (n, 2) lie beside a line."""
    along_m = np.asarray(shapely.line_locate_point(line, shapely.points(en_m)))
    before = _points(line, np.maximum(along_m - CHORD_M, 0.0))
    after = _points(line, np.minimum(along_m + CHORD_M, shapely.length(line)))
    chord = after - before
    direction = chord / np.hypot(*chord.T)[:, None]
    away = en_m - _points(line, along_m)
    return OnRoad(
        direction=direction,
        right_m=away[:, 0] * direction[:, 1] - away[:, 1] * direction[:, 0],
    )


def _points(line: shapely.LineString, along_m: Array) -> Array:
    return shapely.get_coordinates(shapely.line_interpolate_point(line, along_m))
