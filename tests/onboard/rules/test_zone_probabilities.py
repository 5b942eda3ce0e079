"""Probabilities of places in zones, held against each sample by itself."""

import math

import numpy as np
import shapely
import shapely.affinity
from hypothesis import example, given, settings
from hypothesis import strategies as st

from onboard.rules.zones import UNIT_SAMPLES, Array, Zone, probability_within, reached

METRES = st.floats(-80.0, 80.0)
SIDES = st.floats(0.05, 60.0)
TURNS = st.floats(0.0, math.pi)
SIGMAS = st.floats(0.01, 12.0)


@st.composite
def shapes(draw: st.DrawFn) -> shapely.Geometry:
    """A strip that lies aslant, as roads do."""
    east, north, length, width = draw(METRES), draw(METRES), draw(SIDES), draw(SIDES)
    strip = shapely.box(-length, -width, length, width)
    turned = shapely.affinity.rotate(strip, draw(TURNS), use_radians=True)
    return shapely.affinity.translate(turned, east, north)


@st.composite
def places(draw: st.DrawFn) -> tuple[Array, Array]:
    """Some places with covariances that lie aslant too."""
    drawn = draw(st.lists(st.tuples(METRES, METRES, SIGMAS, SIGMAS, TURNS), min_size=1, max_size=5))
    en_m = np.array([each[:2] for each in drawn])
    roots = [
        np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]])
        @ np.diag((one, other))
        for _, _, one, other, turn in drawn
    ]
    return en_m, np.array([root @ root.T for root in roots])


def sample_by_sample(shape: shapely.Geometry, en_m: Array, covariances_m2: Array) -> list[float]:
    """The same with no short cut."""
    shares = []
    for place, covariance in zip(en_m, covariances_m2, strict=True):
        samples = place + UNIT_SAMPLES @ np.linalg.cholesky(covariance + 1e-9 * np.eye(2)).T
        within = [shapely.contains(shape, shapely.Point(each)) for each in samples]
        shares.append(float(np.mean(within)))
    return shares


@settings(max_examples=60)
@given(shape=shapes(), told=places())
@example(
    shape=shapely.Polygon([(-90, -90), (-88, -90), (90, 90), (88, 90)]),
    told=(np.array([[60.0, -60.0], [0.0, 1.0]]), np.array([np.eye(2), 4.0 * np.eye(2)])),
)
def test_a_probability_is_the_share_of_the_samples_within(
    shape: shapely.Geometry, told: tuple[Array, Array]
) -> None:
    assert probability_within(shape, *told).tolist() == sample_by_sample(shape, *told)


@settings(max_examples=60)
@given(drawn=st.lists(shapes(), min_size=1, max_size=6), told=places())
def test_no_zone_that_somebody_may_be_in_is_left_out(
    drawn: list[shapely.Geometry], told: tuple[Array, Array]
) -> None:
    zones = [Zone(str(number), shape) for number, shape in enumerate(drawn)]
    occupied = {each.id for each in zones if probability_within(each.shape, *told).any()}
    assert occupied <= {each.id for each in reached(zones, *told)}


def test_nothing_reaches_a_zone_where_nothing_is() -> None:
    zone = Zone("square", shapely.box(0.0, 0.0, 10.0, 10.0))
    assert reached([zone], np.empty((0, 2)), np.empty((0, 2, 2))) == []
    assert reached([], np.zeros((1, 2)), np.eye(2)[None]) == []


def test_a_place_that_is_no_number_hides_no_other() -> None:
    zone = Zone("square", shapely.box(0.0, 0.0, 10.0, 10.0))
    en_m, covariances = np.array([[np.nan, 5.0], [5.0, 5.0]]), np.array([np.eye(2)] * 2)
    assert reached([zone], en_m, covariances) == [zone]
    assert probability_within(zone.shape, en_m, covariances).tolist() == [0.0, 1.0]
