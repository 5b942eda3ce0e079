"""Searches: the shapes that IAMSAR draws, and a map that is flown to find sooner than a sweep."""

import math
from pathlib import Path

import numpy as np
import pytest
import shapely
import tifffile
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, Point, Polygon

from missions.area import Area, Place, ring_en, ring_geo
from missions.errors import BadInput
from missions.geodesy import GeoPoint, LocalPlane
from missions.heights import HeightAboveHome
from missions.path import PatrolPath
from missions.patterns.search import expanding_square, likely_places_first, sectors
from missions.patterns.search.belief import Belief, LikelyArea, LikelyPlace, beliefs_of
from missions.patterns.search.raster import read_weights
from missions.patterns.search.soonest_order import Strips, expected_s, soonest_order
from missions.patterns.sweep import sweep
from missions.time_model import leg_times_s
from missions.vehicle import default_vehicle

ORIGIN = GeoPoint(latitude_deg=44.85, longitude_deg=65.5)
PLANE = LocalPlane(ORIGIN)
DATUM = Place(position=ORIGIN, name="boat")
HEIGHT = HeightAboveHome(50.0)
VEHICLE = default_vehicle()
# Five metres, round corners drawn as octagons.
ZONE_KEPT_M = 4.6
FIELD = Polygon([(0, 0), (900, 0), (1000, 500), (450, 700), (0, 600)])
BENT = Polygon([(0, 0), (600, 0), (600, 150), (180, 150), (180, 500), (0, 500)])


def area_of(polygon: Polygon, name: str = "field") -> Area:
    return Area(outer=ring_geo(PLANE, np.array(polygon.exterior.coords)[:-1]), name=name)


def en(path: PatrolPath) -> np.ndarray:
    return ring_en(PLANE, tuple(point.position for point in path.points))


def flown(path: PatrolPath) -> LineString:
    return LineString(en(path))


def test_legs_of_the_square_grow_by_one_spacing_every_second_leg() -> None:
    path = expanding_square(DATUM, swath_m=30.0, height=HEIGHT, reach_m=100.0)
    legs = np.hypot(*np.diff(en(path), axis=0).T)
    assert np.allclose(legs[:6] / 30.0, [1, 1, 2, 2, 3, 3], atol=1e-3)
    headings = np.degrees(np.arctan2(*np.diff(en(path), axis=0).T)) % 360.0
    assert np.allclose((np.diff(headings) + 360.0) % 360.0, 90.0, atol=0.1)
    assert headings[0] == pytest.approx(0.0, abs=0.01) or headings[0] == pytest.approx(
        360.0, abs=0.01
    )


@settings(max_examples=25, deadline=None)
@given(st.floats(20, 60), st.floats(40, 400), st.floats(0, 6.3), st.booleans())
def test_square_sees_all_within_its_reach(
    swath: float, reach: float, heading: float, to_right: bool
) -> None:
    path = expanding_square(
        DATUM, swath_m=swath, height=HEIGHT, reach_m=reach, heading_rad=heading, to_right=to_right
    )
    seen = flown(path).buffer(swath / 2.0 + 0.05, cap_style="square", join_style="mitre")
    assert Point(0, 0).buffer(reach * 0.999).difference(seen).area < 1.0


def test_sectors_turn_by_120_degrees_and_pass_the_datum_three_times() -> None:
    path = sectors(DATUM, swath_m=30.0, height=HEIGHT, radius_m=200.0)
    away = np.hypot(*en(path).T)
    assert list(np.round(away)) == [0, 200, 200, 0, 200, 200, 0, 200, 200, 0]
    legs = np.diff(en(path), axis=0)
    assert np.allclose(np.hypot(*legs.T), 200.0, atol=0.1)
    headings = np.degrees(np.arctan2(*legs.T))
    turns = (np.diff(headings) + 360.0) % 360.0
    # Straight on over the datum, else 120 degrees to the right.
    assert np.allclose(turns, [120, 120, 0, 120, 120, 0, 120, 120], atol=0.1) or np.allclose(
        np.minimum(turns, 360.0 - turns), [120, 120, 0, 120, 120, 0, 120, 120], atol=0.1
    )


