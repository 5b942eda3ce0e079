"""Sorties by what a plan is held against: its vehicle, its wind, what must not be flown over."""

from missions.checks.around.endurance import Battery, moments
from missions.checks.mend.room import CLEARANCES_M, Room
from missions.checks.mend.situation import Situation
from missions.checks.surroundings import Surroundings, track_in
from missions.geodesy import GeoPoint
from missions.plan import Plan
from missions.sorties.split import Lasts, Sorties, WayRound, split

# What says that one battery is not enough.
TOO_LONG = frozenset(("point-of-no-return", "endurance"))


def split_by_battery(plan: Plan, situation: Situation) -> Sorties:
    """The sorties of a plan, the reserve kept in each and on its way home from everywhere.

    Raises:
        Failed: it cannot be split.
    """
    return split(plan, _lasts(situation), _way_round(plan, situation))


def _lasts(situation: Situation) -> Lasts:
    around = situation.surroundings or Surroundings()
    vehicle = situation.vehicle
    usable = Battery(vehicle=vehicle).usable

    def lasts(plan: Plan) -> bool:
        track = track_in(plan, vehicle, around, situation.terrain)
        if track is None or track.endless or track.duration_s > vehicle.endurance_s:
            return track is None
        height_m = around.return_height_m
        samples = moments(track, vehicle, around.wind, return_height_m=height_m)
        return all(one.needed <= usable for one in samples)

    return lasts


def _way_round(plan: Plan, situation: Situation) -> WayRound:
    room = Room(plan, situation)
    known: dict[tuple[GeoPoint, GeoPoint], tuple[GeoPoint, ...]] = {}

    def between(a: GeoPoint, b: GeoPoint) -> tuple[GeoPoint, ...]:
        if (a, b) not in known:
            ways = (room.way(a, b, clearance) for clearance in CLEARANCES_M)
            way = next((one for one in ways if one is not None), ()) if room.crosses(a, b) else ()
            known[a, b] = way
        return known[a, b]

    return between
