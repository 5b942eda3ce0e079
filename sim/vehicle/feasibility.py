"""PX4's navigator judging a mission after it was accepted by the protocol.

Written for the simulation from PX4's rules; the product's checks share nothing with it, so that
neither can hide the other's mistake. Source: PX4-Autopilot v1.17, src/modules/navigator/
MissionFeasibility/FeasibilityChecker.cpp and mission_feasibility_checker.cpp.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from missions.plan import Command
from sim.vehicle.fence import FenceOnBoard
from sim.vehicle.mission_items import NavItem
from sim.vehicle.navigation import level_distance_m
from sim.vehicle.trajectory import Ned

CRITICAL = 2
GATE_APART_M = 0.05
TAKEOFFS = frozenset((Command.NAV_TAKEOFF, Command.NAV_VTOL_TAKEOFF))
VTOL_ONLY = frozenset((Command.NAV_VTOL_TAKEOFF, Command.NAV_VTOL_LAND, 3000))
_DO_COMMANDS = (80, 189, 195, 196, 197, 200, 201, 203, 204, 205, 206, 214, 260)
_PAYLOAD_COMMANDS = (530, 531, 532, 534, 1000, 1001, 2000, 2001, 2003, 2500, 2501, 3000)
# What may stand before a take-off.
WITHOUT_PLACE = frozenset((0, 93, 112, 177, 178, 179, *_DO_COMMANDS, *_PAYLOAD_COMMANDS))
# PX4 counts actuators, grippers, tuning, arming and winches as waypoints there.
_COUNTED_AS_PLACES = (187, 211, 212, 400, 42600)
_FLOWN_TO = (16, 17, 19, 20, 21, 22, 31, 84, 85, 4501)
SUPPORTED = WITHOUT_PLACE | frozenset((*_COUNTED_AS_PLACES, *_FLOWN_TO))


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether the mission may be flown, and what the navigator says about it."""

    valid: bool
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What the judgement depends on besides the items; `home` None before a position is known."""

    home: Ned | None
    landed: bool
    fence: FenceOnBoard
    takeoff_land_required: int
    first_waypoint_far_m: float


def judge(
    items: Sequence[NavItem],
    circumstances: Circumstances,
    place: Callable[[NavItem], Ned],
) -> Verdict:
    """The navigator's verdict; `place` puts an item into the local frame."""
    if not items:
        return Verdict(valid=False, texts=())
    if circumstances.home is None:
        text = "Not yet ready for mission, no position lock.\t"
        return Verdict(valid=False, texts=(text,))
    for rule in (_unsupported, _starts_with_landing):
        refusal = rule(items, circumstances)
        if refusal is not None:
            return Verdict(valid=False, texts=(refusal,))
    home = circumstances.home
    refusals = [
        *_gates(items, place),
        *_takeoffs(items, home, place),
        *_vtol(items),
        *_takeoff_and_landing(items, circumstances.takeoff_land_required),
        *_fence(items, circumstances, home, place),
    ]
    warnings = _far_first(items, circumstances, home, place)
    return Verdict(valid=not refusals, texts=(*warnings, *refusals))


def _unsupported(items: Sequence[NavItem], circumstances: Circumstances) -> str | None:
    for index, item in enumerate(items):
        if item.command not in SUPPORTED:
            return f"Mission rejected: item {index + 1}: unsupported cmd: {item.command}\t"
    return None


def _starts_with_landing(items: Sequence[NavItem], circumstances: Circumstances) -> str | None:
    if items[0].command == Command.NAV_LAND and circumstances.landed:
        return "Mission rejected: starts with landing\t"
    return None


def _gates(items: Sequence[NavItem], place: Callable[[NavItem], Ned]) -> Iterator[str]:
    placed = [i for i in items if i.has_position or i.command == Command.CONDITION_GATE]
    for before, item in pairwise(placed):
        gate = Command.CONDITION_GATE in (before.command, item.command)
        apart = level_distance_m(place(before), place(item))
        if gate and apart < GATE_APART_M:
            yield f"Distance between waypoint and gate too close: {int(apart)} meters\t"
            return


def _takeoffs(
    items: Sequence[NavItem], home: Ned, place: Callable[[NavItem], Ned]
) -> Iterator[str]:
    placed = False
    for item in items:
        if item.command in TAKEOFFS:
            if home.d - place(item).d <= 0.0:
                yield "Mission rejected: Takeoff altitude below home altitude!\t"
                return
            if placed:
                yield "Mission rejected: takeoff not first waypoint item\t"
                return
        placed = placed or item.command not in WITHOUT_PLACE


def _vtol(items: Sequence[NavItem]) -> Iterator[str]:
    if any(item.command in VTOL_ONLY for item in items):
        yield "Mission rejected: Mission contains VTOL items but vehicle is not a VTOL\t"


def _takeoff_and_landing(items: Sequence[NavItem], required: int) -> Iterator[str]:
    takes_off = any(item.command in TAKEOFFS for item in items)
    lands = any(item.command == Command.NAV_LAND for item in items)
    if required == 1 and not takes_off:
        yield "Mission rejected: Takeoff waypoint required.\t"
    if required == 2 and not lands:
        yield "Mission rejected: Landing waypoint/pattern required.\t"
    if required == 3 and not (takes_off and lands):
        yield "Mission rejected: Takeoff or Landing item missing.\t"
    if required in (4, 5) and takes_off and not lands:
        yield "Mission rejected: Add Landing item or remove Takeoff.\t"
    if required in (4, 5) and lands and not takes_off:
        yield "Mission rejected: Add Takeoff item or remove Landing.\t"


def _fence(
    items: Sequence[NavItem],
    circumstances: Circumstances,
    home: Ned,
    place: Callable[[NavItem], Ned],
) -> Iterator[str]:
    for index, item in enumerate(items):
        if item.has_position and not circumstances.fence.allows(place(item), home=home):
            yield f"Geofence violation for waypoint {index + 1}\t"
            return


def _far_first(
    items: Sequence[NavItem],
    circumstances: Circumstances,
    home: Ned,
    place: Callable[[NavItem], Ned],
) -> list[str]:
    limit = circumstances.first_waypoint_far_m
    first = next((item for item in items if item.has_position), None)
    if first is None or limit <= 0.0:
        return []
    distance = level_distance_m(place(first), home)
    if not math.isfinite(distance) or distance < limit:
        return []
    return [f"First waypoint far away from home: {int(distance)}m. Correct mission loaded?\t"]
