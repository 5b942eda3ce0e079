"""Drawings and plans that nobody should send: each ends in an answer or in one clear line, soon."""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import Polygon

import qyran
from missions.area import Area, ring_en, ring_geo
from missions.errors import BadInput
from missions.geodesy import GeoPoint, LocalPlane
from missions.heights import HeightAboveHome
from missions.patterns.lean_area import MOST_CORNERS, lean_area
from missions.patterns.sweep import sweep
from missions.vehicle import default_vehicle

LAT, LON = 44.85, 65.5
EAST, NORTH = 1.0 / (111_320.0 * math.cos(math.radians(LAT))), 1.0 / 111_150.0
PLANE = LocalPlane(GeoPoint(latitude_deg=LAT, longitude_deg=LON))
Points = list[tuple[float, float]]


def ring(points: Points) -> list[list[float]]:
    drawn = [[LON + x * EAST, LAT + y * NORTH] for x, y in points]
    return [*drawn, drawn[0]]


def areas(*rings: list[list[float]]) -> str:
    return json.dumps({"type": "Polygon", "coordinates": list(rings)})


SQUARE: Points = [(0, 0), (300, 0), (300, 300), (0, 300)]
TRIANGLE: Points = [(50, 50), (200, 50), (200, 200)]


def circle(corners: int) -> Points:
    turns = [2.0 * math.pi * i / corners for i in range(corners)]
    return [(250.0 * math.cos(turn), 250.0 * math.sin(turn)) for turn in turns]


def comb(teeth: int) -> Points:
    tips: Points = [(1000.0 * i / teeth, 0.0 if i % 2 else 200.0) for i in range(teeth)]
    return [*tips, (1000.0, -10.0), (0.0, -10.0)]


def zigzag(corners: int) -> Points:
    edge: Points = [(600.0 * i / corners, 1.5 * (i % 2)) for i in range(corners)]
    return [*edge, (600.0, 400.0), (0.0, 400.0)]


