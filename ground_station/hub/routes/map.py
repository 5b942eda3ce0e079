"""Routes for the map and for the hub's own health."""

from importlib.metadata import PackageNotFoundError, version
from typing import Any

from fastapi import APIRouter, Response
from pydantic_core import to_json

from ground_station.hub.hub import Hub

GEOJSON = "application/geo+json"


def map_routes(hub: Hub) -> APIRouter:
    """Routes over one hub. The files do not change while it runs, so they are encoded once."""
    router = APIRouter()
    district = to_json(hub.district.geojson)
    cameras = to_json(hub.modules.cameras.geojson())

    @router.get("/district", tags=["map"], response_class=Response, summary="The map's layers")
    async def district_layers() -> Response:
        """A GeoJSON FeatureCollection of places, roads and buildings."""
        return Response(district, media_type=GEOJSON)

    @router.get("/cameras", tags=["map"], response_class=Response, summary="Every city camera")
    async def camera_layer() -> Response:
        """A GeoJSON FeatureCollection of points."""
        return Response(cameras, media_type=GEOJSON)

    @router.get("/health", tags=["hub"], summary="That the hub runs, and what it counted")
    async def health() -> dict[str, Any]:
        """`status` is `ok`; every dropped or refused thing has a counter; `aircraft` is what each
        one's process said last: its state, its problems and the time of each stage."""
        return {
            "status": "ok",
            "version": _version(),
            **hub.counters.as_dict(),
            "live_received": hub.intake.live.received,
            "live_stale": hub.intake.live.stale,
            "stream_clients": hub.stream.clients,
            "stream_clients_dropped": hub.stream.clients_dropped,
            "stream_messages": hub.stream.sent,
            "vehicles": len(hub.vehicles.views()),
            "links": hub.vehicles.links().totals,
            "aircraft": {each["drone_id"]: each for each in hub.intake.live.latest("status")},
        }

    return router


def _version() -> str:
    try:
        return version("qyran")
    except PackageNotFoundError:
        return "not installed"
