"""Who does which tasks in which order, how long that takes, and which of two plans is better.

A task has two ends and is done from either: code 2 * task is from its first end, 2 * task + 1 from
its second.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from missions.fleet.kernels.compiled import inner

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

NEVER = 1e15
# Of the drones' times: 24 makes the longest count, and those close behind it a little.
NORM = 24.0
# Seconds of anybody's work count this much beside the longest time.
OF_ALL = 0.02


class Work(NamedTuple):
    """Seconds of everything; drones of one speed share a pace.

    `gaps` (paces, nodes, nodes), and `gaps_to` the same by where they lead to, `ends` (tasks, 2)
    nodes, `service` (paces, tasks), `out` and
    `back` (drones, nodes), `pace` (drones,); a sortie takes `overhead` beside, lasts `usable` at
    most, and `swap` passes between two; `free` is when a drone is free; `docked` says that it has
    a dock: otherwise each sortie begins where its first task does, and ends there, too; `may`
    (drones, tasks) says who can do what; `near` (tasks, most) lists each task's neighbours, itself
    first.
    """

    gaps: Floats
    gaps_to: Floats
    ends: Ints
    service: Floats
    out: Floats
    back: Floats
    pace: Ints
    overhead: Floats
    usable: Floats
    swap: Floats
    free: Floats
    docked: Flags
    may: Flags
    near: Ints


class Routes(NamedTuple):
    """Codes of each drone's tasks in order, (drones, tasks), how many, and each drone's time."""

    order: Ints
    sizes: Ints
    times: Floats


@inner
def enters(work: Work, code: int) -> int:
    """The node at which a task is begun."""
    return int(work.ends[code >> 1, code & 1])


@inner
def leaves(work: Work, code: int) -> int:
    """The node at which a task is left."""
    return int(work.ends[code >> 1, 1 - (code & 1)])


@inner
def out_s(work: Work, drone: int, first: int) -> float:
    """To the node at which a sortie's first task is begun."""
    return float(work.out[drone, first]) if work.docked[drone] else 0.0


@inner
def back_s(work: Work, drone: int, last: int, first: int) -> float:
    """From the node at which a sortie's last task is left; `first` is where it began."""
    if work.docked[drone]:
        return float(work.back[drone, last])
    return float(work.gaps[work.pace[drone], last, first])


@inner
def route_s(work: Work, drone: int, order: Ints, count: int) -> float:
    """When a drone is done: each sortie goes on for as long as the battery lasts.

    Nought for a drone that does nothing, NEVER where the battery does not last for one task.
    """
    if count == 0:
        return 0.0
    gaps, service = work.gaps[work.pace[drone]], work.service[work.pace[drone]]
    begin, most = work.overhead[drone], work.usable[drone]
    now = work.free[drone]
    first = enters(work, order[0])
    flown = begin + out_s(work, drone, first) + service[order[0] >> 1]
    for i in range(1, count):
        code = order[i]
        last, into = leaves(work, order[i - 1]), enters(work, code)
        on = flown + gaps[last, into] + service[code >> 1]
        if on + back_s(work, drone, leaves(work, code), first) <= most:
            flown = on
            continue
        whole = flown + back_s(work, drone, last, first)
        if whole > most:
            return NEVER
        now += whole + work.swap[drone]
        first = into
        flown = begin + out_s(work, drone, first) + service[code >> 1]
    flown += back_s(work, drone, leaves(work, order[count - 1]), first)
    return float(now + flown) if flown <= most else NEVER


@inner
def worth(times: Floats, scale: float) -> float:
    """What is made small, in units of `scale` seconds."""
    total, norm = 0.0, 0.0
    for time in times:
        if time >= NEVER:
            return NEVER
        total += time / scale
        norm += (time / scale) ** NORM
    return float(norm ** (1.0 / NORM) + OF_ALL * total / len(times))


@inner
def copy(to: Routes, source: Routes) -> None:
    """Make one the other."""
    for drone in range(len(source.sizes)):
        to.sizes[drone] = source.sizes[drone]
        to.times[drone] = source.times[drone]
        for i in range(source.sizes[drone]):
            to.order[drone, i] = source.order[drone, i]


@inner
def longest_s(routes: Routes) -> float:
    """When the last is done."""
    most = 0.0
    for time in routes.times:
        most = max(most, time)
    return most


@inner
def better(one: Routes, other: Routes) -> bool:
    """Whether one is done earlier, or as early with less work in all."""
    first, second = longest_s(one), longest_s(other)
    if abs(first - second) > 1e-6 * second:
        return first < second
    mine, theirs = 0.0, 0.0
    for drone in range(len(one.times)):
        mine += one.times[drone]
        theirs += other.times[drone]
    return mine < theirs - 1e-9
