"""Which of the chart's signals and guards hold now, from what is known of the flight."""

from onboard.executive.chart import STATES, Guard, Signal, State
from onboard.executive.conduct import Conduct
from onboard.executive.errand import End
from onboard.executive.event_desk import EventDesk
from onboard.executive.leg_memory import LegMemory
from onboard.executive.other_hands import Hand
from onboard.executive.pursuit import Pursuit
from onboard.executive.tasking import Tasking
from onboard.executive.watch import Watch
from onboard.mavlink.px4_modes import Px4Mode


class Signals:
    """One vehicle's. `asked` and `relieved` were said since they were last heeded."""

    def __init__(
        self,
        tasking: Tasking,
        watch: Watch,
        desk: EventDesk,
        leg: LegMemory,
        pursuit: Pursuit,
        conduct: Conduct,
    ) -> None:
        self.asked = self.relieved = False
        self._at_loss = tasking.link.do
        self._watch = watch
        self._desk = desk
        self._leg = leg
        self._pursuit = pursuit
        self._conduct = conduct

    @property
    def hand(self) -> Hand | None:
        """Whose hand is on the vehicle, where it is not the executive's."""
        circles = self._conduct.state in (State.ORBITING, State.FOLLOWING)
        reaction = self._desk.reaction if circles else None
        asked_m = None if reaction is None else reaction.radius_m
        return self._watch.foreign_hand(self._conduct.state, asked_m)

    def heeded(self) -> None:
        """What was said by others has been looked at."""
        self.asked = self.relieved = False
        self._watch.hand = None

    def holds(self, signal: Signal, now_s: float) -> bool:
        """Whether a signal is there."""
        watch, now = self._watch, self._watch.situation
        match signal:
            case Signal.TAKEN:
                return self.hand is not None
            case Signal.LANDED:
                return now.landed is True
            case Signal.OVER:
                return watch.over()
            case Signal.ENDS:
                return watch.ends()
            case Signal.LOW:
                return watch.low()
            case Signal.LINK_LOST:
                return watch.alone(now_s)
            case Signal.LINK_BACK:
                return not watch.alone(now_s)
            case Signal.STRAYED:
                return watch.strayed()
            case Signal.RELIEVED:
                return self.relieved
            case Signal.ASKED:
                return self.asked
            case Signal.LEFT_BEHIND:
                return self._leg.is_as_left()
            case Signal.FLIES_MISSION:
                return now.mode is Px4Mode.MISSION and now.airborne and now.item is not None
        return self._of_the_reaction(signal, now_s)

    def _of_the_reaction(self, signal: Signal, now_s: float) -> bool:
        conduct, pursuit = self._conduct, self._pursuit
        match signal:
            case Signal.FAILED:
                return conduct.end is End.FAILED
            case Signal.TIME_UP:
                return now_s >= conduct.deadline_s
            case Signal.DONE:
                return STATES[conduct.state].order is not None and conduct.end is End.DONE
            case Signal.NOTICED:
                return self._desk.plan is not None
            case Signal.GONE:
                return pursuit.gone is not None
            case Signal.RESTS:
                return pursuit.rests
            case Signal.OUTRUNS:
                return pursuit.outruns
            case Signal.MOVED:
                return pursuit.moved
        return False

    def allow(self, guard: Guard, now_s: float) -> bool:
        """Whether a guard lets its transition pass."""
        reaction, left = self._desk.reaction, self._leg.left
        back = None if left is None else left.place
        match guard:
            case Guard.COMES_BACK:
                return self._at_loss == "come_back"
            case Guard.HOLDS:
                return self._at_loss == "hold"
            case Guard.NOT_ALONE:
                return reaction is not None and not reaction.alone
            case Guard.ALLOWED:
                return reaction is not None
            case Guard.ORBITS:
                return self._desk.still("orbit", back, now_s)
            case Guard.DESCENDS:
                return self._desk.still("descend", back, now_s)
            case Guard.LOOKS:
                return self._desk.does("look")
            case Guard.OVER:
                return self._watch.over()
