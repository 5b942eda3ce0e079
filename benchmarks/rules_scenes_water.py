"""Who is in the water or on the ice, and who only seems to be."""

import numpy as np

from benchmarks.rules_actors import walk
from benchmarks.rules_place import BOXES, Array
from benchmarks.rules_stage import Stage
from onboard.messages import EventKind, ObjectClass


def _out_there(stage: Stage, kind: EventKind) -> None:
    """From the shore into the lake, away from the bridge over its middle, and there for a time."""
    left, low, right, _ = BOXES["lake"][1]
    shore = stage.free(kind, lambda: np.array([stage.draw(left + 30, right - 30), low]))
    begin_s = stage.at(5, 60)
    far = shore + np.array([0.0, stage.draw(15.0, 70.0)])
    way = stage.person(np.array([shore - np.array([0.0, 10.0]), far]), begin_s, 1.0)
    there_s = float(way.t_s[-1])
    end_s = there_s + stage.draw(30, 60)
    person = stage.stays(ObjectClass.PERSON, far, there_s, end_s, 2.0)
    person.t_s = np.concatenate((way.t_s, person.t_s[1:]))
    person.en_m = np.concatenate((way.en_m, person.en_m[1:]))
    stage.must(kind, begin_s + 10.0, end_s, person)


def _not_in_it(stage: Stage, kind: EventKind) -> None:
    left, low, right, high = BOXES["lake"][1]
    begin_s = stage.at(0, 60)
    beach = np.array([stage.draw(left + 30, right - 30), low - stage.draw(7, 11)])
    middle = (low + high) / 2.0
    over = np.array([[left - 30.0, middle], [right + 30.0, middle]])
    people = [
        stage.stays(ObjectClass.PERSON, beach, begin_s, begin_s + 90.0, 1.5),
        stage.person(over, begin_s, 2.6),
    ]
    stage.looks_like(kind, *people)


def _along(stage: Stage) -> Array:
    left, low, right, _ = BOXES["lake"][1]
    north = low + stage.draw(30.0, 80.0)
    return np.array([[left + 40.0, north], [right - 40.0, north]])


def in_water(stage: Stage) -> None:
    if not stage.winter:
        _out_there(stage, EventKind.PERSON_IN_WATER)


def no_in_water(stage: Stage) -> None:
    if stage.winter:
        return
    _not_in_it(stage, EventKind.PERSON_IN_WATER)
    begin_s, way, speed = stage.at(0, 60), _along(stage), stage.draw(1.0, 3.0)
    boat = walk(stage.town, ObjectClass.BOAT, way, begin_s, speed)
    rowers = [stage.person(way + np.array([0.0, side]), begin_s, speed) for side in (-0.6, 0.6)]
    stage.played.actors += [boat, *rowers]


def on_ice(stage: Stage) -> None:
    if stage.winter:
        _out_there(stage, EventKind.PERSON_ON_ICE)


def no_on_ice(stage: Stage) -> None:
    if not stage.winter:
        return
    _not_in_it(stage, EventKind.PERSON_ON_ICE)
    begin_s = stage.at(0, 60)
    fishing = [
        stage.stays(ObjectClass.PERSON, stage.within("pond", 30.0), begin_s, begin_s + 100.0, 0.5)
        for _ in range(3)
    ]
    stage.played.actors += fishing
