"""QGroundControl's complex items: expanded as it expands them, written back editable."""

import copy
import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from missions.area import Area, Line
from missions.assemble import Assembly, assemble
from missions.camera import known_cameras
from missions.checks import predict
from missions.errors import BadInput
from missions.files import read_plan, write_plan
from missions.files.located import Located
from missions.files.qgc_editable import Pictures, with_corridor, with_survey
from missions.files.qgc_plan import plan_from_qgc
from missions.files.qgc_plan_write import qgc_from_plan
from missions.files.qgc_survey import survey_items, transect_grid
from missions.geodesy import GeoPoint, LocalPlane, distance_m
from missions.heights import HeightAboveHome, HeightAmsl
from missions.path import PathPoint, PatrolPath
from missions.patterns.corridor import corridor
from missions.plan import Command, Home, MissionItem, Plan

ITEMS: dict[str, dict[str, Any]] = json.loads(
    (Path(__file__).parent / "data" / "complex_items.json").read_text(encoding="utf-8")
)
RING = ITEMS["survey"]["polygon"]


def document(*items: dict[str, Any]) -> str:
    return json.dumps(
        {
            "fileType": "Plan",
            "version": 1,
            "mission": {
                "version": 2,
                "plannedHomePosition": [44.85, 65.5, 129],
                "items": list(items),
            },
            "geoFence": {"version": 2, "polygons": [], "circles": []},
            "rallyPoints": {"version": 2, "points": []},
        }
    )


def old_survey(version: int, **changes: Any) -> dict[str, Any]:
    return {**ITEMS["survey"], "version": version, **changes}


def meaning(plan: Plan) -> list[tuple[Any, ...]]:
    """The items such that NaN equals NaN and a command its number."""
    return [
        (int(i.command), int(i.frame), i.autocontinue, tuple(map(str, i.params)))
        for i in plan.items
    ]


def waypoints(items: tuple[MissionItem, ...]) -> list[GeoPoint]:
    return [
        GeoPoint(latitude_deg=item.latitude_deg, longitude_deg=item.longitude_deg)
        for item in items
        if item.command == Command.NAV_WAYPOINT
    ]


@pytest.mark.shared_data
@pytest.mark.parametrize(
    ("name", "within_m"),
    # QGroundControl reckons on a sphere, which is 0.5 % off at the far end of the large one.
    [("03_mavsdk_survey_v5.plan", 0.05), ("18_vtol_survey_v4_small.plan", 10.0)],
)
def test_survey_made_anew_flies_where_qgroundcontrol_flew(
    name: str, within_m: float, shared_data: Path
) -> None:
    plan = read_plan(shared_data / "plans" / name)
    (survey,) = plan.complex_items
    entry = Located(dict(survey.source), text="", file=name)
    ring = tuple(point.latitude_longitude() for point in entry.at("polygon").each())
    made = waypoints(survey_items(entry, ring, transect_grid(entry)))
    stored = waypoints(plan.items[survey.first_item : survey.first_item + survey.item_count])
    assert len(made) == len(stored)
    assert max(map(distance_m, made, stored)) < within_m


@pytest.mark.parametrize("version", [2, 3])
def test_old_survey_without_waypoints_is_made_anew_and_written_back(version: int) -> None:
    plan = plan_from_qgc(document(old_survey(version)), "old.plan")
    lines = waypoints(plan.items)
    assert len(lines) == 4 * 6
    plane = LocalPlane(lines[0])
    east, north = plane.en(lines[3])
    assert east == pytest.approx(0.0, abs=0.1)
    assert north == pytest.approx(-(333.4 + 40.0), abs=1.0)
    triggers = [i.params[0] for i in plan.items if i.command == Command.DO_SET_CAM_TRIGG_DIST]
    assert triggers == [25.0, 0.0] * 6
    assert "made anew" in plan.notes[0]
    assert json.loads(qgc_from_plan(plan))["mission"]["items"] == [old_survey(version)]


