"""Speeds from noisy places."""

import numpy as np

from onboard.geolocate.motion import smoothed

TIMES = np.arange(0.0, 10.0, 0.2)


def test_a_steady_things_speed_is_found_within_what_is_said_of_it() -> None:
    rng = np.random.default_rng(2)
    truth = np.column_stack((12.0 * TIMES, -5.0 * TIMES))
    noise = np.tile(0.2**2 * np.eye(2), (len(TIMES), 1, 1))
    motion = smoothed(TIMES.tolist(), truth + rng.normal(0.0, 0.2, truth.shape), noise)
    off = np.abs(motion.speed_m_s - 13.0)
    assert np.median(off) < 0.42
    assert np.mean(off < 2.0 * motion.speed_sigma_m_s) > 0.85
    assert np.hypot(*(motion.en_m - truth).T).mean() < 0.2


def test_a_constant_displacement_leaves_the_speed() -> None:
    truth = np.column_stack((3.0 * TIMES, 0.0 * TIMES))
    noise = np.tile(0.3**2 * np.eye(2), (len(TIMES), 1, 1))
    here = smoothed(TIMES.tolist(), truth, noise)
    there = smoothed(TIMES.tolist(), truth + np.array([40.0, -7.0]), noise)
    np.testing.assert_allclose(here.velocity_m_s, there.velocity_m_s, atol=1e-6)
