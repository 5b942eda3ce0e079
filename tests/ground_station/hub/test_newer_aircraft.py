"""What a hub makes of messages that were written by a newer aircraft, and by an older one."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from ground_station.hub.hub import Hub

pytestmark = pytest.mark.anyio
RECORDED = Path(__file__).parents[2] / "onboard" / "messages" / "recorded" / "version_1.jsonl"
RawEvent = Callable[..., dict[str, Any]]


async def test_a_kind_that_is_not_known_is_stored_as_it_came_and_counted(
    api: httpx.AsyncClient, hub: Hub, event: RawEvent
) -> None:
    message = event(5)
    message["version"] = 9
    message["body"] = {"kind": "sound", "heard": "glass"}
    reply = (await api.post("/ingest", json={"messages": [message]})).json()
    assert reply["accepted"] == ["qyran-1:boot-1:5"]
    again = (await api.post("/ingest", json={"messages": [message]})).json()
    assert again["duplicates"] == ["qyran-1:boot-1:5"]
    health = (await api.get("/health")).json()
    assert (health["messages_of_unknown_kind"], health["messages_newer"]) == (1, 1)
    assert (await api.get("/alerts")).json() == []


async def test_a_live_kind_that_is_not_known_is_counted_and_harms_nobody(
    api: httpx.AsyncClient, event: RawEvent
) -> None:
    message = event(5)
    message["body"] = {"kind": "sound"}
    answer = await api.post("/live", json={"messages": [message]})
    assert answer.status_code == 200
    assert (await api.get("/health")).json()["messages_of_unknown_kind"] == 1


async def test_unknown_fields_are_counted(api: httpx.AsyncClient, event: RawEvent) -> None:
    message = event(1)
    message["body"]["wind_m_s"] = 4.0
    await api.post("/ingest", json={"messages": [message]})
    assert (await api.get("/health")).json()["unknown_fields"] == 1


async def test_a_message_for_newer_readers_only_is_refused_and_the_rest_taken(
    api: httpx.AsyncClient, event: RawEvent
) -> None:
    newer = {**event(1), "readable_from": 99}
    reply = (await api.post("/ingest", json={"messages": [newer, event(2)]})).json()
    assert reply["accepted"] == ["qyran-1:boot-1:2"]
    (refusal,) = reply["refused"]
    assert "readable_from" in refusal["reason"]


async def test_what_version_1_wrote_is_taken_and_shown(api: httpx.AsyncClient, hub: Hub) -> None:
    old = [json.loads(line) for line in RECORDED.open()]
    live = [each for each in old if each["body"]["kind"] != "event"]
    events = [each for each in old if each["body"]["kind"] == "event"]
    assert len((await api.post("/ingest", json={"messages": events})).json()["accepted"]) == 1
    assert len((await api.post("/live", json={"messages": live})).json()["accepted"]) == 3
    health = (await api.get("/health")).json()
    assert health["aircraft"]["qyran-1"]["text"] == "all is well"
    assert health["unknown_fields"] == 0
