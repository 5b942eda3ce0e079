"""A Plan as a DJI flight (WPML 1.0.6 in a KMZ), heights above the take-off point.

What WPML has no word for is said, never dropped in silence.
Source: https://developer.dji.com/doc/cloud-api-tutorial/en/api-reference/dji-wpml/overview.html
"""

import math

from missions.errors import Failed
from missions.files.archive import packed
from missions.files.wpml_document import (
    FASTEST_M_S,
    DjiModel,
    Func,
    Stop,
    Wayline,
    decimal,
    documents,
)
from missions.geodesy import GeoPoint, distance_m
from missions.plan import RELATIVE_FRAMES, Command, Frame, MissionItem, Plan

WAYPOINTS_AT_MOST = 65_535
SAME_PLACE_M = 1.0
FLOWN = frozenset((Command.NAV_WAYPOINT, Command.NAV_LOITER_TIME))
# Flown as a plain waypoint: WPML has no circles.
AS_WAYPOINT = {
    Command.NAV_LOITER_UNLIM: "an endless loiter",
    Command.NAV_LOITER_TURNS: "a loiter by turns",
    Command.NAV_LOITER_TO_ALT: "a loiter to a height",
}
ROI = frozenset((Command.DO_SET_ROI_LOCATION, Command.DO_SET_ROI, Command.NAV_ROI))
# Said of the whole flight by other means, or without a meaning for DJI.
SILENT = frozenset((Command.DO_GIMBAL_MANAGER_CONFIGURE, Command.DO_LAND_START))
ABSOLUTE = frozenset((Frame.GLOBAL, Frame.GLOBAL_INT))

MODELS = {
    one.name: one
    for one in (
        DjiModel(name="m30", drone=67, drone_sub=0, payload=52),
        DjiModel(name="m30t", drone=67, drone_sub=1, payload=53),
        DjiModel(name="m3e", drone=77, drone_sub=0, payload=66),
        DjiModel(name="m3t", drone=77, drone_sub=1, payload=67),
        DjiModel(name="m3d", drone=91, drone_sub=0, payload=80),
        DjiModel(name="m3td", drone=91, drone_sub=1, payload=81),
        DjiModel(name="m300-h20t", drone=60, drone_sub=0, payload=43),
        DjiModel(name="m350-h20t", drone=89, drone_sub=0, payload=43),
    )
}
DEFAULT_MODEL = "m30t"


def wpml_from_plan(plan: Plan, model: DjiModel | None = None) -> tuple[bytes, tuple[str, ...]]:
    """The KMZ of a plan, and what of the plan such a file cannot hold.

    Raises:
        Failed: it has fewer than two waypoints, or a height that only its home or the terrain
            could turn into one above the take-off point.
    """
    flight = _Flight(plan)
    flight.run()
    aircraft = model or MODELS[DEFAULT_MODEL]
    if model is None:
        flight.note(f"made for the DJI {DEFAULT_MODEL}: another model must be chosen before flight")
    wayline = Wayline(
        stops=tuple(flight.stops),
        finish=flight.finish,
        takeoff_m=flight.takeoff_m,
        speed_m_s=min(flight.first_speed or flight.stops[0].speed_m_s, FASTEST_M_S),
    )
    return packed(documents(wayline, aircraft)), tuple(dict.fromkeys(flight.notes))


