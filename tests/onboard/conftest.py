"""An event to send, and a hub that tests own: it takes messages, and can be told to fail."""

import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from onboard.messages import (
    Envelope,
    EventKind,
    EventReport,
    Explanation,
    GroundEllipse,
    GroundPosition,
    ObjectClass,
    PictureRef,
    Severity,
)


@dataclass
class FakeHub:
    """`accepted` in the order of arrival; `faults` are HTTP statuses to answer with, one each.

    `lose_replies` takes that many batches in without an answer, as a cut link would.
    """

    port: int = 0
    accepted: list[dict[str, Any]] = field(default_factory=list)
    batches: int = 0
    duplicates: int = 0
    live: list[dict[str, Any]] = field(default_factory=list)
    pictures: dict[str, bytes] = field(default_factory=dict)
    order: list[str] = field(default_factory=list)
    faults: list[int] = field(default_factory=list)
    lose_replies: int = 0
    refuse: set[str] = field(default_factory=set)
    # What the next replies bring from others, and what was named as received.
    brings: list[dict[str, Any]] = field(default_factory=list)
    received: list[str] = field(default_factory=list)
    _server: ThreadingHTTPServer | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def ids(self) -> list[str]:
        return [message_id(each) for each in self.accepted]

    def start(self) -> None:
        hub = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_: Any) -> None:
                """Quiet."""

            def _content(self) -> bytes:
                return self.rfile.read(int(self.headers["Content-Length"]))

            def _answer(self, status: int, reply: dict[str, Any]) -> None:
                body = json.dumps(reply).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_POST(self) -> None:
                status, reply = hub.take(self.path, self._content())
                if status:
                    self._answer(status, reply)
                else:
                    self.close_connection = True

            def do_PUT(self) -> None:
                content = self._content()
                self._answer(hub.put_picture(self.path.rpartition("/")[2], content), {})

        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def stop(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def take(self, path: str, content: bytes) -> tuple[int, dict[str, Any]]:
        request = json.loads(content)
        messages = request["messages"]
        if path.endswith("/live"):
            self.live += messages
            self.received += request.get("received", [])
            accepted = [message_id(each) for each in messages]
            return 200, {"accepted": accepted, "brought": self.brings}
        self.batches += 1
        if self.faults:
            return self.faults.pop(0), {}
        reply: dict[str, Any] = {"accepted": [], "duplicates": [], "refused": []}
        for message in messages:
            self._take_one(message, reply)
        if self.lose_replies:
            self.lose_replies -= 1
            return 0, {}
        return 200, reply

    def _take_one(self, message: dict[str, Any], reply: dict[str, Any]) -> None:
        name = message_id(message)
        if name in self.refuse:
            reply["refused"].append({"id": name, "reason": "not to be had"})
        elif name in self.ids:
            self.duplicates += 1
            reply["duplicates"].append(name)
        else:
            self.accepted.append(message)
            self.order.append(name)
            reply["accepted"].append(name)

    def put_picture(self, sha256: str, content: bytes) -> int:
        if hashlib.sha256(content).hexdigest() != sha256:
            return 422
        self.pictures[sha256] = content
        self.order.append(sha256)
        return 201


def message_id(message: dict[str, Any]) -> str:
    return f"{message['drone_id']}:{message['boot_id']}:{message['sequence']}"


@pytest.fixture
def fake_hub() -> Iterator[FakeHub]:
    """A hub that runs; a test may stop it and start it again on the same port."""
    hub = FakeHub()
    hub.start()
    yield hub
    hub.stop()


NOW = datetime(2026, 9, 1, 6, 0, tzinfo=UTC)


def event(
    sequence: int, severity: Severity = Severity.WARNING, picture: str | None = None
) -> Envelope:
    shown = None if picture is None else PictureRef(sha256=picture, width_px=96, height_px=54)
    return Envelope(
        drone_id="qyran-1",
        boot_id="b",
        sequence=sequence,
        sent_at=NOW,
        body=EventReport(
            event_kind=EventKind.CROWD,
            rule_id="crowd",
            severity=severity,
            certainty=0.9,
            position=GroundPosition(
                latitude_deg=44.85,
                longitude_deg=65.51,
                height_amsl_m=129.0,
                ellipse=GroundEllipse(semi_major_m=2, semi_minor_m=1, orientation_rad=0),
            ),
            captured_at=NOW,
            began_at=NOW,
            object_class=ObjectClass.PERSON,
            object_count=30,
            explanation=Explanation(kk="к", ru="р", en="e"),
            picture=shown,
        ),
    )


@pytest.fixture
def make_event() -> Callable[..., Envelope]:
    """Makes a crowd event by its sequence, severity and picture."""
    return event
