"""A scenario's entries at work on one drone: waiting for their trigger, under way, judged."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from missions.geodesy import LocalPlane
from missions.plan import Plan
from sim.faults import LinkFaults
from sim.scenario.conditions import Seen
from sim.scenario.drone import SimulatedDrone
from sim.scenario.orders import order_of
from sim.scenario.schema import Expectation, FaultEntry, LinkFaultEntry, OrderEntry, Trigger
from sim.scenario.station import Order
from sim.vehicle.vehicle import Vehicle


class FaultyWire(Protocol):
    """A link whose either direction can be made bad."""

    def set_faults(self, faults: LinkFaults, *, up: bool, down: bool) -> None: ...


class Faulty(Protocol):
    """A drone that something may go wrong with, simulated or behind sockets."""

    @property
    def id(self) -> str: ...
    @property
    def vehicle(self) -> Vehicle: ...
    @property
    def links(self) -> Mapping[str, FaultyWire]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What became of one expectation (or order) of one drone."""

    title: str
    drone: str
    passed: bool
    at_s: float | None
    words: str


class Beginning:
    """When an entry begins: infinite until its trigger has been seen.

    `since_s` is when it was given: what has no trigger begins `delay_s` after that.
    """

    def __init__(self, trigger: Trigger, looks_at: Seen, *, since_s: float = 0.0) -> None:
        self._trigger = trigger
        self._looks_at = looks_at
        self.at_s = math.inf
        if trigger.at_s is not None:
            self.at_s = trigger.at_s
        elif trigger.when is None:
            self.at_s = since_s + trigger.delay_s

    def begun(self, now_s: float) -> bool:
        """Whether the entry has begun by now."""
        when = self._trigger.when
        if self.at_s == math.inf and when is not None and when.holds(self._looks_at):
            self.at_s = now_s + self._trigger.delay_s
        return now_s >= self.at_s


class ActiveFault:
    """A fault that begins, and ends after its time or with the scenario."""

    def __init__(
        self, entry: FaultEntry, drone: Faulty, looks_at: Seen, *, since_s: float = 0.0
    ) -> None:
        self.entry = entry
        self.drone = drone
        self.on = self.over = False
        self._beginning = Beginning(entry, looks_at, since_s=since_s)

    def look(self, now_s: float) -> None:
        """Begin or end it where that is due."""
        if self.over or not self._beginning.begun(now_s):
            return
        if not self.on:
            self.on = True
            self._set(on=True)
        lasts_s = self.entry.for_s
        if lasts_s is not None and now_s >= self._beginning.at_s + lasts_s:
            self.end()

    def end(self) -> None:
        """Make it well again, or never begin."""
        if self.on and not self.over:
            self._set(on=False)
        self.over = True

    def _set(self, *, on: bool) -> None:
        entry, vehicle = self.entry, self.drone.vehicle
        if entry.link is not None:
            self._set_link(entry.link, on=on)
        elif entry.vehicle is not None:
            entry.vehicle.apply(vehicle, on=on)
        elif entry.chaos is not None:
            entry.chaos.apply(vehicle, on=on)

    def _set_link(self, fault: LinkFaultEntry, *, on: bool) -> None:
        settings = fault.model_dump(exclude={"link", "direction"}) if on else {}
        for name, wire in self.drone.links.items():
            if fault.link in (name, "both"):
                wire.set_faults(
                    LinkFaults.model_validate(settings),
                    up=fault.direction in ("up", "both"),
                    down=fault.direction in ("down", "both"),
                )


