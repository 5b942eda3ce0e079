"""A .plan says for which vehicle and camera it was made, as far as QGroundControl lets it."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from missions.area import Area
from missions.camera import known_cameras
from missions.checks import check
from missions.files import read_plan, write_plan
from missions.files.qgc_editable import Pictures, with_survey
from missions.geodesy import GeoPoint, LocalPlane
from missions.heights import HeightAboveHome, HeightAmsl
from missions.made_for import MadeFor
from missions.path import PathPoint, PatrolPath
from missions.plan import Home, MissionItem, Plan
from missions.vehicle import Vehicle, VehicleKind, known_vehicles
from qyran import main

PLANE = LocalPlane(GeoPoint(latitude_deg=44.85, longitude_deg=65.5))
CAMERA = known_cameras()["dji-mavic-3-enterprise"]
OWN = Vehicle(name="ours", cruise_speed_m_s=7.0, endurance_s=900.0)


def flown() -> Plan:
    corners = [PLANE.geo(*one) for one in ((0.0, 0.0), (300.0, 0.0), (300.0, 60.0), (0.0, 60.0))]
    items = tuple(
        MissionItem(
            command=16,
            frame=3,
            params=(0.0, 2.0, 0.0, float("nan"), at.latitude_deg, at.longitude_deg, 60.0),
        )
        for at in corners
    )
    home = Home(position=corners[0], height=HeightAmsl(100.0))
    height = HeightAboveHome(60.0)
    points = tuple(PathPoint(position=one, height=height) for one in corners)
    plan = Plan(items=items, home=home)
    path = PatrolPath(pattern="sweep", points=points)
    pictures = Pictures(spacing_m=60.0, trigger_m=20.0, camera=CAMERA, side_overlap=0.6)
    return with_survey(plan, Area(outer=tuple(corners)), path, pictures)


def written(folder: Path, made_for: MadeFor | None) -> Path:
    file = folder / "made.plan"
    write_plan(replace(flown(), made_for=made_for), file)
    return file


def saved_by_qgc(file: Path) -> Path:
    """Only what PlanMasterController::saveToJson writes."""
    document = json.loads(file.read_text("utf-8"))
    known = ("fileType", "geoFence", "groundStation", "mission", "rallyPoints", "version")
    file.write_text(json.dumps({key: document[key] for key in known}), "utf-8")
    return file


def test_vehicle_camera_and_what_was_asked_come_back(tmp_path: Path) -> None:
    made_for = MadeFor(vehicle=OWN, camera=CAMERA, swath_m=60.0, asked={"pattern": "sweep"})
    back = read_plan(written(tmp_path, made_for))
    assert back.made_for == made_for
    assert back.notes == ()


def test_a_parameter_that_nobody_set_is_not_set_by_the_file(tmp_path: Path) -> None:
    back = read_plan(written(tmp_path, MadeFor(vehicle=OWN))).made_for
    assert back is not None
    assert back.vehicle is not None
    assert back.vehicle.px4.model_fields_set == set()


def test_after_qgroundcontrol_the_camera_and_the_lines_are_still_known(tmp_path: Path) -> None:
    file = saved_by_qgc(written(tmp_path, MadeFor(vehicle=OWN, camera=CAMERA, swath_m=60.0)))
    back = read_plan(file).made_for
    assert back is not None
    assert (back.vehicle, back.camera, back.swath_m) == (None, CAMERA, 60.0)
    assert not back.kept


def test_what_was_found_again_is_not_written_as_if_somebody_had_said_it(tmp_path: Path) -> None:
    file = saved_by_qgc(written(tmp_path, MadeFor(vehicle=OWN, camera=CAMERA)))
    write_plan(read_plan(file), file)
    assert "qyran" not in json.loads(file.read_text("utf-8"))


@pytest.mark.parametrize(
    ("name", "number"), [("px4-sitl-plane", 1), ("multirotor", 2), ("trinity-pro", 22)]
)
def test_the_class_of_vehicle_is_the_one_that_qgroundcontrol_keeps(
    tmp_path: Path, name: str, number: int
) -> None:
    vehicle = known_vehicles()[name]
    file = written(tmp_path, MadeFor(vehicle=vehicle))
    assert json.loads(file.read_text("utf-8"))["mission"]["vehicleType"] == number
    found = read_plan(saved_by_qgc(file)).made_for
    assert found is not None
    assert (found.kind or VehicleKind.MULTIROTOR) is vehicle.kind


@pytest.mark.parametrize(
    "value", [7, "x", {"version": 2}, {"version": 1, "vehicle": {"name": 3}}, {"version": 1.5}]
)
def test_an_unreadable_word_of_it_is_noted_and_the_plan_is_read(tmp_path: Path, value: Any) -> None:
    file = written(tmp_path, None)
    file.write_text(json.dumps({**json.loads(file.read_text("utf-8")), "qyran": value}), "utf-8")
    back = read_plan(file)
    assert len(back.items) == 4
    assert any("made for" in note for note in back.notes)


def test_a_format_without_room_for_it_says_so(tmp_path: Path) -> None:
    plan = replace(flown(), made_for=MadeFor(vehicle=OWN))
    lost = write_plan(plan, tmp_path / "made.waypoints")
    assert any("made for ours" in line for line in lost)


def test_a_check_takes_the_carried_vehicle_and_says_where_another_is_named() -> None:
    plan = replace(flown(), made_for=MadeFor(vehicle=OWN, camera=CAMERA))
    assert "made-for-another" not in {one.rule for one in check(plan)}
    other = check(plan, vehicle=known_vehicles()["multirotor"], camera=known_cameras()["siyi-zr10"])
    said = [one.message for one in other if one.rule == "made-for-another"]
    assert "cruise speed 7 m/s, not 10" in said[0]
    assert "siyi-zr10" in said[1]


def test_the_command_reads_what_qyran_plan_wrote(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    area = {
        "type": "Polygon",
        "coordinates": [[[65.5, 44.85], [65.503, 44.85], [65.503, 44.852], [65.5, 44.85]]],
    }
    (tmp_path / "area.geojson").write_text(json.dumps(area), "utf-8")
    out = str(tmp_path / "out.plan")
    asked = ["plan", str(tmp_path / "area.geojson"), "--vehicle", "dji-m30t", "--out", out]
    assert main(asked) == 0
    assert main(["check", out, "--json"]) == 0
    answer = capsys.readouterr().out
    said = json.loads(answer[answer.index("{") :])
    assert said["vehicle"] == "dji-m30t"
    assert said["made_for"]["asked"]["vehicle"] == "dji-m30t"
    assert main(["check", out, "--vehicle", "trinity-pro"]) in (0, 1)
    assert "made-for-another" in capsys.readouterr().out
