"""A plan as the stages that PX4's navigator makes a multirotor fly, one after another.

Source: PX4-Autopilot v1.17, src/modules/navigator/{mission,mission_base,rtl,rtl_*}.cpp.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum

from missions.geodesy import GeoPoint, LocalPlane
from missions.plan import RELATIVE_FRAMES, Command, MissionItem, Plan
from missions.px4_flight.parameters import Px4Parameters
from missions.px4_flight.returns import By, ReturnRoute, return_route
from missions.vehicle import Vehicle

NAN = math.nan
NOWHERE = (NAN, NAN, NAN)
Ned = tuple[float, float, float]

FLOWN = frozenset(
    (
        Command.NAV_WAYPOINT,
        Command.NAV_LOITER_UNLIM,
        Command.NAV_LOITER_TIME,
        Command.NAV_LAND,
        Command.NAV_TAKEOFF,
        Command.NAV_LOITER_TO_ALT,
        Command.NAV_VTOL_TAKEOFF,
        Command.NAV_VTOL_LAND,
    )
)
LANDINGS = frozenset((Command.NAV_LAND, Command.NAV_VTOL_LAND))
WITH_HEADING = frozenset((Command.NAV_WAYPOINT, Command.NAV_LOITER_UNLIM))
WITH_STAY = frozenset((Command.NAV_WAYPOINT, Command.NAV_LOITER_TIME))
# PX4 waits for these, MIS_COMMAND_TOUT seconds each.
AWAITED = frozenset((Command.DO_GIMBAL_MANAGER_PITCHYAW, 211, 42600))
# A mission that jumps for ever, or nearly so, is followed for so many items.
MOST_ITEMS = 20_000
LONGEST_STAY_S = 7.0 * 86_400.0


class Kind(IntEnum):
    """What a stage is; the kernels' numbers."""

    RISE = 0
    GO = 1
    CLIMB = 2
    WAIT = 3
    LAND = 4


@dataclass(slots=True, kw_only=True)
class Stage:
    """One stage; places are north, east, down in metres of home's ground. `item` made it.

    `following` is where the flight goes on to without a stop, `previous` where the leg began.
    """

    item: int
    kind: Kind
    target: Ned
    following: Ned = NOWHERE
    previous: Ned = NOWHERE
    acceptance_m: float = 0.0
    speed_m_s: float = 0.0
    stay_s: float = 0.0
    yaw: float = NAN
    room_m: float = 0.0
    patience_s: float = 0.0


@dataclass(slots=True, kw_only=True)
class Stages:
    """What is flown. `done` says for each item, as often as it is done, how many stages it ends.

    `returns_from` is the stage with which the way home begins, if there is one. `unending` says
    that the mission jumps or loiters for ever: it is followed once, or up to there.
    """

    plane: LocalPlane
    stages: list[Stage] = field(default_factory=list)
    done: list[tuple[int, int]] = field(default_factory=list)
    returns_from: int | None = None
    unending: bool = False


def stages_of(plan: Plan, vehicle: Vehicle, *, comes_home: bool) -> Stages | None:
    """The stages of a plan, None where it flies nowhere.

    A mission that neither returns nor lands is followed by a return where it `comes_home`.
    """
    places = [flown_place(item) for item in plan.items]
    first = next((place for place in places if place is not None), None)
    if first is None:
        return None
    home = plan.home.position if plan.home is not None else first
    walk = _Walk(plan, vehicle, LocalPlane(home), places)
    walk.fly()
    if comes_home and not walk.over:
        walk.go_home(len(plan.items) - 1)
    return walk.made


def flown_place(item: MissionItem) -> GeoPoint | None:
    """Where a flown item is; None where it is not flown to or names no place on Earth."""
    if item.command not in FLOWN:
        return None
    try:
        return GeoPoint(latitude_deg=item.latitude_deg, longitude_deg=item.longitude_deg)
    except ValueError:
        return None


