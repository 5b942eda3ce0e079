"""A plan as PX4's navigator has it: items as received, home, and the fence that it kept."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from missions.checks.finding import Finding
from missions.checks.places import place_of_item
from missions.checks.px4_fence import KeptFence, Place
from missions.checks.px4_profile import FLOWN_TO, Px4Profile
from missions.checks.px4_wire import Received, received
from missions.geodesy import GeoPoint
from missions.item_encoding import float32
from missions.plan import Plan

FLT_EPSILON = 1.1920929e-07


@dataclass(frozen=True)
class Judged:
    """A plan and the vehicle that it is uploaded to."""

    plan: Plan
    profile: Px4Profile

    @cached_property
    def items(self) -> list[tuple[int, Received]]:
        """Every item that a message can carry, with its index."""
        sent = ((index, received(item)) for index, item in enumerate(self.plan.items))
        return [(index, item) for index, item in sent if item is not None]

    @cached_property
    def flown(self) -> list[tuple[int, Received]]:
        """The items whose position the navigator looks at."""
        return [(index, item) for index, item in self.items if item.command in FLOWN_TO]

    @cached_property
    def fence(self) -> KeptFence:
        """What PX4 keeps of the plan's fence."""
        home = self.plan.home
        return KeptFence.of(self.plan.fence, None if home is None else home.position)

    @property
    def home(self) -> Place | None:
        """Latitude and longitude."""
        if self.plan.home is None:
            return None
        point = self.plan.home.position
        return point.latitude_deg, point.longitude_deg

    def above_home_m(self, item: Received) -> float:
        """Metres above home; NaN where home's height is needed and not known."""
        if item.relative:
            return item.height_m
        home = self.plan.home
        return math.nan if home is None else item.height_m - float32(home.height.m)

    def place(self, index: int) -> GeoPoint | None:
        """Where an item is, for a finding."""
        return place_of_item(self.plan.items[index])


Rule = Callable[[Judged], list[Finding]]


def at(item: Received) -> Place:
    """Where PX4 believes an item to be."""
    return item.latitude_deg, item.longitude_deg
