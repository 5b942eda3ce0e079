"""Every pattern as a person asks for it: plan, flown path, picture; and refusals in one line."""

import json
import math
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

import qyran
from missions.files import read_plan
from missions.plan import Command

LAT, LON = 44.85, 65.5
EAST, NORTH = 1.0 / (111_320.0 * math.cos(math.radians(LAT))), 1.0 / 111_150.0
HOME = "44.8490,65.4990,129"


def at(x: float, y: float) -> list[float]:
    return [LON + x * EAST, LAT + y * NORTH]


def ring(*points: tuple[float, float]) -> list[list[list[float]]]:
    return [[at(*point) for point in (*points, points[0])]]


def feature(shape: str, coordinates: Any, **properties: Any) -> dict[str, Any]:
    geometry = {"type": shape, "coordinates": coordinates}
    return {"type": "Feature", "properties": properties, "geometry": geometry}


HOUSE = feature("Polygon", ring((0, 0), (60, 0), (60, 20), (0, 20)), id="house", height="18 m")
YARD = feature("Polygon", ring((75, 60), (95, 60), (95, 90), (75, 90)), id="yard", kind="no_fly")
FIELD = feature("Polygon", ring((0, 0), (400, 0), (400, 300), (0, 300)), id="field")
HUT = feature("Polygon", ring((300, 200), (360, 200), (360, 260), (300, 260)), weight=2)
GATE = feature("Point", at(150.0, 100.0), id="gate", weight=1, sigma_m=30, dwell_s=5)
PIPES = feature(
    "MultiLineString",
    [[at(0, 0), at(200, 30), at(400, 0)], [at(200, 30), at(220, 200)]],
    id="pipes",
)

ASKED: dict[str, tuple[list[dict[str, Any]], list[str]]] = {
    "sweep": (
        [FIELD, YARD],
        ["--gsd-cm", "4", "--camera", "dji-m30t-wide", "--gimbal-pitch-deg=-90"],
    ),
    "corridor": ([PIPES], ["--passes", "2", "--swath-m", "20"]),
    "corridor beside": ([PIPES], ["--beside", "left", "--standoff-m", "30", "--swath-m", "20"]),
    "perimeter": ([FIELD, YARD], ["--standoff-m", "15", "--look", "inward"]),
    "orbit": ([HOUSE, YARD], ["--standoff-m", "20", "--heights-m", "15,30"]),
    "orbit point": ([GATE], ["--radius-m", "40", "--aim", "heading", "--anticlockwise"]),
    "facade": ([HOUSE, YARD], ["--gsd-cm", "0.5", "--camera", "dji-m30t-wide"]),
    "facade columns": ([HOUSE], ["--standoff-m", "12", "--scan", "columns"]),
    "round": ([GATE, feature("Point", at(50.0, 200.0))], ["--action", "photo"]),
    "search": ([GATE, YARD], ["--radius-m", "120", "--swath-m", "30"]),
    "search sector": ([GATE], ["--search", "sector", "--radius-m", "100", "--searches", "2"]),
    "search map": ([FIELD, HUT, GATE, YARD], ["--search", "map", "--swath-m", "40"]),
}


def drawing(folder: Path, features: list[dict[str, Any]]) -> str:
    file = folder / "drawing.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return str(file)


