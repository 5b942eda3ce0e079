"""A path becomes a plan that PX4 accepts: mission items, a fence around, a rally point.

Unused parameters are 0 (NaN where MAVLink reads NaN as 'leave it'), because PX4 refuses others.
"""

import math
from dataclasses import dataclass
from enum import StrEnum

from missions.area import Area
from missions.fencing import fence_around
from missions.geodesy import GeoPoint, distance_m
from missions.heights import HeightAboveHome
from missions.path import CameraAction, Gaze, PathPoint, PatrolPath
from missions.plan import (
    Command,
    Fence,
    Frame,
    Home,
    MissionItem,
    Plan,
    RallyPoint,
)
from missions.transit import way_round
from missions.vehicle import Vehicle
from missions.wind import CALM, Wind
from missions.winged_plan import WingedEnds, winged_ends

NAN = math.nan
GROUND_SPEED, LEAVE_THROTTLE = 1.0, -1.0
# GIMBAL_MANAGER_FLAGS: roll and pitch held to the horizon, yaw turns with the vehicle.
ROLL_LOCK, PITCH_LOCK = 4, 8
# PX4 turns the gimbal only for whoever has control of it: -2 is the one who asks, -1 leaves it.
IN_CONTROL, NOT_SECOND = -2.0, -1.0
SAME_PLACE_M = 0.3
FENCE_RADII = 3.0
GROUND = HeightAboveHome(0.0)


class Ending(StrEnum):
    """What the vehicle does after the last point."""

    RETURN = "rtl"
    LAND_AT_HOME = "land"


@dataclass(frozen=True, slots=True, kw_only=True)
class Assembly:
    """How a path is flown. `fence_buffer_m` None makes no fence; `loops` above 1 repeats the path.

    `takeoff_height` None takes off to the height of the path's first point. `land_at` is where it
    lands where that is not home; no return is flown then. With `transit_height` the ways from and
    to home are flown level at it, and it lands there: what keeps a fleet's drones in layers.
    """

    speed_m_s: float
    ending: Ending = Ending.RETURN
    land_at: GeoPoint | None = None
    takeoff_height: HeightAboveHome | None = None
    transit_height: HeightAboveHome | None = None
    fence_buffer_m: float | None = 50.0
    no_fly: tuple[Area, ...] = ()
    # Holes of the area: the ways from and to home go round them, but no fence excludes them.
    holes: tuple[Area, ...] = ()
    clearance_m: float = 10.0
    rally: tuple[RallyPoint, ...] = ()
    loops: int = 1
    # PX4's default of 10 m would cut corners across holes and off narrow places.
    acceptance_radius_m: float = 2.0
    # What flies it, where that has wings: it takes off and lands as they do, into the wind.
    wings: Vehicle | None = None
    wind: Wind = CALM


def assemble(path: PatrolPath, home: Home, how: Assembly) -> Plan:
    """The plan that flies a path: take off at home, go there round the no-fly zones, fly it, end.

    The path's notes, and what could not be fenced or flown round, are the plan's notes.
    """
    out, notes_out = _transit(home.position, path.points[0].position, how)
    last = how.land_at or home.position
    back, notes_back = _transit(path.points[-1].position, last, how)
    lands = how.land_at is not None or how.transit_height is not None
    if how.transit_height is not None:
        out = (*out, path.points[0].position)
        back = (path.points[-1].position, *back)
    out_height = how.transit_height or path.points[0].height
    back_height = how.transit_height or path.points[-1].height
    takeoff = how.takeoff_height or out_height
    ends = None if how.wings is None else _winged_ends(path, home, how)
    items = [_takeoff(home.position, takeoff), _speed(how.speed_m_s)]
    if ends is not None:
        items = list(ends.before)
    if _turns_gimbal(path):
        items.append(_take_gimbal())
    if path.gaze is not None:
        items += _look(path.gaze)
    items += [_waypoint(point, out_height, how) for point in out]
    for _ in range(max(1, how.loops)):
        items += _flown(path, how)
    items += [_waypoint(point, back_height, how) for point in back]
    landing = _end(last, Ending.LAND_AT_HOME if lands else how.ending)
    items += landing if ends is None else ends.behind
    flown = (home.position, *out, *(point.position for point in path.points), *back, last)
    if ends is not None:
        flown = (*ends.out, *flown[1:-1], *ends.down)
    fence, notes_fence = _fence(flown, how)
    return Plan(
        items=tuple(items),
        home=home,
        fence=fence,
        rally=how.rally or (RallyPoint(position=home.position, height=GROUND),),
        cruise_speed_m_s=how.speed_m_s,
        hover_speed_m_s=how.speed_m_s,
        notes=(*path.notes, *notes_out, *notes_back, *notes_fence, *(ends.notes if ends else ())),
    )


def _winged_ends(path: PatrolPath, home: Home, how: Assembly) -> WingedEnds:
    assert how.wings is not None
    return winged_ends(
        home.position,
        vehicle=how.wings,
        speed_m_s=how.speed_m_s,
        height=how.transit_height or path.points[0].height,
        first=path.points[0].position,
        land_at=how.land_at,
        no_fly=how.no_fly,
        clearance_m=how.clearance_m,
        wind=how.wind,
    )


def _transit(
    a: GeoPoint, b: GeoPoint, how: Assembly
) -> tuple[tuple[GeoPoint, ...], tuple[str, ...]]:
    way = way_round(a, b, (*how.no_fly, *how.holes), clearance_m=how.clearance_m)
    if way is None and how.holes:
        way = way_round(a, b, how.no_fly, clearance_m=how.clearance_m)
    if way is None:
        return (), ("home or the path's end lies in a no-fly zone: the leg there is straight",)
    return way, ()


