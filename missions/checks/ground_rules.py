"""What a flight must keep to above the ground, and how a leg's heights are held against it."""

from dataclasses import dataclass

from missions.checks.flown_legs import FlownLeg
from missions.terrain.flown_heights import Rates, height_bounds
from missions.terrain.profile import Profile
from missions.terrain.tile import Array
from missions.vehicle import Vehicle


@dataclass(frozen=True, slots=True, kw_only=True)
class GroundRules:
    """What a flight must keep to above the ground. `return_height_m` is PX4's RTL_RETURN_ALT."""

    clearance_m: float = 10.0
    ceiling_m: float = 120.0
    return_height_m: float = 30.0


def heights_of(
    leg: FlownLeg, distance_m: Array, length_m: float, vehicle: Vehicle
) -> tuple[Array, Array]:
    """The lowest and the highest that the vehicle may be so far along a leg, above sea level."""
    rates = Rates.of(vehicle, speed_m_s=leg.speed_m_s)
    return height_bounds(leg.start_height.m, leg.end_height.m, distance_m, length_m, rates)


def clear_m(low_m: Array, profile: Profile, part: slice) -> Array:
    """How far the ground stays below, at and between the samples; NaN where nobody knows it."""
    found: Array = low_m - profile.amsl_m[part] - profile.rise_m[part]
    return found


def above_m(high_m: Array, profile: Profile, part: slice) -> Array:
    """How far down the ground is, at and between the samples; NaN where nobody knows it."""
    found: Array = high_m - profile.amsl_m[part] + profile.fall_m[part]
    return found


def passes(clear: float) -> str:
    """As a finding says it."""
    return f"is {-clear:.0f} m below the ground" if clear < 0.0 else f"clears it by {clear:.0f} m"
