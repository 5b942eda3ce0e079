"""A real hub behind a link that is thin, lossy and at times gone, in virtual time.

What TCP makes of lost packets is time: each is sent again after a timeout that doubles, as RFC 6298
says. Beyond that a connection may break before a request has come or before its answer is back, and
a copy of a request may come once more, later than those that were sent after it.
"""

import asyncio
import heapq
import itertools
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import httpx

from ground_station.configuration import HubConfiguration
from ground_station.hub.app import create_app
from ground_station.hub.hub import Hub, open_hub
from ground_station.hub.no_vehicles import NoVehicles
from onboard.messages import message_id

PACKET_BYTES, HEADER_BYTES = 1_200, 400
FIRST_RESEND_S, LAST_RESEND_S = 0.3, 3.0
LATE_S = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Weather:
    """Shares 0..1; `silence` are spans of seconds in which nothing passes."""

    name: str
    bytes_s: float = 1e6
    latency_s: float = 0.05
    packet_loss: float = 0.0
    cut_before: float = 0.0
    cut_after: float = 0.0
    doubled: float = 0.0
    silence: Sequence[tuple[float, float]] = ()


class HubInMemory:
    """The hub itself over a folder, without a socket."""

    def __init__(self, folder: Path) -> None:
        self._runner = asyncio.Runner()
        configuration = HubConfiguration(data_folder=folder)
        self._hub: Hub = self._runner.run(open_hub(configuration, vehicles=NoVehicles()))
        transport = httpx.ASGITransport(create_app(self._hub))
        self._client = httpx.AsyncClient(transport=transport, base_url="http://hub")

    def answer(self, request: httpx.Request) -> httpx.Response:
        """What the hub says to a request."""
        asked = self._client.request(
            request.method, request.url.path, content=request.content, headers=request.headers
        )
        return self._runner.run(asked)

    def close(self) -> None:
        """End it; its folder holds all that it was told."""
        self._runner.run(self._client.aclose())
        self._runner.run(self._hub.close())
        self._runner.close()


@dataclass(slots=True)
class ThinLink(httpx.BaseTransport):
    """`now_s` is the link's clock: every request moves it on.

    `arrived_s` tells when the hub first had each message, in the order of arrival, and `pictures`
    the size of each picture that came; `last_ids` are the messages of the last request.
    """

    hub: HubInMemory
    weather: Weather
    random: Random
    now_s: float = 0.0
    arrived_s: dict[str, float] = field(default_factory=dict)
    pictures: dict[str, int] = field(default_factory=dict)
    requests: int = 0
    last_ids: frozenset[str] = frozenset()
    failed: int = 0
    sent_bytes: int = 0
    _late: list[tuple[float, int, httpx.Request]] = field(default_factory=list)
    _numbers: "itertools.count[int]" = field(default_factory=itertools.count)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Bring a request to the hub and its answer back, or fail as a link does."""
        request.read()
        self.requests += 1
        self.last_ids = _ids(request)
        patience_s = float(request.extensions["timeout"]["read"])
        self._bring_late_ones()
        if self._silent():
            self._wait(patience_s)
            raise httpx.ConnectTimeout("no way to the hub", request=request)
        return self._over_the_air(request, patience_s)

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.now_s += seconds
        self._bring_late_ones()

    def _over_the_air(self, request: httpx.Request, patience_s: float) -> httpx.Response:
        size_bytes = len(request.content) + HEADER_BYTES
        self.sent_bytes += size_bytes
        there_s, back_s = self._time_s(size_bytes), self._time_s(HEADER_BYTES)
        if there_s + back_s > patience_s:
            self._wait(patience_s)
            raise httpx.ReadTimeout("no answer in time", request=request)
        if self.random.random() < self.weather.cut_before:
            self._wait(there_s * self.random.random())
            raise httpx.WriteError("the connection broke", request=request)
        self.now_s += there_s
        response = self._to_hub(request)
        if self.random.random() < self.weather.doubled:
            late = (self.now_s + LATE_S * self.random.random(), next(self._numbers), request)
            heapq.heappush(self._late, late)
        if self.random.random() < self.weather.cut_after:
            self._wait(patience_s)
            raise httpx.ReadTimeout("the answer was lost", request=request)
        self.now_s += back_s
        return httpx.Response(response.status_code, content=response.content, request=request)

    def _to_hub(self, request: httpx.Request) -> httpx.Response:
        response = self.hub.answer(request)
        if request.url.path.endswith("/ingest"):
            told: dict[str, Any] = json.loads(response.content)
            for message_id in told["accepted"]:
                self.arrived_s.setdefault(message_id, self.now_s)
        elif response.status_code in (200, 201):
            self.pictures[request.url.path.rpartition("/")[2]] = len(request.content)
        return response

    def _bring_late_ones(self) -> None:
        while self._late and self._late[0][0] <= self.now_s:
            self._to_hub(heapq.heappop(self._late)[2])

    def _time_s(self, size_bytes: int) -> float:
        weather = self.weather
        seconds = weather.latency_s
        for _ in range(-(-size_bytes // PACKET_BYTES)):
            seconds += PACKET_BYTES / weather.bytes_s
            resend_s = FIRST_RESEND_S
            # Most losses are mended by fast retransmission; a packet lost again waits its timeout.
            while self.random.random() < weather.packet_loss:
                seconds += PACKET_BYTES / weather.bytes_s
                if self.random.random() < weather.packet_loss:
                    seconds += resend_s
                    resend_s = min(2.0 * resend_s, LAST_RESEND_S)
        return seconds

    def _silent(self) -> bool:
        return any(begin_s <= self.now_s < end_s for begin_s, end_s in self.weather.silence)

    def _wait(self, seconds: float) -> None:
        self.failed += 1
        self.now_s += seconds


def _ids(request: httpx.Request) -> frozenset[str]:
    if not request.url.path.endswith("/ingest"):
        return frozenset()
    messages = json.loads(request.content)["messages"]
    return frozenset(
        message_id(each["drone_id"], each["boot_id"], each["sequence"]) for each in messages
    )