def _fence(flown: tuple[GeoPoint, ...], how: Assembly) -> tuple[Fence, tuple[str, ...]]:
    if how.fence_buffer_m is None:
        return Fence(), ()
    # Wings swing out as far as their turns are wide.
    swings = FENCE_RADII * how.wings.turn_radius_m if how.wings is not None else 0.0
    return fence_around(flown, buffer_m=how.fence_buffer_m + swings, no_fly=how.no_fly)


def _flown(path: PatrolPath, how: Assembly) -> list[MissionItem]:
    items: list[MissionItem] = []
    looking_at: GeoPoint | None = None
    before: PathPoint | None = None
    for index, point in enumerate(path.points):
        if point.gaze is not None:
            if looking_at is not None and point.gaze.at is None:
                items.append(_item(Command.DO_SET_ROI_NONE))
            items += _look(point.gaze)
            looking_at = point.gaze.at
        if _is_new(point, before):
            items.append(_reach(point, how))
        if point.action is not None:
            items.append(_act(point.action))
        if index == 0 and path.trigger_distance_m is not None:
            items.append(_trigger(path.trigger_distance_m))
        before = point
    if path.trigger_distance_m is not None:
        items.append(_trigger(0.0))
    if looking_at is not None:
        items.append(_item(Command.DO_SET_ROI_NONE))
    return items


def _is_new(point: PathPoint, before: PathPoint | None) -> bool:
    if before is None or point.dwell_s > 0.0 or point.height != before.height:
        return True
    if point.heading_rad != before.heading_rad:
        return True
    return distance_m(before.position, point.position) > SAME_PLACE_M


def _turns_gimbal(path: PatrolPath) -> bool:
    gazes = (path.gaze, *(point.gaze for point in path.points))
    return any(gaze is not None and gaze.at is None for gaze in gazes)


def _take_gimbal() -> MissionItem:
    control = (IN_CONTROL, IN_CONTROL, NOT_SECOND, NOT_SECOND)
    return _item(Command.DO_GIMBAL_MANAGER_CONFIGURE, *control)


def _look(gaze: Gaze) -> list[MissionItem]:
    if gaze.at is None:
        flags = float(ROLL_LOCK | PITCH_LOCK)
        angles = math.degrees(gaze.pitch_rad), math.degrees(gaze.yaw_rad)
        return [_item(Command.DO_GIMBAL_MANAGER_PITCHYAW, *angles, NAN, NAN, flags)]
    return [_placed(Command.DO_SET_ROI_LOCATION, gaze.at, gaze.at_height.m)]


def _act(action: CameraAction) -> MissionItem:
    if action is CameraAction.PHOTO:
        return _item(Command.IMAGE_START_CAPTURE, 0.0, 0.0, 1.0)
    if action is CameraAction.VIDEO_START:
        return _item(Command.VIDEO_START_CAPTURE)
    return _item(Command.VIDEO_STOP_CAPTURE)


def _takeoff(home: GeoPoint, height: HeightAboveHome) -> MissionItem:
    return _placed(Command.NAV_TAKEOFF, home, height.m, four=NAN)


def _speed(speed_m_s: float) -> MissionItem:
    return _item(Command.DO_CHANGE_SPEED, GROUND_SPEED, speed_m_s, LEAVE_THROTTLE)


def _reach(point: PathPoint, how: Assembly) -> MissionItem:
    if point.dwell_s > 0.0:
        return _dwell(point)
    return _waypoint(point.position, point.height, how, heading_rad=point.heading_rad)


def _waypoint(
    position: GeoPoint,
    height: HeightAboveHome,
    how: Assembly,
    *,
    heading_rad: float | None = None,
) -> MissionItem:
    four = _yaw_deg(heading_rad)
    return _placed(Command.NAV_WAYPOINT, position, height.m, two=how.acceptance_radius_m, four=four)


def _dwell(point: PathPoint) -> MissionItem:
    four = _yaw_deg(point.heading_rad)
    return _placed(
        Command.NAV_LOITER_TIME, point.position, point.height.m, one=point.dwell_s, four=four
    )


def _yaw_deg(heading_rad: float | None) -> float:
    return NAN if heading_rad is None else math.degrees(heading_rad) % 360.0


def _trigger(distance: float) -> MissionItem:
    return _item(Command.DO_SET_CAM_TRIGG_DIST, distance, 0.0, 1.0 if distance > 0.0 else 0.0)


def _end(at: GeoPoint, ending: Ending) -> list[MissionItem]:
    if ending is Ending.RETURN:
        return [_item(Command.NAV_RETURN_TO_LAUNCH)]
    return [_placed(Command.NAV_LAND, at, 0.0, four=NAN)]


def _item(
    command: Command,
    one: float = 0.0,
    two: float = 0.0,
    three: float = 0.0,
    four: float = 0.0,
    five: float = 0.0,
) -> MissionItem:
    return MissionItem(
        command=command, frame=Frame.MISSION, params=(one, two, three, four, five, 0.0, 0.0)
    )


def _placed(
    command: Command,
    position: GeoPoint,
    height_m: float,
    *,
    one: float = 0.0,
    two: float = 0.0,
    four: float = 0.0,
) -> MissionItem:
    return MissionItem(
        command=command,
        frame=Frame.GLOBAL_RELATIVE_ALT,
        params=(
            one,
            two,
            0.0,
            four,
            position.latitude_deg,
            position.longitude_deg,
            height_m,
        ),
    )
