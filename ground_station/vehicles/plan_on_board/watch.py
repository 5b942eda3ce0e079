"""Notices that somebody else has changed the plan on a vehicle.

Another ground station, a companion computer or PX4 itself may do so at any time. The vehicle tells
only the new hashes, once a second; who it was is known where their mission messages were heard on
the same link.
"""

from collections import deque
from dataclasses import dataclass

from ground_station.vehicles.machine import GROUND_STATION
from ground_station.vehicles.plan_on_board.held import ORDER, PlanReport
from onboard.mavlink.codec import Address, Message
from onboard.mavlink.px4_items import ACCEPTED

CHANGING = frozenset(("MISSION_COUNT", "MISSION_CLEAR_ALL", "MISSION_ITEM_INT", "MISSION_ITEM"))
OVERHEARD_KEPT_S = 120.0
OVERHEARD_AT_MOST = 8
PARTS = tuple(kind.name.lower() for kind in ORDER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Which parts changed, who was overheard at it, and the seconds since the last old report."""

    parts: tuple[str, ...]
    who: str
    after_s: float


class PlanWatch:
    """Compares each report with the one before; `pause` while an upload of ours is under way."""

    def __init__(self, system_id: int) -> None:
        self._system_id = system_id
        self._known: tuple[int, ...] | None = None
        self._known_s = 0.0
        self._paused = False
        self._overheard: deque[tuple[float, str]] = deque(maxlen=OVERHEARD_AT_MOST)

    def pause(self) -> None:
        """What changes from now on is ours."""
        self._paused = True

    def go_on(self, hashes: tuple[int | None, int | None, int | None], now_s: float) -> None:
        """Fence, rally and mission as our upload left them; None where nobody knows."""
        self._paused = False
        known = tuple(each for each in hashes if each is not None)
        self._known = known if len(known) == len(hashes) else None
        self._known_s = now_s

    def overhear(self, message: Message, now_s: float) -> None:
        """A mission message between the vehicle and another station."""
        other: Address | None = None
        if message.name in CHANGING and message.target_system == self._system_id:
            other = message.sender
        elif message.name == "MISSION_ACK" and message.system_id == self._system_id:
            taken = message["type"] == ACCEPTED
            other = Address(message.target_system, message.target_component) if taken else None
        elif message.name == "MISSION_CHANGED" and message.system_id == self._system_id:
            other = Address(message["origin_sysid"], message["origin_compid"])
        if other is not None and other != GROUND_STATION and other.system_id:
            self._overheard.append((now_s, f"{other.system_id}/{other.component_id}"))

    def receive(self, message: Message, now_s: float) -> Change | None:
        """A message of the vehicle; a change where it tells of one that is not ours."""
        if message.name != "MISSION_CURRENT" or self._paused:
            return None
        report = PlanReport.of(message)
        hashes = tuple(report.hash(kind) for kind in ORDER)
        before, before_s = self._known, self._known_s
        self._known, self._known_s = hashes, now_s
        if before is None or hashes == before:
            return None
        parts = tuple(
            part for part, old, new in zip(PARTS, before, hashes, strict=True) if old != new
        )
        return Change(parts=parts, who=self._who(now_s), after_s=now_s - before_s)

    def _who(self, now_s: float) -> str:
        return next(
            (who for at_s, who in reversed(self._overheard) if now_s - at_s <= OVERHEARD_KEPT_S),
            "",
        )
