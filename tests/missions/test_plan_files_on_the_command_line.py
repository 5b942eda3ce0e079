"""What `qyran plan`, `check` and `convert` write: editable items, other formats, briefs."""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from reportlab import rl_config
from shapely.geometry import LineString, Polygon

import qyran
from missions.area import ring_en
from missions.files import read_plan
from missions.geodesy import GeoPoint, LocalPlane
from missions.plan import Command, Plan

LAT, LON = 44.85, 65.5
EAST, NORTH = 1.0 / (111_320.0 * math.cos(math.radians(LAT))), 1.0 / 111_150.0
HOME = "44.8490,65.4990,129"


def at(x: float, y: float) -> list[float]:
    return [LON + x * EAST, LAT + y * NORTH]


def ring(*points: tuple[float, float]) -> list[list[float]]:
    return [at(*point) for point in (*points, points[0])]


HOLE = ring((120, 100), (280, 100), (280, 200), (120, 200))
EDGE = ring((0, 0), (400, 0), (400, 300), (0, 300))
FIELD = {"type": "Polygon", "coordinates": [EDGE, HOLE]}
ROAD = {"type": "LineString", "coordinates": [at(0, 0), at(300, 40), at(600, 0)]}


def drawing(folder: Path, geometry: dict[str, Any], name: str = "drawing.geojson") -> str:
    file = folder / name
    file.write_text(json.dumps(geometry))
    return str(file)


def planned(folder: Path, geometry: dict[str, Any], *options: str, name: str = "a.plan") -> Plan:
    out = folder / name
    area = drawing(folder, geometry)
    assert qyran.main(["plan", area, "--home", HOME, "--out", str(out), *options]) == 0
    return read_plan(out)


