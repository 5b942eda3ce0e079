"""PX4's navigator judging a mission after it was accepted by the protocol.

Written for the simulation from PX4's rules; the product's checks share nothing with it, so that
neither can hide the other's mistake. Item by item, as PX4 goes: what it objected to before an item
that it does not know stays said. Its checker has no line to the operator, so that its reasons come
as events alone; only the fence's come as texts, too. Source: PX4-Autopilot v1.17,
src/modules/navigator/MissionFeasibility/FeasibilityChecker.cpp and mission_feasibility_checker.cpp.
"""

import struct
from collections.abc import Iterator, Sequence
from ctypes import c_float
from dataclasses import dataclass

from missions.plan import Command
from sim.vehicle.fence import NO_LIMIT_M, FenceOnBoard
from sim.vehicle.local_frame import Geo
from sim.vehicle.mission_items import NavItem
from sim.vehicle.navigation import Text
from sim.vehicle.sphere import Degrees, distance_m
from sim.vehicle.wire.events import ERROR_INFO, ERROR_WARNING, WARNING_INFO, Event

CRITICAL = 2
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
# MIS_TKO_LAND_REQ.
TAKEOFF, LANDING, TAKEOFF_AND_LANDING, BOTH_OR_NEITHER, BOTH_OR_NEITHER_LANDED = 1, 2, 3, 4, 5
_MISSING = {
    TAKEOFF: ("Takeoff waypoint required.\t", "navigator_mis_takeoff_missing"),
    LANDING: ("Landing waypoint/pattern required.\t", "navigator_mis_land_missing"),
    TAKEOFF_AND_LANDING: (
        "Takeoff or Landing item missing.\t",
        "navigator_mis_takeoff_or_land_missing",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether the mission may be flown, and what the navigator says about it."""

    valid: bool
    said: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What the judgement depends on besides the items."""

    home: Geo
    landed: bool
    fence: FenceOnBoard
    takeoff_land_required: int
    first_waypoint_far_m: float


def judge(items: Sequence[NavItem], circumstances: Circumstances) -> Verdict:
    """The navigator's verdict; a mission without items is none, and nothing is said of it."""
    if not items:
        return Verdict(valid=False)
    checker = _Checker(circumstances)
    said = [*checker.all_said(items), *_outside_fence(items, circumstances)]
    return Verdict(valid=not any(map(_refuses, said)), said=tuple(said))


def _refuses(text: Text) -> bool:
    return not text.text.startswith("First waypoint")


def _outside_fence(items: Sequence[NavItem], circumstances: Circumstances) -> Iterator[Text]:
    home = circumstances.home
    for index, item in enumerate(items):
        if not item.has_position:
            continue
        height_m = item.height_m
        if item.relative:
            height_m = _float32(height_m + home.height_amsl_m)
        place = Geo(item.latitude_deg, item.longitude_deg, height_m)
        if circumstances.fence.breaches_at(place, home=home).any:
            yield Text(severity=CRITICAL, text=f"Geofence violation for waypoint {index + 1}\t")
            return


class _Checker:
    """PX4's FeasibilityChecker: each kind of fault is told once."""

    def __init__(self, circumstances: Circumstances) -> None:
        self._circumstances = circumstances
        self._home_amsl_m = _float32(circumstances.home.height_amsl_m)
        self._first_seen = False
        self._place_seen = False
        self._takes_off = False
        self._lands = False
        self._takeoff_failed = False
        self._vtol_failed = False

    def all_said(self, items: Sequence[NavItem]) -> Iterator[Text]:
        """What it says, in order; it ends with the first item that is not valid at all."""
        for index, item in enumerate(items):
            invalid = self._invalid(item, index)
            if invalid is not None:
                yield invalid
                return
            if not self._first_seen:
                yield from self._far_first(item)
            if not self._takeoff_failed:
                fault = self._takeoff_fault(item)
                self._takeoff_failed = fault is not None
                yield from (fault,) if fault else ()
            if not self._vtol_failed and item.command in VTOL_ONLY:
                self._vtol_failed = True
                words = "Mission contains VTOL items but vehicle is not a VTOL\t"
                yield _rejected(words, "navigator_mis_vtol_items")
            self._lands = self._lands or item.command == Command.NAV_LAND
        yield from self._missing_ends()

    def _invalid(self, item: NavItem, index: int) -> Text | None:
        if item.command not in SUPPORTED:
            return _rejected(
                f"item {index + 1}: unsupported cmd: {item.command}\t",
                "navigator_mis_unsup_cmd",
                struct.pack("<HH", index + 1, item.command),
                levels=ERROR_WARNING,
            )
        if index == 0 and item.command == Command.NAV_LAND and self._circumstances.landed:
            return _rejected("starts with landing\t", "navigator_mis_starts_w_landing")
        return None

    def _far_first(self, item: NavItem) -> Iterator[Text]:
        limit_m = self._circumstances.first_waypoint_far_m
        if limit_m <= NO_LIMIT_M or not item.has_position:
            return
        self._first_seen = True
        place = Degrees(item.latitude_deg, item.longitude_deg)
        away_m = _float32(distance_m(place, Degrees(*self._circumstances.home[:2])))
        if away_m < limit_m:
            return
        # Where there is no distance, C makes 0 of it.
        metres = int(away_m) if away_m == away_m else 0
        event = Event(
            name="navigator_mis_first_wp_far",
            levels=WARNING_INFO,
            arguments=struct.pack("<I", metres),
        )
        words = f"First waypoint far away from home: {metres}m. Correct mission loaded?\t"
        yield Text(severity=CRITICAL, text=words, event=event, spoken=False)

    def _takeoff_fault(self, item: NavItem) -> Text | None:
        if item.command in TAKEOFFS:
            height_m = item.height_m
            if not item.relative:
                height_m = _float32(height_m - self._home_amsl_m)
            if height_m < NO_LIMIT_M:
                least_m = 0.0 if item.relative else self._home_amsl_m
                return _rejected(
                    "Takeoff altitude below home altitude!\t",
                    "navigator_mis_takeoff_too_low",
                    struct.pack("<f", least_m),
                )
            self._takes_off = True
            if self._place_seen:
                words = "takeoff not first waypoint item\t"
                return _rejected(words, "navigator_mis_takeoff_not_first")
        self._place_seen = self._place_seen or item.command not in WITHOUT_PLACE
        return None

    def _missing_ends(self) -> Iterator[Text]:
        required, takes_off, lands = (
            self._circumstances.takeoff_land_required,
            self._takes_off,
            self._lands,
        )
        if required == BOTH_OR_NEITHER_LANDED and not self._circumstances.landed:
            if not lands:
                words = "Landing waypoint/pattern required."
                yield _rejected(words, "feasibility_mis_in_air_landing_req")
        elif required in (BOTH_OR_NEITHER, BOTH_OR_NEITHER_LANDED):
            if takes_off and not lands:
                words = "Add Landing item or remove Takeoff.\t"
                yield _rejected(words, "navigator_mis_add_land_or_rm_to")
            if lands and not takes_off:
                words = "Add Takeoff item or remove Landing.\t"
                yield _rejected(words, "navigator_mis_add_to_or_rm_land")
        elif required in _MISSING:
            there = {TAKEOFF: takes_off, LANDING: lands}.get(required, takes_off and lands)
            if not there:
                yield _rejected(*_MISSING[required])


def _rejected(words: str, event: str, arguments: bytes = b"", *, levels: int = ERROR_INFO) -> Text:
    return Text(
        severity=CRITICAL,
        text=f"Mission rejected: {words}",
        event=Event(name=event, levels=levels, arguments=arguments),
        spoken=False,
    )


def _float32(value: float) -> float:
    return c_float(value).value
