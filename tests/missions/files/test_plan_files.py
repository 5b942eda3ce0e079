"""Plan files: what real ones hold, that writing them back loses nothing, what is refused."""

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from missions.errors import BadInput
from missions.files import read_plan, write_plan
from missions.files.qgc_plan import plan_from_qgc
from missions.files.qgc_plan_write import qgc_from_plan
from missions.files.waypoints import plan_from_waypoints, waypoints_from_plan
from missions.geodesy import GeoPoint
from missions.heights import HeightAboveHome, HeightAmsl
from missions.plan import Fence, FenceCircle, FencePolygon, Home, MissionItem, Plan, RallyPoint

REAL_PLANS = (
    "02_mavsdk_sample.plan",
    "03_mavsdk_survey_v5.plan",
    "10_mavsdkpy_example_2rally.plan",
    "11_px4_mc_geofence_avoid_incl_excl_circle.plan",
    "13_px4_MC_mission_box.plan",
    "18_vtol_survey_v4_small.plan",
    "24_mc_no_takeoff_land.plan",
    "30_qgc_MissionPlanner.waypoints",
    "33_dronekit_mpmission.waypoints",
    "40_ap_terrain_frame10.waypoints",
)


def document() -> dict[str, Any]:
    """A small valid .plan."""
    item = {
        "type": "SimpleItem",
        "command": 16,
        "frame": 3,
        "doJumpId": 1,
        "autoContinue": True,
        "params": [0, 2, 0, None, 44.85, 65.5, 60],
    }
    return {
        "fileType": "Plan",
        "version": 1,
        "groundStation": "QGroundControl",
        "mission": {
            "version": 2,
            "cruiseSpeed": 15,
            "hoverSpeed": 5,
            "plannedHomePosition": [44.85, 65.5, 129],
            "items": [item],
        },
        "geoFence": {"version": 2, "polygons": [], "circles": []},
        "rallyPoints": {"version": 2, "points": []},
    }


def structure_scan() -> dict[str, Any]:
    return {
        "type": "ComplexItem",
        "complexItemType": "StructureScan",
        "version": 3,
        "EntranceAltitude": 50,
        "ScanBottomAlt": 10,
        "StructureHeight": 30,
        "Layers": 2,
        "GimbalPitch": -10,
        "StartFromTop": True,
        "CameraCalc": {
            "DistanceToSurface": 15,
            "AdjustedFootprintSide": 4,
            "AdjustedFootprintFrontal": 10,
        },
        "polygon": [[44.85, 65.5], [44.8505, 65.5], [44.8505, 65.5005]],
    }


@pytest.mark.shared_data
@pytest.mark.parametrize("name", REAL_PLANS)
def test_real_plan_written_as_plan_is_equal(name: str, shared_data: Path, tmp_path: Path) -> None:
    plan = read_plan(shared_data / "plans" / name)
    again = tmp_path / "again.plan"
    assert write_plan(plan, again) == ()
    back = read_plan(again)
    assert back.items == plan.items
    assert back.home == plan.home
    assert back.fence == plan.fence
    assert back.rally == plan.rally
    assert back.complex_items == plan.complex_items


@pytest.mark.shared_data
@pytest.mark.parametrize("name", REAL_PLANS)
def test_real_plan_written_as_waypoints_keeps_its_items(
    name: str, shared_data: Path, tmp_path: Path
) -> None:
    plan = read_plan(shared_data / "plans" / name)
    write_plan(plan, tmp_path / "again.waypoints")
    back = read_plan(tmp_path / "again.waypoints")
    assert (back.items, back.home) == (plan.items, plan.home)


@pytest.mark.shared_data
def test_survey_keeps_its_source_and_its_expanded_items(shared_data: Path) -> None:
    plan = read_plan(shared_data / "plans" / "18_vtol_survey_v4_small.plan")
    (survey,) = plan.complex_items
    assert (survey.kind, survey.first_item, survey.item_count) == ("survey", 2, 46)
    assert survey.source["polygon"][0] == [47.394037837447776, 8.547882313829254]


