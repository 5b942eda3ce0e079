"""PX4's health and arming checks: what keeps the vehicle from arming, and the texts that say so.

The texts are sent again, all of them, whenever the set of findings changes, at most every two
seconds. Source: PX4-Autopilot v1.17, src/modules/commander/HealthAndArmingChecks.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from onboard.mavlink.px4_modes import Px4Mode
from sim.vehicle.battery import ChargeState
from sim.vehicle.safety import flags as needs
from sim.vehicle.safety.flags import Flags

EMERGENCY, CRITICAL, WARNING = 0, 2, 4
REPORTED_EVERY_S = 2.0
EVERY_MODE = frozenset(Px4Mode)
NO_MODE: frozenset[Px4Mode] = frozenset()
GEOFENCE_RETURN = 3
NO_MANUAL_CONTROL = 4
REMOTE_ID_PREVENTS_ARMING = 2
_BATTERY_TEXTS = {
    ChargeState.LOW: (CRITICAL, "Low battery\t"),
    ChargeState.CRITICAL: (CRITICAL, "Critical battery\t"),
    ChargeState.EMERGENCY: (EMERGENCY, "Emergency battery level\t"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something that a check does not like; `blocks` are the modes it forbids to arm in."""

    name: str
    blocks: frozenset[Px4Mode]
    severity: int = CRITICAL
    text: str | None = None


@dataclass(slots=True, kw_only=True)
class Sensed:
    """What the checks look at besides the flags; all of it right until said otherwise."""

    accelerometer: bool = True
    gyroscope: bool = True
    magnetometer: bool = True
    barometer: bool = True
    heading: bool = True
    satellites: bool = True
    compass_fault: bool = False
    rally_missing: bool = False
    remote_id_present: bool = True
    battery_connected: bool = True
    battery_remaining: float = 1.0
    killed: bool = False
    rolled_over: bool = False
    pitched_over: bool = False
    max_distance_breached: bool = False
    max_height_breached: bool = False
    custom_fence_breached: bool = False


