"""Where nobody gives a home, one is found from which wings come onto the path and back."""

import json
import math
import random
from pathlib import Path

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

import qyran
from missions.area import Area
from missions.assemble import Assembly, assemble
from missions.checks import Severity, check
from missions.checks.px4_profile import Px4Profile
from missions.default_home import RINGS, default_home
from missions.geodesy import GeoPoint, LocalPlane, distance_m
from missions.heights import HeightAboveHome, HeightAmsl
from missions.path import PathPoint, PatrolPath
from missions.plan import Home, Plan
from missions.vehicle import Vehicle, known_vehicles

ORIGIN = GeoPoint(latitude_deg=44.85, longitude_deg=65.5)
HERE = LocalPlane(ORIGIN)
PLANE, VTOL = (known_vehicles()[f"px4-sitl-{one}"] for one in ("plane", "standard-vtol"))
MULTIROTOR = known_vehicles()["multirotor"]
Ring = list[tuple[float, float]]

# A pass of a sweep and what lies ahead of it.
PASS: Ring = [(0.0, 0.0), (900.0, 0.0), (900.0, 300.0), (0.0, 300.0)]
FIELD: Ring = [(-300.0, -300.0), (450.0, -250.0), (500.0, 350.0), (-250.0, 400.0)]


def regular(east: float, north: float, radius: float, corners: int = 5) -> Ring:
    angles = [2.0 * math.pi * k / corners for k in range(corners)]
    return [(east + radius * math.cos(a), north + radius * math.sin(a)) for a in angles]


def area(ring: Ring) -> Area:
    return Area(outer=tuple(HERE.geo(*corner) for corner in ring))


def path_by(ring: Ring) -> PatrolPath:
    height = HeightAboveHome(60.0)
    points = (PathPoint(position=HERE.geo(*at), height=height) for at in ring)
    return PatrolPath(pattern="corridor", points=tuple(points))


def flown_by(vehicle: Vehicle, *zones: Ring) -> Assembly:
    wings = vehicle if vehicle.winged else None
    no_fly = tuple(map(area, zones))
    return Assembly(speed_m_s=vehicle.cruise_speed_m_s, no_fly=no_fly, wings=wings)


def errors_of(plan: Plan, vehicle: Vehicle) -> list[str]:
    found = check(plan, vehicle=vehicle, profile=Px4Profile.of(vehicle))
    return [one.message for one in found if one.severity is Severity.ERROR]


@pytest.mark.parametrize("vehicle", [PLANE, VTOL, MULTIROTOR])
def test_home_is_where_the_path_begins_where_nothing_is_in_the_way(vehicle: Vehicle) -> None:
    found = default_home(path_by(PASS), flown_by(vehicle))
    assert found.home.position == path_by(PASS).points[0].position
    assert found.frame.whole
    assert found.notes == ()


def test_home_moves_to_the_nearest_place_that_has_its_ways_and_it_is_said() -> None:
    path, how = path_by(PASS), flown_by(PLANE, regular(-70.0, -20.0, 55.0))
    begins = path.points[0].position
    nobodys = assemble(path, Home(position=begins, height=HeightAmsl(math.nan)), how)
    assert any("no take-off and way" in note for note in nobodys.notes)
    found = default_home(path, how)
    assert found.frame.whole
    assert 0.0 < distance_m(begins, found.home.position) <= 2.0 * PLANE.turn_radius_m
    (note,) = found.notes
    assert "of where the path begins" in note
    assert errors_of(assemble(path, found.home, how, found.frame), PLANE) == []


def test_home_stays_and_lacks_its_ways_where_no_place_has_them() -> None:
    walls = [
        [(-9000.0, 20.0), (9000.0, 20.0), (9000.0, 9000.0), (-9000.0, 9000.0)],
        [(-9000.0, -20.0), (9000.0, -20.0), (9000.0, -9000.0), (-9000.0, -9000.0)],
    ]
    path = path_by([(800.0, 0.0), (600.0, 0.0)])
    found = default_home(path, flown_by(PLANE, *walls))
    assert found.home.position == path.points[0].position
    assert not found.frame.whole
    assert found.notes == ()


