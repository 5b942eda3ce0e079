"""What is said of a plan over steep ground, held against the simulated PX4 that flies it."""

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from missions.assemble import Assembly, assemble
from missions.checks import check
from missions.geodesy import LocalPlane
from missions.heights import HeightAboveHome, HeightAmsl
from missions.path import PathPoint, PatrolPath
from missions.plan import Home, Plan
from missions.terrain import Answer, Terrain, read_terrain
from sim.scenario.play import ScenarioFleet

HEIGHT_M, SPEED_M_S = 60.0, 8.0
STEP = 1 / 3600


@pytest.fixture
def valley(fleet: ScenarioFleet, write_geotiff: Callable[..., Path]) -> Terrain:
    """Round the simulated home: a hill of 90 m, then a valley of 60 m, half a kilometre apart."""
    home = fleet.home
    east = (np.arange(120) - 20.0) * STEP * 111_320.0 * math.cos(math.radians(home.latitude_deg))
    hill = 90.0 * np.exp(-(((east - 350.0) / 130.0) ** 2))
    heights = 400.0 + hill - 60.0 * np.exp(-(((east - 800.0) / 130.0) ** 2))
    tile = np.repeat(heights[None, :], 60, axis=0).astype(np.float32)
    north, west = home.latitude_deg + 30 * STEP, home.longitude_deg - 20 * STEP
    return read_terrain(write_geotiff("v.tif", tile, north=north, west=west, step=STEP))


def level_plan(fleet: ScenarioFleet) -> Plan:
    plane = LocalPlane(fleet.home)
    points = tuple(
        PathPoint(position=plane.geo(east, north), height=HeightAboveHome(HEIGHT_M))
        for east, north in [(100.0, 10.0), (1100.0, 10.0), (1100.0, 60.0), (100.0, 60.0)]
    )
    home = Home(position=fleet.home, height=HeightAmsl(math.nan))
    path = PatrolPath(pattern="sweep", points=points)
    return assemble(path, home, Assembly(speed_m_s=SPEED_M_S))


def flown_above_ground(
    fleet: ScenarioFleet, plan: Plan, terrain: Terrain
) -> npt.NDArray[np.float64]:
    """Metres above ground at every step, from the first waypoint to the last."""
    drone = fleet["qyran-1"]
    ground_at_home = terrain.grounds(
        np.array([fleet.home.latitude_deg]), np.array([fleet.home.longitude_deg])
    ).amsl_m[0]
    drone.fly(plan)
    fleet.run_until(lambda: drone.has_reached(2), at_most_s=120.0)
    flown: list[tuple[float, float, float]] = []
    fleet.watch(lambda _: flown.append((drone.east_m, drone.north_m, drone.height_m)))
    fleet.run_until(lambda: drone.has_reached(len(plan.items) - 2), at_most_s=1500.0)
    east, north, height = np.array(flown).T
    places = LocalPlane(fleet.home).geo_from_en(np.column_stack((east, north)))
    found = terrain.grounds(places[:, 0], places[:, 1])
    assert (found.answers == Answer.KNOWN).all()
    above: npt.NDArray[np.float64] = ground_at_home + height - found.amsl_m
    return above


def test_level_plan_over_the_same_ground_is_foretold_to_be_too_low(
    fleet: ScenarioFleet, valley: Terrain
) -> None:
    plan = level_plan(fleet)
    said = [one for one in check(plan, terrain=valley) if one.rule == "terrain-clearance"]
    assert "below the ground" in said[0].message
    above = flown_above_ground(fleet, plan, valley)
    assert above.min() == pytest.approx(-30.0, abs=3.0)
