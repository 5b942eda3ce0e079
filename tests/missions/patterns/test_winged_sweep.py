"""Sweeps on wings: straight passes that see the area, turns that keep the radius and the zones."""

import itertools
import math

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, Polygon

from missions.area import Area
from missions.errors import BadInput
from missions.geodesy import GeoPoint, LocalPlane
from missions.heights import HeightAboveHome
from missions.path import PatrolPath
from missions.patterns.sweep.winged import turn_radius_m, winged_sweep
from missions.patterns.sweep.winged_passes import Ground, passes_at
from missions.patterns.sweep.winged_ways import flown_s, in_order, joined
from missions.patterns.turns.detours import Turns
from missions.patterns.turns.order import length_of, order_of_passes
from missions.vehicle import Vehicle, VehicleKind
from missions.wind import CALM, Wind

PLANE = LocalPlane(GeoPoint(latitude_deg=44.85, longitude_deg=65.51))
HEIGHT = HeightAboveHome(80.0)
WING = Vehicle(
    name="wing",
    kind=VehicleKind.FIXED_WING,
    cruise_speed_m_s=15.0,
    min_airspeed_m_s=11.0,
    max_airspeed_m_s=20.0,
    turn_radius_m=60.0,
)
FIELD = ((0.0, 0.0), (900.0, 80.0), (1000.0, 700.0), (300.0, 900.0), (-100.0, 500.0))


def area(ring: tuple[tuple[float, float], ...]) -> Area:
    return Area(outer=tuple(PLANE.geo(*point) for point in ring))


def swept(ring: tuple[tuple[float, float], ...], **more: object) -> PatrolPath:
    usual: dict[str, object] = {"swath_m": 80.0, "height": HEIGHT, "vehicle": WING}
    asked = usual | {"speed_m_s": 15.0} | more
    return winged_sweep(area(ring), **asked)  # type: ignore[arg-type]


def on_plane(path: PatrolPath) -> np.ndarray:
    return np.array([PLANE.en(point.position) for point in path.points])


def test_all_of_a_field_is_within_half_a_swath_of_straight_flight() -> None:
    en = on_plane(swept(FIELD))
    legs = [LineString(pair) for pair in itertools.pairwise(en)]
    long_legs = [leg for leg in legs if leg.length > 4.0 * WING.turn_radius_m]
    seen = shapely.union_all([leg.buffer(40.1, cap_style="flat") for leg in long_legs])
    polygon = Polygon(FIELD)
    assert seen.intersection(polygon).area > 0.99 * polygon.area


def test_passes_are_flown_straight_on_beyond_what_they_show() -> None:
    ground = Ground(polygon=Polygon(FIELD), forbidden=Polygon())
    passes = passes_at(ground, 0.0, swath_m=80.0, run_m=60.0, radius_m=60.0)
    for one in passes:
        enter, leave = one.states(back=False)
        whole = math.dist(enter[:2], leave[:2])
        assert whole == pytest.approx(math.dist(one.begin, one.end) + 120.0)
        assert enter[2] == pytest.approx(leave[2])


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    corners=st.lists(st.floats(0.35, 1.0), min_size=5, max_size=9),
    radius=st.floats(20.0, 90.0),
    swath=st.floats(40.0, 150.0),
)
def test_no_turn_is_tighter_than_the_radius(
    corners: list[float], radius: float, swath: float
) -> None:
    angles = np.linspace(0.0, 2.0 * math.pi, len(corners), endpoint=False)
    ring = [
        (600.0 * s * math.cos(a), 600.0 * s * math.sin(a))
        for s, a in zip(corners, angles, strict=True)
    ]
    ground = Ground(polygon=Polygon(ring).buffer(0.0), forbidden=Polygon())
    passes = passes_at(ground, 0.4, swath_m=swath, run_m=radius, radius_m=radius)
    turns = Turns(radius, ground.may_fly, ground.forbidden)
    made = joined(in_order(passes, turns.room, radius, None), turns)
    assert made.left_out == 0
    line = made.line()
    keep = np.concatenate(([True], np.hypot(*np.diff(line, axis=0).T) > 1e-6))
    steps = np.diff(line[keep], axis=0)
    courses = np.arctan2(steps[:, 0], steps[:, 1])
    bends = np.abs(np.remainder(np.diff(courses) + math.pi, 2.0 * math.pi) - math.pi)
    lengths = np.hypot(*steps.T)
    # Between two chords of one circle the bend is the mean of the angles that they span.
    least = np.minimum(lengths[:-1], lengths[1:])
    longest = np.maximum(lengths[:-1], lengths[1:])
    assert (bends <= longest / radius + least / radius + 1e-3).all()


