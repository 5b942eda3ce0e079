"""Waypoints that a multirotor's PX4 flies past, or may, and what radius would hold it there.

PX4 takes a waypoint for reached only within its radius and, at that moment, within 0.8 m of its
height. Within the radius it steers to the waypoint itself, so a radius that it can stop in holds it
until the height comes. Flown past by PX4 v1.17 at 8 m/s over waypoints 20 and 30 m apart with 1 m
of height between them and a radius of 2 m; not at 3 m/s, nor with a radius that it can stop in.
"""

import math

from missions.checks.finding import Finding
from missions.checks.never_reached import never_reached_findings
from missions.plan import Plan
from missions.terrain.capture import capture_radius_m
from missions.terrain.flown_heights import Rates
from missions.vehicle import Vehicle


def passed_by_findings(plan: Plan, vehicle: Vehicle) -> list[Finding]:
    """Each item that the predicted flight never reaches, or may not."""
    found = never_reached_findings(plan, vehicle)
    return sorted(found, key=lambda one: -1 if one.item is None else one.item)


def needed_radius_m(vehicle: Vehicle, *, speed_m_s: float) -> float:
    """The radius, in whole metres, in which PX4 holds a waypoint until its height is reached."""
    return float(math.ceil(capture_radius_m(Rates.of(vehicle, speed_m_s=speed_m_s))))
