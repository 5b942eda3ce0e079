"""A verified upload: a plan is on board when the vehicle has proven it, not when it has said yes.

Fence, rally points and mission travel in one transaction, in that order, so that the mission is
judged with its own fence. Then two proofs are awaited: the hashes that MISSION_CURRENT reports
equal those predicted from the items, and PX4's navigator, which judges only after the ACK, finds
the mission feasible (`mission_state` is not NO_MISSION and nothing said against the plan). On any
failure what was on board before is put back and proven by its hashes in turn.
"""

from dataclasses import dataclass

from ground_station.hub.plan_views import Holding, OnBoard, UploadPhase, UploadProgress
from ground_station.hub.vehicles_port import UploadOutcome, UploadResult
from ground_station.vehicles.missed_events import MissedEvents
from ground_station.vehicles.plan_on_board.bringing import Bringing, Brought
from ground_station.vehicles.plan_on_board.held import ORDER, HeldPlan, PlanReport, held_from_plan
from ground_station.vehicles.plan_on_board.verdict import Objections
from missions.plan import Plan
from onboard.mavlink.codec import Address, Message, Send
from onboard.mavlink.plan_items import MissionType

MISSION_STATE_UNKNOWN, MISSION_STATE_NONE = 0, 1
# PX4 judges within 0.9 s of the ACK, and a report from before that may be a second on its way.
JUDGED_AFTER_S = 2.0
ON_ITS_WAY_S = 1.2
CANCELLED = "cancelled by the operator"


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadLimits:
    """Seconds. PX4 was seen to judge 0.4 to 0.9 s after the ACK, so no verdict counts before
    `settle`; one that has not come after `verdict` never will (no home yet, or older firmware).

    `bring` and `restore` grow by `an_item` for each item (eight hundred over a link that loses a
    third take 70 s): a link on which nothing gets on, or a station too busy to speak in time, ends
    the transaction as a failure within `whole`.

    After a failure nothing is sent for `drain`: PX4 forgets a transfer after 5 s of silence, and
    until then takes a new announcement for the old one and its items with the old count. A refusal
    waits `reasons` more for what the vehicle said and the link lost.
    """

    bring: float = 90.0
    settle: float = 1.5
    verdict: float = 10.0
    drain: float = 6.0
    reasons: float = 12.0
    report: float = 4.0
    restore: float = 60.0
    an_item: float = 0.75

    def whole(self, *, new: int, before: int) -> float:
        """The longest that an upload of `new` items in place of `before` takes, outcome and all."""
        undone = (
            self.reasons + 2.0 * (self.drain + self.report) + self.restore + self.an_item * before
        )
        return self.bring + self.an_item * new + self.verdict + undone


@dataclass(frozen=True, slots=True, kw_only=True)
class _Failure:
    result: UploadResult
    phase: UploadPhase
    reason: str
    verdict: str = ""
    item: int | None = None


