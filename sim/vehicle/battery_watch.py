"""Steps a vehicle's battery on a grid of its own, and less often while no threshold is near."""

from collections.abc import Mapping

from sim.vehicle.battery import Battery
from sim.vehicle.core.fleet import BATTERY
from sim.vehicle.core.run import BATTERY_EVERY_S
from sim.vehicle.flight import Flight

# Far from its thresholds the battery is looked at once a second instead of five times.
RESTS_S, MARGIN = 0.8, 0.1


class BatteryWatch:
    """The battery is drained in steps of 0.2 s, late by at most a second; it ends up the same."""

    def __init__(
        self, battery: Battery, parameters: Mapping[str, int | float], flight: Flight
    ) -> None:
        self._battery, self._parameters = battery, parameters
        self._core, self._index = flight.core, flight.index
        self._next_s = 0.0

    def begin(self) -> None:
        """Count from boot again."""
        self._next_s = 0.0

    def wake(self) -> None:
        """Something changed: look at the next point of the grid."""
        self._core.mind["battery_at_s"][self._index] = self._next_s

    def step(self, boot_s: float, *, armed: bool) -> bool:
        """Catch up with a boot second; whether the charge state changed."""
        battery, before = self._battery, self._battery.state
        while self._next_s <= boot_s:
            self._next_s += BATTERY_EVERY_S
            battery.step(armed=armed, dt_s=BATTERY_EVERY_S)
        self._core.mind["battery_at_s"][self._index] = self._next_s + self._rests_s()
        self._core.kept_fresh[self._index, BATTERY] = False
        return battery.state is not before

    def _rests_s(self) -> float:
        values, battery = self._parameters, self._battery
        drained = battery.drain_factor / max(float(values["SIM_BAT_DRAIN"]), 1.0)
        near = battery.remaining < float(values["BAT_LOW_THR"]) + MARGIN
        settles = battery.remaining != battery.charge
        return 0.0 if near or settles or drained > MARGIN / 2.0 else RESTS_S
