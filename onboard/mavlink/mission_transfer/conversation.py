"""What both ground roles share: whom they talk to, what they said last and how often."""

from onboard.mavlink.codec import Address, Message, Send
from onboard.mavlink.mission_transfer.outcome import CANCELLED, TransferOutcome, no_answer
from onboard.mavlink.plan_items import MissionType
from onboard.mavlink.px4_items import OPERATION_CANCELLED


class GroundConversation:
    """A transfer seen from the ground: it repeats its last word until answered, then gives up."""

    def __init__(
        self,
        *,
        own: Address,
        vehicle: Address,
        mission_type: MissionType,
        answer_timeout_s: float,
        attempts: int,
    ) -> None:
        self.mission_type = mission_type
        self.outcome: TransferOutcome | None = None
        self._own = own
        self._vehicle = vehicle
        self._answer_timeout_s = answer_timeout_s
        self._attempts = attempts
        self._last_sent: Send | None = None
        self._waiting_for = ""
        self._tries = 0
        self._deadline_s = float("inf")

    def tick(self, now_s: float) -> list[Send]:
        """Repeat the last message, or give up, where the wait is over."""
        if self.outcome is not None or self._last_sent is None or now_s < self._deadline_s:
            return []
        if self._tries >= self._attempts:
            self.outcome = self._gave_up()
            return []
        self._tries += 1
        self._deadline_s = now_s + self._answer_timeout_s
        return [self._last_sent]

    def cancel(self) -> list[Send]:
        """End the transfer from our side; the vehicle keeps the plan that it had."""
        if self.outcome is not None:
            return []
        self.outcome = CANCELLED
        return [self._ack(OPERATION_CANCELLED)]

    def _gave_up(self) -> TransferOutcome:
        return no_answer(self._waiting_for)

    def _say(self, send: Send, now_s: float, *, waiting_for: str) -> list[Send]:
        """Send something new, and wait for its answer."""
        self._last_sent = send
        self._waiting_for = waiting_for
        self._tries = 1
        self._deadline_s = now_s + self._answer_timeout_s
        return [send]

    def _is_ours(self, message: Message) -> bool:
        """Whether a mission message comes from our vehicle, is for us and is of our type."""
        return self._is_for_us(message) and message.mission_type == self.mission_type

    def _is_for_us(self, message: Message) -> bool:
        """Whether a mission message of any type comes from our vehicle and is for us."""
        return (
            message.sender == self._vehicle
            and message.target_system in (0, self._own.system_id)
            and message.target_component in (0, self._own.component_id)
        )

    def _to_vehicle(self, name: str, **fields: int) -> Send:
        target = {
            "target_system": self._vehicle.system_id,
            "target_component": self._vehicle.component_id,
            "mission_type": int(self.mission_type),
        }
        return Send(name, {**target, **fields})

    def _ack(self, result: int) -> Send:
        return self._to_vehicle("MISSION_ACK", type=result)
