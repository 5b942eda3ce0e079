"""Who may write: one bearer token for all writes, where the operator of the hub has set one."""

import secrets
from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends, HTTPException
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from ground_station.hub.counters import Counters

bearer = HTTPBearer(
    auto_error=False, description="The value of QYRAN_HUB_TOKEN, where the hub was given one."
)
Credentials = Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]


def writers_only(
    token: str | None, counters: Counters
) -> Callable[[HTTPAuthorizationCredentials | None], Awaitable[None]]:
    """A dependency that lets a request pass only with the token; without a token all pass."""

    async def check(credentials: Credentials) -> None:
        if token is None:
            return
        given = "" if credentials is None else credentials.credentials
        if not secrets.compare_digest(given.encode("utf-8"), token.encode("utf-8")):
            counters.requests_unauthorized += 1
            raise HTTPException(
                401, "this hub wants its token to write", headers={"WWW-Authenticate": "Bearer"}
            )

    return check


def origin_allowed(origin: str | None, *, host: str | None, allowed: tuple[str, ...]) -> bool:
    """Whether a WebSocket may be opened from a page: its own hub's, or one that is configured.

    Browsers hold pages of other origins back from HTTP replies, but not from WebSockets; programs
    send no Origin.
    """
    if origin is None or origin in allowed:
        return True
    return host is not None and origin.partition("://")[2] == host
