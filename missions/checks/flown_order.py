"""The order in which PX4 goes through a mission, jumps taken as it takes them.

A jump counts for the whole mission: one within another's loop is taken on the first round only. Ten
jumps on end without an item between them are one too many, and the mission ends there. Source:
PX4-Autopilot v1.17, `MissionBase::getNonJumpItem`.
"""

import math
from dataclasses import dataclass, field
from enum import StrEnum

from missions.plan import Command, Plan

MAX_JUMP_ITERATION = 10
MOST_STEPS = 50_000
REPEATS_HELD = 65_536


class Ending(StrEnum):
    """Why nothing more is flown."""

    LIST = "the list is at its end"
    RETURN = "it returns"
    HOLDS = "it holds for ever"
    BROKEN = "a jump leads nowhere"
    TOO_LONG = "it has not ended after many items"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One item that is carried out; `jumped_by` is the jump that led to it."""

    item: int
    jumped_by: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FlownOrder:
    """Every item in the order carried out, at most `MOST_STEPS`; jumps themselves are none.

    `taken` says how often each jump is taken, `not_repeated` which are met again once used up.
    """

    steps: tuple[Step, ...]
    ending: Ending
    last: int
    taken: dict[int, int]
    not_repeated: frozenset[int]


def repeats(value: float) -> int:
    """How often PX4 takes a jump: the parameter in sixteen bits, which wrap round."""
    return int(value) % REPEATS_HELD if math.isfinite(value) else 0


def flown_order(plan: Plan) -> FlownOrder:
    """The order of a plan's items from the first on."""
    walk = _Walk(plan)
    walk.go()
    return FlownOrder(
        steps=tuple(walk.steps),
        ending=walk.ending,
        last=walk.last,
        taken=dict(walk.taken),
        not_repeated=frozenset(walk.passed_again),
    )


@dataclass(slots=True)
class _Walk:
    plan: Plan
    steps: list[Step] = field(default_factory=list)
    taken: dict[int, int] = field(default_factory=dict)
    passed: set[int] = field(default_factory=set)
    passed_again: set[int] = field(default_factory=set)
    ending: Ending = Ending.LIST
    last: int = 0

    def go(self) -> None:
        """Carry out items until there are no more."""
        index = 0
        while (step := self._next(index)) is not None:
            if len(self.steps) >= MOST_STEPS:
                self.ending = Ending.TOO_LONG
                return
            self.steps.append(step)
            self.last = step.item
            if self._ends(step.item):
                return
            index = step.item + 1

    def _ends(self, index: int) -> bool:
        item = self.plan.items[index]
        if item.command == Command.NAV_RETURN_TO_LAUNCH:
            self.ending = Ending.RETURN
        elif item.command == Command.NAV_LOITER_UNLIM or not item.autocontinue:
            self.ending = Ending.HOLDS
        return self.ending is not Ending.LIST

    def _next(self, index: int) -> Step | None:
        """The first item from an index on that is no jump."""
        jumped_by = None
        for _ in range(MAX_JUMP_ITERATION):
            if index >= len(self.plan.items):
                return None
            if self.plan.items[index].command != Command.DO_JUMP:
                return Step(item=index, jumped_by=jumped_by)
            self.last = index
            if self._used_up(index):
                index += 1
                continue
            target = jump_target(self.plan, index)
            if target is None:
                break
            jumped_by, index = index, target
        self.ending = Ending.BROKEN
        return None

    def _used_up(self, index: int) -> bool:
        """Whether a jump leads on and not back this time; counts those that it is taken."""
        allowed = repeats(self.plan.items[index].params[1])
        if self.taken.get(index, 0) < allowed:
            self.taken[index] = self.taken.get(index, 0) + 1
            return False
        if index in self.passed and allowed:
            self.passed_again.add(index)
        self.passed.add(index)
        return True


def jump_target(plan: Plan, index: int) -> int | None:
    """The index of the item that a jump names; None where there is no such item."""
    first = plan.items[index].params[0]
    target = int(first) if math.isfinite(first) else -1
    return target if 0 <= target < len(plan.items) else None
