"""What a pattern is made from, and what comes of it."""

import argparse
import math
from dataclasses import dataclass

from missions.area import Shapes
from missions.asked.camera import Sight, asked_sight
from missions.geodesy import GeoPoint
from missions.path import Gaze, PatrolPath
from missions.patterns.search.belief import Belief
from missions.vehicle import Vehicle


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Everything that a pattern is made from."""

    args: argparse.Namespace
    shapes: Shapes
    vehicle: Vehicle
    start: GeoPoint | None

    @property
    def gaze(self) -> Gaze:
        """The gimbal at the pitch asked for."""
        return Gaze(pitch_rad=math.radians(self.args.gimbal_pitch_deg))

    def sight(self) -> Sight:
        """What the camera sees of the ground."""
        return asked_sight(self.args, self.vehicle)


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A path, what the camera makes of it, and what a search believes."""

    path: PatrolPath
    sight: Sight
    beliefs: tuple[Belief, ...] = ()
