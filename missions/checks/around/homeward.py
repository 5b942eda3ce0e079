"""PX4's return from anywhere of a flight: the spots it is flown by, to the ground."""

import math
from dataclasses import dataclass, field

from missions.checks.around.part import Spot
from missions.geodesy import GeoPoint, LocalPlane
from missions.plan import RELATIVE_FRAMES, Plan
from missions.px4_flight.parameters import Px4Parameters
from missions.px4_flight.returns import (
    BY_MISSION,
    LANDINGS,
    By,
    Destination,
    ReturnRoute,
    destinations,
    direct_route,
    item_place,
    return_route,
)


@dataclass(slots=True, kw_only=True)
class Homeward:
    """Returns of one plan, as RTL_TYPE has them; heights are above home.

    `home_amsl_m` is NaN where nobody knows it: heights above sea level are then passed as the
    vehicle is. `return_height_m` is RTL_RETURN_ALT.
    """

    plan: Plan
    plane: LocalPlane
    px4: Px4Parameters
    return_height_m: float
    home_amsl_m: float = math.nan
    winged: bool = False
    _chains: dict[tuple[int, ...], tuple[tuple[float, float, float | None], ...]] = field(
        default_factory=dict
    )
    _known: list[Destination] = field(init=False)
    _by_mission: dict[int, ReturnRoute | None] = field(default_factory=dict)
    _places: dict[GeoPoint, tuple[float, float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._known = destinations(self.plan, self.px4.rtl_type)

    @property
    def straight(self) -> bool:
        """Whether every return leads straight home, so that nobody need ask."""
        return self.px4.rtl_type == 0 and len(self._known) == 1

    def route(self, spot: Spot, item: int) -> ReturnRoute | None:
        """The return from a spot while an item is current; None where it lands on the spot."""
        if self.px4.rtl_type not in BY_MISSION:
            return direct_route(self.plane.geo(*spot[:2]), self._known, self.px4.rtl_type)
        if item not in self._by_mission:
            at = self.plane.geo(*spot[:2])
            self._by_mission[item] = return_route(self.plan, self.px4.rtl_type, at, item)
        return self._by_mission[item]

    def spots(self, spot: Spot, item: int) -> list[Spot]:
        """From the spot to the ground, every place at which the return turns."""
        route = self.route(spot, item)
        if route is None:
            return [spot, (*spot[:2], 0.0)]
        east, north = self._en(route.place)
        ground_m = self._ground_m(route.place)
        found, up = [spot], spot[2]
        if route.climbs:
            up = ground_m + self._height_m(
                math.hypot(east - spot[0], north - spot[1]), spot[2] - ground_m
            )
            found.append((*spot[:2], up))
        for e, n, height in self._chain(route):
            up = up if height is None else height
            found.append((e, n, up))
        found.append((east, north, up))
        if route.by is not By.DIRECT and route.by is not By.BACKWARD:
            landing = self.plan.items[route.items[-1]]
            ground_m = landing.params[6] if landing.frame in RELATIVE_FRAMES else ground_m
        found.append((east, north, min(up, ground_m) if math.isfinite(ground_m) else 0.0))
        return found

    def _en(self, place: GeoPoint) -> tuple[float, float]:
        if place not in self._places:
            self._places[place] = self.plane.en(place)
        return self._places[place]

    def _height_m(self, away_m: float, above_m: float) -> float:
        """How high above its destination; only what flies upright may return lower when near."""
        if self.winged:
            return max(above_m, self.return_height_m)
        px4 = self.px4.model_copy(update={"rtl_return_alt_m": self.return_height_m})
        return px4.return_height_m(distance_m=away_m, height_m=above_m)

    def _ground_m(self, place: GeoPoint) -> float:
        """PX4 takes a rally point's height for that of the ground there."""
        heights = (p.height.m for p in self.plan.rally if p.position == place)
        return next((height for height in heights if math.isfinite(height)), 0.0)

    def _chain(self, route: ReturnRoute) -> tuple[tuple[float, float, float | None], ...]:
        """East, north and height of the items flown through; a landing is come to level."""
        key = route.items
        if key not in self._chains:
            found = []
            for index in key:
                item = self.plan.items[index]
                place = item_place(item)
                if place is not None:
                    lands = item.command in LANDINGS
                    found.append((*self.plane.en(place), None if lands else self._up_m(index)))
            self._chains[key] = tuple(found)
        return self._chains[key]

    def _up_m(self, index: int) -> float | None:
        item = self.plan.items[index]
        height = item.params[6]
        if item.frame not in RELATIVE_FRAMES:
            height -= self.home_amsl_m
        return height if math.isfinite(height) else None
