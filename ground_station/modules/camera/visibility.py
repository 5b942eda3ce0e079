"""Which cameras can see a place on the ground: range, field of view and line of sight.

Pure functions of values on the district's plane (metres east and north; heights above flat ground).
A building hides a place when the straight line from the lens to a point `TARGET_HEIGHT_M` above the
place passes below its roof within its outline. A building that holds the camera carries it, and one
that holds the place is a sign of the place's own error, so neither hides anything.
"""

import math
from collections.abc import Iterator, Sequence
from itertools import islice

import numpy as np
import shapely

from ground_station.district import District, DistrictFeature
from ground_station.modules.camera.port import CameraSighting
from ground_station.modules.camera.registry import Camera
from missions.geodesy import GeoPoint

TARGET_HEIGHT_M = 1.0
FULL_TURN_RAD = 2.0 * math.pi


class Visibility:
    """The cameras and the buildings of one district, ready to be asked."""

    def __init__(
        self, cameras: Sequence[Camera], district: District, *, assumed_building_height_m: float
    ) -> None:
        self._cameras = cameras
        self._plane = district.plane
        self._en = district.plane.en_from_geo(
            [camera.latitude_deg for camera in cameras],
            [camera.longitude_deg for camera in cameras],
        ).reshape(-1, 2)
        self._range_m = np.array([camera.range_m for camera in cameras])
        self._bearing_rad = np.array(
            [0.0 if camera.bearing_rad is None else camera.bearing_rad for camera in cameras]
        )
        self._half_view_rad = np.array([_half_view_rad(camera) for camera in cameras])
        self._obstacles = Obstacles(
            district.of_kind("building"), assumed_height_m=assumed_building_height_m
        )

    def nearest(self, place: GeoPoint, *, most: int) -> tuple[CameraSighting, ...]:
        """At most so many cameras that can see the place, nearest first; equals by their order."""
        return tuple(islice(self._seeing(place), most))

    def _seeing(self, place: GeoPoint) -> Iterator[CameraSighting]:
        target = np.array(self._plane.en(place))
        to_target = target - self._en
        distance_m = np.hypot(to_target[:, 0], to_target[:, 1])
        bearing_rad = np.arctan2(to_target[:, 0], to_target[:, 1])
        off_axis_rad = np.abs(
            np.remainder(bearing_rad - self._bearing_rad + math.pi, FULL_TURN_RAD) - math.pi
        )
        candidate = (distance_m <= self._range_m) & (off_axis_rad <= self._half_view_rad)
        for index in np.argsort(distance_m, kind="stable"):
            if candidate[index] and self._clear(int(index), target):
                yield _sighting(
                    self._cameras[index], float(distance_m[index]), float(bearing_rad[index])
                )

    def _clear(self, index: int, target: np.ndarray) -> bool:
        lens = (*self._en[index], self._cameras[index].height_m)
        return not self._obstacles.hide(lens, (*target, TARGET_HEIGHT_M))


Point3 = tuple[float, float, float]


class Obstacles:
    """Buildings as prisms on flat ground."""

    def __init__(self, buildings: Sequence[DistrictFeature], *, assumed_height_m: float) -> None:
        self._outlines = [building.shape_m for building in buildings]
        self._heights_m = [
            assumed_height_m if building.height_m is None else building.height_m
            for building in buildings
        ]
        self._tree = shapely.STRtree(self._outlines)

    def hide(self, lens: Point3, target: Point3) -> bool:
        """Whether any building stands between two points (east, north, height; metres)."""
        line = shapely.LineString((lens[:2], target[:2]))
        return any(
            self._blocks(int(index), line, lens, target)
            for index in self._tree.query(line, predicate="intersects")
        )

    def _blocks(self, index: int, line: shapely.LineString, lens: Point3, target: Point3) -> bool:
        outline = self._outlines[index]
        ends = (shapely.Point(lens[:2]), shapely.Point(target[:2]))
        if any(outline.intersects(end) for end in ends) or line.length == 0.0:
            return False
        crossing = shapely.get_coordinates(shapely.intersection(line, outline))
        along = np.hypot(crossing[:, 0] - lens[0], crossing[:, 1] - lens[1]) / line.length
        lowest_m = float(np.min(lens[2] + along * (target[2] - lens[2])))
        return lowest_m < self._heights_m[index]


def _half_view_rad(camera: Camera) -> float:
    return math.pi if camera.bearing_rad is None else camera.field_of_view_rad / 2.0


def _sighting(camera: Camera, distance_m: float, bearing_rad: float) -> CameraSighting:
    return CameraSighting(
        id=camera.camera_id,
        name=camera.name,
        kind=camera.kind,
        distance_m=distance_m,
        bearing_rad=bearing_rad % FULL_TURN_RAD,
        latitude_deg=camera.latitude_deg,
        longitude_deg=camera.longitude_deg,
    )
