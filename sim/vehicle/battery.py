"""PX4's simulated battery: full while disarmed, then empties in a straight line.

Source: PX4-Autopilot v1.17, src/modules/simulation/battery_simulator.
"""

from collections.abc import Mapping
from enum import IntEnum


class ChargeState(IntEnum):
    """MAV_BATTERY_CHARGE_STATE."""

    OK = 1
    LOW = 2
    CRITICAL = 3
    EMERGENCY = 4


class Battery:
    """Share left (0..1), voltage and charge state."""

    def __init__(self, parameters: Mapping[str, int | float]) -> None:
        self.remaining = 1.0
        self.state = ChargeState.OK
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
        """Voltage of the whole pack."""
        return self._cells * (self._empty_v + self.remaining * (self._full_v - self._empty_v))

    def step(self, *, armed: bool, dt_s: float) -> None:
        """Drain while armed; a disarmed vehicle's battery is full."""
        left = self.remaining - dt_s / self._drain_s if armed else 1.0
        self.remaining = max(left, self._least, 0.0)
        self.state = self._judge()

    def _judge(self) -> ChargeState:
        if self.remaining < self._emergency:
            return ChargeState.EMERGENCY
        if self.remaining < self._critical:
            return ChargeState.CRITICAL
        return ChargeState.LOW if self.remaining < self._low else ChargeState.OK
