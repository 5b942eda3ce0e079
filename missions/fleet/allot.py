"""Tasks given out among drones so that the last of them is done as early as can be found.

What a task is, a place with a dwell or a stretch of a sweep, is the caller's matter: here it is two
ends, the seconds that it takes, and the seconds from each end to each.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from missions.errors import Failed
from missions.fleet.kernels.rounds import REMOVED, STRING, Scratch, fill, improve
from missions.fleet.kernels.routes import NEVER, Routes, Work
from missions.patrol.kernels.chance import Words, chance_from

Floats = npt.NDArray[np.float64]

# Rounds times tasks: what a search may cost, whatever the machine.
EFFORT = 8_000_000
MOST_ROUNDS, LEAST_ROUNDS = 60_000, 4_000
HEAT = (0.02, 0.0002)
NEIGHBOURS = 40


@dataclass(frozen=True, slots=True)
class Done:
    """One drone's tasks in order, each with whether it is begun at its second end, and its time."""

    tasks: tuple[tuple[int, bool], ...]
    time_s: float


def allot(
    work: Work,
    order: Sequence[int],
    *,
    seed: int = 0,
    begun: tuple[Done, ...] | None = None,
    effort: int = EFFORT,
) -> tuple[Done, ...]:
    """What each drone does; the same for the same seed.

    `order` are all tasks as one drone might do them, `begun` is a whole plan to better; `effort` is
    about rounds times tasks.

    Raises:
        Failed: a task is nobody's: too far for every battery, or no camera does for it.
    """
    tasks, drones = len(work.ends), len(work.out)
    chance = chance_from(seed)
    plans = [(), evenly(order, drones)] if begun is None else [begun, ()]
    started = [_started(work, plan, chance) for plan in plans]
    whole = [routes for routes in started if routes is not None]
    if not whole:
        raise Failed(_too_far(work))
    best = min(whole, key=lambda routes: float(routes.times.max()))
    least = LEAST_ROUNDS if effort >= EFFORT else 0
    rounds = min(MOST_ROUNDS, max(least, effort // max(1, tasks)))
    if tasks > 1:
        spare = _none(drones, tasks), _none(drones, tasks)
        improve(work, best, *spare, _scratch(drones, tasks), chance, rounds, np.array(HEAT))
    return _told(best)


def evenly(order: Sequence[int], drones: int) -> tuple[Done, ...]:
    """An order cut into as many parts as there are drones, as many tasks in each."""
    parts = np.array_split(np.asarray(order, dtype=np.int64), drones)
    return tuple(Done(tuple((int(task), False) for task in part), 0.0) for part in parts)


def _started(work: Work, plan: tuple[Done, ...], chance: Words) -> Routes | None:
    """A plan, what it leaves given out one by one; None where somebody cannot do it."""
    drones, tasks = work.may.shape
    routes = _none(drones, tasks)
    for drone, done in enumerate(plan):
        codes = [2 * task + turned for task, turned in done.tasks if work.may[drone, task]]
        routes.order[drone, : len(codes)] = codes
        routes.sizes[drone] = len(codes)
    left = np.setdiff1d(np.arange(tasks), _held(routes))
    room = _scratch(drones, tasks)
    missing = fill(work, routes, _far_first(work, left), _scale_s(work), chance, room)
    return None if missing > 0 or (routes.times >= NEVER).any() else routes


def neighbours_of(between: Floats) -> npt.NDArray[np.int64]:
    """Each task's nearest tasks, itself first, of (n, n) seconds from any end to any."""
    apart = between.copy()
    np.fill_diagonal(apart, -1.0)
    most = min(len(apart), NEIGHBOURS)
    near = np.argsort(apart, axis=1, kind="stable")[:, :most]
    return np.ascontiguousarray(near, dtype=np.int64)


def _none(drones: int, tasks: int) -> Routes:
    return Routes(
        np.zeros((drones, tasks + 1), np.int64), np.zeros(drones, np.int64), np.zeros(drones)
    )


def _scratch(drones: int, tasks: int) -> Scratch:
    removed = np.zeros(STRING * (REMOVED + 4), np.int64)
    return Scratch(
        leaves=np.zeros(tasks + 1, np.int64),
        enters=np.zeros(tasks + 1, np.int64),
        gaps=np.zeros(tasks + 1),
        removed=removed,
        owners=np.zeros(tasks, np.int64),
        touched=np.zeros(drones, np.int64),
        ranks=np.zeros(len(removed)),
    )


def _held(routes: Routes) -> npt.NDArray[np.int64]:
    rows = [order[:size] >> 1 for order, size in zip(routes.order, routes.sizes, strict=True)]
    return np.concatenate(rows)


def _far_first(work: Work, left: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    reach = work.out[:, work.ends[left, 0]].min(axis=0)
    return left[np.argsort(-reach, kind="stable")]


def _too_far(work: Work) -> str:
    """What the task that asks for most of the batteries takes, and what they hold."""
    into, from_ = work.ends[:, 0], work.ends[:, 1]
    needed = work.overhead[:, None] + work.service[work.pace]
    again = work.gaps[work.pace][:, from_, into]
    home = np.where(work.docked[:, None], work.out[:, into] + work.back[:, from_], again)
    needed = needed + home
    over = np.where(work.may, needed - work.usable[:, None], np.inf).min(axis=0)
    task = int(over.argmax())
    drone = int(np.where(work.may[:, task], needed[:, task] - work.usable, np.inf).argmin())
    takes_min, lasts_min = needed[drone, task] / 60.0, max(work.usable[drone], 0.0) / 60.0
    return (
        f"a part of the task is too far for every drone that can do it: there and back take "
        f"{takes_min:.1f} min, the battery lasts {lasts_min:.1f} min with the reserve kept"
    )


def _scale_s(work: Work) -> float:
    """About what each drone has to do."""
    return float(work.service[0].sum() / len(work.out) + 2.0 * work.out.max() + 1.0)


def _told(routes: Routes) -> tuple[Done, ...]:
    return tuple(
        Done(
            tuple((int(code) >> 1, bool(code & 1)) for code in order[:size]),
            float(time) if time < NEVER else float("inf"),
        )
        for order, size, time in zip(routes.order, routes.sizes, routes.times, strict=True)
    )
