"""Every way that the executive can go, explored breadth first against a vehicle that may do all.

The real executive is copied at each branch; only time is abstracted: a short step leaves every
deadline standing, a long one lets whatever waits run out. After each step the invariants hold.
"""

import copy
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import pytest
import shapely

from missions.geodesy import GeoPoint
from onboard.executive.actions import Action, Left, Said
from onboard.executive.chart import AWAY, FLYING, ON_DUTY, State
from onboard.executive.executive import Executive
from onboard.executive.handover import Answered
from onboard.executive.reaction import Noticed
from onboard.executive.tasking import Tasking
from onboard.mavlink.codec import Address, Decoder, Encoder, Message, Send
from onboard.mavlink.mission_transfer import PlanEndpoint, PlanStore
from onboard.mavlink.plan_items import MissionType, fence_wire, mission_wire
from onboard.mavlink.px4_modes import Px4Mode, custom_mode, px4_mode
from onboard.messages import EventKind

OWN, AUTOPILOT, STATION = Address(1, 191), Address(1, 1), Address(255, 190)
SHORT_S, LONG_S = 0.2, 400.0
ASKS = frozenset((511,))
SET_MODE, REPOSITION, ORBIT, MISSION_ITEM = 176, 192, 34, 224
TASKING: dict[str, Any] = {
    "reactions": {
        "person_down": {
            "do": "orbit",
            "seconds": 20.0,
            "radius_m": 25.0,
            "alone": False,
            "hand_over": True,
            "until_relieved": True,
        },
        "loitering": {"do": "descend", "seconds": 20.0, "height_m": 25.0},
        "crowd": {"do": "look", "seconds": 20.0},
    },
    "limits": {"seconds_a_flight": 20.0, "again_after_s": 0.0, "same_place_m": 0.0},
    "battery": {"return_height_m": 30.0},
    "attempts": 2,
}


@cache
def message(name: str, sender: Address = AUTOPILOT, **fields: Any) -> Message:
    """A message as it comes off the wire."""
    encoder = Encoder(system_id=sender.system_id, component_id=sender.component_id)
    (decoded,) = Decoder().feed(encoder.encode(name, **fields))
    return decoded


@dataclass
class World:
    """What is the same on every branch: places as they are told, events, and what is not copied."""

    places: dict[str, dict[str, int]]
    event: Noticed
    shared: tuple[Any, ...] = ()


@dataclass
class Vehicle:
    """What the outside is like. `waiting` is the order on the wire, `lost` one that may come late.

    `pilot`: somebody else has the vehicle, and the executive has been told so.
    """

    mode: Px4Mode = Px4Mode.MISSION
    where: str = "leg"
    item: int = 1
    landed: bool = False
    low: bool = False
    linked: bool = True
    heard: bool = True
    pilot: bool = False
    waiting: Send | None = None
    lost: Send | None = None


