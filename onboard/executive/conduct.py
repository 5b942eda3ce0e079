"""Carrying a state out: its order on the wire, until when it may last, and what comes after it."""

import math

from onboard.executive.actions import Action
from onboard.executive.chart import AWAY, STATES, WATCHES, Order, State
from onboard.executive.errand import End, Errand
from onboard.executive.event_desk import EventDesk
from onboard.executive.leg_memory import LegMemory
from onboard.executive.ordering import Ordering
from onboard.executive.pursuit import Pursuit
from onboard.executive.tasking import Tasking
from onboard.executive.watch import Watch
from onboard.mavlink.codec import Message, Send
from onboard.mavlink.command import CommandSender
from onboard.mavlink.flight_orders import FlightOrders

# MISSION_CURRENT comes every second and at the end itself; of three in a row one is heard.
LISTENS_S = 3.0


class Conduct:
    """One vehicle's. `state` is what is done, `errand` its order, `deadline_s` when its time is up;
    `looks_until_s` is that of the whole reaction, from when its object has first been reached."""

    def __init__(
        self,
        tasking: Tasking,
        watch: Watch,
        desk: EventDesk,
        leg: LegMemory,
        pursuit: Pursuit,
        orders: FlightOrders,
    ) -> None:
        self.state = State.STANDING_BY
        self.errand: Errand | None = None
        self.deadline_s = math.inf
        self.looks_until_s: float | None = None
        self._hold_s = tasking.link.hold_s
        self._watch = watch
        self._desk = desk
        self._leg = leg
        self._pursuit = pursuit
        self._orders = orders
        self._ordering = Ordering(orders, watch.situation, follow_m_s=tasking.limits.follow_m_s)
        self._after: CommandSender | None = None
        self._waited_s = 0.0
        self._waits_since_s: float | None = None

    @property
    def end(self) -> End:
        """How its order stands; without an order it is carried out."""
        return End.DONE if self.errand is None else self.errand.end

    @property
    def words(self) -> str:
        """What went wrong with its order."""
        return "" if self.errand is None else self.errand.words

    def receive(self, message: Message, now_s: float) -> list[Send]:
        """Take in an answer to an order."""
        if self._after is not None:
            self._after.receive(message, now_s)
        return [] if self.errand is None else self.errand.receive(message, now_s)

    def tick(self, now_s: float) -> list[Send]:
        """Repeat the order, or give it up."""
        return [] if self.errand is None else self.errand.tick(now_s)

    def stays_s(self, state: State, now_s: float) -> float:
        """How long it would stay in a state that it enters now."""
        reaction = self._desk.reaction
        if state in WATCHES and reaction is not None:
            until_s = self.looks_until_s
            return reaction.seconds if until_s is None else max(0.0, until_s - now_s)
        if state is State.WAITING:
            return max(0.0, self._hold_s - self._waited_s)
        return LISTENS_S if state is State.ENDING else math.inf

    def looks_s(self, now_s: float) -> float:
        """How long the object of the reaction would still be looked at."""
        left_s = self.stays_s(State.LOOKING, now_s)
        return left_s if math.isfinite(left_s) else 0.0

    def enter(self, state: State, now_s: float) -> list[Action]:
        """Do what a state asks for from now on."""
        self._waits(state, now_s)
        if state not in AWAY:
            self._desk.drop()
            self.looks_until_s = None
        self.deadline_s = now_s + self.stays_s(state, now_s)
        if state in WATCHES:
            self.looks_until_s = self.deadline_s
        self.state, self._after = state, None
        return self._begin(STATES[state].order, now_s)

    def keep_up(self, now_s: float) -> list[Send]:
        """The next order after an object that moves, once the one before was heard."""
        order = STATES[self.state].order
        if not self._pursuit.due or order not in (Order.FOLLOW, Order.TRAIL):
            return []
        if self.end is not End.DONE:
            return []
        self._pursuit.take()
        self.errand = self._ordering.errand(order, self._desk.plan, self._leg.left)
        place = self._ordering.bound_for(self.state, self._desk.plan, self._leg.left)
        self._watch.modes.goes_on(place)
        return [] if self.errand is None else self.errand.start(now_s)

    def look_as_before(self, now_s: float) -> list[Send]:
        """The mission's region of interest, which PX4 forgets when the mode changes."""
        left = self._leg.left
        if left is None or left.roi is None:
            return []
        self._after = self._orders.look_at(left.roi)
        return self._after.start(now_s)

    def repeat(self, now_s: float) -> list[Send]:
        """What was not answered beside the order itself."""
        return [] if self._after is None else self._after.tick(now_s)

    def new_flight(self) -> None:
        """Nothing was waited for yet."""
        self._waited_s = 0.0

    def _begin(self, order: Order | None, now_s: float) -> list[Action]:
        if order in (Order.FOLLOW, Order.TRAIL):
            self._pursuit.take()
        plan, left, now = self._desk.plan, self._leg.left, self._watch.situation
        self.errand = None if order is None else self._ordering.errand(order, plan, left)
        asked = STATES[self.state].mode if order is None or self.errand is not None else now.mode
        place = self._ordering.bound_for(self.state, plan, left)
        self._watch.modes.expect(asked, now.mode, place=place, told=now.target, now_s=now_s)
        actions: list[Action] = []
        if self.state in (*AWAY, State.WAITING, State.COMING_BACK):
            actions += self._leg.mode(STATES[self.state].mode)
        return actions + ([] if self.errand is None else self.errand.start(now_s))

    def _waits(self, state: State, now_s: float) -> None:
        """Waiting is counted over the whole flight."""
        if self._waits_since_s is not None:
            self._waited_s += now_s - self._waits_since_s
        self._waits_since_s = now_s if state is State.WAITING else None
