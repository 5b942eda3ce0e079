"""An area laid out to be divided: the way over it, its stretches, and what lies between them.

None of it changes however often the stretches are given out.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from missions.area import Area, middle, ring_en
from missions.fleet.drone import FleetDrone
from missions.fleet.fleet_work import Eye
from missions.fleet.kernels.routes import Work
from missions.fleet.reckoned import Flyers, Ground, reckoned
from missions.fleet.stretches import Stretches, cut_way
from missions.geodesy import LocalPlane
from missions.path import PatrolPath
from missions.patterns.ground import flyable
from missions.patterns.inside import Inside, Point
from missions.patterns.sweep import sweep

if TYPE_CHECKING:
    from missions.fleet.area_split import AreaTask

STRETCHES_A_DRONE = 28
FEWEST, MOST_STRETCHES = 120, 700
# A battery is divided into so many stretches, on very large areas into no fewer than the least.
STRETCHES_A_BATTERY, LEAST_A_BATTERY = 20, 6
MOST_ON_LARGE = 1500

# One of a drone's flights: by the drone's number and the flight's runs.
FlightKey = tuple[int, tuple[tuple[float, float], ...]]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LaidOut:
    """The whole way and its stretches; `work` is what giving them out is reckoned with.

    `ways` finds ways quicker than `inside`, and measures far ones only about. `timed` are flights
    whose time is known, `routes` ways that are: dividing again asks for most of them again.
    """

    plane: LocalPlane
    inside: Inside
    ways: Inside
    whole: PatrolPath
    stretches: Stretches
    work: Work
    timed: dict[FlightKey, tuple[PatrolPath, float]] = field(default_factory=dict)
    routes: dict[tuple[Point, Point], list[Point]] = field(default_factory=dict)

    def work_of(self, flyers: Flyers) -> Work:
        """What giving the stretches out is reckoned with, by the batteries that these hold now."""
        usable = [drone.usable_s for drone in flyers.drones]
        return self.work._replace(usable=np.array(usable))


def lay_out(task: "AreaTask", drones: Sequence[FleetDrone], eyes: Sequence[Eye]) -> LaidOut:
    """Lay out what a fleet is to sweep.

    Raises:
        BadInput: the area encloses nothing to fly in.
        Failed: the wind is too strong to fly everywhere.
    """
    # Compiled kernels: numba takes a second to import.
    from missions.patterns.sweep.quick_inside import QuickInside

    whole = _whole_way(task, drones, eyes)
    plane = LocalPlane(middle(task.area.outer))
    polygon, _ = flyable(
        task.area, plane=plane, no_fly=task.no_fly, zone_clearance_m=task.zone_clearance_m
    )
    inside = Inside(polygon)
    stretches = _stretches(whole, plane, drones, eyes)
    flyers = Flyers(drones=tuple(drones), eyes=tuple(eyes), wind=task.wind, swap_s=task.swap_s)
    return LaidOut(
        plane=plane,
        inside=inside,
        ways=QuickInside(polygon),
        whole=whole,
        stretches=stretches,
        work=_work(task, plane, inside, stretches, flyers),
    )


def _whole_way(task: "AreaTask", drones: Sequence[FleetDrone], eyes: Sequence[Eye]) -> PatrolPath:
    """The quick way over the whole area, as the slowest to turn would fly it, as narrow as the
    narrowest sees."""
    slowest = min(range(len(drones)), key=lambda i: (eyes[i].speed_m_s, drones[i].name))
    drone = drones[slowest]
    return sweep(
        task.area,
        swath_m=min(eye.swath_m for eye in eyes),
        height=eyes[slowest].height,
        vehicle=drone.vehicle,
        speed_m_s=eyes[slowest].speed_m_s,
        no_fly=task.no_fly,
        zone_clearance_m=task.zone_clearance_m,
        start=drone.dock if drone.docked else None,
    )


def _stretches(
    whole: PatrolPath, plane: LocalPlane, drones: Sequence[FleetDrone], eyes: Sequence[Eye]
) -> Stretches:
    """The whole way in stretches, short enough for an even division and for each battery."""
    points = ring_en(plane, tuple(point.position for point in whole.points))
    length = float(np.hypot(*np.diff(points, axis=0).T).sum())
    reach_m = min(drone.usable_s * eye.speed_m_s for drone, eye in zip(drones, eyes, strict=True))
    batteries = length / max(reach_m, 1.0)
    wanted = max(FEWEST, STRETCHES_A_DRONE * len(drones), STRETCHES_A_BATTERY * batteries)
    most = max(MOST_STRETCHES, min(LEAST_A_BATTERY * batteries, MOST_ON_LARGE))
    swath_m = min(eye.swath_m for eye in eyes)
    return cut_way(points, swath_m=swath_m, most=round(min(most, wanted)))


def _work(
    task: "AreaTask", plane: LocalPlane, inside: Inside, stretches: Stretches, flyers: Flyers
) -> Work:
    nodes = stretches.nodes()
    places = [(float(x), float(y)) for x, y in nodes]
    numbers = np.arange(stretches.count)
    ground = Ground(
        plane=plane,
        nodes=nodes,
        between_m=inside.distances(places),
        ends=np.column_stack((numbers, numbers + 1)),
        closed=(*task.no_fly, *holes_of(task.area)),
    )
    paces, _ = flyers.paces()
    service = np.stack([stretches.seconds(pace.vehicle, pace.speed_m_s) for pace in paces])
    may = np.ones((len(flyers.drones), stretches.count), dtype=bool)
    return reckoned(flyers, ground, service, may)


def holes_of(area: Area) -> tuple[Area, ...]:
    """The holes of an area: no camera drone needs to fly over what nobody wants to see."""
    return tuple(Area(outer=hole, name=f"hole {i + 1}") for i, hole in enumerate(area.holes))
