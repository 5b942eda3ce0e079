"""`qyran check` with its surroundings as options, and what is wrong with one refused."""

import json
from pathlib import Path
from typing import Any

import pytest

from missions.files import write_plan
from qyran import main


@pytest.fixture
def plan(here: Any, tmp_path: Path) -> str:
    file = tmp_path / "patrol.plan"
    pointed = (here.do(1000, -90.0, 0.0), here.do(2500))
    write_plan(here.flight(*pointed, here.to(800, 0), here.to(800, 400)), file)
    return str(file)


@pytest.fixture
def drawing(here: Any, tmp_path: Path) -> str:
    """A square of 60 m in the middle of the first leg."""
    ring = [here.plane.geo(400 + a, b) for a, b in ((-30, -30), (30, -30), (30, 30), (-30, 30))]
    points = [[one.longitude_deg, one.latitude_deg] for one in (*ring, ring[0])]
    shape = {"type": "Polygon", "coordinates": [points]}
    feature = {"type": "Feature", "properties": {"name": "Yard"}, "geometry": shape}
    file = tmp_path / "yard.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    return str(file)


def check(capsys: pytest.CaptureFixture[str], *args: str) -> tuple[int, dict[str, Any]]:
    status = main(["check", *args, "--json"])
    return status, json.loads(capsys.readouterr().out)


def rules(said: dict[str, Any]) -> set[str]:
    return {one["rule"] for one in said["findings"]}


def test_a_good_flight_is_good_in_a_breeze(plan: str, capsys: pytest.CaptureFixture[str]) -> None:
    status, said = check(capsys, plan, "--wind", "3@270,5", "--station", "44.85,65.5,4")
    assert (status, rules(said)) == (0, set())


def test_each_option_finds_its_own(
    plan: str, drawing: str, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = [
        ("--zones", drawing, "airspace-prohibited"),
        ("--privacy", drawing, "privacy"),
        ("--people", drawing, "overflight"),
        ("--wind", "12@90", "wind-limit"),
        ("--other", plan, "conflict"),
    ]
    assert [rule in rules(check(capsys, plan, option, value)[1]) for option, value, rule in asked]
    for option, value, rule in asked:
        assert rule in rules(check(capsys, plan, option, value)[1])
    far = ("--station", "44.85,65.5", "--link-range-m", "500")
    assert rules(check(capsys, plan, *far)[1]) == {"link-range"}


def test_another_plan_may_begin_later(plan: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert rules(check(capsys, plan, "--other", f"{plan}@900")[1]) == set()
    at = ("--at", "2026-11-24T09:00+05:00")
    later = f"{plan}@2026-11-24T04:20Z"
    assert rules(check(capsys, plan, *at, "--other", later)[1]) == set()


@pytest.mark.parametrize(
    ("option", "value", "what"),
    [
        ("--wind", "strong", "--wind: 'strong' is not SPEED@FROM_DEG[,GUST]"),
        ("--wind", "8@90,5", "gusts are not below the wind"),
        ("--wind", "nan@90", "--wind: "),
        ("--station", "44.8", "--station: '44.8' is not LAT,LON[,AGL]"),
        ("--at", "noon", "--at: 'noon' is not an ISO 8601 time"),
        ("--at", "2026-11-24T09:00", "does not say its offset"),
        ("--other", "missing.plan@60", "missing.plan: no such file"),
        ("--zones", "missing.json", "missing.json: no such file"),
        ("--link-range-m", "500", "--link-range-m: needs --station"),
    ],
)
def test_what_is_wrong_is_refused_in_one_line(
    plan: str, option: str, value: str, what: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", plan, option, value]) == 2
    said = capsys.readouterr().err
    assert what in said
    assert said.count("\n") == 1


def test_fix_writes_a_mended_plan_that_is_checked_again(
    plan: str, drawing: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "mended.plan"
    status, said = check(
        capsys, plan, "--zones", drawing, "--privacy", drawing, "--fix", "--out", str(out)
    )
    assert (status, rules(said)) == (0, {"airspace-failsafe-return"})
    assert any("lead it round" in line for line in said["mended"])
    again, found = check(capsys, str(out), "--zones", drawing, "--privacy", drawing)
    assert (again, rules(found)) == (0, {"airspace-failsafe-return"})


def test_fix_without_a_name_writes_beside_the_plan(
    plan: str, drawing: str, capsys: pytest.CaptureFixture[str]
) -> None:
    _, said = check(capsys, plan, "--privacy", drawing, "--fix")
    assert said["out"] == plan.replace("patrol.plan", "patrol-mended.plan")
    assert Path(said["out"]).exists()
    untouched, nothing = check(capsys, plan, "--fix")
    assert (untouched, nothing["out"], nothing["mended"]) == (0, None, [])


def test_out_without_fix_is_refused(plan: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", plan, "--out", "x.plan"]) == 2
    assert "--out: is for --fix" in capsys.readouterr().err
