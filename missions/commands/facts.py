"""What a person wants to know of a plan: times, lengths, what the camera makes of it."""

import itertools
import math
from typing import Any

from missions.asked.pattern import Made
from missions.checks.places import place_of_item
from missions.geodesy import GeoPoint, distance_m
from missions.path import CameraAction, PatrolPath
from missions.plan import Plan
from missions.plan_time import PredictedFlight, predict_flight
from missions.told_times import NO_END, in_minutes, rounded_s
from missions.vehicle import Vehicle
from missions.wind import CALM, Wind


def facts(made: Made, plan: Plan, vehicle: Vehicle, wind: Wind = CALM) -> dict[str, Any]:
    """What a person wants to know of a plan in a wind, each with its unit in the name."""
    path, sight = made.path, made.sight
    flight = predict_flight(plan, vehicle, wind)
    found: dict[str, Any] = {
        "pattern": path.pattern,
        "items": len(plan.items),
        "duration_s": rounded_s(0.0 if flight is None else flight.landed_s),
        "on_task_s": rounded_s(_on_task_s(path, plan, flight)),
        "path_m": round(_length_m(path), 1),
        "speed_m_s": round(sight.speed_m_s, 2),
    }
    if plan.home is not None:
        place = plan.home.position
        found["home"] = [round(place.latitude_deg, 7), round(place.longitude_deg, 7)]
    if wind.speed_m_s > 0.0:
        found["wind_m_s"] = round(wind.speed_m_s, 2)
    if path.swath_m is not None:
        found["swath_m"] = round(path.swath_m, 2)
    if sight.ground_sample_m is not None and "ground_sample_cm" not in path.figures:
        found["ground_sample_cm"] = round(100.0 * sight.ground_sample_m, 3)
    if (pictures := _pictures(path)) > 0:
        found["pictures"] = pictures
    return found | dict(path.figures)


def _on_task_s(path: PatrolPath, plan: Plan, flight: PredictedFlight | None) -> float:
    """From the path's first point to its last, as predicted."""
    if flight is None or not path.points:
        return 0.0
    ends = {_key(path.points[0].position), _key(path.points[-1].position)}
    done = [
        when_s
        for index, when_s in flight.items
        if (place := place_of_item(plan.items[index])) is not None and _key(place) in ends
    ]
    return done[-1] - done[0] if done else 0.0


def _key(place: GeoPoint) -> tuple[float, float]:
    return round(place.latitude_deg, 7), round(place.longitude_deg, 7)


def _length_m(path: PatrolPath) -> float:
    return sum(distance_m(a.position, b.position) for a, b in itertools.pairwise(path.points))


def _pictures(path: PatrolPath) -> int:
    """Single pictures taken, and those by distance over the whole path."""
    single = sum(point.action is CameraAction.PHOTO for point in path.points)
    if path.trigger_distance_m is None:
        return single
    return single + math.floor(_length_m(path) / path.trigger_distance_m) + 1


def _times(said: dict[str, Any]) -> str:
    path = f"the path of {said['path_m'] / 1000.0:.2f} km"
    if said["duration_s"] is None:
        blown = " in the wind given" if "wind_m_s" in said else ""
        return f"the flight has {NO_END}{blown}, {path}"
    landing = f"{in_minutes(said['duration_s'])} from take-off to landing"
    blown = ", in the wind given" if "wind_m_s" in said else ""
    return f"{landing}, {in_minutes(said['on_task_s'])} on {path}{blown}"


def fact_lines(said: dict[str, Any]) -> list[str]:
    """The facts in words, the times first."""
    lines = [_times(said), f"{said['speed_m_s']:g} m/s"]
    words = {
        "swath_m": "swath {:.4g} m",
        "ground_sample_cm": "{:.3g} cm a pixel",
        "pictures": "{:g} pictures",
        "radius_m": "radius {:.3g} m",
        "circles": "{:g} circles",
        "walls": "{:g} walls",
        "levels": "{:g} levels",
        "branches": "branches {:g}",
        "passes": "passes {:g}",
        "places": "{:g} places",
    }
    lines[1] = ", ".join(
        [lines[1], *(text.format(said[key]) for key, text in words.items() if key in said)]
    )
    if "home" in said:
        latitude_deg, longitude_deg = said["home"]
        lines.append(f"home {latitude_deg:.7f},{longitude_deg:.7f}")
    if "expected_time_to_find_s" in said:
        lines.append(
            f"found after {said['expected_time_to_find_s'] / 60.0:.1f} min on average, "
            f"{said['probability_flown']:.1%} of the probability is flown over"
        )
    return lines
