"""The line over the ground that a plan will fly, for a map."""

from ground_station.hub.vehicles_port import HomeView, LatLon
from missions.plan import Command, Plan

FLOWN_TO = frozenset(
    (
        Command.NAV_WAYPOINT,
        Command.NAV_LOITER_UNLIM,
        Command.NAV_LOITER_TIME,
        Command.NAV_LOITER_TO_ALT,
        Command.NAV_LAND,
        Command.NAV_VTOL_LAND,
    )
)


def planned_path(plan: Plan, home: HomeView | None) -> tuple[LatLon, ...]:
    """Latitudes and longitudes in degrees, from home by every waypoint, and back if it returns."""
    path: list[LatLon] = [
        (item.latitude_deg, item.longitude_deg)
        for item in plan.items
        if item.command in FLOWN_TO and item.has_position
    ]
    start = _start(plan, home)
    if start is None or not path:
        return tuple(path)
    returns = any(item.command == Command.NAV_RETURN_TO_LAUNCH for item in plan.items)
    return (start, *path, start) if returns else (start, *path)


def _start(plan: Plan, home: HomeView | None) -> LatLon | None:
    if home is not None:
        return home.latitude_deg, home.longitude_deg
    if plan.home is not None:
        return plan.home.position.latitude_deg, plan.home.position.longitude_deg
    return None
