"""How well a trained file finds the objects of views that it never saw: AP50 by class and kind."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.training.classes import CLASSES
from sim.training.render import TrainingView, rendered

Array = npt.NDArray[np.float64]
# Views for judging come from another seed than any training's.
HELD_OUT_SEED = 900_001
ENOUGH = 0.5
STRIDES = (8, 16, 32)
LEAST_SCORE, OVERLAP = 0.02, 0.55


@dataclass(frozen=True, slots=True)
class Found:
    """Boxes (n, 4) px, scores (n,) and classes (n,), the surest first."""

    boxes: Array
    scores: Array
    classes: npt.NDArray[np.int64]


class Reader:
    """Runs a trained file with ONNX Runtime."""

    def __init__(self, file: Path, *, threads: int = 1) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        self._session: Any = onnxruntime.InferenceSession(
            str(file), options, providers=["CPUExecutionProvider"]
        )

    def find(self, picture: npt.NDArray[np.uint8]) -> Found:
        """What is in a square picture whose side is a multiple of 32."""
        tensor = picture.astype(np.float32).transpose(2, 0, 1)[None]
        (raw,) = self._session.run(None, {"images": tensor})
        return settled(raw[0].astype(np.float64), picture.shape[0])


def settled(raw: Array, side_px: int) -> Found:
    """Outputs (cells, 5 + classes) as boxes, of overlapping ones of a class the surest."""
    places = _places(side_px)
    scores = raw[:, 4:5] * raw[:, 5:]
    cells, classes = np.nonzero(scores >= LEAST_SCORE)
    order = np.argsort(-scores[cells, classes], kind="stable")[:300]
    cells, classes = cells[order], classes[order]
    middle = (raw[cells, :2] + places[cells, :2]) * places[cells, 2:]
    half = np.exp(np.minimum(raw[cells, 2:4], 8.0)) * places[cells, 2:] / 2.0
    boxes = np.concatenate((middle - half, middle + half), axis=1)
    keep: list[int] = []
    for k in range(len(boxes)):
        same = [j for j in keep if classes[j] == classes[k]]
        if not same or overlaps(boxes[k : k + 1], boxes[same]).max() < OVERLAP:
            keep.append(k)
    return Found(boxes[keep], scores[cells, classes][keep], classes[keep])


def _places(side_px: int) -> Array:
    grids = []
    for stride in STRIDES:
        rows, columns = np.mgrid[: side_px // stride, : side_px // stride]
        full = np.full(rows.size, stride)
        grids.append(np.column_stack((columns.ravel(), rows.ravel(), full)))
    return np.concatenate(grids).astype(np.float64)


def overlaps(a: Array, b: Array) -> Array:
    """Intersection over union (n, m) of boxes (n, 4) and (m, 4)."""
    low = np.maximum(a[:, None, :2], b[None, :, :2])
    high = np.minimum(a[:, None, 2:], b[None, :, 2:])
    shared = np.prod(np.maximum(high - low, 0.0), axis=2)
    areas = [np.prod(each[:, 2:] - each[:, :2], axis=1) for each in (a, b)]
    return np.asarray(shared / np.maximum(areas[0][:, None] + areas[1] - shared, 1e-9))


@dataclass(slots=True)
class Tally:
    """Of one class, or one kind of view: scores with whether each hit, and how many there are."""

    hits: list[tuple[float, bool]]
    wanted: int = 0

    def average_precision(self) -> float | None:
        """The area under precision over recall (all points); None where there is nothing."""
        if self.wanted == 0:
            return None
        right = np.array([hit for _, hit in sorted(self.hits, key=lambda each: -each[0])], bool)
        true = np.cumsum(right)
        precision = true / np.maximum(np.arange(1, len(right) + 1), 1)
        highest = np.maximum.accumulate(precision[::-1])[::-1]
        return float(highest[right].sum() / self.wanted)


def judged(view: TrainingView, found: Found, tallies: dict[tuple[str, str], Tally]) -> None:
    """Add one view's hits and misses, by class and by kind of view and class."""
    for number, name in enumerate(CLASSES):
        wanted = view.boxes[view.classes == number].astype(np.float64)
        mine = found.classes == number
        boxes, scores = found.boxes[mine], found.scores[mine]
        shared = overlaps(boxes, wanted) if len(wanted) else np.zeros((len(boxes), 0))
        forgiven = _forgiven(boxes, view)
        taken: set[int] = set()
        rows: list[tuple[float, bool]] = []
        for k in range(len(boxes)):
            free = [j for j in np.argsort(-shared[k]) if j not in taken and shared[k, j] >= ENOUGH]
            if free:
                taken.add(int(free[0]))
            if free or not forgiven[k]:
                rows.append((float(scores[k]), bool(free)))
        for key in (("all views", name), (view.kind, name)):
            tallies[key].hits += rows
            tallies[key].wanted += len(wanted)


def _forgiven(boxes: Array, view: TrainingView) -> npt.NDArray[np.bool_]:
    """Those whose middle is in something that is too small or too hidden to be asked for."""
    if not len(view.unclear) or not len(boxes):
        return np.zeros(len(boxes), dtype=bool)
    middle = ((boxes[:, :2] + boxes[:, 2:]) / 2.0)[:, None]
    inside = (middle > view.unclear[None, :, :2]) & (middle < view.unclear[None, :, 2:])
    return np.asarray(np.any(np.all(inside, axis=2), axis=1))


def judge(reader: Reader, numbers: Iterable[int], side_px: int) -> dict[tuple[str, str], Tally]:
    """Tallies over held-out views."""
    tallies: dict[tuple[str, str], Tally] = defaultdict(lambda: Tally([]))
    for number in numbers:
        view = rendered(HELD_OUT_SEED, number, side_px)
        judged(view, reader.find(view.picture), tallies)
    return tallies


def table(tallies: dict[tuple[str, str], Tally]) -> str:
    """AP50 in percent, a row a kind of view, a column a class, as Markdown."""
    kinds = sorted({kind for kind, _ in tallies})
    lines = ["| views | " + " | ".join(CLASSES) + " |", "|---|" + "---:|" * len(CLASSES)]
    for kind in kinds:
        row = []
        for name in CLASSES:
            tally = tallies.get((kind, name))
            value = None if tally is None else tally.average_precision()
            row.append(
                "-" if value is None or tally is None else f"{100 * value:.0f} ({tally.wanted})"
            )
        lines.append(f"| {kind} | " + " | ".join(row) + " |")
    return "\n".join(lines)
