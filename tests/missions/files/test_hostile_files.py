"""Files as they come: read right, or refused by one line that names the place. Never a guess."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from missions.area import Shapes
from missions.errors import BadInput
from missions.files import read_plan, read_shapes
from missions.files.csv_text import angle_deg

AREA = (
    "<Placemark><name>саябақ</name><Polygon><altitudeMode>{mode}</altitudeMode><outerBoundaryIs>"
    "<LinearRing><coordinates>65.5,44.8,9 65.6,44.8,9 65.6,44.9,9 65.5,44.8,9</coordinates>"
    "</LinearRing></outerBoundaryIs></Polygon></Placemark>"
)
LINK = "<NetworkLink><Link><href>http://example.com/live.kml</href></Link></NetworkLink>"
TRACK = (
    '<Placemark><gx:Track xmlns:gx="http://www.google.com/kml/ext/2.2">'
    "<gx:coord>65.5 44.8 0</gx:coord><gx:coord>65.6 44.9 0</gx:coord></gx:Track></Placemark>"
)
TABLE = "Атауы;Ендік;Бойлық\r\nБазар;44,8526;65,5092\r\nКөпір;44,8600;65,5200\r\n"
RUSSIAN = "Название;Широта;Долгота\r\nБазар;44,8526;65,5092\r\nМост;44,8600;65,5200\r\n"
ITEM = (
    '{"type": "SimpleItem", "frame": 3, "command": 16, "autoContinue": true, '
    '"params": [0, 0, 0, null, 44.85, 65.5, 50]}'
)
PLAN = (
    '{"fileType": "Plan", "version": 1, "mission": {"version": 2, "firmwareType": 12, '
    '"plannedHomePosition": [44.85, 65.5, 129], "items": [ITEM]}, "geoFence": {"version": 2, '
    '"polygons": [], "circles": []}, "rallyPoints": {"version": 2, "points": []}}'
).replace("ITEM", ITEM)
HOME_ROW = "0\t1\t0\t16\t0\t0\t0\t0\t44.85\t65.5\t100\t1"
ROW = "1\t0\t3\t22\t0\t0\t0\t0\t44.8\t65\t30\t1"


def kml(*parts: str) -> bytes:
    inner = "".join(parts)
    return (
        f'<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{inner}</Document></kml>'.encode()
    )


def kmz(**members: bytes) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return held.getvalue()


def geojson(crs: str | None = None, ring: list[Any] | None = None) -> bytes:
    corners = ring or [[65.5, 44.8], [65.6, 44.8], [65.6, 44.9], [65.5, 44.8]]
    geometry = {"type": "Polygon", "coordinates": [corners]}
    features = [{"type": "Feature", "properties": None, "geometry": geometry}]
    named = {} if crs is None else {"crs": {"type": "name", "properties": {"name": crs}}}
    return json.dumps({"type": "FeatureCollection", "features": features, **named}).encode()


def read(tmp_path: Path, name: str, content: bytes) -> Shapes:
    (tmp_path / name).write_bytes(content)
    return read_shapes(tmp_path / name)


CORNER = (44.8, 65.5)
FIRST = (44.8526, 65.5092)
DRAWINGS = {
    "modes.kml": (kml(AREA.format(mode="absolute")), CORNER),
    "link.kml": (kml(LINK, AREA.format(mode="clampToGround")), CORNER),
    "track.kml": (kml(TRACK), CORNER),
    "windows.kml": (
        b'<?xml version="1.0" encoding="windows-1251"?>'
        + kml(AREA.format(mode="absolute").replace("саябақ", "Базар")).decode().encode("cp1251"),
        CORNER,
    ),
    "nested.kmz": (kmz(**{"doc.kml": kml(AREA.format(mode="a")), "in.kmz": kmz(a=b"b")}), CORNER),
    "outside.kmz": (kmz(**{"../../evil.kml": kml(AREA.format(mode="a"))}), CORNER),
    "crs84.geojson": (geojson("urn:ogc:def:crs:OGC:1.3:CRS84"), CORNER),
    "epsg4326.geojson": (geojson("urn:ogc:def:crs:EPSG::4326"), CORNER),
    "open.geojson": (geojson(ring=[[65.5, 44.8], [65.6, 44.8], [65.6, 44.9]]), CORNER),
    "utf8.csv": (b"\xef\xbb\xbf" + TABLE.encode(), FIRST),
    "sep.csv": (b"sep=;\r\n" + TABLE.encode(), FIRST),
    "unicode.csv": (TABLE.replace(";", "\t").encode("utf-16"), FIRST),
    "excel.csv": (RUSSIAN.encode("cp1251"), FIRST),
    "title.csv": (f"Список мест; на осень;\r\n\r\n{TABLE}".encode(), FIRST),
    "units.csv": ("Широта (град.);Долгота, °\n44,8526;65,5092\n".encode(), FIRST),
    "quoted.csv": (b'name,lat,lon\nA,"44,8526","65,5092"\n', FIRST),
    "minutes.csv": ('name,lat,lon\nA,"44°51\'09.36""N","65°30\'33.12""E"\n'.encode(), FIRST),
    "russian.csv": ("lat;lon\n44,8526° с.ш.;65,5092° в.д.\n".encode(), FIRST),
    "spaces.csv": ("lat;lon\n44,8526\u00a0;65,5092\n".encode(), FIRST),
}


@pytest.mark.parametrize("name", DRAWINGS)
def test_a_drawing_as_it_comes_is_read_where_it_was_drawn(name: str, tmp_path: Path) -> None:
    content, (latitude, longitude) = DRAWINGS[name]
    found = read(tmp_path, name, content)
    points = [
        *(point for area in found.areas for point in area.outer),
        *(point for line in found.lines for point in line.points),
        *(place.position for place in found.places),
    ]
    assert (points[0].latitude_deg, points[0].longitude_deg) == pytest.approx(
        (latitude, longitude), abs=1e-9
    )


def test_what_is_left_out_of_a_drawing_is_said(tmp_path: Path) -> None:
    found = read(tmp_path, "a.kml", kml(LINK, AREA.format(mode="absolute")))
    assert found.notes == ("1 NetworkLink left out", "the heights of 4 points are left out")


def test_a_table_in_windows_letters_says_how_it_was_read(tmp_path: Path) -> None:
    found = read(tmp_path, "a.csv", RUSSIAN.encode("cp1251"))
    assert [place.name for place in found.places] == ["Базар", "Мост"]
    assert "windows-1251" in found.notes[0]


REFUSED = {
    "cut.kmz": (kmz(**{"doc.kml": kml(AREA)})[:200], "not a zip archive"),
    "tail.kmz": (kmz(**{"doc.kml": kml(AREA)})[:-10], "not a zip archive"),
    "entity.kml": (
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><kml/>',
        "a document type is not accepted",
    ),
    "nobody.geojson": (geojson("urn:ogc:def:crs:EPSG::999999"), "is in no register"),
    "swapped.geojson": (
        geojson(ring=[[44.8, 95.5], [44.9, 95.5], [44.9, 95.6], [44.8, 95.5]]),
        "swapped",
    ),
    "nan.geojson": (geojson().replace(b"65.6", b"NaN"), "NaN is not JSON"),
    "text.geojson": (geojson(ring=[["65.5", "44.8"]] * 4), "should be a number, not text"),
    "grouped.csv": (b"lat;lon\n44 852 600;65 509 200\n", 'line 2: lat: "44 852 600" is not'),
    "sixty.csv": (b"lat;lon\n44 61 00;65 30 00\n", 'line 2: lat: "44 61 00" is not'),
    "noise.csv": (bytes(range(256)) * 20, "not UTF-8 at byte 128: save it as UTF-8"),
    "half.csv": (b"\xff\xfel\x00a", "not UTF-16 at byte"),
    "head.csv": ("Тізім;;\r\nҚайда;Қашан;Кім\r\n".encode(), "line 1: no column is called latitude"),
    "comma.gpx": (b'<gpx><wpt lat="44,85" lon="65,5"/></gpx>', '"44,85" is not a number'),
    "far.gpx": (b'<gpx><wpt lat="91" lon="65"/></gpx>', "latitude 91"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_drawing_that_cannot_be_meant_is_refused_in_one_line(name: str, tmp_path: Path) -> None:
    content, reason = REFUSED[name]
    with pytest.raises(BadInput, match=reason) as refusal:
        read(tmp_path, name, content)
    assert "\n" not in str(refusal.value)
    assert name in str(refusal.value)


PLANS = {
    "nan.plan": (PLAN.replace("44.85, 65.5, 50]", "NaN, 65.5, 50]"), "NaN is not JSON"),
    "endless.plan": (PLAN.replace("65.5, 50]", "65.5, Infinity]"), "Infinity is not JSON"),
    "large.plan": (PLAN.replace("65.5, 50]", "65.5, 1e999]"), r"params\[6\]: the number is too"),
    "null.plan": (PLAN.replace('"items": [', '"items": [null, '), r"items\[0\]: should be an obj"),
    "text.plan": (PLAN.replace('"params": [0', '"params": ["0"'), r"params\[0\]: should be a numb"),
    "command.plan": (PLAN.replace('"command": 16', '"command": 1e300'), "is not from 0 to 65535"),
    "frame.plan": (PLAN.replace('"frame": 3', '"frame": -3'), "-3 is not from 0 to 255"),
    "cut.plan": (PLAN[:150], "line 1: not JSON"),
    "comma.waypoints": (
        f"QGC WPL 110\r\n{HOME_ROW.replace('44.85', '44,85')}\r\n",
        'line 2: latitude: "44,85" is not a number',
    ),
    "short.waypoints": ("QGC WPL 110\n0\t1\t0\t16\t0\t0\n", "line 2: should have 12 columns"),
    "order.waypoints": (f"QGC WPL 110\n{ROW}\n{HOME_ROW}\n", "line 3: seq: 0 stands after 1"),
    "old.waypoints": ("QGC WPL 99\n", 'line 1: should be "QGC WPL 110"'),
}


@pytest.mark.parametrize("name", PLANS)
def test_a_plan_that_cannot_be_meant_is_refused_in_one_line(name: str, tmp_path: Path) -> None:
    content, reason = PLANS[name]
    (tmp_path / name).write_text(content)
    with pytest.raises(BadInput, match=reason) as refusal:
        read_plan(tmp_path / name)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("text", [f"\ufeff{PLAN}", PLAN.replace(" ", "\r\n  ")])
def test_a_plan_with_a_mark_or_other_line_ends_is_the_same_plan(text: str, tmp_path: Path) -> None:
    for name, content in (("a.plan", PLAN), ("b.plan", text)):
        (tmp_path / name).write_bytes(content.encode())
    plain, other = (read_plan(tmp_path / name) for name in ("a.plan", "b.plan"))
    assert repr(other.items) == repr(plain.items)


@pytest.mark.parametrize(
    ("text", "degrees"),
    [
        ("44.8526", 44.8526),
        ("-0.5", -0.5),
        ("44°51'09.36\"N", 44.8526),
        ("44° 51.156' S", -44.8526),
        ("S 44 51 09.36", -44.8526),
        ("65.5092W", -65.5092),
        ("65.5092 з.д.", -65.5092),
        ("44.8526 ю. ш.", -44.8526),
    ],
)
def test_angles_are_read_as_people_write_them(text: str, degrees: float) -> None:
    assert angle_deg(text) == pytest.approx(degrees, abs=1e-9)


@pytest.mark.parametrize("text", ["", "north", "N 44 S", "44°51'09\"X", "44.8.5", "44 61 00"])
def test_what_is_no_angle_is_none(text: str) -> None:
    with pytest.raises(ValueError, match=r"could not convert|is no angle"):
        angle_deg(text)
