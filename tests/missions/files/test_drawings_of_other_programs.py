"""KMZ, GPX, CSV and Shapefile: what they hold is read, what is lost is said, the rest refused."""

import io
import json
import struct
import zipfile
from pathlib import Path
from typing import Any

import pyproj
import pytest
import shapefile
from hypothesis import given
from hypothesis import strategies as st

from missions.area import Area, Line, Place, Shapes
from missions.errors import BadInput
from missions.files import read_plan, read_shapes
from missions.files.archive import Archive, packed
from missions.files.by_suffix import convert, write_shapes
from missions.files.csv_places import shapes_from_csv
from missions.files.geojson import geojson_from_shapes, shapes_from_geojson
from missions.files.gpx import shapes_from_gpx
from missions.files.kml import shapes_from_kml
from missions.files.kml_write import kml_from_shapes
from missions.geodesy import GeoPoint

KML = """<?xml version="1.0"?>
<kml xmlns="http://www.opengis.net/kml/2.2" xmlns:gx="http://www.google.com/kml/ext/2.2"><Document>
<Folder><name>outer</name><Folder><name>inner</name>
<Placemark><name>Саябақ</name><ExtendedData><Data name="kind"><value>no_fly</value></Data>
</ExtendedData><MultiGeometry><MultiGeometry>
<Polygon><outerBoundaryIs><LinearRing><coordinates>65,44,0 65.1,44,0 65.1,44.1,0 65,44,0
</coordinates></LinearRing></outerBoundaryIs></Polygon></MultiGeometry>
<Polygon><outerBoundaryIs><LinearRing><coordinates>66,44 66.1,44 66.1,44.1</coordinates>
</LinearRing></outerBoundaryIs></Polygon></MultiGeometry></Placemark>
</Folder>
<Placemark><name>flown</name><gx:Track><gx:coord>65 44 120</gx:coord>
<gx:coord>65.1 44 120</gx:coord></gx:Track></Placemark></Folder>
<NetworkLink><Link><href>http://127.0.0.1/x.kml</href></Link></NetworkLink>
</Document></kml>"""


def test_kml_is_read_however_nested_and_says_what_it_leaves_out() -> None:
    found = shapes_from_kml(KML, "a.kml")
    assert [(one.name, len(one.outer)) for one in found.no_fly] == [("Саябақ", 3)] * 2
    assert [one.name for one in found.lines] == ["flown"]
    assert found.notes == ("1 NetworkLink left out", "the heights of 2 points are left out")


def test_kml_in_another_encoding_is_read_as_it_declares() -> None:
    told = KML.replace('version="1.0"', 'version="1.0" encoding="windows-1251"')
    told = told.replace("Саябақ", "Парк")
    assert shapes_from_kml(told.encode("cp1251"), "a.kml").no_fly[0].name == "Парк"


def kmz(path: Path, members: dict[str, str]) -> Path:
    path.write_bytes(packed(members))
    return path


def test_kmz_gives_the_drawing_nearest_to_its_root(tmp_path: Path) -> None:
    members = {"files/more.kml": "<kml/>", "doc.kml": KML, "files/icon.png": "x"}
    found = read_shapes(kmz(tmp_path / "a.kmz", members))
    assert len(found.no_fly) == 2
    assert "files/more.kml left out: doc.kml is the drawing" in found.notes


def test_kmz_names_the_member_and_its_line(tmp_path: Path) -> None:
    broken = kmz(tmp_path / "a.kmz", {"doc.kml": KML.replace("65.1,44,0", "65.1;44")})
    with pytest.raises(BadInput, match=r"a\.kmz: doc\.kml: line 6: coordinates"):
        read_shapes(broken)


