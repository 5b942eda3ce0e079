"""What keeps its name although no smooth motion, class or picture links its sightings."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onboard.messages import ObjectClass
from onboard.track import Placed, Tracker
from onboard.track.association import kinds_of
from onboard.track.wandering import Lost, densities, drift_sigma_m

STEP_S = 0.1
NEAR = np.array([[-15.0, -15.0], [15.0, -15.0], [15.0, 15.0], [-15.0, 15.0]])
AWAY = NEAR + 500.0
PERSON, CAR = ObjectClass.PERSON, ObjectClass.CAR


def placed(*en_m: tuple[float, float], of: ObjectClass = PERSON) -> Placed:
    count = len(en_m)
    own = np.repeat(np.eye(2)[None] * 0.04, count, axis=0)
    return Placed(
        en_m=np.array(en_m).reshape(-1, 2),
        own_m2=own,
        shared_m2=own,
        scores=np.full(count, 0.9),
        classes=(of,) * count,
        boxes=np.array(
            [[20.0 * e, 20.0 * n, 20.0 * e + 30.0, 20.0 * n + 30.0] for e, n in en_m]
        ).reshape(-1, 4),
        sizes_m=np.full((count, 2), 1.0),
    )


def standing(tracker: Tracker, *, frames: int = 40, of: ObjectClass = PERSON) -> float:
    """Somebody stands in the middle of the picture; returns the time after."""
    for step in range(frames):
        tracker.update(placed((0.0, 0.0), of=of), STEP_S * step, view_en=NEAR)
    return STEP_S * frames


def names(tracker: Tracker, seen: Placed, from_s: float) -> set[int]:
    """Of those told of after three frames that see the same."""
    for step in range(3):
        tracks = tracker.update(seen, from_s + STEP_S * step, view_en=NEAR)
    return {track.track_id for track in tracks if track.seen_now}


def test_a_class_mistaken_in_a_frame_begins_nothing_new() -> None:
    tracker = Tracker()
    now_s = standing(tracker)
    assert tracker.update(placed((0.1, 0.0), of=CAR), now_s, view_en=NEAR)[0].seen_now
    assert names(tracker, placed((0.0, 0.0)), now_s + STEP_S) == {1}


def test_who_swerves_is_the_same() -> None:
    tracker = Tracker()
    now_s = standing(tracker)
    assert names(tracker, placed((1.3, 0.0)), now_s) == {1}


def test_who_is_six_metres_off_in_the_next_frame_is_another() -> None:
    tracker = Tracker()
    now_s = standing(tracker)
    assert names(tracker, placed((6.0, 0.0)), now_s) == {2}


@pytest.mark.parametrize("came_m", [0.0, 4.0])
def test_who_stood_is_known_again_whether_he_stayed_or_went(came_m: float) -> None:
    tracker = Tracker()
    now_s = standing(tracker)
    for step in range(60):
        tracker.update(placed(), now_s + STEP_S * step, view_en=AWAY)
    assert names(tracker, placed((came_m, 0.0)), now_s + 6.0) == {1}


def test_a_parked_car_is_known_again_and_not_the_one_beside_it() -> None:
    tracker = Tracker()
    now_s = standing(tracker, of=CAR)
    for step in range(300):
        tracker.update(placed(), now_s + STEP_S * step, view_en=AWAY)
    told = names(tracker, placed((0.0, 0.0), (5.0, 0.0), of=CAR), now_s + 30.0)
    assert 1 in told
    assert len(told) == 2


def lost(kind: ObjectClass, speed_m_s: float, gap_s: float) -> Lost:
    velocity = np.array([[speed_m_s, 0.0]])
    return Lost(
        kinds=kinds_of((kind,)),
        en_m=np.zeros((1, 2)),
        covariance_m2=0.09 * np.eye(2)[None],
        velocity=velocity,
        velocity_m2_s2=0.04 * np.eye(2)[None],
        drift=velocity,
        gap_s=np.array([gap_s]),
    )


@pytest.mark.parametrize("kind", [PERSON, CAR, ObjectClass.CATTLE])
def test_a_density_sums_to_one_but_for_what_is_too_far(kind: ObjectClass) -> None:
    gone = lost(kind, 0.3, 3.0)
    reach_m = 120.0
    steps = np.linspace(-reach_m, reach_m, 401)
    grid = np.stack(np.meshgrid(steps, steps), axis=-1).reshape(-1, 2)
    density = densities(gone, grid, np.repeat(0.09 * np.eye(2)[None], len(grid), axis=0))
    assert density.sum() * (steps[1] - steps[0]) ** 2 == pytest.approx(1.0, abs=0.02)


@given(gap_s=st.floats(0.0, 600.0), more_s=st.floats(0.0, 600.0))
def test_the_longer_away_the_less_sure(gap_s: float, more_s: float) -> None:
    sooner, later = drift_sigma_m(np.array([gap_s, gap_s + more_s]))
    assert sooner <= later + 1e-9


def test_what_stood_most_likely_stays_and_what_ran_most_likely_goes() -> None:
    stood, ran = (lost(PERSON, speed, 10.0).ways()[0] for speed in (0.0, 2.5))
    assert stood[2] < 0.2 < 0.95 < ran[2]
