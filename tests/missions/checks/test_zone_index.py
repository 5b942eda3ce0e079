"""The index of zones against plain shapely: inside, on borders, in holes, over the antimeridian."""

import numpy as np
import numpy.typing as npt
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, MultiPolygon, Point, Polygon, box

from missions.checks.zone_index import MANY_POINTS, ZoneIndex

Floats = npt.NDArray[np.float64]


def by_shapely(zones: list[Polygon], points: Floats) -> list[int]:
    found = []
    for x, y in points:
        holding = [i for i, zone in enumerate(zones) if zone.covers(Point(x, y))]
        found.append(holding[0] if holding else -1)
    return found


def many(points: Floats) -> Floats:
    """Enough of them that the compiled grid answers."""
    return np.tile(points, (MANY_POINTS // len(points) + 1, 1))


def stars(random: np.random.Generator, count: int, reach: float) -> list[Polygon]:
    zones = []
    for _ in range(count):
        n = int(random.integers(3, 40))
        angles = np.sort(random.uniform(0.0, 2.0 * np.pi, n))
        away = reach * random.uniform(0.2, 1.0, n)
        ring = away[:, None] * np.column_stack((np.cos(angles), np.sin(angles)))
        middle = random.uniform(0.0, 100.0, 2)
        drawn = Polygon(middle + ring, [middle + 0.4 * ring])
        zones.append(drawn if drawn.is_valid else drawn.convex_hull)
    return zones


@pytest.mark.parametrize("reach", [3.0, 20.0, 90.0])
@pytest.mark.parametrize("seed", range(4))
def test_grid_answers_as_shapely_does(seed: int, reach: float) -> None:
    random = np.random.default_rng(seed)
    zones = stars(random, 60, reach)
    spread = random.uniform(-10.0, 110.0, (300, 2))
    corners = shapely.get_coordinates(zones)
    near = corners[random.choice(len(corners), 150)]
    halves = (near + np.roll(near, 1, axis=0)) / 2.0
    hardly = np.nextafter(near, np.inf)
    points = np.concatenate((spread, near, halves, hardly))
    expected = by_shapely(zones, points)
    assert ZoneIndex(zones).covers(points).tolist() == expected
    assert ZoneIndex(zones).covers(many(points))[: len(points)].tolist() == expected


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_points_on_a_lattice_of_borders_are_found_exactly(data: st.DataObject) -> None:
    # Whole numbers put points on vertices and on edges, level, upright and slanting.
    whole = st.integers(0, 6)
    rings = data.draw(
        st.lists(st.lists(st.tuples(whole, whole), min_size=3, max_size=7), max_size=4)
    )
    zones = [Polygon(ring).buffer(0.0) for ring in rings]
    zones = [zone for zone in zones if isinstance(zone, Polygon) and not zone.is_empty]
    points = np.array([(x / 2.0, y / 2.0) for x in range(-1, 14) for y in range(-1, 14)])
    index = ZoneIndex(zones)
    assert index.covers(many(points))[: len(points)].tolist() == by_shapely(zones, points)


def test_a_hole_is_outside_and_its_border_is_not() -> None:
    zone = Polygon(box(0, 0, 10, 10).exterior, [box(4, 4, 6, 6).exterior])
    points = np.array([(5.0, 5.0), (4.0, 5.0), (2.0, 2.0), (10.0, 3.0), (10.0 + 1e-12, 3.0)])
    for asked in (points, many(points)):
        assert ZoneIndex([zone]).covers(asked)[:5].tolist() == [-1, 0, 0, 0, -1]


def test_the_first_zone_is_named_and_an_empty_one_keeps_its_place() -> None:
    zones = [Polygon(), box(0, 0, 4, 4), MultiPolygon([box(2, 2, 6, 6), box(8, 8, 9, 9)])]
    points = np.array([(1.0, 1.0), (3.0, 3.0), (5.0, 5.0), (8.5, 8.5), (7.0, 7.0)])
    for asked in (points, many(points)):
        assert ZoneIndex(zones).covers(asked)[:5].tolist() == [1, 1, 2, 2, -1]


def test_nothing_covers_what_is_not_a_number_and_no_zones_cover_nothing() -> None:
    points = np.array([(np.nan, 1.0), (1.0, np.inf), (1.0, 1.0)])
    for asked in (points, many(points)):
        assert ZoneIndex([box(0, 0, 2, 2)]).covers(asked)[:3].tolist() == [-1, -1, 0]
        assert set(ZoneIndex([]).covers(asked).tolist()) == {-1}
        assert set(ZoneIndex([Polygon()]).covers(asked).tolist()) == {-1}
    assert ZoneIndex([]).legs_touching([((0, 0), (1, 1))]).shape == (0, 2)


def test_a_zone_that_is_not_finite_is_refused() -> None:
    with pytest.raises(ValueError, match="not finite"):
        ZoneIndex([Polygon([(0, 0), (1, 0), (1, np.inf)])])


def test_a_ring_that_crosses_itself_is_repaired() -> None:
    bow = Polygon([(0, 0), (4, 4), (4, 0), (0, 4)])
    assert ZoneIndex([bow]).covers([(0.5, 2.0), (3.5, 2.0), (2.0, 0.5)]).tolist() == [0, 0, -1]


def over_the_line() -> list[Polygon]:
    """A zone from 178 to -177 with a hole, one written past 180, and one far away."""
    hole = [(179.5, 1.0), (-179.5, 1.0), (-179.5, 2.0), (179.5, 2.0)]
    first = Polygon([(178.0, 0.0), (-177.0, 0.0), (-177.0, 4.0), (178.0, 4.0)], [hole])
    return [first, box(181.0, 10.0, 183.0, 12.0), box(10.0, 10.0, 12.0, 12.0)]


def test_zones_reach_over_the_antimeridian() -> None:
    asked = {
        (179.0, 0.5): 0,
        (-178.0, 3.0): 0,
        (180.0, 1.5): -1,
        (-180.0, 3.0): 0,
        (-176.9, 2.0): -1,
        (0.0, 2.0): -1,
        (-178.0, 11.0): 1,
        (182.0, 11.0): 1,
        (11.0, 11.0): 2,
        (371.0, 11.0): 2,
    }
    points = np.array(list(asked))
    for each in (points, many(points)):
        found = ZoneIndex(over_the_line(), degrees=True).covers(each)
        assert found[: len(points)].tolist() == list(asked.values())


def test_legs_go_the_short_way_over_the_antimeridian() -> None:
    legs = [
        ((177.0, 3.0), (-176.0, 3.0)),
        ((-176.0, 3.0), (177.0, 3.0)),
        ((-170.0, 3.0), (-176.0, 3.0)),
        ((179.0, 11.0), (-170.0, 11.0)),
        ((9.0, 11.0), (20.0, 11.0)),
        ((np.nan, 1.0), (2.0, 2.0)),
    ]
    found = ZoneIndex(over_the_line(), degrees=True).legs_touching(legs)
    assert found.tolist() == [[0, 0], [1, 0], [3, 1], [4, 2]]


@pytest.mark.parametrize("seed", range(3))
def test_legs_touch_what_shapely_says(seed: int) -> None:
    random = np.random.default_rng(seed)
    zones = stars(random, 30, 15.0)
    legs = random.uniform(-10.0, 110.0, (80, 2, 2))
    legs[:5, 1] = legs[:5, 0]
    expected = [
        [i, j]
        for i, leg in enumerate(legs)
        for j, zone in enumerate(zones)
        if zone.intersects(LineString(leg))
    ]
    assert ZoneIndex(zones).legs_touching(legs).tolist() == expected
