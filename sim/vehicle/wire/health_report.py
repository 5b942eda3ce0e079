"""PX4's report on health and arming checks, as events: what is wrong and which modes it closes.

A report is a summary of the arming checks, one event a failed check, and a summary of health. PX4
sends it when something in it changed, two seconds apart at least. Masks of components and modes are
those of 01_boot_idle_1x and 02_mission_square_1x.
Source: PX4-Autopilot v1.17, src/modules/commander/HealthAndArmingChecks/Common.cpp.
"""

import math
import struct
from dataclasses import dataclass

from onboard.mavlink.px4_modes import Px4Mode
from sim.vehicle.wire.events import Event

APART_S = 2.0
FIRST_S = 2.088
ALL_MODES = 0xFFFFFFFF
NO_COMPONENT, REMOTE_CONTROL, LINKS, LOCAL_POSITION = 0, 7, 12, 17
SYSTEM, GLOBAL_POSITION = 20, 24
ERROR, WARNING, INFO, PROTOCOL = 0x33, 0x44, 0x66, 0x88
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


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthFacts:
    """What the report is made of."""

    ready: bool
    mission_valid: bool
    ground_connected: bool
    offboard_signal: bool
    mode: Px4Mode
    armed: bool


@dataclass(frozen=True, slots=True)
class _Check:
    name: str
    levels: int
    modes: int
    component: int

    def event(self) -> Event:
        return Event(
            name=self.name,
            levels=self.levels,
            arguments=struct.pack("<IB", self.modes, self.component),
        )


_HEADING = _Check("check_estimator_heading_no_source", ERROR, 0x007E00FC, LOCAL_POSITION)
_OFFBOARD = _Check("check_modes_offboard_signal_lost", ERROR, 0x00004000, SYSTEM)
_LOCAL = _Check("check_modes_local_pos", ERROR, 0x007E00FC, LOCAL_POSITION)
_GLOBAL = _Check("check_modes_global_pos", ERROR, 0x00000038, GLOBAL_POSITION)
_UNSUITED = _Check("check_modes_cannot_takeoff", INFO, NOT_FOR_ARMING, SYSTEM)
_MISSION = _Check("check_modes_mission", INFO, MISSION_MODE, SYSTEM)
_MANUAL = _Check("check_modes_manual_control", WARNING, ALL_MODES, REMOTE_CONTROL)
_NO_LINK = _Check("check_rc_dl_no_dllink", INFO, ALL_MODES, LINKS)


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
    error = warning = 0
    for check in checks:
        if check.levels == ERROR:
            error |= 1 << check.component
        elif check.levels == WARNING:
            warning |= 1 << check.component
    runs = READY_MODES if facts.ready else UNREADY_MODES
    if facts.ready and facts.mission_valid:
        runs |= MISSION_MODE
    arms = runs & ARMED_LANDING_MODES if facts.mode in UNSUITED else runs
    summary = struct.pack("<BIIII", 0, error, warning, arms, runs)
    present = PRESENT if facts.ready else PRESENT_AT_BOOT
    health = struct.pack("<BIII", 0, present, 0, 0)
    return [
        Event(name="commander_arming_check_summary", levels=PROTOCOL, arguments=summary),
        *(check.event() for check in checks),
        Event(name="commander_health_summary", levels=PROTOCOL, arguments=health),
    ]


def _failed(facts: HealthFacts) -> list[_Check]:
    conditions = (
        (not facts.ready, _HEADING),
        (not facts.offboard_signal, _OFFBOARD),
        (not facts.ready, _LOCAL),
        (not facts.ready, _GLOBAL),
        (facts.mode in UNSUITED and not facts.armed, _UNSUITED),
        (not facts.mission_valid, _MISSION),
        (True, _MANUAL),
        (not facts.ground_connected, _NO_LINK),
    )
    return [check for failed, check in conditions if failed]
