"""How gatherings moved between two meetings: on herds that are moved here by a known shift."""

import numpy as np
import pytest

from onboard.count.drifting import Drift, Drifts, Met, grazed_m2
from onboard.track.kinds import ANIMAL, VEHICLE, Kind

GAP_S = 120.0


def met_twice(
    drift: tuple[float, float],
    *,
    seed: int,
    count: int = 60,
    kind: Kind = ANIMAL,
    found: float = 0.9,
    grazed_m: float = 5.0,
) -> Met:
    """A herd that grazes on for two minutes, each animal by itself, all with one drift."""
    rng = np.random.default_rng(seed)
    was = rng.uniform(-20.0, 20.0, (count, 2))
    is_now = was + GAP_S * np.array(drift) + rng.normal(0.0, grazed_m, was.shape)
    first, second = was[rng.random(count) < found], is_now[rng.random(count) < found]
    places = np.concatenate((first, second))
    began_s = np.concatenate((np.zeros(len(first)), np.full(len(second), GAP_S + 5.0)))
    return Met(
        kind=kind,
        began_en=places,
        ended_en=places,
        began_s=began_s,
        ended_s=began_s + 5.0,
        velocity=rng.normal(0.0, 0.2, places.shape),
    )


def drift_of(met: Met) -> Drift:
    drifts = Drifts(met)
    return drifts.between(drifts.meeting[0], drifts.meeting[-1])


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("drift", [(0.0, 0.0), (0.35, -0.1), (-0.2, 0.4)])
def test_the_drift_of_a_herd_is_found_again(drift: tuple[float, float], seed: int) -> None:
    found = drift_of(met_twice(drift, seed=seed))
    assert np.hypot(*(found.velocity - drift)) * GAP_S <= 7.0


def test_the_drift_is_as_sure_as_it_says() -> None:
    """Oracle: chi squared with two degrees of freedom lies below 9.2 with 99 %."""
    squared, grazed_m = [], float(np.sqrt(grazed_m2(np.array(GAP_S))))
    for seed in range(40):
        found = drift_of(met_twice((0.2, 0.1), seed=seed, grazed_m=grazed_m))
        off = found.velocity - (0.2, 0.1)
        squared.append(float(off @ np.linalg.inv(found.covariance) @ off))
    assert np.mean(np.array(squared) < 9.2) >= 0.9
    assert 0.3 <= np.mean(squared) <= 4.0


def test_a_few_that_were_found_tell_less_than_many() -> None:
    sigmas = [
        np.trace(drift_of(met_twice((0.1, 0.0), seed=3, count=count)).covariance)
        for count in (8, 150)
    ]
    assert sigmas[1] < sigmas[0] / 2.0


def test_vehicles_do_not_drift_as_a_whole() -> None:
    drifts = Drifts(met_twice((0.3, 0.0), seed=1, kind=VEHICLE))
    assert not drifts.gathered.any()


def test_minutes_apart_are_two_meetings_and_two_herds_are_two() -> None:
    met = met_twice((0.0, 0.0), seed=2, count=100, found=1.0)
    assert len(set(Drifts(met).meeting.tolist())) == 2
    far = np.concatenate((np.zeros((50, 2)), np.full((50, 2), 500.0)))
    apart = Met(
        kind=ANIMAL,
        began_en=met.began_en[:100] + far,
        ended_en=met.ended_en[:100] + far,
        began_s=met.began_s[:100],
        ended_s=met.ended_s[:100],
        velocity=met.velocity[:100],
    )
    assert len(set(Drifts(apart).meeting.tolist())) == 2
