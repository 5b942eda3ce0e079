"""MAVSDK's plugins, a client nobody here wrote, with a vehicle on UDP."""

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

mavsdk = pytest.importorskip("mavsdk.asyncio")
pytestmark = pytest.mark.system
HEIGHT_M = 8.0
HEARD_WITHIN_S = 90.0


def used(vehicle: Any, use: Callable[[Any], Awaitable[None]], *, within_s: float = 90.0) -> None:
    """Run `use(system)` with MAVSDK connected as a ground station."""

    async def run() -> None:
        kind = mavsdk.ComponentType.GROUND_STATION
        configuration = mavsdk.Configuration.create_with_component_type(kind)
        async with mavsdk.Mavsdk(configuration) as client:
            await client.add_any_connection(f"udpout://127.0.0.1:{vehicle.ground_port}")
            system = await client.first_autopilot(timeout_s=HEARD_WITHIN_S)
            assert system is not None
            await asyncio.wait_for(use(system), within_s)

    asyncio.run(run())


def met_anew(vehicle: Any, use: Callable[[Any], Awaitable[None]], *, each_s: float = 60.0) -> None:
    """As `used`, three times at most, each with a client that knows nothing.

    MAVSDK asks for COMPONENT_METADATA for five seconds, never again, and does not say that it gave
    up: a vehicle whose process had to wait for longer is silent to it for good.
    """
    for _ in range(2):
        with contextlib.suppress(TimeoutError):
            used(vehicle, use, within_s=each_s)
            return
    used(vehicle, use, within_s=each_s)


@pytest.fixture
def empty_cache(vehicle_on_udp: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """MAVSDK keeps what it fetched below HOME, and then fetches nothing."""
    (tmp_path / "home").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "home"))


async def first(stream: Any, condition: Callable[[Any], bool]) -> Any:
    async for value in stream:
        if condition(value):
            return value
    raise AssertionError("the stream ended")


async def _armable(system: Any) -> Any:
    from mavsdk.asyncio.plugins.telemetry import TelemetryAsync

    telemetry = TelemetryAsync(system)
    await first(
        telemetry.subscribe_health(),
        lambda health: health.is_armable and health.is_home_position_ok,
    )
    return telemetry


def _mission_plan(vehicle: Any) -> Any:
    from mavsdk.plugins.mission import MissionItem, MissionPlan

    items = [
        MissionItem(
            latitude_deg=vehicle.latitude_deg + north,
            longitude_deg=vehicle.longitude_deg,
            relative_altitude_m=HEIGHT_M,
            speed_m_s=5.0,
            is_fly_through=True,
        )
        for north in (1e-4, 3e-4)
    ]
    return MissionPlan(mission_items=items)


async def _started(missions: Any) -> None:
    """PX4 looks at whether it has a mission ten times a second: right after an upload it may not
    know yet, and refuses."""
    from mavsdk.plugins.mission import MissionError

    for _ in range(5):
        with contextlib.suppress(MissionError):
            await missions.start_mission()
            return
        await asyncio.sleep(0.2)
    raise AssertionError("the mission was not started")


def test_mission_plugin_uploads_flies_and_returns(vehicle_on_udp: Any) -> None:
    from mavsdk.asyncio.plugins.action import ActionAsync
    from mavsdk.asyncio.plugins.mission import MissionAsync

    async def use(system: Any) -> None:
        telemetry = await _armable(system)
        missions, action = MissionAsync(system), ActionAsync(system)
        await missions.set_return_to_launch_after_mission(True)
        await missions.upload_mission(_mission_plan(vehicle_on_udp))
        back = await missions.download_mission()
        heights = [item.relative_altitude_m for item in back.mission_items]
        assert heights == [HEIGHT_M, HEIGHT_M]
        await action.arm()
        await _started(missions)
        progress = await first(
            missions.subscribe_mission_progress(), lambda said: said.current == said.total
        )
        assert progress.total == 2
        place = await first(telemetry.subscribe_position(), lambda said: True)
        assert abs(place.latitude_deg - vehicle_on_udp.latitude_deg - 3e-4) < 1e-4
        await action.land()
        await first(telemetry.subscribe_armed(), lambda armed: not armed)

    used(vehicle_on_udp, use, within_s=240.0)


def test_telemetry_and_action_tell_of_a_flight(vehicle_on_udp: Any) -> None:
    from mavsdk.asyncio.plugins.action import ActionAsync

    async def use(system: Any) -> None:
        telemetry = await _armable(system)
        action = ActionAsync(system)
        home = await first(telemetry.subscribe_home(), lambda said: True)
        assert home.absolute_altitude_m == pytest.approx(vehicle_on_udp.amsl_m, abs=5.0)
        battery = await first(telemetry.subscribe_battery(), lambda said: True)
        assert battery.remaining_percent > 50
        await action.set_takeoff_altitude(HEIGHT_M)
        await action.arm()
        await action.takeoff()
        await first(
            telemetry.subscribe_position(),
            lambda said: said.relative_altitude_m > HEIGHT_M - 1.0,
        )
        in_air = await first(telemetry.subscribe_in_air(), lambda said: said)
        assert in_air is True
        await action.return_to_launch()
        await first(telemetry.subscribe_armed(), lambda armed: not armed)

    used(vehicle_on_udp, use, within_s=240.0)


