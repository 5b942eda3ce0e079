"""A plan as it is flown in a wind: straight parts, each with its item, its times and its camera.

Each leg's share of the time is by `missions.time_model`, longer where the wind slows it down; the
whole is as long as PX4 takes (`paced`). A jump is taken
as often as it says; a flight that would not end is followed for twice the vehicle's endurance.
"""

import math
from dataclasses import dataclass, field

import numpy as np

from missions.checks.around.camera_state import CameraState, is_one_picture
from missions.checks.around.homeward import Homeward
from missions.checks.around.paced import paced
from missions.checks.around.part import Kind, Part, Spot, Track
from missions.checks.places import place_of_item
from missions.checks.px4_profile import FLOWN_TO, TAKEOFFS
from missions.geodesy import GeoPoint, LocalPlane
from missions.plan import RELATIVE_FRAMES, Command, Frame, MissionItem, Plan
from missions.terrain.surface import NoGround, Terrain
from missions.time_model import leg_times_s
from missions.vehicle import Vehicle
from missions.wind import CALM, Wind
from missions.wind_triangle import airspeed_m_s, flown_ground_speed_m_s

LANDINGS = frozenset((Command.NAV_LAND, Command.NAV_VTOL_LAND))
TERRAIN_FRAMES = frozenset((Frame.GLOBAL_TERRAIN_ALT, Frame.GLOBAL_TERRAIN_ALT_INT))
RETURN_HEIGHT_M = 30.0
LEVEL_M = 0.01
ROUND_PARTS = 24
MOST_PARTS = 200_000


def flown_track(
    plan: Plan,
    vehicle: Vehicle,
    *,
    wind: Wind = CALM,
    terrain: Terrain | None = None,
    return_height_m: float = RETURN_HEIGHT_M,
) -> Track | None:
    """The flight of a plan; None where it names no home or flies to nothing."""
    if plan.home is None or not any(item.command in FLOWN_TO for item in plan.items):
        return None
    plane = LocalPlane(plan.home.position)
    homeward = Homeward(
        plan=plan,
        plane=plane,
        px4=vehicle.px4,
        return_height_m=return_height_m,
        home_amsl_m=home_amsl_m(plan, terrain),
        winged=vehicle.winged,
    )
    walk = _Walk(plan, vehicle, wind, terrain, plane, homeward)
    walk.fly()
    parts = tuple(walk.parts)
    if not walk.endless:
        parts = paced(parts, plan, vehicle, wind, comes_home=walk.landed)
    return Track(
        plane=walk.plane,
        home_amsl_m=walk.home_amsl_m,
        parts=parts,
        ends_home=walk.landed,
        endless=walk.endless,
        homeward=None if homeward.straight else homeward,
    )


def home_amsl_m(plan: Plan, terrain: Terrain | None) -> float:
    """Home's height above sea level: the plan's, else the ground's, else NaN."""
    assert plan.home is not None
    if math.isfinite(plan.home.height.m) or terrain is None:
        return plan.home.height.m
    found = terrain.ground(plan.home.position)
    return math.nan if isinstance(found, NoGround) else found.height.m


@dataclass(slots=True)
class _Ahead:
    """A spot to be flown to without a stop on the way there."""

    item: int
    spot: Spot
    kind: Kind
    camera: CameraState
    heading_rad: float | None
    returning: bool = False