class _Flight:
    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._towards: GeoPoint | None = None
        self._towards_m = 0.0
        self._speed = plan.cruise_speed_m_s or 10.0
        self._open: int | None = None
        self._early: list[Func] = []
        self.stops: list[Stop] = []
        self.notes: list[str] = []
        self.finish = "noAction"
        self.takeoff_m = 20.0
        self.first_speed: float | None = None

    def note(self, text: str) -> None:
        self.notes.append(text)

    def run(self) -> None:
        self._before_the_items()
        for index, item in enumerate(self._plan.items):
            self._item(index, item)
        self._close_trigger()
        if not 2 <= len(self.stops) <= WAYPOINTS_AT_MOST:
            raise Failed(
                f"a DJI flight has 2 to {WAYPOINTS_AT_MOST} waypoints, not {len(self.stops)}"
            )
        if any(stop.speed_m_s > FASTEST_M_S for stop in self.stops):
            self.note(f"speeds are lowered to {FASTEST_M_S:g} m/s, the fastest a wayline has")

    def _before_the_items(self) -> None:
        fence = self._plan.fence
        if fence.polygons or fence.circles:
            self.note("the fence is left out: WPML has none")
        if self._plan.rally:
            self.note("the rally points are left out: WPML has none")
        if self._plan.home is not None:
            self.note("the home is left out: a DJI aircraft takes off from where it stands")
        if self._plan.complex_items:
            self.note("surveys and scans are written as plain waypoints")

    def _item(self, index: int, item: MissionItem) -> None:
        command = item.command
        if command in FLOWN or command in AS_WAYPOINT:
            self._waypoint(index, item)
        elif command in (Command.NAV_TAKEOFF, Command.NAV_VTOL_TAKEOFF):
            self.takeoff_m = self._height(index, item)
        elif command == Command.NAV_RETURN_TO_LAUNCH:
            self.finish = "goHome"
        elif command in (Command.NAV_LAND, Command.NAV_VTOL_LAND):
            self._land(item)
        elif command == Command.DO_CHANGE_SPEED:
            self._change_speed(item)
        elif command in ROI:
            self._towards = _place(item)
            self._towards_m = item.params[6] if item.frame in RELATIVE_FRAMES else 0.0
        elif command == Command.DO_SET_ROI_NONE:
            self._towards = None
        elif command not in SILENT:
            self._at_stop(index, item)

    def _waypoint(self, index: int, item: MissionItem) -> None:
        place = _place(item)
        if place is None:
            self.note(f"item {index}: a waypoint without a position is left out")
            return
        if item.command in AS_WAYPOINT:
            self.note(f"item {index}: {AS_WAYPOINT[Command(item.command)]} is a plain waypoint")
        circles = item.command in AS_WAYPOINT
        stop = Stop(
            position=place,
            height_m=self._height(index, item),
            speed_m_s=self._speed,
            radius_m=0.0 if circles else max(0.0, _or_zero(item.params[1])),
            yaw_deg=math.nan if circles else item.params[3],
            towards=self._towards,
        )
        dwell = 0.0 if circles else max(0.0, _or_zero(item.params[0]))
        if item.command == Command.NAV_LOITER_TIME:
            stop.radius_m = 0.0
        stop.funcs += self._early
        self._early = []
        if self._towards is not None:
            stop.funcs.append(_gimbal(self._pitch_to_place(stop), 0.0))
        if dwell > 0.0:
            stop.funcs.append(_hover(dwell))
        self.stops.append(stop)

    def _pitch_to_place(self, stop: Stop) -> float:
        assert self._towards is not None
        away = distance_m(stop.position, self._towards)
        return math.degrees(math.atan2(self._towards_m - stop.height_m, away))

    def _height(self, index: int, item: MissionItem) -> float:
        height = item.params[6]
        if not math.isfinite(height):
            raise Failed(f"item {index} has no height, which a DJI waypoint needs")
        if item.frame in RELATIVE_FRAMES:
            return height
        home = self._plan.home
        if item.frame in ABSOLUTE and home is not None and math.isfinite(home.height.m):
            self.note("heights above sea level are written as above the home")
            return height - home.height.m
        kind = "above sea level" if item.frame in ABSOLUTE else "above the terrain"
        raise Failed(f"item {index}: its height {kind} cannot be had above the take-off point")

    def _land(self, item: MissionItem) -> None:
        place, home = _place(item), self._plan.home
        if place is None or (home is not None and distance_m(place, home.position) < SAME_PLACE_M):
            self.finish = "goHome" if place is not None else "autoLand"
            return
        self.finish = "autoLand"
        if self.stops and distance_m(place, self.stops[-1].position) >= SAME_PLACE_M:
            last = self.stops[-1]
            self.stops.append(
                Stop(
                    position=place,
                    height_m=last.height_m,
                    speed_m_s=self._speed,
                    radius_m=0.0,
                    yaw_deg=math.nan,
                    towards=None,
                )
            )

    def _change_speed(self, item: MissionItem) -> None:
        if item.params[1] <= 0.0 or math.isnan(item.params[1]):
            return
        self._speed = item.params[1]
        if self.stops:
            self.stops[-1].speed_m_s = self._speed
        else:
            self.first_speed = self._speed

    def _at_stop(self, index: int, item: MissionItem) -> None:
        """An action where the aircraft is: at the last waypoint, or on the first where none was."""
        if item.command in (Command.DO_SET_CAM_TRIGG_DIST, Command.DO_SET_CAM_TRIGG_INTERVAL):
            scale = 1.0 if item.command == Command.DO_SET_CAM_TRIGG_DIST else 0.001
            kind = "multipleDistance" if scale == 1.0 else "multipleTiming"
            self._trigger(index, kind, _or_zero(item.params[0]) * scale)
            return
        if item.command == Command.IMAGE_START_CAPTURE and _or_zero(item.params[1]) > 0.0:
            self._trigger(index, "multipleTiming", item.params[1])
            return
        if item.command == Command.IMAGE_STOP_CAPTURE:
            self._close_trigger()
            return
        func = _func(item)
        if func is None:
            self.note(f"item {index}: command {item.command} is left out, WPML has none like it")
        elif self.stops:
            self.stops[-1].funcs.append(func)
        else:
            # On the way to the first waypoint: done there, before anything else.
            self._early.append(func)

    def _trigger(self, index: int, kind: str, every: float) -> None:
        self._close_trigger()
        if every <= 0.0:
            return
        if not self.stops:
            self.note(f"item {index}: pictures before the first waypoint are left out")
            return
        if self.stops[-1].trigger is not None:
            self.note(f"item {index}: a second interval of pictures at one waypoint is left out")
            return
        self.stops[-1].trigger = (kind, every)
        self._open = len(self.stops) - 1

    def _close_trigger(self) -> None:
        if self._open is not None:
            self.stops[self._open].trigger_until = len(self.stops) - 1
        self._open = None


