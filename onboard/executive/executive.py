"""The patrol executive: watches a mission being flown, reacts to events, and comes back to its leg.

A pure core. It takes messages, events and a time (`now_s`, seconds of any monotonic clock) and
returns actions. What it does when is in `chart`; what it may do is in the tasking.
"""

import math
from collections.abc import Sequence

from missions.airspace.zone import Zone
from onboard.executive.actions import Action, Answer, Left
from onboard.executive.camera_work import CameraWork
from onboard.executive.chart import AWAY, FLYING, HEEDED, STATES, Guard, Signal, State, Transition
from onboard.executive.chart import taken as transition_of
from onboard.executive.errand import End, Errand
from onboard.executive.event_desk import EventDesk
from onboard.executive.handover import Answered, Handover
from onboard.executive.leg_memory import LegMemory
from onboard.executive.ordering import Ordering
from onboard.executive.other_hands import Hand
from onboard.executive.reaction import Noticed, Sighted
from onboard.executive.refusal import Refusal, Why
from onboard.executive.tasking import Tasking
from onboard.executive.telling import Made, Telling
from onboard.executive.watch import Watch
from onboard.mavlink.codec import Address, Message, Send
from onboard.mavlink.command import CommandSender
from onboard.mavlink.flight_orders import FlightOrders
from onboard.mavlink.gimbal_keeper import GimbalKeeper
from onboard.mavlink.px4_modes import Px4Mode
from onboard.messages import Explanation

