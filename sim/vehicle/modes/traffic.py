"""Other aircraft nearby: PX4's detect-and-avoid by the zones of ASTM F3442, one report at a time.

A zone is a cylinder about the vehicle; the two outer ones grow with both aircraft's speeds. Source:
PX4-Autopilot v1.17, src/lib/adsb/f3442_standard/DaaF3442.cpp, navigator/DetectAndAvoid.
"""

import math
from collections.abc import Mapping
from enum import IntEnum

from onboard.mavlink.px4_modes import Px4Mode
from sim.vehicle.modes.requests import TrafficReport
from sim.vehicle.navigation import NavigationState, level_distance_m
from sim.vehicle.trajectory import Ned

INFO, WARNING = 6, 4
ACTIONS = {2: Px4Mode.RTL, 3: Px4Mode.LAND, 4: Px4Mode.HOLD, 5: Px4Mode.TERMINATION}
ORDERS = {Px4Mode.RTL: "Return", Px4Mode.LAND: "Land", Px4Mode.HOLD: "Hold"}
Parameters = Mapping[str, int | float]


class Conflict(IntEnum):
    """How near an aircraft is."""

    NONE = 0
    LOW = 1
    MEDIUM = 2
    HIGH = 3
    CRITICAL = 4


_ACTION_PARAMETERS = {
    Conflict.LOW: "DAA_LVL_LOW_ACT",
    Conflict.MEDIUM: "DAA_LVL_MED_ACT",
    Conflict.HIGH: "DAA_LVL_HIGH_ACT",
    Conflict.CRITICAL: "DAA_LVL_CRIT_ACT",
}


def conflict(
    own: NavigationState, report: TrafficReport, parameters: Parameters
) -> tuple[Conflict, float]:
    """The zone that an aircraft is in, and its distance in metres."""
    apart = level_distance_m(own.position, report.place)
    above = abs(own.position.d - report.place.d)
    near = (float(parameters["DAA_LVL_CRIT_RAD"]), float(parameters["DAA_LVL_CRIT_HGT"]))
    clear = (float(parameters["DAA_LVL_HIGH_RAD"]), float(parameters["DAA_LVL_HIGH_HGT"]))
    # Both aircraft have such a cylinder about them, and theirs may not touch.
    near = (2.0 * near[0], 2.0 * near[1])
    clear = (2.0 * clear[0], 2.0 * clear[1])
    ignores = int(parameters["DAA_EN_DFLT_VEL"]) != 0
    sinks = float(parameters["DAA_DFLT_VEL"]) if ignores else abs(report.velocity.d)
    level = _level(own.velocity) + _level(report.velocity)
    upright = abs(own.velocity.d) + sinks
    medium_s, low_s = parameters["DAA_LVL_MED_TIME"], parameters["DAA_LVL_LOW_TIME"]
    zones = (
        (Conflict.CRITICAL, near, 0.0),
        (Conflict.HIGH, clear, 0.0),
        (Conflict.MEDIUM, near, medium_s),
        (Conflict.LOW, clear, low_s),
    )
    distance = math.hypot(apart, above)
    for found, (radius, height), time_s in zones:
        if apart <= radius + level * time_s and above <= height + upright * time_s:
            return found, distance
    return Conflict.NONE, distance


def _level(velocity: Ned) -> float:
    return math.hypot(velocity.n, velocity.e)


class TrafficWatch:
    """Who is near, and what was said of it."""

    def __init__(self) -> None:
        self.levels: dict[str, Conflict] = {}
        self._told_s: dict[str, float] = {}

    def hear(
        self,
        report: TrafficReport,
        own: NavigationState,
        parameters: Parameters,
    ) -> tuple[list[tuple[int, str]], Px4Mode | None]:
        """Take a report in: texts for the operator, and the mode that PX4 switches to by itself."""
        if int(parameters["DAA_EN"]) == 0:
            return [], None
        level, distance_m = conflict(own, report, parameters)
        before = self.levels.get(report.callsign, Conflict.NONE)
        worst_before = max(self.levels.values(), default=Conflict.NONE)
        if level is Conflict.NONE:
            self.levels.pop(report.callsign, None)
        else:
            self.levels[report.callsign] = level
        every_s = float(parameters["DAA_NOTIF_STATE"])
        told_s = self._told_s.get(report.callsign, own.now_s)
        repeats = level is not Conflict.NONE and own.now_s - told_s >= every_s
        if level is before and not repeats:
            return [], None
        self._told_s[report.callsign] = own.now_s
        main = level >= max(self.levels.values(), default=Conflict.NONE)
        text = _words(report.callsign, level, before, main=main, distance_m=distance_m)
        warned = max(level, before)
        acts = int(parameters[_ACTION_PARAMETERS[warned]])
        texts = [(WARNING if level > before else INFO, text)] if acts > 0 else []
        rises = level > worst_before and not own.landed
        mode = ACTIONS.get(int(parameters[_ACTION_PARAMETERS[level]])) if rises else None
        if mode in ORDERS:
            order = f"DAA {report.callsign}: {ORDERS[mode]}! lvl {level:d}. {int(distance_m)} m.\t"
            texts.append((WARNING, order))
        return texts, mode


def _words(
    callsign: str, level: Conflict, before: Conflict, *, main: bool, distance_m: float
) -> str:
    away = int(distance_m)
    if level is before:
        return f"DAA {'Main' if main else 'SEC'}: {callsign} lvl {level:d}. {away} m.\t"
    if level is Conflict.NONE:
        return "DAA all conflicts solved.\t" if main else f"DAA SEC: {callsign} solved. {away} m.\t"
    prefix = "DAA Main:" if main else "DAA SEC:"
    if before is Conflict.NONE and main:
        prefix = "DAA New and Main:"
    turn = "UP" if level > before else "DOWN"
    return f"{prefix} {callsign} lvl {turn} {level:d}. {away} m.\t"
