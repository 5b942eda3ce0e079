"""Following a thing in the picture: a place on the ground, kept while it stays in view.

The simulated camera has no eyes of its own, so what is tracked is the place where the ray through
the given point meets the level ground at home's height; a caller that knows the world may move
`place` along with a person or a car.
"""

import math
from dataclasses import dataclass

from sim.payload.autopilot import Place, moved, offset_m, rotated
from sim.vehicle.pose import Quaternion

IDLE, ACTIVE, ERROR = 0, 1, 2
POINT, RECTANGLE = 1, 2


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One instant of the camera; fields of view in radians."""

    place: Place
    quaternion: Quaternion
    horizontal: float
    vertical: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What is tracked; `half_width` and `half_height` are parts of the picture (0..1)."""

    place: Place
    mode: int
    half_width: float
    half_height: float


@dataclass(frozen=True, slots=True)
class Seen:
    """Where a target is in the picture: 0..1 from the left and from the top."""

    x: float
    y: float

    @property
    def inside(self) -> bool:
        """Whether it is in the picture."""
        return 0.0 <= self.x <= 1.0 and 0.0 <= self.y <= 1.0


def ground_at(view: View, x: float, y: float) -> Place | None:
    """The place on level ground at a point of the picture; None above the horizon."""
    ray = (
        1.0,
        (2.0 * x - 1.0) * math.tan(view.horizontal / 2.0),
        (2.0 * y - 1.0) * math.tan(view.vertical / 2.0),
    )
    north, east, down = rotated(view.quaternion, ray)
    if down <= 1e-3 or view.place.height_above_home_m <= 0.0:
        return None
    scale = view.place.height_above_home_m / down
    return moved(
        view.place, north_m=north * scale, east_m=east * scale, up_m=-view.place.height_above_home_m
    )


def seen_at(view: View, place: Place) -> Seen | None:
    """Where a place lies in the picture's plane; None behind the camera."""
    w, x, y, z = view.quaternion
    ahead, right, down = rotated((w, -x, -y, -z), offset_m(view.place, place))
    if ahead <= 0.0:
        return None
    return Seen(
        0.5 + right / ahead / math.tan(view.horizontal / 2.0) / 2.0,
        0.5 + down / ahead / math.tan(view.vertical / 2.0) / 2.0,
    )
