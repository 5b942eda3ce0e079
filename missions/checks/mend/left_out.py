"""Places that lie within what must not be flown over left out, the way flown as far as its edge.

What is swept there is lost, and said in waypoints and metres. What records stops at the edge and
begins again behind it; speeds and where the camera points hold there as they would have.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import shapely
from shapely.geometry import LineString, Point

from missions.checks.around.camera_state import IMAGE_COMMANDS, RECORDING, CameraState
from missions.checks.finding import Finding
from missions.checks.mend.editing import waypoint
from missions.checks.mend.room import Room
from missions.checks.mend.routes import led_round
from missions.checks.mend.situation import Change, Mender, Situation
from missions.checks.places import Flown, flown_items
from missions.plan import Command, ComplexItem, MissionItem, Plan
from missions.sorties.resuming import running, stopped

RULES = (
    "airspace-prohibited",
    "airspace-authorisation",
    "overflight-crowd",
    "px4-waypoint-outside-fence",
)
# Room left round it, more than a detour needs; the second where a first is not enough.
ROOMS_M = (12.0, 30.0)
WITHIN_M = 1.5
SHORTEST_M = 5.0
LEAVABLE = frozenset(
    (
        Command.NAV_WAYPOINT,
        Command.NAV_LOITER_UNLIM,
        Command.NAV_LOITER_TURNS,
        Command.NAV_LOITER_TIME,
    )
)
HOMEWARD = frozenset((Command.NAV_RETURN_TO_LAUNCH, Command.DO_LAND_START))


def _left_out(plan: Plan, findings: Sequence[Finding], situation: Situation) -> list[Change]:
    """The way cut with ever more room, then led round; nothing where take-off, landing or home lie
    within, or where no place to fly to would be left."""
    if plan.home is None:
        return []
    room = Room(plan, situation)
    if not room.named:
        return []
    turn_m = 0.0 if situation.vehicle.hovers else 2.0 * situation.vehicle.turn_radius_m
    found: list[Change] = []
    for clearance_m in ROOMS_M:
        cut = _Cut(plan, room, clearance_m + turn_m).change()
        if cut is None:
            break
        # The same room: what is no longer entered must not be entered by the way round.
        led = led_round(cut.plan, findings, situation, room)
        found += [replace(one, said=(*cut.said, *one.said)) for one in led] or [cut]
    return found


@dataclass(frozen=True, slots=True)
class _Leg:
    """A straight leg to the item that has an index, in metres on the plane."""

    index: int
    end: Flown
    before: Flown | None
    line: LineString

    def height_m(self, share: float) -> float:
        """At a share of the leg, counted as its end counts it."""
        own, before = self.end.item.params[6], self.before
        if before is None or before.item.frame != self.end.item.frame:
            return own
        return before.item.params[6] + share * (own - before.item.params[6])


class _Cut:
    """A plan's items written once more, without what lies within."""

    def __init__(self, plan: Plan, room: Room, clearance_m: float) -> None:
        self._plan, self._room, self._clearance_m = plan, room, clearance_m
        forbidden = shapely.union_all([shape for _, shape in room.named])
        self._within = forbidden.buffer(WITHIN_M)
        self._grown = forbidden.buffer(clearance_m)
        shapely.prepare(self._within)
        self._records = any(item.command in RECORDING for item in plan.items)
        self._items: list[MissionItem] = []
        self._now_at: list[int] = []
        # Commands that wait for the way to go on; None while it does.
        self._held: list[MissionItem] | None = None
        self._points, self._metres = Counter[str](), defaultdict[str, float](float)
        self._pictures = 0

    def change(self) -> Change | None:
        """The plan without it; None where that cannot be."""
        if self._home_is_within() or not self._written():
            return None
        if not self._metres and not self._points:
            return None
        if not any(item.command in LEAVABLE for item in self._items):
            return None
        whole, plain = self._complex_items()
        items = tuple(self._retargeted(item) for item in self._items)
        plan = replace(self._plan, items=items, complex_items=whole)
        return Change(plan=plan, said=(*self._said(), *plain))

    def _home_is_within(self) -> bool:
        assert self._plan.home is not None
        home = Point(self._room.plane.en(self._plan.home.position))
        return bool(self._within.intersects(home))

    def _written(self) -> bool:
        """Every item kept, moved or left out; False where one cannot be."""
        flown = {one.index: one for one in flown_items(self._plan)}
        before: Flown | None = None
        for index, item in enumerate(self._plan.items):
            one = flown.get(index)
            good = self._command(index, item) if one is None else self._flown(one, before)
            if not good:
                return False
            before = one or before
        self._goes_on(len(self._plan.items))
        return True

    def _command(self, index: int, item: MissionItem) -> bool:
        if item.command in HOMEWARD:
            self._goes_on(index)
        if self._held is None:
            self._keep(item)
            return True
        self._now_at.append(len(self._items))
        if item.command in IMAGE_COMMANDS and not CameraState().after(item).by_time:
            self._pictures += 1
        elif item.command not in RECORDING and item.command != Command.NAV_DELAY:
            self._held.append(item)
        return item.command != Command.DO_JUMP

    def _flown(self, one: Flown, before: Flown | None) -> bool:
        """A place kept, or left out; the leg to it as far as it is outside."""
        leg = self._leg(one, before)
        within = bool(self._within.intersects(Point(leg.line.coords[-1])))
        if within and one.item.command not in LEAVABLE:
            return False
        swept = bool(self._within.intersects(leg.line)) and self._is_swept(leg)
        if swept:
            self._count_metres(leg)
            self._flown_outside(leg)
        if within:
            self._stops(leg.index)
            self._count_point(leg)
            self._now_at.append(len(self._items))
            return True
        self._keep(one.item)
        self._goes_on(leg.index)
        return True

    def _flown_outside(self, leg: _Leg) -> None:
        """The pieces of a leg that are outside, with waypoints where they begin and end."""
        for begins, ends in self._pieces(leg.line):
            if begins > 0.0:
                self._stops(leg.index)
                self._put(leg, begins)
                self._goes_on(leg.index)
            if ends < 1.0:
                self._put(leg, ends)
                self._stops(leg.index)
                continue
            return
        self._stops(leg.index)

    def _pieces(self, line: LineString) -> Iterator[tuple[float, float]]:
        """Shares of a leg that lie clear, in its order, too short ones left out."""
        if line.length < SHORTEST_M:
            return
        start, length = line.coords[0], line.length
        for piece in shapely.get_parts(line.difference(self._grown)):
            if piece.length >= SHORTEST_M:
                ends = sorted(math.dist(start, at) / length for at in piece.coords)
                begins, reaches = ends[0], ends[-1]
                yield (
                    0.0 if begins < 1e-9 else begins,
                    1.0 if reaches > 1.0 - 1e-9 else reaches,
                )

    def _is_swept(self, leg: _Leg) -> bool:
        """Whether something is recorded on a leg; without a word of recording every leg counts."""
        if self._records:
            return bool(running(self._plan.items[: leg.index]))
        return leg.before is not None and leg.before.item.command in LEAVABLE

    def _leg(self, one: Flown, before: Flown | None) -> _Leg:
        assert self._plan.home is not None
        start = self._plan.home.position if before is None else before.place
        line = LineString((self._room.plane.en(start), self._room.plane.en(one.place)))
        return _Leg(one.index, one, before, line)

    def _keep(self, item: MissionItem) -> None:
        self._now_at.append(len(self._items))
        self._items.append(item)

    def _put(self, leg: _Leg, share: float) -> None:
        at = leg.line.interpolate(share, normalized=True)
        place = self._room.plane.geo(at.x, at.y)
        self._items.append(waypoint(place, leg.height_m(share), leg.end.item.frame))

    def _stops(self, index: int) -> None:
        """What records stopped, commands from here on held back."""
        if self._held is None:
            self._items += stopped(self._plan.items[:index])
            self._held = []

    def _goes_on(self, index: int) -> None:
        """Everything as it would be in front of the item that has an index."""
        if self._held is not None:
            self._items += (*self._held, *running(self._plan.items[:index]))
            self._held = None

    def _count_metres(self, leg: _Leg) -> None:
        for name, shape in self._room.named:
            lost = leg.line.intersection(shape.buffer(self._clearance_m)).length
            if lost > 0.0:
                self._metres[name] += lost

    def _count_point(self, leg: _Leg) -> None:
        at = Point(leg.line.coords[-1])
        for name, shape in self._room.named:
            if shape.distance(at) <= WITHIN_M:
                self._points[name] += 1

    def _retargeted(self, item: MissionItem) -> MissionItem:
        target = item.params[0]
        if item.command != Command.DO_JUMP or not 0.0 <= target < len(self._now_at):
            return item
        return replace(item, params=(float(self._now_at[int(target)]), *item.params[1:]))

    def _complex_items(self) -> tuple[tuple[ComplexItem, ...], list[str]]:
        """Those that nothing was taken from or put into, and what is said of the others."""
        whole, said = [], []
        for one in self._plan.complex_items:
            last = one.first_item + one.item_count
            first = self._now_at[one.first_item]
            items = tuple(self._items[first : first + one.item_count])
            if items == self._plan.items[one.first_item : last]:
                whole.append(replace(one, first_item=first))
            else:
                said.append(
                    f"{one.kind} (items {one.first_item + 1} to {last}) becomes plain items"
                )
        return tuple(whole), said

    def _said(self) -> Iterator[str]:
        for name in dict.fromkeys((*self._points, *self._metres)):
            points, metres = self._points[name], self._metres[name]
            many = "1 waypoint" if points == 1 else f"{points} waypoints"
            out = f"{many} left out, {metres:.0f} m of the way not flown"
            yield f"{name}: {out} (within it and {self._clearance_m:g} m round it)"
        if self._pictures:
            many = "1 picture" if self._pictures == 1 else f"{self._pictures} pictures"
            yield f"{many} there not taken"


LEFT_OUT = tuple(Mender(rules=frozenset((rule,)), ways=_left_out) for rule in RULES)
