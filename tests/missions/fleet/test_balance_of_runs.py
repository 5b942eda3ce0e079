"""Meeting places of drones along one way, moved until all take as long."""

import math

import numpy as np
import pytest

from missions.fleet.runs import NO_END, Balance, Flight

CORNERS_M = np.arange(0.0, 2001.0, 100.0)
UNEVEN: list[tuple[float, float]] = [(0.0, 310.0), (310.0, 640.0), (640.0, 2000.0)]


def corners_of(flight: Flight) -> int:
    """How many corners are passed."""
    return sum(math.floor(max(run) / 100.0) - math.floor(min(run) / 100.0) for run in flight)


def metres_of(flight: Flight) -> float:
    return sum(abs(end - begin) for begin, end in flight)


def balance(*, a_corner_s: float = 0.0, most_s: float = math.inf, tries: int = NO_END) -> Balance:
    """Three drones at 10 m/s, each corner so many seconds, no flight longer than `most_s`."""

    def seconds(_drone: int, _number: int, flight: Flight) -> float:
        whole_s = metres_of(flight) / 10.0 + a_corner_s * corners_of(flight)
        return whole_s if whole_s <= most_s else math.inf

    return Balance.of(
        [[[run]] for run in UNEVEN],
        corners_m=CORNERS_M,
        speed_m_s=10.0,
        seconds_of=seconds,
        waits_s=np.zeros(3),
        tries=tries,
    )


def times_s(found: Balance) -> list[float]:
    return [found.time_s(drone) for drone in range(3)]


def test_all_take_as_long_where_time_goes_with_the_way() -> None:
    found = balance()
    found.even_out()
    assert times_s(found) == pytest.approx([200.0 / 3.0] * 3, abs=0.5)


def test_a_corner_that_costs_seconds_leaves_drones_no_further_apart_than_two_of_them() -> None:
    found = balance(a_corner_s=8.0)
    found.even_out()
    assert max(times_s(found)) - min(times_s(found)) <= 16.0
    runs = [mine[0][0] for mine in found.flights]
    assert [begin for begin, _ in runs[1:]] == [end for _, end in runs[:-1]]
    assert (runs[0][0], runs[-1][1]) == (0.0, 2000.0)


def test_nobody_is_given_more_than_the_battery_lasts() -> None:
    found = balance(most_s=136.0)
    found.even_out()
    assert max(times_s(found)) < 136.0
    assert all(math.isfinite(one) for one in times_s(found))


def test_no_place_is_looked_at_beyond_those_allowed() -> None:
    found = balance(tries=0)
    found.even_out()
    assert [mine[0] for mine in found.flights] == [[run] for run in UNEVEN]
