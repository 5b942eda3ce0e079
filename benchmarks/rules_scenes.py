"""The scripts: for each rule what must be found, and what only looks like it."""

from collections.abc import Callable

import numpy as np

from benchmarks.rules_actors import drive
from benchmarks.rules_scenes_gatherings import (
    dense_crowd,
    gathering,
    no_dense_crowd,
    no_gathering,
    no_scattering,
    scattering,
)
from benchmarks.rules_scenes_herds_boats import (
    animals_on_road,
    boat,
    herd_left,
    no_animals_on_road,
    no_boat,
    no_herd_left,
    no_unattended,
    unattended,
)
from benchmarks.rules_scenes_jams import accident, congestion, no_accident, no_congestion
from benchmarks.rules_scenes_people import (
    crowd,
    intrusion,
    loitering,
    no_crowd,
    no_intrusion,
    no_loitering,
    no_person_down,
    person_down,
)
from benchmarks.rules_scenes_roads import (
    no_not_yielding,
    no_off_road,
    no_speeding,
    no_stopped,
    no_wrong_way,
    not_yielding,
    off_road,
    speeding,
    stopped,
    wrong_way,
)
from benchmarks.rules_scenes_things import (
    abandoned,
    fire,
    light,
    new_thing,
    no_abandoned,
    no_fire,
    no_light,
    no_new_thing,
    residents,
)
from benchmarks.rules_scenes_water import in_water, no_in_water, no_on_ice, on_ice
from benchmarks.rules_stage import Stage
from onboard.messages import EventKind

Script = Callable[[Stage], None]


def traffic(stage: Stage) -> None:
    """Cars, people and parked trucks that have nothing to do with any rule."""
    residents(stage)
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
    EventKind.DENSE_CROWD: (dense_crowd, no_dense_crowd),
    EventKind.SUDDEN_GATHERING: (gathering, no_gathering),
    EventKind.SUDDEN_SCATTERING: (scattering, no_scattering),
    EventKind.PERSON_IN_WATER: (in_water, no_in_water),
    EventKind.PERSON_ON_ICE: (on_ice, no_on_ice),
    EventKind.CONGESTION: (congestion, no_congestion),
    EventKind.ACCIDENT: (accident, no_accident),
    EventKind.ABANDONED_OBJECT: (abandoned, no_abandoned),
    EventKind.LIGHT_AT_NIGHT: (light, no_light),
    EventKind.FIRE: (fire, no_fire),
    EventKind.CHANGE_SINCE_VISIT: (new_thing, no_new_thing),
}