@dataclass
class Branch:
    """The executive with its vehicle at an abstract time; `told` is what the last step made."""

    executive: Executive
    vehicle: Vehicle
    now_s: float
    world: "World"
    told: list[Action] = field(default_factory=list)
    unheard: list[Send] = field(default_factory=list)

    def copied(self) -> "Branch":
        memo = {id(each): each for each in self.world.shared}
        executive = copy.deepcopy(self.executive, memo)
        return Branch(executive, replace(self.vehicle), self.now_s, self.world)

    def act(self, actions: list[Action]) -> None:
        self.told += actions
        for send in orders(actions):
            # A repeat of an order takes the place of the one before.
            self.vehicle.waiting = send

    def hear(self, name: str, **fields: Any) -> None:
        self.act(self.executive.receive(message(name, **fields), self.now_s))

    def pass_time(self, seconds: float) -> "Branch":
        """Time passes, and the vehicle says how it is."""
        self.now_s += seconds
        if self.vehicle.linked:
            self.executive.heard_hub(self.now_s)
        if self.vehicle.heard:
            self.tell_state()
        self.act(self.executive.tick(self.now_s))
        return self

    def settle(self) -> None:
        """Forget what makes no difference: an order that nobody waits for, a place on patrol."""
        self.told.clear()
        vehicle, state = self.vehicle, self.executive.state
        if state in (State.YIELDED, State.STANDING_BY):
            vehicle.waiting = None
        if state not in (State.PATROLLING, State.REJOINING):
            vehicle.lost = None
        if state not in (*AWAY, State.COMING_BACK):
            vehicle.where = "leg"

    def tell_state(self) -> None:
        vehicle = self.vehicle
        self.hear("HEARTBEAT", type=2, custom_mode=custom_mode(vehicle.mode), system_status=4)
        self.hear("SYS_STATUS", battery_remaining=10 if vehicle.low else 90)
        self.hear("MISSION_CURRENT", seq=vehicle.item, mission_id=7, fence_id=8)
        self.hear("GLOBAL_POSITION_INT", **self.world.places[vehicle.where])
        self.hear("EXTENDED_SYS_STATE", landed_state=1 if vehicle.landed else 2)

    def answer(self, send: Send | None, result: int) -> None:
        """The vehicle answers an order."""
        if send is not None and self.vehicle.heard:
            number = send.fields["command"]
            to = {"target_system": 1, "target_component": 191}
            self.hear("COMMAND_ACK", command=number, result=result, **to)

    def carry_out(self, send: Send | None) -> None:
        """The vehicle does what an order says."""
        modes = {REPOSITION: Px4Mode.HOLD, ORBIT: Px4Mode.ORBIT}
        if send is None:
            return
        fields = send.fields
        if fields["command"] == SET_MODE:
            self.vehicle.mode = px4_mode(int(fields["param2"]) << 16 | int(fields["param3"]) << 24)
        self.vehicle.mode = modes.get(fields["command"], self.vehicle.mode)
        if fields["command"] == MISSION_ITEM:
            self.vehicle.item = int(fields["param1"])

    def key(self) -> tuple[Any, ...]:
        """What tells this branch from others: all that decides, deadlines as past or to come."""
        executive, now_s = self.executive, self.now_s
        errand, watch = executive._errand, executive.watch
        return (
            executive.state,
            executive._deadline_s > now_s,
            None if errand is None else errand_key(errand, now_s),
            executive._desk.plan is not None and executive._desk.plan.reaction.do,
            executive._desk._spent.seconds,
            executive._leg.left is not None,
            executive._leg.behind,
            executive._waited_s > 0.0,
            executive._handover._pending is not None,
            watch.modes._expected,
            watch.alone(now_s),
            watch.situation.known(now_s),
            astuple_of(self.vehicle),
        )


def errand_key(errand: Any, now_s: float) -> tuple[Any, ...]:
    sender = errand._left[0] if errand._left else None
    asked = None if sender is None else (sender.command, sender._sent, sender._deadline_s > now_s)
    return (len(errand._left), asked, errand._rounds, errand.end, errand._until_s > now_s)


def astuple_of(vehicle: Vehicle) -> tuple[Any, ...]:
    return tuple(
        (each.name, each.fields.get("command"), each.fields.get("param3"))
        if isinstance(each, Send)
        else each
        for each in vars(vehicle).values()
    )


def orders(actions: list[Action]) -> list[Send]:
    """What of the actions commands the vehicle: no question, no answer."""
    sends = [each for each in actions if isinstance(each, Send) and "command" in each.fields]
    return [s for s in sends if s.name != "COMMAND_ACK" and s.fields["command"] not in ASKS]


def unasked(actions: list[Action]) -> list[Action]:
    """Without the answers that every command gets."""
    return [each for each in actions if getattr(each, "name", "") != "COMMAND_ACK"]


