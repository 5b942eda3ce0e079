"""All checks together, and PX4's answer predicted."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from missions.checks.beyond_px4 import findings_beyond_px4
from missions.checks.finding import Finding, Severity
from missions.checks.px4_items import fence_refusals, mission_refusals, rally_refusals
from missions.checks.px4_navigator import fence_is_kept, navigator_findings
from missions.checks.px4_profile import MissionResult, Px4Profile
from missions.plan import Plan
from missions.vehicle import Vehicle, default_vehicle

if TYPE_CHECKING:
    from missions.checks.terrain import GroundRules
    from missions.terrain.surface import Terrain

GROUND_NOT_KNOWN = frozenset(("terrain-needs-home", "terrain-unknown"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Prediction:
    """What PX4 will say to an upload of this plan.

    `mission`, `fence` and `rally` are the results in MISSION_ACK. `feasible` is the navigator's
    verdict once the mission is on board and home is valid; it is False where the mission's upload
    was refused. `fence_kept` is False where PX4 acknowledges the fence and then drops it.
    """

    mission: MissionResult
    fence: MissionResult
    rally: MissionResult
    feasible: bool
    fence_kept: bool
    findings: tuple[Finding, ...]

    @property
    def accepted(self) -> bool:
        """Whether every part is acknowledged, kept and can be flown."""
        acks = (self.mission, self.fence, self.rally)
        return self.feasible and self.fence_kept and not any(acks)


def predict(plan: Plan, profile: Px4Profile | None = None) -> Prediction:
    """PX4's answer to an upload of rally points, fence and mission."""
    known = profile or Px4Profile()
    refusals = [
        mission_refusals(plan, known),
        fence_refusals(plan, known),
        rally_refusals(plan, known),
    ]
    mission, fence, rally = (found[0][0] if found else MissionResult.ACCEPTED for found in refusals)
    verdict = navigator_findings(plan, known)
    rejected = any(
        finding.severity is Severity.ERROR and finding.rule != "px4-fence-excludes-home"
        for finding in verdict
    )
    return Prediction(
        mission=mission,
        fence=fence,
        rally=rally,
        feasible=mission is MissionResult.ACCEPTED and not rejected,
        fence_kept=fence_is_kept(plan),
        findings=(*(one for found in refusals for _, one in found), *verdict),
    )


def check(
    plan: Plan,
    *,
    profile: Px4Profile | None = None,
    vehicle: Vehicle | None = None,
    terrain: "Terrain | None" = None,
    ground_rules: "GroundRules | None" = None,
) -> tuple[Finding, ...]:
    """Every finding: those that PX4 would make, then our own; errors before warnings.

    With terrain the ceiling is measured from the ground below; from home where it is not known.
    """
    flown_by = vehicle or default_vehicle()
    found = [*predict(plan, profile).findings, *findings_beyond_px4(plan, flown_by)]
    if terrain is not None:
        # Whoever has no terrain need not load what reads it.
        from missions.checks.terrain import terrain_findings

        above_ground = terrain_findings(plan, terrain, flown_by, ground_rules)
        if not any(one.rule in GROUND_NOT_KNOWN for one in above_ground):
            found = [one for one in found if one.rule != "ceiling"]
        found += above_ground
    return tuple(sorted(found, key=lambda one: one.severity is not Severity.ERROR))
