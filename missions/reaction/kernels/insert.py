"""Where a task is best put into the routes, and whole sets of tasks by greatest regret.

Source: Potvin and Rousseau 1993 (regret); Christiaens and Vanden Berghe 2020 (greedy insertion
with blinks, in `anneal`).
"""

from missions.reaction.kernels.chance import Words, rarely
from missions.reaction.kernels.compiled import NEVER, Bits, Floats, Ints, entry, inner
from missions.reaction.kernels.routes import (
    FLIGHT,
    HANDOVER,
    MAKESPAN,
    ROUNDING,
    Routes,
    Work,
    last_end,
    lateness,
    later,
    measure,
    put,
    take,
)


@inner
def best_place(
    work: Work,
    routes: Routes,
    task: int,
    drone: int,
    last: float,
    most: float,
    blinks: float,
    chance: Words,
) -> tuple[float, int]:
    """The least cost, below `most`, of a task in a drone's route, and before which place.

    `last` is when the last drone lands. `blinks`, where below 0, is the logarithm of the share of
    places that are looked at.
    """
    best, at = most, -1
    if work.can[drone, task] == 0:
        return NEVER, at
    kind, count = work.kind[drone], routes.size[drone]
    serve = work.serve[kind, task]
    go, come = work.go[kind, task], work.come[kind, task]
    order, gap, hard = routes.order[drone], routes.gap[drone], routes.hard[drone]
    flight, makespan = work.aims[FLIGHT], work.aims[MAKESPAN]
    ends, fixed = routes.end[drone], 0.0
    if count == 0:
        # Its flight home from where it is no longer counts.
        fixed = -flight * routes.end[drone]
        ends = work.ready[drone]
    if work.own[task] != drone and work.pinned[task] < 0:
        fixed += work.aims[HANDOVER]
    for place in range(count + 1):
        if blinks < 0.0 and rarely(chance, blinks):
            continue
        came = come[order[place - 1]] if place > 0 else work.start[drone, task]
        after = go[order[place]] if place < count else work.home[drone, task]
        delay = came + serve + after
        if count > 0:
            delay -= gap[place]
        cost = fixed + flight * delay + makespan * max(0.0, ends + delay - last)
        if cost >= best or delay > hard[place] + ROUNDING:
            continue
        if place == 0:
            arrive = work.ready[drone] + came
        else:
            before = order[place - 1]
            arrive = routes.arrive[drone, place - 1] + work.serve[kind, before] + came
        cost += lateness(work, task, arrive)
        if cost >= best or arrive > work.latest[task] + ROUNDING:
            continue
        cost += later(work, routes, drone, place, delay, best - cost)
        if cost < best and lasts(work, routes, task, drone, place):
            best, at = cost, place
    return (best, at) if at >= 0 else (NEVER, at)


@inner
def lasts(work: Work, routes: Routes, task: int, drone: int, place: int) -> bool:
    """Whether a drone's battery lasts with one task more before a place of its route."""
    kind, count, order = work.kind[drone], routes.size[drone], routes.order[drone]
    drain = work.serve_e[kind, task] + routes.used[drone]
    if place > 0:
        drain += work.go_e[kind, order[place - 1], task]
    else:
        drain += work.start_e[drone, task]
    if place < count:
        drain += work.go_e[kind, task, order[place]]
        if place > 0:
            drain -= work.go_e[kind, order[place - 1], order[place]]
        else:
            drain -= work.start_e[drone, order[place]]
    else:
        drain += work.home_e[drone, task]
        if place > 0:
            drain -= work.home_e[drone, order[place - 1]]
    return bool(drain <= work.budget[drone] + ROUNDING)


@inner
def fill(work: Work, routes: Routes, cost: Floats, place: Ints, fresh: Bits, chance: Words) -> None:
    """Put in all that is left and pays, the task first that would regret most to wait.

    `cost` and `place` (n, k) keep each task's best place in each route while it is `fresh` (k,).
    """
    drones, left = len(routes.size), routes.left
    end = len(left) - 1
    for drone in range(drones):
        fresh[drone] = 0
    while left[end] > 0:
        last = last_end(routes)
        chosen, regretted, goes_to = -1, -NEVER, -1
        for i in range(left[end]):
            task = left[i]
            first, second, drone_first = work.undone[task], work.undone[task], -1
            for drone in range(drones):
                if fresh[drone] == 0:
                    cost[task, drone], place[task, drone] = best_place(
                        work, routes, task, drone, last, work.undone[task], 0.0, chance
                    )
                if place[task, drone] < 0:
                    continue
                if cost[task, drone] < first:
                    first, second, drone_first = cost[task, drone], first, drone
                elif cost[task, drone] < second:
                    second = cost[task, drone]
            if drone_first >= 0 and second - first > regretted:
                chosen, regretted, goes_to = i, second - first, drone_first
        for drone in range(drones):
            fresh[drone] = 1
        if chosen < 0:
            return
        task = left[chosen]
        left[end] -= 1
        left[chosen] = left[left[end]]
        put(work, routes, task, goes_to, place[task, goes_to])
        fresh[goes_to] = 0


@inner
def lighten(work: Work, routes: Routes, drone: int) -> None:
    """Leave tasks out of a route until its battery lasts: most battery for the least loss first."""
    measure(work, routes, drone)
    kind = work.kind[drone]
    while routes.size[drone] > 0:
        if routes.used[drone] <= work.budget[drone] + ROUNDING and routes.end[drone] < NEVER:
            return
        worst, at = -NEVER, -1
        for place in range(routes.size[drone]):
            task = routes.order[drone, place]
            if work.pinned[task] >= 0:
                continue
            saved = min(_saved(work, routes, drone, place, kind), NEVER)
            if saved / work.undone[task] > worst:
                worst, at = saved / work.undone[task], place
        if at < 0:
            return
        take(work, routes, drone, at)
        measure(work, routes, drone)


@inner
def _saved(work: Work, routes: Routes, drone: int, place: int, kind: int) -> float:
    """Seconds of battery that a route would need less without one of its tasks."""
    order, count = routes.order[drone], routes.size[drone]
    task = order[place]
    saved = work.serve_e[kind, task]
    if place == 0:
        saved += work.start_e[drone, task]
    else:
        saved += work.go_e[kind, order[place - 1], task]
    if place < count - 1:
        after = order[place + 1]
        saved += work.go_e[kind, task, after]
        if place == 0:
            return float(saved - work.start_e[drone, after])
        return float(saved - work.go_e[kind, order[place - 1], after])
    saved += work.home_e[drone, task]
    if place == 0:
        return float(saved)
    return float(saved - work.home_e[drone, order[place - 1]])


@entry
def first_plan(
    work: Work, routes: Routes, cost: Floats, place: Ints, fresh: Bits, chance: Words
) -> None:
    """Make routes safe that hold what each drone has now, then put in what is left and pays."""
    for drone in range(len(routes.size)):
        lighten(work, routes, drone)
    fill(work, routes, cost, place, fresh, chance)
