"""The scripts: for each rule what must be found, and what only looks like it."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import shapely

from benchmarks.rules_actors import Actor, Played, Truth, around, drive, stay, walk
from benchmarks.rules_place import BOXES, Array, Town
from onboard.messages import EventKind, ObjectClass

SCENE_S = 180.0
Script = Callable[["Stage"], None]
ANIMALS = (ObjectClass.CATTLE, ObjectClass.HORSE, ObjectClass.SHEEP)


@dataclass
class Stage:
    """Where a script plays: the scene begins at `begin_s`; `free` draws a place not used lately."""

    town: Town
    rng: np.random.Generator
    begin_s: float
    night: bool
    played: Played
    free: Callable[[EventKind, Callable[[], Array]], Array]

    @property
    def end_s(self) -> float:
        return self.begin_s + SCENE_S

    def at(self, low_s: float, high_s: float) -> float:
        return self.begin_s + float(self.rng.uniform(low_s, high_s))

    def draw(self, low: float, high: float) -> float:
        return float(self.rng.uniform(low, high))

    def must(self, kind: EventKind, begin_s: float, end_s: float, *actors: Actor) -> None:
        self.played.actors += actors
        self.played.truths.append(Truth(kind, actors, begin_s, end_s))

    def looks_like(self, kind: EventKind, *actors: Actor) -> None:
        self.played.actors += actors
        self.played.hard.append(kind)

    def person(self, points: Array, begin_s: float, speed_m_s: float = 1.3) -> Actor:
        return walk(self.town, ObjectClass.PERSON, points, begin_s, speed_m_s)

    def stays(
        self, what: ObjectClass, point: Array, begin_s: float, end_s: float, roam_m: float = 0.15
    ) -> Actor:
        return stay(self.town, what, point, begin_s, end_s, rng=self.rng, roam_m=roam_m)

    def within(self, box: str, inset_m: float) -> Array:
        left, low, right, high = BOXES[box][1]
        return self.rng.uniform((left + inset_m, low + inset_m), (right - inset_m, high - inset_m))

    def herd(
        self, middle: Array, count: int, begin_s: float, end_s: float, radius_m: float = 10.0
    ) -> list[Actor]:
        species = ANIMALS[int(self.rng.integers(3))]
        places = around(middle, radius_m, count, self.rng)
        return [self.stays(species, place, begin_s, end_s, 2.0) for place in places]


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


def traffic(stage: Stage) -> None:
    """Cars and people that have nothing to do with any rule."""
    for _ in range(int(stage.rng.integers(2, 5))):
        begin_s, speed = stage.at(0, 120), stage.draw(7, 10.5)
        knots = [(begin_s, 10.0, 0.5), (begin_s + 60.0, min(760.0, 10.0 + 60.0 * speed), 0.5)]
        along = drive(stage.town, "one-way", knots)
        begin_s, speed = stage.at(0, 100), stage.draw(14, 24)
        against = drive(
            stage.town,
            "rural",
            [(begin_s, 3100.0, -2.2), (begin_s + 60.0, 3100.0 - 60.0 * speed, -2.2)],
        )
        east = stage.draw(-800, 600)
        points = np.array([[east, 70.0], [east + 120.0, 74.0]])
        person = stage.person(points, stage.at(0, 80), stage.draw(0.9, 1.7))
        stage.played.actors += [along, against, person]


SCRIPTS: dict[EventKind, tuple[Script, Script]] = {
    EventKind.INTRUSION: (intrusion, no_intrusion),
    EventKind.LOITERING: (loitering, no_loitering),
    EventKind.CROWD: (crowd, no_crowd),
    EventKind.PERSON_DOWN: (person_down, no_person_down),
    EventKind.VEHICLE_STOPPED: (stopped, no_stopped),
    EventKind.SPEEDING: (speeding, no_speeding),
    EventKind.WRONG_WAY: (wrong_way, no_wrong_way),
    EventKind.NOT_YIELDING: (not_yielding, no_not_yielding),
    EventKind.OFF_ROAD_VEHICLE: (off_road, no_off_road),
    EventKind.ANIMALS_ON_ROAD: (animals_on_road, no_animals_on_road),
    EventKind.UNATTENDED_LIVESTOCK: (unattended, no_unattended),
    EventKind.HERD_LEFT_PASTURE: (herd_left, no_herd_left),
    EventKind.BOAT_IN_CLOSED_WATER: (boat, no_boat),
}
