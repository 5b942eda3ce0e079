"""What the commander looks at every step, as the rest of the vehicle finds it."""

from dataclasses import dataclass, field

from sim.vehicle.battery import ChargeState
from sim.vehicle.safety.health import Sensed


@dataclass(slots=True, kw_only=True)
class CommanderFacts:
    """What the commander looks at every step; `sensed` is handed to the health checks."""

    landed: bool = True
    maybe_landed: bool = True
    mission_available: bool = False
    mission_finished: bool = False
    mission_failed: bool = False
    battery: ChargeState = ChargeState.OK
    breached: bool = False
    position_valid: bool = True
    position_inaccurate: bool = False
    height_valid: bool = True
    attitude_valid: bool = True
    offboard_signal: bool = False
    manual_control: bool = False
    wind_over_limit: bool = False
    tumbling: bool = False
    height_lost: bool = False
    motor_failed: bool = False
    sensed: Sensed = field(default_factory=Sensed)
