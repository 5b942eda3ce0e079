"""Everything that the checks judge by, gathered once; and how they write a line."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from ground_station.flying.payload_state import PayloadState
from ground_station.readiness.report import Level, Line
from ground_station.vehicles.battery_trend import Trend
from ground_station.vehicles.state import VehicleState
from ground_station.words import Words
from missions.plan import Plan
from onboard.mavlink.codec import Address


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One vehicle as it stands. `loss` is a share, `round_trips_s` are seconds, `utc` is ours."""

    state: VehicleState
    payload: PayloadState
    battery_trend: Trend | None = None
    plan: Plan | None
    plan_proven: bool
    parameters: Mapping[str, int | float]
    loss: float | None
    round_trips_s: tuple[float, ...]
    vehicle_utc: datetime | None
    utc: datetime
    camera: Address | None
    light: Address | None

    def parameter(self, name: str, default: float = 0.0) -> float:
        """A parameter's value, or `default` where it was not read."""
        return float(self.parameters.get(name, default))


def ok(check: str, fact: Words) -> Line:
    """All is well."""
    return Line(check=check, level=Level.OK, fact=fact)


def warning(check: str, fact: Words, consequence: Words, proposal: Words) -> Line:
    """It may fly, knowingly."""
    return Line(
        check=check, level=Level.WARNING, fact=fact, consequence=consequence, proposal=proposal
    )


def blocking(check: str, fact: Words, consequence: Words, proposal: Words) -> Line:
    """It should not fly."""
    return Line(
        check=check, level=Level.BLOCKING, fact=fact, consequence=consequence, proposal=proposal
    )
