"""Commands that the autopilot gives to other components: a mission's, and the gimbal manager's.

Source: PX4-Autopilot v1.17, navigator_main.cpp (publish_vehicle_command), and
16_gimbal_device_camera_1x.
"""

from onboard.mavlink.codec import Send
from sim.vehicle.navigation import Issued

CAMERA_COMPONENT = 100
GIMBAL_DEVICE_INFORMATION, REQUEST_MESSAGE = 283, 512
SET_CAMERA_MODE, SET_CAMERA_SOURCE, IMAGE_START, IMAGE_STOP = 530, 534, 2000, 2001
VIDEO_START, VIDEO_STOP = 2500, 2501
# The first parameter of these names the camera's component where it is one.
_NAMES_CAMERA = frozenset((SET_CAMERA_MODE, SET_CAMERA_SOURCE, IMAGE_START, IMAGE_STOP))
_CAMERA = frozenset((VIDEO_START, VIDEO_STOP))
_LAST_COMPONENT = 255


def command_long(issued: Issued, system_id: int) -> Send:
    """A mission's command as PX4 tells it to whoever listens; a camera's goes to the camera."""
    fields: dict[str, float] = {
        f"param{index}": value for index, value in enumerate(issued.params, start=1)
    }
    return Send(
        "COMMAND_LONG",
        {
            **fields,
            "target_system": system_id,
            "target_component": _target(issued),
            "command": issued.command,
        },
    )


def device_request() -> Send:
    """The manager's question to everybody for GIMBAL_DEVICE_INFORMATION."""
    return Send(
        "COMMAND_LONG", {"command": REQUEST_MESSAGE, "param1": float(GIMBAL_DEVICE_INFORMATION)}
    )


def _target(issued: Issued) -> int:
    if issued.command in _CAMERA:
        return CAMERA_COMPONENT
    if issued.command not in _NAMES_CAMERA:
        return 0
    named = issued.params[0]
    return int(named) if 0 < named <= _LAST_COMPONENT else CAMERA_COMPONENT
