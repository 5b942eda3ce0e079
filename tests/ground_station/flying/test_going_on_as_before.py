"""A mission that was left goes on at its leg with speed, camera, gimbal and look-at as before."""

import asyncio
import math
from pathlib import Path
from typing import Any

from ground_station.flying import wishes as w
from ground_station.flying.left_leg import Ask
from ground_station.flying.on_the_leg import place_on_leg, to_restore
from ground_station.hub.vehicles_port import CommandResult
from missions.plan import Command, Frame, MissionItem, Plan
from onboard.mavlink.command import CommandPlace

NAN = math.nan
AWAY = w.Divert(latitude_deg=44.8504, longitude_deg=65.5104)
LEFT = w.LookAt(latitude_deg=44.8515, longitude_deg=65.5085, height_amsl_m=130.0)


def _place(command: int, latitude_deg: float, longitude_deg: float) -> MissionItem:
    return MissionItem(
        command=command,
        frame=Frame.GLOBAL_RELATIVE_ALT,
        params=(0.0, 0.0, 0.0, NAN, latitude_deg, longitude_deg, 15.0),
    )


def _do(command: int, *params: float) -> MissionItem:
    seven = (*params, *(0.0,) * 7)[:7]
    return MissionItem(command=command, frame=Frame.MISSION, params=seven)


def _plan(*before_the_leg: MissionItem) -> Plan:
    """A leg of 330 m north, with some items before it, and home again."""
    items = (
        _place(Command.NAV_TAKEOFF, 44.85, 65.51),
        _place(Command.NAV_WAYPOINT, 44.85, 65.51),
        *before_the_leg,
        _place(Command.NAV_WAYPOINT, 44.853, 65.51),
        _do(Command.NAV_RETURN_TO_LAUNCH),
    )
    return Plan(items=items)


async def _on_the_leg(bench: Any, plan: Plan) -> None:
    await bench.brings(plan)
    started = await bench.pilot.do(w.Start(), "Aigul")
    assert started.outcome is CommandResult.DONE, started.reason
    leg = len(plan.items) - 2
    assert await bench.session.until(
        lambda state: state.mission_current == leg and state.latitude_deg > 44.8503, timeout_s=120.0
    )


async def _done(bench: Any, *wishes: w.AnyWish) -> None:
    for wish in wishes:
        outcome = await bench.pilot.do(wish, "Aigul")
        assert outcome.outcome is CommandResult.DONE, (wish.command, outcome.reason)
        assert outcome.words is None or "not as before" not in outcome.words.en, outcome.words.en


def _off_the_line_m(bench: Any) -> float:
    return abs(bench.session.state.longitude_deg - 65.51) * 111_195 * math.cos(math.radians(44.85))


def test_what_an_operator_had_asked_for_holds_again_after_a_detour(fly: Any) -> None:
    async def deeds(bench: Any) -> None:
        payload, aim = bench.vehicle.payload, w.AimGimbal(pitch_rad=-0.6, yaw_rad=0.3)
        await _on_the_leg(bench, _plan())
        await _done(bench, w.ChangeSpeed(speed_m_s=3.0), LEFT, aim)
        await _done(bench, w.Zoom(share=0.4), w.StartVideo(), AWAY)
        await _done(bench, w.LookAway(), w.AimGimbal(pitch_rad=-1.4), w.Zoom(share=0.0))
        await _done(bench, w.StopVideo(), w.Resume())
        assert _off_the_line_m(bench) < 6.0
        await asyncio.sleep(8.0)
        assert abs(bench.session.state.ground_speed_m_s - 3.0) < 0.4
        assert bench.session.payload.recording is True
        assert abs(bench.session.payload.zoom_share - 0.4) < 0.03
        assert abs(bench.session.payload.gimbal.pitch + 0.6) < 0.07
        region = bench.vehicle.aircraft.navigator.state.region_of_interest
        there = bench.vehicle.aircraft.navigator.state.ned_at(44.8515, 65.5085, 130.0)
        assert math.dist((region.n, region.e), (there.n, there.e)) < 1.0
        assert payload.camera.storage.recording_since_s is not None

    fly(deeds)


def test_missions_own_look_and_recording_are_known_from_its_items_alone(fly: Any) -> None:
    plan = _plan(
        MissionItem(
            command=Command.DO_SET_ROI_LOCATION,
            frame=Frame.GLOBAL_RELATIVE_ALT,
            params=(0.0, 0.0, 0.0, 0.0, 44.8515, 65.5085, 2.0),
        ),
        _do(Command.VIDEO_START_CAPTURE),
    )

    async def deeds(bench: Any) -> None:
        await _on_the_leg(bench, plan)
        await asyncio.sleep(1.0)
        await _done(bench, AWAY, w.LookAway(), w.StopVideo())
        bench.station()  # Another process: it saw nothing of all that.
        bench.session.plan = plan
        await bench.ready()
        assert await bench.session.until(
            lambda state: state.mission_current is not None and state.mode is not None,
            timeout_s=5.0,
        )
        await asyncio.sleep(2.0)
        await _done(bench, w.Resume())
        assert _off_the_line_m(bench) < 6.0
        assert bench.session.payload.recording is True
        assert bench.vehicle.aircraft.navigator.state.region_of_interest is not None

    fly(deeds)


