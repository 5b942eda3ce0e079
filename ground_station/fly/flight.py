"""One flight: find the vehicle, prove the plan on board, start it, follow it to its end."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from ground_station.fly.fits import why_not
from ground_station.fly.telling import Telling
from ground_station.flying.wishes import Start
from ground_station.hub.plan_views import UploadProgress
from ground_station.hub.vehicles_port import (
    CommandResult,
    UploadOutcome,
    UploadResult,
    VehicleChange,
)
from ground_station.links.views import KeyState
from ground_station.readiness.report import ReadinessReport
from ground_station.vehicles.fleet import LinkedVehicles
from ground_station.vehicles.session import VehicleSession
from ground_station.vehicles.state import VehicleState
from ground_station.vehicles.texts import VehicleText
from missions.errors import Failed
from missions.plan import Command, Plan

POLL_S = 0.2
TELL_POSITION_EVERY_S = 5.0
SILENT_TOO_LONG_S = 15.0
MISSION_STATE_COMPLETE = 5
ENDS_ON_GROUND = frozenset((Command.NAV_RETURN_TO_LAUNCH, Command.NAV_LAND, Command.NAV_VTOL_LAND))
HAS_TO_BE_REACHED = frozenset(
    (Command.NAV_WAYPOINT, Command.NAV_LOITER_TIME, Command.NAV_LOITER_TO_ALT)
)


@dataclass(slots=True)
class FlightReport:
    """What happened; `reason` says why the flight did not reach its end, where it did not."""

    system_id: int
    upload: UploadOutcome | None = None
    readiness: ReadinessReport | None = None
    started: bool = False
    flown_to_end: bool = False
    items_reached: list[int] = field(default_factory=list)
    reason: str = ""

    @property
    def proven(self) -> bool:
        """Whether the plan was proven on board."""
        return self.upload is not None and self.upload.outcome is UploadResult.PROVEN

    def as_json(self) -> dict[str, Any]:
        """The report as JSON data."""
        return {
            "system_id": self.system_id,
            "upload": None if self.upload is None else self.upload.model_dump(mode="json"),
            "readiness": (
                None if self.readiness is None else self.readiness.model_dump(mode="json")
            ),
            "started": self.started,
            "flown_to_end": self.flown_to_end,
            "items_reached": self.items_reached,
            "reason": self.reason,
        }


async def fly(
    plan: Plan,
    *,
    vehicles: LinkedVehicles,
    telling: Telling,
    system_id: int | None,
    upload_only: bool,
    at_item: int,
    wait_s: float,
    time_limit_s: float,
    anyway: bool = False,
) -> FlightReport:
    """Fly one plan on one vehicle; one of another class than it was made for only if `anyway`.

    Raises:
        BadInput: the link cannot be opened.
        Failed: no vehicle with a home position was heard in time, it signs with a key that is not
            known here, or it is of another class.
    """
    await vehicles.start()
    try:
        session = await _vehicle(vehicles, system_id=system_id, wait_s=wait_s)
        _must_share_its_key(vehicles, session.state.system_id)
        telling.line(f"vehicle {session.state.system_id} is linked and knows its home")
        unfit = None if anyway else why_not(plan, session.state.mav_type)
        if unfit is not None:
            raise Failed(unfit)
        report = FlightReport(system_id=session.state.system_id)
        vehicles.subscribe_texts(lambda text: _tell_text(text, telling, report.system_id))
        await _prove(plan, vehicles=vehicles, report=report, telling=telling)
        if upload_only or not report.proven:
            return report
        report.readiness = await vehicles.readiness(report.system_id)
        telling.readiness(report.readiness)
        await _start(vehicles, at_item=at_item, report=report, telling=telling)
        if report.started:
            await _follow(plan, session, report=report, telling=telling, limit_s=time_limit_s)
        return report
    finally:
        await vehicles.close()


async def _vehicle(
    vehicles: LinkedVehicles, *, system_id: int | None, wait_s: float
) -> VehicleSession:
    loop = asyncio.get_running_loop()
    deadline_s = loop.time() + wait_s
    while loop.time() < deadline_s:
        heard = [view.system_id for view in vehicles.views() if system_id in (None, view.system_id)]
        if heard and vehicles.session(heard[0]).state.home is not None:
            return vehicles.session(heard[0])
        await asyncio.sleep(POLL_S)
    who = "no vehicle" if system_id is None else f"no vehicle {system_id}"
    troubles = vehicles.links().troubles
    raise Failed(f"{who} with a home position was heard within {wait_s:g} s{troubles}")


def _must_share_its_key(vehicles: LinkedVehicles, system_id: int) -> None:
    """A vehicle that signs answers nobody who does not."""
    links = vehicles.links()
    reached = [each for each in links.vehicles if each.system_id == system_id]
    if not links.signing and any(each.signed and each.key is KeyState.NONE for each in reached):
        raise Failed(f"vehicle {system_id} signs what it says: its key is needed (--keys)")


async def _prove(
    plan: Plan, *, vehicles: LinkedVehicles, report: FlightReport, telling: Telling
) -> None:
    telling.line(f"uploading {len(plan.items)} items, fence and rally points")
    forget = vehicles.subscribe(lambda change: _tell_progress(change, telling, report.system_id))
    try:
        report.upload = await vehicles.upload(report.system_id, plan)
    finally:
        forget()
    report.reason = report.upload.reason
    telling.upload(report.upload)


async def _start(
    vehicles: LinkedVehicles, *, at_item: int, report: FlightReport, telling: Telling
) -> None:
    outcome = await vehicles.command(report.system_id, Start(at_item=at_item))
    report.started = outcome.outcome is CommandResult.DONE
    report.reason = outcome.reason
    telling.line("mission started" if report.started else f"not started: {outcome.reason}")


async def _follow(
    plan: Plan, session: VehicleSession, *, report: FlightReport, telling: Telling, limit_s: float
) -> None:
    loop = asyncio.get_running_loop()
    began_s = told_s = loop.time()
    while loop.time() - began_s < limit_s:
        _note_reached(session.state, report, telling)
        ended = _end(plan, session.state, report)
        if ended is None and loop.time() - session.state.heard_at_s > SILENT_TOO_LONG_S:
            ended = f"the vehicle has been silent for {SILENT_TOO_LONG_S:.0f} s"
        if ended is not None:
            report.flown_to_end = not ended
            report.reason = ended
            telling.line(ended or "the mission was flown to its end")
            return
        if loop.time() - told_s >= TELL_POSITION_EVERY_S:
            told_s = loop.time()
            telling.position(session.state)
        await asyncio.sleep(POLL_S)
    report.reason = f"the flight did not end within {limit_s:.0f} s"


def _note_reached(state: VehicleState, report: FlightReport, telling: Telling) -> None:
    reached = state.last_reached
    if reached is not None and (not report.items_reached or report.items_reached[-1] != reached):
        report.items_reached.append(reached)
        telling.line(f"reached item {reached + 1}/{state.mission_total}")


def _end(plan: Plan, state: VehicleState, report: FlightReport) -> str | None:
    """None while it goes on, empty where the end was reached, else why it was not."""
    last = max(
        (seq for seq, item in enumerate(plan.items) if item.command in HAS_TO_BE_REACHED), default=0
    )
    reached_all = bool(report.items_reached) and max(report.items_reached) >= last
    if state.armed is False:
        if reached_all:
            return ""
        return f"the vehicle landed before item {last + 1} of {len(plan.items)} was reached"
    stays_up = not any(item.command in ENDS_ON_GROUND for item in plan.items)
    if stays_up and reached_all and state.mission_state == MISSION_STATE_COMPLETE:
        return ""
    return None


def _tell_progress(change: VehicleChange, telling: Telling, system_id: int) -> None:
    if isinstance(change, UploadProgress) and change.system_id == system_id and not change.outcome:
        telling.upload_progress(change)


def _tell_text(text: VehicleText, telling: Telling, system_id: int) -> None:
    if text.system_id == system_id:
        telling.line(f'vehicle says: "{text.text}"')
