"""Plans a patrol: the least worst weighted idleness that keeps every revisit interval."""

import math

import numpy as np

from missions.errors import BadInput, Failed
from missions.patrol.bound import idleness_bound_s
from missions.patrol.kernels.laps import NEVER
from missions.patrol.plan import Group, PatrolPlan, groups_from, longest_gaps_s
from missions.patrol.search import Laps, LapSearch
from missions.patrol.site import Battery, Floats, Site

MOST_DRONES = 64
MORE_TRIED = 16
COMPROMISES = 3
LENIENT = 2.0
KEPT = 1.0 + 1e-9


def plan_patrol(
    site: Site, *, drones: int, battery: Battery | None = None, seed: int = 0
) -> PatrolPlan:
    """The best patrol found for so many drones; the same for the same seed.

    Raises:
        BadInput: the number of drones makes no sense, there is a battery but no dock, or a place
            is too far from every dock for the battery.
        Failed: no laps were found that the battery lasts.
    """
    if not 0 < drones <= MOST_DRONES:
        raise BadInput(where="drones", what=f"{drones} is not within 1..{MOST_DRONES}")
    if battery is not None:
        _check_reach(site, battery)
    return _Planner(site, battery, seed).plan(drones)


def _check_reach(site: Site, battery: Battery) -> None:
    if not site.docks:
        raise BadInput(where="docks", what="there is a battery to mind, but no dock")
    reach_s = 2.0 * site.way_s[: site.count, site.count :].min(axis=1) + site.dwell_s
    if (far := int(np.argmax(reach_s))) >= 0 and reach_s[far] > battery.endurance_s:
        what = f"there and back take {reach_s[far]:.0f} s, the battery {battery.endurance_s:.0f} s"
        raise BadInput(where=site.names[far], what=what)


class _Planner:
    def __init__(self, site: Site, battery: Battery | None, seed: int) -> None:
        self._site, self._battery = site, battery
        self._search = LapSearch(site, battery, seed)
        self._wanted = bool(np.isfinite(site.revisit_s).any())

    def plan(self, drones: int) -> PatrolPlan:
        """A whole answer."""
        site = self._site
        groups = self._groups(drones)
        gaps = longest_gaps_s(groups, site)
        ratio = self._ratio(groups)
        needed, fewest = drones, drones if ratio <= KEPT else None
        if ratio > KEPT:
            needed = self._needed(drones)
            fewest = self._fewest(max(drones + 1, needed))
        return PatrolPlan(
            site=site,
            battery=self._battery,
            groups=groups,
            gaps_s=gaps,
            worst_idleness_s=float((site.weights * gaps).max()),
            bound_s=idleness_bound_s(site, drones, self._battery),
            worst_ratio=ratio,
            ratio_bound=self._ratio_bound(drones),
            drones_needed=needed,
            fewest_drones=fewest,
        )

    def _groups(self, drones: int) -> tuple[Group, ...]:
        """The least idle groups that keep the intervals; else those that miss them least."""
        best = self._by(drones, self._site.urgency())
        if self._ratio(best) <= KEPT:
            return best
        low = self._idleness(best)
        kept = self._by(drones, self._site.urgency(math.inf))
        if self._ratio(kept) > KEPT:
            # No interval asks for the rest to be seen at all: they are not forgotten.
            return self._by(drones, self._site.urgency(LENIENT * low))
        for _ in range(COMPROMISES):
            aim = math.sqrt(low * self._idleness(kept))
            tried = self._by(drones, self._site.urgency(aim))
            if self._ratio(tried) <= KEPT and self._idleness(tried) < self._idleness(kept):
                kept = tried
            else:
                low = aim
        return kept

    def _by(self, drones: int, urgency: Floats) -> tuple[Group, ...]:
        laps: Laps = self._search.search(drones, urgency)
        if laps.worst >= NEVER:
            raise Failed("no laps were found that the battery lasts")
        return groups_from(laps, self._search)

    def _idleness(self, groups: tuple[Group, ...]) -> float:
        return float((self._site.weights * longest_gaps_s(groups, self._site)).max())

    def _ratio(self, groups: tuple[Group, ...]) -> float:
        return float((longest_gaps_s(groups, self._site) / self._site.revisit_s).max())

    def _ratio_bound(self, drones: int) -> float:
        if not self._wanted:
            return 0.0
        urgency = self._site.urgency(math.inf)
        return idleness_bound_s(self._site, drones, self._battery, urgency)

    def _needed(self, drones: int) -> int:
        """The fewest drones that the bound does not rule out, from so many on."""
        while drones < MOST_DRONES and self._ratio_bound(drones) > KEPT:
            drones += 1
        return drones

    def _fewest(self, drones: int) -> int | None:
        urgency = self._site.urgency(math.inf)
        for number in range(drones, min(drones + MORE_TRIED, MOST_DRONES) + 1):
            if self._ratio(self._by(number, urgency)) <= KEPT:
                return number
        return None
