"""The sentence for a bad day, and then that day: what the vehicle does is what was foretold.

The same was provoked on real PX4 v1.17 in the same way (docs/flying.md).
"""

import asyncio
from typing import Any

import pytest

from ground_station.flying import wishes as w
from ground_station.readiness.look import look_over
from ground_station.readiness.report import Prediction, ReadinessReport
from ground_station.vehicles.machine import GROUND_STATION
from onboard.mavlink.parameters import ParameterType, ParameterWrite

UP = w.TakeOff(height_above_home_m=15.0)
AWAY = w.Divert(latitude_deg=44.8506, longitude_deg=65.51)
# A mode is told once a second, and the estimate of the charge lags by some seconds.
TELLS_WITHIN_S = 3.0


async def _set(bench: Any, name: str, value: float) -> None:
    write = ParameterWrite(
        own=GROUND_STATION,
        vehicle=bench.session.address,
        name=name,
        value=value,
        kind=ParameterType.REAL32,
    )
    assert (await bench.session.run(write, bench.now)).value is not None


async def _report(bench: Any) -> ReadinessReport:
    report = await look_over(bench.session)
    assert report.parameters_unread == ()
    return report


async def _sees(bench: Any, told: Prediction, *, began_s: float) -> None:
    """The vehicle goes into the foretold mode, when it was foretold."""
    assert await bench.session.until(
        lambda state: state.mode.value == told.ends_in, timeout_s=120.0
    ), told.will.en
    assert told.after_s is not None
    assert abs(bench.now - began_s - told.after_s) < TELLS_WITHIN_S, bench.now - began_s


@pytest.mark.parametrize("policy", [1, 2, 3])
def test_critical_battery_ends_as_foretold(fly: Any, policy: int) -> None:
    async def deeds(bench: Any) -> None:
        told = (await _report(bench)).on_low_battery
        await bench.pilot.do(UP, "Aigul")
        bench.vehicle.aircraft.faults.set("battery", "remaining", remaining=0.065)
        assert await _warned(bench, "ritical battery")
        await _sees(bench, told, began_s=bench.now)

    fly(deeds, COM_LOW_BAT_ACT=policy)


def test_emergency_battery_lands_as_foretold(fly: Any) -> None:
    async def deeds(bench: Any) -> None:
        told = (await _report(bench)).on_low_battery
        assert "at 5 %: it lands where it is" in told.will.en
        await bench.pilot.do(UP, "Aigul")
        bench.vehicle.aircraft.faults.set("battery", "remaining", remaining=0.04)
        assert await bench.session.until(lambda state: state.mode.value == "land", timeout_s=60.0)

    fly(deeds, COM_LOW_BAT_ACT=3)


def test_battery_that_is_only_warned_of_is_flown_on(fly: Any) -> None:
    async def deeds(bench: Any) -> None:
        told = (await _report(bench)).on_low_battery
        assert (told.ends_in, told.after_s) == (None, None)
        await bench.pilot.do(UP, "Aigul")
        bench.vehicle.aircraft.faults.set("battery", "remaining", remaining=0.04)
        assert await _warned(bench, "battery")
        await asyncio.sleep(60.0)
        assert bench.session.state.mode.value == "hold"

    fly(deeds, COM_LOW_BAT_ACT=0)


@pytest.mark.parametrize("action", [2, 3, 5])
def test_fence_breach_ends_as_foretold(fly: Any, action: int) -> None:
    async def deeds(bench: Any) -> None:
        await _set(bench, "GF_MAX_HOR_DIST", 500.0)
        told = (await _report(bench)).on_fence_breach
        await bench.pilot.do(UP, "Aigul")
        await bench.pilot.do(AWAY, "Aigul")
        await bench.pilot.do(w.Orbit(latitude_deg=44.8506, longitude_deg=65.51), "Aigul")
        await _set(bench, "GF_MAX_HOR_DIST", 30.0)
        began_s = bench.now
        await _sees(bench, told, began_s=began_s)

    fly(deeds, GF_ACTION=action)


def test_fence_that_only_warns_lets_it_fly_on(fly: Any) -> None:
    async def deeds(bench: Any) -> None:
        await _set(bench, "GF_MAX_HOR_DIST", 500.0)
        told = (await _report(bench)).on_fence_breach
        assert (told.ends_in, "only warns" in told.will.en) == (None, True)
        await bench.pilot.do(UP, "Aigul")
        await bench.pilot.do(AWAY, "Aigul")
        await _set(bench, "GF_MAX_HOR_DIST", 30.0)
        await asyncio.sleep(30.0)
        assert bench.session.state.mode.value == "hold"
        assert not bench.session.state.landed

    fly(deeds, GF_ACTION=1)


@pytest.mark.parametrize(("action", "lost_s"), [(1, 8), (2, 10), (3, 5)])
def test_lost_link_ends_as_foretold(fly: Any, action: int, lost_s: int) -> None:
    async def deeds(bench: Any) -> None:
        told = (await _report(bench)).on_link_loss
        await bench.pilot.do(UP, "Aigul")
        await bench.pilot.do(w.Orbit(latitude_deg=44.8501, longitude_deg=65.51), "Aigul")
        bench.beats = False
        await _sees(bench, told, began_s=bench.now)

    fly(deeds, NAV_DLL_ACT=action, COM_DL_LOSS_T=lost_s)


def test_parameters_are_read_once_while_their_hash_is_the_same(fly: Any) -> None:
    reads: list[int] = []

    async def deeds(bench: Any) -> None:
        for change in (None, None, 45.0):
            if change is not None:
                await _set(bench, "RTL_RETURN_ALT", change)
            bench.sent.clear()
            report = await _report(bench)
            reads.append(bench.sent.count("PARAM_REQUEST_READ"))
        assert "climbs to at least 45 m" in report.on_low_battery.will.en

    fly(deeds, COM_LOW_BAT_ACT=3)
    first, again, changed = reads
    assert (first > 20, again, changed == first) == (True, 1, True)


async def _warned(bench: Any, words: str) -> bool:
    def said(_state: Any) -> bool:
        return any(words in text.text for _, text in bench.session.texts)

    return bool(await bench.session.until(said, timeout_s=60.0))
