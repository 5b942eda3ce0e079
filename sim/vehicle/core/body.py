"""The body of the simulated multirotor: a mass with four motors, linear drag, wind and a floor.

The figures are those of PX4's SIH quadrotor (SIH_* parameters): 1 kg, four times 5 N, drag of
1 N per m/s. Attitude is not simulated as torques but as what PX4's attitude loop makes of them: a
reference follows the commanded direction, the direction turns toward the reference in proportion
to what is left, and the rate follows as a lag does. The rate of the heading is fed forward about
the vertical, so that a leaning vehicle's lean turns with its nose and is then put right: in a
corner it leans up to a tenth of a radian aside. Where motors are weak, the attitude loop keeps the
two motors of a diagonal alike, so that a diagonal gives twice what its weaker motor can; the
diagonals' difference turns the vehicle, and what a dead motor leaves of the torque about its arm
tilts it. (PX4's SIH shows no effect of a failed motor at all.) Source of the rest: PX4-Autopilot
v1.17, src/modules/simulation/simulator_sih/sih.cpp, src/modules/mc_att_control/AttitudeControl.
"""

import math

from sim.vehicle.core.attitude import SUBSTEP_S, turn_by_torques
from sim.vehicle.core.compiled import inner
from sim.vehicle.core.control import GRAVITY_M_S2
from sim.vehicle.core.gusts import blow
from sim.vehicle.core.layout import Craft, Floats
from sim.vehicle.core.rotation import horizontal, wrap_pi
from sim.vehicle.settings import FlightSettings

# Order of PX4's quad X: front right, back left, front left, back right.
ARM_FORWARD = (1.0, -1.0, 1.0, -1.0)
ARM_RIGHT = (1.0, -1.0, -1.0, 1.0)
# A quarter of the thrust missing on one arm and not made good leans the vehicle by so much.
LEAN_PER_SHARE = 1.2
SPIN_PER_SHARE = 20.0
SPIN_DAMPING_S = 0.6
MOST_LEAN = 0.98
# Mean of what 19 landings sank through SIH's floor: 0.00 to 0.34 m, ground truth in PX4's logs.
SINKS_THROUGH_M = 0.13
# MC_ROLL_P is 12 at most.
MOST_ATTITUDE_P = 12.0


@inner
def upright(craft: Craft) -> float:
    """Cosine of the tilt."""
    north, east = craft.lean[0], craft.lean[1]
    up = math.sqrt(max(1.0 - north * north - east * east, 0.0))
    return -up if craft.inverted else up


@inner
def step_body(craft: Craft, settings: FlightSettings, dt_s: float) -> None:
    """Move on by `dt_s` under the commanded thrust, turning toward the wanted heading."""
    if craft.torques:
        _step_by_torques(craft, settings, dt_s)
        return
    command = craft.command
    collective = math.sqrt(command[0] ** 2 + command[1] ** 2 + command[2] ** 2)
    craft.thrust += craft.motor_share * (collective - craft.thrust)
    goal_n = command[0] / collective if collective > 1e-3 else 0.0
    goal_e = command[1] / collective if collective > 1e-3 else 0.0
    if craft.yaw_error != 0.0:
        goal_n, goal_e = _misled(craft, goal_n, goal_e)
    effect = craft.motor_effectiveness
    turn = _turn(craft, settings, dt_s)
    made = craft.thrust
    if effect[0] < 1.0 or effect[1] < 1.0 or effect[2] < 1.0 or effect[3] < 1.0:
        made, goal_n, goal_e, turn = _weakened(craft, goal_n, goal_e, turn, dt_s)
    _lean(craft, settings, goal_n, goal_e, dt_s)
    craft.yaw_rate = turn / dt_s
    if not craft.grounded:
        craft.yaw = wrap_pi(craft.yaw + turn)
    if craft.gust_deviation_m_s > 0.0:
        blow(craft, dt_s)
    _move(craft, made, dt_s)


@inner
def _step_by_torques(craft: Craft, settings: FlightSettings, dt_s: float) -> None:
    """As `step_body`, in SIH's own steps."""
    if craft.gust_deviation_m_s > 0.0:
        blow(craft, dt_s)
    steps = max(1, round(dt_s / SUBSTEP_S))
    for _ in range(steps):
        made = turn_by_torques(craft, settings, dt_s / steps)
        _move(craft, made, dt_s / steps)


@inner
def _turn(craft: Craft, settings: FlightSettings, dt_s: float) -> float:
    """The change of heading in one step: the wanted rate, and more toward the wanted heading."""
    off = wrap_pi(craft.yaw_wanted - craft.believed_yaw)
    rate = craft.yaw_rate_wanted + settings.heading_p * off
    return (craft.yaw_rate + craft.yaw_rate_share * (rate - craft.yaw_rate)) * dt_s


