"""What we write is what QGroundControl's own loaders take, key by key.

`data/qgc_loaders.toml` holds what they ask for, and where that stands in its sources. Its own files
are held against it, too, so that it cannot ask for nothing.
"""

import copy
import json
import math
import tomllib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from missions.files import read_plan, write_plan
from missions.files.qgc_plan import plan_from_qgc
from missions.files.qgc_plan_write import qgc_from_plan
from missions.geodesy import GeoPoint
from missions.heights import HeightAboveHome, HeightAmsl
from missions.plan import (
    Fence,
    FenceCircle,
    FencePolygon,
    Home,
    MissionItem,
    Plan,
    RallyPoint,
)
from qyran import main

DATA = Path(__file__).parent / "data"
LISTS = tomllib.loads((DATA / "qgc_loaders.toml").read_text(encoding="utf-8"))
COMPLEX: list[dict[str, Any]] = list(
    json.loads((DATA / "complex_items.json").read_text(encoding="utf-8")).values()
)
RING = COMPLEX[0]["polygon"]
MANUAL = "Manual (no camera specs)"
ALTITUDE = set(LISTS["altitude"]["required"])
HOME = "44.8480,65.5060,129"


def is_number(value: Any) -> bool:
    return type(value) in (int, float)


def is_place(size: int) -> Callable[[Any], bool]:
    """QGroundControl takes so many numbers, no more and no fewer; null for a height only."""
    return lambda value: (
        type(value) is list
        and len(value) == size
        and all(map(is_number, value[:2]))
        and (size == 2 or value[2] is None or is_number(value[2]))
    )


def are_places(size: int) -> Callable[[Any], bool]:
    return lambda value: type(value) is list and all(map(is_place(size), value))


TYPES: dict[str, Callable[[Any], bool]] = {
    "number": is_number,
    "maybe": lambda value: value is None or is_number(value),
    "text": lambda value: type(value) is str,
    "truth": lambda value: type(value) is bool,
    "list": lambda value: type(value) is list,
    "object": lambda value: type(value) is dict,
    "place": is_place(2),
    "place3": is_place(3),
    "places": are_places(2),
    "places3": are_places(3),
}


def faults(found: dict[str, Any], name: str, where: str) -> list[str]:
    """Keys that a loader would miss or find of another type; a version that it turns away."""
    asked = LISTS.get(name, {"required": {}})
    given_keys = {key: kind for key, kind in asked.get("optional", {}).items() if key in found}
    kinds = {**asked["required"], **given_keys}
    wrong = [f"{where}.{key}" for key, kind in kinds.items() if not TYPES[kind](found.get(key))]
    known = asked.get("versions", [found.get("version")])
    return wrong if found.get("version") in known else [*wrong, f"{where}.version"]


def simple(item: dict[str, Any], where: str) -> list[str]:
    wrong = faults(item, "SimpleItem", where)
    if wrong:
        return wrong
    params = item["params"]
    wrong = [] if len(params) == 7 else [f"{where}.params"]
    wrong += [f"{where}.params" for value in params[:4] if not TYPES["maybe"](value)]
    return wrong + (faults(item, "altitude", where) if ALTITUDE & set(item) else [])


def calc(found: dict[str, Any], where: str) -> list[str]:
    wrong = faults(found, "CameraCalc", where)
    wrong += faults(found, f"CameraCalc_{found.get('version')}", where)
    return wrong + (faults(found, "camera", where) if found.get("CameraName") != MANUAL else [])


def style(found: dict[str, Any], where: str) -> list[str]:
    wrong = faults(found, "TransectStyleComplexItem", where)
    wrong += faults(found, f"TransectStyleComplexItem_{found.get('version')}", where)
    if wrong:
        return wrong
    wrong = calc(found["CameraCalc"], f"{where}.CameraCalc")
    for at, item in enumerate(found["Items"]):
        wrong += simple(item, f"{where}.Items[{at}]")
    return wrong


WITHIN: dict[str, Callable[[dict[str, Any], str], list[str]]] = {
    "TransectStyleComplexItem": style,
    "CameraCalc": calc,
    "grid": lambda found, where: faults(found, "grid", where),
}


def complex_item(item: dict[str, Any], where: str) -> list[str]:
    kind, version = item.get("complexItemType", ""), item.get("version")
    name = "survey_old" if kind == "survey" and version in (2, 3) else kind
    if name not in LISTS or item.get("type") != "ComplexItem":
        return [f"{where}: {item.get('type')} {kind} {version}"]
    wrong = faults(item, name, where) + faults(item, f"{kind}_{version}", where)
    if kind in ("fwLandingPattern", "vtolLandingPattern"):
        approaches = {"landingApproachCoordinate", "loiterCoordinate"} & set(item)
        wrong += [] if approaches else [f"{where}.landingApproachCoordinate"]
    for key in WITHIN.keys() & item.keys():
        wrong += WITHIN[key](item[key], f"{where}.{key}")
    return wrong


