"""Looks a vehicle over: asks what it has not said by itself, reads its parameters, judges all."""

import asyncio
from collections.abc import Awaitable
from datetime import UTC, datetime, timedelta

from ground_station.flying.payload_state import TYPE_CAMERA, TYPE_ILLUMINATOR
from ground_station.readiness import (
    battery_checks,
    lost_control_checks,
    plan_checks,
    vehicle_checks,
)
from ground_station.readiness.known_parameters import parameters_of
from ground_station.readiness.link_quality import LinkLoss, RoundTrips
from ground_station.readiness.predict import on_fence_breach, on_link_loss, on_low_battery
from ground_station.readiness.report import Level, Line, ReadinessReport
from ground_station.readiness.subject import Subject
from ground_station.vehicles.machine import AUTOPILOT_COMPONENT, GROUND_STATION
from ground_station.vehicles.session import VehicleSession
from onboard.mavlink.codec import Address, Message
from onboard.mavlink.command import CommandSender

REQUEST_MESSAGE = 512
ASKED_FOR = {148: "firmware", 24: "gps", 230: "estimator_flags", 231: "wind_north_east_m_s"}
STORAGE_INFORMATION = 261
LISTENS_S = 1.0
RANK = (Level.BLOCKING, Level.WARNING, Level.OK)


async def look_over(session: VehicleSession) -> ReadinessReport:
    """The report; takes a few seconds, longer on a link that loses much."""
    loss = LinkLoss()
    stop = session.hear(lambda message, _now_s: _count(loss, message))
    try:
        trips, read, *_ = await asyncio.gather(
            session.run(RoundTrips(vehicle=session.address), _now_s()),
            parameters_of(session),
            _ask(session),
            asyncio.sleep(LISTENS_S),
        )
    finally:
        stop()
    return judge(_subject(session, read.values, loss.share, trips), unread=read.unread)


def judge(it: Subject, *, unread: tuple[str, ...] = ()) -> ReadinessReport:
    """Every check over one vehicle as it stands. Pure."""
    lines = [line for line in _lines(it) if line is not None]
    lines.sort(key=lambda line: RANK.index(line.level))
    has_fence = bool(it.state.fence_hash)
    return ReadinessReport(
        system_id=it.state.system_id,
        level=lines[0].level if lines else Level.OK,
        lines=tuple(lines),
        on_link_loss=on_link_loss(it.parameters),
        on_low_battery=on_low_battery(it.parameters),
        on_fence_breach=on_fence_breach(it.parameters, has_fence=has_fence),
        parameters_unread=unread,
    )


def _lines(it: Subject) -> list[Line | None]:
    about_parameters: list[Line | None] = []
    if it.parameters:
        about_parameters = [
            plan_checks.link_loss(it),
            plan_checks.low_battery(it),
            lost_control_checks.lost_sticks(it),
            lost_control_checks.lost_offboard(it),
            plan_checks.return_height(it),
            plan_checks.speeds(it),
            plan_checks.disarming(it),
        ]
    return [
        vehicle_checks.ready_to_arm(it),
        vehicle_checks.position(it),
        vehicle_checks.estimate(it),
        battery_checks.battery(it),
        battery_checks.battery_trend(it),
        plan_checks.enough_battery(it),
        vehicle_checks.home(it),
        plan_checks.plan(it),
        plan_checks.fence(it),
        *about_parameters,
        vehicle_checks.wind(it),
        vehicle_checks.link(it),
        vehicle_checks.clock(it),
        vehicle_checks.firmware(it),
        *vehicle_checks.payload(it),
    ]


def _subject(
    session: VehicleSession,
    parameters: dict[str, int | float],
    loss: float | None,
    trips: list[float],
) -> Subject:
    now_s, state = _now_s(), session.state
    said = state.utc
    return Subject(
        state=state,
        payload=session.payload,
        battery_trend=session.battery_trend.trend,
        plan=session.plan,
        plan_proven=session.plan_proven,
        parameters=parameters,
        loss=loss,
        round_trips_s=tuple(trips),
        # Its newest word on the time was true when it was heard.
        vehicle_utc=None if said is None else said + timedelta(seconds=now_s - state.heard_at_s),
        utc=datetime.now(UTC),
        camera=session.payload.component(TYPE_CAMERA, now_s),
        light=session.payload.component(TYPE_ILLUMINATOR, now_s),
    )


async def _ask(session: VehicleSession) -> None:
    """What PX4 sends by itself only now and then is asked for where it was not heard yet."""
    missing = [
        message for message, name in ASKED_FOR.items() if getattr(session.state, name) is None
    ]
    asks: list[Awaitable[object]] = [_request(session, each, session.address) for each in missing]
    camera = session.payload.component(TYPE_CAMERA, _now_s())
    if camera is not None:
        asks.append(_request(session, STORAGE_INFORMATION, camera))
    for ask in asks:
        # One after another: their ACKs name the command, not the message that was asked for.
        await ask


async def _request(session: VehicleSession, message: int, of: Address) -> None:
    sender = CommandSender(
        own=GROUND_STATION,
        vehicle=of,
        command=REQUEST_MESSAGE,
        params=(float(message),),
        answer_timeout_s=0.7,
    )
    await session.run(sender, _now_s())


def _count(loss: LinkLoss, message: Message) -> None:
    if message.component_id == AUTOPILOT_COMPONENT:
        loss.receive(message)


def _now_s() -> float:
    return asyncio.get_running_loop().time()
