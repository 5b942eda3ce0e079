"""How the API says no: a status, a code for machines and one sentence for people."""

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from ground_station.errors import HubError, StoreUnavailable
from ground_station.hub.counters import Counters
from ground_station.hub.vehicles_port import UnknownVehicle
from missions.errors import BadInput


class Refused(BaseModel):
    """The body of every refusal."""

    error: str
    detail: str


def name_refusals(app: FastAPI, counters: Counters) -> None:
    """Answer our own errors by name."""

    @app.exception_handler(HubError)
    async def hub_error(_request: Request, error: HubError) -> JSONResponse:
        counters.store_failures += isinstance(error, StoreUnavailable)
        return refusal(error.status, error.code, str(error))

    @app.exception_handler(UnknownVehicle)
    async def unknown_vehicle(_request: Request, error: UnknownVehicle) -> JSONResponse:
        return refusal(404, "unknown", str(error))

    @app.exception_handler(BadInput)
    async def bad_input(_request: Request, error: BadInput) -> JSONResponse:
        return refusal(422, "bad_input", str(error))

    @app.exception_handler(RequestValidationError)
    async def bad_request(_request: Request, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        return refusal(422, "bad_input", f"{place}: {first['msg']}")


def refusal(status: int, code: str, detail: str) -> JSONResponse:
    """One refusal; what cannot be written in UTF-8 is replaced."""
    text = detail.encode("utf-8", errors="replace").decode("utf-8")
    return JSONResponse(Refused(error=code, detail=text).model_dump(), status_code=status)
