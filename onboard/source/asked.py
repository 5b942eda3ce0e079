"""Pictures asked for one by one: `paced+http://HOST:PORT/next`, of a camera that waits to be asked.

A simulated camera's time stands still until its reader is done with a picture, so nothing is left
out on a machine that is too slow for the speed. The connection is kept; each `GET` is answered with
the picture after the last one, or with 204 where none came for a while. `X-Timestamp` is the
vehicle's boot time at mid-exposure in decimal seconds and `X-Frame-Id` a name.
"""

import http.client
import time
from urllib.parse import urlsplit

from missions.errors import BadInput
from onboard.source.decode import decoded
from onboard.source.frame import Frame, SourceCounts, SourceFacts, Tap
from onboard.source.mjpeg import boot_seconds

SILENCE_S = 10.0
RETRY_S = 0.2


class AskedSource:
    """One connection, opened again whenever it breaks; nothing runs beside the caller.

    Raises:
        BadInput: the address is not one of HTTP.
    """

    def __init__(self, address: str, tap: Tap | None = None) -> None:
        self._tap = tap
        parts = urlsplit(address.removeprefix("paced+"))
        try:
            usable = parts.scheme == "http" and bool(parts.hostname)
            port = parts.port
        except ValueError:
            usable, port = False, None
        if not usable:
            raise BadInput(where=f"source {address}", what="not paced+http://HOST:PORT/PATH")
        self.facts = SourceFacts(name=address, plays_once=False)
        self._counts = SourceCounts()
        self._path = parts.path or "/next"
        self._connection = http.client.HTTPConnection(parts.hostname or "", port, timeout=SILENCE_S)

    @property
    def counts(self) -> SourceCounts:
        """Counts so far; none is ever dropped."""
        return self._counts

    @property
    def at_end(self) -> bool:
        """A camera has no end, only silence."""
        return False

    def next_frame(self, timeout_s: float) -> Frame | None:
        """The picture after the last; the camera says how long it lets wait, not `timeout_s`."""
        try:
            answer = self._ask()
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            self._counts.problem = f"the camera cannot be read: {error}"
            self._counts.reconnects += 1
            time.sleep(min(RETRY_S, timeout_s))
            return None
        self._counts.problem = ""
        return None if answer is None else self._frame(*answer)

    def close(self) -> None:
        """Hang up."""
        self._connection.close()

    def _ask(self) -> tuple[http.client.HTTPResponse, bytes] | None:
        self._connection.request("GET", self._path)
        response = self._connection.getresponse()
        body = response.read()
        if response.status == http.HTTPStatus.NO_CONTENT:
            return None
        if response.status != http.HTTPStatus.OK:
            raise http.client.HTTPException(f"HTTP {response.status}, no picture")
        return response, body

    def _frame(self, response: http.client.HTTPResponse, jpeg: bytes) -> Frame | None:
        self._counts.seen += 1
        received_s, began_s = time.monotonic(), time.perf_counter()
        frame_id = (response.getheader("X-Frame-Id") or str(self._counts.seen))[:64]
        boot_s = boot_seconds(response.getheader("X-Timestamp"))
        if self._tap is not None:
            self._tap(jpeg, frame_id, boot_s)
        image = decoded(jpeg)
        if image is None:
            self._counts.corrupt += 1
            return None
        return Frame(
            image=image,
            frame_id=frame_id,
            boot_s=boot_s,
            jpeg=jpeg,
            received_s=received_s,
            decode_s=time.perf_counter() - began_s,
        )
