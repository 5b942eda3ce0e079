"""All checks together, and PX4's answer predicted."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from missions.camera import CameraModel
from missions.checks.beyond_px4 import findings_beyond_px4
from missions.checks.finding import Finding, Severity
from missions.checks.made_for import made_for_findings
from missions.checks.px4_items import fence_refusals, mission_refusals, rally_refusals
from missions.checks.px4_navigator import fence_is_kept, navigator_findings
from missions.checks.px4_profile import Px4Profile
from missions.plan import Fence, Plan
from missions.px4_parser import MissionResult
from missions.vehicle import Vehicle, default_vehicle
from missions.wind import CALM

if TYPE_CHECKING:
    from missions.checks.ground_rules import GroundRules
    from missions.checks.surroundings import Surroundings
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
    # A fence that is refused is not there: PX4 judges the mission without it.
    on_board = replace(plan, fence=Fence()) if fence else plan
    told = navigator_findings(plan, known)
    judged = told if on_board is plan else navigator_findings(on_board, known)
    rejected = any(
        finding.severity is Severity.ERROR and finding.rule != "px4-fence-excludes-home"
        for finding in judged
    )
    return Prediction(
        mission=mission,
        fence=fence,
        rally=rally,
        feasible=mission is MissionResult.ACCEPTED and not rejected,
        fence_kept=fence_is_kept(on_board),
        findings=(
            *(one for found in refusals for _, one in found),
            *told,
        ),
    )


# What is reckoned from home only where nobody knows the ground.
TOLD_BY_THE_GROUND = frozenset(("ceiling", "px4-waypoint-below-home"))


def check(
    plan: Plan,
    *,
    profile: Px4Profile | None = None,
    vehicle: Vehicle | None = None,
    terrain: "Terrain | None" = None,
    ground_rules: "GroundRules | None" = None,
    surroundings: "Surroundings | None" = None,
    camera: CameraModel | None = None,
) -> tuple[Finding, ...]:
    """Every finding: those that PX4 would make, then our own; errors before warnings.

    Without a vehicle it is the one that the plan was made for, where it says so.
    PX4 is of the vehicle's kind; what the profile does not set is as the vehicle's own `px4` says.
    With terrain the ceiling is measured from the ground below, from home where it is not known; and
    a waypoint below home is one in a valley, whose clearance is told.
    The camera's shortest interval is held against the mission's triggers.
    With surroundings the battery is held against the way home from everywhere, in their wind.
    """
    carried = None if plan.made_for is None else plan.made_for.vehicle
    asked_for = vehicle or carried or default_vehicle()
    known = Px4Profile.of(asked_for, profile)
    wind = CALM if surroundings is None else surroundings.wind
    flown_by = known.flown_with(asked_for)
    found = [
        *predict(plan, known).findings,
        *findings_beyond_px4(plan, flown_by, known, camera, wind),
        *made_for_findings(plan, flown_by, camera),
    ]
    if terrain is not None:
        # Whoever has no terrain need not load what reads it.
        from missions.checks.ground_rules import GroundRules
        from missions.checks.terrain import terrain_findings

        rules = ground_rules or GroundRules(return_height_m=known.px4.rtl_return_alt_m)
        above_ground = terrain_findings(plan, terrain, flown_by, rules)
        if not any(one.rule in GROUND_NOT_KNOWN for one in above_ground):
            found = [one for one in found if one.rule not in TOLD_BY_THE_GROUND]
        found += above_ground
    if surroundings is not None:
        from missions.checks.surroundings import findings_around

        if plan.home is not None:
            found = [one for one in found if one.rule != "endurance"]
        found += findings_around(plan, flown_by, surroundings, terrain, known)
    return tuple(sorted(found, key=lambda one: one.severity is not Severity.ERROR))
