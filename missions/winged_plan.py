"""A path for wings becomes mission items: take-off, airspeed, waypoints, and a landing.

A VTOL rises and lands upright (NAV_VTOL_TAKEOFF, NAV_VTOL_LAND); a fixed wing climbs out toward a
point ahead and lands by PX4's pattern: DO_LAND_START, down in a circle (LOITER_TO_ALT), straight to
the LAND item, no steeper than PX4 lets it be (FW_LND_ANG). Source: PX4-Autopilot v1.17,
src/modules/navigator/MissionFeasibility/FeasibilityChecker.cpp.
"""

import math
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry import LineString, Point
from shapely.geometry.base import BaseGeometry

from missions.area import Area
from missions.geodesy import GeoPoint, LocalPlane
from missions.heights import HeightAboveHome
from missions.plan import Command, Frame, MissionItem
from missions.vehicle import Vehicle, VehicleKind
from missions.wind import CALM, Wind

NAN = math.nan
AIRSPEED, LEAVE_THROTTLE = 0.0, -1.0
# Where a VTOL has room to change to wings, and a fixed wing to begin its landing.
TRANSITION_HEIGHT_M, LANDING_HEIGHT_M = 40.0, 30.0
# PX4's FW_LND_ANG is 5 degrees.
GLIDE = math.tan(math.radians(4.5))
# A fixed wing climbs out at this slope, over this distance at least.
CLIMB_OUT, CLIMB_OUT_M = math.tan(math.radians(8.0)), 150.0
DIRECTIONS = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class WingedEnds:
    """Items before and behind the path; `out` and `down` are where they lead, home and the landing
    place among them, for the fence."""

    before: tuple[MissionItem, ...]
    behind: tuple[MissionItem, ...]
    out: tuple[GeoPoint, ...]
    down: tuple[GeoPoint, ...]
    notes: tuple[str, ...] = ()


def winged_ends(
    home: GeoPoint,
    *,
    vehicle: Vehicle,
    speed_m_s: float,
    height: HeightAboveHome,
    first: GeoPoint,
    land_at: GeoPoint | None = None,
    no_fly: tuple[Area, ...] = (),
    clearance_m: float = 10.0,
    wind: Wind = CALM,
) -> WingedEnds:
    """How a path at a height above home is begun and ended at home, or at `land_at`.

    Take-off and landing are into the wind, or toward the path where there is none, turned away
    from no-fly zones as far as they must be.
    """
    speed = _item(Command.DO_CHANGE_SPEED, AIRSPEED, speed_m_s, LEAVE_THROTTLE)
    ground = land_at or home
    if vehicle.kind is VehicleKind.VTOL:
        low = min(TRANSITION_HEIGHT_M, height.m)
        return WingedEnds(
            before=(_placed(Command.NAV_VTOL_TAKEOFF, home, low), speed),
            behind=(_placed(Command.NAV_VTOL_LAND, ground, 0.0),),
            out=(home,),
            down=(ground,),
        )
    plane = LocalPlane(ground)
    zones = shapely.union_all([shapely.make_valid(zone.polygon(plane)) for zone in no_fly])
    zones = zones.buffer(clearance_m) if no_fly else zones
    into = _into(wind, plane, first)
    out, out_note = _climb_out(plane.en(home), into, height, zones)
    radius = math.ceil(vehicle.turn_radius_m)
    down, down_note = _approach(radius, into, zones)
    circle = plane.geo(*down)
    return WingedEnds(
        before=(_placed(Command.NAV_TAKEOFF, plane.geo(*out), min(height.m, 50.0)), speed),
        behind=(
            _item(Command.DO_LAND_START),
            _placed(Command.NAV_LOITER_TO_ALT, circle, LANDING_HEIGHT_M, two=radius, four=1.0),
            _placed(Command.NAV_LAND, ground, 0.0),
        ),
        out=(home, plane.geo(*out)),
        down=(circle, *_round(plane, down, radius), ground),
        notes=(*out_note, *down_note),
    )


def _into(wind: Wind, plane: LocalPlane, first: GeoPoint) -> float:
    """The course of take-off and landing."""
    if wind.speed_m_s > 0.0:
        return wind.from_rad
    east, north = plane.en(first)
    return math.atan2(east, north) if math.hypot(east, north) > 1.0 else 0.0


def _turned(course: float) -> list[float]:
    """Courses, the nearest to the one wanted first."""
    steps = [(k + 1) // 2 * (1 if k % 2 else -1) for k in range(DIRECTIONS)]
    return [course + 2.0 * math.pi * step / DIRECTIONS for step in steps]


def _climb_out(
    home: tuple[float, float], into: float, height: HeightAboveHome, zones: BaseGeometry
) -> tuple[tuple[float, float], tuple[str, ...]]:
    """Where the climb ends, and whether no way there is free."""
    length = max(CLIMB_OUT_M, min(height.m, 50.0) / CLIMB_OUT)
    ends = [
        (home[0] + length * math.sin(course), home[1] + length * math.cos(course))
        for course in _turned(into)
    ]
    free = next((end for end in ends if not LineString((home, end)).intersects(zones)), None)
    if free is not None:
        return free, ()
    return ends[0], ("every way out of the take-off leads over a no-fly zone",)


def _approach(
    radius: float, into: float, zones: BaseGeometry
) -> tuple[tuple[float, float], tuple[str, ...]]:
    """The middle of the circle down, behind the landing place, and whether none is free."""
    straight = LANDING_HEIGHT_M / GLIDE
    distance = math.hypot(straight, radius)
    middles = [
        (-distance * math.sin(course), -distance * math.cos(course)) for course in _turned(into)
    ]
    for middle in middles:
        taken = Point(middle).buffer(1.5 * radius).union(LineString((middle, (0.0, 0.0))))
        if not taken.buffer(radius / 4.0).intersects(zones):
            return middle, ()
    return middles[0], ("every way into the landing leads over a no-fly zone",)


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
    command: Command, place: GeoPoint, height_m: float, *, two: float = 0.0, four: float = NAN
) -> MissionItem:
    params = (0.0, two, 0.0, four, place.latitude_deg, place.longitude_deg, height_m)
    return MissionItem(command=command, frame=Frame.GLOBAL_RELATIVE_ALT, params=params)
