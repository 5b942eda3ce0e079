"""The patrol executive's statechart as data: what runs, what is drawn and what tests explore.

A `State` may carry an order to the autopilot and the mode in which the vehicle is then seen; a
`Transition` is taken on a signal where its guard holds. The first that matches is taken, so the
order of `TRANSITIONS` is the order of rank: who takes over, the ground, the battery, the link, and
only then what the patrol itself wants.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from onboard.mavlink.px4_modes import Px4Mode


class State(StrEnum):
    """What the executive is doing."""

    STANDING_BY = "standing_by"
    PATROLLING = "patrolling"
    ENDING = "ending"
    STOPPING = "stopping"
    LOOKING = "looking"
    LOWERING = "lowering"
    CIRCLING = "circling"
    ORBITING = "orbiting"
    FOLLOWING = "following"
    TRAILING = "trailing"
    COMING_BACK = "coming_back"
    REJOINING = "rejoining"
    WAITING = "waiting"
    GOING_HOME = "going_home"
    YIELDED = "yielded"


class Signal(StrEnum):
    """What can happen, the weightiest first: of several at once the first is heard."""

    TAKEN = "somebody else commands"
    LANDED = "landed"
    OVER = "mission over"
    ENDS = "Hold at the last item"
    LOW = "battery reserve"
    LINK_LOST = "link lost"
    STRAYED = "strayed"
    RELIEVED = "relieved"
    FAILED = "failed"
    TIME_UP = "time up"
    GONE = "leaves the bounds"
    DONE = "done"
    LINK_BACK = "link back"
    ASKED = "asked again"
    LEFT_BEHIND = "left behind"
    FLIES_MISSION = "flies the mission"
    NOTICED = "event"
    RESTS = "object rests"
    OUTRUNS = "object outruns the circle"
    MOVED = "object moves"


class Guard(StrEnum):
    """What must hold for a transition; the executive knows how to tell."""

    COMES_BACK = "told to come back"
    HOLDS = "told to hold"
    NOT_ALONE = "not allowed alone"
    ALLOWED = "tasked and safe"
    ORBITS = "orbit still safe"
    DESCENDS = "descent still safe"
    LOOKS = "look"
    OVER = "mission over"


class Order(StrEnum):
    """What is asked of the autopilot on entering a state."""

    STOP = "Hold mode"
    LOWER = "reposition lower"
    ORBIT = "orbit"
    FOLLOW = "orbits after it"
    TRAIL = "repositions after it"
    BACK = "reposition to the leg"
    MISSION = "Mission mode"
    HOME = "Return mode"


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Of a state: its order, the mode in which it is carried out, and whether the camera aims."""

    order: Order | None = None
    mode: Px4Mode | None = None
    aims: bool = False
    commands: bool = True


@dataclass(frozen=True, slots=True)
class Transition:
    """From a state to another, on a signal, where the guard holds."""

    source: State
    signal: Signal
    target: State
    guard: Guard | None = None


S = State
STATES: dict[State, Facts] = {
    S.STANDING_BY: Facts(commands=False),
    S.PATROLLING: Facts(mode=Px4Mode.MISSION),
    # PX4 holds by itself at the end of a mission; until it has said so a pilot may have done it.
    S.ENDING: Facts(mode=Px4Mode.HOLD, commands=False),
    # PX4's navigator has the gimbal while a mission is being left.
    S.STOPPING: Facts(order=Order.STOP, mode=Px4Mode.HOLD),
    S.LOOKING: Facts(mode=Px4Mode.HOLD, aims=True),
    S.LOWERING: Facts(order=Order.LOWER, mode=Px4Mode.HOLD, aims=True),
    S.CIRCLING: Facts(order=Order.ORBIT, mode=Px4Mode.ORBIT, aims=True),
    S.ORBITING: Facts(mode=Px4Mode.ORBIT, aims=True),
    S.FOLLOWING: Facts(order=Order.FOLLOW, mode=Px4Mode.ORBIT, aims=True),
    S.TRAILING: Facts(order=Order.TRAIL, mode=Px4Mode.HOLD, aims=True),
    S.COMING_BACK: Facts(order=Order.BACK, mode=Px4Mode.HOLD),
    S.REJOINING: Facts(order=Order.MISSION, mode=Px4Mode.MISSION),
    S.WAITING: Facts(order=Order.STOP, mode=Px4Mode.HOLD),
    S.GOING_HOME: Facts(order=Order.HOME, mode=Px4Mode.RTL),
    S.YIELDED: Facts(commands=False),
}
# The object is flown after, has been reached, is heeded where it moves, and is flown round.
MOVES = (S.FOLLOWING, S.TRAILING)
WATCHES = (S.LOOKING, S.ORBITING, *MOVES)
PURSUES = (S.CIRCLING, *WATCHES)
CIRCLES = (S.CIRCLING, S.ORBITING, S.FOLLOWING)
AWAY = (S.STOPPING, S.LOWERING, *PURSUES)
ON_DUTY = (S.PATROLLING, *AWAY, S.COMING_BACK, S.REJOINING)
FLYING = (*ON_DUTY, S.WAITING, S.GOING_HOME)
# Where the mode is expected, so that another one is somebody else's.
WATCHED = (*FLYING, S.ENDING)
# In which PX4 may come to the end of the mission.
IN_MISSION = (S.PATROLLING, S.REJOINING)


