"""Names on a map that cover neither each other nor what is marked."""

import numpy as np
import numpy.typing as npt

from missions.picture import palette
from missions.picture.canvas import Canvas

Array = npt.NDArray[np.float64]
# Left, top, right, bottom, pixels.
Box = tuple[float, float, float, float]

SIZE = 13
MOST_POINTS, MOST_STEPS = 5000, 6
AWAY_PX, EDGE_PX = 9.0, 4.0
# Where a name is tried about its point, in shares of its own size, the most usual first.
AROUND = ((0.0, -0.5), (0.0, -1.0), (0.0, 0.0), (-1.0, -0.5), (-1.0, -1.0), (-1.0, 0.0))
BELOW_AND_ABOVE = ((-0.5, 0.0), (-0.5, -1.0))


class Labels:
    """The room that is left on a canvas."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        self._taken: list[Box] = []
        self._lines = np.zeros((0, 2))

    def keep_free(self, at: Array, radius: float) -> None:
        """Nothing is written over a mark."""
        self._taken.append(around(at, radius))

    def avoid(self, points: Array) -> None:
        """Lines that a name covers only where there is no other room, in pixels, shape (n, 2)."""
        if len(points) < 2:
            return
        lengths = np.hypot(*np.diff(points, axis=0).T)
        along = np.concatenate(([0.0], np.cumsum(lengths)))
        at = np.linspace(0.0, along[-1], min(MOST_POINTS, int(along[-1] / SIZE * 2.0) + 2))
        spread = np.column_stack([np.interp(at, along, points[:, axis]) for axis in (0, 1)])
        self._lines = np.vstack((self._lines, spread))

    def room_near(self, at: Array, radius: float) -> Array:
        """Where a round mark covers no other: there, or a little to the right."""
        place = np.array(at, dtype=np.float64)
        for _ in range(MOST_STEPS):
            if self.is_clear(around(place, radius)):
                break
            place = place + np.array((2.0 * radius, 0.0))
        return place

    def write(self, words: str, at: Array) -> bool:
        """Write a name beside its point, on a ground of its own; False where there is no room."""
        wide, high = self._canvas.width_of(words, size=SIZE) + 2 * EDGE_PX, SIZE + 2 * EDGE_PX
        free = [box for box in self._boxes(at, wide, high) if self._is_free(box)]
        if not free:
            return False
        self._put(words, min(free, key=self._covered))
        return True

    def _covered(self, box: Box) -> int:
        left, top, right, bottom = box
        x, y = self._lines.T
        return int(((left < x) & (x < right) & (top < y) & (y < bottom)).sum())

    def _boxes(self, at: Array, wide: float, high: float) -> list[Box]:
        x, y = float(at[0]), float(at[1])
        boxes = []
        for share_x, share_y in AROUND:
            left = x + (AWAY_PX if share_x == 0.0 else -AWAY_PX) + share_x * wide
            boxes.append((left, y + share_y * high, left + wide, y + (share_y + 1.0) * high))
        for share_x, share_y in BELOW_AND_ABOVE:
            top = y + (AWAY_PX if share_y == 0.0 else -AWAY_PX) + share_y * high
            boxes.append((x + share_x * wide, top, x + (share_x + 1.0) * wide, top + high))
        return boxes

    def _is_free(self, box: Box) -> bool:
        left, top, right, bottom = box
        inside = left >= 0.0 and top >= 0.0
        if not (inside and right <= self._canvas.width and bottom <= self._canvas.height):
            return False
        return self.is_clear(box)

    def is_clear(self, box: Box) -> bool:
        """Whether nothing is marked or written there."""
        left, top, right, bottom = box
        return not any(
            left < other[2] and other[0] < right and top < other[3] and other[1] < bottom
            for other in self._taken
        )

    def _put(self, words: str, box: Box) -> None:
        left, top, right, bottom = box
        ring = np.array([(left, top), (right, top), (right, bottom), (left, bottom)])
        self._canvas.fill([ring], palette.MAP, 0.8)
        self._canvas.text(words, left + EDGE_PX, bottom - EDGE_PX - 2.0, size=SIZE)
        self._taken.append(box)


def around(at: Array, radius: float) -> Box:
    """The box that holds a round mark."""
    x, y = float(at[0]), float(at[1])
    return x - radius, y - radius, x + radius, y + radius
