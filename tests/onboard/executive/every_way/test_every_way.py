"""Every way that the executive can go, explored breadth first against a vehicle that may do all.

The real executive is copied at each branch; only time is abstracted: a short step leaves every
deadline standing, a long one lets whatever waits run out. After each step the invariants hold.
"""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import shapely

from missions.geodesy import GeoPoint
from onboard.executive.actions import Said
from onboard.executive.chart import IN_MISSION, ON_DUTY, PURSUES, WATCHED, State
from onboard.executive.handover import Answered
from onboard.mavlink.codec import Address, Send
from onboard.mavlink.px4_modes import Px4Mode
from onboard.messages import EventKind

STATION = Address(255, 190)
LONG_S = 400.0
ORBIT = 34
# Those that conftest makes; a test does not import it.
Branch = Any
Vehicle = Any

# Where an order leads to.
WANTED = {State.CIRCLING: "circle", State.LOWERING: "low", State.COMING_BACK: "leg"}

# What can happen at any moment. Each takes the branch one step on.


def obeys(branch: Branch) -> None:
    send = branch.taken()
    branch.carry_out(send)
    branch.answer(send, 0)
    branch.pass_time()


def obeys_and_answers_twice(branch: Branch) -> None:
    send = branch.taken()
    branch.carry_out(send)
    branch.answer(send, 0)
    branch.answer(send, 0)
    branch.pass_time()


def refuses(branch: Branch) -> None:
    branch.answer(branch.taken(), 1)
    branch.pass_time()


def obeys_and_is_not_heard(branch: Branch) -> None:
    branch.carry_out(branch.taken())
    branch.pass_time(LONG_S)


def never_gets_it(branch: Branch) -> None:
    branch.vehicle.lost = branch.taken()
    branch.pass_time(2.0)


def obeys_late(branch: Branch) -> None:
    send, branch.vehicle.lost = branch.vehicle.lost, None
    branch.carry_out(send)
    branch.pass_time()


def answers_and_does_nothing(branch: Branch) -> None:
    branch.answer(branch.taken(), 0)
    branch.pass_time(LONG_S)


def time_passes(branch: Branch) -> None:
    branch.pass_time(LONG_S)


def arrives(branch: Branch) -> None:
    branch.vehicle.where = WANTED.get(branch.executive.state, branch.vehicle.where)
    branch.pass_time()


def is_blown_out(branch: Branch) -> None:
    branch.vehicle.where = "outside"
    branch.pass_time()


def event_is_noticed(branch: Branch) -> None:
    branch.act(branch.executive.noticed(branch.world.event, branch.now_s))


def object_goes(where: str, seconds: int) -> Callable[[Branch], None]:
    """For so long, while it is followed."""

    def goes(branch: Branch) -> None:
        if branch.executive.state in PURSUES:
            branch.vehicle.object = where or branch.vehicle.object
            for _ in range(seconds):
                branch.pass_time(1.0)

    goes.__name__ = f"object_{where or 'stays'}"
    return goes


def somebody_sets(mode: Px4Mode) -> Callable[[Branch], None]:
    """Another mode than the executive's, so that it can tell."""

    def take(branch: Branch) -> None:
        vehicle = branch.vehicle
        if vehicle.mode is mode or vehicle.waiting is not None or vehicle.lost is not None:
            return
        vehicle.mode = mode
        vehicle.pilot = branch.executive.state in WATCHED and vehicle.heard
        branch.pass_time()

    take.__name__ = f"somebody_sets_{mode.value}"
    return take


def sticks_move(branch: Branch) -> None:
    if branch.vehicle.heard:
        branch.vehicle.pilot = branch.executive.state in WATCHED
        branch.hear("MANUAL_CONTROL", target=1, x=800, y=0, z=500, r=0)


def flies_on_to_its_last_item(branch: Branch) -> None:
    if branch.vehicle.mode is Px4Mode.MISSION:
        branch.vehicle.item = branch.world.last_item
        branch.pass_time()


def mission_ends(word: str) -> Callable[[Branch], None]:
    """The vehicle holds by itself, and its word of it comes before the mode, after it, or not."""

    def ends(branch: Branch) -> None:
        vehicle = branch.vehicle
        if vehicle.mode is Px4Mode.MISSION and vehicle.item == branch.world.last_item:
            vehicle.ended, vehicle.over = True, word != "is not heard"
            if word == "comes before" and vehicle.heard:
                branch.tell_mission()
            vehicle.mode = Px4Mode.HOLD
            branch.pass_time()

    ends.__name__ = f"mission_ends_and_its_word_{word}"
    return ends


