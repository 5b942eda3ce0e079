"""The arrays of a fleet: one record a vehicle in each. A single vehicle is a fleet of one."""

import math
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from onboard.mavlink.codec.dialect import LAYOUT_BY_NAME
from sim.vehicle.core.layout import AXES, AXIS, CRAFT, MIND, SETTINGS, TARGET, TOLD
from sim.vehicle.core.messages import FIELDS_AT_MOST, WRITTEN
from sim.vehicle.core.run import run
from sim.vehicle.core.schedule import FIRST_KEPT, MICROSECONDS, MILLISECONDS, NO_TIME, Ints
from sim.vehicle.settings import FlightSettings

NAMES = tuple(field.name for field in fields(FlightSettings))
# Streams whose contents change only when the vehicle's mind or somebody else changes something.
KEPT = (
    "HEARTBEAT",
    "SYS_STATUS",
    "BATTERY_STATUS",
    "EXTENDED_SYS_STATE",
    "MISSION_CURRENT",
    "HOME_POSITION",
    "CURRENT_MODE",
    "GIMBAL_MANAGER_STATUS",
)
BATTERY = tuple(KEPT.index(name) for name in ("SYS_STATUS", "BATTERY_STATUS"))
SLOTS = {name: slot for slot, name in enumerate((*WRITTEN, *KEPT))}
COMPILED = frozenset(SLOTS)
LINKS_AT_MOST = 4
CHUNK_BYTES = 4096
KEPT_BYTES = 64


class FleetCore:
    """Room for `size` vehicles; `take` hands out the places one by one."""

    def __init__(self, size: int = 1) -> None:
        self.size = size
        self.craft = np.zeros(size, CRAFT)
        self.mind = np.zeros(size, MIND)
        self.told = np.zeros(size, TOLD)
        self.axes = np.zeros((size, AXES), AXIS)
        self.settings = np.zeros(size, SETTINGS)
        self.target = np.zeros(size, TARGET)
        streams = (size, LINKS_AT_MOST, len(SLOTS))
        self.period = np.zeros(streams)
        self.due = np.full(streams, math.inf)
        self.next_due = np.full((size, LINKS_AT_MOST), math.inf)
        self.frames = np.zeros((size, LINKS_AT_MOST, CHUNK_BYTES), np.uint8)
        self.length = np.zeros((size, LINKS_AT_MOST), np.int64)
        self.sent = np.zeros((size, LINKS_AT_MOST), np.int64)
        self.kept = np.zeros((size, len(KEPT), KEPT_BYTES), np.uint8)
        self.kept_size = np.zeros((size, len(KEPT)), np.int64)
        self.kept_fresh = np.zeros((size, len(KEPT)), np.bool_)
        self.scratch = np.zeros(FIELDS_AT_MOST)
        self._taken = 0

    def take(self) -> int:
        """The next free place; IndexError where none is left."""
        if self._taken >= self.size:
            raise IndexError(f"all {self.size} places of the fleet are taken")
        self._taken += 1
        return self._taken - 1

    def records(self, index: int) -> tuple[Any, Any, Any, Any]:
        """One vehicle's craft, axes, settings and target, as the kernels take them."""
        return self.craft[index], self.axes[index], self.settings[index], self.target[index]

    def set_settings(self, index: int, settings: FlightSettings) -> None:
        """Write a vehicle's settings into its record."""
        self.settings[index] = tuple(getattr(settings, name) for name in NAMES)

    def run(self, chosen: Ints, until: Ints, why: Ints) -> None:
        """Move vehicles on, each up to its step of `until`; `why` says where each stopped."""
        run(
            chosen,
            until,
            why,
            self.craft,
            self.mind,
            self.told,
            self.axes,
            self.settings,
            self.target,
            self.period,
            self.due,
            self.next_due,
            self.frames,
            self.length,
            self.sent,
            self.kept,
            self.kept_size,
            self.kept_fresh,
            KEPT_FORM,
            self.scratch,
        )

    def reboot(self, index: int, booted_at_s: float) -> None:
        """Count from boot again; what was being flown is forgotten, the body stays as it is."""
        self.craft["steps"][index] = 0
        self.craft["boot_s"][index] = 0.0
        self.told["booted_at_s"][index] = booted_at_s
        self.told["alive"][index] = False
        for name in ("think_at_s", "battery_at_s", "service_at_s", "stage"):
            self.mind[name][index] = 0
        self.mind["seen_s"][index] = -1.0
        self.mind["eager"][index] = True
        self.stale(index)

    def stale(self, index: int) -> None:
        """What streams tell of may have changed: Python builds the kept ones anew."""
        self.kept_fresh[index] = False

    def keep(self, index: int, which: int, payload: bytes) -> None:
        """Send a payload until something changes; an empty one sends nothing."""
        self.kept[index, which, : len(payload)] = np.frombuffer(payload, np.uint8)
        self.kept_size[index, which] = len(payload)
        self.kept_fresh[index, which] = True


@dataclass(frozen=True, slots=True)
class StreamTable:
    """One link's compiled streams."""

    core: FleetCore
    index: int
    link: int

    @property
    def names(self) -> frozenset[str]:
        """The messages that the flight core can send by itself."""
        return COMPILED

    def clear(self) -> None:
        """Send nothing."""
        self.core.period[self.index, self.link] = math.inf
        self.core.due[self.index, self.link] = math.inf
        self.core.next_due[self.index, self.link] = math.inf
        self.core.length[self.index, self.link] = 0

    def set(self, name: str, period_s: float, due_s: float) -> None:
        """Send a message every `period_s` from `due_s` on; an infinite period stops it."""
        slot = SLOTS[name]
        self.core.period[self.index, self.link, slot] = period_s
        self.core.due[self.index, self.link, slot] = due_s
        self.core.next_due[self.index, self.link] = self.core.due[self.index, self.link].min()

    def take(self) -> bytes | None:
        """The frames written since the last call, without numbers and checksums."""
        length = int(self.core.length[self.index, self.link])
        if not length:
            return None
        self.core.length[self.index, self.link] = 0
        return self.core.frames[self.index, self.link, :length].tobytes()

    @property
    def sent(self) -> int:
        """Messages written so far."""
        return int(self.core.sent[self.index, self.link])


def _form(name: str) -> tuple[int, int, int]:
    """A message's id, and the unit and place of its time."""
    layout = LAYOUT_BY_NAME[name]
    for field, unit in (("time_boot_ms", MILLISECONDS), ("time_usec", MICROSECONDS)):
        if field in layout.places:
            return layout.id, unit, _offset(layout, field)
    return layout.id, NO_TIME, 0


def _offset(layout: Any, field: str) -> int:
    """Where a scalar field begins in the payload: found by packing it alone."""
    values = [0 if not isinstance(value, bytes) else b"" for value in layout.blank]
    values[layout.places[field]] = 1
    return int(layout.struct.pack(*values).index(1))


KEPT_FORM = np.array([_form(name) for name in KEPT], np.int64)
assert len(WRITTEN) == FIRST_KEPT
