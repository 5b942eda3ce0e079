"""The link to the vehicle's autopilot: a UDP socket and a thread that fill a `PoseHistory`.

`udpin:HOST:PORT` listens there, as a companion computer of PX4 does; `udpout:HOST:PORT` speaks
first. A heartbeat of an onboard controller goes out each second to whoever has spoken. A partner
hears all that comes, and speaks on the same link.
"""

import socket
import struct
import threading
import time
from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from missions.errors import BadInput
from missions.heights import HeightAmsl
from onboard.geolocate.pose import CameraPose
from onboard.mavlink.codec import Decoder, Encoder, Message, Send
from onboard.telemetry.history import PoseHistory, PoseMissing

MAV_TYPE_ONBOARD_CONTROLLER = 18
MAV_AUTOPILOT_INVALID = 8
MAV_COMP_ID_AUTOPILOT = 1
MAV_COMP_ID_ONBOARD_COMPUTER = 191
HEARTBEAT_S = 1.0
LARGEST_DATAGRAM = 65_536
TURN_S = 0.1
# Most autopilots send a datagram a message, several in a row: they are taken together. Where each
# comes alone it is taken at once; one that follows another so soon begins a row again.
BURST_S, MOST_IN_BURST = 0.002, 256
# Asked of the system for what comes while this process gets no time: thousands of datagrams; its
# default holds some 270, less than a second of an autopilot's at full rate.
RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024
# What has come is decoded when somebody asks: the processor's caches forget how to between two
# datagrams, and several together take hardly longer than one. Not more than so many wait.
MOST_UNREAD = 64


class LinkPartner(Protocol):
    """Who speaks with the autopilot; both answer at once with what is to be sent."""

    def hear(self, message: Message) -> Sequence[Send]:
        """A message came."""

    def turn(self) -> Sequence[Send]:
        """Some time has passed: at most `TURN_S`."""


