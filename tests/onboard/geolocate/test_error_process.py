"""How errors go on in time, and the filter in flight that follows them, as sure as it says."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onboard.geolocate import PoseErrors
from onboard.geolocate.bias_filter import BiasFilter, Seen
from onboard.geolocate.calibration_settings import CalibrationSettings, budget_for
from onboard.geolocate.error_budget import STATES, known_budgets
from onboard.geolocate.error_process import PARTS, ErrorProcess, view_of_parts
from tests.onboard.geolocate.overhead import line

CONSUMER = known_budgets()["consumer"]
PROCESS = ErrorProcess.of(CONSUMER)
LANDMARKS = np.array(
    [[-25.0, 20.0, 0.0], [30.0, 33.0, 0.0], [22.0, -30.0, 0.0], [-9.0, -22.0, 0.0]]
)
EVERY_S, TURN_RAD_S = 2.0, 0.08
ONE = np.zeros(1)


def whole(times_s: np.ndarray, headings_rad: np.ndarray) -> np.ndarray:
    return PROCESS.covariances(times_s, headings_rad, times_s, headings_rad)


@given(st.lists(st.tuples(st.floats(0, 900), st.floats(-7, 7)), min_size=2, max_size=12))
@settings(max_examples=40, deadline=None)
def test_covariances_between_instants_are_some(instants: list[tuple[float, float]]) -> None:
    times, headings = np.array(instants).T
    for each in whole(times, headings):
        np.testing.assert_allclose(each, each.T)
        assert np.linalg.eigvalsh(each).min() > -1e-9 * each.max()


@given(st.floats(-7, 7))
@settings(max_examples=20, deadline=None)
def test_every_heading_is_as_unsure_as_the_budget_says(heading_rad: float) -> None:
    at = np.array([heading_rad])
    variances = whole(ONE, at)[:, 0, 0]
    told = CONSUMER.prior_covariance + CONSUMER.drift.covariance
    np.testing.assert_allclose(variances, np.diag(told), rtol=1e-9)
    np.testing.assert_allclose(np.diag(PROCESS.steady), np.diag(told), rtol=1e-9)
    view = view_of_parts(heading_rad)
    by_parts = np.diag(view @ np.diag(PROCESS.variances) @ view.T)
    np.testing.assert_allclose(by_parts, variances, rtol=1e-9)


def test_compass_is_off_alike_when_the_aircraft_has_turned_round_and_not_before() -> None:
    headings = np.array([0.0, math.pi / 2.0, 2.0 * math.pi])
    yaw = whole(np.zeros(3), headings)[0]
    assert yaw[0, 2] == pytest.approx(yaw[0, 0])
    assert yaw[0, 1] < yaw[0, 0] - 0.2 * CONSUMER.drift.yaw_rad**2


def test_what_drifts_is_forgotten_and_what_stays_is_not() -> None:
    east = whole(np.array([0.0, 1e5]), np.zeros(2))[4]
    assert east[0, 1] == pytest.approx(CONSUMER.constant.horizontal_m**2)


def test_errors_of_poses_are_shared_out_and_stay_as_large_as_they_were_told() -> None:
    errors = PoseErrors(horizontal_m=2.0, heading_rad=0.04)
    budget = budget_for(CalibrationSettings(), errors)
    told = math.hypot(budget.constant.horizontal_m, budget.drift.horizontal_m)
    assert told == pytest.approx(2.0)
    assert math.hypot(budget.constant.yaw_rad, budget.drift.yaw_rad) == pytest.approx(0.04)
    assert budget.drift.horizontal_m > 0.5


def test_filter_in_flight_is_as_sure_as_it_says_of_errors_that_wander() -> None:
    """Its errors' squared distances in standard deviations over flights are their number."""
    scaled = [distance for seed in range(10) for distance in _flown(np.random.default_rng(seed))]
    assert float(np.mean(scaled)) == pytest.approx(STATES, rel=0.3)


def _flown(rng: np.random.Generator) -> list[float]:
    """Of the second half of a flight over four landmarks, drawn from the parts themselves."""
    followed = BiasFilter(PROCESS)
    for place in LANDMARKS:
        followed.add(place, np.eye(3) * 1e-4)
    parts, distances = rng.normal(0.0, np.sqrt(PROCESS.variances)), []
    kept = np.exp(-EVERY_S / PROCESS.lasts_s)
    for step in range(16):
        parts = kept * parts + rng.normal(0.0, np.sqrt((1.0 - kept**2) * PROCESS.variances))
        followed.pass_time(EVERY_S)
        view = line(EVERY_S * TURN_RAD_S * step)
        steady = view_of_parts(view.heading_rad) @ parts
        truth = steady + rng.normal(0.0, np.sqrt(PROCESS.per_frame))
        shown = view.pixels(LANDMARKS, np.tile(truth, (4, 1))) + rng.normal(0.0, 1.5, (4, 2))
        seen = [
            Seen(anchor=i, pixel=(float(u), float(v)), sigma_px=1.5)
            for i, (u, v) in enumerate(shown)
        ]
        followed.take(view, seen)
        belief = followed.belief(view.heading_rad)
        off = belief.mean - steady
        distances.append(float(off @ np.linalg.solve(belief.covariance, off)))
    assert len(followed.mean) == PARTS + 12
    return distances[8:]
