"""The parts of a flight: straight, with the item that each is flown for, its times, its camera."""

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from missions.checks.around.camera_state import CameraState
from missions.geodesy import GeoPoint, LocalPlane

if TYPE_CHECKING:
    from missions.checks.around.homeward import Homeward

Spot = tuple[float, float, float]


class Kind(StrEnum):
    """What the vehicle does on a part of its flight."""

    LEG = "leg"
    UPRIGHT = "upright"
    STAY = "stay"
    ROUND = "round"
    PICTURE = "picture"


@dataclass(frozen=True, slots=True)
class Part:
    """Straight from `start` to `end`: metres east and north on the plane, and up from home.

    `held` is False where the wind blows the vehicle off the course; the time is then the one that
    it would take in still air. `lacking_m_s` is how much slower than asked the wind makes it.
    `curved` says that it is a piece of a curve.
    """

    item: int
    kind: Kind
    start: Spot
    end: Spot
    starts_s: float
    ends_s: float
    airspeed_m_s: float
    camera: CameraState
    held: bool = True
    heading_rad: float | None = None
    returning: bool = False
    lacking_m_s: float = 0.0
    curved: bool = False

    @property
    def length_m(self) -> float:
        """Over the ground."""
        return math.hypot(self.end[0] - self.start[0], self.end[1] - self.start[1])

    @property
    def name(self) -> str:
        """As a finding calls it."""
        if self.curved:
            return f"the curve that is flown for item {self.item + 1}"
        return "the return home" if self.returning else f"the leg to item {self.item + 1}"

    def at(self, share: float) -> Spot:
        """The place a share of the way along."""
        (a, b, c), (x, y, z) = self.start, self.end
        return a + share * (x - a), b + share * (y - b), c + share * (z - c)


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """The parts of a flight in order of time; `home_amsl_m` is NaN where nobody knows it.

    `ends_home` is False where the plan leaves the vehicle in the air. `homeward` are its returns,
    None where they all lead straight home.
    """

    plane: LocalPlane
    home_amsl_m: float
    parts: tuple[Part, ...]
    ends_home: bool
    endless: bool
    homeward: "Homeward | None" = None

    @property
    def duration_s(self) -> float:
        """From lift-off to the end."""
        return self.parts[-1].ends_s if self.parts else 0.0

    def place(self, spot: Spot) -> GeoPoint:
        """A spot's place on the map."""
        return self.plane.geo(spot[0], spot[1])
