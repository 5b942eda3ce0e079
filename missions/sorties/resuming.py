"""What has to be said again where a task is gone on with: speed, gimbal, and what records."""

from collections.abc import Sequence

from missions.checks.around.camera_state import (
    DO_MOUNT_CONFIGURE,
    POINTING,
    RECORDING,
    CameraState,
)
from missions.plan import Command, Frame, MissionItem, Params

SET_CAMERA_ZOOM, SET_CAMERA_FOCUS = 531, 532
# Of each the last one holds.
LASTING = (
    Command.DO_CHANGE_SPEED,
    Command.SET_CAMERA_MODE,
    SET_CAMERA_ZOOM,
    SET_CAMERA_FOCUS,
    Command.DO_GIMBAL_MANAGER_CONFIGURE,
    DO_MOUNT_CONFIGURE,
)
STOP_OF = {
    int(Command.DO_SET_CAM_TRIGG_DIST): int(Command.DO_SET_CAM_TRIGG_DIST),
    int(Command.DO_SET_CAM_TRIGG_INTERVAL): int(Command.DO_SET_CAM_TRIGG_INTERVAL),
    int(Command.IMAGE_START_CAPTURE): int(Command.IMAGE_STOP_CAPTURE),
    int(Command.VIDEO_START_CAPTURE): int(Command.VIDEO_STOP_CAPTURE),
}


def restored(before: Sequence[MissionItem]) -> tuple[MissionItem, ...]:
    """The commands after which everything is as it was behind these items."""
    last = {int(item.command): item for item in before if item.command in LASTING}
    kept = [last[int(number)] for number in LASTING if int(number) in last]
    pointed = [item for item in before if item.command in POINTING]
    return (*kept, *pointed[-1:], *running(before))


def stopped(before: Sequence[MissionItem]) -> tuple[MissionItem, ...]:
    """The commands that end what records behind these items: a way home is not filmed."""
    return tuple(_command(STOP_OF[int(item.command)]) for item in running(before))


def running(before: Sequence[MissionItem]) -> list[MissionItem]:
    """What was begun and still records, each by the item that began it."""
    camera, begun = CameraState(), dict[int, MissionItem]()
    for item in (one for one in before if one.command in RECORDING):
        camera = camera.after(item)
        if item.command in STOP_OF:
            begun[int(item.command)] = item
    runs = {
        int(Command.DO_SET_CAM_TRIGG_DIST): camera.by_distance,
        int(Command.DO_SET_CAM_TRIGG_INTERVAL): camera.by_time,
        int(Command.IMAGE_START_CAPTURE): camera.by_time,
        int(Command.VIDEO_START_CAPTURE): camera.video,
    }
    return [item for number, item in begun.items() if runs[number] and _begins(item)]


def _begins(item: MissionItem) -> bool:
    """Whether it begins what goes on: a picture alone does not, nor a trigger set to nothing."""
    if item.command == Command.IMAGE_START_CAPTURE:
        return item.params[1] > 0.0 and item.params[2] != 1.0
    return item.command == Command.VIDEO_START_CAPTURE or item.params[0] > 0.0


def _command(number: int) -> MissionItem:
    params: Params = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    return MissionItem(command=number, frame=int(Frame.MISSION), params=params)
