"""How far a place is from where a shape of the fence would allow it, and which way that is."""

import math
from dataclasses import dataclass

from shapely.geometry import Point
from shapely.ops import nearest_points

from missions.checks.places import FenceShape
from missions.checks.px4_fence import Shape
from missions.geodesy import GeoPoint, LocalPlane
from missions.plan import Fence, FencePolygon

# A fence of the plan's own is widened by no more than `missions.assemble` leaves round a path:
# whoever drew it farther away meant it.
WIDENED_M = 50.0
TOWARDS = (
    "north",
    "north-east",
    "east",
    "south-east",
    "south",
    "south-west",
    "west",
    "north-west",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Miss:
    """The nearest place that a shape allows, and the way there."""

    distance_m: float
    towards: str
    nearest: GeoPoint

    @property
    def way(self) -> str:
        """`320 m to the north-east (44.85001, 65.50002)`."""
        at = f"{self.nearest.latitude_deg:.5f}, {self.nearest.longitude_deg:.5f}"
        return f"{rounded_m(self.distance_m)} to the {self.towards} ({at})"


def rounded_m(metres: float) -> str:
    """Never too little: whole metres from 10 m on, tenths below."""
    up = math.ceil(metres) if metres >= 10.0 else math.ceil(metres * 10.0) / 10.0
    return f"{up:g} m"


def miss_of(shape: Shape, at: GeoPoint) -> Miss | None:
    """How a place that a shape forbids misses what it allows; None where nobody can tell."""
    plane = LocalPlane(at)
    one = Fence(polygons=(shape,)) if isinstance(shape, FencePolygon) else Fence(circles=(shape,))
    drawn = FenceShape(one, plane)
    areas = [*drawn.inclusions, *drawn.exclusions]
    if not areas or areas[0].is_empty:
        return None
    east, north = nearest_points(areas[0].boundary, Point(0.0, 0.0))[0].coords[0]
    eighth = round(math.atan2(east, north) / (math.pi / 4.0)) % 8
    return Miss(
        distance_m=math.hypot(east, north),
        towards=TOWARDS[eighth],
        nearest=plane.geo(east, north),
    )
