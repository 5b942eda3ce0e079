"""The patrol executive: watches a mission being flown, reacts to events, and comes back to its leg.

A pure core. It takes messages, events and a time (`now_s`, seconds of any monotonic clock) and
returns actions. What it does when is in `chart`; what it may do is in the tasking.
"""

from collections.abc import Sequence

from missions.airspace.zone import Zone
from onboard.executive.actions import Action, Left
from onboard.executive.camera_work import CameraWork
from onboard.executive.chart import FLYING, HEEDED, STATES, WATCHES, Signal, State, Transition
from onboard.executive.chart import taken as transition_of
from onboard.executive.conduct import Conduct
from onboard.executive.event_desk import EventDesk
from onboard.executive.handover import Answered
from onboard.executive.leg_memory import LegMemory
from onboard.executive.noticed import Noticed, Sighted
from onboard.executive.operator_order import answer as order_answer
from onboard.executive.operator_order import is_order, takes_up
from onboard.executive.other_hands import Hand
from onboard.executive.pursuit import Pursuit
from onboard.executive.refusal import Refusal, Why
from onboard.executive.relief import Relief
from onboard.executive.sayings import NOT_FOLLOWING, NOT_REACTING, Sentence
from onboard.executive.signals import Signals
from onboard.executive.subject import Subject
from onboard.executive.tasking import Tasking
from onboard.executive.telling import Made, Telling
from onboard.executive.watch import Watch
from onboard.mavlink.codec import Address, Message
from onboard.mavlink.flight_orders import FlightOrders
from onboard.mavlink.gimbal_keeper import GimbalKeeper
from onboard.messages import Explanation

# What may change what is done at once; the rest is looked at with the next tick.
TELLING = frozenset(
    (
        "HEARTBEAT",
        "CURRENT_MODE",
        "EXTENDED_SYS_STATE",
        "MISSION_CURRENT",
        "COMMAND_ACK",
        "COMMAND_LONG",
        "MANUAL_CONTROL",
        "RC_CHANNELS",
        "ORBIT_EXECUTION_STATUS",
    )
)
# No tick makes more transitions than this; the next one goes on.
AT_ONCE = 4