def test_neither_pass_nor_turn_enters_a_zone() -> None:
    zone = ((380.0, 350.0), (520.0, 350.0), (520.0, 480.0), (380.0, 480.0))
    path = swept(FIELD, no_fly=(area(zone),))
    line = LineString(on_plane(path))
    # The corners of an arc lie outside of it: what is flown is further off than the polyline.
    assert not line.intersects(Polygon(zone).buffer(-20.0))
    assert path.figures["passes"] > 10


def test_order_of_close_passes_is_far_shorter_than_one_after_the_other() -> None:
    ground = Ground(polygon=Polygon(FIELD), forbidden=Polygon())
    passes = passes_at(ground, 0.0, swath_m=30.0, run_m=60.0, radius_m=60.0)
    turns = Turns(60.0, ground.may_fly, ground.forbidden)
    best = joined(in_order(passes, turns.room, 60.0, None), turns)
    plain = sum(
        way.length_m
        for index, (a, b) in enumerate(itertools.pairwise(passes))
        for way in turns.turn(a.states(back=bool(index % 2))[1], b.states(back=not index % 2)[0])
        or ()
    )
    flown = sum(way.length_m for turn in best.turns for way in turn)
    assert flown < 0.75 * plain


def test_order_visits_every_pass_once_and_never_loses_to_the_plain_one() -> None:
    dice = np.random.default_rng(3)
    places = dice.uniform(-500.0, 500.0, (12, 2, 2))
    ends = np.stack((places, places[:, ::-1]), axis=1)
    leave, enter = ends[:, :, 1], ends[:, :, 0]
    between = np.hypot(*np.moveaxis(leave[:, :, None, None] - enter[None, None], -1, 0))
    zero = np.zeros((12, 2))
    order = order_of_passes(between, zero, zero)
    assert sorted(index for index, _ in order) == list(range(12))
    plain = [(index, bool(index % 2)) for index in range(12)]
    assert length_of(order, between, zero, zero) <= length_of(plain, between, zero, zero)


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_no_pass_moved_elsewhere_or_turned_makes_an_order_shorter(seed: int) -> None:
    dice = np.random.default_rng(seed)
    count = 30
    places = dice.uniform(-500.0, 500.0, (count, 2, 2))
    enter, leave = places, places[:, ::-1]
    between = np.hypot(*np.moveaxis(leave[:, :, None, None] - enter[None, None], -1, 0))
    home = np.hypot(*np.moveaxis(enter, -1, 0))
    order = order_of_passes(between, home, home[:, ::-1])
    least = length_of(order, between, home, home[:, ::-1])
    moved = [
        [*rest[:place], (order[i][0], back), *rest[place:]]
        for i in range(count)
        for rest in [order[:i] + order[i + 1 :]]
        for place in range(count)
        for back in (False, True)
    ]
    assert min(length_of(one, between, home, home[:, ::-1]) for one in moved) >= least - 1e-5


def test_turns_kept_inside_stay_inside() -> None:
    path = swept(FIELD, keep_inside=True)
    assert Polygon(FIELD).buffer(25.0).covers(LineString(on_plane(path)))


def test_tail_wind_widens_the_turns() -> None:
    wind = Wind(speed_m_s=5.0, from_rad=0.0)
    assert turn_radius_m(WING, 15.0, CALM) == pytest.approx(60.0)
    assert turn_radius_m(WING, 15.0, wind) == pytest.approx(60.0 * (20.0 / 15.0) ** 2)


def test_wind_stronger_than_the_wings_is_refused() -> None:
    with pytest.raises(BadInput, match="no course can be held"):
        swept(FIELD, wind=Wind(speed_m_s=30.0, from_rad=1.0))


def test_time_with_and_against_the_wind_is_the_sum_of_both_ways() -> None:
    line = np.array(((0.0, 0.0), (0.0, 1500.0), (0.0, 0.0)))
    wind = Wind(speed_m_s=5.0, from_rad=0.0)
    assert flown_s(line, 15.0, wind) == pytest.approx(1500.0 / 10.0 + 1500.0 / 20.0)


def test_the_same_area_gives_the_same_path() -> None:
    assert swept(FIELD).points == swept(FIELD).points
