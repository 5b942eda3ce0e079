"""Giving the plan on board to whoever asks: the vehicle's role, as PX4 plays it.

A download may ask for the next item or once more for the last one; any other request ends it with
ERROR. PX4 gives items back in the INT frames (0 becomes 5, 3 becomes 6) and an unused NaN as 0.
"""

from dataclasses import dataclass, replace
from math import isnan

from missions.plan import Frame
from onboard.mavlink.codec import Address, Message, Send
from onboard.mavlink.mission_transfer.receiver import SILENCE_S
from onboard.mavlink.mission_transfer.store import PlanStore
from onboard.mavlink.mission_transfer.vehicle_words import ack, count, statustext
from onboard.mavlink.plan_items import MissionType, WireItem
from onboard.mavlink.px4_items import ERROR, UNUSED_PARAMETERS

_READ_BACK_FRAME: dict[int, int] = {
    Frame.GLOBAL: Frame.GLOBAL_INT,
    Frame.GLOBAL_RELATIVE_ALT: Frame.GLOBAL_RELATIVE_ALT_INT,
}


def read_back(item: WireItem, *, current: bool) -> WireItem:
    """The item as PX4 tells it after having parsed it."""
    frame = _READ_BACK_FRAME.get(item.frame, item.frame)
    blanks = {
        f"param{number}": 0.0
        for number in UNUSED_PARAMETERS.get(item.command, frozenset()) & {1, 2, 3, 4}
        if isnan(getattr(item, f"param{number}"))
    }
    return replace(item, frame=int(frame), current=int(current), **blanks)  # type: ignore[arg-type]


@dataclass(slots=True)
class _Download:
    """A download under way; its items are those on board when it began, so that no two mix."""

    partner: Address
    mission_type: MissionType
    items: tuple[WireItem, ...]
    heard_s: float
    sent: int = 0


class PlanProvider:
    """Answers downloads on one link from the vehicle's `store`."""

    def __init__(self, store: PlanStore) -> None:
        self._store = store
        self._download: _Download | None = None

    @property
    def busy(self) -> bool:
        """Whether a download is under way whose items have not all been sent."""
        download = self._download
        return download is not None and download.sent < len(download.items)

    def receive(self, message: Message, now_s: float) -> list[Send]:
        """React to REQUEST_LIST, REQUEST_INT and ACK; all else is passed over."""
        if message.name == "MISSION_REQUEST_LIST":
            return self._listed(message, now_s)
        if message.name in ("MISSION_REQUEST_INT", "MISSION_REQUEST"):
            return self._requested(message, now_s)
        if message.name == "MISSION_ACK" and self._is_partner(message):
            self._download = None
        return []

    def tick(self, now_s: float) -> list[Send]:
        """Forget a partner who has fallen silent."""
        if self._download is None or now_s - self._download.heard_s <= SILENCE_S:
            return []
        was_busy = self.busy
        self._download = None
        return [statustext("Mission sync timeout\t")] if was_busy else []

    def _listed(self, message: Message, now_s: float) -> list[Send]:
        partner, mission_type = message.sender, message.mission_type
        if self.busy and not self._is_partner(message):
            text = "Mission download request ignored, already active\t"
            return [statustext(text, severity=6)]
        if mission_type not in tuple(MissionType):
            return [ack(partner, ERROR, mission_type)]
        items = self._store.items(MissionType(mission_type))
        self._download = _Download(partner, MissionType(mission_type), items, now_s)
        hash = self._store.hash(MissionType(mission_type))
        return [count(partner, len(items), mission_type, opaque_id=hash)]

    def _requested(self, message: Message, now_s: float) -> list[Send]:
        download = self._download
        if download is None or not self._is_partner(message):
            # PX4 keeps silent too: some displays ask out of turn.
            return []
        download.heard_s = now_s
        items = download.items
        if message.seq not in (download.sent, download.sent - 1) or message.seq >= len(items):
            self._download = None
            text = statustext("WPM: REJ. CMD: Req. WP was unexpected\t")
            return [ack(download.partner, ERROR, download.mission_type), text]
        download.sent = message.seq + 1
        return [self._item(download, message.seq, items[message.seq])]

    def _item(self, download: _Download, seq: int, item: WireItem) -> Send:
        mission = download.mission_type is MissionType.MISSION
        told = read_back(item, current=mission and seq == self._store.current_seq)
        fields = told.fields(seq=seq, mission_type=download.mission_type, to=download.partner)
        return Send("MISSION_ITEM_INT", fields)

    def _is_partner(self, message: Message) -> bool:
        download = self._download
        return (
            download is not None
            and message.sender == download.partner
            and message.mission_type == download.mission_type
        )
