"""A drone's stops as flights: each begins and ends at a dock, where the battery is changed."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from missions.geodesy import GeoPoint
from missions.heights import HeightAboveHome
from missions.path import Gaze, PathPoint, PatrolPath
from missions.patrol.plan import Group, PatrolPlan, Stop
from missions.patrol.site import Site

# The points between two places of a way that keeps clear of the no-fly zones.
WayRound = Callable[[GeoPoint, GeoPoint], tuple[GeoPoint, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sortie:
    """The places that a drone visits from one dock to the next, by the patrol's clock.

    `dock` and `to_dock` are nodes of the site, None where there is no dock. A first sortie begins
    where the drone joins its lap, on time only if it gets there by then.
    """

    drone: int
    dock: int | None
    to_dock: int | None
    stops: tuple[Stop, ...]


def lap_sorties(plan: PatrolPlan, group: Group, drone: int, *, laps: int = 1) -> list[Sortie]:
    """The sorties of one drone for so many laps, begun where it joins; the last one is whole.

    From the second on they are the lap's own, so the last lap can be flown again and again.
    """
    until_s = laps * group.lap_s
    if group.lap_s <= 0.0 and group.stops:
        # It stays where it is; for how long, its battery says.
        return [_sortie(plan.site, drone, list(group.stops), None)]
    docked = any(stop.node >= plan.site.count for stop in group.stops)
    reach_s = until_s + (group.lap_s if docked else 0.0)
    stops = group.stops_of(drone, until_s=reach_s)
    return sorties(plan.site, drone, stops, until_s=until_s)


def sorties(site: Site, drone: int, stops: Iterable[Stop], *, until_s: float) -> list[Sortie]:
    """Stops cut at the docks; the last sortie is the one under way at `until_s`."""
    found: list[Sortie] = []
    flown: list[Stop] = []
    dock: int | None = None
    for stop in stops:
        if stop.node < site.count:
            if stop.arrive_s >= until_s and not len(site.docks):
                break
            flown.append(stop)
            continue
        if flown:
            found.append(_sortie(site, drone, flown, dock, stop.node))
        flown, dock = [], stop.node
        if stop.arrive_s >= until_s:
            break
    if flown and (not found or not len(site.docks)):
        found.append(_sortie(site, drone, flown, dock))
    return found


def _sortie(
    site: Site, drone: int, stops: list[Stop], dock: int | None, to_dock: int | None = None
) -> Sortie:
    return Sortie(
        drone=drone,
        dock=_nearest_dock(site, stops[0].node) if dock is None else dock,
        to_dock=_nearest_dock(site, stops[-1].node) if to_dock is None else to_dock,
        stops=tuple(stops),
    )


def _nearest_dock(site: Site, node: int) -> int | None:
    if not len(site.docks):
        return None
    return site.count + int(np.argmin(site.way_s[node, site.count :]))


def sortie_path(
    sortie: Sortie,
    places: tuple[GeoPoint, ...],
    *,
    height: HeightAboveHome,
    gaze: Gaze | None,
    way_round: WayRound,
) -> PatrolPath:
    """The path of a sortie: a stop at each place, `places` being those of the site's nodes."""
    points: list[PathPoint] = []
    for stop in sortie.stops:
        place = places[stop.node]
        if points:
            between = way_round(points[-1].position, place)
            points += [PathPoint(position=one, height=height) for one in between]
        dwell_s = max(0.0, stop.leave_s - stop.arrive_s)
        points.append(PathPoint(position=place, height=height, dwell_s=dwell_s))
    return PatrolPath(pattern="patrol", points=tuple(points), gaze=gaze)
