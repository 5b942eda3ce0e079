"""What tracking and placing assume of each class: how it moves, how high it is, what it can be."""

from dataclasses import dataclass
from types import MappingProxyType

from onboard.messages import ObjectClass

# For about so long a manoeuvre goes on as it began.
HELD_S = 0.4


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """Classes of one kind can be mistaken for each other, and are followed together.

    `acceleration_m_s2` (held for `HELD_S`) and `speed_m_s` are standard deviations of how it moves,
    `first_m_s` that of its speed when it comes into view (what is three times as fast is never
    followed at all), and `radius_m` of how a box's middle wanders in it from frame to frame.
    `across_m` is the root of a typical box's area: pictures with no scale of their own take it from
    that.
    """

    name: str
    acceleration_m_s2: float
    speed_m_s: float
    first_m_s: float
    radius_m: float
    across_m: float

    @property
    def restless_m2_s3(self) -> float:
        """The spectral density of its acceleration."""
        return self.acceleration_m_s2**2 * HELD_S

    @property
    def memory_s(self) -> float:
        """How long its velocity lasts, so that its speed is in the long run its kind's."""
        return 2.0 * self.speed_m_s**2 / self.restless_m2_s3


PERSON = Kind(
    name="person", acceleration_m_s2=0.7, speed_m_s=1.5, first_m_s=1.5, radius_m=0.1, across_m=1.0
)
VEHICLE = Kind(
    name="vehicle",
    acceleration_m_s2=2.0,
    speed_m_s=9.0,
    first_m_s=15.0,
    radius_m=0.25,
    across_m=2.9,
)
CYCLE = Kind(
    name="cycle", acceleration_m_s2=1.5, speed_m_s=5.0, first_m_s=7.0, radius_m=0.15, across_m=1.3
)
BOAT = Kind(
    name="boat", acceleration_m_s2=0.8, speed_m_s=4.0, first_m_s=6.0, radius_m=0.3, across_m=4.0
)
ANIMAL = Kind(
    name="animal", acceleration_m_s2=0.6, speed_m_s=1.5, first_m_s=1.5, radius_m=0.15, across_m=1.4
)
THING = Kind(
    name="thing", acceleration_m_s2=0.7, speed_m_s=1.5, first_m_s=1.5, radius_m=0.15, across_m=0.6
)
SPOT = Kind(
    name="spot", acceleration_m_s2=0.7, speed_m_s=2.0, first_m_s=2.0, radius_m=0.3, across_m=1.0
)
OTHER = Kind(
    name="other", acceleration_m_s2=2.0, speed_m_s=5.0, first_m_s=5.0, radius_m=0.35, across_m=1.5
)

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
        ObjectClass.BAG: THING,
        ObjectClass.TENT: THING,
        ObjectClass.LIGHT: SPOT,
        ObjectClass.HOT_SPOT: SPOT,
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
        ObjectClass.BAG: 0.4,
        ObjectClass.TENT: 1.5,
        ObjectClass.LIGHT: 1.0,
        ObjectClass.HOT_SPOT: 0.5,
        ObjectClass.OTHER: 1.5,
    }
)

VEHICLES = frozenset({ObjectClass.CAR, ObjectClass.TRUCK, ObjectClass.BUS})
DRIVEN = VEHICLES | {ObjectClass.MOTORCYCLE}
LIVESTOCK = frozenset({ObjectClass.CATTLE, ObjectClass.HORSE, ObjectClass.SHEEP})

# Kinds that detectors take for each other, with what that costs an association (twice the log of
# how seldom it happens). Kinds that are not here are never the same object.
CONFUSED = MappingProxyType(
    {
        frozenset({PERSON, CYCLE}): 4.0,
        frozenset({PERSON, ANIMAL}): 7.0,
        frozenset({VEHICLE, CYCLE}): 7.0,
        frozenset({PERSON, VEHICLE}): 9.0,
        frozenset({VEHICLE, ANIMAL}): 9.0,
        frozenset({CYCLE, ANIMAL}): 9.0,
        **{frozenset({OTHER, each}): 3.0 for each in (PERSON, VEHICLE, CYCLE, BOAT, ANIMAL, THING)},
    }
)
