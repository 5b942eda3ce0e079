"""Line of sight over terrain and over the earth's bulge, and how far the link reaches."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from missions.checks import Finding, Severity, check
from missions.checks.around.link import RADIO_RADIUS_M, Station
from missions.checks.surroundings import Surroundings
from missions.heights import HeightAboveGround
from missions.plan import Plan
from missions.terrain import Terrain, read_terrain
from missions.vehicle import Vehicle

LASTING = Vehicle(name="lasting", endurance_s=100_000.0)
STEP = 1 / 3600


@pytest.fixture(scope="module")
def hill(tmp_path_factory: pytest.TempPathFactory) -> Terrain:
    """A square degree at 100 m with a ridge of 160 m along 65.51 degrees east: 790 m from home."""
    heights = np.full((3601, 3601), 100.0)
    heights[:, round(0.51 * 3600) - 1 : round(0.51 * 3600) + 2] = 160.0
    file: Path = tmp_path_factory.mktemp("hill") / "N44E065.hgt"
    file.write_bytes(heights.astype(">i2").tobytes())
    return read_terrain(file)


def found(
    plan: Plan, station: Station, terrain: Terrain | None = None, range_m: float | None = None
) -> dict[str, Finding]:
    around = Surroundings(station=station, link_range_m=range_m)
    findings = check(plan, vehicle=LASTING, terrain=terrain, surroundings=around)
    return {one.rule: one for one in findings if one.rule in ("line-of-sight", "link-range")}


def test_over_flat_ground_near_by_it_is_seen(here: Any, hill: Terrain) -> None:
    station = Station(place=here.origin)
    assert found(here.flight(here.to(-2000, 0)), station, hill) == {}


def test_behind_a_ridge_it_is_hidden_as_far_as_the_ridge_reaches(here: Any, hill: Terrain) -> None:
    station = Station(place=here.origin)
    one = found(here.flight(here.to(2000, 0, 50.0)), station, hill)["line-of-sight"]
    assert one.severity is Severity.WARNING
    assert one.item == 1
    assert one.place is not None
    east, _ = here.plane.en(one.place)
    assert 730.0 < east < 900.0
    # Over the ridge, at 60 m and 2 m of antenna, the line rises 58 m in 790 m: 149 m at 2 km.
    assert found(here.flight(here.to(2000, 0, 140.0), up=140.0), station, hill)
    assert found(here.flight(here.to(2000, 0, 160.0), up=160.0), station, hill) == {}


def test_a_taller_antenna_sees_over_it(here: Any, hill: Terrain) -> None:
    plan = here.flight(here.to(2000, 0, 80.0), up=80.0)
    low = Station(place=here.origin)
    high = Station(place=here.origin, height=HeightAboveGround(50.0))
    assert "line-of-sight" in found(plan, low, hill)
    assert found(plan, high, hill) == {}


@pytest.mark.parametrize(("beyond", "rules"), [(-1500.0, set()), (1500.0, {"line-of-sight"})])
def test_the_radio_horizon_is_that_of_four_thirds_of_the_earth(
    here: Any, beyond: float, rules: set[str]
) -> None:
    # Antenna at 2 m, vehicle at 30 m: the horizons of both meet at sqrt(2 R h) each.
    horizon = math.sqrt(2 * RADIO_RADIUS_M * 2.0) + math.sqrt(2 * RADIO_RADIUS_M * 30.0)
    plan = here.flight(here.to(horizon + beyond, 0, 30.0), up=30.0)
    assert set(found(plan, Station(place=here.origin))) == rules


def test_beyond_the_links_range_is_an_error_where_it_begins(here: Any) -> None:
    station = Station(place=here.plane.geo(0, 500))
    one = found(here.flight(here.to(3000, 500)), station, range_m=2000.0)["link-range"]
    assert one.severity is Severity.ERROR
    assert "at most 3000 m from the station" in one.message
    assert one.place is not None
    east, _ = here.plane.en(one.place)
    assert east == pytest.approx(2000.0, abs=60.0)
    assert "link-range" not in found(here.flight(here.to(1900, 500)), station, range_m=2000.0)
