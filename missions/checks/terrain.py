"""Clearance above the ground and the ceiling, along every leg as PX4 flies it, and on the way home.

A leg's samples are at most 10 m apart, and what the ground does between them is reckoned with
(`terrain.profile`); between its ends the vehicle may be anywhere within `terrain.flown_heights`.
The ceiling is measured straight down. Rules count the nearest point of the ground, which on a slope
is nearer, so a leg that passes here passes there.
"""

from dataclasses import dataclass

import numpy as np

from missions.checks.failsafe_returns import Homes, failsafe_return_findings
from missions.checks.finding import Finding, error, warning
from missions.checks.flown_legs import FlownLeg, flown_legs, returns_of
from missions.checks.ground_rules import (
    GroundRules,
    above_m,
    clear_m,
    heights_of,
    passes,
)
from missions.heights import HeightAmsl
from missions.plan import Plan
from missions.terrain.profile import Profile, ground_under
from missions.terrain.surface import Answer, NoGround, Terrain
from missions.terrain.tile import Array
from missions.vehicle import Vehicle

# Home's stated height and the tiles' may differ by so much before somebody should look.
HOME_DIFFERS_M = 10.0


@dataclass(frozen=True, slots=True)
class _Homes:
    """Home's height: as the plan says it and as the tiles do, where those differ by much."""

    low: HeightAmsl
    high: HeightAmsl


def terrain_findings(
    plan: Plan, terrain: Terrain, vehicle: Vehicle, rules: GroundRules | None = None
) -> list[Finding]:
    """Everything found; heights relative to home are above the ground that the tiles say is there.

    Raises:
        BadInput: a tile's heights turn out not to be as its format says.
    """
    known = rules or GroundRules()
    if plan.home is None:
        return [
            warning(
                "terrain-needs-home",
                "the plan names no home: its heights above ground cannot be told",
                "say where it takes off",
            )
        ]
    homes, found = _homes(plan, terrain)
    if homes is None:
        return found
    lower, upper = (
        flown_legs(plan, home, terrain, vehicle, return_height_m=known.return_height_m)
        for home in (homes.low, homes.high)
    )
    if not lower:
        return found
    found += _along_legs(lower, upper, terrain, vehicle, known)
    return found + _on_the_way_home(plan, homes, (lower, upper), terrain, vehicle, known, found)


def _on_the_way_home(
    plan: Plan,
    homes: _Homes,
    legs: tuple[list[FlownLeg], list[FlownLeg]],
    terrain: Terrain,
    vehicle: Vehicle,
    rules: GroundRules,
    told: list[Finding],
) -> list[Finding]:
    low, high = (
        returns_of(plan, home, terrain, vehicle, return_height_m=rules.return_height_m)
        for home in (homes.low, homes.high)
    )
    begun = Homes(lower=legs[0], upper=legs[1], returns_low=low, returns_high=high)
    too_high = {one.item for one in told if one.rule == "ceiling" and one.item is not None}
    found = failsafe_return_findings(begun, terrain, vehicle, rules, too_high)
    # One finding says that the ground is not known: a flight beside the tiles returns there, too.
    unknown = any(one.rule == "terrain-unknown" for one in told)
    return [one for one in found if not (unknown and one.rule == "terrain-unknown")]


def _homes(plan: Plan, terrain: Terrain) -> tuple[_Homes | None, list[Finding]]:
    assert plan.home is not None
    place, said = plan.home.position, plan.home.height
    found = terrain.ground(place)
    if isinstance(found, NoGround):
        what = f"the ground at home is not known: {found.why}"
        proposal = "give a tile that knows this place"
        return None, [warning("terrain-unknown", what, proposal, place=place)]
    ground = found.height
    if not abs(said.m - ground.m) > HOME_DIFFERS_M:
        return _Homes(ground, ground), []
    what = f"home is said to be at {said.m:.0f} m, the terrain says {ground.m:.0f} m"
    finding = warning("terrain-home-height", what, "check home and its height", place=place)
    return _Homes(min(said, ground), max(said, ground)), [finding]


