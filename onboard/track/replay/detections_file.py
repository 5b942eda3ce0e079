"""Detections from a file: MOT Challenge's text, or COCO's JSON results."""

import json
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from missions.errors import BadInput, place_of
from onboard.detect.detections import Detections
from onboard.messages import ObjectClass

P, C = ObjectClass.PERSON, ObjectClass.CAR
CYCLE, MOTOR = ObjectClass.BICYCLE, ObjectClass.MOTORCYCLE
NAMES = MappingProxyType(
    {
        **{each.value: each for each in ObjectClass},
        **dict.fromkeys(("pedestrian", "people", "skater", "human"), P),
        **dict.fromkeys(("van", "cart", "vehicle", "tricycle", "awning-tricycle"), C),
        **dict.fromkeys(("biker", "cyclist", "bike"), CYCLE),
        **dict.fromkeys(("motor", "motorbike"), MOTOR),
        **dict.fromkeys(("cow", "livestock"), ObjectClass.CATTLE),
        "lorry": ObjectClass.TRUCK,
        "ship": ObjectClass.BOAT,
    }
)
_COCO = {1: "person", 2: "bicycle", 3: "car", 4: "motorcycle", 6: "bus", 8: "truck", 9: "boat"}
_COCO |= {18: "dog", 19: "horse", 20: "sheep", 21: "cow"}
_COCO80 = {0: "person", 1: "bicycle", 2: "car", 3: "motorcycle", 5: "bus", 7: "truck", 8: "boat"}
_COCO80 |= {16: "dog", 17: "horse", 18: "sheep", 19: "cow"}
_VISDRONE = {1: "person", 2: "person", 3: "bicycle", 4: "car", 5: "car", 6: "truck", 7: "car"}
_VISDRONE |= {8: "car", 9: "bus", 10: "motorcycle"}
_MOT = {1: "person", 2: "person", 3: "car", 4: "bicycle", 5: "motorcycle", 7: "person"}
CLASS_IDS = MappingProxyType({"coco": _COCO, "coco80": _COCO80, "visdrone": _VISDRONE, "mot": _MOT})
LEAST_COLUMNS = 6


@dataclass(slots=True)
class _Rows:
    boxes: list[tuple[float, float, float, float]] = field(default_factory=list)
    scores: list[float] = field(default_factory=list)
    classes: list[ObjectClass] = field(default_factory=list)

    def add(self, ltwh: list[float], score: float, object_class: ObjectClass) -> None:
        left, top, width, height = ltwh
        if not all(map(np.isfinite, (*ltwh, score))) or width <= 0.0 or height <= 0.0:
            raise ValueError("a box needs finite numbers and a width and height above zero")
        self.boxes.append((left, top, left + width, top + height))
        self.scores.append(score)
        self.classes.append(object_class)

    def detections(self) -> Detections:
        return Detections(
            boxes=np.array(self.boxes).reshape(-1, 4),
            scores=np.array(self.scores, dtype=np.float64),
            classes=tuple(self.classes),
        )


def read_detections(path: Path, *, class_ids: str = "coco") -> dict[int, Detections]:
    """Detections by frame number. `class_ids` names what numbers stand for, of `CLASS_IDS`.

    Raises:
        BadInput: the file cannot be read, or a line or entry, which is named, is not a detection.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise place_of(error, str(path)) from error
    except UnicodeDecodeError as error:
        raise BadInput(where=str(path), what="not UTF-8 text") from error
    rows = _of_coco(text, path, class_ids) if text.lstrip()[:1] in "[{" and text.strip() else None
    frames = _of_mot(text, path, class_ids) if rows is None else rows
    return {number: frames[number].detections() for number in sorted(frames)}


def class_of(told: object, class_ids: str) -> ObjectClass:
    """Our class for a name or a number; what is unknown is OTHER."""
    name = str(told).strip().strip('"').lower()
    if name.lstrip("+-").replace(".", "", 1).isdigit():
        name = CLASS_IDS[class_ids].get(int(float(name)), "other")
    return NAMES.get(name, ObjectClass.OTHER)


def _of_mot(text: str, path: Path, class_ids: str) -> dict[int, _Rows]:
    """Lines `frame, id, left, top, width, height[, score[, class[, ...]]]`; commas or blanks."""
    frames: dict[int, _Rows] = defaultdict(_Rows)
    for number, line in enumerate(text.splitlines(), 1):
        cells = line.replace(",", " ").split()
        if not cells or cells[0].startswith("#") or cells[0].lower() == "frame":
            continue
        try:
            if len(cells) < LEAST_COLUMNS:
                raise ValueError(f"{len(cells)} columns; frame, id, left, top, width, height, ...")
            score = float(cells[6]) if len(cells) > LEAST_COLUMNS else 1.0
            told = cells[7] if len(cells) > LEAST_COLUMNS + 1 else "-1"
            ltwh = [float(cell) for cell in cells[2:6]]
            frames[int(float(cells[0]))].add(ltwh, score, class_of(told, class_ids))
        except (ValueError, OverflowError) as error:
            raise BadInput(where=f"{path}:{number}", what=str(error)) from error
    return frames


def _of_coco(text: str, path: Path, class_ids: str) -> dict[int, _Rows]:
    """A list of results, or a dataset with `annotations`, `images` and `categories`."""
    try:
        whole = json.loads(text)
    except json.JSONDecodeError as error:
        raise BadInput(where=f"{path}:{error.lineno}", what=f"not JSON: {error.msg}") from error
    entries = whole.get("annotations") if isinstance(whole, dict) else whole
    if not isinstance(entries, list):
        raise BadInput(where=str(path), what="neither a list of results nor has it annotations")
    names = _categories(whole)
    frames: dict[int, _Rows] = defaultdict(_Rows)
    for index, entry in enumerate(entries):
        try:
            told = entry.get("category_name", names.get(entry["category_id"], entry["category_id"]))
            ltwh = [float(side) for side in entry["bbox"]]
            image = int(entry["image_id"])
            frames[image].add(ltwh, float(entry.get("score", 1.0)), class_of(told, class_ids))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            what = f"no detection of COCO's kind: {error!s} ({type(error).__name__})"
            raise BadInput(where=f"{path} [{index}]", what=what) from error
    return frames


def _categories(whole: Any) -> dict[Any, str]:
    if not isinstance(whole, dict):
        return {}
    return {
        each["id"]: str(each["name"])
        for each in whole.get("categories", [])
        if isinstance(each, dict) and {"id", "name"} <= each.keys()
    }
