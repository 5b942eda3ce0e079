"""Routes for signing keys: given to a vehicle, changed, taken away; a key is never told."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query

from ground_station.flying.wishes import NOBODY
from ground_station.hub.hub import Hub
from ground_station.hub.passing import pass_lease, record
from ground_station.hub.signing_views import SigningView, WhoseKey

SystemId = Annotated[int, Path(ge=1, le=255)]
OptionalName = Annotated[str, Query(min_length=1, max_length=100)]


def signing_routes(hub: Hub, writers: list[Any]) -> APIRouter:
    """Routes over one hub; `writers` are the dependencies of every write."""
    router = APIRouter(prefix="/vehicles", tags=["vehicles"])

    @router.put(
        "/{system_id}/signing-key", dependencies=writers, summary="Give a vehicle a signing key"
    )
    async def give(
        system_id: SystemId, whose: WhoseKey = WhoseKey.OWN, operator: OptionalName = NOBODY
    ) -> SigningView:
        """A new key of its own (kept in a file here), in place of the one that it has; `common` is
        this hub's key for all. The vehicle and this hub sign from then on, and what is not signed
        is refused. The key goes to the vehicle in clear, so this is done only over a cable, within
        one machine, or over a link that the configuration trusts. PX4 takes none while armed."""
        hub.vehicles.plan(system_id)
        await pass_lease(hub, system_id, operator)
        outcome = await hub.vehicles.give_signing_key(system_id, whose)
        detail = {"whose": whose.value, **outcome.model_dump(mode="json")}
        await record(hub, who=operator, action="signing_key", system_id=system_id, detail=detail)
        return outcome

    @router.delete(
        "/{system_id}/signing-key", dependencies=writers, summary="Take a signing key away"
    )
    async def take_away(system_id: SystemId, operator: OptionalName = NOBODY) -> SigningView:
        """The vehicle is spoken to unsigned from then on, by anybody."""
        hub.vehicles.plan(system_id)
        await pass_lease(hub, system_id, operator)
        outcome = await hub.vehicles.take_signing_key(system_id)
        detail = outcome.model_dump(mode="json")
        await record(hub, who=operator, action="signing_ended", system_id=system_id, detail=detail)
        return outcome

    return router
