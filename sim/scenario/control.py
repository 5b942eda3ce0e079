"""The control of a running simulation: one line of JSON in, one line of JSON back, over TCP.

`{"fault": {...}}` begins a fault; its keys are those of a scenario's `[[faults]]`. `{"end": true}`
ends all that can end, `{"state": true}` tells what is so. The answer has `"ok"`; where that is
false, `"where"` and `"what"` say what was wrong. A line that is no request ends the connection, so
that a page in a browser cannot talk to it.
"""

import asyncio
import json
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from missions.errors import BadInput, Refusal
from sim.scenario.live import LiveFaults
from sim.scenario.schema import FaultEntry

LINE_BYTES = 1 << 16


class Request(BaseModel):
    """One line: exactly one of these."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    fault: FaultEntry | None = None
    end: bool = False
    state: bool = False

    @model_validator(mode="after")
    def _is_one(self) -> "Request":
        if (self.fault is not None) + self.end + self.state != 1:
            raise ValueError("give exactly one of fault, end, state")
        return self


class ControlServer:
    """Listens on a port of this machine; counts the requests that were refused in `refused`."""

    def __init__(self, faults: LiveFaults, *, host: str, port: int) -> None:
        self.refused = 0
        self._faults = faults
        self._host, self._port = host, port
        self._server: asyncio.Server | None = None

    async def open(self) -> None:
        """Take the port.

        Raises:
            BadInput: it is in use or may not be taken.
        """
        try:
            self._server = await asyncio.start_server(
                self._serve, self._host, self._port, limit=LINE_BYTES
            )
        except OSError as error:
            what = (error.strerror or str(error)).lower()
            raise BadInput(where=f"tcp port {self._port} on {self._host}", what=what) from error

    def close(self) -> None:
        """Give the port back."""
        if self._server is not None:
            self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while line := await reader.readline():
                answer = self.answer(line)
                writer.write(json.dumps(answer, ensure_ascii=False).encode() + b"\n")
                await writer.drain()
                if not answer["ok"] and answer["where"] == "request":
                    return
        except (ValueError, ConnectionError):
            # A line past all measure, or somebody who went away.
            self.refused += 1
        finally:
            writer.close()

    def answer(self, line: bytes) -> dict[str, Any]:
        """Do what a line asks for."""
        try:
            return {"ok": True, **self._do(_request(line))}
        except Refusal as refusal:
            self.refused += 1
            where = refusal.where if isinstance(refusal, BadInput) else ""
            return {"ok": False, "where": where, "what": getattr(refusal, "what", str(refusal))}

    def _do(self, request: Request) -> dict[str, Any]:
        if request.fault is not None:
            return {"begun": self._faults.begin([request.fault])}
        if request.end:
            return {"ended": self._faults.end_all()}
        return self._faults.state()


def _request(line: bytes) -> Request:
    try:
        data = json.loads(line)
    except ValueError as error:
        raise BadInput(where="request", what="is no line of JSON") from error
    if not isinstance(data, dict):
        raise BadInput(where="request", what="is no object")
    try:
        return Request.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        what = first["msg"].removeprefix("Value error, ")
        raise BadInput(where=key or "line", what=what[:1].lower() + what[1:]) from error