# Where an order leads to.
WANTED = {State.CIRCLING: "circle", State.LOWERING: "low", State.COMING_BACK: "leg"}

# What can happen at any moment. Each takes the branch one step on.


def obeys(branch: Branch) -> None:
    send, branch.vehicle.waiting = branch.vehicle.waiting, None
    branch.carry_out(send)
    branch.answer(send, 0)
    branch.pass_time(SHORT_S)


def obeys_and_answers_twice(branch: Branch) -> None:
    send, branch.vehicle.waiting = branch.vehicle.waiting, None
    branch.carry_out(send)
    branch.answer(send, 0)
    branch.answer(send, 0)
    branch.pass_time(SHORT_S)


def refuses(branch: Branch) -> None:
    send, branch.vehicle.waiting = branch.vehicle.waiting, None
    branch.answer(send, 1)
    branch.pass_time(SHORT_S)


def obeys_and_is_not_heard(branch: Branch) -> None:
    send, branch.vehicle.waiting = branch.vehicle.waiting, None
    branch.carry_out(send)
    branch.pass_time(LONG_S)


def never_gets_it(branch: Branch) -> None:
    branch.vehicle.lost, branch.vehicle.waiting = branch.vehicle.waiting, None
    branch.pass_time(2.0)


def obeys_late(branch: Branch) -> None:
    send, branch.vehicle.lost = branch.vehicle.lost, None
    branch.carry_out(send)
    branch.pass_time(SHORT_S)


def answers_and_does_nothing(branch: Branch) -> None:
    send, branch.vehicle.waiting = branch.vehicle.waiting, None
    branch.answer(send, 0)
    branch.pass_time(LONG_S)


def time_passes(branch: Branch) -> None:
    branch.pass_time(LONG_S)


def arrives(branch: Branch) -> None:
    branch.vehicle.where = WANTED.get(branch.executive.state, branch.vehicle.where)
    branch.pass_time(SHORT_S)


def is_blown_out(branch: Branch) -> None:
    branch.vehicle.where = "outside"
    branch.pass_time(SHORT_S)


def event_is_noticed(branch: Branch) -> None:
    branch.act(branch.executive.noticed(branch.world.event, branch.now_s))


def somebody_sets(mode: Px4Mode) -> Callable[[Branch], None]:
    """Another mode than the executive's, so that it can tell."""

    def take(branch: Branch) -> None:
        vehicle = branch.vehicle
        if vehicle.mode is mode or vehicle.waiting is not None or vehicle.lost is not None:
            return
        vehicle.mode = mode
        vehicle.pilot = branch.executive.state in FLYING and vehicle.heard
        branch.pass_time(SHORT_S)

    take.__name__ = f"somebody_sets_{mode.value}"
    return take


def sticks_move(branch: Branch) -> None:
    if branch.vehicle.heard:
        branch.vehicle.pilot = branch.executive.state in FLYING
        branch.hear("MANUAL_CONTROL", target=1, x=800, y=0, z=500, r=0)


def battery_sinks(branch: Branch) -> None:
    branch.vehicle.low = True
    branch.pass_time(SHORT_S)


def link_goes(branch: Branch) -> None:
    branch.vehicle.linked = False
    branch.pass_time(LONG_S)


def link_comes_back(branch: Branch) -> None:
    branch.vehicle.linked = True
    branch.pass_time(SHORT_S)


def autopilot_is_not_heard_for_a_while(branch: Branch) -> None:
    branch.vehicle.heard = False
    branch.pass_time(3.0)
    before = len(orders(branch.told))
    branch.pass_time(LONG_S)
    branch.unheard = orders(branch.told)[before:]
    branch.vehicle.heard = True
    branch.pass_time(SHORT_S)


def lands(branch: Branch) -> None:
    if branch.vehicle.mode is Px4Mode.RTL:
        branch.vehicle.landed = True
        branch.pass_time(SHORT_S)


