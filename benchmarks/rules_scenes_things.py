"""Things that are left behind or new, lights and fires, and what only looks like them."""

import numpy as np

from benchmarks.rules_actors import Actor, drive
from benchmarks.rules_place import BOXES, Array
from benchmarks.rules_stage import Stage
from onboard.messages import EventKind, ObjectClass


def _platform(stage: Stage) -> Array:
    return np.array([stage.draw(-800, 800), stage.draw(-1500, -800)])


def _visitor(stage: Stage, place: Array, times_s: list[float], away_m: list[float]) -> Actor:
    """Someone who is so many metres from a place at these times, on one line through it."""
    points = place + np.outer(away_m, [1.0, 0.3])
    return Actor(ObjectClass.PERSON, np.array(times_s), stage.town.placed(points))


def abandoned(stage: Stage) -> None:
    place = stage.free(EventKind.ABANDONED_OBJECT, lambda: _platform(stage))
    put_s = stage.at(20, 40)
    leave_s, end_s = put_s + stage.draw(4, 8), stage.end_s - 2.0
    owner = _visitor(stage, place, [put_s - 15, put_s, leave_s, leave_s + 40], [-20, 0.5, 0.6, 55])
    bag = stage.stays(ObjectClass.BAG, place, put_s, end_s, 0.0)
    begin_s = put_s + stage.draw(30, 60)
    passer = _visitor(stage, place + np.array([0.0, 3.5]), [begin_s, begin_s + 40], [-26, 26])
    stage.must(EventKind.ABANDONED_OBJECT, leave_s, end_s, bag)
    stage.played.actors += [owner, passer]


def no_abandoned(stage: Stage) -> None:
    place = stage.free(EventKind.ABANDONED_OBJECT, lambda: _platform(stage))
    put_s, end_s = stage.at(20, 40), stage.end_s - 2.0
    first, second, third = (place + np.array([0.0, 40.0 * each]) for each in range(3))
    waits = _visitor(stage, first, [put_s - 15, put_s, end_s], [-20, 0.8, 1.5])
    back_s = put_s + 45.0
    fetches = _visitor(
        stage,
        second,
        [put_s - 15, put_s, put_s + 5, put_s + 20, back_s, back_s + 30],
        [-20, 0.5, 0.5, 14, 0.5, 40],
    )
    bags = [
        stage.stays(ObjectClass.BAG, first, put_s, end_s, 0.0),
        stage.stays(ObjectClass.BAG, second, put_s, back_s, 0.0),
        # Nobody was ever seen with this one.
        stage.stays(ObjectClass.BAG, third, stage.begin_s + 1.0, end_s, 0.0),
    ]
    stage.looks_like(EventKind.ABANDONED_OBJECT, waits, fetches, *bags)


def _spot(stage: Stage, kind: EventKind, what: ObjectClass) -> None:
    place = stage.free(kind, lambda: stage.within("dark-steppe", 60.0))
    place[0] += 60.0 * (abs(place[0] - 2700.0) < 30.0)
    begin_s = stage.at(5, 80)
    end_s = begin_s + stage.draw(30, 90)
    stage.must(kind, begin_s, end_s, stage.stays(what, place, begin_s, end_s, 0.5))


def _no_spot(stage: Stage, kind: EventKind, what: ObjectClass) -> None:
    left, low, _, high = BOXES["dark-steppe"][1]
    begin_s = stage.at(5, 80)
    outside = np.array([left - stage.draw(9, 15), stage.draw(low + 50, high - 50)])
    speed = stage.draw(8, 14)
    along = drive(
        stage.town,
        "steppe-track",
        [(begin_s, 40.0, 0.8), (begin_s + 60.0, 40.0 + 60.0 * speed, 0.8)],
        object_class=what,
    )
    stage.looks_like(kind, along, stage.stays(what, outside, begin_s, begin_s + 60.0, 0.3))


def light(stage: Stage) -> None:
    if stage.night:
        _spot(stage, EventKind.LIGHT_AT_NIGHT, ObjectClass.LIGHT)


def no_light(stage: Stage) -> None:
    if stage.night:
        _no_spot(stage, EventKind.LIGHT_AT_NIGHT, ObjectClass.LIGHT)


def fire(stage: Stage) -> None:
    _spot(stage, EventKind.FIRE, ObjectClass.HOT_SPOT)


def no_fire(stage: Stage) -> None:
    _no_spot(stage, EventKind.FIRE, ObjectClass.HOT_SPOT)


def residents(stage: Stage) -> None:
    """What stands in the still area at every visit, the herd now here and now there."""
    if not stage.visit:
        return
    first, last = stage.begin_s + 1.0, stage.end_s - 1.0
    for place in _parked(stage):
        stage.played.actors.append(stage.stays(ObjectClass.TRUCK, place, first, last, 0.0))
    grazing = _parked(stage)[0] + np.array([150.0, 0.0]) + stage.rng.uniform(-35.0, 35.0, 2)
    stage.played.actors += stage.herd(grazing, 6, first, last)


def _parked(stage: Stage) -> Array:
    left, low, _, _ = BOXES["still-fields"][1]
    parked: Array = np.array([[80.0, 80.0], [95.0, 400.0], [400.0, 420.0], [450.0, 120.0]])
    parked += (left, low)
    return parked


def new_thing(stage: Stage) -> None:
    if stage.visit < 2:
        return
    beside = _parked(stage)[int(stage.rng.integers(4))]
    angle = stage.draw(0.0, 6.28)
    place = beside + stage.draw(18.0, 23.0) * np.array([np.cos(angle), np.sin(angle)])
    what = (ObjectClass.TENT, ObjectClass.CAR, ObjectClass.TRUCK)[int(stage.rng.integers(3))]
    begin_s = stage.at(1, 60)
    thing = stage.stays(what, place, begin_s, stage.end_s - 1.0, 0.0)
    stage.must(EventKind.CHANGE_SINCE_VISIT, begin_s, stage.end_s, thing)


def no_new_thing(stage: Stage) -> None:
    """Somebody drives through, and stops for a moment."""
    if stage.visit < 2:
        return
    place, begin_s = _parked(stage)[1] + np.array([0.0, 24.0]), stage.at(5, 100)
    times = begin_s + np.array([0.0, 20.0, 25.0, 50.0])
    points = place + np.outer([-100.0, 0.0, 0.0, 110.0], [0.3, 1.0])
    car = Actor(ObjectClass.CAR, times, stage.town.placed(points))
    stage.looks_like(EventKind.CHANGE_SINCE_VISIT, car)
