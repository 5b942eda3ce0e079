"""What PX4 would fly past, or into a no-fly zone, is mended before a plan is written."""

from dataclasses import replace

from missions.checks.mend import mend
from missions.checks.mend.radii import RADII
from missions.checks.mend.turns import TURNS
from missions.checks.never_reached import never_reached_findings
from missions.commands.against import Against
from missions.commands.sorties import situation_of
from missions.plan import Plan


def mend_flown_past(plan: Plan, against: Against) -> Plan:
    """The plan with a stay or a wider radius where a place would be, or may be, flown past.

    On a way that follows the ground a leg may be too steep for its height to be reached beside the
    place; what was done is in the plan's notes, what could not be remains a finding.
    """
    if not never_reached_findings(plan, against.vehicle):
        return plan
    mended = mend(plan, against.findings, situation_of(against), menders=RADII)
    return replace(mended.plan, notes=(*mended.plan.notes, *mended.said))


def mend_turns(plan: Plan, against: Against) -> Plan:
    """The plan with places put in that lead turns of wings out of no-fly zones."""
    if not against.vehicle.winged or all(one.inclusion for one in plan.fence.polygons):
        return plan
    mended = mend(plan, against.findings, situation_of(against), menders=TURNS)
    return replace(mended.plan, notes=(*mended.plan.notes, *mended.said))
