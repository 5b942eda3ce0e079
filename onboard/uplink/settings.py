"""How the hub is reached, and the backoff between attempts."""

import os
import random
from collections.abc import Mapping

import httpx
from pydantic import BaseModel, ConfigDict, Field

from missions.errors import BadInput

TOKEN_VARIABLE = "QYRAN_HUB_TOKEN"
API = "/api/v1"


class UplinkSettings(BaseModel):
    """Wall seconds. The bearer token is never in a file but in QYRAN_HUB_TOKEN.

    `closing_s` is how long the end of the process waits for a request that is under way.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    batch: int = Field(default=50, gt=0, le=1000)
    timeout_s: float = Field(default=5.0, gt=0)
    backoff_first_s: float = Field(default=0.2, gt=0)
    backoff_longest_s: float = Field(default=1.0, gt=0)
    closing_s: float = Field(default=0.5, ge=0)
    live_interval_s: float = Field(default=0.2, ge=0)
    drain_s: float = Field(default=20.0, ge=0)


class Backoff:
    """How long to wait after each failure in a row: twice as long each time, and never in step.

    The jitter keeps many aircraft from coming back to a restarted hub in the same instant.
    """

    def __init__(self, settings: UplinkSettings, rng: random.Random | None = None) -> None:
        self._settings = settings
        self._rng = rng or random.Random()
        self._failures = 0

    def failed(self) -> float:
        """Seconds to wait now."""
        longest = self._settings.backoff_longest_s
        doubled = self._settings.backoff_first_s * 2.0 ** min(self._failures, 30)
        self._failures += 1
        return min(longest, doubled) * self._rng.uniform(0.5, 1.0)

    def succeeded(self) -> None:
        """Start from the beginning at the next failure."""
        self._failures = 0


def hub_client(
    hub: str, settings: UplinkSettings, environment: Mapping[str, str] = os.environ
) -> httpx.Client:
    """A client for one hub's address.

    Raises:
        BadInput: the address is not one of HTTP.
    """
    try:
        url = httpx.URL(hub.rstrip("/"))
    except httpx.InvalidURL as error:
        raise BadInput(where=f"hub {hub}", what=str(error)) from error
    if url.scheme not in ("http", "https") or not url.host:
        raise BadInput(where=f"hub {hub}", what="not http://HOST:PORT")
    token = environment.get(TOKEN_VARIABLE)
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    # A proxy of the shell's environment must not see what an aircraft says.
    return httpx.Client(base_url=url, timeout=settings.timeout_s, headers=headers, trust_env=False)
