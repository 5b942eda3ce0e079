"""Every rule says what is wrong, where, and in plain words what to do: one plan for each."""

import ast
import math
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from missions.airspace import Airspace, Restriction, Volume, Zone
from missions.camera import CameraModel
from missions.checks import Finding, Px4Profile, check
from missions.checks.around.link import Station
from missions.checks.around.others import OtherPlan
from missions.checks.mend.mend import MENDERS
from missions.checks.rules import RULES
from missions.checks.surroundings import Surroundings
from missions.geodesy import GeoPoint
from missions.heights import HeightAboveHome
from missions.made_for import MadeFor
from missions.plan import Fence, FenceCircle, FencePolygon, MissionItem, Plan, RallyPoint
from missions.px4_flight.parameters import Px4Parameters
from missions.terrain import Terrain, read_terrain
from missions.vehicle import Vehicle, VehicleKind, default_vehicle
from missions.wind import Wind

ROOT = Path(__file__).resolve().parents[3]
LASTING = Vehicle(name="lasting", endurance_s=100_000.0, wind_limit_m_s=12.0)
WING = Vehicle(
    name="wing",
    kind=VehicleKind.FIXED_WING,
    cruise_speed_m_s=16.0,
    min_airspeed_m_s=11.0,
    max_airspeed_m_s=25.0,
    turn_radius_m=60.0,
    wind_limit_m_s=30.0,
    endurance_s=100_000.0,
)
SLOW_CAMERA = CameraModel(
    name="slow",
    image_width_px=1000,
    image_height_px=1000,
    horizontal_field_of_view_deg=90.0,
    min_trigger_interval_s=2.0,
)
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
Case = Callable[[Any], tuple[Plan, dict[str, Any]]]


def on(here: Any, *items: MissionItem, up: float = 50.0, **how: Any) -> tuple[Plan, dict[str, Any]]:
    plan: Plan = here.flight(*items, up=up)
    return plan, how


def bare(here: Any, *items: MissionItem, **how: Any) -> tuple[Plan, dict[str, Any]]:
    return replace(here.flight(), items=items), how


def placed(here: Any, *params: float, command: int = 16) -> MissionItem:
    item: MissionItem = replace(here.to(0, 0, command=command), params=params)
    return item


def fenced(
    here: Any, *shapes: Any, items: tuple[MissionItem, ...] = (), **how: Any
) -> tuple[Plan, dict[str, Any]]:
    fence = Fence(
        polygons=tuple(one for one in shapes if isinstance(one, FencePolygon)),
        circles=tuple(one for one in shapes if isinstance(one, FenceCircle)),
    )
    return replace(here.flight(*items or (here.to(300, 0),)), fence=fence), how


def ring(here: Any, *corners: tuple[float, float], inside: bool = False) -> FencePolygon:
    return FencePolygon(ring=tuple(here.plane.geo(*one) for one in corners), inclusion=inside)


def box(here: Any, east: float, north: float, half: float, *, inside: bool = False) -> FencePolygon:
    signs = ((-1, -1), (1, -1), (1, 1), (-1, 1))
    return ring(here, *((east + a * half, north + b * half) for a, b in signs), inside=inside)


def rally(here: Any, up: float, *shapes: Any, **how: Any) -> tuple[Plan, dict[str, Any]]:
    plan, _ = fenced(here, *shapes)
    point = RallyPoint(position=here.plane.geo(100.0, 0.0), height=HeightAboveHome(up))
    return replace(plan, rally=(point,)), how


def within(here: Any, kind: Restriction, **more: Any) -> tuple[Plan, dict[str, Any]]:
    volume = Volume(outline=here.square(500, 0, 100))
    zone = Zone(identifier="Z1", restriction=kind, volumes=(volume,), **more)
    around = Surroundings(airspace=(Airspace(zones=(zone,)),))
    return on(here, here.to(1000, 0), surroundings=around)


def around(here: Any, *items: MissionItem, **what: Any) -> tuple[Plan, dict[str, Any]]:
    return on(here, *items or (here.to(0, 500),), surroundings=Surroundings(**what))


def blows(here: Any, speed: float, gust: float = 0.0, **how: Any) -> tuple[Plan, dict[str, Any]]:
    wind = Wind(speed_m_s=speed, from_rad=0.0, gust_m_s=gust)
    return on(here, here.to(0, 500), surroundings=Surroundings(wind=wind), **how)


def returns_at(height_m: float) -> Px4Profile:
    return Px4Profile(px4=Px4Parameters(rtl_return_alt_m=height_m))


def flown_by(vehicle: Vehicle, case: tuple[Plan, dict[str, Any]]) -> tuple[Plan, dict[str, Any]]:
    return case[0], {**case[1], "vehicle": vehicle}


