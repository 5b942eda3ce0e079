"""Ways flown beyond the fence though no leg is: corners accepted closer, or stopped at.

Which of these keeps the predicted flight within the fence, the checks say.
"""

from collections.abc import Callable, Collection, Sequence

from missions.checks.finding import Finding
from missions.checks.flown_fence import RULE
from missions.checks.mend.editing import ACCEPTANCE_RADIUS_M, put, with_param
from missions.checks.mend.radii import all_of, held
from missions.checks.mend.situation import Change, Mender, Situation
from missions.checks.places import flown_items
from missions.plan import Command, Plan


def _ways(plan: Plan, findings: Sequence[Finding], situation: Situation) -> list[Change]:
    """The corner before accepted closer, so that it is flown over; a stop at the place, or at the
    corner, or at both."""
    places = {one.item for one in findings if one.item is not None}
    corners = _before(plan, places)
    tried: list[tuple[Collection[int], Callable[[Plan, int, Situation], Change | None]]] = [
        (corners, _closer),
        (places, held),
        (corners, held),
        (places | corners, held),
    ]
    found = (all_of(plan, dict.fromkeys(some, change), situation) for some, change in tried)
    return [one for one in found if one is not None]


def _before(plan: Plan, places: Collection[int]) -> set[int]:
    """Of each place the one that is flown to before it."""
    flown = [one.index for one in flown_items(plan)]
    earlier = ([index for index in flown if index < place] for place in places)
    return {some[-1] for some in earlier if some}


def _closer(plan: Plan, index: int, situation: Situation) -> Change | None:
    item = plan.items[index]
    if item.command != Command.NAV_WAYPOINT:
        return None
    radius = item.params[1] if item.params[1] > 0.0 else situation.vehicle.px4.nav_acc_rad_m
    if not radius > ACCEPTANCE_RADIUS_M:
        return None
    changed = put(plan, index, with_param(item, 2, ACCEPTANCE_RADIUS_M))
    said = f"item {index + 1}: accepted within {ACCEPTANCE_RADIUS_M:g} m, so that no corner is cut"
    return Change(plan=changed, said=(f"{said} (it was {radius:g} m)",))


CORNERS = (Mender(rules=frozenset((RULE,)), ways=_ways),)
