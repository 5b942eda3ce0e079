"""Whom to ask first whether it takes a track over: who can be there soonest and has the battery."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from ground_station.hub.vehicles_port import VehicleView
from missions.geodesy import GeoPoint, distance_m

# PX4's MPC_XY_CRUISE as it comes; who flies faster does so to every place.
CRUISE_M_S = 5.0
# What a drone should have left on arrival, so that it can stay and still come home; its flight time
# from full to empty, where nothing better is known.
LEFT_ON_ARRIVAL, ENDURANCE_S = 0.35, 1500.0


class Fitness(IntEnum):
    """Who is asked first; within each the soonest."""

    FIT = 0
    LOW = 1
    ON_GROUND = 2
    NOBODY_KNOWS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A drone as the hub knows it; None is 'not known here'. `battery` is a share of the full."""

    drone_id: str
    place: GeoPoint | None = None
    battery: float | None = None
    on_ground: bool | None = None


def candidates(
    vehicles: Iterable[VehicleView], views: Iterable[dict[str, Any]]
) -> dict[str, Candidate]:
    """Every drone that tells where it is: by its own link, else by what its camera says."""
    known = {
        each["drone_id"]: Candidate(drone_id=each["drone_id"], place=_point(each)) for each in views
    }
    for each in vehicles:
        before = known.get(each.drone_id)
        place = None if before is None else before.place
        if each.linked and each.latitude_deg is not None and each.longitude_deg is not None:
            place = GeoPoint(latitude_deg=each.latitude_deg, longitude_deg=each.longitude_deg)
        known[each.drone_id] = Candidate(
            drone_id=each.drone_id,
            place=place,
            battery=each.battery_remaining,
            on_ground=each.landed,
        )
    return known


def nearest_first(
    drone_ids: Iterable[str], known: dict[str, Candidate], there: GeoPoint
) -> Sequence[str]:
    """The drones in the order in which they are asked; the same knowledge, the same order."""
    ranked = [_rank(known.get(each) or Candidate(drone_id=each), there) for each in drone_ids]
    return [drone_id for _, _, drone_id in sorted(ranked)]


def _rank(candidate: Candidate, there: GeoPoint) -> tuple[Fitness, float, str]:
    if candidate.place is None:
        return Fitness.NOBODY_KNOWS, 0.0, candidate.drone_id
    there_s = distance_m(candidate.place, there) / CRUISE_M_S
    return _fitness(candidate, there_s), there_s, candidate.drone_id


def _fitness(candidate: Candidate, there_s: float) -> Fitness:
    if candidate.on_ground:
        return Fitness.ON_GROUND
    battery = candidate.battery
    if battery is not None and battery - there_s / ENDURANCE_S < LEFT_ON_ARRIVAL:
        return Fitness.LOW
    return Fitness.FIT


def _point(view: dict[str, Any]) -> GeoPoint:
    return GeoPoint(latitude_deg=view["latitude_deg"], longitude_deg=view["longitude_deg"])
