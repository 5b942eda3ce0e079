"""The way really flown against the fence: corners cut, swings, circles back to a place missed."""

from collections.abc import Collection

from shapely.geometry import Point

from missions.checks.finding import Finding, error, warning
from missions.checks.flown_way import FlownWay, FlownWays
from missions.checks.places import FenceShape
from missions.plan import Fence

RULE = "flown-across-fence"
# The prediction is known so well, and no better.
KNOWN_M = 1.0


def flown_fence_findings(
    fence: Fence, flown: FlownWays, told: Collection[int | None]
) -> list[Finding]:
    """Every item on whose way the vehicle leaves what the fence allows, or may by chance, each
    once; none of those that are `told` already, for their straight way does."""
    shape = FenceShape(fence, flown.plane)
    ways = [way for way in flown.ways if way.item not in told]
    suspects = shape.suspects([way.line for way in ways])
    found: dict[int, Finding] = {}
    for way, suspect in zip(ways, suspects, strict=True):
        if not suspect or way.item in found:
            continue
        beyond_m, at = shape.farthest_beyond(way.line)
        if beyond_m > KNOWN_M:
            found[way.item] = _finding(way, beyond_m, at, flown)
    return list(found.values())


def _finding(way: FlownWay, beyond_m: float, at: Point, flown: FlownWays) -> Finding:
    name = f"item {way.item + 1}"
    said, why = f"the way flown to {name} leads", "though no leg does: a corner is cut or swung out"
    mends = f"accept the place before {name} within a smaller radius"
    if way.item in flown.missed or way.by_chance:
        mends = f"hold at {name} for a second"
        why = "where PX4 flies past its place"
    if way.by_chance:
        said = f"the way on from {name}, or back to it, leads"
        why = "where PX4 may miss its place by chance"
    return (warning if way.by_chance else error)(
        RULE,
        f"{said} up to {beyond_m:.0f} m beyond the fence, {why}",
        f"{mends}, or keep it farther from the fence",
        item=way.item,
        place=flown.plane.geo(at.x, at.y),
    )
