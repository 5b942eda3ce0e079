"""Ways of wings between home and a task keep off the zones as they are flown."""

import json
import math
from pathlib import Path

import pytest
import shapely
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import qyran
from missions.area import Area
from missions.assemble import Assembly, assemble
from missions.checks import Severity, check
from missions.checks.px4_profile import Px4Profile
from missions.checks.surroundings import Surroundings
from missions.geodesy import GeoPoint, LocalPlane
from missions.heights import HeightAboveHome, HeightAmsl
from missions.path import PathPoint, PatrolPath
from missions.plan import Command, Home, Plan
from missions.vehicle import Vehicle, known_vehicles
from missions.wind import CALM, Wind
from missions.winged_transit import circle_at

HOME = GeoPoint(latitude_deg=44.85, longitude_deg=65.5)
HERE = LocalPlane(HOME)
PLANE, VTOL = (known_vehicles()[f"px4-sitl-{one}"] for one in ("plane", "standard-vtol"))


def box(east: float, north: float, half: float) -> Area:
    corners = ((-half, -half), (half, -half), (half, half), (-half, half))
    return Area(outer=tuple(HERE.geo(east + e, north + n) for e, n in corners))


def path_by(*corners: tuple[float, float], dwell_s: float = 0.0) -> PatrolPath:
    height = HeightAboveHome(60.0)
    points = (PathPoint(position=HERE.geo(*at), height=height, dwell_s=dwell_s) for at in corners)
    return PatrolPath(pattern="corridor", points=tuple(points))


def planned(path: PatrolPath, zone: Area, vehicle: Vehicle) -> Plan:
    how = Assembly(speed_m_s=vehicle.cruise_speed_m_s, no_fly=(zone,), wings=vehicle)
    return assemble(path, Home(position=HOME, height=HeightAmsl(100.0)), how)


def rules_across(plan: Plan, vehicle: Vehicle) -> list[str]:
    found = check(plan, vehicle=vehicle, profile=Px4Profile.of(vehicle))
    errors = [one.rule for one in found if one.severity is Severity.ERROR]
    return [rule for rule in errors if rule.endswith("across-fence")]


def across(path: PatrolPath, zone: Area, vehicle: Vehicle) -> list[str]:
    plan = planned(path, zone, vehicle)
    assert len(plan.fence.polygons) == 2
    return rules_across(plan, vehicle)


@pytest.mark.parametrize("vehicle", [PLANE, VTOL])
def test_zone_between_home_and_the_path_is_gone_round_with_room_to_turn(vehicle: Vehicle) -> None:
    path = path_by((900.0, 0.0), (900.0, 800.0), (1100.0, 800.0), (1100.0, 0.0))
    assert across(path, box(450.0, 0.0, 60.0), vehicle) == []


@pytest.mark.parametrize("vehicle", [PLANE, VTOL])
def test_turn_onto_a_path_beside_a_zone_does_not_swing_into_it(vehicle: Vehicle) -> None:
    path = path_by((900.0, 0.0), (900.0, 800.0))
    assert across(path, box(960.0, 20.0, 40.0), vehicle) == []


@settings(max_examples=8, deadline=None)
@given(
    east=st.floats(150.0, 800.0),
    north=st.floats(-250.0, 250.0),
    half=st.floats(10.0, 90.0),
    course=st.floats(-math.pi, math.pi),
)
def test_plan_that_says_nothing_of_lacking_room_is_clear_as_it_is_flown(
    east: float, north: float, half: float, course: float
) -> None:
    assume(math.hypot(east, north) > 1.5 * half + 30.0)
    path = path_by((1000.0, 0.0), (1000.0 + 700.0 * math.sin(course), 700.0 * math.cos(course)))
    plan = planned(path, box(east, north, half), PLANE)
    found = rules_across(plan, PLANE) if not plan.notes else []
    assert found == []


def test_no_room_for_the_turns_is_said() -> None:
    walls = tuple(
        Area(outer=tuple(HERE.geo(e, n) for e, n in ring))
        for ring in (
            ((-2000, 20), (3000, 20), (3000, 1000), (-2000, 1000)),
            ((-2000, -20), (3000, -20), (3000, -1000), (-2000, -1000)),
        )
    )
    path = path_by((800.0, 0.0), (600.0, 0.0))
    how = Assembly(speed_m_s=15.0, no_fly=walls, wings=PLANE)
    plan = assemble(path, Home(position=HOME, height=HeightAmsl(100.0)), how)
    assert any("keeps the turns of wings off the zones" in note for note in plan.notes)


