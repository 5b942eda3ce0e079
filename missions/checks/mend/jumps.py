"""Jumps that repeat longer than the battery lasts: as often as it does."""

import math
from collections.abc import Sequence

from missions.checks.finding import Finding
from missions.checks.mend.editing import put, with_param
from missions.checks.mend.situation import Change, Mender, Situation
from missions.checks.surroundings import track_in
from missions.plan import Command, Plan

# Where nothing else bounds them.
MOST_REPEATS = 64


def _fewer(plan: Plan, findings: Sequence[Finding], situation: Situation) -> list[Change]:
    """The same jumps taken less often, the most first; a first flight of the lap always remains."""
    jumps = [i for i, item in enumerate(plan.items) if item.command == Command.DO_JUMP]
    most = max((_repeats(plan.items[i].params[1]) for i in jumps), default=0)
    if most == 0:
        return []
    likely = min(most - 1, _within_battery(plan, jumps, situation))
    counts = [*range(likely, max(-1, likely - 4), -1), likely // 2, likely // 4, 0]
    return [_bounded(plan, jumps, count) for count in sorted(set(counts), reverse=True)]


def _repeats(value: float) -> int:
    return MOST_REPEATS if not 0.0 <= value < MOST_REPEATS else int(value)


def _within_battery(plan: Plan, jumps: list[int], situation: Situation) -> int:
    """How often the battery would last, by the time that once more takes."""
    around, vehicle = situation.surroundings, situation.vehicle
    if around is None:
        return MOST_REPEATS - 1
    tracks = [
        track_in(_bounded(plan, jumps, count).plan, vehicle, around, situation.terrain)
        for count in (0, 1)
    ]
    none, once = (0.0 if track is None else track.duration_s for track in tracks)
    usable = vehicle.endurance_s * (1.0 - vehicle.reserve_fraction)
    return max(0, int((usable - none) / (once - none)) + 1) if once > none else MOST_REPEATS - 1


def _bounded(plan: Plan, jumps: list[int], count: int) -> Change:
    said = []
    for index in jumps:
        repeats = plan.items[index].params[1]
        if 0.0 <= repeats <= count:
            continue
        known = math.isfinite(repeats) and repeats >= 0.0
        before = f"{repeats:g} times" if known else "for ever"
        plan = put(plan, index, with_param(plan.items[index], 2, float(count)))
        said.append(f"item {index + 1}: jumps {count} times instead of {before}: the battery")
    return Change(plan=plan, said=tuple(said))


RULES = frozenset(("jump-count", "jump-endless", "point-of-no-return", "endurance"))
JUMPS = (Mender(rules=RULES, ways=_fewer),)
