"""Loiter circles that leave the fence: as wide as fits."""

from collections.abc import Sequence

from missions.checks.finding import Finding
from missions.checks.mend.editing import put, with_param
from missions.checks.mend.situation import Change, Mender, Situation
from missions.plan import Command, Plan

# Which parameter holds the radius (mission_block.cpp).
RADIUS_PARAM = {
    int(Command.NAV_LOITER_UNLIM): 3,
    int(Command.NAV_LOITER_TIME): 3,
    int(Command.NAV_LOITER_TO_ALT): 2,
}
SHARES = (0.85, 0.7, 0.55, 0.4, 0.25, 0.15)


def _smaller(plan: Plan, findings: Sequence[Finding], situation: Situation) -> list[Change]:
    """Circles ever smaller, none tighter than the vehicle can turn."""
    return [one for share in SHARES if (one := _shrunk(plan, findings, situation, share))]


def _shrunk(
    plan: Plan, findings: Sequence[Finding], situation: Situation, share: float
) -> Change | None:
    said = []
    for finding in findings:
        number = (
            None if finding.item is None else RADIUS_PARAM.get(plan.items[finding.item].command)
        )
        if finding.item is None or number is None:
            continue
        item = plan.items[finding.item]
        radius = item.params[number - 1] or situation.profile.px4.nav_loiter_rad_m
        size = max(abs(radius) * share, situation.vehicle.turn_radius_m, 1.0)
        if not size < abs(radius):
            continue
        sign = -1.0 if radius < 0.0 else 1.0
        plan = put(plan, finding.item, with_param(item, number, round(sign * size, 1)))
        said.append(
            f"item {finding.item + 1}: loiter radius reduced from {abs(radius):g} to {size:.0f} m"
        )
    return Change(plan=plan, said=tuple(said)) if said else None


LOITERS = (Mender(rules=frozenset(("circle-across-fence",)), ways=_smaller),)
