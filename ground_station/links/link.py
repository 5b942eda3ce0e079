"""What every link does alike: a decoder and an encoder for each peer, a state, and counters."""

import asyncio
import os
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from enum import StrEnum

from ground_station.links.address import LinkAddress, LinkKind
from onboard.mavlink.codec import Address, Decoder, Encoder, Message, Send, Signing
from onboard.mavlink.codec.decoder import Refused

Peer = tuple[str, int]
PEERS_AT_MOST = 256
# A peer that has been silent for so long gives its place up, where places are short.
PEER_FORGOTTEN_S = 60.0
# A peer that has been silent for so long is not spoken to unasked.
PEER_SILENT_S = 30.0


class LinkPhase(StrEnum):
    """`connecting`: tried and not there yet; `lost`: it was there, or could not be had."""

    CONNECTING = "connecting"
    OPEN = "open"
    LOST = "lost"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class LinkState:
    """How a link is, since when (the loop's time) and, where it is not open, why."""

    phase: LinkPhase
    since_s: float
    why: str = ""


@dataclass(slots=True)
class LinkCounters:
    """What a link itself moved, dropped and lived through; its decoders count the rest.

    `refused_peers` counts pieces from more peers than a link keeps; `send_errors` frames that the
    system refused; `overflow` frames dropped because the peer takes them too slowly, or that the
    system's own queue dropped before we read them; `undeliverable` frames for which there was
    nobody; `reconnects` how often the link came back.
    """

    bytes_in: int = 0
    bytes_out: int = 0
    frames_out: int = 0
    refused_peers: int = 0
    send_errors: int = 0
    overflow: int = 0
    undeliverable: int = 0
    reconnects: int = 0


class Wire:
    """One peer on one link: its decoder, and our voice towards it, numbered for it alone."""

    __slots__ = ("decoder", "encoder", "heard_s", "link", "peer")

    def __init__(self, *, link: "Link", peer: Peer, decoder: Decoder, encoder: Encoder) -> None:
        self.link = link
        self.peer = peer
        self.decoder = decoder
        self.encoder = encoder
        self.heard_s = float("-inf")

    def is_mavlink(self, now_s: float) -> bool:
        """Whether well-formed frames came lately, be they accepted or not."""
        decoder = self.decoder
        framed = decoder.messages or decoder.forged or decoder.replayed or decoder.unsigned
        return bool(framed) and now_s - self.heard_s <= PEER_SILENT_S

    def __repr__(self) -> str:
        return f"<{self.link.address} {self.peer[0]}:{self.peer[1]}>"


# What a link hands on, with the wire it came by.
Receiver = Callable[[Wire, Message], None]
# Every frame that leaves, and every one that came and cannot be decoded (True: it leaves).
Tap = Callable[[bytes, bool], None]