# What each ends in: the exit status, and a part of what is said.
ANSWERS: dict[str, tuple[str, int, str]] = {
    "crosses itself": (areas(ring([(0, 0), (300, 300), (300, 0), (0, 300)])), 0, "ring repaired"),
    "a million corners": (areas(ring(circle(1_000_000))), 0, "1000000 corners thinned"),
    "a hundred thousand teeth": (areas(ring(comb(100_000))), 2, "too ragged"),
    "a ragged edge": (areas(ring(zigzag(100_000))), 0, "along the edge are left out"),
    "a square metre": (areas(ring([(0, 0), (1, 0), (1, 1), (0, 1)])), 0, "sweep, "),
    "a square millimetre": (areas(ring([(0, 0), (1e-3, 0), (1e-3, 1e-3)])), 2, "nothing of the"),
    "corners twice and more": (areas(ring([(0, 0)] * 50 + SQUARE)), 0, "sweep, "),
    "one place": (areas(ring([(0, 0)] * 5)), 2, "encloses nothing"),
    "a line": (areas(ring([(0, 0), (100, 0), (200, 0)])), 2, "nothing of the area"),
    "a sliver": (areas(ring([(0, 0), (5000, 0), (5000, 0.01)])), 2, "nothing of the area"),
    "a hole outside": (
        areas(ring(SQUARE), ring([(400, 0), (500, 0), (500, 99)])),
        0,
        "ring repaired",
    ),
    "holes over each other": (
        areas(ring(SQUARE), ring(TRIANGLE), ring([(99, 60), (250, 60), (220, 250)])),
        0,
        "ring repaired",
    ),
    "all hole": (areas(ring(SQUARE), ring(SQUARE)), 2, "encloses nothing"),
    "a thousand holes": (
        areas(
            ring([(0, 0), (3200, 0), (3200, 3200), (0, 3200)]),
            *(
                ring([(x + 20, y + 20), (x + 60, y + 20), (x + 40, y + 60)])
                for x in range(0, 3200, 100)
                for y in range(0, 3200, 100)
            ),
        ),
        2,
        "split it",
    ),
    "over the antimeridian": (
        areas([[179.99, 50], [-179.99, 50], [-179.99, 50.01], [179.99, 50]]),
        2,
        "antimeridian",
    ),
    "round the pole": (
        areas([[0, 89.9999], [90, 89.9999], [180, 89.9999], [-90, 89.9999], [0, 89.9999]]),
        2,
        "antimeridian",
    ),
    "near the pole": (
        areas([[0, 89.9], [1, 89.9], [1, 89.91], [0, 89.91], [0, 89.9]]),
        0,
        "sweep, ",
    ),
    "a continent": (areas([[0, 0], [100, 0], [100, 60], [0, 60], [0, 0]]), 2, "too wide"),
    "a district of 50 km": (
        areas(ring([(0, 0), (50_000, 0), (50_000, 50_000), (0, 50_000)])),
        2,
        "km of passes",
    ),
    "no number": (
        '{"type": "Polygon", "coordinates": [[[65.5, NaN], [65.6, 44.9], [65.6, 44.8]]]}',
        2,
        "NaN is not JSON",
    ),
    "an endless number": (
        '{"type": "Polygon", "coordinates": [[[65.5, 1e999], [65.6, 44.9], [65.6, 44.8]]]}',
        2,
        "coordinates[0][0][1]: the number is too large",
    ),
    "latitude and longitude the wrong way round": (
        areas([[44.8, 165.5], [44.9, 165.5], [44.9, 165.6]]),
        2,
        "latitude 165.5 is not within -90..90 degrees: swapped?",
    ),
    "heights too": (areas([[*point, 99.0] for point in ring(SQUARE)]), 0, "sweep, "),
    "words for numbers": (
        '{"type": "Polygon", "coordinates": [[["65.5", "44.8"], [65.6, 44.9], [65.6, 44.8]]]}',
        2,
        "should be a number, not text",
    ),
    "no rings": (areas(), 2, "a polygon needs a ring"),
    "no corners": (areas([]), 2, "needs three points, not 0"),
    "nothing": ('{"type": "FeatureCollection", "features": []}', 2, "0 areas found"),
    "no file": ("", 2, "line 1: not JSON"),
    "a list": ("[1, 2]", 2, "should be an object, not a list"),
    "a deep list": ("[" * 100_000, 2, "nested too deep"),
    "a deep collection": (
        '{"type": "GeometryCollection", "geometries": [' * 200 + "]}" * 200,
        2,
        "nested deeper than 50",
    ),
}
PATTERNS: dict[str, list[str]] = {
    "perimeter": [],
    "facade": ["--standoff-m", "10", "--structure-height-m", "20"],
    "orbit": ["--standoff-m", "10"],
    "round": [],
    "search": ["--radius-m", "300"],
}
# Reading these takes most of their time, whatever is made of them.
LONG_TO_READ = ("a million corners", "a hundred thousand teeth")


def drawn(folder: Path, text: str) -> str:
    file = folder / "drawing.geojson"
    file.write_text(text)
    return str(file)


