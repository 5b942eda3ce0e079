"""ArduCopter's flight modes and PX4's, each as the other side knows it.

ArduCopter's numbers: https://ardupilot.org/copter/docs/parameters.html#fltmode1. GUIDED is what
PX4 does in Hold (a commanded place), in Takeoff and, for velocities, in Offboard.
"""

from onboard.mavlink.codec import Message
from onboard.mavlink.px4_modes import CUSTOM_MODE_ENABLED, Px4Mode

ARDUPILOT = 3
AUTO, GUIDED, LOITER, RTL, LAND = 3, 4, 5, 6, 9
_STABILIZE, _ACRO, _ALT_HOLD, _CIRCLE, _POSHOLD, _BRAKE, _SMART_RTL, _FOLLOW = (
    (0, 1, 2, 7, 16, 17, 21, 23)
)  # fmt: skip

_PX4_OF: dict[int, Px4Mode] = {
    _STABILIZE: Px4Mode.STABILIZED,
    _ACRO: Px4Mode.ACRO,
    _ALT_HOLD: Px4Mode.ALTITUDE,
    AUTO: Px4Mode.MISSION,
    GUIDED: Px4Mode.HOLD,
    LOITER: Px4Mode.HOLD,
    RTL: Px4Mode.RTL,
    _CIRCLE: Px4Mode.ORBIT,
    LAND: Px4Mode.LAND,
    _POSHOLD: Px4Mode.POSITION,
    _BRAKE: Px4Mode.HOLD,
    _SMART_RTL: Px4Mode.RTL,
    _FOLLOW: Px4Mode.FOLLOW,
}
_ARDUPILOT_OF: dict[Px4Mode, int] = {
    Px4Mode.MANUAL: _STABILIZE,
    Px4Mode.STABILIZED: _STABILIZE,
    Px4Mode.ACRO: _ACRO,
    Px4Mode.ALTITUDE: _ALT_HOLD,
    Px4Mode.ALTITUDE_CRUISE: _ALT_HOLD,
    Px4Mode.POSITION: _POSHOLD,
    Px4Mode.POSITION_SLOW: _POSHOLD,
    Px4Mode.ORBIT: _CIRCLE,
    Px4Mode.READY: LOITER,
    Px4Mode.TAKEOFF: GUIDED,
    Px4Mode.HOLD: LOITER,
    Px4Mode.MISSION: AUTO,
    Px4Mode.RTL: RTL,
    Px4Mode.LAND: LAND,
    Px4Mode.PRECISION_LAND: LAND,
    Px4Mode.DESCEND: LAND,
    Px4Mode.TERMINATION: LAND,
    Px4Mode.FOLLOW: _FOLLOW,
    Px4Mode.OFFBOARD: GUIDED,
    Px4Mode.GUIDED_COURSE: GUIDED,
    Px4Mode.EXTERNAL: GUIDED,
}


class Modes:
    """Several of ArduCopter's modes are one mode of PX4: the one last asked for is shown."""

    def __init__(self) -> None:
        self.asked: int | None = None

    def px4(self, number: int) -> Px4Mode | None:
        """PX4's mode for ArduCopter's number; None where PX4 has none like it."""
        return _PX4_OF.get(number)

    def shown(self, mode: Px4Mode) -> int:
        """ArduCopter's number for what PX4 does."""
        if self.asked is not None and _PX4_OF.get(self.asked) is mode:
            return self.asked
        return _ARDUPILOT_OF.get(mode, LOITER)

    def heartbeat(self, message: Message, mode: Px4Mode) -> dict[str, object]:
        """The fields of the autopilot's HEARTBEAT as an ArduCopter would say it."""
        return message.fields | {
            "autopilot": ARDUPILOT,
            "base_mode": message.base_mode | CUSTOM_MODE_ENABLED,
            "custom_mode": self.shown(mode),
        }
