"""Clearance above the ground and the ceiling, along every leg as PX4 flies it, and on the way home.

A leg's samples are at most 10 m apart, and what the ground does between them is reckoned with
(`terrain.profile`); between its ends the vehicle may be anywhere within `terrain.flown_heights`.
The ceiling is measured straight down. Rules count the nearest point of the ground, which on a slope
is nearer, so a leg that passes here passes there.
"""

import itertools
from dataclasses import dataclass

import numpy as np

from missions.checks.finding import Finding, error, warning
from missions.checks.flown_legs import FlownLeg, flown_legs, returns_of
from missions.checks.return_legs import Returns
from missions.geodesy import distance_m
from missions.heights import HeightAmsl
from missions.plan import Plan
from missions.px4_flight.returns import BY_MISSION
from missions.terrain.flown_heights import Rates, height_bounds
from missions.terrain.profile import Profile, ground_under
from missions.terrain.surface import Answer, NoGround, Terrain
from missions.terrain.tile import Array
from missions.vehicle import Vehicle

# Home's stated height and the tiles' may differ by so much before somebody should look.
HOME_DIFFERS_M = 10.0
# One return is judged for all waypoints that are nearer together than this.
RETURNS_APART_M = 50.0


@dataclass(frozen=True, slots=True, kw_only=True)
class GroundRules:
    """What a flight must keep to above the ground. `return_height_m` is PX4's RTL_RETURN_ALT."""

    clearance_m: float = 10.0
    ceiling_m: float = 120.0
    return_height_m: float = 30.0


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
    if lower:
        found += _along_legs(lower, upper, terrain, vehicle, known)
    starts = [leg for leg in lower if not leg.returning]
    height_m = known.return_height_m
    returns = returns_of(plan, homes.low, terrain, vehicle, return_height_m=height_m)
    return found + _on_the_way_home(starts, returns, terrain, vehicle, known)


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
        low, _ = _heights(low_leg, profile, part, index, vehicle)
        _, high = _heights(high_leg, profile, part, index, vehicle)
        clear = low - profile.amsl_m[part] - profile.rise_m[part]
        above = high - profile.amsl_m[part] + profile.fall_m[part]
        found += _too_low(low_leg, clear, profile, part, rules)
        found += _too_high(high_leg, above, profile, part, rules)
    return found


def _heights(
    leg: FlownLeg, profile: Profile, part: slice, index: int, vehicle: Vehicle
) -> tuple[Array, Array]:
    rates = Rates.of(vehicle, speed_m_s=leg.speed_m_s)
    way, length = profile.distance_m[part], profile.lengths_m[index]
    return height_bounds(leg.start_height.m, leg.end_height.m, way, length, rates)


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
            f"{leg.name} {_passes(float(clear[worst]))}, {rules.clearance_m:g} m are wanted",
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


def _passes(clear_m: float) -> str:
    return (
        f"is {-clear_m:.0f} m below the ground"
        if clear_m < 0.0
        else f"clears it by {clear_m:.0f} m"
    )


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
        proposal = _lower_return(leg, float(above[worst]) - rules.ceiling_m, rules)
    return [
        warning(
            "terrain-return-ceiling" if leg.returning else "ceiling",
            f"{leg.name} is up to {above[worst]:.0f} m above the ground",
            proposal,
            item=leg.item,
            place=profile.place(part.start + worst),
        )
    ]


def _lower_return(leg: FlownLeg, over_m: float, rules: GroundRules) -> str:
    by = f"{np.ceil(over_m):.0f} m"
    if over_m < rules.return_height_m:
        return f"lower RTL_RETURN_ALT and the height that it begins at by {by}, or use waypoints"
    return f"return by waypoints that follow the ground: it is {by} above the ceiling"


def _on_the_way_home(
    legs: list[FlownLeg],
    returns: Returns,
    terrain: Terrain,
    vehicle: Vehicle,
    rules: GroundRules,
) -> list[Finding]:
    """A return may begin anywhere; what several of them fly is looked at once."""
    starts = _spread(legs)
    ways = _ways_home(starts, returns, vehicle)
    if not ways:
        return []
    profile = ground_under([(way.start, way.end) for way in ways], terrain)
    bad = []
    for index, way in enumerate(ways):
        part = profile.of(index)
        low, _ = _heights(way, profile, part, index, vehicle)
        clear = low - profile.amsl_m[part] - profile.rise_m[part]
        if np.isfinite(clear).any() and np.nanmin(clear) < rules.clearance_m:
            bad.append((float(np.nanmin(clear)), index, part.start + int(np.nanargmin(clear))))
    if not bad:
        return []
    clear_m, index, sample = min(bad)
    way = ways[index]
    return [
        warning(
            "terrain-failsafe-return",
            f"a return home from {len({ways[i].item for _, i, _ in bad})} of {len(starts)} "
            f"waypoints is too low: from item {way.item + 1} it {_passes(clear_m)}",
            _higher_return(way, returns, rules.clearance_m - clear_m),
            item=way.item,
            place=profile.place(sample),
        )
    ]


def _ways_home(starts: list[FlownLeg], returns: Returns, vehicle: Vehicle) -> list[FlownLeg]:
    """The legs of all returns, each once; `item` is the one that the return begins behind."""
    found: dict[object, FlownLeg] = {}
    for leg in starts:
        turns = returns.turns(leg.end, leg.end_height, leg.item)
        for (a, low), (b, high) in itertools.pairwise(turns):
            if a == b:
                continue
            found.setdefault(
                (a, b, low, high),
                FlownLeg(
                    item=leg.item,
                    start=a,
                    end=b,
                    start_height=low,
                    end_height=high,
                    speed_m_s=vehicle.cruise_speed_m_s,
                    returning=True,
                ),
            )
    return list(found.values())


def _higher_return(way: FlownLeg, returns: Returns, lacking_m: float) -> str:
    if returns.px4.rtl_type in BY_MISSION:
        return (
            f"it goes by the mission (RTL_TYPE {returns.px4.rtl_type}): raise what it passes there"
        )
    raised = max(way.start_height.m, way.end_height.m) - returns.home.m + lacking_m
    return f"set RTL_RETURN_ALT to {np.ceil(raised):.0f} m or more"


def _spread(legs: list[FlownLeg]) -> list[FlownLeg]:
    kept: list[FlownLeg] = []
    for leg in legs:
        near = kept and distance_m(kept[-1].end, leg.end) < RETURNS_APART_M
        if not near or leg.end_height < kept[-1].end_height:
            kept.append(leg)
    return kept
