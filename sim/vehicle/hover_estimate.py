"""PX4's estimate of the thrust that hovers: drag biases it in a climb and it forgets slowly.

It matters to the flown path, because the controller's anti-windup depends on it.
Source: PX4-Autopilot v1.17, src/modules/mc_hover_thrust_estimator.
"""

from sim.vehicle.control import GRAVITY_M_S2

UPDATES_A_SECOND = 100.0
INITIAL_ERROR, PROCESS_NOISE = 0.1, 0.0036
GATE, RANGE = 3.0, 0.2
SPEED_FREE_M_S, CLIMB_FREE_M_S = 10.0, 2.0
FROM_HEIGHT_M = 1.0
TRUSTED_VARIANCE, TRUSTED_AFTER_S = 0.001, 2.0
FADING_S, NOISE_LEARNING_S = 1.0, 2.0


class HoverEstimate:
    """Share of thrust that hovers; `value` is None until the estimate is trusted."""

    def __init__(self, hover_thrust: float) -> None:
        self._middle = hover_thrust
        self.reset()

    @property
    def value(self) -> float | None:
        """The estimate, once trusted."""
        return self._thrust if self._good_s >= TRUSTED_AFTER_S else None

    def reset(self) -> None:
        """Begin anew: the vehicle was disarmed."""
        self._thrust = self._middle
        self._variance = INITIAL_ERROR**2
        self._noise = 5.0
        self._residual = 0.0
        self._good_s = 0.0
        self._in_air = False

    def step(
        self,
        *,
        climb_acceleration: float,
        lift: float,
        climb_m_s: float,
        speed_m_s: float,
        height_above_ground_m: float,
        landed: bool,
        dt_s: float,
    ) -> None:
        """Take a measured acceleration (up) and the vertical share of thrust (up)."""
        self._in_air = not landed and (self._in_air or height_above_ground_m > FROM_HEIGHT_M)
        if not self._in_air:
            self._good_s = 0.0
            return
        updates = dt_s * UPDATES_A_SECOND
        self._variance += PROCESS_NOISE**2 / UPDATES_A_SECOND**2 * updates
        slope = -GRAVITY_M_S2 * lift / self._thrust**2
        spread = slope * slope * self._variance
        loose = max(speed_m_s - SPEED_FREE_M_S, abs(climb_m_s) - CLIMB_FREE_M_S, 0.0) + 1.0
        innovation = climb_acceleration - self._predicted(lift)
        variance = spread + self._noise * loose
        if innovation * innovation < GATE * GATE * variance:
            self._fuse(innovation, slope, spread + self._noise * loose / updates)
            innovation = climb_acceleration - self._predicted(lift)
        self._learn_noise(innovation, spread, dt_s)
        self._good_s = self._good_s + dt_s if self._variance < TRUSTED_VARIANCE else 0.0

    def _predicted(self, lift: float) -> float:
        return GRAVITY_M_S2 * lift / self._thrust - GRAVITY_M_S2

    def _fuse(self, innovation: float, slope: float, variance: float) -> None:
        gain = self._variance * slope / variance
        thrust = self._thrust + gain * innovation
        self._thrust = min(max(thrust, self._middle - RANGE), self._middle + RANGE)
        self._variance = max((1.0 - gain * slope) * self._variance, 1e-10)

    def _learn_noise(self, residual: float, spread: float, dt_s: float) -> None:
        share = dt_s / (FADING_S + dt_s)
        self._residual += share * (residual - self._residual)
        share = dt_s / (NOISE_LEARNING_S + dt_s)
        seen = (residual - self._residual) ** 2 + spread
        self._noise = min(max((1.0 - share) * self._noise + share * seen, 1.0), 400.0)
