"""The virtual clock against a wall clock that the test moves."""

from datetime import UTC, datetime, timedelta

import pytest

from sim.clock import SteppedClock, VirtualClock, utc_at

BEGAN = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


class Wall:
    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


def test_virtual_seconds_run_at_the_clocks_speed() -> None:
    wall = Wall()
    clock = VirtualClock(speed=6.0, monotonic=wall)
    wall.now_s += 2.0
    assert clock.now_s() == pytest.approx(12.0)


def test_pause_stops_virtual_time_and_resume_goes_on_from_there() -> None:
    wall = Wall()
    clock = VirtualClock(speed=2.0, monotonic=wall)
    wall.now_s += 1.0
    clock.pause()
    wall.now_s += 5.0
    assert clock.now_s() == pytest.approx(2.0)
    assert clock.wall_delay_s(3.0) == float("inf")
    clock.resume()
    wall.now_s += 1.0
    assert clock.now_s() == pytest.approx(4.0)


def test_changing_the_speed_never_jumps() -> None:
    wall = Wall()
    clock = VirtualClock(speed=1.0, monotonic=wall)
    wall.now_s += 10.0
    clock.set_speed(8.0)
    assert clock.now_s() == pytest.approx(10.0)
    assert clock.wall_delay_s(18.0) == pytest.approx(1.0)


def test_a_held_clock_stops_by_itself_however_late_anybody_looks() -> None:
    wall = Wall()
    clock = VirtualClock(speed=6.0, monotonic=wall)
    clock.hold_at(1.2)
    wall.now_s += 100.0
    assert clock.now_s() == pytest.approx(1.2)
    assert clock.wall_delay_s(1.3) == float("inf")
    clock.hold_at(7.2)
    assert clock.wall_delay_s(7.2) == pytest.approx(1.0)
    wall.now_s += 0.5
    assert clock.now_s() == pytest.approx(4.2)


def test_holding_at_what_is_past_stops_at_once() -> None:
    wall = Wall()
    clock = VirtualClock(speed=1.0, monotonic=wall)
    wall.now_s += 10.0
    clock.hold_at(3.0)
    wall.now_s += 1.0
    assert clock.now_s() == pytest.approx(10.0)


def test_utc_follows_virtual_time() -> None:
    clock = SteppedClock(began_utc=BEGAN)
    assert utc_at(clock, clock.advance(90.0)) == BEGAN + timedelta(seconds=90)


def test_speed_of_zero_is_refused() -> None:
    with pytest.raises(ValueError, match="above zero"):
        VirtualClock(speed=0.0)


def test_beginning_without_a_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        VirtualClock(began_utc=datetime(2026, 3, 1))


def test_stepped_time_never_goes_back() -> None:
    with pytest.raises(ValueError, match="cannot go back"):
        SteppedClock().advance(-0.1)
