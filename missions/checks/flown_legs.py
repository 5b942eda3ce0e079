"""The straight legs that a plan makes a multirotor fly, with heights above sea level at the ends.

Take-off and landing themselves are vertical and make no leg; the way to a landing is flown level,
as PX4 does; a return is flown as `return_legs` says; a jump makes the leg back to its target. A leg
has no length where only the height changes.
"""

import math
from dataclasses import dataclass, field

from missions.checks.places import place_of_item
from missions.checks.px4_profile import FLOWN_TO, TAKEOFFS
from missions.checks.return_legs import Returns
from missions.geodesy import GeoPoint
from missions.heights import HeightAboveGround, HeightAboveHome, HeightAmsl
from missions.plan import RELATIVE_FRAMES, Command, Frame, MissionItem, Plan
from missions.terrain.surface import NoGround, Terrain
from missions.vehicle import Vehicle

LANDINGS = frozenset((Command.NAV_LAND, Command.NAV_VTOL_LAND))
TERRAIN_FRAMES = frozenset((Frame.GLOBAL_TERRAIN_ALT, Frame.GLOBAL_TERRAIN_ALT_INT))


@dataclass(frozen=True, slots=True, kw_only=True)
class FlownLeg:
    """One leg; `item` is the mission item that it is flown for."""

    item: int
    start: GeoPoint
    end: GeoPoint
    start_height: HeightAmsl
    end_height: HeightAmsl
    speed_m_s: float
    returning: bool = False
    jumping: bool = False

    @property
    def name(self) -> str:
        """As a finding calls it."""
        if self.returning:
            return "the return home"
        if self.jumping:
            return f"the leg that item {self.item + 1} jumps back by"
        return f"the leg to item {self.item + 1}"


def flown_legs(
    plan: Plan,
    home: HeightAmsl,
    terrain: Terrain,
    vehicle: Vehicle,
    *,
    return_height_m: float,
) -> list[FlownLeg]:
    """The legs in the list's order, each jump taken once; none where the plan names no home.

    A leg is left out where a height is not given or, in a terrain frame, the ground is not known.
    """
    if plan.home is None:
        return []
    walk = _Walk(plan, home, terrain, vehicle, vehicle.cruise_speed_m_s)
    returns = returns_of(plan, home, terrain, vehicle, return_height_m=return_height_m)
    for index, item in enumerate(plan.items):
        if item.command == Command.NAV_RETURN_TO_LAUNCH:
            walk.go_home(index, returns)
        elif item.command == Command.DO_JUMP:
            walk.jump(index)
        elif item.command == Command.DO_CHANGE_SPEED and item.params[1] > 0.0:
            walk.speed_m_s = item.params[1]
        elif item.command in FLOWN_TO:
            walk.fly_to(index, item)
    return walk.legs


def returns_of(
    plan: Plan,
    home: HeightAmsl,
    terrain: Terrain,
    vehicle: Vehicle,
    *,
    return_height_m: float,
) -> Returns:
    """How a plan's vehicle returns from anywhere of it."""
    walk = _Walk(plan, home, terrain, vehicle, vehicle.cruise_speed_m_s)
    return Returns(
        plan=plan,
        home=home,
        px4=vehicle.px4.model_copy(update={"rtl_return_alt_m": return_height_m}),
        winged=vehicle.winged,
        height_of=lambda index: walk.height(plan.items[index]),
    )


@dataclass(slots=True)
class _Walk:
    """Where the vehicle is as the list is gone through."""

    plan: Plan
    home: HeightAmsl
    terrain: Terrain
    vehicle: Vehicle
    speed_m_s: float
    legs: list[FlownLeg] = field(default_factory=list)
    at: tuple[GeoPoint, HeightAmsl] | None = None

    def fly_to(self, index: int, item: MissionItem) -> None:
        """To an item; a take-off rises where the vehicle stands, a landing is flown to level."""
        place, height = place_of_item(item), self.height(item)
        if item.command in TAKEOFFS and self.plan.home is not None:
            place = place or self.plan.home.position
            self.at = None if height is None else (self.plan.home.position, height)
            if place == self.plan.home.position:
                return
        if item.command in LANDINGS and self.at is not None:
            height = self.at[1]
        if place is None or height is None:
            self.at = None
            return
        self._leg(index, place, height)

    def go_home(self, index: int, returns: Returns) -> None:
        """PX4's return: up to its height where it is, then by the way that RTL_TYPE has it go."""
        if self.at is not None:
            self.speed_m_s = self.vehicle.cruise_speed_m_s
            begun, *turns = returns.turns(*self.at, index)
            self.at = begun
            for place, height in turns:
                self._leg(index, place, height, returning=True)
        self.at = None

    def jump(self, index: int) -> None:
        """The leg to the first item that is flown to, from the jump's target on."""
        first = self.plan.items[index].params[0]
        before = self.at
        if not 0.0 <= first < len(self.plan.items):
            return
        for item in self.plan.items[int(first) :]:
            place, height = place_of_item(item), self.height(item)
            if item.command in FLOWN_TO and place is not None and height is not None:
                self._leg(index, place, height, jumping=True)
                break
        self.at = before

    def _leg(
        self,
        index: int,
        place: GeoPoint,
        height: HeightAmsl,
        *,
        returning: bool = False,
        jumping: bool = False,
    ) -> None:
        if self.at is not None:
            leg = FlownLeg(
                item=index,
                start=self.at[0],
                end=place,
                start_height=self.at[1],
                end_height=height,
                speed_m_s=self.speed_m_s,
                returning=returning,
                jumping=jumping,
            )
            self.legs.append(leg)
        self.at = place, height

    def height(self, item: MissionItem) -> HeightAmsl | None:
        """An item's height above sea level, or None where it is not given or not known."""
        height_m = item.params[6]
        if not math.isfinite(height_m):
            return None
        if item.frame in RELATIVE_FRAMES:
            return HeightAboveHome(height_m).amsl(home=self.home)
        if item.frame not in TERRAIN_FRAMES:
            return HeightAmsl(height_m)
        place = place_of_item(item)
        ground = None if place is None else self.terrain.ground(place)
        if ground is None or isinstance(ground, NoGround):
            return None
        return HeightAboveGround(height_m).amsl(ground=ground.height)
