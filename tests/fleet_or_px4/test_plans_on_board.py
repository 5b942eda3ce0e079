"""Verified uploads to a vehicle on UDP: ours always, PX4 with `--px4`."""

import asyncio
import time
from dataclasses import replace
from typing import Any

import pytest
from pymavlink import mavutil

from ground_station.flying import wishes as w
from ground_station.hub.plan_views import Holding, PlanChanged
from ground_station.hub.vehicles_port import CommandResult, UploadResult
from onboard.mavlink.plan_hash import plan_hashes

pytestmark = pytest.mark.system
NOTICED_WITHIN_S = 2.0


def test_plan_with_fence_and_rally_is_proven_by_its_hashes(
    vehicle_on_udp: Any, with_station: Any, plan_near: Any
) -> None:
    plan = plan_near(vehicle_on_udp)

    async def body(station: Any) -> None:
        outcome = await station.upload(vehicle_on_udp.system_id, plan)
        assert outcome.outcome is UploadResult.PROVEN, outcome.reason
        told = (outcome.mission_hash, outcome.fence_hash, outcome.rally_hash)
        expected = plan_hashes(plan)
        assert told == (expected.mission, expected.fence, expected.rally)

    with_station([vehicle_on_udp], body, within_s=60.0)


def test_plan_below_home_is_refused_with_the_reason_and_the_one_before_is_back(
    vehicle_on_udp: Any, with_station: Any, plan_near: Any
) -> None:
    before = plan_near(vehicle_on_udp)
    good = plan_near(vehicle_on_udp, legs=4)
    takeoff = replace(good.items[0], params=(*good.items[0].params[:6], -5.0))
    bad = replace(good, items=(takeoff, *good.items[1:]))

    async def body(station: Any) -> None:
        proven = await station.upload(vehicle_on_udp.system_id, before)
        assert proven.outcome is UploadResult.PROVEN, proven.reason
        outcome = await station.upload(vehicle_on_udp.system_id, bad)
        assert outcome.outcome is UploadResult.REFUSED
        assert "takeoff is too low" in outcome.reason
        assert outcome.restored is True
        assert outcome.on_board.mission is Holding.BEFORE
        assert outcome.mission_hash == plan_hashes(before).mission or (
            outcome.on_board.mission_hash == plan_hashes(before).mission
        )

    with_station([vehicle_on_udp], body, within_s=90.0)


def test_plan_outside_its_fence_is_refused(
    vehicle_on_udp: Any, with_station: Any, plan_near: Any
) -> None:
    plan = plan_near(vehicle_on_udp, legs=3, fence_deg=2e-4)

    async def body(station: Any) -> None:
        outcome = await station.upload(vehicle_on_udp.system_id, plan)
        assert outcome.outcome is UploadResult.REFUSED
        assert "fence" in outcome.reason

    with_station([vehicle_on_udp], body, within_s=60.0)


def test_plan_cleared_by_another_station_is_noticed_within_two_seconds(
    vehicle_on_udp: Any, with_station: Any, plan_near: Any
) -> None:
    url = f"udpout:127.0.0.1:{vehicle_on_udp.companion_port}"
    other = mavutil.mavlink_connection(url, source_system=77)

    async def body(station: Any) -> None:
        changed: asyncio.Queue[PlanChanged] = asyncio.Queue()
        plan = plan_near(vehicle_on_udp)
        proven = await station.upload(vehicle_on_udp.system_id, plan)
        assert proven.outcome is UploadResult.PROVEN, proven.reason
        station.subscribe(
            lambda change: changed.put_nowait(change) if isinstance(change, PlanChanged) else None
        )
        began_s = time.monotonic()
        other.mav.mission_clear_all_send(vehicle_on_udp.system_id, 1)
        change = await changed.get()
        assert time.monotonic() - began_s < NOTICED_WITHIN_S
        assert "mission" in change.parts
        assert change.system_id == vehicle_on_udp.system_id

    with_station([vehicle_on_udp], body, within_s=60.0)
    other.close()


def test_five_vehicles_get_five_plans_at_once_and_fly_their_own(
    vehicles_on_udp: Any, with_station: Any, plan_near: Any
) -> None:
    vehicles = vehicles_on_udp(5, speed=2.0)
    plans = [
        plan_near(vehicle, height_m=8.0 + n, legs=1 + n % 2) for n, vehicle in enumerate(vehicles)
    ]

    async def body(station: Any) -> None:
        outcomes = await asyncio.gather(
            *(station.upload(v.system_id, p) for v, p in zip(vehicles, plans, strict=True))
        )
        assert [outcome.reason for outcome in outcomes] == [""] * 5
        assert [outcome.outcome for outcome in outcomes] == ["proven"] * 5
        assert [o.mission_hash for o in outcomes] == [plan_hashes(p).mission for p in plans]
        assert len({outcome.mission_hash for outcome in outcomes}) == 5
        started = await asyncio.gather(
            *(station.command(vehicle.system_id, w.Start()) for vehicle in vehicles)
        )
        assert [each.outcome for each in started] == [CommandResult.DONE] * 5
        tops = await asyncio.gather(*(_flown(station, vehicle) for vehicle in vehicles))
        assert [top for top, _ in tops] == pytest.approx(
            [plan.items[0].params[6] for plan in plans], abs=1.5
        )
        assert all(landed for _, landed in tops)

    with_station(vehicles, body, within_s=300.0)


@pytest.mark.parametrize("vehicle_kind", ["simulated"])
def test_ten_vehicles_get_ten_plans_at_once_and_each_holds_its_own(
    vehicles_on_udp: Any, with_station: Any, plan_near: Any
) -> None:
    vehicles = vehicles_on_udp(10, speed=1.0)
    plans = [
        plan_near(vehicle, height_m=8.0 + n, legs=10 + n) for n, vehicle in enumerate(vehicles)
    ]
    expected = [plan_hashes(plan) for plan in plans]

    async def body(station: Any) -> None:
        outcomes = await asyncio.gather(
            *(station.upload(v.system_id, p) for v, p in zip(vehicles, plans, strict=True))
        )
        assert [outcome.reason for outcome in outcomes] == [""] * 10
        told = [(o.mission_hash, o.fence_hash, o.rally_hash) for o in outcomes]
        assert told == [(each.mission, each.fence, each.rally) for each in expected]
        # What each vehicle reports a while later, by itself, is still its own.
        for vehicle, each in zip(vehicles, expected, strict=True):
            state = station.session(vehicle.system_id).state
            assert (state.mission_hash, state.fence_hash) == (each.mission, each.fence)
        assert len({outcome.mission_hash for outcome in outcomes}) == 10

    with_station(vehicles, body, within_s=120.0)


async def _flown(station: Any, vehicle: Any) -> tuple[float, bool]:
    """How high a vehicle was when it first got to a waypoint, and whether it came down again."""
    session = station.session(vehicle.system_id)
    assert await session.until(lambda state: (state.mission_current or 0) >= 2, timeout_s=150.0)
    height_m = session.state.height_above_home_m
    assert (await station.command(vehicle.system_id, w.Return())).outcome == "done"
    return height_m, await session.until(lambda state: state.armed is False, timeout_s=200.0)
