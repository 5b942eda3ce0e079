"""Motion JPEG over HTTP, as simulated and most IP cameras send it: `mjpeg+http://HOST:PORT/PATH`.

`X-Timestamp` is the vehicle's boot time at mid-exposure in decimal seconds and `X-Frame-Id` a name;
a camera that sends neither gives frames without a boot time, numbered here. Pictures are decoded
only when they are taken, so that a frame that is dropped costs nothing.
"""

import http.client
import math
import threading
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

from missions.errors import BadInput
from onboard.source.decode import decoded
from onboard.source.frame import Frame, SourceCounts, SourceFacts, Tap
from onboard.source.multipart import MultipartParser, Part
from onboard.source.newest import Newest

READ_BYTES = 65_536
SILENCE_S = 10.0
RETRY_S = (0.2, 5.0)
# A camera that says nothing holds its reader for longer; the reader then ends with the process.
CLOSING_S = 0.5


@dataclass(frozen=True, slots=True)
class _Coded:
    jpeg: bytes
    frame_id: str
    boot_s: float | None
    received_s: float


class MjpegSource:
    """Reads on a thread of its own and connects again whenever the stream ends.

    Raises:
        BadInput: the address is not one of HTTP.
    """

    def __init__(self, address: str, tap: Tap | None = None) -> None:
        self._tap = tap
        self._parts = urlsplit(address.removeprefix("mjpeg+"))
        try:
            usable = self._parts.scheme in ("http", "https") and bool(self._parts.hostname)
            self._port = self._parts.port
        except ValueError:
            usable = False
        if not usable:
            raise BadInput(where=f"source {address}", what="not mjpeg+http://HOST:PORT/PATH")
        self.facts = SourceFacts(name=address, plays_once=False)
        self._counts = SourceCounts()
        self._newest: Newest[_Coded] = Newest()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="mjpeg", daemon=True)
        self._thread.start()

    @property
    def counts(self) -> SourceCounts:
        """Counts so far."""
        self._counts.dropped = self._newest.dropped
        return self._counts

    @property
    def at_end(self) -> bool:
        """A camera has no end, only silence."""
        return False

    def next_frame(self, timeout_s: float) -> Frame | None:
        """The newest whole frame; a corrupt one is counted and passed over."""
        coded = self._newest.take(timeout_s)
        if coded is None:
            return None
        began_s = time.perf_counter()
        image = decoded(coded.jpeg)
        if image is None:
            self._counts.corrupt += 1
            return None
        return Frame(
            image=image,
            frame_id=coded.frame_id,
            boot_s=coded.boot_s,
            jpeg=coded.jpeg,
            received_s=coded.received_s,
            decode_s=time.perf_counter() - began_s,
        )

    def close(self) -> None:
        """End the thread."""
        self._stop.set()
        self._newest.close()
        self._thread.join(timeout=CLOSING_S)

    def _run(self) -> None:
        wait_s = RETRY_S[0]
        while not self._stop.is_set():
            seen = self._counts.seen
            try:
                self._read_stream()
                self._counts.problem = "the camera's stream has ended"
            except (OSError, http.client.HTTPException) as error:
                self._counts.problem = f"the camera cannot be read: {error}"
            self._counts.reconnects += 1
            wait_s = RETRY_S[0] if self._counts.seen > seen else min(2.0 * wait_s, RETRY_S[1])
            self._stop.wait(wait_s)

    def _read_stream(self) -> None:
        kind = (
            http.client.HTTPSConnection
            if self._parts.scheme == "https"
            else http.client.HTTPConnection
        )
        connection = kind(self._parts.hostname or "", self._port, timeout=SILENCE_S)
        try:
            path = (self._parts.path or "/") + (
                f"?{self._parts.query}" if self._parts.query else ""
            )
            connection.request("GET", path)
            response = connection.getresponse()
            boundary = _boundary(response.getheader("Content-Type", ""))
            if response.status != 200 or boundary is None:
                what = f"HTTP {response.status}, no multipart stream"
                raise http.client.HTTPException(what)
            parser = MultipartParser(boundary)
            while not self._stop.is_set() and (data := response.read1(READ_BYTES)):
                for part in parser.feed(data):
                    self._offer(part)
                    self._counts.problem = ""
        finally:
            connection.close()

    def _offer(self, part: Part) -> None:
        self._counts.seen += 1
        frame_id = part.headers.get("x-frame-id") or str(self._counts.seen)
        boot_s = boot_seconds(part.headers.get("x-timestamp"))
        if self._tap is not None:
            self._tap(part.body, frame_id[:64], boot_s)
        self._newest.put(_Coded(part.body, frame_id[:64], boot_s, time.monotonic()))


def _boundary(content_type: str) -> str | None:
    for parameter in content_type.split(";")[1:]:
        name, _, value = parameter.strip().partition("=")
        if name.lower() == "boundary" and value:
            return value
    return None


def boot_seconds(text: str | None) -> float | None:
    """What an `X-Timestamp` says; None where it is no number."""
    try:
        value = float(text) if text else math.nan
    except ValueError:
        return None
    return value if math.isfinite(value) else None
