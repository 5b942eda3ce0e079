"""Queues and accidents on a road, and what only looks like them."""

import numpy as np

from benchmarks.rules_actors import Actor, drive
from benchmarks.rules_place import Array
from benchmarks.rules_stage import Stage
from onboard.messages import EventKind, ObjectClass


def congestion(stage: Stage) -> None:
    """Cars join a queue that creeps, on the avenue's other lane."""
    head_m = float(stage.free(EventKind.CONGESTION, lambda: _at(stage, 590, 680))[0])
    begin_s = stage.begin_s + stage.draw(2, 10)
    crept_m = stage.draw(10, 25)
    cars = []
    for place in range(int(stage.rng.integers(8, 12))):
        stop_m, there_s = head_m + 8.5 * place, begin_s + 2.0 * place
        knots = [
            (there_s - 11.0, stop_m + 95.0, -3.5),
            (there_s - 4.0, stop_m + 23.0, -3.5),
            (there_s - 2.0, stop_m + 10.0, -3.5),
            (there_s, stop_m + 5.0, -3.5),
            (there_s + 40.0, stop_m + 5.0 - crept_m / 3.0, -3.5),
            (there_s + 60.0, stop_m + 5.0 - crept_m / 3.0, -3.5),
            (stage.end_s, stop_m + 5.0 - crept_m, -3.5),
        ]
        cars.append(drive(stage.town, "avenue", knots))
    stage.must(EventKind.CONGESTION, begin_s + 10.0, stage.end_s, *cars)


def no_congestion(stage: Stage) -> None:
    begin_s = stage.at(0, 30)
    red = [
        drive(
            stage.town,
            "side-street",
            [
                (begin_s + 2.0 * place, 130.0 - 8.0 * place, 2.0),
                (begin_s + 8.0 + 2.0 * place, 205.0 - 8.0 * place, 2.0),
                (begin_s + 10.0 + 2.0 * place, 219.0 - 8.0 * place, 2.0),
                (begin_s + 13.0 + 2.0 * place, 226.0 - 8.0 * place, 2.0),
                (begin_s + 70.0 + place, 226.0 - 8.0 * place, 2.0),
                (begin_s + 90.0 + place, 380.0, 2.0),
            ],
        )
        for place in range(7)
    ]
    parked = [
        stage.stays(
            ObjectClass.CAR, _beside(stage, 700.0 + 7.0 * place, 9.5), begin_s, begin_s + 140.0
        )
        for place in range(8)
    ]
    speed = stage.draw(7, 9)
    dense = [
        drive(
            stage.town,
            "avenue",
            [
                (begin_s + 2.5 * place, 1160.0, -3.5),
                (begin_s + 2.5 * place + 60.0, 1160.0 - 60.0 * speed, -3.5),
            ],
        )
        for place in range(9)
    ]
    stage.looks_like(EventKind.CONGESTION, *red, *parked, *dense)


def accident(stage: Stage) -> None:
    """Two cars stop dead beside each other; people get out, and others drive round."""
    at_m = float(stage.free(EventKind.ACCIDENT, lambda: _accident_place(stage))[0])
    crash_s, speed = stage.at(15, 60), stage.draw(12, 18)
    end_s = crash_s + stage.draw(60, 90)
    first = _stops_dead(stage, crash_s, at_m, speed, end_s, 3.4)
    second = _stops_dead(stage, crash_s + stage.draw(0.2, 0.8), at_m - 5.5, speed, end_s, 3.6)
    alone = stage.rng.random() < 0.3
    cars = [first] if alone else [first, second]
    people = [
        stage.stays(
            ObjectClass.PERSON,
            _beside(stage, at_m + stage.draw(-5, 3), stage.draw(1.0, 2.0)),
            crash_s + stage.draw(5, 15),
            end_s,
            1.0,
        )
        for _ in range(int(stage.rng.integers(1, 4)))
    ]
    passing = [
        drive(
            stage.town,
            "avenue",
            [
                (begin_s, at_m - 90.0, 3.5),
                (begin_s + 9.0, at_m - 8.0, -0.5),
                (begin_s + 13.0, at_m + 12.0, -0.5),
                (begin_s + 24.0, at_m + 110.0, 3.5),
            ],
        )
        for begin_s in (crash_s + 6.0, crash_s + 14.0, crash_s + 23.0)
    ]
    stage.must(EventKind.ACCIDENT, crash_s, end_s, *cars)
    stage.must(EventKind.VEHICLE_STOPPED, crash_s, end_s, *cars, again=True)
    stage.played.actors += [*people, *passing]


def no_accident(stage: Stage) -> None:
    """One brakes hard and drives on, one stops as one does and its people get out."""
    at_m = float(stage.free(EventKind.ACCIDENT, lambda: _accident_place(stage))[0])
    begin_s, speed = stage.at(15, 60), stage.draw(12, 16)
    if stage.rng.random() < 0.5:
        braking = _stops_dead(stage, begin_s, at_m, speed, begin_s + stage.draw(3, 7), 3.5, on=True)
        stage.looks_like(EventKind.ACCIDENT, braking)
        return
    end_s = begin_s + stage.draw(50, 80)
    knots = [
        (begin_s - 14.0, at_m - 30.0 - 8.0 * speed, 3.5),
        (begin_s - 6.0, at_m - 30.0, 3.5),
        (begin_s - 3.0, at_m - 8.0, 3.8),
        (begin_s, at_m, 4.5),
        (end_s, at_m, 4.5),
    ]
    taxi = drive(stage.town, "avenue", knots)
    place = _beside(stage, at_m - 1.0, 6.0)
    fare = stage.stays(ObjectClass.PERSON, place, begin_s + 5.0, begin_s + 25.0, 0.8)
    stage.looks_like(EventKind.ACCIDENT, fare)
    stage.must(EventKind.VEHICLE_STOPPED, begin_s, end_s, taxi)


def _stops_dead(
    stage: Stage,
    stop_s: float,
    at_m: float,
    speed: float,
    end_s: float,
    right_m: float,
    *,
    on: bool = False,
) -> Actor:
    """A car at `speed` that stands within a second or so, and may drive on after."""
    knots = [
        (stop_s - 9.0, at_m - 0.5 * speed - 8.0 * speed, 3.5),
        (stop_s - 1.0, at_m - 0.5 * speed, 3.5),
        (stop_s, at_m, right_m),
        (end_s, at_m, right_m),
    ]
    if on:
        knots += [(end_s + 4.0, at_m + 20.0, 3.5), (end_s + 14.0, at_m + 140.0, 3.5)]
    return drive(stage.town, "avenue", knots)


def _at(stage: Stage, low_m: float, high_m: float) -> Array:
    return np.array([stage.draw(low_m, high_m), 0.0])


def _accident_place(stage: Stage) -> Array:
    return _at(stage, 700, 820) if stage.rng.random() < 0.5 else _at(stage, 980, 1100)


def _beside(stage: Stage, along_m: float, right_m: float) -> Array:
    places: Array = stage.town.beside("avenue", np.array([along_m]), np.array([right_m]))
    place: Array = places[0]
    return place
