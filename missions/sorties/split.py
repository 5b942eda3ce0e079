"""A plan cut into sorties, each of which its battery lasts for, the way home reckoned with.

Every sortie takes off at home, goes to where the one before it stopped, says again what held there
(speed, gimbal, camera), goes on, and returns. All together fly every place of the plan once, in its
order; nothing is recorded on the ways between. A cut is made at a place of the plan; on a leg that
is too long for one battery a place is put in. As few as can be are flown, each about as long as the
others (see `balance`).
"""

import math
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from missions.checks.flown_order import Ending, flown_order
from missions.checks.places import place_of_item
from missions.checks.px4_profile import FLOWN_TO, TAKEOFFS
from missions.errors import Failed
from missions.geodesy import GeoPoint, LocalPlane, distance_m
from missions.plan import Command, MissionItem, Plan
from missions.sorties.balance import TakesS, evened, last_that
from missions.sorties.forecast import Flown, Forecast, straight
from missions.sorties.resuming import restored, stopped

Array = npt.NDArray[np.float64]

# Whether a plan's battery lasts, the reserve kept.
Lasts = Callable[[Plan], bool]
# The places between two that lead round what forbids; none where the straight way is free.
WayRound = Callable[[GeoPoint, GeoPoint], tuple[GeoPoint, ...]]
# The whole flight of a list that no battery lasts for; None where it is not flown to its end.
WholeFlight = Callable[[Plan], Flown | None]