def _along_legs(
    lower: list[FlownLeg],
    upper: list[FlownLeg],
    terrain: Terrain,
    vehicle: Vehicle,
    rules: GroundRules,
) -> list[Finding]:
    profile = ground_under([(leg.start, leg.end) for leg in lower], terrain)
    found = _unknown(profile, lower)
    for index, (low_leg, high_leg) in enumerate(zip(lower, upper, strict=True)):
        part = profile.of(index)
        way_m, length_m = profile.distance_m[part], float(profile.lengths_m[index])
        low, _ = heights_of(low_leg, way_m, length_m, vehicle)
        _, high = heights_of(high_leg, way_m, length_m, vehicle)
        found += _too_low(low_leg, clear_m(low, profile, part), profile, part, rules)
        found += _too_high(high_leg, above_m(high, profile, part), profile, part, rules)
    return found


def _unknown(profile: Profile, legs: list[FlownLeg]) -> list[Finding]:
    """One finding for all legs: a flight beside the tiles would else be told leg by leg."""
    unknown = profile.answers != Answer.KNOWN
    blind = [i for i in range(len(legs)) if unknown[profile.of(i)].any()]
    if not blind:
        return []
    first = int(np.argmax(unknown))
    why = NoGround(answer=Answer(int(profile.answers[first]))).why
    return [
        warning(
            "terrain-unknown",
            f"the ground is not known under {len(blind)} of {len(legs)} legs, first on the leg to "
            f"item {legs[blind[0]].item + 1}: {why}",
            "give a tile that knows this place",
            item=legs[blind[0]].item,
            place=profile.place(first),
        )
    ]


def _too_low(
    leg: FlownLeg, clear: Array, profile: Profile, part: slice, rules: GroundRules
) -> list[Finding]:
    if not np.isfinite(clear).any():
        return []
    worst = int(np.nanargmin(clear))
    if clear[worst] >= rules.clearance_m:
        return []
    rule = "terrain-return" if leg.returning else "terrain-clearance"
    return [
        error(
            rule,
            f"{leg.name} {passes(float(clear[worst]))}, {rules.clearance_m:g} m are wanted",
            _higher(leg, rules.clearance_m - float(clear[worst])),
            item=leg.item,
            place=profile.place(part.start + worst),
        )
    ]


def _higher(leg: FlownLeg, lacking_m: float) -> str:
    if leg.returning:
        return f"raise RTL_RETURN_ALT by {np.ceil(lacking_m):.0f} m, or return by waypoints"
    if leg.start_height > leg.end_height:
        return "raise it, or add a waypoint: PX4 descends as soon as the leg begins"
    return "raise it, or let it follow the ground"


def _too_high(
    leg: FlownLeg, above: Array, profile: Profile, part: slice, rules: GroundRules
) -> list[Finding]:
    if not np.isfinite(above).any():
        return []
    worst = int(np.nanargmax(above))
    if above[worst] <= rules.ceiling_m:
        return []
    proposal = f"stay below {rules.ceiling_m:.0f} m, or carry the permission"
    if leg.returning:
        proposal = _lower_return(float(above[worst]) - rules.ceiling_m, rules)
    return [
        warning(
            "terrain-return-ceiling" if leg.returning else "ceiling",
            f"{leg.name} is up to {above[worst]:.0f} m above the ground",
            proposal,
            item=leg.item,
            place=profile.place(part.start + worst),
        )
    ]


def _lower_return(over_m: float, rules: GroundRules) -> str:
    """What to do about a return that is above the ceiling."""
    by = f"{np.ceil(over_m):.0f} m"
    if over_m < rules.return_height_m:
        return f"lower RTL_RETURN_ALT and the height that it begins at by {by}, or use waypoints"
    return f"return by waypoints that follow the ground: it is {by} above the ceiling"
