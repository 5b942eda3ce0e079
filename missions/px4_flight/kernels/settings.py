"""What the kernels take from PX4's parameters, and the rows that they work on."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


class FlightSettings(NamedTuple):
    """SI units; each field is a PX4 parameter, named in `missions.px4_flight.parameters`."""

    top_speed_m_s: float
    acceleration_m_s2: float
    up_acceleration_m_s2: float
    down_acceleration_m_s2: float
    jerk_m_s3: float
    corner_gain: float
    max_error_m: float
    max_height_error_m: float
    climb_m_s: float
    descent_m_s: float
    most_climb_m_s: float
    most_descent_m_s: float
    takeoff_m_s: float
    takeoff_ramp_s: float
    land_height_1_m: float
    land_height_2_m: float
    land_height_3_m: float
    land_m_s: float
    crawl_m_s: float
    spool_up_s: float
    position_p: float
    height_p: float
    velocity_p: float
    velocity_i: float
    climb_p: float
    climb_i: float
    steepest_m_s2: float
    drag_a_s: float
    yaw_rate: float
    yaw_acceleration: float
    yaw_error: float
    wind_n_m_s: float
    wind_e_m_s: float


# A stage, one row each: what is flown (a kind), to where, what comes next, when it is over.
KIND = 0
TARGET, NEXT = 1, 4
ACCEPTANCE, SPEED, STAY, YAW, ROOM, PATIENCE, PREVIOUS = 7, 8, 9, 10, 11, 12, 13
STAGE_COLUMNS = 14
# Straight up from the ground; to a place; up or down where it is; wait; down to the ground.
RISE, GO, CLIMB, WAIT, LAND = range(5)

# The vehicle, one row an axis (north, east, down).
PLACE, SPEED_OVER_GROUND, PUSH, INTEGRAL = range(4)
BODY_COLUMNS = 4

# One step of a flight.
STEP_S = 0.025
