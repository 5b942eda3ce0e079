"""PX4's failure detector: tumbling, loss of height, a dead motor.

Source: PX4-Autopilot v1.17, src/modules/commander/failure_detector/FailureDetector.cpp and
HealthAndArmingChecks/checks/escCheck.cpp.
"""

import math

from sim.vehicle.commander import Commander
from sim.vehicle.faults import ALL_WORKING, VehicleFaults
from sim.vehicle.flight import Flight
from sim.vehicle.guidance import Leg
from sim.vehicle.rotation import tilt_angles
from sim.vehicle.safety.facts import CommanderFacts

DEAD_BELOW = 0.3
# Tilted by less than 30 degrees, nothing is rolled over.
LITTLE_TILT, LEAST_UPRIGHT = 0.87, 1e-3
# The detector looks at attitude where attitude is controlled.
BY_RATES = frozenset((Leg.STICKS_ACRO, Leg.RATES))


class FailureWatch:
    """Holds how long each sign has lasted."""

    def __init__(self) -> None:
        self._rolled_s: float | None = None
        self._pitched_s: float | None = None
        self._sunk_s: float | None = None
        self._motor_s: float | None = None
        self._reference_d: float | None = None

    def step(
        self,
        facts: CommanderFacts,
        flight: Flight,
        commander: Commander,
        faults: VehicleFaults,
        now_s: float,
    ) -> None:
        """Look at attitude, height and motors; `facts` take what is found."""
        parameters = commander.parameters
        body = flight.body
        sensed = facts.sensed
        up = body.upright
        if up > LITTLE_TILT or flight.leg in BY_RATES:
            self._rolled_s = self._pitched_s = None
            sensed.rolled_over = sensed.pitched_over = False
        else:
            upright = math.copysign(max(abs(up), LEAST_UPRIGHT), up)
            roll, pitch = tilt_angles(body.lean_n, body.lean_e, upright, body.yaw)
            self._rolled_s = _since(self._rolled_s, _over(roll, parameters["FD_FAIL_R"]), now_s)
            self._pitched_s = _since(self._pitched_s, _over(pitch, parameters["FD_FAIL_P"]), now_s)
            sensed.rolled_over = _lasted(self._rolled_s, parameters["FD_FAIL_R_TTRI"], now_s)
            sensed.pitched_over = _lasted(self._pitched_s, parameters["FD_FAIL_P_TTRI"], now_s)
        facts.tumbling = sensed.rolled_over or sensed.pitched_over
        if parameters["FD_ALT_LOSS"] > 0.0:
            facts.height_lost = self._sinking(flight, parameters["FD_ALT_LOSS"], now_s)
        if faults.motor_effectiveness is not ALL_WORKING and int(parameters["FD_ACT_EN"]) == 1:
            dead = commander.armed and min(faults.motor_effectiveness) < DEAD_BELOW
            self._motor_s = _since(self._motor_s, dead, now_s)
            facts.motor_failed = _lasted(self._motor_s, parameters["MOTFAIL_TIME"], now_s)

    def _sinking(self, flight: Flight, threshold_m: float, now_s: float) -> bool:
        setpoint = flight.setpoint
        down = flight.body.position.d
        wanted = None if setpoint is None else setpoint.position[2]
        if wanted is None or down <= wanted:
            self._reference_d = self._sunk_s = None
            return False
        reference = down if self._reference_d is None else self._reference_d
        self._reference_d = min(max(reference, wanted), down)
        self._sunk_s = _since(self._sunk_s, down - self._reference_d > threshold_m, now_s)
        return _lasted(self._sunk_s, 1.0, now_s)


def _over(angle: float, limit_deg: float) -> bool:
    return limit_deg > 0.0 and abs(angle) > math.radians(limit_deg)


def _since(since_s: float | None, holds: bool, now_s: float) -> float | None:
    if not holds:
        return None
    return now_s if since_s is None else since_s


def _lasted(since_s: float | None, limit_s: float, now_s: float) -> bool:
    return since_s is not None and now_s - since_s >= limit_s
