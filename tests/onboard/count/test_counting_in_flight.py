"""Crowds and herds are told when they are left behind, once, and again when that has changed."""

from collections.abc import Iterable

import numpy as np
import pytest

from onboard.count import LiveCount, LiveCountSettings
from onboard.messages import EventKind, ObjectClass, Severity
from onboard.rules.finding import Finding
from onboard.track.track import Track

HERE = np.array([[-20.0, -20.0], [20.0, -20.0], [20.0, 20.0], [-20.0, 20.0]])
AWAY = HERE + 1000.0
RATE_HZ = 10.0


def person(name: int, t_s: float, *, first_s: float, kind: str) -> Track:
    east, north = 2.0 * (name % 5), 2.0 * (name % 100 // 5)
    left, top = 25.0 * east, 25.0 * north
    return Track(
        track_id=name,
        object_class=ObjectClass(kind),
        confidence=0.8,
        en_m=np.array([east, north]),
        velocity_en_m_s=np.zeros(2),
        covariance_m2=0.09 * np.eye(2),
        own_m2=0.04 * np.eye(2),
        velocity_m2_s2=0.01 * np.eye(2),
        box=(left, top, left + 15.0, top + 15.0),
        first_seen_s=first_s,
        last_seen_s=t_s,
        sightings=2 + round((t_s - first_s) * RATE_HZ),
    )


def look(
    counting: LiveCount, names: Iterable[int], *, from_s: float, to_s: float, kind: str = "person"
) -> list[Finding]:
    """What is told while these are seen; nobody is where there are no names."""
    told, names = [], list(names)
    for t_s in np.arange(from_s, to_s, 1.0 / RATE_HZ).tolist():
        tracks = [person(name, t_s, first_s=from_s, kind=kind) for name in names]
        told += counting.observe(t_s, tracks, HERE if names else AWAY)
    return told


def test_a_crowd_is_told_once_when_it_was_left_behind() -> None:
    counting = LiveCount()
    assert look(counting, range(12), from_s=0.0, to_s=6.0) == []
    (told,) = look(counting, (), from_s=6.0, to_s=60.0)
    assert (told.kind, told.severity) == (EventKind.SIGHTING, Severity.NOTICE)
    assert abs(told.object_count - 12) <= 2
    assert told.began_s == 0.0


def test_the_same_crowd_on_the_way_back_is_no_news() -> None:
    counting = LiveCount()
    look(counting, range(12), from_s=0.0, to_s=6.0)
    assert len(look(counting, (), from_s=6.0, to_s=90.0)) == 1
    look(counting, range(100, 112), from_s=90.0, to_s=96.0)
    assert look(counting, (), from_s=96.0, to_s=150.0) == []


def test_a_crowd_that_has_doubled_is_news() -> None:
    counting = LiveCount()
    look(counting, range(12), from_s=0.0, to_s=6.0)
    look(counting, (), from_s=6.0, to_s=90.0)
    look(counting, range(100, 125), from_s=90.0, to_s=96.0)
    (told,) = look(counting, (), from_s=96.0, to_s=150.0)
    assert told.object_count >= 20


def test_a_crowd_that_stays_in_the_picture_is_told_all_the_same() -> None:
    told = look(LiveCount(LiveCountSettings(tell_every_s=30.0)), range(12), from_s=0.0, to_s=90.0)
    assert len(told) == 1


@pytest.mark.parametrize(("names", "kind"), [(range(4), "person"), (range(12), "car")])
def test_a_few_people_and_traffic_are_no_gathering(names: range, kind: str) -> None:
    counting = LiveCount()
    assert look(counting, names, from_s=0.0, to_s=6.0, kind=kind) == []
    assert look(counting, (), from_s=6.0, to_s=200.0) == []


def test_time_that_goes_back_forgets_who_was_told() -> None:
    counting = LiveCount()
    look(counting, range(12), from_s=100.0, to_s=106.0)
    look(counting, (), from_s=106.0, to_s=150.0)
    look(counting, range(12), from_s=0.0, to_s=6.0)
    assert len(look(counting, (), from_s=6.0, to_s=60.0)) == 1


def test_frames_between_those_that_are_asked_for_are_passed_over() -> None:
    counting = LiveCount(LiveCountSettings(rate_hz=2.0))
    look(counting, range(12), from_s=0.0, to_s=5.0)
    (chances,) = {each.chances for each in counting._counter._individuals.values()}
    assert 9 <= chances <= 11