class TelemetryLink:
    """Owns the socket. `pose` may wait for the sample after an instant; everything else answers.

    `send_errors` counts datagrams that the operating system refused.

    Raises:
        BadInput: the address is not understood, or the port is in use.
    """

    def __init__(
        self, address: str, history: PoseHistory, partner: LinkPartner | None = None
    ) -> None:
        self._history = history
        self._partner = partner
        self.send_errors = 0
        self._decoder = Decoder()
        self._system_id = 1
        self._encoder = _encoder(self._system_id)
        self._socket, self._peer = _open(address)
        self._news = threading.Condition()
        # With the wall time at which each came.
        self._unread: list[tuple[float, bytes]] = []
        self._stop = threading.Event()
        self._in_rows, self._taken_at_s = True, 0.0
        self._opened_at_s = time.monotonic()
        self._newest_at_s = 0.0
        self._thread = threading.Thread(target=self._run, name="telemetry", daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        """The local UDP port."""
        return int(self._socket.getsockname()[1])

    @property
    def home_amsl(self) -> HeightAmsl | None:
        """The height of the home position, once the vehicle has told it."""
        with self._news:
            self._read()
            return self._history.home_amsl

    @property
    def malformed(self) -> int:
        """How many messages could not be believed."""
        with self._news:
            self._read()
            return self._history.malformed

    @property
    def silent_s(self) -> float:
        """Wall seconds since the vehicle's last message that is read, or since the link opened."""
        with self._news:
            self._read()
            return time.monotonic() - (self._newest_at_s or self._opened_at_s)

    def boot_s_now(self) -> float | None:
        """The vehicle's boot time now, from its last sample and the wall time since it came."""
        with self._news:
            self._read()
            newest_s = self._history.newest_s
            if newest_s is None:
                return None
            return newest_s + (time.monotonic() - self._newest_at_s)

    def utc(self, boot_s: float) -> datetime | None:
        """UTC at a boot time; None until the vehicle has said what time it is."""
        with self._news:
            self._read()
            return self._history.utc(boot_s)

    def pose(self, boot_s: float, *, wait_s: float) -> CameraPose | PoseMissing:
        """The pose at a boot time, waiting (wall time) for the sample after it to come."""
        until_s = time.monotonic() + wait_s
        with self._news:
            while True:
                self._read()
                pose = self._history.pose(boot_s)
                left_s = until_s - time.monotonic()
                worth_waiting = pose in (PoseMissing.NOT_YET, PoseMissing.NONE)
                if not worth_waiting or left_s <= 0.0 or self._stop.is_set():
                    return pose
                self._news.wait(left_s)

    def close(self) -> None:
        """End the thread and give the port back."""
        self._stop.set()
        with self._news:
            self._news.notify_all()
        self._thread.join(timeout=2.0)
        self._socket.close()

    def _run(self) -> None:
        next_heartbeat_s = 0.0
        while not self._stop.is_set():
            now_s = time.monotonic()
            if now_s >= next_heartbeat_s:
                self._heartbeat()
                next_heartbeat_s = now_s + HEARTBEAT_S
            data = self._received()
            if data:
                self._take(data)
            if self._partner is not None:
                self._send_all(self._partner.turn())

    def _received(self) -> bytes:
        """What has come, waiting for it a little; nothing where nothing came."""
        first = self._datagram()
        if first is None:
            return b""
        came = [first]
        if self._in_rows or time.monotonic() - self._taken_at_s < BURST_S:
            time.sleep(BURST_S)
            while len(came) < MOST_IN_BURST and (data := self._datagram(socket.MSG_DONTWAIT)):
                came.append(data)
        self._in_rows, self._taken_at_s = len(came) > 1, time.monotonic()
        return b"".join(came)

    def _datagram(self, flags: int = 0) -> bytes | None:
        """The next datagram; None where none has come, by default within `TURN_S`."""
        try:
            data, self._peer = self._socket.recvfrom(LARGEST_DATAGRAM, flags)
        except (BlockingIOError, ConnectionRefusedError):
            return None
        return data

    def _take(self, data: bytes) -> None:
        with self._news:
            self._unread.append((time.monotonic(), data))
            # A partner hears each message, and on this thread only.
            at_once = self._partner is not None or len(self._unread) >= MOST_UNREAD
            messages = self._read() if at_once else []
            self._news.notify_all()
        if self._partner is not None:
            for message in messages:
                self._send_all(self._partner.hear(message))

    def _read(self) -> list[Message]:
        """Take in what has come and was not looked at yet; the caller holds the lock."""
        messages: list[Message] = []
        for came_at_s, data in self._unread:
            decoded = self._decoder.feed(data)
            taken = [self._history.receive(message) for message in decoded]
            if any(taken):
                self._newest_at_s = came_at_s
            messages += decoded
        self._unread.clear()
        for message in messages:
            # A companion computer is a component of its vehicle's own system; what others say may
            # be passed on to this link.
            vehicle = message.component_id == MAV_COMP_ID_AUTOPILOT
            if vehicle and message.system_id != self._system_id:
                self._system_id = message.system_id
                self._encoder = _encoder(self._system_id)
        return messages

    def _send_all(self, sends: Sequence[Send]) -> None:
        for send in sends:
            self._send(self._encoder.encode_send(send))

    def _heartbeat(self) -> None:
        with self._news:
            self._read()
        beat = self._encoder.encode(
            "HEARTBEAT",
            type=MAV_TYPE_ONBOARD_CONTROLLER,
            autopilot=MAV_AUTOPILOT_INVALID,
            mavlink_version=3,
        )
        self._send(beat)

    def _send(self, frame: bytes) -> None:
        if self._peer is None:
            return
        try:
            self._socket.sendto(frame, socket.MSG_DONTWAIT, self._peer)
        except OSError:
            # Nobody there for now; the next second tries again.
            self.send_errors += 1


def _encoder(system_id: int) -> Encoder:
    return Encoder(system_id=system_id, component_id=MAV_COMP_ID_ONBOARD_COMPUTER)


def _open(address: str) -> tuple[socket.socket, tuple[str, int] | None]:
    kind, _, rest = address.partition(":")
    host, _, port = rest.rpartition(":")
    if kind not in ("udpin", "udpout") or not host or not port.isdigit():
        raise BadInput(where=f"link {address}", what="not udpin:HOST:PORT or udpout:HOST:PORT")
    link = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    # A read that waits in the system itself is one call; one with Python's timeout polls before it.
    link.setsockopt(
        socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("ll", 0, round(1e6 * TURN_S))
    )
    link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER_BYTES)
    peer = (host, int(port))
    try:
        link.bind(peer if kind == "udpin" else ("0.0.0.0", 0))
    except OSError as error:
        link.close()
        what = (error.strerror or str(error)).lower()
        raise BadInput(where=f"link {address}", what=what) from error
    return link, None if kind == "udpin" else peer
