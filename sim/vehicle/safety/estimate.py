"""What the vehicle believes of its place while sensors fail, as PX4's estimator (EKF2) comes to it.

Errors are belief minus truth, in the local north-east-down frame. Without a fault nothing is
computed. Times are read off flights of PX4 v1.17 with injected failures: the position is given up
5.0 s after the last satellite fix, taken up 1.5 s after its return; a receiver that sticks is
disbelieved for 9 s and then believed at one stroke.
"""

import math
from collections.abc import Mapping
from random import Random

from sim.vehicle.faults import NOTHING, SensorState, VehicleFaults
from sim.vehicle.trajectory import Ned

EMERGENCY, CRITICAL = 0, 2
TAKEN_UP_AFTER_S = 1.5
DISBELIEVED_S = 9.0
STUCK_GATE_M = 5.0
SILENT_AFTER_S, STALE_AFTER_S = 1.1, 1.6
# PX4 was 0.8 m off after 12 s of dead reckoning (09).
INERTIAL_DRIFT_M_S2 = 0.01
NOISE_TIME_S = 5.0
NOISE_PASSED = 0.5
FOLLOWS_COMPASS_S, FOLLOWS_SPEED_S = 3.0, 2.0
STRONG_BIAS = 0.6
NOTICED_AFTER_S = 5.0
SHARE_BESIDE_SATELLITES = 0.25
FIX_LOST_AFTER_S = 0.9
NO_FIX, FIX_2D, FIX_3D, SATELLITES, UNKNOWN = 0, 2, 3, 10, 255


