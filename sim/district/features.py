"""What a district consists of, in metres east and north of its origin."""

from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from missions.geodesy import GeoPoint, LocalPlane

Array = npt.NDArray[np.float64]

PlaceKind = Literal[
    "river", "park", "square", "bazaar", "embankment", "pasture", "hemp_field", "closed_area"
]
RoadClass = Literal["avenue", "street", "bridge", "rural", "track"]
CameraKind = Literal["camera", "speed_camera", "roadside_complex"]
Violation = Literal["speeding", "oncoming_lane", "not_yielding"]


class Name(NamedTuple):
    """A name in the district's three languages."""

    kk: str
    ru: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """An area with a name. `ring` is (n, 2) metres east and north, without a closing point."""

    id: str
    kind: PlaceKind
    name: Name
    ring: Array


@dataclass(frozen=True, slots=True, kw_only=True)
class Road:
    """A road's centre line, (n, 2) metres, and the width of its carriageway."""

    id: str
    road_class: RoadClass
    name: Name
    line: Array
    width_m: float
    lanes_each_way: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Building:
    """A prismatic building: `ring` is (n, 2) metres, counter-clockwise seen from above."""

    id: str
    use: Literal["flats", "house", "public", "school", "stall"]
    name: Name
    ring: Array
    height_m: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Dock:
    """Where a drone lives."""

    id: str
    drone_id: str
    name: Name
    east_m: float
    north_m: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Camera:
    """A fixed camera. `bearing_rad` is clockwise from true north; None sees all round (PTZ)."""

    id: str
    kind: CameraKind
    name: Name
    east_m: float
    north_m: float
    height_m: float
    bearing_rad: float | None
    field_of_view_rad: float
    range_m: float
    violations: tuple[Violation, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class District:
    """An invented district on flat ground. Everything is in the plane about `origin`."""

    name: Name
    seed: int
    origin: GeoPoint
    places: tuple[Place, ...]
    roads: tuple[Road, ...]
    buildings: tuple[Building, ...]
    docks: tuple[Dock, ...]

    @property
    def plane(self) -> LocalPlane:
        """The tangent plane in which the district's metres are."""
        return LocalPlane(self.origin)

    def place(self, place_id: str) -> Place:
        """The place with this id; KeyError where there is none."""
        return {place.id: place for place in self.places}[place_id]

    def road(self, road_id: str) -> Road:
        """The road with this id; KeyError where there is none."""
        return {road.id: road for road in self.roads}[road_id]
