"""Mend a plan, finding by finding, and keep only what makes it better and nothing else worse.

A change is kept if no rule has more findings of a severity than before, and one has fewer. What it
was is said; everything else remains a finding.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from missions.checks.finding import Finding
from missions.checks.mend.camera import CAMERA
from missions.checks.mend.corners import CORNERS
from missions.checks.mend.ends import ENDS
from missions.checks.mend.fences import FENCES, WIDER
from missions.checks.mend.heights import HEIGHTS
from missions.checks.mend.home_fences import HOME_FENCES
from missions.checks.mend.jumps import JUMPS
from missions.checks.mend.left_out import LEFT_OUT
from missions.checks.mend.loiters import LOITERS
from missions.checks.mend.radii import RADII
from missions.checks.mend.refused import REFUSED
from missions.checks.mend.routes import ROUTES
from missions.checks.mend.situation import Mender, Situation
from missions.checks.mend.speeds import SPEEDS
from missions.checks.mend.turns import TURNS
from missions.plan import Plan

# What PX4 refuses goes first, the fence before the legs, the camera once the way is known.
MENDERS: tuple[Mender, ...] = (
    *REFUSED,
    *FENCES,
    *HOME_FENCES,
    *ENDS,
    *JUMPS,
    *HEIGHTS,
    *LOITERS,
    *ROUTES,
    *TURNS,
    *WIDER,
    *LEFT_OUT,
    *SPEEDS,
    *RADII,
    *CORNERS,
    *CAMERA,
)
# A mend may make room for another that did not fit before.
ROUNDS = 3
# Mended one by one, findings are checked as often; more than this are mended together or not.
MOST_SINGLE = 200

Check = Callable[[Plan], tuple[Finding, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mended:
    """A plan as far as it could be mended, what was done, and what remains."""

    plan: Plan
    said: tuple[str, ...]
    findings: tuple[Finding, ...]


def mend(
    plan: Plan, check: Check, situation: Situation, *, menders: Sequence[Mender] = MENDERS
) -> Mended:
    """Mend what `check` finds of a plan, by these menders in their order."""
    state = Mended(plan=plan, said=(), findings=check(plan))
    for _ in range(ROUNDS):
        before = state
        for mender in menders:
            state = _with(state, mender, check, situation)
        if state is before or not state.findings:
            break
    return state


def _with(state: Mended, mender: Mender, check: Check, situation: Situation) -> Mended:
    """What one mender can do: all of its findings at once, else one after another."""
    mine = _of(state, mender)
    if not mine:
        return state
    together = _better(state, mine, mender, check, situation)
    if together is not None:
        state = together
    tried: set[tuple[str, str]] = set()
    for _ in range(MOST_SINGLE):
        left = [one for one in _of(state, mender) if (one.rule, one.message) not in tried]
        if not left or (together is None and len(mine) == 1):
            break
        tried.add((left[0].rule, left[0].message))
        state = _better(state, left[:1], mender, check, situation) or state
    return state


def _of(state: Mended, mender: Mender) -> list[Finding]:
    return [one for one in state.findings if one.rule in mender.rules]


def _better(
    state: Mended,
    findings: Sequence[Finding],
    mender: Mender,
    check: Check,
    situation: Situation,
) -> Mended | None:
    """The first of the ways that makes it better; None where none does."""
    for change in mender.ways(state.plan, findings, situation):
        found = check(change.plan)
        if _is_better(state.findings, found):
            return Mended(plan=change.plan, said=(*state.said, *change.said), findings=found)
    return None


def _is_better(before: Sequence[Finding], after: Sequence[Finding]) -> bool:
    had, has = (Counter((one.severity, one.rule) for one in some) for some in (before, after))
    return len(after) < len(before) and all(has[key] <= had[key] for key in has)
