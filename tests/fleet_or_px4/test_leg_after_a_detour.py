"""A detour undoes what held on a leg, and resume has it again: ours always, PX4 by `--px4`."""

import math
from collections.abc import Sequence
from typing import Any

import pytest

from ground_station.flying import wishes as w
from ground_station.hub.vehicles_port import UploadResult
from missions.geodesy import GeoPoint, LocalPlane
from missions.plan import Command, Frame, MissionItem, Plan

pytestmark = pytest.mark.system
METRES_A_DEGREE = 111_195.0
HEIGHT_M, LEG_M = 12.0, 330.0
ROI_NORTH_M, ROI_EAST_M = 170.0, -120.0
LOOKS_THERE = 0.15


def _there(vehicle: Any, north_m: float, east_m: float = 0.0) -> GeoPoint:
    home = GeoPoint(latitude_deg=vehicle.latitude_deg, longitude_deg=vehicle.longitude_deg)
    return LocalPlane(home).geo(east_m, north_m)


def _place(command: int, at: GeoPoint, height_m: float = HEIGHT_M) -> MissionItem:
    yaw = 0.0 if command == Command.DO_SET_ROI_LOCATION else math.nan
    params = (0.0, 0.0, 0.0, yaw, at.latitude_deg, at.longitude_deg, height_m)
    return MissionItem(command=command, frame=Frame.GLOBAL_RELATIVE_ALT, params=params)


def _do(command: int, *params: float) -> MissionItem:
    seven: Any = (*params, *(0.0,) * 7)[:7]
    return MissionItem(command=command, frame=Frame.MISSION, params=seven)


def _plan(
    vehicle: Any, first: Sequence[MissionItem] = (), before_the_leg: Sequence[MissionItem] = ()
) -> Plan:
    """A leg of 330 m north, begun 15 m from home, with items after the takeoff and before it."""
    items = (
        _place(Command.NAV_TAKEOFF, _there(vehicle, 0.0)),
        *first,
        _place(Command.NAV_WAYPOINT, _there(vehicle, 15.0)),
        *before_the_leg,
        _place(Command.NAV_WAYPOINT, _there(vehicle, LEG_M)),
        _do(Command.NAV_RETURN_TO_LAUNCH),
    )
    return Plan(items=items)


async def _on_the_leg(it: Any, vehicle: Any, plan: Plan, north_m: float) -> None:
    """On the leg, and so far north of home."""
    leg, latitude_deg = len(plan.items) - 2, _there(vehicle, north_m).latitude_deg
    await it.sees(
        lambda state: state.mission_current == leg and state.latitude_deg > latitude_deg,
        within_s=90.0,
    )


def _off_the_line_m(it: Any, vehicle: Any) -> float:
    off_deg = abs(it.session.state.longitude_deg - vehicle.longitude_deg)
    return float(off_deg * METRES_A_DEGREE * math.cos(math.radians(vehicle.latitude_deg)))


def _off_the_region(it: Any, vehicle: Any) -> float:
    """The greater of the angles, up and round, between the gimbal and the region of interest."""
    state, pose = it.session.state, it.session.payload.gimbal
    here = GeoPoint(latitude_deg=state.latitude_deg, longitude_deg=state.longitude_deg)
    east_m, north_m = LocalPlane(here).en(_there(vehicle, ROI_NORTH_M, ROI_EAST_M))
    yaw = pose.yaw + (0.0 if pose.from_north else state.heading_rad)
    up = pose.pitch + math.atan2(state.height_above_home_m, math.hypot(east_m, north_m))
    round_ = math.remainder(yaw - math.atan2(east_m, north_m), math.tau)
    return float(max(abs(round_), abs(up)))


