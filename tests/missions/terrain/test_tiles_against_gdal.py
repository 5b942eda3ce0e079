"""Posts as GDAL 3.10.3 places and reads them, in files that it wrote for this test."""

import json
import lzma
from pathlib import Path

import numpy as np
import pytest

from missions.errors import BadInput
from missions.geodesy import GeoPoint
from missions.terrain import Answer, Ground, Terrain, VerticalDatum, read_terrain

DATA = Path(__file__).parent / "data"
POSTS = json.loads((DATA / "posts_by_gdal.json").read_text("utf-8"))["posts"]


def hold_to_gdal(terrain: Terrain, name: str) -> None:
    known = np.array([post for post in POSTS[name] if post[2] is not None])
    voids = np.array([post[:2] for post in POSTS[name] if post[2] is None])
    assert len(known) == 40
    assert len(voids) == 1
    found = terrain.grounds(known[:, 0], known[:, 1])
    np.testing.assert_array_equal(found.answers, Answer.KNOWN)
    np.testing.assert_allclose(found.amsl_m, known[:, 2], atol=1e-3)
    unknown = terrain.grounds(voids[:, 0], voids[:, 1])
    assert unknown.answers.tolist() == [Answer.VOID]
    assert np.isnan(unknown.amsl_m).all()


@pytest.mark.parametrize("name", [name for name in POSTS if name.endswith(".tif")])
def test_geotiff_posts_are_where_gdal_has_them(name: str) -> None:
    hold_to_gdal(read_terrain(DATA / name), name)


def test_dted_posts_are_where_gdal_has_them(tmp_path: Path) -> None:
    path = tmp_path / "n45_w008.dt0"
    path.write_bytes(lzma.decompress((DATA / "n45_w008.dt0.xz").read_bytes()))
    hold_to_gdal(read_terrain(path), "n45_w008.dt0")


def test_vertical_datum_is_read_from_the_keys() -> None:
    assert read_terrain(DATA / "egm2008.tif").datums == {VerticalDatum.EGM2008}


def test_heights_above_the_ellipsoid_want_the_geoid() -> None:
    with pytest.raises(BadInput, match=r"ellipsoidal\.tif: .*ellipsoid: give the geoid"):
        read_terrain(DATA / "ellipsoidal.tif")


def test_heights_above_the_ellipsoid_are_lowered_by_the_geoid() -> None:
    terrain = read_terrain(DATA / "ellipsoidal.tif", geoid_undulation_m=48.0)
    grid = terrain.tiles[0].grid
    at = np.array([grid.north_deg]), np.array([grid.west_deg])
    assert terrain.grounds(*at).amsl_m[0] == pytest.approx(1200.0 - 48.0, abs=1e-3)


def test_projected_raster_is_refused_with_file_key_and_system() -> None:
    with pytest.raises(BadInput, match=r"utm\.tif: GTModelTypeGeoKey: .*EPSG:32632.*EPSG:4326"):
        read_terrain(DATA / "utm.tif")


def test_latitudes_on_another_datum_are_refused() -> None:
    with pytest.raises(BadInput, match=r"geographic\.tif: GeographicTypeGeoKey: EPSG:4149"):
        read_terrain(DATA / "swiss_geographic.tif")


@pytest.mark.shared_data
@pytest.mark.parametrize(
    ("name", "datum", "spread"),
    [
        ("N46E008.tif", VerticalDatum.EGM96, (180.0, 4274.0)),
        ("pysheds_dem.tif", VerticalDatum.UNSAID, (147.0, 298.0)),
    ],
)
def test_shared_tile_is_read(
    shared_data: Path, name: str, datum: VerticalDatum, spread: tuple[float, float]
) -> None:
    terrain = read_terrain(shared_data / "dem" / name)
    assert terrain.datums == {datum}
    grid = terrain.tiles[0].grid
    rows, columns = np.divmod(np.arange(grid.rows * grid.columns), grid.columns)
    found = terrain.grounds(*grid.latitude_longitude(rows, columns))
    known = found.amsl_m[found.answers == Answer.KNOWN]
    assert spread[0] <= known.min()
    assert known.max() <= spread[1]
    assert known.size > 0.9 * rows.size


@pytest.mark.shared_data
def test_lake_in_the_shared_tile_is_as_high_as_maps_have_it(shared_data: Path) -> None:
    # Lago Maggiore lies at 193 m above sea level (Swiss Federal Office of Topography).
    terrain = read_terrain(shared_data / "dem" / "N46E008.tif")
    found = terrain.ground(GeoPoint(latitude_deg=46.13, longitude_deg=8.77))
    assert isinstance(found, Ground)
    assert found.height.m == pytest.approx(193.0, abs=8.0)
