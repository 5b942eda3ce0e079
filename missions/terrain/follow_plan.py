"""A whole plan that follows the ground: the way out, the task and the landing, in PX4's frames.

PX4 refuses terrain frames, so heights are emitted above home or above sea level. Above home is the
better: an error that the tiles make everywhere drops out of it.
"""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from missions.checks.places import place_of_item
from missions.checks.px4_profile import FLOWN_TO, TAKEOFFS
from missions.errors import BadInput
from missions.geodesy import GeoPoint
from missions.heights import HeightAmsl
from missions.plan import Command, Frame, Home, MissionItem, Plan
from missions.terrain.follow import Followed, Following, Vertex, follow, home_on_the_ground
from missions.terrain.surface import Ground, Terrain

LANDINGS = frozenset((Command.NAV_LAND, Command.NAV_VTOL_LAND))
LOOKS = frozenset((Command.DO_SET_ROI_LOCATION, Command.NAV_ROI, Command.DO_SET_ROI))
ACCEPTANCE_RADIUS_M = 2.0
GROUND_SPEED, LEAVE_THROTTLE = 1.0, -1.0
# Home's stated height and the tiles' may differ by so much before somebody should look.
HOME_DIFFERS_M = 10.0


def follow_plan(
    plan: Plan, terrain: Terrain, how: Following, *, frame: Frame = Frame.GLOBAL_RELATIVE_ALT
) -> Plan:
    """The plan with every flown item at the height above ground, and points inserted between them.

    Take-off climbs to where the first leg begins; a landing is approached above its place. Places
    that the camera looks at are put on the ground where they were at home's height. The return home
    (RTL) is flown by PX4 at a height of its own: `missions.checks` says whether that clears.

    Raises:
        BadInput: the plan names no home, or `frame` is neither above home nor above sea level.
        GroundUnknown: the ground is not known at home or under a leg.
    """
    if plan.home is None:
        raise BadInput(where="home", what="is needed to follow the ground: say where it takes off")
    if frame not in (Frame.GLOBAL_RELATIVE_ALT, Frame.GLOBAL):
        raise BadInput(where="frame", what=f"{frame.name} is refused by PX4")
    level = home_on_the_ground(plan.home.position, terrain)
    stops = _stops(plan, plan.home.position)
    followed = follow(list(stops.values()), terrain, how)
    zero = HeightAmsl(0.0) if frame is Frame.GLOBAL else level
    writer = _Writer(plan, terrain, frame, zero, how.speed_m_s)
    items, moved = writer.items(list(stops), followed)
    home, notes = _home(plan.home, level)
    return replace(
        plan,
        items=_jumps_kept(items, moved),
        home=home,
        complex_items=(),
        notes=(*plan.notes, *followed.notes, *notes, *_lost(plan)),
    )


def _stops(plan: Plan, home: GeoPoint) -> dict[int, GeoPoint]:
    """The items that are flown to, and where; a take-off without a place rises from home."""
    found = {}
    for index, item in enumerate(plan.items):
        place = place_of_item(item)
        if place is None and item.command in TAKEOFFS:
            place = home
        if place is not None and item.command in FLOWN_TO:
            found[index] = place
    return found


