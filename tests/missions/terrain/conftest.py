"""Tiles made byte by byte from the standards, or by tifffile, which nobody here wrote."""

import math
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import tifffile

from missions.assemble import Assembly, assemble
from missions.geodesy import LocalPlane
from missions.heights import HeightAboveHome, HeightAmsl
from missions.path import PathPoint, PatrolPath
from missions.plan import Command, Home, Plan
from missions.terrain import Answer, Terrain, read_terrain
from sim.scenario.play import ScenarioFleet

Heights = npt.NDArray[np.float64]


def hgt_bytes(heights: Heights) -> bytes:
    return heights.astype(">i2").tobytes()


def dted_bytes(heights: Heights, *, south: int, west: int, tenths_of_arc_second: int) -> bytes:
    """A DTED file of heights by MIL-PRF-89020B: rows from the north, NaN a void."""
    rows, columns = heights.shape
    side = "E" if west >= 0 else "W"
    up = "N" if south >= 0 else "S"
    uhl = f"UHL1{abs(west):03d}0000{side}{abs(south):03d}0000{up}"
    uhl += f"{tenths_of_arc_second:04d}{tenths_of_arc_second:04d}0009U  {'':12}"
    uhl += f"{columns:04d}{rows:04d}0{'':24}"
    dsi = f"{'DSIU':141}MSLWGS84".ljust(648)
    acc = "ACC".ljust(2700)
    records = b"".join(
        _dted_record(index, heights[::-1, index]) for index in range(heights.shape[1])
    )
    return (uhl + dsi + acc).encode("ascii") + records


def _dted_record(index: int, column: Heights) -> bytes:
    posts = b"".join(
        struct.pack(">H", 0xFFFF if np.isnan(one) else abs(int(one)) | (0x8000 if one < 0 else 0))
        for one in column
    )
    head = b"\xaa" + index.to_bytes(3, "big") + struct.pack(">HH", index, 0)
    return head + posts + struct.pack(">I", sum(head) + sum(posts))


def geotiff(path: Path, heights: npt.NDArray[Any], **how: Any) -> Path:
    """A GeoTIFF in degrees; the first post is at `north`, `west` if `point`, else its corner is."""
    point, north, west = how.pop("point", True), how.pop("north"), how.pop("west")
    step, column_step = how.pop("step"), how.pop("column_step", None)
    keys = {1024: 2, 1025: 2 if point else 1, 2048: 4326, 2054: 9102} | how.pop("keys", {})
    directory = [1, 1, 0, len(keys)]
    for key, value in sorted(keys.items()):
        directory += [key, 0, 1, value]
    nodata = how.pop("nodata", None)
    tags = [
        (33550, "d", 3, (column_step or step, step, 0.0), True),
        (33922, "d", 6, (0.0, 0.0, 0.0, west, north, 0.0), True),
        (34735, "H", len(directory), directory, True),
    ]
    if nodata is not None:
        tags.append((42113, "s", 0, str(nodata), True))
    tifffile.imwrite(path, heights, extratags=tags, metadata=None, photometric="minisblack", **how)
    return path


@pytest.fixture
def write_hgt(tmp_path: Path) -> Callable[[str, Heights], Path]:
    """Writes heights of (rows, columns) from the north as an HGT tile of that name."""

    def write(name: str, heights: Heights) -> Path:
        path = tmp_path / name
        path.write_bytes(hgt_bytes(heights))
        return path

    return write


@pytest.fixture
def write_dted(tmp_path: Path) -> Callable[..., Path]:
    """Writes heights of (rows, columns) from the north as a DTED tile of that name."""

    def write(name: str, heights: Heights, **place: int) -> Path:
        path = tmp_path / name
        path.write_bytes(dted_bytes(heights, **place))
        return path

    return write


@pytest.fixture
def write_geotiff(tmp_path: Path) -> Callable[..., Path]:
    """Writes heights as a GeoTIFF of that name: see `geotiff`."""

    def write(name: str, heights: npt.NDArray[Any], **how: Any) -> Path:
        return geotiff(tmp_path / name, heights, **how)

    return write


@pytest.fixture(scope="session")
def hills(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Steep random hills at N46 E008, 1 arc second, 0.06 degrees wide: 200 to 1,200 m."""
    noise = np.random.default_rng(11).normal(size=(217, 217))
    spectrum = np.fft.rfft2(noise)
    wave = np.hypot(np.fft.fftfreq(217)[:, None], np.fft.rfftfreq(217)[None, :])
    smooth = np.fft.irfft2(spectrum / (1.0 + (wave * 60.0) ** 2.2), s=(217, 217))
    scaled = 200.0 + 1000.0 * (smooth - smooth.min()) / np.ptp(smooth)
    folder = tmp_path_factory.mktemp("hills")
    return geotiff(
        folder / "hills.tif", scaled.astype(np.float32), north=46.06, west=8.0, step=1 / 3600
    )


Places = list[tuple[float, float]]
ABOVE_HOME_M = 60.0
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


@pytest.fixture
def level_plan(fleet: ScenarioFleet) -> Callable[[Places, float], Plan]:
    """A plan through places, metres east and north of home, at one height and a speed."""

    def made(places: Places, speed_m_s: float) -> Plan:
        plane = LocalPlane(fleet.home)
        points = tuple(
            PathPoint(position=plane.geo(east, north), height=HeightAboveHome(ABOVE_HOME_M))
            for east, north in places
        )
        home = Home(position=fleet.home, height=HeightAmsl(math.nan))
        path = PatrolPath(pattern="sweep", points=points)
        return assemble(path, home, Assembly(speed_m_s=speed_m_s))

    return made


@pytest.fixture
def flown_above_ground(fleet: ScenarioFleet) -> Callable[[Plan, Terrain], Heights]:
    """Metres above ground at every step of a flight, from the first waypoint to the last."""

    def flown_over(plan: Plan, terrain: Terrain) -> Heights:
        drone = fleet["qyran-1"]
        ground_at_home = terrain.grounds(
            np.array([fleet.home.latitude_deg]), np.array([fleet.home.longitude_deg])
        ).amsl_m[0]
        drone.fly(plan)
        fleet.run_until(lambda: drone.has_reached(2), at_most_s=120.0)
        flown: list[tuple[float, float, float]] = []
        fleet.watch(lambda _: flown.append((drone.east_m, drone.north_m, drone.height_m)))
        last = max(i for i, one in enumerate(plan.items) if one.command == Command.NAV_WAYPOINT)
        fleet.run_until(lambda: drone.has_reached(last), at_most_s=1500.0)
        east, north, height = np.array(flown).T
        places = LocalPlane(fleet.home).geo_from_en(np.column_stack((east, north)))
        found = terrain.grounds(places[:, 0], places[:, 1])
        assert (found.answers == Answer.KNOWN).all()
        above: Heights = ground_at_home + height - found.amsl_m
        return above

    return flown_over
