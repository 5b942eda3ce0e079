"""A battery that empties too fast is told, and what lost sticks and a lost computer lead to."""

from datetime import UTC, datetime

import pytest

from ground_station.flying.payload_state import PayloadState
from ground_station.readiness.battery_checks import battery_trend
from ground_station.readiness.lost_control_checks import lost_offboard, lost_sticks
from ground_station.readiness.report import Level
from ground_station.readiness.subject import Subject
from ground_station.vehicles.battery_trend import BatteryTrend, Trend
from ground_station.vehicles.state import VehicleState


def _subject(*, trend: Trend | None = None, armed: bool = False, **parameters: float) -> Subject:
    state = VehicleState(system_id=1, armed=armed, battery_remaining=0.8)
    return Subject(
        state=state,
        payload=PayloadState(),
        battery_trend=trend,
        plan=None,
        plan_proven=False,
        parameters=parameters,
        loss=None,
        round_trips_s=(),
        vehicle_utc=None,
        utc=datetime(2026, 11, 22, tzinfo=UTC),
        camera=None,
        light=None,
    )


def _watched(lost_per_min: float, *, minutes: float) -> BatteryTrend:
    watched = BatteryTrend()
    for second in range(0, int(minutes * 60) + 1, 5):
        # As PX4 tells it: in whole percents.
        watched.note(round(0.9 - lost_per_min * second / 60.0, 2), float(second))
    return watched


def test_trend_is_the_slope_of_what_was_told_in_whole_percents() -> None:
    trend = _watched(0.03, minutes=5.0).trend
    assert trend is not None
    assert trend.lost_per_s * 60.0 == pytest.approx(0.03, rel=0.05)
    assert trend.over_s == 300.0


def test_battery_is_watched_for_a_minute_first_and_anew_after_a_change() -> None:
    watched = _watched(0.03, minutes=0.9)
    assert watched.trend is None
    watched = _watched(0.03, minutes=5.0)
    watched.note(1.0, 305.0)
    assert watched.trend is None


@pytest.mark.parametrize(
    ("per_min", "armed", "level"),
    [(0.02, False, Level.WARNING), (0.02, True, Level.OK), (0.2, True, Level.WARNING)],
)
def test_battery_that_empties_on_the_ground_is_at_fault(
    per_min: float, armed: bool, level: Level
) -> None:
    line = battery_trend(_subject(trend=Trend(per_min / 60.0, 120.0), armed=armed))
    assert line is not None
    assert line.level is level
    assert f"{0.8 / per_min:.0f} min are left" in line.fact.en


def test_steady_battery_has_no_line() -> None:
    assert battery_trend(_subject(trend=Trend(0.0, 600.0))) is None
    assert battery_trend(_subject()) is None


@pytest.mark.parametrize(
    ("parameters", "level", "says"),
    [
        ({"NAV_RCL_ACT": 2}, Level.OK, "it returns"),
        ({"NAV_RCL_ACT": 2, "COM_RCL_EXCEPT": 1}, Level.OK, "ignored in a mission"),
        ({"NAV_RCL_ACT": 0}, Level.WARNING, "NAV_RCL_ACT is 0"),
        ({"NAV_RCL_ACT": 5}, Level.BLOCKING, "NAV_RCL_ACT is 5"),
        ({"NAV_RCL_ACT": 5, "COM_RC_IN_MODE": 4}, Level.OK, "switched off"),
    ],
)
def test_lost_sticks(parameters: dict[str, float], level: Level, says: str) -> None:
    line = lost_sticks(_subject(**parameters))
    assert line is not None
    assert (line.level, says in line.fact.en) == (level, True)


@pytest.mark.parametrize(
    ("parameters", "level", "says"),
    [
        ({"COM_OBL_RC_ACT": 5}, Level.OK, "it hovers"),
        ({"COM_OBL_RC_ACT": 0, "NAV_RCL_ACT": 3}, Level.OK, "without sticks it lands"),
        ({"COM_OBL_RC_ACT": 0, "NAV_RCL_ACT": 0}, Level.OK, "without sticks it returns"),
        ({"COM_OBL_RC_ACT": 0, "NAV_RCL_ACT": 6}, Level.BLOCKING, "COM_OBL_RC_ACT is 0"),
        ({"COM_OBL_RC_ACT": 7}, Level.BLOCKING, "COM_OBL_RC_ACT is 7"),
    ],
)
def test_lost_computer(parameters: dict[str, float], level: Level, says: str) -> None:
    line = lost_offboard(_subject(**parameters))
    assert line is not None
    assert (line.level, says in line.fact.en) == (level, True)


def test_parameters_that_were_not_read_are_not_judged() -> None:
    assert lost_sticks(_subject()) is None
    assert lost_offboard(_subject()) is None
