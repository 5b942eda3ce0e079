"""Random plans, whole and broken in every way that PX4 judges: one seed, one list.

Each is a plain patrol about home with its fence and rally points, to which a few of the `TWISTS`
are done. They cover every command that PX4's parser names and some that it does not, every frame,
and values that ground stations send by mistake.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random

from benchmarks.random_draft import FRAMES, Draft, Twist, plain
from benchmarks.random_fences import FENCE_TWISTS
from missions.checks import Px4Profile
from missions.geodesy import LocalPlane
from missions.heights import HeightAboveHome
from missions.plan import (
    Fence,
    Frame,
    Home,
    MissionItem,
    Params,
    Plan,
    RallyPoint,
)

WAYPOINT, LOITER, LOITER_TIME, RETURN, LAND, TAKEOFF, LOITER_TO_ALT = 16, 17, 19, 20, 21, 22, 31
WITH_PLACE = (16, 17, 19, 21, 22, 31, 80, 84, 85, 195, 201, 4501)
WITHOUT_PLACE = (
    *(20, 80, 93, 112, 177, 178, 179, 187, 189, 196, 197, 200, 201, 203, 204, 205, 206, 211, 212),
    *(214, 260, 400, 530, 532, 534, 1000, 1001, 2000, 2001, 2003, 2500, 2501, 3000, 42600),
)
NEVER = (
    *(0, 18, 24, 25, 36, 82, 83, 92, 94, 95, 114, 115, 159, 176, 180, 181, 183, 190, 191, 192),
    *(207, 208, 213, 216, 222, 224, 252, 420, 500, 531, 611, 1002, 2502, 2510, 2800, 5000),
    *(5001, 5002, 5003, 5004, 5100, 30001, 31000, 42428, 65535),
)
ODD = (math.nan, 0.0, -0.0, 1.0, 2.0, 3.0, -1.0, 0.4, 2.7, 45.0, -90.0, 1e6, math.inf, -math.inf)
# Whatever else is done needs some.
NO_ITEMS = "no items"
ODD_FRAMES = (1, 2, 4, 7, 8, 9, 10, 11, 12, 20, 21)
PROFILES = (
    Px4Profile(),
    Px4Profile(mis_tko_land_req=1),
    Px4Profile(gf_max_hor_dist_m=400.0),
    Px4Profile(mis_tko_land_req=2),
    Px4Profile(gf_max_ver_dist_m=50.0),
    Px4Profile(mis_tko_land_req=3, mis_dist_1wp_m=150.0),
    Px4Profile(mis_tko_land_req=4, gf_max_ver_dist_m=60.0, gf_max_hor_dist_m=700.0),
    Px4Profile(mis_tko_land_req=5),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One plan, the vehicle's parameters, and what was done to it."""

    number: int
    plan: Plan
    profile: Px4Profile
    twists: tuple[str, ...]


def random_missions(seed: int, count: int, home: Home) -> list[Case]:
    """So many plans about a home; parameters change every thirty."""
    random = Random(seed)
    return [_case(number, random, home) for number in range(count)]


