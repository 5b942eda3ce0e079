"""MAVLink over UDP: one socket, any number of vehicles behind it."""

import asyncio
import errno
import socket
import struct

from ground_station.links.address import LinkAddress, LinkKind
from ground_station.links.link import Link, LinkPhase, Peer, Voice, reason
from missions.errors import BadInput

RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024
LARGEST_DATAGRAM_BYTES = 65_536
# So many are read at once before others on the loop have their turn.
DATAGRAMS_A_TURN = 64
# Linux: what the kernel keeps of a socket, nine numbers of which the last counts its drops.
SO_MEMINFO = 55
_MEMINFO = struct.Struct("9I")
_FULL = frozenset((errno.EAGAIN, errno.EWOULDBLOCK, errno.ENOBUFS))


class UdpLink(Link):
    """`udpin` answers each peer where it was heard; `udpout` speaks first to one remote end.

    The socket is read in batches: a fleet at full rate is thousands of small datagrams a second.
    """

    def __init__(self, *, address: LinkAddress, voice: Voice) -> None:
        super().__init__(address=address, voice=voice)
        self._socket: socket.socket | None = None
        self._remote: Peer | None = None
        self._kernel_dropped = 0

    @property
    def local_port(self) -> int:
        """The port in use; where 0 was asked for, the one that the system chose."""
        return 0 if self._socket is None else int(self._socket.getsockname()[1])

    async def open(self) -> None:
        """Bind, or fix the remote end.

        Raises:
            BadInput: the port is in use or the host is not to be had; the link is named.
        """
        self._became(LinkPhase.CONNECTING)
        try:
            self._socket = await self._bound()
        except OSError as error:
            self._became(LinkPhase.LOST, reason(error))
            raise BadInput(where=f"link {self.address}", what=reason(error)) from error
        asyncio.get_running_loop().add_reader(self._socket.fileno(), self._read)
        self._became(LinkPhase.OPEN)

    async def close(self) -> None:
        """Give the port back."""
        if self._socket is not None:
            asyncio.get_running_loop().remove_reader(self._socket.fileno())
            self._socket.close()
            self._socket = None
            self._became(LinkPhase.CLOSED)

    def counts(self) -> dict[str, int]:
        """As every link, with what the kernel dropped before we read it among `overflow`."""
        dropped = self._dropped_by_kernel()
        self.counters.overflow += dropped - self._kernel_dropped
        self._kernel_dropped = dropped
        return super().counts()

    async def _bound(self) -> socket.socket:
        waits = self.address.kind is LinkKind.UDP_IN
        found = await asyncio.get_running_loop().getaddrinfo(
            self.address.host, self.address.port, type=socket.SOCK_DGRAM
        )
        family, kind, protocol, _, end = found[0]
        handle = socket.socket(family, kind, protocol)
        try:
            handle.setblocking(False)
            handle.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER_BYTES)
            handle.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
            if waits:
                handle.bind(end)
            else:
                handle.connect(end)
                self._remote = (str(end[0]), int(end[1]))
                self._wire(self._remote)
        except OSError:
            handle.close()
            raise
        return handle

    def _read(self) -> None:
        for _ in range(DATAGRAMS_A_TURN):
            handle = self._socket
            if handle is None:
                return
            try:
                data, end = handle.recvfrom(LARGEST_DATAGRAM_BYTES)
            except BlockingIOError:
                return
            except OSError as error:
                # Nobody listens at the other end yet: said, counted, and tried again.
                self.counters.send_errors += 1
                self._became(LinkPhase.LOST, reason(error))
                return
            self._became(LinkPhase.OPEN)
            self.feed((end[0], end[1]), data)

    def _transmit(self, frame: bytes, peer: Peer) -> bool:
        if self._socket is None:
            self.counters.undeliverable += 1
            return False
        try:
            if self._remote is None:
                self._socket.sendto(frame, peer)
            else:
                self._socket.send(frame)
        except OSError as error:
            self._refused(error)
            return False
        return True

    def _refused(self, error: OSError) -> None:
        if error.errno in _FULL:
            self.counters.overflow += 1
            return
        self.counters.send_errors += 1
        if self._remote is not None:
            self._became(LinkPhase.LOST, reason(error))

    def _dropped_by_kernel(self) -> int:
        if self._socket is None:
            return self._kernel_dropped
        try:
            said = self._socket.getsockopt(socket.SOL_SOCKET, SO_MEMINFO, _MEMINFO.size)
        except OSError:
            # Not Linux, or an old one: it keeps no such count.
            return self._kernel_dropped
        return int(_MEMINFO.unpack(said)[8]) if len(said) == _MEMINFO.size else 0
