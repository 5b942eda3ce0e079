"""What a place is called, for a person who knows the district: pure functions of values."""

import math
from collections.abc import Sequence

import numpy as np
import shapely

from ground_station.alerts.alert import PlaceName
from ground_station.configuration import PlaceSettings
from ground_station.district import District, DistrictFeature
from ground_station.words import Words

# A house or a dock is not what people call a place by; one that holds the point is its own error.
NOT_LANDMARKS = frozenset(("building", "dock"))


class Gazetteer:
    """Names of places in one district."""

    def __init__(self, district: District, settings: PlaceSettings) -> None:
        self._plane = district.plane
        self._settings = settings
        named = [
            feature
            for feature in district.features
            if feature.name is not None and feature.kind not in NOT_LANDMARKS
        ]
        self._places = _Index(named)
        self._roads = _Index([feature for feature in named if feature.kind == "road"])

    def place(self, latitude_deg: float, longitude_deg: float) -> PlaceName | None:
        """The smallest named landmark that holds the point, else the nearest, else None.

        The nearest counts up to `name_within_m`; a line or a point holds nothing.
        """
        point = self._point(latitude_deg, longitude_deg)
        holding = self._places.holding(point)
        if holding:
            smallest = min(holding, key=lambda feature: feature.shape_m.area)
            return _place_name(smallest, distance_m=0.0, inside=True)
        nearest = self._places.nearest(point, within_m=self._settings.name_within_m)
        if nearest is None:
            return None
        return _place_name(nearest, distance_m=nearest.shape_m.distance(point), inside=False)

    def road_name(self, latitude_deg: float, longitude_deg: float) -> Words | None:
        """The name of the road on which, or within `road_within_m` of which, the point lies."""
        point = self._point(latitude_deg, longitude_deg)
        nearest = self._roads.nearest(point, within_m=self._settings.road_within_m)
        return None if nearest is None else nearest.name

    def _point(self, latitude_deg: float, longitude_deg: float) -> shapely.Point:
        east, north = self._plane.en_from_geo(latitude_deg, longitude_deg)
        return shapely.Point(float(east), float(north))


class _Index:
    """Features that can be asked for by place."""

    def __init__(self, features: Sequence[DistrictFeature]) -> None:
        self._features = features
        self._tree = shapely.STRtree([feature.shape_m for feature in features])

    def holding(self, point: shapely.Point) -> list[DistrictFeature]:
        return [self._features[int(i)] for i in self._tree.query(point, predicate="intersects")]

    def nearest(self, point: shapely.Point, *, within_m: float) -> DistrictFeature | None:
        found: np.ndarray = self._tree.query_nearest(point, max_distance=within_m)
        return self._features[int(found.min())] if len(found) else None


def _place_name(feature: DistrictFeature, *, distance_m: float, inside: bool) -> PlaceName:
    if feature.name is None or not math.isfinite(distance_m):
        raise ValueError("only named features at a finite distance name a place")
    return PlaceName(
        name=feature.name, inside=inside, feature_id=feature.feature_id, distance_m=distance_m
    )