def end_is_told_at_last(branch: Branch) -> None:
    branch.vehicle.over = branch.vehicle.ended
    branch.pass_time()


def mission_is_started_again(branch: Branch) -> None:
    vehicle = branch.vehicle
    if branch.executive.state is State.STANDING_BY and vehicle.over and not vehicle.landed:
        vehicle.mode, vehicle.item = Px4Mode.MISSION, 1
        vehicle.ended = vehicle.over = False
        branch.pass_time()


def battery_sinks(branch: Branch) -> None:
    branch.vehicle.low = True
    branch.pass_time()


def link_goes(branch: Branch) -> None:
    branch.vehicle.linked = False
    branch.pass_time(LONG_S)


def link_comes_back(branch: Branch) -> None:
    branch.vehicle.linked = True
    branch.pass_time()


def autopilot_is_not_heard_for_a_while(branch: Branch) -> None:
    branch.vehicle.heard = False
    branch.pass_time(3.0)
    before = len(branch.given)
    branch.pass_time(LONG_S)
    branch.unheard = branch.given[before:]
    branch.vehicle.heard = True
    branch.pass_time()


def lands(branch: Branch) -> None:
    if branch.vehicle.mode is Px4Mode.RTL:
        branch.vehicle.landed = True
        branch.pass_time()


def is_asked_again(branch: Branch) -> None:
    if branch.executive.state is State.YIELDED:
        branch.vehicle.pilot = False
        fields = {"target_system": 1, "target_component": 191, "command": 31010, "param1": 1.0}
        branch.hear("COMMAND_LONG", sender=STATION, **fields)


def relief_answers(branch: Branch) -> None:
    pending = branch.executive._relief.handover._pending or "nothing"
    answer = Answered(handover_id=pending, by="qyran-2", accepted=True)
    branch.act(branch.executive.answered(answer, branch.now_s))


STEPS: tuple[Callable[[Branch], None], ...] = (
    obeys,
    obeys_and_answers_twice,
    refuses,
    obeys_and_is_not_heard,
    never_gets_it,
    obeys_late,
    answers_and_does_nothing,
    time_passes,
    arrives,
    is_blown_out,
    event_is_noticed,
    somebody_sets(Px4Mode.POSITION),
    somebody_sets(Px4Mode.HOLD),
    somebody_sets(Px4Mode.RTL),
    sticks_move,
    flies_on_to_its_last_item,
    mission_ends("comes before"),
    mission_ends("comes after"),
    mission_ends("is not heard"),
    end_is_told_at_last,
    mission_is_started_again,
    battery_sinks,
    link_goes,
    link_comes_back,
    autopilot_is_not_heard_for_a_while,
    lands,
    is_asked_again,
    relief_answers,
    object_goes("walks", 3),
    object_goes("drives", 5),
    object_goes("has left", 5),
    object_goes("", 12),
)


@dataclass
class Explored:
    """Every branch that was found: where each step leads to, and what was said on the way."""

    edges: dict[tuple[Any, ...], dict[str, tuple[Any, ...]]] = field(default_factory=dict)
    states: dict[tuple[Any, ...], State] = field(default_factory=dict)
    vehicles: dict[tuple[Any, ...], Vehicle] = field(default_factory=dict)
    said: set[tuple[State, str]] = field(default_factory=set)
    broken: list[tuple[str, str]] = field(default_factory=list)


def explored(start: Branch, ring: shapely.Polygon, plane: Any) -> Explored:
    """Breadth first over every branch, with what each step breaks."""
    found, queue = Explored(), deque([start])
    found.edges[start.key()] = {}
    while queue:
        branch = queue.popleft()
        key = branch.key()
        found.states[key], found.vehicles[key] = branch.executive.state, branch.vehicle
        for step in STEPS:
            after = branch.copied()
            step(after)
            found.said |= {(a.state, a.reason) for a in after.told if isinstance(a, Said)}
            found.broken += [(step.__name__, what) for what in breaks(branch, after, ring, plane)]
            after.settle()
            reached = after.key()
            found.edges[key][step.__name__] = reached
            if reached not in found.edges:
                found.edges[reached] = {}
                queue.append(after)
    return found


