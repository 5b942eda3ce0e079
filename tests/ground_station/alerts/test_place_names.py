"""What places are called, on a small map."""

import json
from pathlib import Path

import pytest

from ground_station.alerts.alert import PlaceName
from ground_station.alerts.place import Gazetteer
from ground_station.alerts.title import SEEN, WHAT, title
from ground_station.configuration import PlaceSettings
from ground_station.district import District, empty_district, read_district
from ground_station.errors import BadDistrict
from ground_station.words import Words
from missions.geodesy import GeoPoint, LocalPlane
from onboard.messages import EventKind, ObjectClass

PLANE = LocalPlane(GeoPoint(latitude_deg=44.85, longitude_deg=65.51))
SWAPPED = {"type": "Point", "coordinates": [44.85, 165.5]}


@pytest.fixture
def district(district_folder: Path) -> District:
    return read_district(district_folder / "district.geojson")


@pytest.fixture
def gazetteer(district: District) -> Gazetteer:
    return Gazetteer(district, PlaceSettings())


def _at(east_m: float, north_m: float) -> tuple[float, float]:
    point = PLANE.geo(east_m, north_m)
    return point.latitude_deg, point.longitude_deg


@pytest.mark.parametrize(
    ("east_m", "north_m", "name", "inside"),
    [
        pytest.param(10.0, 10.0, "Square", True, id="smallest of two that hold it"),
        pytest.param(0.0, 70.0, "Park", True, id="a house is no landmark"),
        pytest.param(1004.0, 0.0, "Road", True, id="on the carriageway"),
        pytest.param(300.0, 0.0, "Park", False, id="nearest"),
    ],
)
def test_place_is_called_after(
    gazetteer: Gazetteer, east_m: float, north_m: float, name: str, inside: bool
) -> None:
    place = gazetteer.place(*_at(east_m, north_m))
    assert place is not None
    assert (place.name.en, place.inside) == (name, inside)


def test_distance_to_the_nearest_is_to_its_edge(gazetteer: Gazetteer) -> None:
    place = gazetteer.place(*_at(300.0, 0.0))
    assert place is not None
    assert place.distance_m == pytest.approx(100.0, abs=0.1)


def test_place_farther_than_300_m_from_anything_has_no_name(gazetteer: Gazetteer) -> None:
    assert gazetteer.place(*_at(-600.0, 0.0)) is None


def test_road_name_reaches_as_far_as_its_verge(gazetteer: Gazetteer) -> None:
    named = gazetteer.road_name(*_at(1030.0, 0.0))
    assert named is not None
    assert named.en == "Road"
    assert gazetteer.road_name(*_at(1040.0, 0.0)) is None


def test_without_a_map_nothing_has_a_name() -> None:
    assert Gazetteer(empty_district(), PlaceSettings()).place(44.85, 65.51) is None


def test_title_says_what_and_where_in_three_languages(gazetteer: Gazetteer) -> None:
    words = title(EventKind.CROWD, gazetteer.place(*_at(0.0, 0.0)))
    assert (words.kk, words.ru, words.en) == (
        "Адамдар жиналды: Square kk",
        "Скопление людей: Square ru",
        "Crowd: Square",
    )


def test_title_says_near_where_nothing_holds_the_place(gazetteer: Gazetteer) -> None:
    assert title(EventKind.CROWD, gazetteer.place(*_at(300.0, 0.0))).en == "Crowd: near Park"


def test_every_kind_of_event_has_a_title() -> None:
    assert set(WHAT) == set(EventKind)


def test_sighting_says_what_was_seen(gazetteer: Gazetteer) -> None:
    place = gazetteer.place(*_at(0.0, 0.0))
    words = title(EventKind.SIGHTING, place, object_class=ObjectClass.PERSON)
    assert (words.kk, words.ru, words.en) == (
        "Адам көрінді: Square kk",
        "В кадре человек: Square ru",
        "Person seen: Square",
    )


def test_sighting_of_several_says_how_many() -> None:
    words = title(EventKind.SIGHTING, None, object_class=ObjectClass.CATTLE, object_count=3)
    assert (words.kk, words.ru, words.en) == (
        "3 ірі қара көрінді",
        "В кадре коровы (3)",
        "3 cattle seen",
    )


def test_every_class_of_object_can_be_seen() -> None:
    assert set(SEEN) == set(ObjectClass)


def test_intrusion_does_not_say_twice_that_the_area_is_closed() -> None:
    name = Words(kk="Жабық аймақ: алқап", ru="Закрытая зона: поле", en="Closed area: field")
    place = PlaceName(name=name, inside=True, feature_id="closed-1", distance_m=0.0)
    words = title(EventKind.INTRUSION, place)
    assert (words.kk, words.ru, words.en) == (
        "Жабық аумаққа адам кірді: алқап",
        "Человек в закрытой зоне: поле",
        "Person in a closed area: field",
    )


@pytest.mark.parametrize(
    ("change", "what"),
    [
        pytest.param({"geometry": {"type": "Polygon", "coordinates": []}}, "empty", id="empty"),
        pytest.param({"geometry": {"type": "Blob"}}, "not GeoJSON", id="unknown geometry"),
        pytest.param({"geometry": SWAPPED}, "off the earth", id="swapped"),
        pytest.param({"properties": None}, "no properties", id="no properties"),
    ],
)
def test_wrong_feature_is_named(
    district_folder: Path, change: dict[str, object], what: str
) -> None:
    file = district_folder / "district.geojson"
    document = json.loads(file.read_text(encoding="utf-8"))
    document["features"][2].update(change)
    file.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(BadDistrict, match=f"district.geojson: feature 2.*{what}"):
        read_district(file)


def test_missing_map_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadDistrict, match=r"district\.geojson: no such file"):
        read_district(tmp_path / "district.geojson")
