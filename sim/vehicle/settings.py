"""The parameters that shape flight, read once from PX4's set and held as plain attributes."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

ParameterValues = Mapping[str, int | float]


@dataclass(frozen=True, slots=True, kw_only=True)
class FlightSettings:
    """What trajectory, control and navigation take from PX4's parameters (SI units).

    Each field's metadata-free name says its unit; `from_parameters` names the parameter.
    """

    cruise_m_s: float
    top_speed_m_s: float
    acceleration_m_s2: float
    climb_acceleration_m_s2: float
    descent_acceleration_m_s2: float
    jerk_m_s3: float
    corner_gain: float
    max_error_m: float
    max_height_error_m: float
    climb_speed_m_s: float
    descent_speed_m_s: float
    max_climb_speed_m_s: float
    max_descent_speed_m_s: float
    takeoff_speed_m_s: float
    takeoff_ramp_s: float
    takeoff_height_m: float
    land_height_1_m: float
    land_height_2_m: float
    land_height_3_m: float
    land_speed_m_s: float
    crawl_speed_m_s: float
    spool_up_s: float
    hover_thrust: float
    min_thrust: float
    max_thrust: float
    horizontal_thrust_margin: float
    max_tilt_deg: float
    takeoff_tilt_deg: float
    position_p: float
    height_p: float
    velocity_p: float
    velocity_i: float
    velocity_d: float
    climb_p: float
    climb_i: float
    climb_d: float
    attitude_p: float
    heading_p: float
    yaw_rate_deg_s: float
    yaw_acceleration_deg_s2: float
    yaw_error_deg: float
    acceptance_m: float
    height_acceptance_m: float
    return_height_m: float
    return_min_distance_m: float
    return_cone_deg: float
    return_land_delay_s: float
    return_type: int
    return_descend_m: float
    mission_command_timeout_s: float
    stick_deadzone: float
    stick_speed_m_s: float
    stick_side_m_s: float
    stick_back_m_s: float
    stick_jerk_m_s3: float
    stick_yaw_rate_deg_s: float
    stick_yaw_tau_s: float
    stick_tilt_deg: float
    stick_tilt_tau_s: float
    stick_least_thrust: float
    throttle_curve: int
    pitch_p: float
    heading_weight: float
    roll_rate_deg_s: float
    pitch_rate_deg_s: float
    turn_rate_deg_s: float
    reference_gain: float
    reference_most_deg_s: float
    roll_k: float
    roll_rate_p: float
    roll_rate_i: float
    roll_rate_d: float
    roll_rate_ff: float
    roll_integral_most: float
    pitch_k: float
    pitch_rate_p: float
    pitch_rate_i: float
    pitch_rate_d: float
    pitch_rate_ff: float
    pitch_integral_most: float
    yaw_k: float
    yaw_rate_p: float
    yaw_rate_i: float
    yaw_rate_d: float
    yaw_rate_ff: float
    yaw_integral_most: float
    yaw_torque_cutoff_hz: float
    gyro_cutoff_hz: float
    slope_cutoff_hz: float
    acro_roll_deg_s: float
    acro_pitch_deg_s: float
    acro_yaw_deg_s: float
    acro_expo: float
    acro_super: float
    acro_yaw_expo: float
    acro_yaw_super: float
    landed_turn_deg_s: float

    @classmethod
    def from_parameters(cls, values: ParameterValues) -> "FlightSettings":
        """Read every setting; a missing parameter is a KeyError (our bug: the set is ours)."""
        read = {field: _usable(field, values[name]) for field, name in _SOURCES.items()}
        return cls(**read)  # type: ignore[arg-type]


# What flight divides by: PX4 takes any value, the simulation keeps flying with a small one.
_ABOVE_ZERO = frozenset(
    (
        "acceleration_m_s2",
        "climb_acceleration_m_s2",
        "climb_p",
        "corner_gain",
        "cruise_m_s",
        "descent_acceleration_m_s2",
        "hover_thrust",
        "jerk_m_s3",
        "max_error_m",
        "max_height_error_m",
        "max_thrust",
        "stick_jerk_m_s3",
        "stick_speed_m_s",
        "stick_yaw_tau_s",
        "takeoff_ramp_s",
        "top_speed_m_s",
        "velocity_p",
        "yaw_acceleration_deg_s2",
        "yaw_rate_deg_s",
    )
)
_LEAST, _MOST = 0.01, 1e6


def _usable(field: str, value: int | float) -> int | float:
    """The value, or the nearest that can be flown with; not-a-number counts as zero."""
    if isinstance(value, float) and math.isnan(value):
        value = 0.0
    least = _LEAST if field in _ABOVE_ZERO else -_MOST
    return min(max(value, least), _MOST)


_SOURCES = {
    "cruise_m_s": "MPC_XY_CRUISE",
    "top_speed_m_s": "MPC_XY_VEL_MAX",
    "acceleration_m_s2": "MPC_ACC_HOR",
    "climb_acceleration_m_s2": "MPC_ACC_UP_MAX",
    "descent_acceleration_m_s2": "MPC_ACC_DOWN_MAX",
    "jerk_m_s3": "MPC_JERK_AUTO",
    "corner_gain": "MPC_XY_TRAJ_P",
    "max_error_m": "MPC_XY_ERR_MAX",
    "max_height_error_m": "MPC_Z_ERR_MAX",
    "climb_speed_m_s": "MPC_Z_V_AUTO_UP",
    "descent_speed_m_s": "MPC_Z_V_AUTO_DN",
    "max_climb_speed_m_s": "MPC_Z_VEL_MAX_UP",
    "max_descent_speed_m_s": "MPC_Z_VEL_MAX_DN",
    "takeoff_speed_m_s": "MPC_TKO_SPEED",
    "takeoff_ramp_s": "MPC_TKO_RAMP_T",
    "takeoff_height_m": "MIS_TAKEOFF_ALT",
    "land_height_1_m": "MPC_LAND_ALT1",
    "land_height_2_m": "MPC_LAND_ALT2",
    "land_height_3_m": "MPC_LAND_ALT3",
    "land_speed_m_s": "MPC_LAND_SPEED",
    "crawl_speed_m_s": "MPC_LAND_CRWL",
    "spool_up_s": "COM_SPOOLUP_TIME",
    "hover_thrust": "MPC_THR_HOVER",
    "min_thrust": "MPC_THR_MIN",
    "max_thrust": "MPC_THR_MAX",
    "horizontal_thrust_margin": "MPC_THR_XY_MARG",
    "max_tilt_deg": "MPC_TILTMAX_AIR",
    "takeoff_tilt_deg": "MPC_TILTMAX_LND",
    "position_p": "MPC_XY_P",
    "height_p": "MPC_Z_P",
    "velocity_p": "MPC_XY_VEL_P_ACC",
    "velocity_i": "MPC_XY_VEL_I_ACC",
    "velocity_d": "MPC_XY_VEL_D_ACC",
    "climb_p": "MPC_Z_VEL_P_ACC",
    "climb_i": "MPC_Z_VEL_I_ACC",
    "climb_d": "MPC_Z_VEL_D_ACC",
    "attitude_p": "MC_ROLL_P",
    "heading_p": "MC_YAW_P",
    "yaw_rate_deg_s": "MPC_YAWRAUTO_MAX",
    "yaw_acceleration_deg_s2": "MPC_YAWRAUTO_ACC",
    "yaw_error_deg": "MIS_YAW_ERR",
    "acceptance_m": "NAV_ACC_RAD",
    "height_acceptance_m": "NAV_MC_ALT_RAD",
    "return_height_m": "RTL_RETURN_ALT",
    "return_min_distance_m": "RTL_MIN_DIST",
    "return_cone_deg": "RTL_CONE_ANG",
    "return_land_delay_s": "RTL_LAND_DELAY",
    "return_type": "RTL_TYPE",
    "return_descend_m": "RTL_DESCEND_ALT",
    "mission_command_timeout_s": "MIS_COMMAND_TOUT",
    "stick_deadzone": "MAN_DEADZONE",
    "stick_speed_m_s": "MPC_VEL_MANUAL",
    "stick_side_m_s": "MPC_VEL_MAN_SIDE",
    "stick_back_m_s": "MPC_VEL_MAN_BACK",
    "stick_jerk_m_s3": "MPC_JERK_MAX",
    "stick_yaw_rate_deg_s": "MPC_MAN_Y_MAX",
    "stick_yaw_tau_s": "MPC_MAN_Y_TAU",
    "stick_tilt_deg": "MPC_MAN_TILT_MAX",
    "stick_tilt_tau_s": "MC_MAN_TILT_TAU",
    "stick_least_thrust": "MPC_MANTHR_MIN",
    "throttle_curve": "MPC_THR_CURVE",
    "pitch_p": "MC_PITCH_P",
    "heading_weight": "MC_YAW_WEIGHT",
    "roll_rate_deg_s": "MC_ROLLRATE_MAX",
    "pitch_rate_deg_s": "MC_PITCHRATE_MAX",
    "turn_rate_deg_s": "MC_YAWRATE_MAX",
    "reference_gain": "MC_REF_FF",
    "reference_most_deg_s": "MC_REF_FF_MAX",
    "roll_k": "MC_ROLLRATE_K",
    "roll_rate_p": "MC_ROLLRATE_P",
    "roll_rate_i": "MC_ROLLRATE_I",
    "roll_rate_d": "MC_ROLLRATE_D",
    "roll_rate_ff": "MC_ROLLRATE_FF",
    "roll_integral_most": "MC_RR_INT_LIM",
    "pitch_k": "MC_PITCHRATE_K",
    "pitch_rate_p": "MC_PITCHRATE_P",
    "pitch_rate_i": "MC_PITCHRATE_I",
    "pitch_rate_d": "MC_PITCHRATE_D",
    "pitch_rate_ff": "MC_PITCHRATE_FF",
    "pitch_integral_most": "MC_PR_INT_LIM",
    "yaw_k": "MC_YAWRATE_K",
    "yaw_rate_p": "MC_YAWRATE_P",
    "yaw_rate_i": "MC_YAWRATE_I",
    "yaw_rate_d": "MC_YAWRATE_D",
    "yaw_rate_ff": "MC_YAWRATE_FF",
    "yaw_integral_most": "MC_YR_INT_LIM",
    "yaw_torque_cutoff_hz": "MC_YAW_TQ_CUTOFF",
    "gyro_cutoff_hz": "IMU_GYRO_CUTOFF",
    "slope_cutoff_hz": "IMU_DGYRO_CUTOFF",
    "acro_roll_deg_s": "MC_ACRO_R_MAX",
    "acro_pitch_deg_s": "MC_ACRO_P_MAX",
    "acro_yaw_deg_s": "MC_ACRO_Y_MAX",
    "acro_expo": "MC_ACRO_EXPO",
    "acro_super": "MC_ACRO_SUPEXPO",
    "acro_yaw_expo": "MC_ACRO_EXPO_Y",
    "acro_yaw_super": "MC_ACRO_SUPEXPOY",
    "landed_turn_deg_s": "LNDMC_ROT_MAX",
}
