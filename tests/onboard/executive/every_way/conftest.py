"""The executive on one branch of all that can happen, with its vehicle at an abstract time."""

import copy
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import pytest

from onboard.executive.actions import Action, Left
from onboard.executive.chart import AWAY, IN_MISSION, PURSUES, State
from onboard.executive.executive import Executive
from onboard.executive.noticed import Noticed, Sighted
from onboard.executive.tasking import Tasking
from onboard.mavlink.codec import Address, Decoder, Encoder, Message, Send
from onboard.mavlink.mission_transfer import PlanEndpoint, PlanStore
from onboard.mavlink.plan_items import MissionType, fence_wire, mission_wire
from onboard.mavlink.px4_modes import Px4Mode, custom_mode, px4_mode
from onboard.messages import EventKind

OWN, AUTOPILOT, STATION = Address(1, 191), Address(1, 1), Address(255, 190)
SHORT_S = 0.2
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
    objects: dict[str, Sighted]
    last_item: int
    shared: tuple[Any, ...] = ()


@dataclass
class Vehicle:
    """What the outside is like. `waiting` is the order on the wire, `lost` one that may come late.

    `pilot`: somebody else has the vehicle, and the executive has been told so. `ended`: it holds at
    the end of its mission, `over`: and says so.
    """

    mode: Px4Mode = Px4Mode.MISSION
    where: str = "leg"
    # Where the object of the event is seen; empty while it is not.
    object: str = ""
    item: int = 1
    landed: bool = False
    low: bool = False
    linked: bool = True
    heard: bool = True
    pilot: bool = False
    ended: bool = False
    over: bool = False
    waiting: Send | None = None
    lost: Send | None = None


@dataclass
class Branch:
    """The executive with its vehicle at an abstract time; `told` is what the last step made."""

    executive: Executive
    vehicle: Vehicle
    now_s: float
    world: World
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

    def hear(self, name: str, *, sender: Address = AUTOPILOT, **fields: Any) -> None:
        self.act(self.executive.receive(message(name, sender, **fields), self.now_s))

    @property
    def given(self) -> list[Send]:
        """The orders that the last step made."""
        return orders(self.told)

    @property
    def unasked(self) -> list[Action]:
        """What the last step made, without the answers that every command gets."""
        return [each for each in self.told if getattr(each, "name", "") != "COMMAND_ACK"]

    def taken(self) -> Send | None:
        """The order on the wire, which is not there any more."""
        send, self.vehicle.waiting = self.vehicle.waiting, None
        return send

    def pass_time(self, seconds: float = SHORT_S) -> "Branch":
        """Time passes, and the vehicle says how it is."""
        self.now_s += seconds
        if self.vehicle.linked:
            self.executive.heard_hub(self.now_s)
        if self.vehicle.heard:
            self.tell_state()
        if self.vehicle.object:
            seen = self.world.objects[self.vehicle.object]
            self.act(self.executive.seen([seen], self.now_s))
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
        if state not in PURSUES:
            vehicle.object = ""
        self.settle_mission()
        # Every step is long enough to look at the object once.
        self.executive._pursuit._next_s = 0.0

    def settle_mission(self) -> None:
        """Which leg it is matters in Mission mode, whether it ended to whoever goes on with it."""
        vehicle, state, leg = self.vehicle, self.executive.state, self.executive._leg
        if state not in (*IN_MISSION, State.ENDING):
            vehicle.item = 1
            leg.left = None if leg.left is None else replace(leg.left, item=1)
        if state in AWAY:
            vehicle.over = vehicle.ended
        if state in (State.YIELDED, State.GOING_HOME) or vehicle.mode is Px4Mode.RTL:
            vehicle.ended = vehicle.over = False
        self.executive.watch.situation.mission_over = vehicle.over

    def tell_state(self) -> None:
        vehicle = self.vehicle
        self.hear("HEARTBEAT", type=2, custom_mode=custom_mode(vehicle.mode), system_status=4)
        self.hear("SYS_STATUS", battery_remaining=10 if vehicle.low else 90)
        self.tell_mission()
        self.hear("GLOBAL_POSITION_INT", **self.world.places[vehicle.where])
        self.hear("EXTENDED_SYS_STATE", landed_state=1 if vehicle.landed else 2)

    def tell_mission(self) -> None:
        vehicle = self.vehicle
        state = 5 if vehicle.over else 3 if vehicle.mode is Px4Mode.MISSION else 4
        ids = {"mission_id": 7, "fence_id": 8}
        self.hear("MISSION_CURRENT", seq=vehicle.item, mission_state=state, **ids)

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
        if self.vehicle.mode is Px4Mode.MISSION:
            self.vehicle.ended = self.vehicle.over = False
        if fields["command"] == MISSION_ITEM:
            self.vehicle.item = int(fields["param1"])

    def key(self) -> tuple[Any, ...]:
        """What tells this branch from others: all that decides, deadlines as past or to come."""
        executive, now_s = self.executive, self.now_s
        conduct, watch = executive._conduct, executive.watch
        errand, pursuit = conduct.errand, executive._pursuit
        return (
            executive.state,
            conduct.deadline_s > now_s,
            (conduct.looks_until_s or now_s) > now_s,
            pursuit_key(pursuit, now_s),
            None if errand is None else errand_key(errand, now_s),
            executive._desk.plan is not None and executive._desk.plan.reaction.do,
            executive._desk._spent.seconds,
            executive._leg.left is not None,
            executive._leg.behind,
            conduct._waited_s > 0.0,
            executive._relief.handover.waits_for,
            watch.modes._expected,
            watch.alone(now_s),
            watch.situation.known(now_s),
            astuple_of(self.vehicle),
        )


def pursuit_key(pursuit: Any, now_s: float) -> tuple[Any, ...]:
    lasting = (pursuit._far, pursuit._fast, pursuit._refused)
    return (
        pursuit.moved,
        pursuit.outruns,
        pursuit.rests,
        pursuit.due,
        pursuit.gone is not None,
        pursuit._wanted is not None,
        *(each._since_s is not None for each in lasting),
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


@pytest.fixture(scope="module")
def world(
    plan: Any,
    at: Callable[..., Any],
    event_at: Callable[..., Noticed],
    track_at: Callable[..., Sighted],
) -> World:
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
        event=event_at(40.0, 80.0),
        objects={
            "walks": track_at(48.0, 80.0, velocity_en_m_s=(1.0, 0.0)),
            "drives": track_at(60.0, 80.0, velocity_en_m_s=(5.0, 0.0)),
            "has left": track_at(260.0, 80.0),
        },
        last_item=len(plan.items) - 1,
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
        branch.pass_time()
