"""Returns by failsafe against the ground: too low over a hill, too high over a valley.

One may begin anywhere: it is begun in thought all along every leg, and followed to where it lands,
by the way and at the height that PX4 chooses from there (RTL_TYPE, RTL_RETURN_ALT, RTL_CONE_ANG).
The ground under all of that way is looked at as under the legs (`terrain.profile`).
"""

import itertools
import math
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass

import numpy as np

from missions.checks.finding import Finding, warning
from missions.checks.flown_legs import FlownLeg
from missions.checks.ground_rules import (
    GroundRules,
    above_m,
    clear_m,
    heights_of,
    passes,
)
from missions.checks.return_legs import Returns, Turn
from missions.geodesy import GeoPoint, LocalPlane
from missions.heights import HeightAmsl
from missions.px4_flight.returns import BY_MISSION
from missions.terrain.flown_heights import Rates, height_bounds
from missions.terrain.profile import Profile, first_unknown, ground_under
from missions.terrain.surface import Answer, NoGround, Terrain
from missions.terrain.tile import Array
from missions.vehicle import Vehicle

# Returns that begin nearer together than this fly over the same posts of the ground.
STARTS_APART_M = 25.0
MOST_STARTS = 2_000
WHOLE = slice(None)
Way = tuple[Turn, Turn]


@dataclass(frozen=True, slots=True, kw_only=True)
class Homes:
    """The plan's legs and its returns, where home's height is as low as it is said to be, and where
    it is as high."""

    lower: Sequence[FlownLeg]
    upper: Sequence[FlownLeg]
    returns_low: Returns
    returns_high: Returns


def failsafe_return_findings(
    homes: Homes, terrain: Terrain, vehicle: Vehicle, rules: GroundRules, too_high: Set[int]
) -> list[Finding]:
    """One finding for all returns that are too low, one for all that are too high; of the latter
    none that begin on the way to an item that is `too_high` itself.

    Raises:
        BadInput: a tile's heights turn out not to be as its format says.
    """
    begun = _begun(homes, vehicle)
    if not begun:
        return []
    flown = _Flown.of(begun, homes, terrain, vehicle, rules)
    return [*flown.too_low(), *flown.too_high(too_high), *flown.unknown()]


def _begun(homes: Homes, vehicle: Vehicle) -> dict[Way, int]:
    """Every piece of every return, and the first leg that one by it begins on."""
    found: dict[Way, int] = {}
    spaced_m = _spaced_m(homes)
    one_home = homes.returns_low.home == homes.returns_high.home
    for index, (low, high) in enumerate(zip(homes.lower, homes.upper, strict=True)):
        if low.returning:
            continue
        for place, low_m, high_m in _starts(low, high, spaced_m, vehicle):
            turns = homes.returns_low.turns(place, HeightAmsl(low_m), low.item)
            ways = list(itertools.pairwise(turns))
            if not (one_home and low_m == high_m):
                turns = homes.returns_high.turns(place, HeightAmsl(high_m), low.item)
                ways += itertools.pairwise(turns)
            for way in ways:
                found.setdefault(way, index)
    return _farthest({way: leg for way, leg in found.items() if way[0][0] != way[1][0]})


def _farthest(begun: dict[Way, int]) -> dict[Way, int]:
    """Of level ways to one place that lie as near together as starts do the longest: it is flown
    over the ground of the others."""
    if not begun:
        return {}
    plane = LocalPlane(next(iter(begun))[1][0])
    en = plane.en_from_geo(*np.array([_latlon(place) for way in begun for place, _ in way]).T)
    along = en[::2] - en[1::2]
    away_m = np.hypot(*along.T)
    wedge = np.arctan2(*along.T) * max(float(away_m.max()), STARTS_APART_M) // STARTS_APART_M
    kept: dict[object, tuple[float, Way]] = {}
    for (way, _), far_m, bearing in zip(begun.items(), away_m, wedge, strict=True):
        (_, low), (goal, high) = way
        key = (goal, round(low.m, 1), bearing) if low == high else way
        kept[key] = max(kept.get(key, (0.0, way)), (float(far_m), way), key=lambda one: one[0])
    return {way: begun[way] for _, way in kept.values()}


def _latlon(place: GeoPoint) -> tuple[float, float]:
    return place.latitude_deg, place.longitude_deg


def _spaced_m(homes: Homes) -> float:
    plane = LocalPlane(homes.lower[0].start)
    whole_m = sum(math.dist(plane.en(leg.start), plane.en(leg.end)) for leg in homes.lower)
    return max(STARTS_APART_M, whole_m / MOST_STARTS)


def _starts(
    low: FlownLeg, high: FlownLeg, spaced_m: float, vehicle: Vehicle
) -> Iterator[tuple[GeoPoint, float, float]]:
    """Places along a leg, the ends among them, and between which heights it passes there."""
    plane = LocalPlane(low.start)
    end = np.array(plane.en(low.end))
    length_m = float(np.hypot(*end))
    share = np.linspace(0.0, 1.0, max(1, math.ceil(length_m / spaced_m)) + 1)
    places = plane.geo_from_en(share[:, None] * end)
    lows, _ = heights_of(low, share * length_m, length_m, vehicle)
    _, highs = heights_of(high, share * length_m, length_m, vehicle)
    for (latitude, longitude), low_m, high_m in zip(
        places.tolist(), lows.tolist(), highs.tolist(), strict=True
    ):
        yield GeoPoint(latitude_deg=latitude, longitude_deg=longitude), low_m, high_m


