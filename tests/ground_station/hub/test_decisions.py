"""What aircraft decide by themselves and how they fare, as consoles are told of it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest

from ground_station.hub.hub import Hub
from ground_station.hub.live import Live
from onboard.messages import Envelope

pytestmark = pytest.mark.anyio
Raw = Callable[..., dict[str, Any]]


@pytest.fixture
def decision(event: Raw) -> Raw:
    """Makes a decision as JSON, made so many seconds after the first."""

    def make(sequence: int, after_s: float = 0.0) -> dict[str, Any]:
        envelope = event(sequence)
        at = (Envelope.model_validate(envelope).sent_at + timedelta(seconds=after_s)).isoformat()
        words = {"kk": "тоқтайды", "ru": "останавливается", "en": "it stops"}
        body = {"kind": "decision", "severity": "notice", "state": "stopping", "reason": "stopping"}
        return {**envelope, "sent_at": at, "body": {**body, "words": words, "decided_at": at}}

    return make


async def test_decisions_are_in_the_snapshot_the_last_that_came_first(
    api: httpx.AsyncClient, hub: Hub, decision: Raw, event: Raw
) -> None:
    await api.post("/ingest", json={"messages": [decision(1), event(2), decision(3, 60.0)]})
    told = (await hub.snapshot())["decisions"]
    assert [each["id"] for each in told] == ["qyran-1:boot-1:3", "qyran-1:boot-1:1"]
    assert told[0]["words"]["ru"] == "останавливается"


async def test_a_decision_that_a_later_one_has_overtaken_is_told_all_the_same(
    api: httpx.AsyncClient, hub: Hub, decision: Raw
) -> None:
    with hub.stream.client() as console:
        await api.post("/ingest", json={"messages": [decision(2, 60.0)]})
        await api.post("/ingest", json={"messages": [decision(1)]})
        told = [await console.next_message() for _ in range(2)]
    assert ["boot-1:2" in told[0], "boot-1:1" in told[1]] == [True, True]


async def test_a_decision_is_refused_where_it_would_not_be_stored(
    api: httpx.AsyncClient, decision: Raw
) -> None:
    reply = (await api.post("/live", json={"messages": [decision(1)]})).json()
    assert "/ingest" in reply["refused"][0]["reason"]


async def test_what_is_live_says_how_long_ago_the_hub_heard_it(live: Raw) -> None:
    now_s = [100.0]
    heard = Live(lambda: now_s[0])
    heard.receive(Envelope.model_validate(live("tracks")))
    now_s[0] = 107.5
    (told,) = heard.latest("tracks")
    assert told["heard_s_ago"] == 7.5
