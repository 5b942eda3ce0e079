"""What the failsafes look at, and which mode needs what of it.

Source: PX4-Autopilot v1.17, msg/FailsafeFlags.msg, commander/ModeUtil/mode_requirements.cpp.
"""

from dataclasses import dataclass

from onboard.mavlink.px4_modes import Px4Mode
from sim.vehicle.battery import ChargeState

ATTITUDE = frozenset(Px4Mode) - {Px4Mode.MANUAL, Px4Mode.ACRO, Px4Mode.TERMINATION}
LOCAL_POSITION = frozenset(
    (
        Px4Mode.MISSION,
        Px4Mode.HOLD,
        Px4Mode.RTL,
        Px4Mode.TAKEOFF,
        Px4Mode.FOLLOW,
        Px4Mode.PRECISION_LAND,
        Px4Mode.ORBIT,
        Px4Mode.VTOL_TAKEOFF,
    )
)
ROUGH_LOCAL_POSITION = frozenset(
    (Px4Mode.POSITION, Px4Mode.POSITION_SLOW, Px4Mode.LAND, Px4Mode.GUIDED_COURSE)
)
GLOBAL_POSITION = frozenset((Px4Mode.MISSION, Px4Mode.HOLD, Px4Mode.RTL))
HEIGHT = (
    LOCAL_POSITION
    | ROUGH_LOCAL_POSITION
    | {
        Px4Mode.ALTITUDE,
        Px4Mode.ALTITUDE_CRUISE,
    }
)
WITHIN_LIMITS = frozenset(
    (Px4Mode.MISSION, Px4Mode.HOLD, Px4Mode.GUIDED_COURSE, Px4Mode.FOLLOW, Px4Mode.ORBIT)
)
MANUAL_CONTROL = frozenset(
    (
        Px4Mode.MANUAL,
        Px4Mode.ALTITUDE,
        Px4Mode.ALTITUDE_CRUISE,
        Px4Mode.POSITION,
        Px4Mode.POSITION_SLOW,
        Px4Mode.ACRO,
        Px4Mode.STABILIZED,
    )
)
PREVENTS_ARMING = frozenset(
    (
        Px4Mode.RTL,
        Px4Mode.DESCEND,
        Px4Mode.TERMINATION,
        Px4Mode.LAND,
        Px4Mode.FOLLOW,
        Px4Mode.PRECISION_LAND,
        Px4Mode.ORBIT,
    )
)


@dataclass(slots=True, kw_only=True)
class Flags:
    """All true means something is wrong; renewed by the health checks ten times a second."""

    attitude_invalid: bool = True
    height_invalid: bool = True
    local_position_invalid: bool = True
    rough_local_position_invalid: bool = True
    global_position_invalid: bool = True
    position_inaccurate: bool = False
    satellites_lost: bool = False
    home_invalid: bool = True
    mission_missing: bool = True
    mission_failed: bool = False
    offboard_signal_lost: bool = True
    manual_control_lost: bool = True
    ground_station_lost: bool = True
    fence_breached: bool = False
    wind_over_limit: bool = False
    flight_time_over: bool = False
    battery: ChargeState = ChargeState.OK
    battery_unhealthy: bool = False
    remaining_time_short: bool = False
    navigator_failed: bool = False
    tumbling: bool = False
    height_lost: bool = False
    motor_failed: bool = False
    traffic_system_lost: bool = False
    remote_id_lost: bool = False

    def can_run(self, mode: Px4Mode) -> bool:
        """Whether the failsafes hold a mode to be possible (FailsafeBase::modeCanRun)."""
        return not (
            (self.attitude_invalid and mode in ATTITUDE)
            or (self.local_position_invalid and mode in LOCAL_POSITION)
            or (self.rough_local_position_invalid and mode in ROUGH_LOCAL_POSITION)
            or (self.global_position_invalid and mode in GLOBAL_POSITION)
            or (self.height_invalid and mode in HEIGHT)
            or (self.mission_missing and mode is Px4Mode.MISSION)
            or (self.offboard_signal_lost and mode is Px4Mode.OFFBOARD)
            or (self.home_invalid and mode is Px4Mode.RTL)
        )

    def may_enter(self, mode: Px4Mode) -> bool:
        """Whether an operator may switch to a mode while armed (the checks' can_run bits)."""
        return (
            self.can_run(mode)
            and not (self.manual_control_lost and mode in MANUAL_CONTROL)
            and not ((self.flight_time_over or self.wind_over_limit) and mode in WITHIN_LIMITS)
        )
