"""Which cameras can see a place: range, field of view, buildings; bearings against pyproj."""

import dataclasses
import json
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from ground_station.configuration import ModuleSettings
from ground_station.district import District, empty_district, read_district
from ground_station.errors import BadDistrict
from ground_station.modules.camera.built_in import GeojsonCameras
from ground_station.modules.camera.port import CameraKind
from ground_station.modules.camera.registry import Camera
from ground_station.modules.camera.visibility import Visibility
from missions.geodesy import GeoPoint, LocalPlane

CENTRE = GeoPoint(latitude_deg=44.85, longitude_deg=65.51)
PLANE = LocalPlane(CENTRE)


def camera(place: GeoPoint, **changes: object) -> Camera:
    plain = Camera(
        camera_id="c",
        name="c",
        kind=CameraKind.CAMERA,
        latitude_deg=place.latitude_deg,
        longitude_deg=place.longitude_deg,
        height_m=8.0,
        bearing_rad=None,
        field_of_view_rad=1.0,
        range_m=500.0,
    )
    return dataclasses.replace(plain, **changes)  # type: ignore[arg-type]


def sees(one: Camera, place: GeoPoint, district: District | None = None) -> bool:
    around = district or dataclasses.replace(empty_district(), plane=PLANE)
    visibility = Visibility([one], around, assumed_building_height_m=6.0)
    return bool(visibility.nearest(place, most=1))


def seen_from(district_folder: Path, place: GeoPoint) -> list[str]:
    district = read_district(district_folder / "district.geojson")
    cameras = GeojsonCameras(district, district_folder, ModuleSettings())
    return [sighting.name for sighting in cameras.cameras_that_see(place, most=4)]


def test_nearest_cameras_that_can_see_come_nearest_first(district_folder: Path) -> None:
    assert seen_from(district_folder, CENTRE) == ["ptz ru", "north ru", "far ru"]


def test_no_more_cameras_are_named_than_asked_for(district_folder: Path) -> None:
    district = read_district(district_folder / "district.geojson")
    cameras = GeojsonCameras(district, district_folder, ModuleSettings())
    assert len(cameras.cameras_that_see(CENTRE, most=2)) == 2


def test_camera_behind_a_house_sees_the_near_side_of_it(district_folder: Path) -> None:
    assert "hidden ru" in seen_from(district_folder, PLANE.geo(0.0, 100.0))


@pytest.mark.parametrize(
    ("height_m", "visible"),
    [
        pytest.param(8.0, False, id="below the roof"),
        pytest.param(28.0, False, id="over the near edge and into the far one"),
        pytest.param(46.0, True, id="over the roof"),
    ],
)
def test_house_hides_by_its_height(district_folder: Path, height_m: float, visible: bool) -> None:
    district = read_district(district_folder / "district.geojson")
    one = camera(PLANE.geo(0.0, 120.0), height_m=height_m)
    assert sees(one, PLANE.geo(0.0, 40.0), district) is visible


def test_house_does_not_hide_from_the_camera_on_its_own_roof(district_folder: Path) -> None:
    district = read_district(district_folder / "district.geojson")
    assert sees(camera(PLANE.geo(0.0, 70.0)), CENTRE, district)


def test_camera_sees_the_place_where_it_stands() -> None:
    assert sees(camera(CENTRE), CENTRE)


@given(
    bearing_deg=st.floats(0, 359.9),
    view_rad=st.floats(0.1, 3.0),
    off_axis=st.floats(-1, 1),
    turns=st.integers(-2, 2),
)
def test_fixed_camera_sees_within_half_its_view_on_either_side(
    bearing_deg: float, view_rad: float, off_axis: float, turns: int
) -> None:
    heading_rad = math.radians(bearing_deg) + off_axis * view_rad + turns * 2 * math.pi
    longitude, latitude, _ = Geod(ellps="WGS84").fwd(65.51, 44.85, bearing_deg, 200.0)
    one = camera(CENTRE, bearing_rad=heading_rad, field_of_view_rad=view_rad)
    place = GeoPoint(latitude_deg=latitude, longitude_deg=longitude)
    # The bearing on the plane and on the ellipsoid differ by less than this at 200 m.
    tolerance = 1e-4
    within = abs(off_axis) * view_rad <= view_rad / 2 - tolerance
    beyond = abs(off_axis) * view_rad >= view_rad / 2 + tolerance
    assert sees(one, place) in {within, not beyond}


@given(bearing_deg=st.floats(0, 359.9), distance_m=st.floats(1, 499))
def test_distance_and_bearing_are_those_of_the_ellipsoid(
    bearing_deg: float, distance_m: float
) -> None:
    longitude, latitude, _ = Geod(ellps="WGS84").fwd(65.51, 44.85, bearing_deg, distance_m)
    around = dataclasses.replace(empty_district(), plane=PLANE)
    place = GeoPoint(latitude_deg=latitude, longitude_deg=longitude)
    visibility = Visibility([camera(CENTRE)], around, assumed_building_height_m=6.0)
    (sighting,) = visibility.nearest(place, most=1)
    assert sighting.distance_m == pytest.approx(distance_m, abs=0.01)
    error_rad = math.remainder(sighting.bearing_rad - math.radians(bearing_deg), 2 * math.pi)
    assert error_rad == pytest.approx(0.0, abs=1e-3)


def test_camera_sees_to_its_range_and_no_farther() -> None:
    one = camera(CENTRE, range_m=100.0)
    assert sees(one, PLANE.geo(99.0, 0.0))
    assert not sees(one, PLANE.geo(101.0, 0.0))


def test_hub_without_a_district_knows_no_camera() -> None:
    cameras = GeojsonCameras(empty_district(), None, ModuleSettings())
    assert cameras.cameras_that_see(CENTRE, most=4) == ()


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"range_m": -1}, "range_m"),
        ({"bearing_rad": "north"}, "bearing_rad"),
        ({"kind": "telescope"}, "kind"),
        ({"height_m": float("nan")}, "height_m"),
    ],
)
def test_wrong_camera_is_named(district_folder: Path, change: dict[str, object], what: str) -> None:
    file = district_folder / "cameras.geojson"
    document = json.loads(file.read_text(encoding="utf-8"))
    document["features"][1]["properties"].update(change)
    file.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(BadDistrict, match=rf"cameras.geojson: feature 1 \(north\): {what}"):
        GeojsonCameras(empty_district(), district_folder, ModuleSettings())
