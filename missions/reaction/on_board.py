"""A drone with its plan on board, as a reaction wants it: what is left from an item on.

Whoever hears the vehicle fills in where it is and how much its battery holds. A stop is a place
where it waits or the camera does something, or a leg along which the camera is triggered; in a plan
without any of these it is every waypoint.
"""

import math
from dataclasses import dataclass, replace

from missions.area import Area
from missions.geodesy import GeoPoint
from missions.heights import HeightAboveHome
from missions.path import CameraAction, Gaze
from missions.plan import RELATIVE_FRAMES, Command, Frame, MissionItem, Plan
from missions.reaction.situation import Landing, RunningDrone, Stop
from missions.vehicle import Vehicle, default_vehicle

PLACES = (Command.NAV_WAYPOINT, Command.NAV_LOITER_TIME)
ACTIONS = {
    Command.IMAGE_START_CAPTURE: CameraAction.PHOTO,
    Command.VIDEO_START_CAPTURE: CameraAction.VIDEO_START,
    Command.VIDEO_STOP_CAPTURE: CameraAction.VIDEO_STOP,
}
AMSL_FRAMES = (Frame.GLOBAL, Frame.GLOBAL_INT)
GROUND_SPEED = 1.0
DOCK = "dock"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a vehicle says of itself; `battery` is the share of its charge, `item` the one that it
    flies to, counted from 0."""

    position: GeoPoint
    height: HeightAboveHome
    battery: float
    item: int
    speed_m_s: float = 0.0
    course_rad: float = 0.0
    flying: bool = True


def drone_on_board(name: str, plan: Plan, vehicle: Vehicle | None, seen: Seen) -> RunningDrone:
    """A drone that flies a plan, as it is now.

    Without a vehicle it is the one that the plan was made for, else the default. It lands where its
    plan does, else at home; its fence is the plan's first inclusion.

    Raises:
        ValueError: the plan names no home.
    """
    if plan.home is None:
        raise ValueError("a plan on board has a home")
    carried = None if plan.made_for is None else plan.made_for.vehicle
    vehicle = vehicle or carried or default_vehicle()
    place = plan.home.position
    lands = [item for item in plan.items if item.command == Command.NAV_LAND and item.has_position]
    if lands:
        place = GeoPoint(latitude_deg=lands[-1].latitude_deg, longitude_deg=lands[-1].longitude_deg)
    rings = [one.ring for one in plan.fence.polygons if one.inclusion]
    known = math.isfinite(plan.home.height.m)
    return RunningDrone(
        name=name,
        vehicle=vehicle,
        position=seen.position,
        battery_s=max(0.0, seen.battery) * vehicle.endurance_s,
        landings=(Landing(name=f"{name}'s {DOCK}", position=place),),
        stops=stops_left(plan, seen.item if seen.flying else 0, name=name),
        height=seen.height,
        speed_m_s=seen.speed_m_s,
        course_rad=seen.course_rad,
        cruise_m_s=_cruise_m_s(plan),
        flying=seen.flying,
        home_height=plan.home.height if known else None,
        fence=Area(outer=rings[0]) if rings else None,
    )


def stops_left(plan: Plan, item: int, *, name: str) -> tuple[Stop, ...]:
    """The stops of a plan that begin at an item or after it, and of the leg that is being flown
    what begins before it."""
    every = _every_stop(plan)
    chosen = [stop for stop in every if _is_task(stop)] or every
    return tuple(
        replace(stop, name=f"{name} {number}: {stop.name}")
        for number, stop in enumerate(chosen)
        if _ends_at(plan, stop) >= item
    )


def _is_task(stop: Stop) -> bool:
    return stop.dwell_s > 0.0 or stop.action is not None or stop.leaves_at is not None


def _ends_at(plan: Plan, stop: Stop) -> int:
    """The last item of a stop: of a leg the waypoint after the one that begins it."""
    assert stop.item is not None
    if stop.leaves_at is None:
        return stop.item
    return next(at for at in _places(plan) if at > stop.item)


def _places(plan: Plan) -> list[int]:
    return [at for at, item in enumerate(plan.items) if _is_place(item)]


def _is_place(item: MissionItem) -> bool:
    known = item.frame in (*RELATIVE_FRAMES, *AMSL_FRAMES)
    return item.command in PLACES and known and math.isfinite(math.fsum(item.params[4:]))


def _every_stop(plan: Plan) -> list[Stop]:
    """Each place with what the items before and after it ask of the camera there."""
    found: list[Stop] = []
    gaze: Gaze | None = None
    triggered = False
    for at, item in enumerate(plan.items):
        if _is_place(item):
            found = _leg(found, triggered, item)
            found.append(_stop(plan, at, item, gaze))
        elif item.command in ACTIONS and found:
            found[-1] = replace(found[-1], action=ACTIONS[Command(item.command)])
        elif item.command == Command.DO_SET_CAM_TRIGG_DIST:
            triggered = item.params[0] > 0.0
        else:
            gaze = _gaze(item, gaze)
    return found


def _leg(found: list[Stop], triggered: bool, item: MissionItem) -> list[Stop]:
    """The stop before a place becomes the leg to it, where pictures are taken on the way."""
    if not (triggered and found):
        return found
    end = GeoPoint(latitude_deg=item.latitude_deg, longitude_deg=item.longitude_deg)
    return [*found[:-1], replace(found[-1], leaves_at=end)]


def _stop(plan: Plan, at: int, item: MissionItem, gaze: Gaze | None) -> Stop:
    assert plan.home is not None
    above_m = 0.0 if item.frame in RELATIVE_FRAMES else plan.home.height.m
    height = HeightAboveHome(item.params[6] - above_m)
    place = GeoPoint(latitude_deg=item.latitude_deg, longitude_deg=item.longitude_deg)
    dwell_s = max(0.0, item.params[0]) if math.isfinite(item.params[0]) else 0.0
    return Stop(
        name=f"item {at + 1}",
        position=place,
        height=height,
        dwell_s=dwell_s,
        item=at,
        gaze=gaze,
        home_height=plan.home.height if math.isfinite(plan.home.height.m) else None,
    )


def _gaze(item: MissionItem, before: Gaze | None) -> Gaze | None:
    if item.command == Command.DO_SET_ROI_NONE:
        return None
    if item.command == Command.DO_SET_ROI_LOCATION and item.has_position:
        at = GeoPoint(latitude_deg=item.latitude_deg, longitude_deg=item.longitude_deg)
        return Gaze(pitch_rad=0.0, at=at, at_height=HeightAboveHome(item.params[6]))
    if item.command == Command.DO_GIMBAL_MANAGER_PITCHYAW:
        pitch_deg, yaw_deg = item.params[:2]
        if math.isfinite(pitch_deg) and math.isfinite(yaw_deg):
            return Gaze(pitch_rad=math.radians(pitch_deg), yaw_rad=math.radians(yaw_deg))
    return before


def _cruise_m_s(plan: Plan) -> float | None:
    """The speed that the plan asks for first, if it does."""
    asked = (
        item.params[1]
        for item in plan.items
        if item.command == Command.DO_CHANGE_SPEED and item.params[0] == GROUND_SPEED
    )
    return next((speed for speed in asked if speed > 0.0), plan.cruise_speed_m_s)
