"""How people come together and run apart, and what only looks like it."""

import math

import numpy as np

from benchmarks.rules_actors import Actor, around
from benchmarks.rules_place import Array
from benchmarks.rules_stage import Stage
from onboard.messages import EventKind, ObjectClass


def _square(stage: Stage) -> Array:
    return np.array([stage.draw(-800, -250), stage.draw(500, 1200)])


def _by_way(stage: Stage, t_s: list[float], points: Array) -> Actor:
    return Actor(ObjectClass.PERSON, np.array(t_s), stage.town.placed(points))


def dense_crowd(stage: Stage) -> None:
    middle = stage.free(EventKind.CROWD, lambda: _square(stage))
    begin_s, count = stage.at(5, 60), int(stage.rng.integers(50, 61))
    end_s = begin_s + stage.draw(40, 80)
    places = around(middle, 2.3, count, stage.rng)
    people = [stage.stays(ObjectClass.PERSON, each, begin_s, end_s) for each in places]
    stage.must(EventKind.DENSE_CROWD, begin_s, end_s, *people)
    stage.must(EventKind.CROWD, begin_s, end_s, *people, again=True)


def no_dense_crowd(stage: Stage) -> None:
    middle = stage.free(EventKind.CROWD, lambda: _square(stage))
    begin_s, count = stage.at(5, 60), int(stage.rng.integers(26, 34))
    end_s = begin_s + 60.0
    places = around(middle, 7.0, count, stage.rng)
    people = [stage.stays(ObjectClass.PERSON, each, begin_s, end_s, 0.5) for each in places]
    stage.looks_like(EventKind.DENSE_CROWD, *people)
    stage.must(EventKind.CROWD, begin_s, end_s, *people, again=True)


def gathering(stage: Stage) -> None:
    middle = stage.free(EventKind.CROWD, lambda: _square(stage))
    begin_s, rush_s = stage.at(2, 60), 0.0
    people = []
    for angle in stage.rng.uniform(0.0, math.tau, int(stage.rng.integers(13, 19))):
        way = np.array([math.cos(angle), math.sin(angle)])
        from_m, to_m, speed = stage.draw(16, 26), stage.draw(0.5, 5), stage.draw(1.4, 2.4)
        start_s = begin_s + 8.0 + stage.draw(0, 2)
        there_s = start_s + (from_m - to_m) / speed
        rush_s = max(rush_s, there_s)
        points = middle + np.outer([from_m, from_m, to_m, to_m], way)
        people.append(_by_way(stage, [begin_s, start_s, there_s, begin_s + 60.0], points))
    stage.must(EventKind.SUDDEN_GATHERING, begin_s + 8.0, rush_s + 8.0, *people)


def no_gathering(stage: Stage) -> None:
    middle = stage.free(EventKind.CROWD, lambda: _square(stage))
    begin_s = stage.at(2, 40)
    people = []
    if stage.rng.random() < 0.5:
        # They come one by one, and wait.
        for number, angle in enumerate(stage.rng.uniform(0.0, math.tau, 14)):
            way = np.array([math.cos(angle), math.sin(angle)])
            start_s = begin_s + 7.0 * number
            points = middle + np.outer([24.0, stage.draw(0.5, 4), 1.0], way)
            people.append(_by_way(stage, [start_s, start_s + 17.0, begin_s + 125.0], points))
    else:
        # They walk past together.
        for place in around(np.zeros(2), 6.0, 15, stage.rng):
            points = middle + place + np.array([[-50.0, 0.0], [50.0, 0.0]])
            people.append(_by_way(stage, [begin_s, begin_s + 75.0], points))
    stage.looks_like(EventKind.SUDDEN_GATHERING, *people)


def scattering(stage: Stage) -> None:
    middle = stage.free(EventKind.CROWD, lambda: _square(stage))
    begin_s = stage.at(2, 100)
    flee_s, people = begin_s + 20.0, []
    for place in around(np.zeros(2), 6.0, int(stage.rng.integers(13, 19)), stage.rng):
        angle = math.atan2(place[1], place[0]) + stage.draw(-0.6, 0.6)
        far = np.array([math.cos(angle), math.sin(angle)]) * stage.draw(3.0, 5.0) * 12.0
        start_s = flee_s + stage.draw(0, 1.5)
        points = middle + np.array([place, place, place + far, place + 1.3 * far])
        people.append(_by_way(stage, [begin_s, start_s, start_s + 12.0, start_s + 30.0], points))
    stage.must(EventKind.SUDDEN_SCATTERING, flee_s, flee_s + 16.0, *people)


def no_scattering(stage: Stage) -> None:
    middle = stage.free(EventKind.CROWD, lambda: _square(stage))
    begin_s = stage.at(2, 100)
    people = []
    strolls = stage.rng.random() < 0.5
    for place in around(np.zeros(2), 6.0, 15, stage.rng):
        angle = math.atan2(place[1], place[0])
        way = np.array([math.cos(angle), math.sin(angle)]) * stage.draw(1.0, 1.4) * 40.0
        # They go home, each their own way, or run in one direction together.
        goal = way if strolls else np.array([stage.draw(100, 115), 0.0])
        start_s = begin_s + 10.0 + (stage.draw(0, 8) if strolls else 0.0)
        points = middle + np.array([place, place, place + goal])
        people.append(_by_way(stage, [begin_s, start_s, start_s + 40.0], points))
    stage.looks_like(EventKind.SUDDEN_SCATTERING, *people)
