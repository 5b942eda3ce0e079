"""Between which heights a sloping leg is flown: the bounds, against the simulated PX4 flying it."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from missions.geodesy import GeoPoint, LocalPlane
from missions.heights import HeightAmsl
from missions.plan import Command, Frame, Home, MissionItem, Plan
from missions.terrain.flown_heights import Rates, height_bounds, held_against_drag
from missions.vehicle import known_vehicles
from sim.scenario.fleet import SimulatedFleet
from sim.vehicle.config import VehicleConfig

VEHICLE = known_vehicles()["px4-sih-quadx"]
HOME = GeoPoint(latitude_deg=44.85, longitude_deg=65.51)
GROUND_AMSL_M = 129.0
# What PX4 may be off the height that it counts as reached (NAV_MC_ALT_RAD), and its swing there.
HEIGHT_ERROR_M = 1.3
LEG_M, RADIUS_M = 700.0, 2.0


def _sloping(plane: LocalPlane, speed_m_s: float, heights: tuple[float, ...]) -> Plan:
    """Legs due north, one behind the other, a stop at each end."""
    rows = [(Command.NAV_TAKEOFF, 0.0, 0.0, heights[0])]
    rows += [
        (Command.NAV_WAYPOINT, 1.0, 20.0 + n * LEG_M, height) for n, height in enumerate(heights)
    ]
    items = []
    for command, stay, north, height in rows:
        place = plane.geo(0.0, north)
        at = (place.latitude_deg, place.longitude_deg, height)
        radius = RADIUS_M if command == Command.NAV_WAYPOINT else 0.0
        params = (stay, radius, 0.0, math.nan, *at)
        items.append(MissionItem(command=command, frame=Frame.GLOBAL_RELATIVE_ALT, params=params))
    speed = (1.0, speed_m_s, -1.0, 0.0, 0.0, 0.0, 0.0)
    change = MissionItem(command=Command.DO_CHANGE_SPEED, frame=Frame.MISSION, params=speed)
    home = Home(position=plane.geo(0.0, 0.0), height=HeightAmsl(math.nan))
    return Plan(items=(items[0], change, *items[1:]), home=home)


@pytest.mark.parametrize("speed_m_s", [5.0, 8.0, 12.0])
@pytest.mark.parametrize("heights", [(90.0, 30.0), (30.0, 110.0), (20.0, 90.0, 40.0)])
def test_what_is_flown_lies_within_the_bounds(speed_m_s: float, heights: tuple[float, ...]) -> None:
    config = VehicleConfig(payload=False, links=("ground", "companion"))
    fleet = SimulatedFleet([config], home=HOME, ground_amsl_m=GROUND_AMSL_M, pads=[(0.0, 0.0)])
    fleet.ready()
    (drone,) = fleet
    drone.fly(_sloping(LocalPlane(HOME), speed_m_s, heights))
    fleet.run_until(lambda: drone.has_reached(2), at_most_s=200.0)
    rows: list[tuple[float, float]] = []
    fleet.watch(lambda _: rows.append((drone.north_m - 20.0, drone.height_m)))
    fleet.run_until(lambda: drone.has_reached(len(heights) + 1), at_most_s=900.0)
    flown = np.array(rows)
    rates = Rates.of(VEHICLE, speed_m_s=speed_m_s)
    for leg, (begins, ends) in enumerate(itertools.pairwise(heights)):
        along = flown[:, 0] - leg * LEG_M
        inside = (along > RADIUS_M) & (along < LEG_M - RADIUS_M)
        way, height = along[inside], flown[inside, 1]
        low, high = height_bounds(begins, ends, way, LEG_M, rates)
        assert (height >= low - HEIGHT_ERROR_M).all()
        assert (height <= high + HEIGHT_ERROR_M).all()


def test_drag_holds_a_quick_vehicle_back_as_it_did_in_flight() -> None:
    """Asked for 12 m/s it flew 9.81 m/s on the level and 8.31 m/s while it went down."""
    level, down = (held_against_drag(VEHICLE, 12.0, descent) for descent in (0.0, 1.5))
    assert level.at_length_m_s == pytest.approx(9.81, abs=0.02)
    assert down.at_length_m_s == pytest.approx(8.31, abs=0.02)
    assert down.at_first_m_s <= level.at_first_m_s < 9.0


@given(
    speed_m_s=st.floats(0.5, 30.0),
    most_m_s=st.floats(5.0, 40.0),
    descent_m_s=st.floats(0.0, 10.0),
    way_m=st.floats(0.1, 5000.0),
)
def test_what_drag_leaves_is_never_more_than_was_asked_for(
    speed_m_s: float, most_m_s: float, descent_m_s: float, way_m: float
) -> None:
    vehicle = VEHICLE.model_copy(update={"max_airspeed_m_s": most_m_s})
    held = held_against_drag(vehicle, speed_m_s, descent_m_s)
    assert 0.0 < held.at_first_m_s <= held.at_length_m_s <= speed_m_s
    (longest_s,) = held.longest_s(np.array([way_m]))
    assert longest_s >= way_m / speed_m_s * (1.0 - 1e-9)
