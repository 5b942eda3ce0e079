"""The ground station of a scenario: one drone's other end of its ground link, in simulated time.

It says its heartbeat, runs transactions and remembers what it heard. It knows nothing but what came
over the link.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from missions.plan import Plan
from onboard.mavlink.codec import Address, Encoder, Message, Send
from onboard.mavlink.command import CommandSender
from onboard.mavlink.mission_transfer import PlanSender, TransferOutcome
from onboard.mavlink.parameters import (
    ParameterEnd,
    ParameterOutcome,
    ParameterType,
    ParameterWrite,
)
from onboard.mavlink.plan_hash import plan_hashes
from onboard.mavlink.plan_items import MissionType, wire_of
from onboard.mavlink.px4_modes import Px4Mode, set_mode
from sim.scenario.wire import Wire

STATION = Address(255, 190)
AUTOPILOT = 1
HEARTBEAT_EVERY_S = 1.0
HEARTBEAT = Send("HEARTBEAT", {"type": 6, "autopilot": 8, "mavlink_version": 3})
LINKED_WITHIN_S = 5.0
JUDGED_WITHIN_S = 5.0
MISSION_NONE = 1
MISSION_START, FROM_THE_FIRST = 300, -1.0
DO_REPOSITION, CHANGE_MODE = 192, 1.0


class Machine(Protocol):
    """A transaction with a vehicle: `outcome` is there once it has ended."""

    @property
    def outcome(self) -> Any: ...
    def start(self, now_s: float) -> list[Send]: ...
    def receive(self, message: Message, now_s: float) -> list[Send]: ...
    def tick(self, now_s: float) -> list[Send]: ...


class Order:
    """Transactions one after another; ends with the first that fails, or with the last."""

    def __init__(self, name: str, machines: Sequence[Machine]) -> None:
        self.name = name
        self.outcome: Any = None
        self._machines = list(machines)

    def then(self, *machines: Machine) -> "Order":
        """The same order with more to do after it."""
        return Order(self.name, [*self._machines, *machines])

    @property
    def ended(self) -> bool:
        """Whether nothing is left to do."""
        return not self._machines

    @property
    def succeeded(self) -> bool:
        """Whether it ended with all done."""
        return self.ended and self.outcome is not None and succeeded(self.outcome)

    @property
    def words(self) -> str:
        """What came of it, for a person."""
        return "under way" if self.outcome is None else str(self.outcome.words)

    def start(self, now_s: float) -> list[Send]:
        """Begin with the first."""
        return self._advance(self._machines[0].start(now_s), now_s)

    def receive(self, message: Message, now_s: float) -> list[Send]:
        """Let the present one hear."""
        if not self._machines:
            return []
        return self._advance(self._machines[0].receive(message, now_s), now_s)

    def tick(self, now_s: float) -> list[Send]:
        """Let time pass for the present one."""
        if not self._machines:
            return []
        return self._advance(self._machines[0].tick(now_s), now_s)

    def _advance(self, sends: list[Send], now_s: float) -> list[Send]:
        """Go on to the next where the present one has ended."""
        while self._machines and self._machines[0].outcome is not None:
            self.outcome = self._machines.pop(0).outcome
            if not succeeded(self.outcome):
                self._machines.clear()
            if self._machines:
                sends = [*sends, *self._machines[0].start(now_s)]
        return sends


def succeeded(outcome: Any) -> bool:
    """Whether a transaction did what was asked, whatever its kind."""
    if isinstance(outcome, TransferOutcome):
        return outcome.complete
    if isinstance(outcome, ParameterOutcome):
        return outcome.end is ParameterEnd.DONE
    return bool(outcome.accepted)


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgementOutcome:
    """Whether the navigator takes the mission that was uploaded."""

    accepted: bool
    words: str


class Judgement:
    """Waits for PX4's verdict, which comes 0.4 to 0.9 s after the ACK, in MISSION_CURRENT."""

    def __init__(self, mission_hash: int, *, empty: bool) -> None:
        self.outcome: JudgementOutcome | None = None
        self._hash = mission_hash
        self._empty = empty
        self._until_s = math.inf

    def start(self, now_s: float) -> list[Send]:
        """Begin to wait; an empty mission is not judged."""
        self._until_s = now_s + JUDGED_WITHIN_S
        if self._empty:
            self.outcome = JudgementOutcome(accepted=True, words="no mission to judge")
        return []

    def receive(self, message: Message, now_s: float) -> list[Send]:
        """Look for the mission's hash with a verdict."""
        told = message.name == "MISSION_CURRENT" and message.mission_id == self._hash
        if told and message.mission_state > MISSION_NONE:
            self.outcome = JudgementOutcome(accepted=True, words="the mission is valid")
        return []

    def tick(self, now_s: float) -> list[Send]:
        """Give up after a while."""
        if self.outcome is None and now_s >= self._until_s:
            words = "the vehicle does not hold the mission to be valid"
            self.outcome = JudgementOutcome(accepted=False, words=words)
        return []


