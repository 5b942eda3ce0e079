"""MAVLink FTP with the vehicle's metadata, and signing, with pymavlink as the other end."""

import json
import lzma
from collections.abc import Callable
from struct import pack, unpack_from
from typing import Any

import pytest
from pymavlink.dialects.v20 import development as mavlink

from onboard.mavlink.codec import Address, Decoder, Message, Send
from sim.clock import VirtualClock
from sim.vehicle.wire.outgoing import Outgoing
from sim.vehicle.wire.signing import SigningSetup
from sim.vehicle.wire.udp_link import LinkSocket

OPEN, READ, CREATE, WRITE, REMOVE, LIST, TERMINATE, RESET, CHECKSUM, BURST = (
    4, 5, 6, 7, 8, 3, 1, 2, 14, 15,
)  # fmt: skip
GENERAL = "/etc/extras/component_general.json.xz"
KEY = bytes(range(32))


class FtpClient:
    """Asks a vehicle for files over the ground link."""

    def __init__(self, bench: Any) -> None:
        self.bench = bench
        self.sequence = 0

    def ask(
        self, opcode: int, data: bytes = b"", *, session: int = 0, size: int = 0, offset: int = 0
    ) -> list[bytes]:
        self.sequence += 1
        header = pack(
            "<HBBBBBBI", self.sequence, session, opcode, size or len(data), 0, 0, 0, offset
        )
        answers = self.bench.tell(
            "FILE_TRANSFER_PROTOCOL", target_system=1, target_component=1,
            payload=(header + data).ljust(251, b"\0"),
        )  # fmt: skip
        return [bytes(a.payload) for a in answers if a.name == "FILE_TRANSFER_PROTOCOL"]

    def one(self, opcode: int, data: bytes = b"", **rest: int) -> tuple[bool, bytes, int]:
        (answer,) = self.ask(opcode, data, **rest)
        return answer[3] == 128, answer[12 : 12 + answer[4]], answer[2]

    def download(self, path: str) -> bytes:
        granted, size, session = self.one(OPEN, path.encode())
        assert granted
        (length,) = unpack_from("<I", size)
        whole = bytearray(length)
        for packet in self.ask(BURST, session=session, size=239, offset=0):
            (offset,) = unpack_from("<I", packet, 8)
            whole[offset : offset + packet[4]] = packet[12 : 12 + packet[4]]
        self.one(TERMINATE, session=session)
        return bytes(whole)


@pytest.fixture
def client(bench: Callable[..., Any]) -> FtpClient:
    return FtpClient(bench(payload=False).ready())


def crc32(data: bytes) -> int:
    """CRC-32 of MAVLink FTP, bit by bit."""
    crc = 0
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0xEDB88320 if crc & 1 else 0)
    return crc


def test_metadata_is_announced_and_can_be_fetched_and_checked(client: FtpClient) -> None:
    assert client.bench.command(512, 397.0) == 0
    told = client.bench.last("COMPONENT_METADATA")
    assert told.uri == f"mftp:/{GENERAL}"
    data = client.download(GENERAL)
    assert told.file_crc == crc32(data)
    general = json.loads(lzma.decompress(data))
    named = {each["type"]: each for each in general["metadataTypes"]}
    assert {kind: each["uri"] for kind, each in named.items()} == {
        1: "mftp://etc/extras/parameters.json.xz",
        4: "mftp://etc/extras/all_events.json.xz",
    }
    for each in named.values():
        assert each["fileCrc"] == crc32(client.download(each["uri"].removeprefix("mftp:/")))


def test_checksum_is_that_of_the_file(client: FtpClient) -> None:
    granted, told, _ = client.one(CHECKSUM, GENERAL.encode())
    assert granted
    assert unpack_from("<I", told)[0] == crc32(client.download(GENERAL))


def test_file_can_be_written_listed_read_and_removed(client: FtpClient) -> None:
    path = b"/fs/microsd/note.txt"
    granted, _, session = client.one(CREATE, path)
    assert granted
    assert client.one(WRITE, b"hello", session=session)[0]
    assert client.one(TERMINATE, session=session)[0]
    assert b"Fnote.txt\t5\0" in client.one(LIST, b"/fs/microsd")[1]
    assert client.download(path.decode()) == b"hello"
    assert client.one(REMOVE, path)[0]
    assert client.one(OPEN, path)[:2] == (False, b"\x0a")


