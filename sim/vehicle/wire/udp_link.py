"""The UDP socket of one link of one vehicle, with PX4's rule for whom it talks to.

A link sends to its configured address until the first packet comes in; from then on to whoever sent
that, until the vehicle boots again. Source: PX4-Autopilot v1.17, mavlink_receiver.cpp (run).
What is wrong with a link (`set_faults`) happens here, to every message as a datagram of its own.
"""

import asyncio
import socket
from collections.abc import Callable
from typing import Protocol

from missions.errors import BadInput
from onboard.mavlink.codec import Decoder, Encoder, Message, Signing, SigningStreams
from onboard.mavlink.codec.signing import AS_PX4
from sim.clock import VirtualClock
from sim.faults import FaultyLink, LinkFaults
from sim.vehicle.together import StreamFrames
from sim.vehicle.wire.outgoing import AUTOPILOT, Outgoing
from sim.vehicle.wire.ports import LINKS
from sim.vehicle.wire.signing import SigningSetup

Endpoint = tuple[str, int]
# What PX4 puts into one datagram at most, about.
DATAGRAM_BYTES, ONE_MESSAGE = 1200, 1


class Speaker(Protocol):
    """A vehicle, as far as its socket cares."""

    booted_at_s: float

    @property
    def signing(self) -> SigningSetup: ...

    def unix_s(self) -> float: ...

    def receive(self, link: str, message: Message, now_s: float) -> list[Outgoing]: ...


class LinkSocket(asyncio.DatagramProtocol):
    """One vehicle's UDP link. Counts what the operating system would not send in `unsent`.

    Once a fault was set, `pass_on` wants to be called at every turn: see `was_faulty`.
    """

    def __init__(
        self,
        vehicle: Speaker,
        link: str,
        *,
        system_id: int,
        remote: Endpoint,
        clock: VirtualClock,
        deliver: Callable[[list[Outgoing]], None],
        seed: str = "",
    ) -> None:
        self.unsent = 0
        self.was_faulty = False
        self.up, self.down = FaultyLink(seed=f"{seed}/up"), FaultyLink(seed=f"{seed}/down")
        self.decoder = Decoder()
        self.remote = remote
        self._configured = self._addressed = remote
        self._partner_since_s: float | None = None
        self._vehicle = vehicle
        self._link = link
        self._system = system_id
        self._clock = clock
        self._deliver = deliver
        self._transport: asyncio.DatagramTransport | None = None
        self._encoders: dict[int, Encoder] = {}
        self._signing: Signing | None = None
        self._signing_revision = 0

    def attach(self, transport: asyncio.DatagramTransport) -> None:
        """Transmit through a transport from now on."""
        self._transport = transport

    def datagram_received(self, data: bytes, addr: Endpoint) -> None:
        """Let the vehicle answer at once (called by asyncio)."""
        self._addressed = addr
        if self.up.idle:
            self._hear(data, self._clock.now_s())
        else:
            self.up.push(data, self._clock.now_s())

    def set_faults(self, faults: LinkFaults, *, up: bool = True, down: bool = True) -> None:
        """Replace what is wrong with either direction or both; `up` is toward the vehicle."""
        self.was_faulty = True
        if up:
            self.up.faults = faults
        if down:
            self.down.faults = faults

    def pass_on(self, now_s: float) -> None:
        """Let what was under way by a faulty link arrive."""
        for data in self.up.due(now_s):
            self._hear(data, now_s)
        if self._transport is not None:
            for data in self.down.due(now_s):
                self._transport.sendto(data, self.remote)

    def _hear(self, data: bytes, now_s: float) -> None:
        self._fix_partner(self._addressed)
        for message in self.decoder.feed(data):
            self._deliver(self._vehicle.receive(self._link, message, now_s))
            self._take_key()

    def error_received(self, exc: Exception) -> None:
        """Nobody listens at the remote port yet (called by asyncio)."""
        self.unsent += 1

    def send(self, out: Outgoing) -> None:
        """Encode and transmit; a message of somebody else goes out as it came in."""
        if self._transport is None:
            return
        self._take_key()
        self._forget_partner()
        self._put(out.forwarded.frame if out.forwarded else self._encoded(out), self._transport)

    def send_frames(self, frames: StreamFrames) -> None:
        """Transmit the flight core's streams, several to a datagram as PX4 does."""
        if self._transport is None:
            return
        self._take_key()
        self._forget_partner()
        if self._signing is not None:
            for out in frames.outgoing():
                self.send(out)
            return
        encoder = self._encoder(AUTOPILOT)
        most = DATAGRAM_BYTES if self.down.idle else ONE_MESSAGE
        encoder.sequence, datagrams = frames.stamped(encoder.sequence, most=most)
        for datagram in datagrams:
            self._put(datagram, self._transport)

    def close(self) -> None:
        """Give the port back."""
        if self._transport is not None:
            self._transport.close()

    def _put(self, data: bytes, transport: asyncio.DatagramTransport) -> None:
        if self.down.idle:
            transport.sendto(data, self.remote)
        else:
            self.down.push(data, self._clock.now_s())

    def _encoded(self, out: Outgoing) -> bytes:
        return self._encoder(out.component_id).encode_send(out.send)

    def _encoder(self, component_id: int) -> Encoder:
        encoder = self._encoders.get(component_id)
        if encoder is None:
            encoder = self._encoders[component_id] = Encoder(
                system_id=self._system, component_id=component_id, signing=self._signing
            )
        return encoder

    def _fix_partner(self, addr: Endpoint) -> None:
        self._forget_partner()
        if self._partner_since_s is None:
            self._partner_since_s = self._vehicle.booted_at_s
            self.remote = addr

    def _forget_partner(self) -> None:
        if self._partner_since_s not in (None, self._vehicle.booted_at_s):
            self._partner_since_s = None
            self.remote = self._configured

    def _take_key(self) -> None:
        setup = self._vehicle.signing
        if setup.revision == self._signing_revision:
            return
        self._signing_revision = setup.revision
        self._signing = None
        if setup.key is not None:
            streams = SigningStreams()
            streams.timestamp = setup.timestamp
            self._signing = Signing(
                key=setup.key,
                link_id=LINKS.index(self._link),
                unix_s=self._vehicle.unix_s,
                streams=streams,
                accept_unsigned=AS_PX4,
            )
        self.decoder.signing = self._signing
        for encoder in self._encoders.values():
            encoder.signing = self._signing


def bound(host: str, port: int) -> socket.socket:
    """A UDP socket on a port.

    Raises:
        BadInput: the port is in use or may not be taken; it is named.
    """
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.setblocking(False)
    try:
        udp.bind((host, port))
    except OSError as error:
        udp.close()
        what = (error.strerror or str(error)).lower()
        raise BadInput(where=f"udp port {port} on {host}", what=what) from None
    return udp
