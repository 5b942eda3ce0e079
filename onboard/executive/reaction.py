"""What is to be done about an event, and whether it may be: planned from values, said why not."""

from dataclasses import dataclass, field, replace
from itertools import pairwise

from onboard.executive.bounds import Bounds, Flight
from onboard.executive.energy import Reserve
from onboard.executive.noticed import Noticed, moved
from onboard.executive.refusal import Refusal, Why
from onboard.executive.situation import Situation
from onboard.executive.tasking import Reaction, Tasking
from onboard.mavlink.command import CommandPlace
from onboard.mavlink.mission_leg import metres_between

# PX4 brakes with MPC_ACC_HOR or less and a jerk limit: 4.6 m/s stop within 7 m, 10 m/s within 26.
BRAKING_M_S2 = 2.0
BRAKING_S = 0.5
SLOW_M_S = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A reaction that may be made: `height_amsl_m` is that at which it is flown.

    `place` is where the object is taken to be, on the ground; `beside_en_m` is from there to where
    the vehicle keeps while it flies along with it.
    """

    noticed: Noticed
    reaction: Reaction
    height_amsl_m: float
    place: CommandPlace
    beside_en_m: tuple[float, float] = (0.0, 0.0)

    @property
    def centre(self) -> CommandPlace:
        """The object's place at the height at which it is circled."""
        return replace(self.place, height_amsl_m=self.height_amsl_m)

    @property
    def stand(self) -> CommandPlace:
        """Where the vehicle keeps while it flies along."""
        return moved(self.centre, *self.beside_en_m)


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
    plan = Planned(noticed=noticed, reaction=reaction, height_amsl_m=height_m, place=noticed.place)
    flight = _flight(plan, situation, place, back)
    refusal = bounds.refuses(flight)
    if refusal is not None:
        return refusal
    return _too_costly(plan, flight, situation, reserve, reaction.seconds) or plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How an object is followed: the patrol was left at `began_at`, it is flown back to `back`;
    for `left_s` more, on a circle or (not `circles`) beside it."""

    began_at: CommandPlace | None
    back: CommandPlace | None
    left_s: float
    circles: bool


def refuses_to_follow(
    plan: Planned, way: Way, situation: Situation, bounds: Bounds | None, reserve: Reserve
) -> Refusal | None:
    """Why the vehicle may not go to where the object of `plan` is by now; None where it may."""
    here = situation.place
    if here is None or bounds is None or way.began_at is None:
        return Refusal(why=Why.UNKNOWN)
    flight = Flight(
        start=way.began_at,
        ways=(here,) if way.back is None else (here, way.back),
        ground_amsl_m=plan.place.height_amsl_m,
    )
    if way.circles:
        flight = replace(flight, target=plan.centre, radius_m=plan.reaction.radius_m)
    elif plan.reaction.do == "look":
        flight = replace(flight, ways=(*flight.ways, plan.stand))
    else:
        flight = replace(flight, target=plan.stand)
    refusal = bounds.refuses(flight)
    return refusal or _too_costly(plan, flight, situation, reserve, way.left_s)


def _flight(
    plan: Planned, situation: Situation, place: CommandPlace, back: CommandPlace | None
) -> Flight:
    stop = _stops_at(place, situation)
    way = Flight(
        start=place,
        ways=(stop,) if back is None else (stop, back),
        ground_amsl_m=plan.place.height_amsl_m,
    )
    match plan.reaction.do:
        case "orbit":
            return replace(way, target=plan.centre, radius_m=plan.reaction.radius_m)
        case "descend":
            return replace(way, target=replace(stop, height_amsl_m=plan.height_amsl_m))
        case _:
            return way


def braking_s(speed_m_s: float) -> float:
    """By how long at this speed the place lies ahead where the vehicle comes to rest."""
    return BRAKING_S + speed_m_s / (2.0 * BRAKING_M_S2)


def _stops_at(place: CommandPlace, situation: Situation) -> CommandPlace:
    far_s = braking_s(situation.ground_speed_m_s)
    east_m, north_m = (each * far_s for each in situation.velocity_en_m_s)
    return moved(place, east_m, north_m)


def _too_costly(
    plan: Planned, flight: Flight, situation: Situation, reserve: Reserve, seconds: float
) -> Refusal | None:
    """That the battery does not last for `seconds` of it and the way home."""
    if situation.home is None or situation.remaining is None:
        return Refusal(why=Why.UNKNOWN)
    needed = _needed(plan, flight, situation.home, reserve, seconds)
    if situation.remaining >= needed:
        return None
    about: dict[str, str | float] = {
        "left": 100.0 * situation.remaining,
        "needed": 100.0 * needed,
    }
    return Refusal(why=Why.BATTERY, about=about)


def _needed(
    plan: Planned, flight: Flight, home: CommandPlace, reserve: Reserve, seconds: float
) -> float:
    """The share that it costs with the way home from its farthest place."""
    places = flight.places
    way_m = sum(metres_between(a, b) for a, b in pairwise(places))
    climb_m = 2.0 * abs(plan.height_amsl_m - flight.start.height_amsl_m)
    first_s = seconds + (way_m + 2.0 * flight.radius_m) / SLOW_M_S + climb_m
    return max(reserve.needed(each, home, first_s=first_s) for each in places)
