"""The payload's two UDP ports, for a real PX4 or a simulated vehicle in another process.

Instance i: gimbal 13280+i, with the autopilot at 13030+i; payload 14030+i, with 14280+i. It speaks
first, so that an autopilot elsewhere learns where its payload is.
"""

import asyncio
import socket
from collections.abc import Callable
from typing import Any

from missions.errors import BadInput, place_of
from onboard.mavlink.codec import Decoder, Encoder
from sim.clock import VirtualClock
from sim.payload.component import PayloadComponent
from sim.payload.device import PayloadSend

PORTS = {"gimbal": (13280, 13030), "payload": (14030, 14280)}
LONGEST_SLEEP_S = 0.25
Endpoint = tuple[str, int]


class PayloadSocket(asyncio.DatagramProtocol):
    """One link. Answers go to the autopilot's port; `unsent` counts what nobody listened to."""

    def __init__(self, link: str, shell: "PayloadShell", remote: Endpoint) -> None:
        self.decoder = Decoder()
        self.unsent = 0
        self._link = link
        self._shell = shell
        self._remote = remote
        self._transport: asyncio.DatagramTransport | None = None
        self._encoders: dict[int, Encoder] = {}

    def attach(self, transport: asyncio.DatagramTransport) -> None:
        """Transmit through a transport from now on."""
        self._transport = transport

    def datagram_received(self, data: bytes, addr: Endpoint) -> None:
        """Answer at once (called by asyncio)."""
        for message in self.decoder.feed(data):
            self._shell.hear(self._link, message)

    def error_received(self, exc: Exception) -> None:
        """Nobody listens at the autopilot's port yet (called by asyncio)."""
        self.unsent += 1

    def send(self, out: PayloadSend, system_id: int) -> None:
        """Encode and transmit."""
        if self._transport is None:
            return
        encoder = self._encoders.get(out.component_id)
        if encoder is None:
            encoder = Encoder(system_id=system_id, component_id=out.component_id)
            self._encoders[out.component_id] = encoder
        self._transport.sendto(encoder.encode_send(out.send), self._remote)

    def close(self) -> None:
        """Give the port back."""
        if self._transport is not None:
            self._transport.close()


class PayloadShell:
    """A payload with its sockets: `open`, then `run` until cancelled, then `close`."""

    def __init__(
        self,
        payload: PayloadComponent,
        *,
        clock: VirtualClock,
        instance: int,
        host: str = "127.0.0.1",
        bind_host: str = "127.0.0.1",
        port_offset: int = 0,
    ) -> None:
        self.payload = payload
        self.sockets: dict[str, PayloadSocket] = {}
        self._clock = clock
        self._instance = instance
        self._host = host
        self._bind_host = bind_host
        self._offset = port_offset
        self._woken = asyncio.Event()

    async def open(self) -> None:
        """Take both ports.

        Raises:
            BadInput: a port is in use or may not be taken, or the host is unknown; it is named.
        """
        loop = asyncio.get_running_loop()
        for link, (local, remote) in PORTS.items():
            shift = self._instance + self._offset
            udp = _bound(self._bind_host, local + shift)
            link_socket = PayloadSocket(link, self, (await self._address(), remote + shift))
            transport, _ = await loop.create_datagram_endpoint(_giving(link_socket), sock=udp)
            link_socket.attach(transport)
            self.sockets[link] = link_socket

    async def run(self) -> None:
        """Do what is due, sleep until the next, until cancelled."""
        while True:
            now_s = self._clock.now_s()
            self._transmit(self.payload.tick(now_s))
            sleep_s = self._clock.wall_delay_s(self.payload.next_s)
            try:
                await asyncio.wait_for(self._woken.wait(), min(sleep_s, LONGEST_SLEEP_S))
            except TimeoutError:
                continue
            self._woken.clear()

    def hear(self, link: str, message: Any) -> None:
        """A message arrived on a link."""
        before_s = self.payload.next_s
        self._transmit(self.payload.receive(link, message, self._clock.now_s()))
        if self.payload.next_s < before_s:
            self._woken.set()

    def close(self) -> None:
        """Give both ports back."""
        for link_socket in self.sockets.values():
            link_socket.close()
        self.sockets.clear()

    def state(self) -> dict[str, Any]:
        """What the payload is doing, for people and tests: radians, seconds, MiB."""
        payload, now_s = self.payload, self._clock.now_s()
        camera, speaker = payload.camera, payload.loudspeaker
        pointing = payload.gimbal.pointing_at(now_s)
        return {
            "at_s": round(now_s, 3),
            "heard": {link: each.decoder.messages for link, each in self.sockets.items()},
            "bad": {link: each.decoder.bad_crc for link, each in self.sockets.items()},
            "unsent": {link: each.unsent for link, each in self.sockets.items()},
            "gimbal": {
                "roll": round(pointing.roll, 4),
                "pitch": round(pointing.pitch, 4),
                "yaw": round(pointing.yaw, 4),
                "yaw_offset": round(pointing.yaw_offset, 4),
            },
            "camera": {
                "mode": camera.mode,
                "pictures": len(camera.captures),
                "missed": camera.missed,
                "recording": camera.storage.recording_since_s is not None,
                "free_mib": round(camera.storage.free_mib(now_s), 1),
                "horizontal_field_of_view": round(camera.optics.horizontal_field_of_view(now_s), 4),
            },
            "light": {"on": payload.light.on, "brightness": payload.light.brightness},
            "loudspeaker": {
                "state": speaker.state.name.lower(),
                "volume_percent": speaker.volume_percent,
                "recordings": speaker.store.names(),
            },
            "refused": sum(device.refused for device in payload.devices),
        }

    def _transmit(self, outgoing: list[PayloadSend]) -> None:
        for out in outgoing:
            link_socket = self.sockets.get(out.link)
            if link_socket is not None:
                link_socket.send(out, self.payload.config.system_id)

    async def _address(self) -> str:
        loop = asyncio.get_running_loop()
        try:
            found = await loop.getaddrinfo(self._host, None, family=socket.AF_INET)
        except OSError as error:
            raise BadInput(where=f"host {self._host}", what=str(error.strerror)) from error
        return str(found[0][4][0])


def _giving(link_socket: PayloadSocket) -> Callable[[], PayloadSocket]:
    return lambda: link_socket


def _bound(host: str, port: int) -> socket.socket:
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.setblocking(False)
    try:
        udp.bind((host, port))
    except OSError as error:
        udp.close()
        raise place_of(error, f"udp port {port} on {host}") from None
    return udp