ENDS = frozenset(
    (
        Command.NAV_RETURN_TO_LAUNCH,
        Command.NAV_LAND,
        Command.NAV_VTOL_LAND,
        Command.DO_LAND_START,
    )
)
MOST_SORTIES = 200
MOST_ITEMS = 20_000
# A place is put into a leg to within this share of it.
FINEST = 1.0 / 64.0
RETURN = MissionItem(
    command=int(Command.NAV_RETURN_TO_LAUNCH), frame=2, params=(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
)
CLOSELY_M = 2.0
AT_HOME_M = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sorties:
    """Plans that are to be flown in this order, and what of the one plan they do not keep."""

    plans: tuple[Plan, ...]
    notes: tuple[str, ...] = ()


def split(
    plan: Plan,
    lasts: Lasts,
    way_round: WayRound | None = None,
    takes_s: TakesS | None = None,
    whole: WholeFlight | None = None,
) -> Sorties:
    """The fewest sorties; the plan itself where its battery lasts.

    By `takes_s`, seconds of a plan, they are made about as long as each other; without it each is
    as long as it can be, and the last one the rest. `whole` lets few of them be flown for that.

    Raises:
        Failed: it has no home, never ends, or goes where no battery of this kind can.
    """
    if lasts(plan):
        return Sorties(plans=(plan,))
    if plan.home is None:
        raise Failed("cannot be split: the plan names no home to come back to")
    cutting = _Cutting(plan, lasts, way_round or (lambda a, b: ()), whole or (lambda one: None))
    ends = cutting.ends()
    if takes_s is not None:
        ends = evened(ends, cutting, takes_s)
    return cutting.sorties(ends)


class _Cutting:
    """The plan's items in three: up to the take-off, the task, the landing."""

    def __init__(self, plan: Plan, lasts: Lasts, way_round: WayRound, whole: WholeFlight) -> None:
        assert plan.home is not None
        self._plan, self._lasts, self._way_round = plan, lasts, way_round
        self._home = plan.home.position
        items = list(_unrolled(plan))
        up = next((i + 1 for i, one in enumerate(items) if one.command in TAKEOFFS), 0)
        down = next((i for i in range(up, len(items)) if items[i].command in ENDS), len(items))
        self._head, self._body, self._tail = items[:up], items[up:down], items[down:]
        self._notes = ["surveys and scans are cut into plain waypoints"] * bool(plan.complex_items)
        if any(item.command == Command.DO_JUMP for item in plan.items):
            self._notes.append("loops are written out: every sortie flies its rounds once")
        self._forecast = self._forecast_by(whole(replace(plan, items=tuple(items))))
        self._places = self._all_places()
        # What the battery lasted for and what it did not, as forecast.
        self._lasted_s, self._did_not_s = 0.0, math.inf

    def sorties(self, ends: Sequence[int]) -> Sorties:
        """The sorties up to each of these items of the task, and that of the rest."""
        begun = (-1, *ends)
        plans = (self.part(a, b) for a, b in zip(begun, (*ends, None), strict=True))
        return Sorties(plans=tuple(plans), notes=tuple(self._notes))

    def ends(self) -> tuple[int, ...]:
        """The items up to which the sorties but the last fly, each as far as the battery lets it.

        Raises:
            Failed: it goes where no battery of this kind can.
        """
        found: list[int] = []
        begun = -1
        while not self._lasts_to_its_end(begun):
            until = self._furthest(begun)
            if until is None or len(found) >= MOST_SORTIES:
                raise Failed(self._why_not(begun))
            found.append(until)
            begun = until
        return tuple(found)

    def part(self, begun: int, until: int | None) -> Plan:
        """The sortie from behind one item of the task up to another; None: to its end."""
        return self._sortie(begun, len(self._body) if until is None else until + 1)

    def lasts(self, plan: Plan) -> bool:
        """Whether the battery lasts for it."""
        return self._lasts(plan)

    def places(self, begun: int) -> list[int]:
        """The items of the task behind one at which it can be left."""
        return self._places[bisect_right(self._places, begun) :]

    def about_s(self, begun: int, places: Sequence[int]) -> Array:
        """Forecasts of the sorties from behind an item to each of the places."""
        return self._forecast.parts_s(begun, places)

    def _lasts_to_its_end(self, begun: int) -> bool:
        """Whether the battery lasts for all behind an item; not flown where it is forecast to take
        far too long."""
        places = self.places(begun)
        if places and self.about_s(begun, places[-1:])[0] > self._forecast.too_long_s:
            return False
        return self._lasts(self.part(begun, None))

    def _furthest(self, begun: int) -> int | None:
        """The last item up to which a sortie can fly; None where it can fly to none."""
        places = self.places(begun)
        if not places:
            return None
        about_s = self.about_s(begun, places)
        near = int((about_s <= self._likely_s()).sum()) - 1
        last = last_that(
            lambda k: self._lasts(self._sortie(begun, places[k] + 1)), len(places), near=near
        )
        if last is None:
            return self._within_leg(begun, places[0]) if begun >= 0 else None
        self._lasted_s = float(about_s[last])
        self._did_not_s = float(about_s[min(last + 1, len(places) - 1)])
        return places[last]

    def _likely_s(self) -> float:
        """What a battery lasts for, as the sortie before tells; at first what it should."""
        if self._lasted_s > 0.0:
            return (self._lasted_s + self._did_not_s) / 2.0
        return self._forecast.battery_s

    def _forecast_by(self, whole: Flown | None) -> Forecast:
        plane = LocalPlane(self._home)
        found = [place_of_item(item) for item in self._body]
        spots = [None if one is None else plane.en(one) for one in found]
        if whole is None:
            return Forecast(spots, straight(spots))
        begin = len(self._head)
        done_s = whole.done_s[begin : begin + len(self._body)]
        return Forecast(spots, replace(whole, done_s=done_s))

    def _all_places(self) -> list[int]:
        body = self._body
        return [
            i
            for i, item in enumerate(body)
            if item.command in FLOWN_TO and place_of_item(item) is not None
        ]

    def _within_leg(self, begun: int, to: int) -> int | None:
        """A place put into the leg to an item, as far along as the battery lasts."""
        a, b = self._body[begun], self._body[to]
        start, end = place_of_item(a), place_of_item(b)
        assert start is not None
        assert end is not None
        whole, best, step = self._body, None, 0.5
        share = reached = 0.5
        while step > FINEST:
            middle = _between(a, b, start, end, share)
            self._body = [*whole[:to], middle, *whole[to:]]
            lasts = self._lasts(self._sortie(begun, to + 1))
            best, reached = (self._body, share) if lasts else (best, reached)
            step /= 2.0
            share += step if lasts else -step
        self._body = whole if best is None else best
        if best is None:
            return None
        self._forecast.put_in(begun, to, reached)
        self._places = self._all_places()
        return to

    def _sortie(self, begun: int, until: int) -> Plan:
        """The plan of the task's items from behind `begun` to before `until`."""
        done, items = self._body[: begun + 1], self._body[begun + 1 : until]
        resumed = self._resumed(done) if begun >= 0 else []
        last = until >= len(self._body)
        ended = self._tail if last else self._ended(self._body[:until])
        flown = (*self._head, *resumed, *items, *ended)
        return replace(self._plan, items=flown, complex_items=())

    def _resumed(self, done: Sequence[MissionItem]) -> list[MissionItem]:
        """To where the task was left, and everything as it was there."""
        item = done[-1]
        place = place_of_item(item)
        assert place is not None
        way = [_passing(item, one) for one in self._way_round(self._home, place)]
        return [*way, _passing(item, place), *restored([*self._head, *done])]

    def _ended(self, done: Sequence[MissionItem]) -> list[MissionItem]:
        item = done[-1]
        place = place_of_item(item)
        assert place is not None
        way = [_passing(item, one) for one in self._way_round(place, self._home)]
        landing = self._tail if self._lands_at_home() else [RETURN]
        return [*stopped([*self._head, *done]), *way, *landing]

    def _lands_at_home(self) -> bool:
        """Whether the plan's own ending leads home, by a wing's approach or straight."""
        landing = next((place_of_item(item) for item in reversed(self._tail)), None)
        return landing is not None and distance_m(landing, self._home) < AT_HOME_M

    def _why_not(self, begun: int) -> str:
        at = f"behind item {begun + 1} of its task" if begun >= 0 else "its first place"
        return (
            f"cannot be split: {at}: no battery lasts to there and home; take another vehicle, or "
            "a home that is nearer"
        )


def _unrolled(plan: Plan) -> Iterator[MissionItem]:
    """The items as they are flown, each jump taken, what stands behind the end kept."""
    order = flown_order(plan)
    if order.ending in (Ending.TOO_LONG, Ending.HOLDS) or len(order.steps) > MOST_ITEMS:
        raise Failed("cannot be split: the mission never ends; jump less often")
    yield from (plan.items[step.item] for step in order.steps)
    if order.ending is Ending.RETURN:
        yield from plan.items[order.last + 1 :]


def _passing(like: MissionItem, place: GeoPoint) -> MissionItem:
    """A waypoint at a place, as high as an item and flown to closely."""
    lat, lon = place.latitude_deg, place.longitude_deg
    params = (0.0, CLOSELY_M, 0.0, math.nan, lat, lon, like.params[6])
    return MissionItem(command=int(Command.NAV_WAYPOINT), frame=like.frame, params=params)


def _between(
    a: MissionItem, b: MissionItem, start: GeoPoint, end: GeoPoint, share: float
) -> MissionItem:
    """A waypoint a share of the way from one item to the next."""
    plane = LocalPlane(start)
    east, north = plane.en(end)
    height = b.params[6]
    if a.frame == b.frame:
        height = a.params[6] + share * (b.params[6] - a.params[6])
    item = _passing(b, plane.geo(share * east, share * north))
    return replace(item, params=(*item.params[:6], height))