def test_survey_typed_as_version_2_wrote_it_is_read() -> None:
    entry = old_survey(2, type="survey")
    del entry["complexItemType"]
    assert len(waypoints(plan_from_qgc(document(entry), "old.plan").items)) == 24


def test_hover_and_capture_stops_for_every_picture() -> None:
    plan = plan_from_qgc(document(old_survey(3, hoverAndCapture=True)), "old.plan")
    pictures = [i for i in plan.items if i.command == Command.IMAGE_START_CAPTURE]
    assert len(pictures) == 6 * 15
    assert {i.params[0] for i in plan.items if i.command == Command.NAV_WAYPOINT} == {0.0, 4.0}


def test_reflown_survey_crosses_its_first_pass() -> None:
    plan = plan_from_qgc(document(old_survey(3, refly90Degrees=True)), "old.plan")
    lines = waypoints(plan.items)[24:]
    assert lines
    plane = LocalPlane(lines[0])
    assert plane.en(lines[1])[1] == pytest.approx(0.0, abs=0.1)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"polygon": RING[:2]}, "three points"),
        ({"grid": {"angle": 0}}, '"spacing" is missing'),
        ({"polygon": [[0, 0], [80, 0], [80, 80]]}, "would be more than"),
        ({"version": 1}, "version 1 is not known"),
    ],
)
def test_wrong_survey_is_refused_with_its_key(change: dict[str, Any], reason: str) -> None:
    with pytest.raises(BadInput, match=reason):
        plan_from_qgc(document({**old_survey(3), **change}), "bad.plan")


def landing(kind: str, **changes: Any) -> dict[str, Any]:
    return {**ITEMS[kind], **changes}


@pytest.mark.parametrize(
    ("kind", "land"),
    [("fwLandingPattern", Command.NAV_LAND), ("vtolLandingPattern", Command.NAV_VTOL_LAND)],
)
def test_landing_pattern_is_expanded(kind: str, land: Command) -> None:
    plan = plan_from_qgc(document(landing(kind)), "land.plan")
    assert [item.command for item in plan.items] == [189, 206, 2001, 2501, 31, land]
    assert plan.items[4].params[1] == -60.0
    assert json.loads(qgc_from_plan(plan))["mission"]["items"] == [landing(kind)]


def test_old_landing_with_heights_of_two_kinds_says_what_it_took() -> None:
    entry = landing("fwLandingPattern", version=1, loiterAltitudeRelative=True)
    entry |= {"landAltitudeRelative": False, "loiterCoordinate": [44.851, 65.501, 40]}
    del entry["altitudesAreRelative"], entry["landingApproachCoordinate"]
    plan = plan_from_qgc(document(entry), "land.plan")
    assert {item.frame for item in plan.items} == {2, 3}
    assert "two kinds" in plan.notes[0]


@pytest.mark.parametrize(
    ("kind", "own"),
    [("fwLandingPattern", {"version": 2}), ("vtolLandingPattern", {"version": 2})],
)
def test_a_landing_that_others_wrote_is_written_as_qgroundcontrol_opens_it(
    kind: str, own: dict[str, Any]
) -> None:
    theirs = landing(kind, **own)
    theirs.pop("valueSetIsDistance", None)
    plan = plan_from_qgc(document(theirs), "land.plan")
    assert json.loads(qgc_from_plan(plan))["mission"]["items"] == [landing(kind)]


def test_an_item_that_qgroundcontrol_no_longer_opens_is_written_as_plain_items(
    tmp_path: Path,
) -> None:
    plan = plan_from_qgc(document(structure(version=2)), "scan.plan")
    (said,) = write_plan(plan, tmp_path / "a.plan")
    assert said.startswith("StructureScan (items 1 to 18) is as QGroundControl does not open it")
    back = read_plan(tmp_path / "a.plan")
    assert (meaning(back), back.complex_items) == (meaning(plan), ())