class Executive:
    """One vehicle's. `own` is this computer's address in the vehicle's system.

    `remembered` is the leg that an earlier process of this flight had left (`Remember`).
    """

    def __init__(
        self,
        tasking: Tasking,
        *,
        own: Address,
        vehicle: Address,
        zones: Sequence[Zone] = (),
        remembered: Left | None = None,
    ) -> None:
        orders = FlightOrders(
            own=own,
            vehicle=vehicle,
            answer_timeout_s=tasking.answer_s,
            attempts=tasking.attempts,
        )
        gimbal = tasking.gimbal
        keeper = GimbalKeeper(
            own=own, vehicle=vehicle, rate_rad_s=gimbal.rate_rad_s, every_s=gimbal.every_s
        )
        self.watch = Watch(tasking, own=own, vehicle=vehicle, zones=zones)
        self._own = own
        self._accepts = tasking.relief.accepts
        self._subject = Subject()
        self._camera = CameraWork(keeper, self._subject)
        self._telling = Telling(self.watch)
        self._desk = EventDesk(tasking, self.watch, self._subject)
        self._leg = LegMemory(self.watch, remembered)
        self._relief = Relief(tasking, self._desk, self._subject, self._telling)
        self._pursuit = Pursuit(tasking, self.watch, self._desk, self._leg, self._subject)
        self._conduct = Conduct(tasking, self.watch, self._desk, self._leg, self._pursuit, orders)
        self._signals = Signals(
            tasking, self.watch, self._desk, self._leg, self._pursuit, self._conduct
        )
        self._actions: list[Action] = []

    @property
    def state(self) -> State:
        """What it does."""
        return self._conduct.state

    def wants(self, track_id: int, now_s: float) -> bool:
        """Whether a track is to be told: it is, or may be, what the reaction is about."""
        return self._desk.plan is not None and self._subject.wants(track_id, now_s)

    # What comes in

    def receive(self, message: Message, now_s: float) -> list[Action]:
        """Take in a message of the vehicle, or of a ground station to this computer."""
        self._actions += self.watch.receive(message, now_s)
        self._actions += self._conduct.receive(message, now_s)
        self._camera.receive(message, now_s)
        if is_order(message, self._own):
            self._told(message)
        return self._step(now_s) if message.name in TELLING else self._done()

    def tick(self, now_s: float) -> list[Action]:
        """Let time pass: repeat, give up, look on."""
        if self.state is not State.YIELDED:
            self._actions += self.watch.ask(now_s)
        if self.watch.situation.known(now_s):
            self._actions += self._conduct.tick(now_s)
        return self._step(now_s)

    def noticed(
        self, noticed: Noticed, now_s: float, words: Explanation | None = None
    ) -> list[Action]:
        """An event of this aircraft's own rules; `words` is its sentence."""
        if self.state in FLYING:
            self._consider(noticed, words, now_s)
        return self._step(now_s)

    def seen(self, tracks: Sequence[Sighted], now_s: float) -> list[Action]:
        """What was seen in a frame of what it `wants`."""
        self._subject.seen(tracks, now_s)
        return self._step(now_s)

    def heard_hub(self, now_s: float) -> None:
        """The hub has answered."""
        self.watch.heard("hub", now_s)

    def offered(self, noticed: Noticed, by: str, now_s: float) -> list[Action]:
        """Another drone's track; it is answered whether this one takes it over."""
        refusal: Refusal | None = Refusal(why=Why.NO_RELIEF)
        if self._accepts:
            refusal = self._consider(noticed, None, now_s)
        self._actions.append(self._relief.answers(noticed, by, refusal))
        return self._step(now_s)

    def answered(self, answer: Answered, now_s: float) -> list[Action]:
        """A relief drone's answer to an offer; or the hub's, that another drone was sooner."""
        said, self._signals.relieved = self._relief.answered(answer, self.state)
        self._actions += said
        return self._step(now_s)

    def _consider(
        self, noticed: Noticed, words: Explanation | None, now_s: float
    ) -> Refusal | None:
        refusal = self._desk.consider(noticed, self.state, words, now_s)
        if refusal is not None:
            self._refuse(refusal, noticed)
        return refusal

    def _told(self, message: Message) -> None:
        """An operator's word."""
        self._signals.asked = takes_up(message)
        if not self._signals.asked:
            self.watch.hand = Hand.ORDER
        self._actions.append(order_answer(message))

    # The machine

    def _step(self, now_s: float) -> list[Action]:
        if not self.watch.situation.known(now_s):
            # A pilot may have the vehicle by now: nothing is decided until its mode is heard.
            return self._done()
        self._pursuit.look(self.state, now_s, self._conduct.looks_s(now_s))
        for _ in range(AT_ONCE):
            if not self._transition(now_s):
                break
        self._signals.heeded()
        self._actions += self._relief.expires(self.state, now_s)
        self._go_on(now_s)
        return self._done()

    def _go_on(self, now_s: float) -> None:
        """What belongs to a state while it lasts."""
        if self.state is State.STANDING_BY:
            self._actions += self._leg.drop_stale()
        elif STATES[self.state].commands:
            aims = STATES[self.state].aims
            self._actions += self._conduct.keep_up(now_s)
            self._actions += self._camera.work(self.watch.situation, now_s, aims=aims)
            self._actions += self._conduct.repeat(now_s)

    def _done(self) -> list[Action]:
        actions, self._actions = self._actions, []
        return actions

    def _transition(self, now_s: float) -> bool:
        for signal in HEEDED[self.state]:
            if self._signals.holds(signal, now_s):
                made = transition_of(
                    self.state, signal, lambda guard: self._signals.allow(guard, now_s)
                )
                if made is not None:
                    self._make(made, now_s)
                    return True
        return False

    def _make(self, made: Transition, now_s: float) -> None:
        reached = made.target in WATCHES and self._conduct.looks_until_s is None
        self._say_transition(made, now_s)
        if made.source is State.PATROLLING and made.target in (State.STOPPING, State.WAITING):
            self._leg.leave()
        self._actions += self._relief.parts(made, now_s)
        self._actions += self._conduct.enter(made.target, now_s)
        if reached:
            self._actions += self._relief.offers(self.state, now_s)
        self._entered(now_s)

    def _entered(self, now_s: float) -> None:
        """What belongs to a state beside its order."""
        match self.state:
            case State.PATROLLING:
                self._actions += self._conduct.look_as_before(now_s)
                self._actions += self._leg.forget()
            case State.YIELDED:
                self._camera.fall_silent()
                self._actions += self._leg.forget()
            case State.STANDING_BY:
                self._actions += self._leg.forget()
                if self.watch.situation.landed:
                    self._new_flight()

    def _new_flight(self) -> None:
        self._desk.new_flight()
        self._conduct.new_flight()
        self.watch.reserve.begins()

    # What is said

    def _say_transition(self, made: Transition, now_s: float) -> None:
        plan, refusal, gone = self._desk.plan, self._desk.refusal, self._pursuit.gone
        if made.signal in (Signal.DONE, Signal.RESTS) and refusal is not None and plan is not None:
            self._refuse(refusal, plan.noticed)
        elif made.signal is Signal.GONE and gone is not None and plan is not None:
            self._refuse(gone, plan.noticed, NOT_FOLLOWING)
        self._desk.refusal = None
        told = Made(
            transition=made,
            hand=self._signals.hand,
            plan=plan,
            left=self._leg.left,
            words=self._conduct.words,
            stays_s=self._conduct.stays_s(made.target, now_s),
            speed_m_s=self._subject.speed_m_s(now_s),
            event=self._desk.event,
        )
        self._actions.append(self._telling.transition(told, now_s))

    def _refuse(self, refusal: Refusal, noticed: Noticed, start: Sentence = NOT_REACTING) -> None:
        said = self._telling.refusal(self.state, refusal, noticed.event_id, start)
        self._actions.append(said)
