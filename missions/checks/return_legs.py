"""The legs of PX4's return, with heights above sea level, by the way that RTL_TYPE has it go."""

from collections.abc import Callable
from dataclasses import dataclass

from missions.geodesy import GeoPoint, distance_m
from missions.heights import HeightAmsl
from missions.plan import Plan
from missions.px4_flight.parameters import Px4Parameters
from missions.px4_flight.returns import LANDINGS, By, ReturnRoute, item_place, return_route

# Where a return turns, and how high it is there.
Turn = tuple[GeoPoint, HeightAmsl]


@dataclass(frozen=True, slots=True, kw_only=True)
class Returns:
    """The returns of one plan; `height_of` an item is None where nobody knows it.

    `px4.rtl_return_alt_m` is above the place that it returns to; what flies upright may return
    lower from near by (the cone of RTL_CONE_ANG), what is on wings, a VTOL too, may not (PX4's
    `RTL::computeReturnAltitude`).
    """

    plan: Plan
    home: HeightAmsl
    px4: Px4Parameters
    winged: bool
    height_of: Callable[[int], HeightAmsl | None]

    def turns(self, at: GeoPoint, height: HeightAmsl, item: int) -> list[Turn]:
        """Every turn of a return that begins at a place while an item is current.

        The first is where it begins, as high as it climbs there; the last is where it lands, and it
        comes there level. Nothing but the first where it lands on the spot.
        """
        route = return_route(self.plan, self.px4.rtl_type, at, item)
        if route is None:
            return [(at, height)]
        up = height
        if route.climbs:
            up = self._climbed(at, height, route)
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

    def _climbed(self, at: GeoPoint, height: HeightAmsl, route: ReturnRoute) -> HeightAmsl:
        ground_m = self._ground_m(route)
        above_m = height.m - ground_m
        if self.winged:
            return HeightAmsl(ground_m + max(above_m, self.px4.rtl_return_alt_m))
        away_m = distance_m(at, route.place)
        up_m = self.px4.return_height_m(distance_m=away_m, height_m=above_m)
        return HeightAmsl(ground_m + up_m)

    def _ground_m(self, route: ReturnRoute) -> float:
        """PX4 takes a rally point's height, and a landing's, for that of the ground there."""
        rally = (p.height.m for p in self.plan.rally if p.position == route.place)
        return self.home.m + (next(rally, 0.0) if route.by is By.DIRECT else 0.0)
