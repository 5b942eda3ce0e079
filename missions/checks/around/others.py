"""Whether a flight keeps apart from other plans in space and time."""

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from missions.checks.around.part import Track
from missions.checks.finding import Finding, error
from missions.fleet.separation import Conflict, Separation, conflict_between
from missions.fleet.timed_flight import Datum, GroundUp, timed_flight
from missions.geodesy import GeoPoint, LocalPlane
from missions.plan import Plan
from missions.terrain.surface import NoGround, Terrain
from missions.vehicle import Vehicle

OURS = "this plan"


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherPlan:
    """Another plan, and how many seconds after this one it begins (below 0: before)."""

    name: str
    plan: Plan
    vehicle: Vehicle
    starts_s: float = 0.0


def other_plan_findings(
    plan: Plan,
    vehicle: Vehicle,
    others: Sequence[OtherPlan],
    apart: Separation,
    *,
    track: Track,
    return_height_m: float,
    terrain: Terrain | None = None,
) -> list[Finding]:
    """One finding for each plan that this one comes too near to.

    Heights are compared above sea level where all homes' heights are known, else above home.
    """
    if not others or plan.home is None:
        return []
    datum = Datum(
        plane=LocalPlane(plan.home.position),
        level_amsl_m=_level(plan, others),
        ground_up=None if terrain is None else _ground(terrain, _level(plan, others)),
    )
    found = []
    for other in others:
        try:
            ours, theirs = (
                timed_flight(
                    one.plan,
                    one.vehicle,
                    name=one.name,
                    datum=datum,
                    starts_s=one.starts_s,
                    return_height_m=return_height_m,
                )
                for one in (OtherPlan(name=OURS, plan=plan, vehicle=vehicle), other)
            )
        except ValueError:
            # One of them flies to nothing, so that it is in nobody's way.
            continue
        conflict = conflict_between(ours, theirs, apart)
        if conflict is not None:
            found.append(_finding(conflict, apart, track))
    return found


def _level(plan: Plan, others: Sequence[OtherPlan]) -> float:
    homes = [one.home for one in (plan, *(other.plan for other in others)) if one.home]
    known = [home.height.m for home in homes if math.isfinite(home.height.m)]
    return known[0] if known else 0.0


def _ground(terrain: Terrain, level_amsl_m: float) -> GroundUp:
    def up(place: GeoPoint) -> float:
        found = terrain.ground(place)
        return 0.0 if isinstance(found, NoGround) else found.height.m - level_amsl_m

    return up


def _finding(one: Conflict, apart: Separation, track: Track) -> Finding:
    ends_s = [part.ends_s for part in track.parts]
    part = track.parts[min(bisect_left(ends_s, one.first_at_s), len(ends_s) - 1)]
    return error(
        "conflict",
        f"{one.second} is {one.horizontal_m:.0f} m away and {one.vertical_m:.0f} m higher or lower "
        f"{one.first_at_s / 60.0:.1f} min after take-off; {apart.horizontal_m:g} m or "
        f"{apart.vertical_m:g} m are wanted",
        "begin later, or fly at another height",
        item=part.item,
        place=one.place,
    )
