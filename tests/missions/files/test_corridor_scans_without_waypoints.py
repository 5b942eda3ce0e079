"""Corridor scans stored without waypoints are made anew; shapely's offset curves are the oracle."""

import json
import math
from typing import Any

import numpy as np
import pytest
import shapely
from shapely.geometry import LineString

from missions.errors import BadInput
from missions.files.qgc_plan import plan_from_qgc
from missions.geodesy import GeoPoint, LocalPlane
from missions.plan import Command, Plan

ORIGIN = GeoPoint(latitude_deg=44.85, longitude_deg=65.51)
PLANE = LocalPlane(ORIGIN)
WAY = [(0.0, 0.0), (400.0, 100.0), (500.0, 500.0), (200.0, 700.0)]


def scan(
    way: list[tuple[float, float]] = WAY, *, entry: int = 0, trigger: float = 0.0, **style: Any
) -> Plan:
    item = {
        "type": "ComplexItem",
        "complexItemType": "CorridorScan",
        "version": 2,
        "CorridorWidth": 90.0,
        "EntryPoint": entry,
        "polyline": [list(map(float, pair)) for pair in PLANE.geo_from_en(np.array(way))],
        "TransectStyleComplexItem": {
            "version": 2,
            "CameraCalc": {
                "version": 2,
                "CameraName": "Manual (no camera specs)",
                "AdjustedFootprintFrontal": trigger,
                "AdjustedFootprintSide": 40.0,
                "DistanceMode": 1,
                "DistanceToSurface": 50.0,
            },
            "CameraShots": 0,
            "CameraTriggerInTurnAround": False,
            "HoverAndCapture": False,
            "Refly90Degrees": False,
            "TurnAroundDistance": 0.0,
            "Items": [],
            "VisualTransectPoints": [],
            **style,
        },
    }
    document = {
        "fileType": "Plan",
        "version": 1,
        "geoFence": {"version": 2, "polygons": [], "circles": []},
        "rallyPoints": {"version": 2, "points": []},
        "mission": {
            "version": 2,
            "items": [item],
            "plannedHomePosition": [44.85, 65.51, 0.0],
        },
    }
    return plan_from_qgc(json.dumps(document), "scan.plan")


def waypoints(plan: Plan) -> np.ndarray[Any, np.dtype[np.float64]]:
    flown = [item for item in plan.items if item.command == Command.NAV_WAYPOINT]
    places = np.array([(item.latitude_deg, item.longitude_deg) for item in flown])
    return PLANE.en_from_geo(places[:, 0], places[:, 1]).reshape(-1, 2)


def beside(offset: float) -> np.ndarray[Any, np.dtype[np.float64]]:
    if offset == 0.0:
        return np.array(WAY)
    moved = shapely.offset_curve(LineString(WAY), offset, join_style="mitre", mitre_limit=10.0)
    return shapely.get_coordinates(moved)


def test_lines_lie_beside_the_polyline_and_are_flown_to_and_fro() -> None:
    plan = scan()
    # 90 m by lines 40 m apart are three, the first one 25 m to the left.
    wanted = [beside(25.0), beside(-15.0)[::-1], beside(-55.0)]
    assert waypoints(plan) == pytest.approx(np.vstack(wanted), abs=0.05)
    assert any("made anew" in note for note in plan.notes)
    (kept,) = plan.complex_items
    assert kept.item_count == len(plan.items) == 12


@pytest.mark.parametrize(
    ("entry", "begins"), [(1, beside(-55.0)[0]), (2, beside(25.0)[-1]), (3, beside(-55.0)[-1])]
)
def test_entry_point_chooses_end_and_side(
    entry: int, begins: np.ndarray[Any, np.dtype[np.float64]]
) -> None:
    assert waypoints(scan(entry=entry))[0] == pytest.approx(begins, abs=0.05)


def test_turnarounds_go_on_straight_beyond_both_ends_without_pictures() -> None:
    plan = scan(trigger=20.0, TurnAroundDistance=30.0)
    first, second = waypoints(plan)[:2]
    assert math.dist(first, second) == pytest.approx(30.0, abs=0.05)
    assert second == pytest.approx(beside(25.0)[0], abs=0.05)
    commands = [item.command for item in plan.items[:8]]
    assert commands == [16, 16, 206, 16, 16, 16, 206, 16]
    assert [item.params[0] for item in plan.items if item.command == 206] == [20.0, 0.0] * 3


def test_sharp_corner_is_cut_off_near_the_line() -> None:
    plan = scan([(0.0, 0.0), (500.0, 0.0), (0.0, 1.0)])
    assert np.hypot(*waypoints(plan).T).max() < 560.0


def test_corridor_of_one_place_is_refused_by_its_key() -> None:
    with pytest.raises(BadInput, match=r"polyline.*two points that are apart"):
        scan([(0.0, 0.0), (0.0, 0.0)])
