"""Loitering to a height: level into the circle first, then up or down, done anywhere within it.

Source: PX4-Autopilot v1.17, src/modules/navigator/mission_block.cpp (NAV_CMD_LOITER_TO_ALT).
"""

from dataclasses import replace

from sim.vehicle.guidance import Triplet
from sim.vehicle.navigation import NavigationState, level_distance_m
from sim.vehicle.trajectory import Ned

# NAV_LOITER_RAD; a multirotor counts as loitering as far from the centre, though it flies to it.
DEFAULT_CIRCLE_M = 80.0


def level_first(state: NavigationState, target: Ned) -> Ned:
    """Where a loiter to a height begins: over the target at the height of now."""
    return Ned(target.n, target.e, state.position.d)


def circle_m(state: NavigationState, radius_m: float | None) -> float:
    """How near to the centre counts as being on the circle; None for the parameter's."""
    return state.settings.acceptance_m + (radius_m or DEFAULT_CIRCLE_M)


def to_height(state: NavigationState, flown: Triplet, target: Ned, within_m: float) -> Triplet:
    """The target's height is asked for once the vehicle is on the circle at its own."""
    beside = level_distance_m(state.position, flown.current)
    off = abs(state.position.d - flown.current.d)
    if beside > within_m or off > state.settings.height_acceptance_m:
        return flown
    return replace(flown, current=target)
