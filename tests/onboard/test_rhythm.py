"""Patience follows the rate at which frames come."""

import numpy as np
import pytest

from onboard.messages import ObjectClass
from onboard.rhythm import Rhythm
from onboard.track import Placed, Tracker


def test_patience_is_two_and_a_half_usual_gaps() -> None:
    rhythm = Rhythm()
    assert [rhythm.beat(0.4 * step) for step in range(8)][-1] == pytest.approx(1.0)


def test_one_long_gap_does_not_change_it() -> None:
    rhythm = Rhythm()
    for step in range(8):
        rhythm.beat(0.4 * step)
    assert rhythm.beat(60.0) == pytest.approx(1.0)


def test_stills_far_apart_are_linked_by_nothing() -> None:
    rhythm = Rhythm()
    assert [rhythm.beat(60.0 * step) for step in range(4)] == [0.0] * 4


def test_a_clock_that_goes_back_is_no_gap() -> None:
    rhythm = Rhythm()
    for now_s in (100.0, 100.4, 1.0, 1.4):
        patience_s = rhythm.beat(now_s)
    assert patience_s == pytest.approx(1.0)


def test_a_standing_thing_is_followed_at_a_frame_every_three_seconds() -> None:
    rhythm, tracker, names = Rhythm(), Tracker(), set()
    for step in range(8):
        now_s = 3.0 * step
        placed = Placed(
            en_m=np.zeros((1, 2)),
            own_m2=np.eye(2)[None] * 0.1,
            shared_m2=np.eye(2)[None],
            scores=np.array([0.9]),
            classes=(ObjectClass.CAR,),
            boxes=np.array([[0.0, 0.0, 10.0, 10.0]]),
        )
        tracks = tracker.update(placed, now_s, patience_s=rhythm.beat(now_s))
        names |= {track.track_id for track in tracks}
    assert names == {1}
