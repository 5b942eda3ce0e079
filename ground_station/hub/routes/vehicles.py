"""Routes for vehicles: state, plans, commands and paths."""

import asyncio
import json
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel

from ground_station.flying.wishes import NOBODY, AskedWish, Hold
from ground_station.hub.hub import Hub
from ground_station.hub.passing import pass_lease, record
from ground_station.hub.vehicles_port import (
    CommandOutcome,
    FlownPoint,
    LatLon,
    UploadOutcome,
    VehicleView,
)
from ground_station.readiness.report import ReadinessReport
from missions.errors import BadInput
from missions.files.qgc_plan import plan_from_qgc
from missions.files.qgc_plan_write import qgc_from_plan

SystemId = Annotated[int, Path(ge=1, le=255)]
PLAN_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": {"type": "object"}}},
    }
}


OptionalName = Annotated[str, Query(min_length=1, max_length=100)]


class PlanView(BaseModel):
    """The plan that a vehicle carries: its path over the ground, and its QGroundControl file."""

    path: tuple[LatLon, ...]
    plan: dict[str, Any] | None


def vehicle_routes(hub: Hub, writers: list[Any]) -> APIRouter:
    """Routes over one hub; `writers` are the dependencies of every write."""
    router = APIRouter(prefix="/vehicles", tags=["vehicles"])

    @router.get("", summary="Every vehicle that is known")
    async def vehicles() -> list[VehicleView]:
        """`linked` is false once a vehicle has been silent for too long."""
        return hub.vehicles.views()

    @router.post(
        "/{system_id}/plan",
        dependencies=writers,
        openapi_extra=PLAN_BODY,
        summary="Bring a plan on board and prove it",
    )
    async def upload(
        system_id: SystemId,
        request: Request,
        in_flight: bool = False,
        operator: OptionalName = NOBODY,
    ) -> UploadOutcome:
        """The body is a QGroundControl .plan. `proven` only when the hashes that the vehicle
        reports are the predicted ones and its verdict after the ACK is valid; otherwise what was on
        board before is put back, and `restored` and `on_board` say what is there now. 422 names the
        key of a plan that cannot be read. `in_flight` lets a mission that is being flown be
        replaced. The stream's `upload` messages tell the phase and the item on the way. 409 where
        another operator holds the vehicle's lease."""
        hub.vehicles.plan(system_id)
        await pass_lease(hub, system_id, operator)
        text = _text(await request.body())
        plan = await asyncio.to_thread(plan_from_qgc, text, "plan")
        outcome = await hub.vehicles.upload(system_id, plan, in_flight=in_flight)
        detail = outcome.model_dump(mode="json")
        await record(hub, who=operator, action="plan_upload", system_id=system_id, detail=detail)
        return outcome

    @router.post(
        "/{system_id}/plan/cancel", dependencies=writers, summary="End the upload under way"
    )
    async def cancel_upload(system_id: SystemId) -> bool:
        """What was on board before is put back; the upload's own answer says how that went. False:
        no upload was under way."""
        return hub.vehicles.cancel_upload(system_id)

    @router.get("/{system_id}/plan", summary="The plan on board")
    async def plan(system_id: SystemId) -> PlanView:
        """`plan` is null where none is known."""
        known = hub.vehicles.plan(system_id)
        return PlanView(
            path=hub.vehicles.planned_path(system_id),
            plan=None if known is None else json.loads(qgc_from_plan(known)),
        )

    @router.post(
        "/{system_id}/commands",
        dependencies=writers,
        response_model_exclude_none=True,
        summary="Command a vehicle",
    )
    async def command(system_id: SystemId, wish: AskedWish) -> CommandOutcome:
        """A transaction with an outcome: `done` is seen in the vehicle's state, not hoped for.
        Answers when it has ended; the stream's `deed` messages tell of it on the way. A newer
        command about the same thing takes its place, and hold, return, land and abort take any
        one's place. 409 where another operator holds the vehicle's lease; hold, return and abort
        are open to everybody."""
        hub.vehicles.plan(system_id)
        await pass_lease(hub, system_id, wish.operator, wish)
        outcome = await hub.vehicles.command(system_id, wish, wish.operator)
        detail = {
            **wish.model_dump(mode="json", exclude={"operator"}, exclude_none=True),
            "outcome": outcome.outcome,
            "reason": outcome.reason,
        }
        await record(hub, who=wish.operator, action="command", system_id=system_id, detail=detail)
        return outcome

    @router.post("/{system_id}/commands/cancel", dependencies=writers, summary="End a command")
    async def cancel(
        system_id: SystemId, deed_id: int | None = None, operator: OptionalName = NOBODY
    ) -> int:
        """Ends the deed of this id, or all that are under way: how many. The vehicle hovers where
        it was being moved."""
        hub.vehicles.plan(system_id)
        await pass_lease(hub, system_id, operator, Hold())
        ended = await hub.vehicles.cancel(system_id, deed_id)
        detail = {"deed_id": deed_id, "ended": ended}
        await record(hub, who=operator, action="cancel", system_id=system_id, detail=detail)
        return ended

    @router.get("/{system_id}/readiness", summary="Whether it is ready, and what it will do")
    async def readiness(system_id: SystemId) -> ReadinessReport:
        """Looks the vehicle over now, which takes a few seconds: it reads its parameters."""
        return await hub.vehicles.readiness(system_id)

    @router.get("/{system_id}/track", summary="The path flown")
    async def track(system_id: SystemId) -> list[FlownPoint]:
        """Points of latitude, longitude, height above sea level and UTC, the oldest first."""
        return list(hub.vehicles.flown_path(system_id))

    return router


def _text(body: bytes) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput(where="plan", what=f"not UTF-8: {error.reason}") from error
