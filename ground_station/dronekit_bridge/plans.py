"""Plans across the bridge: each is taken whole from one side and then given to the other.

So either side's losses are made good on its own side, by machines that know its habits, and a plan
is never half on board.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from ground_station.dronekit_bridge.client_download import ClientDownload
from ground_station.dronekit_bridge.client_upload import ClientUpload, Offered, acknowledge
from ground_station.dronekit_bridge.items import for_client, for_px4, is_home_slot
from ground_station.dronekit_bridge.known import Known
from ground_station.dronekit_bridge.words import (
    BridgeCounters,
    Dialect,
    Words,
    say,
    to_vehicle,
)
from onboard.mavlink.codec import Address, Message
from onboard.mavlink.mission_transfer import PlanReader, PlanSender
from onboard.mavlink.mission_transfer.outcome import TransferOutcome
from onboard.mavlink.plan_items import MissionType, WireItem
from onboard.mavlink.px4_items import ACCEPTED, ERROR, UNSUPPORTED

ALL_TYPES = 255
JOBS_AT_MOST = 8


@dataclass(slots=True)
class _Job:
    """One transfer with the vehicle, and what is to be said to the client at its end."""

    machine: PlanSender | PlanReader
    ended: Callable[[TransferOutcome, float], Words]


class Plans:
    """All of the mission protocol. `doubtful`: the last upload failed, and no other followed.

    `slots` is 1 where the client counts home as item 0, so that its item numbers are one higher.
    """

    def __init__(self, known: Known, counters: BridgeCounters, *, dialect: Dialect) -> None:
        self.doubtful = False
        self.slots = 0
        self._known = known
        self._counters = counters
        self._dialect = dialect
        self._upload = ClientUpload()
        self._download = ClientDownload()
        self._jobs: deque[_Job] = deque()
        self._started = False

    @property
    def busy(self) -> bool:
        """Whether a plan is on its way to or from the vehicle, or from the client."""
        return bool(self._jobs) or self._upload.busy

    @property
    def repeated(self) -> int:
        """How often the client was asked or told again."""
        return self._upload.repeated + self._download.repeated

    def from_client(self, message: Message, now_s: float) -> Words | None:
        """Answer a client's mission message; None for any other."""
        answer = _FROM_CLIENT.get(message.name)
        if answer is None:
            return None
        return answer(self, message, now_s) + self._go(now_s)

    def from_vehicle(self, message: Message, now_s: float) -> Words | None:
        """Take a mission message of the vehicle in; None for one that the client is to have."""
        if message.name not in _FROM_VEHICLE:
            return None
        if not self._jobs:
            return []
        sends = self._jobs[0].machine.receive(message, now_s)
        return to_vehicle(sends) + self._go(now_s)

    def tick(self, now_s: float) -> Words:
        """Repeat, give up, go on to the next transfer."""
        words = self._upload.tick(now_s) + self._download.tick(now_s)
        if self._jobs and self._started:
            words += to_vehicle(self._jobs[0].machine.tick(now_s))
        return words + self._go(now_s)

    def _go(self, now_s: float) -> Words:
        """Begin the next transfer, once the one before has ended."""
        words: Words = []
        while self._jobs:
            job = self._jobs[0]
            if not self._started:
                self._started = True
                words += to_vehicle(job.machine.start(now_s))
            outcome = job.machine.outcome
            if outcome is None:
                break
            self._jobs.popleft()
            self._started = False
            words += job.ended(outcome, now_s)
        return words

    def _add(self, machine: PlanSender | PlanReader, ended: Callable[..., Words]) -> Words:
        if len(self._jobs) >= JOBS_AT_MOST:
            self._counters.refused += 1
            return [say("too many transfers at once", severity=3)]
        self._jobs.append(_Job(machine, ended))
        return []

    def _counted(self, message: Message, now_s: float) -> Words:
        if message.mission_type not in tuple(MissionType):
            return [acknowledge(message.sender, message.mission_type, UNSUPPORTED)]
        if message["count"] == 0:
            return self._clear(message, now_s)
        return self._upload.announced(message, now_s)

    def _item(self, message: Message, now_s: float) -> Words:
        words, offered = self._upload.item(message, now_s)
        return words if offered is None else words + self._send(offered)

    def _send(self, offered: Offered) -> Words:
        items, slots, kind = offered.items, 0, offered.mission_type
        if kind is MissionType.MISSION:
            slots = int(is_home_slot(items[0], self._known.home, self._dialect))
            here = self._known.position or self._known.home
            items = for_px4(items, slots=slots, here=here, dialect=self._dialect)
        self._counters.uploads += 1

        def ended(outcome: TransferOutcome, now_s: float) -> Words:
            if kind is MissionType.MISSION:
                self.doubtful = not outcome.complete
                self.slots = slots if outcome.complete else self.slots
            return self._sent(offered.partner, kind, outcome, slots=slots)

        return self._add(self._sender(kind, items), ended)

    def _sent(
        self, partner: Address, kind: MissionType, outcome: TransferOutcome, *, slots: int = 0
    ) -> Words:
        if outcome.complete:
            return [acknowledge(partner, kind, ACCEPTED)]
        self._counters.failed += 1
        at = "" if outcome.item is None else f"item {outcome.item + slots}: "
        result = ERROR if outcome.result in (None, ACCEPTED) else outcome.result
        assert result is not None
        text = f"not uploaded: {at}{outcome.words}"
        return [say(text, severity=3), acknowledge(partner, kind, result)]

    def _clear(self, message: Message, now_s: float) -> Words:
        wanted = message.mission_type
        kinds = [kind for kind in MissionType if wanted in (kind, ALL_TYPES)]
        if not kinds:
            return [acknowledge(message.sender, wanted, UNSUPPORTED)]
        words: Words = []
        for kind in kinds:
            words += self._clear_one(message.sender, kind, answers=kind is kinds[-1], said=wanted)
        return words

    def _clear_one(self, partner: Address, kind: MissionType, *, answers: bool, said: int) -> Words:
        def ended(outcome: TransferOutcome, now_s: float) -> Words:
            if outcome.complete:
                return [acknowledge(partner, said, ACCEPTED)] if answers else []
            return self._sent(partner, kind, outcome)

        return self._add(self._sender(kind, ()), ended)

    def _listed(self, message: Message, now_s: float) -> Words:
        partner = message.sender
        if message.mission_type not in tuple(MissionType):
            return [acknowledge(partner, message.mission_type, UNSUPPORTED)]
        kind = MissionType(message.mission_type)
        self._counters.downloads += 1

        def ended(outcome: TransferOutcome, now_s: float) -> Words:
            if not outcome.complete:
                self._counters.failed += 1
                said = say(f"not downloaded: {outcome.words}", severity=3)
                return [said, acknowledge(partner, kind, ERROR)]
            items = outcome.items
            if kind is MissionType.MISSION:
                items, self.slots = for_client(items, self._known.home), 1
            return self._download.offer(partner, kind, items, now_s)

        reader = PlanReader(own=self._known.client, vehicle=self._vehicle(), mission_type=kind)
        return self._add(reader, ended)

    def _requested(self, message: Message, now_s: float) -> Words:
        return self._download.requested(message, now_s)

    def _acknowledged(self, message: Message, now_s: float) -> Words:
        if self._upload.busy:
            self._upload.cancelled(message)
        else:
            self._download.finished()
        return []

    def _sender(self, kind: MissionType, items: tuple[WireItem, ...]) -> PlanSender:
        return PlanSender(
            own=self._known.client,
            vehicle=self._vehicle(),
            mission_type=kind,
            items=items,
        )

    def _vehicle(self) -> Address:
        assert self._known.vehicle is not None
        return self._known.vehicle


_FROM_CLIENT: dict[str, Callable[[Plans, Message, float], Words]] = {
    "MISSION_COUNT": Plans._counted,
    "MISSION_ITEM": Plans._item,
    "MISSION_ITEM_INT": Plans._item,
    "MISSION_CLEAR_ALL": Plans._clear,
    "MISSION_REQUEST_LIST": Plans._listed,
    "MISSION_REQUEST": Plans._requested,
    "MISSION_REQUEST_INT": Plans._requested,
    "MISSION_ACK": Plans._acknowledged,
}
_FROM_VEHICLE = frozenset(
    ("MISSION_COUNT", "MISSION_ITEM_INT", "MISSION_REQUEST", "MISSION_REQUEST_INT", "MISSION_ACK")
)
