"""From a scenario's drone to the plan that it carries: mission, fence and rally points."""

import math
from pathlib import Path

from missions.files import read_plan
from missions.geodesy import GeoPoint, LocalPlane
from missions.heights import HeightAboveHome
from missions.plan import (
    Command,
    Fence,
    FencePolygon,
    Frame,
    MissionItem,
    Params,
    Plan,
    RallyPoint,
)
from sim.scenario.schema import DroneEntry, FenceEntry, Patrol, Point

GROUND_SPEED = 1.0
KEEP_THROTTLE = -1.0
NAN = math.nan


def plan_of(drone: DroneEntry, *, plane: LocalPlane, folder: Path) -> Plan | None:
    """The plan of one drone; None where it has none. Plan files are beside the scenario.

    Raises:
        BadInput: the plan file cannot be read.
    """
    if drone.plan is not None:
        return read_plan(folder / drone.plan)
    if drone.patrol is None and drone.fence is None and not drone.rally:
        return None
    return Plan(
        items=() if drone.patrol is None else mission_of(drone.patrol, drone, plane),
        fence=Fence() if drone.fence is None else fence_of(drone.fence, plane),
        rally=tuple(
            RallyPoint(position=_geo(plane, n, e), height=HeightAboveHome(h))
            for n, e, h in drone.rally
        ),
    )


def mission_of(patrol: Patrol, drone: DroneEntry, plane: LocalPlane) -> tuple[MissionItem, ...]:
    """Take-off over the pad, the speed, the points, and the end."""
    pad = (drone.pad.north_m, drone.pad.east_m, patrol.points[0][2])
    items = [_at(Command.NAV_TAKEOFF, pad, plane)]
    if patrol.speed_m_s is not None:
        items.append(_plain(Command.DO_CHANGE_SPEED, GROUND_SPEED, patrol.speed_m_s, KEEP_THROTTLE))
    items += [_at(Command.NAV_WAYPOINT, point, plane, patrol.stay_s) for point in patrol.points]
    if patrol.end == "return":
        items.append(_plain(Command.NAV_RETURN_TO_LAUNCH))
    elif patrol.end == "land":
        items.append(_at(Command.NAV_LAND, (*patrol.points[-1][:2], 0.0), plane))
    return tuple(items)


def fence_of(entry: FenceEntry, plane: LocalPlane) -> Fence:
    """The rings as polygons."""
    rings = [(entry.inside, True), *((ring, False) for ring in entry.outside)]
    return Fence(
        polygons=tuple(
            FencePolygon(ring=tuple(_geo(plane, n, e) for n, e in ring), inclusion=inclusion)
            for ring, inclusion in rings
            if ring
        )
    )


def _geo(plane: LocalPlane, north_m: float, east_m: float) -> GeoPoint:
    return plane.geo(east_m, north_m)


def _at(command: Command, point: Point, plane: LocalPlane, first: float = 0.0) -> MissionItem:
    north_m, east_m, height_m = point
    place = _geo(plane, north_m, east_m)
    params: Params = (first, 0.0, 0.0, NAN, place.latitude_deg, place.longitude_deg, height_m)
    return MissionItem(command=command, frame=Frame.GLOBAL_RELATIVE_ALT_INT, params=params)


def _plain(command: Command, p1: float = 0.0, p2: float = 0.0, p3: float = 0.0) -> MissionItem:
    params: Params = (p1, p2, p3, 0.0, 0.0, 0.0, 0.0)
    return MissionItem(command=command, frame=Frame.MISSION, params=params)