def test_kmz_without_a_flight_is_no_plan(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="is a drawing, not a flight"):
        read_plan(kmz(tmp_path / "a.kmz", {"doc.kml": KML}))


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04" + b"\0" * 40, b"no zip at all" * 100])
def test_kmz_that_is_no_archive_is_refused(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "a.kmz"
    file.write_bytes(content)
    with pytest.raises(BadInput, match="not a zip archive"):
        read_shapes(file)


def test_zip_bomb_is_refused_and_not_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("missions.files.archive.MOST_BYTES", 1_000_000)
    bomb = kmz(tmp_path / "a.kmz", {"doc.kml": " " * 30_000_000})
    assert bomb.stat().st_size < 100_000
    with pytest.raises(BadInput, match=r"doc\.kml: unpacks to more than"):
        read_shapes(bomb)


def test_bomb_that_lies_about_its_size_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("missions.files.archive.MOST_BYTES", 1_000_000)
    honest = packed({"doc.kml": " " * 30_000_000})
    lying = honest.replace(struct.pack("<I", 30_000_000), struct.pack("<I", 1000))
    with pytest.raises(BadInput, match=r"damaged|unpacks"):
        Archive(lying, "a.kmz").read("doc.kml")


def test_encrypted_member_is_refused() -> None:
    plain = bytearray(packed({"doc.kml": KML}))
    at = plain.rindex(b"PK\x01\x02")
    plain[at + 8] |= 1
    with pytest.raises(BadInput, match="is encrypted"):
        Archive(bytes(plain), "a.kmz").read("doc.kml")


def test_archive_of_countless_members_is_refused() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as writing:
        for number in range(10_001):
            writing.writestr(str(number), "")
    with pytest.raises(BadInput, match="more than 10000 members"):
        Archive(buffer.getvalue(), "a.kmz")


DEEP = "<kml>" + "<Folder>" * 300 + "</Folder>" * 300 + "</kml>"
LAUGHS = """<?xml version="1.0"?><!DOCTYPE gpx [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>
<gpx><wpt lat="44" lon="65"><name>&b;</name></wpt></gpx>"""
FOREIGN = """<!DOCTYPE gpx SYSTEM "file:///etc/passwd"><gpx/>"""


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (LAUGHS, "a document type is not accepted"),
        (FOREIGN, "a document type is not accepted"),
        (DEEP.replace("kml", "gpx"), "nested deeper than 200"),
        ("<kml/>", "should be gpx, not kml"),
        ("<gpx>", "not XML: no element found"),
        ('<?xml version="1.0" encoding="klingon"?><gpx/>', "not XML: unknown encoding"),
        ('<gpx><wpt lat="44"/></gpx>', 'line 1: wpt: the attribute "lon" is missing'),
        ('<gpx>\n<wpt lat="nan" lon="65"/></gpx>', 'line 2: wpt: lat: "nan" is not a finite'),
        ('<gpx><wpt lat="65" lon="194"/></gpx>', "longitude 194"),
        ('<gpx><wpt lat="east" lon="194"/></gpx>', 'lat: "east" is not a number'),
    ],
)
def test_hostile_or_wrong_gpx_is_refused_with_line_and_key(text: str, reason: str) -> None:
    with pytest.raises(BadInput, match=reason):
        shapes_from_gpx(text.encode(), "a.gpx")


def test_kml_nested_without_end_is_refused() -> None:
    with pytest.raises(BadInput, match="nested deeper than 200"):
        shapes_from_kml(DEEP, "a.kml")


GPX = """<gpx xmlns="http://www.topografix.com/GPX/1/1" version="1.1">
<wpt lat="44.85" lon="65.5"><ele>129</ele><name>post</name><sym>Flag</sym></wpt>
<rte><name>round</name><rtept lat="44.85" lon="65.5"/><rtept lat="44.86" lon="65.5"/></rte>
<trk><name>walk</name>
<trkseg><trkpt lat="44.85" lon="65.5"/><trkpt lat="44.86" lon="65.51"/></trkseg>
<trkseg><trkpt lat="44.87" lon="65.5"/></trkseg>
<trkseg><trkpt lat="44.88" lon="65.5"/><trkpt lat="44.89" lon="65.51"/></trkseg></trk></gpx>"""


def test_gpx_gives_waypoints_routes_and_track_segments() -> None:
    found = shapes_from_gpx(GPX, "a.gpx")
    assert [(one.name, one.properties["sym"]) for one in found.places] == [("post", "Flag")]
    assert [one.name for one in found.lines] == ["round", "walk", "walk"]
    assert found.notes == (
        "line 4: trk with 1 points left out",
        "the heights of 1 points are left out",
    )


@pytest.mark.parametrize(
    "text",
    [
        "name,lat,lon\npost,44.85,65.5\n",
        "name;Latitude;Longitude\npost;44,85;65,5\n",
        "Атауы\tЕндік\tБойлық\npost\t44.85\t65.5\n",
        '"y"|"x"|"title"\n44.85°|65.5|post\n\n',
    ],
)
def test_csv_header_is_recognised(text: str) -> None:
    (place,) = shapes_from_csv(text, "a.csv").places
    at = place.position
    assert (place.name, at.latitude_deg, at.longitude_deg) == ("post", 44.85, 65.5)