@pytest.mark.parametrize("name", ANSWERS)
def test_sweep_of_it_is_answered(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text, status, what = ANSWERS[name]
    arguments = [
        "plan",
        drawn(tmp_path, text),
        "--swath-m",
        "30",
        "--out",
        str(tmp_path / "x.plan"),
    ]
    assert qyran.main(arguments) == status
    told = capsys.readouterr()
    assert what in (told.err if status == 2 else told.out)
    assert told.err.count("\n") == (1 if status == 2 else 0)


@pytest.mark.parametrize("pattern", PATTERNS)
@pytest.mark.parametrize("name", [name for name in ANSWERS if name not in LONG_TO_READ])
def test_every_other_pattern_answers_or_refuses_it(
    name: str, pattern: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    area = drawn(tmp_path, ANSWERS[name][0])
    out = str(tmp_path / "x.plan")
    status = qyran.main(["plan", area, "--pattern", pattern, *PATTERNS[pattern], "--out", out])
    told = capsys.readouterr().err
    assert (status, told.count("\n")) in ((0, 0), (1, 0), (2, 1)), told


def test_drawing_far_from_home_is_refused_and_asked_whether_swapped(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    area = drawn(tmp_path, areas([point[::-1] for point in ring(SQUARE)]))
    out = str(tmp_path / "x.plan")
    assert qyran.main(["plan", area, "--home", f"{LAT},{LON}", "--out", out]) == 2
    assert "longitude 44.85, latitude 65.5: swapped?" in capsys.readouterr().err


def plan_text(*params: list[Any]) -> str:
    items = [
        {
            "type": "SimpleItem",
            "command": 16,
            "frame": 3,
            "params": one,
            "autoContinue": True,
            "doJumpId": i + 1,
        }
        for i, one in enumerate(params)
    ]
    return json.dumps(
        {
            "fileType": "Plan",
            "version": 1,
            "geoFence": {"version": 2, "polygons": [], "circles": []},
            "rallyPoints": {"version": 2, "points": []},
            "mission": {"version": 2, "items": items, "plannedHomePosition": [LAT, LON, 0.0]},
        }
    )


PLANS = {
    "no items": plan_text(),
    "deep": "[" * 100_000,
    "a place beyond the earth": plan_text([0, 0, 0, None, 9e9, 9e9, 60]),
    "at the pole": plan_text([0, 0, 0, None, 90.0, 0.0, 60], [0, 0, 0, None, 89.9, 180.0, 60]),
    "twenty thousand items": plan_text(
        *([0, 0, 0, None, LAT + 1e-5 * i, LON, 60] for i in range(20_000))
    ),
    "half the world": plan_text([0, 0, 0, None, -LAT, LON - 180.0, 60]),
    "six parameters": plan_text([0, 0, 0, None, LAT, LON]),
}


@pytest.mark.parametrize("name", PLANS)
@pytest.mark.parametrize("command", ["check", "convert"])
def test_hostile_plan_is_checked_and_converted(
    command: str, name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "a.plan"
    file.write_text(PLANS[name])
    arguments = {"check": [str(file)], "convert": [str(file), str(tmp_path / "b.geojson")]}
    status = qyran.main([command, *arguments[command]])
    told = capsys.readouterr().err
    assert (status, told.count("\n")) in ((0, 0), (1, 0), (2, 1)), told


@pytest.mark.parametrize("encoding", ["utf-16", "cp1251", "latin-1"])
def test_file_in_another_encoding_is_refused_by_name(
    encoding: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "a.geojson"
    letters = {"cp1251": "парк", "latin-1": "fenêtre", "utf-16": "park"}
    text = json.dumps({"type": "Point", "name": letters[encoding]}, ensure_ascii=False)
    file.write_bytes(text.encode(encoding))
    assert qyran.main(["plan", str(file), "--out", str(tmp_path / "x.plan")]) == 2
    assert "not UTF-8 at byte" in capsys.readouterr().err


def jagged(seed: int, corners: int, depth_m: float, *, radius_m: float = 300.0) -> Area:
    random = np.random.default_rng(seed)
    turns = np.linspace(0.0, 2.0 * math.pi, corners, endpoint=False)
    reach = radius_m + depth_m * random.random(corners)
    points = np.column_stack((reach * np.cos(turns), reach * np.sin(turns)))
    return Area(outer=ring_geo(PLANE, points))


@settings(max_examples=20)
@given(seed=st.integers(0, 1000), depth_m=st.floats(0.001, 0.4), closed=st.booleans())
def test_lean_area_stays_inside_and_a_lean_zone_covers(
    seed: int, depth_m: float, closed: bool
) -> None:
    area = jagged(seed, MOST_CORNERS + 1000, depth_m)
    lean, notes = lean_area(area, closed=closed)
    # Where an edge is moved, a corner may become two.
    assert len(lean.outer) <= 2 * MOST_CORNERS
    assert "thinned" in notes[0]
    drawn_, thin = Polygon(ring_en(PLANE, area.outer)), Polygon(ring_en(PLANE, lean.outer))
    outer, inner = (thin, drawn_) if closed else (drawn_, thin)
    # Thinned by at most 2 cm an edge is not moved: paths keep that far from it.
    assert shapely.covers(outer.buffer(0.021), inner)
    assert shapely.symmetric_difference(drawn_, thin).area < 0.02 * drawn_.area


def test_sweep_of_very_many_corners_stays_inside_them() -> None:
    area = jagged(1, 8000, 0.3)
    path = sweep(
        area,
        swath_m=40.0,
        height=HeightAboveHome(60.0),
        vehicle=default_vehicle(),
        speed_m_s=10,
    )
    way = shapely.LineString(ring_en(PLANE, tuple(point.position for point in path.points)))
    assert Polygon(ring_en(PLANE, area.outer)).buffer(0.05).covers(way)
    assert any("8000 corners thinned" in note for note in path.notes)


def test_ring_too_ragged_is_refused_with_its_name() -> None:
    area = jagged(2, 40_000, 60.0, radius_m=20_000.0)
    named = Area(outer=area.outer, name="scrub")
    with pytest.raises(BadInput, match="scrub: 40000 corners, and too ragged"):
        lean_area(named)
