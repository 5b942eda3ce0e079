"""Which complex items QGroundControl opens: their versions, and the keys that its loaders require.

One item that it refuses keeps the whole plan shut. Source: QGroundControl's sources as of November
2026 (KeyValidateInfo lists of SurveyComplexItem.cc, CorridorScanComplexItem.cc,
StructureScanComplexItem.cc, LandingComplexItem.cc with its two kinds, TransectStyleComplexItem.cc,
CameraCalc.cc and JsonHelper.cc, where a coordinate has exactly two values, or three with a height).
"""

from collections.abc import Mapping
from typing import Any

STYLE = "TransectStyleComplexItem"
CAMERA = "CameraCalc"
GRID = "grid"
Keys = tuple[str, ...]

_TRANSECTS: Keys = (STYLE,)
_SURVEY: Keys = ("entryLocation", "angle", "polygon", *_TRANSECTS)
_OLD_SURVEY: Keys = ("polygon", GRID, "cameraTriggerDistance", "manualGrid", "fixedValueIsAltitude")
_LANDING: Keys = ("loiterRadius", "loiterClockwise", "landCoordinate")
_HEIGHTS: Keys = ("altitudesAreRelative",)
REQUIRED: Mapping[tuple[str, int], Keys] = {
    ("survey", 2): _OLD_SURVEY,
    ("survey", 3): _OLD_SURVEY,
    ("survey", 4): _SURVEY,
    ("survey", 5): (*_SURVEY, "splitConcavePolygons"),
    ("CorridorScan", 2): ("CorridorWidth", "EntryPoint", "polyline", *_TRANSECTS),
    ("StructureScan", 3): (
        "polygon",
        "ScanBottomAlt",
        "StructureHeight",
        "Layers",
        CAMERA,
        "EntranceAltitude",
        "GimbalPitch",
        "StartFromTop",
    ),
    ("fwLandingPattern", 1): (*_LANDING, "loiterAltitudeRelative", "landAltitudeRelative"),
    ("fwLandingPattern", 2): (*_LANDING, *_HEIGHTS, "valueSetIsDistance"),
    ("vtolLandingPattern", 1): (*_LANDING, *_HEIGHTS),
}
WITHIN: Mapping[str, Keys] = {
    STYLE: (
        "version",
        "TurnAroundDistance",
        "CameraTriggerInTurnAround",
        "HoverAndCapture",
        "Refly90Degrees",
        CAMERA,
        "VisualTransectPoints",
        "Items",
    ),
    # One without a version needs no name: it is a manual one then.
    CAMERA: ("AdjustedFootprintSide", "AdjustedFootprintFrontal", "DistanceToSurface"),
    GRID: ("altitude", "relativeAltitude", "angle", "spacing", "turnAroundDistance"),
}
APPROACH = ("landingApproachCoordinate", "loiterCoordinate")


def as_written_today(source: Mapping[str, Any]) -> dict[str, Any]:
    """The item as QGroundControl writes it now, where that changes nothing of what it means.

    Surveys of version 2 had their kind for a type; a fixed wing's landing says by what its approach
    was drawn; a VTOL's has no version 2.
    """
    item = dict(source)
    if item.get("type") == "survey":
        item |= {"type": "ComplexItem", "complexItemType": "survey"}
    if item.get("complexItemType") == "fwLandingPattern" and item.get("version") == 2:
        item.setdefault("valueSetIsDistance", True)
    if item.get("complexItemType") == "vtolLandingPattern" and item.get("version") == 2:
        item["version"] = 1
    return item


def opens(item: Mapping[str, Any]) -> bool:
    """Whether QGroundControl opens a complex item as it is."""
    required = REQUIRED.get((item.get("complexItemType", ""), item.get("version", 0)))
    if required is None or item.get("type") != "ComplexItem" or not _has(item, required):
        return False
    if "landCoordinate" in required:
        approach = next((item[key] for key in APPROACH if key in item), None)
        return _are_places([approach, item["landCoordinate"]], 3)
    ring = item["polyline"] if "polyline" in required else item["polygon"]
    return _are_places(ring, 2) and all(_is_whole(item, key) for key in WITHIN if key in required)


def _is_whole(item: Mapping[str, Any], key: str) -> bool:
    """Whether an object within has all that it needs, a camera within a style, too."""
    found = item[key]
    if not isinstance(found, Mapping) or not _has(found, WITHIN[key]):
        return False
    if key == STYLE:
        return _are_places(found["VisualTransectPoints"], 2) and _is_whole(found, CAMERA)
    return key != CAMERA or "version" not in found or "CameraName" in found


def _has(item: Mapping[str, Any], keys: Keys) -> bool:
    return all(key in item and item[key] is not None for key in keys)


def _are_places(found: Any, size: int) -> bool:
    return isinstance(found, list | tuple) and all(
        isinstance(one, list | tuple) and len(one) == size for one in found
    )
