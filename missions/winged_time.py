"""How long a plan takes on wings: legs at an air speed in the wind, corners flown as arcs.

An autopilot of a fixed wing turns before a waypoint, inside of the corner, as tightly as the
vehicle's turn radius lets it and the legs leave room for. A VTOL rises and lands as a multirotor
does (see `missions.px4_flight`), with a change to wings and back between.
"""

import math
from dataclasses import dataclass, field, replace

from missions.geodesy import GeoPoint, LocalPlane
from missions.plan import RELATIVE_FRAMES, Command, MissionItem, Plan
from missions.px4_flight.flight import fly_stages
from missions.px4_flight.returns import return_route
from missions.px4_flight.stages import LANDINGS, Kind, Stage, Stages, flown_place
from missions.vehicle import Vehicle
from missions.wind import CALM, Wind
from missions.wind_triangle import ground_speed_m_s

TAKEOFFS = frozenset((Command.NAV_TAKEOFF, Command.NAV_VTOL_TAKEOFF))
# A wing speeds up at about this; a VTOL's change back slows down at VT_B_DEC_MSS.
SPEED_UP_M_S2, SLOW_DOWN_M_S2 = 1.5, 2.0
# The run on the runway and the climb-out are flown slower than the cruise.
TAKEOFF_SHARE = 0.8
# From the last metre to standing still on the ground.
ROLL_OUT_S = 10.0
# PX4 counts a wing at its height within NAV_FW_ALT_RAD.
HEIGHT_ROOM_M = 10.0
LONGEST_STAY_S = 7.0 * 86_400.0
MOST_ITEMS = 20_000

