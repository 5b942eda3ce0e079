"""Sorties by what a plan is held against: its vehicle, its wind, what must not be flown over."""

import math

import numpy as np

from missions.checks.around.endurance import ROUNDED, Battery, most_needed
from missions.checks.mend.room import CLEARANCES_M, Room
from missions.checks.mend.situation import Situation
from missions.checks.places import place_of_item
from missions.checks.px4_profile import FLOWN_TO
from missions.checks.surroundings import Surroundings, track_in
from missions.geodesy import GeoPoint, LocalPlane
from missions.plan import Command, Plan
from missions.plan_time import plan_time_s
from missions.sorties.forecast import FAR_TOO_LONG, Flown, flown
from missions.sorties.split import ENDS, Lasts, Sorties, WayRound, split
from missions.vehicle import Vehicle
from missions.wind import Wind

# What says that one battery is not enough.
TOO_LONG = frozenset(("point-of-no-return", "endurance"))
# PX4's NAV_ACC_RAD: a corner is cut by no more than the radius in which it is accepted.
ACCEPTED_M = 10.0


def split_by_battery(plan: Plan, situation: Situation) -> Sorties:
    """The sorties of a plan, the reserve kept in each and on its way home from everywhere.

    Raises:
        Failed: it cannot be split.
    """
    wind = (situation.surroundings or Surroundings()).wind

    def takes_s(one: Plan) -> float:
        return plan_time_s(one, situation.vehicle, wind)

    def whole(one: Plan) -> Flown | None:
        return flown(one, situation.vehicle, wind)

    return split(plan, _lasts(situation), _way_round(plan, situation), takes_s, whole)


def _lasts(situation: Situation) -> Lasts:
    around = situation.surroundings or Surroundings()
    vehicle = situation.vehicle
    usable = Battery(vehicle=vehicle).usable

    def lasts(plan: Plan) -> bool:
        if at_least_s(plan, vehicle, around.wind) > FAR_TOO_LONG * vehicle.endurance_s:
            return False
        track = track_in(plan, vehicle, around, situation.terrain)
        if track is None or track.endless or track.duration_s > vehicle.endurance_s:
            return track is None
        height_m = around.return_height_m
        needed = most_needed(track, vehicle, around.wind, return_height_m=height_m)
        return needed <= (1.0 - ROUNDED) * usable

    return lasts


def at_least_s(plan: Plan, vehicle: Vehicle, wind: Wind) -> float:
    """A time that the straight legs take at least; 0 where jumps may leave some out."""
    if any(item.command == Command.DO_JUMP for item in plan.items):
        return 0.0
    fastest, spare_m = vehicle.cruise_speed_m_s, 0.0
    places: list[tuple[float, float]] = []
    for item in plan.items:
        if item.command in ENDS:
            break
        if item.command == Command.DO_CHANGE_SPEED and math.isfinite(item.params[1]):
            fastest = max(fastest, item.params[1])
        place = place_of_item(item) if item.command in FLOWN_TO else None
        if place is not None:
            places.append((place.latitude_deg, place.longitude_deg))
            radius_m = item.params[1] if math.isfinite(item.params[1]) else 0.0
            spare_m += 2.0 * max(ACCEPTED_M, radius_m)
    if plan.home is None or len(places) < 2:
        return 0.0
    spots = LocalPlane(plan.home.position).en_from_geo(*np.array(places).T)
    metres = float(np.hypot(*np.diff(spots, axis=0).T).sum()) - spare_m
    return metres / (fastest + wind.speed_m_s)


def _way_round(plan: Plan, situation: Situation) -> WayRound:
    room = Room(plan, situation)
    known: dict[tuple[GeoPoint, GeoPoint], tuple[GeoPoint, ...]] = {}
    # What cannot turn on the spot turns onto the next leg within its radius of a way.
    wide = (situation.vehicle.turn_radius_m + one for one in CLEARANCES_M)
    clearances = (*wide, *CLEARANCES_M) if situation.vehicle.winged else CLEARANCES_M

    def between(a: GeoPoint, b: GeoPoint) -> tuple[GeoPoint, ...]:
        if (a, b) not in known:
            ways = (room.way(a, b, clearance) for clearance in clearances)
            way = next((one for one in ways if one is not None), ()) if room.crosses(a, b) else ()
            known[a, b] = way
        return known[a, b]

    return between
