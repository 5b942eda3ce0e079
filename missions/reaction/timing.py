"""When every task of an answer is reached and left, what batteries it takes, and what it costs."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from missions.reaction.answer import Cost
from missions.reaction.kernels.compiled import NEVER, Floats
from missions.reaction.question import Question
from missions.reaction.search import Found

ROUNDING_S = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """When the tasks of one route are reached and left, and the battery's seconds used by then."""

    arrive: tuple[float, ...]
    leave: tuple[float, ...]
    used: tuple[float, ...]
    end_s: float
    used_s: float


def times_of(question: Question, order: tuple[int, ...], at: int) -> Times:
    """The times of one drone's tasks in order."""
    work = question.work
    if not order:
        end = float(work.idle[at])
        end_s = end if end < NEVER else 0.0
        used_s = float(work.idle_e[at])
        return Times(arrive=(), leave=(), used=(), end_s=end_s, used_s=used_s)
    kind, before = int(work.kind[at]), -1
    now, used = float(work.ready[at]), 0.0
    arrive, leave, spent = [], [], []
    for task in order:
        now += float(work.start[at, task] if before < 0 else work.go[kind, before, task])
        used += float(work.start_e[at, task] if before < 0 else work.go_e[kind, before, task])
        arrive.append(now)
        spent.append(used)
        now += float(work.serve[kind, task])
        used += float(work.serve_e[kind, task])
        leave.append(now)
        before = task
    return Times(
        arrive=tuple(arrive),
        leave=tuple(leave),
        used=tuple(spent),
        end_s=now + float(work.home[at, before]),
        used_s=used + float(work.home_e[at, before]),
    )


def arrivals_of(found: Found, times: list[Times]) -> dict[int, float]:
    """When each task is reached."""
    return {
        task: arrive_s
        for order, its in zip(found.orders, times, strict=True)
        for task, arrive_s in zip(order, its.arrive, strict=True)
    }


def cost_of_answer(question: Question, found: Found, times: list[Times], promised: Floats) -> Cost:
    """The parts of what an answer costs."""
    aims = question.situation.aims
    arrivals = arrivals_of(found, times)
    missed, late_s = _stops(question, arrivals, promised)
    first = question.stop_count
    alarms = enumerate(question.situation.alarms, first)
    ends = [its.end_s for its in times]
    ready = question.work.ready
    flown = [end - (float(ready[at]) if found.orders[at] else 0.0) for at, end in enumerate(ends)]
    had = question.situation.stops()
    left = sum(had[task][0].weight for task in found.left)
    hands = sum(
        had[task][1] != at
        for at, order in enumerate(found.orders)
        for task in order
        if task < first
    )
    makespan_s, flight_s = max(ends), float(np.mean(flown))
    return Cost(
        alarms_s=sum(alarm.urgency * arrivals[at] for at, alarm in alarms if at in arrivals),
        lateness_s=late_s,
        makespan_s=makespan_s,
        flight_s=flight_s,
        missed=missed,
        undone=left,
        total_s=aims.lateness * late_s
        + aims.makespan * makespan_s
        + aims.flight * flight_s
        + aims.missed_s * missed
        + aims.undone_s * left
        + aims.handover_s * hands,
    )


def _stops(
    question: Question, arrivals: Mapping[int, float], promised: Floats
) -> tuple[float, float]:
    """The weight of stops that are missed, and the weighted mean of how late stops are."""
    had = question.situation.stops()
    missed = late = 0.0
    for task, (stop, _) in enumerate(had):
        if task in arrivals:
            late += stop.weight * max(0.0, arrivals[task] - float(promised[task]))
            missed += stop.weight * (arrivals[task] > stop.deadline_s + ROUNDING_S)
    whole = sum(stop.weight for stop, _ in had)
    return missed, late / whole if whole > 0.0 else 0.0
