"""Forecasts of parts of a task, held against the flights of these parts."""

import itertools
import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest

from missions.geodesy import GeoPoint, LocalPlane
from missions.heights import HeightAmsl
from missions.plan import Home, MissionItem, Plan
from missions.plan_time import plan_time_s
from missions.sorties.balance import evened
from missions.sorties.forecast import Forecast, flown, straight
from missions.vehicle import Vehicle
from missions.wind import CALM, Wind

ORIGIN = GeoPoint(latitude_deg=44.85, longitude_deg=65.5)
PLANE = LocalPlane(ORIGIN)
FLYER = Vehicle(name="flyer", endurance_s=700.0)
HOME = Home(position=ORIGIN, height=HeightAmsl(100.0))
RETURN = MissionItem(command=20, frame=2, params=(0.0,) * 7)
SPOTS = [(150.0 + 300.0 * ((k + 1) // 2 % 2), 60.0 * (k // 2)) for k in range(24)]


def to(spot: tuple[float, float], *, command: int = 16) -> MissionItem:
    at = PLANE.geo(*spot)
    params = (0.0, 2.0, 0.0, math.nan, at.latitude_deg, at.longitude_deg, 50.0)
    return MissionItem(command=command, frame=3, params=params)


def part(begun: int, until: int) -> Plan:
    items = [to(spot) for spot in SPOTS[max(begun, 0) : until + 1]]
    return Plan(items=(to((0.0, 0.0), command=22), *items, RETURN), home=HOME)


@pytest.mark.parametrize("wind", [CALM, Wind(speed_m_s=5.0, from_rad=1.0)])
def test_parts_take_what_is_forecast_but_for_what_is_the_same_for_all(wind: Wind) -> None:
    whole = flown(part(-1, len(SPOTS) - 1), FLYER, wind)
    assert whole is not None
    forecast = Forecast(SPOTS, replace(whole, done_s=whole.done_s[1:-1]))
    cuts = list(itertools.combinations(range(0, len(SPOTS), 4), 2))
    beyond_s = [
        plan_time_s(part(a, b), FLYER, wind) - float(forecast.parts_s(a, (b,))[0]) for a, b in cuts
    ]
    assert max(beyond_s) - min(beyond_s) < 12.0


def test_a_flight_that_is_blown_off_is_not_forecast() -> None:
    gale = Wind(speed_m_s=40.0, from_rad=0.0)
    assert flown(part(-1, 5), FLYER, gale) is None


def test_a_place_that_is_put_in_is_as_far_as_it_lies_along_its_leg() -> None:
    spots = [(100.0, 0.0), (300.0, 0.0)]
    forecast = Forecast(spots, straight(spots))
    forecast.put_in(0, 1, 0.25)
    assert forecast.parts_s(-1, (0, 1, 2)).tolist() == [200.0, 300.0, 600.0]
    assert forecast.parts_s(1, (2,)).tolist() == [600.0]


class Line:
    """A task of places along a line; a battery that lasts for everything; flights counted."""

    def __init__(self, spots: list[tuple[float, float]], *, wrong_by_s: float) -> None:
        self.forecast = Forecast(spots, straight(spots))
        self.count, self.wrong_by_s, self.timed = len(spots), wrong_by_s, 0
        self.cut: dict[Plan, tuple[int, int]] = {}

    def places(self, begun: int) -> list[int]:
        return list(range(begun + 1, self.count))

    def about_s(self, begun: int, places: Sequence[int]) -> npt.NDArray[np.float64]:
        return self.forecast.parts_s(begun, places)

    def part(self, begun: int, until: int | None) -> Plan:
        last = self.count - 1 if until is None else until
        plan = replace(part(0, 0), notes=(f"{begun} to {last}",))
        self.cut[plan] = begun, last
        return plan

    def takes_s(self, plan: Plan) -> float:
        self.timed += 1
        begun, until = self.cut[plan]
        return float(self.forecast.parts_s(begun, (until,))[0]) + self.wrong_by_s

    def lasts(self, plan: Plan) -> bool:
        return True


@pytest.mark.parametrize("wrong_by_s", [0.0, 400.0])
def test_few_flights_are_flown_to_make_sorties_even(wrong_by_s: float) -> None:
    spots = [(100.0 * (k % 7), 10.0 * k) for k in range(400)]
    task = Line(spots, wrong_by_s=wrong_by_s)
    uneven = (150, 300, 330)
    after = evened(uneven, task, task.takes_s)
    assert task.timed <= 4 * (len(uneven) + 1)
    cuts = zip((-1, *after), (*after, None), strict=True)
    times = [task.takes_s(task.part(*cut)) for cut in cuts]
    assert max(times) <= 1.03 * sum(times) / len(times)
