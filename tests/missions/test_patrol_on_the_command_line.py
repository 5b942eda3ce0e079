"""A persistent patrol as a person asks for it: a plan for each sortie, and how good it is."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

import qyran
from missions.brief import Circumstances
from missions.files import read_plan
from missions.plan import Command

PLACE = """[[place]]
name = "{}"
latitude_deg = {}
longitude_deg = {}
revisit_s = {}
dwell_s = 10
"""
DOCK = """[[dock]]
name = "{}"
latitude_deg = {}
longitude_deg = {}
"""
PLACES = (("gate", 44.85, 65.5), ("square", 44.855, 65.503), ("market", 44.852, 65.512))


def site(folder: Path, *, revisit_s: float = 900.0, docks: int = 2) -> str:
    text = "".join(PLACE.format(*one, revisit_s) for one in PLACES)
    for dock in (("station", 44.849, 65.504), ("north", 44.853, 65.509))[:docks]:
        text += DOCK.format(*dock)
    (folder / "places.toml").write_text(text)
    return str(folder / "places.toml")


def patrolled(
    capsys: pytest.CaptureFixture[str], folder: Path, area: str, *options: str
) -> dict[str, Any]:
    out = str(folder / "patrol.plan")
    qyran.main(["plan", area, "--pattern", "patrol", "--out", out, "--json", *options])
    said: dict[str, Any] = json.loads(capsys.readouterr().out)
    return said


def test_every_sortie_is_a_plan_from_dock_to_dock(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = patrolled(capsys, tmp_path, site(tmp_path), "--drones", "2")
    assert said["drones"] == 2
    assert said["intervals_kept"]
    assert said["worst_idleness_s"] >= said["bound_s"] > 0.0
    assert {plan["drone"] for plan in said["plans"]} == {1, 2}
    for told in said["plans"]:
        plan = read_plan(Path(told["out"]))
        dwells = [item for item in plan.items if item.command == Command.NAV_LOITER_TIME]
        assert len(dwells) == len(told["stops"])
        landings = [item for item in plan.items if item.command == Command.NAV_LAND]
        assert len(landings) == (told["from"] != told["to"])
        assert [stop["arrive_s"] for stop in told["stops"]] == sorted(
            stop["arrive_s"] for stop in told["stops"]
        )


def test_intervals_that_cannot_be_kept_are_findings_with_the_fewest_drones(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = patrolled(capsys, tmp_path, site(tmp_path, revisit_s=150.0), "--drones", "1")
    assert not said["intervals_kept"]
    assert said["fewest_drones"] > 1
    found = [one for one in said["findings"] if one["rule"] == "patrol-interval"]
    assert found
    assert f"{said['fewest_drones']} drones keep all intervals" in found[0]["proposal"]


def test_home_is_the_dock_where_there_is_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    area = site(tmp_path, docks=0)
    home = ("--home", "44.849,65.504,129")
    said = patrolled(capsys, tmp_path, area, *home)
    assert {plan["from"] for plan in said["plans"]} == {"home"}
    assert not any("battery is not minded" in note for note in said["notes"])
    without = patrolled(capsys, tmp_path, area)
    assert any("battery is not minded" in note for note in without["notes"])


def test_docks_of_the_command_line_are_used_each_at_its_own_height(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    area = site(tmp_path, docks=0)
    docks = ("--docks", "44.849,65.504,129;44.853,65.509,140")
    said = patrolled(capsys, tmp_path, area, "--drones", "2", *docks)
    assert not any("battery is not minded" in note for note in said["notes"])
    heights = {"dock 1": 129.0, "dock 2": 140.0}
    homes = {plan["from"]: read_plan(Path(plan["out"])).home for plan in said["plans"]}
    assert homes
    assert {name: home.height.m for name, home in homes.items() if home} == {
        name: heights[name] for name in homes
    }


def test_the_same_docks_plan_the_same_from_the_file_and_from_the_command_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    of_file = patrolled(capsys, tmp_path, site(tmp_path))
    docks = ("--docks", "44.849,65.504;44.853,65.509")
    of_line = patrolled(capsys, tmp_path, site(tmp_path, docks=0), *docks)
    assert of_line["worst_idleness_s"] == of_file["worst_idleness_s"]
    assert [one["stops"] for one in of_line["plans"]] == [one["stops"] for one in of_file["plans"]]
    names = {"station": "dock 1", "north": "dock 2"}
    assert [one["from"] for one in of_line["plans"]] == [
        names[one["from"]] for one in of_file["plans"]
    ]


def test_patrol_by_chance_is_another_for_another_seed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    area = site(tmp_path)
    chance = ("--by-chance", "--hours", "0.5")
    one = patrolled(capsys, tmp_path, area, *chance, "--seed", "1")
    again = patrolled(capsys, tmp_path, area, *chance, "--seed", "1")
    other = patrolled(capsys, tmp_path, area, *chance, "--seed", "2")
    assert one == again
    assert [plan["stops"] for plan in one["plans"]] != [plan["stops"] for plan in other["plans"]]


@pytest.mark.parametrize(
    ("text", "options", "what"),
    [
        ("", [], "place: field required"),
        (PLACE.format("a", 44.85, 65.5, 900) + "colour = 3\n", [], "place.0.colour"),
        (PLACE.format("a", 44.85, 65.5, 900), ["--drones", "0"], "drones: 0 is not within"),
        (PLACE.format("a", 44.85, 65.5, 900), ["--drones", "99"], "drones: 99 is not within"),
        (
            PLACE.format("a", 44.85, 65.5, 900) + DOCK.format("far", 45.2, 65.5),
            [],
            "a: there and back take",
        ),
        (
            PLACE.format("a", 44.85, 65.5, 900) + DOCK.format("near", 44.851, 65.5),
            ["--docks", "44.852,65.5"],
            "--docks:",
        ),
        (PLACE.format("a", 44.85, 65.5, 900), ["--docks", "44.852"], "--docks: '44.852'"),
        (PLACE.format("a", 44.85, 65.5, 900), ["--fleet", "fleet.toml"], "--fleet: a patrol's"),
    ],
)
def test_patrol_that_makes_no_sense_is_refused_in_one_line(
    text: str,
    options: list[str],
    what: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "p.toml").write_text(text)
    area, out = str(tmp_path / "p.toml"), str(tmp_path / "a.plan")
    assert qyran.main(["plan", area, "--pattern", "patrol", "--out", out, *options]) == 2
    error = capsys.readouterr().err
    assert what in error
    assert error.count("\n") == 1


def test_brief_of_a_sortie_names_its_drone_its_docks_and_when_it_is_where(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    briefed: list[Circumstances] = []
    monkeypatch.setattr(
        "missions.brief.write_brief", lambda *_, around, **__: briefed.append(around)
    )
    brief = ("--brief", str(tmp_path / "patrol.pdf"))
    said = patrolled(capsys, tmp_path, site(tmp_path), "--drones", "2", *brief)
    assert len(briefed) == len(said["plans"])
    for told, around in zip(said["plans"], briefed, strict=True):
        rows = dict(around.told)
        assert rows["Flight"].startswith(f"drone {told['drone']}")
        assert rows["From"].startswith(told["from"])
        arrivals = re.findall(r"(\w+) (\d+):(\d\d)", rows["Arrives, by the patrol's clock"])
        assert [name for name, _, _ in arrivals] == [stop["place"] for stop in told["stops"]]
        clock_s = [60 * int(minutes) + int(seconds) for _, minutes, seconds in arrivals]
        assert clock_s == pytest.approx([stop["arrive_s"] for stop in told["stops"]], abs=0.6)
        assert {place.name for place in around.places} == {"gate", "square", "market"} | {
            "station",
            "north",
        }