def breaks(before: Branch, after: Branch, ring: shapely.Polygon, plane: Any) -> Iterator[str]:
    """What must hold after every step, and does not."""
    given, state = after.given, after.executive.state
    if after.vehicle.pilot and given:
        yield "commands while somebody else has the vehicle"
    if state is before.executive.state is State.YIELDED and after.unasked:
        yield "is not silent though it has yielded"
    if state is before.executive.state is State.STANDING_BY and given:
        yield "commands while it stands by"
    ended = before.executive.state in (*IN_MISSION, State.ENDING) and after.vehicle.over
    if ended and state is State.YIELDED and not after.vehicle.pilot:
        yield "takes the end of the mission for somebody else's hand"
    if after.unheard:
        yield "commands a vehicle that it does not hear"
    if after.vehicle.low and state in (*ON_DUTY, State.WAITING):
        yield "stays out with an empty battery"
    if any(not within(send, ring, plane) for send in given):
        yield "leaves the fence"
    said = sum(isinstance(each, Said) for each in after.told)
    if state is not before.executive.state and not said:
        yield "changes its mind and says nothing"


def within(send: Send, ring: shapely.Polygon, plane: Any) -> bool:
    """Whether the place of an order, with its circle, is inside the fence."""
    if send.name != "COMMAND_INT":
        return True
    place = GeoPoint(latitude_deg=send.fields["x"] / 1e7, longitude_deg=send.fields["y"] / 1e7)
    radius_m = send.fields["param1"] if send.fields["command"] == ORBIT else 0.1
    return ring.covers(shapely.Point(plane.en(place)).buffer(radius_m))


def led(found: Explored, policy: Callable[[State, Vehicle], str]) -> dict[State, int]:
    """From every branch by a policy to a state that is settled; the longest way to each.

    Raises AssertionError with the round where it goes in a circle for ever.
    """
    longest: dict[State, int] = {}
    for start in found.edges:
        key, seen = start, [start]
        while not settled(found, key):
            key = found.edges[key][policy(found.states[key], found.vehicles[key])]
            assert key not in seen, [found.states[each] for each in (*seen, key)]
            seen.append(key)
        state = found.states[key]
        longest[state] = max(longest.get(state, 0), len(seen))
    return longest


def settled(found: Explored, key: tuple[Any, ...]) -> bool:
    """Nothing is to be done any more: it patrols, returns, or has given the vehicle to others."""
    state, vehicle = found.states[key], found.vehicles[key]
    returns = state is State.GOING_HOME and vehicle.mode is Px4Mode.RTL
    patrols = state is State.PATROLLING and vehicle.mode is Px4Mode.MISSION
    return returns or patrols or state in (State.STANDING_BY, State.YIELDED)


def fair(state: State, vehicle: Vehicle) -> str:
    """The vehicle obeys, arrives, and time passes."""
    if vehicle.waiting is not None:
        return "obeys"
    where = WANTED.get(state, vehicle.where)
    return "time_passes" if where == vehicle.where else "arrives"


def hostile(_state: State, vehicle: Vehicle) -> str:
    """No order ever arrives."""
    return "never_gets_it" if vehicle.waiting is not None else "time_passes"


def deceitful(_state: State, vehicle: Vehicle) -> str:
    """Every order is accepted, and none is carried out."""
    return "answers_and_does_nothing" if vehicle.waiting is not None else "time_passes"


@pytest.mark.parametrize(
    ("link", "kind"),
    [
        ("go_on", EventKind.PERSON_DOWN),
        ("come_back", EventKind.CROWD),
        ("hold", EventKind.LOITERING),
    ],
)
def test_whatever_happens_it_keeps_to_its_bounds_and_always_settles(
    begun: Callable[..., Branch], ring: shapely.Polygon, plane: Any, link: str, kind: EventKind
) -> None:
    found = explored(begun(link, kind), ring, plane)
    assert found.broken == []
    assert len(found.edges) > 300
    assert {State.ENDING, State.GOING_HOME, State.YIELDED} <= set(found.states.values())
    assert {(State.STANDING_BY, "over"), (State.YIELDED, "yielded_mode")} <= found.said
    for policy in (fair, hostile, deceitful):
        assert max(led(found, policy).values()) < 40