@pytest.mark.parametrize(
    ("opcode", "data", "error"),
    [
        (OPEN, b"/nothing", 10),
        (REMOVE, b"/etc/extras/component_general.json.xz", 9),
        (CREATE, b"/etc/new", 9),
        (OPEN, b"/../secret", 1),
        (READ, b"", 4),
        (99, b"", 7),
    ],
)
def test_what_is_not_granted_names_its_error(
    client: FtpClient, opcode: int, data: bytes, error: int
) -> None:
    assert client.one(opcode, data)[:2] == (False, bytes((error,)))
    assert client.bench.vehicle.counts()["ground"]["files_refused"] == 1


def test_request_that_comes_again_is_not_done_twice(client: FtpClient) -> None:
    first = client.ask(CREATE, b"/fs/microsd/a")
    client.sequence -= 1
    assert client.ask(CREATE, b"/fs/microsd/a") == first


class Caught:
    """A transport that keeps what is sent, and a vehicle that answers each message once."""

    booted_at_s = 0.0

    def __init__(self) -> None:
        self.frames: list[tuple[bytes, Any]] = []
        self.signing = SigningSetup()
        self.heard: list[Message] = []

    def unix_s(self) -> float:
        return 1_800_000_000.0

    def receive(self, link: str, message: Message, now_s: float) -> list[Outgoing]:
        self.heard.append(message)
        if message.name == "SETUP_SIGNING":
            self.signing.receive(message, armed=False)
        return [Outgoing(link, 1, Send("PING", {"seq": len(self.heard)}))]

    def sendto(self, frame: bytes, addr: Any) -> None:
        self.frames.append((frame, addr))

    def close(self) -> None:
        pass


def linked() -> tuple[Caught, LinkSocket]:
    caught = Caught()

    def deliver(outgoing: list[Outgoing]) -> None:
        for out in outgoing:
            link.send(out)

    link = LinkSocket(
        caught, "ground", system_id=1, remote=("127.0.0.1", 14550), clock=VirtualClock(),
        deliver=deliver,
    )  # fmt: skip
    link.attach(caught)  # type: ignore[arg-type]
    return caught, link


def station(*, key: bytes | None = None) -> Any:
    mav = mavlink.MAVLink(None, srcSystem=255, srcComponent=190)
    if key is not None:
        mav.signing.secret_key = bytearray(key)
        mav.signing.sign_outgoing = True
        mav.signing.link_id = 7
        mav.signing.timestamp = 38_000_000_000_000
    return mav


def test_first_packet_fixes_the_partner_until_the_next_boot() -> None:
    caught, link = linked()
    ping = station().ping_encode(1, 1, 0, 0).pack(station())
    link.datagram_received(ping, ("127.0.0.1", 4001))
    link.datagram_received(ping, ("127.0.0.1", 4002))
    assert [addr for _, addr in caught.frames] == [("127.0.0.1", 4001)] * 2
    caught.booted_at_s = 50.0
    link.send(Outgoing("ground", 1, Send("PING", {})))
    assert caught.frames[-1][1] == ("127.0.0.1", 14550)


def test_key_makes_the_vehicle_sign_and_refuse_what_is_unsigned() -> None:
    caught, link = linked()
    plain, signed = station(), station(key=KEY)
    setup = plain.setup_signing_encode(1, 1, list(KEY), 1).pack(plain)
    link.datagram_received(setup, ("127.0.0.1", 4001))
    link.datagram_received(plain.ping_encode(1, 2, 0, 0).pack(plain), ("127.0.0.1", 4001))
    assert [m.name for m in caught.heard] == ["SETUP_SIGNING"]
    assert link.decoder.unsigned == 1
    link.datagram_received(signed.ping_encode(1, 3, 0, 0).pack(signed), ("127.0.0.1", 4001))
    assert [m.name for m in caught.heard] == ["SETUP_SIGNING", "PING"]
    (answer,) = signed.parse_buffer(caught.frames[-1][0])
    assert answer.get_signed()
    heartbeat = plain.heartbeat_encode(6, 8, 0, 0, 4).pack(plain)
    link.datagram_received(heartbeat, ("127.0.0.1", 4001))
    assert caught.heard[-1].name == "HEARTBEAT"


def test_blank_key_ends_signing_only_when_signed() -> None:
    setup = SigningSetup()
    secret, blank = pymavlink_setup(KEY, 5), pymavlink_setup(bytes(32), 0)
    assert setup.receive(secret, armed=True) == (2, "MAVLink signing: rejected while armed")
    assert setup.receive(secret, armed=False) == (6, "MAVLink signing key accepted")
    assert setup.receive(blank, armed=False) == (2, "MAVLink signing: blank key rejected")
    assert setup.key is not None


def pymavlink_setup(secret: bytes, timestamp: int) -> Message:
    mav = station()
    frame = mav.setup_signing_encode(1, 1, list(secret), timestamp).pack(mav)
    (message,) = Decoder().feed(frame)
    assert message.sender == Address(255, 190)
    return message
