"""The parts of a flight in the time that PX4 takes for it.

A walk through the list knows the order and the legs; how long PX4 takes with its jerk-limited
corners, its take-off and its landing, `missions.plan_time` knows. What moves over the ground is
drawn out or in, so that the whole flight lasts as long; waits and climbs keep their times.
"""

import math
from collections.abc import Sequence
from dataclasses import replace

from missions.checks.around.part import Kind, Part
from missions.plan import Plan
from missions.plan_time import predict_flight
from missions.vehicle import Vehicle
from missions.wind import Wind

MOVING = frozenset((Kind.LEG, Kind.ROUND))


def paced(
    parts: Sequence[Part], plan: Plan, vehicle: Vehicle, wind: Wind, *, comes_home: bool
) -> tuple[Part, ...]:
    """The same parts with the times of the predicted flight; as they are where there is none."""
    if not parts or not all(part.held for part in parts):
        return tuple(parts)
    flight = predict_flight(plan, vehicle, wind, comes_home=comes_home)
    if flight is None or flight.unending or not math.isfinite(flight.landed_s):
        return tuple(parts)
    moving_s = sum(part.ends_s - part.starts_s for part in parts if part.kind in MOVING)
    other_s = parts[-1].ends_s - moving_s
    if moving_s <= 0.0 or flight.landed_s <= other_s:
        return tuple(parts)
    pace = (flight.landed_s - other_s) / moving_s
    now_s, told = parts[0].starts_s, []
    for part in parts:
        lasts_s = part.ends_s - part.starts_s
        ends_s = now_s + lasts_s * (pace if part.kind in MOVING else 1.0)
        told.append(replace(part, starts_s=now_s, ends_s=ends_s))
        now_s = ends_s
    return tuple(told)
