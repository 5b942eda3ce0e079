"""The way really flown against fences and zones: corners, swings, circles back, a wing's curves."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from shapely.geometry import Point

from benchmarks.flight_missions import random_places
from missions.airspace import Airspace, Restriction, Volume, Zone
from missions.area import Area
from missions.assemble import Assembly, assemble
from missions.checks import Finding, Px4Profile, Severity, check
from missions.checks.flown_way import flown_ways
from missions.checks.mend.corners import CORNERS
from missions.checks.mend.mend import MENDERS, Mended, mend
from missions.checks.mend.situation import Mender, Situation
from missions.checks.never_reached import worst_last
from missions.checks.surroundings import Surroundings
from missions.geodesy import GeoPoint, LocalPlane
from missions.heights import HeightAboveHome, HeightAmsl
from missions.path import PathPoint, PatrolPath
from missions.plan import Fence, FencePolygon, Home, MissionItem, Plan
from missions.px4_flight.parameters import Px4Parameters
from missions.vehicle import Vehicle, VehicleKind, known_vehicles
from missions.wind import CALM

QUAD = known_vehicles()["px4-sih-quadx"]
FLYER = Vehicle(name="flyer", endurance_s=100_000.0)
WING = Vehicle(
    name="wing",
    kind=VehicleKind.FIXED_WING,
    cruise_speed_m_s=16.0,
    min_airspeed_m_s=12.0,
    max_airspeed_m_s=22.0,
    turn_radius_m=50.0,
    endurance_s=100_000.0,
)
RULE = "flown-across-fence"


def square(plane: LocalPlane, east: float, north: float, half: float) -> FencePolygon:
    ring = ((-half, -half), (half, -half), (half, half), (-half, half))
    return FencePolygon(
        ring=tuple(plane.geo(east + a, north + b) for a, b in ring), inclusion=False
    )


def fenced(plan: Plan, *shapes: FencePolygon) -> Plan:
    return replace(plan, fence=Fence(polygons=shapes))


def accepted(item: MissionItem, radius_m: float) -> MissionItem:
    return replace(item, params=(item.params[0], radius_m, *item.params[2:]))


def held(item: MissionItem) -> MissionItem:
    return replace(item, params=(1.0, *item.params[1:]))


def flown(plan: Plan, vehicle: Vehicle = FLYER, **how: Any) -> list[Finding]:
    return [one for one in check(plan, vehicle=vehicle, **how) if one.rule == RULE]


def cornered(here: Any, corner: MissionItem) -> Plan:
    """East, then north: with a wide radius it swings out of the corner, east of both legs."""
    plan: Plan = here.flight(corner, here.to(300, 300), here.to(0, 300))
    return fenced(plan, square(here.plane, 316.0, 16.0, 5.0))


def test_swing_out_of_a_corner_is_an_error_with_item_and_place(here: Any) -> None:
    plan = cornered(here, accepted(here.to(300, 0), 40.0))
    (one,) = flown(plan)
    assert (one.severity, one.item) == (Severity.ERROR, 2)
    assert "though no leg does" in one.message
    assert "accept the place before item 3 within a smaller radius" in one.proposal
    assert one.place is not None
    east, north = here.plane.en(one.place)
    assert 311.0 <= east <= 321.0
    assert 11.0 <= north <= 21.0
    assert not [other for other in check(plan, vehicle=FLYER) if other.rule == "leg-across-fence"]


@pytest.mark.parametrize("radius_m", [2.0, 10.0])
def test_smaller_radius_mends_it(here: Any, radius_m: float) -> None:
    assert flown(cornered(here, accepted(here.to(300, 0), radius_m))) == []


def mended(plan: Plan, vehicle: Vehicle, menders: Sequence[Mender] = MENDERS) -> Mended:
    situation = Situation(vehicle=vehicle, profile=Px4Profile.of(vehicle))
    return mend(plan, lambda one: check(one, vehicle=vehicle), situation, menders=menders)


def test_fix_accepts_the_corner_closer(here: Any) -> None:
    done = mended(cornered(here, accepted(here.to(300, 0), 40.0)), FLYER)
    assert RULE not in [one.rule for one in done.findings]
    assert "item 2: accepted within 2 m" in " ".join(done.said)
    assert done.plan.items[1].params[1] == 2.0


def test_fix_takes_the_vehicles_own_acceptance_radius(here: Any) -> None:
    wide = FLYER.model_copy(update={"px4": Px4Parameters(nav_acc_rad_m=40.0)})
    on = (accepted(here.to(300, 300), 10.0), accepted(here.to(0, 300), 10.0))
    swing = square(here.plane, 316.0, 16.0, 5.0)
    plan = fenced(here.flight(accepted(here.to(300, 0), 0.0), *on), swing)
    assert flown(plan) == []
    assert flown(plan, wide)
    done = mended(plan, wide)
    assert "(it was 40 m)" in " ".join(done.said)
    assert flown(done.plan, wide) == []


def test_fix_holds_where_a_place_may_be_missed_by_chance(here: Any) -> None:
    plan = at_random(8228)
    assert plan.home is not None
    spots = missed(plan, 6)
    (place,) = [one.en for one in worst_last(plan, QUAD, CALM) if one.item == 6]
    farthest = spots[int(np.argmax(np.hypot(*(spots[:, :2] - place).T)))]
    zone = square(LocalPlane(plan.home.position), float(farthest[0]), float(farthest[1]), 4.0)
    done = mended(fenced(plan, zone), QUAD, CORNERS)
    assert (RULE, 6) not in [(one.rule, one.item) for one in done.findings]
    assert done.plan.items[6].params[0] == 1.0


def test_corner_that_is_cut_within_its_radius_is_found_in_a_notch_of_the_fence(here: Any) -> None:
    """Slow, with a wide radius: it goes on to the north 20 m before the corner."""
    slow = FLYER.model_copy(update={"cruise_speed_m_s": 3.0})
    notch = fenced(
        here.flight(accepted(here.to(300, 0), 60.0), here.to(300, 300)),
        square(here.plane, 291.0, 9.0, 7.5),
    )
    (one,) = flown(notch, slow)
    assert one.item == 2


def test_leg_across_the_fence_is_not_said_again_as_the_way_flown(here: Any) -> None:
    plan = fenced(here.flight(here.to(300, 0)), square(here.plane, 150.0, 0.0, 20.0))
    rules = [one.rule for one in check(plan, vehicle=FLYER)]
    assert "leg-across-fence" in rules
    assert RULE not in rules


def at_random(seed: int) -> Plan:
    (mission,) = random_places([seed])
    return mission.plan


def missed(plan: Plan, item: int) -> np.ndarray[Any, Any]:
    """Places of the ways past an item that are flown by chance, the farthest way's."""
    ways = flown_ways(plan, QUAD)
    assert ways is not None
    lines = [way.spots for way in ways.ways if way.by_chance and way.item == item]
    return max(lines, key=lambda spots: float(np.ptp(spots[:, :2], axis=0).max()))


