"""Many tiles as one ground: interpolation, seams, overlaps, and what is not known."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.interpolate import RegularGridInterpolator

from missions.geodesy import GeoPoint
from missions.heights import HeightAmsl
from missions.terrain import Answer, Ground, NoGround, Terrain, VerticalDatum, read_terrain
from missions.terrain.tile import Grid, Tile

Write = Callable[..., Path]
Array = npt.NDArray[np.float64]
STEP = 1 / 3600


def tile_of(
    heights: npt.NDArray[Any], *, north: float, west: float, step: float = STEP, name: str = "a"
) -> Tile:
    rows, columns = heights.shape
    return Tile(
        file=name,
        grid=Grid(
            north_deg=north,
            west_deg=west,
            row_step_deg=step,
            column_step_deg=step,
            rows=rows,
            columns=columns,
        ),
        datum=VerticalDatum.EGM96,
        void=None,
        load=lambda: heights,
    )


def heights_at(terrain: Terrain, latitude: Array, longitude: Array) -> Array:
    found = terrain.grounds(latitude, longitude)
    np.testing.assert_array_equal(found.answers, Answer.KNOWN)
    return found.amsl_m


@given(st.integers(0, 2**32 - 1))
def test_between_posts_is_as_scipy_has_it_and_within_the_four_posts(seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows, columns = rng.integers(2, 9, 2)
    heights = rng.uniform(-400.0, 4000.0, (rows, columns))
    terrain = Terrain([tile_of(heights, north=10.0, west=20.0, step=0.5)])
    at_row, at_column = rng.uniform(0, rows - 1, 50), rng.uniform(0, columns - 1, 50)
    found = heights_at(terrain, 10.0 - 0.5 * at_row, 20.0 + 0.5 * at_column)
    oracle = RegularGridInterpolator((np.arange(rows), np.arange(columns)), heights)
    np.testing.assert_allclose(found, oracle(np.column_stack((at_row, at_column))), atol=1e-6)
    top = np.minimum(at_row.astype(int), rows - 2)
    left = np.minimum(at_column.astype(int), columns - 2)
    four = np.stack([heights[top + i, left + j] for i in (0, 1) for j in (0, 1)])
    assert (found >= four.min(axis=0) - 1e-6).all()
    assert (found <= four.max(axis=0) + 1e-6).all()


def quarters(full: Array, *, shared: int, shift: float) -> list[Tile]:
    """A square cut into four tiles that share that many posts with each other."""
    half = len(full) // 2
    tiles = []
    for row in (0, half):
        for column in (0, half):
            cut = full[row : row + half + shared, column : column + half + shared]
            tiles.append(
                tile_of(
                    cut,
                    north=47.0 - (row + shift) * STEP,
                    west=8.0 + (column + shift) * STEP,
                    name=f"{row} {column}",
                )
            )
    return tiles


@pytest.mark.parametrize("shared", [0, 1])
@pytest.mark.parametrize("shift", [0.0, 0.5])
def test_seams_do_not_show(shared: int, shift: float) -> None:
    """With shared posts as SRTM and DTED, without as Copernicus; also where four tiles meet."""
    full = np.random.default_rng(3).uniform(0.0, 900.0, (40, 40))
    parts = Terrain(quarters(full, shared=shared, shift=shift))
    whole = Terrain([tile_of(full, north=47.0 - shift * STEP, west=8.0 + shift * STEP)])
    rng = np.random.default_rng(4)
    near_the_cross = rng.uniform(17.5, 22.5, (2, 4000)) + shift
    latitude, longitude = 47.0 - near_the_cross[0] * STEP, 8.0 + near_the_cross[1] * STEP
    np.testing.assert_allclose(
        heights_at(parts, latitude, longitude), heights_at(whole, latitude, longitude), atol=1e-6
    )


def test_seam_between_tiles_of_different_width_is_bridged(write_geotiff: Write) -> None:
    """Copernicus widens its columns towards the poles: at 50 degrees, by half."""
    north = np.full((30, 20), 300.0, np.float32)
    south = np.full((30, 30), 300.0, np.float32)
    write_geotiff(
        "n.tif", north, north=50.0 + 30 * STEP, west=8.0, step=STEP, column_step=1.5 * STEP
    )
    path = write_geotiff("s.tif", south, north=50.0, west=8.0, step=STEP)
    terrain = read_terrain(path.parent)
    assert terrain.ground(GeoPoint(latitude_deg=50.0 + 0.4 * STEP, longitude_deg=8.003)) == Ground(
        height=HeightAmsl(300.0), datum=VerticalDatum.UNSAID
    )


def test_beyond_the_last_posts_nothing_is_made_up() -> None:
    terrain = Terrain([tile_of(np.ones((10, 10)), north=47.0, west=8.0)])
    for latitude, longitude in [(47.0 + 0.2 * STEP, 8.001), (46.999, 8.0 - 0.2 * STEP), (0.0, 0.0)]:
        place = GeoPoint(latitude_deg=latitude, longitude_deg=longitude)
        assert terrain.ground(place) == NoGround(answer=Answer.OUTSIDE)


def test_no_tiles_know_no_ground() -> None:
    place = GeoPoint(latitude_deg=47.0, longitude_deg=8.0)
    assert Terrain([]).ground(place) == NoGround(answer=Answer.OUTSIDE)


def test_finer_tile_answers_and_a_coarser_one_fills_its_voids() -> None:
    fine = np.full((60, 60), 100.0)
    fine[30, 30] = np.nan
    coarse = tile_of(np.full((20, 20), 90.0), north=47.0, west=8.0, step=6 * STEP, name="coarse")
    terrain = Terrain([coarse, tile_of(fine, north=47.0, west=8.0)])
    at = np.array([[10.0, 10.0], [30.2, 30.2], [80.0, 80.0]])
    found = heights_at(terrain, 47.0 - at[:, 0] * STEP, 8.0 + at[:, 1] * STEP)
    np.testing.assert_allclose(found, [100.0, 90.0, 90.0])


def test_tiles_on_both_sides_of_the_antimeridian_are_one_ground() -> None:
    west = tile_of(np.full((20, 20), 10.0), north=60.0, west=180.0 - 19 * STEP, name="w")
    east = tile_of(np.full((20, 20), 10.0), north=60.0, west=-180.0 + STEP, name="e")
    longitude = np.array([180.0 - STEP, 180.0, -180.0, -180.0 + 0.5 * STEP, -180.0 + 3.0 * STEP])
    np.testing.assert_allclose(
        heights_at(Terrain([west, east]), np.full(5, 60.0 - 5.5 * STEP), longitude), 10.0
    )


def test_only_the_tiles_that_are_asked_for_are_loaded() -> None:
    def refuse() -> Any:
        raise AssertionError("a tile far away was loaded")

    far = tile_of(np.ones((10, 10)), north=10.0, west=8.0, name="far")
    asked = tile_of(np.ones((10, 10)), north=47.0, west=8.0)
    unread = Tile(file="far", grid=far.grid, datum=far.datum, void=None, load=refuse)
    assert heights_at(Terrain([unread, asked]), np.array([46.999]), np.array([8.001])) == 1.0
