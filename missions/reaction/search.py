"""The search: first who goes to the alarms, then the best for the rest that leaves that as it is.

Who goes is the same question with the alarms alone, each late from now on. Those within the
patience of the best are all tried with the rest, where there is one alarm. Then the alarms stay
with their drones, no later than found and the patience, and stops are searched for.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from missions.reaction.budget import Budget
from missions.reaction.kernels.anneal import Best, Scratch, anneal, begin
from missions.reaction.kernels.chance import chance_from
from missions.reaction.kernels.compiled import NEVER, Floats, Ints
from missions.reaction.kernels.insert import first_plan
from missions.reaction.kernels.routes import Routes, Work
from missions.reaction.question import Question

NEIGHBOURS = 120
HOT, COLD = 0.02, 0.00004
ALARM_ITERATIONS = 200
ALTERNATIVES = 4
SECONDS_OF_NOTHING = 1e-6
OF_TASKS = (
    "serve",
    "serve_e",
    "start",
    "start_e",
    "home",
    "home_e",
    "can",
    "deadline",
    "miss",
    "latest",
    "pinned",
    "own",
)

Orders = tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Tasks of every drone in order, those of nobody, and what the stops' part of it costs."""

    orders: Orders
    left: tuple[int, ...]
    cost_s: float
    iterations: int = 0


class Table:
    """The arrays of one search over one set of numbers."""

    def __init__(self, work: Work, near: Ints, seed: int) -> None:
        self.work = work
        self.chance = chance_from(seed)
        drones, tasks = work.start.shape
        ints = np.int64
        self.routes = Routes(
            order=np.zeros((drones, tasks), ints),
            size=np.zeros(drones, ints),
            arrive=np.zeros((drones, tasks)),
            hard=np.zeros((drones, tasks + 1)),
            gap=np.zeros((drones, tasks + 1)),
            smooth=np.zeros((drones, tasks + 1)),
            slope=np.zeros((drones, tasks + 1)),
            end=np.zeros(drones),
            used=np.zeros(drones),
            late=np.zeros(drones),
            at=np.full(tasks, -1, ints),
            left=np.zeros(tasks + 1, ints),
        )
        self._scratch = Scratch(
            order=np.zeros((drones, tasks), ints),
            size=np.zeros(drones, ints),
            left=np.zeros(tasks + 1, ints),
            touched=np.zeros(drones, np.uint8),
            key=np.zeros(tasks + 1),
            near=near,
        )
        self._best = Best(
            order=np.zeros((drones, tasks), ints),
            size=np.zeros(drones, ints),
            left=np.zeros(tasks + 1, ints),
        )
        self._costs = np.full(2, NEVER)
        self.done = 0

    def set(self, orders: Orders, left: tuple[int, ...]) -> None:
        """Begin from these routes, made safe and filled up."""
        routes = self.routes
        routes.at[:] = -1
        for drone, order in enumerate(orders):
            routes.size[drone] = len(order)
            routes.order[drone, : len(order)] = order
            routes.at[list(order)] = drone
        routes.left[: len(left)] = left
        routes.left[-1] = len(left)
        shape = (len(routes.at), len(orders))
        fresh = np.zeros(len(orders), dtype=np.uint8)
        first_plan(
            self.work, routes, np.zeros(shape), np.zeros(shape, np.int64), fresh, self.chance
        )
        self._costs[:] = begin(self.work, routes, self._best)

    def search(self, iterations: int, hot: float, cold: float) -> None:
        """So many iterations."""
        self.done += iterations
        if self._scratch.near.size and len(self.routes.size):
            anneal(
                self.work,
                self.routes,
                self._scratch,
                self._best,
                self._costs,
                self.chance,
                iterations,
                hot,
                cold,
            )

    @property
    def best(self) -> Found:
        """The best so far."""
        best = self._best
        orders = tuple(
            tuple(int(task) for task in best.order[drone, : best.size[drone]])
            for drone in range(len(best.size))
        )
        left = tuple(int(task) for task in best.left[: best.left[-1]])
        return Found(orders=orders, left=left, cost_s=float(self._costs[1]), iterations=self.done)


def search(question: Question, *, seed: int, budget: Budget) -> Iterator[Found]:
    """The first safe plan, then better ones while the budget lasts; the last is the best."""
    since_s = budget.clock()
    table = _begun(question, seed)
    yield table.best
    if len(table.routes.at) == len(question.situation.alarms):
        return
    scale_s = _scale_s(table)
    told = table.best.cost_s
    while (spent := budget.spent(since_s=since_s, done=table.done)) < 1.0:
        heat = scale_s * HOT * (COLD / HOT) ** spent
        table.search(budget.step(table.done), heat, heat)
        if table.best.cost_s < told - 1e-6:
            told = table.best.cost_s
            yield table.best
    yield table.best


def _scale_s(table: Table) -> float:
    """What a plan costs besides what is undone or late by necessity: sets how far is searched."""
    flown = table.routes.end[table.routes.end < NEVER]
    return max(1.0, float(flown.max(initial=0.0) + flown.mean() if len(flown) else 0.0))


def _begun(question: Question, seed: int) -> Table:
    """The first plan, of the best of the ways to serve the alarms."""
    work = question.work
    promised = promised_by(question)
    near = _near(question)
    tables = []
    for alarms in _ways_to_serve(question, seed):
        held = _holding(work, promised, alarms, question.situation.aims.patience_s)
        table = Table(held, near, seed)
        own = _able(work, _running(question))
        orders = tuple((*first, *rest) for first, rest in zip(alarms.orders, own, strict=True))
        had = {task for order in own for task in order}
        table.set(orders, tuple(task for task in range(question.stop_count) if task not in had))
        tables.append(table)
    return min(tables, key=lambda table: table.best.cost_s)


