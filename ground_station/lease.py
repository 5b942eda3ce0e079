"""Who may command a vehicle: one holder at a time, handed over in the open.

- Nobody holds it: the first named operator who commands the vehicle, or uploads to it, takes it.
- Somebody holds it: others are refused by name. They can ask for it; the holder grants or refuses.
- The holder has not been heard for `lost_after_s`: anybody may take it, by saying so.
- A commander (named in the configuration) may take it at any time, with a reason.
- Hold, return and abort are open to everybody at all times, and leave the lease where it is: who
  sees danger stops the vehicle, and the holder is told. Landing and the motors are the holder's:
  what lies below is what the holder looks at.
- A request without a name takes nothing, and is refused where somebody holds the lease.

The leases outlive the process in one small file.
"""

import json
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from pydantic import AwareDatetime, BaseModel, ConfigDict, TypeAdapter, ValidationError

from ground_station.errors import HubError
from ground_station.flying.wishes import NOBODY, Abort, AnyWish, Hold, Return
from ground_station.hub.vehicles_port import LeaseView
from ground_station.words import Words

OPEN_TO_ALL = (Hold, Return, Abort)
FOREIGN_SHOWN = timedelta(seconds=60)


class LeaseHeld(HubError):
    """Somebody else may command this vehicle now."""

    code = "lease_held"

    def __init__(self, *, system_id: int, holder: str) -> None:
        self.system_id = system_id
        self.holder = holder
        super().__init__(f"{holder} commands this vehicle: ask for it or wait")


class LeaseRefused(HubError):
    """Not a step that can be taken with the lease as it stands."""

    code = "lease_refused"

    def __init__(self, *, system_id: int, why: str) -> None:
        self.system_id = system_id
        super().__init__(why)


