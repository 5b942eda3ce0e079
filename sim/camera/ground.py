"""The ground as seen from straight above, painted in square pieces when they are first looked at.

A piece is `PIECE_PX` wide at `METRES_A_PX`; row 0 is its north edge. Pieces are kept, the least
used go first. Every colour stays below `palette.GROUND_MAX_SATURATION`.
"""

from collections import OrderedDict
from threading import Lock

import cv2
import numpy as np
import numpy.typing as npt
import shapely

from sim.camera.painting import GroundPainter
from sim.camera.palette import HAZE

Picture = npt.NDArray[np.uint8]
Array = npt.NDArray[np.float64]

METRES_A_PX = 0.2
PIECE_PX = 512
PIECE_M = METRES_A_PX * PIECE_PX
PIECES_KEPT = 110
MOSAIC_PIECES = 4


class Ground:
    """Painted pieces of a district's ground, shared by all cameras and their threads."""

    def __init__(self, painter: GroundPainter) -> None:
        self._painter = painter
        self._pieces: OrderedDict[tuple[int, int], Picture] = OrderedDict()
        self._lock = Lock()

    def piece(self, column: int, row: int) -> Picture:
        """The piece whose south-west corner is at (column, row) times `PIECE_M`."""
        key = (column, row)
        with self._lock:
            if key in self._pieces:
                self._pieces.move_to_end(key)
                return self._pieces[key]
        south_west = np.array([column, row]) * PIECE_M
        painted = self._painter.paint(south_west, PIECE_PX, METRES_A_PX)
        with self._lock:
            self._pieces[key] = painted
            if len(self._pieces) > PIECES_KEPT:
                self._pieces.popitem(last=False)
        return painted


class Mosaic:
    """The pieces round one camera's view, joined; joined anew when the view nears its edge."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._corner = (10**9, 10**9)
        size = MOSAIC_PIECES * PIECE_PX
        self.picture: Picture = np.zeros((size, size, 3), dtype=np.uint8)

    def look_at(self, east_m: float, north_m: float) -> None:
        """Make sure that the mosaic is centred within half a piece of a place, or nearly so."""
        wanted = np.array([east_m, north_m]) / PIECE_M - MOSAIC_PIECES / 2.0
        if np.abs(wanted - self._corner).max() <= 0.75:
            return
        self._corner = (round(float(wanted[0])), round(float(wanted[1])))
        for column in range(MOSAIC_PIECES):
            for row in range(MOSAIC_PIECES):
                piece = self._ground.piece(self._corner[0] + column, self._corner[1] + row)
                top = (MOSAIC_PIECES - 1 - row) * PIECE_PX
                left = column * PIECE_PX
                self.picture[top : top + PIECE_PX, left : left + PIECE_PX] = piece

    @property
    def ground_from_pixels(self) -> Array:
        """The 3x3 affine map from the mosaic's pixel (x, y, 1) to (east, north, 1) in metres."""
        east, north = np.array(self._corner) * PIECE_M
        half = METRES_A_PX / 2.0
        top = north + MOSAIC_PIECES * PIECE_M
        return np.array(
            [[METRES_A_PX, 0.0, east + half], [0.0, -METRES_A_PX, top - half], [0.0, 0.0, 1.0]]
        )

    def outline(self) -> shapely.Polygon:
        """What ground the mosaic holds."""
        east, north = np.array(self._corner) * PIECE_M
        reach = MOSAIC_PIECES * PIECE_M
        outline: shapely.Polygon = shapely.box(east, north, east + reach, north + reach)
        return outline


def seen(
    mosaic: Mosaic, pixels_from_ground: Array, width_px: int, height_px: int, shrink: float
) -> Picture:
    """The mosaic warped into a view; computed `shrink` times smaller, as a lens would blur it."""
    small = np.diag([1.0 / shrink, 1.0 / shrink, 1.0])
    small[:2, 2] = 0.5 / shrink - 0.5
    mapping = small @ pixels_from_ground @ mosaic.ground_from_pixels
    size = (round(width_px / shrink), round(height_px / shrink))
    warped = cv2.warpPerspective(
        mosaic.picture, mapping, size, flags=cv2.INTER_LINEAR, borderValue=HAZE
    )
    if shrink != 1.0:
        warped = cv2.resize(warped, (width_px, height_px), interpolation=cv2.INTER_LINEAR)
    return np.asarray(warped, dtype=np.uint8)
