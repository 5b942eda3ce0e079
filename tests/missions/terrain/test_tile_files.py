"""HGT, DTED and GeoTIFF as their standards say, whole and broken."""

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from missions.errors import BadInput
from missions.geodesy import GeoPoint
from missions.terrain import Answer, Ground, NoGround, Terrain, VerticalDatum, read_terrain

Heights = npt.NDArray[np.float64]
Write = Callable[..., Path]
CORNER = {"north": 46.5, "west": 8.0, "step": 1 / 3600}


def slope(rows: int, columns: int) -> Heights:
    """Up by one metre a row to the south and by two a column to the east, from -100 m."""
    return np.add.outer(np.arange(float(rows)), 2.0 * np.arange(float(columns))) - 100.0


def height_at(terrain: Terrain, latitude: float, longitude: float) -> float:
    found = terrain.ground(GeoPoint(latitude_deg=latitude, longitude_deg=longitude))
    assert isinstance(found, Ground)
    return found.height.m


@pytest.mark.parametrize("posts", [1201, 3601])
def test_hgt_begins_in_the_north_west_of_the_place_in_its_name(
    posts: int, write_hgt: Write
) -> None:
    terrain = read_terrain(write_hgt("S34W071.hgt", slope(posts, posts) / 2.0))
    step = 1.0 / (posts - 1)
    assert height_at(terrain, -33.0, -71.0) == pytest.approx(-50.0)
    assert height_at(terrain, -33.0 - 4 * step, -71.0 + 6 * step) == pytest.approx(-42.0)
    assert height_at(terrain, -34.0, -70.0) == pytest.approx(1.5 * (posts - 1) - 50.0)
    assert terrain.datums == {VerticalDatum.EGM96}


def test_hgt_void_is_a_typed_answer_and_never_a_height(write_hgt: Write) -> None:
    heights = slope(1201, 1201)
    heights[600, 600] = -32768
    terrain = read_terrain(write_hgt("N46E008.hgt", heights))
    beside = GeoPoint(latitude_deg=46.5 + 0.4 / 1200, longitude_deg=8.5)
    assert terrain.ground(beside) == NoGround(answer=Answer.VOID)
    post_beside = GeoPoint(latitude_deg=46.5 + 1 / 1200, longitude_deg=8.5)
    assert isinstance(terrain.ground(post_beside), Ground)


def test_hgt_is_read_from_the_zip_that_nasa_gives(write_hgt: Write, tmp_path: Path) -> None:
    plain = write_hgt("N46E008.hgt", slope(1201, 1201))
    packed = tmp_path / "N46E008.SRTMGL3.hgt.zip"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(plain, plain.name)
    assert height_at(read_terrain(packed), 46.25, 8.75) == height_at(
        read_terrain(plain), 46.25, 8.75
    )


def test_dted_is_signed_magnitude_from_the_south(write_dted: Write) -> None:
    heights = slope(121, 121)
    heights[7, 9] = np.nan
    path = write_dted("s34_w071.dt0", heights, south=-34, west=-71, tenths_of_arc_second=300)
    terrain = read_terrain(path)
    assert height_at(terrain, -33.0, -71.0) == -100.0
    assert height_at(terrain, -34.0, -71.0) == 20.0
    assert height_at(terrain, -33.0, -70.0) == 140.0
    void = GeoPoint(latitude_deg=-33.0 - 7 / 120, longitude_deg=-71.0 + 9 / 120)
    assert terrain.ground(void) == NoGround(answer=Answer.VOID)


@pytest.mark.parametrize(
    ("at", "what"),
    [
        (3428 + 5 * (12 + 2 * 121) + 40, "record 6: has a wrong checksum"),
        (3428 + 2 * (12 + 2 * 121), "record 3: does not begin with 0xAA"),
        (80 + 144, r"DSI: the horizontal datum"),
        (47, r"UHL: the number of longitude lines"),
        (0, "this is not DTED"),
    ],
)
def test_broken_dted_is_refused_where_it_is_broken(at: int, what: str, write_dted: Write) -> None:
    path = write_dted("n45_e008.dt0", slope(121, 121), south=45, west=8, tenths_of_arc_second=300)
    data = bytearray(path.read_bytes())
    data[at] ^= 0x55
    path.write_bytes(data)
    with pytest.raises(BadInput, match=what):
        height_at(read_terrain(path), 45.5, 8.5)


