"""The same reactions answered by PyVRP (https://pyvrp.org, MIT): flying, batteries, what is undone.

Every drone has its own ways, from where it is and to where it lands. The alarm must be served, by
when our answer says at the latest; other places have a prize. PyVRP counts whole ticks.
"""

import time
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from missions.reaction.budget import Budget
from missions.reaction.kernels.compiled import NEVER
from missions.reaction.kernels.routes import Work
from missions.reaction.question import question_of
from missions.reaction.search import search
from missions.reaction.situation import Situation
from missions.reaction.travel import Theatre

TICKS_A_SECOND = 100
FAR = 10_000_000
SEED = 1


class PyVrp(Protocol):
    """What the benchmark asks of PyVRP."""

    def cost(self, situation: Situation, seconds: float) -> float:
        """The cost of its answer after CPU seconds, as `Cost.total_s` counts it."""

    def first(self, situation: Situation) -> tuple[float, float]:
        """CPU seconds to its first feasible answer, and what that costs."""


def pyvrp_or_none() -> PyVrp | None:
    """PyVRP, where it is installed."""
    try:
        import pyvrp  # type: ignore[import-not-found, unused-ignore]
    except ImportError:
        return None
    return _PyVrp(pyvrp)


class _CpuTime:
    """Stops after CPU seconds, or at the first feasible answer."""

    def __init__(self, seconds: float) -> None:
        self._until_s = time.process_time() + seconds

    def __call__(self, best_cost: float) -> bool:
        return time.process_time() >= self._until_s


class _PyVrp:
    def __init__(self, pyvrp: Any) -> None:
        self._pyvrp = pyvrp

    def cost(self, situation: Situation, seconds: float) -> float:
        work = _held(situation)
        data = self._data(work)
        result = self._pyvrp.solve(data, _CpuTime(seconds), seed=SEED, display=False)
        return self._measured(work, result)

    def first(self, situation: Situation) -> tuple[float, float]:
        work = _held(situation)
        began_s = time.process_time()
        data = self._data(work)
        stop = self._pyvrp.stop.FirstFeasible()
        result = self._pyvrp.solve(data, stop, seed=SEED, display=False)
        return time.process_time() - began_s, self._measured(work, result)

    def _measured(self, work: Work, result: Any) -> float:
        if not result.is_feasible():
            return float("inf")
        best = result.best
        flown_s = best.duration() / TICKS_A_SECOND
        used = {route.vehicle_type() for route in best.routes()}
        home_s = sum(float(work.idle[d]) for d in range(len(work.idle)) if d not in used)
        lost = best.uncollected_prizes() / TICKS_A_SECOND
        return float(work.aims[1] * (flown_s + home_s + lost))

    def _data(self, work: Work) -> Any:
        drones, tasks = work.start.shape
        clients = [self._client(work, task) for task in range(tasks)]
        kinds = [
            self._pyvrp.VehicleType(
                1,
                start_depot=0,
                end_depot=1,
                tw_early=_ticks(work.ready[drone]),
                start_late=_ticks(work.ready[drone]),
                shift_duration=_ticks(work.budget[drone]),
                unit_distance_cost=0,
                unit_duration_cost=1,
                profile=drone,
            )
            for drone in range(drones)
        ]
        ways = [_ways(work, drone) for drone in range(drones)]
        return self._pyvrp.ProblemData(
            [self._pyvrp.Location(0, 0) for _ in range(tasks + 2)],
            clients,
            [self._pyvrp.Depot(tasks), self._pyvrp.Depot(tasks + 1)],
            kinds,
            [np.zeros_like(each) for each in ways],
            ways,
        )

    def _client(self, work: Work, task: int) -> Any:
        serve = _ticks(work.serve[0, task])
        if work.pinned[task] >= 0:
            late = _ticks(work.latest[task])
            return self._pyvrp.Client(task, service_duration=serve, tw_late=late)
        prize = _ticks(work.undone[task] / work.aims[1])
        return self._pyvrp.Client(task, service_duration=serve, prize=prize, required=False)


def _held(situation: Situation) -> Work:
    """The numbers, with the alarm held to the latest that our answer allows."""
    question = question_of(situation, Theatre(situation))
    work = question.work
    first = next(iter(search(question, seed=SEED, budget=Budget(iterations=0))))
    latest, pinned = work.latest.copy(), work.pinned.copy()
    for drone, order in enumerate(first.orders):
        for task in order:
            if task >= question.stop_count:
                soon_s = work.ready[drone] + work.start[drone, task]
                latest[task] = soon_s + situation.aims.patience_s
                pinned[task] = drone
    return work._replace(latest=latest, pinned=pinned)


def _ways(work: Work, drone: int) -> npt.NDArray[np.int64]:
    tasks = work.start.shape[1]
    ways = np.full((tasks + 2, tasks + 2), FAR, dtype=np.int64)
    ways[:tasks, :tasks] = _all_ticks(work.go[work.kind[drone]])
    ways[tasks, :tasks] = _all_ticks(np.where(work.can[drone] > 0, work.start[drone], NEVER))
    ways[:tasks, tasks + 1] = _all_ticks(work.home[drone])
    ways[tasks, tasks + 1] = 0
    np.fill_diagonal(ways, 0)
    return ways


def _all_ticks(seconds: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    return np.minimum(np.round(seconds * TICKS_A_SECOND), FAR).astype(np.int64)


def _ticks(seconds: float) -> int:
    return min(FAR * 100, round(float(seconds) * TICKS_A_SECOND))
