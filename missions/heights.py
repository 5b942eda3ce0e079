"""Heights, one type a datum, so that two of them cannot be mixed by accident.

Turning one into another needs a fact that the value itself does not hold: the home's height, the
ground's height or the geoid's undulation. Each conversion therefore asks for it by name.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class HeightAmsl:
    """Height above mean sea level, metres."""

    m: float


@dataclass(frozen=True, slots=True, order=True)
class HeightAboveHome:
    """Height above the vehicle's home position, metres."""

    m: float

    def amsl(self, *, home: HeightAmsl) -> HeightAmsl:
        """The same height above mean sea level."""
        return HeightAmsl(self.m + home.m)


@dataclass(frozen=True, slots=True, order=True)
class HeightAboveGround:
    """Height above the ground directly below, metres."""

    m: float

    def amsl(self, *, ground: HeightAmsl) -> HeightAmsl:
        """The same height above mean sea level."""
        return HeightAmsl(self.m + ground.m)


@dataclass(frozen=True, slots=True, order=True)
class HeightAboveEllipsoid:
    """Height above the WGS 84 ellipsoid, metres."""

    m: float

    def amsl(self, *, geoid_undulation_m: float) -> HeightAmsl:
        """The same height above mean sea level: ellipsoidal height less the geoid's undulation."""
        return HeightAmsl(self.m - geoid_undulation_m)