def test_geofence_is_uploaded_downloaded_and_cleared(vehicle_on_udp: Any) -> None:
    from mavsdk.asyncio.plugins.geofence import GeofenceAsync
    from mavsdk.plugins.geofence import FenceType, GeofenceData, Point, Polygon

    points = [
        Point(
            latitude_deg=vehicle_on_udp.latitude_deg + north,
            longitude_deg=vehicle_on_udp.longitude_deg + east,
        )
        for north, east in ((-0.002, -0.002), (-0.002, 0.002), (0.002, 0.002), (0.002, -0.002))
    ]
    data = GeofenceData(polygons=[Polygon(points=points, fence_type=FenceType.INCLUSION)])

    async def use(system: Any) -> None:
        fence = GeofenceAsync(system)
        await fence.upload_geofence(data)
        back = await fence.download_geofence()
        (polygon,) = back.polygons
        assert [round(point.latitude_deg, 6) for point in polygon.points] == [
            round(point.latitude_deg, 6) for point in points
        ]
        await fence.clear_geofence()
        assert (await fence.download_geofence()).polygons == []

    used(vehicle_on_udp, use)


def test_parameters_of_both_kinds_are_read_and_written(vehicle_on_udp: Any) -> None:
    from mavsdk.asyncio.plugins.param import ParamAsync

    async def use(system: Any) -> None:
        param = ParamAsync(system)
        assert await param.get_param_int("NAV_RCL_ACT") == 2
        await param.set_param_float("MPC_XY_CRUISE", 4.5)
        assert await param.get_param_float("MPC_XY_CRUISE") == pytest.approx(4.5)
        await param.set_param_int("NAV_DLL_ACT", 1)
        assert await param.get_param_int("NAV_DLL_ACT") == 1

    used(vehicle_on_udp, use)


def test_mission_raw_clears_and_names_the_refused(vehicle_on_udp: Any) -> None:
    from mavsdk.asyncio.plugins.mission_raw import MissionRawAsync
    from mavsdk.plugins.mission_raw import MissionItem, MissionRawError

    def item(command: int) -> Any:
        fields = {"frame": 6, "command": command, "autocontinue": 1, "current": 1, "seq": 0}
        zeros = {f"param{n}": 0.0 for n in range(1, 5)}
        place = {
            "x": round(vehicle_on_udp.latitude_deg * 1e7),
            "y": round(vehicle_on_udp.longitude_deg * 1e7),
            "z": 9.0,
            "mission_type": 0,
        }
        return MissionItem(**fields, **zeros, **place)

    async def use(system: Any) -> None:
        raw = MissionRawAsync(system)
        await raw.upload_mission([item(16)])
        assert [each.command for each in await raw.download_mission()] == [16]
        with pytest.raises(MissionRawError):
            await raw.upload_mission([item(82)])
        await raw.clear_mission()
        assert await raw.download_mission() == []

    used(vehicle_on_udp, use)


@pytest.mark.usefixtures("empty_cache")
def test_metadata_of_the_autopilot_is_fetched_by_ftp(vehicle_on_udp: Any) -> None:
    from mavsdk.asyncio.plugins.component_metadata import ComponentMetadataAsync
    from mavsdk.plugins.component_metadata import MetadataType

    async def use(system: Any) -> None:
        metadata = ComponentMetadataAsync(system)
        await metadata.request_autopilot_component()
        told = await first(
            metadata.subscribe_metadata_available(),
            lambda said: said.type == MetadataType.PARAMETER,
        )
        names = {each["name"] for each in json.loads(told.json_metadata)["parameters"]}
        assert {"NAV_DLL_ACT", "MPC_XY_CRUISE"} <= names

    met_anew(vehicle_on_udp, use)


@pytest.mark.usefixtures("empty_cache")
def test_events_and_checks_are_told_in_words_from_the_vehicles_own_file(
    vehicle_on_udp: Any,
) -> None:
    from mavsdk.asyncio.plugins.action import ActionAsync
    from mavsdk.asyncio.plugins.events import EventsAsync

    async def use(system: Any) -> None:
        events, action = EventsAsync(system), ActionAsync(system)
        checked = await first(
            events.subscribe_health_and_arming_checks(),
            lambda said: said.current_mode_intention.can_arm_or_run,
        )
        problems = {each.message for each in checked.all_problems}
        assert any("manual control" in problem for problem in problems)
        armed = asyncio.create_task(
            first(events.subscribe_events(), lambda said: said.event_name.endswith("armed_by"))
        )
        await _armable(system)
        await action.arm()
        event = await armed
        assert event.message == "Armed by external command"
        await action.disarm()

    met_anew(vehicle_on_udp, use)


async def _names(ftp: Any, folder: str) -> set[str]:
    return {entry.name for entry in (await ftp.list_directory(folder)).entries}


def test_a_file_is_put_aboard_by_ftp_and_comes_back_the_same(
    vehicle_on_udp: Any, tmp_path: Path
) -> None:
    from mavsdk.asyncio.plugins.ftp import FtpAsync

    sent, folder = tmp_path / "patrol.txt", "/fs/microsd"
    sent.write_bytes(bytes(range(256)) * 20)
    (tmp_path / "back").mkdir()

    async def use(system: Any) -> None:
        ftp = FtpAsync(system)
        base = {"px4": ".", "simulated": folder}[vehicle_on_udp.kind]
        async for _ in ftp.upload(str(sent), base):
            pass
        assert "patrol.txt" in await _names(ftp, base)
        async for _ in ftp.download(f"{base}/patrol.txt", str(tmp_path / "back"), False):
            pass
        await ftp.remove_file(f"{base}/patrol.txt")
        assert "patrol.txt" not in await _names(ftp, base)

    used(vehicle_on_udp, use)
    assert (tmp_path / "back" / "patrol.txt").read_bytes() == sent.read_bytes()
