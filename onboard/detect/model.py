"""A detection network from a file, as the search uses it: pictures of any size in, boxes out.

A convolutional network runs at any size through one session, so that whole pictures and regions of
many sizes share its memory; others run at the size in their file.
"""

import time
from pathlib import Path

import numpy as np

from onboard.detect.backends import NotLoadable
from onboard.detect.class_map import ClassMap
from onboard.detect.heads import Candidates, Head, Outputs, recognised
from onboard.detect.loading import Loader
from onboard.detect.picture import tensor_of
from onboard.source.frame import Image

SIZE_STEP_PX = 32
REMEMBERED_SIZES = 64


class Model:
    """`size_px` (width, height), multiples of 32, is wanted where a network cannot run at any.

    Raises:
        BadInput: the file cannot be read, is no model, or is of no family that is known here; the
            message names the file and what it gives.
    """

    def __init__(
        self,
        file: Path,
        *,
        classes: ClassMap,
        size_px: tuple[int, int] | None = None,
        threads: int = 1,
        backend: str = "auto",
    ) -> None:
        self.name = file.name
        self.classes = classes.classes
        self.threads = threads
        self._loader = Loader(file=file, classes=classes, threads=threads, backend=backend)
        if size_px is not None and any(side <= 0 or side % SIZE_STEP_PX for side in size_px):
            what = f"input size {size_px[0]}x{size_px[1]} is not a multiple of {SIZE_STEP_PX}"
            raise self._loader.refused(what)
        self._loaded, self.own_size_px = self._loader.load(size_px)
        self._heads: dict[tuple[int, int], Head] = {}
        self._head = self._loader.head(self._loaded)
        self.family = self._head.name

    @property
    def runtime(self) -> str:
        """What runs it."""
        return self._loaded.network.runtime

    @property
    def only_size_px(self) -> tuple[int, int] | None:
        """The one (width, height) at which it runs; None: any multiple of 32."""
        return self._loaded.size_px

    def candidates(self, image: Image, size_px: tuple[int, int], floor: float) -> Candidates:
        """What it sees in a picture, in that picture's pixels, before overlaps are settled.

        Raises:
            BadInput: it does not run at this size.
        """
        only_px = self._loaded.size_px
        if only_px is not None and size_px != only_px:
            own = "x".join(map(str, only_px))
            raise self._loader.refused(f"{_not_at(size_px)}, only at {own}")
        tensor, scales = tensor_of(image, size_px, self._head.preparation, self._loaded.channels)
        try:
            outputs = self._loaded.run(tensor, size_px)
        except NotLoadable as error:
            raise self._loader.refused(f"{_not_at(size_px)}: {error}") from error
        head = self._checked(outputs, size_px)
        found = head.decode(outputs, size_px, self._loaded.columns, floor)
        return Candidates(found.boxes / np.array([*scales, *scales]), found.scores)

    def cpu_s(self, size_px: tuple[int, int], times: int = 3) -> float:
        """The CPU seconds that a pass at a size takes, the least of some."""
        blank = np.full((size_px[1], size_px[0], 3), 114, dtype=np.uint8)
        took = []
        for _ in range(times):
            began_s = time.thread_time()
            self.candidates(blank, size_px, 0.5)
            took.append((time.thread_time() - began_s) * self.threads)
        return min(took)

    def _checked(self, outputs: Outputs, size_px: tuple[int, int]) -> Head:
        """How outputs at this size are read."""
        known = self._heads.get(size_px)
        if known is not None:
            return known
        shapes = {name: tuple(np.shape(each)) for name, each in outputs.items()}
        head = recognised(shapes, size_px, self._loaded.class_count)
        if head is None:
            raise self._loader.unknown(shapes, size_px)
        if len(self._heads) < REMEMBERED_SIZES:
            self._heads[size_px] = head
        return head


def _not_at(size_px: tuple[int, int]) -> str:
    return f"does not run at input size {size_px[0]}x{size_px[1]}"
