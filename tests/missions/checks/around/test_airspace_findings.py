"""A flight held against zones: outline, height, time, and what the authority asks for."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, box

from missions.airspace import Airspace, Circle, Restriction, Volume, Zone
from missions.airspace.applicability import Period
from missions.checks import Finding, Severity, check
from missions.checks.around.airspace import incursions
from missions.checks.around.track import flown_track
from missions.checks.surroundings import Surroundings
from missions.heights import HeightAboveEllipsoid, HeightAboveGround, HeightAmsl
from missions.plan import Plan
from missions.terrain import Terrain, read_terrain
from missions.vehicle import Vehicle

LASTING = Vehicle(name="lasting", endurance_s=100_000.0)
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def zone(outline: Any, kind: Restriction = Restriction.PROHIBITED, **more: Any) -> Zone:
    limits = {key: more.pop(key) for key in ("lower", "upper") if key in more}
    volume = Volume(outline=outline, **limits)
    return Zone(identifier="Z1", restriction=kind, volumes=(volume,), **more)


def found(plan: Plan, *zones: Zone, terrain: Terrain | None = None, **more: Any) -> list[Finding]:
    around = Surroundings(airspace=(Airspace(zones=zones),), **more)
    findings = check(plan, vehicle=LASTING, terrain=terrain, surroundings=around)
    homeward = "airspace-failsafe-return"
    return [one for one in findings if "airspace" in one.rule and one.rule != homeward]


def test_a_prohibited_zone_across_a_leg_is_an_error_where_it_is_entered(here: Any) -> None:
    plan = here.flight(here.to(1000, 0), here.to(1000, 500))
    (one,) = found(plan, zone(here.square(500, 0, 100)))
    assert (one.severity, one.rule, one.item) == (Severity.ERROR, "airspace-prohibited", 1)
    assert one.place is not None
    assert here.plane.en(one.place) == pytest.approx((400.0, 0.0), abs=0.01)


def test_beside_it_there_is_nothing(here: Any) -> None:
    assert found(here.flight(here.to(1000, 0)), zone(here.square(500, 200, 100))) == []


def test_a_zone_over_home_is_met_on_taking_off(here: Any) -> None:
    (one,) = found(here.flight(here.to(1000, 0)), zone(here.square(0, 0, 5)))
    assert one.item == 0


@pytest.mark.parametrize(
    ("kind", "rule", "severity"),
    [
        (Restriction.REQUIRES_AUTHORISATION, "airspace-authorisation", Severity.ERROR),
        (Restriction.CONDITIONAL, "airspace-conditional", Severity.WARNING),
        (Restriction.U_SPACE, "airspace-u-space", Severity.WARNING),
    ],
)
def test_each_kind_of_restriction_has_its_rule(
    here: Any, kind: Restriction, rule: str, severity: Severity
) -> None:
    asked = zone(here.square(500, 0, 100), kind, asked="Tower, +7 7242", conditions="below 50 m")
    (one,) = found(here.flight(here.to(1000, 0)), asked)
    assert (one.rule, one.severity) == (rule, severity)
    assert "ask Tower, +7 7242" in one.proposal
    assert "below 50 m" in one.message


def test_an_authorisation_that_is_had_and_no_restriction_are_silent(here: Any) -> None:
    plan, area = here.flight(here.to(1000, 0)), here.square(500, 0, 100)
    asked = zone(area, Restriction.REQUIRES_AUTHORISATION)
    assert found(plan, asked, authorised=frozenset({"Z1"})) == []
    assert found(plan, zone(area, Restriction.NO_RESTRICTION)) == []
    assert len(found(plan, zone(area), authorised=frozenset({"Z1"}))) == 1


@pytest.mark.parametrize(
    ("lower", "upper", "within"),
    [
        (HeightAboveGround(0.0), HeightAboveGround(40.0), True),
        (HeightAboveGround(20.0), HeightAboveGround(120.0), True),
        (HeightAboveGround(60.0), None, False),
        (HeightAboveGround(50.0), None, False),
        (HeightAmsl(0.0), HeightAmsl(149.0), False),
        (HeightAmsl(0.0), HeightAmsl(151.0), True),
        (HeightAmsl(151.0), None, False),
        # The geoid may be anywhere within -107 and 86 m of the ellipsoid.
        (HeightAboveEllipsoid(235.0), None, True),
        (HeightAboveEllipsoid(237.0), None, False),
        (None, HeightAboveEllipsoid(42.0), False),
        (None, HeightAboveEllipsoid(44.0), True),
    ],
)
def test_heights_are_compared_in_their_own_datum(
    here: Any, lower: Any, upper: Any, within: bool
) -> None:
    # 50 m above home, which is at 100 m; the ground is level without terrain.
    limited = zone(here.square(500, 0, 100), lower=lower, upper=upper)
    at_50_m = here.flight(here.to(1000, 0))
    beyond = Plan(items=at_50_m.items[:2], home=at_50_m.home)
    expected = within or lower == HeightAboveGround(0.0)
    if upper == HeightAboveGround(40.0):
        expected = False
    assert bool(found(beyond, limited)) is expected


def test_a_height_above_ground_is_measured_from_the_terrain(here: Any, tmp_path: Path) -> None:
    heights = np.full((3601, 3601), 100.0)
    heights[:, round(0.505 * 3600) : round(0.515 * 3600)] = 40.0
    file = tmp_path / "N44E065.hgt"
    file.write_bytes(heights.astype(">i2").tobytes())
    plan = here.flight(here.to(1500, 0))
    high_only = zone(here.square(800, 0, 100), lower=HeightAboveGround(70.0))
    assert found(plan, high_only) == []
    # The valley is 60 m below home: at 50 m above home it is 110 m up.
    outbound = Plan(items=plan.items[:2], home=plan.home)
    assert found(outbound, high_only) == []
    (one,) = found(outbound, high_only, terrain=read_terrain(file))
    assert one.item == 1
    assert "level with home" not in one.message


def test_a_zone_that_does_not_apply_then_is_silent(here: Any) -> None:
    january = Period(end=datetime(2026, 1, 31, tzinfo=UTC))
    timed = zone(here.square(500, 0, 100), periods=(january,))
    plan = here.flight(here.to(1000, 0))
    assert found(plan, timed, at=NOON) == []
    assert len(found(plan, timed, at=datetime(2026, 1, 5, tzinfo=UTC))) == 1
    assert "say when the flight is" in found(plan, timed)[0].message


def test_a_file_that_no_longer_holds_is_said(here: Any) -> None:
    old = Airspace(file="zones.json", valid_to=datetime(2025, 1, 1, tzinfo=UTC))
    around = Surroundings(airspace=(old,), at=NOON)
    rules = [one.rule for one in check(here.flight(here.to(10, 0)), surroundings=around)]
    assert rules == ["airspace-out-of-date"]


def test_what_of_a_file_was_not_used_is_said(here: Any) -> None:
    partly = Airspace(file="zones.json", notes=("zone A has no area: not used", "B, too"))
    (one,) = check(here.flight(here.to(10, 0)), surroundings=Surroundings(airspace=(partly,)))
    assert one.rule == "airspace-left-out"
    assert one.message == "zones.json: zone A has no area: not used, and 1 more"


def test_zones_on_the_other_side_of_the_earth_are_not_met(here: Any) -> None:
    origin = here.origin
    antipode = type(origin)(
        latitude_deg=-origin.latitude_deg, longitude_deg=origin.longitude_deg - 180.0
    )
    there = zone(Circle(center=antipode, radius_m=50_000.0))
    assert found(here.flight(here.to(1000, 0)), there) == []


def test_a_return_that_would_cross_a_zone_is_a_warning(here: Any) -> None:
    between = zone(here.square(500, 500, 100), lower=HeightAboveGround(40.0))
    plan = here.flight(here.to(0, 1000), here.to(1000, 1000), here.to(1000, 0))
    around = Surroundings(airspace=(Airspace(zones=(between,)),))
    (one,) = check(plan, vehicle=LASTING, surroundings=around)
    assert (one.severity, one.rule) == (Severity.WARNING, "airspace-failsafe-return")
    assert one.item == 2
    assert "from 1 of 3 waypoints" in one.message
    assert check(plan, vehicle=LASTING, surroundings=replace(around, return_height_m=30.0))
    low = zone(here.square(500, 500, 100), upper=HeightAboveGround(45.0))
    over = Surroundings(airspace=(Airspace(zones=(low,)),))
    assert check(plan, vehicle=LASTING, surroundings=over) == ()


def test_many_zones_are_one_finding_each(here: Any) -> None:
    zones = [zone(here.square(100.0 * i, 0, 10)) for i in range(1, 10)]
    assert len(found(here.flight(here.to(1000, 0)), *zones)) == 9


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.tuples(st.floats(-800, 800), st.floats(-800, 800)), min_size=2, max_size=6),
    st.floats(-700, 700),
    st.floats(-700, 700),
    st.floats(5, 200),
)
def test_the_way_agrees_with_shapely(
    here: Any, spots: list[tuple[float, float]], east: float, north: float, half: float
) -> None:
    plan = here.flight(*(here.to(*spot) for spot in spots))
    track = flown_track(plan, LASTING)
    assert track is not None
    legs = list(itertools.pairwise([(0.0, 0.0), *spots, (0.0, 0.0)]))
    square = box(east - half, north - half, east + half, north + half)
    # A leg along an edge may count as within or not: edges follow parallels.
    least, most = (
        sum(LineString(leg).intersection(square.buffer(room)).length for leg in legs)
        for room in (-0.1, 0.1)
    )
    entered = incursions(track, [zone(here.square(east, north, half))], at=None)
    length = sum(one.length_m(track) for found in entered for one in found.crossings)
    assert least - 0.5 <= length <= most + 0.5