@dataclass(frozen=True, slots=True, kw_only=True)
class _Flown:
    """All pieces over the ground: by how much each clears it, and is above it, at its worst."""

    homes: Homes
    rules: GroundRules
    ways: list[Way]
    legs: list[int]
    profile: Profile
    clear: Array
    above: Array

    @classmethod
    def of(
        cls,
        begun: dict[Way, int],
        homes: Homes,
        terrain: Terrain,
        vehicle: Vehicle,
        rules: GroundRules,
    ) -> "_Flown":
        ways = list(begun)
        profile = ground_under([(a, b) for (a, _), (b, _) in ways], terrain)
        which = np.repeat(np.arange(len(ways)), np.diff(profile.starts))
        ends_m = np.array([(low.m, high.m) for (_, low), (_, high) in ways])[which]
        rates = Rates.of(vehicle, speed_m_s=vehicle.cruise_speed_m_s)
        length_m = profile.lengths_m[which]
        low, high = height_bounds(ends_m[:, 0], ends_m[:, 1], profile.distance_m, length_m, rates)
        return cls(
            homes=homes,
            rules=rules,
            ways=ways,
            legs=list(begun.values()),
            profile=profile,
            clear=clear_m(low, profile, WHOLE),
            above=above_m(high, profile, WHOLE),
        )

    def too_low(self) -> list[Finding]:
        """What is nearer to the ground than it may be."""
        worst = np.fmin.reduceat(self.clear, self.profile.starts[:-1])
        bad = np.flatnonzero(worst < self.rules.clearance_m)
        if not bad.size:
            return []
        way = int(bad[np.argmin(worst[bad])])
        clear = float(worst[way])
        return [
            warning(
                "terrain-failsafe-return",
                f"a return home {self._begins(way)} is too low: it {passes(clear)}",
                self._higher(way, self.rules.clearance_m - clear),
                item=self._item(way),
                place=self._place(way, -self.clear),
            )
        ]

    def too_high(self, told: Set[int]) -> list[Finding]:
        """What is farther above the ground than it may be."""
        worst = np.fmax.reduceat(self.above, self.profile.starts[:-1])
        over = np.flatnonzero(worst > self.rules.ceiling_m).tolist()
        bad = [way for way in over if self._item(way) not in told]
        if not bad:
            return []
        way = max(bad, key=lambda one: float(worst[one]))
        return [
            warning(
                "terrain-failsafe-return-ceiling",
                f"a return home {self._begins(way)} is up to {worst[way]:.0f} m above the ground",
                self._lower(way, float(worst[way]) - self.rules.ceiling_m),
                item=self._item(way),
                place=self._place(way, self.above),
            )
        ]

    def unknown(self) -> list[Finding]:
        """Where nobody knows what is below a return."""
        sample = first_unknown(self.profile)
        if sample is None:
            return []
        why = NoGround(answer=Answer(int(self.profile.answers[sample]))).why
        way = int(np.searchsorted(self.profile.starts, sample, side="right")) - 1
        return [
            warning(
                "terrain-unknown",
                f"the ground is not known under a return home {self._begins(way)}: {why}",
                "give a tile that knows this place",
                item=self._item(way),
                place=self.profile.place(sample),
            )
        ]

    def _item(self, way: int) -> int:
        return self.homes.lower[self.legs[way]].item

    def _begins(self, way: int) -> str:
        return f"from {self.homes.lower[self.legs[way]].name}"

    def _place(self, way: int, much: Array) -> GeoPoint:
        part = self.profile.of(way)
        return self.profile.place(part.start + int(np.nanargmax(much[part])))

    def _higher(self, way: int, lacking_m: float) -> str:
        raised = self._up_m(way, self.homes.returns_low) + lacking_m
        return self._by_mission("raise") or f"set RTL_RETURN_ALT to {np.ceil(raised):.0f} m or more"

    def _lower(self, way: int, over_m: float) -> str:
        """RTL_RETURN_ALT helps where neither the leg nor the return's own item is as high."""
        home_m = self.homes.returns_high.home.m
        leg = self.homes.upper[self.legs[way]]
        up_m = self._up_m(way, self.homes.returns_high)
        lowered = up_m - over_m
        if lowered > max(leg.start_height.m, leg.end_height.m) - home_m:
            what = f"set RTL_RETURN_ALT to {np.floor(lowered):.0f} m or less"
        else:
            what = f"begin it {np.ceil(over_m):.0f} m lower"
        return self._by_mission("lower") or f"{what}, or add a rally point on this side"

    def _up_m(self, way: int, returns: Returns) -> float:
        (_, low), (_, high) = self.ways[way]
        return max(low.m, high.m) - returns.home.m

    def _by_mission(self, change: str) -> str:
        kind = self.homes.returns_low.px4.rtl_type
        said = f"it goes by the mission (RTL_TYPE {kind}): {change} what it passes there"
        return said if kind in BY_MISSION else ""
