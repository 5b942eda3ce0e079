"""Plans for wings: items that PX4 accepts, and times that PX4's VTOL and plane flew.

PX4 v1.17's SIH flew both sweeps of `benchmarks.winged_missions`: seconds from arming to landing.
"""

import math
from pathlib import Path

import pytest

from benchmarks.winged_missions import WingedMission, winged_missions
from missions.checks import Px4Profile, predict
from missions.errors import BadInput
from missions.geodesy import GeoPoint, distance_m
from missions.heights import HeightAboveHome
from missions.plan import Command
from missions.plan_time import plan_time_s, predict_flight
from missions.vehicle import Vehicle, VehicleKind, known_vehicles, read_vehicles
from missions.wind import CALM, Wind
from missions.winged_plan import into, landings, takeoffs

HOME = GeoPoint(latitude_deg=44.85, longitude_deg=65.51)
AHEAD = GeoPoint(latitude_deg=44.86, longitude_deg=65.51)
FLOWN_BY_PX4 = {"px4-sitl-standard-vtol": 1220.5, "px4-sitl-plane": 801.0}


@pytest.fixture(scope="module")
def winged() -> dict[str, WingedMission]:
    return {mission.vehicle.name: mission for mission in winged_missions()}


@pytest.mark.parametrize("name", FLOWN_BY_PX4)
def test_sweep_takes_what_px4_took_within_five_percent(
    name: str, winged: dict[str, WingedMission]
) -> None:
    mission = winged[name]
    assert plan_time_s(mission.plan, mission.vehicle) == pytest.approx(FLOWN_BY_PX4[name], rel=0.05)


@pytest.mark.parametrize("name", FLOWN_BY_PX4)
def test_px4_accepts_the_plan(name: str, winged: dict[str, WingedMission]) -> None:
    mission = winged[name]
    vtol = mission.vehicle.kind is VehicleKind.VTOL
    profile = Px4Profile(vtol=vtol, fixed_wing=not vtol)
    assert predict(mission.plan, profile).accepted


def test_fixed_wing_lands_by_a_pattern_no_steeper_than_px4_lets_it() -> None:
    wing = known_vehicles()["px4-sitl-plane"]
    end = next(landings(HOME, vehicle=wing, course=into(CALM, HOME, AHEAD)))
    commands = [item.command for item in end.items]
    assert commands == [Command.DO_LAND_START, Command.NAV_LOITER_TO_ALT, Command.NAV_LAND]
    circle = end.items[1]
    middle = GeoPoint(latitude_deg=circle.latitude_deg, longitude_deg=circle.longitude_deg)
    straight = math.sqrt(distance_m(HOME, middle) ** 2 - circle.params[1] ** 2)
    assert math.degrees(math.atan2(circle.params[6], straight)) < 5.0


def test_take_off_is_into_the_wind() -> None:
    wing = known_vehicles()["px4-sitl-plane"]
    west_wind = Wind(speed_m_s=6.0, from_rad=1.5 * math.pi)
    course = into(west_wind, HOME, AHEAD)
    height = HeightAboveHome(60.0)
    first = next(takeoffs(HOME, vehicle=wing, speed_m_s=15.0, height=height, course=course))
    assert first.items[0].longitude_deg < HOME.longitude_deg - 1e-3
    assert first.items[0].latitude_deg == pytest.approx(HOME.latitude_deg, abs=1e-5)


def test_wind_makes_there_and_back_longer_for_wings(winged: dict[str, WingedMission]) -> None:
    mission = winged["px4-sitl-plane"]
    wind = Wind(speed_m_s=6.0, from_rad=0.8)
    calm = plan_time_s(mission.plan, mission.vehicle)
    assert plan_time_s(mission.plan, mission.vehicle, wind) > 1.03 * calm


def test_vtol_hovers_at_both_ends_only(winged: dict[str, WingedMission]) -> None:
    mission = winged["px4-sitl-standard-vtol"]
    flight = predict_flight(mission.plan, mission.vehicle)
    assert flight is not None
    assert 60.0 < flight.hover_s < 0.15 * flight.landed_s


def test_every_vehicle_of_the_library_names_its_source() -> None:
    vehicles = known_vehicles()
    assert len(vehicles) >= 15
    assert all(len(vehicle.source) > 30 for vehicle in vehicles.values())
    assert {vehicle.kind for vehicle in vehicles.values()} == set(VehicleKind)


def test_wing_without_a_turn_radius_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('[[vehicle]]\nname = "mine"\nkind = "vtol"\n')
    with pytest.raises(BadInput, match="needs a turn_radius_m above 0"):
        read_vehicles(file)


def test_file_may_name_px4_parameters(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('[[vehicle]]\nname = "mine"\npx4 = { nav_acc_rad_m = 2.0 }\n')
    mine: Vehicle = read_vehicles(file)["mine"]
    assert mine.px4.nav_acc_rad_m == 2.0
