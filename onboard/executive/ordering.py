"""From an order of the chart to the errand that carries it out on this vehicle, now."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from onboard.executive.actions import Left
from onboard.executive.chart import Order, State
from onboard.executive.errand import Errand
from onboard.executive.reaction import Planned
from onboard.executive.situation import Situation, same_circle
from onboard.mavlink.command import CommandPlace, CommandSender
from onboard.mavlink.flight_orders import FlightOrders
from onboard.mavlink.mission_leg import metres_between
from onboard.mavlink.px4_modes import Px4Mode

SETTLES_S, MODE_S = 20.0, 8.0
SLOW_M_S, SLOW_CLIMB_M_S = 2.0, 0.5
RESTS_M_S = 0.7
ARRIVED_M, ARRIVED_HEIGHT_M = 2.0, 1.0
ON_CIRCLE_M = 6.0
# A mode is asked for anew where it was not answered or not seen.
MISSION_ROUNDS, HOME_ROUNDS = 2, 3
RETURNING = frozenset((Px4Mode.RTL, Px4Mode.LAND, Px4Mode.PRECISION_LAND))


class Ordering:
    """One vehicle's; every errand looks at the same `situation`."""

    def __init__(self, orders: FlightOrders, situation: Situation, *, follow_m_s: float) -> None:
        self._orders = orders
        self._situation = situation
        self._follow_m_s = follow_m_s

    def errand(self, order: Order, plan: Planned | None, left: Left | None) -> Errand | None:
        """The errand of an order; None where there is nothing to do."""
        match order:
            case Order.STOP:
                return self._stop()
            case Order.LOWER if plan is not None and self._situation.place is not None:
                low = replace(self._situation.place, height_amsl_m=plan.height_amsl_m)
                return self._fly_to(low)
            case Order.ORBIT if plan is not None:
                return self._orbit(plan)
            case Order.FOLLOW if plan is not None:
                return self._heard(self._orbit_order(plan), plan.centre, Px4Mode.ORBIT)
            case Order.TRAIL if plan is not None:
                fly = partial(self._orders.fly_to, speed_m_s=self._follow_m_s)
                return self._heard(fly, plan.stand, Px4Mode.HOLD)
            case Order.BACK:
                place = None if left is None else left.place
                return None if place is None else self._fly_to(place)
            case Order.MISSION:
                return self._mission(left)
            case Order.HOME:
                return self._home()
        return None

    def bound_for(
        self, state: State, plan: Planned | None, left: Left | None
    ) -> CommandPlace | None:
        """Where the vehicle goes, or what it circles, in a state; None: nothing can be said."""
        match state:
            case State.LOOKING | State.LOWERING:
                return self._situation.place
            case State.CIRCLING | State.ORBITING | State.FOLLOWING:
                return None if plan is None else plan.centre
            case State.TRAILING:
                return None if plan is None else plan.stand
            case State.COMING_BACK:
                return None if left is None else left.place
        return None

    def _stop(self) -> Errand:
        return Errand(partial(self._mode, Px4Mode.HOLD), self._rests, limit_s=SETTLES_S)

    def _rests(self) -> bool:
        slow = self._situation.ground_speed_m_s < RESTS_M_S
        return slow and self._situation.mode is Px4Mode.HOLD

    def _fly_to(self, place: CommandPlace) -> Errand:
        order = partial(self._one, self._orders.fly_to, place)
        return Errand(order, partial(self._arrived, place), limit_s=self._way_s(place))

    def _arrived(self, place: CommandPlace) -> bool:
        here = self._situation.place
        return (
            here is not None
            and self._rests()
            and metres_between(here, place) < ARRIVED_M
            and abs(here.height_amsl_m - place.height_amsl_m) < ARRIVED_HEIGHT_M
        )

    def _orbit(self, plan: Planned) -> Errand:
        radius_m = plan.reaction.radius_m
        order = partial(self._one, self._orbit_order(plan), plan.centre)
        limit_s = self._way_s(plan.centre) + radius_m / SLOW_M_S
        return Errand(order, partial(self._circles, plan.centre, radius_m), limit_s=limit_s)

    def _orbit_order(self, plan: Planned) -> Callable[[CommandPlace], CommandSender]:
        its = plan.reaction
        return partial(self._orders.orbit, radius_m=its.radius_m, speed_m_s=its.speed_m_s)

    def _heard(
        self, make: Callable[[CommandPlace], CommandSender], place: CommandPlace, mode: Px4Mode
    ) -> Errand:
        """Done as soon as the vehicle has it: the object will be elsewhere when it is there."""
        seen = partial(self._is_in, frozenset((mode,)))
        return Errand(partial(self._one, make, place), seen, limit_s=MODE_S, answered=True)

    def _circles(self, centre: CommandPlace, radius_m: float) -> bool:
        here, circle = self._situation.place, self._situation.circle
        if here is None or self._situation.mode is not Px4Mode.ORBIT:
            return False
        off_m = abs(metres_between(here, centre) - radius_m)
        high_m = abs(here.height_amsl_m - centre.height_amsl_m)
        same = circle is None or same_circle(circle.radius_m, radius_m)
        return same and off_m < ON_CIRCLE_M and high_m < ON_CIRCLE_M

    def _mission(self, left: Left | None) -> Errand:
        order = partial(self._mission_from, left)
        seen = partial(self._is_in, frozenset((Px4Mode.MISSION,)))
        return Errand(order, seen, limit_s=MODE_S, rounds=MISSION_ROUNDS)

    def _mission_from(self, left: Left | None) -> list[CommandSender]:
        now, mode = self._situation, self._mode(Px4Mode.MISSION)
        if left is None or left.mission_hash != now.mission_hash or left.item == now.item:
            return mode
        return [self._orders.mission_item(left.item), *mode]

    def _home(self) -> Errand:
        order, seen = partial(self._mode, Px4Mode.RTL), partial(self._is_in, RETURNING)
        return Errand(order, seen, limit_s=MODE_S, rounds=HOME_ROUNDS)

    def _is_in(self, modes: frozenset[Px4Mode]) -> bool:
        return self._situation.mode in modes

    def _mode(self, mode: Px4Mode) -> list[CommandSender]:
        return [self._orders.mode(mode)]

    def _one(
        self, make: Callable[[CommandPlace], CommandSender], place: CommandPlace
    ) -> list[CommandSender]:
        return [make(place)]

    def _way_s(self, place: CommandPlace) -> float:
        """By when it must be there, slow as it may be."""
        here = self._situation.place
        if here is None:
            return SETTLES_S
        climb_s = abs(here.height_amsl_m - place.height_amsl_m) / SLOW_CLIMB_M_S
        return SETTLES_S + metres_between(here, place) / SLOW_M_S + climb_s