def circled(here: Any, radius_m: float) -> FenceCircle:
    return FenceCircle(center=here.plane.geo(300.0, 300.0), radius_m=radius_m, inclusion=False)


CASES: dict[str, Case] = {
    "px4-not-sendable": lambda h: on(h, h.do(178, 1e39)),
    "px4-frame": lambda h: on(h, replace(h.to(300, 0), frame=10)),
    "px4-unused-param": lambda h: on(h, h.do(224, 1.0)),
    "px4-roi-mode": lambda h: on(h, h.do(201, 3.0)),
    "px4-command": lambda h: on(h, h.do(18)),
    "px4-fence-item": lambda h: on(h, h.to(300, 0, 0.0, command=5003)),
    "px4-too-many-items": lambda h: on(h, profile=Px4Profile(max_items=1)),
    "px4-fence-too-large": lambda h: fenced(
        h,
        ring(h, *((i, 900.0 + (i % 2)) for i in range(40)), (40, 2000), (0, 2000)),
        profile=Px4Profile(max_fence_items=16),
    ),
    "px4-fence-vertices": lambda h: fenced(h, ring(h, (500, 0), (500, 90))),
    "px4-too-many-rally-points": lambda h: rally(h, 0.0, profile=Px4Profile(max_rally_points=0)),
    "px4-empty-mission": lambda h: bare(h),
    "px4-not-navigated": lambda h: on(h, h.to(300, 0, command=5000)),
    "px4-land-first": lambda h: bare(h, h.to(300, 0, 0.0, command=21)),
    "px4-takeoff-not-first": lambda h: on(h, h.to(300, 0, command=22)),
    "px4-takeoff-too-low": lambda h: on(h, up=0.0),
    "px4-vtol-item": lambda h: on(h, h.do(3000, 3.0)),
    "px4-land-pattern": lambda h: on(h, h.do(189), profile=Px4Profile(vtol=True)),
    "px4-land-approach": lambda h: bare(
        h,
        h.to(0, 0, command=22),
        h.to(300, 0),
        h.to(330, 0, 0.0, command=21),
        profile=Px4Profile(fixed_wing=True),
    ),
    "px4-takeoff-land-required": lambda h: on(h, profile=Px4Profile(mis_tko_land_req=2)),
    "px4-fence-excludes-home": lambda h: fenced(h, box(h, 900, 0, 50, inside=True)),
    "px4-waypoint-outside-fence": lambda h: fenced(h, box(h, 0, 0, 90, inside=True)),
    "px4-beyond-gf-max": lambda h: on(h, h.to(300, 0), profile=Px4Profile(gf_max_hor_dist_m=99)),
    "px4-relative-needs-home": lambda h: (replace(h.flight(h.to(300, 0)), home=None), {}),
    "px4-first-waypoint-far": lambda h: bare(
        h, h.to(300, 0), profile=Px4Profile(mis_dist_1wp_m=99.0)
    ),
    "px4-waypoint-below-home": lambda h: on(h, h.to(300, 0, -5.0)),
    "position-not-on-earth": lambda h: on(h, placed(h, 0, 0, 0, 0, 144.8, 65.5, 50)),
    "position-missing": lambda h: on(h, placed(h, 0, 0, 0, 0, math.nan, math.nan, 50)),
    "height-missing": lambda h: on(h, h.to(300, 0, math.nan)),
    "takeoff-without-place": lambda h: bare(
        h, placed(h, 0, 0, 0, 0, math.nan, math.nan, 50, command=22), h.to(300, 0)
    ),
    "gate-without-place": lambda h: on(h, h.do(4501)),
    "no-takeoff": lambda h: bare(h, h.to(300, 0)),
    "no-ending": lambda h: bare(h, h.to(300, 0)),
    "never-reached": lambda h: on(h, h.to(300, 0, command=17), h.to(300, 300)),
    "item-never-reached": lambda h: on(h, h.to(9e6, 0)),
    "waypoint-passed-by": lambda h: on(
        h, *(accepted(h.to(40 + 30 * i, 0, 50 + i), 2.0) for i in range(12))
    ),
    "jump-target": lambda h: on(h, h.to(300, 0), h.do(177, 99, 1)),
    "jump-count": lambda h: on(h, h.to(300, 0), h.to(300, 90), h.do(177, 1, -1)),
    "jump-not-repeated": lambda h: on(
        h, h.to(300, 0), h.to(300, 90), h.do(177, 1, 1), h.to(0, 90), h.do(177, 1, 2)
    ),
    "jump-broken": lambda h: on(
        h, h.to(300, 0), *(h.do(177, at, 1) for at in range(3, 14)), h.to(300, 90)
    ),
    "jump-endless": lambda h: on(h, h.to(300, 0), h.to(300, 90), h.do(177, 1, 65_535)),
    "leg-across-fence": lambda h: fenced(h, box(h, 150, 0, 20)),
    "jump-across-fence": lambda h: fenced(
        h,
        box(h, 150, 150, 20),
        items=(h.to(300, 0), h.to(300, 300), h.to(-90, 300), h.to(0, 290), h.do(177, 1, 1)),
    ),
    "circle-across-fence": lambda h: fenced(
        h,
        box(h, 300, 80, 20),
        items=(h.to(300, 0, command=17),),
        vehicle=WING,
        profile=Px4Profile(fixed_wing=True),
    ),
    "turn-across-fence": lambda h: fenced(
        h,
        box(h, 333, 61, 10),
        items=(h.to(300, 0), h.to(300, 400)),
        vehicle=WING,
        profile=Px4Profile(fixed_wing=True),
    ),
    "flown-across-fence": lambda h: fenced(
        h, box(h, 316, 16, 5), items=(accepted(h.to(300, 0), 40.0), h.to(300, 300), h.to(0, 300))
    ),
    "return-across-fence": lambda h: fenced(
        h, box(h, 150, 150, 20), items=(h.to(300, 0), h.to(300, 300))
    ),
    "failsafe-return-across-fence": lambda h: fenced(
        h, box(h, 150, 150, 20), items=(h.to(300, 0), h.to(300, 300), h.to(300, 0))
    ),
    "rally-outside-fence": lambda h: rally(h, 0.0, box(h, 100, 0, 20)),
    "rally-without-height": lambda h: rally(h, math.nan),
    "return-above-gf-max": lambda h: on(h, profile=Px4Profile(gf_max_ver_dist_m=20.0)),
    "return-above-ceiling": lambda h: on(h, profile=returns_at(150.0)),
    "fence-crosses-itself": lambda h: fenced(h, ring(h, (500, 0), (600, 90), (600, 0), (500, 90))),
    "fence-without-area": lambda h: fenced(h, ring(h, (500, 0), (500, 90), (500, 180))),
    "fence-antimeridian": lambda h: fenced(
        h,
        FencePolygon(
            ring=tuple(
                GeoPoint(latitude_deg=a, longitude_deg=b)
                for a, b in ((0, 179), (1, -179), (1, 179))
            ),
            inclusion=False,
        ),
    ),
    "fence-circle-radius": lambda h: fenced(h, circled(h, 0.0)),
    "fence-empty": lambda h: fenced(h, ring(h)),
    "trigger-too-fast": lambda h: on(h, h.do(206, 3.0, 0, 1), h.to(300, 0), camera=SLOW_CAMERA),
    "ceiling": lambda h: on(h, h.to(300, 0, 130.0)),
    "endurance": lambda h: flown_by(Vehicle(name="weak", endurance_s=60.0), on(h, h.to(3000, 0))),
    "made-for-another": lambda h: (
        replace(h.flight(), made_for=MadeFor(vehicle=WING)),
        {"vehicle": LASTING},
    ),
    "terrain-needs-home": lambda h: (replace(h.flight(h.to(300, 0)), home=None), {"hilly": True}),
    "terrain-unknown": lambda h: on(h, h.to(0, 60_000), hilly=True),
    "terrain-home-height": lambda h: (h.flight(h.to(300, 0), home_m=300.0), {"hilly": True}),
    "terrain-clearance": lambda h: on(h, h.to(790, 0), h.to(1600, 0), hilly=True),
    "terrain-return": lambda h: on(h, h.to(0, 300, 90), h.to(1600, 0, 65), hilly=True),
    "terrain-return-ceiling": lambda h: on(h, h.to(500, 500, 130), hilly=True),
    "terrain-failsafe-return": lambda h: on(
        h, h.to(0, 300, 90), h.to(1600, 0, 90), h.to(1600, 600, 65), h.to(1600, 0, 90), hilly=True
    ),
    "terrain-failsafe-return-ceiling": lambda h: on(
        h,
        h.to(0, 300, 40),
        profile=returns_at(130.0),
        hilly=True,
    ),
    "around-needs-home": lambda h: (
        replace(h.flight(h.to(300, 0)), home=None),
        {"surroundings": Surroundings(people=(h.square(150, 0, 20),))},
    ),
    "point-of-no-return": lambda h: flown_by(
        Vehicle(name="weak", endurance_s=300.0), around(h, h.to(3000, 0))
    ),
    "wind-limit": lambda h: blows(h, 13.0),
    "wind-leg": lambda h: flown_by(WING, blows(h, 27.0)),
    "gusts": lambda h: blows(h, 6.0, 13.0),
    "wind-slows": lambda h: flown_by(
        Vehicle(name="quad", max_airspeed_m_s=15.0, wind_limit_m_s=12.0), blows(h, 8.0)
    ),
    "link-range": lambda h: around(
        h, h.to(3000, 0), station=Station(place=h.origin), link_range_m=500.0
    ),
    "line-of-sight": lambda h: on(
        h,
        h.to(0, 300),
        h.to(2500, 0, 20),
        hilly=True,
        surroundings=Surroundings(station=Station(place=h.origin)),
    ),
    "airspace-prohibited": lambda h: within(h, Restriction.PROHIBITED),
    "airspace-authorisation": lambda h: within(h, Restriction.REQUIRES_AUTHORISATION),
    "airspace-conditional": lambda h: within(h, Restriction.CONDITIONAL),
    "airspace-u-space": lambda h: within(h, Restriction.U_SPACE),
    "airspace-failsafe-return": lambda h: on(
        h,
        h.to(0, 500),
        h.to(1000, 500),
        h.to(1000, 0),
        h.to(1000, 500),
        h.to(0, 500),
        surroundings=within(h, Restriction.PROHIBITED)[1]["surroundings"],
    ),
    "airspace-out-of-date": lambda h: around(
        h, airspace=(Airspace(zones=(), valid_to=datetime(2020, 1, 1, tzinfo=UTC)),), at=NOON
    ),
    "airspace-left-out": lambda h: around(
        h, airspace=(Airspace(zones=(), notes=("zone 3 covers no area",)),)
    ),
    "overflight-crowd": lambda h: around(
        h, h.to(500, 0), people=(h.square(250, 0, 20, kind="crowd"),)
    ),
    "overflight": lambda h: around(h, h.to(500, 0), people=(h.square(250, 0, 20),)),
    "privacy": lambda h: around(h, h.to(500, 0), privacy=(h.square(250, 0, 20),)),
    "conflict": lambda h: around(
        h,
        h.to(500, 0),
        others=(
            OtherPlan(
                name="b",
                plan=h.flight(h.to(500, 0)),
                vehicle=default_vehicle(),
                starts_s=0.0,
            ),
        ),
    ),
}


