"""DJI's WPML: flights read into plans, plans written as flights, what was lost said."""

import math
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from missions.area import Place
from missions.assemble import Assembly, Ending, assemble
from missions.checks import predict
from missions.errors import BadInput, Failed
from missions.files import read_plan, read_shapes, write_plan
from missions.files.archive import Archive
from missions.files.wpml import plan_from_wpml
from missions.files.wpml_write import MODELS, wpml_from_plan
from missions.geodesy import GeoPoint, distance_m
from missions.heights import HeightAboveHome, HeightAmsl
from missions.path import Gaze
from missions.patterns.round import visiting_round
from missions.plan import Command, Home, MissionItem, Plan

# The form of the sample in DJI's Cloud API documentation (WPML, waylines.wpml), with places.
HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<kml xmlns="http://www.opengis.net/kml/2.2" xmlns:wpml="http://www.dji.com/wpmz/1.0.2">\n'
    "<Document>"
)
CONFIG = """<wpml:missionConfig>
<wpml:flyToWaylineMode>safely</wpml:flyToWaylineMode>
<wpml:finishAction>goHome</wpml:finishAction>
<wpml:exitOnRCLost>goContinue</wpml:exitOnRCLost>
<wpml:takeOffSecurityHeight>20</wpml:takeOffSecurityHeight>
{reference}
</wpml:missionConfig>"""
FOLDER = """<Folder>
<wpml:templateId>0</wpml:templateId>
<wpml:executeHeightMode>{mode}</wpml:executeHeightMode>
<wpml:waylineId>0</wpml:waylineId>
<wpml:autoFlightSpeed>10</wpml:autoFlightSpeed>
<Placemark><Point><coordinates>
65.5,44.85
</coordinates></Point>
<wpml:index>0</wpml:index><wpml:executeHeight>116.5</wpml:executeHeight>
<wpml:waypointSpeed>7</wpml:waypointSpeed>
</Placemark>
<Placemark><Point><coordinates>65.501,44.851</coordinates></Point>
<wpml:index>1</wpml:index><wpml:executeHeight>116.5</wpml:executeHeight>
<wpml:waypointSpeed>7</wpml:waypointSpeed>
{actions}
</Placemark>
</Folder></Document></kml>"""
GROUP = """<wpml:actionGroup><wpml:actionGroupId>0</wpml:actionGroupId>
<wpml:actionGroupStartIndex>{start}</wpml:actionGroupStartIndex>
<wpml:actionGroupEndIndex>1</wpml:actionGroupEndIndex>
<wpml:actionTrigger><wpml:actionTriggerType>{kind}</wpml:actionTriggerType>
<wpml:actionTriggerParam>5</wpml:actionTriggerParam></wpml:actionTrigger>
{actions}</wpml:actionGroup>"""
ACTION = """<wpml:action><wpml:actionActuatorFunc>{name}</wpml:actionActuatorFunc>
<wpml:actionActuatorFuncParam>{given}</wpml:actionActuatorFuncParam></wpml:action>"""
REFERENCE = "<wpml:takeOffRefPoint>44.8495,65.4995,100.0</wpml:takeOffRefPoint>"


def flight(mode: str = "relativeToStartPoint", actions: str = "", reference: str = "") -> str:
    config = CONFIG.format(reference=reference)
    return HEAD + config + FOLDER.format(mode=mode, actions=actions)


def done(*actions: tuple[str, str], kind: str = "reachPoint", start: int = 1) -> str:
    written = "".join(ACTION.format(name=name, given=given) for name, given in actions)
    return GROUP.format(start=start, kind=kind, actions=written)


def commands(plan: Plan) -> list[int]:
    return [int(item.command) for item in plan.items]


def test_flight_becomes_a_plan_that_px4_takes() -> None:
    plan = plan_from_wpml(flight(), None, "a.kmz")
    assert commands(plan) == [22, 178, 16, 178, 16, 20]
    assert [item.params[6] for item in plan.items if item.command == 16] == [116.5, 116.5]
    assert plan.items[1].params[1] == 10.0
    assert plan.items[3].params[1] == 7.0
    assert predict(plan).mission.name == "ACCEPTED"


