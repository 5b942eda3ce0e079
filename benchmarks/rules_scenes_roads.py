"""What vehicles do on roads and off them, and what only looks like it."""

import math

import numpy as np
import shapely

from benchmarks.rules_actors import drive, walk
from benchmarks.rules_place import BOXES
from benchmarks.rules_stage import Stage
from onboard.messages import EventKind, ObjectClass


def speeding(stage: Stage) -> None:
    rural = stage.rng.random() < 0.6
    over = stage.draw(25, 60) / 3.6
    begin_s = stage.at(0, 140)
    if rural:
        speed, from_m, side = 25.0 + over, 2400.0, 2.2
        knots = [(begin_s, from_m, side), (begin_s + 20.0, from_m + 20.0 * speed, side)]
    else:
        speed = 60.0 / 3.6 + over
        knots = [(begin_s, 1390.0, 3.5), (begin_s + 11.0, 1390.0 + 11.0 * speed, 3.5)]
    car = drive(stage.town, "rural" if rural else "avenue", knots)
    stage.must(EventKind.SPEEDING, begin_s, float(car.t_s[-1]), car)


def no_speeding(stage: Stage) -> None:
    begin_s = stage.at(0, 130)
    speed = (90.0 + stage.draw(-5, 7)) / 3.6
    knots = [(begin_s, 2300.0, 2.2), (begin_s + 30.0, 2300.0 + 30.0 * speed, 2.2)]
    fast = drive(stage.town, "rural", knots)
    slow = (60.0 + stage.draw(-5, 7)) / 3.6
    knots = [(begin_s, 1830.0, -3.5), (begin_s + 22.0, 1830.0 - 22.0 * slow, -3.5)]
    stage.looks_like(EventKind.SPEEDING, fast, drive(stage.town, "avenue", knots))


def wrong_way(stage: Stage) -> None:
    begin_s = stage.at(0, 120)
    if stage.rng.random() < 0.6:
        speed = stage.draw(6, 11)
        knots = [(begin_s, 650.0, 1.0), (begin_s + 45.0, 650.0 - 45.0 * speed, 1.0)]
        car = drive(stage.town, "one-way", [(t, max(60.0, s), d) for t, s, d in knots])
    else:
        speed = stage.draw(9, 13)
        knots = [(begin_s, 1390.0, -3.8), (begin_s + 30.0, 1390.0 + 30.0 * speed, -3.8)]
        car = drive(stage.town, "avenue", knots)
    stage.must(EventKind.WRONG_WAY, begin_s, float(car.t_s[-1]), car)


def no_wrong_way(stage: Stage) -> None:
    begin_s, speed = stage.at(0, 120), stage.draw(17, 22)
    away_s = stage.draw(6, 9)
    slow = drive(
        stage.town, "rural", [(begin_s, 300.0, 2.2), (begin_s + 40.0, 300.0 + 40.0 * 11.0, 2.2)]
    )
    spans = ((0.0, 2.2), (4.0, 2.2), (6.0, -2.2), (6.0 + away_s, -2.2), (8.0 + away_s, 2.2))
    knots = [(begin_s + t, 260.0 + t * speed, right) for t, right in (*spans, (30.0, 2.2))]
    overtaking = drive(stage.town, "rural", knots)
    knots = [(begin_s, 40.0, -1.0), (begin_s + 50.0, 540.0, -1.0)]
    along = drive(stage.town, "one-way", knots)
    backing = drive(stage.town, "one-way", [(begin_s, 120.0, 3.0), (begin_s + 8.0, 112.0, 3.0)])
    stage.looks_like(EventKind.WRONG_WAY, slow, overtaking, along, backing)


def _crossing(stage: Stage) -> tuple[float, float]:
    """Metres along the avenue's line, and east, of one of the two crossings."""
    east = (-400.0, 400.0)[int(stage.rng.integers(2))]
    return float(stage.town.lines["avenue"].project(shapely.Point(east, 0.0))), east


def not_yielding(stage: Stage) -> None:
    along_m, east = _crossing(stage)
    meet_s, speed = stage.at(30, 150), stage.draw(7, 14)
    # The car keeps right and goes east, so its lane is at -3.5 m; the person comes from the left.
    from_m = 13.0
    person_m_s = stage.draw(1.0, 1.6)
    gap_m = stage.draw(1.0, 3.2)
    start_s = meet_s - (from_m + 3.5 - gap_m) / person_m_s
    person = stage.person(np.array([[east, from_m], [east, -from_m]]), start_s, person_m_s)
    knots = [
        (meet_s - 12.0, along_m - 12.0 * speed, 3.5),
        (meet_s + 8.0, along_m + 8.0 * speed, 3.5),
    ]
    car = drive(stage.town, "avenue", knots)
    stage.must(EventKind.NOT_YIELDING, meet_s - 2.0, meet_s + 4.0, car)
    stage.played.actors.append(person)


