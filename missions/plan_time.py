"""How long a plan takes in the air, item by item, as PX4 flies it."""

import math
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from missions.geodesy import LocalPlane
from missions.plan import Fence, Plan
from missions.px4_flight.flight import fly_stages
from missions.px4_flight.stages import Kind, stages_of
from missions.px4_flight.unreached import Unreached, Why, unreached
from missions.vehicle import Vehicle
from missions.wind import CALM, Wind
from missions.winged_time import WingedFlight, winged_flight

Array = npt.NDArray[np.float64]

REMEMBERED = 256
# How often the way is noted of a flight that is asked for without: the next check wants it so.
NOTED_EVERY_S = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class PredictedFlight:
    """A flight as predicted; seconds count from arming, infinite behind what is never reached.

    `items` holds, in the order flown, a mission item's index and when it is done with; an item that
    is jumped back to comes again. `climbed_s` is when the take-off's climb ends, `returns_s` when
    the way home begins, `landed_s` when the vehicle stands again; `hover_s` of that it does not fly
    on wings. `track` has rows of seconds, east and north in metres on `plane` and height above
    home, about every `every_s` seconds; in a steady cruise, and on wings, only its ends.
    `unending`: the mission goes on for ever, and is followed once. `unreached` names what is never
    reached, or may not be; `asides` are ways past a place that may be missed by chance, until it
    is come back to or left for good: its item, and east, north and height. `climbs` are the
    waypoints that a wing circles at until it is at their height.
    """

    plane: LocalPlane
    items: tuple[tuple[int, float], ...]
    climbed_s: float
    returns_s: float
    landed_s: float
    hover_s: float
    track: Array
    unending: bool = False
    unreached: tuple[Unreached, ...] = ()
    asides: tuple[tuple[int, Array], ...] = ()
    climbs: frozenset[int] = frozenset()


def predict_flight(
    plan: Plan,
    vehicle: Vehicle,
    wind: Wind = CALM,
    *,
    every_s: float = math.inf,
    comes_home: bool = True,
) -> PredictedFlight | None:
    """The flight that a plan makes, None where it flies nowhere.

    A mission that ends in the air is followed by a return (RTL) unless `comes_home` is false.
    """
    # What changes nothing of the flight is left out, so that the same flight is known again.
    flown = replace(plan, complex_items=(), notes=(), fence=Fence(), made_for=None)
    known = _remembered(flown, vehicle, wind, comes_home)
    # How often the way is noted changes nothing of the flight; a wing's is noted one way only.
    every_s = math.inf if vehicle.winged else every_s
    asked_s = every_s
    if math.isinf(every_s) and not vehicle.winged:
        every_s = next(iter(known), NOTED_EVERY_S)
    if every_s not in known:
        known[every_s] = _predicted(flown, vehicle, wind, every_s, comes_home)
    flight = known[every_s]
    if flight is None or every_s == asked_s:
        return flight
    return replace(flight, track=flight.track[:1])


@lru_cache(maxsize=REMEMBERED)
def _remembered(
    _plan: Plan, _vehicle: Vehicle, _wind: Wind, _comes_home: bool
) -> dict[float, PredictedFlight | None]:
    """One flight by how often its way is noted, nothing at first: every check of a plan asks for
    it, and a fleet for each of its own again."""
    return {}


def _predicted(
    plan: Plan, vehicle: Vehicle, wind: Wind, every_s: float, comes_home: bool
) -> PredictedFlight | None:
    if vehicle.winged:
        return _on_wings(winged_flight(plan, vehicle, wind, comes_home=comes_home), wind)
    made = stages_of(plan, vehicle, comes_home=comes_home)
    if made is None:
        return None
    flown = fly_stages(made, vehicle, wind, every_s=every_s)
    begins = [0.0, *(float(end) for end in flown.ends_s)]
    returns = len(made.stages) if made.returns_from is None else made.returns_from
    track = np.column_stack((flown.track[:, [0, 2, 1]], -flown.track[:, 3]))
    track.flags.writeable = False
    return PredictedFlight(
        plane=made.plane,
        items=tuple((item, begins[count]) for item, count in made.done),
        climbed_s=begins[1] if made.stages[0].kind is Kind.RISE else 0.0,
        returns_s=begins[returns],
        landed_s=begins[-1],
        hover_s=begins[-1],
        track=track,
        unending=made.unending,
        unreached=unreached(made, flown, wind),
        asides=tuple(
            (made.stages[stage].item, ned[:, [1, 0, 2]] * (1.0, 1.0, -1.0))
            for stage, ned in flown.asides
        ),
    )


def _on_wings(flown: WingedFlight | None, wind: Wind) -> PredictedFlight | None:
    if flown is None:
        return None
    track = np.array(flown.line)
    track.flags.writeable = False
    return PredictedFlight(
        plane=flown.plane,
        items=flown.items,
        climbed_s=flown.climbed_s,
        returns_s=flown.returns_s,
        landed_s=flown.landed_s,
        hover_s=flown.hover_s,
        track=track,
        unending=flown.unending,
        unreached=_unreached_on_wings(flown, wind),
        climbs=flown.climbs,
    )


def _unreached_on_wings(flown: WingedFlight, wind: Wind) -> tuple[Unreached, ...]:
    """The first item that is never done with; the last where only the way home is not flown."""
    if math.isfinite(flown.landed_s) or not flown.items:
        return ()
    never = (item for item, at_s in flown.items if not math.isfinite(at_s))
    item = next(never, flown.items[-1][0])
    ends = (point[1:3] for point in flown.line if not math.isfinite(point[0]))
    why = Why.WIND if wind.speed_m_s > 0.0 else Why.NO_NUMBER
    return (Unreached(item=item, why=why, en=next(ends, (math.nan, math.nan))),)


def plan_time_s(plan: Plan, vehicle: Vehicle, wind: Wind = CALM) -> float:
    """Predicted seconds from arming to standing at the end, the way home counted; 0 for no flight.

    Infinite where something is never reached.
    """
    flight = predict_flight(plan, vehicle, wind)
    return 0.0 if flight is None else flight.landed_s
