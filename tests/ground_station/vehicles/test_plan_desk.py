"""Plans on board as the hub lives through them: proofs, restarts, changes by others, ten at once.

The desk and its sessions run on an event loop whose clock jumps to the next timer, so that nothing
waits.
"""

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.lossy_wire import PlanKeepingVehicle
from ground_station.hub.plan_views import PlanChanged, UploadPhase, UploadProgress
from ground_station.hub.vehicles_port import DroneName, UploadResult, VehicleChange
from ground_station.vehicles.machine import GROUND_STATION, autopilot
from ground_station.vehicles.memory import ProvenPlans
from ground_station.vehicles.plan_on_board.desk import PlanDesk
from ground_station.vehicles.plan_on_board.held import held_from_plan
from ground_station.vehicles.plan_on_board.journal import UploadJournal
from ground_station.vehicles.session import VehicleSession
from missions.geodesy import GeoPoint
from missions.heights import HeightAboveHome
from missions.plan import Command, Fence, FenceCircle, Frame, MissionItem, Plan, RallyPoint
from onboard.mavlink.codec import Decoder, Encoder, Send
from onboard.mavlink.plan_items import MissionType, wire_of

STEP_S = 0.02


class _JumpingSelector(selectors.DefaultSelector):
    """Never waits: what it was told to wait is added to the clock."""

    now_s = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        self.now_s += timeout or 0.0
        return super().select(0)


class _JumpingLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._clock = _JumpingSelector()
        super().__init__(self._clock)

    def time(self) -> float:
        return self._clock.now_s


def _live(story: Callable[[], Coroutine[Any, Any, None]]) -> None:
    with asyncio.Runner(loop_factory=_JumpingLoop) as runner:
        runner.run(story())


def _now_s() -> float:
    return asyncio.get_running_loop().time()


def _plan(items: int, height_m: float) -> Plan:
    centre = GeoPoint(latitude_deg=44.85, longitude_deg=65.51)
    return Plan(
        items=tuple(
            MissionItem(
                command=Command.NAV_WAYPOINT,
                frame=Frame.GLOBAL_RELATIVE_ALT,
                params=(0.0, 0.0, 0.0, float("nan"), 44.85 + 1e-5 * index, 65.51, height_m),
            )
            for index in range(items)
        ),
        fence=Fence(
            circles=(FenceCircle(center=centre, radius_m=500.0 + height_m, inclusion=True),)
        ),
        rally=(RallyPoint(position=centre, height=HeightAboveHome(height_m)),),
    )


OLD, NEW, FOREIGN = _plan(4, 20.0), _plan(30, 50.0), _plan(7, 90.0)


def _hashes(plan: Plan) -> dict[MissionType, int]:
    return {part.kind: part.hash for part in held_from_plan(plan).parts}


