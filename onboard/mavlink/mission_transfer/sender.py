"""Uploading a plan: the ground's role. https://mavlink.io/en/services/mission.html#uploading_mission"""

from collections.abc import Sequence

from onboard.mavlink.codec import Address, Message, Send
from onboard.mavlink.mission_transfer.conversation import GroundConversation
from onboard.mavlink.mission_transfer.outcome import (
    TransferEnd,
    TransferOutcome,
    no_answer,
    refused,
)
from onboard.mavlink.plan_hash import items_hash
from onboard.mavlink.plan_items import MissionType, WireItem
from onboard.mavlink.px4_items import ACCEPTED

_REQUESTS = ("MISSION_REQUEST_INT", "MISSION_REQUEST")


class PlanSender(GroundConversation):
    """Uploads one type of plan: `start`, then `receive` and `tick` until `outcome` is there.

    The vehicle leads: it asks for each item, and asks again for what it missed. COUNT and the last
    item are sent again where nothing comes back. An ACK counts only once every item has been sent
    and, where it names a hash, only with the hash of these items: a late ACK of an earlier transfer
    proves nothing. An empty plan clears the vehicle's.
    """

    def __init__(
        self,
        *,
        own: Address,
        vehicle: Address,
        mission_type: MissionType,
        items: Sequence[WireItem],
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
        self.items = tuple(items)
        self.hash = items_hash(self.items)
        self._sent_through = 0
        self._current: int | None = None
        self._other_hash: int | None = None

    @property
    def progress(self) -> float:
        """The share of the items that the vehicle has asked for and been sent, 0..1."""
        return self._sent_through / len(self.items) if self.items else 0.0

    def start(self, now_s: float) -> list[Send]:
        """Announce the plan."""
        count = self._to_vehicle("MISSION_COUNT", count=len(self.items))
        return self._say(count, now_s, waiting_for="request for the first item")

    def receive(self, message: Message, now_s: float) -> list[Send]:
        """Answer the vehicle's requests; any other message is passed over."""
        if self.outcome is not None or self._last_sent is None:
            return []
        if message.name in _REQUESTS and self._is_ours(message):
            return self._requested(message.seq, now_s)
        if message.name == "MISSION_ACK" and self._is_ours(message):
            self._acknowledged(message)
        return []

    def _requested(self, seq: int, now_s: float) -> list[Send]:
        # The vehicle asks for the next item, or again for the last one; it has every item before
        # that, so any other request is one that the network held back.
        if seq not in (self._sent_through - 1, self._sent_through) or seq >= len(self.items):
            return []
        self._sent_through = max(self._sent_through, seq + 1)
        self._current = seq
        last = seq == len(self.items) - 1
        fields = self.items[seq].fields(seq=seq, mission_type=self.mission_type, to=self._vehicle)
        waiting_for = "acknowledgement" if last else f"request for item {seq + 1}"
        return self._say(Send("MISSION_ITEM_INT", fields), now_s, waiting_for=waiting_for)

    def _acknowledged(self, message: Message) -> None:
        result: int = message["type"]
        if result != ACCEPTED:
            self.outcome = refused(result, item=self._current)
        elif self._sent_through == len(self.items):
            self._accepted(message.opaque_id)

    def _accepted(self, opaque_id: int) -> None:
        # PX4 before v1.15 names no hash, and an emptied plan has none.
        if opaque_id in (0, self.hash):
            self.outcome = TransferOutcome(
                end=TransferEnd.COMPLETE,
                result=ACCEPTED,
                words="accepted",
                opaque_id=opaque_id or None,
            )
        else:
            self._other_hash = opaque_id

    def _gave_up(self) -> TransferOutcome:
        if self._other_hash is None:
            return no_answer(self._waiting_for)
        return TransferOutcome(
            end=TransferEnd.CONTRADICTED,
            result=ACCEPTED,
            words=f"the vehicle holds another plan: hash {self._other_hash}, not {self.hash}",
            opaque_id=self._other_hash,
        )
