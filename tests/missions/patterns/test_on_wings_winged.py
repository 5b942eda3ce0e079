"""Paths made for turning on the spot, as wings fly them."""

import math

import pytest

from missions.errors import BadInput
from missions.geodesy import GeoPoint, LocalPlane
from missions.heights import HeightAboveHome
from missions.path import PathPoint, PatrolPath
from missions.patterns.turns.on_wings import WingedTurns, path_on_wings
from missions.vehicle import known_vehicles

PLANE = LocalPlane(GeoPoint(latitude_deg=44.85, longitude_deg=65.51))
VTOL = known_vehicles()["trinity-pro"]
HOW = WingedTurns(radius_m=65.0, run_m=68.0, swath_m=60.0)


def path(*places: tuple[float, float], pattern: str = "corridor", **figures: float) -> PatrolPath:
    points = tuple(
        PathPoint(position=PLANE.geo(*place), height=HeightAboveHome(60.0)) for place in places
    )
    return PatrolPath(pattern=pattern, points=points, swath_m=60.0, figures=figures)


def test_gentle_bends_are_left_as_they_are() -> None:
    line = path((0.0, 0.0), (500.0, 0.0), (1000.0, 150.0), (1500.0, 150.0))
    assert path_on_wings(line, VTOL, HOW) == line


def test_sharp_corner_becomes_a_loop_that_comes_back_to_it() -> None:
    line = path((0.0, 0.0), (600.0, 0.0), (0.0, 200.0))
    made = path_on_wings(line, VTOL, HOW)
    places = [PLANE.en(point.position) for point in made.points]
    near = [place for place in places if math.dist(place, (600.0, 0.0)) < 0.01]
    assert len(near) == 2
    assert any(place[0] > 650.0 for place in places)
    assert any("flown as loops" in note for note in made.notes)
    assert not any("loses" in note for note in made.notes)


def test_bends_tighter_than_the_turns_say_what_the_camera_loses() -> None:
    angles = [math.radians(20.0 * k) for k in range(37)]
    ring = path(*((30.0 * math.cos(angle), 30.0 * math.sin(angle)) for angle in angles))
    wide = WingedTurns(radius_m=60.0, run_m=60.0, swath_m=400.0)
    narrow = WingedTurns(radius_m=60.0, run_m=60.0, swath_m=20.0)
    assert not any("loses" in note for note in path_on_wings(ring, VTOL, wide).notes)
    assert any("loses" in note for note in path_on_wings(ring, VTOL, narrow).notes)


def test_facade_is_refused_for_what_cannot_stand_before_it() -> None:
    with pytest.raises(BadInput, match="name a multirotor"):
        path_on_wings(path((0.0, 0.0), (50.0, 0.0), pattern="facade"), VTOL, HOW)


def test_orbit_tighter_than_the_turn_is_refused() -> None:
    orbit = path((0.0, 0.0), (30.0, 0.0), (30.0, 30.0), pattern="orbit", radius_m=30.0)
    with pytest.raises(BadInput, match="tighter than the turn radius"):
        path_on_wings(orbit, VTOL, HOW)
