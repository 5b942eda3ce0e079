"""What the commander knows of the pilot: where the throttle is, whether the motors were stopped.

Source: PX4-Autopilot v1.17, src/modules/commander/Commander.cpp (arm, disarm,
executeActionRequest).
"""

from dataclasses import dataclass

from onboard.mavlink.px4_modes import Px4Mode
from sim.vehicle.safety.flags import MANUAL_CONTROL, Flags

# Modes in which the stick is the thrust; in the others its middle keeps the height.
BY_THRUST = frozenset((Px4Mode.MANUAL, Px4Mode.STABILIZED, Px4Mode.ACRO))
LOW_THROTTLE, MIDDLE_THROTTLE = -0.8, 0.2
THROTTLE_UNSAFE = "Arming denied: throttle not in safe position\t"
NOT_LANDED = "Disarming denied: not landed\t"
STICK_GESTURE = "stick gesture"
KILLED_DISARMS_S = 5.0


@dataclass(slots=True, kw_only=True)
class Pilot:
    """`throttle` from -1 to 1, as last heard; `killed` once a gesture stopped the motors."""

    throttle: float = 0.0
    killed: bool = False
    killed_s: float = 0.0

    def throttle_safe(self, mode: Px4Mode, flags: Flags) -> bool:
        """Whether the throttle stick, where there is one, will not throw the vehicle up."""
        if mode not in MANUAL_CONTROL or flags.manual_control_lost:
            return True
        if mode in BY_THRUST:
            return self.throttle < LOW_THROTTLE
        return self.throttle <= MIDDLE_THROTTLE

    def may_disarm_in_flight(self, mode: Px4Mode, reason: str) -> bool:
        """Whoever has the thrust in hand may drop the vehicle."""
        return reason == STICK_GESTURE and mode in BY_THRUST

    def kill(self, now_s: float) -> None:
        """Stop the motors."""
        self.killed, self.killed_s = True, now_s

    def wants_disarming(self, now_s: float) -> bool:
        """Whether motors have been stopped for so long that the vehicle is to be disarmed."""
        return self.killed and now_s >= self.killed_s + KILLED_DISARMS_S
