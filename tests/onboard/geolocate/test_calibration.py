"""Errors found again from landmarks, from parked things, and in spite of bad sightings."""

import numpy as np
import pytest

from onboard.geolocate.adjustment import Anchor, Glimpse, Sighting
from onboard.geolocate.calibration import Calibration, calibrate
from onboard.geolocate.error_budget import NO_ERRORS, ErrorBudget, known_budgets
from onboard.geolocate.error_process import ErrorProcess
from tests.onboard.geolocate.overhead import line

CONSUMER = known_budgets()["consumer"]
WANDERS = ErrorProcess.of(CONSUMER)
STILL = ErrorProcess.of(
    ErrorBudget(constant=CONSUMER.constant, per_frame=NO_ERRORS, ground_height_m=0.0)
)

TRUTH = np.array([0.05, -0.017, 0.012, 0.015, 2.0, -1.5, 1.2])
PLACES = np.array([[-25.0, 20.0, 0.0], [30.0, 33.0, 2.0], [22.0, -30.0, 0.0], [-28.0, -22.0, 5.0]])
# The 99.9 % quantile of chi-square with seven degrees of freedom.
SURELY = 24.3


def glimpses(
    arc_rad: float, frames: int, noise_px: float, errors: np.ndarray | None = None
) -> list[Glimpse]:
    """Along an orbit at 8 m/s; `errors` (frames, 7), else the same in every frame."""
    rng = np.random.default_rng(4)
    made = []
    off = np.tile(TRUTH, (frames, 1)) if errors is None else errors
    for heading_rad, error in zip(np.linspace(0.3, 0.3 + arc_rad, frames), off, strict=True):
        sightline = line(float(heading_rad))
        shown = sightline.pixels(PLACES, np.tile(error, (4, 1)))
        shown = shown + rng.normal(0.0, noise_px, shown.shape)
        sightings = [
            Sighting(anchor=str(i), pixel=(float(u), float(v)), sigma_px=max(noise_px, 0.1))
            for i, (u, v) in enumerate(shown)
        ]
        t_s = float(heading_rad) * 100.0 / 8.0
        made.append(Glimpse(t_s=t_s, sightline=sightline, sightings=sightings))
    return made


def landmarks(sigma_m: float, off_m: float = 0.0) -> list[Anchor]:
    spread = np.diag([sigma_m**2, sigma_m**2, 0.02**2])
    moved = PLACES + np.array([off_m, -off_m, 0.0])
    return [Anchor(name=str(i), enu_m=each, covariance_m2=spread) for i, each in enumerate(moved)]


def far(found: Calibration, truth: np.ndarray = TRUTH) -> float:
    """How far what is thought of the flight is from the truth, squared, in standard deviations."""
    off = found.mean.mean - truth
    return float(off @ np.linalg.solve(found.mean.covariance, off))


def wandering(frames: int, arc_rad: float, seed: int) -> np.ndarray:
    """Errors (frames, 7) as the consumer's budget has them."""
    headings = np.linspace(0.3, 0.3 + arc_rad, frames)
    times = headings * 100.0 / 8.0
    each = WANDERS.covariances(times, headings, times, headings)
    each = each + WANDERS.per_frame[:, None, None] * np.eye(frames)
    rng = np.random.default_rng(seed)
    return np.array([rng.multivariate_normal(np.zeros(frames), one) for one in each]).T


def test_landmarks_seen_all_round_tell_every_error() -> None:
    found = calibrate(glimpses(5.0, 10, 0.0), landmarks(0.01), process=STILL)
    assert found.converged
    np.testing.assert_allclose(found.mean.mean[:4], TRUTH[:4], atol=2e-4)
    np.testing.assert_allclose(found.mean.mean[4:], TRUTH[4:], atol=0.05)


def test_errors_lie_within_what_is_said_of_them() -> None:
    found = calibrate(glimpses(0.8, 12, 1.5), landmarks(0.02), process=STILL)
    assert far(found) < SURELY
    assert found.reduced_chi2 == pytest.approx(1.0, abs=0.35)