@pytest.mark.parametrize(
    "how",
    [
        {},
        {"tile": (16, 32)},
        {"rowsperstrip": 5, "compression": "zlib"},
        {"tile": (16, 16), "compression": "zlib", "predictor": 3},
        {"tile": (32, 16), "compression": "lzw", "predictor": 3},
        {"rowsperstrip": 3, "compression": "lzw", "predictor": 3},
        {"tile": (16, 16), "compression": "zstd", "bigtiff": True},
    ],
)
def test_float_geotiff_is_read_however_it_is_packed(
    how: dict[str, Any], write_geotiff: Write
) -> None:
    heights = (slope(41, 53) + 0.25).astype(np.float32)
    heights[20, 20] = np.nan
    terrain = read_terrain(write_geotiff("a.tif", heights, **CORNER, **how))
    rows, columns = np.divmod(np.arange(41.0 * 53.0), 53.0)
    found = terrain.grounds(*terrain.tiles[0].grid.latitude_longitude(rows, columns))
    np.testing.assert_allclose(found.amsl_m, heights.ravel(), atol=1e-4)
    assert (found.answers == np.where(np.isnan(heights.ravel()), Answer.VOID, Answer.KNOWN)).all()


@pytest.mark.parametrize("predictor", [1, 2])
@pytest.mark.parametrize("kind", ["int16", "uint16", "int32"])
def test_whole_number_geotiff_is_read(kind: str, predictor: int, write_geotiff: Write) -> None:
    how = {"compression": "zlib", "predictor": predictor, "tile": (16, 16), "nodata": 77}
    path = write_geotiff("a.tif", (slope(40, 40) + 100.0).astype(kind), **CORNER, **how)
    terrain = read_terrain(path)
    assert height_at(terrain, 46.5 - 3 / 3600, 8.0 + 4 / 3600) == pytest.approx(11.0)
    void = GeoPoint(latitude_deg=46.5 - 1 / 3600, longitude_deg=8.0 + 38 / 3600)
    assert terrain.ground(void) == NoGround(answer=Answer.VOID)


def test_pixel_is_area_puts_the_post_in_the_pixels_middle(write_geotiff: Write) -> None:
    heights = slope(20, 20).astype(np.float32)
    path = write_geotiff("a.tif", heights, point=False, **CORNER)
    assert height_at(read_terrain(path), 46.5 - 0.5 / 3600, 8.0 + 0.5 / 3600) == pytest.approx(-100)


@pytest.mark.parametrize("value", [-9999.0, -3.4e38, np.inf, 32767.0])
def test_undeclared_void_is_no_height(value: float, write_geotiff: Write) -> None:
    heights = slope(20, 20).astype(np.float32)
    heights[4, 4] = value
    terrain = read_terrain(write_geotiff("a.tif", heights, **CORNER))
    place = GeoPoint(latitude_deg=46.5 - 4 / 3600, longitude_deg=8.0 + 4 / 3600)
    assert terrain.ground(place) == NoGround(answer=Answer.VOID)


def test_copernicus_is_above_egm2008_as_its_handbook_says(write_geotiff: Write) -> None:
    name = "Copernicus_DSM_COG_10_N46_00_E008_00_DEM.tif"
    terrain = read_terrain(write_geotiff(name, slope(20, 20).astype(np.float32), **CORNER))
    found = terrain.ground(GeoPoint(latitude_deg=46.499, longitude_deg=8.001))
    assert isinstance(found, Ground)
    assert found.datum is VerticalDatum.EGM2008