DECODER_COUNTS = (
    "messages",
    "bad_crc",
    "unknown",
    "dropped_bytes",
    "reordered",
    "forged",
    "replayed",
    "unsigned",
    "untracked",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """What a link needs beside its address: who we are, who listens, who signs and records."""

    own: Address
    receiver: Receiver
    signing: Signing | None = None
    tap: Tap | None = None


class Link(ABC):
    """A way by which bytes reach vehicles. All methods run on one event loop and never block."""

    def __init__(self, *, address: LinkAddress, voice: Voice) -> None:
        self.address = address
        self.counters = LinkCounters()
        self.state = LinkState(LinkPhase.CLOSED, 0.0)
        self.wires: dict[Peer, Wire] = {}
        self._voice = voice
        self._gone: Counter[str] = Counter()
        self._gone_of: dict[int, Counter[str]] = {}

    @property
    def speaks_first(self) -> bool:
        """Whether the other end hears from us before we hear from it."""
        return self.address.kind not in (LinkKind.UDP_IN, LinkKind.REPLAY)

    @abstractmethod
    async def open(self) -> None:
        """Open, or begin to try.

        Raises:
            BadInput: what this machine cannot give (a port in use, a file that is not there).
        """

    @abstractmethod
    async def close(self) -> None:
        """Give everything back; the link may be opened again."""

    @abstractmethod
    def _transmit(self, frame: bytes, peer: Peer) -> bool:
        """Put a frame on its way without waiting; False where it was dropped and counted."""

    def send(self, send: Send, *, to: Peer | None = None) -> None:
        """Transmit one message to a peer; to every peer where `to` is None."""
        if to is None:
            wires = list(self.wires.values())
        else:
            wires = [self.wires[to]] if to in self.wires else []
        if not wires:
            self.counters.undeliverable += 1
        for wire in wires:
            self._say(wire, send)

    def peers(self) -> list[Peer]:
        """Who has been heard, or is spoken to first."""
        return list(self.wires)

    def counts(self) -> dict[str, int]:
        """Every counter by name: the link's own, and the sums over its decoders."""
        sums = Counter(self._gone)
        for wire in self.wires.values():
            sums.update(_decoder_counts(wire.decoder))
        return asdict(self.counters) | {name: sums[name] for name in (*DECODER_COUNTS, "lost")}

    def refused_of(self, system_id: int) -> Counter[str]:
        """What bore a system id and was refused, passed over or lost, over all peers."""
        sums = Counter(self._gone_of.get(system_id, {}))
        for wire in self.wires.values():
            sums.update(_refused_counts(wire.decoder, system_id))
        return sums

    def sign_with(self, signing: Signing | None) -> None:
        """Sign and judge with this from now on, on every wire."""
        self._voice = replace(self._voice, signing=signing)
        for wire in self.wires.values():
            wire.decoder.signing = wire.encoder.signing = signing

    def pass_on(self, frame: bytes) -> None:
        """Transmit a frame that was made elsewhere to every peer."""
        if not self.wires:
            self.counters.undeliverable += 1
        for wire in list(self.wires.values()):
            self._put(wire, frame)

    def _say(self, wire: Wire, send: Send) -> None:
        self._put(wire, wire.encoder.encode_send(send))

    def _put(self, wire: Wire, frame: bytes) -> None:
        if self._transmit(frame, wire.peer):
            self.counters.frames_out += 1
            self.counters.bytes_out += len(frame)
            if self._voice.tap is not None:
                self._voice.tap(frame, True)

    def feed(self, peer: Peer, data: bytes) -> None:
        """Take in bytes of a peer: decode them and hand each message on."""
        wire = self.wires.get(peer) or self._wire(peer)
        if wire is None:
            self.counters.refused_peers += 1
            return
        self.counters.bytes_in += len(data)
        wire.heard_s = _now_s()
        receiver = self._voice.receiver
        for message in wire.decoder.feed(data):
            receiver(wire, message)

    def _wire(self, peer: Peer) -> Wire | None:
        wire = self.wires.get(peer)
        if wire is None and self._has_room():
            wire = self.wires[peer] = self._new_wire(peer)
        return wire

    def _new_wire(self, peer: Peer) -> Wire:
        voice = self._voice
        tap = voice.tap
        on_unknown = None if tap is None else lambda frame: tap(frame, False)
        own = voice.own
        return Wire(
            link=self,
            peer=peer,
            decoder=Decoder(signing=voice.signing, on_unknown=on_unknown),
            encoder=Encoder(
                system_id=own.system_id, component_id=own.component_id, signing=voice.signing
            ),
        )

    def _has_room(self) -> bool:
        if len(self.wires) < PEERS_AT_MOST:
            return True
        quietest = min(self.wires.values(), key=lambda wire: wire.heard_s)
        if _now_s() - quietest.heard_s < PEER_FORGOTTEN_S:
            return False
        self._forget(quietest.peer)
        return True

    def _forget(self, peer: Peer) -> None:
        wire = self.wires.pop(peer, None)
        if wire is not None:
            decoder = wire.decoder
            self._gone.update(_decoder_counts(decoder))
            for system_id in {key >> 8 for key in decoder.senders} | set(decoder.refused):
                gone = self._gone_of.setdefault(system_id, Counter())
                gone.update(_refused_counts(decoder, system_id))

    def _became(self, phase: LinkPhase, why: str = "") -> None:
        if phase is not self.state.phase or why != self.state.why:
            self.state = LinkState(phase, _now_s(), why)


def reason(error: BaseException) -> str:
    """An error's own words, without its number."""
    if isinstance(error, TimeoutError) and not str(error):
        return "no answer in time"
    if isinstance(error, OSError) and error.errno is not None and error.errno > 0:
        # asyncio and pyserial put words of their own where the system's are plainer.
        return os.strerror(error.errno).lower()
    return (getattr(error, "strerror", None) or str(error) or type(error).__name__).lower()


def _decoder_counts(decoder: Decoder) -> dict[str, int]:
    counts: dict[str, int] = {name: getattr(decoder, name) for name in DECODER_COUNTS}
    return counts | {"lost": sum(each.lost for each in decoder.senders.values())}


def _refused_counts(decoder: Decoder, system_id: int) -> dict[str, int]:
    senders = [each for key, each in decoder.senders.items() if key >> 8 == system_id]
    refused = decoder.refused.get(system_id) or Refused()
    return {
        "forged": refused.forged,
        "replayed": refused.replayed,
        "unsigned": refused.unsigned,
        "reordered": sum(each.reordered for each in senders),
        "lost": sum(each.lost for each in senders),
    }


def _now_s() -> float:
    return asyncio.get_running_loop().time()
