"""Views for training, rendered by processes beside it, and a stock from which each is used a few
times, turned and mirrored."""

import multiprocessing
from dataclasses import dataclass, replace
from multiprocessing.queues import Queue
from queue import Full
from types import TracebackType
from typing import Self

import numpy as np
import numpy.typing as npt

from sim.training.render import STEEP, TrainingView, rendered

Floats = npt.NDArray[np.float32]
AHEAD = 12
LOOK_EVERY_S = 10.0
NO_MARKS: npt.NDArray[np.int32] = np.empty((0, 0), dtype=np.int32)
KEPT = 700


def _render(seed: int, first: int, step: int, side_px: int, out: "Queue[TrainingView]") -> None:
    parent = multiprocessing.parent_process()
    number = first
    view: TrainingView | None = None
    # A training that is killed cannot end its renderers: they look whether it still lives.
    while parent is not None and parent.is_alive():
        view = view or replace(rendered(seed, number, side_px), marks=NO_MARKS)
        try:
            out.put(view, timeout=LOOK_EVERY_S)
        except Full:
            continue
        view, number = None, number + step


class Renderers:
    """Processes that render the views of a seed from a number on, told in their order."""

    def __init__(self, seed: int, first: int, side_px: int, *, count: int) -> None:
        context = multiprocessing.get_context("spawn")
        self._queues: list[Queue[TrainingView]] = [context.Queue(AHEAD) for _ in range(count)]
        self._processes = [
            context.Process(
                target=_render, args=(seed, first + k, count, side_px, queue), daemon=True
            )
            for k, queue in enumerate(self._queues)
        ]
        self._next = 0

    def __enter__(self) -> Self:
        for process in self._processes:
            process.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for process in self._processes:
            process.kill()
            process.join()

    def take(self) -> TrainingView:
        """The next view.

        Raises:
            queue.Empty: none came in ten minutes, so that a renderer must have died.
        """
        queue = self._queues[self._next]
        self._next = (self._next + 1) % len(self._queues)
        return queue.get(timeout=600.0)


@dataclass(slots=True)
class Stock:
    """The views at hand; the oldest place is given to what comes."""

    views: list[TrainingView]
    came: int = 0

    def put(self, view: TrainingView) -> None:
        """Keep a view, instead of an old one where there are enough."""
        if len(self.views) < KEPT:
            self.views.append(view)
        else:
            self.views[self.came % KEPT] = view
        self.came += 1

    def batch(self, rng: np.random.Generator, count: int) -> list[TrainingView]:
        """Views by chance, each changed by chance."""
        chosen = rng.choice(len(self.views), count, replace=len(self.views) < count)
        return [varied(rng, self.views[k]) for k in chosen]


def varied(rng: np.random.Generator, view: TrainingView) -> TrainingView:
    """Mirrored, turned where the camera looks down, lighter or darker, its colours shifted."""
    if rng.random() < 0.5:
        view = mirrored(view)
    if view.pitch >= STEEP:
        for _ in range(rng.integers(4)):
            view = quarter_turned(view)
    gain, lift = rng.uniform(0.75, 1.3) * rng.uniform(0.94, 1.06, 3), rng.uniform(-18, 18)
    picture = np.clip(view.picture * gain.astype(np.float32) + np.float32(lift), 0, 255)
    return replace(view, picture=picture.astype(np.uint8))


def mirrored(view: TrainingView) -> TrainingView:
    """Left and right exchanged."""
    side = view.picture.shape[1]

    def turned(boxes: Floats) -> Floats:
        return np.stack((side - boxes[:, 2], boxes[:, 1], side - boxes[:, 0], boxes[:, 3]), axis=1)

    return replace(
        view,
        picture=view.picture[:, ::-1],
        boxes=turned(view.boxes),
        unclear=turned(view.unclear),
    )


def quarter_turned(view: TrainingView) -> TrainingView:
    """Turned by a quarter, counter-clockwise."""
    side = view.picture.shape[1]

    def turned(boxes: Floats) -> Floats:
        return np.stack((boxes[:, 1], side - boxes[:, 2], boxes[:, 3], side - boxes[:, 0]), axis=1)

    return replace(
        view,
        picture=np.rot90(view.picture),
        boxes=turned(view.boxes),
        unclear=turned(view.unclear),
    )
