"""Scripted events truly become so in the world, and the look-alikes beside them do not."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
import shapely

from missions.errors import BadInput
from sim.district.features import District
from sim.district.files import write_district
from sim.district.read import read_district
from sim.world.objects import Snapshot
from sim.world.scenario import Scenario, read_scenario
from sim.world.world import STEP_S, World, WorldEvent

TOOK_OFF = {f"qyran-{number}": 5.0 for number in range(1, 6)}
RUN_S = 170.0


def _run(world: World, seconds: float, took_off_s: Mapping[str, float]) -> dict[str, WorldEvent]:
    news: dict[str, WorldEvent] = {}
    for _ in range(round(seconds / STEP_S)):
        world.step(STEP_S, took_off_s)
        news |= {event.id: event for event in world.news()}
    return news


def _at(snapshot: Snapshot, ids: tuple[str, ...]) -> np.ndarray:
    return snapshot.en[[snapshot.ids.index(each) for each in ids]]


class Played:
    """A district's own scenario, played once for all tests of this module."""

    def __init__(self, folder: Path) -> None:
        write_district(folder, 7)
        self.district: District = read_district(folder)
        self.scenario: Scenario = read_scenario(folder / "scenario.toml")
        self.world = World(self.district, self.scenario, 7)
        self.events = _run(self.world, RUN_S, TOOK_OFF)
        self.snapshot = self.world.snapshot()


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    return Played(tmp_path_factory.mktemp("district"))


def test_all_four_events_and_the_harmless_wait_become_so(played: Played) -> None:
    kinds = sorted((event.kind, event.harmless) for event in played.events.values())

    assert kinds == [
        ("animals_on_road", False),
        ("crowd", False),
        ("intrusion", False),
        ("vehicle_stopped", False),
        ("vehicle_stopped", True),
    ]


def test_25_people_stand_within_12_m_where_the_crowd_is(played: Played) -> None:
    event = played.events["crowd-central-square"]

    at = _at(played.snapshot, event.object_ids)
    square = shapely.Polygon(played.district.place("square-central").ring)

    assert len(at) >= 25
    assert np.hypot(*(at - at.mean(axis=0)).T).max() < 12.5
    assert shapely.contains_xy(square, at).all()


def test_the_stopped_car_stands_on_the_carriageway_and_stays(played: Played) -> None:
    event = played.events["car-stopped-avenue"]
    road = played.district.road(event.place)

    at = _at(played.snapshot, event.object_ids)[0]
    inside_m = road.width_m / 2.0 - shapely.LineString(road.line).distance(shapely.Point(at))

    assert event.ended_s is None
    assert inside_m > 2.5
    assert np.hypot(*(at - event.en)) < 0.1


def test_the_waiting_car_drives_on_after_ten_seconds(played: Played) -> None:
    event = played.events["car-waits-at-crossing"]
    assert event.ended_s is not None

    assert event.ended_s - event.began_s == pytest.approx(10.0, abs=0.5)


def test_cattle_stand_on_the_road_while_the_rest_of_the_herd_keeps_off_it(played: Played) -> None:
    event = played.events["cattle-on-left-bank-road"]
    road = played.district.road(event.place)
    line = shapely.LineString(road.line)
    cattle = [each for each in played.snapshot.ids if each.startswith("cattle")]
    others = tuple(each for each in cattle if each not in event.object_ids)

    on_road = shapely.distance(line, shapely.points(_at(played.snapshot, event.object_ids)))
    beside = shapely.distance(line, shapely.points(_at(played.snapshot, others)))

    assert (on_road <= road.width_m / 2.0).sum() >= 4
    assert beside.min() > road.width_m / 2.0 + 10.0


def test_one_person_is_in_the_closed_area_and_nobody_else_is_near(played: Played) -> None:
    event = played.events["person-in-hemp-field"]
    area = shapely.Polygon(played.district.place(event.place).ring)
    people = tuple(each for each in played.snapshot.ids if each.startswith("person"))
    others = tuple(each for each in people if each not in event.object_ids)

    intruder = shapely.Point(_at(played.snapshot, event.object_ids)[0])
    nearest = shapely.distance(area, shapely.points(_at(played.snapshot, others))).min()

    assert area.contains(intruder)
    assert nearest > 15.0


def test_nothing_happens_before_the_drones_take_off(played: Played) -> None:
    world = World(played.district, played.scenario, 7)

    assert _run(world, 60.0, {}) == {}


def test_a_scenario_that_names_an_unknown_place_says_which(played: Played) -> None:
    scenario = played.scenario.model_copy(
        update={"herd": (played.scenario.herd[0].model_copy(update={"place": "moon"}),)}
    )

    with pytest.raises(BadInput, match="moon"):
        World(played.district, scenario, 7)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[[event]]\nkind = 'crowd'\n", r"event\.0"),
        ("[ambient]\nvehicles = -1\n", r"ambient\.vehicles"),
        ("[[herd]\n", "scenario"),
        ("unknown = 1\n", "unknown"),
    ],
)
def test_a_wrong_scenario_file_names_the_key(tmp_path: Path, text: str, named: str) -> None:
    file = tmp_path / "scenario.toml"
    file.write_text(text, encoding="utf-8")

    with pytest.raises(BadInput, match=named):
        read_scenario(file)
