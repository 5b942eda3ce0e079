"""What tracking and placing assume of each class: how it moves, how high it is, what it can be."""

from dataclasses import dataclass
from types import MappingProxyType

from onboard.messages import ObjectClass


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """Classes of one kind can be mistaken for each other, and are followed together.

    `acceleration_m_s2` and `speed_m_s` are standard deviations of how it moves, and `radius_m` of
    where in it a box's middle lies.
    """

    name: str
    acceleration_m_s2: float
    speed_m_s: float
    radius_m: float


PERSON = Kind(name="person", acceleration_m_s2=0.7, speed_m_s=1.5, radius_m=0.25)
VEHICLE = Kind(name="vehicle", acceleration_m_s2=2.0, speed_m_s=9.0, radius_m=0.6)
CYCLE = Kind(name="cycle", acceleration_m_s2=1.5, speed_m_s=5.0, radius_m=0.4)
BOAT = Kind(name="boat", acceleration_m_s2=0.8, speed_m_s=4.0, radius_m=0.8)
ANIMAL = Kind(name="animal", acceleration_m_s2=0.6, speed_m_s=1.5, radius_m=0.4)
OTHER = Kind(name="other", acceleration_m_s2=2.0, speed_m_s=5.0, radius_m=1.0)

KIND = MappingProxyType(
    {
        ObjectClass.PERSON: PERSON,
        ObjectClass.CAR: VEHICLE,
        ObjectClass.TRUCK: VEHICLE,
        ObjectClass.BUS: VEHICLE,
        ObjectClass.MOTORCYCLE: CYCLE,
        ObjectClass.BICYCLE: CYCLE,
        ObjectClass.BOAT: BOAT,
        ObjectClass.CATTLE: ANIMAL,
        ObjectClass.HORSE: ANIMAL,
        ObjectClass.SHEEP: ANIMAL,
        ObjectClass.DOG: ANIMAL,
        ObjectClass.OTHER: OTHER,
    }
)

# Typical heights: a box's middle is placed on a plane at half of it.
HEIGHT_M = MappingProxyType(
    {
        ObjectClass.PERSON: 1.7,
        ObjectClass.CAR: 1.5,
        ObjectClass.TRUCK: 3.2,
        ObjectClass.BUS: 3.1,
        ObjectClass.MOTORCYCLE: 1.5,
        ObjectClass.BICYCLE: 1.7,
        ObjectClass.BOAT: 1.0,
        ObjectClass.CATTLE: 1.4,
        ObjectClass.HORSE: 1.6,
        ObjectClass.SHEEP: 0.8,
        ObjectClass.DOG: 0.6,
        ObjectClass.OTHER: 1.5,
    }
)

VEHICLES = frozenset({ObjectClass.CAR, ObjectClass.TRUCK, ObjectClass.BUS})
LIVESTOCK = frozenset({ObjectClass.CATTLE, ObjectClass.HORSE, ObjectClass.SHEEP})