def test_what_was_asked_for_outlives_the_ground_station(fly: Any, tmp_path: Path) -> None:
    plan, file = _plan(), tmp_path / "1.flight.json"

    async def deeds(bench: Any) -> None:
        bench.station(file)
        await bench.ready()
        await _on_the_leg(bench, plan)
        await _done(bench, w.ChangeSpeed(speed_m_s=2.5), w.AimGimbal(pitch_rad=-0.6), AWAY)
        left = bench.pilot.memory.left
        bench.station(file)
        bench.session.plan = plan
        assert bench.pilot.memory.left == left
        await bench.ready()
        await asyncio.sleep(2.0)
        await _done(bench, w.AimGimbal(pitch_rad=0.0), w.Resume())
        await asyncio.sleep(6.0)
        assert abs(bench.session.state.ground_speed_m_s - 2.5) < 0.4
        assert abs(bench.session.payload.gimbal.pitch + 0.6) < 0.07
        await _done(bench, w.Land())
        assert await bench.session.until(lambda state: state.armed is False, timeout_s=60.0)
        await asyncio.sleep(2.0)
        assert not bench.pilot.memory.asks

    fly(deeds)


def test_pictures_by_distance_go_on_from_the_waypoint_before(fly: Any) -> None:
    plan = _plan(_do(Command.DO_SET_CAM_TRIGG_DIST, 5.0, 0.0, 1.0))

    async def deeds(bench: Any) -> None:
        camera = bench.vehicle.payload.camera
        await _on_the_leg(bench, plan)
        await _done(bench, w.Hold())
        taken = len(camera.captures)
        assert taken >= 4
        await asyncio.sleep(5.0)
        await _done(bench, AWAY)
        assert len(camera.captures) == taken
        await _done(bench, w.AimGimbal(pitch_rad=-0.6), w.Hold())
        resuming = asyncio.create_task(_done(bench, w.Resume()))
        assert await bench.session.until(lambda state: state.mission_current == 1, timeout_s=60.0)
        await resuming
        assert bench.session.state.mission_current == 3
        before = len(camera.captures)
        await asyncio.sleep(10.0)
        assert len(camera.captures) >= before + 4

    fly(deeds)


def test_series_of_pictures_is_taken_again(fly: Any) -> None:
    async def deeds(bench: Any) -> None:
        await _on_the_leg(bench, _plan())
        await _done(bench, w.TakePhotos(interval_s=2.0), w.Hold(), w.StopPhotos(), w.Resume())
        assert bench.session.payload.interval_active is True

    fly(deeds)


def test_jump_back_is_done_only_when_the_earlier_item_is_flown(fly: Any) -> None:
    async def deeds(bench: Any) -> None:
        await _on_the_leg(bench, _plan(_do(Command.VIDEO_START_CAPTURE)))
        await _done(bench, w.Jump(to_item=1))
        assert bench.session.state.mission_current == 1
        await _done(bench, w.Hold(), w.Jump(to_item=2))
        assert bench.session.state.mission_current == 3

    fly(deeds)


def test_missions_newer_item_ends_what_was_asked_for_before_it() -> None:
    plan = _plan(_do(Command.DO_CHANGE_SPEED, 1.0, 7.0, -1.0))
    speed = {"speed": Ask(wish=w.ChangeSpeed(speed_m_s=3.0), item=1)}
    assert to_restore(plan, 2, speed, (), 0.0) == [w.ChangeSpeed(speed_m_s=3.0)]
    assert to_restore(plan, 3, speed, (), 0.0) == []


def test_gimbal_is_had_by_what_was_asked_of_it_last() -> None:
    look = MissionItem(
        command=Command.DO_SET_ROI_LOCATION,
        frame=Frame.GLOBAL,
        params=(0.0, 0.0, 0.0, 0.0, 44.8515, 65.5085, 130.0),
    )
    aim, plan = w.AimGimbal(pitch_rad=-0.6), _plan(look)
    place = w.LookAt(latitude_deg=44.8515, longitude_deg=65.5085, height_amsl_m=130.0)
    assert to_restore(plan, 3, {"gimbal": Ask(wish=aim, item=3)}, (), 0.0) == [place, aim]
    assert to_restore(plan, 3, {"gimbal": Ask(wish=aim, item=2)}, (), 0.0) == [aim, place]
    newer = {"gimbal": Ask(wish=aim, item=3), "look": Ask(wish=LEFT, item=3)}
    assert to_restore(plan, 3, newer, (), 0.0) == [aim, LEFT]


def test_nearest_place_of_a_leg_lies_on_it() -> None:
    here = CommandPlace(latitude_deg=44.8515, longitude_deg=65.5150, height_amsl_m=140.0)
    foot = place_on_leg(_plan(), 2, here, 125.0)
    assert foot is not None
    assert abs(foot.longitude_deg - 65.51) < 1e-5
    assert abs(foot.latitude_deg - 44.8515) < 1e-5
    assert foot.height_amsl_m == 140.0
    assert place_on_leg(None, 2, here, 125.0) is None
