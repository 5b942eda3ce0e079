"""A folder of pictures searched one by one, and what was found as COCO results.

Format: https://cocodataset.org/#format-results. What this adds to a result is `file_name`, which
readers of the format pass over.
"""

import json
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from missions.errors import BadInput, place_of
from onboard.detect.detections import Detections, Detector
from onboard.detect.picture import three_channels
from onboard.detect.sights import Sights
from onboard.messages import ObjectClass
from onboard.source.decode import decoded
from onboard.source.folder import PICTURES

# COCO's own ids; what COCO has no class for has a number beyond its last.
CATEGORY_ID = {
    ObjectClass.PERSON: 1,
    ObjectClass.BICYCLE: 2,
    ObjectClass.CAR: 3,
    ObjectClass.MOTORCYCLE: 4,
    ObjectClass.BUS: 6,
    ObjectClass.TRUCK: 8,
    ObjectClass.BOAT: 9,
    ObjectClass.DOG: 18,
    ObjectClass.HORSE: 19,
    ObjectClass.SHEEP: 20,
    ObjectClass.CATTLE: 21,
    ObjectClass.BAG: 27,
    ObjectClass.OTHER: 1000,
    ObjectClass.TENT: 1001,
    ObjectClass.LIGHT: 1002,
    ObjectClass.HOT_SPOT: 1003,
}


@dataclass(slots=True)
class Summary:
    """What a run came to; `cpu_s` is of decoding and detection, all threads."""

    pictures: int = 0
    unreadable: list[str] = field(default_factory=list)
    detections: int = 0
    cpu_s: float = 0.0

    def line(self) -> str:
        """One line for a person."""
        each_ms = 1000.0 * self.cpu_s / max(1, self.pictures)
        text = f"{self.pictures} pictures, {self.detections} detections, {each_ms:.0f} CPU-ms each"
        if self.unreadable:
            text += f"; not readable: {', '.join(self.unreadable)}"
        return text


def detect_folder(
    folder: Path, detector: Detector, sights: Sights, *, out: Path, ids: Path | None
) -> Summary:
    """Search every picture and write the results, sorted by picture and score.

    Raises:
        BadInput: the folder holds no picture that can be read, or a file cannot be used.
    """
    files = _files(folder)
    numbers = image_ids([file.name for file in files]) if ids is None else _told_ids(ids)
    summary, results = Summary(), list[dict[str, Any]]()
    for file in files:
        if file.name not in numbers:
            continue
        began_s = time.process_time()
        stored = _picture(file)
        if stored is None:
            summary.unreadable.append(file.name)
            continue
        image = three_channels(stored)
        sight = sights.of(file.name, image.shape[1], image.shape[0])
        found = detector.detect(image, sight=sight)
        summary.cpu_s += time.process_time() - began_s
        summary.pictures += 1
        summary.detections += len(found)
        results += _results(found, numbers[file.name], file.name, image.shape)
    if not summary.pictures:
        raise BadInput(where=str(folder), what="holds no picture that can be read and is asked for")
    try:
        out.write_text(json.dumps(results, ensure_ascii=False) + "\n", encoding="utf-8")
    except OSError as error:
        raise place_of(error, str(out)) from error
    return summary


def image_ids(names: list[str]) -> dict[str, int]:
    """The number in each name where every name is one and all differ; else 1, 2, ... by name."""
    stems = [name.rpartition(".")[0] for name in names]
    if all(stem.isascii() and stem.isdigit() for stem in stems):
        numbers = [int(stem) for stem in stems]
        if len(set(numbers)) == len(numbers):
            return dict(zip(names, numbers, strict=True))
    return {name: index for index, name in enumerate(sorted(names), start=1)}


def _files(folder: Path) -> list[Path]:
    try:
        entries = sorted(folder.iterdir())
    except OSError as error:
        raise place_of(error, str(folder)) from error
    files = [each for each in entries if each.suffix.lower() in PICTURES and each.is_file()]
    if not files:
        raise BadInput(where=str(folder), what="holds no picture (.jpg, .png, ...)")
    return files


def _told_ids(file: Path) -> dict[str, int]:
    try:
        images = json.loads(file.read_text(encoding="utf-8"))["images"]
        return {Path(each["file_name"]).name: int(each["id"]) for each in images}
    except OSError as error:
        raise place_of(error, str(file)) from error
    except (ValueError, KeyError, TypeError) as error:
        raise BadInput(where=str(file), what=f"no COCO file with images: {error!r}") from error


def _picture(file: Path) -> np.ndarray[Any, np.dtype[np.generic]] | None:
    """A picture as it is stored: sixteen bits and a single channel stay."""
    try:
        data = file.read_bytes()
    except OSError:
        return None
    if file.suffix.lower() in (".tif", ".tiff", ".png"):
        try:
            image = cv2.imdecode(np.frombuffer(data, dtype=np.uint8), cv2.IMREAD_UNCHANGED)
        except cv2.error:
            return None
        return None if image is None else np.asarray(image)
    return decoded(data)


def _results(
    found: Detections, image_id: int, name: str, shape: tuple[int, ...]
) -> list[dict[str, Any]]:
    inside = np.clip(found.boxes, 0.0, [shape[1], shape[0], shape[1], shape[0]])
    return [
        {
            "image_id": image_id,
            "file_name": name,
            "category_id": CATEGORY_ID[object_class],
            "bbox": [round(float(x), 2) for x in (*box[:2], *(box[2:] - box[:2]))],
            "score": round(float(score), 5),
        }
        for box, score, object_class in zip(inside, found.scores, found.classes, strict=True)
    ]