def test_actions_at_a_waypoint_keep_their_order() -> None:
    gimbal = (
        "<wpml:gimbalRotateMode>absoluteAngle</wpml:gimbalRotateMode>"
        "<wpml:gimbalPitchRotateEnable>1</wpml:gimbalPitchRotateEnable>"
        "<wpml:gimbalPitchRotateAngle>-45</wpml:gimbalPitchRotateAngle>"
    )
    hover = "<wpml:hoverTime>3</wpml:hoverTime>"
    group = done(
        *(("hover", hover), ("gimbalRotate", gimbal), ("takePhoto", ""), ("hover", hover)),
        *(("startRecord", ""), ("stopRecord", ""), ("zoom", "")),
    )
    plan = plan_from_wpml(flight(actions=group), None, "a.kmz")
    assert commands(plan)[4:] == [19, 1001, 1000, 2000, 93, 2500, 2501, 20]
    assert plan.items[4].params[0] == 3.0
    assert plan.items[6].params[:2] == (-45.0, 0.0)
    assert "the action zoom is left out" in plan.notes


@pytest.mark.parametrize(
    ("actions", "kind", "said"),
    [
        (("panoShot",), "reachPoint", "the action panoShot is left out"),
        (("setLaser", "setLaser"), "reachPoint", "the action setLaser is left out (2 times)"),
        (("panoShot",), "multipleTiming", "the action panoShot on multipleTiming is left out"),
        (("takePhoto",), "onBattery", "the action takePhoto on onBattery is left out"),
    ],
)
def test_action_that_nobody_knows_is_said_by_its_name_and_the_rest_is_flown(
    actions: tuple[str, ...], kind: str, said: str
) -> None:
    group = done(*((name, "<wpml:x>1</wpml:x>") for name in actions), kind=kind)
    plan = plan_from_wpml(flight(actions=group), None, "a.kmz")
    assert said in plan.notes
    assert commands(plan) == commands(plan_from_wpml(flight(), None, "a.kmz"))


@pytest.mark.parametrize(
    ("kind", "first", "last"), [("multipleDistance", 206, 206), ("multipleTiming", 2000, 2001)]
)
def test_pictures_on_the_way_begin_and_end(kind: str, first: int, last: int) -> None:
    group = done(("takePhoto", ""), kind=kind, start=0)
    plan = plan_from_wpml(flight(actions=group), None, "a.kmz")
    assert commands(plan) == [22, 178, 16, first, 178, 16, last, 20]
    assert 5.0 in plan.items[3].params[:2]


def test_heights_above_the_ellipsoid_are_reckoned_from_the_take_off_point() -> None:
    plan = plan_from_wpml(flight("WGS84", reference=REFERENCE), None, "a.kmz")
    assert [(i.frame, i.params[6]) for i in plan.items if i.command == 16] == [(3, 16.5)] * 2
    assert plan.home is not None
    assert plan.home.position.latitude_deg == 44.8495


def test_heights_above_the_ellipsoid_are_taken_from_the_template_above_sea_level() -> None:
    template = (
        HEAD
        + "<Folder><wpml:templateId>0</wpml:templateId><wpml:waylineCoordinateSysParam>"
        + "<wpml:heightMode>EGM96</wpml:heightMode></wpml:waylineCoordinateSysParam>"
        + "<Placemark><wpml:height>150</wpml:height></Placemark>" * 2
        + "</Folder></Document></kml>"
    )
    plan = plan_from_wpml(flight("WGS84"), template, "a.kmz")
    assert [(i.frame, i.params[6]) for i in plan.items if i.command == 16] == [(0, 150.0)] * 2


