"""Downloading a plan: the ground's role.

https://mavlink.io/en/services/mission.html#download_mission. PX4 gives items back in other frames
(3 becomes 6) and with unused parameters blanked: compare by `opaque_id` or by meaning.
"""

from onboard.mavlink.codec import Address, Message, Send
from onboard.mavlink.mission_transfer.conversation import GroundConversation
from onboard.mavlink.mission_transfer.outcome import TransferEnd, TransferOutcome, refused
from onboard.mavlink.mission_transfer.pace import Pace
from onboard.mavlink.plan_items import MissionType, WireItem
from onboard.mavlink.px4_items import ACCEPTED, ERROR

STARTS_AT_MOST = 12
# A request that is repeated too soon can reach PX4 out of turn, which ends the download.
PATIENCE = 1.6
WAITS_AT_MOST = 10


class PlanReader(GroundConversation):
    """Downloads one type of plan: `start`, then `receive` and `tick` until `outcome` is there.

    PX4 gives only the next item or the last one again, and ends the download with ERROR where a
    request came late and out of turn: it is then begun anew. The wait for an answer follows the
    link; after `answer_timeout_s` times `attempts` without a new item, or ten waits where that is
    longer, it is begun anew as well, and ends where not even the count comes.
    """

    def __init__(
        self,
        *,
        own: Address,
        vehicle: Address,
        mission_type: MissionType,
        answer_timeout_s: float = 1.5,
        attempts: int = 5,
    ) -> None:
        super().__init__(
            own=own,
            vehicle=vehicle,
            mission_type=mission_type,
            answer_timeout_s=answer_timeout_s,
            attempts=attempts,
        )
        self._items: list[WireItem] = []
        self._count: int | None = None
        self._opaque_id = 0
        self._starts = 0
        self._pace = Pace()
        self._asked_s = self._moved_s = 0.0

    @property
    def progress(self) -> float:
        """The share of the items that have arrived, 0..1."""
        return len(self._items) / self._count if self._count else 0.0

    @property
    def arrived(self) -> int:
        """How many items have arrived."""
        return len(self._items)

    @property
    def expected(self) -> int:
        """How many items there are; 0 while that is not known."""
        return self._count or 0

    def start(self, now_s: float) -> list[Send]:
        """Ask how many items there are."""
        self._starts += 1
        self._items, self._count, self._moved_s = [], None, now_s
        return self._ask("MISSION_REQUEST_LIST", now_s, waiting_for="count of items")

    def receive(self, message: Message, now_s: float) -> list[Send]:
        """Take the count and the items in; any other message is passed over."""
        if self.outcome is not None or self._last_sent is None:
            return []
        if message.name == "MISSION_COUNT" and self._is_ours(message):
            return self._counted(message, now_s)
        if message.name == "MISSION_ITEM_INT" and self._is_ours(message):
            return self._item(message, now_s)
        if message.name == "MISSION_ACK" and self._is_ours(message):
            return self._acknowledged(message["type"], now_s)
        return []

    def tick(self, now_s: float) -> list[Send]:
        """Ask again, or give up, where the wait is over."""
        if self.outcome is not None or self._last_sent is None or now_s < self._deadline_s:
            return []
        waits_s = WAITS_AT_MOST * PATIENCE * self._pace.wait_s
        if now_s - self._moved_s >= max(self._answer_timeout_s * self._attempts, waits_s):
            if self._count is not None and self._starts < STARTS_AT_MOST:
                return self.start(now_s)
            self.outcome = self._gave_up()
            return []
        self._tries += 1
        self._deadline_s = now_s + PATIENCE * self._pace.wait_s
        return [self._last_sent]

    def _counted(self, message: Message, now_s: float) -> list[Send]:
        if self._count is not None:
            return []
        self._count = message["count"]
        self._opaque_id = message.opaque_id
        return self._next(now_s)

    def _item(self, message: Message, now_s: float) -> list[Send]:
        if self._count is None or message.seq != len(self._items):
            return []
        self._items.append(WireItem.from_message(message))
        return self._next(now_s)

    def _next(self, now_s: float) -> list[Send]:
        if self._tries == 1:
            took_s = now_s - self._asked_s
            self._pace.round_trip(first_s=took_s, last_s=took_s)
        self._moved_s = now_s
        seq = len(self._items)
        if seq != self._count:
            return self._ask("MISSION_REQUEST_INT", now_s, waiting_for=f"item {seq}", seq=seq)
        self.outcome = TransferOutcome(
            end=TransferEnd.COMPLETE,
            words="downloaded",
            opaque_id=self._opaque_id or None,
            items=tuple(self._items),
        )
        return [self._ack(ACCEPTED)]

    def _ask(self, name: str, now_s: float, *, waiting_for: str, **fields: int) -> list[Send]:
        self._asked_s = now_s
        sends = self._say(self._to_vehicle(name, **fields), now_s, waiting_for=waiting_for)
        self._deadline_s = now_s + min(self._answer_timeout_s, PATIENCE * self._pace.wait_s)
        return sends

    def _acknowledged(self, result: int, now_s: float) -> list[Send]:
        if result == ACCEPTED:
            return []
        if result == ERROR and self._count is not None and self._starts < STARTS_AT_MOST:
            return self.start(now_s)
        item = None if self._count is None else len(self._items)
        self.outcome = refused(result, item=item)
        return []