def test_second_sector_search_is_turned_by_30_degrees() -> None:
    path = sectors(DATUM, swath_m=30.0, height=HEIGHT, radius_m=200.0, searches=2)
    first, second = en(path)[1], en(path)[10]
    angle = math.degrees(math.atan2(*second) - math.atan2(*first))
    assert angle == pytest.approx(30.0, abs=0.01)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.floats(-150, 150), st.floats(-150, 150), st.sampled_from(("square", "sector")))
def test_searches_keep_to_the_area_and_out_of_zones(x: float, y: float, kind: str) -> None:
    zone = Polygon([(x, y), (x + 60, y), (x + 60, y + 60), (x, y + 60)])
    within = Polygon([(-200, -150), (250, -150), (250, 180), (-200, 180)])
    pattern = expanding_square if kind == "square" else sectors
    try:
        path = pattern(
            DATUM,
            swath_m=40.0,
            height=HEIGHT,
            within=area_of(within),
            no_fly=(area_of(zone, "zone"),),
        )
    except BadInput:
        reject()
    assert within.buffer(0.05).covers(flown(path))
    assert flown(path).distance(zone) > ZONE_KEPT_M


@pytest.mark.parametrize("reach", [math.nan, math.inf, 0.0, -5.0, None, 1e9])
def test_reach_that_makes_no_sense_is_refused(reach: float | None) -> None:
    with pytest.raises(BadInput, match="boat"):
        expanding_square(DATUM, swath_m=30.0, height=HEIGHT, reach_m=reach)


def test_square_with_too_many_legs_is_refused() -> None:
    with pytest.raises(BadInput, match="legs: at most"):
        expanding_square(DATUM, swath_m=0.1, height=HEIGHT, reach_m=5000.0)


def drawn_targets(beliefs: list[Belief], ground: Polygon, count: int = 4000) -> np.ndarray:
    """Where the sought one is, drawn at random as the beliefs say: an oracle of its own."""
    random = np.random.default_rng(7)
    weights = np.array([one.weight for one in beliefs if not hasattr(one, "weights")])
    found: list[np.ndarray] = []
    for belief, share in zip(beliefs, weights / weights.sum(), strict=True):
        wanted = int(count * share)
        if isinstance(belief, LikelyPlace):
            found.append(random.normal(PLANE.en(belief.position), belief.sigma_m, (wanted, 2)))
        elif isinstance(belief, LikelyArea):
            shape = belief.area.polygon(PLANE)
            west, south, east, north = shape.bounds
            thrown = random.uniform((west, south), (east, north), (6 * wanted, 2))
            found.append(thrown[shapely.contains_xy(shape, thrown)][:wanted])
    targets = np.concatenate(found)
    return targets[[ground.covers(Point(target)) for target in targets]]


def mean_time_s(path: PatrolPath, targets: np.ndarray, swath: float, start: np.ndarray) -> float:
    """The mean time until a target is within half a swath, by flying past all of them; one never
    seen counts as seen when the path ends."""
    points = np.vstack((start, en(path)))
    times = leg_times_s(points, VEHICLE, speed_m_s=10.0)
    found = np.full(len(targets), np.inf)
    clock = 0.0
    for i, (a, b, seconds) in enumerate(zip(points, points[1:], times, strict=False)):
        leg = b - a
        along = np.clip(((targets - a) @ leg) / max(float(leg @ leg), 1e-9), 0.0, 1.0)
        near = np.hypot(*(targets - a - along[:, None] * leg).T) <= swath / 2.0
        hit = near & (i > 0)
        found = np.where(hit, np.minimum(found, clock + along * seconds), found)
        clock += seconds
    return float(np.minimum(found, clock).mean())


