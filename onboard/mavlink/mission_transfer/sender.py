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
from onboard.mavlink.mission_transfer.pace import ITEM_EVERY_S, Pace
from onboard.mavlink.plan_hash import items_hash
from onboard.mavlink.plan_items import MissionType, WireItem
from onboard.mavlink.px4_items import ACCEPTED, ERROR, OPERATION_CANCELLED, item_result

_REQUESTS = ("MISSION_REQUEST_INT", "MISSION_REQUEST")
# PX4 asks again four times a second: a transfer that is alive is heard within this.
_ALIVE_WITHIN_S = 1.5
_SAME_ERROR_AT_MOST = 3
_LATE_S = 2.0
_ASK_ANEW_S = 0.3
# Eight hundred items over a link that loses a third take 70 s.
LIMIT_S, LIMIT_AN_ITEM_S = 90.0, 0.75


class PlanSender(GroundConversation):
    """Uploads one type of plan: `start`, then `receive` and `tick` until `outcome` is there.

    The vehicle leads: each of its requests says that it has every item before that. On a link with
    a long round trip items are pushed ahead of the requests (see `Pace`). An ACK counts only once
    every item has been sent and, where it names a hash, only with the hash of these items: a late
    ACK of an earlier transfer proves nothing. ERROR alone ends nothing either, for PX4 also says it
    to a late copy of an earlier transfer's message while this one goes on: the transfer is then
    announced again if the vehicle has fallen silent. It ends after 90 s and 0.75 s an item even so:
    two ends that are each too busy to answer in time may begin anew for ever. An empty plan clears
    the vehicle's.
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
        self.pace = Pace()
        self._asked: int | None = None
        # When each was said for the first and for the last time.
        self._sent: list[tuple[float, float]] = []
        self._cursor = 0
        self._push_at_s = 0.0
        self._starts = 0
        self._ends_s = float("inf")
        self._strange = 0
        self._measured_from_s = 0.0
        self._probed = False
        self._counted_s = 0.0
        self._heard_s = 0.0
        self._moved_s = 0.0
        self._doubted_s: float | None = None
        self._errors: dict[int | None, int] = {}
        self._other_hash: int | None = None

    @property
    def progress(self) -> float:
        """The share of the items that have been sent, 0..1."""
        return len(self._sent) / len(self.items) if self.items else 0.0

    @property
    def arrived(self) -> int:
        """How many items the vehicle is known to have."""
        return self._asked or 0

    def start(self, now_s: float) -> list[Send]:
        """Announce the plan."""
        self._asked, self._sent, self._cursor = None, [], 0
        self._starts += 1
        if self._starts == 1:
            self._ends_s = now_s + LIMIT_S + LIMIT_AN_ITEM_S * len(self.items)
        # What still comes of the attempt before would make the link seem quicker than it is.
        self._measured_from_s = now_s + (_LATE_S if self._starts > 1 else 0.0)
        self._counted_s = self._heard_s = self._moved_s = now_s
        self._doubted_s, self._probed = None, False
        count = self._to_vehicle("MISSION_COUNT", count=len(self.items))
        return self._say(count, now_s, waiting_for="request for the first item")

    def receive(self, message: Message, now_s: float) -> list[Send]:
        """Answer the vehicle's requests; any other message is passed over."""
        if self.outcome is not None or self._last_sent is None:
            return []
        if message.name in _REQUESTS and self._is_ours(message):
            return self._requested(message.seq, now_s)
        if message.name in _REQUESTS and self._asked is None and self._is_for_us(message):
            return self._asked_for_another(now_s, patience=2)
        if message.name == "MISSION_ACK" and self._is_ours(message):
            return self._acknowledged(message, now_s)
        return []

    def tick(self, now_s: float) -> list[Send]:
        """Send again what was lost, announce again what was forgotten, or give up."""
        if self.outcome is not None or self._last_sent is None:
            return []
        if now_s >= self._ends_s:
            self.outcome = no_answer(
                f"end within {LIMIT_S + LIMIT_AN_ITEM_S * len(self.items):.0f} s"
            )
            return [self._ack(OPERATION_CANCELLED)]
        if self._doubted_s is not None and now_s - self._doubted_s >= _ALIVE_WITHIN_S:
            return self._announce_again(now_s)
        if self._asked is None:
            return super().tick(now_s)
        patience_s = self._answer_timeout_s * self._attempts
        if now_s - self._heard_s >= patience_s or now_s - self._moved_s >= 4 * patience_s:
            self.outcome = self._gave_up()
            return []
        return self._overdue(now_s)

    def _requested(self, seq: int, now_s: float) -> list[Send]:
        if seq >= len(self.items):
            # It waits for a longer plan: an old announcement reached it late. PX4 would complete
            # that one with our items, so it is told to forget it; `tick` announces ours again.
            self._doubted_s = now_s
            return [self._ack(OPERATION_CANCELLED)]
        if seq > len(self._sent):
            return self._asked_for_another(now_s, patience=2 if self._asked is None else 6)
        if self._asked is not None and seq < self._asked:
            return []
        self._heard_s, self._doubted_s, self._strange = now_s, None, 0
        if self._asked is not None and seq == self._asked:
            return self._asked_again(seq, now_s)
        self._measure(seq, now_s)
        self._asked, self._moved_s, self._probed = seq, now_s, False
        self._cursor = max(self._cursor, seq)
        return self._push(now_s)

    def _asked_for_another(self, now_s: float, *, patience: int) -> list[Send]:
        """PX4 goes on asking for the transfer that it still waits for, be it of another type or one
        that a late announcement began, and our messages keep that alive; a request may be a late
        one, but `patience` of them are told to forget it."""
        self._strange += 1
        if self._strange % patience:
            return []
        self._deadline_s = min(self._deadline_s, now_s + _ASK_ANEW_S)
        return [self._ack(OPERATION_CANCELLED)]

    def _measure(self, seq: int, now_s: float) -> None:
        before, self._waiting_for = self._asked, f"request for item {seq + 1}"
        counted = (self._counted_s, self._counted_s)
        first_s, last_s = counted if before is None else self._sent[seq - 1]
        if now_s >= self._measured_from_s:
            self.pace.round_trip(first_s=now_s - first_s, last_s=now_s - last_s)
        if before is None:
            return
        for missed in range(seq - before):
            # Every item is asked for: a request that never came was lost.
            self.pace.arrived(lost=missed > 0)

    def _asked_again(self, seq: int, now_s: float) -> list[Send]:
        """PX4 repeats itself four times a second, on a long link before we can have answered."""
        since_s = now_s - self._sent[seq][1]
        if self.pace.ahead == 1 and since_s >= 0.5 * self.pace.wait_s:
            return self._item(seq, now_s)
        if self.pace.ahead > 1 and since_s >= 1.05 * (self.pace.usual_s or 0.0):
            return self._go_back(now_s)
        return []

    def _push(self, now_s: float) -> list[Send]:
        """The next item that may be on its way; on a long link one after another in time, so that
        what the link shuffles keeps its order."""
        assert self._asked is not None
        end = min(self._asked + self.pace.ahead, len(self.items))
        if self._cursor >= end or (now_s < self._push_at_s and self._cursor > self._asked):
            return []
        self._push_at_s = now_s + ITEM_EVERY_S
        seq, self._cursor = self._cursor, self._cursor + 1
        return [send for _ in range(self.pace.copies) for send in self._item(seq, now_s)]

    def _overdue(self, now_s: float) -> list[Send]:
        assert self._asked is not None
        if now_s - self._sent[self._asked][1] < self.pace.wait_s:
            return self._push(now_s)
        last = len(self.items) - 1
        if len(self._sent) > last > self._asked and not self._probed:
            # It may have everything and only its ACK was lost: the last item alone tells.
            self._probed = True
            self._sent[self._asked] = (self._sent[self._asked][0], now_s)
            return self._item(last, now_s)
        return self._go_back(now_s)

    def _go_back(self, now_s: float) -> list[Send]:
        """The item asked for is lost, and PX4 has passed over all that came behind it."""
        assert self._asked is not None
        self.pace.arrived(lost=True)
        self._probed, self._cursor, self._push_at_s = False, self._asked, now_s
        return self._push(now_s)

    def _item(self, seq: int, now_s: float) -> list[Send]:
        if seq == len(self._sent):
            self._sent.append((now_s, now_s))
        else:
            self._sent[seq] = (self._sent[seq][0], now_s)
        fields = self.items[seq].fields(seq=seq, mission_type=self.mission_type, to=self._vehicle)
        if seq == len(self.items) - 1:
            self._waiting_for = "acknowledgement"
        return [Send("MISSION_ITEM_INT", fields)]

    def _acknowledged(self, message: Message, now_s: float) -> list[Send]:
        result: int = message["type"]
        self._heard_s = now_s
        if result == ERROR:
            return self._error(now_s)
        if result != ACCEPTED:
            self.outcome = refused(result, item=self._refused_item(result))
        elif len(self._sent) == len(self.items):
            self._accepted(message.opaque_id)
        return []

    def _error(self, now_s: float) -> list[Send]:
        first = self._doubted_s is None
        self._doubted_s = self._doubted_s or now_s
        if first and self.items and len(self._sent) == len(self.items):
            # PX4 says so too to an item that comes once more after all are there; to the last one
            # it says ACCEPTED again.
            return self._item(len(self.items) - 1, now_s)
        return []

    def _refused_item(self, result: int) -> int | None:
        """Which item was refused: the one asked for, or one that was pushed behind it."""
        if self._asked is None:
            return None
        pushed = range(self._asked, len(self._sent))
        judged = (
            seq for seq in pushed if item_result(self.items[seq], self.mission_type) == result
        )
        return next(judged, self._asked)

    def _announce_again(self, now_s: float) -> list[Send]:
        times = self._errors[self._asked] = self._errors.get(self._asked, 0) + 1
        if times >= (self._attempts if self._asked is None else _SAME_ERROR_AT_MOST):
            self.outcome = refused(ERROR, item=self._refused_item(ERROR))
            return []
        return self.start(now_s)

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