@dataclass(slots=True)
class _Walk:
    """The vehicle as the list is gone through."""

    plan: Plan
    vehicle: Vehicle
    wind: Wind
    terrain: Terrain | None
    plane: LocalPlane
    homeward: Homeward
    home_amsl_m: float = math.nan
    speed_m_s: float = 0.0
    now_s: float = 0.0
    at: Spot = (0.0, 0.0, 0.0)
    camera: CameraState = field(default_factory=CameraState)
    ahead: list[_Ahead] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    landed: bool = False
    endless: bool = False
    jumps: bool = False

    def fly(self) -> None:
        """Go through the list until it ends, lands, or has lasted too long."""
        self.home_amsl_m = self.homeward.home_amsl_m
        # What QGC writes of speeds into a .plan never reaches PX4.
        self.speed_m_s = self.vehicle.cruise_speed_m_s
        items, index = self.plan.items, 0
        left = {i: _repeats(one) for i, one in enumerate(items) if one.command == Command.DO_JUMP}
        self.jumps = bool(left)
        self._lift_off()
        steps = 0
        while index < len(items) and not self.landed and not self.endless:
            # A lap that goes nowhere takes no time.
            steps += 1
            self.endless = steps > MOST_PARTS
            to = self._jump(index, left)
            if to is None:
                self._do(index, items[index])
            index = index + 1 if to is None else to
        self._stop()

    def _jump(self, index: int, left: dict[int, float]) -> int | None:
        """Where a jump leads; None where there is none, or it has been taken often enough."""
        item = self.plan.items[index]
        to = item.params[0]
        if index not in left or left[index] < 1.0 or not 0.0 <= to < len(self.plan.items):
            return None
        passed = self.plan.items[int(to) : index]
        if to <= index and not any(one.command in FLOWN_TO for one in passed):
            # It passes nothing flown to: it would never end and moves nothing.
            return None
        left[index] -= 1.0
        self._stop()
        return int(to)

    def _lift_off(self) -> None:
        index = next(i for i, one in enumerate(self.plan.items) if one.command in FLOWN_TO)
        first = self.plan.items[index]
        if first.command not in TAKEOFFS:
            self._climb(index, self._up_m(first, place_of_item(first)))

    def _do(self, index: int, item: MissionItem) -> None:
        if item.command in FLOWN_TO:
            self._fly_to(index, item)
        elif item.command == Command.NAV_RETURN_TO_LAUNCH:
            self._return(index)
        elif item.command == Command.NAV_DELAY:
            self._stay(index, item.params[0])
        elif item.command == Command.DO_CHANGE_SPEED and 0.0 < item.params[1] < math.inf:
            self._stop()
            self.speed_m_s = item.params[1]
        else:
            self.camera = self.camera.after(item)
            if is_one_picture(item):
                self._stop()
                self._part(index, Kind.PICTURE, self.at, 0.0, self.camera)

    def _fly_to(self, index: int, item: MissionItem) -> None:
        place = place_of_item(item)
        if item.command in TAKEOFFS:
            self._climb(index, self._up_m(item, place))
        if place is None:
            return
        east, north = self.plane.en(place)
        if item.command in LANDINGS:
            self._go(index, (east, north, self._last()[2]), item)
            self._climb(index, self._ground_up_m(place))
            self.landed = True
            return
        self._go(index, (east, north, self._up_m(item, place)), item)
        self._dwell(index, item)

    def _go(self, index: int, spot: Spot, item: MissionItem | None) -> None:
        yaw = item.params[3] if item is not None else math.nan
        heading = math.radians(yaw) if math.isfinite(yaw) else None
        returning = item is None
        if spot != self._last():
            going = _Ahead(index, spot, Kind.LEG, self.camera, heading, returning)
            self.ahead.append(going)

    def _dwell(self, index: int, item: MissionItem) -> None:
        seconds = item.params[0] if math.isfinite(item.params[0]) else 0.0
        if item.command == Command.NAV_LOITER_UNLIM:
            seconds = 2.0 * self.vehicle.endurance_s
        elif item.command not in (Command.NAV_LOITER_TIME, Command.NAV_WAYPOINT):
            seconds = 0.0
        radius = abs(item.params[2]) if math.isfinite(item.params[2]) else 0.0
        if self.vehicle.winged and item.command != Command.NAV_WAYPOINT and seconds > 0.0:
            self._circle(index, max(radius, self.vehicle.turn_radius_m), seconds)
        else:
            self._stay(index, seconds)

    def _circle(self, index: int, radius_m: float, seconds: float) -> None:
        self._stop()
        centre = self.at
        for i in range(ROUND_PARTS):
            angle = 2.0 * math.pi * (i + 1) / ROUND_PARTS
            around = radius_m * math.sin(angle), radius_m * math.cos(angle)
            spot = centre[0] + around[0], centre[1] + around[1], centre[2]
            self._part(index, Kind.ROUND, spot, seconds / ROUND_PARTS, self.camera)

    def _stay(self, index: int, seconds: float) -> None:
        if math.isfinite(seconds) and seconds > 0.0:
            self._stop()
            self._part(index, Kind.STAY, self.at, seconds, self.camera)

    def _return(self, index: int) -> None:
        """PX4's RTL: up to its height where it is, the way that RTL_TYPE has it go, down."""
        self._stop()
        route = self.homeward.route(self.at, index)
        if route is None or not route.items:
            self.speed_m_s = self.vehicle.cruise_speed_m_s
        _, *on, down = self.homeward.spots(self.at, index)
        for spot in on:
            if spot[:2] == self._last()[:2]:
                self._climb(index, spot[2])
            else:
                self._go(index, spot, None)
        self._climb(index, down[2])
        self.landed = True

    def _climb(self, index: int, up_m: float) -> None:
        self._stop()
        rise = up_m - self.at[2]
        rate = self.vehicle.climb_speed_m_s if rise > 0.0 else self.vehicle.descent_speed_m_s
        if abs(rise) > LEVEL_M:
            self._part(index, Kind.UPRIGHT, (*self.at[:2], up_m), abs(rise) / rate, self.camera)

    def _last(self) -> Spot:
        return self.ahead[-1].spot if self.ahead else self.at

    def _stop(self) -> None:
        """Fly what lies ahead, to a standstill at its end."""
        if self.ahead:
            spots = np.array([self.at, *(one.spot for one in self.ahead)])
            times = leg_times_s(spots[:, :2], self.vehicle, speed_m_s=self.speed_m_s)
            for one, seconds in zip(self.ahead, times.tolist(), strict=True):
                self._fly_leg(one, seconds)
        self.ahead = []

    def _fly_leg(self, one: _Ahead, still_s: float) -> None:
        (east, north, up), (a, b, c) = self.at, one.spot
        course = math.atan2(a - east, b - north)
        rise = c - up
        rate = self.vehicle.climb_speed_m_s if rise > 0.0 else self.vehicle.descent_speed_m_s
        made = flown_ground_speed_m_s(course, self.speed_m_s, self.vehicle, self.wind)
        level_s = still_s if made is None else still_s * self.speed_m_s / max(made, 1e-3)
        kind = one.kind if math.hypot(a - east, b - north) > LEVEL_M else Kind.UPRIGHT
        through_air = airspeed_m_s(course, made or self.speed_m_s, self.wind)
        self._part(
            one.item,
            kind,
            one.spot,
            max(level_s, abs(rise) / rate),
            one.camera,
            airspeed=through_air if kind is Kind.LEG else None,
            held=made is not None or kind is Kind.UPRIGHT,
            heading=one.heading_rad if one.heading_rad is not None else course,
            returning=one.returning,
            lacking=0.0 if self.vehicle.winged or made is None else self.speed_m_s - made,
        )

    def _part(
        self,
        index: int,
        kind: Kind,
        end: Spot,
        seconds: float,
        camera: CameraState,
        *,
        airspeed: float | None = None,
        held: bool = True,
        heading: float | None = None,
        returning: bool = False,
        lacking: float = 0.0,
    ) -> None:
        through_air = self.wind.speed_m_s if airspeed is None else airspeed
        before = self.parts[-1].heading_rad if self.parts else None
        until = self.now_s + seconds
        part = Part(
            index,
            kind,
            self.at,
            end,
            self.now_s,
            until,
            through_air,
            camera,
            held,
            before if heading is None and kind is not Kind.ROUND else heading,
            returning,
            lacking,
        )
        self.parts.append(part)
        self.at, self.now_s = end, until
        too_long = until > 2.0 * self.vehicle.endurance_s and not math.isinf(until)
        self.endless = self.endless or len(self.parts) > MOST_PARTS or (too_long and self.jumps)

    def _up_m(self, item: MissionItem, place: GeoPoint | None) -> float:
        height = item.params[6]
        if not math.isfinite(height):
            return self._last()[2]
        if item.frame in RELATIVE_FRAMES:
            return height
        if item.frame in TERRAIN_FRAMES:
            return height + (0.0 if place is None else self._ground_up_m(place))
        above_home = height - self.home_amsl_m
        return above_home if math.isfinite(above_home) else self._last()[2]

    def _ground_up_m(self, place: GeoPoint) -> float:
        """The ground's height above home; level with home where it is not known."""
        found = None if self.terrain is None else self.terrain.ground(place)
        if found is None or isinstance(found, NoGround) or not math.isfinite(self.home_amsl_m):
            return 0.0
        return found.height.m - self.home_amsl_m


def _repeats(item: MissionItem) -> float:
    """How often a jump is taken: below zero, or without a number, for ever."""
    return item.params[1] if item.params[1] >= 0.0 else math.inf
