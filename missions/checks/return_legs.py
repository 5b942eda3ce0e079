"""The legs of PX4's return, with heights above sea level, by the way that RTL_TYPE has it go."""

from collections.abc import Callable
from dataclasses import dataclass

from missions.geodesy import GeoPoint
from missions.heights import HeightAmsl
from missions.plan import Plan
from missions.px4_flight.returns import LANDINGS, By, ReturnRoute, item_place, return_route

# Where a return turns, and how high it is there.
Turn = tuple[GeoPoint, HeightAmsl]


@dataclass(frozen=True, slots=True, kw_only=True)
class Returns:
    """The returns of one plan; `height_of` an item is None where nobody knows it.

    `return_height_m` is RTL_RETURN_ALT, above the place that it returns to.
    """

    plan: Plan
    home: HeightAmsl
    rtl_type: int
    return_height_m: float
    height_of: Callable[[int], HeightAmsl | None]

    def turns(self, at: GeoPoint, height: HeightAmsl, item: int) -> list[Turn]:
        """Every turn of a return that begins at a place while an item is current.

        The first is where it begins, as high as it climbs there; the last is where it lands, and it
        comes there level. Nothing but the first where it lands on the spot.
        """
        route = return_route(self.plan, self.rtl_type, at, item)
        if route is None:
            return [(at, height)]
        up = height
        if route.climbs:
            up = max(height, HeightAmsl(self._ground_m(route) + self.return_height_m))
        found = [(at, up)]
        for index in route.items:
            place = item_place(self.plan.items[index])
            if place is None:
                continue
            own = None if self.plan.items[index].command in LANDINGS else self.height_of(index)
            up = own or up
            found.append((place, up))
        if route.by in (By.DIRECT, By.BACKWARD):
            found.append((route.place, up))
        return found

    def _ground_m(self, route: ReturnRoute) -> float:
        """PX4 takes a rally point's height, and a landing's, for that of the ground there."""
        rally = (p.height.m for p in self.plan.rally if p.position == route.place)
        return self.home.m + (next(rally, 0.0) if route.by is By.DIRECT else 0.0)
