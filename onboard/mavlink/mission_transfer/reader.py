"""Downloading a plan: the ground's role.

https://mavlink.io/en/services/mission.html#download_mission. PX4 gives items back in other frames
(3 becomes 6) and with unused parameters blanked: compare by `opaque_id` or by meaning.
"""

from onboard.mavlink.codec import Address, Message, Send
from onboard.mavlink.mission_transfer.conversation import GroundConversation
from onboard.mavlink.mission_transfer.outcome import TransferEnd, TransferOutcome, refused
from onboard.mavlink.plan_items import MissionType, WireItem
from onboard.mavlink.px4_items import ACCEPTED


class PlanReader(GroundConversation):
    """Downloads one type of plan: `start`, then `receive` and `tick` until `outcome` is there."""

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

    @property
    def progress(self) -> float:
        """The share of the items that have arrived, 0..1."""
        return len(self._items) / self._count if self._count else 0.0

    def start(self, now_s: float) -> list[Send]:
        """Ask how many items there are."""
        request = self._to_vehicle("MISSION_REQUEST_LIST")
        return self._say(request, now_s, waiting_for="count of items")

    def receive(self, message: Message, now_s: float) -> list[Send]:
        """Take the count and the items in; any other message is passed over."""
        if self.outcome is not None or self._last_sent is None:
            return []
        if message.name == "MISSION_COUNT" and self._is_ours(message):
            return self._counted(message, now_s)
        if message.name == "MISSION_ITEM_INT" and self._is_ours(message):
            return self._item(message, now_s)
        if message.name == "MISSION_ACK" and self._is_ours(message):
            self._acknowledged(message["type"])
        return []

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
        seq = len(self._items)
        if seq != self._count:
            request = self._to_vehicle("MISSION_REQUEST_INT", seq=seq)
            return self._say(request, now_s, waiting_for=f"item {seq}")
        self.outcome = TransferOutcome(
            end=TransferEnd.COMPLETE,
            words="downloaded",
            opaque_id=self._opaque_id or None,
            items=tuple(self._items),
        )
        return [self._ack(ACCEPTED)]

    def _acknowledged(self, result: int) -> None:
        if result != ACCEPTED:
            item = None if self._count is None else len(self._items)
            self.outcome = refused(result, item=item)