def _case(number: int, random: Random, home: Home) -> Case:
    draft = Draft(random, home, LocalPlane(home.position))
    _patrol(draft)
    names = random.sample(list(TWISTS), random.choice((0, 1, 1, 1, 2, 3)))
    for name in sorted(names, key=NO_ITEMS.__eq__):
        TWISTS[name](draft)
    plan = Plan(
        items=tuple(draft.items),
        home=home,
        fence=Fence(polygons=tuple(draft.polygons), circles=tuple(draft.circles)),
        rally=tuple(draft.rally),
    )
    profile = PROFILES[number // 30 % len(PROFILES)]
    return Case(number=number, plan=plan, profile=profile, twists=tuple(names) or ("none",))


def _patrol(draft: Draft) -> None:
    """A take-off, a few waypoints with what they do there, an end; often a fence round it all."""
    random = draft.random
    if random.random() < 0.85:
        draft.items.append(draft.item(TAKEOFF, at=draft.home.position, height_m=25.0))
    for _ in range(random.randint(1, 8)):
        kind = random.choice((WAYPOINT, WAYPOINT, WAYPOINT, LOITER_TIME, LOITER_TO_ALT))
        draft.items.append(draft.item(kind, height_m=random.uniform(5.0, 80.0)))
        if random.random() < 0.3:
            command, *params = random.choice(DONE_THERE)
            draft.items.append(plain(int(command), *params))
    end = random.choice((RETURN, LAND, None))
    if end == RETURN:
        draft.items.append(plain(RETURN))
    elif end == LAND:
        draft.items.append(draft.item(LAND, height_m=0.0))
    if random.random() < 0.4:
        draft.polygons.append(draft.ring(random.choice((330.0, 700.0, 2000.0)), count=6))
    if random.random() < 0.3:
        draft.rally += [_rally(draft, 30.0) for _ in range(random.randint(1, 5))]


DONE_THERE: Sequence[tuple[float, ...]] = (
    (178, 1, 8, -1),
    (206, 25, 0, 1),
    (2000, 0, 2, 1),
    (2001, 0),
    (1000, -45, 0, math.nan, math.nan, 12),
    (530, 0, 2, *[math.nan] * 5),
    (93, 5, -1, -1, -1),
    (177, 1, 2),
    (197,),
)


def _rally(draft: Draft, height_m: float, reach_m: float = 300.0) -> RallyPoint:
    return RallyPoint(position=draft.place(reach_m), height=HeightAboveHome(height_m))


def _command_with_its_params(draft: Draft) -> None:
    command = draft.random.choice(WITHOUT_PLACE)
    draft.insert(plain(command, *(float(draft.random.randint(0, 3)) for _ in range(2))))


def _command_with_a_place(draft: Draft) -> None:
    draft.insert(draft.item(draft.random.choice(WITH_PLACE)))


def _command_with_odd_params(draft: Draft) -> None:
    draft.insert(
        plain(
            draft.random.choice(WITHOUT_PLACE),
            *(draft.random.choice(ODD) for _ in range(draft.random.randint(1, 4))),
            *_blanks(draft.random),
        )
    )


def _blanks(random: Random) -> tuple[float, ...]:
    return random.choice(((), (math.nan,) * 3, (0.0, 0.0, 5.0)))[:3]


def _odd_param(draft: Draft) -> None:
    index = draft.random.randrange(len(draft.items))
    number = draft.random.choice((0, 1, 2, 3, 6))
    params = list(draft.items[index].params)
    params[number] = draft.random.choice(ODD)
    _change(draft, index, tuple(params))


def _change(draft: Draft, index: int, params: tuple[float, ...]) -> None:
    one, two, three, four, five, six, seven = params
    whole: Params = (one, two, three, four, five, six, seven)
    draft.items[index] = replace(draft.items[index], params=whole)


def _never_supported(draft: Draft) -> None:
    command, frame = draft.random.choice(NEVER), draft.random.choice((2, 3, 0, 6))
    if frame == Frame.MISSION:
        draft.insert(plain(command))
    else:
        draft.insert(replace(draft.item(command), frame=frame))


def _never_supported_and_blank(draft: Draft) -> None:
    blank = (0.0, 0.0, 0.0, 0.0, math.nan, math.nan, 0.0)
    command = draft.random.choice((*NEVER, *WITHOUT_PLACE))
    draft.insert(MissionItem(command=command, frame=draft.random.choice(FRAMES), params=blank))


def _wrong_frame(draft: Draft) -> None:
    index = draft.random.randrange(len(draft.items))
    frame = draft.random.choice((*ODD_FRAMES, *FRAMES))
    item = draft.items[index]
    params = item.params
    if frame not in FRAMES and frame not in (10, 11):
        # Degrees make no integers, and a message in another frame holds those.
        x, y = (round(value) if math.isfinite(value) else 0 for value in params[4:6])
        params = (*params[:4], x, y, params[6])
    draft.items[index] = replace(item, frame=frame, params=params)


def _no_coordinates(draft: Draft) -> None:
    index = draft.random.randrange(len(draft.items))
    params = draft.items[index].params
    _change(draft, index, (*params[:4], math.nan, math.nan, params[6]))


def _strange_coordinates(draft: Draft) -> None:
    item = draft.item(draft.random.choice((16, 19, 22)))
    where = draft.random.choice(((0.0, 0.0), (95.0, 10.0), (-91.0, 179.9), (47.0, 200.0)))
    draft.insert(replace(item, params=(*item.params[:4], *where, item.params[6])))


def _no_height(draft: Draft) -> None:
    index = draft.random.randrange(len(draft.items))
    height_m = draft.random.choice((math.nan, math.inf, -math.inf, 1e6))
    _change(draft, index, (*draft.items[index].params[:6], height_m))


def _takeoff_height(draft: Draft) -> None:
    height_m = draft.random.choice((0.0, -5.0, 1e-8, 1e-6, 0.01, 0.5, -0.001))
    _first_takeoff_away(draft)
    draft.insert(draft.item(TAKEOFF, at=draft.home.position, height_m=height_m), 0)


def _first_takeoff_away(draft: Draft) -> None:
    draft.items = [item for item in draft.items if item.command != TAKEOFF]


def _takeoff_elsewhere(draft: Draft) -> None:
    _first_takeoff_away(draft)
    draft.insert(draft.item(TAKEOFF, height_m=20.0))


def _takeoff_twice(draft: Draft) -> None:
    draft.insert(draft.item(TAKEOFF, height_m=20.0))


def _before_takeoff(draft: Draft) -> None:
    _first_takeoff_away(draft)
    draft.insert(draft.item(TAKEOFF, height_m=20.0), 0)
    draft.insert(plain(draft.random.choice(WITHOUT_PLACE), 0.0), 0)


def _lands_first(draft: Draft) -> None:
    draft.insert(draft.item(LAND, height_m=0.0), 0)


def _lands_in_between(draft: Draft) -> None:
    draft.insert(draft.item(LAND, height_m=0.0))


def _vtol_item(draft: Draft) -> None:
    if draft.random.random() < 0.5:
        draft.insert(plain(3000, draft.random.choice((3.0, 4.0))))
    else:
        draft.insert(draft.item(draft.random.choice((84, 85))))


def _gate(draft: Draft) -> None:
    at = draft.anywhere()
    point = draft.place()
    blank = draft.random.random() < 0.5
    gate = draft.item(4501, at=point)
    if blank:
        gate = replace(gate, params=(0.0, 0.0, 0.0, 0.0, math.nan, math.nan, 0.0))
    draft.insert(draft.item(WAYPOINT, at=point), at)
    draft.insert(gate, at + 1)


def _far(draft: Draft) -> None:
    reach_m = draft.random.choice((1500.0, 12_000.0, 300_000.0))
    draft.insert(draft.item(WAYPOINT, at=draft.place(reach_m)), draft.random.choice((0, None)))


def _below_home(draft: Draft) -> None:
    draft.insert(draft.item(WAYPOINT, height_m=-draft.random.uniform(0.0, 40.0)))


def _jump(draft: Draft) -> None:
    target = draft.random.choice((0.0, 1.0, 3.0, -1.0, 99.0, math.nan, 0.6, 40_000.0, 1e9))
    count = draft.random.choice((0.0, 1.0, 5.0, -1.0, 70_000.0, math.nan, 2.5))
    draft.insert(plain(177, target, count))


def _region_of_interest(draft: Draft) -> None:
    mode = draft.random.choice((0.0, 1.0, 2.0, 3.0, 4.0, -1.0, 2.7, 0.4, -0.4, math.nan))
    command = draft.random.choice((80, 201))
    if draft.random.random() < 0.5:
        item = draft.item(command)
        blank = draft.random.random() < 0.5
        where = (math.nan, math.nan, 0.0) if blank else item.params[4:]
        draft.insert(replace(item, params=(mode, 0.0, 0.0, 0.0, *where)))
    else:
        draft.insert(plain(command, mode))


def _long(draft: Draft) -> None:
    draft.items += [draft.item(WAYPOINT) for _ in range(draft.random.randint(20, 120))]


def _too_long(draft: Draft) -> None:
    draft.items += [draft.item(WAYPOINT)] * 10_000


def _empty(draft: Draft) -> None:
    draft.items.clear()


def _many_rally_points(draft: Draft) -> None:
    draft.rally = [_rally(draft, 30.0) for _ in range(draft.random.choice((31, 32, 33, 60)))]


def _odd_rally_points(draft: Draft) -> None:
    for height_m in (math.nan, -20.0, 1e9, math.inf):
        draft.rally.append(_rally(draft, height_m, draft.random.choice((0.0, 300.0, 90_000.0))))


TWISTS: dict[str, Twist] = {
    "a command with plain parameters": _command_with_its_params,
    "a command with a place": _command_with_a_place,
    "a command with odd parameters": _command_with_odd_params,
    "one odd parameter": _odd_param,
    "a command that PX4 does not have": _never_supported,
    "a command without a place in a global frame": _never_supported_and_blank,
    "another frame": _wrong_frame,
    "no coordinates": _no_coordinates,
    "coordinates not on Earth": _strange_coordinates,
    "a height that is none": _no_height,
    "take-off height": _takeoff_height,
    "take-off elsewhere in the list": _takeoff_elsewhere,
    "two take-offs": _takeoff_twice,
    "something before the take-off": _before_takeoff,
    "landing first": _lands_first,
    "landing in between": _lands_in_between,
    "a VTOL's item": _vtol_item,
    "a gate": _gate,
    "a far waypoint": _far,
    "a waypoint below home": _below_home,
    "a jump": _jump,
    "a region of interest": _region_of_interest,
    "many items": _long,
    "more items than there is room for": _too_long,
    NO_ITEMS: _empty,
    **FENCE_TWISTS,
    "many rally points": _many_rally_points,
    "odd rally points": _odd_rally_points,
}
