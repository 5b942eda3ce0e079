"""What is wrong with a link is wrong with its socket, too: to each message, either way."""

import asyncio
from typing import Any

import pytest

from onboard.mavlink.codec import Decoder, Encoder, Message, Send
from sim.clock import VirtualClock
from sim.faults import LinkFaults
from sim.vehicle.wire.outgoing import AUTOPILOT, Outgoing
from sim.vehicle.wire.signing import SigningSetup
from sim.vehicle.wire.udp_link import LinkSocket

STATION = ("127.0.0.1", 40_000)
BEAT = Outgoing("ground", AUTOPILOT, Send("HEARTBEAT", {"type": 2}))


class Listener:
    """The vehicle's side: remembers what it heard, answers nothing."""

    booted_at_s = 0.0
    signing = SigningSetup()

    def __init__(self) -> None:
        self.heard: list[Message] = []

    def unix_s(self) -> float:
        return 0.0

    def receive(self, link: str, message: Message, now_s: float) -> list[Outgoing]:
        self.heard.append(message)
        return []


class Sent(asyncio.DatagramTransport):
    """Keeps what was sent instead of sending it."""

    def __init__(self) -> None:
        self.datagrams: list[bytes] = []

    def sendto(self, data: Any, addr: Any = None) -> None:
        self.datagrams.append(bytes(data))


class Stand:
    """A socket whose clock is moved by hand."""

    def __init__(self) -> None:
        self.now_s = 0.0
        self.vehicle, self.sent = Listener(), Sent()
        self.link = LinkSocket(
            self.vehicle,
            "ground",
            system_id=1,
            remote=STATION,
            clock=VirtualClock(monotonic=lambda: self.now_s),
            deliver=lambda outgoing: None,
            seed="test",
        )
        self.link.attach(self.sent)
        self._station = Encoder(system_id=255, component_id=190)

    def said(self, count: int) -> list[Message]:
        """What of so many heartbeats of the vehicle is on the wire."""
        for _ in range(count):
            self.link.send(BEAT)
        return [each for data in self.sent.datagrams for each in Decoder().feed(data)]

    def told(self, count: int) -> list[Message]:
        """What of so many heartbeats of a ground station the vehicle heard."""
        for _ in range(count):
            self.link.datagram_received(self._station.encode("HEARTBEAT", type=6), STATION)
        return self.vehicle.heard

    def wait(self, seconds: float) -> None:
        self.now_s += seconds
        self.link.pass_on(self.now_s)


@pytest.fixture
def stand() -> Stand:
    return Stand()


def test_a_good_link_passes_everything_at_once(stand: Stand) -> None:
    assert len(stand.said(20)) == 20
    assert len(stand.told(20)) == 20


@pytest.mark.parametrize(("up", "down"), [(True, False), (False, True)])
def test_a_link_is_down_the_way_that_was_asked_for(stand: Stand, up: bool, down: bool) -> None:
    stand.link.set_faults(LinkFaults(down=True), up=up, down=down)
    assert len(stand.said(20)) == (0 if down else 20)
    assert len(stand.told(20)) == (0 if up else 20)


def test_loss_takes_its_share(stand: Stand) -> None:
    stand.link.set_faults(LinkFaults(loss=0.3))
    stand.said(1000)
    stand.told(1000)
    stand.wait(0.1)
    assert 620 < len(stand.said(0)) < 780
    assert 620 < len(stand.told(0)) < 780


def test_latency_holds_back_and_what_was_under_way_arrives_after_it_ended(stand: Stand) -> None:
    stand.link.set_faults(LinkFaults(delay_s=0.3))
    assert stand.said(3) == stand.told(3) == []
    stand.wait(0.29)
    assert stand.said(0) == stand.told(0) == []
    stand.link.set_faults(LinkFaults())
    stand.wait(0.02)
    assert len(stand.said(0)) == len(stand.told(0)) == 3


def test_duplicates_come_twice(stand: Stand) -> None:
    stand.link.set_faults(LinkFaults(duplicate=1.0))
    stand.said(5)
    stand.told(5)
    stand.wait(0.0)
    assert len(stand.said(0)) == len(stand.told(0)) == 10


def test_reordered_messages_overtake(stand: Stand) -> None:
    stand.link.set_faults(LinkFaults(delay_s=0.2, reorder=0.3))
    for _ in range(50):
        stand.said(1)
        stand.wait(0.01)
    stand.wait(0.3)
    numbers = [each.sequence for each in stand.said(0)]
    assert sorted(numbers) == list(range(50)) != numbers


def test_a_rate_limit_spreads_what_is_sent(stand: Stand) -> None:
    stand.link.set_faults(LinkFaults(rate_bit_s=1680.0, queue_s=60.0))
    stand.said(20)
    stand.wait(0.5)
    # A heartbeat is 21 bytes: ten a second.
    assert 4 <= len(stand.said(0)) <= 6
    stand.wait(1.6)
    assert len(stand.said(0)) == 20
