"""Landmarks of a district, and what of the followed objects teaches the calibration."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from missions.errors import BadInput
from onboard.calibrating import followed, read_landmarks
from onboard.geolocate import CameraGeometry, PoseErrors
from onboard.messages import ObjectClass
from onboard.rules import read_district
from onboard.track import Track

CAMERA = CameraGeometry.of_field_of_view(
    width_px=1920, height_px=1080, horizontal_field_of_view_rad=1.2
)
ROAD = {
    "type": "Feature",
    "geometry": {"type": "LineString", "coordinates": [[65.51, 44.85], [65.52, 44.85]]},
    "properties": {"kind": "road", "id": "r", "width_m": 7.0},
}


def landmark(**changed: Any) -> dict[str, Any]:
    properties = {"kind": "landmark", "name": "old lorry", "class": "truck", "sigma_m": 0.3}
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [65.515, 44.851]},
        "properties": {**properties, **changed},
    }


def written(folder: Path, *features: dict[str, Any]) -> Path:
    path = folder / "district.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": list(features)}))
    return path


def track(number: int, kind: ObjectClass, box: tuple[float, ...] | None) -> Track:
    return Track(
        track_id=number,
        object_class=kind,
        confidence=0.9,
        en_m=np.zeros(2),
        velocity_en_m_s=np.array([0.1, 0.0]),
        covariance_m2=np.eye(2),
        own_m2=np.eye(2),
        velocity_m2_s2=np.eye(2) * 0.04,
        box=box,
        first_seen_s=2.0,
        last_seen_s=9.0,
        sightings=40,
    )


def test_landmarks_stand_beside_the_zones_of_a_district(tmp_path: Path) -> None:
    path = written(tmp_path, ROAD, landmark())
    (found,) = read_landmarks(path)
    assert (found.name, found.object_class, found.sigma_m) == ("old lorry", "truck", 0.3)
    assert (found.place.latitude_deg, found.place.longitude_deg) == (44.851, 65.515)
    assert len(read_district(path)[1].carriageways) == 1


@pytest.mark.parametrize(
    ("feature", "said"),
    [
        (landmark(sigma_m=0.0), "sigma_m"),
        (landmark(**{"class": "castle"}), "class"),
        ({**landmark(), "geometry": ROAD["geometry"]}, "not a point"),
        ({**landmark(), "geometry": {"type": "Point", "coordinates": [65.5, 144.0]}}, "landmark"),
    ],
)
def test_landmark_that_is_not_whole_is_refused_by_number(
    tmp_path: Path, feature: dict[str, Any], said: str
) -> None:
    with pytest.raises(BadInput, match="feature 1") as refused:
        read_landmarks(written(tmp_path, ROAD, feature))
    assert said in str(refused.value)


def test_only_vehicles_may_park_and_cut_or_unseen_objects_tell_nothing() -> None:
    tracks = [
        track(1, ObjectClass.CAR, (100.0, 100.0, 160.0, 140.0)),
        track(2, ObjectClass.PERSON, (300.0, 300.0, 320.0, 350.0)),
        track(3, ObjectClass.CAR, (0.0, 500.0, 40.0, 540.0)),
        track(4, ObjectClass.CAR, None),
    ]
    told = followed(tracks, CAMERA, PoseErrors())
    assert [(each.track, each.may_park) for each in told] == [(1, True), (2, False)]
    assert told[0].pixel == (130.0, 120.0)
    assert told[0].seen_for_s == 7.0
