"""The speed of DO_REPOSITION is that of its own way, held against PX4 v1.17 (SIH, 2026-11-23)."""

import math
from collections.abc import Callable
from typing import Any

import pytest

from onboard.mavlink.px4_modes import Px4Mode

LATITUDE, LONGITUDE = 47.3977432, 8.5455938
M_PER_DEG = 111_194.9
REPOSITION, CHANGE_SPEED = 192, 178
OWN_SPEED = -1.0


class Sent:
    """A vehicle in the air that is sent to and fro."""

    def __init__(self, bench: Any) -> None:
        self.bench = bench
        bench.run_until(lambda: bench.vehicle.aircraft.commander.ready)
        self.up_m = bench.vehicle.config.ground_amsl_m + 20.0
        nan = math.nan
        bench.command(22, 0.0, 0.0, 0.0, nan, nan, nan, self.up_m)
        bench.command(400, 1.0)
        bench.run_until(lambda: bench.vehicle.aircraft.mode is Px4Mode.HOLD)

    def to(self, north_m: float, speed_m_s: float, seconds: float) -> float:
        """The greatest speed on the way."""
        latitude = LATITUDE + north_m / M_PER_DEG
        where = (latitude, LONGITUDE, self.up_m)
        self.bench.command(REPOSITION, speed_m_s, 1.0, 0.0, math.nan, *where)
        most_m_s = 0.0
        for _ in range(round(seconds / 0.1)):
            self.bench.run(0.1)
            velocity = self.bench.vehicle.aircraft.flight.body.velocity
            most_m_s = max(most_m_s, math.hypot(velocity.n, velocity.e))
        return most_m_s


@pytest.fixture
def sent(bench: Callable[..., Any]) -> Sent:
    return Sent(bench())


def test_way_back_without_a_speed_is_flown_at_the_vehicles_own(sent: Sent) -> None:
    # PX4: 7.42 m/s there, at 8 asked for; 4.9 m/s back.
    assert sent.to(100.0, 8.0, 25.0) == pytest.approx(7.42, abs=0.15)
    assert sent.to(20.0, OWN_SPEED, 30.0) == pytest.approx(4.9, abs=0.15)


def test_changed_speed_holds_for_ways_without_one_and_until_the_next_with_one(sent: Sent) -> None:
    sent.to(80.0, 8.0, 5.0)
    sent.bench.command(CHANGE_SPEED, 1.0, 3.0, -1.0)
    sent.to(80.0, OWN_SPEED, 10.0)
    # PX4: 2.99 m/s back, and 7.2 m/s as soon as 8 were asked for again.
    assert sent.to(0.0, OWN_SPEED, 20.0) == pytest.approx(2.99, abs=0.1)
    assert sent.to(80.0, 8.0, 14.0) > 6.5
