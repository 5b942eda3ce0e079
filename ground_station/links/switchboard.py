"""All links of a ground station as one: who is where, what goes to whom, what was lost."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Protocol

from ground_station.links.address import LinkAddress, LinkKind
from ground_station.links.link import Link, Voice, Wire
from ground_station.links.open_links import new_link
from ground_station.links.quality import LossWindow
from ground_station.links.routes import Routes
from ground_station.links.stations import GROUND_STATION_TYPE, Stations
from ground_station.links.views import (
    KeyState,
    LinksView,
    LinkView,
    RecordingView,
    StationView,
    VehicleLinkView,
)
from onboard.mavlink.codec import Address, Message, Send, Signing
from onboard.mavlink.codec.key_ring import KeyRing
from onboard.mavlink.codec.signing import EVERYTHING, FROM_RADIOS, SigningKey, SigningStreams

HEARTBEAT = Send("HEARTBEAT", {"type": 6, "autopilot": 8, "mavlink_version": 3})
AUTOPILOT = 1
Listener = Callable[[Message], None]


class Recorder(Protocol):
    """Who keeps what is heard and said; `ground_station.recording` has one."""

    def frame(self, frame: bytes, system_id: int | None) -> None: ...

    def start(self) -> None: ...

    async def close(self) -> None: ...

    def view(self) -> RecordingView: ...


class Switchboard:
    """Opens the links, answers peers with heartbeats, and hands each message on once.

    With a key, what we say is signed and what is not signed with it is refused; with
    `accept_unsigned` the unsigned passes, so that a vehicle can be met before it has the key. In
    `ring` vehicles may have keys of their own: call `keys_changed` after a change. A peer behind
    which there are several such vehicles hears what is for nobody in particular signed for one.
    """

    def __init__(
        self,
        *,
        addresses: Sequence[LinkAddress],
        own: Address,
        key: SigningKey | None = None,
        accept_unsigned: bool = False,
        recorder: Recorder | None = None,
        unix_s: Callable[[], float],
    ) -> None:
        self.routes = Routes()
        self.stations = Stations(own)
        self.ring = KeyRing(key)
        self.streams = SigningStreams()
        self._own = own
        self._recorder = recorder
        self._listener: Listener = _nobody
        self._windows: dict[int, LossWindow] = {}
        self._signed: dict[int, bool] = {}
        policy = EVERYTHING if accept_unsigned else FROM_RADIOS
        self._signings = [
            Signing(
                key=self.ring,
                link_id=number,
                unix_s=unix_s,
                streams=self.streams,
                accept_unsigned=policy,
            )
            for number in range(len(addresses))
        ]
        voice = Voice(own=own, receiver=self._receive, tap=self._tap)
        self.links: list[Link] = [new_link(each, voice) for each in addresses]
        self.keys_changed()

    def listen(self, listener: Listener) -> None:
        """Who gets each message of a vehicle; it must not block nor raise."""
        self._listener = listener

    def keys_changed(self) -> None:
        """Sign and judge on every link where there is any key, and on none where there is not."""
        for link, signing in zip(self.links, self._signings, strict=True):
            link.sign_with(None if self.ring.empty else signing)

    async def open(self) -> None:
        """Open every link, or none.

        Raises:
            BadInput: what this machine cannot give; the link is named.
        """
        if self._recorder is not None:
            self._recorder.start()
        try:
            for link in self.links:
                await link.open()
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        """Close every link, then the recording."""
        for link in self.links:
            await link.close()
        if self._recorder is not None:
            await self._recorder.close()

    def send(self, system_id: int, send: Send) -> None:
        """Send to a component of a system, by the wire where it was last heard."""
        component_id = send.fields.get("target_component", AUTOPILOT)
        wire = self.routes.wire(system_id, component_id)
        if wire is not None:
            wire.link.send(send, to=wire.peer)

    def beat(self) -> None:
        """Say that we are here to every peer, and to those who are spoken to first.

        Peers whose signatures were refused are answered too: PX4's signing clock stands still
        while it is off and moves on only by what it hears.
        """
        now_s = asyncio.get_running_loop().time()
        for link in self.links:
            for wire in tuple(link.wires.values()):
                if link.speaks_first or wire.is_mavlink(now_s):
                    link.send(HEARTBEAT, to=wire.peer)

    def sample(self, now_s: float) -> None:
        """Note the sums of each vehicle; about once a second."""
        for system_id, wire in self.routes.systems().items():
            window = self._windows.setdefault(system_id, LossWindow())
            window.sample(wire, system_id << 8 | AUTOPILOT, now_s)

    def view(self, now_s: float) -> LinksView:
        """Everything, for the hub."""
        links = tuple(self._link_view(link, now_s) for link in self.links)
        return LinksView(
            links=links,
            vehicles=tuple(
                self._vehicle_view(system_id, wire)
                for system_id, wire in sorted(self.routes.systems().items())
            ),
            stations=tuple(self._station_views(now_s)),
            signing=not self.ring.empty,
            recording=None if self._recorder is None else self._recorder.view(),
            totals=self.totals(),
        )

    def totals(self) -> dict[str, int]:
        """The counters of all links summed, and the switchboard's own."""
        sums: Counter[str] = Counter()
        for link in self.links:
            sums.update(link.counts())
        sums["moves"] = sum(self.routes.moves.values())
        sums["elsewhere"] = self.routes.elsewhere
        sums["echoes"] = self.stations.echoes
        return dict(sums)

    def _receive(self, wire: Wire, message: Message) -> None:
        if self._recorder is not None:
            self._recorder.frame(message.frame, message.system_id)
        now_s = wire.heard_s
        system_id = message.system_id
        if message.name == "HEARTBEAT" or system_id == self._own.system_id:
            # A ground station in a recording, our own of that day too, is not here now.
            recorded = wire.link.address.kind is LinkKind.REPLAY
            if self.stations.is_echo(message) or (recorded and _is_station(message)):
                return
            self._signed[system_id] = message.signed
            if self.stations.hears(message, str(wire.link.address), now_s):
                self._listener(message)
                return
            wire.encoder.towards = system_id
        if self.routes.hears(system_id, message.component_id, wire, now_s):
            self._listener(message)

    def _tap(self, frame: bytes, leaves: bool) -> None:
        if leaves:
            self.stations.said(frame)
        if self._recorder is not None:
            self._recorder.frame(frame, None)

    @staticmethod
    def _link_view(link: Link, now_s: float) -> LinkView:
        state = link.state
        return LinkView(
            address=str(link.address),
            state=state.phase.value,
            for_s=max(0.0, now_s - state.since_s),
            why=state.why,
            peers=tuple(f"{host}:{port}" for host, port in link.peers()),
            counters=link.counts(),
        )

    def _vehicle_view(self, system_id: int, wire: Wire) -> VehicleLinkView:
        count = wire.decoder.senders.get(system_id << 8 | AUTOPILOT)
        window = self._windows.get(system_id)
        host, port = wire.peer
        return VehicleLinkView(
            system_id=system_id,
            link=str(wire.link.address),
            peer=f"{host}:{port}",
            received=0 if count is None else count.received,
            lost=0 if count is None else count.lost,
            moves=self.routes.moves.get(system_id, 0),
            loss=None if window is None else window.loss().share,
            signed=self._signed.get(system_id, False),
            key=self._key_of(system_id),
            refused=self._refused_of(system_id),
        )

    def _key_of(self, system_id: int) -> KeyState:
        ring = self.ring
        if ring.may_have(system_id):
            return KeyState.GIVEN
        if ring.has_own(system_id):
            return KeyState.OWN
        return KeyState.NONE if ring.common is None else KeyState.COMMON

    def _refused_of(self, system_id: int) -> dict[str, int]:
        sums: Counter[str] = Counter(elsewhere=self.routes.elsewhere_of.get(system_id, 0))
        for link in self.links:
            sums.update(link.refused_of(system_id))
        return dict(sums)

    def _station_views(self, now_s: float) -> list[StationView]:
        return [
            StationView(
                system_id=each.address.system_id,
                component_id=each.address.component_id,
                link=each.link,
                silent_s=max(0.0, now_s - each.heard_s),
                shares_our_id=self.stations.shares_our_id(each),
            )
            for each in self.stations.heard_lately(now_s)
        ]


def _is_station(message: Message) -> bool:
    return message.name == "HEARTBEAT" and message["type"] == GROUND_STATION_TYPE


def _nobody(_message: Message) -> None:
    return None
