"""What is to be done about an event, and whether it may be: planned from values, said why not."""

import math
from dataclasses import dataclass, field, replace
from itertools import pairwise

from onboard.executive.bounds import Bounds, Flight
from onboard.executive.energy import Reserve
from onboard.executive.refusal import Refusal, Why
from onboard.executive.situation import Situation
from onboard.executive.tasking import Reaction, Tasking
from onboard.mavlink.command import CommandPlace
from onboard.mavlink.mission_leg import EARTH_RADIUS_M, metres_between
from onboard.messages import EventKind, ObjectClass

# PX4 brakes with MPC_ACC_HOR or less and a jerk limit: 4.6 m/s stop within 7 m, 10 m/s within 26.
BRAKING_M_S2 = 2.0
BRAKING_S = 0.5
SLOW_M_S = 3.0

Matrix = tuple[tuple[float, float], tuple[float, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Noticed:
    """An event: `place` is on the ground, `covariance_m2` (2, 2) of its east and north."""

    event_id: str
    kind: EventKind
    object_class: ObjectClass
    certainty: float
    place: CommandPlace
    covariance_m2: Matrix
    velocity_en_m_s: tuple[float, float] = (0.0, 0.0)
    track_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighted:
    """Where a followed object is now; `place` is on the ground."""

    track_id: int
    place: CommandPlace
    covariance_m2: Matrix
    velocity_en_m_s: tuple[float, float] = (0.0, 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A reaction that may be made: `height_amsl_m` is that at which it is flown."""

    noticed: Noticed
    reaction: Reaction
    height_amsl_m: float

    @property
    def centre(self) -> CommandPlace:
        """The event's place at the height at which it is circled."""
        return replace(self.noticed.place, height_amsl_m=self.height_amsl_m)


@dataclass(slots=True)
class Spent:
    """What this flight's reactions have come to: seconds, and what was reacted to when."""

    seconds: float = 0.0
    reacted: list[tuple[float, Noticed]] = field(default_factory=list)

    def book(self, noticed: Noticed, reaction: Reaction, now_s: float) -> None:
        """A reaction begins; its whole time is spent whatever becomes of it."""
        self.seconds += reaction.seconds
        self.reacted.append((now_s, noticed))

    def lately(self, noticed: Noticed, tasking: Tasking, now_s: float) -> bool:
        """Whether the same track or place was reacted to a while ago."""
        limits = tasking.limits
        return any(
            now_s - at_s < limits.again_after_s
            and (
                set(before.track_ids) & set(noticed.track_ids)
                or before.event_id == noticed.event_id
                or metres_between(before.place, noticed.place) < limits.same_place_m
            )
            for at_s, before in self.reacted
        )


def tasked(
    noticed: Noticed, tasking: Tasking, spent: Spent, *, alone: bool, now_s: float
) -> Reaction | Refusal:
    """The reaction that the tasking allows to an event, or why it allows none."""
    reaction = tasking.reactions.get(noticed.kind)
    if reaction is None:
        return Refusal(why=Why.NOT_TASKED)
    if noticed.certainty < reaction.least_certainty:
        return Refusal(why=Why.UNCERTAIN, about={"certainty": 100.0 * noticed.certainty})
    if reaction.classes is not None and noticed.object_class not in reaction.classes:
        return Refusal(why=Why.OTHER_CLASS, about={"object": noticed.object_class.value})
    if alone and not reaction.alone:
        return Refusal(why=Why.ALONE)
    if spent.lately(noticed, tasking, now_s):
        return Refusal(why=Why.AGAIN)
    if spent.seconds + reaction.seconds > tasking.limits.seconds_a_flight:
        return Refusal(why=Why.SPENT, about={"seconds": tasking.limits.seconds_a_flight})
    return reaction


def planned(
    noticed: Noticed,
    reaction: Reaction,
    situation: Situation,
    bounds: Bounds | None,
    reserve: Reserve,
    back: CommandPlace | None,
) -> Planned | Refusal:
    """The reaction as it would be flown from here and back to the leg, or why it may not be."""
    place, home = situation.place, situation.home
    if place is None or home is None or situation.remaining is None or bounds is None:
        return Refusal(why=Why.UNKNOWN)
    height_m = place.height_amsl_m
    if reaction.height_m is not None and reaction.do != "look":
        height_m = home.height_amsl_m + reaction.height_m
    plan = Planned(noticed=noticed, reaction=reaction, height_amsl_m=height_m)
    flight = _flight(plan, situation, place, back)
    refusal = bounds.refuses(flight)
    if refusal is not None:
        return refusal
    needed = _needed(plan, flight, home, reserve)
    if situation.remaining < needed:
        about: dict[str, str | float] = {
            "left": 100.0 * situation.remaining,
            "needed": 100.0 * needed,
        }
        return Refusal(why=Why.BATTERY, about=about)
    return plan


def _flight(
    plan: Planned, situation: Situation, place: CommandPlace, back: CommandPlace | None
) -> Flight:
    stop = _stops_at(place, situation)
    way = Flight(
        start=place,
        ways=(stop,) if back is None else (stop, back),
        ground_amsl_m=plan.noticed.place.height_amsl_m,
    )
    match plan.reaction.do:
        case "orbit":
            return replace(way, target=plan.centre, radius_m=plan.reaction.radius_m)
        case "descend":
            return replace(way, target=replace(stop, height_amsl_m=plan.height_amsl_m))
        case _:
            return way


def _stops_at(place: CommandPlace, situation: Situation) -> CommandPlace:
    """Where it comes to rest from the speed that it has."""
    speed = situation.ground_speed_m_s
    far_s = BRAKING_S + speed / (2.0 * BRAKING_M_S2)
    east_m, north_m = (each * far_s for each in situation.velocity_en_m_s)
    return moved(place, east_m, north_m)


def moved(place: CommandPlace, east_m: float, north_m: float) -> CommandPlace:
    """A place some metres beside another."""
    narrow = max(1e-6, math.cos(math.radians(place.latitude_deg)))
    return replace(
        place,
        latitude_deg=place.latitude_deg + math.degrees(north_m / EARTH_RADIUS_M),
        longitude_deg=place.longitude_deg + math.degrees(east_m / (EARTH_RADIUS_M * narrow)),
    )


def _needed(plan: Planned, flight: Flight, home: CommandPlace, reserve: Reserve) -> float:
    """The share that it costs with the way home from its farthest place."""
    places = flight.places
    way_m = sum(metres_between(a, b) for a, b in pairwise(places))
    climb_m = 2.0 * abs(plan.height_amsl_m - flight.start.height_amsl_m)
    first_s = plan.reaction.seconds + (way_m + 2.0 * flight.radius_m) / SLOW_M_S + climb_m
    return max(reserve.needed(each, home, first_s=first_s) for each in places)