def test_sweep_is_an_editable_survey_that_flies_our_waypoints(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = planned(tmp_path, FIELD, "--swath-m", "40")
    plain = planned(tmp_path, FIELD, "--swath-m", "40", "--plain-items", name="b.plan")
    (survey,) = plan.complex_items
    assert (survey.kind, survey.source["version"]) == ("survey", 5)
    assert plain.complex_items == ()
    assert plan.items == plain.items
    assert "over the area's holes" in capsys.readouterr().out


def test_corridor_is_an_editable_corridor_scan(tmp_path: Path) -> None:
    options = ("--pattern", "corridor", "--swath-m", "30", "--passes", "3")
    (scan,) = planned(tmp_path, ROAD, *options).complex_items
    assert (scan.kind, scan.source["CorridorWidth"]) == ("CorridorScan", 90.0)


def test_ways_from_and_to_home_go_round_the_holes(tmp_path: Path) -> None:
    plan = planned(tmp_path, FIELD, "--swath-m", "60", "--ending", "land")
    plane = LocalPlane(GeoPoint(latitude_deg=LAT, longitude_deg=LON))
    flown = [
        GeoPoint(latitude_deg=item.latitude_deg, longitude_deg=item.longitude_deg)
        for item in plan.items
        if item.command in (Command.NAV_TAKEOFF, Command.NAV_WAYPOINT, Command.NAV_LAND)
    ]
    hole = tuple(GeoPoint(latitude_deg=y, longitude_deg=x) for x, y in HOLE[:-1])
    inner = Polygon(ring_en(plane, hole)).buffer(-0.05)
    assert not inner.intersects(LineString(ring_en(plane, tuple(flown))))


def test_passes_lie_in_the_direction_asked_for(tmp_path: Path) -> None:
    field = {"type": "Polygon", "coordinates": [EDGE]}
    plan = planned(tmp_path, field, "--swath-m", "40", "--angle-deg", "30")
    (survey,) = plan.complex_items
    assert survey.source["angle"] == pytest.approx(30.0, abs=0.5)


@pytest.mark.parametrize("suffix", [".plan", ".waypoints", ".kmz", ".kml", ".geojson"])
def test_plan_is_converted_into_every_format(
    suffix: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    planned(tmp_path, FIELD, "--swath-m", "60")
    target = str(tmp_path / f"b{suffix}")
    capsys.readouterr()
    assert qyran.main(["convert", str(tmp_path / "a.plan"), target, "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["items"] == len(read_plan(tmp_path / "a.plan").items)


def test_dji_flight_is_for_the_aircraft_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    planned(tmp_path, FIELD, "--swath-m", "60")
    source, target = str(tmp_path / "a.plan"), str(tmp_path / "a.kmz")
    assert qyran.main(["convert", source, target, "--dji", "m3e"]) == 0
    assert "another model" not in capsys.readouterr().out
    assert qyran.main(["convert", source, target, "--dji", "kite"]) == 2
    assert "--dji: 'kite' is not one of m30" in capsys.readouterr().err


def test_drawing_is_converted_and_never_becomes_a_plan(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    area = drawing(tmp_path, FIELD)
    assert qyran.main(["convert", area, str(tmp_path / "b.kml"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["shapes"] == 1
    assert qyran.main(["convert", area, str(tmp_path / "b.plan")]) == 2
    assert "`qyran plan` makes a plan of it" in capsys.readouterr().err


def test_brief_is_printed_in_kazakh_with_a_font_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rl_config, "pageCompression", 0)
    brief, again = tmp_path / "Қызылорда.pdf", tmp_path / "checked.pdf"
    planned(tmp_path, FIELD, "--swath-m", "60", "--brief", str(brief))
    assert qyran.main(["check", str(tmp_path / "a.plan"), "--brief", str(again)]) == 0
    for file in (brief, again):
        content = file.read_bytes()
        assert content.startswith(b"%PDF-")
        assert b"DejaVuSans" in content
        assert b"/BaseFont /Helvetica" not in content.replace(b"/F1", b"")[20_000:]


def hill(folder: Path) -> str:
    """A tile of 3 arc seconds: a plain with a hill of 70 m under the field's middle."""
    latitude = np.linspace(45.0, 44.0, 1201)[:, None]
    longitude = np.linspace(65.0, 66.0, 1201)[None]
    x, y = (longitude - LON) / EAST - 200.0, (latitude - LAT) / NORTH - 150.0
    heights = 129.0 + 70.0 * np.exp(-(x**2 + y**2) / (2.0 * 150.0**2))
    (folder / "N44E065.hgt").write_bytes(np.round(heights).astype(">i2").tobytes())
    return str(folder / "N44E065.hgt")


def test_flat_plan_over_a_hill_is_found_and_a_following_one_is_clear(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    field = {"type": "Polygon", "coordinates": [EDGE]}
    arguments = ["plan", drawing(tmp_path, field), "--home", HOME, "--swath-m", "60", "--json"]
    arguments += ["--height-m", "40", "--speed-m-s", "4", "--terrain", hill(tmp_path)]
    png, way = tmp_path / "a.png", tmp_path / "a.json"
    assert qyran.main([*arguments, "--out", str(tmp_path / "flat.plan")]) == 1
    flat = json.loads(capsys.readouterr().out)["findings"]
    extra = ["--above-ground", "--png", str(png), "--path-json", str(way)]
    qyran.main([*arguments, *extra, "--out", str(tmp_path / "a.plan")])
    following = json.loads(capsys.readouterr().out)["findings"]
    assert any(one["rule"] == "terrain-clearance" for one in flat)
    assert not any(one["rule"] == "terrain-clearance" for one in following)
    assert png.exists()
    heights = np.array(json.loads(way.read_text()))[:, 2]
    assert np.ptp(heights) > 20.0
    terrain = ["--terrain", hill(tmp_path)]
    assert qyran.main(["check", str(tmp_path / "flat.plan"), *terrain]) == 1


@pytest.mark.parametrize(
    ("options", "what"),
    [
        (["--above-ground"], "--above-ground: needs the ground: give --terrain"),
        (["--terrain", "none.tif", "--above-ground"], "none.tif"),
        (["--dji", "kite"], "--dji: 'kite' is not one of"),
        (["--brief", "none/a.pdf"], "none/a.pdf"),
    ],
)
def test_refusal_names_the_option_or_the_file(
    options: list[str],
    what: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert qyran.main(["plan", drawing(tmp_path, FIELD), *options, "--out", "x.plan"]) == 2
    error = capsys.readouterr().err
    assert what in error
    assert error.count("\n") == 1


def test_findings_of_one_kind_are_told_a_few_times(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--height-m", "200", "--swath-m", "40", "--out", str(tmp_path / "a.plan")]
    qyran.main(["plan", drawing(tmp_path, FIELD), *options])
    told = capsys.readouterr().out
    assert 0 < told.count("warning ceiling") <= 5
