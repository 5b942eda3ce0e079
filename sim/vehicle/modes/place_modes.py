"""Hold and landing: what PX4's loiter and land modes make of a request.

Source: PX4-Autopilot v1.17, src/modules/navigator/{navigator_main,loiter,land}.cpp.
"""

from dataclasses import replace

from sim.vehicle.guidance import Leg, Triplet
from sim.vehicle.modes.requests import RepositionRequest
from sim.vehicle.navigation import NavigationState, held_place, hold_at, idle
from sim.vehicle.trajectory import Ned


def reposition_target(
    state: NavigationState, request: RepositionRequest, flown: Triplet
) -> Triplet:
    """Where a reposition leads: the place asked for, or this one at another height, or a stop."""
    here = state.position
    if request.place is not None:
        down = here.d if request.down_m is None else request.down_m
        target = Ned(request.place.n, request.place.e, down)
    elif request.down_m is not None or request.yaw is not None:
        kept = flown.current if flown.leg is not Leg.IDLE else here
        target = Ned(kept.n, kept.e, here.d if request.down_m is None else request.down_m)
    else:
        held = held_place(state, flown)
        kept = held or (here if flown.leg is Leg.TAKEOFF else state.stop_point())
        target = Ned(kept.n, kept.e, here.d)
    return replace(hold_at(state, target, yaw=request.yaw), previous=here)


def landing_here(state: NavigationState, leg: Leg) -> Triplet:
    """Come down where the vehicle can stop."""
    if state.landed:
        return idle(state.settings, state.position)
    return Triplet(
        leg=leg,
        current=state.stop_point(),
        acceptance_m=state.settings.acceptance_m,
        cruise_m_s=state.speed_to_fly_m_s,
    )
