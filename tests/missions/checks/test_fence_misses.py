"""A fence that misses home or the way: by how much and which way is said; none is widened far."""

import math
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from missions.checks import Finding, Px4Profile, check
from missions.checks.fence_miss import miss_of, rounded_m
from missions.checks.mend.mend import mend
from missions.checks.mend.situation import Situation
from missions.geodesy import GeoPoint, LocalPlane, distance_m
from missions.plan import Fence, FenceCircle, FencePolygon, Plan
from missions.vehicle import Vehicle

QUAD = Vehicle(name="quad", endurance_s=100_000.0)
HOME = GeoPoint(latitude_deg=44.85, longitude_deg=65.5)


def box(here: Any, west: float, south: float, east: float, north: float) -> FencePolygon:
    corners = ((west, south), (east, south), (east, north), (west, north))
    return FencePolygon(ring=tuple(here.plane.geo(*one) for one in corners), inclusion=True)


def fenced(here: Any, fence: FencePolygon, *items: Any) -> Plan:
    plan: Plan = here.flight(*items)
    return replace(plan, fence=Fence(polygons=(fence,)))


def found(plan: Plan, rule: str) -> Finding:
    return next(one for one in check(plan, vehicle=QUAD) if one.rule == rule)


def test_home_far_outside_is_told_how_far_and_which_way(here: Any) -> None:
    plan = fenced(here, box(here, 320, -200, 900, 200), here.to(500, 0))
    proposal = found(plan, "px4-fence-excludes-home").proposal
    assert "take off within it, 320 m to the east (44.8" in proposal
    assert "widen it by 320 m if the ground between may be flown over" in proposal
    assert "--fix widens none by more than 50 m" in proposal


def test_no_fence_is_widened_far_by_itself(here: Any) -> None:
    plan = fenced(here, box(here, 320, -200, 900, 200), here.to(500, 0))
    situation = Situation(vehicle=QUAD, profile=Px4Profile())
    done = mend(plan, lambda one: check(one, vehicle=QUAD), situation)
    assert done.plan.fence == plan.fence
    assert "px4-fence-excludes-home" in {one.rule for one in done.findings}


def test_a_little_is_widened_and_the_finding_says_so(here: Any) -> None:
    plan = fenced(here, box(here, 30, -200, 900, 200), here.to(500, 0))
    assert "(--fix does)" in found(plan, "px4-fence-excludes-home").proposal
    situation = Situation(vehicle=QUAD, profile=Px4Profile())
    done = mend(plan, lambda one: check(one, vehicle=QUAD), situation)
    assert "px4-fence-excludes-home" not in {one.rule for one in done.findings}


def test_a_waypoint_outside_is_told_the_nearest_place_within(here: Any) -> None:
    plan = fenced(here, box(here, -200, -200, 200, 200), here.to(-300, -300))
    proposal = found(plan, "px4-waypoint-outside-fence").proposal
    assert "move it 142 m to the north-east" in proposal


def test_a_leg_that_leaves_an_inclusion_is_told_how_far(here: Any) -> None:
    ring = ((-50, -50), (450, -50), (450, 50), (300, 50), (200, -40), (100, 50), (-50, 50))
    corners = tuple(here.plane.geo(*one) for one in ring)
    plan = fenced(here, FencePolygon(ring=corners, inclusion=True), here.to(400, 0))
    assert "which it leaves by up to " in found(plan, "leg-across-fence").proposal


def test_a_border_through_home_asks_for_a_few_metres(here: Any) -> None:
    plan = fenced(here, box(here, 0.001, -200, 900, 200), here.to(500, 0))
    assert "a few metres" in found(plan, "px4-fence-excludes-home").proposal


DEGREES = st.floats(0.0, 360.0)


@given(DEGREES, st.floats(120.0, 5000.0), st.floats(10.0, 100.0), st.booleans())
def test_a_circle_is_missed_by_its_distance(
    towards_deg: float, away_m: float, radius_m: float, inclusion: bool
) -> None:
    towards = math.radians(towards_deg)
    centre = LocalPlane(HOME).geo(away_m * math.sin(towards), away_m * math.cos(towards))
    miss = miss_of(FenceCircle(center=centre, radius_m=radius_m, inclusion=inclusion), HOME)
    assert miss is not None
    # A disc is drawn with corners: a little within its circle.
    assert miss.distance_m == pytest.approx(away_m - radius_m, abs=0.1)
    assert distance_m(miss.nearest, HOME) == pytest.approx(miss.distance_m, rel=0.01)


@pytest.mark.parametrize(("metres", "said"), [(0.01, "0.1 m"), (9.91, "10 m"), (319.2, "320 m")])
def test_metres_are_never_told_too_few(metres: float, said: str) -> None:
    assert rounded_m(metres) == said
