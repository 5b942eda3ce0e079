"""An event and a track as the executive takes them."""

import math
from dataclasses import dataclass, replace

from onboard.mavlink.command import CommandPlace
from onboard.mavlink.mission_leg import EARTH_RADIUS_M
from onboard.messages import EventKind, ObjectClass

Matrix = tuple[tuple[float, float], tuple[float, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Noticed:
    """An event: `place` is on the ground, `covariance_m2` (2, 2) of its east and north."""

    event_id: str
    kind: EventKind
    object_class: ObjectClass
    certainty: float
    place: CommandPlace
    covariance_m2: Matrix
    velocity_en_m_s: tuple[float, float] = (0.0, 0.0)
    track_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighted:
    """Where a followed object is now; `place` is on the ground."""

    track_id: int
    object_class: ObjectClass
    place: CommandPlace
    covariance_m2: Matrix
    velocity_en_m_s: tuple[float, float] = (0.0, 0.0)


def moved(place: CommandPlace, east_m: float, north_m: float) -> CommandPlace:
    """A place some metres beside another."""
    narrow = max(1e-6, math.cos(math.radians(place.latitude_deg)))
    return replace(
        place,
        latitude_deg=place.latitude_deg + math.degrees(north_m / EARTH_RADIUS_M),
        longitude_deg=place.longitude_deg + math.degrees(east_m / (EARTH_RADIUS_M * narrow)),
    )