class Estimate:
    """Belief minus truth and how far it may be trusted; `step` moves it on."""

    def __init__(self, faults: VehicleFaults, random: Random) -> None:
        self.position_error = self.velocity_error = NOTHING
        self.gps_error = NOTHING
        self.yaw_error = 0.0
        self.position_valid = self.attitude_valid = self.height_valid = True
        self.heading_valid = True
        self.magnetometer_fault = False
        self.fix_type, self.satellites = FIX_3D, SATELLITES
        self.resets = 0
        self.texts: list[tuple[int, str]] = []
        self._faults, self._random = faults, random
        self._settled = True
        self._seen = faults.revision
        self._before_s = 0.0
        self._began_s: dict[str, float] = {}
        self._told: set[str] = set()
        self._aided = True
        self._unaided_since_s = 0.0
        self._frozen: Ned | None = None
        self._drift = self._noise = NOTHING
        self._baro_m = 0.0
        self._inertial = NOTHING

    @property
    def settled(self) -> bool:
        """Whether belief is truth and stays so until a fault begins."""
        return self._settled and self._seen == self._faults.revision

    @property
    def receiver_silent_since_s(self) -> float | None:
        """Since when the satellite receiver says nothing at all; None while it speaks."""
        return self._began_s.get("gps off")

    def silent(self, sensor: str, now_s: float) -> bool:
        """Whether a sensor has been off for so long that the checks miss its data."""
        began_s = self._began_s.get(f"{sensor} off")
        return began_s is not None and now_s - began_s >= SILENT_AFTER_S

    def step(
        self,
        *,
        position: Ned,
        velocity: Ned,
        flying: bool,
        parameters: Mapping[str, int | float],
        now_s: float,
    ) -> None:
        """Move on to a boot second; position and velocity are the true ones."""
        if self.settled:
            return
        # A settled estimate is not stepped: time begins with the fault.
        dt_s = 0.0 if self._settled else max(now_s - self._before_s, 0.0)
        self._before_s = now_s
        self._seen = self._faults.revision
        self._note_times(now_s)
        self._measure(position, dt_s, now_s)
        self._horizontal(position, velocity, flying, parameters, dt_s, now_s)
        self._vertical(parameters, dt_s)
        self._heading(velocity, dt_s, now_s)
        faults = self._faults
        self.attitude_valid = not (self.silent("accel", now_s) or self.silent("gyro", now_s))
        self.height_valid = self.attitude_valid
        self._settled = not faults.sensors_faulty and self._recovered()

    def _recovered(self) -> bool:
        errors = (*self.position_error, *self.velocity_error, self.yaw_error, self._baro_m)
        if not self._aided or any(abs(error) > 1e-3 for error in errors):
            return False
        self.position_error = self.velocity_error = self.gps_error = NOTHING
        self._drift = self._noise = NOTHING
        self.yaw_error = self._baro_m = 0.0
        self._began_s.clear()
        self._told.clear()
        return True

    def _note_times(self, now_s: float) -> None:
        faults = self._faults
        states = {
            "gps": faults.gps,
            "mag": faults.magnetometer,
            "baro": faults.barometer,
            "accel": faults.accelerometer,
            "gyro": faults.gyroscope,
        }
        for name, state in states.items():
            for other in SensorState:
                key = f"{name} {other.value}"
                if state is not other:
                    self._began_s.pop(key, None)
                    self._told.discard(key)
                elif key not in self._began_s:
                    self._began_s[key] = now_s
        for key, (after_s, text) in _TEXTS.items():
            began_s = self._began_s.get(key)
            if began_s is not None and key not in self._told and now_s - began_s >= after_s:
                self._told.add(key)
                self.texts.append((EMERGENCY, text))

    def _measure(self, position: Ned, dt_s: float, now_s: float) -> None:
        """What the receiver reports beside the truth."""
        faults = self._faults
        rate = faults.gps_drift_m_s
        if rate == NOTHING:
            self._drift = NOTHING
        self._drift = _add(self._drift, rate, dt_s)
        self._noise = self._wander(faults.gps_noise_m, dt_s)
        error = _add(_add(faults.gps_offset_m, self._drift, 1.0), self._noise, 1.0)
        if faults.gps is SensorState.STUCK:
            self._frozen = self._frozen or _add(position, error, 1.0)
            error = _add(self._frozen, position, -1.0)
        else:
            self._frozen = None
        self.gps_error = error
        self._fix(now_s)

    def _wander(self, deviation_m: float, dt_s: float) -> Ned:
        if deviation_m == 0.0:
            return NOTHING
        keep = math.exp(-dt_s / NOISE_TIME_S)
        kick = deviation_m * math.sqrt(1.0 - keep * keep)
        gauss = self._random.gauss
        n, e, d = self._noise
        return Ned(
            n * keep + kick * gauss(0.0, 1.0),
            e * keep + kick * gauss(0.0, 1.0),
            d * keep + kick * gauss(0.0, 1.5),
        )

    def _fix(self, now_s: float) -> None:
        off_s = self._began_s.get("gps off")
        self.fix_type, self.satellites = FIX_3D, SATELLITES
        if off_s is not None and now_s - off_s >= FIX_LOST_AFTER_S:
            self.fix_type, self.satellites = NO_FIX, UNKNOWN
        elif self._faults.gps is SensorState.WRONG:
            self.fix_type = FIX_2D

    def _horizontal(
        self,
        position: Ned,
        velocity: Ned,
        flying: bool,
        parameters: Mapping[str, int | float],
        dt_s: float,
        now_s: float,
    ) -> None:
        usable = self._faults.gps in (SensorState.ON, SensorState.STUCK)
        if self._frozen is not None:
            off = _add(self.gps_error, self.position_error, -1.0)
            usable = math.hypot(off.n, off.e) < STUCK_GATE_M
        if usable and self._aided:
            self._follow(dt_s)
            self._unaided_since_s = now_s
            return
        if self._aided:
            self._aided = False
            self._begin_dead_reckoning(now_s)
        self._dead_reckon(flying, dt_s)
        self._regain(usable, parameters, now_s)

    def _begin_dead_reckoning(self, now_s: float) -> None:
        gauss = self._random.gauss
        self._inertial = Ned(gauss(0.0, INERTIAL_DRIFT_M_S2), gauss(0.0, INERTIAL_DRIFT_M_S2), 0.0)
        self._unaided_since_s = now_s

    def _follow(self, dt_s: float) -> None:
        if self._frozen is not None:
            return
        passed = _add(self.gps_error, self._noise, NOISE_PASSED - 1.0)
        share = min(dt_s / FOLLOWS_SPEED_S, 1.0)
        self.position_error = Ned(passed.n, passed.e, self.position_error.d)
        rate, v = self._faults.gps_drift_m_s, self.velocity_error
        self.velocity_error = Ned(v.n + (rate.n - v.n) * share, v.e + (rate.e - v.e) * share, v.d)

    def _dead_reckon(self, flying: bool, dt_s: float) -> None:
        if not flying:
            return
        self.velocity_error = _add(self.velocity_error, self._inertial, dt_s)
        self.position_error = _add(
            self.position_error, Ned(self.velocity_error.n, self.velocity_error.e, 0.0), dt_s
        )

    def _regain(self, usable: bool, parameters: Mapping[str, int | float], now_s: float) -> None:
        unaided_s = now_s - self._unaided_since_s
        timeout_s = float(parameters["EKF2_NOAID_TOUT"]) / 1e6
        if self._frozen is None and unaided_s >= timeout_s:
            self.position_valid = False
        back_s = self._began_s.get("gps on")
        returned = back_s is not None and now_s - back_s >= TAKEN_UP_AFTER_S
        believed = self._frozen is not None and unaided_s >= DISBELIEVED_S
        if (usable and returned) or believed or (self._frozen is not None and usable):
            self.resets += 1
            error = self.gps_error
            self.position_error = Ned(error.n, error.e, self.position_error.d)
            if not believed:
                self.velocity_error = NOTHING
            self._aided = self.position_valid = True
            self._unaided_since_s = now_s

    def _vertical(self, parameters: Mapping[str, int | float], dt_s: float) -> None:
        faults = self._faults
        if faults.barometer_drift_m_s == 0.0 and faults.barometer is SensorState.ON:
            self._baro_m *= math.exp(-dt_s / FOLLOWS_SPEED_S)
        self._baro_m += faults.barometer_drift_m_s * dt_s
        alone = int(parameters["EKF2_HGT_REF"]) == 0 or not self._aided
        share = 1.0 if alone else SHARE_BESIDE_SATELLITES
        satellites = self.gps_error.d if self._aided and not alone else 0.0
        down = satellites - self._baro_m * share
        p, follow = self.position_error, min(dt_s / FOLLOWS_SPEED_S, 1.0)
        self.position_error = Ned(p.n, p.e, p.d + (down - p.d) * follow)

    def _heading(self, velocity: Ned, dt_s: float, now_s: float) -> None:
        faults = self._faults
        bias = faults.magnetometer_bias
        strong = abs(bias) > STRONG_BIAS
        if not strong:
            self._began_s.pop("bias", None)
            self.magnetometer_fault = False
        else:
            began_s = self._began_s.setdefault("bias", now_s)
            moving = math.hypot(velocity.n, velocity.e) > 1.0
            if moving and now_s - began_s >= NOTICED_AFTER_S:
                self.magnetometer_fault = True
        self.heading_valid = not strong
        if faults.magnetometer is not SensorState.ON:
            return
        wanted = 0.0 if self.magnetometer_fault else bias
        self.yaw_error += (wanted - self.yaw_error) * min(dt_s / FOLLOWS_COMPASS_S, 1.0)


_TEXTS = {
    "mag off": (1.07, "MAG #0 failed:  TIMEOUT!\t"),
    "baro off": (1.0, "BARO #0 failed:  TIMEOUT!\t"),
    "baro stuck": (STALE_AFTER_S, "BARO #0 failed:  STALE!\t"),
    "accel off": (0.5, "Accel #0 fail:  TIMEOUT!\t"),
    "gyro off": (0.5, "Gyro #0 fail:  TIMEOUT!\t"),
}


def _add(a: Ned, b: Ned, share: float) -> Ned:
    return Ned(a.n + b.n * share, a.e + b.e * share, a.d + b.d * share)
