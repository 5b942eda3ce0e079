"""A path for wings becomes mission items: take-off, airspeed, waypoints, and a landing.

A VTOL rises and lands upright (NAV_VTOL_TAKEOFF, NAV_VTOL_LAND) and changes to wings towards the
place of its take-off, which is therefore ahead; a fixed wing climbs out toward a point ahead and
lands by PX4's pattern: DO_LAND_START, down in a circle (LOITER_TO_ALT), left when the nose points
there straight to the LAND item, no steeper than PX4 lets it be (FW_LND_ANG). Both begin and end
into the wind, or toward the path where there is none, and in any other course as well as nothing is
better: which of them keeps off the no-fly zones is for `missions.winged_transit` to find out.
Source: PX4-Autopilot v1.17, src/modules/navigator/MissionFeasibility/FeasibilityChecker.cpp and
mission.cpp (handleTakeoff).
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from missions.geodesy import GeoPoint, LocalPlane
from missions.heights import HeightAboveHome
from missions.plan import Command, Frame, MissionItem
from missions.vehicle import Vehicle, VehicleKind
from missions.wind import Wind

NAN = math.nan
AIRSPEED, LEAVE_THROTTLE = 0.0, -1.0
# Where a VTOL has room to change to wings, and a fixed wing to begin its landing.
TRANSITION_HEIGHT_M, LANDING_HEIGHT_M = 40.0, 30.0
# Metres and seconds of its cruise that a VTOL's take-off place is ahead.
TRANSITION_M, TRANSITION_S = 100.0, 10.0
# PX4's FW_LND_ANG is 5 degrees.
GLIDE = math.tan(math.radians(4.5))
# A fixed wing climbs out at this slope, over this distance at least, to this height at most.
CLIMB_OUT, CLIMB_OUT_M, CLIMB_OUT_HEIGHT_M = math.tan(math.radians(8.0)), 150.0, 50.0
DIRECTIONS = 16
LEFT, RIGHT = -1.0, 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """One way to begin or to end a flight: its items, where the way from or to the path begins, and
    what has to be within the fence."""

    items: tuple[MissionItem, ...]
    at: GeoPoint
    within: tuple[GeoPoint, ...]


def into(wind: Wind, home: GeoPoint, first: GeoPoint) -> float:
    """The course of take-off and landing that is wanted."""
    if wind.speed_m_s > 0.0:
        return wind.from_rad
    east, north = LocalPlane(home).en(first)
    return math.atan2(east, north) if math.hypot(east, north) > 1.0 else 0.0


def takeoffs(
    home: GeoPoint, *, vehicle: Vehicle, speed_m_s: float, height: HeightAboveHome, course: float
) -> Iterator[End]:
    """Take-offs from home, that nearest to a course first."""
    speed = _item(Command.DO_CHANGE_SPEED, AIRSPEED, speed_m_s, LEAVE_THROTTLE)
    plane = LocalPlane(home)
    vtol = vehicle.kind is VehicleKind.VTOL
    command = Command.NAV_VTOL_TAKEOFF if vtol else Command.NAV_TAKEOFF
    height_m = min(height.m, TRANSITION_HEIGHT_M if vtol else CLIMB_OUT_HEIGHT_M)
    far_m = max(CLIMB_OUT_M, height_m / CLIMB_OUT)
    if vtol:
        far_m = max(TRANSITION_M, TRANSITION_S * vehicle.cruise_speed_m_s)
    for turned in _turned(course):
        at = plane.geo(far_m * math.sin(turned), far_m * math.cos(turned))
        yield End(items=(_placed(command, at, height_m), speed), at=at, within=(home, at))


def landings(ground: GeoPoint, *, vehicle: Vehicle, course: float) -> Iterator[End]:
    """Landings at a place, that nearest to a course first."""
    if vehicle.kind is VehicleKind.VTOL:
        land = _placed(Command.NAV_VTOL_LAND, ground, 0.0)
        yield End(items=(land,), at=ground, within=(ground,))
        return
    plane = LocalPlane(ground)
    radius = math.ceil(vehicle.turn_radius_m)
    distance = math.hypot(LANDING_HEIGHT_M / GLIDE, radius)
    for turned in _turned(course):
        middle = -distance * math.sin(turned), -distance * math.cos(turned)
        circle = plane.geo(*middle)
        within = (circle, *_round(plane, middle, radius), ground)
        for side in (RIGHT, LEFT):
            down = _placed(
                Command.NAV_LOITER_TO_ALT,
                circle,
                LANDING_HEIGHT_M,
                one=1.0,
                two=side * radius,
                four=1.0,
            )
            land = _placed(Command.NAV_LAND, ground, 0.0)
            yield End(items=(_item(Command.DO_LAND_START), down, land), at=circle, within=within)


def _turned(course: float) -> list[float]:
    """Courses, the nearest to the one wanted first."""
    steps = [(k + 1) // 2 * (1 if k % 2 else -1) for k in range(DIRECTIONS)]
    return [course + 2.0 * math.pi * step / DIRECTIONS for step in steps]


def _round(plane: LocalPlane, middle: tuple[float, float], radius: float) -> list[GeoPoint]:
    angles = np.arange(4) * math.pi / 2.0
    return [
        plane.geo(middle[0] + radius * math.sin(angle), middle[1] + radius * math.cos(angle))
        for angle in angles
    ]


def _item(command: Command, one: float = 0.0, two: float = 0.0, three: float = 0.0) -> MissionItem:
    params = (one, two, three, 0.0, 0.0, 0.0, 0.0)
    return MissionItem(command=command, frame=Frame.MISSION, params=params)


def _placed(
    command: Command,
    place: GeoPoint,
    height_m: float,
    *,
    one: float = 0.0,
    two: float = 0.0,
    four: float = NAN,
) -> MissionItem:
    params = (one, two, 0.0, four, place.latitude_deg, place.longitude_deg, height_m)
    return MissionItem(command=command, frame=Frame.GLOBAL_RELATIVE_ALT, params=params)
