"""KML and GeoJSON: areas with holes, lines and points; hostile files are refused."""

import json
from pathlib import Path

import pytest
from shapely.geometry import shape

from missions.errors import BadInput
from missions.files import read_plan, read_shapes, write_plan
from missions.files.geojson import shapes_from_geojson
from missions.files.kml import shapes_from_kml

KML = """<?xml version="1.0"?>
<kml xmlns="http://www.opengis.net/kml/2.2"><Document>
<Placemark><name>park</name><MultiGeometry>
<Polygon>
<outerBoundaryIs><LinearRing>
<coordinates>65,44,0 65.1,44,0 65.1,44.1,0 65,44,0</coordinates></LinearRing></outerBoundaryIs>
<innerBoundaryIs><LinearRing>
<coordinates>65.05,44.01 65.06,44.01 65.06,44.02</coordinates></LinearRing></innerBoundaryIs>
</Polygon>
<LineString><coordinates>
65,44
65.2,44.2
</coordinates></LineString>
</MultiGeometry></Placemark>
<Placemark><name>post</name><Point><coordinates>65.3,44.3,10</coordinates></Point></Placemark>
</Document></kml>"""

BOMB = """<?xml version="1.0"?><!DOCTYPE kml [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>
<kml xmlns="http://www.opengis.net/kml/2.2"><name>&b;</name></kml>"""


def test_kml_gives_areas_with_holes_lines_and_points() -> None:
    found = shapes_from_kml(KML, "a.kml")
    (area,), (line,), (place,) = found.areas, found.lines, found.places
    assert (area.name, len(area.outer), len(area.holes)) == ("park", 3, 1)
    assert (line.points[1].latitude_deg, line.points[1].longitude_deg) == (44.2, 65.2)
    assert (place.name, place.position.longitude_deg) == ("post", 65.3)


def test_kml_with_an_entity_bomb_is_refused() -> None:
    with pytest.raises(BadInput, match="document type"):
        shapes_from_kml(BOMB, "bomb.kml")


def test_kml_coordinate_that_is_wrong_names_its_line() -> None:
    with pytest.raises(BadInput, match=r'a\.kml: line 12: coordinates: "65\.2;44\.2"'):
        shapes_from_kml(KML.replace("65.2,44.2", "65.2;44.2"), "a.kml")


LINE = "65,44\n65.2,44.2"


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("65,5000,44,8500\n65.2,44.2", r'line 11: coordinates: "65,5000,44,8500" is not .*4 numb'),
        ("65,5,44,8,0\n65.2,44.2", "5 numbers: write decimal points, not commas"),
        ("65,5 44,8\n65,6 44,9", r'line 10: coordinates: "65,5 44,8": write decimal points'),
        ("65,5000 44,8500", "latitude 5000"),
        ("65.5 44.8", '"65.5" is not longitude,latitude: 1 number$'),
        ("65.5,44.8,65.6,44.9", r"4 numbers$"),
        ("65.5,north", '"65.5,north" is not longitude,latitude$'),
        ("44.8,95.5 44.9,95.6", r"latitude 95.5 .*: swapped\?"),
    ],
)
def test_kml_that_is_not_written_as_longitude_and_latitude_says_line_and_reason(
    written: str, reason: str
) -> None:
    with pytest.raises(BadInput, match=reason) as refusal:
        shapes_from_kml(KML.replace(LINE, written), "a.kml")
    assert str(refusal.value).startswith("a.kml: line 1")


@pytest.mark.parametrize("line", ["10,50 15,50", "65,44 66,44 66,45 65,45", "-10,35 -10,60 40,35"])
def test_kml_in_whole_degrees_is_read(line: str) -> None:
    found = shapes_from_kml(KML.replace(LINE, line), "a.kml")
    (drawn,) = found.lines
    first = tuple(float(number) for number in line.split()[0].split(","))
    assert (drawn.points[0].longitude_deg, drawn.points[0].latitude_deg) == first