@inner
def _lean(
    craft: Craft, settings: FlightSettings, goal_n: float, goal_e: float, dt_s: float
) -> None:
    """Turn the thrust direction toward the commanded one."""
    lean, goal, rate = craft.lean, craft.lean_goal, craft.lean_rate
    goal[0] += craft.reference_share * (goal_n - goal[0])
    goal[1] += craft.reference_share * (goal_e - goal[1])
    p, turning = min(settings.attitude_p, MOST_ATTITUDE_P), craft.yaw_rate_wanted
    wanted_n = p * (goal[0] - lean[0]) - turning * lean[1]
    wanted_e = p * (goal[1] - lean[1]) + turning * lean[0]
    if turning != 0.0:
        _turn_with_nose(goal, turning * dt_s)
        _turn_with_nose(rate, turning * dt_s)
    rate[0] += craft.rate_share * (wanted_n - rate[0])
    rate[1] += craft.rate_share * (wanted_e - rate[1])
    lean[0] += rate[0] * dt_s
    lean[1] += rate[1] * dt_s


@inner
def _turn_with_nose(vector: Floats, angle: float) -> None:
    north, east = vector[0], vector[1]
    vector[0], vector[1] = north - angle * east, east + angle * north


@inner
def _misled(craft: Craft, goal_n: float, goal_e: float) -> tuple[float, float]:
    """Who is wrong about the heading leans in another direction than meant."""
    cosine, sine = math.cos(craft.yaw_error), math.sin(craft.yaw_error)
    return goal_n * cosine + goal_e * sine, goal_e * cosine - goal_n * sine


@inner
def _weakened(
    craft: Craft, goal_n: float, goal_e: float, turn: float, dt_s: float
) -> tuple[float, float, float, float]:
    """Thrust made, lean aimed at and turn with weak motors, at the commanded thrust."""
    effect, thrust = craft.motor_effectiveness, craft.thrust
    one = min(thrust, min(effect[0], effect[1]))
    other = min(thrust, min(effect[2], effect[3]))
    authority = min(1.0, (one + other) / max(2.0 * thrust, 1e-6))
    forward = right = 0.0
    for motor in range(4):
        missing = max(thrust - effect[motor], 0.0) * (1.0 - effect[motor])
        forward += ARM_FORWARD[motor] * missing
        right += ARM_RIGHT[motor] * missing
    cosine, sine = math.cos(craft.yaw), math.sin(craft.yaw)
    goal_n = authority * goal_n + LEAN_PER_SHARE * (forward * cosine - right * sine) / 4.0
    goal_e = authority * goal_e + LEAN_PER_SHARE * (forward * sine + right * cosine) / 4.0
    lean = horizontal(goal_n, goal_e)
    if lean > MOST_LEAN:
        goal_n, goal_e = goal_n * MOST_LEAN / lean, goal_e * MOST_LEAN / lean
    spin = craft.yaw_rate + (one - other) * SPIN_PER_SHARE * dt_s
    spin -= spin * dt_s / SPIN_DAMPING_S
    turn = spin * dt_s if one != other else turn
    return (one + other) / 2.0, goal_n, goal_e, turn


@inner
def _move(craft: Craft, thrust: float, dt_s: float) -> None:
    v, p, wind = craft.velocity, craft.position, craft.wind
    lift = thrust * craft.max_thrust_n / craft.mass_kg
    drag = craft.drag_n_per_m_s / craft.mass_kg
    acc_n = lift * craft.lean[0] - drag * (v[0] - wind[0] - craft.gust[0])
    acc_e = lift * craft.lean[1] - drag * (v[1] - wind[1] - craft.gust[1])
    acc_d = GRAVITY_M_S2 - lift * upright(craft) - drag * (v[2] - wind[2] - craft.gust[2])
    if p[2] >= craft.ground_d and (acc_d > 0.0 or _stopped(craft)):
        _rest(craft)
        return
    craft.grounded = False
    _integrate(craft, 0, acc_n, dt_s)
    _integrate(craft, 1, acc_e, dt_s)
    _integrate(craft, 2, acc_d, dt_s)


@inner
def _stopped(craft: Craft) -> bool:
    """Whether SIH's floor has stopped what sinks onto it at a constant speed.

    It stops what is pressed onto it; forces that balance press as soon as noise tips them.
    """
    return bool(craft.velocity[2] > 0.0 and craft.position[2] >= craft.ground_d + SINKS_THROUGH_M)


@inner
def _integrate(craft: Craft, axis: int, acceleration: float, dt_s: float) -> None:
    before = craft.velocity[axis]
    after = before + acceleration * dt_s
    craft.position[axis] += (before + after) / 2 * dt_s
    craft.velocity[axis] = after
    craft.acceleration[axis] = acceleration


@inner
def _rest(craft: Craft) -> None:
    craft.grounded = True
    for axis in range(3):
        craft.velocity[axis] = craft.acceleration[axis] = 0.0
