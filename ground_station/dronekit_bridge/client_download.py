"""Giving a plan to a client that downloads: the vehicle's role, in the form that it asks for."""

from dataclasses import dataclass

from ground_station.dronekit_bridge.client_upload import addressed
from ground_station.dronekit_bridge.items import to_float
from ground_station.dronekit_bridge.words import Word, Words, to_client
from onboard.mavlink.codec import Address, Message
from onboard.mavlink.plan_items import MissionType, WireItem

SAY_AGAIN_S = 1.0
SILENCE_S = 8.0
# DroneKit does not say that it has the last item, so that is said again on suspicion.
LAST_ITEM_AGAIN = 5


@dataclass(slots=True)
class _Download:
    partner: Address
    mission_type: MissionType
    items: tuple[WireItem, ...]
    heard_s: float
    said_s: float
    given: int = 0
    again: int = 0
    silences: int = 0
    as_float: bool = True


class ClientDownload:
    """Serves a plan that has been read from the vehicle as a whole, to one client at a time.

    DroneKit asks for each item once and waits for ever: where it falls silent the count, or the
    last item and those after it, are said again. A client that heard them passes them over.
    """

    def __init__(self) -> None:
        self.repeated = 0
        self._download: _Download | None = None

    @property
    def busy(self) -> bool:
        """Whether the last item is still to be asked for."""
        return self._download is not None and self._download.given < len(self._download.items)

    def offer(
        self,
        partner: Address,
        mission_type: MissionType,
        items: tuple[WireItem, ...],
        now_s: float,
    ) -> Words:
        """Say how many items there are."""
        self._download = _Download(partner, mission_type, items, now_s, now_s)
        return [self._count(self._download)]

    def requested(self, message: Message, now_s: float) -> Words:
        """An item that the client asks for, as MISSION_ITEM or MISSION_ITEM_INT."""
        download = self._download
        if download is None or message.mission_type != download.mission_type:
            return []
        if message.seq >= len(download.items):
            return []
        download.heard_s = download.said_s = now_s
        download.silences = 0
        download.as_float = message.name == "MISSION_REQUEST"
        download.given = max(download.given, message.seq + 1)
        return [self._item(download, message.seq)]

    def finished(self) -> None:
        """The client's MISSION_ACK."""
        self._download = None

    def tick(self, now_s: float) -> Words:
        """Say again what may have been lost, or forget a client that went."""
        download = self._download
        if download is None or now_s - download.said_s < SAY_AGAIN_S:
            return []
        if now_s - download.heard_s > SILENCE_S or download.again >= LAST_ITEM_AGAIN:
            self._download = None
            return []
        download.said_s = now_s
        download.again += not self.busy
        self.repeated += 1
        if download.given == 0:
            return [self._count(download)]
        # Its requests may be what is lost, so each silence reaches one item further.
        download.silences += 1
        first = download.given - 1
        end = min(download.given + download.silences, len(download.items))
        return [self._item(download, seq) for seq in range(first, end)]

    def _count(self, download: _Download) -> Word:
        to = addressed(download.partner, download.mission_type)
        return to_client("MISSION_COUNT", **to, count=len(download.items))

    def _item(self, download: _Download, seq: int) -> Word:
        item, to = download.items[seq], addressed(download.partner, download.mission_type)
        if download.as_float:
            return to_client("MISSION_ITEM", **to, seq=seq, **to_float(item))
        fields = {name: getattr(item, name) for name in WireItem.__slots__}
        return to_client("MISSION_ITEM_INT", **to, seq=seq, **fields)
