"""What the kernels know of a vehicle: records of structured arrays, one a vehicle.

A class here is the type of a record for the reader and the type checker; its array type is made of
its annotations. Vectors are north, east, down. Metres, m/s, m/s2, radians, seconds; not-a-number
where an axis of a setpoint is not controlled or a yaw is not asked for.
"""

from dataclasses import fields
from typing import Annotated, Any, get_args, get_type_hints

import numpy as np
import numpy.typing as npt

from sim.vehicle.settings import FlightSettings

# Axes of the moving setpoint, and the heading, which is smoothed alike.
NORTH, EAST, DOWN, HEADING = 0, 1, 2, 3
AXES = 4
MOTORS = 4
# Legs, in the order of `sim.vehicle.guidance.Leg`.
IDLE, TAKEOFF, POSITION, LOITER, LAND, DESCEND, ORBIT, OFFBOARD = 0, 1, 2, 3, 4, 5, 6, 7
STICKS_POSITION, STICKS_ALTITUDE = 8, 9
STICKS_STABILIZED, STICKS_ACRO, ATTITUDE, RATES = 10, 11, 12, 13
NO_LEG = -1
# Stages of the take-off, as PX4 numbers them.
DISARMED, SPOOL_UP, READY, RAMP_UP, FLIGHT = 1, 2, 3, 4, 5

Floats = npt.NDArray[np.float64]
Vector = Annotated[Floats, 3]
Level = Annotated[Floats, 2]
Motors = Annotated[Floats, MOTORS]
Sticks = Annotated[Floats, 4]
Quaternion = Annotated[Floats, 4]


class Axis:
    """A jerk-limited axis: where it is, its limits, the change of velocity under way."""

    position: float
    velocity: float
    acceleration: float
    max_jerk: float
    max_acceleration: float
    max_velocity: float
    t1: float
    t2: float
    t3: float
    sign: float
    goal: float
    elapsed_s: float
    start_position: float
    start_velocity: float
    start_acceleration: float


class Target:
    """The triplet that is flown, as `sim.vehicle.guidance.Triplet` describes it."""

    leg: int
    current: Vector
    previous: Vector
    following: Vector
    yaw: float
    acceptance_m: float
    cruise_m_s: float
    orbit_radius_m: float
    orbit_speed_m_s: float
    orbit_yaw: int
    asked_position: Vector
    asked_velocity: Vector
    asked_acceleration: Vector
    asked_yaw: float
    asked_yaw_rate: float
    asked_attitude: Quaternion
    asked_rates: Vector
    asked_thrust: float


