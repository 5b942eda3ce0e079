"""Compiles all kernels of the planners ahead of time, so that no first plan waits for them:
`python -m missions.compile`. What is compiled already is left alone."""

import time
from collections.abc import Callable

from missions.assemble import Assembly, assemble
from missions.compiled import Kernels
from missions.geodesy import GeoPoint
from missions.heights import HeightAboveHome, HeightAmsl
from missions.path import PathPoint, PatrolPath
from missions.plan import Home, Plan


def compile_sweep() -> Kernels:
    """The polishing of sweeps."""
    from missions.patterns.sweep.core.__main__ import compile_all
    from missions.patterns.sweep.core.kernels import KERNELS

    compile_all()
    return KERNELS


def compile_turns() -> Kernels:
    """The turns of wings."""
    import numpy as np

    from missions.patterns.turns.dubins import dubins_lengths, dubins_ways_between
    from missions.patterns.turns.kernels.compiled import KERNELS
    from missions.patterns.turns.order import order_of_passes

    states = np.array([(0.0, 0.0, 0.0), (300.0, 100.0, 2.0)])
    dubins_ways_between(states, states, 50.0)(0, 1)
    between = np.tile(dubins_lengths(states, states, 50.0)[:, None, :, None], (1, 2, 1, 2))
    order_of_passes(between, np.zeros((2, 2)), np.zeros((2, 2)))
    return KERNELS


def compile_patterns() -> Kernels:
    """The order of runs and places."""
    import numpy as np

    from missions.patterns.kernels.compiled import KERNELS
    from missions.patterns.run_order import best_order

    places = np.arange(60.0).reshape(-1, 2) % 13.0
    best_order(places, places, start=places[0], returns=True)
    return KERNELS


def compile_patrol() -> Kernels:
    """The search for laps, with and without batteries."""
    import numpy as np

    from missions.patrol.kernels.compiled import KERNELS
    from missions.patrol.planner import plan_patrol
    from missions.patrol.site import Battery, Site

    at = np.array([(0.0, 0.0), (90.0, 10.0), (40.0, 80.0), (130.0, 60.0), (60.0, 30.0)])
    ways = np.hypot(*(at[:, None] - at[None, :]).transpose(2, 0, 1))
    site = Site(
        names=("a", "b", "c", "d"),
        docks=("dock",),
        way_s=ways,
        dwell_s=np.zeros(4),
        weights=np.ones(4),
        revisit_s=np.full(4, np.inf),
    )
    plan_patrol(site, drones=2)
    plan_patrol(site, drones=2, battery=Battery(endurance_s=500.0, swap_s=60.0))
    return KERNELS


def compile_flight() -> Kernels:
    """PX4's flight, which tells a plan's time."""
    from missions.plan_time import plan_time_s
    from missions.px4_flight.kernels.compiled import KERNELS
    from missions.vehicle import default_vehicle

    plan_time_s(_plan(), default_vehicle())
    return KERNELS


def compile_wings() -> Kernels:
    """How a wing is guided."""
    from missions.px4_wings.guided import Guided
    from missions.px4_wings.kernels.compiled import KERNELS
    from missions.px4_wings.stages import LINE, Stage
    from missions.px4_wings.track import State, track_along
    from missions.vehicle import known_vehicles

    wing = next(one for one in known_vehicles().values() if one.winged)
    leg = Stage(kind=LINE, a=(0.0, 0.0), b=(300.0, 0.0), speed_m_s=wing.cruise_speed_m_s)
    track_along([leg], Guided.of(wing)[0], State(at=(0.0, 0.0), heading=1.0))
    return KERNELS


def compile_zones() -> Kernels:
    """Many points in many zones."""
    import numpy as np
    from shapely.geometry import box

    from missions.checks.zone_index import MANY_POINTS, ZoneIndex
    from missions.checks.zones.kernels import KERNELS

    zones = ZoneIndex([box(0.0, 0.0, 10.0, 10.0), box(5.0, 5.0, 20.0, 20.0)])
    zones.covers(np.linspace(0.0, 20.0, 4 * MANY_POINTS).reshape(-1, 2))
    return KERNELS


def compile_fleet() -> Kernels:
    """The division of work among drones, and what keeps them apart."""
    import numpy as np

    from missions.area import Place
    from missions.fleet.drone import FleetDrone
    from missions.fleet.fleet_work import Eye
    from missions.fleet.kernels.compiled import KERNELS
    from missions.fleet.places_split import PlacesTask, split_places
    from missions.fleet.separation import Separation, conflict_between, forbidden_delays_s
    from missions.fleet.timed_flight import TimedFlight
    from missions.geodesy import LocalPlane
    from missions.vehicle import default_vehicle

    plane = LocalPlane(_place(0.0, 0.0))
    places = tuple(Place(position=_place(0.001 * i, 0.002 * (i % 2))) for i in range(5))
    drones = [
        FleetDrone(name=name, vehicle=default_vehicle(), dock=_place(0.0, 0.0)) for name in "ab"
    ]
    eye = Eye(height=HeightAboveHome(60.0), speed_m_s=10.0, swath_m=50.0)
    split_places(PlacesTask(places=places, dwell_s=1.0), drones, [eye, eye], lambda *_: 100.0)
    track = np.array([(0.0, 0.0, 0.0, 0.0), (10.0, 100.0, 0.0, 50.0), (20.0, 0.0, 0.0, 0.0)])
    one, other = (TimedFlight(name=name, plane=plane, track=track) for name in "ab")
    conflict_between(one, other, Separation())
    forbidden_delays_s(one, other, Separation())
    return KERNELS


def compile_reaction() -> Kernels:
    """Alarms into running plans."""
    from missions.reaction.kernels.__main__ import compile_all
    from missions.reaction.kernels.compiled import KERNELS

    compile_all()
    return KERNELS


def _place(north_deg: float, east_deg: float) -> GeoPoint:
    return GeoPoint(latitude_deg=44.85 + north_deg, longitude_deg=65.5 + east_deg)


def _plan() -> Plan:
    points = tuple(
        PathPoint(position=_place(0.001 * i, 0.001), height=HeightAboveHome(40.0 + i))
        for i in range(3)
    )
    path = PatrolPath(pattern="warm up", points=points)
    home = Home(position=_place(0.0, 0.0), height=HeightAmsl(129.0))
    return assemble(path, home, Assembly(speed_m_s=8.0))


ALL: dict[str, Callable[[], Kernels]] = {
    "sweep": compile_sweep,
    "patterns": compile_patterns,
    "turns": compile_turns,
    "patrol": compile_patrol,
    "flight": compile_flight,
    "wings": compile_wings,
    "zones": compile_zones,
    "fleet": compile_fleet,
    "reaction": compile_reaction,
}


def main() -> None:
    """Compile everything and say how long each took."""
    for name, compile_one in ALL.items():
        began_s = time.process_time()
        kernels = compile_one()
        forgotten = kernels.forget_others()
        spent_s = time.process_time() - began_s
        print(f"{name} kernels ready: {spent_s:.1f} s of CPU, {forgotten} old files", flush=True)


if __name__ == "__main__":
    main()