class ActiveOrder:
    """An order that is given once; its outcome is judged like an expectation."""

    def __init__(self, entry: OrderEntry, drone: SimulatedDrone, looks_at: SimulatedDrone) -> None:
        self.drone = drone
        self._entry = entry
        self._beginning = Beginning(entry, looks_at)
        self._order: Order | None = None
        self._given = False

    @property
    def waits(self) -> bool:
        """Whether it is still to be given at a known time, or is under way."""
        if not self._given:
            return self._beginning.at_s < math.inf
        return self._order is not None and not self._order.ended

    def look(self, now_s: float, *, plan: Plan | None, plane: LocalPlane) -> None:
        """Give it where it is due."""
        if self._given or not self._beginning.begun(now_s):
            return
        self._given = True
        self._order = order_of(self._entry, self.drone, plan=plan, plane=plane)
        if self._order is not None:
            self.drone.station.begin(self._order, now_s)

    def verdicts(self, now_s: float) -> list[Verdict]:
        """None where its outcome does not matter or it is no transaction."""
        wanted, order = self._entry.outcome, self._order
        if wanted == "any" or (self._given and order is None):
            return []
        title = f"order: {self._entry.words()}"
        if order is None:
            return [self._verdict(title, passed=False, words="was never given")]
        passed = order.ended and order.succeeded == (wanted == "accepted")
        return [self._verdict(title, passed=passed, words=order.words)]

    def _verdict(self, title: str, *, passed: bool, words: str) -> Verdict:
        at_s = self._beginning.at_s if self._given else None
        return Verdict(title=title, drone=self.drone.id, passed=passed, at_s=at_s, words=words)


class ActiveExpectation:
    """An expectation that is watched from its trigger on."""

    def __init__(self, entry: Expectation, drone: SimulatedDrone, looks_at: SimulatedDrone) -> None:
        self._entry = entry
        self._drone = drone
        self._beginning = Beginning(entry, looks_at)
        self._came_s: float | None = None
        self._broke_s: float | None = None
        self._state = ""

    @property
    def waits(self) -> bool:
        """Whether it has begun and is not yet decided, and can still be."""
        if self._entry.soon is None or self._beginning.at_s == math.inf:
            return False
        return self._came_s is None and self._broke_s is None and self._limited

    @property
    def _limited(self) -> bool:
        return math.isfinite(self._entry.within_s)

    def look(self, now_s: float) -> None:
        """See whether it holds now."""
        if not self._beginning.begun(now_s) or self._broke_s is not None:
            return
        entry, since_s = self._entry, now_s - self._beginning.at_s
        if entry.soon is not None:
            self._look_soon(now_s, since_s)
        elif entry.for_s is None or since_s <= entry.for_s:
            always = entry.always is not None and not entry.always.holds(self._drone)
            if always or (entry.never is not None and entry.never.holds(self._drone)):
                self._break(now_s)

    def _look_soon(self, now_s: float, since_s: float) -> None:
        assert self._entry.soon is not None
        if self._came_s is not None:
            return
        if self._entry.soon.holds(self._drone):
            self._came_s = now_s
        elif since_s > self._entry.within_s:
            self._break(now_s)

    def verdicts(self, now_s: float) -> list[Verdict]:
        """Its verdict, in a list as orders have it."""
        began_s = self._beginning.at_s
        if began_s > now_s:
            return [self._verdict(passed=False, at_s=None, words="its trigger never came")]
        if self._broke_s is not None:
            return [self._verdict(passed=False, at_s=self._broke_s, words=self._state)]
        if self._entry.soon is None:
            return [self._verdict(passed=True, at_s=None, words="so all along")]
        if self._came_s is None:
            words = f"not so by the end: {self._words_now()}"
            return [self._verdict(passed=False, at_s=None, words=words)]
        words = f"{self._came_s - began_s:.1f} s after its trigger"
        return [self._verdict(passed=True, at_s=self._came_s, words=words)]

    def _break(self, now_s: float) -> None:
        self._broke_s = now_s
        self._state = self._words_now()

    def _words_now(self) -> str:
        condition = self._entry.soon or self._entry.always or self._entry.never
        assert condition is not None
        return f"{self._drone.words()} (looked for: {condition.words()})"

    def _verdict(self, *, passed: bool, at_s: float | None, words: str) -> Verdict:
        return Verdict(
            title=self._entry.title, drone=self._drone.id, passed=passed, at_s=at_s, words=words
        )