@pytest.mark.parametrize(("seed", "item"), [(8203, 16), (8212, 2), (8228, 6)])
def test_way_by_chance_leads_as_far_as_is_said_of_the_place(seed: int, item: int) -> None:
    """PX4 v1.17 (SIH) flew past these places: docs/checks.md."""
    plan = at_random(seed)
    (one,) = [one for one in worst_last(plan, QUAD, CALM) if one.item == item]
    away = np.hypot(*(missed(plan, item)[:, :2] - one.en).T)
    assert away.max() == pytest.approx(one.far_m, abs=1.0)


@pytest.mark.parametrize(("seed", "item"), [(8203, 16), (8228, 6)])
def test_circle_back_to_a_place_that_may_be_missed_is_held_against_the_fence(
    seed: int, item: int
) -> None:
    plan = at_random(seed)
    assert plan.home is not None
    spots = missed(plan, item)
    (place,) = [one.en for one in worst_last(plan, QUAD, CALM) if one.item == item]
    farthest = spots[int(np.argmax(np.hypot(*(spots[:, :2] - place).T)))]
    zone = square(LocalPlane(plan.home.position), float(farthest[0]), float(farthest[1]), 4.0)
    (one,) = [one for one in flown(fenced(plan, zone), QUAD) if one.item == item]
    assert one.severity is Severity.WARNING
    assert "may miss its place by chance" in one.message
    assert f"hold at item {item + 1} for a second" in one.proposal
    stopped = replace(
        plan, items=(*plan.items[:item], held(plan.items[item]), *plan.items[item + 1 :])
    )
    assert item not in [one.item for one in flown(fenced(stopped, zone), QUAD)]


def test_place_that_is_surely_flown_past_leads_across_the_fence_behind_it() -> None:
    plan = at_random(8031)
    ways = flown_ways(plan, QUAD)
    assert ways is not None
    assert plan.home is not None
    end = next(way.spots[-1] for way in reversed(ways.ways) if way.item == 10)
    zone = square(LocalPlane(plan.home.position), float(end[0]), float(end[1]), 3.0)
    (one,) = [one for one in flown(fenced(plan, zone), QUAD) if one.item == 10]
    assert one.severity is Severity.ERROR
    assert "where PX4 flies past its place" in one.message


