"""The FastAPI application over an open hub."""

from pathlib import Path
from typing import Any

from fastapi import APIRouter, Depends, FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles
from pydantic.json_schema import models_json_schema

from ground_station.hub.access import writers_only
from ground_station.hub.hub import Hub
from ground_station.hub.limits import BodyLimit
from ground_station.hub.refusals import Refused, name_refusals
from ground_station.hub.routes.aircraft import aircraft_routes
from ground_station.hub.routes.lease import lease_routes
from ground_station.hub.routes.links import link_routes
from ground_station.hub.routes.map import map_routes
from ground_station.hub.routes.operators import operator_routes
from ground_station.hub.routes.signing import signing_routes
from ground_station.hub.routes.stream import stream_routes
from ground_station.hub.routes.vehicles import vehicle_routes
from onboard.messages import Envelope

PREFIX = "/api/v1"
PAGE_FOLDER = Path(__file__).parents[1] / "web" / "dist"
DESCRIPTION = """The operations centre's hub: what aircraft say comes in, what people and programs
need goes out. Latitude and longitude are degrees (WGS 84), every other angle is radians, clockwise
from true north where it is a bearing; heights name their datum; times are UTC. What happens is told
on the WebSocket `/api/v1/stream`. Where the hub has a token, every write carries it as a bearer.
"""
NO_PAGE = """<!doctype html><meta charset="utf-8"><title>Qyran hub</title>
<h1>Qyran hub</h1>
<p>The hub runs, but the operator's page is not built. In the project's folder:
<pre>make page</pre>
<p>then start the hub again. The API is described at <a href="/docs">/docs</a>.
"""
REFUSALS: dict[int | str, dict[str, Any]] = {
    status: {"model": Refused, "description": description}
    for status, description in {
        401: "The hub's token is missing or wrong.",
        404: "There is no such thing.",
        409: "Its state does not allow that.",
        413: "The body is too large.",
        422: "The request is not what it should be.",
        503: "The store took nothing; try again.",
    }.items()
}


def create_app(hub: Hub, *, token: str | None = None, page: Path = PAGE_FOLDER) -> FastAPI:
    """The application; with a token, every write must carry it. CORS stays off."""
    app = FastAPI(
        title="Qyran hub", version="1", description=DESCRIPTION, docs_url=None, redoc_url=None
    )
    app.add_middleware(BodyLimit, refused=lambda: _count_too_large(hub))
    name_refusals(app, hub.counters)
    app.include_router(_api(hub, token), prefix=PREFIX)
    _describe_messages(app)
    _serve_description(app)
    _serve_page(app, page)
    return app


def _api(hub: Hub, token: str | None) -> APIRouter:
    writers: list[Any] = [Depends(writers_only(token, hub.counters))]
    router = APIRouter(responses=REFUSALS)
    router.include_router(aircraft_routes(hub, writers))
    router.include_router(vehicle_routes(hub, writers))
    router.include_router(signing_routes(hub, writers))
    router.include_router(lease_routes(hub, writers))
    router.include_router(operator_routes(hub, writers))
    router.include_router(link_routes(hub))
    router.include_router(map_routes(hub))
    router.include_router(stream_routes(hub))
    return router


def _count_too_large(hub: Hub) -> None:
    hub.counters.requests_too_large += 1


def _describe_messages(app: FastAPI) -> None:
    """Say in the OpenAPI document what a message of a batch is; the route takes it as raw JSON."""
    template = "#/components/schemas/{model}"
    _, messages = models_json_schema([(Envelope, "validation")], ref_template=template)
    plain = app.openapi

    def described() -> dict[str, Any]:
        document = plain()
        schemas = document["components"]["schemas"]
        schemas.update(messages["$defs"])
        schemas["IngestRequest"]["properties"]["messages"]["items"] = {
            "$ref": template.format(model="Envelope")
        }
        return document

    app.openapi = described  # type: ignore[method-assign]


def _serve_description(app: FastAPI) -> None:
    """`/docs`, with a viewer that comes with the page: an operations centre has no internet."""

    @app.get("/docs", include_in_schema=False)
    async def described() -> HTMLResponse:
        return get_swagger_ui_html(
            openapi_url="/openapi.json",
            title=app.title,
            swagger_js_url="/api-viewer/swagger-ui-bundle.js",
            swagger_css_url="/api-viewer/swagger-ui.css",
            swagger_favicon_url="data:,",
        )


def _serve_page(app: FastAPI, folder: Path) -> None:
    if (folder / "index.html").is_file():
        app.mount("/", StaticFiles(directory=folder, html=True), name="page")
        return

    @app.get("/", include_in_schema=False)
    async def no_page() -> HTMLResponse:
        return HTMLResponse(NO_PAGE)
