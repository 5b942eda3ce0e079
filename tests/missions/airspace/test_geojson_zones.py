"""Zones in plain GeoJSON: our own properties, openAIP's, and what converters leave."""

import json
from typing import Any

import pyproj
import pytest
from shapely.geometry import Point, Polygon

from missions.airspace.reading import zones_from_text
from missions.airspace.zone import Circle, Restriction, Zone
from missions.area import Area
from missions.errors import BadInput
from missions.geodesy import GeoPoint, LocalPlane
from missions.heights import HeightAboveGround, HeightAmsl

RING = [[65.50, 44.84], [65.52, 44.84], [65.52, 44.86], [65.50, 44.86], [65.50, 44.84]]


def one(geometry: dict[str, Any] | None = None, **properties: Any) -> Zone:
    square = {"type": "Polygon", "coordinates": [RING]}
    written = {"type": "Feature", "geometry": geometry or square, "properties": properties}
    document = json.dumps({"type": "FeatureCollection", "features": [written]})
    return zones_from_text(document, "zones.geojson").zones[0]


def test_an_area_of_which_nothing_is_said_is_prohibited_at_every_height() -> None:
    zone = one(name="depot")
    assert zone.restriction is Restriction.PROHIBITED
    assert zone.title == "depot"
    assert (zone.volumes[0].lower, zone.volumes[0].upper) == (None, None)


def test_our_own_heights_name_their_datum() -> None:
    zone = one(id="A", restriction="CONDITIONAL", lower_m=30, upper_amsl_m=400)
    assert zone.restriction is Restriction.CONDITIONAL
    assert zone.volumes[0].lower == HeightAboveGround(30.0)
    assert zone.volumes[0].upper == HeightAmsl(400.0)


def test_openaips_numbers_and_the_openair_parsers_names_are_read() -> None:
    lower = {"value": 0, "unit": 1, "referenceDatum": 0}
    flight_level = {"value": 65, "unit": 6, "referenceDatum": 2}
    found = one(lowerLimit=lower, upperLimit=flight_level).volumes[0]
    assert found.lower == HeightAboveGround(0.0)
    assert found.upper == HeightAmsl(pytest.approx(65 * 30.48))
    ceiling = {"value": 1000, "unit": "FT", "referenceDatum": "MSL"}
    assert one(upperCeiling=ceiling).volumes[0].upper == HeightAmsl(pytest.approx(304.8))


def _metres(epsg: int) -> list[list[float]]:
    way = pyproj.Transformer.from_crs(4326, epsg, always_xy=True)
    return [list(way.transform(*place)) for place in RING]


def _document(ring: list[list[float]], **more: Any) -> str:
    written = {
        "type": "Feature",
        "geometry": {"type": "Polygon", "coordinates": [ring]},
        "properties": {"name": "depot"},
    }
    return json.dumps({"type": "FeatureCollection", "features": [written], **more})


def test_zones_in_another_system_are_put_in_degrees_as_asked_or_as_they_say() -> None:
    asked = zones_from_text(_document(_metres(32641)), "zones.geojson", "EPSG:32641")
    named = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::32641"}}
    said = zones_from_text(_document(_metres(32641), crs=named), "zones.geojson")
    for found in (asked, said):
        outline = found.zones[0].volumes[0].outline
        assert isinstance(outline, Area)
        corners = Polygon([(one.longitude_deg, one.latitude_deg) for one in outline.outer])
        assert corners.symmetric_difference(Polygon(RING)).area < 1e-9


def test_how_well_another_datums_zones_were_put_in_degrees_is_said() -> None:
    code = "EPSG:28411"
    found = zones_from_text(_document(_metres(28411)), "zones.geojson", code)
    best = pyproj.transformer.TransformerGroup(
        code,
        4326,
        always_xy=True,
        area_of_interest=pyproj.transformer.AreaOfInterest(65.5, 44.84, 65.52, 44.86),
    ).transformers[0]
    assert found.system[0].endswith(f"turned into WGS 84, within {best.accuracy:g} m")
    assert zones_from_text(_document(RING), "zones.geojson").system == ()


def test_zones_in_metres_of_which_nobody_says_the_system_are_refused() -> None:
    with pytest.raises(BadInput, match="are no degrees: name their system with --crs"):
        zones_from_text(_document(_metres(32641)), "zones.geojson")


def test_a_point_with_a_radius_is_a_circle() -> None:
    found = one({"type": "Point", "coordinates": [65.5, 44.8]}, radius_m=250)
    assert isinstance(found.volumes[0].outline, Circle)


def test_a_wrong_unit_is_refused_by_its_key() -> None:
    with pytest.raises(BadInput, match=r"upperLimit\.unit.*5 is not one of 0, 1, 6"):
        one(upperLimit={"value": 1, "unit": 5, "referenceDatum": 0})


def test_a_long_edge_follows_its_parallel_as_rfc_7946_says() -> None:
    ring = [[64.0, 60.0], [66.0, 60.0], [66.0, 59.0], [64.0, 59.0], [64.0, 60.0]]
    plane = LocalPlane(GeoPoint(latitude_deg=60.0, longitude_deg=65.0))
    shape = one({"type": "Polygon", "coordinates": [ring]}).volumes[0].shape(plane)
    # The straight line between the corners passes 420 m north of the parallel there.
    assert not shape.intersects(Point(plane.en(GeoPoint(latitude_deg=60.00002, longitude_deg=65))))
    assert shape.intersects(Point(plane.en(GeoPoint(latitude_deg=59.99998, longitude_deg=65.0))))


def test_a_zone_across_the_antimeridian_is_where_it_is() -> None:
    ring = [[179.9, -17.0], [-179.9, -17.0], [-179.9, -16.8], [179.9, -16.8], [179.9, -17.0]]
    volume = one({"type": "Polygon", "coordinates": [ring]}).volumes[0]
    plane = LocalPlane(GeoPoint(latitude_deg=-16.9, longitude_deg=-179.99))
    assert volume.bounds_deg == pytest.approx((-17.0, -16.8, 179.9, 180.1))
    assert volume.shape(plane).covers(Point(0.0, 0.0))
    assert volume.shape(plane).area == pytest.approx(21_300.0 * 22_130.0, rel=0.01)
