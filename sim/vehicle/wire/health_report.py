"""PX4's report on health and arming checks, as events: what is wrong and which modes it closes.

A report is a summary of the arming checks, one event a failed check, and a summary of health. PX4
sends it when something in it changed, two seconds apart at least. Masks of components and modes are
those of 01_boot_idle_1x, 02_mission_square_1x and 09_inject_gps_loss_2x.
Source: PX4-Autopilot v1.17, src/modules/commander/HealthAndArmingChecks/Common.cpp and checks/;
SYS_STATUS: src/modules/mavlink/streams/SYS_STATUS.hpp.
"""

import math
import struct
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from onboard.mavlink.px4_modes import Px4Mode
from sim.vehicle.safety.health import Finding
from sim.vehicle.wire.event_words import MODE_NUMBERS
from sim.vehicle.wire.events import Event

if TYPE_CHECKING:
    from sim.vehicle.aircraft import Aircraft

APART_S = 2.0
FIRST_S = 2.088
ALL_MODES = 0xFFFFFFFF
NO_COMPONENT, BAROMETER, SATELLITES, REMOTE_CONTROL, BATTERY = 0, 1, 3, 7, 11
LINKS, LOCAL_POSITION, SYSTEM, GLOBAL_POSITION = 12, 17, 20, 24
MAGNETOMETER, ACCELEROMETER, GYROSCOPE, REMOTE_ID = 27, 28, 29, 30
EMERGENCY, CRITICAL, ERROR, WARNING, INFO, PROTOCOL = 0x00, 0x22, 0x33, 0x44, 0x66, 0x88
PRESENT_AT_BOOT, PRESENT = 0x38020D02, 0x38021D0A
# Modes that the vehicle could be armed or flown in.
UNREADY_MODES, READY_MODES, MISSION_MODE = 0x80013A00, 0x807F3AB0, 0x8
# Return, land, descend and the like: nothing to arm in.
NOT_FOR_ARMING = 0x003C3020
ARMED_LANDING_MODES = 0x80430A90
UNSUITED = frozenset(
    (Px4Mode.RTL, Px4Mode.LAND, Px4Mode.DESCEND, Px4Mode.FOLLOW, Px4Mode.ORBIT,
     Px4Mode.PRECISION_LAND)
)  # fmt: skip
# MAV_SYS_STATUS_SENSOR of the components that SYS_STATUS tells of.
SENSOR_BITS = {
    BAROMETER: 1 << 3, 2: 1 << 4, SATELLITES: 1 << 5, REMOTE_CONTROL: 1 << 16, 8: 1 << 15,
    10: 1 << 24, BATTERY: 1 << 25, 16: 1 << 11 | 1 << 21, LOCAL_POSITION: 1 << 14,
    MAGNETOMETER: 1 << 2, ACCELEROMETER: 1 << 1, GYROSCOPE: 1 << 0,
}  # fmt: skip
ALL_SENSORS = sum(SENSOR_BITS.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthFacts:
    """What the report is made of; `findings` are those of the checks that have an event here."""

    ready: bool
    mission_valid: bool
    ground_connected: bool
    offboard_signal: bool
    mode: Px4Mode
    armed: bool
    position: bool = True
    satellites: bool = True
    manual_control: bool = False
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class _Check:
    name: str
    levels: int
    modes: int
    component: int
    health: bool = False
    more: bytes = b""

    def event(self) -> Event:
        packed = struct.pack("<IB", self.modes, self.component)
        return Event(name=self.name, levels=self.levels, arguments=packed + self.more)


_HEADING = _Check("check_estimator_heading_no_source", ERROR, 0x007E00FC, LOCAL_POSITION)
_OFFBOARD = _Check("check_modes_offboard_signal_lost", ERROR, 0x00004000, SYSTEM)
_LOCAL = _Check("check_modes_local_pos", ERROR, 0x007E00FC, LOCAL_POSITION)
_GLOBAL = _Check("check_modes_global_pos", ERROR, 0x00000038, GLOBAL_POSITION)
_UNSUITED = _Check("check_modes_cannot_takeoff", INFO, NOT_FOR_ARMING, SYSTEM)
_MISSION = _Check("check_modes_mission", INFO, MISSION_MODE, SYSTEM)
_MANUAL = _Check("check_modes_manual_control", WARNING, ALL_MODES, REMOTE_CONTROL)
_NO_LINK = _Check("check_rc_dl_no_dllink", INFO, ALL_MODES, LINKS)
_FIRST = b"\0"
_BATTERY_1 = b"\1"


def _sensor(name: str, component: int, more: bytes = _FIRST, levels: int = ERROR) -> "_Maker":
    return lambda finding: _Check(name, levels, _mask(finding), component, True, more)


def _arming(name: str, component: int = SYSTEM, levels: int = ERROR) -> "_Maker":
    return lambda finding: _Check(name, levels, _mask(finding), component)


def _charge(finding: Finding) -> _Check:
    word = (finding.text or "low").split()[0].lower()
    levels = EMERGENCY if word == "emergency" else CRITICAL
    return _Check(f"check_battery_{word}", levels, _mask(finding), BATTERY)


def _attitude(finding: Finding) -> _Check:
    axis = "pitch" if "pitch" in (finding.text or "") else "roll"
    return _Check(f"check_failure_detector_{axis}", CRITICAL, _mask(finding), SYSTEM)


def _remote_id(finding: Finding) -> _Check:
    word = "missing" if "missing" in (finding.text or "") else "unhealthy"
    levels = ERROR if finding.blocks else WARNING
    name = f"check_open_drone_id_{word}"
    return _Check(name, levels, _mask(finding), REMOTE_ID, health=True)


_Maker = Callable[[Finding], _Check]
_BY_FINDING: dict[str, _Maker] = {
    "accelerometer": _sensor("check_accel_no_data", ACCELEROMETER),
    "gyroscope": _sensor("check_gyro_no_data", GYROSCOPE),
    "magnetometer": _sensor("check_mag_no_data", MAGNETOMETER),
    "barometer": _sensor("check_baro_no_data", BAROMETER),
    "battery": _sensor("check_battery_disconnected", BATTERY, _BATTERY_1, EMERGENCY),
    "charge": _charge,
    "compass": _arming("check_estimator_mag_fault", LOCAL_POSITION, CRITICAL),
    "attitude": _attitude,
    "height": _arming("check_failure_detector_alt", levels=CRITICAL),
    "fence distance": _arming("check_gf_violation_max_hor_dist"),
    "fence height": _arming("check_gf_violation_max_alt"),
    "fence": _arming("check_gf_violation_custom_gf"),
    "fence home": _arming("check_gf_no_home"),
    "flight time": _arming("check_flight_time_limit"),
    "rally": _arming("check_rally_point_missing", levels=WARNING),
    "remote id": _remote_id,
}


def _mask(finding: Finding) -> int:
    if len(finding.blocks) == len(Px4Mode):
        return ALL_MODES
    return sum(1 << number for mode, number in MODE_NUMBERS.items() if mode in finding.blocks)


def facts_of(aircraft: "Aircraft") -> HealthFacts:
    """What there is to report now."""
    commander = aircraft.commander
    flags = commander.flags
    return HealthFacts(
        ready=commander.ready,
        mission_valid=not flags.mission_missing,
        ground_connected=not flags.ground_station_lost,
        offboard_signal=not flags.offboard_signal_lost,
        mode=aircraft.mode,
        armed=commander.armed,
        position=not flags.local_position_invalid or not commander.ready,
        satellites=commander.health.sensed.satellites,
        manual_control=not flags.manual_control_lost,
        findings=tuple(f for f in commander.health.findings if f.name in _BY_FINDING),
    )


class HealthReport:
    """Says when a report is due and what it holds."""

    def __init__(self) -> None:
        self._told: HealthFacts | None = None
        self._next_s = FIRST_S

    def waits_until_s(self, facts: HealthFacts) -> float:
        """When a change that was seen already is told; infinite where all is told."""
        return math.inf if facts == self._told else self._next_s

    @property
    def next_s(self) -> float:
        """Before this boot second there is nothing to do."""
        return self._next_s

    def due(self, facts: HealthFacts, boot_s: float) -> list[Event]:
        """The events of a report where one is due."""
        if boot_s < self._next_s or facts == self._told:
            return []
        self._told = facts
        self._next_s = boot_s + APART_S
        return report(facts)


def report(facts: HealthFacts) -> list[Event]:
    """The events of a whole report."""
    checks = _failed(facts)
    arming = _masks(check for check in checks if not check.health)
    wrong = _masks(check for check in checks if check.health)
    able = facts.ready and facts.position
    runs = READY_MODES if able else UNREADY_MODES
    if able and facts.mission_valid:
        runs |= MISSION_MODE
    arms = runs & ARMED_LANDING_MODES if facts.mode in UNSUITED else runs
    for finding in facts.findings:
        arms &= ~_mask(finding)
    summary = struct.pack("<BIIII", 0, *arming, arms, runs)
    health = struct.pack("<BIII", 0, _present(facts), *wrong)
    return [
        Event(name="commander_arming_check_summary", levels=PROTOCOL, arguments=summary),
        *(check.event() for check in checks),
        Event(name="commander_health_summary", levels=PROTOCOL, arguments=health),
    ]


def sensor_bits(facts: HealthFacts | None) -> tuple[int, int, int]:
    """SYS_STATUS's present, enabled and healthy sensors; None before the first report."""
    if facts is None:
        return 0, 0, ALL_SENSORS
    error, warning = _masks(_failed(facts))
    present = _present(facts)
    there = sum(bits for component, bits in SENSOR_BITS.items() if present >> component & 1)
    ill = sum(bits for component, bits in SENSOR_BITS.items() if (error | warning) >> component & 1)
    return there, there | ill, ALL_SENSORS & ~ill


def _present(facts: HealthFacts) -> int:
    present = PRESENT if facts.ready else PRESENT_AT_BOOT
    if not facts.satellites:
        present &= ~(1 << SATELLITES)
    if facts.manual_control:
        present |= 1 << REMOTE_CONTROL
    return present


def _masks(checks: Iterable[_Check]) -> tuple[int, int]:
    """Components with errors, and with warnings."""
    error = warning = 0
    for check in checks:
        if check.levels <= ERROR:
            error |= 1 << check.component
        elif check.levels == WARNING:
            warning |= 1 << check.component
    return error, warning


def _failed(facts: HealthFacts) -> list[_Check]:
    placed = facts.ready and facts.position
    conditions = (
        (not facts.ready, _HEADING),
        (not facts.offboard_signal, _OFFBOARD),
        (not placed, _LOCAL),
        (not placed, _GLOBAL),
        (facts.mode in UNSUITED and not facts.armed, _UNSUITED),
        (not facts.mission_valid, _MISSION),
        (not facts.manual_control, _MANUAL),
        (not facts.ground_connected, _NO_LINK),
    )
    checks = [_BY_FINDING[finding.name](finding) for finding in facts.findings]
    return checks + [check for failed, check in conditions if failed]