def test_circle_of_a_dwell_is_px4s_own_and_smaller_beside_a_zone() -> None:
    place = HERE.geo(0.0, 500.0)
    assert circle_at(place, (), PLANE) == (place, 0.0)
    assert circle_at(place, (box(400.0, 500.0, 50.0),), PLANE) == (place, 0.0)
    beside = box(130.5, 500.0, 50.0)
    assert circle_at(place, (beside,), PLANE) == (place, 68.0)
    home = Home(position=HOME, height=HeightAmsl(100.0))
    how = Assembly(speed_m_s=15.0, no_fly=(beside,), wings=PLANE)
    items = assemble(path_by((0.0, 500.0), dwell_s=30.0), home, how).items
    (waits,) = [one for one in items if one.command == Command.NAV_LOITER_TIME]
    assert waits.params[1:3] == (1.0, 68.0)


def test_circle_of_a_dwell_lies_beside_its_place_where_a_zone_is_nearer_than_the_turn() -> None:
    place, near = HERE.geo(0.0, 500.0), box(80.0, 500.0, 50.0)
    middle, radius = circle_at(place, (near,), PLANE)
    assert radius >= PLANE.turn_radius_m
    east, north = HERE.en(middle)
    assert math.hypot(east, north - 500.0) <= radius
    assert shapely.Point(east, north).distance(near.polygon(HERE)) >= radius + 11.9


@pytest.mark.parametrize("vehicle", ["px4-sitl-plane", "px4-sitl-standard-vtol"])
def test_corridor_cut_by_a_zone_is_planned_without_a_turn_into_it(
    vehicle: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def drawn(name: str, kind: str, corners: list[tuple[float, float]]) -> str:
        places = [HERE.geo(*corner) for corner in corners]
        ring = [[one.longitude_deg, one.latitude_deg] for one in places]
        file = tmp_path / f"{name}.geojson"
        coordinates = [ring] if kind == "Polygon" else ring
        file.write_text(json.dumps({"type": kind, "coordinates": coordinates}))
        return str(file)

    road = drawn("road", "LineString", [(0, 300), (700, 500), (1400, 300)])
    corners = [(660, 420), (760, 440), (740, 560), (640, 540), (660, 420)]
    zone = drawn("zone", "Polygon", [(float(e), float(n)) for e, n in corners])
    asked = ["plan", road, "--pattern", "corridor", "--swath-m", "30", "--height-m", "60"]
    flown_by = ["--vehicle", vehicle, "--home", "44.85,65.5,100", "--avoid", zone]
    code = qyran.main([*asked, *flown_by, "--out", str(tmp_path / "x.plan")])
    assert "across-fence" not in capsys.readouterr().out.replace("failsafe-return-across-fence", "")
    assert code == 0


@pytest.mark.parametrize("from_deg", [0.0, 90.0, 180.0, 270.0])
@pytest.mark.parametrize("vehicle", [PLANE, VTOL])
def test_plan_in_a_wind_is_clear_as_it_is_flown_in_it(vehicle: Vehicle, from_deg: float) -> None:
    wind = Wind(speed_m_s=6.0, from_rad=math.radians(from_deg))
    path = path_by((900.0, 0.0), (900.0, 800.0), (1100.0, 800.0), (1100.0, 0.0))
    zones = (box(450.0, 0.0, 60.0), box(780.0, -20.0, 40.0))
    how = Assembly(speed_m_s=vehicle.cruise_speed_m_s, no_fly=zones, wings=vehicle, wind=wind)
    plan = assemble(path, Home(position=HOME, height=HeightAmsl(100.0)), how)
    assert plan.notes == ()
    around = Surroundings(wind=wind)
    found = check(plan, vehicle=vehicle, profile=Px4Profile.of(vehicle), surroundings=around)
    assert [one.message for one in found if one.rule == "turn-across-fence"] == []


def test_turn_that_only_the_wind_carries_across_the_fence_is_told_in_it() -> None:
    turn = path_by((900.0, 0.0), (900.0, 800.0), (1100.0, 800.0), (1100.0, 0.0))
    plan = planned(turn, box(1000.0, 900.0, 40.0), PLANE)

    def told(wind: Wind) -> list[str]:
        found = check(plan, vehicle=PLANE, surroundings=Surroundings(wind=wind))
        return [one.message for one in found if one.rule == "turn-across-fence"]

    assert told(CALM) == []
    assert told(Wind(speed_m_s=7.0, from_rad=math.radians(0.0))) == []
    assert told(Wind(speed_m_s=7.0, from_rad=math.radians(180.0))) != []
