"""One vehicle over one link: its state, and the transactions that are under way with it."""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

from ground_station.flying.payload_state import PayloadState
from ground_station.hub.vehicles_port import DroneName, FlownPoint, UploadOutcome, VehicleView
from ground_station.vehicles.battery_trend import BatteryTrend
from ground_station.vehicles.machine import AUTOPILOT_COMPONENT, Machine, autopilot
from ground_station.vehicles.state import VehicleState
from ground_station.vehicles.texts import TextAssembler, VehicleText
from missions.plan import Plan
from onboard.mavlink.codec import Address, Message, Send

Outcome = TypeVar("Outcome")

FLOWN_POINTS_AT_MOST = 20_000
FLOWN_POINT_EVERY = timedelta(seconds=1)
TEXTS_KEPT = 32


@dataclass(slots=True)
class _Running:
    machine: Machine[Any]
    ended: asyncio.Future[Any]


@dataclass(slots=True)
class _Wish:
    holds: Callable[[VehicleState], bool]
    came_true: asyncio.Future[None]


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownParameters:
    """What was read of a vehicle's parameters while its hash over all of them was `tag`."""

    tag: int | float
    values: dict[str, int | float]
    unread: tuple[str, ...]


class VehicleSession:
    """Feeds every message to the state and to each running machine, and sends what they ask.

    Messages of the vehicle's other components (gimbal, camera, light) come here as well; only the
    autopilot's make its `state`.

    All methods run on one event loop; `transmit` puts a message on the vehicle's link.
    """

    def __init__(
        self, *, system_id: int, name: DroneName, transmit: Callable[[Send], None]
    ) -> None:
        self.name = name
        self.state = VehicleState(system_id=system_id)
        self.payload = PayloadState()
        self.battery_trend = BatteryTrend()
        self.parameters: KnownParameters | None = None
        self.plan: Plan | None = None
        self.proven: UploadOutcome | None = None
        self.flown: deque[FlownPoint] = deque(maxlen=FLOWN_POINTS_AT_MOST)
        self.texts: deque[tuple[float, VehicleText]] = deque(maxlen=TEXTS_KEPT)
        # Held by whoever talks the mission protocol: PX4 speaks it with one partner at a time.
        self.plan_lock = asyncio.Lock()
        self.uploading = False
        self._transmit = transmit
        self._assembler = TextAssembler()
        self._running: list[_Running] = []
        self._wishes: list[_Wish] = []
        self._hearers: list[Callable[[Message, float], None]] = []

    @property
    def address(self) -> Address:
        """The vehicle's autopilot."""
        return autopilot(self.state.system_id)

    @property
    def plan_proven(self) -> bool:
        """Whether what the vehicle reports now is still the plan that was proven."""
        proven = self.proven
        return proven is not None and (
            self.state.mission_hash,
            self.state.fence_hash,
            self.state.rally_hash,
        ) == (proven.mission_hash, proven.fence_hash, proven.rally_hash)

    def view(self, now_s: float) -> VehicleView:
        """The vehicle as the hub tells it."""
        view = self.state.view(name=self.name, plan_proven=self.plan_proven, now_s=now_s)
        return view.model_copy(update={"payload": self.payload.view(now_s)})

    def receive(self, message: Message, now_s: float) -> VehicleText | None:
        """Take one message in; returns the text that it ends, if it is one."""
        self.payload.receive(message, now_s)
        text = None
        if message.component_id == AUTOPILOT_COMPONENT:
            text = self._from_autopilot(message, now_s)
        for hear in tuple(self._hearers):
            hear(message, now_s)
        for running in tuple(self._running):
            self._send_all(running.machine.receive(message, now_s))
        self._settle()
        return text

    def _from_autopilot(self, message: Message, now_s: float) -> VehicleText | None:
        self.state.receive(message, now_s)
        if message.name == "GLOBAL_POSITION_INT":
            self._remember_flown()
        if message.name == "BATTERY_STATUS" and self.state.battery_remaining is not None:
            self.battery_trend.note(self.state.battery_remaining, now_s)
        text = self._assembler.receive(message) if message.name == "STATUSTEXT" else None
        if text is not None:
            self.texts.append((now_s, text))
        return text

    def hear(self, hearer: Callable[[Message, float], None]) -> Callable[[], None]:
        """Call `hearer` with every message of the vehicle; the returned function ends it."""
        self._hearers.append(hearer)
        return lambda: self._hearers.remove(hearer)

    def tick(self, now_s: float) -> None:
        """Let time pass for what is under way."""
        self._send_all(self.payload.questions(now_s))
        for running in tuple(self._running):
            self._send_all(running.machine.tick(now_s))
        self._settle()

    async def run(self, machine: Machine[Outcome], now_s: float) -> Outcome:
        """Drive a machine to its outcome."""
        ended: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        running = _Running(machine, ended)
        self._running.append(running)
        try:
            self._send_all(machine.start(now_s))
            self._settle()
            return await ended
        finally:
            if running in self._running:
                self._running.remove(running)

    async def until(self, holds: Callable[[VehicleState], bool], *, timeout_s: float) -> bool:
        """Wait until something holds of the state; False where it did not in time."""
        if holds(self.state):
            return True
        wish = _Wish(holds, asyncio.get_running_loop().create_future())
        self._wishes.append(wish)
        try:
            async with asyncio.timeout(timeout_s):
                await wish.came_true
        except TimeoutError:
            return False
        finally:
            if wish in self._wishes:
                self._wishes.remove(wish)
        return True

    def send(self, send: Send) -> None:
        """Put one message on the vehicle's link."""
        self._transmit(send)

    def _send_all(self, sends: list[Send]) -> None:
        for send in sends:
            self._transmit(send)

    def _settle(self) -> None:
        for running in tuple(self._running):
            if running.machine.outcome is not None:
                self._running.remove(running)
                if not running.ended.done():
                    running.ended.set_result(running.machine.outcome)
        for wish in tuple(self._wishes):
            if wish.holds(self.state):
                self._wishes.remove(wish)
                if not wish.came_true.done():
                    wish.came_true.set_result(None)

    def _remember_flown(self) -> None:
        state, utc = self.state, self.state.utc
        place = (state.latitude_deg, state.longitude_deg, state.height_amsl_m)
        if utc is None or state.landed is not False or None in place:
            return
        if self.flown and utc - self.flown[-1].time < FLOWN_POINT_EVERY:
            return
        latitude_deg, longitude_deg, height_amsl_m = place
        assert latitude_deg is not None
        assert longitude_deg is not None
        assert height_amsl_m is not None
        self.flown.append(FlownPoint(latitude_deg, longitude_deg, height_amsl_m, utc))
