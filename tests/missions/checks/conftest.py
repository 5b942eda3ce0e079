"""Plans in metres about one home, for checks against what lies round them."""

import math
from collections.abc import Callable

import pytest

from missions.area import Area
from missions.geodesy import GeoPoint, LocalPlane
from missions.heights import HeightAmsl
from missions.plan import Home, MissionItem, Plan

ORIGIN = GeoPoint(latitude_deg=44.85, longitude_deg=65.5)
PLANE = LocalPlane(ORIGIN)
RETURN = MissionItem(command=20, frame=2, params=(0.0,) * 7)


def to(
    east: float, north: float, up: float = 50.0, *, command: int = 16, one: float = 0.0
) -> MissionItem:
    place = PLANE.geo(east, north)
    params = (one, 0.0, 0.0, math.nan, place.latitude_deg, place.longitude_deg, up)
    return MissionItem(command=command, frame=3, params=params)


def do(command: int, *params: float) -> MissionItem:
    one, two, three, four, five, six, seven = (*params, *([0.0] * (7 - len(params))))
    return MissionItem(command=command, frame=2, params=(one, two, three, four, five, six, seven))


def flight(*items: MissionItem, home_m: float = 100.0, up: float = 50.0) -> Plan:
    home = Home(position=ORIGIN, height=HeightAmsl(home_m))
    return Plan(items=(to(0, 0, up, command=22), *items, RETURN), home=home)


def square(east: float, north: float, half: float, **properties: object) -> Area:
    ring = [(-half, -half), (half, -half), (half, half), (-half, half)]
    return Area(
        outer=tuple(PLANE.geo(east + a, north + b) for a, b in ring),
        name=str(properties.get("name", "")),
        properties=properties,
    )


class Here:
    """Builders and the plane that they build on."""

    origin = ORIGIN
    plane = PLANE
    to: Callable[..., MissionItem] = staticmethod(to)
    do: Callable[..., MissionItem] = staticmethod(do)
    flight: Callable[..., Plan] = staticmethod(flight)
    square: Callable[..., Area] = staticmethod(square)


@pytest.fixture(scope="session")
def here() -> type[Here]:
    return Here
