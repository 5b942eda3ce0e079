"""What is live: tracks, view and status. The newest of each is sent, once; older ones are lost."""

import threading
import time

import httpx
from pydantic import ValidationError

from onboard.messages import Envelope, IngestReply
from onboard.uplink.mail import Mail, request_content
from onboard.uplink.settings import API, Backoff, UplinkSettings, hub_client
from onboard.uplink.turn import LIVE, Turn

# On a thin link what is live takes a quarter of the time, so that pictures move too.
REST_OF_ITS_TIME = 3.0
IDLE_S = 0.5


class LiveUplink:
    """A thread of its own, so that a slow hub never holds up perception.

    `sent`, `replaced` and `failed` count messages; `failed` ones are not tried again.
    What others say comes in the answers: the state that is sent every second asks for it.
    """

    def __init__(
        self,
        hub: str,
        settings: UplinkSettings | None = None,
        *,
        turn: Turn | None = None,
        mail: Mail | None = None,
    ) -> None:
        self._turn = turn or Turn()
        self._mail = mail or Mail()
        self._settings = settings or UplinkSettings()
        self._client = hub_client(hub, self._settings)
        self._backoff = Backoff(self._settings)
        self._newest: dict[str, Envelope] = {}
        self._changed = threading.Condition()
        self._stop = threading.Event()
        self.sent = self.replaced = self.failed = 0
        self._thread = threading.Thread(target=self._run, name="live", daemon=True)

    def start(self) -> None:
        """Begin to send."""
        self._thread.start()

    def offer(self, *envelopes: Envelope, at_once: bool = True) -> None:
        """Send these together, each unless a newer one of its kind comes first.

        What need not go `at_once` goes with what is offered next, or after `IDLE_S`.
        """
        with self._changed:
            for envelope in envelopes:
                self.replaced += envelope.body.kind in self._newest
                self._newest[envelope.body.kind] = envelope
            if at_once:
                self._changed.notify()

    def flush(self, timeout_s: float) -> None:
        """Wait until what was offered is on its way, for a source that has come to its end."""
        until_s = time.monotonic() + timeout_s
        with self._changed:
            while self._newest and time.monotonic() < until_s:
                self._changed.wait(0.02)

    def close(self) -> None:
        """End the thread."""
        self._stop.set()
        with self._changed:
            self._changed.notify_all()
        if self._thread.ident is None:
            self._client.close()
        elif self._thread.is_alive():
            self._thread.join(timeout=self._settings.closing_s)

    def _run(self) -> None:
        # The thread closes its own client: a request to a hub that hangs may outlast `close`.
        try:
            self._work()
        finally:
            self._client.close()

    def _work(self) -> None:
        while not self._stop.is_set():
            if not self._something():
                continue
            with self._turn.of(LIVE):
                began_s = time.monotonic()
                sent = self._send(self._take())
                took_s = time.monotonic() - began_s
            if sent:
                self._backoff.succeeded()
                rest_s = REST_OF_ITS_TIME * took_s
                self._stop.wait(max(self._settings.live_interval_s, rest_s))
            else:
                self._stop.wait(self._backoff.failed())

    def _something(self) -> bool:
        with self._changed:
            if not self._newest:
                self._changed.wait(IDLE_S)
            return bool(self._newest)

    def _take(self) -> list[Envelope]:
        with self._changed:
            taken = list(self._newest.values())
            self._newest.clear()
            self._changed.notify_all()
            return taken

    def _send(self, taken: list[Envelope]) -> bool:
        received = self._mail.received
        try:
            response = self._client.post(
                f"{API}/live",
                content=request_content((each.model_dump_json() for each in taken), received),
                headers={"Content-Type": "application/json"},
            )
            response.raise_for_status()
            reply = IngestReply.model_validate_json(response.content)
        except (httpx.HTTPError, ValidationError):
            self.failed += len(taken)
            return False
        self._mail.take(reply, received)
        self.sent += len(taken)
        return True
