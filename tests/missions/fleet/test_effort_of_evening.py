"""Making flights even takes counted work only, so that the same task is always divided alike."""

import math
from dataclasses import replace

import numpy as np
import pytest

from missions.area import Area, ring_geo
from missions.fleet.area_split import AreaTask, split_area
from missions.fleet.drone import FleetDrone
from missions.fleet.evening import Effort
from missions.fleet.fleet_work import DroneWork, Eye, FleetWork
from missions.fleet.stretches import cut_way
from missions.geodesy import GeoPoint, LocalPlane
from missions.heights import HeightAboveHome
from missions.path import PathPoint, PatrolPath
from missions.time_model import path_time_s
from missions.vehicle import default_vehicle

PLANE = LocalPlane(GeoPoint(latitude_deg=44.84, longitude_deg=65.5))
EYE = Eye(height=HeightAboveHome(60.0), speed_m_s=10.0, swath_m=40.0)
DRONES = [
    FleetDrone(name=name, vehicle=default_vehicle(), dock=PLANE.geo(0.0, 0.0)) for name in "abc"
]


def comb(teeth: int) -> Area:
    """A strip with teeth: many corners to a flight."""
    corners = [(0.0, 0.0), (teeth * 40.0, 0.0)]
    for tooth in reversed(range(teeth)):
        east = tooth * 40.0
        corners += [(east + 40.0, 200.0), (east + 20.0, 200.0), (east + 20.0, 60.0), (east, 60.0)]
    return Area(outer=ring_geo(PLANE, np.array(corners)))


def work_of(corners: int) -> FleetWork:
    point = PathPoint(position=PLANE.geo(0.0, 0.0), height=HeightAboveHome(60.0))
    path = PatrolPath(pattern="sweep", points=(point,) * corners)
    one = DroneWork(drone=DRONES[0], paths=(path,), flights_s=(60.0,), done_s=60.0)
    return FleetWork(drones=(one,) * 3, bound_s=0.0, notes=())


def test_flights_of_many_corners_leave_fewer_meetings_to_look_at() -> None:
    effort = Effort(left=12_000)
    assert effort.meetings_left(work_of(20)) == 300
    assert effort.meetings_left(work_of(600)) == 10
    effort.left = -5
    assert effort.spent
    assert effort.meetings_left(work_of(20)) == 0


@pytest.fixture
def timed_corners() -> list[int]:
    return []


def test_division_without_effort_left_is_whole_and_timed_once(
    monkeypatch: pytest.MonkeyPatch, timed_corners: list[int]
) -> None:
    def flight_s(drone: FleetDrone, path: PatrolPath) -> float:
        timed_corners.append(len(path.points))
        return path_time_s(path, drone.vehicle, speed_m_s=10.0) * (1.0 + 0.2 * (drone.name == "a"))

    task = AreaTask(area=comb(12), seed=3)
    usual = split_area(task, DRONES, [EYE] * 3, flight_s)
    spent = len(timed_corners)
    monkeypatch.setattr("missions.fleet.evening.Effort.spent", property(lambda _: True))
    bare = split_area(task, DRONES, [EYE] * 3, flight_s)
    assert len(timed_corners) - spent < spent
    assert usual.makespan_s <= bare.makespan_s
    assert all(one.paths for one in bare.drones)


def test_same_task_is_divided_alike_whatever_was_divided_before() -> None:
    def flight_s(drone: FleetDrone, path: PatrolPath) -> float:
        return path_time_s(path, drone.vehicle, speed_m_s=10.0)

    task = AreaTask(area=comb(8))
    first = split_area(task, DRONES, [EYE] * 3, flight_s)
    split_area(replace(task, seed=5), DRONES, [EYE] * 3, flight_s)
    assert split_area(task, DRONES, [EYE] * 3, flight_s) == first


def test_way_between_two_distances_is_the_same_when_asked_again() -> None:
    points = np.array([(0.0, 0.0), (300.0, 0.0), (300.0, 40.0), (0.0, 40.0)])
    stretches = cut_way(points, swath_m=40.0, most=12)
    way = stretches.between(50.0, 500.0)
    assert stretches.between(50.0, 500.0) == way
    assert stretches.between(500.0, 50.0) == way[::-1]
    assert math.dist(way[0], (50.0, 0.0)) < 1e-9
