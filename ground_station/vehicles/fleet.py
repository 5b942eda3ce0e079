"""Every vehicle heard on the links: the hub's `VehiclePort` over real MAVLink."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any

from ground_station.hub.vehicles_port import (
    ChangeListener,
    CommandOutcome,
    CommandResult,
    DroneName,
    FlownPoint,
    LatLon,
    PlanOnBoard,
    UnknownVehicle,
    UploadOutcome,
    UploadResult,
    VehicleChange,
    VehicleCommand,
    VehicleView,
)
from ground_station.links.address import LinkAddress, LinkKind
from ground_station.links.udp import Peer, UdpLink
from ground_station.vehicles.commands import command_vehicle
from ground_station.vehicles.machine import AUTOPILOT_COMPONENT, GROUND_STATION
from ground_station.vehicles.memory import ProvenPlans
from ground_station.vehicles.path import planned_path
from ground_station.vehicles.read_back import read_plan
from ground_station.vehicles.session import VehicleSession
from ground_station.vehicles.streams import ask_for_lean_streams
from ground_station.vehicles.texts import VehicleText
from ground_station.vehicles.upload import VerifiedUpload
from missions.plan import Plan
from onboard.mavlink.codec import Message, Send

TICK_S = 0.05
HEARTBEAT_S = 1.0
TELL_EVERY_S = 0.25
FIRST_REPORT_S = 5.0
NOT_AN_AUTOPILOT = 8
HEARTBEAT = Send("HEARTBEAT", {"type": 6, "autopilot": NOT_AN_AUTOPILOT, "mavlink_version": 3})
TextListener = Callable[[VehicleText], None]


class LinkedVehicles:
    """Opens the links, answers with heartbeats, and keeps a session for each vehicle heard.

    A vehicle is reached over the link and from the address where it was heard last.
    """

    def __init__(
        self,
        *,
        addresses: Sequence[LinkAddress],
        names: Mapping[int, DroneName],
        lean_streams: bool,
        memory: ProvenPlans,
    ) -> None:
        self._links = [
            UdpLink(address=each, own=GROUND_STATION, receiver=self._receive) for each in addresses
        ]
        self._names = names
        self._lean_streams = lean_streams
        self._memory = memory
        self._sessions: dict[int, VehicleSession] = {}
        self._routes: dict[int, tuple[UdpLink, Peer]] = {}
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
            for link in self._links:
                await link.open()
        except BaseException:
            await self.close()
            raise
        self._spawn(self._beat())
        self._spawn(self._tick())

    async def close(self) -> None:
        """End every task and give the ports back."""
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for link in self._links:
            link.close()

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
        return [self._sessions[each].view(now_s) for each in sorted(self._sessions)]

    async def upload(self, system_id: int, plan: Plan) -> UploadOutcome:
        """Bring a plan on board and prove it; one upload a vehicle at a time."""
        session = self.session(system_id)
        if session.uploading:
            return UploadOutcome(
                outcome=UploadResult.FAILED, reason="another upload to this vehicle is under way"
            )
        session.uploading = True
        try:
            async with session.plan_lock:
                machine = VerifiedUpload(vehicle=session.address, plan=plan)
                outcome = await session.run(machine, _now_s())
        finally:
            session.uploading = False
        if outcome.outcome is UploadResult.PROVEN:
            session.plan, session.proven = plan, outcome
            self._memory.remember(system_id, plan, outcome)
            self._tell_plan(session)
        return outcome

    async def command(self, system_id: int, command: VehicleCommand) -> CommandOutcome:
        """Ask one thing of one vehicle and see it done."""
        session = self.session(system_id)
        if not session.state.linked(_now_s()):
            return CommandOutcome(outcome=CommandResult.FAILED, reason="the vehicle is silent")
        return await command_vehicle(session, command)

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

    def _receive(self, link: UdpLink, peer: Peer, message: Message) -> None:
        session = self._sessions.get(message.system_id)
        if session is None:
            session = self._meet(link, peer, message)
            if session is None:
                return
        if message.component_id == AUTOPILOT_COMPONENT:
            self._routes[message.system_id] = (link, peer)
            text = session.receive(message, _now_s())
            if text is not None:
                for listen in self._text_listeners:
                    listen(text)
            self._tell(session)

    def _meet(self, link: UdpLink, peer: Peer, message: Message) -> VehicleSession | None:
        if message.name != "HEARTBEAT" or message["autopilot"] == NOT_AN_AUTOPILOT:
            return None
        system_id = message.system_id
        name = self._names.get(system_id, DroneName(f"system-{system_id}", f"system {system_id}"))
        self._routes[system_id] = (link, peer)
        session = VehicleSession(
            system_id=system_id, name=name, transmit=lambda send: self._transmit(system_id, send)
        )
        self._sessions[system_id] = session
        self._spawn(self._welcome(session))
        return session

    async def _welcome(self, session: VehicleSession) -> None:
        if self._lean_streams:
            await ask_for_lean_streams(session)
        if await self._recalled(session):
            self._tell_plan(session)
            return
        async with session.plan_lock:
            plan = await read_plan(session)
            if plan is not None and session.plan is None:
                session.plan = plan
                self._tell_plan(session)

    async def _recalled(self, session: VehicleSession) -> bool:
        """Whether the vehicle still holds the plan that was proven before this process began."""
        remembered = self._memory.recall(session.state.system_id)
        if remembered is None or not await session.until(
            lambda state: state.mission_hash is not None, timeout_s=FIRST_REPORT_S
        ):
            return False
        if session.plan is None:
            session.plan, session.proven = remembered
            if not session.plan_proven:
                session.plan = session.proven = None
        return session.plan is not None

    def _transmit(self, system_id: int, send: Send) -> None:
        link, peer = self._routes[system_id]
        link.send(send, to=peer)

    def _tell(self, session: VehicleSession) -> None:
        now_s = _now_s()
        system_id = session.state.system_id
        if self._listeners and now_s - self._told.get(system_id, -TELL_EVERY_S) >= TELL_EVERY_S:
            self._told[system_id] = now_s
            self._tell_all(session.view(now_s))

    def _tell_plan(self, session: VehicleSession) -> None:
        system_id = session.state.system_id
        self._tell_all(PlanOnBoard(system_id=system_id, path=self.planned_path(system_id)))

    def _tell_all(self, change: VehicleChange) -> None:
        for listen in tuple(self._listeners):
            listen(change)

    async def _beat(self) -> None:
        while True:
            for link in self._links:
                if link.address.kind is LinkKind.UDP_OUT:
                    link.send(HEARTBEAT, to=None)
            for link, peer in set(self._routes.values()):
                if link.address.kind is LinkKind.UDP_IN:
                    link.send(HEARTBEAT, to=peer)
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
                    self._tell_all(session.view(now_s))
            await asyncio.sleep(TICK_S)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _now_s() -> float:
    return asyncio.get_running_loop().time()
