"""Reads what a vehicle holds, so that a ground station that starts late knows the plan too."""

import asyncio

from ground_station.vehicles.machine import GROUND_STATION
from ground_station.vehicles.session import VehicleSession
from missions.plan import Plan
from onboard.mavlink.mission_transfer import PlanReader
from onboard.mavlink.plan_items import MissionType, PlanNotUnderstood, plan_from_wire

ORDER = (MissionType.MISSION, MissionType.FENCE, MissionType.RALLY)


async def read_plan(session: VehicleSession) -> Plan | None:
    """The vehicle's mission, fence and rally points; None where it has no mission or no answer."""
    parts = []
    for kind in ORDER:
        reader = PlanReader(own=GROUND_STATION, vehicle=session.address, mission_type=kind)
        outcome = await session.run(reader, asyncio.get_running_loop().time())
        if not outcome.complete or (kind is MissionType.MISSION and not outcome.items):
            return None
        parts.append(outcome.items)
    mission, fence, rally = parts
    try:
        return plan_from_wire(mission=mission, fence=fence, rally=rally)
    except PlanNotUnderstood:
        # Somebody else's plan in a dialect of its own: it stays unknown, it does no harm.
        return None
