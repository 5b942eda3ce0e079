"""Random fences and rally points item by item, as no planner would send them."""

import math
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from benchmarks.random_missions import Case
from missions.checks import Px4Profile
from missions.geodesy import LocalPlane
from missions.plan import Home
from onboard.mavlink.plan_items import INT32_MAX, INT32_MIN, MissionType, WireItem, wire_of

FRAMES = (0, 3, 5, 6)
ODD_FRAMES = (2, 10, 7, 21, 255)
ODD = (math.nan, 1.0, -1.0, 0.4, 7.0, 1e9, math.inf)
RADII_M = (0.0, -0.0, -300.0, math.nan, math.inf, -math.inf, 1e-3, 3e38, 30.0, 120.0, 300.0, 5000.0)
# How far the count that a polygon names is from the corners that it has.
COUNTS_OFF = (0.0, 0.0, 0.0, 0.0, 0.4, 0.5, -0.4, -0.6, 1.0, -1.0, 5.0, 65536.0, -65536.0, 1e10)
COUNTS = (math.nan, 0.0, 2.0, -3.0, math.inf, 200.0)
INSIDE, OUTSIDE, CIRCLES, RETURN_POINT, RALLY = 5001, 5002, (5003, 5004), 5000, 5100
NOT_OF_A_FENCE = (16, 22, 21, 31, 195, 4501, 5100, 5005, 18)
NOT_OF_A_RALLY = (16, 22, 21, 5000, 5001, 5003, 4501, 5101, 18)


@dataclass(frozen=True, slots=True, kw_only=True)
class WireCase:
    """What is sent for one verdict: three kinds of items, and the vehicle's parameters."""

    name: str
    profile: Px4Profile
    items: dict[MissionType, tuple[WireItem, ...]]

    @classmethod
    def of(cls, case: Case) -> "WireCase":
        """A random plan as it goes over the wire."""
        items = {kind: wire_of(case.plan, kind) for kind in MissionType}
        return cls(name=f"mission {case.number}", profile=case.profile, items=items)


class _Hand:
    """Writes items about home."""

    def __init__(self, random: Random, home: Home) -> None:
        self.random = random
        self._plane = LocalPlane(home.position)

    def item(self, command: int, north_m: float, east_m: float, **fields: Any) -> WireItem:
        at = self._plane.geo(east_m, north_m)
        return WireItem(
            frame=self.random.choice(FRAMES),
            command=command,
            x=round(at.latitude_deg * 1e7),
            y=round(at.longitude_deg * 1e7),
            **fields,
        )

    def patrol(self) -> tuple[WireItem, ...]:
        """A take-off and a few waypoints: where they may be is the fence's question."""
        rise = self.item(22, 0.0, 0.0, z=20.0)
        ways = (
            self.item(16, *self.spread(250.0), z=30.0) for _ in range(self.random.randint(1, 5))
        )
        return tuple(replace(item, frame=6) for item in (rise, *ways))

    def spread(self, reach_m: float) -> tuple[float, float]:
        return self.random.uniform(-reach_m, reach_m), self.random.uniform(-reach_m, reach_m)

    def polygon(self) -> list[WireItem]:
        random = self.random
        corners = random.choice((3, 4, 5, 8, 20))
        size_m, middle = random.choice((40.0, 200.0, 350.0, 900.0)), (0.0, 0.0)
        if random.random() < 0.4:
            middle = self.spread(300.0)
        named = corners + random.choice(COUNTS_OFF)
        if random.random() < 0.1:
            named = random.choice(COUNTS)
        command, turn = random.choice((INSIDE, INSIDE, OUTSIDE)), random.uniform(0.0, math.tau)
        ring = []
        for index in range(corners):
            angle, away = turn + math.tau * index / corners, size_m * random.uniform(0.7, 1.3)
            north, east = middle[0] + away * math.cos(angle), middle[1] + away * math.sin(angle)
            ring.append(self.item(command, north, east, param1=named))
        return ring

    def circle(self) -> list[WireItem]:
        middle = self.spread(200.0) if self.random.random() < 0.5 else (0.0, 0.0)
        radius_m = self.random.choice(RADII_M)
        return [self.item(self.random.choice(CIRCLES), *middle, param1=radius_m)]


def random_fences(seed: int, count: int, home: Home) -> list[WireCase]:
    """So many fences, each with a plain mission."""
    random = Random(f"{seed}/fences")
    return [_fence(number, _Hand(random, home)) for number in range(count)]


def random_rally(seed: int, count: int, home: Home) -> list[WireCase]:
    """So many lists of rally points, each with a plain mission."""
    random = Random(f"{seed}/rally")
    return [_rally(number, _Hand(random, home)) for number in range(count)]


def _fence(number: int, hand: _Hand) -> WireCase:
    random = hand.random
    shapes = [
        hand.circle() if random.random() < 0.4 else hand.polygon()
        for _ in range(random.choice((1, 1, 2, 2, 3, 4)))
    ]
    items = [item for shape in shapes for item in shape]
    if random.random() < 0.15:
        items.insert(random.randint(0, len(items)), hand.item(RETURN_POINT, *hand.spread(50.0)))
    if random.random() < 0.2:
        strange = hand.item(random.choice(NOT_OF_A_FENCE), *hand.spread(100.0))
        items.insert(random.randint(0, len(items)), strange)
    if random.random() < 0.1:
        jump = WireItem(frame=2, command=177, param1=0.0, param2=1.0)
        items.insert(random.randint(0, len(items)), jump)
    if random.random() < 0.05:
        items += hand.polygon() * 4
    if random.random() < 0.25:
        _spoil(items, random)
    return _case(f"fence {number}", hand, MissionType.FENCE, items)


def _rally(number: int, hand: _Hand) -> WireCase:
    random = hand.random
    items = [
        hand.item(RALLY, *hand.spread(random.choice((50.0, 300.0, 90_000.0))), z=30.0)
        for _ in range(random.choice((0, 1, 1, 2, 3, 5, 31, 32, 33, 60)))
    ]
    for index in range(len(items)):
        if random.random() < 0.2:
            height_m = random.choice((math.nan, -20.0, 1e9, math.inf, 0.0))
            items[index] = replace(items[index], z=height_m)
    if items and random.random() < 0.3:
        strange = hand.item(random.choice(NOT_OF_A_RALLY), *hand.spread(100.0))
        items[random.randrange(len(items))] = strange
    if random.random() < 0.1:
        items.append(WireItem(frame=2, command=random.choice((177, 206, RALLY))))
    if items and random.random() < 0.3:
        _spoil(items, random)
    return _case(f"rally {number}", hand, MissionType.RALLY, items)


def _spoil(items: list[WireItem], random: Random) -> None:
    """One field of one item is what it should not be."""
    index = random.randrange(len(items))
    name = random.choice(("frame", "param1", "param2", "param3", "param4", "z", "x", "y"))
    if name == "frame":
        value: Any = random.choice(ODD_FRAMES)
    elif name in ("x", "y"):
        value = random.choice((0, INT32_MAX, INT32_MIN, 950_000_000, -1_900_000_000))
    else:
        value = random.choice(ODD)
    items[index] = replace(items[index], **{name: value})


def _case(name: str, hand: _Hand, kind: MissionType, items: list[WireItem]) -> WireCase:
    sent: dict[MissionType, tuple[WireItem, ...]] = dict.fromkeys(MissionType, ())
    sent |= {MissionType.MISSION: hand.patrol(), kind: tuple(items)}
    return WireCase(name=name, profile=Px4Profile(), items=sent)
