"""The API's description works where there is no internet."""

import re

import httpx
import pytest

from ground_station.hub.app import create_app
from ground_station.hub.hub import Hub

pytestmark = pytest.mark.anyio


async def test_description_loads_nothing_from_elsewhere(hub: Hub) -> None:
    transport = httpx.ASGITransport(create_app(hub))
    async with httpx.AsyncClient(transport=transport, base_url="http://hub") as client:
        page = (await client.get("/docs")).text
    addresses = re.findall(r"""(?:src|href)=["']([^"']+)["']""", page)
    assert "/api-viewer/swagger-ui-bundle.js" in addresses
    assert not [address for address in addresses if address.startswith(("http", "//"))]
