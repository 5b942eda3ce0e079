"""Routes of several drones: when each task is reached, what it costs, what may still be put in.

A task is flown to, served, and left. A route begins where its drone is and ends at the best of the
places where it may land. Its battery must last to there: `budget` has the reserve taken off.
"""

from typing import NamedTuple

from missions.reaction.kernels.compiled import NEVER, Bits, Floats, Ints, inner

ROUNDING = 1e-7
MAKESPAN, FLIGHT, HANDOVER = 0, 1, 2


class Work(NamedTuple):
    """What is known of c kinds, k drones and n tasks. Seconds; `_e` is battery, in seconds too.

    `go` (c, n, n) is from leaving a task to reaching another, `come` the same with the other first
    (a row of it lies together in memory), `serve` (c, n) at it, `start` (k, n)
    from now to it, `home` (k, n) from it to standing where the drone lands, `idle` (k,) there from
    now. `ready` is when a drone can go, `can` (k, n) whether it may serve. By task: `weight` a
    second later than `due`, `miss` the cost of coming after `deadline`, `undone` of not coming;
    not later than `latest`, always; `pinned` to a drone (or -1); `own` is who has it now (or -1).
    `aims` weigh the end of all, flying, and a task that changes hands.
    """

    go: Floats
    go_e: Floats
    come: Floats
    serve: Floats
    serve_e: Floats
    start: Floats
    start_e: Floats
    home: Floats
    home_e: Floats
    idle: Floats
    idle_e: Floats
    ready: Floats
    budget: Floats
    kind: Ints
    can: Bits
    weight: Floats
    due: Floats
    deadline: Floats
    miss: Floats
    undone: Floats
    latest: Floats
    pinned: Ints
    own: Ints
    aims: Floats


class Routes(NamedTuple):
    """Every drone's tasks in order, `order` (k, n) with `size` (k,), and what follows from it.

    `arrive` is when each is reached; before each (and after the last) `hard` is how much later all
    that follows may be, `gap` the seconds of the way there, `smooth` how much later until its
    lateness costs more a second than `slope`. `end`, `used` (battery) and `late` are whole
    routes'. `at` (n,) is whose a task is, or -1 for those in `left`, (n + 1,), whose last entry
    counts them.
    """

    order: Ints
    size: Ints
    arrive: Floats
    hard: Floats
    gap: Floats
    smooth: Floats
    slope: Floats
    end: Floats
    used: Floats
    late: Floats
    at: Ints
    left: Ints


@inner
def lateness(work: Work, task: int, arrive: float) -> float:
    """What reaching a task at a time costs."""
    cost = work.weight[task] * max(0.0, arrive - work.due[task])
    if arrive > work.deadline[task] + ROUNDING:
        cost += work.miss[task]
    return float(cost)


@inner
def measure(work: Work, routes: Routes, drone: int) -> None:
    """Work out a drone's route anew."""
    count, kind = routes.size[drone], work.kind[drone]
    if count == 0:
        routes.end[drone] = work.idle[drone] if work.idle[drone] < NEVER else 0.0
        routes.used[drone] = 0.0
        routes.late[drone] = 0.0
    else:
        before = routes.order[drone, 0]
        now = work.ready[drone] + work.start[drone, before]
        used = work.start_e[drone, before]
        routes.gap[drone, 0] = work.start[drone, before]
        late = 0.0
        for i in range(count):
            task = routes.order[drone, i]
            if i > 0:
                routes.gap[drone, i] = work.go[kind, before, task]
                now += work.serve[kind, before] + routes.gap[drone, i]
                used += work.serve_e[kind, before] + work.go_e[kind, before, task]
            routes.arrive[drone, i] = now
            late += lateness(work, task, now)
            if work.own[task] != drone and work.pinned[task] < 0:
                late += work.aims[HANDOVER]
            before = task
        routes.gap[drone, count] = work.home[drone, before]
        routes.end[drone] = now + work.serve[kind, before] + work.home[drone, before]
        routes.used[drone] = used + work.serve_e[kind, before] + work.home_e[drone, before]
        routes.late[drone] = late
    _look_back(work, routes, drone)


@inner
def _look_back(work: Work, routes: Routes, drone: int) -> None:
    """Fill in what being later would cost from each place of the route on."""
    count = routes.size[drone]
    hard, smooth, slope = NEVER, NEVER, 0.0
    routes.hard[drone, count] = hard
    routes.smooth[drone, count] = smooth
    routes.slope[drone, count] = slope
    for i in range(count - 1, -1, -1):
        task, arrive = routes.order[drone, i], routes.arrive[drone, i]
        hard = min(hard, work.latest[task] - arrive)
        if arrive >= work.due[task]:
            slope += work.weight[task]
        else:
            smooth = min(smooth, work.due[task] - arrive)
        if arrive <= work.deadline[task] + ROUNDING:
            smooth = min(smooth, work.deadline[task] - arrive)
        routes.hard[drone, i] = hard
        routes.smooth[drone, i] = smooth
        routes.slope[drone, i] = slope


@inner
def cost_of(work: Work, routes: Routes) -> float:
    """What all routes and all that is left undone cost; NEVER where a battery does not last."""
    last, flown, cost = 0.0, 0.0, 0.0
    for drone in range(len(routes.size)):
        if routes.size[drone] > 0 and (
            routes.used[drone] > work.budget[drone] + ROUNDING
            or routes.hard[drone, 0] < -ROUNDING
            or routes.end[drone] >= NEVER
        ):
            return NEVER
        last = max(last, routes.end[drone])
        if routes.size[drone] > 0:
            flown += routes.end[drone] - work.ready[drone]
        else:
            flown += routes.end[drone]
        cost += routes.late[drone]
    left = routes.left
    for i in range(left[len(left) - 1]):
        cost += work.undone[left[i]]
    return float(cost + work.aims[MAKESPAN] * last + work.aims[FLIGHT] * flown)


@inner
def last_end(routes: Routes) -> float:
    """When the last drone has landed."""
    last = 0.0
    for drone in range(len(routes.end)):
        last = max(last, routes.end[drone])
    return last


@inner
def later(work: Work, routes: Routes, drone: int, place: int, delay: float, most: float) -> float:
    """What it costs that a route is later from a place on; more than `most` may be answered short.

    A route that becomes earlier is credited with nothing: its lateness is measured afterwards.
    """
    if delay <= 0.0:
        return 0.0
    cost = routes.slope[drone, place] * delay
    if delay <= routes.smooth[drone, place] or cost > most:
        return float(cost)
    cost = 0.0
    for i in range(place, routes.size[drone]):
        task, arrive = routes.order[drone, i], routes.arrive[drone, i]
        cost += lateness(work, task, arrive + delay) - lateness(work, task, arrive)
    return float(cost)


@inner
def put(work: Work, routes: Routes, task: int, drone: int, place: int) -> None:
    """Put a task into a route; it is not taken off `left`."""
    order = routes.order
    for i in range(routes.size[drone], place, -1):
        order[drone, i] = order[drone, i - 1]
    order[drone, place] = task
    routes.size[drone] += 1
    routes.at[task] = drone
    measure(work, routes, drone)


@inner
def take(work: Work, routes: Routes, drone: int, place: int) -> int:
    """Take a task out of a route into `left`; which."""
    order, left = routes.order, routes.left
    task = order[drone, place]
    routes.size[drone] -= 1
    for i in range(place, routes.size[drone]):
        order[drone, i] = order[drone, i + 1]
    routes.at[task] = -1
    last = len(left) - 1
    left[left[last]] = task
    left[last] += 1
    return int(task)
