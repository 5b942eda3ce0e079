"""What can go wrong with a vehicle, as a scenario file writes it: `sim.vehicle.faults` by name."""

from typing import Self

from pydantic import Field, model_validator

from sim.scenario.conditions import Table
from sim.vehicle.faults import FAULTS
from sim.vehicle.vehicle import Vehicle

Values = dict[str, float]
# The state that ends each state, and the values it takes where they are not those of the fault.
_ENDS: dict[str, tuple[str, Values]] = {
    "gps": ("on", {}),
    "magnetometer": ("on", {}),
    "barometer": ("on", {}),
    "inertial": ("on", {}),
    "battery off": ("on", {}),
    "battery drain": ("drain", {"factor": 1.0}),
    "battery dead cells": ("dead cells", {"count": 0.0}),
    "weather": ("as configured", {}),
    "payload": ("on", {}),
}


class VehicleFaultEntry(Table):
    """One fault of the vehicle: its name, the state it takes on and the values of that state.

    The names are those of `sim.vehicle.faults.FAULTS`; values in metres, metres a second, radians
    and shares of one.
    """

    fault: str
    state: str
    values: Values = Field(default_factory=dict)

    @model_validator(mode="after")
    def _is_known(self) -> Self:
        states = FAULTS.get(self.fault)
        if states is None:
            raise ValueError(f"no fault {self.fault!r}; there are: {', '.join(FAULTS)}")
        kind = states.get(self.state)
        if kind is None:
            known = ", ".join(states)
            raise ValueError(f"{self.fault} knows no {self.state!r}; it knows: {known}")
        if set(kind.values) != set(self.values):
            wants = ", ".join(kind.values) or "none"
            raise ValueError(f"{self.fault} {self.state!r} takes exactly these values: {wants}")
        return self

    @property
    def ends(self) -> bool:
        """Whether the fault is a state that can be ended."""
        return self._end() is not None

    def apply(self, vehicle: Vehicle, *, on: bool) -> None:
        """Make it so, or well again."""
        if on:
            vehicle.aircraft.faults.set(self.fault, self.state, **self.values)
            return
        end = self._end()
        if end is not None:
            state, values = end
            vehicle.aircraft.faults.set(self.fault, state, **values)

    def _end(self) -> tuple[str, Values] | None:
        if self.fault == "motor":
            return "on", {"number": self.values["number"]}
        return _ENDS.get(f"{self.fault} {self.state}") or _ENDS.get(self.fault)
