"""What the hub says of itself: its OpenAPI document, the map, its health and its page."""

from pathlib import Path

import httpx
import jsonschema
import pytest

from ground_station.hub.app import create_app
from ground_station.hub.hub import Hub

pytestmark = pytest.mark.anyio
CONTRACT = {
    ("get", "/health"),
    ("post", "/ingest"),
    ("post", "/live"),
    ("put", "/pictures/{sha256}"),
    ("get", "/pictures/{sha256}"),
    ("get", "/vehicles"),
    ("get", "/links"),
    ("post", "/vehicles/{system_id}/plan"),
    ("get", "/vehicles/{system_id}/plan"),
    ("post", "/vehicles/{system_id}/commands"),
    ("post", "/vehicles/{system_id}/commands/cancel"),
    ("post", "/vehicles/{system_id}/plan/cancel"),
    ("put", "/vehicles/{system_id}/signing-key"),
    ("delete", "/vehicles/{system_id}/signing-key"),
    ("get", "/vehicles/{system_id}/lease"),
    ("post", "/vehicles/{system_id}/lease"),
    ("get", "/vehicles/{system_id}/readiness"),
    ("post", "/presence"),
    ("get", "/vehicles/{system_id}/track"),
    ("get", "/alerts"),
    ("get", "/alerts/{alert_id}"),
    ("post", "/alerts/{alert_id}/acknowledge"),
    ("post", "/alerts/{alert_id}/close"),
    ("post", "/alerts/{alert_id}/incident"),
    ("get", "/incidents"),
    ("get", "/incidents/{incident_id}"),
    ("post", "/incidents/{incident_id}/notes"),
    ("post", "/incidents/{incident_id}/close"),
    ("get", "/cameras"),
    ("get", "/district"),
    ("get", "/traffic/events"),
}


async def test_document_names_every_route_and_describes_it(hub: Hub) -> None:
    document = create_app(hub).openapi()
    operations = {
        (method, path.removeprefix("/api/v1")): operation
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }
    assert set(operations) == CONTRACT
    assert all(each["summary"] and each["description"] for each in operations.values())


async def test_document_refers_to_nothing_that_it_lacks(hub: Hub) -> None:
    document = create_app(hub).openapi()
    schemas = document["components"]["schemas"]
    known = {f"#/components/schemas/{name}" for name in schemas}
    assert _references(document) <= known
    assert "#/components/schemas/Envelope" in _references(document)


async def test_every_schema_of_the_document_is_json_schema(hub: Hub) -> None:
    schemas = create_app(hub).openapi()["components"]["schemas"]
    for schema in schemas.values():
        jsonschema.Draft202012Validator.check_schema(schema)


def _references(value: object) -> set[str]:
    if isinstance(value, dict):
        here = {value["$ref"]} if isinstance(value.get("$ref"), str) else set()
        return here.union(*map(_references, value.values()))
    return set().union(*map(_references, value)) if isinstance(value, list) else set()


async def test_map_and_cameras_are_served_as_they_were(api: httpx.AsyncClient) -> None:
    district = (await api.get("/district")).json()
    cameras = (await api.get("/cameras")).json()
    assert district["qyran"]["name"] == "Test"
    assert len(cameras["features"]) == 6


async def test_page_that_is_not_built_says_how_to_build_it(hub: Hub, tmp_path: Path) -> None:
    app = create_app(hub, page=tmp_path / "none")
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://hub") as client:
        reply = await client.get("/")
    assert reply.status_code == 200
    assert "make page" in reply.text


async def test_built_page_is_served_beside_the_api(hub: Hub, tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<title>Қыран</title>", encoding="utf-8")
    transport = httpx.ASGITransport(create_app(hub, page=tmp_path))
    async with httpx.AsyncClient(transport=transport, base_url="http://hub") as client:
        page, health = await client.get("/"), await client.get("/api/v1/health")
    assert "Қыран" in page.text
    assert health.json()["status"] == "ok"


async def test_page_of_another_origin_gets_no_permission(api: httpx.AsyncClient) -> None:
    reply = await api.get("/alerts", headers={"origin": "https://elsewhere.example"})
    assert "access-control-allow-origin" not in reply.headers
