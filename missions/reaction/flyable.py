"""An answer as what is flown: a plan for whoever needs a new one, and the diverts of who resumes.

The ground station flies a divert straight to a place and then resumes the mission on board; a way
that turns is one divert a turn, of which only the last waits.
"""

import math
from dataclasses import dataclass, replace

import numpy as np

from missions.area import ring_geo
from missions.assemble import Assembly, assemble
from missions.geodesy import GeoPoint, LocalPlane
from missions.heights import HeightAboveHome, HeightAmsl
from missions.path import CameraAction, Gaze, PathPoint, PatrolPath
from missions.plan import Command, Fence, FencePolygon, Frame, Home, MissionItem, Plan
from missions.reaction.answer import How, Reaction, Route, Visit
from missions.reaction.situation import Alarm, RunningDrone, Stop
from missions.time_model import flight_time_s
from missions.transit import way_round
from missions.vehicle import Vehicle

LOOK_DOWN = -math.pi / 4.0
ROUND = 12
MOST_CIRCLE_POINTS = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class Divert:
    """One straight leg away from the mission; the fields are those of the ground station's wish.

    With `come_back_after_s` it waits so long and resumes; without, it waits `wait_s` for the next.
    """

    position: GeoPoint
    height: HeightAboveHome
    speed_m_s: float
    come_back_after_s: float | None = None
    wait_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Flyable:
    """What to do with one drone: fly `diverts`, then start `plan` (None: the plan on board) at
    `start_item` (None: do as `resume` says)."""

    diverts: tuple[Divert, ...] = ()
    plan: Plan | None = None
    start_item: int | None = None


def flyable(reaction: Reaction, drone: str, how: Assembly | None = None) -> Flyable:
    """What makes a drone do what the answer says; nothing where it goes on by itself.

    Raises:
        KeyError: there is no such drone.
    """
    route = reaction.route(drone)
    running = next(each for each in reaction.situation.drones if each.name == drone)
    speed = running.cruise_m_s or running.vehicle.cruise_speed_m_s
    alarms = [visit for visit in route.visits if visit.is_alarm]
    by_diverts = not any(visit.circles for visit in alarms)
    if route.resume.how in (How.RESUME, How.JUMP) and by_diverts:
        item = route.resume.item if route.resume.how is How.JUMP else None
        back = route.resume.how is How.RESUME
        return Flyable(diverts=_diverts(alarms, speed, comes_back=back), start_item=item)
    if not route.visits:
        return Flyable()
    if route.resume.how is How.CONTINUE:
        return Flyable()
    usual = Assembly(
        speed_m_s=speed,
        no_fly=reaction.situation.no_fly,
        clearance_m=reaction.situation.clearance_m,
    )
    return _new_plan(route, running, how or usual)


def _diverts(alarms: list[Visit], speed_m_s: float, *, comes_back: bool) -> tuple[Divert, ...]:
    """The legs to the alarms; after the last it comes back by itself, or waits to be sent on."""
    legs = []
    for number, visit in enumerate(alarms):
        legs += [
            Divert(position=place, height=visit.height, speed_m_s=speed_m_s) for place in visit.via
        ]
        assert isinstance(visit.task, Alarm)
        look_s = visit.task.look_s
        # All but the last are left for the next alarm, not for the patrol.
        is_last = comes_back and number == len(alarms) - 1
        legs.append(
            Divert(
                position=visit.position,
                height=visit.height,
                speed_m_s=speed_m_s,
                come_back_after_s=look_s if is_last else None,
                wait_s=0.0 if is_last else look_s,
            )
        )
    return tuple(legs)