class _Writer:
    """Writes a followed way into the items of a plan; `zero` is what its frame counts from.

    Inserted points have an acceptance radius of their own: they stand on straight lines, so that
    nothing is cut short by it. Where the way is flown slower than `speed_m_s` it says so before.
    """

    def __init__(
        self, plan: Plan, terrain: Terrain, frame: Frame, zero: HeightAmsl, speed_m_s: float
    ) -> None:
        self._plan, self._terrain = plan, terrain
        self._frame, self._zero = frame, zero
        self._speeds = _SpeedSaid(followed_m_s=speed_m_s, mission_m_s=speed_m_s)
        self._jumped_to = {
            int(item.params[0])
            for item in plan.items
            if item.command == Command.DO_JUMP and 0.0 <= item.params[0] < len(plan.items)
        }

    def items(
        self, stops: Sequence[int], followed: Followed
    ) -> tuple[list[MissionItem], list[int]]:
        """The new items, and where each of the old ones went."""
        reached = {
            stops[given]: list(vertices)
            for given, vertices in itertools.groupby(followed.vertices, lambda one: one.given)
        }
        items: list[MissionItem] = []
        moved: list[int] = []
        for index, item in enumerate(self._plan.items):
            vertices = reached.get(index)
            self._speeds.pass_by(item)
            if vertices is not None:
                for one in vertices:
                    items += self._speeds.for_way_to(one)
                    if one.inserted:
                        items.append(self._inserted(one, item, one.radius_m))
                if item.command in LANDINGS:
                    items.append(self._inserted(vertices[-1], item, ACCEPTANCE_RADIUS_M))
                item = self._at(item, vertices[-1].position, vertices[-1].height)
            elif item.command == Command.NAV_RETURN_TO_LAUNCH:
                items += self._speeds.as_the_mission()
            moved.append(len(items))
            items.append(self._looking(item))
            if index in self._jumped_to:
                self._speeds.forget()
        return items, moved

    def _at(self, item: MissionItem, position: GeoPoint, height: HeightAmsl) -> MissionItem:
        if item.command in LANDINGS:
            ground = self._terrain.ground(position)
            height = ground.height if isinstance(ground, Ground) else height
        params = (*item.params[:6], height.m - self._zero.m)
        return replace(item, frame=int(self._frame), params=params)

    def _inserted(self, vertex: Vertex, before: MissionItem, radius_m: float) -> MissionItem:
        waypoint = before.command == Command.NAV_WAYPOINT
        heading = before.params[3] if waypoint else math.nan
        place = vertex.position
        return MissionItem(
            command=Command.NAV_WAYPOINT,
            frame=self._frame,
            params=(
                0.0,
                radius_m,
                0.0,
                heading,
                place.latitude_deg,
                place.longitude_deg,
                vertex.height.m - self._zero.m,
            ),
        )

    def _looking(self, item: MissionItem) -> MissionItem:
        """A place looked at 'at home's height' is on the ground, wherever that is."""
        place = place_of_item(item)
        if item.command not in LOOKS or place is None or item.params[6] != 0.0:
            return item
        found = self._terrain.ground(place)
        return self._at(item, place, found.height) if isinstance(found, Ground) else item


@dataclass(slots=True, kw_only=True)
class _SpeedSaid:
    """The speed that the items so far have asked for; None where a jump may have brought another.

    `followed_m_s` is the one that the way was laid for where nothing slows it, `mission_m_s` what
    the plan's own items ask for.
    """

    followed_m_s: float
    mission_m_s: float
    said_m_s: float | None = None

    def __post_init__(self) -> None:
        self.said_m_s = self.mission_m_s

    def pass_by(self, item: MissionItem) -> None:
        """A speed that the plan itself asks for."""
        if item.command == Command.DO_CHANGE_SPEED and item.params[1] > 0.0:
            self.mission_m_s = self.said_m_s = item.params[1]

    def forget(self) -> None:
        """Nobody knows at which speed it came here."""
        self.said_m_s = None

    def for_way_to(self, vertex: Vertex) -> list[MissionItem]:
        """What has to be said before the way to a vertex is flown."""
        slower = vertex.speed_m_s < self.followed_m_s
        return self._say(min(vertex.speed_m_s, self.mission_m_s) if slower else self.mission_m_s)

    def as_the_mission(self) -> list[MissionItem]:
        """What has to be said before something that is not followed."""
        return self._say(self.mission_m_s)

    def _say(self, speed_m_s: float) -> list[MissionItem]:
        if speed_m_s == self.said_m_s:
            return []
        self.said_m_s = speed_m_s
        params = (GROUND_SPEED, round(speed_m_s, 2), LEAVE_THROTTLE, 0.0, 0.0, 0.0, 0.0)
        return [MissionItem(command=Command.DO_CHANGE_SPEED, frame=Frame.MISSION, params=params)]


def _home(home: Home, level: HeightAmsl) -> tuple[Home, tuple[str, ...]]:
    """Home on the ground of the tiles, and a word where that is far from what was said."""
    apart = home.height.m - level.m
    if not abs(apart) > HOME_DIFFERS_M:
        return replace(home, height=level), ()
    what = (
        f"home is said to be at {home.height.m:.0f} m and the terrain says {level.m:.0f} m: "
        "heights are reckoned from the terrain"
    )
    return replace(home, height=level), (what,)


def _jumps_kept(items: list[MissionItem], moved: list[int]) -> tuple[MissionItem, ...]:
    return tuple(
        replace(item, params=(float(moved[int(item.params[0])]), *item.params[1:]))
        if item.command == Command.DO_JUMP and 0.0 <= item.params[0] < len(moved)
        else item
        for item in items
    )


def _lost(plan: Plan) -> tuple[str, ...]:
    said = []
    if plan.complex_items:
        kinds = ", ".join(sorted({one.kind for one in plan.complex_items}))
        said.append(f"{kinds}: written as plain items, whose heights follow the ground")
    if any(item.command == Command.DO_JUMP for item in plan.items):
        said.append("the legs that jump back do not follow the ground: see the checks")
    if not any(item.command in TAKEOFFS for item in plan.items):
        said.append(
            "there is no take-off: the way to the first waypoint does not follow the ground"
        )
    return tuple(said)