def _place(item: MissionItem) -> GeoPoint | None:
    if not item.has_position or not math.isfinite(item.latitude_deg + item.longitude_deg):
        return None
    return GeoPoint(latitude_deg=item.latitude_deg, longitude_deg=item.longitude_deg)


def _or_zero(value: float) -> float:
    return 0.0 if math.isnan(value) else value


def _func(item: MissionItem) -> Func | None:
    one, _, three = item.params[:3]
    if item.command == Command.DO_GIMBAL_MANAGER_PITCHYAW:
        yaw_lock = int(_or_zero(item.params[4])) & 16 > 0
        return _gimbal(one, item.params[1], north=yaw_lock)
    if item.command == Command.DO_MOUNT_CONTROL:
        return _gimbal(one, three)
    if item.command == Command.NAV_DELAY and one >= 0.0:
        return _hover(one)
    payload = {"payloadPositionIndex": "0"}
    plain = {
        Command.IMAGE_START_CAPTURE: "takePhoto",
        Command.VIDEO_START_CAPTURE: "startRecord",
        Command.VIDEO_STOP_CAPTURE: "stopRecord",
    }
    known = next((plain[one] for one in plain if one == item.command), None)
    return None if known is None else (known, payload)


def _hover(seconds: float) -> Func:
    return "hover", {"hoverTime": decimal(seconds)}


def _gimbal(pitch_deg: float, yaw_deg: float, *, north: bool = False) -> Func:
    turns_yaw = not math.isnan(yaw_deg) and (north or yaw_deg != 0.0)
    return "gimbalRotate", {
        "gimbalHeadingYawBase": "north" if north else "aircraft",
        "gimbalRotateMode": "absoluteAngle",
        "gimbalPitchRotateEnable": "0" if math.isnan(pitch_deg) else "1",
        "gimbalPitchRotateAngle": decimal(_or_zero(pitch_deg)),
        "gimbalRollRotateEnable": "0",
        "gimbalRollRotateAngle": "0",
        "gimbalYawRotateEnable": "1" if turns_yaw else "0",
        "gimbalYawRotateAngle": decimal(_or_zero(yaw_deg)),
        "gimbalRotateTimeEnable": "0",
        "gimbalRotateTime": "0",
        "payloadPositionIndex": "0",
    }