@pytest.mark.shared_data
def test_survey_without_items_is_refused_where_it_stands(shared_data: Path) -> None:
    with pytest.raises(BadInput, match=r'line 34: mission\.items\[1\]\..*"Items" is missing'):
        read_plan(shared_data / "plans" / "05_NEG_mavsdk_survey_missing_items.plan")


@pytest.mark.shared_data
def test_plan_without_a_mission_is_refused(shared_data: Path) -> None:
    with pytest.raises(BadInput, match='"mission" is missing'):
        read_plan(shared_data / "plans" / "07_NEG_mavsdk_no_mission.plan")


def _set(way: tuple[str | int, ...], value: Any) -> Callable[[dict[str, Any]], None]:
    def change(plan: dict[str, Any]) -> None:
        holder: Any = plan
        for step in way[:-1]:
            holder = holder[step]
        holder[way[-1]] = value

    return change


ITEM = ("mission", "items", 0)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (_set(("fileType",), "Parameters"), r"fileType: should be \"Plan\""),
        (_set(("version",), 2), "version: version 2 is not known"),
        (_set((*ITEM, "params"), [1, 2]), r"mission\.items\[0\]\.params: should be seven"),
        (_set((*ITEM, "params", 4), "x"), r"params\[4\]: should be a number, not text"),
        (_set((*ITEM, "type"), "Odd"), r"items\[0\]\.type: \"Odd\" is neither"),
        (_set((*ITEM, "command"), 16.5), "command: should be a whole number"),
        (_set(("mission", "plannedHomePosition"), [144.85, 65.5, 0]), "latitude 144.85"),
        (_set(("geoFence",), []), "geoFence: should be an object, not a list"),
        (_set(("rallyPoints", "points"), [[1.0]]), r"points\[0\]: has 1 values"),
        (_set(("geoFence", "polygons"), [{"polygon": [[1, 2]], "inclusion": True}]), "three"),
    ],
)
def test_wrong_plan_is_refused_with_key_and_reason(
    change: Callable[[dict[str, Any]], None], reason: str
) -> None:
    plan = document()
    change(plan)
    with pytest.raises(BadInput, match=reason):
        plan_from_qgc(json.dumps(plan, indent=1), "bad.plan")


def test_refusal_names_the_line_of_the_key() -> None:
    text = json.dumps(document(), indent=1).replace('"frame": 3', '"frame": "three"')
    line = text[: text.index('"three"')].count("\n") + 1
    with pytest.raises(BadInput, match=rf"bad\.plan: line {line}: mission\.items\[0\]\.frame"):
        plan_from_qgc(text, "bad.plan")


@pytest.mark.parametrize("text", ["", "[" * 100_000, '{"a": NaN}', "not json", "[1, 2]"])
def test_text_that_is_no_plan_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        plan_from_qgc(text, "bad.plan")


def test_structure_scan_is_expanded_and_written_back_editable() -> None:
    plan_document = document()
    plan_document["mission"]["items"].append(structure_scan())
    plan = plan_from_qgc(json.dumps(plan_document), "scan.plan")
    (scan,) = plan.complex_items
    expanded = plan.items[scan.first_item :]
    heights = [item.params[6] for item in expanded if item.command == 16]
    assert scan.item_count == len(expanded)
    assert sorted(set(heights)) == [15.0, 25.0, 50.0]
    assert heights[1] == 25.0
    again = json.loads(qgc_from_plan(plan))
    assert again["mission"]["items"][1] == structure_scan()


def test_jump_names_an_index_in_the_plan_and_an_id_in_the_file() -> None:
    plan_document = document()
    jump = {
        **plan_document["mission"]["items"][0],
        "command": 177,
        "frame": 2,
        "doJumpId": 2,
        "params": [1, 3, 0, 0, 0, 0, 0],
    }
    plan_document["mission"]["items"].append(jump)
    plan = plan_from_qgc(json.dumps(plan_document), "jump.plan")
    assert plan.items[1].params[0] == 0.0
    assert json.loads(qgc_from_plan(plan))["mission"]["items"][1]["params"][0] == 1.0
    text, _ = waypoints_from_plan(plan)
    assert plan_from_waypoints(text, "jump.waypoints").items == plan.items


