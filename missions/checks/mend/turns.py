"""Turns of wings across a fence: led out of it by places put in before the next waypoint.

What is tried is what a plan of ours begins with (`missions.winged_transit`): ways round, a place
beside, turns that come onto the next leg in its course; taken is what the track shows to be clear.
"""

import itertools
from collections.abc import Iterator, Sequence

from missions.checks.finding import Finding
from missions.checks.mend.editing import cut_in_two, insert, waypoint
from missions.checks.mend.room import CLEARANCES_M, Room
from missions.checks.mend.situation import Change, Mender, Situation
from missions.checks.places import flown_items
from missions.geodesy import GeoPoint
from missions.plan import Home, MissionItem, Plan
from missions.px4_wings.stages import Spot
from missions.wind import CALM
from missions.winged_transit import ClosedToWings, WingedWays, spots_of

RULE = "turn-across-fence"
# The track is followed from so many places before a turn to so many behind it.
BEFORE, BEHIND = 4, 3
# Ways that the checks choose from for a single turn.
TRIED = 3


def _led(plan: Plan, findings: Sequence[Finding], situation: Situation) -> list[Change]:
    """Every turn led out of the fence, as clear of it as can be."""
    if plan.home is None or not situation.vehicle.winged:
        return []
    room = Room(plan, situation)
    wind = CALM if situation.surroundings is None else situation.surroundings.wind
    closed = ClosedToWings(room.plane, room.closed, situation.vehicle, wind)
    turns = sorted({one.item for one in findings if one.item is not None}, reverse=True)
    ways = WingedWays(closed, CLEARANCES_M[0], room.way)
    if len(turns) == 1:
        return list(itertools.islice(_Turn(plan, turns[0], ways).led(), TRIED))
    said = list[str]()
    # From the back, so that what is put in moves nothing that is still to be led.
    for turn in turns:
        found = next(_Turn(plan, turn, ways).led(), None)
        if found is not None:
            plan, said = found.plan, [*found.said, *said]
    return [Change(plan=plan, said=tuple(said))] if said else []


class _Turn:
    """The items about one turn."""

    def __init__(self, plan: Plan, turn: int, ways: WingedWays) -> None:
        self._plan, self._turn, self._ways = plan, turn, ways
        places = [one.index for one in flown_items(plan)]
        self._next = next((index for index in places if index > turn), None)
        before = [index for index in places if index <= turn]
        behind = [index for index in places if index > turn]
        self._begin = before[-BEFORE] if len(before) >= BEFORE else 0
        self._end = behind[min(BEHIND, len(behind)) - 1] + 1 if behind else len(plan.items)
        self._home = plan.home if self._begin == 0 else None

    def led(self) -> Iterator[Change]:
        """With places before the next waypoint that lead the turn out of the fence."""
        if self._next is None:
            return
        items, plane = self._plan.items, self._ways.closed.plane
        before = self._spots(items[self._begin : self._next], self._home)
        after = self._spots(items[self._next : self._end], None)
        if not before or not after:
            return
        for way in self._candidates(before, after):
            put_in = [self._waypoint(plane.geo(*spot)) for spot in way]
            ahead = (*items[self._begin : self._next], *put_in, *items[self._next : self._end])
            if self._ways.closed.clear(ahead, self._home):
                yield self._change(put_in)

    def _candidates(self, before: list[Spot], after: list[Spot]) -> list[list[Spot]]:
        simple = self._ways.simple(before, after)
        return [way for way in (*simple, *self._ways.turned(before, after)) if way]

    def _spots(self, items: Sequence[MissionItem], home: Home | None) -> list[Spot]:
        plane = self._ways.closed.plane
        begun = [] if home is None else [plane.en(home.position)]
        return [*begun, *spots_of(tuple(items), plane)]

    def _waypoint(self, place: GeoPoint) -> MissionItem:
        like = self._plan.items[self._next or 0]
        return waypoint(place, like.params[6], like.frame)

    def _change(self, put_in: list[MissionItem]) -> Change:
        assert self._next is not None
        many = f"{len(put_in)} waypoints" if len(put_in) > 1 else "a waypoint"
        said = f"the turn at item {self._turn + 1}: led out of the fence by {many} put in"
        cut = cut_in_two(self._plan, self._next)
        return Change(plan=insert(self._plan, self._next, put_in), said=(said, *cut))


TURNS = (Mender(rules=frozenset((RULE,)), ways=_led),)
