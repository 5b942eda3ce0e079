"""The mission and the fence that a vehicle holds, read from it whenever it names other ones."""

from missions.plan import Plan
from onboard.mavlink.codec import Address, Message, Send
from onboard.mavlink.mission_transfer import PlanReader
from onboard.mavlink.plan_items import MissionType, PlanNotUnderstood, WireItem, plan_from_wire

AGAIN_S = 5.0


class PlanOnBoard:
    """`plan` is None until mission and fence of the present ids have been read.

    MISSION_CURRENT names them; nothing is read before it has come.
    """

    def __init__(self, *, own: Address, vehicle: Address) -> None:
        self.plan: Plan | None = None
        self._own, self._vehicle = own, vehicle
        self._named: tuple[int, int] | None = None
        self._read: dict[MissionType, tuple[WireItem, ...]] = {}
        self._reader: PlanReader | None = None
        self._kind = MissionType.MISSION
        self._next_s = 0.0

    def receive(self, message: Message, now_s: float) -> list[Send]:
        """Take in the ids and the items."""
        if message.sender != self._vehicle:
            return []
        if message.name == "MISSION_CURRENT":
            self._name((message.mission_id, message.fence_id))
            return []
        return [] if self._reader is None else self._reader.receive(message, now_s)

    def tick(self, now_s: float) -> list[Send]:
        """Ask for what is missing."""
        if self._named is None or self.plan is not None:
            return []
        if self._reader is None:
            return self._begin(now_s) if now_s >= self._next_s else []
        sends = self._reader.tick(now_s)
        if self._reader.outcome is not None:
            self._end(now_s)
        return sends

    def _name(self, named: tuple[int, int]) -> None:
        if named != self._named:
            self._named, self.plan, self._reader = named, None, None
            self._read.clear()

    def _begin(self, now_s: float) -> list[Send]:
        kinds = (MissionType.MISSION, MissionType.FENCE)
        self._kind = next(kind for kind in kinds if kind not in self._read)
        self._reader = PlanReader(own=self._own, vehicle=self._vehicle, mission_type=self._kind)
        return self._reader.start(now_s)

    def _end(self, now_s: float) -> None:
        outcome = self._reader.outcome if self._reader is not None else None
        self._reader = None
        if outcome is None or not outcome.complete:
            self._next_s = now_s + AGAIN_S
            return
        self._read[self._kind] = outcome.items
        if len(self._read) == 2:
            self._understand(now_s)

    def _understand(self, now_s: float) -> None:
        try:
            self.plan = plan_from_wire(
                mission=self._read[MissionType.MISSION], fence=self._read[MissionType.FENCE]
            )
        except PlanNotUnderstood:
            self._read.clear()
            self._next_s = now_s + AGAIN_S