class Station:
    """What happens at the ground's end; `step` once a tick."""

    def __init__(self, wire: Wire, *, system_id: int) -> None:
        self.vehicle = Address(system_id, AUTOPILOT)
        self.heard: dict[str, Message] = {}
        self.texts: list[tuple[float, str]] = []
        self.orders: list[Order] = []
        self.heard_at_s = -1e9
        self.silent = False
        self._wire = wire
        self._encoder = Encoder(system_id=STATION.system_id, component_id=STATION.component_id)
        self._beat_at_s = 0.0
        wire.listeners.append(self._hear)

    def linked(self, now_s: float) -> bool:
        """Whether the vehicle was heard of late."""
        return now_s - self.heard_at_s < LINKED_WITHIN_S

    def step(self, now_s: float) -> None:
        """Say what is due."""
        if now_s >= self._beat_at_s and not self.silent:
            self._beat_at_s = now_s + HEARTBEAT_EVERY_S
            self.say([HEARTBEAT], now_s)
        for order in self._open():
            self.say(order.tick(now_s), now_s)

    def say(self, sends: Sequence[Send], now_s: float) -> None:
        """Put messages on the link as they are."""
        self._wire.send(sends, self._encoder, now_s)

    def begin(self, order: Order, now_s: float) -> Order:
        """Start an order; it goes on by itself."""
        self.orders.append(order)
        self.say(order.start(now_s), now_s)
        return order

    def upload(self, plan: Plan) -> Order:
        """Fence, rally points and mission, in this order, and the vehicle's judgement of them."""
        kinds = (MissionType.FENCE, MissionType.RALLY, MissionType.MISSION)
        return Order(
            "upload",
            [
                PlanSender(
                    own=STATION, vehicle=self.vehicle, mission_type=kind, items=wire_of(plan, kind)
                )
                for kind in kinds
            ],
        ).then(Judgement(plan_hashes(plan).mission, empty=not plan.items))

    def fly(self, plan: Plan) -> Order:
        """Bring a plan on board, see it judged good, and start it."""
        start = self._sender(MISSION_START, FROM_THE_FIRST)
        order = self.upload(plan).then(start)
        order.name = "fly"
        return order

    def reposition(self, latitude_deg: float, longitude_deg: float, height_amsl_m: float) -> Order:
        """Go to a place and hold there; degrees, metres above mean sea level."""
        place = (latitude_deg, longitude_deg, height_amsl_m)
        return Order(
            "go to", [self._sender(DO_REPOSITION, -1.0, CHANGE_MODE, 0.0, math.nan, *place)]
        )

    def mode(self, mode: Px4Mode) -> Order:
        """Ask for a flight mode."""
        return Order(str(mode), [set_mode(own=STATION, vehicle=self.vehicle, mode=mode)])

    def command(self, command: int, *params: float, component: int = AUTOPILOT) -> Order:
        """Any MAV_CMD as COMMAND_LONG."""
        sender = self._sender(command, *params, component=component)
        return Order(f"command {command}", [sender])

    def parameter(self, name: str, value: int | float) -> Order:
        """Set a parameter; whole numbers go as INT32."""
        kind = ParameterType.INT32 if isinstance(value, int) else ParameterType.REAL32
        write = ParameterWrite(own=STATION, vehicle=self.vehicle, name=name, value=value, kind=kind)
        return Order(name, [write])

    def _sender(self, command: int, *params: float, component: int = AUTOPILOT) -> CommandSender:
        to = Address(self.vehicle.system_id, component)
        return CommandSender(own=STATION, vehicle=to, command=command, params=params)

    def _open(self) -> list[Order]:
        return [order for order in self.orders if not order.ended]

    def _hear(self, message: Message, now_s: float) -> None:
        self.heard[message.name] = message
        if message.sender == self.vehicle:
            self.heard_at_s = now_s
        if message.name == "STATUSTEXT":
            self._hear_text(message, now_s)
        for order in self._open():
            self.say(order.receive(message, now_s), now_s)

    def _hear_text(self, message: Message, now_s: float) -> None:
        text = str(message.text).rstrip("\t")
        if message["id"] and message.chunk_seq and self.texts:
            began_s, begun = self.texts.pop()
            self.texts.append((began_s, begun + text))
        else:
            self.texts.append((now_s, text))