def test_jump_to_nowhere_is_refused() -> None:
    plan_document = document()
    plan_document["mission"]["items"][0].update(command=177, frame=2, params=[9, 1, 0, 0, 0, 0, 0])
    with pytest.raises(BadInput, match="doJumpId 9"):
        plan_from_qgc(json.dumps(plan_document), "jump.plan")


PARAMS = st.one_of(st.just(math.nan), st.floats(-1e6, 1e6))
POINTS = st.builds(
    GeoPoint, latitude_deg=st.floats(-90.0, 90.0), longitude_deg=st.floats(-180.0, 180.0)
)
PLANS = st.builds(
    Plan,
    items=st.lists(
        st.builds(
            MissionItem,
            command=st.sampled_from((16, 19, 22, 178, 206, 1000)),
            frame=st.just(2),
            params=st.tuples(*[PARAMS] * 7),
            autocontinue=st.booleans(),
        ),
        max_size=5,
    ).map(tuple),
    home=st.builds(Home, position=POINTS, height=st.builds(HeightAmsl, st.floats(-400, 9000))),
    fence=st.builds(
        Fence,
        polygons=st.lists(
            st.builds(
                FencePolygon,
                ring=st.lists(POINTS, min_size=3, max_size=6, unique=True).map(tuple),
                inclusion=st.booleans(),
            ),
            max_size=2,
        ).map(tuple),
        circles=st.lists(
            st.builds(
                FenceCircle,
                center=POINTS,
                radius_m=st.floats(0.1, 1e5),
                inclusion=st.booleans(),
            ),
            max_size=2,
        ).map(tuple),
    ),
    rally=st.lists(
        st.builds(
            RallyPoint, position=POINTS, height=st.builds(HeightAboveHome, st.floats(-10, 500))
        ),
        max_size=3,
    ).map(tuple),
    cruise_speed_m_s=st.floats(0.5, 40.0),
    hover_speed_m_s=st.floats(0.5, 40.0),
)


@given(PLANS)
def test_any_plan_survives_its_file(plan: Plan) -> None:
    assert repr(plan_from_qgc(qgc_from_plan(plan), "any.plan")) == repr(plan)


@given(PLANS)
def test_items_of_any_plan_survive_waypoints(plan: Plan) -> None:
    text, _ = waypoints_from_plan(plan)
    assert repr(plan_from_waypoints(text, "any.waypoints").items) == repr(plan.items)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "line 1: should be"),
        ("QGC WPL 90\n", "line 1: should be"),
        ("QGC WPL 110\n0\t1\t0\n", "line 2: should have 12 columns"),
        ("QGC WPL 110\n0\t1\t0\t16\t0\t0\t0\t0\t47\tx\t0\t1\n", "line 2: longitude"),
        ("QGC WPL 110\n0\t1\t0\t16\t0\t0\t0\t0\t147\t8\t0\t1\n", "line 2: latitude 147"),
    ],
)
def test_wrong_waypoints_are_refused_with_line_and_column(text: str, reason: str) -> None:
    with pytest.raises(BadInput, match=reason):
        plan_from_waypoints(text, "bad.waypoints")


def test_what_waypoints_cannot_hold_is_said() -> None:
    fence = Fence(
        circles=(
            FenceCircle(
                center=GeoPoint(latitude_deg=1, longitude_deg=2), radius_m=9, inclusion=True
            ),
        )
    )
    _, lost = waypoints_from_plan(Plan(fence=fence))
    assert "fence" in lost[0]


def test_unknown_suffix_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="should end in"):
        read_plan(tmp_path / "plan.txt")


def test_file_that_is_not_there_is_bad_input(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no such file"):
        read_plan(tmp_path / "none.plan")
