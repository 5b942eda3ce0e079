"""A path becomes a plan that PX4 accepts: mission items, a fence around, a rally point.

Unused parameters are 0 (NaN where MAVLink reads NaN as 'leave it'), because PX4 refuses others.
"""

import math
from collections.abc import Sequence
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
from missions.winged_frame import Framed, winged_frame
from missions.winged_transit import circle_at

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


def assemble(path: PatrolPath, home: Home, how: Assembly, frame: Framed | None = None) -> Plan:
    """The plan that flies a path: take off at home, go there round the no-fly zones, fly it, end.

    The path's notes, and what could not be fenced or flown round, are the plan's notes. `frame` is
    what `framed` answers, where that is known.
    """
    frame = frame or framed(path, home, how)
    items = list(frame.before)
    if _turns_gimbal(path):
        items.append(_take_gimbal())
    if path.gaze is not None:
        items += _look(path.gaze)
    items += frame.out
    for _ in range(max(1, how.loops)):
        items += _flown(path, how)
    items += (*frame.back, *frame.behind)
    flown = (*frame.begins, *(point.position for point in path.points), *frame.ends)
    fence, notes_fence = _fence(flown, how)
    return Plan(
        items=tuple(items),
        home=home,
        fence=fence,
        rally=how.rally or (RallyPoint(position=home.position, height=GROUND),),
        cruise_speed_m_s=how.speed_m_s,
        hover_speed_m_s=how.speed_m_s,
        notes=(*path.notes, *notes_fence, *frame.notes),
    )


def framed(path: PatrolPath, home: Home, how: Assembly) -> Framed:
    """What comes before and behind a path."""
    return _frame(path, home, how) if how.wings is None else _winged_frame(path, home, how)


def path_items(path: PatrolPath, how: Assembly) -> tuple[MissionItem, ...]:
    """The items of the path alone, as it is flown: its speed, its places, what is done there."""
    return (_speed(how.speed_m_s), *_flown(path, how))


def _frame(path: PatrolPath, home: Home, how: Assembly) -> Framed:
    """What comes before and behind a path that is flown upright."""
    out, notes_out = _transit(home.position, path.points[0].position, how)
    last = how.land_at or home.position
    back, notes_back = _transit(path.points[-1].position, last, how)
    lands = how.land_at is not None or how.transit_height is not None
    if how.transit_height is not None:
        out = (*out, path.points[0].position)
        back = (path.points[-1].position, *back)
    takeoff = how.takeoff_height or _out_height(path, how)
    return Framed(
        before=(_takeoff(home.position, takeoff), _speed(how.speed_m_s)),
        out=_by_places(out, _out_height(path, how), how),
        back=_by_places(back, _back_height(path, how), how),
        behind=tuple(_end(last, Ending.LAND_AT_HOME if lands else how.ending)),
        begins=(home.position, *out),
        ends=(*back, last),
        notes=(*notes_out, *notes_back),
    )


def _winged_frame(path: PatrolPath, home: Home, how: Assembly) -> Framed:
    """The same for wings, which need room to turn."""
    assert how.wings is not None
    return winged_frame(
        path,
        home,
        tuple(_flown(path, how)),
        vehicle=how.wings,
        speed_m_s=how.speed_m_s,
        by_out=lambda way: _by_places(way, _out_height(path, how), how),
        by_back=lambda way: _by_places(way, _back_height(path, how), how),
        height=_out_height(path, how),
        land_at=how.land_at,
        no_fly=how.no_fly,
        holes=how.holes,
        clearance_m=how.clearance_m,
        wind=how.wind,
    )


def _out_height(path: PatrolPath, how: Assembly) -> HeightAboveHome:
    return how.transit_height or path.points[0].height


def _back_height(path: PatrolPath, how: Assembly) -> HeightAboveHome:
    return how.transit_height or path.points[-1].height


def _by_places(
    way: Sequence[GeoPoint], height: HeightAboveHome, how: Assembly
) -> tuple[MissionItem, ...]:
    return tuple(_waypoint(place, height, how) for place in way)


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
        return _dwell(point, how)
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


def _dwell(point: PathPoint, how: Assembly) -> MissionItem:
    place, height_m = point.position, point.height.m
    if how.wings is None:
        four = _yaw_deg(point.heading_rad)
        return _placed(Command.NAV_LOITER_TIME, place, height_m, one=point.dwell_s, four=four)
    # Wings leave their circle when the nose points to what comes next, along the tangent.
    place, radius_m = circle_at(place, how.no_fly, how.wings)
    return _placed(
        Command.NAV_LOITER_TIME,
        place,
        height_m,
        one=point.dwell_s,
        two=1.0,
        three=radius_m,
        four=1.0,
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
    three: float = 0.0,
    four: float = 0.0,
) -> MissionItem:
    return MissionItem(
        command=command,
        frame=Frame.GLOBAL_RELATIVE_ALT,
        params=(
            one,
            two,
            three,
            four,
            position.latitude_deg,
            position.longitude_deg,
            height_m,
        ),
    )
