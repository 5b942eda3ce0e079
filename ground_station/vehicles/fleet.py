"""Every vehicle heard on the links: the hub's `VehiclePort` over real MAVLink."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from pathlib import Path
from typing import Any

from ground_station.flying.tower import Tower
from ground_station.flying.track_targets import TrackTargets
from ground_station.flying.wishes import AnyWish
from ground_station.hub.signing_views import SigningView, WhoseKey
from ground_station.hub.vehicles_port import (
    ChangeListener,
    CommandOutcome,
    DroneName,
    FlownPoint,
    LatLon,
    UnknownVehicle,
    UploadOutcome,
    VehicleChange,
    VehicleCommand,
    VehicleView,
)
from ground_station.links.key_store import KeyStore
from ground_station.links.switchboard import Switchboard
from ground_station.links.views import LinksView
from ground_station.readiness.look import look_over
from ground_station.readiness.report import ReadinessReport
from ground_station.vehicles.commands import wish_of
from ground_station.vehicles.memory import ProvenPlans
from ground_station.vehicles.path import planned_path
from ground_station.vehicles.plan_on_board.desk import PlanDesk
from ground_station.vehicles.plan_on_board.journal import UploadJournal
from ground_station.vehicles.session import VehicleSession
from ground_station.vehicles.signing_desk import SigningDesk
from ground_station.vehicles.streams import ask_for_lean_streams
from ground_station.vehicles.texts import VehicleText
from missions.plan import Plan
from onboard.mavlink.codec import Message, Send
from onboard.messages import TracksReport

TICK_S = 0.05
HEARTBEAT_S = 1.0
TELL_EVERY_S = 0.25
NOT_AN_AUTOPILOT = 8
TextListener = Callable[[VehicleText], None]


class LinkedVehicles:
    """Opens the links, answers with heartbeats, and keeps a session for each vehicle heard.

    A vehicle is reached over the link and from the address where it was heard last.
    """

    def __init__(
        self,
        *,
        board: Switchboard,
        names: Mapping[int, DroneName],
        lean_streams: bool,
        memory: ProvenPlans,
        journal: UploadJournal,
        keys: KeyStore | None = None,
        trusted_links: Sequence[str] = (),
        flights: Path | None = None,
    ) -> None:
        self._board = board
        board.listen(self._receive)
        self._names = names
        self._lean_streams = lean_streams
        self._desk = PlanDesk(memory=memory, journal=journal, tell=self._tell_all)
        self._signing = SigningDesk(
            board=board, store=keys or KeyStore(None), trusted=trusted_links
        )
        self.tower = Tower(self._tell_all, memory=flights)
        self._targets = TrackTargets()
        self.tower.targets = self._targets
        self._sessions: dict[int, VehicleSession] = {}
        self._listeners: list[ChangeListener] = []
        self._text_listeners: list[TextListener] = []
        self._told: dict[int, float] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Open every link, or none.

        Raises:
            BadInput: a port is not to be had; the link is named.
        """
        try:
            await self._board.open()
        except BaseException:
            await self.close()
            raise
        self._spawn(self._beat())
        self._spawn(self._tick())

    async def close(self) -> None:
        """End every task and give the ports back."""
        self.tower.close()
        self._desk.close()
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._board.close()

    def session(self, system_id: int) -> VehicleSession:
        """The session of one vehicle.

        Raises:
            UnknownVehicle: it was never heard.
        """
        try:
            return self._sessions[system_id]
        except KeyError:
            raise UnknownVehicle(system_id=system_id) from None

    def views(self) -> list[VehicleView]:
        """Every vehicle heard so far, by system id."""
        now_s = _now_s()
        return [self._view(self._sessions[each], now_s) for each in sorted(self._sessions)]

    async def upload(self, system_id: int, plan: Plan, *, in_flight: bool = False) -> UploadOutcome:
        """Bring a plan on board and prove it; one upload a vehicle at a time."""
        return await self._desk.upload(self.session(system_id), plan, in_flight=in_flight)

    def cancel_upload(self, system_id: int) -> bool:
        """End the upload under way; what was on board before is put back."""
        return self._desk.cancel(self.session(system_id))

    async def command(
        self, system_id: int, command: VehicleCommand | AnyWish, who: str = ""
    ) -> CommandOutcome:
        """Ask one thing of one vehicle and see it done."""
        return await self.tower.meet(self.session(system_id)).do(wish_of(command), who)

    async def cancel(self, system_id: int, deed_id: int | None = None) -> int:
        """End what is under way; how many deeds were ended."""
        return await self.tower.meet(self.session(system_id)).cancel(deed_id)

    def tracks_seen(self, drone_id: str, report: TracksReport) -> None:
        """What an aircraft's camera follows now."""
        self._targets.receive(drone_id, report, _now_s())

    async def readiness(self, system_id: int) -> ReadinessReport:
        """Look a vehicle over before flight; reads its parameters."""
        return await look_over(self.session(system_id))

    async def give_signing_key(self, system_id: int, whose: WhoseKey) -> SigningView:
        """Give a vehicle a signing key, over a link that nobody else hears."""
        return await self._signing.give(self.session(system_id), whose)

    async def take_signing_key(self, system_id: int) -> SigningView:
        """End a vehicle's signing."""
        return await self._signing.take_away(self.session(system_id))

    def planned_path(self, system_id: int) -> tuple[LatLon, ...]:
        """The line that the plan on board flies, degrees; empty where no plan is known."""
        session = self.session(system_id)
        return () if session.plan is None else planned_path(session.plan, session.state.home)

    def plan(self, system_id: int) -> Plan | None:
        """The plan uploaded to or read from the vehicle."""
        return self.session(system_id).plan

    def flown_path(self, system_id: int) -> tuple[FlownPoint, ...]:
        """Where the vehicle has flown, about a point a second."""
        return tuple(self.session(system_id).flown)

    def subscribe(self, listener: ChangeListener) -> Callable[[], None]:
        """Call `listener` on each change, at most four times a second a vehicle."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def subscribe_texts(self, listener: TextListener) -> Callable[[], None]:
        """Call `listener` with each whole text that a vehicle says."""
        self._text_listeners.append(listener)
        return lambda: self._text_listeners.remove(listener)

    def links(self) -> LinksView:
        """How the links are, what they moved and lost, and who else is on them."""
        view = self._board.view(_now_s())
        vehicles = tuple(
            each.model_copy(
                update={"refused": {**each.refused, **self._desk.event_counts(each.system_id)}}
            )
            for each in view.vehicles
        )
        return view.model_copy(update={"vehicles": vehicles})

    def _receive(self, message: Message) -> None:
        session = self._sessions.get(message.system_id)
        if session is None:
            session = self._meet(message)
            if session is None:
                self._desk.overhear(message, _now_s())
                return
        text = session.receive(message, _now_s())
        self._desk.receive(session, message, _now_s())
        if text is not None:
            for listen in self._text_listeners:
                listen(text)
        self._tell(session)

    def _meet(self, message: Message) -> VehicleSession | None:
        if message.name != "HEARTBEAT" or message["autopilot"] == NOT_AN_AUTOPILOT:
            return None
        system_id = message.system_id
        name = self._names.get(system_id, DroneName(f"system-{system_id}", f"system {system_id}"))
        session = VehicleSession(
            system_id=system_id, name=name, transmit=lambda send: self._transmit(system_id, send)
        )
        self._sessions[system_id] = session
        self.tower.meet(session)
        self._spawn(self._welcome(session))
        return session

    async def _welcome(self, session: VehicleSession) -> None:
        if self._lean_streams:
            await ask_for_lean_streams(session)
        await self._desk.welcome(session)

    def _transmit(self, system_id: int, send: Send) -> None:
        self._board.send(system_id, send)

    def _tell(self, session: VehicleSession) -> None:
        now_s = _now_s()
        system_id = session.state.system_id
        if self._listeners and now_s - self._told.get(system_id, -TELL_EVERY_S) >= TELL_EVERY_S:
            self._told[system_id] = now_s
            self._tell_all(self._view(session, now_s))

    def _view(self, session: VehicleSession, now_s: float) -> VehicleView:
        notice = self._desk.notice(session.state.system_id)
        return session.view(now_s).model_copy(update={"plan_notice": notice})

    def _tell_all(self, change: VehicleChange) -> None:
        for listen in tuple(self._listeners):
            listen(change)

    async def _beat(self) -> None:
        while True:
            self._board.beat()
            self._board.sample(_now_s())
            await asyncio.sleep(HEARTBEAT_S)

    async def _tick(self) -> None:
        silent: set[int] = set()
        while True:
            now_s = _now_s()
            for system_id, session in self._sessions.items():
                session.tick(now_s)
                if session.state.linked(now_s):
                    silent.discard(system_id)
                elif system_id not in silent:
                    # Silence sends nothing by itself, so it is told once.
                    silent.add(system_id)
                    self._tell_all(self._view(session, now_s))
            await asyncio.sleep(TICK_S)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _now_s() -> float:
    return asyncio.get_running_loop().time()