def test_parked_things_of_unknown_place_tell_yaw_and_pitch() -> None:
    found = calibrate(glimpses(2.0, 12, 0.5), landmarks(60.0, 9.0), process=STILL)
    told = found.told()
    for name, truth in zip(("yaw_rad", "pitch_rad"), TRUTH[:2], strict=True):
        value, sigma = told[name]
        assert abs(value - truth) < 3.5 * sigma
    assert told["yaw_rad"][1] < 0.6 * CONSUMER.constant.yaw_rad


def test_a_sighting_of_the_wrong_thing_is_left_out() -> None:
    seen = glimpses(0.8, 8, 0.5)
    wrong = Sighting(anchor="0", pixel=(1400.0, 300.0), sigma_px=0.5)
    seen[3] = Glimpse(
        t_s=seen[3].t_s,
        sightline=seen[3].sightline,
        sightings=[wrong, *seen[3].sightings[1:]],
    )
    found = calibrate(seen, landmarks(0.02), process=STILL)
    assert found.weights[3][0] < 0.05
    assert far(found) < SURELY


def test_errors_that_wander_are_followed_and_as_sure_as_is_said() -> None:
    """Squared distances in standard deviations of each frame's whole error, over many flights."""
    scaled, apart = [], []
    for seed in range(12):
        truth = wandering(9, 1.6, seed)
        found = calibrate(glimpses(1.6, 9, 1.5, truth), landmarks(0.02), process=WANDERS)
        for index in range(9):
            belief = found.of_frame(index)
            off = belief.mean - truth[index]
            scaled.append(float(off @ np.linalg.solve(belief.covariance, off)))
            apart.append(abs(off[0]))
    assert float(np.mean(scaled)) == pytest.approx(7.0, rel=0.25)
    assert float(np.mean(apart)) < 0.1 * CONSUMER.constant.yaw_rad


def test_between_sightings_an_instant_is_less_sure_and_still_within_what_is_said() -> None:
    scaled, wider = [], []
    for seed in range(12):
        truth = wandering(9, 1.6, seed)
        every = glimpses(1.6, 9, 1.5, truth)
        kept = [each for index, each in enumerate(every) if index not in (4, 8)]
        found = calibrate(kept, landmarks(0.02), process=WANDERS)
        seen = found.of_frame(3)
        for index in (4, 8):
            belief = found.at(every[index].t_s, every[index].sightline.heading_rad)
            off = belief.mean - truth[index]
            scaled.append(float(off @ np.linalg.solve(belief.covariance, off)))
            wider.append(np.diag(belief.covariance) / np.diag(seen.covariance))
    assert float(np.mean(scaled)) == pytest.approx(7.0, rel=0.3)
    assert np.mean(wider, axis=0).min() > 1.0


def test_an_instant_of_a_sighting_is_told_as_that_frame_but_for_its_own_errors() -> None:
    seen = glimpses(1.6, 9, 1.5)
    found = calibrate(seen, landmarks(0.02), process=STILL)
    at, frame = found.at(seen[4].t_s, seen[4].sightline.heading_rad), found.of_frame(4)
    np.testing.assert_allclose(at.mean, frame.mean, atol=1e-6)


def test_far_from_all_sightings_nothing_is_known_but_what_stays() -> None:
    found = calibrate(glimpses(1.6, 9, 1.5), landmarks(0.02), process=WANDERS)
    late, later = found.at(1e6, 0.3), found.at(2e6, 0.3)
    np.testing.assert_allclose(late.mean, later.mean, atol=1e-12)
    sure = np.diag(late.covariance)[1:]
    assert (sure > np.diag(CONSUMER.drift.covariance)[1:]).all()
    assert (sure < np.diag(WANDERS.covariance)[1:]).all()


def test_budget_is_found_out_where_flights_are_better_than_it() -> None:
    found = calibrate(glimpses(0.8, 12, 1.5), landmarks(0.02), process=WANDERS)
    assert found.reduced_chi2 < 1.0