@pytest.mark.parametrize("asked", ASKED)
def test_pattern_is_planned_told_and_drawn(
    asked: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    features, options = ASKED[asked]
    out, way, png = (tmp_path / name for name in ("out.plan", "way.json", "out.png"))
    status = qyran.main(
        [
            *("plan", drawing(tmp_path, features), "--pattern", asked.split()[0], *options),
            *("--home", HOME, "--out", str(out), "--path-json", str(way), "--png", str(png)),
            "--json",
        ]
    )
    said = json.loads(capsys.readouterr().out)
    assert status == 0, said["findings"]
    assert said["duration_s"] > said["on_task_s"] > 0.0
    flown = np.array(json.loads(way.read_text()))
    items = [item for item in read_plan(out).items if item.command in (16, 19)]
    waypoints = np.array([[i.longitude_deg, i.latitude_deg, i.params[6]] for i in items])
    assert flown.shape[1] == 3
    # Every point of the told path is a waypoint of the plan.
    gaps = np.abs(flown[:, None] - waypoints[None]) / np.array([1e-5, 1e-5, 0.5])
    assert gaps.max(axis=2).min(axis=1).max() < 1.0
    picture = cv2.imread(str(png))
    assert picture is not None
    assert picture.shape == (1120, 1600, 3)
    assert qyran.main(["check", str(out)]) == 0


def test_summary_tells_the_times_and_what_is_found_when(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    features, options = ASKED["search map"]
    out = str(tmp_path / "out.plan")
    area = drawing(tmp_path, features)
    qyran.main(["plan", area, "--pattern", "search", *options, "--home", HOME, "--out", out])
    said = capsys.readouterr().out
    assert "min from take-off to landing" in said
    assert "min on average" in said


def test_columns_take_a_picture_at_each_stop(tmp_path: Path) -> None:
    features, options = ASKED["facade columns"]
    out = tmp_path / "out.plan"
    area = drawing(tmp_path, features)
    qyran.main(["plan", area, "--pattern", "facade", *options, "--home", HOME, "--out", str(out)])
    items = read_plan(out).items
    stops = [item for item in items if item.command == Command.NAV_LOITER_TIME]
    photos = [item for item in items if item.command == Command.IMAGE_START_CAPTURE]
    assert len(stops) == len(photos) > 20
    assert all(math.isfinite(item.params[3]) for item in stops)


def test_ground_sample_distance_sets_the_height(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    features, options = ASKED["sweep"]
    area, way = drawing(tmp_path, features), tmp_path / "way.json"
    out = str(tmp_path / "out.plan")
    qyran.main(["plan", area, *options, "--out", out, "--path-json", str(way)])
    heights = {height for _, _, height in json.loads(way.read_text())}
    # 4 cm a pixel: 4000 px see 160 m; the sensor is 6.4 mm wide at 4.5 mm.
    assert list(heights) == pytest.approx([160.0 * 4.5 / 6.4])


OWN_CAMERA = """
[[camera]]
name = "own"
source = "a test"
image_width_px = 1000
image_height_px = 1000
horizontal_field_of_view_deg = 90.0
"""


def test_own_camera_from_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "own.toml"
    file.write_text(OWN_CAMERA)
    area, out = drawing(tmp_path, [FIELD]), str(tmp_path / "out.plan")
    qyran.main(
        [
            *("plan", area, "--camera", "own", "--cameras", str(file), "--out", out, "--json"),
            *("--height-m", "40", "--gimbal-pitch-deg=-90"),
        ]
    )
    said = json.loads(capsys.readouterr().out)
    assert (said["swath_m"], said["ground_sample_cm"]) == (80.0, 8.0)


@pytest.mark.parametrize(
    ("features", "options", "what"),
    [
        ([GATE], ["--pattern", "orbit"], "gate: a point needs a radius"),
        ([HOUSE], ["--pattern", "orbit", "--radius-m", "10"], "house: a radius of 10.0 m"),
        ([HOUSE, FIELD], ["--pattern", "facade", "--standoff-m", "9"], "2 areas found"),
        ([FIELD], ["--pattern", "facade", "--standoff-m", "9"], "--structure-height-m"),
        ([HOUSE], ["--pattern", "facade"], "--standoff-m: a facade needs it"),
        ([HOUSE], ["--pattern", "facade", "--standoff-m", "1"], "stand-off of 1 m"),
        ([HOUSE], ["--pattern", "facade", "--standoff-m", "9", "--gsd-cm", "9"], "--gsd-cm"),
        ([FIELD], ["--gsd-cm", "2", "--height-m", "50"], "give it or --height-m"),
        ([FIELD], ["--gsd-cm", "90000"], "--gsd-cm: 90000 cm"),
        ([GATE], ["--pattern", "search"], "gate: give a radius"),
        ([FIELD], ["--pattern", "search", "--search", "map"], "where is it likely?"),
        ([FIELD, HUT], ["--pattern", "search", "--search", "map", "--weights", "x.asc"], "x.asc"),
        ([GATE], ["--pattern", "corridor"], "0 lines found"),
        ([PIPES], ["--pattern", "corridor", "--passes", "0"], "0 passes"),
        ([FIELD], ["--pattern", "perimeter", "--laps", "0"], "0 laps"),
        ([FIELD], ["--png", "missing/x.png"], "x.png"),
    ],
)
def test_refusal_is_one_line_that_names_the_place(
    features: list[dict[str, Any]],
    options: list[str],
    what: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    status = qyran.main(["plan", drawing(tmp_path, features), *options, "--out", "x.plan"])
    error = capsys.readouterr().err
    assert (status, error.count("\n")) == (2, 1), error
    assert what in error


@pytest.mark.parametrize(
    "option", ["--standoff-m=nan", "--heading-deg=inf", "--heights-m=10,x", "--radius-m=-3"]
)
def test_number_that_is_none_is_refused_by_its_option(
    option: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        qyran.main(["plan", drawing(tmp_path, [FIELD]), option, "--out", "x.plan"])
    assert stopped.value.code == 2
    assert option.partition("=")[0] in capsys.readouterr().err