def no_not_yielding(stage: Stage) -> None:
    along_m, east = _crossing(stage)
    meet_s, speed = stage.at(30, 120), stage.draw(7, 14)
    walked = np.array([[east, 13.0], [east, -13.0]])
    if stage.rng.random() < 0.5:
        # Stops six metres before it, lets the person go over, and drives on.
        person = stage.person(walked, meet_s - 7.0, 1.3)
        stop_m = along_m - 7.0
        knots = [
            (meet_s - 20.0, stop_m - 12.0 * speed, 3.5),
            (meet_s - 6.0, stop_m - 1.5 * speed, 3.5),
            (meet_s - 3.0, stop_m, 3.5),
            (meet_s + 12.0, stop_m, 3.5),
            (meet_s + 15.0, stop_m + 8.0, 3.5),
            (meet_s + 25.0, stop_m + 8.0 + 10.0 * speed, 3.5),
        ]
    else:
        # The person is on the far lane already and walks away, or waits at the kerb.
        person = stage.person(walked[::-1], meet_s - stage.draw(16.0, 17.5), 1.2)
        knots = [
            (meet_s - 12.0, along_m - 12.0 * speed, 3.5),
            (meet_s + 8.0, along_m + 8.0 * speed, 3.5),
        ]
    kerb = np.array([east, -stage.draw(9.5, 11.0)])
    waiting = stage.stays(ObjectClass.PERSON, kerb, meet_s - 15.0, meet_s + 15.0)
    car = drive(stage.town, "avenue", knots)
    stage.looks_like(EventKind.NOT_YIELDING, person, car, waiting)


def off_road(stage: Stage) -> None:
    place = stage.free(EventKind.OFF_ROAD_VEHICLE, lambda: stage.within("closed-field", 40.0))
    side = math.copysign(1.0, place[0] + 475.0)
    place[0] = -475.0 + side * max(30.0, abs(place[0] + 475.0))
    begin_s = stage.at(5, 100)
    points = place + np.array([[0.0, -15.0], [0.0, 15.0], [side * 10.0, 25.0], [0.0, -5.0]])
    car = walk(stage.town, ObjectClass.CAR, points, begin_s, stage.draw(2, 5))
    stage.must(EventKind.OFF_ROAD_VEHICLE, begin_s, float(car.t_s[-1]), car)


def no_off_road(stage: Stage) -> None:
    begin_s = stage.at(0, 80)
    speed = stage.draw(4, 9)
    through = drive(
        stage.town, "service", [(begin_s, 20.0, 0.6), (begin_s + 50.0, 20.0 + 50.0 * speed, 0.6)]
    )
    _, low, right, _ = BOXES["closed-field"][1]
    beside = np.array([right + stage.draw(7, 12), low + 60.0])
    parked = stage.stays(ObjectClass.TRUCK, beside, begin_s, begin_s + 90.0)
    stage.looks_like(EventKind.OFF_ROAD_VEHICLE, through, parked)


def stopped(stage: Stage) -> None:
    along = stage.free(EventKind.VEHICLE_STOPPED, lambda: np.array([stage.draw(150, 420), 0.0]))
    along_m = float(along[0])
    begin_s = stage.at(0, 40)
    halt_s, end_s = begin_s + 9.0, begin_s + 9.0 + stage.draw(45, 110)
    car = drive(
        stage.town,
        "avenue",
        [
            (begin_s, along_m - 60.0, 4.0),
            (begin_s + 5.0, along_m - 10.0, 4.0),
            (halt_s, along_m, 4.5),
            (end_s, along_m, 4.5),
            (end_s + 5.0, along_m + 20.0, 4.0),
        ],
    )
    stage.must(EventKind.VEHICLE_STOPPED, halt_s, end_s, car)


def no_stopped(stage: Stage) -> None:
    begin_s = stage.at(0, 40)
    halt_m = stage.draw(150, 420)
    short = drive(
        stage.town,
        "avenue",
        [
            (begin_s, halt_m - 60.0, 4.0),
            (begin_s + 8.0, halt_m, 4.0),
            (begin_s + 16.0, halt_m, 4.0),
            (begin_s + 22.0, halt_m + 50.0, 4.0),
        ],
    )
    queue = [
        drive(
            stage.town,
            "side-street",
            [
                (begin_s, 150.0 - 8.0 * place, 2.0),
                (begin_s + 10.0, 226.0 - 8.0 * place, 2.0),
                (begin_s + 55.0, 226.0 - 8.0 * place, 2.0),
                (begin_s + 75.0, 380.0, 2.0),
            ],
        )
        for place in range(3)
    ]
    parked = stage.stays(
        ObjectClass.CAR,
        stage.town.beside("avenue", np.array([halt_m]), np.array([14.0]))[0],
        begin_s,
        begin_s + 100.0,
    )
    crawling = drive(stage.town, "avenue", [(begin_s, 160.0, -3.0), (begin_s + 100.0, 50.0, -3.0)])
    stage.looks_like(EventKind.VEHICLE_STOPPED, short, *queue, parked, crawling)