class VerifiedUpload:
    """The transaction as a machine. `before` is what to put back; without it a failure can only
    be told. `undoing` begins with the failure: for a transaction that another process left.
    """

    def __init__(
        self,
        *,
        vehicle: Address,
        plan: Plan,
        before: HeldPlan | None = None,
        limits: UploadLimits | None = None,
        undoing: str = "",
        events: MissedEvents | None = None,
    ) -> None:
        self.outcome: UploadOutcome | None = None
        self.transfers = 0
        self._plan = plan
        self._events = events
        self._new = held_from_plan(plan)
        self._before = before
        self._vehicle = vehicle
        self._limits = UploadLimits() if limits is None else limits
        self._undoing = undoing
        self._bringing = Bringing(
            vehicle=vehicle,
            parts=self._new.parts,
            limit_s=self._limits.bring + self._limits.an_item * self._new.size,
        )
        self._phase = UploadPhase.FENCE
        self._since_s = 0.0
        self._report: PlanReport | None = None
        self._reported_s = 0.0
        self._put_back_s: float | None = None
        self._objections = Objections()
        self._failure: _Failure | None = None

    @property
    def progress(self) -> UploadProgress:
        """Where it is."""
        kind = self._bringing.kind
        return UploadProgress(
            system_id=self._vehicle.system_id,
            phase=self._phase,
            part="" if kind is None else kind.name.lower(),
            item=self._bringing.item,
            items=self._bringing.items,
        )

    def start(self, now_s: float) -> list[Send]:
        """Announce the fence, or begin to undo."""
        if self._undoing:
            self._fail(self._failed(UploadPhase.ENDED, self._undoing), now_s)
            return []
        return self._bringing.start(now_s) + self._step(now_s)

    def receive(self, message: Message, now_s: float) -> list[Send]:
        """One message of this vehicle."""
        if message.sender != self._vehicle or self.outcome is not None:
            return []
        if message.name == "MISSION_CURRENT":
            self._report, self._reported_s = PlanReport.of(message), now_s
        self._objections.receive(message)
        return self._bringing.receive(message, now_s) + self._step(now_s)

    def tick(self, now_s: float) -> list[Send]:
        """Let time pass."""
        if self.outcome is not None:
            return []
        return self._bringing.tick(now_s) + self._step(now_s)

    def cancel(self, now_s: float) -> list[Send]:
        """End it; what was on board before is put back."""
        if self.outcome is not None or self._failure is not None:
            return []
        sends = self._bringing.cancel()
        self._fail(self._failed(self._phase, CANCELLED), now_s)
        return sends

    def _step(self, now_s: float) -> list[Send]:
        if self._phase is UploadPhase.VERDICT:
            self._judge(now_s)
        elif self._phase is UploadPhase.SETTLING:
            return self._settled(now_s)
        elif self._phase is UploadPhase.RESTORING:
            self._restoring(now_s)
        elif self._phase is not UploadPhase.ENDED:
            self._bring(now_s)
        return []

    def _bring(self, now_s: float) -> None:
        brought = self._bringing.outcome
        if brought is None:
            kind = self._bringing.kind
            self._enter(self._phase if kind is None else UploadPhase(kind.name.lower()), now_s)
        elif brought.complete:
            self._enter(UploadPhase.VERDICT, now_s)
            # What was said of the plan before the ACK is about the one that was there before.
            self._report = None
        else:
            self._fail(self._not_brought(brought), now_s)

    def _enter(self, phase: UploadPhase, now_s: float) -> None:
        if phase is not self._phase:
            self._phase, self._since_s = phase, now_s

    def _not_brought(self, brought: Brought) -> _Failure:
        return _Failure(
            result=UploadResult.REFUSED if brought.refused else UploadResult.FAILED,
            phase=self._phase,
            reason=f"{self._phase.value}: {brought.words}",
            verdict=brought.words if brought.refused else "",
            item=brought.item,
        )

    def _judge(self, now_s: float) -> None:
        waited_s = now_s - self._since_s
        if waited_s < self._limits.settle:
            return
        if self._reported_s - self._since_s < JUDGED_AFTER_S:
            # A report from just after the ACK still carries the verdict on the plan of before.
            self._report = None
        feasible = self._feasible()
        if self._objections.fence or (self._objections.mission and feasible is False):
            self._fail(self._objected(), now_s)
        elif feasible and self._same_plan():
            self._end(UploadResult.PROVEN, verdict="valid", reason="")
        elif waited_s >= self._limits.verdict:
            self._fail(self._unproven(), now_s)

    def _same_plan(self) -> bool:
        report = self._report
        return report is not None and all(
            report.hash(part.kind) == part.hash for part in self._new.parts
        )

    def _feasible(self) -> bool | None:
        if self._report is None:
            return None
        if not self._plan.items:
            return True
        return self._report.state not in (MISSION_STATE_UNKNOWN, MISSION_STATE_NONE)

    def _objected(self) -> _Failure:
        words = self._objections.words
        return self._refused(words, words)

    def _refused(self, verdict: str, reason: str) -> _Failure:
        return _Failure(
            result=UploadResult.REFUSED,
            phase=UploadPhase.VERDICT,
            reason=reason,
            verdict=verdict,
            item=self._objections.item,
        )

    def _unproven(self) -> _Failure:
        report = self._report
        if report is None:
            reason = "the vehicle has not said which plan it holds (no MISSION_CURRENT)"
        elif not self._same_plan():
            told = ", ".join(
                f"{part.kind.name.lower()} {report.hash(part.kind):08x} (expected {part.hash:08x})"
                for part in self._new.parts
            )
            reason = f"the vehicle holds another plan: it reports {told}"
        else:
            return self._refused(
                "no valid mission",
                "the vehicle took the items but finds no valid mission in them and gives no "
                "reason (is its home position known?)",
            )
        return self._failed(UploadPhase.VERDICT, reason)

    def _failed(self, phase: UploadPhase, reason: str) -> _Failure:
        return _Failure(result=UploadResult.FAILED, phase=phase, reason=reason)

    def _fail(self, failure: _Failure, now_s: float) -> None:
        self.transfers += self._bringing.transfers
        self._failure = failure
        # Only a report from now on says what the failure has left.
        self._report = None
        self._enter(UploadPhase.SETTLING, now_s)

    def _settled(self, now_s: float) -> list[Send]:
        waited_s = now_s - self._since_s
        late = waited_s >= self._limits.drain + self._limits.report
        if waited_s < self._limits.drain or not (self._fresh(self._since_s) or late):
            return []
        if waited_s < self._limits.drain + self._limits.reasons and self._more_reasons:
            return []
        if not self._fresh(self._since_s):
            self._report = None
        if self._judged_bad and self._objections.words:
            # More may have been said since, and events that were lost come only when asked for.
            self._failure = self._objected()
        if self._before is None:
            self._give_up()
            return []
        parts = [part for part in self._before.parts if self._lacks(part.kind)]
        if not parts:
            self._give_up(restored=self._report is not None or None)
            return []
        limit_s = self._limits.restore + self._limits.an_item * self._before.size
        self._bringing = Bringing(
            vehicle=self._vehicle, parts=parts, limit_s=limit_s, persistent=True
        )
        self._enter(UploadPhase.RESTORING, now_s)
        return self._bringing.start(now_s)

    @property
    def _judged_bad(self) -> bool:
        failure = self._failure
        return (
            failure is not None
            and failure.phase is UploadPhase.VERDICT
            and failure.result is UploadResult.REFUSED
        )

    @property
    def _more_reasons(self) -> bool:
        heard = self._events is None or self._events.whole_since(self._since_s)
        return self._judged_bad and not heard

    def _lacks(self, kind: MissionType) -> bool:
        """Whether a part of before has to be put back, as far as the vehicle has said."""
        assert self._before is not None
        part = self._before.part(kind)
        if self._report is None:
            return bool(self._undoing) or part.kind in self._bringing.touched
        return not part.on_board(self._report)

    def _restoring(self, now_s: float) -> None:
        brought = self._bringing.outcome
        if brought is None:
            return
        if self._put_back_s is None:
            self._put_back_s, self._report = now_s, None
        late = now_s - self._put_back_s >= self._limits.drain + self._limits.report
        if self._restored():
            self._give_up(restored=True)
        elif self._fresh(self._put_back_s) or late:
            if not self._fresh(self._put_back_s):
                self._report = None
            self._give_up(restored=False, words=brought.words or "the vehicle does not report it")

    def _fresh(self, since_s: float) -> bool:
        """Whether the newest report was said after `since_s`, not only heard after it."""
        return self._report is not None and self._reported_s - since_s >= ON_ITS_WAY_S

    def _restored(self) -> bool:
        report, before = self._report, self._before
        return (
            report is not None
            and before is not None
            and all(part.on_board(report) for part in before.parts)
        )

    def _give_up(self, *, restored: bool | None = None, words: str = "") -> None:
        failure = self._failure
        assert failure is not None
        self._end(
            failure.result,
            verdict=failure.verdict,
            reason=f"{failure.reason}; {self._what_is_on_board(restored, words)}",
            restored=restored,
        )

    def _what_is_on_board(self, restored: bool | None, words: str) -> str:
        if restored and self._phase is UploadPhase.SETTLING:
            return "what was on board is unchanged, by the hashes that the vehicle reports"
        if restored:
            exact = self._before is not None and all(p.exact for p in self._before.parts)
            return "what was on board before is back, proven by its hashes" + (
                "" if exact else " (equal item by item; the vehicle gives no exact copy back)"
            )
        if restored is False:
            return f"what was on board before is NOT back ({words}): {self._told()}"
        return f"on board now: {self._told()}"

    def _told(self) -> str:
        board = self.on_board
        return ", ".join(
            f"{name} {getattr(board, name).value}" for name in ("fence", "rally", "mission")
        )

    @property
    def on_board(self) -> OnBoard:
        """Whose parts the vehicle reports now."""
        report = self._report
        if report is None:
            return OnBoard()
        found = {kind.name.lower(): self._holding(kind, report) for kind in ORDER}
        hashes = {f"{kind.name.lower()}_hash": report.hash(kind) for kind in ORDER}
        return OnBoard.model_validate({**found, **hashes})

    def _holding(self, kind: MissionType, report: PlanReport) -> Holding:
        new = self._new.part(kind)
        before = None if self._before is None else self._before.part(kind)
        if self._failure is not None and before is not None and before.on_board(report):
            return Holding.BEFORE
        if new.on_board(report):
            return Holding.NEW if new.items else Holding.EMPTY
        if before is not None and before.on_board(report):
            return Holding.BEFORE
        return Holding.OTHER if report.hash(new.kind) else Holding.EMPTY

    def _end(
        self,
        result: UploadResult,
        *,
        verdict: str,
        reason: str,
        restored: bool | None = None,
    ) -> None:
        report, failure = self._report, self._failure
        phase = UploadPhase.ENDED if failure is None else failure.phase
        self.transfers += self._bringing.transfers
        self._phase = UploadPhase.ENDED
        self.outcome = UploadOutcome(
            outcome=result,
            mission_hash=None if report is None else report.mission,
            fence_hash=None if report is None else report.fence,
            rally_hash=None if report is None else report.rally,
            verdict=verdict,
            items=len(self._plan.items),
            reason=reason,
            phase=phase,
            item=None if failure is None else failure.item,
            restored=restored,
            on_board=self.on_board,
        )