def structure(**changes: Any) -> dict[str, Any]:
    return {**ITEMS["StructureScan"], **changes}


def test_structure_is_flown_as_qgroundcontrol_flies_it() -> None:
    plan = plan_from_qgc(document(structure()), "scan.plan")
    around = [16, 206, 16, 16, 16, 16, 206]
    assert [item.command for item in plan.items] == [16, 196, *around, *around, 197, 16]
    assert plan.items[1].params[4:] == (0.0, 0.0, 90.0)
    corner = GeoPoint(latitude_deg=RING[0][0], longitude_deg=RING[0][1])
    first = waypoints(plan.items)[0]
    assert distance_m(corner, first) == pytest.approx(15.0 * math.sqrt(2.0), abs=0.1)
    # PX4 v1.17 has no use for the offsets of 196 (QGroundControl's way to look at the structure).
    assert predict(plan).mission.name == "INVALID_PARAM7"


def test_structure_that_crosses_itself_is_refused() -> None:
    crossed = [RING[0], RING[2], RING[1], RING[3]]
    with pytest.raises(BadInput, match=r"polygon: the structure's polygon crosses itself"):
        plan_from_qgc(document(structure(polygon=crossed)), "scan.plan")


def test_changed_survey_stays_editable_and_stores_what_was_changed(tmp_path: Path) -> None:
    plan = read_back(swept(), tmp_path / "a.plan")
    (survey,) = plan.complex_items
    at = survey.first_item
    moved = replace(plan.items[at], params=(*plan.items[at].params[:6], 77.0))
    changed = replace(plan, items=(*plan.items[:at], moved, *plan.items[at + 1 :]))
    back = read_back(changed, tmp_path / "b.plan")
    assert meaning(back) == meaning(changed)
    assert back.complex_items[0].kind == "survey"


def test_changed_structure_scan_is_written_as_plain_items_and_said(tmp_path: Path) -> None:
    plan = plan_from_qgc(document(structure()), "scan.plan")
    changed = replace(plan, items=(plan.items[0], *plan.items[2:3], *plan.items[2:]))
    notes = write_plan(changed, tmp_path / "a.plan")
    assert notes == ("StructureScan (items 1 to 18) was changed and is written as plain items",)
    back = read_plan(tmp_path / "a.plan")
    assert (meaning(back), back.complex_items) == (meaning(changed), ())


AREA = Area(
    outer=tuple(GeoPoint(latitude_deg=a, longitude_deg=b) for a, b in RING),
    holes=(
        tuple(
            GeoPoint(latitude_deg=a, longitude_deg=b)
            for a, b in ([44.851, 65.501], [44.851, 65.502], [44.852, 65.502])
        ),
    ),
)
HOME = Home(
    position=GeoPoint(latitude_deg=44.8495, longitude_deg=65.4995), height=HeightAmsl(129.0)
)
HEIGHT = HeightAboveHome(60.0)


def swept() -> Plan:
    """Three lines up and down the area, pictures every 20 m."""
    ends = [(44.850, 44.853), (44.853, 44.850), (44.850, 44.853)]
    points = tuple(
        PathPoint(
            position=GeoPoint(latitude_deg=latitude, longitude_deg=65.5005 + 0.001 * line),
            height=HEIGHT,
        )
        for line, pair in enumerate(ends)
        for latitude in pair
    )
    path = PatrolPath(pattern="sweep", points=points, trigger_distance_m=20.0)
    plan = assemble(path, HOME, Assembly(speed_m_s=8.0))
    camera = known_cameras()["sony-a6000-16mm"]
    pictures = Pictures(spacing_m=40.0, trigger_m=20.0, camera=camera, side_overlap=0.6)
    return with_survey(plan, AREA, path, pictures)


def read_back(plan: Plan, file: Path) -> Plan:
    write_plan(plan, file)
    return read_plan(file)