def _each(
    sources: Iterable[State], signal: Signal, target: State, guard: Guard | None = None
) -> tuple[Transition, ...]:
    return tuple(Transition(source, signal, target, guard) for source in sources)


TRANSITIONS: tuple[Transition, ...] = (
    *_each(WATCHED, Signal.TAKEN, S.YIELDED),
    *_each((*WATCHED, S.YIELDED), Signal.LANDED, S.STANDING_BY),
    *_each((*IN_MISSION, S.ENDING), Signal.OVER, S.STANDING_BY),
    *_each(IN_MISSION, Signal.ENDS, S.ENDING),
    Transition(S.ENDING, Signal.TIME_UP, S.YIELDED),
    *_each((*ON_DUTY, S.WAITING), Signal.LOW, S.GOING_HOME),
    *_each(ON_DUTY, Signal.LINK_LOST, S.GOING_HOME, Guard.COMES_BACK),
    *_each(ON_DUTY, Signal.LINK_LOST, S.WAITING, Guard.HOLDS),
    *_each(AWAY, Signal.LINK_LOST, S.COMING_BACK, Guard.NOT_ALONE),
    *_each(AWAY, Signal.STRAYED, S.COMING_BACK),
    *_each(AWAY, Signal.RELIEVED, S.COMING_BACK),
    Transition(S.STANDING_BY, Signal.LEFT_BEHIND, S.COMING_BACK),
    Transition(S.STANDING_BY, Signal.FLIES_MISSION, S.PATROLLING),
    Transition(S.PATROLLING, Signal.NOTICED, S.STOPPING, Guard.ALLOWED),
    Transition(S.STOPPING, Signal.DONE, S.CIRCLING, Guard.ORBITS),
    Transition(S.STOPPING, Signal.DONE, S.LOWERING, Guard.DESCENDS),
    Transition(S.STOPPING, Signal.DONE, S.LOOKING, Guard.LOOKS),
    Transition(S.STOPPING, Signal.DONE, S.COMING_BACK),
    *_each((S.STOPPING, S.COMING_BACK), Signal.FAILED, S.STANDING_BY, Guard.OVER),
    Transition(S.STOPPING, Signal.FAILED, S.REJOINING),
    Transition(S.LOWERING, Signal.DONE, S.LOOKING),
    Transition(S.LOWERING, Signal.FAILED, S.COMING_BACK),
    Transition(S.CIRCLING, Signal.DONE, S.ORBITING),
    Transition(S.CIRCLING, Signal.FAILED, S.COMING_BACK),
    *_each(MOVES, Signal.FAILED, S.COMING_BACK),
    *_each(WATCHES, Signal.TIME_UP, S.COMING_BACK),
    *_each(PURSUES, Signal.GONE, S.COMING_BACK),
    Transition(S.FOLLOWING, Signal.RESTS, S.ORBITING),
    Transition(S.TRAILING, Signal.RESTS, S.CIRCLING, Guard.ORBITS),
    Transition(S.TRAILING, Signal.RESTS, S.LOOKING),
    *_each(CIRCLES, Signal.OUTRUNS, S.TRAILING),
    *_each((S.CIRCLING, S.ORBITING), Signal.MOVED, S.FOLLOWING),
    Transition(S.LOOKING, Signal.MOVED, S.TRAILING),
    Transition(S.COMING_BACK, Signal.DONE, S.STANDING_BY, Guard.OVER),
    Transition(S.COMING_BACK, Signal.DONE, S.REJOINING),
    Transition(S.COMING_BACK, Signal.FAILED, S.REJOINING),
    Transition(S.REJOINING, Signal.DONE, S.PATROLLING),
    Transition(S.REJOINING, Signal.FAILED, S.GOING_HOME),
    Transition(S.WAITING, Signal.FAILED, S.GOING_HOME),
    Transition(S.WAITING, Signal.TIME_UP, S.GOING_HOME),
    Transition(S.WAITING, Signal.LINK_BACK, S.COMING_BACK),
    Transition(S.GOING_HOME, Signal.FAILED, S.YIELDED),
    Transition(S.YIELDED, Signal.ASKED, S.STANDING_BY),
)


def _by_state() -> dict[State, dict[Signal, tuple[Transition, ...]]]:
    return {
        state: {
            signal: tuple(
                each for each in TRANSITIONS if (each.source, each.signal) == (state, signal)
            )
            for signal in Signal
            if any((each.source, each.signal) == (state, signal) for each in TRANSITIONS)
        }
        for state in State
    }


# What can happen in each state, the weightiest signal first.
HEEDED = _by_state()


def taken(state: State, signal: Signal, holds: Callable[[Guard], bool]) -> Transition | None:
    """The transition that a signal makes in a state; None where it makes none there."""
    for each in HEEDED[state].get(signal, ()):
        if each.guard is None or holds(each.guard):
            return each
    return None
