"""How much a request may bring: counted while it arrives, whatever its header says."""

from collections.abc import Callable

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

KILOBYTE = 1_000
MEGABYTE = 1_000 * KILOBYTE

INGEST_LIMIT_BYTES = 2 * MEGABYTE
PICTURE_LIMIT_BYTES = 5 * MEGABYTE
PLAN_LIMIT_BYTES = 5 * MEGABYTE
OTHER_LIMIT_BYTES = 64 * KILOBYTE


def limit_bytes(path: str) -> int:
    """The most that a request to a path may bring."""
    if path.endswith(("/ingest", "/live")):
        return INGEST_LIMIT_BYTES
    if "/pictures/" in path:
        return PICTURE_LIMIT_BYTES
    return PLAN_LIMIT_BYTES if path.endswith("/plan") else OTHER_LIMIT_BYTES


class BodyLimit:
    """ASGI middleware that answers 413 as soon as a body is known to be too large."""

    def __init__(self, app: ASGIApp, *, refused: Callable[[], None]) -> None:
        self._app = app
        self._refused = refused

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with its body counted."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = limit_bytes(scope["path"])
        if _said_length(scope) > limit:
            self._refused()
            reply = JSONResponse(
                {"detail": _too_large(limit), "error": "too_large"},
                status_code=413,
                headers={"Connection": "close"},
            )
            await reply(scope, receive, send)
            return
        await self._app(scope, self._counted(receive, limit), send)

    def _counted(self, receive: Receive, limit: int) -> Receive:
        received = 0

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > limit:
                self._refused()
                raise HTTPException(413, _too_large(limit))
            return message

        return counted


def _said_length(scope: Scope) -> int:
    said = dict(scope["headers"]).get(b"content-length", b"0")
    return int(said) if said.isdigit() else 0


def _too_large(limit: int) -> str:
    return f"the body is larger than {limit} bytes"