@settings(max_examples=8, deadline=None)
@given(
    far_m=st.floats(20.0, 150.0),
    course=st.floats(-math.pi, math.pi),
    radius=st.floats(20.0, 90.0),
    vehicle=st.sampled_from((PLANE, VTOL, MULTIROTOR)),
)
def test_default_home_whose_ways_are_found_keeps_off_every_zone(
    far_m: float, course: float, radius: float, vehicle: Vehicle
) -> None:
    away = far_m + radius
    zone = regular(-away * abs(math.cos(course)), away * math.sin(course), radius, 16)
    path, how = path_by(PASS), flown_by(vehicle, zone)
    found = default_home(path, how)
    begins = path.points[0].position
    assert found.frame.whole
    east, north = HERE.en(found.home.position)
    assert area(zone).polygon(HERE).distance(shapely.Point(east, north)) > 5.0
    most_m = max(RINGS) * max(vehicle.turn_radius_m, 20.0)
    assert distance_m(begins, found.home.position) <= most_m + 1.0
    plan = assemble(path, found.home, how, found.frame)
    assert [said for said in errors_of(plan, vehicle) if "fence" in said] == []


def drawn(file: Path, *rings: Ring) -> str:
    features = []
    for ring in rings:
        places = [HERE.geo(*corner) for corner in (*ring, ring[0])]
        corners = [[one.longitude_deg, one.latitude_deg] for one in places]
        geometry = {"type": "Polygon", "coordinates": [corners]}
        features.append({"type": "Feature", "properties": {}, "geometry": geometry})
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return str(file)


def home_of(plan: Path) -> GeoPoint:
    latitude, longitude, *_ = json.loads(plan.read_text())["mission"]["plannedHomePosition"]
    return GeoPoint(latitude_deg=latitude, longitude_deg=longitude)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("vehicle", [PLANE, VTOL, MULTIROTOR], ids=lambda one: str(one.name))
def test_sweep_with_a_zone_on_its_first_place_is_planned_without_an_error(
    vehicle: Vehicle, seed: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, field = tmp_path / "x.plan", drawn(tmp_path / "field.geojson", FIELD)
    asked = ["plan", field, "--vehicle", vehicle.name, "--swath-m", "100", "--out", str(out)]
    assert qyran.main(asked) == 0
    chance = random.Random(seed)
    east, north = HERE.en(home_of(out))
    middle = east + chance.uniform(-60.0, 60.0), north + chance.uniform(-60.0, 60.0)
    zone = regular(*middle, chance.uniform(20.0, 80.0), chance.randint(3, 7))
    code = qyran.main([*asked, "--avoid", drawn(tmp_path / "zone.geojson", zone)])
    told = capsys.readouterr().out
    assert code == 0, told
    assert "no take-off and way" not in told
    assert f"home {home_of(out).latitude_deg:.7f},{home_of(out).longitude_deg:.7f}" in told
    assert qyran.main(["check", str(out), "--vehicle", vehicle.name]) == 0, capsys.readouterr().out


def test_home_that_was_asked_for_is_kept_though_no_way_leads_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    field = drawn(tmp_path / "field.geojson", FIELD)
    zone = drawn(tmp_path / "zone.geojson", regular(-400.0, -420.0, 60.0))
    home = HERE.geo(-400.0, -350.0)
    asked = ["plan", field, "--vehicle", PLANE.name, "--swath-m", "100", "--avoid", zone]
    place = f"{home.latitude_deg:.7f},{home.longitude_deg:.7f},120"
    out = tmp_path / "x.plan"
    code = qyran.main([*asked, "--home", place, "--out", str(out)])
    assert code == 1
    assert "no take-off and way to the path was found" in capsys.readouterr().out
    assert distance_m(home_of(out), home) < 0.1


def test_json_says_where_home_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, field = tmp_path / "x.plan", drawn(tmp_path / "field.geojson", FIELD)
    assert qyran.main(["plan", field, "--swath-m", "100", "--out", str(out), "--json"]) == 0
    latitude, longitude = json.loads(capsys.readouterr().out)["home"]
    told = GeoPoint(latitude_deg=latitude, longitude_deg=longitude)
    assert distance_m(told, home_of(out)) < 0.1