def test_kml_point_with_two_places_is_refused() -> None:
    with pytest.raises(BadInput, match=r"line 15: coordinates: a point has one place, not 2"):
        shapes_from_kml(KML.replace("65.3,44.3,10", "65.3,44.3 65.4,44.3"), "a.kml")


def test_kml_track_with_decimal_commas_is_refused() -> None:
    track = (
        '<gx:Track xmlns:gx="http://www.google.com/kml/ext/2.2"><gx:coord>65,5 44,8 0</gx:coord>'
    )
    document = f'<kml xmlns="http://www.opengis.net/kml/2.2"><Placemark>{track}</gx:Track>'
    with pytest.raises(BadInput, match="write decimal points, not commas"):
        shapes_from_kml(f"{document}</Placemark></kml>", "a.kml")


@pytest.mark.parametrize("text", ["", "<kml>", "<gpx></gpx>"])
def test_text_that_is_no_kml_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        shapes_from_kml(text, "a.kml")


@pytest.mark.shared_data
@pytest.mark.parametrize(
    ("name", "areas", "lines", "places"),
    [
        ("50_qgc_PolygonGood.kml", 1, 0, 0),
        ("52_qgc_polyline.kml", 0, 1, 0),
        ("54_interuss_zurich_rid.kml", 10, 2, 2),
    ],
)
def test_real_kml_is_read(
    name: str, areas: int, lines: int, places: int, shared_data: Path
) -> None:
    found = read_shapes(shared_data / "plans" / name)
    assert (len(found.areas), len(found.lines), len(found.places)) == (areas, lines, places)


@pytest.mark.shared_data
def test_broken_kml_is_refused(shared_data: Path) -> None:
    with pytest.raises(BadInput, match="line 1: not XML"):
        read_shapes(shared_data / "plans" / "51_NEG_qgc_PolygonBadXml.kml")


def feature(kind: str, geometry: str, coordinates: object) -> dict[str, object]:
    return {
        "type": "Feature",
        "properties": {"id": f"{kind}-1", "kind": kind, "name": {"kk": "Саябақ", "en": "Park"}},
        "geometry": {"type": geometry, "coordinates": coordinates},
    }


RING = [[65.0, 44.0], [65.1, 44.0], [65.1, 44.1], [65.0, 44.0]]


def test_geojson_separates_no_fly_areas() -> None:
    collection = {
        "type": "FeatureCollection",
        "features": [
            feature("park", "Polygon", [RING]),
            feature("closed_area", "MultiPolygon", [[RING], [RING]]),
            feature("road", "LineString", RING),
            feature("dock", "Point", [65.0, 44.0, 129.0]),
        ],
    }
    found = shapes_from_geojson(json.dumps(collection), "d.geojson")
    counts = [len(one) for one in (found.areas, found.no_fly, found.lines, found.places)]
    assert counts == [1, 2, 1, 1]
    assert found.areas[0].name == "park-1"


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ({"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [0, 0]]]}, "a ring needs three"),
        ({"type": "Polygon", "coordinates": [[[0, 95], [1, 95], [1, 96]]]}, "latitude 95"),
        ({"type": "Circle", "coordinates": []}, '"Circle" is not a GeoJSON type'),
        ({"type": "Point", "coordinates": ["a", 1]}, "should be a number"),
    ],
)
def test_wrong_geojson_is_refused_with_key_and_reason(
    document: dict[str, object], reason: str
) -> None:
    with pytest.raises(BadInput, match=reason):
        shapes_from_geojson(json.dumps(document), "bad.geojson")


@pytest.mark.shared_data
def test_plan_as_geojson_is_valid_geometry(shared_data: Path, tmp_path: Path) -> None:
    plan = read_plan(shared_data / "plans" / "11_px4_mc_geofence_avoid_incl_excl_circle.plan")
    write_plan(plan, tmp_path / "plan.geojson")
    features = json.loads((tmp_path / "plan.geojson").read_text())["features"]
    kinds = [one["properties"]["kind"] for one in features]
    assert kinds == ["path", *["item"] * 4, *["fence"] * 3, "home"]
    assert all(shape(one["geometry"]).is_valid for one in features)
