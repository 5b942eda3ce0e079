"""The seconds that giving out tasks is reckoned with, and the flights that come of it."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from missions.area import Area
from missions.errors import Failed
from missions.fleet.allot import Done, neighbours_of
from missions.fleet.drone import FleetDrone
from missions.fleet.fleet_work import Eye
from missions.fleet.kernels.routes import Work
from missions.fleet.pace import Pace
from missions.fleet.ways_home import ways_home_m
from missions.geodesy import LocalPlane
from missions.wind import Wind

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
# Seconds of each drone's flights as they were timed.
Flown = Sequence[Sequence[float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Flyers:
    """Who flies, how each sees, and what it costs to change a battery."""

    drones: tuple[FleetDrone, ...]
    eyes: tuple[Eye, ...]
    wind: Wind
    swap_s: float

    def paces(self) -> tuple[tuple[Pace, ...], npt.NDArray[np.int64]]:
        """The different paces, and which is each drone's."""
        each = [
            Pace(vehicle=drone.vehicle, speed_m_s=eye.speed_m_s, wind=self.wind)
            for drone, eye in zip(self.drones, self.eyes, strict=True)
        ]
        known = list(dict.fromkeys(each))
        return tuple(known), np.array([known.index(one) for one in each], dtype=np.int64)

    def docks_en(self, plane: LocalPlane) -> Array:
        """Where they stand, (drones, 2) metres."""
        return np.array([plane.en(drone.dock) for drone in self.drones])

    def upright_s(self) -> Array:
        """Seconds up and down of each drone's flights."""
        return np.array(
            [
                eye.height.m / drone.vehicle.climb_speed_m_s
                + eye.height.m / drone.vehicle.descent_speed_m_s
                for drone, eye in zip(self.drones, self.eyes, strict=True)
            ]
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ground:
    """Where tasks begin and end: `nodes` (m, 2) and ways between them (m, m), metres; `ends` are
    each task's nodes; `closed` is gone round on the way from and to docks."""

    plane: LocalPlane
    nodes: Array
    between_m: Array
    ends: npt.NDArray[np.int64]
    closed: tuple[Area, ...] = ()


def reckoned(flyers: Flyers, ground: Ground, service: Array, may: Flags) -> Work:
    """Everything in seconds; `service` (paces, tasks), `may` (drones, tasks).

    Raises:
        Failed: the wind is too strong to fly everywhere.
    """
    paces, whose = flyers.paces()
    nodes, docks = ground.nodes, flyers.docks_en(ground.plane)
    away = nodes[None, :, :] - nodes[:, None, :]
    gaps = np.stack([pace.seconds(away, ground.between_m) for pace in paces])
    home_m = ways_home_m(docks, nodes, ground.closed, ground.plane)
    from_dock = nodes[None, :, :] - docks[:, None, :]
    drones = range(len(docks))
    out = np.stack([paces[whose[i]].seconds(from_dock[i], home_m[i]) for i in drones])
    back = np.stack([paces[whose[i]].seconds(-from_dock[i], home_m[i]) for i in drones])
    if not (np.isfinite(gaps).all() and np.isfinite(out).all() and np.isfinite(back).all()):
        raise Failed(f"a wind of {flyers.wind.speed_m_s:g} m/s is too strong for this fleet")
    sides = ground.ends
    near = np.minimum.reduce(
        [gaps[0][np.ix_(sides[:, i], sides[:, j])] for i in (0, 1) for j in (0, 1)]
    )
    return Work(
        gaps=gaps,
        gaps_to=np.ascontiguousarray(gaps.transpose(0, 2, 1)),
        ends=np.ascontiguousarray(sides),
        service=np.ascontiguousarray(service),
        out=out,
        back=back,
        pace=whose,
        overhead=flyers.upright_s(),
        usable=np.array([drone.usable_s for drone in flyers.drones]),
        swap=np.full(len(docks), flyers.swap_s),
        free=np.array([drone.free_from_s for drone in flyers.drones]),
        docked=np.array([drone.docked for drone in flyers.drones]),
        may=np.ascontiguousarray(may),
        near=neighbours_of(near),
    )


def several_flights(work: Work) -> bool:
    """Whether there is more to do than one battery of each drone lasts for."""
    return float(work.service.min(axis=0).sum()) > float((work.usable - work.overhead).sum())


def sorties_of(work: Work, drone: int, done: Done) -> list[tuple[tuple[int, bool], ...]]:
    """One drone's tasks flight by flight: each goes on for as long as the battery lasts.

    The same as the kernels' `route_s` reckons.
    """
    gaps, service = work.gaps[work.pace[drone]], work.service[work.pace[drone]]
    found: list[list[tuple[int, bool]]] = []
    flown, first, last = 0.0, 0, 0
    for task, turned in done.tasks:
        into, leaves = (int(node) for node in work.ends[task][:: -1 if turned else 1])
        on = flown + gaps[last, into] + service[task]
        if found and on + _back_s(work, drone, leaves, first) <= work.usable[drone]:
            found[-1].append((task, turned))
            flown, last = on, leaves
            continue
        first, last = into, leaves
        out_s = work.out[drone, into] if work.docked[drone] else 0.0
        flown = work.overhead[drone] + out_s + service[task]
        found.append([(task, turned)])
    return [tuple(one) for one in found]


def sortie_s(work: Work, drone: int, sortie: Sequence[tuple[int, bool]]) -> float:
    """What one of a drone's flights is reckoned to take."""
    gaps, service = work.gaps[work.pace[drone]], work.service[work.pace[drone]]
    nodes = [work.ends[task][:: -1 if turned else 1] for task, turned in sortie]
    first, last = int(nodes[0][0]), int(nodes[-1][1])
    between = sum(float(gaps[one[1], two[0]]) for one, two in itertools.pairwise(nodes))
    out_s = float(work.out[drone, first]) if work.docked[drone] else 0.0
    flown = sum(float(service[task]) for task, _ in sortie)
    return float(work.overhead[drone]) + out_s + flown + between + _back_s(work, drone, last, first)


def learned(
    work: Work, corners: Array, done: Sequence[Sequence[Sequence[tuple[int, bool]]]], flown: Flown
) -> Work:
    """The same reckoned so that none of these flights takes longer than reckoned: so much more for
    each of a task's corners, (tasks,), and so much for each of a drone's flights."""
    service, overhead = work.service.copy(), work.overhead.copy()
    for pace in range(len(service)):
        rows = [
            (i, flown_s - sortie_s(work, i, one), sum(corners[task] for task, _ in one))
            for i, mine in enumerate(done)
            for one, flown_s in zip(mine, flown[i], strict=True)
            if work.pace[i] == pace
        ]
        if not rows:
            continue
        who, more, turns = np.array(rows).T
        unknown = np.column_stack((np.ones(len(rows)), turns))
        a_corner = max(0.0, float(np.linalg.lstsq(unknown, more, rcond=None)[0][1]))
        service[pace] += a_corner * corners
        for i in np.unique(who).astype(int):
            overhead[i] += max(0.0, float((more - a_corner * turns)[who == i].max()))
    return work._replace(service=service, overhead=overhead)


def _back_s(work: Work, drone: int, last: int, first: int) -> float:
    if work.docked[drone]:
        return float(work.back[drone, last])
    return float(work.gaps[work.pace[drone], last, first])


def done_s(drone: FleetDrone, flights_s: Sequence[float], swap_s: float) -> float:
    """When a drone is done with flights one after the other; nought where there are none."""
    if not flights_s:
        return 0.0
    return drone.free_from_s + sum(flights_s) + swap_s * (len(flights_s) - 1)
