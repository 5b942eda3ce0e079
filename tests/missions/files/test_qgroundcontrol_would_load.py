"""What we write is what QGroundControl's own loaders take, key by key.

The tables are facts of its sources (JsonHelper::validateKeys in SurveyComplexItem.cc,
CorridorScanComplexItem.cc, TransectStyleComplexItem.cc, CameraCalc.cc, CameraSpec.cc,
MissionItem.cc, read in November 2026): every key that a loader requires, with the type it checks.
QGroundControl's own files are held against them too, so that the tables cannot ask for nothing.
"""

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from missions.files import read_plan
from missions.files.qgc_plan_write import qgc_from_plan
from qyran import main

NUMBER, TEXT, TRUTH, LIST, OBJECT = "number", "text", "truth", "list", "object"
Keys = dict[str, str]

DOCUMENT: Keys = {
    "fileType": TEXT,
    "version": NUMBER,
    "mission": OBJECT,
    "geoFence": OBJECT,
    "rallyPoints": OBJECT,
}
MISSION: Keys = {
    "version": NUMBER,
    "plannedHomePosition": LIST,
    "items": LIST,
    "firmwareType": NUMBER,
}
GEOFENCE: Keys = {"version": NUMBER, "polygons": LIST, "circles": LIST}
RALLY: Keys = {"version": NUMBER, "points": LIST}
SIMPLE: Keys = {
    "type": TEXT,
    "frame": NUMBER,
    "command": NUMBER,
    "params": LIST,
    "autoContinue": TRUTH,
}
COMPLEX: Keys = {"type": TEXT, "complexItemType": TEXT, "version": NUMBER}
SURVEY: Keys = {"entryLocation": NUMBER, "angle": NUMBER, "polygon": LIST}
SURVEY_5: Keys = {"splitConcavePolygons": TRUTH}
CORRIDOR: Keys = {"CorridorWidth": NUMBER, "EntryPoint": NUMBER, "polyline": LIST}
STYLE: Keys = {
    "version": NUMBER,
    "TurnAroundDistance": NUMBER,
    "CameraTriggerInTurnAround": TRUTH,
    "HoverAndCapture": TRUTH,
    "Refly90Degrees": TRUTH,
    "CameraCalc": OBJECT,
    "VisualTransectPoints": LIST,
    "Items": LIST,
}
# Version 1 came without it.
STYLE_2: Keys = {"CameraShots": NUMBER}
CALC: Keys = {
    "CameraName": TEXT,
    "AdjustedFootprintSide": NUMBER,
    "AdjustedFootprintFrontal": NUMBER,
    "DistanceToSurface": NUMBER,
}
CALC_1: Keys = {"DistanceToSurfaceRelative": TRUTH}
CALC_2: Keys = {"DistanceMode": NUMBER}
KNOWN_CAMERA: Keys = {
    "ValueSetIsDistance": TRUTH,
    "ImageDensity": NUMBER,
    "FrontalOverlap": NUMBER,
    "SideOverlap": NUMBER,
    "SensorWidth": NUMBER,
    "SensorHeight": NUMBER,
    "ImageWidth": NUMBER,
    "ImageHeight": NUMBER,
    "FocalLength": NUMBER,
    "Landscape": TRUTH,
    "FixedOrientation": TRUTH,
    "MinTriggerInterval": NUMBER,
}
MANUAL = "Manual (no camera specs)"
TYPES: dict[str, tuple[type, ...]] = {
    NUMBER: (int, float),
    TEXT: (str,),
    TRUTH: (bool,),
    LIST: (list,),
    OBJECT: (dict,),
}
HOME = "44.8480,65.5060,129"


def faults(found: dict[str, Any], *tables: Keys, where: str) -> list[str]:
    """Keys that are missing or of another type."""
    return [
        f"{where}.{key}"
        for table in tables
        for key, kind in table.items()
        if type(found.get(key)) not in TYPES[kind]
    ]


