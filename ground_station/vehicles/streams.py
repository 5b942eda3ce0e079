"""Asks a vehicle for only what the hub shows, for thin links: PX4's own rates are 17 kB/s each."""

import asyncio

from ground_station.vehicles.machine import GROUND_STATION
from ground_station.vehicles.session import VehicleSession
from onboard.mavlink.command import CommandSender

SET_MESSAGE_INTERVAL = 511
STOPPED = -1.0
INTERVAL_US = {
    33: 200_000.0,  # GLOBAL_POSITION_INT
    1: 1_000_000.0,  # SYS_STATUS
    2: 1_000_000.0,  # SYSTEM_TIME
    42: 1_000_000.0,  # MISSION_CURRENT
    147: 2_000_000.0,  # BATTERY_STATUS
    242: 2_000_000.0,  # HOME_POSITION
    245: 1_000_000.0,  # EXTENDED_SYS_STATE
    30: STOPPED,  # ATTITUDE
    31: STOPPED,  # ATTITUDE_QUATERNION
    32: STOPPED,  # LOCAL_POSITION_NED
    36: STOPPED,  # SERVO_OUTPUT_RAW
    83: STOPPED,  # ATTITUDE_TARGET
    85: STOPPED,  # POSITION_TARGET_LOCAL_NED
    141: STOPPED,  # ALTITUDE
    74: STOPPED,  # VFR_HUD
    24: STOPPED,  # GPS_RAW_INT
    230: STOPPED,  # ESTIMATOR_STATUS
}


async def ask_for_lean_streams(session: VehicleSession) -> int:
    """Set each interval in turn; returns how many the vehicle took."""
    taken = 0
    for message_id, interval_us in INTERVAL_US.items():
        sender = CommandSender(
            own=GROUND_STATION,
            vehicle=session.address,
            command=SET_MESSAGE_INTERVAL,
            params=(float(message_id), interval_us),
        )
        answer = await session.run(sender, asyncio.get_running_loop().time())
        taken += answer.accepted
    return taken
