"""`qyran react` with a file: what it says, what it writes, what it refuses."""

import json
from pathlib import Path

import pytest

from missions.files import write_plan
from missions.geodesy import GeoPoint, LocalPlane
from missions.heights import HeightAmsl
from missions.made_for import MadeFor
from missions.plan import Home, MissionItem, Plan
from missions.reaction.situation_file import read_situation
from missions.vehicle import Vehicle, default_vehicle, known_vehicles
from qyran import main

PLANE = LocalPlane(GeoPoint(latitude_deg=44.85, longitude_deg=65.5))


def at(east_m: float, north_m: float) -> dict[str, float]:
    place = PLANE.geo(east_m, north_m)
    return {"latitude_deg": place.latitude_deg, "longitude_deg": place.longitude_deg}


def drone(name: str, east_m: float) -> dict[str, object]:
    return {
        "name": name,
        "battery_s": 1400.0,
        **at(east_m, 0.0),
        "landing": [{"name": "dock", **at(east_m, -200.0)}],
        "stop": [
            {"name": f"{name}{i}", "dwell_s": 5.0, "item": 3 + i, **at(east_m, 300.0 * (i + 1))}
            for i in range(4)
        ],
    }


def written(folder: Path, **more: object) -> Path:
    """Two drones on their patrols, a fire beside one of them, a wall between."""
    corners = [(180.0, -400.0), (220.0, -400.0), (220.0, 300.0), (180.0, 300.0)]
    wall = [PLANE.geo(*corner) for corner in corners]
    text = {
        "drone": [drone("west", 0.0), drone("east", 2000.0)],
        "alarm": [{"name": "fire", "look_s": 60.0, **at(400.0, 0.0)}],
        "no_fly": [{"name": "wall", "ring": [[p.longitude_deg, p.latitude_deg] for p in wall]}],
        **more,
    }
    file = folder / "situation.json"
    file.write_text(json.dumps(text), encoding="utf-8")
    return file


def test_the_command_answers_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = written(tmp_path)
    assert main(["react", str(file), "--iterations", "300", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["alarms"][0]["drone"] == "west"
    assert len(said["routes"][0]["visits"][0]["via"]) == 2
    assert main(["react", str(file), "--iterations", "300"]) == 0
    assert "west goes to 'fire'" in capsys.readouterr().out


def test_the_command_writes_plans_for_who_needs_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    extra = {"name": "nobody's", "latitude_deg": 44.852, "longitude_deg": 65.52}
    file = written(tmp_path, stop=[extra])
    plans = tmp_path / "plans"
    assert main(["react", str(file), "--iterations", "300", "--plans", str(plans)]) == 0
    assert sorted(path.name for path in plans.iterdir())
    assert "from item" in capsys.readouterr().out


def a_plan(folder: Path, vehicle: Vehicle | None) -> Path:
    """Three places with a wait at each, and a return."""
    places = [PLANE.geo(0.0, 300.0 * north) for north in (1, 2, 3)]
    items = [
        MissionItem(
            command=command,
            frame=3,
            params=(5.0, 0.0, 0.0, 0.0, one.latitude_deg, one.longitude_deg, 60.0),
        )
        for command, one in zip((22, 16, 16), places, strict=True)
    ]
    home = Home(position=PLANE.origin, height=HeightAmsl(100.0))
    made_for = None if vehicle is None else MadeFor(vehicle=vehicle)
    file = folder / "on-board.plan"
    write_plan(Plan(items=tuple(items), home=home, made_for=made_for), file)
    return file


@pytest.mark.parametrize(
    ("more", "vehicle"),
    [
        ({}, "dji-m30t"),
        ({"vehicle": "multirotor"}, "multirotor"),
        ({"vehicle_is": {"name": "own", "endurance_s": 900.0}}, "own"),
    ],
)
def test_a_drone_with_a_plan_is_what_the_plan_was_made_for_unless_the_file_says(
    tmp_path: Path, more: dict[str, object], vehicle: str
) -> None:
    known = known_vehicles()
    a_plan(tmp_path, known["dji-m30t"])
    flown = {"name": "a", "battery_s": 900.0, "plan": "on-board.plan", "item": 2, **at(0.0, 400.0)}
    found = read_situation(written(tmp_path, drone=[{**flown, **more}]), known).drones[0]
    assert found.vehicle.name == vehicle
    assert [stop.item for stop in found.stops] == [2]
    assert found.battery_s == 900.0
    assert found.landings[0].position == PLANE.origin
    landing = [{"name": "dock 2", **at(50.0, 0.0)}]
    own = written(tmp_path, drone=[{**flown, "landing": landing}])
    assert read_situation(own, known).drones[0].landings[0].name == "dock 2"


def test_a_plan_that_says_no_vehicle_leaves_the_usual_one(tmp_path: Path) -> None:
    a_plan(tmp_path, None)
    flown = {"name": "a", "battery_s": 900.0, "plan": "on-board.plan", **at(0.0, 400.0)}
    found = read_situation(written(tmp_path, drone=[flown]), known_vehicles())
    assert found.drones[0].vehicle == default_vehicle()


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"wnd": 3}, "wnd"),
        ({"alarm": [{"name": "x", "latitude_deg": 95.0, "longitude_deg": 0.0}]}, "latitude_deg"),
        ({"wind": {"speed_m_s": -3.0, "from_deg": 0.0}}, "speed_m_s"),
        ({"drone": []}, "drone"),
        ({"drone": [{"name": "a", "battery_s": 1.0, **at(0.0, 0.0)}]}, "landing"),
        (
            {"drone": [{"name": "a", "battery_s": 1.0, "plan": "no.plan", **at(0.0, 0.0)}]},
            "no.plan",
        ),
    ],
)
def test_a_wrong_file_is_refused_with_the_key(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], more: dict[str, object], said: str
) -> None:
    assert main(["react", str(written(tmp_path, **more))]) == 2
    told = capsys.readouterr().err
    assert said in told
    assert told.count("\n") == 1