def test_heights_above_the_ellipsoid_with_nothing_to_reckon_from_are_refused() -> None:
    with pytest.raises(BadInput, match=r"waylines\.wpml: line 14: Placemark: its height is above"):
        plan_from_wpml(flight("WGS84"), None, "a.kmz")


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (flight("underground"), 'Folder: the height mode "underground" is not known'),
        (flight().replace("65.501,44.851", "65.501"), "not longitude,latitude"),
        (flight().replace("65.501,44.851", "44.851,165.5"), "latitude 165.5 .*swapped"),
        (
            flight().replace("65.501,44.851", "65,501,44,851"),
            'line 20: coordinates: "65,501,44,851" is not longitude,latitude: 4 numbers: write',
        ),
        (flight().replace("65.501,44.851", "65,501 44,851"), "is not longitude,latitude"),
        (flight().replace("116.5", "nan"), 'executeHeight: "nan" is not a finite number'),
        (flight().replace("116.5", "high"), 'executeHeight: "high" is not a number'),
        (flight(actions=done(("takePhoto", ""), start=9)), "9 is no waypoint"),
        (flight(actions=done(("hover", ""))), "hoverTime is missing"),
        (flight(actions=done(("", ""))), "actionActuatorFunc: names no action"),
        (flight().replace("</Folder>", ""), "line 25: not XML: mismatched tag"),
        ("<gpx/>", "holds neither"),
        ("", "not XML"),
    ],
)
def test_wrong_flight_is_refused_with_line_and_element(document: str, reason: str) -> None:
    with pytest.raises(BadInput, match=reason):
        plan_from_wpml(document, None, "a.kmz")


HOME = Home(position=GeoPoint(latitude_deg=44.85, longitude_deg=65.5), height=HeightAmsl(129.0))


def patrol() -> Plan:
    places = tuple(
        Place(
            position=GeoPoint(latitude_deg=44.851 + i * 0.001, longitude_deg=65.501 + i * i / 900)
        )
        for i in range(4)
    )
    path = visiting_round(
        places,
        height=HeightAboveHome(50.0),
        dwell_s=12.0,
        gaze=Gaze(pitch_rad=math.radians(-45.0)),
        keep_order=True,
    )
    return assemble(path, HOME, Assembly(speed_m_s=8.0, ending=Ending.RETURN))


def stops(plan: Plan) -> list[tuple[float, float, float, float]]:
    return [
        (item.latitude_deg, item.longitude_deg, item.params[6], dwell)
        for item in plan.items
        if item.command in (Command.NAV_WAYPOINT, Command.NAV_LOITER_TIME)
        for dwell in [item.params[0]]
    ]


def test_patrol_written_as_a_flight_comes_back_the_same(tmp_path: Path) -> None:
    plan = patrol()
    notes = write_plan(plan, tmp_path / "patrol.kmz")
    back = read_plan(tmp_path / "patrol.kmz")
    assert [tuple(map(pytest.approx, stop)) for stop in stops(back)] == stops(plan)
    assert back.items[-1].command == Command.NAV_RETURN_TO_LAUNCH
    assert back.cruise_speed_m_s == 8.0
    pitched = [i.params[0] for i in back.items if i.command == Command.DO_GIMBAL_MANAGER_PITCHYAW]
    assert pitched[0] == pytest.approx(-45.0)
    assert any("fence" in note for note in notes)
    assert any("rally" in note for note in notes)


def test_flight_is_a_kmz_with_both_documents_and_the_model_asked_for(tmp_path: Path) -> None:
    write_plan(patrol(), tmp_path / "a.kmz", dji=MODELS["m3t"])
    with zipfile.ZipFile(tmp_path / "a.kmz") as archive:
        assert archive.namelist() == ["wpmz/template.kml", "wpmz/waylines.wpml"]
        flown = archive.read("wpmz/waylines.wpml").decode()
    assert "<wpml:droneEnumValue>77</wpml:droneEnumValue>" in flown


def test_flight_read_as_a_drawing_gives_its_path(tmp_path: Path) -> None:
    write_plan(patrol(), tmp_path / "a.kmz")
    shapes = read_shapes(tmp_path / "a.kmz")
    assert len(shapes.lines) == 1
    assert len(shapes.places) == len(shapes.lines[0].points)


def test_template_alone_is_read_as_the_flight() -> None:
    packed, _ = wpml_from_plan(patrol(), MODELS["m30t"])
    template = Archive(packed, "a.kmz").read("wpmz/template.kml")
    assert stops(plan_from_wpml(None, template, "a.kmz")) == [
        tuple(map(pytest.approx, stop)) for stop in stops(patrol())
    ]