def test_masks_beside_copernicus_heights_are_left_alone(write_geotiff: Write) -> None:
    stem = "Copernicus_DSM_COG_10_N46_00_E008_00"
    write_geotiff(f"{stem}_DEM.tif", slope(20, 20).astype(np.float32), **CORNER)
    path = write_geotiff(f"{stem}_WBM.tif", np.ones((20, 20), np.uint8), **CORNER)
    assert len(read_terrain(path.parent).tiles) == 1


@pytest.mark.parametrize(
    ("heights", "how", "what"),
    [
        (np.zeros((9, 9), np.uint8), {}, "SampleFormat: uint8 is a picture or a mask"),
        (np.zeros((9, 9, 3), np.float32), {"planarconfig": "contig"}, "SamplesPerPixel: 3 bands"),
        (np.zeros((9, 9), np.float32), {"keys": {2054: 9101}}, "GeogAngularUnitsGeoKey"),
        (np.zeros((9, 9), np.float32), {"keys": {4099: 9002}}, "VerticalUnitsGeoKey: unit 9002"),
        (np.zeros((9, 9), np.float32), {"keys": {1024: 1, 3072: 32642}}, "EPSG:32642"),
        (np.zeros((9, 9), np.float32), {"north": 146.0}, "not on Earth"),
    ],
)
def test_geotiff_that_is_no_map_of_heights_is_refused(
    heights: Any, how: dict[str, Any], what: str, write_geotiff: Write
) -> None:
    path = write_geotiff("a.tif", heights, **(CORNER | how))
    with pytest.raises(BadInput, match=what) as refused:
        read_terrain(path)
    assert "a.tif" in refused.value.where


def test_geotiff_cut_short_is_refused_and_not_read_as_zeros(write_geotiff: Write) -> None:
    path = write_geotiff("a.tif", slope(50, 50).astype(np.float32), **CORNER)
    path.write_bytes(path.read_bytes()[:-900])
    with pytest.raises(BadInput, match="cut short"):
        read_terrain(path)


@pytest.mark.parametrize(
    ("name", "data", "what"),
    [
        ("N46E008.hgt", b"\0" * 1000, "1000 bytes of heights"),
        ("hill.hgt", b"\0" * 2884802, "says no place"),
        ("N95E008.hgt", b"\0" * 2884802, "not on Earth"),
        ("N46E008.hgt.zip", b"PK", "not a zip"),
        ("a.dt1", b"UHL1", "this is not DTED"),
        ("a.tif", b"II*\0", "a.tif"),
        ("a.tif", b"not a tiff at all", "not a readable TIFF"),
        ("a.asc", b"ncols 4", "should be a folder or end in"),
    ],
)
def test_file_that_is_no_tile_is_one_line(
    name: str, data: bytes, what: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(BadInput, match=what) as refused:
        read_terrain(path)
    assert "\n" not in str(refused.value)


def test_place_without_tiles_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="holds no"):
        read_terrain(tmp_path)
    with pytest.raises(BadInput, match="no such file"):
        read_terrain(tmp_path / "absent.tif")


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_any_damage_to_a_geotiff_ends_in_heights_or_in_one_refusal(
    data: st.DataObject, tmp_path: Path, write_geotiff: Write
) -> None:
    how = {"compression": "zlib", "predictor": 3, "tile": (16, 16)}
    path = write_geotiff("a.tif", slope(30, 30).astype(np.float32), **CORNER, **how)
    whole = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    broken = tmp_path / "b.tif"
    broken.write_bytes(whole[: data.draw(st.integers(8, len(whole)))])
    answers = []
    try:
        terrain = read_terrain(broken)
        found = terrain.grounds(np.array([46.4995]), np.array([8.0005]))
        answers.append(bool(np.isnan(found.amsl_m[0])) == bool(found.answers[0] != Answer.KNOWN))
    except BadInput as refused:
        answers.append("b.tif" in refused.where)
    assert answers == [True]
