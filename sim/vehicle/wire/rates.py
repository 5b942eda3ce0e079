"""How often PX4 sends what on each of its four links, per simulated second.

The rates are those that PX4 is configured with (mavlink_main.cpp, px4-rc.mavlink) and that
01_boot_idle_1x.json shows. The payload link has 4000 bytes a second: PX4 scales all that may be
scaled so that it fits, and the recording shows by how much.
"""

from collections.abc import Mapping
from types import MappingProxyType

from sim.vehicle.streams import LEAN, Rates
from sim.vehicle.wire.ports import COMPANION, GIMBAL, GROUND, PAYLOAD

_NORMAL: Rates = MappingProxyType(
    {
        "HEARTBEAT": 1.0,
        "ATTITUDE": 50.0,
        "ATTITUDE_QUATERNION": 50.0,
        "ATTITUDE_TARGET": 50.0,
        "LOCAL_POSITION_NED": 50.0,
        "GLOBAL_POSITION_INT": 50.0,
        "POSITION_TARGET_LOCAL_NED": 50.0,
        "SERVO_OUTPUT_RAW": 50.0,
        "GPS_RAW_INT": 5.0,
        "VFR_HUD": 4.0,
        "ORBIT_EXECUTION_STATUS": 2.0,
        "SYS_STATUS": 1.0,
        "EXTENDED_SYS_STATE": 1.0,
        "MISSION_CURRENT": 1.0,
        "ALTITUDE": 1.0,
        "SCALED_PRESSURE": 1.0,
        "POSITION_TARGET_GLOBAL_INT": 1.0,
        "ESC_INFO": 1.0,
        "ESC_STATUS": 1.0,
        "GNSS_INTEGRITY": 1.0,
        "OPEN_DRONE_ID_LOCATION": 1.0,
        "OPEN_DRONE_ID_SYSTEM": 1.0,
        "LINK_NODE_STATUS": 1.0,
        "HOME_POSITION": 0.5,
        "BATTERY_STATUS": 0.5,
        "CURRENT_MODE": 0.5,
        "ESTIMATOR_STATUS": 0.5,
        "ESTIMATOR_SENSOR_FUSION_STATUS": 0.5,
        "DISTANCE_SENSOR": 0.5,
        "TIME_ESTIMATE_TO_TARGET": 0.5,
        "GIMBAL_MANAGER_STATUS": 0.5,
        "GIMBAL_DEVICE_SET_ATTITUDE": 5.0,
        "VIBRATION": 0.1,
        "PING": 0.1,
        "CURRENT_EVENT_SEQUENCE": 1.0 / 3.0,
    }
)
_ONBOARD: Rates = MappingProxyType(
    {
        "HEARTBEAT": 1.0,
        "ATTITUDE": 100.0,
        "ATTITUDE_QUATERNION": 50.0,
        "GLOBAL_POSITION_INT": 50.0,
        "HIGHRES_IMU": 50.0,
        "LOCAL_POSITION_NED": 30.0,
        "ODOMETRY": 30.0,
        "ALTITUDE": 10.0,
        "VFR_HUD": 10.0,
        "TIMESYNC": 10.0,
        "SERVO_OUTPUT_RAW": 10.0,
        "ATTITUDE_TARGET": 10.0,
        "POSITION_TARGET_LOCAL_NED": 10.0,
        "POSITION_TARGET_GLOBAL_INT": 10.0,
        "DISTANCE_SENSOR": 10.0,
        "ESC_INFO": 10.0,
        "ESC_STATUS": 10.0,
        "GPS_RAW_INT": 8.0,
        "SYS_STATUS": 5.0,
        "EXTENDED_SYS_STATE": 5.0,
        "ORBIT_EXECUTION_STATUS": 5.0,
        "GIMBAL_DEVICE_SET_ATTITUDE": 5.0,
        "SYSTEM_TIME": 1.0,
        "PING": 1.0,
        "SCALED_PRESSURE": 1.0,
        "MISSION_CURRENT": 1.0,
        "ESTIMATOR_STATUS": 1.0,
        "ESTIMATOR_SENSOR_FUSION_STATUS": 1.0,
        "GNSS_INTEGRITY": 1.0,
        "OPEN_DRONE_ID_LOCATION": 1.0,
        "OPEN_DRONE_ID_SYSTEM": 1.0,
        "LINK_NODE_STATUS": 1.0,
        "HOME_POSITION": 0.5,
        "BATTERY_STATUS": 0.5,
        "CURRENT_MODE": 0.5,
        "VIBRATION": 0.5,
        "TIME_ESTIMATE_TO_TARGET": 0.5,
        "GIMBAL_MANAGER_STATUS": 0.5,
        "CURRENT_EVENT_SEQUENCE": 1.0 / 3.0,
    }
)
# What the budget of 4000 bytes a second leaves of the onboard table (11.91 of ATTITUDE's 100 Hz).
PAYLOAD_SHARE = 0.119
# Streams that PX4 calls constant, and those outside the stream table, are not scaled.
_UNSCALED = frozenset(
    ("HEARTBEAT", "GPS_RAW_INT", "PING", "MISSION_CURRENT", "CURRENT_EVENT_SEQUENCE")
)
_BUDGETED: Rates = MappingProxyType(
    {name: rate if name in _UNSCALED else rate * PAYLOAD_SHARE for name, rate in _ONBOARD.items()}
)
_GIMBAL: Rates = MappingProxyType(
    {
        "AUTOPILOT_STATE_FOR_GIMBAL_DEVICE": 20.0,
        "GIMBAL_DEVICE_SET_ATTITUDE": 20.0,
        "HEARTBEAT": 1.0,
        "MISSION_CURRENT": 1.0,
        "CURRENT_EVENT_SEQUENCE": 1.0 / 3.0,
    }
)
# Where nobody needs PX4's whole bandwidth: what a gimbal and a camera live on.
_LEAN_PAYLOAD: Rates = MappingProxyType(
    {"HEARTBEAT": 1.0, "GLOBAL_POSITION_INT": 5.0, "ATTITUDE_QUATERNION": 5.0, "SYSTEM_TIME": 0.1}
)
_LEAN_GIMBAL: Rates = MappingProxyType(
    {
        "AUTOPILOT_STATE_FOR_GIMBAL_DEVICE": 20.0,
        "GIMBAL_DEVICE_SET_ATTITUDE": 20.0,
        "HEARTBEAT": 1.0,
    }
)
# People see a gimbal turn well enough so; a companion computer projects by it.
_LEAN_GROUND: Rates = MappingProxyType({**LEAN, "GIMBAL_DEVICE_ATTITUDE_STATUS": 2.0})
PROFILES: Mapping[str, Mapping[str, Rates]] = MappingProxyType(
    {
        "px4": {GROUND: _NORMAL, COMPANION: _ONBOARD, PAYLOAD: _BUDGETED, GIMBAL: _GIMBAL},
        "lean": {
            GROUND: _LEAN_GROUND,
            COMPANION: LEAN,
            PAYLOAD: _LEAN_PAYLOAD,
            GIMBAL: _LEAN_GIMBAL,
        },
    }
)
