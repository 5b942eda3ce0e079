"""MAVLink over UDP: one socket, any number of vehicles behind it."""

import asyncio
import socket
from collections.abc import Callable
from typing import Any

from ground_station.links.address import LinkAddress, LinkKind
from missions.errors import BadInput
from onboard.mavlink.codec import Address, Decoder, Encoder, Message, Send

Peer = tuple[str, int]
Receiver = Callable[["UdpLink", Peer, Message], None]

RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024
PEERS_AT_MOST = 256


class UdpLink(asyncio.DatagramProtocol):
    """A socket that decodes what every peer sends and encodes what is sent to one of them.

    `dropped_peers` counts datagrams from more peers than the link keeps a decoder for, and
    `send_errors` datagrams that the operating system refused.
    """

    def __init__(self, *, address: LinkAddress, own: Address, receiver: Receiver) -> None:
        self.address = address
        self.dropped_peers = 0
        self.send_errors = 0
        self._receiver = receiver
        self._encoder = Encoder(system_id=own.system_id, component_id=own.component_id)
        self._decoders: dict[Peer, Decoder] = {}
        self._transport: asyncio.DatagramTransport | None = None

    async def open(self) -> None:
        """Bind, or fix the remote end.

        Raises:
            BadInput: the port is in use or the host is not to be had; the link is named.
        """
        end = (self.address.host, self.address.port)
        ends: dict[str, Any] = (
            {"local_addr": end} if self.address.kind is LinkKind.UDP_IN else {"remote_addr": end}
        )
        try:
            transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
                lambda: self, **ends
            )
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise BadInput(where=f"link {self.address}", what=reason) from error
        self._transport = transport

    def close(self) -> None:
        """Give the port back."""
        if self._transport is not None:
            self._transport.close()
            self._transport = None

    def send(self, send: Send, *, to: Peer | None) -> None:
        """Transmit one message; to the fixed remote end where `to` is None."""
        if self._transport is not None:
            remote = None if self.address.kind is LinkKind.UDP_OUT else to
            self._transport.sendto(self._encoder.encode_send(send), remote)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by asyncio: room for a burst from many vehicles."""
        handle = transport.get_extra_info("socket")
        handle.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER_BYTES)

    def datagram_received(self, data: bytes, addr: Peer) -> None:
        """Called by asyncio: decode, and hand each message on."""
        decoder = self._decoder(addr)
        if decoder is None:
            self.dropped_peers += 1
            return
        for message in decoder.feed(data):
            self._receiver(self, addr, message)

    def error_received(self, exc: Exception) -> None:
        """Called by asyncio: a peer that is not there yet; it is counted and tried again."""
        self.send_errors += 1

    def _decoder(self, peer: Peer) -> Decoder | None:
        if peer not in self._decoders and len(self._decoders) < PEERS_AT_MOST:
            self._decoders[peer] = Decoder()
        return self._decoders.get(peer)
