"""MAVLink over TCP: a client that dials again, and a server that takes any number of clients."""

import asyncio
import socket
from typing import Any

from ground_station.links.address import LinkAddress
from ground_station.links.dialled import DialledLink, Stream, StreamEnd
from ground_station.links.link import Link, LinkPhase, Peer, Voice, reason
from missions.errors import BadInput

QUEUE_BYTES = 64 * 1024
CLIENTS_AT_MOST = 64
# A cut cable is noticed after about ten seconds, though nothing was closed.
KEEPALIVE = {"TCP_KEEPIDLE": 4, "TCP_KEEPINTVL": 2, "TCP_KEEPCNT": 3, "TCP_USER_TIMEOUT": 10_000}


class TcpLink(DialledLink):
    """A client of a vehicle, a router or a bridge that listens."""

    def __init__(self, *, address: LinkAddress, voice: Voice) -> None:
        peer = (address.host, address.port)
        super().__init__(address=address, voice=voice, peer=peer, queue_bytes=QUEUE_BYTES)

    async def _dial(self) -> tuple[Stream, StreamEnd]:
        transport, end = await asyncio.get_running_loop().create_connection(
            lambda: StreamEnd(self), self.address.host, self.address.port
        )
        _tune(transport)
        return transport, end


class TcpServerLink(Link):
    """Waits for clients; each is a peer, forgotten when it goes."""

    def __init__(self, *, address: LinkAddress, voice: Voice) -> None:
        super().__init__(address=address, voice=voice)
        self._server: asyncio.Server | None = None
        self._clients: dict[Peer, asyncio.Transport] = {}

    @property
    def local_port(self) -> int:
        """The port in use; where 0 was asked for, the one that the system chose."""
        sockets = () if self._server is None else self._server.sockets
        return int(sockets[0].getsockname()[1]) if sockets else 0

    async def open(self) -> None:
        """Listen.

        Raises:
            BadInput: the port is in use or the address is not this machine's; the link is named.
        """
        try:
            self._server = await asyncio.get_running_loop().create_server(
                lambda: _Client(self), self.address.host, self.address.port
            )
        except OSError as error:
            self._became(LinkPhase.LOST, reason(error))
            raise BadInput(where=f"link {self.address}", what=reason(error)) from error
        self._became(LinkPhase.OPEN)

    async def close(self) -> None:
        """Let every client go and give the port back."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for transport in tuple(self._clients.values()):
            transport.abort()
        self._clients.clear()
        self._became(LinkPhase.CLOSED)

    def welcomed(self, peer: Peer, transport: asyncio.Transport) -> bool:
        """Take a client in; False where there are too many, which is counted."""
        if len(self._clients) >= CLIENTS_AT_MOST or self._wire(peer) is None:
            self.counters.refused_peers += 1
            return False
        _tune(transport)
        self._clients[peer] = transport
        return True

    def heard(self, peer: Peer, data: bytes) -> None:
        """Take in what a client sent."""
        self.feed(peer, data)

    def gone(self, peer: Peer) -> None:
        """A client went; what it counted stays in the sums."""
        if self._clients.pop(peer, None) is not None:
            self._forget(peer)

    def _transmit(self, frame: bytes, peer: Peer) -> bool:
        transport = self._clients.get(peer)
        if transport is None or transport.is_closing():
            self.counters.undeliverable += 1
            return False
        if transport.get_write_buffer_size() + len(frame) > QUEUE_BYTES:
            self.counters.overflow += 1
            return False
        transport.write(frame)
        return True


class _Client(asyncio.Protocol):
    def __init__(self, link: TcpServerLink) -> None:
        self._link = link
        self._peer: Peer = ("", 0)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        host, port = transport.get_extra_info("peername")[:2]
        self._peer = (str(host), int(port))
        if not self._link.welcomed(self._peer, transport):
            self._peer = ("", 0)
            transport.abort()

    def data_received(self, data: bytes) -> None:
        self._link.heard(self._peer, data)

    def connection_lost(self, exc: Exception | None) -> None:
        self._link.gone(self._peer)


def _tune(transport: asyncio.Transport) -> None:
    handle: Any = transport.get_extra_info("socket")
    handle.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    handle.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for name, value in KEEPALIVE.items():
        if hasattr(socket, name):
            handle.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