class _Walk:
    """Goes through the list as the navigator does, jumps followed."""

    def __init__(
        self, plan: Plan, vehicle: Vehicle, plane: LocalPlane, places: list[GeoPoint | None]
    ) -> None:
        self.made = Stages(plane=plane)
        self.over = False
        self._plan = plan
        self._home = plan.home is not None
        self._items = plan.items
        self._vehicle = vehicle
        self._px4: Px4Parameters = vehicle.px4
        self._speed = vehicle.cruise_speed_m_s
        self._home_amsl_m = plan.home.height.m if plan.home is not None else NAN
        self._en = [None if place is None else plane.en(place) for place in places]
        self._jumped: dict[int, int] = {}
        self._at: Ned = (0.0, 0.0, 0.0)
        self._before: Ned = NOWHERE
        self._flying = False

    def fly(self) -> None:
        """Every item, until a landing, a return or the end."""
        index: int | None = 0
        for _ in range(MOST_ITEMS):
            index = None if index is None else self._resolved(index, count=True)
            if index is None or self.over:
                return
            self._do(index)
            self.made.done.append((index, len(self.made.stages)))
            index += 1
        self.made.unending = True

    def go_home(self, index: int) -> None:
        """RTL, as RTL_TYPE has it: up where it is, or by the mission; down.

        Straight it goes at the cruise speed; by items PX4 says the mission's speed again.
        """
        self.made.returns_from = len(self.made.stages)
        n, e, _ = self._at
        at = self.made.plane.geo(e, n)
        straight = ReturnRoute(by=By.DIRECT, place=self.made.plane.geo(0.0, 0.0))
        route = return_route(self._plan, self._px4.rtl_type, at, index) if self._home else straight
        if route is None:
            self._land(index, (n, e))
        elif route.by in (By.FORWARD, By.LANDING):
            self._by_landing(index, route)
        elif route.by is By.BACKWARD:
            self._by_items(index, route.items)
            self._move_and_land(index, (0.0, 0.0, 0.0), goes_on=False)
        else:
            self._straight(index, route)

    def _straight(self, index: int, route: ReturnRoute) -> None:
        px4 = self._px4
        self._speed = self._vehicle.cruise_speed_m_s
        east, north = self.made.plane.en(route.place)
        ground = self._rally_up_m(route.place)
        self._climb_to_return(index, (north, east), ground)
        height = -self._at[2]
        self._add(index, Kind.GO, (north, east, -height))
        if px4.rtl_land_delay_s > 0.0:
            down = max(-px4.rtl_descend_alt_m - ground, -height)
            self._add(index, Kind.CLIMB, (north, east, down), stay_s=px4.rtl_land_delay_s)
        self._land(index, (north, east), ground)

    def _climb_to_return(self, index: int, place: tuple[float, float], ground_m: float) -> None:
        """Up where it is, if a return to a place is flown higher."""
        n, e, d = self._at
        away = math.hypot(n - place[0], e - place[1])
        above = -d - ground_m
        height = ground_m + self._px4.return_height_m(distance_m=away, height_m=above)
        if height > -d + self._px4.nav_mc_alt_rad_m:
            self._add(index, Kind.CLIMB, (NAN, NAN, -height), passes=True)
        self._at = (n, e, -height)

    def _by_landing(self, index: int, route: ReturnRoute) -> None:
        """By the mission's items to its landing."""
        east, north = self.made.plane.en(route.place)
        if route.climbs:
            self._climb_to_return(index, (north, east), 0.0)
        lands = self._items[route.items[-1]].command in LANDINGS
        self._by_items(index, route.items[:-1] if lands else route.items)
        self._move_and_land(index, (north, east, 0.0))

    def _by_items(self, index: int, items: Sequence[int]) -> None:
        """From item to item, each passed as a waypoint."""
        flown = [item for item in items if self._en[item] is not None]
        for k, item in enumerate(flown):
            params = self._items[item].params
            own = params[1] if self._items[item].command == Command.NAV_WAYPOINT else 0.0
            self._add(
                index,
                Kind.GO,
                self._target(item),
                following=self._target(flown[k + 1]) if k + 1 < len(flown) else NOWHERE,
                acceptance_m=own if own > 0.0 else self._px4.nav_acc_rad_m,
            )

    def _rally_up_m(self, place: GeoPoint) -> float:
        """PX4 takes a rally point's height for that of the ground there."""
        heights = (one.height.m for one in self._plan.rally if one.position == place)
        return next((height for height in heights if math.isfinite(height)), 0.0)

    def _resolved(self, index: int, *, count: bool) -> int | None:
        """The item that is done at an index; PX4 follows at most ten jumps in a row."""
        for _ in range(10):
            if not 0 <= index < len(self._items):
                return None
            item = self._items[index]
            if item.command != Command.DO_JUMP:
                return index
            made = self._jumped.get(index, 0)
            if made >= self._repeats(item):
                index += 1
                continue
            if count:
                self._jumped[index] = made + 1
            index = int(item.params[0]) if math.isfinite(item.params[0]) else -1
        return None

    def _repeats(self, item: MissionItem) -> int:
        if item.params[1] < 0.0:
            self.made.unending = True
            return 1
        return int(item.params[1]) if math.isfinite(item.params[1]) else 0

    def _do(self, index: int) -> None:
        item = self._items[index]
        if self._en[index] is not None:
            self._fly_to(index, item)
        elif item.command == Command.NAV_RETURN_TO_LAUNCH:
            self.go_home(index)
        elif item.command == Command.DO_CHANGE_SPEED and item.params[1] > 0.0:
            self._speed = item.params[1]
        elif item.command == Command.NAV_DELAY and item.params[0] > 0.0:
            self._wait(index, item.params[0], stops=True)
        elif item.command in AWAITED and self._px4.mis_command_tout_s > 0.0:
            self._wait(index, self._px4.mis_command_tout_s, stops=False)

    def _fly_to(self, index: int, item: MissionItem) -> None:
        target = self._target(index)
        if not self._flying:
            self._rise(index, target)
        if item.command in LANDINGS:
            self._move_and_land(index, target)
        elif item.command == Command.NAV_LOITER_TO_ALT:
            self._loiter_to_height(index, item, target)
        else:
            self._go(index, item, target)
        if item.command == Command.NAV_LOITER_UNLIM:
            self.made.unending = self.over = True

    def _rise(self, index: int, target: Ned) -> None:
        self._flying = True
        up = (0.0, 0.0, min(target[2], -2.0 * self._px4.nav_mc_alt_rad_m))
        self._add(index, Kind.RISE, up)

    def _go(self, index: int, item: MissionItem, target: Ned) -> None:
        own = item.params[1] if item.command == Command.NAV_WAYPOINT else 0.0
        stay = item.params[0] if item.command in WITH_STAY and item.params[0] > 0.0 else 0.0
        yaw = item.params[3] if item.command in WITH_HEADING else NAN
        goes_on = stay <= 0.0 and item.autocontinue and item.command != Command.NAV_LOITER_UNLIM
        self._add(
            index,
            Kind.GO,
            target,
            following=self._following(index) if goes_on else NOWHERE,
            acceptance_m=own if own > 0.0 else self._px4.nav_acc_rad_m,
            stay_s=min(stay, LONGEST_STAY_S),
            yaw=math.radians(yaw),
        )

    def _loiter_to_height(self, index: int, item: MissionItem, target: Ned) -> None:
        own = abs(item.params[1]) if math.isfinite(item.params[1]) else 0.0
        circle = self._px4.nav_acc_rad_m + (own or self._px4.nav_loiter_rad_m)
        level = (target[0], target[1], self._at[2])
        self._add(index, Kind.GO, level, acceptance_m=circle)
        self._add(index, Kind.CLIMB, target)

    def _move_and_land(self, index: int, target: Ned, *, goes_on: bool = True) -> None:
        """Level to the place, then down.

        It `goes_on` where PX4 knows the landing for the next place: the height then swings about
        the one that is held, and that slows the way.
        """
        away = math.hypot(target[0] - self._at[0], target[1] - self._at[1])
        if away > self._px4.nav_acc_rad_m:
            level, after = (*target[:2], self._at[2]), target if goes_on else NOWHERE
            self._add(index, Kind.GO, level, following=after, from_anywhere=True)
        # A landing below home is on the ground there; from below home's level, where it is.
        self._land(index, target[:2], min(0.0, -target[2]))

    def _land(self, index: int, place: tuple[float, float], ground_m: float = 0.0) -> None:
        self._add(index, Kind.LAND, (*place, -ground_m))
        self.over = True

    def _wait(self, index: int, seconds: float, *, stops: bool) -> None:
        """Time passes while the last stage's place is still flown to."""
        stages = self.made.stages
        if not stages:
            return
        last = stages[-1]
        self._add(
            index,
            Kind.WAIT,
            last.target,
            following=NOWHERE if stops else last.following,
            acceptance_m=last.acceptance_m,
            stay_s=min(seconds, LONGEST_STAY_S),
            passes=True,
        )

    def _target(self, index: int) -> Ned:
        en = self._en[index]
        assert en is not None
        item = self._items[index]
        height = item.params[6]
        if item.frame not in RELATIVE_FRAMES:
            height -= self._home_amsl_m
        return en[1], en[0], -height if math.isfinite(height) else self._at[2]

    def _following(self, index: int) -> Ned:
        """The next item with a place, if nothing is waited for on the way."""
        after: int | None = index + 1
        for _ in range(len(self._items)):
            after = None if after is None else self._resolved(after, count=False)
            if after is None:
                return NOWHERE
            if self._en[after] is not None:
                return self._target(after)
            after += 1
        return NOWHERE

    def _add(
        self,
        index: int,
        kind: Kind,
        target: Ned,
        *,
        following: Ned = NOWHERE,
        acceptance_m: float | None = None,
        stay_s: float = 0.0,
        yaw: float = NAN,
        from_anywhere: bool = False,
        passes: bool = False,
    ) -> None:
        """A stage; one that `passes` leaves the leg's beginning as it is."""
        px4 = self._px4
        speed = min(self._speed, max(px4.mpc_xy_vel_max_m_s, self._vehicle.cruise_speed_m_s))
        room = px4.nav_mc_alt_rad_m
        stage = Stage(
            item=index,
            kind=kind,
            target=target,
            following=following,
            previous=NOWHERE if from_anywhere else self._before,
            acceptance_m=px4.nav_acc_rad_m if acceptance_m is None else acceptance_m,
            speed_m_s=speed,
            stay_s=stay_s,
            yaw=yaw,
            room_m=min(room, -target[2] / 2.0) if kind is Kind.RISE else room,
            patience_s=self._patience_s(kind, target, speed) + stay_s,
        )
        self.made.stages.append(stage)
        if not passes:
            self._at = self._before = target

    def _patience_s(self, kind: Kind, target: Ned, speed: float) -> float:
        """A time in which any stage that can be flown is over."""
        if kind is Kind.WAIT:
            return math.inf
        away = 0.0
        if math.isfinite(target[0]):
            away = math.hypot(target[0] - self._at[0], target[1] - self._at[1])
        slowest = min(
            self._vehicle.climb_speed_m_s,
            self._vehicle.descent_speed_m_s,
            self._px4.mpc_land_speed_m_s,
        )
        return 120.0 + 20.0 * away / speed + 3.0 * abs(target[2] - self._at[2]) / slowest