Point = tuple[float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class WingedFlight:
    """Seconds since arming: when each item is done with, the way home begins, it stands again.

    `hover_s` of it is flown upright. `line` holds the corners: seconds, east, north, height.
    `climbs` are the waypoints that it comes to too low or too high: there it circles until it is
    at their height (PX4's FixedWingModeManager::handle_setpoint_type).
    """

    plane: LocalPlane
    items: tuple[tuple[int, float], ...]
    climbed_s: float
    returns_s: float
    landed_s: float
    hover_s: float
    line: tuple[tuple[float, float, float, float], ...]
    climbs: frozenset[int] = frozenset()
    unending: bool = False


def winged_flight(
    plan: Plan, vehicle: Vehicle, wind: Wind = CALM, *, comes_home: bool = True
) -> WingedFlight | None:
    """The flight that a plan makes on wings, None where it flies nowhere."""
    places = [flown_place(item) for item in plan.items]
    first = next((place for place in places if place is not None), None)
    if first is None:
        return None
    home = plan.home.position if plan.home is not None else first
    walk = _Walk(plan, vehicle, wind, LocalPlane(home), places)
    walk.fly()
    walk.come_home(len(plan.items) - 1, wanted=comes_home)
    return walk.flight()


@dataclass(slots=True)
class _Walk:
    """Goes through the list once; each leg is reckoned when the next is known, for its corner."""

    plan: Plan
    vehicle: Vehicle
    wind: Wind
    plane: LocalPlane
    places: list[GeoPoint | None]
    now_s: float = 0.0
    hover_s: float = 0.0
    climbed_s: float = 0.0
    returns_s: float | None = None
    speed_m_s: float = 0.0
    at: Point = (0.0, 0.0, 0.0)
    course: float | None = None
    flying: bool = False
    over: bool = False
    unending: bool = False
    items: list[tuple[int, float]] = field(default_factory=list)
    line: list[tuple[float, float, float, float]] = field(default_factory=list)
    climbs: set[int] = field(default_factory=set)
    jumped: dict[int, int] = field(default_factory=dict)

    def fly(self) -> None:
        """Every item until a landing or the end, jumps followed."""
        self.speed_m_s = self.vehicle.cruise_speed_m_s
        index = 0
        for _ in range(MOST_ITEMS):
            if self.over or not 0 <= index < len(self.plan.items):
                return
            item = self.plan.items[index]
            if item.command == Command.DO_JUMP and self._jumps(index, item):
                index = int(item.params[0])
                continue
            self._do(index, item)
            self.items.append((index, self.now_s))
            index += 1
        self.unending = True

    def come_home(self, index: int, *, wanted: bool = True) -> None:
        """As RTL_TYPE has it, and down, where the plan does not say how."""
        if not wanted or not self.flying or self.over:
            return
        self.returns_s = self.now_s
        at = self.plane.geo(*self.at[:2])
        route = return_route(self.plan, self.vehicle.px4.rtl_type, at, index)
        for item in () if route is None else route.items:
            target = self._target(self.plan.items[item], self.places[item])
            if target is not None:
                lands = self.plan.items[item].command in LANDINGS
                self._leg((*target[:2], self.at[2]) if lands else target)
        east, north = (0.0, 0.0) if route is None else self.plane.en(route.place)
        self._leg((east, north, self.at[2]))
        self._land((east, north, 0.0))

    def flight(self) -> WingedFlight:
        """What came of it."""
        return WingedFlight(
            plane=self.plane,
            items=tuple(self.items),
            climbed_s=self.climbed_s,
            returns_s=self.now_s if self.returns_s is None else self.returns_s,
            landed_s=self.now_s,
            hover_s=self.hover_s,
            line=tuple(self.line),
            climbs=frozenset(self.climbs),
            unending=self.unending,
        )

    def _jumps(self, index: int, item: MissionItem) -> bool:
        repeats = item.params[1] if math.isfinite(item.params[1]) else 0.0
        self.unending = self.unending or repeats < 0.0
        made = self.jumped.get(index, 0)
        if made >= (1 if repeats < 0.0 else int(repeats)) or not math.isfinite(item.params[0]):
            return False
        self.jumped[index] = made + 1
        return True

    def _do(self, index: int, item: MissionItem) -> None:
        place = self.places[index]
        if place is not None:
            self._fly_to(index, item, place)
        elif item.command == Command.NAV_RETURN_TO_LAUNCH:
            self.come_home(index)
        elif item.command == Command.DO_CHANGE_SPEED and item.params[1] > 0.0:
            self.speed_m_s = item.params[1]
        elif item.command == Command.NAV_DELAY and item.params[0] > 0.0:
            self.now_s += min(item.params[0], LONGEST_STAY_S)

    def _fly_to(self, index: int, item: MissionItem, place: GeoPoint) -> None:
        target = self._target(item, place)
        assert target is not None
        if not self.flying:
            self._take_off(target)
            if item.command in TAKEOFFS:
                return
        if item.command in LANDINGS:
            if not self.vehicle.hovers:
                # FW_LND_AIRSPD: by default the least.
                self.speed_m_s = self.vehicle.min_airspeed_m_s
            self._leg((target[0], target[1], self.at[2]))
            self._land(target)
            return
        at_height = self._leg(target)
        if item.command == Command.NAV_WAYPOINT and not at_height:
            self.climbs.add(index)
        if item.command == Command.NAV_LOITER_TO_ALT:
            # From where it comes into the circle to where it leaves it: half of it on the mean.
            radius = abs(item.params[1]) or self.vehicle.px4.nav_loiter_rad_m
            self.now_s += math.pi * radius / self.speed_m_s
        if item.command in (Command.NAV_LOITER_TIME, Command.NAV_WAYPOINT):
            self.now_s += min(item.params[0], LONGEST_STAY_S) if item.params[0] > 0.0 else 0.0
        if item.command == Command.NAV_LOITER_UNLIM:
            self.unending = self.over = True

    def _target(self, item: MissionItem, place: GeoPoint | None) -> Point | None:
        if place is None:
            return None
        height = item.params[6]
        if item.frame not in RELATIVE_FRAMES and self.plan.home is not None:
            height -= self.plan.home.height.m
        return (*self.plane.en(place), height if math.isfinite(height) else self.at[2])

    def _take_off(self, target: Point) -> None:
        self.flying = True
        self._note()
        if self.vehicle.hovers:
            rise = _hovering(self.vehicle, max(target[2], 2.0))[0]
            speed_up = self.speed_m_s / SPEED_UP_M_S2
            self.now_s += rise + speed_up
            self.hover_s += rise + speed_up
            self.at = (0.0, 0.0, target[2])
        else:
            self._climb_out(target)
        self.climbed_s = self.now_s
        self._note()

    def _climb_out(self, target: Point) -> None:
        """Done at the height, wherever on the way to the take-off's place that is."""
        slow = TAKEOFF_SHARE * self.speed_m_s
        climb = target[2] / self.vehicle.climb_speed_m_s
        away = math.hypot(target[0], target[1])
        share = min(1.0, slow * climb / away) if away > 0.0 else 0.0
        self.now_s += self.vehicle.px4.com_spoolup_time_s + slow / SPEED_UP_M_S2 + climb
        self.at = (share * target[0], share * target[1], target[2])

    def _land(self, target: Point) -> None:
        if self.vehicle.hovers:
            slowing = self.speed_m_s / SLOW_DOWN_M_S2 / 2.0
            down = _hovering(self.vehicle, max(self.at[2] - target[2], 1.0))[1]
            self.now_s += slowing + down
            self.hover_s += slowing + down
        else:
            self.now_s += ROLL_OUT_S
        self.at, self.over = target, True
        self._note()

    def _leg(self, target: Point) -> bool:
        """One leg: its length less what the corner before it saves, no shorter than the climb.

        Says whether it comes to the place at its height.
        """
        de, dn = target[0] - self.at[0], target[1] - self.at[1]
        length = math.hypot(de, dn)
        rise = target[2] - self.at[2]
        if length > 1e-6:
            course = math.atan2(de, dn)
            speed = ground_speed_m_s(course, self.speed_m_s, self.wind)
            level = math.inf if speed is None else max(length - self._saved_m(course, length), 0.0)
            level = level / speed if speed is not None else math.inf
            self.course = course
        else:
            level = 0.0
        rate = self.vehicle.climb_speed_m_s if rise > 0.0 else self.vehicle.descent_speed_m_s
        vertical = max(abs(rise) - HEIGHT_ROOM_M, 0.0) / rate
        self.now_s += max(level, vertical)
        self.at = target
        self._note()
        return vertical <= level

    def _saved_m(self, course: float, length: float) -> float:
        """What an arc inside of the corner before a leg is shorter than the corner."""
        if self.course is None:
            return 0.0
        turn = abs(math.remainder(course - self.course, 2.0 * math.pi))
        half = min(turn, math.radians(150.0)) / 2.0
        # The arc begins no further from the corner than the leg leaves room for.
        reach = min(self.vehicle.turn_radius_m * math.tan(half), length / 2.0)
        radius = reach / math.tan(half) if half > 1e-6 else 0.0
        return 2.0 * (reach - radius * half)

    def _note(self) -> None:
        self.line.append((self.now_s, *self.at))


def _hovering(vehicle: Vehicle, height_m: float) -> tuple[float, float]:
    """Seconds up to a height, from arming, and down from it, as PX4's multirotor."""
    px4 = vehicle.px4
    up = Stage(
        item=0,
        kind=Kind.RISE,
        target=(0.0, 0.0, -height_m),
        acceptance_m=px4.nav_acc_rad_m,
        room_m=px4.nav_mc_alt_rad_m,
        speed_m_s=1.0,
        patience_s=math.inf,
    )
    down = replace(up, kind=Kind.LAND, target=(0.0, 0.0, 0.0))
    plane = LocalPlane(GeoPoint(latitude_deg=0.0, longitude_deg=0.0))
    ends = fly_stages(
        Stages(plane=plane, stages=[up, down]), vehicle, CALM, every_s=math.inf
    ).ends_s
    return float(ends[0]), float(ends[1] - ends[0])