def test_what_a_flight_cannot_hold_is_said_item_by_item() -> None:
    plan = patrol()
    at = plan.items[4]
    odd = (
        replace(at, command=Command.NAV_LOITER_TURNS),
        MissionItem(command=177, frame=2, params=(2.0, 3.0, 0.0, 0.0, 0.0, 0.0, 0.0)),
        MissionItem(command=183, frame=2, params=(1.0, 1500.0, 0.0, 0.0, 0.0, 0.0, 0.0)),
    )
    _, notes = wpml_from_plan(replace(plan, items=(*plan.items, *odd)))
    count = len(plan.items)
    assert f"item {count}: a loiter by turns is a plain waypoint" in notes
    assert f"item {count + 1}: command 177 is left out, WPML has none like it" in notes
    assert f"item {count + 2}: command 183 is left out, WPML has none like it" in notes
    assert any("m30t" in note for note in notes)


def test_heights_above_sea_level_need_the_homes() -> None:
    plan = patrol()
    items = tuple(
        replace(i, frame=0, params=(*i.params[:6], i.params[6] + 129.0)) if i.has_position else i
        for i in plan.items
    )
    packed, _ = wpml_from_plan(replace(plan, items=items))
    flown = Archive(packed, "a").read("wpmz/waylines.wpml")
    assert stops(plan_from_wpml(flown, None, "a"))[0][2] == 50.0
    with pytest.raises(Failed, match="above sea level"):
        wpml_from_plan(replace(plan, items=items, home=None))


def test_single_waypoint_is_no_flight() -> None:
    with pytest.raises(Failed, match="2 to 65535 waypoints, not 0"):
        wpml_from_plan(Plan(home=HOME))


WAYPOINTS = st.builds(
    lambda latitude, longitude, height, hold: MissionItem(
        command=19 if hold else 16,
        frame=3,
        params=(hold, 0.0, 0.0, math.nan, latitude, longitude, height),
    ),
    st.floats(-89.0, 89.0),
    st.floats(-179.0, 179.0),
    st.floats(-100.0, 500.0),
    st.sampled_from((0.0, 1.5, 60.0)),
)


@given(st.lists(WAYPOINTS, min_size=2, max_size=8))
def test_any_waypoints_survive_a_flight(items: list[MissionItem]) -> None:
    packed, _ = wpml_from_plan(Plan(items=tuple(items)))
    flown = Archive(packed, "a.kmz").read("wpmz/waylines.wpml")
    back = plan_from_wpml(flown, None, "a.kmz")
    for before, after in zip(stops(Plan(items=tuple(items))), stops(back), strict=True):
        assert after == pytest.approx(before, abs=1e-9)
        places = [GeoPoint(latitude_deg=one[0], longitude_deg=one[1]) for one in (before, after)]
        assert distance_m(*places) < 1e-3


@pytest.mark.parametrize(
    ("start", "stop"),
    [
        ((206, (20.0, 0.0, 1.0)), (206, (0.0, 0.0, 0.0))),
        ((2000, (0.0, 2.5, 0.0)), (2001, (0.0, 0.0, 0.0))),
    ],
)
def test_pictures_on_the_way_survive_a_flight(
    start: tuple[int, tuple[float, ...]], stop: tuple[int, tuple[float, ...]]
) -> None:
    told = [
        MissionItem(command=command, frame=2, params=(*given, 0.0, 0.0, 0.0, 0.0))
        for command, given in (start, stop)
    ]
    ways = [
        MissionItem(
            command=16, frame=3, params=(0.0, 0.0, 0.0, math.nan, 44.85, 65.5 + i / 100, 60.0)
        )
        for i in range(4)
    ]
    plan = Plan(items=(ways[0], ways[1], told[0], ways[2], ways[3], told[1]), home=HOME)
    packed, _ = wpml_from_plan(plan)
    back = plan_from_wpml(Archive(packed, "a").read("wpmz/waylines.wpml"), None, "a")
    kept = [one for one in back.items if one.command in (16, 206, 2000, 2001)]
    assert [one.command for one in kept] == [one.command for one in plan.items]
    assert kept[2].params[:2] == told[0].params[:2]