# An operator's word to the executive itself: MAV_CMD_USER_1, param1 1: take up, 0: stand down.
USER_ORDER = 31010
ACCEPTED = 0
# What may change what is done at once; the rest is looked at with the next tick.
TELLING = frozenset(
    (
        "HEARTBEAT",
        "CURRENT_MODE",
        "EXTENDED_SYS_STATE",
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
        self.state = State.STANDING_BY
        self.watch = Watch(tasking, own=own, vehicle=vehicle, zones=zones)
        self._own = own
        self._tasking = tasking
        self._orders = orders
        self._ordering = Ordering(orders, self.watch.situation)
        self._camera = CameraWork(keeper)
        self._handover = Handover(to=tasking.relief.to, answer_s=tasking.relief.answer_s)
        self._telling = Telling(self.watch)
        self._errand: Errand | None = None
        self._after: CommandSender | None = None
        self._deadline_s = math.inf
        self._desk = EventDesk(tasking, self.watch)
        self._leg = LegMemory(self.watch, remembered)
        self._waited_s = 0.0
        self._waits_since_s: float | None = None
        self._asked = self._relieved = False
        self._actions: list[Action] = []

    @property
    def follows(self) -> frozenset[int]:
        """The tracks that it wants to be told of."""
        return self._camera.follows if self._desk.plan is not None else frozenset()

    # What comes in

    def receive(self, message: Message, now_s: float) -> list[Action]:
        """Take in a message of the vehicle, or of a ground station to this computer."""
        self._send(self.watch.receive(message, now_s))
        if self._errand is not None:
            self._send(self._errand.receive(message, now_s))
        if self._after is not None:
            self._after.receive(message, now_s)
        self._camera.receive(message, now_s)
        if message.name == "COMMAND_LONG" and message.command == USER_ORDER:
            self._told(message)
        return self._step(now_s) if message.name in TELLING else self._done()

    def tick(self, now_s: float) -> list[Action]:
        """Let time pass: repeat, give up, look on."""
        if self.state is not State.YIELDED:
            self._send(self.watch.ask(now_s))
        if self._errand is not None and self.watch.situation.known(now_s):
            self._send(self._errand.tick(now_s))
        return self._step(now_s)

    def noticed(
        self, noticed: Noticed, now_s: float, words: Explanation | None = None
    ) -> list[Action]:
        """An event of this aircraft's own rules; `words` is its sentence."""
        if self.state in FLYING:
            self._consider(noticed, words, now_s)
        return self._step(now_s)

    def sighted(self, track: Sighted, now_s: float) -> list[Action]:
        """A followed object was seen."""
        self._camera.sighted(track, now_s)
        return self._step(now_s)

    def heard_hub(self, now_s: float) -> None:
        """The hub has answered."""
        self.watch.heard("hub", now_s)

    def offered(self, noticed: Noticed, by: str, now_s: float) -> list[Action]:
        """Another drone's track; it is answered whether this one takes it over."""
        refusal = Refusal(why=Why.NO_RELIEF)
        if self._tasking.relief.accepts:
            refusal = self._consider(noticed, None, now_s) or refusal
        taken_over = self._desk.plan is not None and self._desk.plan.noticed == noticed
        answer = Answer(
            handover_id=noticed.event_id,
            to=by,
            accepted=taken_over,
            reason="" if taken_over else refusal.why.value,
        )
        self._actions.append(answer)
        return self._step(now_s)

    def answered(self, answer: Answered, now_s: float) -> list[Action]:
        """A relief drone's answer to an offer; or the hub's, that another drone was sooner."""
        plan = self._desk.plan
        if plan is not None and plan.noticed.event_id == answer.handover_id and not answer.accepted:
            self._say("relief_refused", by=answer.by, words=answer.reason)
            self._relieved = True
        elif self._handover.answered(answer):
            if answer.accepted:
                self._say("relieved", by=answer.by)
                reaction = self._desk.reaction
                self._relieved = reaction is not None and reaction.until_relieved
            else:
                self._say("relief_refused", by=answer.by, words=answer.reason)
        return self._step(now_s)

    def _consider(
        self, noticed: Noticed, words: Explanation | None, now_s: float
    ) -> Refusal | None:
        refusal = self._desk.consider(noticed, self.state, words, now_s)
        if refusal is None:
            self._camera.follow(noticed, now_s)
        else:
            self._refuse(refusal, noticed)
        return refusal

    # The machine

    def _step(self, now_s: float) -> list[Action]:
        if not self.watch.situation.known(now_s):
            # A pilot may have the vehicle by now: nothing is decided until its mode is heard.
            return self._done()
        for _ in range(AT_ONCE):
            if not self._transition(now_s):
                break
        self._asked = self._relieved = False
        self.watch.hand = None
        if self._handover.expired(now_s):
            self._say("no_relief")
        if self.state not in (State.YIELDED, State.STANDING_BY):
            self._send(self._payload(now_s))
        if self.state is State.STANDING_BY:
            self._actions += self._leg.drop_stale()
        return self._done()

    def _done(self) -> list[Action]:
        actions, self._actions = self._actions, []
        return actions

    def _payload(self, now_s: float) -> list[Send]:
        sends = self._camera.work(self.watch.situation, now_s, aims=STATES[self.state].aims)
        return sends if self._after is None else sends + self._after.tick(now_s)

    def _transition(self, now_s: float) -> bool:
        for signal in HEEDED[self.state]:
            if self._is(signal, now_s):
                made = transition_of(self.state, signal, lambda guard: self._holds(guard, now_s))
                if made is not None:
                    self._make(made, now_s)
                    return True
        return False

    def _is(self, signal: Signal, now_s: float) -> bool:
        watch, now = self.watch, self.watch.situation
        match signal:
            case Signal.TAKEN:
                return self._hand() is not None
            case Signal.LANDED:
                return now.landed is True
            case Signal.LOW:
                return watch.low()
            case Signal.LINK_LOST:
                return watch.alone(now_s)
            case Signal.LINK_BACK:
                return not watch.alone(now_s)
            case Signal.STRAYED:
                bounds = watch.bounds
                return now.place is not None and bounds is not None and not bounds.holds(now.place)
            case Signal.RELIEVED:
                return self._relieved
            case Signal.FAILED:
                return self._errand is not None and self._errand.end is End.FAILED
            case Signal.TIME_UP:
                return now_s >= self._deadline_s
            case Signal.DONE:
                return STATES[self.state].order is not None and (
                    self._errand is None or self._errand.end is End.DONE
                )
            case Signal.ASKED:
                return self._asked
            case Signal.LEFT_BEHIND:
                return self._leg.is_as_left()
            case Signal.FLIES_MISSION:
                return now.mode is Px4Mode.MISSION and now.airborne and now.item is not None
            case Signal.NOTICED:
                return self._desk.plan is not None

    def _hand(self) -> Hand | None:
        """Whose hand is on the vehicle, where it is not the executive's."""
        reaction = self._desk.reaction if self.state is State.ORBITING else None
        asked_m = None if reaction is None else reaction.radius_m
        return self.watch.foreign_hand(self.state, asked_m)

    def _holds(self, guard: Guard, now_s: float) -> bool:
        reaction, left = self._desk.reaction, self._leg.left
        back = None if left is None else left.place
        match guard:
            case Guard.COMES_BACK:
                return self._tasking.link.do == "come_back"
            case Guard.HOLDS:
                return self._tasking.link.do == "hold"
            case Guard.NOT_ALONE:
                return reaction is not None and not reaction.alone
            case Guard.ALLOWED:
                return reaction is not None
            case Guard.ORBITS:
                return self._desk.still("orbit", back)
            case Guard.DESCENDS:
                return self._desk.still("descend", back)
            case Guard.LOOKS:
                return self._desk.does("look")

    def _make(self, made: Transition, now_s: float) -> None:
        self._say_transition(made, now_s)
        if made.source is State.PATROLLING and made.target in (State.STOPPING, State.WAITING):
            self._leg.leave()
        if made.source is State.WAITING and self._waits_since_s is not None:
            self._waited_s += now_s - self._waits_since_s
        self._enter(made.target, now_s)

    def _enter(self, state: State, now_s: float) -> None:
        facts, mode = STATES[state], self.watch.situation.mode
        self.state = state
        if state not in AWAY:
            self._desk.drop()
            self._handover.drop()
        self._deadline_s = now_s + self._stays_s(state)
        self._waits_since_s = now_s if state is State.WAITING else None
        self._errand = self._after = None
        if facts.order is not None:
            self._errand = self._ordering.errand(facts.order, self._desk.plan, self._leg.left)
        expected = facts.mode if facts.order is None or self._errand is not None else mode
        place = self._ordering.bound_for(state, self._desk.plan, self._leg.left)
        told = self.watch.situation.target
        self.watch.modes.expect(expected, mode, place=place, told=told, now_s=now_s)
        if state in (*AWAY, State.WAITING, State.COMING_BACK):
            self._actions += self._leg.mode(facts.mode)
        if self._errand is not None:
            self._send(self._errand.start(now_s))
        self._entered(state, now_s)

    def _entered(self, state: State, now_s: float) -> None:
        """What belongs to a state beside its order."""
        reaction = self._desk.reaction
        match state:
            case State.LOOKING | State.ORBITING if reaction is not None and reaction.hand_over:
                self._offer(now_s)
            case State.PATROLLING:
                self._look_as_before(now_s)
                self._actions += self._leg.forget()
            case State.YIELDED:
                self._camera.fall_silent()
                self._actions += self._leg.forget()
            case State.STANDING_BY:
                self._actions += self._leg.forget()
                if self.watch.situation.landed:
                    self._new_flight()

    def _stays_s(self, state: State) -> float:
        reaction = self._desk.reaction
        match state:
            case State.LOOKING | State.ORBITING if reaction is not None:
                return reaction.seconds
            case State.WAITING:
                return max(0.0, self._tasking.link.hold_s - self._waited_s)
        return math.inf

    def _look_as_before(self, now_s: float) -> None:
        """The mission's region of interest, which PX4 forgets when the mode changes."""
        left = self._leg.left
        if left is not None and left.roi is not None:
            self._after = self._orders.look_at(left.roi)
            self._send(self._after.start(now_s))

    def _new_flight(self) -> None:
        self._desk.new_flight()
        self._waited_s = 0.0
        self.watch.reserve.begins()

    # The relief

    def _offer(self, now_s: float) -> None:
        if self._desk.plan is not None and self._camera.track is not None:
            offer = self._handover.offer(self._desk.plan.noticed, self._camera.track, now_s)
            self._actions.append(offer)
            self._say("offered")

    # What is said

    def _told(self, message: Message) -> None:
        """An operator's word; it is answered as any command is."""
        to = (message.target_system, message.target_component)
        if to != (self._own.system_id, self._own.component_id):
            return
        self._asked = message.param1 >= 0.5
        if not self._asked:
            self.watch.hand = Hand.ORDER
        answer = {
            "command": USER_ORDER,
            "result": ACCEPTED,
            "target_system": message.system_id,
            "target_component": message.component_id,
        }
        self._actions.append(Send("COMMAND_ACK", answer))

    def _send(self, sends: Sequence[Send]) -> None:
        self._actions += sends

    def _say_transition(self, made: Transition, now_s: float) -> None:
        plan, refusal = self._desk.plan, self._desk.refusal
        if made.signal is Signal.DONE and refusal is not None and plan is not None:
            self._refuse(refusal, plan.noticed)
        self._desk.refusal = None
        told = Made(
            transition=made,
            hand=self._hand(),
            plan=plan,
            left=self._leg.left,
            words="" if self._errand is None else self._errand.words,
            stays_s=self._stays_s(made.target),
            event=self._desk.event,
        )
        self._actions.append(self._telling.transition(told, now_s))

    def _say(self, reason: str, **about: object) -> None:
        self._actions.append(self._telling.beside(self.state, reason, self._desk.plan, **about))

    def _refuse(self, refusal: Refusal, noticed: Noticed) -> None:
        self._actions.append(self._telling.refusal(self.state, refusal, noticed.event_id))
