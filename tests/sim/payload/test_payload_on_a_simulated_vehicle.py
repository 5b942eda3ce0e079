"""The same payload behind our simulated vehicle, reached from the ground link as through PX4."""

import math
from collections.abc import Callable
from typing import Any

import pytest


def test_all_four_components_are_heard_on_the_ground_link(ground: Any) -> None:
    beats = {m.component_id for m in ground.heard if m.name == "HEARTBEAT"}
    assert {1, 100, 154, 158, 243} <= beats


def test_the_manager_turns_the_gimbal_for_a_ground_station(ground: Any) -> None:
    assert (1, 0) in ground.command(1001, 255, 190, -1, -1, to=1)
    assert (1, 0) in ground.command(1000, -35.0, 25.0, math.nan, math.nan, to=1)
    ground.run(2.0)
    pointing = ground.payload.pointing
    assert math.degrees(pointing.pitch) == pytest.approx(-35.0, abs=0.2)
    assert math.degrees(pointing.yaw_offset) == pytest.approx(25.0, abs=0.2)


def test_camera_and_light_are_reached_by_forwarding(ground: Any) -> None:
    assert ground.command(405, 1, to=243) == [(243, 0)]
    assert ground.payload.light.brightness_at(ground.clock.now_s()) == 1.0
    assert ground.command(2000, 0, 0, 1, 1, to=100) == [(100, 0)]
    captured = ground.run(0.5).last("CAMERA_IMAGE_CAPTURED")
    assert captured.lat == pytest.approx(44.85e7, abs=300)
    assert captured.component_id == 100


def test_who_looks_at_the_gimbal_and_when_changes_nothing(
    grounded: Callable[..., Any],
) -> None:
    watched, unwatched = grounded(), grounded()
    for ground in (watched, unwatched):
        ground.command(1001, 255, 190, -1, -1, to=1)
        ground.command(1000, -70.0, 100.0, math.nan, math.nan, to=1)
    for _ in range(100):
        watched.run(0.02).vehicle.pose(watched.clock.now_s())
    unwatched.run(2.0)
    frames = [
        [(m.component_id, m.name, m.values) for m in ground.heard if m.component_id != 1]
        for ground in (watched, unwatched)
    ]
    assert repr(frames[0]) == repr(frames[1])
    assert watched.payload.pointing == unwatched.payload.pointing


def test_place_is_followed_while_nobody_looks(ground: Any) -> None:
    """A place 30 m south-east and as deep: the gimbal looks there when somebody looks again."""
    ground.command(1001, 255, 190, -1, -1, to=1)
    south_deg, east_deg = -20.0 / 111_194.93, 20.0 / 78_800.0
    ground.tell(
        "COMMAND_INT",
        target_component=1,
        command=195,
        frame=0,
        x=round((44.85 + south_deg) * 1e7),
        y=round((65.51 + east_deg) * 1e7),
        z=129.0 - 28.3,
    )
    ground.vehicle.step(ground.clock.advance(5.0))
    q = ground.vehicle.pose(ground.clock.now_s()).gimbal_quaternion
    w, x, y, z = q
    axis = (1 - 2 * (y * y + z * z), 2 * (x * y + w * z), 2 * (x * z - w * y))
    assert axis == pytest.approx((-0.5, 0.5, 0.7071), abs=0.01)


def test_payload_at_rest_wakes_its_vehicle_only_a_few_times_a_second(
    ground: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    ground.run(10.0)
    served: list[float] = []
    tick_links = ground.vehicle.tick_links

    def counted(out: list[Any]) -> None:
        served.append(ground.clock.now_s())
        tick_links(out)

    monkeypatch.setattr(ground.vehicle, "tick_links", counted)
    ground.run(20.0)
    assert len(served) <= 8 * 20


def test_gimbal_is_found_and_obeys_again_after_a_reboot(ground: Any) -> None:
    ground.vehicle.reboot()
    ground.run(8.0)
    before = len(ground.heard)
    ground.tell("HEARTBEAT", type=6, autopilot=8, system_status=4)
    assert (1, 0) in ground.command(1001, 255, 190, -1, -1, to=1)
    assert (1, 0) in ground.command(1000, -60.0, 0.0, math.nan, math.nan, to=1)
    ground.run(2.0)
    assert math.degrees(ground.payload.pointing.pitch) == pytest.approx(-60.0, abs=0.2)
    names = {m.name for m in ground.heard[before:]}
    assert {"GIMBAL_DEVICE_ATTITUDE_STATUS", "GIMBAL_MANAGER_STATUS"} <= names