class Lease(BaseModel):
    """One vehicle's lease as it is kept."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    holder: str
    since: AwareDatetime
    heard: AwareDatetime
    asked_by: str | None = None
    asked_why: str = ""


_KEPT = TypeAdapter(dict[int, Lease])


@dataclass(frozen=True, slots=True)
class _Foreign:
    words: Words
    at: datetime


@dataclass(slots=True)
class Leases:
    """Every vehicle's lease. Times are aware UTC; `changed` hears of each lease that changed.

    `unwritten` counts changes that the disk did not take: they hold until the process ends.
    """

    file: Path | None
    lost_after: timedelta
    commanders: frozenset[str]
    changed: Callable[[LeaseView], None] = lambda _view: None
    unwritten: int = 0
    _held: dict[int, Lease] = field(default_factory=dict)
    _foreign: dict[int, _Foreign] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.file is None:
            return
        try:
            self._held = _KEPT.validate_json(self.file.read_bytes())
        except (OSError, ValidationError):
            # A lease that cannot be read is one that nobody holds: the first to command takes it.
            self._held = {}

    def views(self, now: datetime) -> list[LeaseView]:
        """Every lease that is held or has something to tell."""
        return [self.view(each, now) for each in sorted({*self._held, *self._foreign})]

    def view(self, system_id: int, now: datetime) -> LeaseView:
        """One vehicle's lease as clients see it."""
        lease, foreign = self._held.get(system_id), self._foreign.get(system_id)
        if foreign is not None and now - foreign.at > FOREIGN_SHOWN:
            foreign = None
        return LeaseView(
            system_id=system_id,
            holder=None if lease is None else lease.holder,
            since=None if lease is None else lease.since,
            asked_by=None if lease is None else lease.asked_by,
            asked_why="" if lease is None else lease.asked_why,
            takeable=lease is None or self._lost(lease, now),
            foreign=None if foreign is None else foreign.words,
            foreign_at=None if foreign is None else foreign.at,
        )

    def allow(self, system_id: int, who: str, now: datetime, wish: AnyWish | None = None) -> bool:
        """Let a command or an upload (`wish` None) pass; True where the lease was taken by it.

        Raises:
            LeaseHeld: somebody else holds it.
        """
        lease = self._held.get(system_id)
        if lease is not None and lease.holder == who:
            self._held[system_id] = lease.model_copy(update={"heard": now})
            return False
        if isinstance(wish, OPEN_TO_ALL):
            return False
        if lease is not None:
            raise LeaseHeld(system_id=system_id, holder=lease.holder)
        if who == NOBODY:
            return False
        self._give(system_id, who, now)
        return True

    def take(self, system_id: int, who: str, now: datetime, *, reason: str = "") -> LeaseView:
        """Take a free or lost lease, or any as a commander with a reason.

        Raises:
            LeaseHeld: neither is so.
            LeaseRefused: a commander gave no reason.
        """
        lease = self._held.get(system_id)
        free = lease is None or lease.holder == who or self._lost(lease, now)
        if not free and who not in self.commanders:
            raise LeaseHeld(system_id=system_id, holder=lease.holder if lease else "")
        if not free and not reason.strip():
            raise LeaseRefused(system_id=system_id, why="a commander takes it with a reason")
        return self._give(system_id, who, now)

    def ask(self, system_id: int, who: str, now: datetime, *, why: str) -> LeaseView:
        """Ask the holder for it; one that nobody holds is given at once.

        Raises:
            LeaseRefused: somebody else waits for the holder's answer already.
        """
        lease = self._held.get(system_id)
        if lease is None or self._lost(lease, now):
            return self._give(system_id, who, now)
        if lease.holder == who:
            return self.view(system_id, now)
        if lease.asked_by not in (None, who):
            raise LeaseRefused(system_id=system_id, why=f"{lease.asked_by} asks for it already")
        return self._keep(
            system_id, lease.model_copy(update={"asked_by": who, "asked_why": why}), now
        )

    def answer(self, system_id: int, who: str, now: datetime, *, grant: bool) -> LeaseView:
        """The holder's answer to whoever asked.

        Raises:
            LeaseRefused: `who` does not hold it, or nobody asked.
        """
        lease = self._mine(system_id, who)
        if lease.asked_by is None:
            raise LeaseRefused(system_id=system_id, why="nobody asks for it")
        if grant:
            return self._give(system_id, lease.asked_by, now)
        return self._keep(
            system_id, lease.model_copy(update={"asked_by": None, "asked_why": ""}), now
        )

    def release(self, system_id: int, who: str, now: datetime) -> LeaseView:
        """Give it up; whoever asked gets it. Raises LeaseRefused where `who` does not hold it."""
        lease = self._mine(system_id, who)
        if lease.asked_by is not None:
            return self._give(system_id, lease.asked_by, now)
        del self._held[system_id]
        return self._told(system_id, now)

    def present(self, who: str, now: datetime) -> None:
        """The operator's page is still there: none of this operator's leases is lost."""
        for system_id, lease in self._held.items():
            if lease.holder == who:
                was_lost = self._lost(lease, now)
                self._held[system_id] = lease.model_copy(update={"heard": now})
                if was_lost:
                    self.changed(self.view(system_id, now))

    def foreign(self, system_id: int, said: Words, now: datetime) -> None:
        """Another ground station commands the vehicle: everybody is told."""
        self._foreign[system_id] = _Foreign(said, now)
        self.changed(self.view(system_id, now))

    def _lost(self, lease: Lease, now: datetime) -> bool:
        return now - lease.heard > self.lost_after

    def _mine(self, system_id: int, who: str) -> Lease:
        lease = self._held.get(system_id)
        if lease is None or lease.holder != who:
            holder = "nobody" if lease is None else lease.holder
            raise LeaseRefused(system_id=system_id, why=f"{holder} holds it, not {who}")
        return lease

    def _give(self, system_id: int, who: str, now: datetime) -> LeaseView:
        return self._keep(system_id, Lease(holder=who, since=now, heard=now), now)

    def _keep(self, system_id: int, lease: Lease, now: datetime) -> LeaseView:
        self._held[system_id] = lease
        return self._told(system_id, now)

    def _told(self, system_id: int, now: datetime) -> LeaseView:
        self._write()
        view = self.view(system_id, now)
        self.changed(view)
        return view

    def _write(self) -> None:
        if self.file is None:
            return
        unfinished = self.file.with_suffix(".unfinished")
        kept = _KEPT.dump_python(self._held, mode="json")
        try:
            with unfinished.open("w", encoding="utf-8") as writing:
                writing.write(json.dumps(kept))
                writing.flush()
                os.fsync(writing.fileno())
            unfinished.replace(self.file)
        except OSError:
            self.unwritten += 1
