"""Whether the object of a reaction moves, and where the circle or the vehicle has to be for it.

PX4 takes DO_ORBIT anew while it circles (FlightTaskOrbit::applyCommandParameters, v1.17). Less than
two metres beside the new circle it goes on round it, drawn by a metre a second for each metre;
farther off it brakes, flies straight to the nearest place of the new circle and begins from rest.
So the middle is moved often and by little, ahead of the object by what the vehicle lags behind, and
what is too fast for that is flown along with by DO_REPOSITION, of which PX4 takes each at once.
"""

import math
from dataclasses import replace

from onboard.executive.chart import CIRCLES, MOVES, PURSUES, State
from onboard.executive.event_desk import EventDesk
from onboard.executive.leg_memory import LegMemory
from onboard.executive.reaction import Planned, Way, braking_s, refuses_to_follow
from onboard.executive.refusal import Refusal, Why
from onboard.executive.subject import Subject
from onboard.executive.tasking import Tasking
from onboard.executive.watch import Watch
from onboard.mavlink.command import CommandPlace
from onboard.mavlink.mission_leg import metres_between, offset_en

EVERY_S = 0.5
# The least by which the circle is moved, and the vehicle.
STEP_M, LONG_STEP_M = 0.5, 3.0
# An object moves once it is for a while so far, or two deviations, from where it was taken to be;
# it rests once it has stayed as near for so long.
STARTS_M, MOVES_FOR_S, RESTS_S = 5.0, 1.0, 10.0
# On a circle the vehicle lags a second behind: faster, and PX4 leaves the circle at each order.
LAG_S, CIRCLED_M_S, FAST_FOR_S = 1.0, 1.8, 3.0
# One place that is foreseen wrongly is no reason to give up.
GONE_AFTER_S = 3.0


class Lasting:
    """For how long something has held without a break, seconds."""

    def __init__(self) -> None:
        self._since_s: float | None = None

    def heed(self, holds: bool, now_s: float) -> float:
        """Take in whether it holds now."""
        since_s = now_s if self._since_s is None else self._since_s
        self._since_s = since_s if holds else None
        return now_s - since_s if holds else 0.0


class Pursuit:
    """Of one reaction at a time. What it says holds since the last look: the object has `moved`,
    `outruns` the circle or `rests`; an order is `due`; `gone` is why it is followed no further."""

    def __init__(
        self, tasking: Tasking, watch: Watch, desk: EventDesk, leg: LegMemory, subject: Subject
    ) -> None:
        self._behind_m = tasking.limits.behind_m
        self._watch = watch
        self._desk = desk
        self._leg = leg
        self._subject = subject
        self.forget()

    def forget(self) -> None:
        """Nothing is followed."""
        self.moved = self.outruns = self.rests = self.due = False
        self.gone: Refusal | None = None
        self._wanted: Planned | None = None
        self._next_s = -math.inf
        self._far, self._fast, self._refused = Lasting(), Lasting(), Lasting()
        self._rest: tuple[CommandPlace, float] | None = None
        self._most_m: float | None = None

    def look(self, state: State, now_s: float, left_s: float) -> None:
        """Look where the object is; `left_s` is how long it would still be looked at."""
        plan, here = self._desk.plan, self._watch.situation.place
        there = self._subject.at(now_s)
        if state not in PURSUES or plan is None:
            self.forget()
            return
        if now_s < self._next_s or not plan.reaction.follow or here is None or there is None:
            return
        self._next_s = now_s + EVERY_S
        self._heed_rest(state, there, self._starts_m(plan), now_s)
        self._heed_way(plan, state, here, there, now_s, left_s)

    def take(self) -> None:
        """From now on the vehicle goes to where the object is to be met."""
        self._desk.plan = self._wanted or self._desk.plan
        self.moved = self.outruns = self.due = False

    def _heed_way(
        self,
        plan: Planned,
        state: State,
        here: CommandPlace,
        there: CommandPlace,
        now_s: float,
        left_s: float,
    ) -> None:
        too_fast = self._subject.speed_m_s(now_s) > CIRCLED_M_S
        fast = self._fast.heed(too_fast, now_s) >= FAST_FOR_S
        circles = state in CIRCLES and not fast
        beside = plan.beside_en_m if state is State.TRAILING else _beside(plan, here, there)
        ahead = self._ahead(now_s, circles=circles) or there
        wanted = replace(plan, place=ahead, beside_en_m=beside)
        away_m = metres_between(ahead, plan.place)
        far, due = away_m > self._starts_m(plan), away_m > (STEP_M if circles else LONG_STEP_M)
        lost = self._runs_away(here, there)
        refusal = self._refuses(wanted, left_s, circles=circles) if due or fast else None
        self._heed_refusal(lost or (refusal if far else None), now_s)
        permitted = lost is None and refusal is None
        self._wanted = wanted if permitted else None
        self.due, self.outruns = due and permitted, fast and permitted
        self.moved = self._far.heed(far and permitted, now_s) >= MOVES_FOR_S

    def _ahead(self, now_s: float, *, circles: bool) -> CommandPlace | None:
        """Where it will be by the time that the vehicle is there."""
        lead_s = LAG_S if circles else braking_s(self._subject.speed_m_s(now_s))
        return self._subject.at(now_s, ahead_s=lead_s)

    def _heed_refusal(self, refusal: Refusal | None, now_s: float) -> None:
        refused_s = self._refused.heed(refusal is not None, now_s)
        self.gone = refusal if refused_s >= GONE_AFTER_S else None

    def _refuses(self, wanted: Planned, left_s: float, *, circles: bool) -> Refusal | None:
        left = self._leg.left
        way = Way(
            began_at=self._desk.began_at,
            back=None if left is None else left.place,
            left_s=left_s,
            circles=circles,
        )
        now = self._watch
        return refuses_to_follow(wanted, way, now.situation, now.bounds, now.reserve)

    def _runs_away(self, here: CommandPlace, there: CommandPlace) -> Refusal | None:
        """That it is too far off; it may be as far as when the vehicle set out for it."""
        far_m = metres_between(here, there)
        if self._most_m is None:
            self._most_m = max(self._behind_m, far_m)
        if far_m <= self._most_m:
            return None
        return Refusal(why=Why.OUTRUN, about={"far": far_m, "behind": self._most_m})

    def _heed_rest(self, state: State, there: CommandPlace, starts_m: float, now_s: float) -> None:
        """Only what was seen to move comes to rest."""
        stays = self._rest is not None and metres_between(there, self._rest[0]) <= starts_m
        if self._rest is None or not stays or state not in MOVES:
            self._rest = (there, now_s)
        self.rests = now_s - self._rest[1] >= RESTS_S

    def _starts_m(self, plan: Planned) -> float:
        doubt_m = min(2.0 * self._subject.deviation_m(), plan.reaction.radius_m / 2.0)
        return max(STARTS_M, doubt_m)


def _beside(plan: Planned, here: CommandPlace, there: CommandPlace) -> tuple[float, float]:
    """Where the vehicle is of the object, no farther than the circle would be."""
    east, north = offset_en(there, here)
    far_m = math.hypot(east, north)
    if plan.reaction.do != "orbit" or far_m <= plan.reaction.radius_m:
        return east, north
    share = plan.reaction.radius_m / far_m
    return east * share, north * share
