"""What is on board before an upload: by its hash where we know it, else read item by item."""

from collections.abc import Callable
from dataclasses import dataclass

from ground_station.hub.plan_views import UploadPhase, UploadProgress
from ground_station.vehicles.machine import GROUND_STATION
from ground_station.vehicles.plan_on_board.held import ORDER, HeldPart, HeldPlan, PlanReport
from ground_station.vehicles.plan_on_board.original import original_items
from onboard.mavlink.codec import Address, Message, Send
from onboard.mavlink.mission_transfer import PlanReader, TransferOutcome
from onboard.mavlink.plan_items import MissionType, WireItem

Known = Callable[[MissionType, int], tuple[WireItem, ...] | None]
REPORT_WITHIN_S = 8.0
AN_ITEM_S = 1.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What was found; `held` is None where it could not be learnt, and `words` say why."""

    held: HeldPlan | None
    words: str = ""


class OnBoardReading:
    """The machine: awaits MISSION_CURRENT, then downloads each part that `known` does not name.

    Where the vehicle reports no hashes, every part is downloaded and its MISSION_COUNT names one.
    It ends after `limit_s` and 1.5 s for each item, whatever comes.
    """

    def __init__(self, *, vehicle: Address, known: Known, limit_s: float = 90.0) -> None:
        self.outcome: Reading | None = None
        self.downloaded = 0
        self._vehicle = vehicle
        self._known = known
        self._limit_s = limit_s
        self._began_s = 0.0
        self._report: PlanReport | None = None
        self._parts: list[HeldPart] = []
        self._reader: PlanReader | None = None
        self._waiting = True

    @property
    def progress(self) -> UploadProgress:
        """How far it is."""
        reader, part = self._reader, ""
        if len(self._parts) < len(ORDER):
            part = ORDER[len(self._parts)].name.lower()
        return UploadProgress(
            system_id=self._vehicle.system_id,
            phase=UploadPhase.READING,
            part=part,
            item=0 if reader is None else reader.arrived,
            items=0 if reader is None else reader.expected,
        )

    def start(self, now_s: float) -> list[Send]:
        """Wait for what the vehicle reports by itself once a second."""
        self._began_s = now_s
        return []

    def receive(self, message: Message, now_s: float) -> list[Send]:
        """One message of the vehicle."""
        if message.sender != self._vehicle or self.outcome is not None:
            return []
        if message.name == "MISSION_CURRENT":
            self._report = PlanReport.of(message)
        if self._waiting:
            return [] if self._report is None else self._go_on(now_s)
        if self._reader is None:
            return []
        return self._reader.receive(message, now_s) + self._settled(now_s)

    def tick(self, now_s: float) -> list[Send]:
        """Let time pass."""
        if self.outcome is not None:
            return []
        if now_s - self._began_s >= self._allowed_s:
            self._fail(f"reading what is on board took longer than {self._allowed_s:.0f} s")
            return [] if self._reader is None else self._reader.cancel()
        if self._waiting:
            return self._go_on(now_s) if now_s - self._began_s >= REPORT_WITHIN_S else []
        if self._reader is None:
            return []
        return self._reader.tick(now_s) + self._settled(now_s)

    @property
    def _allowed_s(self) -> float:
        under_way = 0 if self._reader is None else self._reader.expected
        return self._limit_s + AN_ITEM_S * (under_way + sum(len(p.items) for p in self._parts))

    def _go_on(self, now_s: float) -> list[Send]:
        self._waiting = False
        while len(self._parts) < len(ORDER):
            kind = ORDER[len(self._parts)]
            items = None if self._report is None else self._recall(kind, self._report.hash(kind))
            if items is None:
                self._reader = PlanReader(
                    own=GROUND_STATION, vehicle=self._vehicle, mission_type=kind
                )
                return self._reader.start(now_s)
            assert self._report is not None
            self._take(HeldPart(kind=kind, items=items, reported=self._report.hash(kind)))
        self.outcome = self._found()
        return []

    def _recall(self, kind: MissionType, reported: int) -> tuple[WireItem, ...] | None:
        return () if reported == 0 else self._known(kind, reported)

    def _settled(self, now_s: float) -> list[Send]:
        reader = self._reader
        if reader is None or reader.outcome is None:
            return []
        if not reader.outcome.complete:
            self._fail(f"{reader.mission_type.name.lower()}: {reader.outcome.words}")
            return []
        self._reader = None
        self.downloaded += 1
        self._take(_part(reader.mission_type, reader.outcome))
        return self._go_on(now_s)

    def _take(self, part: HeldPart) -> None:
        self._parts.append(part)

    def _found(self) -> Reading:
        held = HeldPlan(parts=tuple(self._parts))
        report = self._report
        if report is None:
            return Reading(held=held)
        if any(report.hash(part.kind) != part.reported for part in held.parts):
            return Reading(held=None, words="the plan on board changed while it was read")
        return Reading(held=held.going_on_at(report.seq))

    def _fail(self, words: str) -> None:
        self.outcome = Reading(held=None, words=words)


def _part(kind: MissionType, read: TransferOutcome) -> HeldPart:
    reported = read.opaque_id or 0
    items = original_items(read.items, reported) or read.items
    return HeldPart(kind=kind, items=items, reported=reported)