def closed(here: Any, east: float, north: float, half: float) -> Surroundings:
    volume = Volume(outline=here.square(east, north, half))
    zone = Zone(identifier="Z1", restriction=Restriction.PROHIBITED, volumes=(volume,))
    return Surroundings(airspace=(Airspace(zones=(zone,)),))


def test_swing_into_a_no_fly_zone_is_found_though_no_leg_enters_it(here: Any) -> None:
    plan = replace(cornered(here, accepted(here.to(300, 0), 40.0)), fence=Fence())
    around = closed(here, 316.0, 16.0, 5.0)
    found = check(plan, vehicle=FLYER, surroundings=around)
    (one,) = [one for one in found if one.rule == "airspace-prohibited"]
    assert one.item == 2
    assert one.message.startswith("the curve that is flown for item 3 is within")
    tight = replace(plan, items=(plan.items[0], accepted(plan.items[1], 2.0), *plan.items[2:]))
    rules = [one.rule for one in check(tight, vehicle=FLYER, surroundings=around)]
    assert "airspace-prohibited" not in rules


def test_turn_of_a_wing_into_a_no_fly_zone_is_found(here: Any) -> None:
    plan = here.flight(here.to(600, 0), here.to(600, 900))
    around = closed(here, 617.0, 52.0, 8.0)
    assert "airspace-prohibited" in [
        one.rule for one in check(plan, vehicle=WING, surroundings=around)
    ]
    assert "airspace-prohibited" not in [
        one.rule for one in check(plan, vehicle=FLYER, surroundings=around)
    ]


def rules_of_wing(plan: Plan) -> list[tuple[str, int | None]]:
    found = check(plan, vehicle=WING, profile=Px4Profile(fixed_wing=True))
    return [(one.rule, one.item) for one in found if one.rule.endswith("-fence")]


def test_wing_that_comes_too_low_circles_over_the_waypoint(here: Any) -> None:
    """1,000 m at 16 m/s are 62 s: at 3 m/s it climbs by less than 200 m."""
    zone = square(here.plane, 1000.0, 80.0, 10.0)
    level = fenced(here.flight(here.to(1000, 0), here.to(2000, 0)), zone)
    steep = fenced(here.flight(here.to(1000, 0, 320.0), here.to(2000, 0, 320.0)), zone)
    assert ("circle-across-fence", 1) not in rules_of_wing(level)
    assert ("circle-across-fence", 1) in rules_of_wing(steep)


def test_wing_turns_round_before_it_returns(here: Any) -> None:
    zone = square(here.plane, 823.0, -50.0, 10.0)
    plan = fenced(here.flight(here.to(400, 0), here.to(800, 0)), zone)
    assert ("turn-across-fence", 2) in rules_of_wing(plan)


@pytest.mark.parametrize("vehicle", [FLYER, QUAD])
def test_plan_of_our_own_round_a_zone_is_clean(here: Any, vehicle: Vehicle) -> None:
    """Waypoints 12 m from the zone, in and out of the arms of a U, heights that change."""
    corners = ((20, 20), (380, 20), (380, 380), (240, 380), (240, 100), (160, 100), (160, 380))
    points = tuple(
        PathPoint(position=here.plane.geo(*corner), height=HeightAboveHome(50.0 + 3.0 * (k % 2)))
        for k, corner in enumerate(corners)
    )
    zone = Area(outer=tuple(here.plane.geo(*at) for at in ((185, 130), (215, 130), (200, 390))))
    home = Home(position=here.plane.geo(-60, -60), height=HeightAmsl(100.0))
    how = Assembly(speed_m_s=vehicle.cruise_speed_m_s, no_fly=(zone,))
    plan = assemble(PatrolPath(pattern="round", points=points), home, how)
    assert len(plan.fence.polygons) == 2
    assert [one for one in check(plan, vehicle=vehicle) if one.rule == RULE] == []


def test_way_flown_ends_where_the_flight_does(here: Any) -> None:
    plan = here.flight(here.to(300, 0), here.to(300, 300))
    ways = flown_ways(plan, FLYER)
    assert ways is not None
    assert [way.item for way in ways.ways] == [0, 1, 2, 3]
    assert Point(ways.ways[-1].spots[-1][:2]).distance(Point(0.0, 0.0)) < 1.0
    assert flown_ways(plan, WING) is None
    assert isinstance(plan.home.position, GeoPoint)