def accepted(item: MissionItem, radius_m: float) -> MissionItem:
    return replace(item, params=(item.params[0], radius_m, *item.params[2:]))


@pytest.fixture(scope="module")
def hilly(tmp_path_factory: pytest.TempPathFactory) -> Terrain:
    """At 100 m, with a ridge of 160 m 790 m east of home; nothing is known 60 km north."""
    heights = np.full((3601, 3601), 100.0)
    heights[:, round(0.51 * 3600) - 1 : round(0.51 * 3600) + 2] = 160.0
    file: Path = tmp_path_factory.mktemp("hill") / "N44E065.hgt"
    file.write_bytes(heights.astype(">i2").tobytes())
    return read_terrain(file)


def found(case: Case, here: Any, hilly: Terrain) -> list[Finding]:
    plan, how = case(here)
    terrain = {"terrain": hilly} if how.pop("hilly", False) else {}
    return list(check(plan, **{"vehicle": LASTING, **terrain, **how}))


@pytest.mark.parametrize("rule", sorted(CASES))
def test_a_rule_says_what_to_do_in_plain_words(rule: str, here: Any, hilly: Terrain) -> None:
    findings = [one for one in found(CASES[rule], here, hilly) if one.rule == rule]
    assert findings, [one.rule for one in found(CASES[rule], here, hilly)]
    for one in findings:
        assert len(one.proposal.split()) >= 2
        assert one.proposal != one.message
        assert not re.search(r"nan|None|\binf\b|<", one.proposal)
        assert one.proposal[0].islower() or one.proposal[0].isdigit() or "PX4" in one.proposal[:4]
        assert not one.proposal.endswith((".", ";", ","))


def test_every_rule_has_its_case() -> None:
    assert set(CASES) == RULES


def test_every_rule_in_the_code_is_registered() -> None:
    calls = [
        node
        for file in (ROOT / "missions" / "checks").rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("error", "warning", "finding")
    ]
    texts = [one for call in calls for one in ast.walk(call.args[0])]
    written = {str(one.value) for one in texts if isinstance(one, ast.Constant)}
    assert written <= RULES
    assert len(written) > 60


def test_the_docs_list_every_rule_and_which_are_mended() -> None:
    text = (ROOT / "docs" / "checks.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`[^|]+) \|.*\| (yes|) ?\|$", text, re.MULTILINE)
    listed = {rule: fix == "yes" for names, fix in rows for rule in re.findall(r"`([^`]+)`", names)}
    mended = {rule for mender in MENDERS for rule in mender.rules}
    assert set(listed) == RULES
    assert {rule for rule, fix in listed.items() if fix} == mended
