"""Taking a plan from a client that uploads: the vehicle's role, asking by MISSION_REQUEST."""

from dataclasses import dataclass, field

from ground_station.dronekit_bridge.items import from_client
from ground_station.dronekit_bridge.words import Word, Words, say, to_client
from onboard.mavlink.codec import Address, Message
from onboard.mavlink.plan_items import MissionType, WireItem
from onboard.mavlink.px4_items import ERROR, OPERATION_CANCELLED

ASK_AGAIN_S = 0.4
SILENCE_S = 8.0


@dataclass(slots=True)
class _Upload:
    partner: Address
    mission_type: MissionType
    count: int
    heard_s: float
    asked_s: float
    items: list[WireItem] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Offered:
    """A whole plan that a client has handed over."""

    partner: Address
    mission_type: MissionType
    items: tuple[WireItem, ...]


class ClientUpload:
    """One client's upload at a time; a new MISSION_COUNT begins anew.

    DroneKit says each thing once and never looks at an acknowledgement, so what is missing is asked
    for again, until `SILENCE_S` have passed without a new item. `repeated` counts those requests.
    """

    def __init__(self) -> None:
        self.repeated = 0
        self._upload: _Upload | None = None

    @property
    def busy(self) -> bool:
        """Whether items are still awaited."""
        return self._upload is not None

    def announced(self, message: Message, now_s: float) -> Words:
        """A MISSION_COUNT above zero, of a known type: ask for the first item."""
        kind = MissionType(message.mission_type)
        self._upload = _Upload(message.sender, kind, message["count"], now_s, now_s)
        return self._ask(self._upload, now_s)

    def item(self, message: Message, now_s: float) -> tuple[Words, Offered | None]:
        """An item; the plan is handed over with the last."""
        upload = self._upload
        if upload is None or message.mission_type != upload.mission_type:
            return [], None
        if message.seq != len(upload.items):
            return [], None
        upload.items.append(from_client(message))
        upload.heard_s = now_s
        if len(upload.items) < upload.count:
            return self._ask(upload, now_s), None
        self._upload = None
        return [], Offered(upload.partner, upload.mission_type, tuple(upload.items))

    def cancelled(self, message: Message) -> None:
        """The client's MISSION_ACK that ends its own upload."""
        if message["type"] == OPERATION_CANCELLED:
            self._upload = None

    def tick(self, now_s: float) -> Words:
        """Ask again, or give up."""
        upload = self._upload
        if upload is None:
            return []
        if now_s - upload.heard_s > SILENCE_S:
            self._upload = None
            said = f"no item {len(upload.items)} of {upload.count} came; nothing is changed"
            return [say(said, severity=3), acknowledge(upload.partner, upload.mission_type, ERROR)]
        if now_s - upload.asked_s > ASK_AGAIN_S:
            self.repeated += 1
            return self._ask(upload, now_s)
        return []

    def _ask(self, upload: _Upload, now_s: float) -> Words:
        upload.asked_s = now_s
        to = addressed(upload.partner, upload.mission_type)
        return [to_client("MISSION_REQUEST", **to, seq=len(upload.items))]


def addressed(partner: Address, mission_type: int) -> dict[str, int]:
    """The fields by which a mission message finds its client and its type."""
    return {
        "target_system": partner.system_id,
        "target_component": partner.component_id,
        "mission_type": int(mission_type),
    }


def acknowledge(partner: Address, mission_type: int, result: int) -> Word:
    """MISSION_ACK to a client."""
    return to_client("MISSION_ACK", **addressed(partner, mission_type), type=result)
