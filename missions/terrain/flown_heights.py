"""Between which heights a multirotor flies a leg that climbs or descends.

PX4 takes the way over the ground and the height independently: it descends as fast as it may at
once, and is soon below the straight line (PositionSmoothing.cpp, `_generateVelocitySetpoint`, after
v1.17); older versions keep to the line. It may begin a leg from rest, and drag holds it below the
speed asked for, both of which leave more time for the height than that speed would. All this is
within the bounds here.
"""

import math
from dataclasses import dataclass

import numpy as np

from missions.terrain.tile import Array
from missions.vehicle import Vehicle

# A leg shorter than this changes the height only.
VERTICAL_M = 0.01
GRAVITY_M_S2 = 9.80665
# The integrator takes longer than alone, and falls behind by so much more (2.3 times in flight):
# what PX4 learns of the hover thrust in a climb or a descent holds it back.
LATE = 3.0
# Nobody plans with a vehicle that cannot make way at all.
LEAST_OF_MOST = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What drag leaves of a speed asked for over the ground, in still air.

    At first `at_first_m_s`; once PX4's integrator has taken over `at_length_m_s`, and until then
    the vehicle has fallen behind by `behind_m` at most.
    """

    at_first_m_s: float
    at_length_m_s: float
    behind_m: float

    def longest_s(self, way_m: Array) -> Array:
        """The longest that it takes for a way, shape (n,)."""
        at_length: Array = (way_m + self.behind_m) / self.at_length_m_s
        return np.minimum(way_m / self.at_first_m_s, at_length)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """How fast a leg is flown: over the ground, up and down, and how fast it gets there.

    `climbing` and `descending` are what drag leaves of the speed.
    """

    speed_m_s: float
    climbing: Held
    descending: Held
    climb_speed_m_s: float
    descent_speed_m_s: float
    acceleration_m_s2: float

    @classmethod
    def of(cls, vehicle: Vehicle, *, speed_m_s: float) -> "Rates":
        """A vehicle's, at one speed over the ground."""
        return cls(
            speed_m_s=speed_m_s,
            climbing=held_against_drag(vehicle, speed_m_s),
            descending=held_against_drag(vehicle, speed_m_s, vehicle.descent_speed_m_s),
            climb_speed_m_s=vehicle.climb_speed_m_s,
            descent_speed_m_s=vehicle.descent_speed_m_s,
            acceleration_m_s2=vehicle.acceleration_m_s2,
        )

    @property
    def climb_slope(self) -> float:
        """Metres up for each metre along, at the speed asked for."""
        return self.climb_speed_m_s / self.speed_m_s

    @property
    def descent_slope(self) -> float:
        """Metres down for each metre along, at the speed asked for."""
        return self.descent_speed_m_s / self.speed_m_s

    @property
    def steepest_slope(self) -> float:
        """The most that a metre along may change the height by, up or down."""
        climb = self.climb_speed_m_s / self.climbing.at_first_m_s
        return max(climb, self.descent_speed_m_s / self.descending.at_first_m_s)

    @property
    def head_start_m(self) -> float:
        """The way that speeding up from rest costs: for so much longer the height may change."""
        return self.speed_m_s**2 / (2.0 * self.acceleration_m_s2)


def held_against_drag(vehicle: Vehicle, speed_m_s: float, descent_m_s: float = 0.0) -> Held:
    """What drag leaves of a speed in level flight or in a descent.

    The drag is linear in air speed and leaves the vehicle its greatest at its greatest lean, and
    less in a descent, which takes from the lift. PX4's gain on velocity, and on the place of a
    setpoint that waits for whoever lags behind it (`MPC_XY_ERR_MAX`), hold some of the speed at
    once, its integrator the rest within a time.
    """
    px4 = vehicle.px4
    lean = math.tan(math.radians(px4.mpc_tiltmax_air_deg))
    drag = GRAVITY_M_S2 * lean / vehicle.max_airspeed_m_s
    waits = 1.0 + px4.mpc_xy_p * px4.mpc_xy_err_max_m / speed_m_s
    gain = px4.mpc_xy_vel_p_acc * waits
    most = max(vehicle.max_airspeed_m_s - lean * descent_m_s, LEAST_OF_MOST * speed_m_s)
    integral = px4.mpc_xy_vel_i_acc * waits
    return Held(
        at_first_m_s=min(speed_m_s * gain / (gain + drag), most),
        at_length_m_s=min(speed_m_s, most),
        behind_m=LATE * speed_m_s * drag / integral if integral > 0.0 else math.inf,
    )


def height_bounds(
    from_m: Array | float,
    to_m: Array | float,
    distance_m: Array,
    length_m: Array | float,
    rates: Rates,
) -> tuple[Array, Array]:
    """The lowest and the highest that the vehicle may be, `distance_m` along legs of `length_m`.

    Samples of shape (n,) in order along each leg, metres; heights above one level surface. Between
    two samples the flight is within the straight lines from bound to bound.
    """
    rise = np.asarray(to_m) - np.asarray(from_m)
    share = distance_m / np.maximum(length_m, VERTICAL_M)
    straight = from_m + rise * np.clip(share, 0.0, 1.0)
    slope = np.where(rise > 0.0, rates.climb_slope, -rates.descent_slope)
    way_m = distance_m + rates.head_start_m
    up, down = rates.climbing.longest_s(way_m), rates.descending.longest_s(way_m)
    most = np.where(rise > 0.0, rates.climb_speed_m_s * up, -rates.descent_speed_m_s * down)
    at_once = _towards(from_m, to_m, most)
    at_cruise = _towards(from_m, to_m, slope * distance_m)
    low = np.minimum(straight, np.where(rise > 0.0, at_cruise, at_once))
    high = np.maximum(straight, np.where(rise > 0.0, at_once, at_cruise))
    vertical = np.asarray(length_m) < VERTICAL_M
    low = np.where(vertical, np.minimum(from_m, to_m), low)
    high = np.where(vertical, np.maximum(from_m, to_m), high)
    goal = np.broadcast_to(np.asarray(to_m, dtype=np.float64), low.shape)
    low[:-1] = np.where((low[:-1] > goal[:-1]) & (low[1:] <= goal[1:]), goal[:-1], low[:-1])
    high[:-1] = np.where((high[:-1] < goal[:-1]) & (high[1:] >= goal[1:]), goal[:-1], high[:-1])
    return low, high


def _towards(from_m: Array | float, to_m: Array | float, change: Array) -> Array:
    """The height after a change, never past the one that it goes to."""
    low, high = np.minimum(from_m, to_m), np.maximum(from_m, to_m)
    return np.clip(from_m + change, low, high)
