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

    async def use(system: Any) -> None:
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