@dataclass
class _Station:
    """One run of the hub: a desk over a folder, and the vehicles that it reaches."""

    vehicles: dict[int, PlanKeepingVehicle]
    folder: Path | None = None
    told: list[tuple[float, VehicleChange]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.desk = PlanDesk(
            memory=ProvenPlans(self.folder),
            journal=UploadJournal(self.folder),
            tell=lambda change: self.told.append((_now_s(), change)),
        )
        self.astray = 0
        self.sessions = {each: self._session(each) for each in self.vehicles}
        self._up = Encoder(system_id=GROUND_STATION.system_id, component_id=190)
        self._down = {each: Encoder(system_id=each, component_id=1) for each in self.vehicles}
        self._decoder = Decoder()
        self._waiting: list[tuple[int, Send]] = []
        self._running = asyncio.get_running_loop().create_task(self._run())

    def _session(self, system_id: int) -> VehicleSession:
        return VehicleSession(
            system_id=system_id,
            name=DroneName(f"qyran-{system_id}", f"{system_id}"),
            transmit=lambda send: self._waiting.append((system_id, send)),
        )

    async def _run(self) -> None:
        while True:
            for system_id, vehicle in self.vehicles.items():
                self._hear(system_id, vehicle.tick(_now_s()))
            said, self._waiting = self._waiting, []
            for system_id, send in said:
                self._say(system_id, send)
            for session in self.sessions.values():
                session.tick(_now_s())
            await asyncio.sleep(STEP_S)

    def _say(self, system_id: int, send: Send) -> None:
        # One wire for all, as one port is: every vehicle hears every message.
        self.astray += send.fields.get("target_system", system_id) != system_id
        for message in self._decoder.feed(self._up.encode_send(send)):
            for each, vehicle in self.vehicles.items():
                self._hear(each, vehicle.receive(message, _now_s()))

    def _hear(self, system_id: int, sends: list[Send]) -> None:
        for send in sends:
            for message in self._decoder.feed(self._down[system_id].encode_send(send)):
                self.sessions[system_id].receive(message, _now_s())
                self.desk.receive(self.sessions[system_id], message, _now_s())

    async def until(self, holds: Callable[[], bool]) -> None:
        for _ in range(5000):
            if holds():
                return
            await asyncio.sleep(STEP_S)
        raise AssertionError("it did not come to that")

    async def die(self) -> None:
        self.desk.close()
        self._running.cancel()
        with suppress(asyncio.CancelledError):
            await self._running


def _vehicle(system_id: int = 1, **settings: Any) -> PlanKeepingVehicle:
    plans = [(kind, wire_of(OLD, kind)) for kind in MissionType]
    return PlanKeepingVehicle(address=autopilot(system_id), plans=plans, **settings)


def _files(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def _on_board(vehicle: PlanKeepingVehicle) -> dict[MissionType, int]:
    return {kind: vehicle.store.hash(kind) for kind in MissionType}


def test_a_proof_is_kept_the_journal_ends_and_every_phase_is_told(tmp_path: Path) -> None:
    async def story() -> None:
        vehicle = _vehicle()
        station = _Station({1: vehicle}, tmp_path)
        outcome = await station.desk.upload(station.sessions[1], NEW, in_flight=False)
        assert outcome.outcome is UploadResult.PROVEN
        assert outcome.warnings == ()
        assert station.sessions[1].plan_proven
        assert _files(tmp_path) == ["1.json"]
        phases = [c.phase for _, c in station.told if isinstance(c, UploadProgress)]
        for phase in (UploadPhase.FENCE, UploadPhase.MISSION, UploadPhase.VERDICT):
            assert phase in phases
        assert phases[-1] is UploadPhase.ENDED
        await station.die()

    _live(story)


def test_an_upload_that_a_dead_hub_left_is_found_and_undone_by_the_next(tmp_path: Path) -> None:
    async def story() -> None:
        vehicle = _vehicle()
        first = _Station({1: vehicle}, tmp_path)
        upload = asyncio.ensure_future(first.desk.upload(first.sessions[1], NEW, in_flight=False))
        fence = MissionType.FENCE
        await first.until(lambda: vehicle.store.hash(fence) == _hashes(NEW)[fence])
        await first.die()
        upload.cancel()
        await asyncio.gather(upload, return_exceptions=True)
        assert _on_board(vehicle) != _hashes(OLD)
        assert (tmp_path / "1.upload.json").exists()
        second = _Station({1: vehicle}, tmp_path)
        await second.desk.welcome(second.sessions[1])
        assert _on_board(vehicle) == _hashes(OLD)
        assert not (tmp_path / "1.upload.json").exists()
        assert "back, proven by its hashes" in second.desk.notice(1)
        await second.die()

    _live(story)


def test_an_upload_proven_by_a_hub_that_died_before_its_journal_ended_stays(
    tmp_path: Path,
) -> None:
    async def story() -> None:
        vehicle = _vehicle()
        first = _Station({1: vehicle}, tmp_path)
        kept = tmp_path / "1.upload.json"
        upload = asyncio.ensure_future(first.desk.upload(first.sessions[1], NEW, in_flight=False))
        await first.until(kept.exists)
        record = kept.read_bytes()
        assert (await upload).outcome is UploadResult.PROVEN
        await first.die()
        kept.write_bytes(record)
        second = _Station({1: vehicle}, tmp_path)
        await second.desk.welcome(second.sessions[1])
        assert _on_board(vehicle) == _hashes(NEW)
        assert second.sessions[1].plan_proven
        assert not kept.exists()
        await second.die()

    _live(story)


def test_a_plan_changed_by_somebody_else_is_told_within_two_seconds_and_read_again(
    tmp_path: Path,
) -> None:
    async def story() -> None:
        vehicle = _vehicle()
        station = _Station({1: vehicle}, tmp_path)
        await station.desk.upload(station.sessions[1], NEW, in_flight=False)
        await asyncio.sleep(3.0)
        changed_s = _now_s()
        vehicle.store.replace(MissionType.MISSION, wire_of(FOREIGN, MissionType.MISSION))
        vehicle.note(changed_s)
        await asyncio.sleep(5.0)
        ((told_s, change),) = [each for each in station.told if isinstance(each[1], PlanChanged)]
        assert told_s - changed_s <= 2.0
        assert isinstance(change, PlanChanged)
        assert change.parts == ("mission",)
        assert not station.sessions[1].plan_proven
        known = station.sessions[1].plan
        assert known is not None
        assert len(known.items) == len(FOREIGN.items)
        assert station.desk.notice(1) == "the mission on board was changed by someone else"
        await station.die()

    _live(story)


def test_ten_vehicles_on_one_wire_get_ten_plans_at_once_and_each_its_own(tmp_path: Path) -> None:
    async def story() -> None:
        ids = range(1, 11)
        station = _Station({each: _vehicle(each) for each in ids}, tmp_path)
        plans = {each: _plan(10 + each, 30.0 + each) for each in ids}
        outcomes = await asyncio.gather(
            *(
                station.desk.upload(station.sessions[each], plans[each], in_flight=False)
                for each in ids
            )
        )
        assert {outcome.outcome for outcome in outcomes} == {UploadResult.PROVEN}
        for each in ids:
            assert _on_board(station.vehicles[each]) == _hashes(plans[each])
        assert station.astray == 0
        await station.die()

    _live(story)


def test_cancelling_from_the_hub_brings_back_what_was_there(tmp_path: Path) -> None:
    async def story() -> None:
        vehicle = _vehicle()
        station = _Station({1: vehicle}, tmp_path)
        upload = asyncio.ensure_future(
            station.desk.upload(station.sessions[1], NEW, in_flight=False)
        )
        await station.until(lambda: len(vehicle.history[MissionType.FENCE]) == 2)
        assert station.desk.cancel(station.sessions[1])
        outcome = await upload
        assert outcome.outcome is UploadResult.FAILED
        assert outcome.restored is True
        assert _on_board(vehicle) == _hashes(OLD)
        assert not station.desk.cancel(station.sessions[1])
        await station.die()

    _live(story)


def test_a_mission_that_is_being_flown_is_not_replaced_unless_that_is_said(tmp_path: Path) -> None:
    async def story() -> None:
        vehicle = _vehicle()
        station = _Station({1: vehicle}, tmp_path)
        session = station.sessions[1]
        flying = Encoder(system_id=1, component_id=1)
        for name, fields in (
            ("HEARTBEAT", {"autopilot": 12, "base_mode": 157, "custom_mode": 4 << 16 | 4 << 24}),
            ("EXTENDED_SYS_STATE", {"landed_state": 2}),
        ):
            (message,) = Decoder().feed(flying.encode(name, **fields))
            session.receive(message, _now_s())
        refused = await station.desk.upload(session, NEW, in_flight=False)
        assert refused.outcome is UploadResult.FAILED
        assert "flying its mission" in refused.reason
        assert _on_board(vehicle) == _hashes(OLD)
        taken = await station.desk.upload(session, NEW, in_flight=True)
        assert taken.outcome is UploadResult.PROVEN
        assert any("in flight" in warning for warning in taken.warnings)
        await station.die()

    _live(story)


def test_a_folder_that_takes_nothing_is_told_with_the_outcome(tmp_path: Path) -> None:
    async def story() -> None:
        (tmp_path / "file").write_text("no folder", encoding="utf-8")
        station = _Station({1: _vehicle()}, tmp_path / "file")
        outcome = await station.desk.upload(station.sessions[1], NEW, in_flight=False)
        assert outcome.outcome is UploadResult.PROVEN
        assert any("no journal on disk" in warning for warning in outcome.warnings)
        await station.die()

    _live(story)