def test_own_sweep_is_an_editable_survey_that_flies_the_same(tmp_path: Path) -> None:
    plan = swept()
    back = read_back(plan, tmp_path / "sweep.plan")
    assert meaning(back) == meaning(plan)
    (survey,) = back.complex_items
    calc = survey.source["TransectStyleComplexItem"]["CameraCalc"]
    assert (survey.kind, survey.source["version"]) == ("survey", 5)
    assert survey.source["polygon"] == RING
    assert calc["AdjustedFootprintSide"] == 40.0
    assert calc["ImageDensity"] == pytest.approx(60 * 23.5 * 100 / (6000 * 16))
    assert any("holes" in note for note in plan.notes)
    flown = back.items[survey.first_item : survey.first_item + survey.item_count]
    assert [i.params[0] for i in flown if i.command == 206] == [20.0, 0.0]


# What QGroundControl's loader requires of a survey, version 5 (SurveyComplexItem.cc,
# TransectStyleComplexItem.cc, CameraCalc.cc), with the JSON types it checks.
REQUIRED = {
    "angle": float,
    "entryLocation": int,
    "flyAlternateTransects": bool,
    "splitConcavePolygons": bool,
    "polygon": list,
    "version": int,
}
REQUIRED_STYLE = {
    "TurnAroundDistance": int,
    "CameraTriggerInTurnAround": bool,
    "HoverAndCapture": bool,
    "Refly90Degrees": bool,
    "Items": list,
    "VisualTransectPoints": list,
    "CameraCalc": dict,
    "version": int,
}
REQUIRED_CAMERA = {
    "AdjustedFootprintFrontal": float,
    "AdjustedFootprintSide": float,
    "CameraName": str,
    "DistanceMode": int,
    "DistanceToSurface": float,
    "version": int,
}


def test_own_survey_has_all_that_qgroundcontrol_requires() -> None:
    (survey,) = swept().complex_items
    style = survey.source["TransectStyleComplexItem"]
    for found, wanted in (
        (survey.source, REQUIRED),
        (style, REQUIRED_STYLE),
        (style["CameraCalc"], REQUIRED_CAMERA),
    ):
        assert {key: type(found[key]) for key in wanted} == wanted


def test_own_corridor_is_an_editable_corridor_scan(tmp_path: Path) -> None:
    line = Line(points=AREA.outer[:3])
    path = corridor(line, swath_m=40.0, height=HEIGHT, width_m=100.0)
    plan = with_corridor(
        assemble(path, HOME, Assembly(speed_m_s=8.0)),
        line,
        path,
        Pictures(spacing_m=40.0),
        width_m=100.0,
    )
    back = read_back(plan, tmp_path / "road.plan")
    (scan,) = back.complex_items
    assert (scan.kind, scan.source["CorridorWidth"]) == ("CorridorScan", 100.0)
    assert scan.source["polyline"] == RING[:3]
    assert meaning(back) == meaning(plan)


def test_jump_into_a_survey_survives(tmp_path: Path) -> None:
    plan = swept()
    (survey,) = plan.complex_items
    back_to = float(survey.first_item)
    jump = MissionItem(command=177, frame=2, params=(back_to, 2.0, 0.0, 0.0, 0.0, 0.0, 0.0))
    looped = replace(plan, items=(*plan.items[:-1], jump, plan.items[-1]))
    assert meaning(read_back(looped, tmp_path / "a.plan")) == meaning(looped)


def test_plan_for_another_vehicle_says_so() -> None:
    plan = json.loads(document(old_survey(3)))
    plan["mission"] |= {"firmwareType": 3, "vehicleType": 10}
    notes = plan_from_qgc(json.dumps(copy.deepcopy(plan)), "a.plan").notes
    assert any("firmwareType 3" in note for note in notes)
    assert any("vehicleType 10" in note for note in notes)
