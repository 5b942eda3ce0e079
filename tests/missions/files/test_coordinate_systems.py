"""Drawings in other systems than WGS 84: where pyproj, or the register itself, puts them."""

import json
import sys
from argparse import Namespace
from pathlib import Path
from typing import Any

import pyproj
import pytest
import shapefile
from hypothesis import given, settings
from hypothesis import strategies as st

from missions.asked.coordinates import asked_crs
from missions.errors import BadInput
from missions.files import read_shapes
from missions.files.by_suffix import convert
from missions.files.geojson import shapes_from_geojson
from qyran import main

# Register, place within its area of use, and how good the way between the datums is.
SYSTEMS = [
    (28411, 44.85, 65.5, 4.5),
    (28412, 51.17, 71.45, 4.5),
    (2539, 44.85, 68.5, 4.5),
    (20011, 55.0, 65.0, 1.0),
    (2285, 47.6, -122.2, 4.0),
    (32641, 44.85, 65.5, 0.0),
    (3395, 44.85, 65.5, 0.0),
    (4284, 44.85, 65.5, 4.5),
    (3006, 59.3, 18.0, 1.0),
    (27700, 51.5, -0.1, 21.0),
]


def point_file(path: Path, *points: tuple[float, float], prj: str | None = None) -> Path:
    with shapefile.Writer(str(path), 1) as writer:
        writer.field("name", "C")
        for number, point in enumerate(points):
            writer.point(*point)
            writer.record(f"place {number}")
    if prj is not None:
        path.with_suffix(".prj").write_text(prj)
    return path


def there(epsg: int, latitude_deg: float, longitude_deg: float) -> tuple[float, float]:
    """Where PROJ puts a place in a system; the way back is the one it takes for that place."""
    way = pyproj.Transformer.from_crs(4326, epsg, always_xy=True)
    x, y = way.transform(longitude_deg, latitude_deg)
    return float(x), float(y)


def away_m(a: Any, latitude_deg: float, longitude_deg: float) -> float:
    _, _, away = pyproj.Geod(ellps="WGS84").inv(
        a.longitude_deg, a.latitude_deg, longitude_deg, latitude_deg
    )
    return float(away)


@pytest.mark.parametrize(("epsg", "latitude", "longitude", "within_m"), SYSTEMS)
def test_shapefile_lies_where_proj_puts_it_by_code_and_by_prj(
    epsg: int, latitude: float, longitude: float, within_m: float, tmp_path: Path
) -> None:
    xy = there(epsg, latitude, longitude)
    wkt = pyproj.CRS.from_epsg(epsg).to_wkt("WKT1_ESRI")
    by_code = read_shapes(point_file(tmp_path / "a.shp", xy), f"EPSG:{epsg}").places[0].position
    by_prj = read_shapes(point_file(tmp_path / "b.shp", xy, prj=wkt)).places[0].position
    # Two ways between the same datums may both be the best one somewhere.
    assert away_m(by_code, latitude, longitude) <= within_m + 0.001
    assert away_m(by_prj, latitude, longitude) <= within_m + 0.001


def test_gauss_krueger_of_1942_is_not_taken_for_wgs_84(tmp_path: Path) -> None:
    x, y = there(28411, 44.85, 65.5)
    plain = pyproj.Transformer.from_pipeline(
        "+proj=pipeline +step +inv +proj=tmerc +lon_0=63 +x_0=11500000 +ellps=krass "
        "+step +proj=unitconvert +xy_in=rad +xy_out=deg"
    )
    longitude, latitude = plain.transform(x, y)
    found = read_shapes(point_file(tmp_path / "a.shp", (x, y)), "EPSG:28411")
    assert away_m(found.places[0].position, latitude, longitude) > 50.0
    assert away_m(found.places[0].position, 44.85, 65.5) < 5.0
    (note,) = found.notes
    assert note.startswith("EPSG:28411 (Pulkovo 1942 / Gauss-Kruger zone 11) turned into WGS 84")


