"""What aircraft send: stored once, acted on once, and refused by name."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from ground_station.hub.hub import Hub
from ground_station.store import actions

pytestmark = pytest.mark.anyio
RawEvent = Callable[..., dict[str, Any]]
JPEG = b"\xff\xd8\xff\xe0" + bytes(500)
JPEG_NAME = hashlib.sha256(JPEG).hexdigest()


async def send(api: httpx.AsyncClient, *messages: dict[str, Any]) -> dict[str, Any]:
    reply = await api.post("/ingest", json={"messages": messages})
    assert reply.status_code == 200, reply.text
    body: dict[str, Any] = reply.json()
    return body


async def test_event_becomes_an_alert_with_place_and_cameras(
    api: httpx.AsyncClient, event: RawEvent
) -> None:
    assert (await send(api, event(3)))["accepted"] == ["qyran-1:boot-1:3"]
    (alert,) = (await api.get("/alerts")).json()
    assert (alert["kind"], alert["state"], alert["severity"]) == ("crowd", "new", "warning")
    assert alert["place"] == {"kk": "Square kk", "ru": "Square ru", "en": "Square"}
    assert alert["title"]["en"] == "Crowd: Square"
    assert [camera["id"] for camera in alert["cameras"]] == ["ptz", "north", "far"]
    assert alert["event_ids"] == ["qyran-1:boot-1:3"]
    assert alert["ellipse"]["semi_major_m"] == 5.0
    assert [(done["who"], done["action"]) for done in alert["history"]] == [("hub", "created")]


async def test_message_sent_again_is_a_duplicate_without_effect(
    api: httpx.AsyncClient, event: RawEvent
) -> None:
    await send(api, event())
    assert (await send(api, event()))["duplicates"] == ["qyran-1:boot-1:0"]
    assert len((await api.get("/alerts")).json()) == 1


async def test_message_twice_in_one_batch_is_stored_once(
    api: httpx.AsyncClient, event: RawEvent
) -> None:
    reply = await send(api, event(), event())
    assert (reply["accepted"], reply["duplicates"]) == (["qyran-1:boot-1:0"],) * 2


async def test_id_with_another_content_is_refused_and_changes_nothing(
    api: httpx.AsyncClient, event: RawEvent
) -> None:
    await send(api, event())
    reply = await send(api, event(east_m=500.0))
    assert reply["refused"] == [
        {"id": "qyran-1:boot-1:0", "reason": "this id is stored with another content"}
    ]
    assert len((await api.get("/alerts")).json()) == 1


async def test_bad_message_does_not_hold_up_the_good_ones(
    api: httpx.AsyncClient, event: RawEvent
) -> None:
    reply = await send(api, event(0), event(1, certainty=2.0), event(2, north_m=500.0))
    assert reply["accepted"] == ["qyran-1:boot-1:0", "qyran-1:boot-1:2"]
    (refused,) = reply["refused"]
    assert refused["id"] == "qyran-1:boot-1:1"
    assert refused["reason"].startswith("body.event.certainty:")


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param({}, id="empty"),
        pytest.param({"drone_id": ["a"], "sequence": "x", "boot_id": None}, id="wrong types"),
        pytest.param({"drone_id": "a b", "body": {"kind": "poem"}}, id="unknown kind"),
        pytest.param({"drone_id": "a", "sequence": 10**30}, id="past any integer"),
    ],
)
async def test_message_that_is_none_is_refused_by_name(
    api: httpx.AsyncClient, raw: dict[str, Any]
) -> None:
    (refused,) = (await send(api, raw))["refused"]
    assert refused["reason"]


async def test_refusal_of_what_is_not_unicode_can_be_read(api: httpx.AsyncClient) -> None:
    content = '{"messages": [{"drone_id": "\\ud800", "\\udfff": 1}]}'
    headers = {"content-type": "application/json"}
    reply = await api.post("/ingest", content=content, headers=headers)
    assert reply.json()["refused"][0]["id"] == "?:?:-1"


@pytest.mark.parametrize("unknown", ["NaN", "1e999", '"\\ud800"'])
async def test_unknown_field_that_cannot_be_kept_is_refused(
    api: httpx.AsyncClient, event: RawEvent, unknown: str
) -> None:
    text_of = httpx.Request("POST", "http://hub", json={"messages": [event()]}).content.decode()
    content = text_of.replace('"version":1', f'"version":1,"novelty":{unknown}')
    headers = {"content-type": "application/json"}
    reply = await api.post("/ingest", content=content, headers=headers)
    assert reply.json()["refused"][0]["id"] == "qyran-1:boot-1:0"


async def test_newer_aircraft_with_more_fields_is_understood_and_kept_whole(
    api: httpx.AsyncClient, hub: Hub, event: RawEvent
) -> None:
    newer = {**event(rotor_noise_db=61.5), "version": 2, "mood": "calm"}
    assert (await send(api, newer))["accepted"]
    async with hub.database.reading() as connection:
        body = (await connection.execute(text("SELECT body FROM messages"))).scalar_one()
    assert '"mood":"calm"' in body
    assert '"rotor_noise_db":61.5' in body


async def test_events_of_two_drones_about_one_crowd_are_one_alert(
    api: httpx.AsyncClient, event: RawEvent
) -> None:
    await send(api, event(drone_id="qyran-1"))
    await send(api, event(drone_id="qyran-2", east_m=30.0, after_s=20.0))
    (alert,) = (await api.get("/alerts")).json()
    assert alert["event_ids"] == ["qyran-1:boot-1:0", "qyran-2:boot-1:0"]


async def test_road_event_reaches_the_traffic_module(
    api: httpx.AsyncClient, event: RawEvent
) -> None:
    await send(api, event(kind="vehicle_stopped", east_m=1003.0), event(1, kind="intrusion"))
    (road,) = (await api.get("/traffic/events")).json()
    assert road["category"] == "VehicleObstruction/brokenDownVehicle"
    assert (road["road_name"]["en"], road["state"]) == ("Road", "reported")


async def test_live_state_is_shown_and_an_event_among_it_is_refused(
    api: httpx.AsyncClient, hub: Hub, event: RawEvent, live: RawEvent
) -> None:
    batch = [live("view", after_s=2.0), live("view", after_s=1.0), event(9)]
    reply = (await api.post("/live", json={"messages": batch})).json()
    assert [len(reply[key]) for key in ("accepted", "duplicates", "refused")] == [1, 1, 1]
    (view,) = hub.intake.live.latest("view")
    assert (view["drone_id"], view["height_above_ground_m"]) == ("qyran-1", 60.0)
    assert (await api.get("/alerts")).json() == []


async def test_everything_done_is_a_chain_that_holds(
    api: httpx.AsyncClient, hub: Hub, event: RawEvent
) -> None:
    await send(api, *(event(n, north_m=30.0 * n, after_s=n) for n in range(20)))
    async with hub.database.reading() as connection:
        assert await actions.verify(connection) is None


async def test_picture_is_stored_once_and_served_unchanged(api: httpx.AsyncClient) -> None:
    first = await api.put(f"/pictures/{JPEG_NAME}", content=JPEG)
    again = await api.put(f"/pictures/{JPEG_NAME}", content=JPEG)
    served = await api.get(f"/pictures/{JPEG_NAME}")
    assert (first.status_code, again.status_code) == (201, 200)
    assert (served.content, served.headers["content-type"]) == (JPEG, "image/jpeg")


async def test_alert_says_when_its_picture_has_arrived(
    api: httpx.AsyncClient, event: RawEvent
) -> None:
    await send(api, event(picture_sha256=JPEG_NAME))
    before = (await api.get("/alerts")).json()[0]["picture"]["stored"]
    await api.put(f"/pictures/{JPEG_NAME}", content=JPEG)
    assert (before, (await api.get("/alerts")).json()[0]["picture"]["stored"]) == (False, True)


@pytest.mark.parametrize(
    ("name", "content", "status"),
    [
        pytest.param("0" * 64, JPEG, 422, id="another hash"),
        pytest.param("passwd", JPEG, 422, id="no hash at all"),
        pytest.param(hashlib.sha256(b"text").hexdigest(), b"text", 415, id="no picture"),
        pytest.param(JPEG_NAME, JPEG + bytes(5_000_000), 413, id="too large"),
    ],
)
async def test_picture_is_refused(
    api: httpx.AsyncClient, name: str, content: bytes, status: int
) -> None:
    assert (await api.put(f"/pictures/{name}", content=content)).status_code == status


async def test_too_large_batch_is_refused_before_it_is_read(
    api: httpx.AsyncClient, hub: Hub
) -> None:
    reply = await api.post("/ingest", content=b" " * 2_000_001)
    assert (reply.status_code, reply.json()["error"]) == (413, "too_large")
    assert hub.counters.requests_too_large == 1


async def test_too_large_batch_of_unsaid_length_is_refused(api: httpx.AsyncClient) -> None:
    async def chunks() -> Any:
        for _ in range(30):
            yield b" " * 100_000

    headers = {"content-type": "application/json"}
    reply = await api.post("/ingest", content=chunks(), headers=headers)
    assert reply.status_code == 413


async def test_store_that_takes_nothing_answers_503_and_a_later_try_succeeds(
    api: httpx.AsyncClient, hub: Hub, event: RawEvent
) -> None:
    async with hub.database.reading() as connection:
        await connection.execute(text("PRAGMA query_only=ON"))
    refused = await api.post("/ingest", json={"messages": [event()]})
    assert (refused.status_code, refused.json()["error"]) == (503, "store_unavailable")
    assert "readonly" in refused.json()["detail"]
    assert (await api.get("/health")).json()["store_failures"] == 1
    async with hub.database.reading() as connection:
        await connection.execute(text("PRAGMA query_only=OFF"))
    assert (await send(api, event()))["accepted"] == ["qyran-1:boot-1:0"]


async def test_second_hub_on_one_folder_is_refused(hub: Hub, tmp_path: Path) -> None:
    from ground_station.hub.hub import open_hub
    from ground_station.hub.no_vehicles import NoVehicles
    from missions.errors import BadInput

    with pytest.raises(BadInput, match="another hub uses this data folder"):
        await open_hub(hub.configuration, vehicles=NoVehicles())
