"""Places to visit divided among several drones, so that the last is home as early as can be found.

A place that names a `camera` is visited by a drone that carries it. Each drone has its own dock,
speed and battery; what one battery does not last for becomes several flights.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from missions.area import Area, Place, ring_en
from missions.errors import BadInput
from missions.fleet.allot import Done, allot
from missions.fleet.bounds import places_bound_s
from missions.fleet.drone import FleetDrone
from missions.fleet.fleet_work import DroneWork, Eye, FleetWork, FlightTime
from missions.fleet.kernels.routes import Work
from missions.fleet.reckoned import Flyers, Ground, done_s, reckoned, sorties_of
from missions.fleet.ways_home import ways_home_m
from missions.geodesy import LocalPlane
from missions.heights import HeightAboveHome
from missions.path import CameraAction, PatrolPath
from missions.patterns.round import visiting_round
from missions.patterns.run_order import best_order
from missions.patterns.visit import visit_of
from missions.wind import CALM, Wind

Array = npt.NDArray[np.float64]

MOST_PLACES = 1500
CORRECTIONS = 3
EVEN_ENOUGH = 1.01


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacesTask:
    """What is visited, and how: as `missions.patterns.round.visiting_round` takes it."""

    places: tuple[Place, ...]
    dwell_s: float
    standoff_m: float = 0.0
    look_at_places: bool = True
    action: CameraAction | None = None
    no_fly: tuple[Area, ...] = ()
    wind: Wind = CALM
    swap_s: float = 120.0
    seed: int = 0


def split_places(
    task: PlacesTask, drones: Sequence[FleetDrone], eyes: Sequence[Eye], flight_s: FlightTime
) -> FleetWork:
    """Each drone's round, flight by flight; `flight_s` says how long a flight really takes.

    Raises:
        BadInput: there are no places or too many, no drones, or no camera that a place asks for.
        Failed: a place is too far for every battery, or the wind is too strong.
    """
    if not task.places or len(task.places) > MOST_PLACES:
        what = f"{len(task.places)} is not within 1..{MOST_PLACES}"
        raise BadInput(where="places to divide", what=what)
    if not drones or len(drones) != len(eyes):
        raise BadInput(where="drones", what="there are none, or not one eye for each")
    flyers = Flyers(drones=tuple(drones), eyes=tuple(eyes), wind=task.wind, swap_s=task.swap_s)
    work, order = places_work(task, flyers)
    bound_s = places_bound_s(work)
    done = allot(work, order, seed=task.seed)
    best = _flown(task, flyers, work, done, flight_s, bound_s)
    for _ in range(CORRECTIONS):
        if best.ratio <= EVEN_ENOUGH:
            break
        work = work._replace(overhead=work.overhead + _slower_s(best, done))
        done = allot(work, order, seed=task.seed, begun=done)
        found = _flown(task, flyers, work, done, flight_s, bound_s)
        if found.makespan_s >= best.makespan_s:
            break
        best = found
    return best


def places_work(task: PlacesTask, flyers: Flyers) -> tuple[Work, list[int]]:
    """What giving the places out is reckoned with, and the order of one short round of them all."""
    plane = LocalPlane(task.places[0].position)
    nodes = ring_en(plane, tuple(place.position for place in task.places))
    order = [index for index, _ in best_order(nodes, nodes, start=nodes[0], returns=True)]
    numbers = np.arange(len(nodes))
    ground = Ground(
        plane=plane,
        nodes=nodes,
        between_m=ways_home_m(nodes, nodes, task.no_fly, plane),
        ends=np.column_stack((numbers, numbers)),
        closed=task.no_fly,
    )
    dwells = np.array([_dwell_s(task, place) for place in task.places])
    paces, _ = flyers.paces()
    service = np.tile(dwells, (len(paces), 1))
    return reckoned(flyers, ground, service, _may(task, flyers)), order


def _dwell_s(task: PlacesTask, place: Place) -> float:
    visit = visit_of(
        place,
        height=HeightAboveHome(0.0),
        dwell_s=task.dwell_s,
        standoff_m=task.standoff_m,
        action=task.action,
    )
    return visit.dwell_s


def _may(task: PlacesTask, flyers: Flyers) -> npt.NDArray[np.bool_]:
    """Who carries the camera that each place asks for, (drones, places)."""
    carried = [drone.camera.name if drone.camera else None for drone in flyers.drones]
    asked = [place.properties.get("camera") for place in task.places]
    may = np.array([[one is None or one == camera for one in asked] for camera in carried])
    nobody = np.flatnonzero(~may.any(axis=0))
    if len(nobody):
        place = task.places[int(nobody[0])]
        what = f"asks for the camera {asked[int(nobody[0])]!r}, which no drone carries"
        raise BadInput(where=place.name or "place", what=what)
    return may


def _flown(
    task: PlacesTask,
    flyers: Flyers,
    work: Work,
    done: tuple[Done, ...],
    flight_s: FlightTime,
    bound_s: float,
) -> FleetWork:
    """The rounds of a division, timed as they will be flown."""
    found = []
    for i, (drone, mine) in enumerate(zip(flyers.drones, done, strict=True)):
        paths = tuple(
            _round(task, drone, flyers.eyes[i], tuple(task.places[place] for place, _ in one))
            for one in sorties_of(work, i, mine)
        )
        seconds = tuple(flight_s(drone, path) for path in paths)
        ends_s = done_s(drone, seconds, task.swap_s)
        found.append(DroneWork(drone=drone, paths=paths, flights_s=seconds, done_s=ends_s))
    return FleetWork(drones=tuple(found), bound_s=bound_s)


def _round(task: PlacesTask, drone: FleetDrone, eye: Eye, places: tuple[Place, ...]) -> PatrolPath:
    return visiting_round(
        places,
        height=eye.height,
        dwell_s=task.dwell_s,
        start=drone.dock if drone.docked else None,
        standoff_m=task.standoff_m,
        gaze=eye.gaze,
        look_at_places=task.look_at_places,
        keep_order=True,
        action=task.action,
        no_fly=task.no_fly,
    )


def _slower_s(found: FleetWork, done: tuple[Done, ...]) -> Array:
    """How much longer a flight of each drone takes than was reckoned."""
    return np.array(
        [
            (one.done_s - mine.time_s) / max(1, len(one.paths))
            for one, mine in zip(found.drones, done, strict=True)
        ]
    )
