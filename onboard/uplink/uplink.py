"""Brings what the outbox holds to a hub: events first, then their pictures, for ever.

How much goes at once, and how long an answer may take, follow what the link has carried of late.
A message is deleted only when the hub has named it as accepted or as a duplicate; what it refuses
is set aside. Anything else is tried again, later and later.
"""

import threading
import time
from collections.abc import Callable
from enum import Enum, auto

import httpx
from pydantic import ValidationError

from onboard.messages import IngestReply
from onboard.outbox import Outbox, OutboxUnwritable, Waiting
from onboard.uplink.link_rate import LinkRate
from onboard.uplink.mail import Mail, request_content
from onboard.uplink.settings import API, Backoff, UplinkSettings, hub_client
from onboard.uplink.turn import EVENTS, PICTURES, Turn

# Whatever there is to do is told of: without being woken it looks seldom.
IDLE_S = 10.0
# The request itself is at fault, so that no retry of the same bytes can help.
AT_FAULT = frozenset({400, 404, 405, 413, 415, 422})


class Step(Enum):
    """What came of one attempt."""

    NOTHING_TO_DO = auto()
    DONE = auto()
    FAILED = auto()


class Uplink:
    """A thread of its own. `problem` says in words why nothing goes through, while it does not.

    `client` and `clock` are for links that are not real; `told_s` takes for how long each event
    that the hub has now had waited in the outbox.
    """

    def __init__(
        self,
        hub: str,
        outbox: Outbox,
        settings: UplinkSettings | None = None,
        *,
        client: httpx.Client | None = None,
        clock: Callable[[], float] = time.monotonic,
        turn: Turn | None = None,
        told_s: Callable[[float], None] = lambda _: None,
        mail: Mail | None = None,
    ) -> None:
        self._settings = settings or UplinkSettings()
        self._client = client or hub_client(hub, self._settings)
        self._outbox = outbox
        self._clock = clock
        self._turn = turn or Turn()
        self._told_s = told_s
        self._mail = mail or Mail()
        self.rate = LinkRate()
        self._backoff = Backoff(self._settings)
        self._batch = self._settings.batch
        self._stop = threading.Event()
        self.attempts = 0
        self.answered = False
        self.problem = ""
        self._thread = threading.Thread(target=self._run, name="uplink", daemon=True)

    def start(self) -> None:
        """Begin to send."""
        self._thread.start()

    def drained(self, timeout_s: float) -> bool:
        """Wait until nothing is left to send; False where that took too long."""
        waited = threading.Event()
        for _ in range(max(1, int(timeout_s / 0.05))):
            if not self._outbox.waiting and not self._outbox.pictures_waiting:
                return True
            waited.wait(0.05)
        return not self._outbox.waiting and not self._outbox.pictures_waiting

    def close(self) -> None:
        """End the thread; what was not delivered stays in the outbox."""
        self._stop.set()
        self._outbox.changed.set()
        if self._thread.ident is None:
            self._client.close()
        elif self._thread.is_alive():
            self._thread.join(timeout=self._settings.closing_s)

    def step(self) -> Step:
        """One attempt: a batch of messages, or where there is none a picture."""
        try:
            with self._turn.of(EVENTS):
                batch = self._outbox.next_batch(self._batch, self.rate.batch_bytes)
                if batch:
                    return self._send_messages(batch)
            with self._turn.of(PICTURES):
                return self._send_picture()
        except OutboxUnwritable as error:
            self.problem = str(error)
            return Step.FAILED

    def _run(self) -> None:
        # The thread closes its own client: a request to a hub that hangs may outlast `close`.
        try:
            self._work()
        finally:
            self._client.close()

    def _work(self) -> None:
        while not self._stop.is_set():
            self._outbox.changed.clear()
            step = self.step()
            if step is Step.NOTHING_TO_DO:
                self._outbox.changed.wait(IDLE_S)
            elif step is Step.FAILED:
                self._stop.wait(self._backoff.failed())
            else:
                self._backoff.succeeded()

    def _send_messages(self, batch: list[Waiting]) -> Step:
        received = self._mail.received
        content = request_content((each.body for each in batch), received)
        response = self._request("POST", "/ingest", content, content_type="application/json")
        if response is None:
            return Step.FAILED
        if response.status_code in AT_FAULT:
            return self._narrow_down(batch, response)
        reply = self._reply(response)
        if reply is None:
            return Step.FAILED
        self._mail.take(reply, received)
        return self._settle(batch, reply)

    def _settle(self, batch: list[Waiting], reply: IngestReply) -> Step:
        sent = {each.id for each in batch}
        arrived = [each for each in (*reply.accepted, *reply.duplicates) if each in sent]
        for waited_s in self._outbox.delivered(arrived):
            self._told_s(waited_s)
        refused = [each for each in reply.refused if each.id in sent]
        for refusal in refused:
            self._outbox.set_aside(refusal.id, refusal.reason)
        if not arrived and not refused:
            self.problem = "the hub's answer names none of the messages"
            return Step.FAILED
        self.problem = ""
        self._batch = self._settings.batch
        return Step.DONE

    def _narrow_down(self, batch: list[Waiting], response: httpx.Response) -> Step:
        """A batch that is refused as a whole is halved until the one at fault stands alone."""
        if len(batch) > 1:
            self._batch = max(1, len(batch) // 2)
        elif response.status_code in (404, 405):
            # It is the address that is wrong, not the message.
            self.problem = f"the hub has no such address (HTTP {response.status_code})"
            return Step.FAILED
        else:
            self._outbox.set_aside(batch[0].id, f"HTTP {response.status_code}")
        return Step.DONE

    def _send_picture(self) -> Step:
        picture = self._outbox.next_picture()
        if picture is None:
            return Step.NOTHING_TO_DO
        response = self._request(
            "PUT", f"/pictures/{picture.sha256}", picture.content, content_type="image/jpeg"
        )
        if response is None:
            return Step.FAILED
        if response.status_code in (200, 201, 204):
            self._outbox.picture_delivered(picture.sha256)
            return Step.DONE
        if response.status_code in AT_FAULT - {404, 405}:
            self._outbox.picture_refused(picture.sha256)
            return Step.DONE
        self.problem = f"the hub refuses pictures (HTTP {response.status_code})"
        return Step.FAILED

    def _request(
        self, method: str, path: str, content: bytes, *, content_type: str
    ) -> httpx.Response | None:
        self.attempts += 1
        began_s, size_bytes = self._clock(), len(content)
        try:
            response = self._client.request(
                method,
                API + path,
                content=content,
                headers={"Content-Type": content_type},
                timeout=self.rate.patience_s(size_bytes, self._settings.timeout_s),
            )
        except httpx.HTTPError as error:
            if isinstance(error, httpx.TimeoutException):
                self.rate.failed(size_bytes)
            self.problem = f"the hub cannot be reached: {str(error) or type(error).__name__}"
            return None
        self.rate.took(size_bytes, self._clock() - began_s)
        if response.status_code >= 500 or response.status_code in (401, 403, 408, 429):
            self.problem = f"the hub answers HTTP {response.status_code}"
            return None
        self.answered = True
        return response

    def _reply(self, response: httpx.Response) -> IngestReply | None:
        if response.status_code != 200:
            self.problem = f"the hub answers HTTP {response.status_code}"
            return None
        try:
            return IngestReply.model_validate_json(response.content)
        except ValidationError:
            self.problem = "the hub's answer is not an ingest reply"
            return None
