"""The commands as a person meets them: status, output, one line for bad input."""

import json
from pathlib import Path

import pyproj
import pytest

import qyran
from missions.files import read_plan

CORNERS = ((0, 0), (1, 0), (1, 1), (0, 1), (0, 0))
AREA = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "properties": {"id": "park", "kind": "park"},
            "geometry": {
                "type": "Polygon",
                "coordinates": [
                    [
                        [65.5, 44.85],
                        [65.503, 44.85],
                        [65.503, 44.852],
                        [65.5, 44.852],
                        [65.5, 44.85],
                    ]
                ],
            },
        },
        {
            "type": "Feature",
            "properties": {"id": "road", "kind": "road"},
            "geometry": {"type": "LineString", "coordinates": [[65.5, 44.85], [65.506, 44.853]]},
        },
        {
            "type": "Feature",
            "properties": {"id": "depot", "kind": "closed_area"},
            "geometry": {
                "type": "Polygon",
                "coordinates": [
                    [
                        [65.501, 44.8505],
                        [65.502, 44.8505],
                        [65.502, 44.8512],
                        [65.501, 44.8512],
                        [65.501, 44.8505],
                    ]
                ],
            },
        },
    ],
}


@pytest.fixture
def area(tmp_path: Path) -> Path:
    file = tmp_path / "area.geojson"
    file.write_text(json.dumps(AREA))
    return file


@pytest.mark.parametrize("pattern", ["sweep", "corridor", "perimeter", "round"])
def test_every_pattern_makes_a_plan_without_errors(
    pattern: str, area: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out.plan"
    home = "44.8495,65.4995,129"
    status = qyran.main(
        [
            *("plan", str(area), "--pattern", pattern, "--home", home, "--standoff-m=-6"),
            *("--out", str(out), "--path-json", str(tmp_path / "path.json"), "--json"),
        ]
    )
    said = json.loads(capsys.readouterr().out)
    assert status == 0, said["findings"]
    assert said["items"] == len(read_plan(out).items)
    assert len(json.loads((tmp_path / "path.json").read_text())[0]) == 3
    assert qyran.main(["check", str(out)]) == 0


def test_speed_is_lowered_for_a_slow_camera_and_said(
    area: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out.plan"
    qyran.main(
        [
            *("plan", str(area), "--camera", "dji-phantom-4-pro", "--gimbal-pitch-deg=-90"),
            *("--height-m", "30", "--front-overlap", "0.8", "--out", str(out)),
        ]
    )
    assert "speed lowered to" in capsys.readouterr().out
    assert read_plan(out).items[1].params[1] < 10.0


def test_check_finds_and_says_with_status_one(
    area: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out.plan"
    qyran.main(["plan", str(area), "--out", str(out)])
    plan = json.loads(out.read_text())
    plan["mission"]["items"][3]["command"] = 18
    out.write_text(json.dumps(plan))
    capsys.readouterr()
    assert qyran.main(["check", str(out), "--json"]) == 1
    said = json.loads(capsys.readouterr().out)
    assert said["px4"]["mission_ack"] == "UNSUPPORTED"
    assert (said["findings"][0]["rule"], said["findings"][0]["item"]) == ("px4-command", 3)


def test_a_sweep_over_a_zone_is_mended_and_how_well_the_zone_is_placed_is_said(
    area: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan, out, zones = (tmp_path / name for name in ("a.plan", "b.plan", "zones.geojson"))
    assert qyran.main(["plan", str(area), "--feature", "park", "--out", str(plan)]) == 0
    to_metres = pyproj.Transformer.from_crs(4326, 28411, always_xy=True)
    ring = [to_metres.transform(65.502 + 0.001 * e, 44.8512 + 0.0009 * n) for e, n in CORNERS]
    depot = {"type": "Polygon", "coordinates": [ring]}
    zone = {"type": "Feature", "properties": {"name": "depot"}, "geometry": depot}
    zones.write_text(json.dumps({"type": "FeatureCollection", "features": [zone]}))
    held = ["--zones", str(zones), "--crs", "EPSG:28411", "--json"]
    capsys.readouterr()
    assert qyran.main(["check", str(plan), *held]) == 1
    capsys.readouterr()
    assert qyran.main(["check", str(plan), *held, "--fix", "--out", str(out)]) == 0
    said = json.loads(capsys.readouterr().out)
    assert "left out" in said["mended"][0]
    assert "turned into WGS 84, within" in said["coordinate_systems"][0]
    assert qyran.main(["check", str(out), *held]) == 0
    made_for = [read_plan(file).made_for for file in (plan, out)]
    assert made_for[0] == made_for[1]
    assert made_for[0] is not None


def test_convert_there_and_back_keeps_the_items(area: Path, tmp_path: Path) -> None:
    first, middle, last = (tmp_path / name for name in ("a.plan", "b.waypoints", "c.plan"))
    qyran.main(["plan", str(area), "--home", "44.8495,65.4995,129", "--out", str(first)])
    assert qyran.main(["convert", str(first), str(middle)]) == 0
    assert qyran.main(["convert", str(middle), str(last)]) == 0
    assert read_plan(last).items == read_plan(first).items


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (["plan", "{area}", "--camera", "none", "--out", "x.plan"], "--camera: 'none'"),
        (["plan", "{area}", "--home", "1,2,3,4", "--out", "x.plan"], "--home"),
        (["plan", "{area}", "--gimbal-pitch-deg=-5", "--out", "x.plan"], "horizon"),
        (["plan", "{area}", "--feature", "nothing", "--out", "x.plan"], "no area has the id"),
        (["plan", "{area}", "--out", "x.txt"], "x.txt: should end in"),
        (["plan", "{area}", "--out", "{area}/x.plan"], "not a directory"),
        (["plan", "none.geojson", "--out", "x.plan"], "none.geojson: no such file"),
        (["check", "none.plan"], "none.plan: no such file"),
        (["convert", "none.waypoints", "x.plan"], "none.waypoints: no such file"),
    ],
)
def test_bad_input_is_one_line_and_status_two(
    arguments: list[str],
    what: str,
    area: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert qyran.main([part.replace("{area}", str(area)) for part in arguments]) == 2
    error = capsys.readouterr().err
    assert what in error
    assert error.count("\n") == 1
