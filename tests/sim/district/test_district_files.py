"""A district's files: valid GeoJSON, the same for the same seed, and read back as written."""

import json
import tomllib
from pathlib import Path

import numpy as np
import pytest
from pyproj import Geod

from missions.errors import BadInput
from sim.district.files import write_district
from sim.district.generate import generate
from sim.district.read import read_district
from sim.world.scenario import read_scenario

CENTRE_LONGITUDE_DEG, CENTRE_LATITUDE_DEG = 65.51, 44.85


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("district")
    write_district(made, 7)
    return made


def test_the_same_seed_writes_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    write_district(tmp_path, 7)

    names = sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file())

    assert [(tmp_path / name).read_bytes() for name in names] == [
        (folder / name).read_bytes() for name in names
    ]


def test_another_seed_writes_another_district(folder: Path, tmp_path: Path) -> None:
    write_district(tmp_path, 8)

    ours = (folder / "district.geojson").read_bytes()

    assert (tmp_path / "district.geojson").read_bytes() != ours


def test_everything_says_that_it_is_invented(folder: Path) -> None:
    collections = [
        json.loads((folder / name).read_text(encoding="utf-8"))
        for name in ("district.geojson", "cameras.geojson")
    ]

    assert all(collection["qyran"]["invented"] for collection in collections)
    assert all(
        feature["properties"]["invented"]
        for collection in collections
        for feature in collection["features"]
    )


def test_every_name_has_three_languages(folder: Path) -> None:
    collection = json.loads((folder / "district.geojson").read_text(encoding="utf-8"))

    assert all(
        set(feature["properties"]["name"]) == {"kk", "ru", "en"}
        and all(feature["properties"]["name"].values())
        for feature in collection["features"]
    )


def test_rings_are_closed_and_counter_clockwise(folder: Path) -> None:
    collection = json.loads((folder / "district.geojson").read_text(encoding="utf-8"))
    rings = [
        np.array(feature["geometry"]["coordinates"][0])
        for feature in collection["features"]
        if feature["geometry"]["type"] == "Polygon"
    ]
    doubled_areas = [
        float((ring[:-1, 0] * ring[1:, 1] - ring[1:, 0] * ring[:-1, 1]).sum()) for ring in rings
    ]

    assert all((ring[0] == ring[-1]).all() for ring in rings)
    assert min(doubled_areas) > 0.0


def test_a_district_read_back_lies_where_it_was_generated(folder: Path) -> None:
    read, made = read_district(folder), generate(7).district

    gaps_m = [np.abs(a.line - b.line).max() for a, b in zip(read.roads, made.roads, strict=True)]

    assert max(gaps_m) < 0.02
    assert [road.name for road in read.roads] == [road.name for road in made.roads]
    assert [place.name for place in read.places] == [place.name for place in made.places]
    assert [dock.drone_id for dock in read.docks] == [dock.drone_id for dock in made.docks]


def test_docks_lie_where_pyproj_puts_them(folder: Path) -> None:
    patrols = tomllib.loads((folder / "patrols.toml").read_text(encoding="utf-8"))["patrol"]
    docks = {dock.drone_id: dock for dock in generate(7).district.docks}
    geod = Geod(ellps="WGS84")

    gaps_m = [
        abs(
            geod.inv(
                CENTRE_LONGITUDE_DEG,
                CENTRE_LATITUDE_DEG,
                patrol["home_longitude_deg"],
                patrol["home_latitude_deg"],
            )[2]
            - np.hypot(docks[patrol["drone_id"]].east_m, docks[patrol["drone_id"]].north_m)
        )
        for patrol in patrols
    ]

    assert max(gaps_m) < 0.05


def test_the_scenario_of_a_district_is_valid(folder: Path) -> None:
    scenario = read_scenario(folder / "scenario.toml")

    kinds = {event.kind for event in scenario.event}

    assert kinds == {"crowd", "vehicle_stopped", "animals_on_road", "intrusion"}


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")

    with pytest.raises(BadInput, match="file"):
        write_district(tmp_path / "file", 1)


@pytest.mark.parametrize("text", ["{", "{}", '{"qyran": {"origin": [1]}}', "[]"])
def test_a_broken_district_file_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "district.geojson").write_text(text, encoding="utf-8")

    with pytest.raises(BadInput, match=r"district\.geojson"):
        read_district(tmp_path)
