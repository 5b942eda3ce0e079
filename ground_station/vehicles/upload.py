"""A verified upload: a plan is on board when the vehicle has proven it, not when it has said yes.

Fence, rally points and mission travel in one transaction, in that order, so that the mission is
judged with its own fence. Then two proofs are awaited: the hashes that MISSION_CURRENT reports
equal those predicted from the items, and PX4's navigator, which judges only after the ACK, finds
the mission feasible (`mission_state` is not NO_MISSION and no text rejects it).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ground_station.hub.vehicles_port import UploadOutcome, UploadResult
from ground_station.vehicles.machine import GROUND_STATION
from ground_station.vehicles.px4_events import objection
from ground_station.vehicles.texts import TextAssembler, VehicleText
from missions.plan import Plan
from onboard.mavlink.codec import Address, Message, Send
from onboard.mavlink.mission_transfer import PlanSender, TransferEnd, TransferOutcome
from onboard.mavlink.plan_hash import plan_hashes
from onboard.mavlink.plan_items import MissionType, wire_of

ORDER = (MissionType.FENCE, MissionType.RALLY, MissionType.MISSION)
MISSION_STATE_UNKNOWN, MISSION_STATE_NONE = 0, 1
WARNING_SEVERITY = 4
OBJECTING_TEXTS = (
    "Mission rejected",
    "Geofence violation",
    "Geofence invalid",
    "Geofence requires",
    "Geofence: import error",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What one MISSION_CURRENT says of the plans on board."""

    mission: int
    fence: int
    rally: int
    state: int


