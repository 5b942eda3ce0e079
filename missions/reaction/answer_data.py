"""An answer as plain data, for JSON: units are in the names, longitude comes before latitude."""

from typing import Any

from missions.geodesy import GeoPoint
from missions.reaction.answer import Reaction, ResumePoint, Route, Visit


def as_data(reaction: Reaction) -> dict[str, Any]:
    """Everything that an answer says."""
    cost = reaction.cost
    return {
        "alarms": [
            {"alarm": one.alarm, "drone": one.drone, "arrive_s": one.arrive_s, "why": one.why}
            for one in reaction.alarms
        ],
        "refusals": [
            {
                "alarm": one.alarm,
                "drone": one.drone,
                "reason": one.reason,
                "could_arrive_s": one.arrive_s,
            }
            for one in reaction.refusals
        ],
        "routes": [_route(route) for route in reaction.routes],
        "undone": [
            {
                "stop": one.stop.name,
                "weight": one.stop.weight,
                "drone": one.drone,
                "reason": one.reason,
            }
            for one in reaction.undone
        ],
        "cost": {
            "alarms_s": cost.alarms_s,
            "lateness_s": cost.lateness_s,
            "makespan_s": cost.makespan_s,
            "flight_s": cost.flight_s,
            "missed_weight": cost.missed,
            "undone_weight": cost.undone,
            "total_s": cost.total_s,
        },
        "iterations": reaction.iterations,
        "sentences": list(reaction.sentences),
    }


def _route(route: Route) -> dict[str, Any]:
    return {
        "drone": route.drone,
        "changed": route.changed,
        "resume": _resume(route.resume),
        "visits": [_visit(visit) for visit in route.visits],
        "landing": route.landing,
        "home_via": _places(route.home_via),
        "lands_s": route.lands_s,
        "battery_s": route.battery_s,
        "battery_beyond_reserve_s": route.spare_s,
        "taken_over": list(route.taken_over),
        "given_away": list(route.given_away),
    }


def _visit(visit: Visit) -> dict[str, Any]:
    return {
        "name": visit.task.name,
        "alarm": visit.is_alarm,
        "via": _places(visit.via),
        "at": _place(visit.position),
        "along": _places(visit.along),
        "leaves_at": _place(visit.leaves_at),
        "height_above_home_m": visit.height.m,
        "arrive_s": visit.arrive_s,
        "leave_s": visit.leave_s,
        "late_s": visit.late_s,
        "missed": visit.missed,
        "battery_s": visit.battery_s,
        "away_m": visit.away_m,
        "circles": visit.circles,
    }


def _resume(point: ResumePoint) -> dict[str, Any]:
    return {
        "how": point.how.value,
        "item": point.item,
        "stop": point.stop,
        "left_at": None if point.left_at is None else _place(point.left_at),
        "left_height_above_home_m": None if point.left_height is None else point.left_height.m,
    }


def _places(places: tuple[GeoPoint, ...]) -> list[list[float]]:
    return [_place(place) for place in places]


def _place(place: GeoPoint) -> list[float]:
    return [place.longitude_deg, place.latitude_deg]
