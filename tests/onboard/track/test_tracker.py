"""Identity, speed and certainty of followed objects, on the ground."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onboard.messages import ObjectClass
from onboard.track import Placed, Track, Tracker, TrackerSettings, kalman

STEP_S = 0.4


def placed(
    *en_m: tuple[float, float],
    classes: tuple[ObjectClass, ...] | None = None,
    scores: tuple[float, ...] | None = None,
    sigma_m: float = 0.3,
) -> Placed:
    count = len(en_m)
    own = np.repeat(np.eye(2)[None] * sigma_m**2, count, axis=0)
    return Placed(
        en_m=np.array(en_m).reshape(-1, 2),
        own_m2=own,
        shared_m2=own * 4.0,
        scores=np.array(scores or (0.9,) * count),
        classes=classes or (ObjectClass.PERSON,) * count,
        boxes=np.tile([0.0, 0.0, 10.0, 10.0], (count, 1)),
    )


def ids(tracks: list[Track]) -> set[int]:
    return {track.track_id for track in tracks}


def test_a_thing_is_believed_when_it_is_seen_twice() -> None:
    tracker = Tracker()
    assert tracker.update(placed((0.0, 0.0)), 0.0) == []
    assert len(tracker.update(placed((0.1, 0.0)), STEP_S)) == 1


def test_speed_over_the_ground_is_found_with_its_error() -> None:
    tracker, rng = Tracker(), np.random.default_rng(2)
    tracks: list[Track] = []
    for step in range(25):
        east, north = rng.normal([12.0 * STEP_S * step, -3.0 * STEP_S * step], 0.3)
        tracks = tracker.update(placed((east, north), classes=(ObjectClass.CAR,)), step * STEP_S)
    (track,) = tracks
    error = track.velocity_en_m_s - [12.0, -3.0]
    assert np.abs(error).max() < 1.2
    assert error @ np.linalg.solve(track.velocity_m2_s2, error) < 13.8


def test_two_who_pass_each_other_keep_their_names() -> None:
    tracker = Tracker()
    names = []
    for step in range(20):
        along = -6.0 + 0.6 * step
        tracks = tracker.update(placed((along, 0.8), (-along, -0.8)), step * STEP_S)
        names.append([t.track_id for t in sorted(tracks, key=lambda t: -t.en_m[1])])
    assert names[1] == names[-1]


def test_a_car_that_moves_far_between_frames_is_the_same_car() -> None:
    tracker, car = Tracker(), (ObjectClass.CAR,)
    seen = [
        ids(tracker.update(placed((14.0 * STEP_S * step, 0.0), classes=car), step * STEP_S))
        for step in range(8)
    ]
    assert set().union(*seen) == {1}


def test_identity_outlasts_a_gap_of_two_seconds() -> None:
    tracker = Tracker()
    for step in range(6):
        tracker.update(placed((1.2 * STEP_S * step, 0.0)), step * STEP_S)
    for step in range(6, 11):
        told = tracker.update(placed(), step * STEP_S)
        assert not any(track.seen_now for track in told)
    again = tracker.update(placed((1.2 * STEP_S * 11, 0.0)), 11 * STEP_S)
    assert ids(again) == {1}
    assert again[0].seen_now


def test_what_is_not_seen_for_long_is_forgotten() -> None:
    tracker = Tracker()
    tracker.update(placed((0.0, 0.0)), 0.0)
    tracker.update(placed((0.0, 0.0)), 0.4)
    assert tracker.update(placed(), 4.0) == []


def test_a_weak_detection_extends_a_track_and_begins_none() -> None:
    tracker = Tracker()
    tracker.update(placed((0.0, 0.0)), 0.0)
    tracker.update(placed((0.0, 0.0)), 0.4)
    tracks = tracker.update(placed((0.1, 0.0), (30.0, 0.0), scores=(0.2, 0.2)), 0.8)
    assert ids(tracks) == {1}
    assert tracks[0].seen_now
    assert ids(tracker.update(placed((0.1, 0.0), (30.0, 0.0), scores=(0.2, 0.2)), 1.2)) == {1}


def test_a_person_does_not_become_the_car_beside() -> None:
    tracker = Tracker()
    both = (ObjectClass.PERSON, ObjectClass.CAR)
    for step in range(3):
        tracker.update(placed((0.0, 0.0), (1.0, 0.0), classes=both), step * STEP_S)
    tracks = tracker.update(placed((0.9, 0.0), classes=(ObjectClass.PERSON,)), 1.2)
    seen = [track.object_class for track in tracks if track.seen_now]
    assert seen == [ObjectClass.PERSON]


def test_the_place_told_is_no_surer_than_the_camera_itself() -> None:
    tracker = Tracker()
    tracks: list[Track] = []
    for step in range(30):
        tracks = tracker.update(placed((0.0, 0.0)), step * STEP_S)
    assert np.linalg.eigvalsh(tracks[0].covariance_m2).min() >= 4.0 * 0.3**2


def test_a_boot_clock_that_goes_back_starts_anew() -> None:
    tracker = Tracker()
    tracker.update(placed((0.0, 0.0)), 100.0)
    tracker.update(placed((0.0, 0.0)), 100.4)
    assert tracker.update(placed((0.0, 0.0)), 1.0) == []


def test_stills_are_believed_at_once() -> None:
    tracker = Tracker(TrackerSettings(confirm_sightings=1))
    assert len(tracker.update(placed((0.0, 0.0)), 0.0)) == 1


def test_filter_agrees_with_least_squares_when_nothing_accelerates() -> None:
    """Oracle: numpy's weighted straight-line fit."""
    times, rng = np.arange(12) * STEP_S, np.random.default_rng(3)
    measured = np.stack((2.0 + 1.5 * times, 1.0 - 0.5 * times), 1) + rng.normal(0, 0.3, (12, 2))
    state = np.array([[*measured[0], 0.0, 0.0]])
    covariance = np.diag([0.09, 0.09, 1e6, 1e6])[None]
    for index in range(1, 12):
        state, covariance = kalman.predict(
            state,
            covariance,
            step_s=STEP_S,
            restless_m2_s3=np.zeros(1),
            memory_s=np.full(1, 1e9),
        )
        state, covariance = kalman.update(
            state, covariance, measured[index : index + 1], np.eye(2)[None] * 0.09
        )
    (speed_e, place_e), (speed_n, place_n) = (
        np.polyfit(times - times[-1], side, 1) for side in measured.T
    )
    np.testing.assert_allclose(state[0], [place_e, place_n, speed_e, speed_n], atol=1e-4)
    assert covariance[0, 2, 2] == pytest.approx(covariance[0, 3, 3])


