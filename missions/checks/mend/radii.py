"""Waypoints that may be flown past: a radius in which the vehicle can wait for the height."""

from collections.abc import Sequence

from missions.checks.finding import Finding
from missions.checks.mend.editing import put, with_param
from missions.checks.mend.situation import Change, Mender, Situation
from missions.checks.passed_by import needed_radius_m
from missions.plan import Command, Plan


def _wider(plan: Plan, findings: Sequence[Finding], situation: Situation) -> list[Change]:
    said = []
    for finding in findings:
        if finding.item is None:
            continue
        speed = max(
            situation.vehicle.cruise_speed_m_s,
            *(item.params[1] for item in plan.items if item.command == Command.DO_CHANGE_SPEED),
            0.0,
        )
        radius = needed_radius_m(situation.vehicle, speed_m_s=speed)
        plan = put(plan, finding.item, with_param(plan.items[finding.item], 2, radius))
        said.append(
            f"item {finding.item + 1}: accepted within {radius:g} m, to wait for its height"
        )
    return [Change(plan=plan, said=tuple(said))] if said else []


RADII = (Mender(rules=frozenset(("waypoint-passed-by",)), ways=_wider),)
