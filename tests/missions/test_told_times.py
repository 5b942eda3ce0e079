"""A flight without an end is said in words everywhere, and is null in JSON."""

import json
import math
from pathlib import Path
from typing import Any, NoReturn

import pytest

import qyran
from benchmarks.flight_missions import random_places
from missions.commands.facts import fact_lines
from missions.files import write_plan
from missions.told_times import NO_END, in_minutes, rounded_s

# Flown past by PX4 v1.17 at its eleventh item.
SEED = 8031
VEHICLE = ("--vehicle", "px4-sih-quadx")
FACTS: dict[str, Any] = {"path_m": 1500.0, "speed_m_s": 5.0}


@pytest.fixture
def endless(tmp_path: Path) -> str:
    (mission,) = random_places([SEED])
    file = tmp_path / "endless.plan"
    write_plan(mission.plan, file)
    return str(file)


def _no_constant(name: str) -> NoReturn:
    raise AssertionError(f"{name} is no JSON")


@pytest.mark.parametrize("seconds", [math.inf, math.nan, None])
def test_what_never_ends_is_never_a_number(seconds: float | None) -> None:
    assert in_minutes(seconds) == NO_END


def test_minutes_are_minutes() -> None:
    assert in_minutes(90.0) == "1.5 min"
    assert in_minutes(90.0, digits=0) == "2 min"
    assert rounded_s(90.04) == 90.0
    assert rounded_s(math.inf) is None


def test_facts_of_an_endless_plan_say_so() -> None:
    (first, *_) = fact_lines({**FACTS, "duration_s": None, "on_task_s": None})
    assert first == "the flight has no end (it never lands), the path of 1.50 km"
    (first, *_) = fact_lines({**FACTS, "duration_s": 600.0, "on_task_s": 300.0})
    assert first == "10.0 min from take-off to landing, 5.0 min on the path of 1.50 km"


@pytest.mark.parametrize("options", [(), ("--wind", "3@90")])
def test_check_names_the_item_and_no_infinity(
    endless: str, options: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert qyran.main(["check", endless, *VEHICLE, *options]) == 1
    said = capsys.readouterr().out
    assert "error waypoint-passed-by at 44.850135,65.509876: item 11 is flown past" in said
    assert " inf" not in said
    assert qyran.main(["check", endless, *VEHICLE, *options, "--json"]) == 1
    found = json.loads(capsys.readouterr().out, parse_constant=_no_constant)["findings"]
    assert [one["item"] for one in found if one["severity"] == "error"] == [10]


def test_fix_writes_a_plan_that_is_flown_to_its_end(
    endless: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = str(tmp_path / "mended.plan")
    assert qyran.main(["check", endless, *VEHICLE, "--fix", "--out", out]) == 0
    assert "mended: item 11: held for 1 s" in capsys.readouterr().out
    assert qyran.main(["check", out, *VEHICLE]) == 0


def test_brief_of_an_endless_plan_is_printed(endless: str, tmp_path: Path) -> None:
    out = tmp_path / "endless.pdf"
    assert qyran.main(["check", endless, *VEHICLE, "--brief", str(out)]) == 1
    assert out.read_bytes().startswith(b"%PDF")


def test_the_times_of_a_plan_for_a_wind_say_that_they_are_in_it() -> None:
    said = {"path_m": 1000.0, "duration_s": 300.0, "on_task_s": 200.0, "speed_m_s": 8.0}
    assert "in the wind given" in fact_lines({**said, "wind_m_s": 6.0})[0]
    assert "wind" not in fact_lines(said)[0]
