"""Following what a camera follows: it is told of while it lasts and ends when the thing is lost."""

import asyncio
from typing import Any

import pytest

from ground_station.flying import wishes as w
from ground_station.flying.track_targets import TrackTargets
from ground_station.hub.vehicles_port import CommandResult
from missions.geodesy import GeoPoint, distance_m
from onboard.messages import TracksReport

CAR = w.Follow(drone_id="qyran-7", track_id=3)
NORTH_M_S = 4.0
METRES_A_DEGREE = 111_195.0


def _report(latitude_deg: float, *, track_id: int = 3) -> TracksReport:
    ellipse = {"semi_major_m": 3.0, "semi_minor_m": 2.0, "orientation_rad": 0.0}
    position = {
        "latitude_deg": latitude_deg,
        "longitude_deg": 65.51,
        "height_amsl_m": 125.0,
        "ellipse": ellipse,
    }
    track = {
        "track_id": track_id,
        "object_class": "car",
        "confidence": 0.8,
        "position": position,
        "velocity_north_m_s": NORTH_M_S,
        "velocity_east_m_s": 0.0,
    }
    return TracksReport.model_validate({"tracks": [track]})


async def _drives(bench: Any, *, for_s: float) -> None:
    """The car drives north; an aircraft's camera tells of it twice a second."""
    began_s = bench.now
    while bench.now - began_s < for_s:
        north_m = 30.0 + NORTH_M_S * (bench.now - began_s)
        bench.targets.receive("qyran-7", _report(44.85 + north_m / METRES_A_DEGREE), bench.now)
        await asyncio.sleep(0.5)


def test_car_is_followed_and_the_vehicle_hovers_when_it_is_lost(fly: Any) -> None:
    async def deeds(bench: Any) -> None:
        await bench.pilot.do(w.TakeOff(height_above_home_m=15.0), "Aigul")
        driving = asyncio.create_task(_drives(bench, for_s=40.0))
        await asyncio.sleep(0.6)
        begun = await bench.pilot.do(CAR, "Aigul")
        assert begun.outcome is CommandResult.DONE, begun.reason
        await asyncio.sleep(35.0)
        state, target = bench.session.state, bench.targets("qyran-7", 3)
        far_m = distance_m(
            GeoPoint(latitude_deg=state.latitude_deg, longitude_deg=state.longitude_deg),
            GeoPoint(latitude_deg=target.latitude_deg, longitude_deg=target.longitude_deg),
        )
        assert 3.0 < far_m < 20.0
        assert [deed.command for deed in bench.pilot.under_way] == ["follow"]
        await driving
        assert await bench.session.until(lambda state: state.mode.value == "hold", timeout_s=12.0)

    bench = fly(deeds)
    told = [deed for deed in bench.heard if deed.command == "follow"]
    assert "m from the target" in told[-2].words.en
    assert told[-1].outcome is CommandResult.FAILED
    assert "lost" in told[-1].words.en


def test_another_command_ends_the_following(fly: Any) -> None:
    async def deeds(bench: Any) -> None:
        await bench.pilot.do(w.TakeOff(height_above_home_m=15.0), "Aigul")
        driving = asyncio.create_task(_drives(bench, for_s=30.0))
        await asyncio.sleep(0.6)
        await bench.pilot.do(CAR, "Aigul")
        await asyncio.sleep(5.0)
        assert (await bench.pilot.do(w.Return(), "Aigul")).outcome is CommandResult.DONE
        assert bench.pilot.under_way == []
        driving.cancel()

    bench = fly(deeds)
    ends = [deed for deed in bench.heard if deed.command == "follow" and deed.stage == "ended"]
    assert ends[-1].outcome is CommandResult.CANCELLED


def test_following_is_stopped_by_its_own_number(fly: Any) -> None:
    async def deeds(bench: Any) -> None:
        await bench.pilot.do(w.TakeOff(height_above_home_m=15.0), "Aigul")
        driving = asyncio.create_task(_drives(bench, for_s=30.0))
        await asyncio.sleep(0.6)
        await bench.pilot.do(CAR, "Aigul")
        await asyncio.sleep(3.0)
        (deed,) = bench.pilot.under_way
        assert await bench.pilot.cancel(deed.deed_id) == 1
        assert bench.session.state.mode.value == "hold"
        driving.cancel()

    fly(deeds)


def test_track_that_nobody_tells_of_is_not_followed(fly: Any) -> None:
    async def deeds(bench: Any) -> None:
        await bench.pilot.do(w.TakeOff(height_above_home_m=15.0), "Aigul")
        outcome = await bench.pilot.do(CAR, "Aigul")
        assert outcome.outcome is CommandResult.REFUSED
        assert "not seen" in outcome.reason

    fly(deeds)


@pytest.mark.parametrize(("leap_m", "kept"), [(60.0, True), (400.0, False)])
def test_track_that_leaps_is_not_believed(leap_m: float, kept: bool) -> None:
    targets = TrackTargets()
    targets.receive("a", _report(44.85), 10.0)
    targets.receive("a", _report(44.85 + leap_m / METRES_A_DEGREE), 11.0)
    seen = targets("a", 3)
    assert seen is not None
    assert (seen.seen_s == 11.0) is kept
    assert targets.unlikely == (not kept)


def test_track_is_forgotten_after_a_minute() -> None:
    targets = TrackTargets()
    targets.receive("a", _report(44.85), 10.0)
    targets.receive("a", _report(44.85, track_id=4), 10.0 + 61.0)
    assert targets("a", 3) is None
    assert targets("a", 4) is not None
