"""The vehicle's mission protocol on one link: uploads, downloads and clearing, one at a time."""

from collections.abc import Callable, Mapping

from onboard.mavlink.codec import Address, Message, Send
from onboard.mavlink.mission_transfer.provider import PlanProvider
from onboard.mavlink.mission_transfer.receiver import PlanReceiver
from onboard.mavlink.mission_transfer.store import PX4_LIMITS, PlanStore
from onboard.mavlink.mission_transfer.vehicle_words import ack, statustext
from onboard.mavlink.plan_items import WireItem
from onboard.mavlink.px4_items import ERROR, item_result

_MESSAGES = frozenset(
    (
        "MISSION_ACK",
        "MISSION_CLEAR_ALL",
        "MISSION_COUNT",
        "MISSION_ITEM_INT",
        "MISSION_REQUEST",
        "MISSION_REQUEST_INT",
        "MISSION_REQUEST_LIST",
    )
)
# PX4 also answers to MAV_COMP_ID_MISSIONPLANNER and to everybody.
_MISSION_PLANNER = 190
_EVERYBODY = 0


class PlanEndpoint:
    """One link's mission protocol; all of a vehicle's endpoints share its `store`.

    What `receive` and `tick` return goes out on this link.
    """

    def __init__(
        self,
        store: PlanStore,
        *,
        own: Address,
        limits: Mapping[int, int] = PX4_LIMITS,
        check: Callable[[WireItem, int], int] = item_result,
    ) -> None:
        self._own = own
        self._receiver = PlanReceiver(store, limits=limits, check=check)
        self._provider = PlanProvider(store)

    @property
    def busy(self) -> bool:
        """Whether a transfer is under way on this link: PX4 then takes no MISSION_SET_CURRENT."""
        return self._receiver.busy or self._provider.busy

    def receive(self, message: Message, now_s: float) -> list[Send]:
        """Answer a mission message that is meant for us; any other is passed over."""
        if message.name not in _MESSAGES or not self._is_for_us(message):
            return []
        if self._provider.busy:
            refusal = self._busy_providing(message)
            if refusal is not None:
                return refusal
        if self._receiver.busy and message.name == "MISSION_REQUEST_LIST":
            text = "Mission download request ignored, already active\t"
            return [statustext(text, severity=6)]
        return self._receiver.receive(message, now_s) + self._provider.receive(message, now_s)

    def tick(self, now_s: float) -> list[Send]:
        """Repeat what was not answered, and give up on a silent partner."""
        return self._receiver.tick(now_s) + self._provider.tick(now_s)

    def _is_for_us(self, message: Message) -> bool:
        ours = (self._own.component_id, _MISSION_PLANNER, _EVERYBODY)
        return message.target_system == self._own.system_id and message.target_component in ours

    def _busy_providing(self, message: Message) -> list[Send] | None:
        refusal = ack(message.sender, ERROR, message.mission_type)
        if message.name == "MISSION_COUNT":
            return [statustext("WPM: IGN MISSION_COUNT: Busy\t"), refusal]
        if message.name == "MISSION_ITEM_INT":
            return [statustext("IGN MISSION_ITEM: Busy\t"), refusal]
        if message.name == "MISSION_CLEAR_ALL":
            return [statustext("WPM: IGN CLEAR CMD: Busy\t")]
        return None