@settings(deadline=None)
@given(latitude=st.floats(41.0, 55.0), longitude=st.floats(60.1, 65.9))
def test_every_place_of_a_zone_comes_back(
    latitude: float, longitude: float, tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = point_file(tmp_path_factory.mktemp("gk") / "a.shp", there(28411, latitude, longitude))
    found = read_shapes(file, "EPSG:28411").places[0].position
    assert away_m(found, latitude, longitude) < 5.0


def test_named_system_goes_before_a_wrong_prj_and_says_so(tmp_path: Path) -> None:
    wgs_84 = pyproj.CRS.from_epsg(4326).to_wkt("WKT1_ESRI")
    file = point_file(tmp_path / "a.shp", there(32641, 44.85, 65.5), prj=wgs_84)
    found = read_shapes(file, "EPSG:32641")
    assert away_m(found.places[0].position, 44.85, 65.5) < 0.001
    assert "a.prj is passed over: EPSG:32641 was asked for" in found.notes


@pytest.mark.shared_data
def test_feet_declared_as_degrees_are_refused_and_the_way_out_is_named(shared_data: Path) -> None:
    with pytest.raises(BadInput) as refused:
        read_shapes(shared_data / "plans" / "53_qgc_pline.shp")
    assert "record 1: 1302320.375, 234187.03125 is no place on earth in degrees" in str(
        refused.value
    )
    assert "--crs EPSG:CODE" in str(refused.value)


@pytest.mark.shared_data
def test_feet_of_a_state_plane_lie_where_they_were_drawn(shared_data: Path, tmp_path: Path) -> None:
    source, target = shared_data / "plans" / "53_qgc_pline.shp", tmp_path / "out.geojson"
    assert main(["convert", str(source), str(target), "--crs", "EPSG:2285"]) == 0
    every = [point for line in read_shapes(target).lines for point in line.points]
    # Bellevue in the state of Washington, where QGroundControl's test data comes from.
    assert all(47.59 < point.latitude_deg < 47.65 for point in every)
    assert all(-122.24 < point.longitude_deg < -122.19 for point in every)
    with shapefile.Reader(str(source)) as reader:
        x, y = reader.shape(0).points[0]
    way = pyproj.Transformer.from_crs(2285, 4326, always_xy=True)
    longitude, latitude = way.transform(x, y)
    assert away_m(every[0], latitude, longitude) < 0.01


def document(x: float, y: float, name: str | None) -> str:
    crs = {} if name is None else {"crs": {"type": "name", "properties": {"name": name}}}
    feature = {
        "type": "Feature",
        "properties": {},
        "geometry": {"type": "MultiPoint", "coordinates": [[x, y], [x, y, 120.0]]},
    }
    return json.dumps({"type": "FeatureCollection", **crs, "features": [feature]})


@pytest.mark.parametrize("name", ["urn:ogc:def:crs:EPSG::28411", "EPSG:28411"])
def test_geojson_of_2008_lies_where_the_system_it_names_puts_it(name: str) -> None:
    found = shapes_from_geojson(document(*there(28411, 44.85, 65.5), name), "a.geojson")
    assert [away_m(one.position, 44.85, 65.5) < 5.0 for one in found.places] == [True, True]
    assert "turned into WGS 84" in found.notes[0]


@pytest.mark.parametrize("name", ["urn:ogc:def:crs:OGC:1.3:CRS84", "EPSG:4326", None])
def test_geojson_in_degrees_stays_as_it_is(name: str | None) -> None:
    found = shapes_from_geojson(document(65.5, 44.85, name), "a.geojson")
    assert (found.places[0].position.longitude_deg, found.notes) == (65.5, ())


def test_geojson_is_read_in_the_system_asked_for_whatever_it_names() -> None:
    text = document(*there(32641, 44.85, 65.5), "EPSG:28411")
    found = shapes_from_geojson(text, "a.geojson", "EPSG:32641")
    assert away_m(found.places[0].position, 44.85, 65.5) < 0.001
    assert found.notes[0] == 'its crs "EPSG:28411" is passed over: EPSG:32641 was asked for'


@pytest.mark.parametrize(
    ("text", "crs", "reason"),
    [
        (document(65.5, 44.85, "Moon 2000"), None, r"crs\.properties\.name: 'Moon 2000' is not"),
        (document(65.5, 44.85, "EPSG:999999"), None, "EPSG:999999 is in no register"),
        (document(1.3e6, 2.3e5, None), None, "are no degrees: name their system with --crs"),
        (document(65.5, 44.85, None), "EPSG:4978", "is neither degrees nor a projection"),
        (document(1e14, 1e14, None), "EPSG:28411", "is no place on earth in"),
    ],
)
def test_coordinates_that_are_nowhere_are_refused(text: str, crs: str | None, reason: str) -> None:
    with pytest.raises(BadInput, match=reason):
        shapes_from_geojson(text, "a.geojson", crs)


def test_system_behind_a_link_is_refused() -> None:
    crs = {"type": "link", "properties": {"href": "http://127.0.0.1/crs", "type": "proj4"}}
    text = json.dumps({"type": "Point", "coordinates": [65.5, 44.85], "crs": crs})
    with pytest.raises(BadInput, match=r"crs\.properties\.href: a system behind a link"):
        shapes_from_geojson(text, "a.geojson")


def test_place_far_from_where_its_system_is_used_is_said_or_refused(tmp_path: Path) -> None:
    far = read_shapes(point_file(tmp_path / "b.shp", (4.0e6, 4.9e6)), "EPSG:32641")
    assert "is it another system?" in far.notes[1]
    with pytest.raises(BadInput, match="no way from EPSG:2285"):
        read_shapes(point_file(tmp_path / "c.shp", (4.0e7, 2.3e5)), "EPSG:2285")


def test_what_is_always_in_degrees_takes_no_system(tmp_path: Path) -> None:
    file = tmp_path / "a.gpx"
    file.write_text('<gpx><wpt lat="44" lon="65"/></gpx>')
    with pytest.raises(BadInput, match=r"a \.gpx is always in degrees"):
        convert(file, tmp_path / "a.geojson", crs="EPSG:28411")


def arguments(*crs: str) -> Namespace:
    return Namespace(area="a.shp", avoid=["b.geojson", "c.kml"], crs=list(crs))


def test_systems_are_given_for_all_drawings_or_for_one() -> None:
    both = arguments("EPSG:28411", "b.geojson=EPSG:4326")
    assert [asked_crs(both, file) for file in ("a.shp", "b.geojson", "c.kml")] == [
        "EPSG:28411",
        "EPSG:4326",
        None,
    ]
    assert asked_crs(arguments(), "a.shp") is None


@pytest.mark.parametrize("crs", ["28411", "EPSG:", "/etc/passwd", "+proj=utm", "x.shp=EPSG:28411"])
def test_what_names_no_system_or_no_drawing_is_refused(crs: str) -> None:
    with pytest.raises(BadInput, match=r"^--crs: "):
        asked_crs(arguments(crs), "a.shp")


def test_without_proj_the_refusal_says_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = point_file(tmp_path / "a.shp", there(28411, 44.85, 65.5))
    monkeypatch.setitem(sys.modules, "pyproj", None)
    with pytest.raises(BadInput, match="needs pyproj"):
        read_shapes(file, "EPSG:28411")