def test_what_leaves_the_picture_is_the_same_when_the_picture_comes_back() -> None:
    here = np.array([[-10.0, -10.0], [10.0, -10.0], [10.0, 10.0], [-10.0, 10.0]])
    tracker = Tracker()
    for step in range(6):
        tracker.update(placed((0.0, 0.0)), step * STEP_S, view_en=here)
    for step in range(6, 50):
        told = tracker.update(placed(), step * STEP_S, view_en=here + np.array([100.0, 0.0]))
    assert told == []
    again = tracker.update(placed((0.5, 0.3)), 50 * STEP_S, view_en=here)
    assert ids(again) == {1}


def test_what_stays_away_from_where_it_should_be_seen_is_forgotten() -> None:
    here = np.array([[-50.0, -50.0], [50.0, -50.0], [50.0, 50.0], [-50.0, 50.0]])
    tracker = Tracker()
    for step in range(6):
        tracker.update(placed((0.0, 0.0)), step * STEP_S, view_en=here)
    for step in range(6, 50):
        tracker.update(placed(), step * STEP_S, view_en=here)
    tracker.update(placed((0.5, 0.3)), 50 * STEP_S, view_en=here)
    (track,) = tracker.update(placed((0.5, 0.3)), 51 * STEP_S, view_en=here)
    assert track.track_id != 1


@given(step_s=st.floats(0.01, 5.0), pieces=st.integers(2, 12))
def test_a_time_cut_into_pieces_is_predicted_as_the_whole(step_s: float, pieces: int) -> None:
    state, covariance = np.array([[1.0, 2.0, 3.0, -1.0]]), np.eye(4)[None] * 0.3
    how = {"restless_m2_s3": np.array([0.9]), "memory_s": np.array([12.0])}
    whole = kalman.predict(state, covariance, step_s=step_s, **how)
    for _ in range(pieces):
        state, covariance = kalman.predict(state, covariance, step_s=step_s / pieces, **how)
    np.testing.assert_allclose(state, whole[0], rtol=1e-9)
    np.testing.assert_allclose(covariance, whole[1], rtol=1e-6, atol=1e-9)