class VerifiedUpload:
    """The transaction as a machine; `progress` grows from 0 to 1 over the transfers.

    PX4 was seen to judge 0.4 to 0.9 s after the ACK, so no verdict counts before `settle_s`; one
    that has not come after `verdict_timeout_s` never will (no home yet, or an older firmware).
    """

    def __init__(
        self,
        *,
        vehicle: Address,
        plan: Plan,
        settle_s: float = 1.5,
        verdict_timeout_s: float = 10.0,
    ) -> None:
        self.outcome: UploadOutcome | None = None
        self._plan = plan
        self._predicted = plan_hashes(plan)
        self._senders: Sequence[PlanSender] = [
            PlanSender(own=GROUND_STATION, vehicle=vehicle, mission_type=kind, items=items)
            for kind in ORDER
            for items in (wire_of(plan, kind),)
        ]
        self._stage = 0
        self._vehicle = vehicle
        self._settle_s = settle_s
        self._verdict_timeout_s = verdict_timeout_s
        self._acknowledged_at_s: float | None = None
        self._doubted_since_s: float | None = None
        self._report: Report | None = None
        self._assembler = TextAssembler()
        self._objections: list[str] = []

    @property
    def progress(self) -> float:
        """The share of the transfers that is done."""
        if self._stage >= len(self._senders):
            return 1.0
        return (self._stage + self._senders[self._stage].progress) / len(self._senders)

    def start(self, now_s: float) -> list[Send]:
        """Announce the first of the three."""
        return self._senders[0].start(now_s)

    def receive(self, message: Message, now_s: float) -> list[Send]:
        """One message of this vehicle."""
        if message.system_id != self._vehicle.system_id:
            return []
        self._listen(message)
        if self._stage < len(self._senders):
            sends = self._senders[self._stage].receive(message, now_s)
            return sends + self._advance(now_s)
        self._judge(now_s)
        return []

    def tick(self, now_s: float) -> list[Send]:
        """Let time pass."""
        if self._stage < len(self._senders):
            sends = self._senders[self._stage].tick(now_s)
            return sends + self._advance(now_s)
        self._judge(now_s)
        return []

    def _listen(self, message: Message) -> None:
        if message.name == "MISSION_CURRENT":
            self._report = Report(
                mission=message["mission_id"],
                fence=message["fence_id"],
                rally=message["rally_points_id"],
                state=message["mission_state"],
            )
        elif message.name == "STATUSTEXT":
            text = self._assembler.receive(message)
            if text is not None and _objects(text):
                self._objections.append(text.text)
        elif message.name == "EVENT":
            words = objection(message)
            if words is not None:
                self._objections.append(words)

    def _advance(self, now_s: float) -> list[Send]:
        done = self._senders[self._stage].outcome
        if done is None:
            return []
        if not done.complete and not self._on_board_after_all():
            self._doubt(done, now_s)
            return []
        self._doubted_since_s = None
        self._stage += 1
        if self._stage < len(self._senders):
            return self._senders[self._stage].start(now_s)
        self._acknowledged_at_s = now_s
        # What was said of the plan before the ACK is about the one that was there before.
        self._report = None
        return []

    def _doubt(self, done: TransferOutcome, now_s: float) -> None:
        """A late duplicate makes PX4 answer ERROR, and an ACK can be lost: the hash decides."""
        if done.end is TransferEnd.CONTRADICTED:
            self.outcome = self._not_transferred(done)
        elif self._doubted_since_s is None:
            self._doubted_since_s, self._report = now_s, None
        elif now_s - self._doubted_since_s >= self._settle_s:
            self.outcome = self._not_transferred(done)

    def _on_board_after_all(self) -> bool:
        if self._doubted_since_s is None or self._report is None:
            return False
        kind = ORDER[self._stage].name.lower()
        reported: int = getattr(self._report, kind)
        predicted: int = getattr(self._predicted, kind)
        return reported == predicted

    def _not_transferred(self, done: TransferOutcome) -> UploadOutcome:
        kind = ORDER[self._stage].name.lower()
        refused = done.end is TransferEnd.REFUSED
        return UploadOutcome(
            outcome=UploadResult.REFUSED if refused else UploadResult.FAILED,
            items=len(self._plan.items),
            verdict=done.words if refused else "",
            reason=f"{kind}: {done.words}",
        )

    def _judge(self, now_s: float) -> None:
        if self.outcome is not None or self._acknowledged_at_s is None:
            return
        waited_s = now_s - self._acknowledged_at_s
        if waited_s < self._settle_s:
            return
        if self._objections:
            text = "; ".join(dict.fromkeys(self._objections))
            self.outcome = self._outcome(UploadResult.REFUSED, verdict=text, reason=text)
        elif self._proven():
            self.outcome = self._outcome(UploadResult.PROVEN, verdict="valid", reason="")
        elif waited_s >= self._verdict_timeout_s:
            self.outcome = self._unproven()

    def _proven(self) -> bool:
        return self._report is not None and self._same_plan() and self._feasible()

    def _same_plan(self) -> bool:
        report, predicted = self._report, self._predicted
        return report is not None and (report.mission, report.fence, report.rally) == (
            predicted.mission,
            predicted.fence,
            predicted.rally,
        )

    def _feasible(self) -> bool:
        if self._report is None:
            return False
        if not self._plan.items:
            return True
        return self._report.state not in (MISSION_STATE_UNKNOWN, MISSION_STATE_NONE)

    def _unproven(self) -> UploadOutcome:
        if self._report is None:
            return self._outcome(
                UploadResult.FAILED,
                verdict="",
                reason="the vehicle has not said which plan it holds (no MISSION_CURRENT)",
            )
        if not self._same_plan():
            return self._outcome(
                UploadResult.FAILED,
                verdict="",
                reason=f"the vehicle holds another plan: it reports mission "
                f"{self._report.mission:08x}, fence {self._report.fence:08x}, rally "
                f"{self._report.rally:08x}; expected {self._predicted.mission:08x}, "
                f"{self._predicted.fence:08x}, {self._predicted.rally:08x}",
            )
        return self._outcome(
            UploadResult.REFUSED,
            verdict="no valid mission",
            reason="the vehicle took the items but finds no valid mission in them and gives no "
            "reason (is its home position known?)",
        )

    def _outcome(self, result: UploadResult, *, verdict: str, reason: str) -> UploadOutcome:
        report = self._report
        return UploadOutcome(
            outcome=result,
            mission_hash=None if report is None else report.mission,
            fence_hash=None if report is None else report.fence,
            rally_hash=None if report is None else report.rally,
            verdict=verdict,
            items=len(self._plan.items),
            reason=reason,
        )


def _objects(text: VehicleText) -> bool:
    return text.severity <= WARNING_SEVERITY and text.text.startswith(OBJECTING_TEXTS)
