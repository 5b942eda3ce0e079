"""Places that the predicted flight never comes to an end with: flown past, or out of reach.

PX4 goes on to the next item only when it is within the acceptance radius and, at that moment,
within NAV_MC_ALT_RAD of the height. Where it leaves the radius before both were true it follows the
line of the leg beyond its end (PositionSmoothing.cpp, `_isTurning` and `_getL1Point`, after v1.17):
for good where its height can follow the line, down to the ground where that leads down; back on a
circle where it cannot. So it does on a leg steeper than it may climb or descend, and where the way
goes on at another height: its height then swings about the place's, and by which part of a swing it
comes is chance (`px4_flight.kernels.swings`). Of seven missions at random with such a place PX4
v1.17 (SIH) flew three into the ground, one away, three back to it on a circle: `docs/checks.md`.
"""

import math

from missions.checks.finding import Finding, error, warning
from missions.geodesy import GeoPoint, LocalPlane
from missions.plan import Plan
from missions.plan_time import predict_flight
from missions.px4_flight.unreached import Unreached, Why
from missions.vehicle import Vehicle
from missions.wind import CALM, Wind

PAST = "waypoint-passed-by"
NEVER = "item-never-reached"
STEEP_M = 0.5
# Slower than this PX4 came to its heights before it left the radius, but on steep legs.
SLOWEST_M_S = 4.0
STEEP_SHARE = 0.8
# A circle back that leads no further beyond what it is accepted within is a mere overshoot.
OVERSHOOT_M = 10.0
PROPOSALS = {
    Why.NO_NUMBER: "give it a speed, a height and a stay that are numbers",
    Why.TOO_FAR: "correct its place, or split the task",
    Why.WIND: "wait for less wind, or take another vehicle",
    Why.UNKNOWN: "move it, or leave it out",
}
# What is said of an item that is flown to more than once: the last of these.
WORSE = (Why.MAY_CIRCLE, Why.MAY_BE_PAST, Why.PAST, *PROPOSALS)


def never_reached_findings(plan: Plan, vehicle: Vehicle, wind: Wind = CALM) -> list[Finding]:
    """Every item that is never reached, or may not be, each once; in a wind only what is so in it
    and not in still air."""
    found = {one.item: _finding(one, plan, vehicle) for one in worst_last(plan, vehicle, wind)}
    if wind.speed_m_s > 0.0:
        known = {one.item for one in worst_last(plan, vehicle, CALM)}
        return [finding for item, finding in found.items() if item not in known]
    return list(found.values())


def worst_last(plan: Plan, vehicle: Vehicle, wind: Wind) -> list[Unreached]:
    """What is never reached, or may not be and then leads far about; the worst last."""
    flight = predict_flight(plan, vehicle, wind)
    if flight is None:
        return []
    told = (one for one in flight.unreached if one.never or _may_matter(one, vehicle))
    return sorted(told, key=lambda one: WORSE.index(one.why))


def _may_matter(one: Unreached, vehicle: Vehicle) -> bool:
    """Whether it comes so fast, or by so steep a leg, that its height may be late, and then flies
    on or far about."""
    rate = vehicle.descent_speed_m_s if one.drop_m > 0.0 else vehicle.climb_speed_m_s
    steep = abs(one.drop_m) * one.speed_m_s > STEEP_SHARE * rate * one.leg_m
    far = one.why is not Why.MAY_CIRCLE or one.far_m > one.radius_m + OVERSHOOT_M
    return far and (one.speed_m_s > SLOWEST_M_S or steep)


def _finding(one: Unreached, plan: Plan, vehicle: Vehicle) -> Finding:
    name, place = f"item {one.item + 1}", _place(one, plan)
    off = _off(one, vehicle)
    proposal = _proposal(one, vehicle)
    if one.why is Why.PAST:
        said = f"{name} is flown past and never reached: {off}{_why_off(one)}"
        return error(PAST, said, proposal, item=one.item, place=place)
    if one.why is Why.MAY_BE_PAST:
        said = f"{name} may be flown past and never reached, by chance: {off}{_why_off(one)}"
        return error(PAST, said, proposal, item=one.item, place=place)
    if one.why is Why.MAY_CIRCLE:
        said = f"{name} may be flown past, and come back to from {one.far_m:.0f} m off: {off}"
        return warning(PAST, said, proposal, item=one.item, place=place)
    said = f"{name} is never reached, the flight has no end: {one.why.value}"
    return error(NEVER, said, PROPOSALS[one.why], item=one.item, place=place)


def _off(one: Unreached, vehicle: Vehicle) -> str:
    """How it is left, and what the leg asks of the vehicle."""
    high = "high" if one.above_m > 0.0 else "low"
    left = (
        f"it is accepted within {one.radius_m:g} m of its place and "
        f"{vehicle.px4.nav_mc_alt_rad_m:g} m of its height, and left {abs(one.above_m):.1f} m too "
        f"{high}"
    )
    if not (math.isfinite(one.leg_m) and abs(one.drop_m) > STEEP_M):
        return left
    goes, rate = ("down", vehicle.descent_speed_m_s) if one.drop_m > 0.0 else _up(vehicle)
    return (
        f"{left}; the leg goes {goes} {abs(one.drop_m):.0f} m in {one.leg_m:.0f} m at "
        f"{one.speed_m_s:.1f} m/s, {rate:g} m/s of that {goes}"
    )


def _up(vehicle: Vehicle) -> tuple[str, float]:
    return "up", vehicle.climb_speed_m_s


def _why_off(one: Unreached) -> str:
    if not math.isfinite(one.drop_m):
        return ""
    ends = ", down to the ground" if one.drop_m > STEEP_M else ""
    return f"; PX4 then flies on along its line{ends}"


def _proposal(one: Unreached, vehicle: Vehicle) -> str:
    said = "hold there for a second, accept it within a radius to stop in"
    slow = slow_enough_m_s(one, vehicle)
    return said if slow is None else f"{said}, or fly the leg at {slow:g} m/s"


def slow_enough_m_s(one: Unreached, vehicle: Vehicle) -> float | None:
    """A speed at which the height is reached well before the place; None where none is."""
    if not (one.leg_m > 1.0 and abs(one.drop_m) > STEEP_M):
        return None
    rate = vehicle.descent_speed_m_s if one.drop_m > 0.0 else vehicle.climb_speed_m_s
    # A quarter of the time is for speeding up, downwards too, and for the swing about the height.
    speed = math.floor(7.5 * rate * one.leg_m / abs(one.drop_m)) / 10.0
    return speed if 0.5 <= speed < one.speed_m_s else None


def _place(one: Unreached, plan: Plan) -> GeoPoint | None:
    if one.why not in PROPOSALS:
        item = plan.items[one.item]
        if item.has_position:
            return _geo(item.latitude_deg, item.longitude_deg)
    if plan.home is None or not all(map(math.isfinite, one.en)):
        return None
    return LocalPlane(plan.home.position).geo(*one.en)


def _geo(latitude_deg: float, longitude_deg: float) -> GeoPoint | None:
    try:
        return GeoPoint(latitude_deg=latitude_deg, longitude_deg=longitude_deg)
    except ValueError:
        return None
