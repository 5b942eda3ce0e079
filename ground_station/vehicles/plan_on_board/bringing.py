"""Brings parts of a plan on board, one after another, each until the vehicle has proven it."""

from collections.abc import Sequence
from dataclasses import dataclass

from ground_station.vehicles.machine import GROUND_STATION
from ground_station.vehicles.plan_on_board.held import HeldPart, PlanReport
from onboard.mavlink.codec import Address, Message, Send
from onboard.mavlink.mission_transfer import PlanSender, TransferEnd, TransferOutcome
from onboard.mavlink.plan_items import MissionType
from onboard.mavlink.px4_items import ERROR

# MISSION_CURRENT comes once a second; two may be lost.
REPORT_WITHIN_S = 3.5
# PX4 says ERROR also where its storage was too slow, which says nothing against the plan.
ERRORS_A_PART = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """How it ended; where not `complete`, `kind` is the part that failed and `item` its item."""

    complete: bool
    kind: MissionType | None = None
    refused: bool = False
    item: int | None = None
    words: str = ""


class Bringing:
    """The machine. A transfer that ended without a clear answer is judged by the vehicle's next
    report, and begun again while the vehicle is heard. After `limit_s` it ends whatever happens: a
    vehicle that answers each transfer and forgets it again would be spoken to for ever.

    `persistent` begins again whatever happened: for a plan that is put back.
    """

    def __init__(
        self,
        *,
        vehicle: Address,
        parts: Sequence[HeldPart],
        limit_s: float,
        silence_s: float = 15.0,
        persistent: bool = False,
    ) -> None:
        self.outcome: Brought | None = None
        self.touched: set[MissionType] = set()
        self.transfers = 0
        self._vehicle = vehicle
        self._parts = tuple(parts)
        self._limit_s = limit_s
        self._silence_s = silence_s
        self._persistent = persistent
        self._index = 0
        self._begun_at = 0
        self._sender: PlanSender | None = None
        self._began_s = self._heard_s = 0.0
        self._doubted_s: float | None = None
        self._report: PlanReport | None = None

    @property
    def kind(self) -> MissionType | None:
        """The part under way."""
        return self._parts[self._index].kind if self._index < len(self._parts) else None

    @property
    def item(self) -> int:
        """How many of its items the vehicle is known to have."""
        return 0 if self._sender is None else self._sender.arrived

    @property
    def items(self) -> int:
        """How many items it has."""
        return len(self._parts[self._index].items) if self._index < len(self._parts) else 0

    def start(self, now_s: float) -> list[Send]:
        """Announce the first part."""
        self._began_s = self._heard_s = now_s
        return self._begin(now_s)

    def receive(self, message: Message, now_s: float) -> list[Send]:
        """One message of the vehicle."""
        if self.outcome is not None or message.sender != self._vehicle:
            return []
        self._heard_s = now_s
        if message.name == "MISSION_CURRENT":
            self._report = PlanReport.of(message)
        sends = [] if self._sender is None else self._sender.receive(message, now_s)
        return sends + self._advance(now_s)

    def tick(self, now_s: float) -> list[Send]:
        """Let time pass."""
        if self.outcome is not None:
            return []
        sends = [] if self._sender is None else self._sender.tick(now_s)
        return sends + self._advance(now_s)

    def cancel(self) -> list[Send]:
        """Stop; the vehicle forgets the transfer under way and keeps what it has of that part."""
        sends = [] if self._sender is None else self._sender.cancel()
        self._fail(Brought(complete=False, kind=self.kind, words="cancelled by the operator"))
        return sends

    def _begin(self, now_s: float) -> list[Send]:
        if self._index >= len(self._parts):
            self.outcome = Brought(complete=True)
            return []
        part = self._parts[self._index]
        self._doubted_s = None
        self._sender = PlanSender(
            own=GROUND_STATION, vehicle=self._vehicle, mission_type=part.kind, items=part.items
        )
        self.touched.add(part.kind)
        self.transfers += 1
        return self._sender.start(now_s)

    def _advance(self, now_s: float) -> list[Send]:
        if self._sender is None or self.outcome is not None:
            return []
        done = self._sender.outcome
        if done is None:
            return self._out_of_time() if self._late(now_s) else []
        if done.complete or self._proven_by_report():
            self._index += 1
            self._begun_at = self.transfers
            return self._begin(now_s)
        if self._doubted_s is None:
            # Only a report that comes after this can say what is on board now.
            self._doubted_s, self._report = now_s, None
        if self._final(done):
            self._fail(self._not_brought(done))
            return []
        if self._report is None and now_s - self._doubted_s < REPORT_WITHIN_S:
            return []
        return self._once_more(done, now_s)

    def _proven_by_report(self) -> bool:
        if self._doubted_s is None or self._report is None:
            return False
        part = self._parts[self._index]
        return self._report.hash(part.kind) == part.hash

    def _final(self, done: TransferOutcome) -> bool:
        if done.end is not TransferEnd.REFUSED or self._persistent:
            return False
        return done.result != ERROR or self.transfers - self._begun_at >= ERRORS_A_PART

    def _once_more(self, done: TransferOutcome, now_s: float) -> list[Send]:
        silent = now_s - self._heard_s >= self._silence_s and not self._persistent
        if silent or self._late(now_s):
            self._fail(self._not_brought(done))
            return []
        return self._begin(now_s)

    def _late(self, now_s: float) -> bool:
        return now_s - self._began_s >= self._limit_s

    def _out_of_time(self) -> list[Send]:
        assert self._sender is not None
        words = f"it did not get there within {self._limit_s:.0f} s"
        sends = self._sender.cancel()
        self._fail(Brought(complete=False, kind=self.kind, words=words))
        return sends

    def _not_brought(self, done: TransferOutcome) -> Brought:
        refused = done.end is TransferEnd.REFUSED
        return Brought(
            complete=False, kind=self.kind, refused=refused, item=done.item, words=done.words
        )

    def _fail(self, brought: Brought) -> None:
        self.outcome = brought
