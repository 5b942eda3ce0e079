"""The battery: PX4's simulated one, which empties in a straight line, or a lithium pack's curve.

PX4's is full while disarmed. What is told of the charge is filtered over a second, as PX4's battery
library does (lag as in recording 08). Source: PX4-Autopilot v1.17,
src/modules/simulation/battery_simulator, src/lib/battery.
"""

import math
from collections.abc import Mapping
from enum import IntEnum
from itertools import pairwise

FILTER_S = 1.0
# Rest voltage of a lithium-polymer cell over its charge, scaled between empty and full: flat in the
# middle, steep at the end (after Larminie and Lowry, Electric Vehicle Technology Explained, ch. 3).
_CURVE = (
    (0.0, 0.0),
    (0.05, 0.34),
    (0.1, 0.45),
    (0.2, 0.54),
    (0.4, 0.62),
    (0.6, 0.7),
    (0.8, 0.83),
    (0.9, 0.91),
    (1.0, 1.0),
)
DEAD_CELL_V = 3.0


class ChargeState(IntEnum):
    """MAV_BATTERY_CHARGE_STATE."""

    OK = 1
    LOW = 2
    CRITICAL = 3
    EMERGENCY = 4


class Battery:
    """`charge` is what is left (0..1), `remaining` what the vehicle makes of it.

    With `curve` the voltage follows a lithium pack and disarming does not charge it.
    """

    def __init__(self, parameters: Mapping[str, int | float], *, curve: bool = False) -> None:
        self.charge = self.remaining = 1.0
        self.state = ChargeState.OK
        self.curve = curve
        self.connected = True
        self.drain_factor = 1.0
        self.dead_cells = 0
        self.apply(parameters)

    def apply(self, parameters: Mapping[str, int | float]) -> None:
        """Take changed parameters into use."""
        self._drain_s = max(float(parameters["SIM_BAT_DRAIN"]), 1.0)
        self._least = parameters["SIM_BAT_MIN_PCT"] / 100.0
        self._cells = int(parameters["BAT1_N_CELLS"])
        self._empty_v = parameters["BAT1_V_EMPTY"]
        self._full_v = parameters["BAT1_V_CHARGED"]
        self._low = parameters["BAT_LOW_THR"]
        self._critical = parameters["BAT_CRIT_THR"]
        self._emergency = parameters["BAT_EMERGEN_THR"]

    @property
    def voltage_v(self) -> float:
        """Voltage of the whole pack; zero while its monitor is disconnected."""
        if not self.connected:
            return 0.0
        share = _on_curve(self.charge) if self.curve else self.charge
        cell_v = self._empty_v + share * (self._full_v - self._empty_v)
        dead = min(self.dead_cells, self._cells)
        return cell_v * (self._cells - dead) + min(DEAD_CELL_V, cell_v) * dead

    def hold(self, charge: float) -> None:
        """Set the charge now; from then on disarming does not charge the battery."""
        self.charge = self.remaining = charge
        self.curve = self.curve or charge < 1.0
        self._least = min(self._least, charge)
        self.state = self._judge()

    @property
    def at_rest(self) -> bool:
        """Whether nothing changes while the vehicle stays disarmed."""
        return self.connected and self.charge == self.remaining and self.dead_cells == 0

    def step(self, *, armed: bool, dt_s: float, count: int = 1) -> None:
        """Drain while armed, `count` times; PX4's simulated battery is full again when disarmed."""
        share = 1.0 - math.exp(-dt_s / FILTER_S)
        drained = dt_s * self.drain_factor / self._drain_s
        healthy = self.connected and self.dead_cells == 0
        for _ in range(count):
            before = self.charge, self.remaining
            self._drain(drained, armed=armed)
            measured = self.charge if healthy else self._measured()
            if self.remaining != measured:
                self.remaining += (measured - self.remaining) * share
                if abs(measured - self.remaining) < 1e-6:
                    self.remaining = measured
            if before == (self.charge, self.remaining):
                break
        self.state = self._judge()

    def _drain(self, drained: float, *, armed: bool) -> None:
        if armed:
            least = self._least if self._least < self.charge else self.charge
            left = self.charge - drained
            self.charge = max(left if left > least else least, 0.0)
        elif not self.curve:
            self.charge = 1.0

    def _measured(self) -> float:
        """The charge that the voltage speaks of."""
        if not self.connected:
            return 0.0
        span_v = self._cells * (self._full_v - self._empty_v)
        if self.dead_cells == 0 or not 0.0 < span_v < math.inf:
            return self.charge
        return min(max((self.voltage_v - self._cells * self._empty_v) / span_v, 0.0), 1.0)

    def _judge(self) -> ChargeState:
        if self.remaining < self._emergency:
            return ChargeState.EMERGENCY
        if self.remaining < self._critical:
            return ChargeState.CRITICAL
        return ChargeState.LOW if self.remaining < self._low else ChargeState.OK


def _on_curve(charge: float) -> float:
    for (low, low_share), (high, high_share) in pairwise(_CURVE):
        if charge <= high:
            return low_share + (high_share - low_share) * (charge - low) / (high - low)
    return 1.0