def test_what_an_operator_had_asked_for_is_had_again_after_a_detour_that_undid_it(
    vehicle_with_payload: Any, with_station: Any, hand: Any
) -> None:
    vehicle, plan = vehicle_with_payload, _plan(vehicle_with_payload)
    aside = _there(vehicle, 45.0, 30.0)

    async def body(station: Any) -> None:
        it = hand(station, vehicle)
        payload = it.session.payload
        await it.hears_payload()
        proven = await station.upload(vehicle.system_id, plan)
        assert proven.outcome is UploadResult.PROVEN, proven.reason
        await it.does(w.Start())
        await _on_the_leg(it, vehicle, plan, 25.0)
        await it.does(w.ChangeSpeed(speed_m_s=3.0), w.AimGimbal(pitch_rad=-0.6))
        await it.does(w.Zoom(share=0.4), w.StartVideo(), w.TakePhotos(interval_s=1.0))
        away = w.Divert(latitude_deg=aside.latitude_deg, longitude_deg=aside.longitude_deg)
        await it.does(away, w.AimGimbal(pitch_rad=-1.3), w.Zoom(share=0.0))
        await it.does(w.StopVideo(), w.StopPhotos())
        assert (payload.recording, payload.interval_active) == (False, False)
        assert payload.gimbal.pitch == pytest.approx(-1.3, abs=0.07)
        assert payload.zoom_share == pytest.approx(0.0, abs=0.03)
        assert _off_the_line_m(it, vehicle) > 20.0
        outcome = await it.does(w.Resume())
        assert outcome.words is None, outcome.words
        assert _off_the_line_m(it, vehicle) < 6.0
        taken = payload.last_picture
        north_m = (it.session.state.latitude_deg - vehicle.latitude_deg) * METRES_A_DEGREE
        await _on_the_leg(it, vehicle, plan, north_m + 24.0)
        assert it.session.state.ground_speed_m_s == pytest.approx(3.0, abs=0.4)
        assert payload.recording is True
        assert payload.zoom_share == pytest.approx(0.4, abs=0.03)
        assert payload.gimbal.pitch == pytest.approx(-0.6, abs=0.07)
        assert payload.last_picture >= taken + 4

    with_station([vehicle], body, within_s=150.0)


def test_missions_own_look_recording_and_pictures_go_on_after_a_detour_that_undid_them(
    vehicle_with_payload: Any, with_station: Any, hand: Any
) -> None:
    vehicle = vehicle_with_payload
    # Taking pictures, PX4 goes back to the waypoint before, and not to what lies before that.
    look = _place(
        Command.DO_SET_ROI_LOCATION, _there(vehicle, ROI_NORTH_M, ROI_EAST_M), height_m=0.0
    )
    plan = _plan(
        vehicle,
        first=(look, _do(Command.VIDEO_START_CAPTURE)),
        before_the_leg=(_do(Command.DO_SET_CAM_TRIGG_DIST, 5.0, 0.0, 1.0),),
    )
    aside = _there(vehicle, 60.0, 30.0)

    async def body(station: Any) -> None:
        it = hand(station, vehicle)
        payload = it.session.payload
        await it.hears_payload()
        proven = await station.upload(vehicle.system_id, plan)
        assert proven.outcome is UploadResult.PROVEN, proven.reason
        await it.does(w.Start())
        await _on_the_leg(it, vehicle, plan, 45.0)
        assert _off_the_region(it, vehicle) < LOOKS_THERE
        assert payload.last_picture is not None
        away = w.Divert(latitude_deg=aside.latitude_deg, longitude_deg=aside.longitude_deg)
        await it.does(away, w.LookAway(), w.AimGimbal(pitch_rad=-1.3), w.StopVideo())
        assert payload.recording is False
        assert _off_the_region(it, vehicle) > 4.0 * LOOKS_THERE
        taken = payload.last_picture
        outcome = await it.does(w.Resume())
        assert outcome.words is None, outcome.words
        await _on_the_leg(it, vehicle, plan, 45.0)
        assert _off_the_line_m(it, vehicle) < 6.0
        assert _off_the_region(it, vehicle) < LOOKS_THERE
        assert payload.recording is True
        assert payload.last_picture >= taken + 4

    with_station([vehicle], body, within_s=180.0)
