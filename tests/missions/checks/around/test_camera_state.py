"""What the items of a mission say to a camera: one list of commands for every reader."""

import math

import pytest

from missions.camera import CameraModel
from missions.checks.around.camera_state import OF_A_GIMBAL, POINTING, CameraState
from missions.checks.around.privacy import watch_of
from missions.plan import Command, Frame, MissionItem, Plan
from missions.sorties.resuming import restored

HALF = math.sqrt(0.5)
MOUNT_CONFIGURE, MOUNT_CONTROL_QUAT = 204, 220
CAMERA = CameraModel(
    name="any", image_width_px=4000, image_height_px=3000, horizontal_field_of_view_deg=70.0
)


def said(command: int, *params: float) -> MissionItem:
    one, two, three, four, five, six, seven = (*params, *(0.0,) * (7 - len(params)))
    every = (one, two, three, four, five, six, seven)
    return MissionItem(command=command, frame=int(Frame.MISSION), params=every)


@pytest.mark.parametrize(
    ("item", "pitch_deg", "yaw_deg"),
    [
        (said(Command.DO_GIMBAL_MANAGER_PITCHYAW, -45.0, 10.0), -45.0, 10.0),
        (said(Command.DO_MOUNT_CONTROL, -60.0, 0.0, 20.0, 0.0, 0.0, 0.0, 2.0), -60.0, 20.0),
        (said(MOUNT_CONTROL_QUAT, HALF, 0.0, -HALF, 0.0), -90.0, 0.0),
        (said(MOUNT_CONTROL_QUAT, 0.5, 0.5, -0.5, 0.5), -90.0, 90.0),
        (said(MOUNT_CONTROL_QUAT, HALF, 0.0, 0.0, HALF), 0.0, 90.0),
    ],
)
def test_a_gimbal_turned_by_any_command_points_there(
    item: MissionItem, pitch_deg: float, yaw_deg: float
) -> None:
    state = CameraState().after(item)
    assert state.pitch_rad is not None
    assert math.degrees(state.pitch_rad) == pytest.approx(pitch_deg, abs=1e-6)
    assert math.degrees(state.yaw_rad) == pytest.approx(yaw_deg, abs=1e-6)


def test_a_quaternion_of_nothing_turns_nothing() -> None:
    assert CameraState().after(said(MOUNT_CONTROL_QUAT)).pitch_rad is None


@pytest.mark.parametrize("command", sorted(OF_A_GIMBAL))
def test_a_plan_that_names_a_gimbal_is_one_with_a_camera(command: int) -> None:
    assert watch_of(Plan(items=(said(command),)), CAMERA, 1000.0).known


def test_a_plan_that_only_flies_says_nothing_of_a_camera() -> None:
    assert not watch_of(Plan(items=(said(Command.NAV_WAYPOINT),)), CAMERA, 1000.0).known


@pytest.mark.parametrize("command", sorted(POINTING))
def test_where_a_task_goes_on_the_camera_is_pointed_as_it_was(command: int) -> None:
    set_up, pointed = said(MOUNT_CONFIGURE, 2.0), said(command, -30.0)
    assert restored((set_up, pointed, said(Command.NAV_WAYPOINT))) == (set_up, pointed)
