"""Taking an uploaded plan in: the vehicle's role, as PX4 plays it (mavlink_mission.cpp).

PX4 asks only with MISSION_REQUEST_INT, asks again every 250 ms, gives up after 5 s of silence
without an ACK, passes over an item that is out of order, takes the item that it waits for though
it has not asked for it yet, and acknowledges the last item again. An announcement that comes while
no item has is taken for the one before said again, whatever it announces. One difference, for
safety: after a refused item a repeated one is no longer acknowledged.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from onboard.mavlink.codec import Address, Message, Send
from onboard.mavlink.mission_transfer.store import PX4_LIMITS, PlanStore
from onboard.mavlink.mission_transfer.vehicle_words import ack, request_item, statustext
from onboard.mavlink.plan_items import MissionType, WireItem
from onboard.mavlink.px4_items import (
    ACCEPTED,
    ERROR,
    NO_SPACE,
    OPERATION_CANCELLED,
    item_result,
)

RETRY_S = 0.25
SILENCE_S = 5.0
ALL_TYPES = 255


@dataclass(slots=True)
class _Upload:
    """A transfer under way: what was promised, by whom, and what has come."""

    partner: Address
    mission_type: MissionType
    count: int
    heard_s: float
    asked_s: float
    items: list[WireItem] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Finished:
    """The last transfer that was completed, so that its last item can be acknowledged again."""

    partner: Address
    mission_type: MissionType
    last_seq: int
    hash: int


class PlanReceiver:
    """Receives uploads on one link into the vehicle's `store`; the plan changes only at the end.

    `check` says what PX4 answers to an item (MAV_MISSION_RESULT).
    """

    def __init__(
        self,
        store: PlanStore,
        *,
        limits: Mapping[int, int] = PX4_LIMITS,
        check: Callable[[WireItem, int], int] = item_result,
    ) -> None:
        self._store = store
        self._limits = limits
        self._check = check
        self._upload: _Upload | None = None
        self._finished: _Finished | None = None

    @property
    def busy(self) -> bool:
        """Whether an upload is under way on this link."""
        return self._upload is not None

    def receive(self, message: Message, now_s: float) -> list[Send]:
        """React to COUNT, ITEM_INT, CLEAR_ALL and a cancelling ACK; all else is passed over."""
        if message.name == "MISSION_COUNT":
            return self._counted(message, now_s)
        if message.name == "MISSION_ITEM_INT":
            return self._item(message, now_s)
        if message.name == "MISSION_CLEAR_ALL":
            return self._clear(message)
        if message.name == "MISSION_ACK" and message["type"] == OPERATION_CANCELLED:
            self._cancelled(message.sender)
        return []

    def tick(self, now_s: float) -> list[Send]:
        """Ask again for the item that is missing, or give the transfer up."""
        upload = self._upload
        if upload is None:
            return []
        if now_s - upload.heard_s > SILENCE_S:
            self._end()
            return [statustext("Mission sync timeout\t")]
        if now_s - upload.asked_s > RETRY_S:
            return self._ask(upload, now_s)
        return []

    def _counted(self, message: Message, now_s: float) -> list[Send]:
        partner, mission_type = message.sender, message.mission_type
        if self._upload is not None:
            return self._counted_again(self._upload, partner, mission_type, now_s)
        if self._store.uploader is not None:
            return [ack(partner, ERROR, mission_type)]
        if message["count"] > self._limits.get(mission_type, 0):
            return [ack(partner, NO_SPACE, mission_type)]
        if message["count"] == 0:
            return self._emptied(partner, mission_type, (mission_type,))
        self._upload = _Upload(partner, MissionType(mission_type), message["count"], now_s, now_s)
        self._store.uploader = self
        return self._ask(self._upload, now_s)

    def _counted_again(
        self, upload: _Upload, partner: Address, mission_type: int, now_s: float
    ) -> list[Send]:
        if partner == upload.partner:
            upload.heard_s = now_s
            if not upload.items:
                # Our first request was lost, thinks PX4, and asks for what was announced first.
                return self._ask(upload, now_s)
            # PX4 answers for the transfer that is under way.
            mission_type = upload.mission_type
        return [statustext("WPM: REJ. CMD: Busy\t"), ack(partner, ERROR, mission_type)]

    def _item(self, message: Message, now_s: float) -> list[Send]:
        upload = self._upload
        if upload is None:
            return self._item_without_upload(message)
        if message.sender != upload.partner:
            return []
        if message.mission_type != upload.mission_type:
            return [ack(upload.partner, ERROR, message.mission_type)]
        upload.heard_s = now_s
        if message.seq != len(upload.items):
            return []
        return self._next_item(upload, WireItem.from_message(message), now_s)

    def _next_item(self, upload: _Upload, item: WireItem, now_s: float) -> list[Send]:
        result = self._check(item, upload.mission_type)
        if result != ACCEPTED:
            self._end()
            refusal = ack(upload.partner, result, upload.mission_type)
            # PX4 has words for an item that it cannot read, none for one in the wrong plan.
            words = [statustext("IGN MISSION_ITEM: Invalid item\t")] if result != ERROR else []
            return [*words, refusal]
        upload.items.append(item)
        if len(upload.items) < upload.count:
            return self._ask(upload, now_s)
        return self._complete(upload)

    def _complete(self, upload: _Upload) -> list[Send]:
        self._store.replace(upload.mission_type, upload.items)
        self._end()
        hash = self._store.hash(upload.mission_type)
        self._finished = _Finished(upload.partner, upload.mission_type, upload.count - 1, hash)
        return [ack(upload.partner, ACCEPTED, upload.mission_type, opaque_id=hash)]

    def _item_without_upload(self, message: Message) -> list[Send]:
        done = self._finished
        partner, mission_type = message.sender, message.mission_type
        if done is not None and (partner, mission_type, message.seq) == (
            done.partner,
            done.mission_type,
            done.last_seq,
        ):
            return [ack(partner, ACCEPTED, mission_type, opaque_id=done.hash)]
        refusal = ack(partner, ERROR, mission_type)
        return [statustext("IGN MISSION_ITEM: No transfer\t"), refusal]

    def _clear(self, message: Message) -> list[Send]:
        if self._upload is not None:
            return [statustext("WPM: IGN CLEAR CMD: Busy\t")]
        mission_type = message.mission_type
        kinds = tuple(MissionType) if mission_type == ALL_TYPES else (mission_type,)
        return self._emptied(message.sender, mission_type, kinds)

    def _emptied(self, partner: Address, mission_type: int, kinds: tuple[int, ...]) -> list[Send]:
        """PX4 says yes to a kind that it does not know, too, and empties nothing."""
        for known in MissionType:
            if known in kinds:
                self._store.replace(known, ())
        self._finished = None
        return [ack(partner, ACCEPTED, mission_type)]

    def _cancelled(self, partner: Address) -> None:
        if self._upload is not None and partner == self._upload.partner:
            self._end()

    def _ask(self, upload: _Upload, now_s: float) -> list[Send]:
        upload.asked_s = now_s
        return [request_item(upload.partner, len(upload.items), upload.mission_type)]

    def _end(self) -> None:
        self._upload = None
        self._finished = None
        self._store.uploader = None
