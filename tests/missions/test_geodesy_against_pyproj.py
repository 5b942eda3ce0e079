"""Positions and the local plane against PROJ, which nobody here wrote."""

import math

import numpy as np
import pyproj
import pytest
from hypothesis import given
from hypothesis import strategies as st

from missions.geodesy import (
    GeoPoint,
    LocalPlane,
    beside,
    distance_m,
    ecef_from_geodetic,
    geodetic_from_ecef,
)

LATITUDES = st.floats(-85.0, 85.0)
LONGITUDES = st.floats(-179.0, 179.0)
METRES = st.floats(-14_000.0, 14_000.0)


def topocentric_of(latitude: float, longitude: float) -> pyproj.Transformer:
    return pyproj.Transformer.from_pipeline(
        "+proj=pipeline +step +proj=cart +ellps=WGS84 "
        f"+step +proj=topocentric +ellps=WGS84 +lon_0={longitude} +lat_0={latitude} +h_0=0"
    )


@given(latitude=LATITUDES, longitude=LONGITUDES, height=st.floats(-400.0, 9_000.0))
def test_ecef_agrees_with_proj_and_comes_back(
    latitude: float, longitude: float, height: float
) -> None:
    to_ecef = pyproj.Transformer.from_crs("EPSG:4979", "EPSG:4978", always_xy=True)
    ours = ecef_from_geodetic(latitude, longitude, height)
    assert np.allclose(ours, to_ecef.transform(longitude, latitude, height), atol=1e-6)
    back = geodetic_from_ecef(ours)
    assert math.isclose(float(back[0]), latitude, abs_tol=1e-10)
    assert math.isclose(float(back[1]), longitude, abs_tol=1e-10)
    assert math.isclose(float(back[2]), height, abs_tol=1e-5)


@given(latitude=LATITUDES, longitude=LONGITUDES, east=METRES, north=METRES)
def test_plane_agrees_with_proj_topocentric(
    latitude: float, longitude: float, east: float, north: float
) -> None:
    plane = LocalPlane(GeoPoint(latitude_deg=latitude, longitude_deg=longitude))
    place = plane.geo(east, north)
    theirs = topocentric_of(latitude, longitude).transform(
        place.longitude_deg, place.latitude_deg, 0.0
    )
    assert math.hypot(theirs[0] - east, theirs[1] - north) < 0.001
    assert math.dist(plane.en(place), (east, north)) < 0.001


@given(latitude=LATITUDES, longitude=LONGITUDES, east=METRES, north=METRES)
def test_a_place_beside_another_is_that_of_proj(
    latitude: float, longitude: float, east: float, north: float
) -> None:
    place = GeoPoint(latitude_deg=latitude, longitude_deg=longitude)
    moved = beside(place, east_m=east, north_m=north)
    theirs = topocentric_of(latitude, longitude).transform(east, north, 0.0, direction="INVERSE")
    assert math.isclose(moved.longitude_deg, theirs[0], abs_tol=1e-10)
    assert math.isclose(moved.latitude_deg, theirs[1], abs_tol=1e-10)


@given(latitude=LATITUDES, longitude=LONGITUDES, east=METRES, north=METRES)
def test_distance_agrees_with_the_geodesic(
    latitude: float, longitude: float, east: float, north: float
) -> None:
    origin = GeoPoint(latitude_deg=latitude, longitude_deg=longitude)
    place = LocalPlane(origin).geo(east, north)
    geodesic = pyproj.Geod(ellps="WGS84").inv(
        longitude, latitude, place.longitude_deg, place.latitude_deg
    )[2]
    assert math.isclose(distance_m(origin, place), geodesic, abs_tol=0.04)


@pytest.mark.parametrize(
    ("latitude", "longitude"), [(90.1, 0.0), (0.0, 180.5), (math.nan, 0.0), (0.0, math.inf)]
)
def test_point_not_on_earth_is_refused(latitude: float, longitude: float) -> None:
    with pytest.raises(ValueError, match="is not within"):
        GeoPoint(latitude_deg=latitude, longitude_deg=longitude)
