"""Telling what the executive asked for from what somebody else has asked of the vehicle.

A mode shows in every heartbeat. Within Hold and Orbit another place does: PX4 tells its target
(POSITION_TARGET_GLOBAL_INT) and its circle's middle. Its ACKs to others are not sent to a link on
which those others were never heard.
"""

import math
from collections import deque

from onboard.executive.situation import Situation, Target
from onboard.mavlink.command import CommandPlace
from onboard.mavlink.mission_leg import metres_between
from onboard.mavlink.px4_modes import Px4Mode

# A return ends in a landing by itself.
FOLLOWS = {Px4Mode.RTL: frozenset((Px4Mode.RTL, Px4Mode.LAND, Px4Mode.PRECISION_LAND))}
# By when the vehicle tells the target that was asked for, and how far beside it is another one.
TOLD_S, ELSEWHERE_M = 2.5, 15.0
# Of the places that follow an object as many as the vehicle may still tell.
LATELY = 8


class ModeWatch:
    """`expect` on entering a state; `foreign` then judges each mode that is seen.

    Until the mode asked for has been seen, the mode of before is expected too.
    """

    def __init__(self) -> None:
        self._expected: frozenset[Px4Mode] = frozenset()
        self._target: frozenset[Px4Mode] = frozenset()
        self._places: deque[CommandPlace] = deque(maxlen=LATELY)
        self._told_s = math.inf

    def expect(
        self,
        target: Px4Mode | None,
        before: Px4Mode | None,
        *,
        place: CommandPlace | None = None,
        told: Target | None = None,
        now_s: float = 0.0,
    ) -> None:
        """From now on `target` is right, and `before` until it has been seen; None: any is.

        `place` is where it is to go, or to circle, None: anywhere; `told` is the target that it
        tells before, which stays until the order has arrived.
        """
        self._told_s = now_s + TOLD_S
        self._places.clear()
        if place is not None:
            self._places += [place] if told is None else [told.place, place]
        self._target = frozenset() if target is None else FOLLOWS.get(target, frozenset((target,)))
        self._expected = self._target if before is None else self._target | {before}
        self.see(before)

    def see(self, mode: Px4Mode | None) -> None:
        """A mode of the vehicle."""
        if mode in self._target:
            self._expected = self._target

    def goes_on(self, place: CommandPlace | None) -> None:
        """In the same mode it is asked to go farther."""
        if place is not None:
            self._places.append(place)

    def foreign(self, mode: Px4Mode | None) -> bool:
        """Whether somebody else chose it; an own order that comes late counts as another's."""
        return mode is not None and bool(self._target) and mode not in self._expected

    def elsewhere(self, now: Situation) -> bool:
        """Whether the vehicle says that it goes somewhere else than it was asked to."""
        if not self._places or now.target is None or now.target.at_s < self._told_s:
            return False
        return all(metres_between(now.target.place, each) > ELSEWHERE_M for each in self._places)
