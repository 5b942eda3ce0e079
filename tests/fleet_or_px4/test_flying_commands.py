"""The ground station flies a vehicle on UDP: ours always, PX4 with `--px4`."""

from typing import Any

import pytest

from ground_station.flying import wishes as w
from ground_station.hub.vehicles_port import CommandResult, UploadResult
from ground_station.readiness.report import Level

pytestmark = pytest.mark.system


async def _done(station: Any, vehicle: Any, wish: Any) -> None:
    outcome = await station.command(vehicle.system_id, wish)
    assert outcome.outcome is CommandResult.DONE, f"{wish}: {outcome.reason}"


def test_vehicle_takes_off_goes_to_a_place_and_lands(
    vehicle_on_udp: Any, with_station: Any
) -> None:
    vehicle = vehicle_on_udp

    async def body(station: Any) -> None:
        state = station.session(vehicle.system_id).state
        await _done(station, vehicle, w.TakeOff(height_above_home_m=10.0))
        assert state.height_above_home_m == pytest.approx(10.0, abs=1.5)
        north_deg = vehicle.latitude_deg + 2e-4
        there = w.Divert(latitude_deg=north_deg, longitude_deg=vehicle.longitude_deg)
        await _done(station, vehicle, there)
        assert station.views()[0].latitude_deg == pytest.approx(north_deg, abs=3e-5)
        await _done(station, vehicle, w.ChangeHeight(height_above_home_m=6.0))
        assert state.height_above_home_m == pytest.approx(6.0, abs=1.5)
        await _done(station, vehicle, w.Land())
        session = station.session(vehicle.system_id)
        assert await session.until(lambda state: state.armed is False, timeout_s=90.0)

    with_station([vehicle], body, within_s=200.0)


def test_mission_is_started_held_resumed_and_returned_from(
    vehicle_on_udp: Any, with_station: Any, plan_near: Any
) -> None:
    vehicle = vehicle_on_udp

    async def body(station: Any) -> None:
        session = station.session(vehicle.system_id)
        uploaded = await station.upload(vehicle.system_id, plan_near(vehicle))
        assert uploaded.outcome is UploadResult.PROVEN
        await _done(station, vehicle, w.Start())
        assert await session.until(lambda state: (state.mission_current or 0) >= 2, timeout_s=90.0)
        await _done(station, vehicle, w.Hold())
        held = session.state.mission_current
        assert session.state.mode.value == "hold"
        await _done(station, vehicle, w.Resume())
        assert session.state.mode.value == "mission"
        assert session.state.mission_current == held
        await _done(station, vehicle, w.Return())
        assert session.state.mode.value == "rtl"
        assert await session.until(lambda state: state.armed is False, timeout_s=150.0)

    with_station([vehicle], body, within_s=300.0)


def test_mission_that_is_not_on_board_is_not_started(
    vehicle_on_udp: Any, with_station: Any
) -> None:
    async def body(station: Any) -> None:
        outcome = await station.command(vehicle_on_udp.system_id, w.Start())
        assert outcome.outcome is CommandResult.REFUSED
        assert "no valid mission" in outcome.reason

    with_station([vehicle_on_udp], body, within_s=60.0)


def test_readiness_warns_of_the_lost_link_and_says_what_it_will_do(
    vehicle_on_udp: Any, with_station: Any
) -> None:
    async def body(station: Any) -> None:
        report = await station.readiness(vehicle_on_udp.system_id)
        levels = {line.check: line.level for line in report.lines}
        assert levels["link_loss_action"] is Level.WARNING
        assert levels["position"] is Level.OK
        assert report.parameters_unread == ()
        assert report.on_link_loss is not None
        assert report.on_link_loss.ends_in is None
        assert report.on_fence_breach is not None
        assert report.on_low_battery is not None
        assert report.on_low_battery.will.ru

    with_station([vehicle_on_udp], body, within_s=60.0)
