"""MAVSDK's camera and gimbal plugins with the simulated payload (PX4's simulation has neither)."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

mavsdk = pytest.importorskip("mavsdk.asyncio")
pytestmark = [
    pytest.mark.system,
    pytest.mark.parametrize("vehicle_kind", ["simulated"], scope="session"),
]
DONE_WITHIN_S = 60.0


def used(vehicle: Any, use: Callable[[Any], Awaitable[None]]) -> None:
    async def run() -> None:
        kind = mavsdk.ComponentType.GROUND_STATION
        configuration = mavsdk.Configuration.create_with_component_type(kind)
        async with mavsdk.Mavsdk(configuration) as client:
            await client.add_any_connection(f"udpout://127.0.0.1:{vehicle.ground_port}")
            system = await client.first_autopilot(timeout_s=90.0)
            assert system is not None
            await asyncio.wait_for(use(system), DONE_WITHIN_S)

    asyncio.run(run())


async def first(stream: Any, condition: Callable[[Any], bool]) -> Any:
    async for value in stream:
        if condition(value):
            return value
    raise AssertionError("the stream ended")


def test_camera_is_found_takes_a_photo_and_films(vehicle_on_udp: Any) -> None:
    from mavsdk.asyncio.plugins.camera import CameraAsync
    from mavsdk.asyncio.plugins.telemetry import TelemetryAsync

    async def use(system: Any) -> None:
        # Before that nothing aboard knows a place to write into a picture.
        await first(TelemetryAsync(system).subscribe_health(), lambda said: said.is_armable)
        camera = CameraAsync(system)
        cameras = await first(camera.subscribe_camera_list(), lambda said: said.cameras)
        component = cameras.cameras[0].component_id
        assert cameras.cameras[0].vendor_name
        captured = asyncio.create_task(
            first(camera.subscribe_capture_info(), lambda said: said.is_success)
        )
        await camera.take_photo(component)
        capture = await captured
        assert abs(capture.position.latitude_deg - vehicle_on_udp.latitude_deg) < 1e-3
        await camera.start_video(component)
        storage = await first(camera.subscribe_storage(), lambda said: said.storage.video_on)
        assert storage.storage.video_on
        await camera.stop_video(component)

    used(vehicle_on_udp, use)


def test_gimbal_turns_to_the_angles_that_are_asked_for(vehicle_on_udp: Any) -> None:
    from mavsdk.asyncio.plugins.gimbal import GimbalAsync
    from mavsdk.plugins.gimbal import ControlMode, GimbalMode, SendMode

    async def use(system: Any) -> None:
        gimbal = GimbalAsync(system)
        gimbals = await first(gimbal.subscribe_gimbal_list(), lambda said: said.gimbals)
        number = gimbals.gimbals[0].gimbal_id
        await gimbal.take_control(number, ControlMode.PRIMARY)
        await gimbal.set_angles(number, 0.0, -30.0, 20.0, GimbalMode.YAW_FOLLOW, SendMode.ONCE)
        attitude = await first(
            gimbal.subscribe_attitude(),
            lambda said: abs(said.euler_angle_forward.pitch_deg + 30.0) < 1.0,
        )
        assert attitude.euler_angle_forward.yaw_deg == pytest.approx(20.0, abs=3.0)

    used(vehicle_on_udp, use)


def test_camera_changes_mode_and_zoom_counts_pictures_and_formats_its_card(
    vehicle_on_udp: Any,
) -> None:
    from mavsdk.asyncio.plugins.camera import CameraAsync
    from mavsdk.plugins.camera import CameraError, Mode

    async def use(system: Any) -> None:
        camera = CameraAsync(system)
        cameras = await first(camera.subscribe_camera_list(), lambda said: said.cameras)
        number = cameras.cameras[0].component_id
        for mode in (Mode.VIDEO, Mode.PHOTO):
            await camera.set_mode(number, mode)
        await camera.zoom_range(number, 40.0)
        with pytest.raises(CameraError):
            await camera.start_video_streaming(number, 1)
        shots: list[int] = []
        await camera.start_photo_interval(number, 1.0)
        async for shot in camera.subscribe_capture_info():
            shots.append(shot.index)
            if len(shots) == 3:
                break
        await camera.stop_photo_interval(number)
        assert shots == list(range(shots[0], shots[0] + 3))
        await asyncio.sleep(1.0)
        await camera.format_storage(number, 1)
        storage = await first(
            camera.subscribe_storage(), lambda said: said.storage.used_storage_mib == 0.0
        )
        assert storage.storage.total_storage_mib > 1000.0

    used(vehicle_on_udp, use)


def test_gimbal_turns_at_a_rate_looks_at_a_place_and_is_released(vehicle_on_udp: Any) -> None:
    from mavsdk.asyncio.plugins.gimbal import GimbalAsync
    from mavsdk.plugins.gimbal import ControlMode, GimbalMode, SendMode

    async def use(system: Any) -> None:
        gimbal = GimbalAsync(system)
        gimbals = await first(gimbal.subscribe_gimbal_list(), lambda said: said.gimbals)
        number = gimbals.gimbals[0].gimbal_id
        await gimbal.take_control(number, ControlMode.PRIMARY)
        await first(
            gimbal.subscribe_control_status(),
            lambda said: said.control_mode == ControlMode.PRIMARY,
        )
        await gimbal.set_angles(number, 0.0, 0.0, 0.0, GimbalMode.YAW_FOLLOW, SendMode.ONCE)
        await first(
            gimbal.subscribe_attitude(), lambda said: abs(said.euler_angle_forward.pitch_deg) < 1.0
        )
        follow, stream = GimbalMode.YAW_FOLLOW, SendMode.STREAM
        await gimbal.set_angular_rates(number, 0.0, -10.0, 0.0, follow, stream)
        await first(
            gimbal.subscribe_attitude(), lambda said: said.euler_angle_forward.pitch_deg < -15.0
        )
        south_deg = vehicle_on_udp.latitude_deg - 2e-3
        await gimbal.set_roi_location(
            number, south_deg, vehicle_on_udp.longitude_deg, vehicle_on_udp.amsl_m
        )
        await first(
            gimbal.subscribe_attitude(),
            lambda said: abs(abs(said.euler_angle_north.yaw_deg) - 180.0) < 3.0,
        )
        await gimbal.release_control(number)
        await first(
            gimbal.subscribe_control_status(), lambda said: said.control_mode == ControlMode.NONE
        )

    used(vehicle_on_udp, use)
