"""The same seed and the same calls give the same bytes, with faults and in any company."""

from collections.abc import Callable
from typing import Any

import pytest

from sim.vehicle.faults import Weather
from sim.vehicle.trajectory import Ned

Make = Callable[..., Any]


def _stormy(made: Any) -> Any:
    made.aloft()
    for vehicle in made.vehicles:
        aircraft = vehicle.aircraft
        weather = Weather(wind_m_s=Ned(3.0, -2.0, 0.0), gust_deviation_m_s=1.5)
        aircraft.faults.weather_turns(weather)
        aircraft.faults.gps_drifts(Ned(0.4, 0.1, 0.0))
    made.run(20.0)
    for vehicle in made.vehicles:
        vehicle.aircraft.faults.gps_works()
        vehicle.aircraft.faults.motor_works_at(1, 0.9)
    return made.run(20.0)


def test_two_runs_are_the_same_to_the_byte(flown: Make) -> None:
    first, second = _stormy(flown(2)), _stormy(flown(2))
    assert first.truth == second.truth
    assert first.log == second.log


def test_another_seed_is_another_flight(flown: Make) -> None:
    assert _stormy(flown(seed=1)).truth != _stormy(flown(seed=2)).truth


def test_gusts_of_two_vehicles_differ(flown: Make) -> None:
    made = _stormy(flown(2))
    one, other = (vehicle.aircraft.flight.disturbances.gust_m_s for vehicle in made.vehicles)
    assert one != other


def test_a_vehicle_flies_the_same_alone_and_in_a_fleet(flown: Make) -> None:
    assert flown(1).aloft().log[0] == flown(3).aloft().log[0]


@pytest.mark.parametrize("every_s", [0.02, 0.1, 0.5])
def test_how_often_it_is_stepped_does_not_matter(flown: Make, every_s: float) -> None:
    made, often = flown().aloft(), flown().aloft()
    made.run(10.0, every_s=every_s)
    often.run(10.0, every_s=0.1)
    assert made.vehicle.aircraft.flight.body.position == often.vehicle.aircraft.flight.body.position
    assert made.log == often.log
