"""A link that is dialled and dialled again: the part that TCP clients and serial ports share."""

import asyncio
from abc import abstractmethod
from typing import Protocol

from ground_station.links.address import LinkAddress
from ground_station.links.back_off import BackOff
from ground_station.links.link import Link, LinkPhase, Peer, Voice, reason

DIAL_LIMIT_S = 5.0


class Stream(Protocol):
    """What a dialled link needs of an open stream; asyncio's transports are such."""

    def write(self, data: bytes) -> None: ...

    def get_write_buffer_size(self) -> int: ...

    def is_closing(self) -> bool: ...

    def abort(self) -> None: ...


class StreamEnd(asyncio.Protocol):
    """One open byte stream; `ended` gets the reason once it is over."""

    def __init__(self, link: "DialledLink") -> None:
        self._link = link
        self.ended: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def data_received(self, data: bytes) -> None:
        """Called by asyncio: hand the bytes on."""
        self._link.heard(data)

    def connection_lost(self, exc: Exception | None) -> None:
        """Called by asyncio: the other end is gone."""
        if not self.ended.done():
            self.ended.set_result("the other end closed it" if exc is None else reason(exc))


class DialledLink(Link):
    """Keeps one byte stream open. `open` returns at once: the other end may come later."""

    def __init__(self, *, address: LinkAddress, voice: Voice, peer: Peer, queue_bytes: int) -> None:
        super().__init__(address=address, voice=voice)
        self._peer = peer
        self._queue_bytes = queue_bytes
        self._transport: Stream | None = None
        self._keeping: asyncio.Task[None] | None = None

    @abstractmethod
    async def _dial(self) -> tuple[Stream, StreamEnd]:
        """Open the stream. Raises OSError where it is not to be had now."""

    async def open(self) -> None:
        """Begin to dial."""
        self._wire(self._peer)
        self._keeping = asyncio.get_running_loop().create_task(self._keep())

    async def close(self) -> None:
        """Hang up and dial no more."""
        keeping, self._keeping = self._keeping, None
        if keeping is not None:
            keeping.cancel()
            await asyncio.gather(keeping, return_exceptions=True)
        self._hang_up()
        self._became(LinkPhase.CLOSED)

    def heard(self, data: bytes) -> None:
        """Take in what the stream brought."""
        self.feed(self._peer, data)

    async def _keep(self) -> None:
        back_off = BackOff()
        loop = asyncio.get_running_loop()
        while True:
            self._became(LinkPhase.CONNECTING, self.state.why)
            try:
                async with asyncio.timeout(DIAL_LIMIT_S):
                    self._transport, end = await self._dial()
            except (OSError, TimeoutError) as error:
                why = reason(error)
            else:
                self._became(LinkPhase.OPEN)
                began_s = loop.time()
                why = await end.ended
                back_off.held(loop.time() - began_s)
                self.counters.reconnects += 1
            self._hang_up()
            self._became(LinkPhase.LOST, why)
            await asyncio.sleep(back_off.wait_s())

    def _hang_up(self) -> None:
        transport, self._transport = self._transport, None
        if transport is not None and not transport.is_closing():
            # Not `close`: that would wait for what a dead end will never take.
            transport.abort()

    def _transmit(self, frame: bytes, peer: Peer) -> bool:
        transport = self._transport
        if transport is None or transport.is_closing():
            self.counters.undeliverable += 1
            return False
        if transport.get_write_buffer_size() + len(frame) > self._queue_bytes:
            # What waits behind a slow line is old by the time it arrives.
            self.counters.overflow += 1
            return False
        transport.write(frame)
        return True
