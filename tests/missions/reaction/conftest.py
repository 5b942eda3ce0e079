"""Invented situations: drones in the middle of their patrols, zones, an alarm."""

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
import shapely

from missions.area import Area
from missions.geodesy import GeoPoint, LocalPlane
from missions.heights import HeightAboveHome
from missions.reaction.answer import Reaction
from missions.reaction.situation import Alarm, Landing, RunningDrone, Situation, Stop
from missions.vehicle import Vehicle
from missions.wind import CALM, Wind

PLANE = LocalPlane(GeoPoint(latitude_deg=44.85, longitude_deg=65.5))
FLYER = Vehicle(name="flyer", endurance_s=2400.0, wind_limit_m_s=12.0)
Invent = Callable[..., Situation]


def drawn_zones(chance: np.random.Generator, count: int, size_m: float) -> list[shapely.Polygon]:
    """Rings of random points about random middles, some with crossings mended away."""
    zones = []
    for _ in range(count):
        angles = np.sort(chance.uniform(0.0, 2.0 * np.pi, int(chance.integers(3, 9))))
        radius = chance.uniform(0.03, 0.12) * size_m * chance.uniform(0.5, 1.0, len(angles))
        ring = chance.uniform(0.0, size_m, 2) + radius[:, None] * np.column_stack(
            (np.cos(angles), np.sin(angles))
        )
        zones.append(shapely.Polygon(ring))
    return [zone for zone in zones if zone.is_valid and zone.area > 100.0]


def invented(
    seed: int,
    *,
    drones: int = 3,
    stops: int = 18,
    zones: int = 4,
    alarms: int = 1,
    wind: Wind = CALM,
    size_m: float = 1500.0,
    tight: float = 1.0,
) -> Situation:
    """A situation of a square; with `tight` below 1 batteries hold that share."""
    chance = np.random.default_rng(seed)
    closed = drawn_zones(chance, zones, size_m)
    blocked = shapely.union_all([zone.buffer(1.0) for zone in closed])

    def place() -> GeoPoint:
        tries = chance.uniform(0.0, size_m, (1000, 2))
        free = tries[~shapely.contains_xy(blocked, tries)]
        return PLANE.geo(float(free[0][0]), float(free[0][1]))

    rings = [
        tuple(PLANE.geo(float(x), float(y)) for x, y in zone.exterior.coords[:-1])
        for zone in closed
    ]
    shares = np.array_split(np.arange(stops), drones)
    fleet = []
    for number, share in enumerate(shares):
        dock, flying = place(), bool(chance.random() < 0.7)
        fleet.append(
            RunningDrone(
                name=f"drone {number}",
                vehicle=FLYER,
                position=place() if flying else dock,
                battery_s=float(chance.uniform(700.0, 2400.0)) * tight,
                landings=(Landing(name=f"dock {number}", position=dock),),
                stops=tuple(
                    Stop(
                        name=f"stop {i}",
                        position=place(),
                        dwell_s=float(chance.choice([0.0, 10.0])),
                        weight=float(chance.choice([1.0, 3.0])),
                        item=2 + order,
                    )
                    for order, i in enumerate(share)
                ),
                height=HeightAboveHome(60.0 if flying else 0.0),
                speed_m_s=float(chance.uniform(0.0, 10.0)) if flying else 0.0,
                course_rad=float(chance.uniform(0.0, 6.28)),
                flying=flying,
                free_from_s=0.0 if flying else float(chance.choice([0.0, 120.0])),
                carries=frozenset(("camera", "speaker")) if number else frozenset(("camera",)),
            )
        )
    return Situation(
        drones=tuple(fleet),
        alarms=tuple(
            Alarm(name=f"alarm {i}", position=place(), urgency=1.0 + i, look_s=60.0)
            for i in range(alarms)
        ),
        no_fly=tuple(Area(outer=ring, name=f"zone {i}") for i, ring in enumerate(rings)),
        wind=wind,
    )


@pytest.fixture(scope="session")
def invent() -> Invent:
    """Makes a situation from a seed."""
    return invented


@pytest.fixture(scope="session")
def flown_legs() -> Callable[[Reaction], list[tuple[str, shapely.LineString]]]:
    """Every straight leg that an answer flies, in metres, by drone."""
    return legs_of


def legs_of(reaction: Reaction) -> list[tuple[str, shapely.LineString]]:
    """Every straight leg that is flown, in metres, by drone."""
    legs = []
    fleet = {drone.name: drone for drone in reaction.situation.drones}
    for route in reaction.routes:
        drone = fleet[route.drone]
        places = [drone.position]
        for visit in route.visits:
            places += [*visit.via, visit.position, *visit.along, visit.leaves_at]
        landing = {one.name: one.position for one in drone.landings}
        if route.landing is not None:
            places += [*route.home_via, landing[route.landing]]
        points = [PLANE.en(place) for place in places]
        legs += [(route.drone, shapely.LineString(pair)) for pair in pairwise(points)]
    return legs
