"""Legs led round what they must not cross, by waypoints put between; every place stays visited."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from missions.checks.finding import Finding
from missions.checks.mend.editing import cut_in_two, insert, waypoint
from missions.checks.mend.room import CLEARANCES_M, Room
from missions.checks.mend.situation import Change, Mender, Situation
from missions.checks.places import Flown, flown_items, place_of_item
from missions.geodesy import GeoPoint
from missions.plan import Command, MissionItem, Plan

RULES = (
    "leg-across-fence",
    "return-across-fence",
    "jump-across-fence",
    "airspace-prohibited",
    "airspace-authorisation",
    "overflight-crowd",
)


@dataclass(frozen=True, slots=True)
class _Leg:
    """A straight leg; `before` is the item that its waypoints are put in front of."""

    before: int
    start: GeoPoint
    end: GeoPoint
    like: MissionItem
    name: str


def led_round(
    plan: Plan, findings: Sequence[Finding], situation: Situation, room: Room | None = None
) -> list[Change]:
    """Every leg that crosses what forbids led round it, as clear of it as it can be."""
    if plan.home is None:
        return []
    room = room or Room(plan, situation)
    legs = [leg for leg in _legs(plan) if room.crosses(leg.start, leg.end)]
    found = [_led(plan, legs, room, clearance) for clearance in CLEARANCES_M] if legs else []
    return [one for one in found if one is not None]


def _legs(plan: Plan) -> Iterator[_Leg]:
    """All legs in the list's order, the return and the jumps among them."""
    assert plan.home is not None
    home = plan.home.position
    last: Flown | None = None
    flown = {one.index: one for one in flown_items(plan)}
    for index, item in enumerate(plan.items):
        one = flown.get(index)
        if one is not None:
            start = home if last is None else last.place
            yield _Leg(index, start, one.place, item, f"the leg to item {index + 1}")
            last = one
        elif item.command == Command.NAV_RETURN_TO_LAUNCH and last is not None:
            yield _Leg(index, last.place, home, last.item, "the return home")
            return
        elif item.command == Command.DO_JUMP and last is not None:
            yield from _jump(plan, index, last)


def _jump(plan: Plan, index: int, last: Flown) -> Iterator[_Leg]:
    target = plan.items[index].params[0]
    if not 0.0 <= target < len(plan.items):
        return
    for item in plan.items[int(target) :]:
        place = place_of_item(item)
        if place is not None and item.command == Command.NAV_WAYPOINT:
            yield _Leg(index, last.place, place, last.item, f"the jump of item {index + 1}")
            return


def _led(plan: Plan, legs: list[_Leg], room: Room, clearance_m: float) -> Change | None:
    said: list[str] = []
    # From the back, so that what is put in moves nothing that is still to be led round.
    for leg in sorted(legs, key=lambda one: one.before, reverse=True):
        way = room.way(leg.start, leg.end, clearance_m)
        if not way:
            continue
        items = [waypoint(place, _height_m(plan, leg), leg.like.frame) for place in way]
        cut = cut_in_two(plan, leg.before)
        plan = insert(plan, leg.before, items)
        many = f"{len(items)} waypoints" if len(items) > 1 else "a waypoint"
        said = [f"{leg.name}: {many} put in, that lead it round", *cut, *said]
    return Change(plan=plan, said=tuple(said)) if said else None


def _height_m(plan: Plan, leg: _Leg) -> float:
    """The higher of both ends' heights, where they are counted from the same level."""
    own = leg.like.params[6]
    before = [one for one in flown_items(plan) if one.index < leg.before]
    same = before and before[-1].item.frame == leg.like.frame
    return max(own, before[-1].item.params[6]) if same else own


ROUTES = tuple(Mender(rules=frozenset((rule,)), ways=led_round) for rule in RULES)
