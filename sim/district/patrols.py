"""What the five drones of the demo are to patrol: an area each, and how to fly over it.

Routes are short (about 1.3 km with the way there and back), so that each is flown in four to five
simulated minutes.
"""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from sim.district.features import Array, District
from sim.district.layout import MAIN_AVENUE_AWAY_M, CityFrame
from sim.district.places import CLOSED_MARGIN_M, HEMP_CITY_M, embankment_line
from sim.district.river import River
from sim.district.roads import rural_line

Pattern = Literal["round", "corridor", "sweep", "perimeter"]
AVENUE_ALONG_M = (430.0, 900.0)
SWEEP_ALONG_M = (455.0, 645.0)
SWEEP_AWAY_M = (-1400.0, -1255.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class PatrolBrief:
    """One drone's patrol. `shape` is (n, 2) metres east and north: points, a line or a ring."""

    name: str
    drone_id: str
    pattern: Pattern
    places: tuple[str, ...]
    looks_for: tuple[str, ...]
    shape: Array
    height_above_ground_m: float
    speed_m_s: float
    gimbal_pitch_rad: float


def patrols(district: District, city: CityFrame, river: River) -> tuple[PatrolBrief, ...]:
    """Squares and bazaar, main avenue, embankment, pasture, and the closed hemp field."""
    return (
        _brief(1, "squares", "round", _stops(district), ("crowd",), 45.0, 7.0, -50.0),
        _brief(2, "avenue", "corridor", _avenue(city), ("vehicle_stopped",), 58.0, 5.0, -45.0),
        _brief(3, "embankment", "corridor", _embankment(city, river), ("crowd",), 45.0, 7.0, -45.0),
        _brief(4, "pasture", "sweep", _sweep(city), ("animals_on_road",), 55.0, 5.0, -50.0),
        _brief(5, "hemp-field", "perimeter", _field(city), ("intrusion",), 50.0, 6.0, -45.0),
    )


PLACES = {
    "squares": ("square-theatre", "square-central", "bazaar"),
    "avenue": (),
    "embankment": ("embankment",),
    "pasture": ("pasture",),
    "hemp-field": ("closed-hemp-field",),
}


def _brief(
    number: int,
    name: str,
    pattern: Pattern,
    shape: Array,
    looks_for: tuple[str, ...],
    height_m: float,
    speed_m_s: float,
    gimbal_pitch_deg: float,
) -> PatrolBrief:
    return PatrolBrief(
        name=name,
        drone_id=f"qyran-{number}",
        pattern=pattern,
        places=PLACES[name],
        looks_for=looks_for,
        shape=shape,
        height_above_ground_m=height_m,
        speed_m_s=speed_m_s,
        gimbal_pitch_rad=math.radians(gimbal_pitch_deg),
    )


def _stops(district: District) -> Array:
    return np.array([district.place(place).ring.mean(axis=0) for place in PLACES["squares"]])


def _avenue(city: CityFrame) -> Array:
    along = np.linspace(*AVENUE_ALONG_M, 8)
    return city.en(np.stack((along, np.full_like(along, MAIN_AVENUE_AWAY_M)), axis=-1))


def _embankment(city: CityFrame, river: River) -> Array:
    return city.en(embankment_line(river))


def _sweep(city: CityFrame) -> Array:
    """A piece of the pasture with the rural road beside it."""
    (left, right), (near, far) = SWEEP_ALONG_M, SWEEP_AWAY_M
    return city.en(np.array([[left, near], [right, near], [right, far], [left, far]]))


def _field(city: CityFrame) -> Array:
    (left, right), (near, far) = HEMP_CITY_M
    left, right = left - CLOSED_MARGIN_M, right + CLOSED_MARGIN_M
    near, far = near - CLOSED_MARGIN_M, far + CLOSED_MARGIN_M
    return city.en(np.array([[left, near], [right, near], [right, far], [left, far]]))


def rural_road_point(city: CityFrame, along_m: float) -> Array:
    """East and north of the left-bank road's middle at a place along it."""
    at: Array = city.en(rural_line(np.array([along_m])))[0]
    return at
