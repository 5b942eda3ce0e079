"""The bridge between two links: it reads both, lets the machine judge and transmits."""

import asyncio
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from ground_station.dronekit_bridge.bridge import Bridge
from ground_station.dronekit_bridge.voices import Voices
from ground_station.dronekit_bridge.words import Side, Words
from ground_station.links.address import LinkAddress
from ground_station.links.link import Link, Voice, Wire
from ground_station.links.open_links import new_link
from onboard.mavlink.codec import Address, Message, Send

TICK_S = 0.05
HEARTBEAT_EVERY_S = 1.0
_GROUND_STATION, _NO_AUTOPILOT = 6, 8
_OWN = Address(255, 190)


class BridgeShell:
    """Owns the two links and the clock; `say` hears why a link is not open, once a reason."""

    def __init__(
        self,
        bridge: Bridge,
        *,
        vehicle: LinkAddress,
        client: LinkAddress,
        say: Callable[[str], None],
    ) -> None:
        self.bridge = bridge
        self._say = say
        self._said: dict[Side, str] = {}
        self._voices = Voices(bridge.known)
        self._links: dict[Side, Link] = {
            Side.VEHICLE: _link(vehicle, self._from_vehicle),
            Side.CLIENT: _link(client, self._from_client),
        }
        self._client_spoke = False
        self._beat_s = float("-inf")

    async def open(self) -> None:
        """Open both links. Raises `BadInput` where one cannot be had."""
        for link in self._links.values():
            await link.open()

    async def close(self) -> None:
        """Close both links."""
        for link in self._links.values():
            await link.close()

    async def run(self) -> None:
        """Tick until cancelled."""
        while True:
            now_s = _now_s()
            self._transmit(self.bridge.tick(now_s))
            self._greet(now_s)
            self._say_troubles()
            await asyncio.sleep(TICK_S)

    def counts(self) -> dict[str, Any]:
        """The bridge's counters and those of both links."""
        links = {side.value: link.counts() for side, link in self._links.items()}
        return {"bridge": asdict(self.bridge.counters), **links}

    def _from_vehicle(self, wire: Wire, message: Message) -> None:
        self._transmit(self.bridge.from_vehicle(message, _now_s()))

    def _from_client(self, wire: Wire, message: Message) -> None:
        self._client_spoke = True
        self._transmit(self.bridge.from_client(message, _now_s()))

    def _transmit(self, words: Words) -> None:
        for word in words:
            self._links[word.to].pass_on(self._voices.frame(word))

    def _say_troubles(self) -> None:
        for side, link in self._links.items():
            if link.state.why and link.state.why != self._said.get(side):
                self._said[side] = link.state.why
                self._say(f"link {link.address}: {link.state.why}")

    def _greet(self, now_s: float) -> None:
        """A vehicle that is to be spoken to first hears us until a client speaks for itself."""
        link = self._links[Side.VEHICLE]
        if self._client_spoke or not link.speaks_first or now_s - self._beat_s < HEARTBEAT_EVERY_S:
            return
        self._beat_s = now_s
        beat = {"type": _GROUND_STATION, "autopilot": _NO_AUTOPILOT, "system_status": 4}
        link.send(Send("HEARTBEAT", {**beat, "mavlink_version": 3}))


def _link(address: LinkAddress, receiver: Callable[[Wire, Message], None]) -> Link:
    return new_link(address, Voice(own=_OWN, receiver=receiver))


def _now_s() -> float:
    return asyncio.get_running_loop().time()
