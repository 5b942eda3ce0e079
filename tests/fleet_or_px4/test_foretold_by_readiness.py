"""What readiness foretells of a bad day is provoked and happens: ours always, PX4 by `--px4`."""

from typing import Any

import pytest

from ground_station.flying import wishes as w
from ground_station.readiness.report import Prediction
from missions.geodesy import GeoPoint, distance_m

pytestmark = pytest.mark.system
METRES_A_DEGREE = 111_195.0
FENCE_M, OUTSIDE_M, RETURN_HEIGHT_M = 30.0, 60.0, 20.0
# A mode is told with the heartbeat, once a second.
TELLS_WITHIN_S = 3.0
CRITICAL_SHARE = 0.07


async def _away(it: Any, vehicle: Any) -> None:
    """Circles a place outside of the fence to come."""
    place = {
        "latitude_deg": vehicle.latitude_deg + OUTSIDE_M / METRES_A_DEGREE,
        "longitude_deg": vehicle.longitude_deg,
    }
    await it.does(w.TakeOff(height_above_home_m=10.0), w.Divert(**place))
    await it.does(w.Orbit(**place, radius_m=15.0))


async def _hovers_then_returns(it: Any, told: Prediction, *, began_s: float) -> None:
    """In Hold at once, in the foretold mode when that was foretold; vehicle seconds."""
    state = it.session.state
    await it.sees(lambda state: state.mode.value == "hold", within_s=20.0)
    assert state.boot_s - began_s < TELLS_WITHIN_S
    await it.sees(lambda state: state.mode.value != "hold", within_s=20.0)
    assert state.mode.value == told.ends_in
    assert state.boot_s - began_s == pytest.approx(told.after_s, abs=TELLS_WITHIN_S)


async def _climbs_and_lands_at_home(it: Any, vehicle: Any) -> None:
    state = it.session.state
    heights_m = [state.height_above_home_m]
    it.session.hear(lambda _message, _now_s: heights_m.append(state.height_above_home_m))
    await it.sees(lambda state: state.armed is False, within_s=60.0)
    assert state.landed is True
    assert max(heights_m) == pytest.approx(RETURN_HEIGHT_M, abs=1.5)
    home = GeoPoint(latitude_deg=vehicle.latitude_deg, longitude_deg=vehicle.longitude_deg)
    here = GeoPoint(latitude_deg=state.latitude_deg, longitude_deg=state.longitude_deg)
    assert distance_m(here, home) < 3.0


def test_fence_breach_is_hovered_then_returned_from_as_foretold(
    quick_vehicle: Any, with_station: Any, hand: Any
) -> None:
    async def body(station: Any) -> None:
        it = hand(station, quick_vehicle)
        await it.writes(GF_ACTION=3, GF_MAX_HOR_DIST=500.0, RTL_RETURN_ALT=RETURN_HEIGHT_M)
        told = (await station.readiness(quick_vehicle.system_id)).on_fence_breach
        assert (told.ends_in, told.after_s) == ("rtl", 5.0)
        assert "hovers for 5 s, then it climbs to at least 20 m" in told.will.en
        await _away(it, quick_vehicle)
        await it.writes(GF_MAX_HOR_DIST=FENCE_M)
        await _hovers_then_returns(it, told, began_s=it.session.state.boot_s)
        await _climbs_and_lands_at_home(it, quick_vehicle)

    with_station([quick_vehicle], body, within_s=150.0)


def test_critical_battery_is_hovered_then_returned_with_as_foretold(
    quick_vehicle: Any, with_station: Any, hand: Any
) -> None:
    async def body(station: Any) -> None:
        it = hand(station, quick_vehicle)
        await it.writes(COM_LOW_BAT_ACT=3, RTL_RETURN_ALT=RETURN_HEIGHT_M)
        told = (await station.readiness(quick_vehicle.system_id)).on_low_battery
        assert (told.ends_in, told.after_s) == ("rtl", 5.0)
        assert "at 7 %: it hovers for 5 s, then it climbs to at least 20 m" in told.will.en
        await _away(it, quick_vehicle)
        # It empties down to 6 %: critical, and not yet the emergency that it lands in at once.
        await it.writes(SIM_BAT_DRAIN=60.0, SIM_BAT_MIN_PCT=6.0)
        await it.sees(lambda state: state.battery_remaining <= CRITICAL_SHARE, within_s=60.0)
        await _hovers_then_returns(it, told, began_s=it.session.state.boot_s)
        await _climbs_and_lands_at_home(it, quick_vehicle)

    with_station([quick_vehicle], body, within_s=180.0)
