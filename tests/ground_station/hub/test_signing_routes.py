"""Signing keys over the API: refused, done and written down; the key itself is never told."""

from typing import Any

import httpx
import pytest

from ground_station.hub.hub import Hub
from ground_station.hub.signing_views import SigningResult, SigningView, WhoseKey
from ground_station.store import actions

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def asked(vehicles: Any) -> list[tuple[int, str]]:
    """What the hub asked of its vehicles, which do as told."""
    found: list[tuple[int, str]] = []

    async def give(system_id: int, whose: WhoseKey) -> SigningView:
        vehicles.plan(system_id)
        found.append((system_id, whose.value))
        return SigningView(outcome=SigningResult.DONE)

    async def take(system_id: int) -> SigningView:
        found.append((system_id, "taken"))
        return SigningView(outcome=SigningResult.REFUSED, reason="rejected while armed")

    vehicles.give_signing_key, vehicles.take_signing_key = give, take
    return found


async def test_a_key_is_given_and_taken_away_with_an_outcome(
    api: httpx.AsyncClient, asked: list[tuple[int, str]]
) -> None:
    given = await api.put("/vehicles/1/signing-key", params={"operator": "aigerim"})
    assert (given.status_code, given.json()) == (200, {"outcome": "done", "reason": ""})
    common = await api.put(
        "/vehicles/1/signing-key", params={"whose": "common", "operator": "aigerim"}
    )
    assert common.status_code == 200
    taken = await api.delete("/vehicles/1/signing-key", params={"operator": "aigerim"})
    assert taken.json() == {"outcome": "refused", "reason": "rejected while armed"}
    assert asked == [(1, "own"), (1, "common"), (1, "taken")]


async def test_what_was_done_to_a_key_is_in_the_chain_without_the_key(
    api: httpx.AsyncClient, hub: Hub
) -> None:
    await api.put("/vehicles/1/signing-key", params={"operator": "aigerim"})
    async with hub.database.reading() as connection:
        about = await actions.about(connection, ["vehicle-1"])
    told = [deed for deed in about["vehicle-1"] if deed.action == "signing_key"]
    assert [deed.who for deed in told] == ["aigerim"]
    assert set(told[0].detail) == {"whose", "outcome", "reason"}


async def test_a_vehicle_that_nobody_knows_has_no_key_and_another_ones_lease_holds(
    api: httpx.AsyncClient,
) -> None:
    assert (await api.put("/vehicles/9/signing-key")).status_code == 404
    await api.put("/vehicles/1/signing-key", params={"operator": "aigerim"})
    other = await api.put("/vehicles/1/signing-key", params={"operator": "daniyar"})
    assert other.status_code == 409