SOUGHT: dict[str, tuple[Polygon, list[Belief]]] = {
    "two places": (
        FIELD,
        [
            LikelyPlace(position=PLANE.geo(700, 450), weight=3, sigma_m=60),
            LikelyPlace(position=PLANE.geo(150, 200), weight=1, sigma_m=50),
            LikelyArea(area=area_of(FIELD), weight=1),
        ],
    ),
    "a hut in a bent field": (
        BENT,
        [
            LikelyArea(
                area=area_of(Polygon([(500, 20), (580, 20), (580, 120), (500, 120)])), weight=2
            ),
            LikelyArea(area=area_of(BENT), weight=1),
        ],
    ),
}


@pytest.mark.parametrize("name", SOUGHT)
def test_map_is_searched_to_find_sooner_than_by_a_plain_sweep(name: str) -> None:
    ground, beliefs = SOUGHT[name]
    start = np.array((-40.0, -40.0))
    home = PLANE.geo(-40.0, -40.0)
    by_map = likely_places_first(
        area_of(ground),
        beliefs,
        swath_m=40.0,
        height=HEIGHT,
        vehicle=VEHICLE,
        speed_m_s=10.0,
        start=home,
    )
    plain = sweep(
        area_of(ground), swath_m=40.0, height=HEIGHT, vehicle=VEHICLE, speed_m_s=10.0, start=home
    )
    targets = drawn_targets(beliefs, ground)
    soonest = mean_time_s(by_map, targets, 40.0, start)
    assert soonest < 0.7 * mean_time_s(plain, targets, 40.0, start)
    assert by_map.figures["probability_flown"] > 0.97
    assert by_map.figures["expected_time_to_find_s"] == pytest.approx(soonest, rel=0.08)
    assert ground.buffer(0.05).covers(flown(by_map))


def test_map_search_is_the_same_every_time() -> None:
    ground, beliefs = SOUGHT["a hut in a bent field"]

    def once() -> PatrolPath:
        return likely_places_first(
            area_of(ground), beliefs, swath_m=50.0, height=HEIGHT, vehicle=VEHICLE, speed_m_s=10.0
        )

    assert once() == once()


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.floats(50, 850), st.floats(50, 450), st.floats(20, 120), st.floats(0, 700))
def test_map_search_keeps_to_the_area_and_out_of_zones(
    x: float, y: float, sigma: float, at: float
) -> None:
    zone = Polygon([(at, 100), (at + 120, 100), (at + 120, 300), (at, 300)])
    path = likely_places_first(
        area_of(FIELD),
        [LikelyPlace(position=PLANE.geo(x, y), weight=1.0, sigma_m=sigma)],
        swath_m=60.0,
        height=HEIGHT,
        vehicle=VEHICLE,
        speed_m_s=10.0,
        no_fly=(area_of(zone, "zone"),),
    )
    assert FIELD.buffer(0.05).covers(flown(path))
    assert flown(path).distance(zone) > ZONE_KEPT_M


def test_order_of_few_strips_is_nearly_the_best_of_all() -> None:
    random = np.random.default_rng(3)
    ends = random.uniform(0, 500, (5, 2, 2))
    enter, leave = ends.reshape(-1, 2), ends[:, ::-1].reshape(-1, 2)
    strips = Strips(
        durations_s=np.hypot(*(ends[:, 1] - ends[:, 0]).T) / 10.0,
        masses=np.array((0.1, 0.4, 0.2, 0.05, 0.25)),
        ways_s=np.hypot(*(leave[:, None] - enter[None]).transpose(2, 0, 1)) / 10.0,
        entry_s=np.hypot(*enter.T) / 10.0,
    )
    _, found = soonest_order(strips)
    best = min(expected_s(order, strips) for order in every_order(5))
    assert found <= 1.02 * best


def every_order(count: int) -> list[list[int]]:
    import itertools

    return [
        [2 * i + flip for i, flip in zip(order, flips, strict=True)]
        for order in itertools.permutations(range(count))
        for flips in itertools.product((0, 1), repeat=count)
    ]


