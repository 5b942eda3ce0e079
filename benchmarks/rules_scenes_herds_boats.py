"""What herds and boats do, and what only looks like it."""

import numpy as np

from benchmarks.rules_actors import Actor, around, walk
from benchmarks.rules_place import BOXES, Array
from benchmarks.rules_stage import Stage
from onboard.messages import EventKind, ObjectClass


def animals_on_road(stage: Stage) -> None:
    along = stage.free(EventKind.ANIMALS_ON_ROAD, lambda: np.array([stage.draw(600, 800), 0.0]))
    middle = stage.town.beside("rural", along[:1], np.array([0.0]))[0]
    begin_s = stage.at(5, 40)
    herd = []
    for place in around(np.zeros(2), 6.0, int(stage.rng.integers(4, 9)), stage.rng):
        side = np.array([stage.draw(14, 20), 0.0])
        points = stage.town.placed(middle + place + np.array([-side, [-1, 0], [1, 0], side]))
        times = begin_s + np.array([0.0, 18.0, 18.0 + stage.draw(15, 30), 70.0])
        herd.append(Actor(ObjectClass.CATTLE, times, points))
    stage.must(EventKind.ANIMALS_ON_ROAD, begin_s, begin_s + 70.0, *herd)


def no_animals_on_road(stage: Stage) -> None:
    along = np.array([stage.draw(700, 1000)])
    beside = stage.town.beside("rural", along, np.array([-24.0]))[0]
    begin_s = stage.at(0, 60)
    herd = stage.herd(beside, 6, begin_s, begin_s + 80.0, 8.0)
    stray = stage.town.beside("rural", along - 60.0, np.array([0.5]))[0]
    cow = stage.stays(ObjectClass.CATTLE, stray, begin_s, begin_s + 60.0, 1.0)
    stage.looks_like(EventKind.ANIMALS_ON_ROAD, *herd, cow)


def _steppe(stage: Stage) -> Array:
    return np.array([stage.draw(2200, 4500), stage.draw(-1500, 1500)])


def unattended(stage: Stage) -> None:
    middle = stage.free(EventKind.UNATTENDED_LIVESTOCK, lambda: _steppe(stage))
    count = int(stage.rng.integers(4, 13))
    herd = stage.herd(middle, count, stage.begin_s + 2.0, stage.end_s - 2.0)
    stage.must(EventKind.UNATTENDED_LIVESTOCK, stage.begin_s, stage.end_s, *herd)


def no_unattended(stage: Stage) -> None:
    middle = stage.free(EventKind.UNATTENDED_LIVESTOCK, lambda: _steppe(stage))
    first, last = stage.begin_s + 2.0, stage.end_s - 2.0
    herd = stage.herd(middle, 7, first, last)
    herder_m = middle + np.array([stage.draw(15, 60), 0.0])
    late = stage.rng.random() < 0.5
    come_s, go_s = (first + 60.0, first + 120.0) if late else (first, last)
    herder = stage.stays(ObjectClass.PERSON, herder_m, come_s, go_s, 3.0)
    grazing = stage.herd(stage.within("pasture-north", 60.0), 6, first, last)
    stage.looks_like(EventKind.UNATTENDED_LIVESTOCK, *herd, herder, *grazing)


def herd_left(stage: Stage) -> None:
    left, low, _, high = BOXES["pasture-south"][1]
    gate = stage.free(
        EventKind.HERD_LEFT_PASTURE,
        lambda: np.array([left, stage.draw(low + 40.0, high - 40.0)]),
    )
    begin_s = stage.at(5, 80)
    herd = []
    for place in around(np.zeros(2), 8.0, int(stage.rng.integers(4, 10)), stage.rng):
        points = gate + place + np.array([[30.0, 0.0], [22.0, 0.0], [-28.0, 0.0], [-40.0, 0.0]])
        times = begin_s + np.array([0.0, 25.0, 70.0, 95.0])
        herd.append(Actor(ObjectClass.CATTLE, times, stage.town.placed(points)))
    stage.must(EventKind.HERD_LEFT_PASTURE, begin_s + 30.0, begin_s + 95.0, *herd)


def no_herd_left(stage: Stage) -> None:
    left, low, _, _ = BOXES["pasture-north"][1]
    begin_s = stage.at(0, 60)
    edge = np.array([left + 22.0, low + stage.draw(100, 400)])
    inside = stage.herd(edge, 7, begin_s, begin_s + 100.0, 14.0)
    points = edge + np.array([[-8.0, 30.0], [-40.0, 30.0]])
    stray = walk(stage.town, ObjectClass.CATTLE, points, begin_s, 0.6)
    outside = stage.herd(edge + np.array([-60.0, 90.0]), 5, begin_s, begin_s + 90.0, 8.0)
    stage.looks_like(EventKind.HERD_LEFT_PASTURE, *inside, stray, *outside)


def boat(stage: Stage) -> None:
    goal = stage.free(EventKind.BOAT_IN_CLOSED_WATER, lambda: stage.within("reach", 40.0))
    begin_s = stage.at(0, 100)
    points = goal + np.array([[0.0, -25.0], [0.0, 25.0]])
    one = walk(stage.town, ObjectClass.BOAT, points, begin_s, stage.draw(0.8, 3.0))
    stage.must(EventKind.BOAT_IN_CLOSED_WATER, begin_s, float(one.t_s[-1]), one)


def no_boat(stage: Stage) -> None:
    left, low, _, high = BOXES["reach"][1]
    begin_s = stage.at(0, 60)
    past = np.array([[left - 100.0, high + stage.draw(9, 15)], [left + 400.0, high + 14.0]])
    moored = np.array([left - stage.draw(8, 12), low + 50.0])
    stage.looks_like(
        EventKind.BOAT_IN_CLOSED_WATER,
        walk(stage.town, ObjectClass.BOAT, past, begin_s, 5.0),
        stage.stays(ObjectClass.BOAT, moored, begin_s, begin_s + 90.0, 1.0),
    )
