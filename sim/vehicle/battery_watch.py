"""Steps a vehicle's battery on a grid of its own, and less often while no threshold is near."""

import math
import struct
from collections.abc import Mapping

from onboard.mavlink.codec.dialect import LAYOUT_BY_NAME
from sim.vehicle.battery import Battery
from sim.vehicle.cell_voltages import CELL_FIELDS, UNKNOWN_MV, cell_fields, told_millivolts
from sim.vehicle.core.fleet import KEPT
from sim.vehicle.core.run import BATTERY_EVERY_S, THINK_EVERY_S
from sim.vehicle.flight import Flight

# Far from its thresholds the battery is looked at once a second instead of five times.
RESTS_S, MARGIN = 0.8, 0.1
# One that neither drains nor fills waits until something wakes it, or as long.
LIES_S = 60.0
HAIR_S = 1e-6


class BatteryWatch:
    """The battery is drained in steps of 0.2 s, late by at most a second; it ends up the same."""

    def __init__(
        self, battery: Battery, parameters: Mapping[str, int | float], flight: Flight
    ) -> None:
        self._battery, self._parameters = battery, parameters
        core, self._index = flight.core, flight.index
        self._battery_at_s = core.mind["battery_at_s"]
        self._fresh, self._kept = core.kept_fresh, core.kept
        self._next_s, self._every_s, self._drains = 0.0, BATTERY_EVERY_S, False

    def begin(self) -> None:
        """Count from boot again."""
        self._next_s, self._every_s, self._drains = 0.0, BATTERY_EVERY_S, False

    def wake(self) -> None:
        """Something changed: look at the next point of the grid."""
        self._battery_at_s[self._index] = self._next_s

    def armed(self, boot_s: float) -> None:
        """Up to now it did not drain."""
        self._catch_up(boot_s, armed=False)
        self.wake()

    def disarmed(self, boot_s: float) -> None:
        """Up to now it drained; what it has charged a tenth of a second from now is told."""
        self._catch_up(boot_s, armed=True)
        self._battery.step(armed=True, dt_s=max(boot_s - self._next_s + self._every_s, 0.0))
        self._next_s, self._every_s = boot_s + THINK_EVERY_S - HAIR_S, THINK_EVERY_S
        self.wake()

    def step(self, boot_s: float, *, armed: bool) -> bool:
        """Catch up with a boot second; whether the charge state changed."""
        battery = self._battery
        before = battery.state, battery.charge, battery.remaining
        if armed and not self._drains:
            # However long it lay still, it did not drain then.
            self._catch_up(boot_s, armed=False)
        self._drains = armed
        stepped = self._catch_up(boot_s, armed=armed)
        changed = before != (battery.state, battery.charge, battery.remaining)
        rests_s = LIES_S if stepped and not changed else self._rests_s()
        self._battery_at_s[self._index] = self._next_s + rests_s
        if changed:
            self._tell()
        return battery.state is not before[0]

    def _catch_up(self, boot_s: float, *, armed: bool) -> int:
        """Step up to a boot second; how many steps that were."""
        steps = 0
        while self._next_s <= boot_s:
            self._next_s += self._every_s
            steps += 1
        self._battery.step(armed=armed, dt_s=self._every_s, count=steps)
        if armed or self._battery.at_rest:
            self._every_s = BATTERY_EVERY_S
        return steps

    def _rests_s(self) -> float:
        values, battery = self._parameters, self._battery
        drained = battery.drain_factor / max(float(values["SIM_BAT_DRAIN"]), 1.0)
        near = battery.remaining < float(values["BAT_LOW_THR"]) + MARGIN
        settles = battery.remaining != battery.charge
        return 0.0 if near or settles or drained > MARGIN / 2.0 else RESTS_S

    def _tell(self) -> None:
        """Write what changed into the payloads that are kept; stale ones are built anew anyway."""
        battery, index = self._battery, self._index
        millivolts = told_millivolts(battery.voltage_v)
        percent = math.ceil(battery.remaining * 100.0)
        if self._fresh[index, SYS_STATUS]:
            kept = self._kept[index, SYS_STATUS]
            _VOLTAGE.pack_into(kept, SYS_VOLTAGE_AT, min(millivolts, UNKNOWN_MV))
            _SHARE.pack_into(kept, SYS_REMAINING_AT, percent)
        if self._fresh[index, BATTERY_STATUS]:
            kept = self._kept[index, BATTERY_STATUS]
            _CELLS.pack_into(kept, VOLTAGE_AT, *cell_fields(millivolts))
            _SHARE.pack_into(kept, REMAINING_AT, round(battery.remaining * 100.0))
            kept[CHARGE_STATE_AT] = battery.state


def _offset(message: str, field: str) -> int:
    """Where a field begins in a message's payload: found by packing it alone."""
    layout = LAYOUT_BY_NAME[message]
    place = layout.places[field]
    values = [b"" if isinstance(value, bytes) else 0 for value in layout.blank]
    values[place if isinstance(place, int) else place.start] = 1
    return layout.struct.pack(*values).index(1)


_VOLTAGE, _SHARE = struct.Struct("<H"), struct.Struct("<b")
_CELLS = struct.Struct(f"<{CELL_FIELDS}H")
SYS_STATUS, BATTERY_STATUS = KEPT.index("SYS_STATUS"), KEPT.index("BATTERY_STATUS")
SYS_VOLTAGE_AT = _offset("SYS_STATUS", "voltage_battery")
SYS_REMAINING_AT = _offset("SYS_STATUS", "battery_remaining")
VOLTAGE_AT = _offset("BATTERY_STATUS", "voltages")
REMAINING_AT = _offset("BATTERY_STATUS", "battery_remaining")
CHARGE_STATE_AT = _offset("BATTERY_STATUS", "charge_state")