def places(found: list[Any], where: str) -> list[str]:
    """Coordinates that are not two or three numbers."""
    return [
        f"{where}[{at}]"
        for at, one in enumerate(found)
        if type(one) is not list
        or len(one) not in (2, 3)
        or {type(value) for value in one[:2]} - {int, float}
    ]


def simple(item: dict[str, Any], where: str) -> list[str]:
    params = item.get("params", [])
    wrong = [] if len(params) == 7 else [f"{where}.params"]
    kinds = {type(value) for value in params} - {int, float, type(None)}
    return [*faults(item, SIMPLE, where=where), *wrong, *map(str, kinds)]


def calc(found: dict[str, Any], where: str) -> list[str]:
    by_version = {1: CALC_1, 2: CALC_2}
    version = found.get("version")
    if version not in by_version:
        return [f"{where}.version"]
    camera = {} if found.get("CameraName") == MANUAL else KNOWN_CAMERA
    return faults(found, CALC, by_version[version], camera, where=where)


def style(found: dict[str, Any], where: str) -> list[str]:
    by_version: dict[Any, Keys] = {1: {}, 2: STYLE_2}
    version = found.get("version")
    if version not in by_version:
        return [f"{where}.version"]
    wrong = faults(found, STYLE, by_version[version], where=where)
    if wrong:
        return wrong
    wrong = places(found["VisualTransectPoints"], f"{where}.VisualTransectPoints")
    wrong += calc(found["CameraCalc"], f"{where}.CameraCalc")
    for at, item in enumerate(found["Items"]):
        wrong += simple(item, f"{where}.Items[{at}]")
    return wrong


def complex_item(item: dict[str, Any], where: str) -> list[str]:
    kinds: dict[Any, tuple[Keys, ...]] = {
        ("survey", 4): (SURVEY,),
        ("survey", 5): (SURVEY, SURVEY_5),
        ("CorridorScan", 2): (CORRIDOR,),
    }
    tables = kinds.get((item.get("complexItemType"), item.get("version")))
    if tables is None:
        return [f"{where}: {item.get('complexItemType')} {item.get('version')}"]
    wrong = faults(item, COMPLEX, *tables, {"TransectStyleComplexItem": OBJECT}, where=where)
    if wrong:
        return wrong
    ring = item["polygon"] if "polygon" in item else item["polyline"]
    return [
        *places(ring, f"{where}.polygon"),
        *style(item["TransectStyleComplexItem"], f"{where}.style"),
    ]


def refused(document: dict[str, Any]) -> list[str]:
    """Everything that QGroundControl would refuse a plan for; nothing: it opens."""
    wrong = faults(document, DOCUMENT, where="plan")
    if wrong:
        return wrong
    wrong = faults(document["mission"], MISSION, where="mission")
    wrong += faults(document["geoFence"], GEOFENCE, where="geoFence")
    wrong += faults(document["rallyPoints"], RALLY, where="rallyPoints")
    versions = [document[key]["version"] for key in ("mission", "geoFence", "rallyPoints")]
    wrong += [] if (document["version"], *versions) == (1, 2, 2, 2) else ["versions"]
    for at, item in enumerate(document["mission"]["items"]):
        judge = simple if item.get("type") == "SimpleItem" else complex_item
        wrong += judge(item, f"items[{at}]")
    return wrong


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
def test_what_qgroundcontrol_wrote_opens_before_and_after_we_wrote_it_again(
    name: str, shared_data: Path
) -> None:
    file = shared_data / "plans" / f"{name}.plan"
    assert refused(json.loads(file.read_text())) == []
    assert refused(json.loads(qgc_from_plan(read_plan(file)))) == []


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
    required = {*SURVEY, *SURVEY_5, *STYLE, *CALC, *CALC_2, *KNOWN_CAMERA, *SIMPLE}
    ways = ways_to(document["mission"]["items"], required - {"CameraName"})
    assert len(ways) > 50
    for way in ways:
        broken = copy.deepcopy(document)
        inner = broken["mission"]["items"]
        for step in way[:-1]:
            inner = inner[step]
        del inner[way[-1]]
        assert refused(broken), way