def is_asked_again(branch: Branch) -> None:
    if branch.executive.state is State.YIELDED:
        branch.vehicle.pilot = False
        fields = {"target_system": 1, "target_component": 191, "command": 31010, "param1": 1.0}
        asked = message("COMMAND_LONG", STATION, **fields)
        branch.act(branch.executive.receive(asked, branch.now_s))


def relief_answers(branch: Branch) -> None:
    pending = branch.executive._handover._pending or "nothing"
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
    battery_sinks,
    link_goes,
    link_comes_back,
    autopilot_is_not_heard_for_a_while,
    lands,
    is_asked_again,
    relief_answers,
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
    given, state = orders(after.told), after.executive.state
    if after.vehicle.pilot and given:
        yield "commands while somebody else has the vehicle"
    if state is before.executive.state is State.YIELDED and unasked(after.told):
        yield "is not silent though it has yielded"
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


@pytest.fixture(scope="module")
def world(at: Callable[..., Any], event_at: Callable[..., Noticed]) -> World:
    def told(east_m: float, north_m: float, above_m: float) -> dict[str, int]:
        place = at(east_m, north_m, above_m)
        return {
            "lat": round(place.latitude_deg * 1e7),
            "lon": round(place.longitude_deg * 1e7),
            "alt": round(place.height_amsl_m * 1e3),
        }

    return World(
        places={
            "leg": told(0.0, 60.0, 40.0),
            "circle": told(15.0, 80.0, 40.0),
            "low": told(0.0, 60.0, 25.0),
            "outside": told(0.0, -200.0, 40.0),
        },
        event=event_at(40.0, 80.0, track_ids=()),
    )


@pytest.fixture(scope="module")
def begun(world: World, plan: Any, at: Callable[..., Any]) -> Callable[..., Branch]:
    """Makes a branch on which the patrol has just been seen."""

    def make(
        link: str, kind: EventKind, left: Left | None = None, mode: Px4Mode = Px4Mode.MISSION
    ) -> Branch:
        world.event = replace(world.event, kind=kind)
        tasking = Tasking.model_validate(TASKING | {"link": {"do": link, "lost_after_s": 100.0}})
        executive = Executive(tasking, own=OWN, vehicle=AUTOPILOT, remembered=left)
        branch = Branch(executive, Vehicle(mode=mode), 1000.0, world)
        home = at(0.0, 0.0)
        branch.hear(
            "HOME_POSITION",
            latitude=round(home.latitude_deg * 1e7),
            longitude=round(home.longitude_deg * 1e7),
            altitude=round(home.height_amsl_m * 1e3),
        )
        store = PlanStore()
        store.replace(MissionType.MISSION, mission_wire(plan))
        store.replace(MissionType.FENCE, fence_wire(plan))
        answer_questions(branch, PlanEndpoint(store, own=AUTOPILOT))
        watch = executive.watch
        assert watch.bounds is not None
        branch.world.shared = (tasking, watch.bounds, watch.plan, watch._streams, watch._plans)
        branch.told.clear()
        return branch

    return make


def answer_questions(branch: Branch, endpoint: PlanEndpoint) -> None:
    """The vehicle gives its plan and the streams that are asked for."""
    branch.hear("MISSION_CURRENT", seq=1, mission_id=7, fence_id=8)
    for _ in range(40):
        sends = [each for each in branch.told if isinstance(each, Send)]
        branch.told.clear()
        for send in sends:
            asked = message(send.name, OWN, **send.fields)
            for reply in endpoint.receive(asked, branch.now_s):
                branch.hear(reply.name, **reply.fields)
            if send.fields.get("command") in ASKS:
                branch.answer(send, 0)
        branch.pass_time(SHORT_S)


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
    assert {State.STOPPING, State.GOING_HOME, State.YIELDED} <= set(found.states.values())
    for policy in (fair, hostile, deceitful):
        assert max(led(found, policy).values()) < 40
