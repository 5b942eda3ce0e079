"""One axis that turns at a limited rate and acceleration, and stops without overshoot."""

import math

from sim.vehicle.rotation import wrap_pi

SUBSTEP_S = 0.02
LONGEST_S = 20.0
CLOSE = 1e-5


class SlewAxis:
    """An angle on its way to a wanted one, radians; the shortest way round where it `wraps`."""

    def __init__(
        self, angle: float, *, rate_max: float, acceleration_max: float, wraps: bool = False
    ) -> None:
        self.angle = angle
        self.rate = 0.0
        self._rate_max = rate_max
        self._acceleration_max = acceleration_max
        self._wraps = wraps

    def turn_to(self, wanted: float, dt_s: float) -> None:
        """Move on by `dt_s` toward an angle."""
        left_s = min(dt_s, LONGEST_S)
        while left_s > 1e-9 and not self._arrived(wanted):
            step_s = min(left_s, SUBSTEP_S)
            self._step(wanted, step_s)
            left_s -= step_s

    def hold(self) -> None:
        """Stop here and now."""
        self.rate = 0.0

    def shift(self, by: float) -> None:
        """Express the angle in a frame that is turned by `by`."""
        self.angle += by
        if self._wraps:
            self.angle = wrap_pi(self.angle)

    def _error(self, wanted: float) -> float:
        return wrap_pi(wanted - self.angle) if self._wraps else wanted - self.angle

    def _arrived(self, wanted: float) -> bool:
        if abs(self._error(wanted)) > CLOSE or abs(self.rate) > self._acceleration_max * SUBSTEP_S:
            return False
        self.angle, self.rate = wanted, 0.0
        return True

    def _step(self, wanted: float, dt_s: float) -> None:
        error = self._error(wanted)
        # The speed from which whole steps of braking end at the wanted angle.
        step = self._acceleration_max * dt_s / 2.0
        braking = math.sqrt(step * step + 2.0 * self._acceleration_max * abs(error)) - step
        speed = min(self._rate_max, braking, abs(error) / dt_s)
        change = math.copysign(speed, error) - self.rate
        most = self._acceleration_max * dt_s
        self.rate += min(max(change, -most), most)
        self.shift(self.rate * dt_s)
