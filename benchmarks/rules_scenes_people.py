"""What people do in squares and closed places, and what only looks like it."""

import math

import numpy as np

from benchmarks.rules_actors import Actor, around
from benchmarks.rules_place import BOXES, Array
from benchmarks.rules_stage import Stage
from onboard.messages import EventKind, ObjectClass


def intrusion(stage: Stage) -> None:
    area = "closed-yard" if stage.night and stage.rng.random() < 0.5 else "closed-field"
    goal = stage.free(EventKind.INTRUSION, lambda: stage.within(area, 20.0))
    begin_s = stage.at(5, 60)
    way = np.array([goal + np.array([0.0, 8.0]), goal, goal + np.array([12.0, 0.0]), goal])
    person = stage.person(way, begin_s, 0.9)
    stage.must(EventKind.INTRUSION, begin_s, float(person.t_s[-1]), person)


def no_intrusion(stage: Stage) -> None:
    left, low, right, high = BOXES["closed-field"][1]
    begin_s = stage.at(0, 40)
    fence = np.array([[left, high + stage.draw(5, 9)], [right - 130.0, high + stage.draw(5, 9)]])
    people = [stage.person(fence, begin_s, 1.4)]
    corner = np.array([[right + 6.0, low + 4.0], [right - 1.0, low - 1.0], [right - 8.0, low - 8]])
    people.append(stage.person(corner, begin_s, 2.0))
    if not stage.night:
        yard = stage.within("closed-yard", 20.0)
        people.append(stage.stays(ObjectClass.PERSON, yard, begin_s, begin_s + 90, 4.0))
    stage.looks_like(EventKind.INTRUSION, *people)


def loitering(stage: Stage) -> None:
    area = ("school-yard", "substation")[int(stage.rng.integers(2))]
    middle = stage.free(EventKind.LOITERING, lambda: stage.within(area, 12.0))
    begin_s = stage.at(0, 20)
    end_s = begin_s + stage.draw(125, 155)
    person = stage.stays(ObjectClass.PERSON, middle, begin_s, end_s, 4.0)
    stage.must(EventKind.LOITERING, begin_s, end_s, person)


def no_loitering(stage: Stage) -> None:
    left, low, _, high = BOXES["school-yard"][1]
    across = np.array([[left - 10.0, low + 20.0], [left + 70.0, high - 20.0]])
    people = [stage.person(across, stage.at(0, 90), stage.draw(1.0, 1.6))]
    outside = np.array([left - stage.draw(7, 10), low + 15.0])
    people.append(stage.stays(ObjectClass.PERSON, outside, stage.begin_s, stage.end_s, 0.5))
    for first_s, east in ((5.0, 15.0), (80.0, 38.0)):
        place = np.array([left + east, low + 25.0])
        begin_s = stage.begin_s + first_s
        people.append(stage.stays(ObjectClass.PERSON, place, begin_s, begin_s + 60.0, 1.0))
    stage.looks_like(EventKind.LOITERING, *people)


def _square(stage: Stage) -> Array:
    return np.array([stage.draw(-800, -250), stage.draw(500, 1200)])


def crowd(stage: Stage) -> None:
    middle = stage.free(EventKind.CROWD, lambda: _square(stage))
    begin_s, count = stage.at(5, 60), int(stage.rng.integers(27, 42))
    end_s = begin_s + stage.draw(40, 90)
    places = around(middle, 8.0, count, stage.rng)
    people = [stage.stays(ObjectClass.PERSON, each, begin_s, end_s, 1.0) for each in places]
    stage.must(EventKind.CROWD, begin_s, end_s, *people)


def no_crowd(stage: Stage) -> None:
    middle = stage.free(EventKind.CROWD, lambda: _square(stage))
    sparse = stage.rng.random() < 0.5
    count, radius_m = (30, 32.0) if sparse else (int(stage.rng.integers(8, 15)), 6.0)
    places = around(middle, radius_m, count, stage.rng)
    begin_s = stage.at(5, 60)
    end_s = begin_s + 60.0
    people = [stage.stays(ObjectClass.PERSON, each, begin_s, end_s, 1.0) for each in places]
    stage.looks_like(EventKind.CROWD, *people)


def person_down(stage: Stage) -> None:
    place = stage.free(EventKind.PERSON_DOWN, lambda: _square(stage))
    begin_s = stage.at(0, 60)
    fallen_s, end_s = begin_s + 20.0, begin_s + stage.draw(55, 100)
    way = stage.town.placed(np.array([place - np.array([26.0, 0.0]), place, place]))
    person = Actor(ObjectClass.PERSON, np.array([begin_s, fallen_s, end_s]), way)
    person.wide_s, person.across_rad = (fallen_s, end_s), math.radians(stage.draw(0, 25))
    stage.must(EventKind.PERSON_DOWN, fallen_s, end_s, person)


def no_person_down(stage: Stage) -> None:
    middle = stage.free(EventKind.PERSON_DOWN, lambda: _square(stage))
    begin_s = stage.at(0, 30)
    end_s = begin_s + 140.0
    standing, sitting, bending = (
        stage.stays(ObjectClass.PERSON, middle + np.array([7.0 * i, 0.0]), begin_s, end_s, 0.2)
        for i in range(3)
    )
    sitting.squat = True
    bending.wide_s = (begin_s + 40.0, begin_s + 46.0)
    stage.looks_like(EventKind.PERSON_DOWN, standing, sitting, bending)
