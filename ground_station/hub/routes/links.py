"""The route for links: how bytes reach vehicles, and what was lost or refused on the way."""

from fastapi import APIRouter

from ground_station.hub.hub import Hub
from ground_station.links.views import LinksView


def link_routes(hub: Hub) -> APIRouter:
    """Routes over one hub."""
    router = APIRouter(prefix="/links", tags=["vehicles"])

    @router.get("", summary="Every link, its counters, and who is behind it")
    async def links() -> LinksView:
        """`loss` of a vehicle is the share of its frames lost in the last ten seconds. A station
        with `shares_our_id` takes answers that are meant for this hub: one of the two must change
        its system id."""
        return hub.vehicles.links()

    return router