def _running(question: Question) -> Orders:
    """The plans as they run, without alarms."""
    own = question.work.own
    return tuple(
        tuple(int(task) for task in np.flatnonzero(own == drone))
        for drone in range(len(question.situation.drones))
    )


def _able(work: Work, orders: Orders) -> Orders:
    """The orders without tasks that their own drone cannot do."""
    return tuple(
        tuple(task for task in order if work.can[drone, task]) for drone, order in enumerate(orders)
    )


def promised_by(question: Question) -> Floats:
    """When the running plans, undisturbed, would have reached each stop; 0 where nobody would."""
    work, due = question.work, np.zeros(len(question.work.due))
    for drone, order in enumerate(_able(work, _running(question))):
        now, kind, before = work.ready[drone], work.kind[drone], -1
        for task in order:
            now += work.start[drone, task] if before < 0 else work.go[kind, before, task]
            due[task] = min(now, NEVER)
            now += work.serve[kind, task]
            before = task
    return due


def _near(question: Question) -> Ints:
    stops = question.stop_count
    go = question.work.go[0, :stops, :stops]
    both = go + go.T
    np.fill_diagonal(both, -1.0)
    many = min(stops, NEIGHBOURS)
    some = np.argpartition(both, many - 1, axis=1)[:, :many] if stops > many else None
    if some is None:
        return np.ascontiguousarray(np.argsort(both, axis=1, kind="stable"))
    rows = np.arange(stops)[:, None]
    order = np.argsort(both[rows, some], axis=1, kind="stable")
    return np.ascontiguousarray(some[rows, order])


def _ways_to_serve(question: Question, seed: int) -> list[Found]:
    """Who goes to which alarm in which order: the best, and others within the patience."""
    alarms = question.situation.alarms
    drones = len(question.situation.drones)
    if not alarms:
        return [Found(orders=((),) * drones, left=(), cost_s=0.0)]
    first = question.stop_count
    table = Table(_alarms_alone(question), _all_near(len(alarms)), seed)
    table.set(((),) * drones, tuple(range(len(alarms))))
    if len(alarms) > 1:
        for share in np.linspace(0.0, 1.0, 8):
            heat = 10.0 * 0.001**share
            table.search(ALARM_ITERATIONS // 8 * len(alarms), heat, heat)
    best = _moved(table.best, first)
    if len(alarms) > 1 or best.left:
        return [best]
    return _alternatives(question, table.work, best)


def _alternatives(question: Question, work: Work, best: Found) -> list[Found]:
    """Of one alarm: every drone that is there within the patience, the soonest first."""
    arrive = work.ready + work.start[:, 0]
    whole = work.start_e[:, 0] + work.serve_e[work.kind, 0] + work.home_e[:, 0]
    able = (work.can[:, 0] > 0) & (whole <= work.budget + 1e-7)
    soon = float(arrive[able].min()) + question.situation.aims.patience_s
    chosen = np.flatnonzero(able & (arrive <= soon))
    chosen = chosen[np.argsort(arrive[chosen], kind="stable")][:ALTERNATIVES]
    task = (question.stop_count,)
    count = len(question.situation.drones)
    return [
        Found(
            orders=tuple(task if drone == goes else () for drone in range(count)),
            left=(),
            cost_s=best.cost_s,
        )
        for goes in chosen
    ]


def _all_near(count: int) -> Ints:
    return np.array([[(i + j) % count for j in range(count)] for i in range(count)], dtype=np.int64)


def _moved(found: Found, by: int) -> Found:
    orders = tuple(tuple(task + by for task in order) for order in found.orders)
    left = tuple(task + by for task in found.left)
    return Found(orders=orders, left=left, cost_s=found.cost_s)


def _alarms_alone(question: Question) -> Work:
    """The numbers of the alarms alone, each of them late from now on by its urgency."""
    work, first = question.work, question.stop_count
    urgency = np.array([alarm.urgency for alarm in question.situation.alarms])
    part = {name: np.ascontiguousarray(getattr(work, name)[..., first:]) for name in OF_TASKS}
    count = len(question.situation.drones)
    return work._replace(
        **part,
        go=np.ascontiguousarray(work.go[:, first:, first:]),
        go_e=np.ascontiguousarray(work.go_e[:, first:, first:]),
        come=np.ascontiguousarray(work.come[:, first:, first:]),
        weight=urgency,
        due=np.zeros(len(urgency)),
        undone=1e7 * urgency,
        aims=np.array((0.0, SECONDS_OF_NOTHING / count, 0.0)),
    )


def _holding(work: Work, promised: Floats, alarms: Found, patience_s: float) -> Work:
    """The numbers with the alarms held where they are served, and the stops due as promised."""
    pinned, latest = work.pinned.copy(), work.latest.copy()
    due = promised.copy()
    for drone, order in enumerate(alarms.orders):
        now, kind, before = work.ready[drone], work.kind[drone], -1
        for task in order:
            now += work.start[drone, task] if before < 0 else work.go[kind, before, task]
            pinned[task], latest[task] = drone, now + patience_s
            now += work.serve[kind, task]
            before = task
    return work._replace(pinned=pinned, latest=latest, due=due)
