"""What operators do through the API, and what it refuses them."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from ground_station.hub.app import create_app
from ground_station.hub.hub import Hub
from ground_station.store import actions

pytestmark = pytest.mark.anyio
RawEvent = Callable[..., dict[str, Any]]
AIGUL = {"operator": "Айгүл"}


@pytest.fixture
async def alert_id(api: httpx.AsyncClient, event: RawEvent) -> str:
    await api.post("/ingest", json={"messages": [event(kind="animals_on_road", east_m=1000.0)]})
    found: str = (await api.get("/alerts")).json()[0]["id"]
    return found


async def test_alert_goes_from_new_to_closed_with_its_history(
    api: httpx.AsyncClient, alert_id: str
) -> None:
    acknowledged = (await api.post(f"/alerts/{alert_id}/acknowledge", json=AIGUL)).json()
    note = {**AIGUL, "note": "экипаж выехал"}
    incident = (await api.post(f"/alerts/{alert_id}/incident", json=note)).json()
    in_incident = (await api.get(f"/alerts/{alert_id}")).json()
    closed = (await api.post(f"/incidents/{incident['id']}/close", json=AIGUL)).json()
    alert = (await api.get(f"/alerts/{alert_id}")).json()
    assert (acknowledged["state"], in_incident["state"]) == ("acknowledged", "in_incident")
    assert in_incident["incident_id"] == incident["id"]
    assert (closed["state"], alert["state"]) == ("closed", "closed")
    assert [(done["who"], done["action"]) for done in alert["history"]] == [
        ("hub", "created"),
        ("Айгүл", "acknowledged"),
        ("Айгүл", "incident_opened"),
        ("Айгүл", "closed"),
    ]


async def test_incident_has_a_number_and_what_was_written(
    api: httpx.AsyncClient, alert_id: str
) -> None:
    note = {**AIGUL, "note": "экипаж выехал"}
    incident = (await api.post(f"/alerts/{alert_id}/incident", json=note)).json()
    number = incident["id"]
    more = {**AIGUL, "text": "стадо отогнали"}
    await api.post(f"/incidents/{number}/notes", json=more)
    read = (await api.get(f"/incidents/{number}")).json()
    assert number.startswith("KZO-")
    assert number.endswith("-0001")
    assert [written["text"] for written in read["notes"]] == ["экипаж выехал", "стадо отогнали"]
    assert (read["alert_ids"], read["opened_by"]) == ([alert_id], "Айгүл")
    assert [each["id"] for each in (await api.get("/incidents")).json()] == [number]


async def test_incident_on_a_new_alert_acknowledges_it_first(
    api: httpx.AsyncClient, alert_id: str
) -> None:
    await api.post(f"/alerts/{alert_id}/incident", json=AIGUL)
    alert = (await api.get(f"/alerts/{alert_id}")).json()
    assert [done["action"] for done in alert["history"]] == [
        "created",
        "acknowledged",
        "incident_opened",
    ]


async def test_road_event_follows_its_alert(api: httpx.AsyncClient, alert_id: str) -> None:
    await api.post(f"/alerts/{alert_id}/acknowledge", json=AIGUL)
    confirmed = (await api.get("/traffic/events")).json()[0]["state"]
    await api.post(f"/alerts/{alert_id}/close", json={**AIGUL, "reason": "стадо ушло"})
    assert (confirmed, (await api.get("/traffic/events")).json()[0]["state"]) == (
        "confirmed",
        "ended",
    )


@pytest.mark.parametrize(
    ("path", "body", "detail"),
    [
        ("acknowledge", AIGUL, "is acknowledged and cannot become acknowledged"),
    ],
)
async def test_refused_transition_is_named_and_changes_nothing(
    api: httpx.AsyncClient, alert_id: str, path: str, body: dict[str, str], detail: str
) -> None:
    await api.post(f"/alerts/{alert_id}/acknowledge", json=AIGUL)
    before = (await api.get(f"/alerts/{alert_id}")).json()
    reply = await api.post(f"/alerts/{alert_id}/{path}", json=body)
    assert (reply.status_code, reply.json()["error"]) == (409, "transition_refused")
    assert detail in reply.json()["detail"]
    assert (await api.get(f"/alerts/{alert_id}")).json() == before


async def test_closed_incident_takes_neither_note_nor_second_closing(
    api: httpx.AsyncClient, alert_id: str
) -> None:
    number = (await api.post(f"/alerts/{alert_id}/incident", json=AIGUL)).json()["id"]
    await api.post(f"/incidents/{number}/close", json=AIGUL)
    closing = await api.post(f"/incidents/{number}/close", json=AIGUL)
    note = await api.post(f"/incidents/{number}/notes", json={**AIGUL, "text": "x"})
    assert (closing.status_code, note.status_code) == (409, 409)


async def test_alert_can_be_asked_for_by_state(api: httpx.AsyncClient, alert_id: str) -> None:
    await api.post(f"/alerts/{alert_id}/acknowledge", json=AIGUL)
    new = await api.get("/alerts", params={"state": "new"})
    acknowledged = await api.get("/alerts", params={"state": "acknowledged"})
    assert (new.json(), len(acknowledged.json())) == ([], 1)


@pytest.mark.parametrize(
    "path", ["/alerts/none", "/incidents/none", f"/pictures/{'0' * 64}", "/vehicles/9/plan"]
)
async def test_unknown_thing_is_404(api: httpx.AsyncClient, path: str) -> None:
    reply = await api.get(path)
    assert (reply.status_code, reply.json()["error"]) == (404, "unknown")


@pytest.mark.parametrize(
    "content",
    ["{}", '{"operator": ""}', '{"operator": NaN}', '{"operator":"\\ud800"}', "[", "null"],
)
async def test_bad_request_is_named_in_one_sentence(
    api: httpx.AsyncClient, alert_id: str, content: str
) -> None:
    headers = {"content-type": "application/json"}
    url = f"/alerts/{alert_id}/acknowledge"
    reply = await api.post(url, content=content, headers=headers)
    assert (reply.status_code, reply.json()["error"]) == (422, "bad_input")
    assert isinstance(reply.json()["detail"], str)


@pytest.mark.parametrize("authorization", [None, "Bearer wrong", "Basic c2VjcmV0"])
async def test_write_without_the_token_is_refused_and_counted(
    hub: Hub, authorization: str | None
) -> None:
    transport = httpx.ASGITransport(create_app(hub, token="secret"))
    headers = {} if authorization is None else {"authorization": authorization}
    async with httpx.AsyncClient(transport=transport, base_url="http://hub/api/v1") as api:
        reply = await api.post("/ingest", json={"messages": []}, headers=headers)
        read = await api.get("/alerts")
    assert (reply.status_code, read.status_code) == (401, 200)
    assert hub.counters.requests_unauthorized == 1


async def test_write_with_the_token_passes(hub: Hub) -> None:
    transport = httpx.ASGITransport(create_app(hub, token="secret"))
    headers = {"authorization": "Bearer secret"}
    async with httpx.AsyncClient(transport=transport, base_url="http://hub/api/v1") as api:
        reply = await api.post("/ingest", json={"messages": []}, headers=headers)
    assert reply.status_code == 200


async def test_deeds_on_alerts_are_in_the_chain(
    api: httpx.AsyncClient, hub: Hub, alert_id: str
) -> None:
    await api.post(f"/alerts/{alert_id}/incident", json=AIGUL)
    async with hub.database.reading() as connection:
        about = await actions.about(connection, [alert_id])
        assert await actions.verify(connection) is None
    assert [deed.who for deed in about[alert_id]] == ["hub", "Айгүл", "Айгүл"]