def test_weights_that_lie_elsewhere_are_refused() -> None:
    far = LikelyArea(area=area_of(Polygon([(5000, 0), (5100, 0), (5100, 90)])), weight=1.0)
    with pytest.raises(BadInput, match="none of the weights"):
        likely_places_first(
            area_of(FIELD), [far], swath_m=60.0, height=HEIGHT, vehicle=VEHICLE, speed_m_s=10.0
        )


@pytest.mark.parametrize("value", ["much", -1.0, math.nan, math.inf, True, [1]])
def test_weight_that_is_none_is_refused_by_name(value: object) -> None:
    place = Place(position=ORIGIN, name="hut", properties={"weight": value})
    with pytest.raises(BadInput, match="hut"):
        beliefs_of((), (place,), sigma_m=20.0)


def test_ascii_grid_and_geotiff_of_the_same_weights_are_the_same(tmp_path: Path) -> None:
    weights = np.arange(12.0, dtype=np.float32).reshape(3, 4)
    head = "ncols 4\nnrows 3\nxllcorner 65.5\nyllcorner 44.85\ncellsize 0.001\nNODATA_value -1\n"
    rows = "\n".join(" ".join(str(float(v)) for v in row) for row in weights)
    grid, tiff = tmp_path / "w.asc", tmp_path / "w.tif"
    grid.write_text(head + rows + "\n")
    tags = [
        (33550, "d", 3, (0.001, 0.001, 0.0), True),
        (33922, "d", 6, (0.0, 0.0, 0.0, 65.5, 44.853, 0.0), True),
        (34735, "H", 8, (1, 1, 0, 1, 1024, 0, 1, 2), True),
    ]
    tifffile.imwrite(tiff, weights, extratags=tags)
    a, b = read_weights(grid), read_weights(tiff)
    assert np.array_equal(a.weights, b.weights)
    assert (a.west_deg, a.north_deg, a.cell_width_deg) == pytest.approx(
        (b.west_deg, b.north_deg, b.cell_width_deg)
    )


def test_grid_of_weights_draws_the_search_to_its_heaviest_cell(tmp_path: Path) -> None:
    file = tmp_path / "w.asc"
    head = "ncols 2\nnrows 1\nxllcorner 65.5\nyllcorner 44.85\ncellsize 0.005\n"
    file.write_text(head + "0 1\n")
    path = likely_places_first(
        area_of(FIELD),
        [read_weights(file)],
        swath_m=60.0,
        height=HEIGHT,
        vehicle=VEHICLE,
        speed_m_s=10.0,
    )
    east = PLANE.en(GeoPoint(latitude_deg=44.85, longitude_deg=65.505))[0]
    assert en(path)[:, 0].min() > east - 200.0
    assert path.figures["probability_flown"] > 0.97


@pytest.mark.parametrize(
    ("name", "text", "what"),
    [
        ("w.asc", "ncols 2\nnrows 1\n0 1\n", "cellsize is missing"),
        ("w.asc", "ncols 2\nnrows 1\nxllcorner 1\nyllcorner 2\ncellsize 1\n0 x\n", "line 6"),
        ("w.asc", "ncols 1e9\nnrows 1e9\nxllcorner 1\nyllcorner 2\ncellsize 1\n0\n", "cells"),
        ("w.asc", "ncols 2\nnrows 1\nxllcorner 5e5\nyllcorner 5e6\ncellsize 10\n0 1\n", "degrees"),
        ("w.tif", "no tiff", "not a tiff"),
        ("w.png", "", "should end in"),
    ],
)
def test_grid_that_is_none_is_refused_by_name(
    name: str, text: str, what: str, tmp_path: Path
) -> None:
    file = tmp_path / name
    file.write_text(text)
    with pytest.raises(BadInput, match=what) as refused:
        read_weights(file)
    assert name in refused.value.where