def _new_plan(route: Route, drone: RunningDrone, how: Assembly) -> Flyable:
    landing = next(place for place in drone.landings if place.name == route.landing)
    home = drone.landings[0].position if drone.flying else drone.position
    begins = PathPoint(position=drone.position, height=_first_height(route, drone))
    last = route.visits[-1].height
    points = [begins]
    for visit in route.visits:
        points += _points(visit, drone.vehicle, how.speed_m_s)
    points += [PathPoint(position=place, height=last) for place in route.home_via]
    points.append(PathPoint(position=landing.position, height=last))
    height = HeightAmsl(math.nan) if drone.home_height is None else drone.home_height
    path = PatrolPath(pattern="reaction", points=tuple(points))
    plan = assemble(path, Home(position=home, height=height), how)
    if landing.position != home:
        plan = _landing_elsewhere(plan, landing.position, home, how)
    if drone.fence is not None:
        own = (FencePolygon(ring=drone.fence.outer, inclusion=True),)
        zones = tuple(ring for ring in plan.fence.polygons if not ring.inclusion)
        plan = replace(plan, fence=Fence(polygons=(*own, *zones)))
    return Flyable(plan=plan, start_item=_after(plan, begins) if drone.flying else 0)


def _first_height(route: Route, drone: RunningDrone) -> HeightAboveHome:
    return drone.height if drone.flying and drone.height.m > 0.0 else route.visits[0].height


def _points(visit: Visit, vehicle: Vehicle, speed_m_s: float) -> list[PathPoint]:
    points = [PathPoint(position=place, height=visit.height) for place in visit.via]
    task = visit.task
    if isinstance(task, Stop):
        points.append(
            PathPoint(
                position=visit.position,
                height=visit.height,
                dwell_s=task.dwell_s,
                gaze=task.gaze,
                action=task.action,
            )
        )
        if task.leaves_at is not None:
            ends = (*visit.along, task.leaves_at)
            points += [PathPoint(position=place, height=visit.height) for place in ends]
        return points
    gaze = Gaze(pitch_rad=LOOK_DOWN, at=task.position)
    if visit.circles:
        return points + _circle(visit, task, gaze, vehicle, speed_m_s)
    points.append(
        PathPoint(
            position=visit.position,
            height=visit.height,
            dwell_s=task.look_s,
            gaze=gaze,
            action=CameraAction.PHOTO,
        )
    )
    return points


def _circle(
    visit: Visit, alarm: Alarm, gaze: Gaze, vehicle: Vehicle, speed_m_s: float
) -> list[PathPoint]:
    """Round the alarm for as long as it is to be looked at, from the stand on, clockwise."""
    plane = LocalPlane(alarm.position)
    east, north = plane.en(visit.position)
    radius = math.hypot(east, north)
    bearing = math.atan2(east, north)
    lap = bearing + np.arange(2 * ROUND + 1) * (2.0 * math.pi / ROUND)
    twice_s = flight_time_s(
        radius * np.column_stack((np.sin(lap), np.cos(lap))), vehicle, speed_m_s=speed_m_s
    )
    # Not longer than was reckoned with, slow as corners are.
    many = min(MOST_CIRCLE_POINTS, max(1, int(alarm.look_s / (twice_s / (2 * ROUND)))))
    angles = bearing + np.arange(many + 1) * (2.0 * math.pi / ROUND)
    places = ring_geo(plane, radius * np.column_stack((np.sin(angles), np.cos(angles))))
    first = PathPoint(position=places[0], height=visit.height, gaze=gaze, action=CameraAction.PHOTO)
    rest = [PathPoint(position=place, height=visit.height) for place in places[1:-1]]
    return [first, *rest, PathPoint(position=places[-1], height=visit.height)]


def _landing_elsewhere(plan: Plan, landing: GeoPoint, home: GeoPoint, how: Assembly) -> Plan:
    """The plan ended by landing where the answer says, not at home."""
    back = len(way_round(landing, home, how.no_fly, clearance_m=how.clearance_m) or ())
    land = MissionItem(
        command=Command.NAV_LAND,
        frame=Frame.GLOBAL_RELATIVE_ALT,
        params=(0.0, 0.0, 0.0, math.nan, landing.latitude_deg, landing.longitude_deg, 0.0),
    )
    return replace(plan, items=(*plan.items[: len(plan.items) - back - 1], land))


def _after(plan: Plan, begins: PathPoint) -> int:
    """The item after the one for where the drone was: it has flown on since."""
    here = begins.position
    for index, item in enumerate(plan.items):
        at = (item.latitude_deg, item.longitude_deg)
        if item.command == Command.NAV_WAYPOINT and at == (here.latitude_deg, here.longitude_deg):
            return index + 1
    return 0