class HealthChecks:
    """The findings of now; `texts` is what the operator is told of them."""

    def __init__(self) -> None:
        self.texts: list[tuple[int, str]] = []
        self.sensed = Sensed()
        self._findings: tuple[Finding, ...] = ()
        self._reported_at_s = -REPORTED_EVERY_S
        self._changed = False

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All that is not right."""
        return self._findings

    @property
    def next_report_s(self) -> float:
        """When findings that changed are told, infinite where all are told."""
        return self._reported_at_s + REPORTED_EVERY_S if self._changed else math.inf

    def can_arm(self, mode: Px4Mode) -> bool:
        """Whether the vehicle may be armed in a mode."""
        return not any(mode in finding.blocks for finding in self._findings)

    def step(
        self,
        flags: Flags,
        parameters: Mapping[str, int | float],
        *,
        armed: bool,
        mode: Px4Mode,
        now_s: float,
    ) -> None:
        """Look at everything once more."""
        before, self._findings = self._findings, tuple(self._find(flags, parameters, armed, mode))
        # What changes and changes back within the time is told, too.
        self._changed = self._changed or self._findings != before
        if self._changed and now_s >= self._reported_at_s + REPORTED_EVERY_S:
            self._changed, self._reported_at_s = False, now_s
            self.texts += [(f.severity, f.text) for f in self._findings if f.text is not None]

    def _find(
        self, flags: Flags, parameters: Mapping[str, int | float], armed: bool, mode: Px4Mode
    ) -> Iterator[Finding]:
        yield from self._sensors()
        yield from self._battery(flags, parameters, armed)
        yield from self._estimate(flags, parameters, armed)
        yield from self._fence(flags, parameters)
        yield from self._limits(flags)
        yield from _links(flags, parameters)
        yield from self._remote_id(flags, parameters)
        yield from _mode_needs(flags, parameters, armed, mode)

    def _sensors(self) -> Iterator[Finding]:
        sensed = self.sensed
        if sensed.killed:
            yield _failed("motors stopped", "Flight termination active")
        if not sensed.accelerometer:
            yield _failed("accelerometer", "No valid data from Accel 0")
        if not sensed.gyroscope:
            yield _failed("gyroscope", "No valid data from Gyro 0")
        if not sensed.magnetometer:
            yield _failed("magnetometer", "No valid data from Compass 0")
        if not sensed.barometer:
            yield _failed("barometer", "No valid data from Baro 0")

    def _battery(
        self, flags: Flags, parameters: Mapping[str, int | float], armed: bool
    ) -> Iterator[Finding]:
        if not self.sensed.battery_connected:
            text = "Battery 1 disconnected\t" if armed else None
            blocks = EVERY_MODE if armed else NO_MODE
            yield Finding(name="battery", blocks=blocks, text=text)
        least = parameters["COM_ARM_BAT_MIN"]
        in_use = not armed and least >= 0.0
        below = self.sensed.battery_remaining < least
        if flags.battery is not ChargeState.OK or (in_use and below):
            critical = flags.battery >= ChargeState.CRITICAL
            blocks = EVERY_MODE if (below if in_use else critical) else NO_MODE
            severity, words = _BATTERY_TEXTS.get(flags.battery, _BATTERY_TEXTS[ChargeState.LOW])
            yield Finding(name="charge", blocks=blocks, severity=severity, text=words)

    def _estimate(
        self, flags: Flags, parameters: Mapping[str, int | float], armed: bool
    ) -> Iterator[Finding]:
        sensed = self.sensed
        if sensed.compass_fault:
            text = "Compass needs calibration - Land now!\t"
            yield Finding(name="compass", blocks=EVERY_MODE, text=text)
        if not armed and not sensed.heading:
            yield Finding(
                name="heading",
                blocks=needs.LOCAL_POSITION | needs.ROUGH_LOCAL_POSITION,
                text="Preflight Fail: heading estimate invalid",
            )
        if armed and flags.position_inaccurate and parameters["COM_POS_LOW_ACT"] != 0:
            text = "Position estimate has low accuracy\t"
            yield Finding(name="accuracy", blocks=EVERY_MODE, severity=WARNING, text=text)
        if sensed.rolled_over:
            yield _failed("attitude", "Attitude failure (roll)")
        elif sensed.pitched_over:
            yield _failed("attitude", "Attitude failure (pitch)")
        if flags.height_lost:
            yield _failed("height", "Altitude failure")

    def _fence(self, flags: Flags, parameters: Mapping[str, int | float]) -> Iterator[Finding]:
        sensed, action = self.sensed, int(parameters["GF_ACTION"])
        if action != 0:
            if sensed.max_distance_breached:
                yield _said("fence distance", "Geofence: exceeding maximum distance to Home")
            if sensed.max_height_breached:
                yield _said("fence height", "Geofence: exceeding maximum altitude above Home")
            if sensed.custom_fence_breached:
                yield _said("fence", "Geofence: approaching or outside geofence")
        if action == GEOFENCE_RETURN and flags.home_invalid:
            yield _failed("fence home", "Geofence RTL requires valid home")

    def _limits(self, flags: Flags) -> Iterator[Finding]:
        if flags.flight_time_over:
            yield _said("flight time", "Maximum flight time reached\t")
        if flags.wind_over_limit:
            yield Finding(name="wind", blocks=EVERY_MODE)
        if flags.mission_failed:
            yield _said("mission", "Mission cannot be completed\t")
        if self.sensed.rally_missing:
            text = "No rally point configured\t"
            yield Finding(name="rally", blocks=NO_MODE, severity=WARNING, text=text)
        if flags.motor_failed:
            yield Finding(name="motor", blocks=EVERY_MODE)

    def _remote_id(self, flags: Flags, parameters: Mapping[str, int | float]) -> Iterator[Finding]:
        asked = int(parameters["COM_ARM_ODID"])
        if asked != 0 and flags.remote_id_lost:
            words = "not ready" if self.sensed.remote_id_present else "missing"
            yield Finding(
                name="remote id",
                blocks=EVERY_MODE if asked >= REMOTE_ID_PREVENTS_ARMING else NO_MODE,
                text=f"Preflight Fail: Open Drone ID system {words}",
            )


def _failed(name: str, words: str) -> Finding:
    return Finding(name=name, blocks=EVERY_MODE, text=f"Preflight Fail: {words}")


def _said(name: str, text: str) -> Finding:
    return Finding(name=name, blocks=EVERY_MODE, text=text)


def _links(flags: Flags, parameters: Mapping[str, int | float]) -> Iterator[Finding]:
    if flags.ground_station_lost:
        needed = parameters["NAV_DLL_ACT"] > 0
        yield Finding(
            name="ground station",
            blocks=EVERY_MODE if needed else NO_MODE,
            severity=WARNING,
            text="Preflight Fail: No connection to the GCS" if needed else None,
        )


def _mode_needs(
    flags: Flags, parameters: Mapping[str, int | float], armed: bool, mode: Px4Mode
) -> Iterator[Finding]:
    if not armed and mode in needs.PREVENTS_ARMING:
        yield Finding(name="mode", blocks=needs.PREVENTS_ARMING)
    wanting = (
        ("attitude", flags.attitude_invalid, needs.ATTITUDE),
        ("local position", flags.local_position_invalid, needs.LOCAL_POSITION),
        ("position", flags.rough_local_position_invalid, needs.ROUGH_LOCAL_POSITION),
        ("global position", flags.global_position_invalid, needs.GLOBAL_POSITION),
        ("altitude", flags.height_invalid, needs.HEIGHT),
        ("offboard", flags.offboard_signal_lost, frozenset((Px4Mode.OFFBOARD,))),
        ("home", flags.home_invalid, frozenset((Px4Mode.RTL,))),
        ("manual control", flags.manual_control_lost, needs.MANUAL_CONTROL),
    )
    for name, missing, modes in wanting:
        if missing:
            yield Finding(name=name, blocks=modes)
    if flags.mission_missing:
        everywhere = int(parameters["COM_ARM_MIS_REQ"]) != 0
        blocks = EVERY_MODE if everywhere else frozenset((Px4Mode.MISSION,))
        yield Finding(name="no mission", blocks=blocks)
