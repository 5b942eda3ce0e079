"""`qyran plan` for several drones, as a person asks for it."""

import itertools
import json
import math
from pathlib import Path
from typing import Any

import cv2
import pytest

import qyran
from missions.files import read_plan
from missions.fleet.separation import Separation, conflict_between
from missions.fleet.timed_flight import Datum, timed_flight
from missions.geodesy import GeoPoint, LocalPlane
from missions.plan import Command
from missions.vehicle import default_vehicle

LAT, LON = 44.85, 65.5
EAST, NORTH = 1.0 / (111_320.0 * math.cos(math.radians(LAT))), 1.0 / 111_150.0
DOCKS = f"{LAT},{LON};{LAT + 310.0 * NORTH},{LON + 400.0 * EAST}"


def at(x: float, y: float) -> list[float]:
    return [LON + x * EAST, LAT + y * NORTH]


def drawn(folder: Path, *features: dict[str, Any]) -> Path:
    file = folder / "drawing.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": list(features)}))
    return file


def feature(shape: str, coordinates: Any, **properties: Any) -> dict[str, Any]:
    geometry = {"type": shape, "coordinates": coordinates}
    return {"type": "Feature", "properties": properties, "geometry": geometry}


RING = [at(0, 0), at(400, 0), at(400, 300), at(0, 300), at(0, 0)]
FIELD = feature("Polygon", [RING], id="field")
POSTS = [feature("Point", at(60.0 * i, 40.0 * (i % 4)), id=f"post-{i}") for i in range(9)]


def planned(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, Any]]:
    status = qyran.main(["plan", *arguments, "--json"])
    said: dict[str, Any] = json.loads(capsys.readouterr().out)
    return status, said


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert qyran.main(["plan", *arguments]) == 2
    error = capsys.readouterr().err
    assert len(error.splitlines()) == 1
    return error


def test_a_sweep_is_divided_written_drawn_and_kept_apart(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    area, out = drawn(tmp_path, FIELD), tmp_path / "field.plan"
    status, said = planned(
        capsys,
        *(str(area), "--drones", "3", "--swath-m", "40", "--docks", DOCKS, "--out", str(out)),
        *("--path-json", str(tmp_path / "field.json"), "--png", str(tmp_path / "field.png")),
    )
    assert status == 0
    assert said["ratio"] <= 1.05
    assert said["bound_s"] <= said["makespan_s"] <= said["landed_s"] + 1.0
    assert [one["drone"] for one in said["flights"]] == ["1", "2", "3"]
    assert all(one["reserve_kept"] and one["battery_left"] > 0.25 for one in said["flights"])
    paths = json.loads((tmp_path / "field.json").read_text())
    assert len(paths) == 3
    assert all(0.0 <= (point[0] - LON) / EAST <= 400.0 for path in paths for point in path)
    picture = cv2.imread(str(tmp_path / "field.png"))
    assert picture is not None
    assert picture.shape[1] > 1000
    plane = LocalPlane(GeoPoint(latitude_deg=LAT, longitude_deg=LON))
    flights = [
        timed_flight(
            read_plan(Path(one["out"])),
            default_vehicle(),
            name=one["drone"],
            datum=Datum(plane=plane),
            starts_s=one["starts_s"],
        )
        for one in said["flights"]
    ]
    apart = Separation(margin_s=4.5)
    pairs = itertools.combinations(flights, 2)
    assert not any(conflict_between(a, b, apart) for a, b in pairs)


def test_a_round_is_divided_among_the_drones_of_a_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fleet = tmp_path / "fleet.toml"
    fleet.write_text(
        f'[[drone]]\nname = "north"\ndock = [{LAT + 100 * NORTH}, {LON}, 130.0]\nbattery = 0.8\n'
        f'[[drone]]\nname = "south"\nvehicle = "dji-m30t"\ndock = [{LAT}, {LON}, 120.0]\n'
        "free_from_s = 30.0\n"
    )
    area, out = drawn(tmp_path, *POSTS), tmp_path / "posts.plan"
    status, said = planned(
        capsys,
        *(str(area), "--pattern", "round", "--fleet", str(fleet), "--out", str(out)),
        *("--dwell-s", "10", "--wind", "4@90,7"),
    )
    assert status == 0
    assert {one["drone"] for one in said["flights"]} == {"north", "south"}
    assert [one["starts_s"] >= 30.0 for one in said["flights"] if one["drone"] == "south"] == [True]
    stays = [
        item
        for one in said["flights"]
        for item in read_plan(Path(one["out"])).items
        if item.command == Command.NAV_LOITER_TIME
    ]
    assert len(stays) == len(POSTS)
    homes = [read_plan(Path(one["out"])).home for one in said["flights"]]
    assert sorted(home.height.m for home in homes if home is not None) == [120.0, 130.0]


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("--pattern", "perimeter", "--drones", "2"), "--drones"),
        (("--drones", "65"), "--drones"),
        (("--docks", "91.0,65.0"), "--docks"),
        (("--docks", ""), "--docks"),
        (("--fleet", "FLEET"), "drone"),
        (("--fleet", "nowhere.toml"), "nowhere.toml"),
    ],
)
def test_what_makes_no_sense_is_refused_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], named: str
) -> None:
    twice = tmp_path / "twice.toml"
    twice.write_text('[[drone]]\nname = "a"\n[[drone]]\nname = "a"\n')
    area, out = drawn(tmp_path, FIELD), tmp_path / "field.plan"
    given = [str(twice) if one == "FLEET" else one for one in arguments]
    assert named in refused(capsys, str(area), "--swath-m", "40", *given, "--out", str(out))