ROWS = "".join(f"{44.85 + i / 100},{65.5 + i / 100}\n" for i in range(4))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "line 1: is empty"),
        ("a,b\n1,2\n", "line 1: no column is called latitude"),
        ("lat,y,lon\n1,1,2\n", "several columns give the latitude: lat, y"),
        ("lat,lon\n44.85\n", "line 2: should have 2 columns, not 1"),
        ("lat,lon\n44.85,north\n", 'line 2: lon: "north" is not a number'),
        ("lat,lon\nnan,65\n", 'line 2: lat: "nan" is not a finite number'),
        ("lat,lon\n165.5,44.85\n", "line 2: latitude 165.5 and longitude 44.85 look swapped"),
        (f"lat,lon\n{ROWS}65.52,44.87\n", "line 6: latitude 65.52 .* is the place 44.87, 65.52"),
        ("lat,lon\n91,181\n", "line 2: latitude 91"),
        ('lat,lon\n"44.85,65.5\n', "line 3|line 2"),
    ],
)
def test_wrong_csv_is_refused_with_line_and_column(text: str, reason: str) -> None:
    with pytest.raises(BadInput, match=reason):
        shapes_from_csv(text, "a.csv")


def test_file_in_another_encoding_is_refused_where_it_begins(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes("lat,lon,название\n".encode("cp1251"))
    with pytest.raises(BadInput, match="not UTF-8 at byte 8"):
        read_shapes(file)


SQUARE = [(65.0, 44.0), (65.0, 44.1), (65.1, 44.1), (65.1, 44.0), (65.0, 44.0)]
HOLE = [(65.02, 44.02), (65.04, 44.02), (65.04, 44.04), (65.02, 44.04), (65.02, 44.02)]
AWAY = [(66.0, 44.0), (66.0, 44.1), (66.1, 44.1), (66.1, 44.0), (66.0, 44.0)]


def written(path: Path, kind: int, draw: str, *shapes: Any, prj: str | None = None) -> Path:
    with shapefile.Writer(str(path), kind) as writer:
        writer.field("name", "C")
        for number, shape in enumerate(shapes):
            getattr(writer, draw)(*shape)
            writer.record(f"Ауыл {number}")
    if prj is not None:
        path.with_suffix(".prj").write_text(prj)
    return path


WGS_84 = pyproj.CRS.from_epsg(4326).to_wkt("WKT1_ESRI")


def test_shapefile_gives_areas_with_their_holes_and_names(tmp_path: Path) -> None:
    file = written(tmp_path / "a.shp", 5, "poly", ([SQUARE, HOLE, AWAY],), ([AWAY],), prj=WGS_84)
    found = read_shapes(file)
    assert [(one.name, len(one.outer), len(one.holes)) for one in found.areas] == [
        ("Ауыл 0", 4, 1),
        ("Ауыл 0", 4, 0),
        ("Ауыл 1", 4, 0),
    ]
    assert found.notes == ()


def test_shapefile_gives_lines_and_points(tmp_path: Path) -> None:
    lines = read_shapes(written(tmp_path / "l.shp", 3, "line", ([SQUARE, HOLE],), prj=WGS_84))
    points = read_shapes(written(tmp_path / "p.shp", 1, "point", (65.5, 44.85)))
    assert [len(one.points) for one in lines.lines] == [5, 5]
    assert points.places[0].position == GeoPoint(latitude_deg=44.85, longitude_deg=65.5)
    assert points.notes == ("no .prj beside it: taken as degrees on WGS 84",)


@pytest.mark.parametrize("epsg", [32641, 32741, 3857])
def test_shapefile_on_utm_or_web_mercator_is_where_pyproj_puts_it(
    epsg: int, tmp_path: Path
) -> None:
    latitude = -44.85 if epsg == 32741 else 44.85
    to_metres = pyproj.Transformer.from_crs(4326, epsg, always_xy=True)
    wkt = pyproj.CRS.from_epsg(epsg).to_wkt("WKT1_ESRI")
    file = written(tmp_path / "p.shp", 1, "point", to_metres.transform(65.5, latitude), prj=wkt)
    at = read_shapes(file).places[0].position
    assert at.latitude_deg == pytest.approx(latitude, abs=1e-9)
    assert at.longitude_deg == pytest.approx(65.5, abs=1e-9)


@pytest.mark.parametrize("wkt", ["rubbish", ""])
def test_shapefile_whose_prj_is_none_is_refused(wkt: str, tmp_path: Path) -> None:
    file = written(tmp_path / "p.shp", 1, "point", (1000.0, 2000.0), prj=wkt)
    with pytest.raises(BadInput, match=r"p\.prj: .*no coordinate system"):
        read_shapes(file)


def test_shapefile_beyond_the_earth_is_refused_with_its_record(tmp_path: Path) -> None:
    file = written(tmp_path / "p.shp", 1, "point", (65.5, 44.85), (650.5, 44.85))
    with pytest.raises(BadInput, match=r"record 2: 650.5, 44.85 is no place on earth"):
        read_shapes(file)


@given(cut=st.integers(0, 400), at=st.integers(0, 400), value=st.integers(0, 255))
def test_damaged_shapefile_is_read_or_refused(
    cut: int, at: int, value: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("shp")
    file = written(folder / "a.shp", 5, "poly", ([SQUARE, HOLE],), prj=WGS_84)
    content = bytearray(file.read_bytes())
    content[at % len(content)] = value
    file.write_bytes(content[: len(content) - cut % len(content)])
    assert isinstance(read_or_refused(file), Shapes | BadInput)


def read_or_refused(file: Path) -> Shapes | BadInput:
    try:
        return read_shapes(file)
    except BadInput as refusal:
        return refusal


def test_geojson_nested_without_end_is_refused() -> None:
    document: dict[str, Any] = {"type": "Point", "coordinates": [65, 44]}
    for _ in range(120):
        document = {"type": "GeometryCollection", "geometries": [document]}
    with pytest.raises(BadInput, match="nested deeper than 50"):
        shapes_from_geojson(json.dumps(document), "a.geojson")


POINTS = st.builds(
    GeoPoint, latitude_deg=st.floats(-90.0, 90.0), longitude_deg=st.floats(-180.0, 180.0)
)
RINGS = st.lists(POINTS, min_size=3, max_size=6, unique=True).map(tuple)
NAMES = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S"]), max_size=12)
AREAS = st.builds(Area, outer=RINGS, holes=st.lists(RINGS, max_size=2).map(tuple), name=NAMES)
DRAWINGS = st.builds(
    Shapes,
    areas=st.lists(AREAS, max_size=3).map(tuple),
    lines=st.lists(
        st.builds(Line, points=st.lists(POINTS, min_size=2, max_size=6).map(tuple), name=NAMES),
        max_size=3,
    ).map(tuple),
    places=st.lists(st.builds(Place, position=POINTS, name=NAMES), max_size=3).map(tuple),
    no_fly=st.lists(AREAS, max_size=2).map(tuple),
)


@given(DRAWINGS)
def test_any_drawing_survives_geojson_and_kml(shapes: Shapes) -> None:
    assert shapes_from_geojson(geojson_from_shapes(shapes), "a.geojson") == shapes
    assert shapes_from_kml(kml_from_shapes(shapes), "a.kml") == shapes


def test_drawing_is_converted_and_says_what_it_lost(tmp_path: Path) -> None:
    source = tmp_path / "a.gpx"
    source.write_text(GPX)
    said = convert(source, tmp_path / "a.kml")
    assert (said.kind, said.count, len(said.notes)) == ("shapes", 4, 2)
    assert len(read_shapes(tmp_path / "a.kml").lines) == 3


def test_drawing_does_not_become_a_plan(tmp_path: Path) -> None:
    source = tmp_path / "a.gpx"
    source.write_text(GPX)
    with pytest.raises(BadInput, match=r"a\.gpx is a drawing: .*qyran plan"):
        convert(source, tmp_path / "a.plan")


def test_drawing_with_half_a_letter_in_a_name_is_written(tmp_path: Path) -> None:
    area = Area(outer=tuple(GeoPoint(latitude_deg=i, longitude_deg=i * i) for i in range(3)))
    for name in ("a.kml", "a.geojson"):
        write_shapes(Shapes(areas=(Area(outer=area.outer, name="\ud800x"),)), tmp_path / name)
        assert len(read_shapes(tmp_path / name).areas) == 1