def fence(found: dict[str, Any]) -> list[str]:
    wrong = faults(found, "geoFence", "geoFence")
    for at, polygon in enumerate(found.get("polygons", [])):
        wrong += faults(polygon, "fencePolygon", f"polygons[{at}]")
    for at, circle in enumerate(found.get("circles", [])):
        wrong += faults(circle, "fenceCircle", f"circles[{at}]")
        wrong += faults(circle.get("circle", {}), "circle", f"circles[{at}].circle")
    return wrong


def refused(document: dict[str, Any]) -> list[str]:
    """Everything that QGroundControl would refuse a plan for; nothing: it opens."""
    wrong = faults(document, "plan", "plan")
    if wrong:
        return wrong
    wrong = faults(document["mission"], "mission", "mission")
    wrong += [
        *fence(document["geoFence"]),
        *faults(document["rallyPoints"], "rallyPoints", "rally"),
    ]
    for at, item in enumerate(document["mission"]["items"]):
        judge = simple if item.get("type") == "SimpleItem" else complex_item
        wrong += judge(item, f"items[{at}]")
    return wrong


def written(plan: Plan) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(qgc_from_plan(plan))
    return found


@pytest.fixture(scope="module")
def drawings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A park with a hole, and a road."""
    folder = tmp_path_factory.mktemp("drawings")
    ring = [[65.506, 44.848], [65.512, 44.848], [65.512, 44.851], [65.506, 44.851]]
    hole = [[65.508, 44.849], [65.509, 44.849], [65.509, 44.85]]
    geometries = {
        "park": {"type": "Polygon", "coordinates": [[*ring, ring[0]], [*hole, hole[0]]]},
        "road": {"type": "LineString", "coordinates": ring},
    }
    for name, geometry in geometries.items():
        feature = {"type": "Feature", "properties": {"name": name}, "geometry": geometry}
        (folder / f"{name}.geojson").write_text(json.dumps(feature))
    return folder


WRITTEN = [
    ("park", "sweep", ("--swath-m", "60")),
    ("park", "sweep", ("--camera", "dji-m30t-wide", "--gimbal-pitch-deg", "-90")),
    ("park", "sweep", ("--swath-m", "60", "--front-overlap", "0.7", "--loops", "2")),
    ("park", "perimeter", ()),
    ("road", "corridor", ("--swath-m", "40", "--width-m", "100")),
]


@pytest.mark.parametrize(("drawing", "pattern", "more"), WRITTEN)
def test_every_plan_of_ours_opens_in_qgroundcontrol(
    drawing: str, pattern: str, more: tuple[str, ...], drawings: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out.plan"
    asked = [str(drawings / f"{drawing}.geojson"), "--pattern", pattern, "--home", HOME, *more]
    main(["plan", *asked, "--out", str(out)])
    assert refused(json.loads(out.read_text())) == []


PLACES = st.tuples(st.floats(-89.0, 89.0), st.floats(-179.0, 179.0))
POINTS = PLACES.map(lambda at: GeoPoint(latitude_deg=at[0], longitude_deg=at[1]))
HEIGHTS = st.floats(-100.0, 3000.0) | st.just(math.nan)
VALUES = st.floats(-1e6, 1e6) | st.just(math.nan)
ITEMS = st.builds(
    MissionItem,
    # With a place and without; a take-off, a landing and a jump among them.
    command=st.sampled_from((16, 19, 21, 22, 84, 85, 189, 206, 195, 1000)),
    frame=st.sampled_from((0, 2, 3, 10)),
    params=st.tuples(VALUES, VALUES, VALUES, VALUES, VALUES, VALUES, HEIGHTS),
    autocontinue=st.booleans(),
)
RINGS = st.lists(POINTS, min_size=3, max_size=6).map(tuple)
PLANS = st.builds(
    Plan,
    items=st.lists(ITEMS, max_size=6).map(tuple),
    home=st.builds(Home, position=POINTS, height=HEIGHTS.map(HeightAmsl)),
    fence=st.builds(
        Fence,
        polygons=st.lists(
            st.builds(FencePolygon, ring=RINGS, inclusion=st.booleans()), max_size=2
        ).map(tuple),
        circles=st.lists(
            st.builds(
                FenceCircle,
                center=POINTS,
                radius_m=st.floats(0.1, 1e5),
                inclusion=st.booleans(),
            ),
            max_size=2,
        ).map(tuple),
        breach_return=st.none() | st.tuples(POINTS, st.floats(0, 100).map(HeightAboveHome)),
    ),
    rally=st.lists(
        st.builds(RallyPoint, position=POINTS, height=HEIGHTS.map(HeightAboveHome)), max_size=2
    ).map(tuple),
)


@given(PLANS)
def test_any_plan_opens_in_qgroundcontrol(plan: Plan) -> None:
    assert refused(written(plan)) == []


# A take-off with its place, as every plan of ours begins.
TAKEOFF = MissionItem(command=22, frame=3, params=(0.0, 0.0, 0.0, math.nan, 44.85, 65.5, 30.0))


def plan_with(item: dict[str, Any]) -> Plan:
    base = written(
        Plan(
            items=(TAKEOFF,),
            home=Home(
                position=GeoPoint(latitude_deg=44.85, longitude_deg=65.5), height=HeightAmsl(129.0)
            ),
        )
    )
    base["mission"]["items"].append(item)
    return plan_from_qgc(json.dumps(base), "complex.plan")


@pytest.mark.parametrize(
    "item", COMPLEX, ids=lambda one: f"{one['complexItemType']}-{one['version']}"
)
def test_complex_items_stay_editable_and_open(item: dict[str, Any]) -> None:
    document = written(plan_with(item))
    assert refused(document) == []
    assert document["mission"]["items"][-1] == item


@pytest.mark.parametrize(
    "item", COMPLEX, ids=lambda one: f"{one['complexItemType']}-{one['version']}"
)
@pytest.mark.parametrize(
    "change",
    [
        {"version": 9},
        {"polygon": [[*at, 3.0] for at in RING]},
        {"landCoordinate": [44.85, 65.5]},
    ],
)
def test_what_qgroundcontrol_would_not_open_becomes_plain_items(
    item: dict[str, Any], change: dict[str, Any]
) -> None:
    plan = plan_with(item)
    (one,) = plan.complex_items
    unopened = replace(one, source={**one.source, **change})
    document = written(replace(plan, complex_items=(unopened,)))
    assert refused(document) == []
    assert len(document["mission"]["items"]) in (2, 1 + one.item_count)


@pytest.mark.shared_data
def test_every_file_that_is_read_is_written_so_that_it_opens(
    shared_data: Path, tmp_path: Path
) -> None:
    folder = shared_data / "plans"
    files = [*folder.glob("[0-9][0-9]_[!N]*.plan"), *folder.glob("*.waypoints")]
    assert len(files) >= 8
    for file in files:
        write_plan(read_plan(file), tmp_path / "again.plan")
        assert refused(json.loads((tmp_path / "again.plan").read_text())) == [], file.name


@pytest.mark.shared_data
@pytest.mark.parametrize(
    "name",
    [
        "02_mavsdk_sample",
        "03_mavsdk_survey_v5",
        "11_px4_mc_geofence_avoid_incl_excl_circle",
        "13_px4_MC_mission_box",
        "18_vtol_survey_v4_small",
        "24_mc_no_takeoff_land",
    ],
)
def test_what_qgroundcontrol_wrote_opens(name: str, shared_data: Path) -> None:
    file = shared_data / "plans" / f"{name}.plan"
    assert refused(json.loads(file.read_text())) == []


def ways_to(found: Any, keys: set[str]) -> list[tuple[Any, ...]]:
    """The way to every key of these in a document."""
    if isinstance(found, dict):
        here = [(key,) for key in found if key in keys]
        return here + [(key, *way) for key in found for way in ways_to(found[key], keys)]
    if isinstance(found, list):
        return [(at, *way) for at, one in enumerate(found) for way in ways_to(one, keys)]
    return []


@pytest.mark.shared_data
def test_nothing_that_is_required_can_be_left_out(shared_data: Path) -> None:
    document = json.loads((shared_data / "plans" / "03_mavsdk_survey_v5.plan").read_text())
    # Its style is of version 1, which may lack CameraShots.
    lists = ("survey", "survey_5", "TransectStyleComplexItem", "CameraCalc", "CameraCalc_2")
    required = {key for name in (*lists, "camera", "SimpleItem") for key in LISTS[name]["required"]}
    ways = ways_to(document["mission"]["items"], required - {"CameraName"})
    assert len(ways) > 50
    for way in ways:
        broken = copy.deepcopy(document)
        inner = broken["mission"]["items"]
        for step in way[:-1]:
            inner = inner[step]
        del inner[way[-1]]
        assert refused(broken), way