class Craft:
    """One vehicle's body, its guidance, its controller and its estimates."""

    steps: int
    step_s: float
    boot_s: float
    armed: bool
    # Body.
    position: Vector
    velocity: Vector
    acceleration: Vector
    yaw: float
    yaw_rate: float
    lean: Level
    lean_goal: Level
    lean_rate: Level
    thrust: float
    ground_d: float
    grounded: bool
    mass_kg: float
    max_thrust_n: float
    drag_n_per_m_s: float
    motor_share: float
    reference_share: float
    rate_share: float
    yaw_rate_share: float
    motor_lag_s: float
    reference_rad_s: float
    inertia: Vector
    arm_roll_m: float
    arm_pitch_m: float
    most_torque_nm: float
    spin_drag: float
    # Attitude by torques, where it is asked for.
    torques: bool
    inverted: bool
    attitude: Quaternion
    rates: Vector
    motors: Motors
    by_hand: bool
    by_rates: bool
    asked_attitude: Quaternion
    asked_rates: Vector
    asked_turn: float
    asked_thrust: float
    # When a companion's attitude or rates, and when sticks came in last; boot seconds.
    companion_s: float
    sticks_s: float
    # The last attitude that was asked for before rates alone, and its thrust.
    told_s: float
    told_attitude: Quaternion
    told_thrust: float
    reference_known: bool
    reference: Quaternion
    reference_rate: Vector
    reference_turn: Vector
    rate_integral: Vector
    rate_seen: Vector
    rate_slope: Vector
    gyro_before: Vector
    gyro_earlier: Vector
    torque_missing: Vector
    yaw_torque: float
    # Disturbances.
    wind: Vector
    gust: Vector
    gust_deviation_m_s: float
    gust_time_s: float
    random: int
    motor_effectiveness: Motors
    position_error: Vector
    velocity_error: Vector
    yaw_error: float
    position_known: bool
    height_known: bool
    # What control takes for the truth.
    believed_position: Vector
    believed_velocity: Vector
    believed_yaw: float
    # Guidance.
    flown_to: Vector
    flown_from: Vector
    flown_next: Vector
    yaw_wanted: float
    yaw_rate_wanted: float
    leg_before: int
    held_yaw: float
    liftoff: Vector
    has_liftoff: bool
    rising: bool
    speed_before_turn: float
    cruise_m_s: float
    acceptance_m: float
    # Another circle, speed or height was asked for, and not looked at yet.
    orbit_asked: bool
    on_circle: bool
    orbit_pace_m_s: float
    yaw_at_start: float
    stick: Sticks
    stick_velocity: Level
    stick_acceleration: Level
    stick_tilt: Level
    stick_place: Level
    stick_height: float
    stick_yaw: float
    stick_yaw_rate: float
    stick_boost: float
    throttle_least: float
    throttle_most: float
    throttle_hover: float
    setpoint_position: Vector
    setpoint_velocity: Vector
    setpoint_acceleration: Vector
    has_setpoint: bool
    thrust_off: bool
    wants_takeoff: bool
    # Control.
    ramp: int
    ramp_armed_s: float
    ramp_progress: float
    hover_thrust: float
    integral: Vector
    derivative: Vector
    velocity_before: Vector
    controls: bool
    corrected_velocity: Vector
    corrected_acceleration: Vector
    acceleration_down: float
    tilt_limit: float
    command: Vector
    # Estimates.
    hover_middle: float
    hover_estimate: float
    hover_variance: float
    hover_noise: float
    hover_residual: float
    hover_good_s: float
    hover_in_air: bool
    ground_contact: bool
    maybe_landed: bool
    landed: bool
    held_s: Vector


class Mind:
    """When the vehicle's mind wants to look, and what its last look could see."""

    think_at_s: float
    seen_s: float
    eager: bool
    wake: bool
    looks: bool
    stage: int
    think_by_s: float
    service_at_s: float
    battery_at_s: float
    # What is watched for: a place, a height, a distance from a place.
    watch: int
    watch_target: Vector
    watch_radius_m: float
    watch_room_m: float
    roam_from: Vector
    roam_m: float
    seen_position: Vector
    seen_velocity: Vector
    seen_yaw: float
    seen_landed: bool
    seen_maybe_landed: bool
    seen_flying: bool


class Told:
    """What streams tell besides flight."""

    system_id: int
    alive: bool
    ready: bool
    home_d: float
    latitude_deg: float
    longitude_deg: float
    amsl_m: float
    m_per_deg_north: float
    m_per_deg_east: float
    began_unix_us: int
    booted_at_s: float
    gps_error: Vector
    fix_type: int
    satellites: int


_KINDS: dict[Any, str] = {float: "f8", int: "i8", bool: "?"}


def record(of: type) -> np.dtype[np.void]:
    """The array type of a record class."""
    hints = get_type_hints(of, include_extras=True)
    return np.dtype([(name, *_kind(hint)) for name, hint in hints.items()], align=True)


def _kind(hint: Any) -> tuple[Any, ...]:
    if hint in _KINDS:
        return (_KINDS[hint],)
    return ("f8", (get_args(hint)[1],))


AXIS, TARGET, CRAFT, MIND, TOLD = map(record, (Axis, Target, Craft, Mind, Told))
SETTINGS = np.dtype([(field.name, "f8") for field in fields(FlightSettings)])
