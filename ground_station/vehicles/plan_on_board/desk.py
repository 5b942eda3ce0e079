"""The shell around plans on board: uploads with their journal, what was proven before, changes by
others, and uploads that a process before this one left undone."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from ground_station.hub.plan_views import PlanChanged, UploadPhase, UploadProgress
from ground_station.hub.vehicles_port import (
    PlanOnBoard,
    UploadOutcome,
    UploadResult,
    VehicleChange,
)
from ground_station.vehicles.machine import autopilot
from ground_station.vehicles.memory import ProvenPlans
from ground_station.vehicles.missed_events import MissedEvents
from ground_station.vehicles.path import planned_path
from ground_station.vehicles.plan_on_board.held import HeldPlan, held_from_plan
from ground_station.vehicles.plan_on_board.journal import Unfinished, UploadJournal
from ground_station.vehicles.plan_on_board.reading import OnBoardReading, Reading
from ground_station.vehicles.plan_on_board.watch import PlanWatch
from ground_station.vehicles.read_back import read_plan
from ground_station.vehicles.session import VehicleSession
from ground_station.vehicles.upload import VerifiedUpload
from missions.plan import Plan
from onboard.mavlink.codec import Message
from onboard.mavlink.plan_items import MissionType, WireItem
from onboard.mavlink.px4_modes import Px4Mode

FIRST_REPORT_S = 5.0
TELL_EVERY_S = 0.5
HEAL_AGAIN_AFTER_S = 5.0
IN_TURN_WITHIN_S = 60.0
READ_WITHIN_S = 300.0
LEFT = "an upload did not end (this program ended during it, or the link was lost)"
NO_JOURNAL = (
    "no journal on disk: if this program ends before the upload does, nobody puts the plan of "
    "before back"
)
FLOWN = (
    "the vehicle is flying its mission: a new one would be flown at once, from its first item; "
    "let it hold first, or say in_flight"
)
IN_FLIGHT = "in flight: the new fence and mission take effect at once, the mission from item 1"
AIRBORNE = "in the air: the new fence takes effect at once"
Tell = Callable[[VehicleChange], None]


@dataclass(slots=True)
class _Vehicle:
    """What the desk keeps of one vehicle."""

    watch: PlanWatch
    missed: MissedEvents
    known: dict[tuple[MissionType, int], tuple[WireItem, ...]] = field(default_factory=dict)
    machine: VerifiedUpload | None = None
    cancelled: bool = False
    notice: str = ""
    reread: asyncio.Task[None] | None = None
    reading: asyncio.Task[Plan | None] | None = None
    healing: asyncio.Task[None] | None = None
    told_s: float = 0.0
    told_phase: UploadPhase | None = None


class PlanDesk:
    """One for all vehicles. All methods run on one event loop; `tell` hands a change to whoever
    listens."""

    def __init__(self, *, memory: ProvenPlans, journal: UploadJournal, tell: Tell) -> None:
        self._memory = memory
        self._journal = journal
        self._tell = tell
        self._vehicles: dict[int, _Vehicle] = {}

    def notice(self, system_id: int) -> str:
        """What the operator should know of the plan on board; empty where there is nothing."""
        return self._of(system_id).notice

    def event_counts(self, system_id: int) -> dict[str, int]:
        """Events of the vehicle that a link lost: those that came when asked for, and the rest."""
        missed = self._of(system_id).missed
        return {"events_recovered": missed.recovered, "events_lost": missed.lost}

    async def upload(
        self, session: VehicleSession, plan: Plan, *, in_flight: bool
    ) -> UploadOutcome:
        """Bring a plan on board and prove it; one upload a vehicle at a time."""
        if session.uploading:
            return _failed("another upload to this vehicle is under way")
        if _flying_its_mission(session) and not in_flight:
            return _failed(FLOWN)
        session.uploading = True
        try:
            outcome = await self._in_turn(session, plan)
        finally:
            session.uploading = False
        self._tell_ended(session, outcome)
        return outcome

    async def _in_turn(self, session: VehicleSession, plan: Plan) -> UploadOutcome:
        """Upload once nobody else talks of plans with the vehicle; what is only read gives way."""
        reading = self._of(session.state.system_id).reading
        if reading is not None:
            reading.cancel()
        try:
            async with asyncio.timeout(IN_TURN_WITHIN_S):
                await session.plan_lock.acquire()
        except TimeoutError:
            return _failed("another transfer with this vehicle is under way; nothing was changed")
        try:
            return await self._upload(session, plan)
        finally:
            session.plan_lock.release()

    def cancel(self, session: VehicleSession) -> bool:
        """End the upload under way; what was on board before is put back."""
        mine = self._of(session.state.system_id)
        if not session.uploading:
            return False
        mine.cancelled = True
        if mine.machine is not None:
            for send in mine.machine.cancel(_now_s()):
                session.send(send)
        return True

    def receive(self, session: VehicleSession, message: Message, now_s: float) -> None:
        """Watch for changes that are not ours, and tell how far an upload is."""
        mine = self._of(session.state.system_id)
        mine.watch.overhear(message, now_s)
        for send in mine.missed.receive(message, now_s):
            session.send(send)
        if session.uploading and mine.machine is not None:
            self._tell_progress(mine, mine.machine.progress, now_s)
        change = mine.watch.receive(message, now_s)
        if change is None:
            return
        who = f" by {change.who}" if change.who else " by someone else"
        mine.notice = f"the {', '.join(change.parts)} on board was changed{who}"
        session.proven = None
        self._tell(
            PlanChanged(
                system_id=session.state.system_id,
                parts=change.parts,
                who=change.who,
                notice=mine.notice,
                after_s=change.after_s,
            )
        )
        if mine.reread is not None:
            mine.reread.cancel()
        mine.reread = asyncio.get_running_loop().create_task(self._read_again(session))

    def overhear(self, message: Message, now_s: float) -> None:
        """A message of another station on our links."""
        for mine in self._vehicles.values():
            mine.watch.overhear(message, now_s)

    def close(self) -> None:
        """End what is under way."""
        for mine in self._vehicles.values():
            for task in (mine.reread, mine.healing):
                if task is not None:
                    task.cancel()

    async def welcome(self, session: VehicleSession) -> None:
        """A vehicle is heard for the first time: undo what was left undone, and learn its plan."""
        await self._heal_until_done(session)
        if session.plan is None:
            await self._learn(session)

    async def _upload(self, session: VehicleSession, plan: Plan) -> UploadOutcome:
        mine = self._of(session.state.system_id)
        mine.cancelled, mine.machine = False, None
        before = await self._before(session, mine)
        if before.held is None:
            return _failed(
                f"what is on board could not be read ({before.words}); nothing was changed"
            )
        if mine.cancelled:
            return _failed("cancelled by the operator; nothing was changed")
        unfinished = Unfinished(before=before.held, plan=plan)
        on_disk = self._journal.begin(session.state.system_id, unfinished)
        warnings = [] if on_disk else [NO_JOURNAL]
        if session.state.landed is False:
            warnings.append(IN_FLIGHT if _flying_its_mission(session) else AIRBORNE)
        machine = VerifiedUpload(
            vehicle=session.address, plan=plan, before=before.held, events=mine.missed
        )
        outcome = await self._run(session, mine, machine)
        self._conclude(session, plan, outcome)
        return outcome.model_copy(update={"warnings": tuple(warnings)})

    async def _before(self, session: VehicleSession, mine: _Vehicle) -> Reading:
        unfinished = self._journal.unfinished(session.state.system_id)
        if unfinished is not None:
            # An upload of before was never undone: what was there before that one counts.
            return Reading(held=unfinished.before)
        self._remember_parts(session)
        reading = OnBoardReading(
            vehicle=session.address, known=lambda kind, hash: mine.known.get((kind, hash))
        )
        found = await session.run(reading, _now_s())
        if found.held is not None:
            self._know(mine, found.held)
        return found

    async def _run(
        self, session: VehicleSession, mine: _Vehicle, machine: VerifiedUpload
    ) -> UploadOutcome:
        mine.machine = machine
        mine.watch.pause()
        outcome: UploadOutcome | None = None
        try:
            outcome = await session.run(machine, _now_s())
            return outcome
        finally:
            mine.machine = None
            left = UploadOutcome(outcome=UploadResult.FAILED) if outcome is None else outcome
            hashes = (left.fence_hash, left.rally_hash, left.mission_hash)
            mine.watch.go_on(hashes, _now_s())

    def _conclude(self, session: VehicleSession, plan: Plan, outcome: UploadOutcome) -> None:
        """Note what is on board now: on disk first, then the journal may end."""
        system_id = session.state.system_id
        mine = self._of(system_id)
        if outcome.outcome is UploadResult.PROVEN:
            self._memory.remember(system_id, plan, outcome)
            self._know(mine, held_from_plan(plan))
            session.plan, session.proven, mine.notice = plan, outcome, ""
            self._journal.end(system_id)
            self._tell_plan(session)
        elif outcome.restored:
            self._journal.end(system_id)
        else:
            mine.notice = f"the last upload failed and is not undone yet: {outcome.reason}"
            if mine.healing is None or mine.healing.done():
                mine.healing = asyncio.get_running_loop().create_task(
                    self._heal_until_done(session)
                )

    async def _heal_until_done(self, session: VehicleSession) -> None:
        while self._journal.unfinished(session.state.system_id) is not None:
            if await self._heal(session):
                return
            await asyncio.sleep(HEAL_AGAIN_AFTER_S)

    async def _heal(self, session: VehicleSession) -> bool:
        """Undo an upload that was left; False where it must be tried again."""
        system_id = session.state.system_id
        mine = self._of(system_id)
        unfinished = self._journal.unfinished(system_id)
        if unfinished is None:
            return True
        reported = await session.until(
            lambda state: state.mission_hash is not None, timeout_s=FIRST_REPORT_S
        )
        if not reported or session.uploading or not session.state.linked(_now_s()):
            return False
        if await self._recalled(session):
            # It had been proven; only the journal's end was not written.
            self._journal.end(system_id)
            return True
        if _flying_its_mission(session):
            mine.notice = f"{LEFT}; it is undone once the vehicle no longer flies its mission"
            return False
        machine = VerifiedUpload(
            vehicle=session.address,
            plan=unfinished.plan,
            before=unfinished.before,
            undoing=LEFT,
        )
        session.uploading = True
        try:
            async with session.plan_lock:
                outcome = await self._run(session, mine, machine)
        finally:
            session.uploading = False
        self._conclude(session, unfinished.plan, outcome)
        mine.notice = outcome.reason
        self._tell_ended(session, outcome)
        return bool(outcome.restored)

    async def _learn(self, session: VehicleSession) -> None:
        if await self._recalled(session):
            self._tell_plan(session)
            return
        async with session.plan_lock:
            plan = await self._read(session)
        if plan is not None and session.plan is None:
            session.plan = plan
            self._tell_plan(session)

    async def _read(self, session: VehicleSession) -> Plan | None:
        """What the vehicle gives; None where an upload goes before or it takes too long."""
        mine = self._of(session.state.system_id)
        reading = mine.reading = asyncio.get_running_loop().create_task(read_plan(session))
        try:
            await asyncio.wait((reading,), timeout=READ_WITHIN_S)
        finally:
            reading.cancel()
            mine.reading = None
        return reading.result() if reading.done() and not reading.cancelled() else None

    async def _recalled(self, session: VehicleSession) -> bool:
        """Whether the vehicle still holds the plan that was proven last."""
        remembered = self._memory.recall(session.state.system_id)
        if remembered is None or not await session.until(
            lambda state: state.mission_hash is not None, timeout_s=FIRST_REPORT_S
        ):
            return False
        before = session.plan, session.proven
        session.plan, session.proven = remembered
        if not session.plan_proven:
            session.plan, session.proven = before
            return False
        return True

    async def _read_again(self, session: VehicleSession) -> None:
        """Somebody changed the plan: show theirs, or ours where they put that back."""
        session.plan = None
        await self._learn(session)
        if session.plan is None:
            self._tell_plan(session)

    def _remember_parts(self, session: VehicleSession) -> None:
        mine = self._of(session.state.system_id)
        remembered = self._memory.recall(session.state.system_id)
        if remembered is not None:
            self._know(mine, held_from_plan(remembered[0]))

    def _know(self, mine: _Vehicle, held: HeldPlan) -> None:
        for part in held.parts:
            mine.known[(part.kind, part.reported)] = part.items

    def _tell_progress(self, mine: _Vehicle, progress: UploadProgress, now_s: float) -> None:
        if progress.phase is not mine.told_phase or now_s - mine.told_s >= TELL_EVERY_S:
            mine.told_phase, mine.told_s = progress.phase, now_s
            self._tell(progress)

    def _tell_ended(self, session: VehicleSession, outcome: UploadOutcome) -> None:
        self._of(session.state.system_id).told_phase = None
        self._tell(
            UploadProgress(
                system_id=session.state.system_id,
                phase=UploadPhase.ENDED,
                outcome=outcome.outcome.value,
                reason=outcome.reason,
            )
        )

    def _tell_plan(self, session: VehicleSession) -> None:
        path = () if session.plan is None else planned_path(session.plan, session.state.home)
        self._tell(PlanOnBoard(system_id=session.state.system_id, path=path))

    def _of(self, system_id: int) -> _Vehicle:
        mine = self._vehicles.get(system_id)
        if mine is None:
            missed = MissedEvents(autopilot(system_id))
            mine = self._vehicles[system_id] = _Vehicle(PlanWatch(system_id), missed)
        return mine


def _flying_its_mission(session: VehicleSession) -> bool:
    state = session.state
    return state.armed is True and state.landed is False and state.mode is Px4Mode.MISSION


def _failed(reason: str) -> UploadOutcome:
    return UploadOutcome(outcome=UploadResult.FAILED, reason=reason)


def _now_s() -> float:
    return asyncio.get_running_loop().time()
