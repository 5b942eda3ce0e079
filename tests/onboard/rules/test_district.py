"""Zones from a district's file, and what is refused in one."""

import json
import math
from pathlib import Path

import numpy as np
import pytest

from missions.errors import BadInput
from missions.geodesy import GeoPoint
from onboard.rules import read_district


def feature(kind: str, geometry: object, **properties: object) -> dict[str, object]:
    return {
        "type": "Feature",
        "properties": {"id": f"{kind}-7", "kind": kind, **properties},
        "geometry": geometry,
    }


def district(*features: object) -> str:
    return json.dumps({"type": "FeatureCollection", "features": features})


LINE = {"type": "LineString", "coordinates": [[65.50, 44.85], [65.52, 44.85]]}
SQUARE = {
    "type": "Polygon",
    "coordinates": [[[65.5, 44.8], [65.51, 44.8], [65.51, 44.81], [65.5, 44.81], [65.5, 44.8]]],
}


def test_a_road_is_as_wide_as_its_carriageway(tmp_path: Path) -> None:
    file = tmp_path / "district.geojson"
    file.write_text(district(feature("road", LINE, width_m=14.0), feature("closed_area", SQUARE)))
    plane, zones = read_district(file)
    east, north = plane.en(GeoPoint(latitude_deg=44.85, longitude_deg=65.51))
    points = np.array([[east, north + 6.5], [east, north + 7.5]])
    got = zones.on_carriageway(points, np.tile(np.eye(2) * 1e-6, (2, 1, 1)))
    assert got.tolist() == [1.0, 0.0]
    assert [zone.id for zone in zones.closed_areas] == ["closed_area-7"]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("{", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("[]", "not a GeoJSON FeatureCollection"),
        (district(feature("road", LINE)), r"features\[0\] \(road-7\) is malformed: 'width_m'"),
        (district({"properties": {"kind": "road"}}), r"features\[0\] is malformed: 'geometry'"),
        (district({"properties": None, "geometry": LINE}), r"features\[0\] is malformed"),
        (district([]), r"features\[0\] is malformed"),
        (district(feature("park", None)), "no feature has a geometry"),
    ],
)
def test_a_district_file_that_is_wrong_is_named(tmp_path: Path, text: str, what: str) -> None:
    file = tmp_path / "district.geojson"
    file.write_text(text)
    with pytest.raises(BadInput, match=what) as refusal:
        read_district(file)
    assert refusal.value.where == str(file)


POINT = {"type": "Point", "coordinates": [65.5, 44.8]}
BOW_TIE = {
    "type": "Polygon",
    "coordinates": [[[65.5, 44.8], [65.51, 44.81], [65.51, 44.8], [65.5, 44.81], [65.5, 44.8]]],
}
METRES = {"type": "LineString", "coordinates": [[500_000.0, 4_960_000.0], [500_100.0, 4_960_000.0]]}
NOT_A_NUMBER = {"type": "LineString", "coordinates": [[65.5, math.nan], [65.6, 44.8]]}
NESTED = {"type": "Polygon", "coordinates": json.loads("[" * 400 + "]" * 400)}


@pytest.mark.parametrize(
    ("broken", "what"),
    [
        (feature("road", LINE, width_m=math.nan), "width_m is nan"),
        (feature("road", LINE, width_m=-7.0), "width_m is -7"),
        (feature("road", LINE, width_m=0), "width_m is 0"),
        (feature("road", LINE, width_m=None), ""),
        (feature("road", POINT, width_m=7.0), "a point that encloses nothing"),
        (feature("closed_area", POINT), "a point that encloses nothing"),
        (feature("closed_area", LINE), "a linestring that encloses nothing"),
        (feature("closed_area", BOW_TIE), "its outline is not valid: Self-intersection"),
        (feature("closed_area", None), "it has no geometry"),
        (feature("road", METRES, width_m=7.0), "not longitudes and latitudes"),
        (feature("road", NOT_A_NUMBER, width_m=7.0), "a coordinate is not a number"),
        (feature("closed_area", NESTED), ""),
        (feature("closed_area", {"type": "Blob", "coordinates": []}), ""),
        (feature("closed_area", "here"), ""),
    ],
)
def test_a_zone_that_would_hold_nothing_is_refused_by_name(
    tmp_path: Path, broken: dict[str, object], what: str
) -> None:
    file = tmp_path / "district.geojson"
    file.write_text(district(feature("closed_area", SQUARE), broken))
    with pytest.raises(
        BadInput, match=r"features\[1\] \(.*-7\) is malformed: .*" + what
    ) as refusal:
        read_district(file)
    assert refusal.value.where == str(file)


def test_a_feature_that_is_no_zone_may_have_no_place(tmp_path: Path) -> None:
    file = tmp_path / "district.geojson"
    file.write_text(district(feature("park", None), feature("closed_area", SQUARE)))
    _, zones = read_district(file)
    assert len(zones.closed_areas) == 1
