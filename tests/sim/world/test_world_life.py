"""The world's usual life: deterministic by seed, and nobody where they should not be."""

from dataclasses import replace

import numpy as np
import pytest
import shapely

from onboard.messages import ObjectClass
from sim.district.features import District
from sim.district.generate import generate
from sim.world.lanes import DRIVEN, Lanes
from sim.world.objects import CODE, Snapshot
from sim.world.scenario import Ambient, Scenario
from sim.world.timeline import Timeline
from sim.world.traffic import Traffic
from sim.world.world import STEP_S, World

QUIET = Scenario(ambient=Ambient(walkers_a_place=3, walkers_on_pavements=20, vehicles=60))


@pytest.fixture(scope="module")
def district() -> District:
    return generate(7).district


def _lived(district: District, *, seed: int, seconds: float) -> Snapshot:
    world = World(district, QUIET, seed)
    for _ in range(round(seconds / STEP_S)):
        world.step(STEP_S, {})
    return world.snapshot()


def test_the_same_seed_lives_the_same_life(district: District) -> None:
    first = _lived(district, seed=3, seconds=30.0)
    second = _lived(district, seed=3, seconds=30.0)

    assert first.ids == second.ids
    np.testing.assert_array_equal(first.en, second.en)
    np.testing.assert_array_equal(first.heading_rad, second.heading_rad)


def test_a_world_without_any_vehicle_lives_too(district: District) -> None:
    empty = Scenario(ambient=Ambient(walkers_a_place=1, walkers_on_pavements=0, vehicles=0))
    world = World(district, empty, 3)
    for _ in range(10):
        world.step(STEP_S, {})
    assert world.snapshot().now_s == pytest.approx(10 * STEP_S)


def test_a_place_that_no_street_leads_to_lives_without_traffic(district: District) -> None:
    tracks = tuple(road for road in district.roads if road.road_class not in DRIVEN)
    world = World(replace(district, roads=tracks), QUIET, 3)
    for _ in range(10):
        world.step(STEP_S, {})
    trucks = np.count_nonzero(world.snapshot().codes == CODE[ObjectClass.TRUCK])
    assert len(tracks) < len(district.roads)
    assert trucks == 0


def test_another_seed_lives_another_life(district: District) -> None:
    first = _lived(district, seed=3, seconds=5.0)
    second = _lived(district, seed=4, seconds=5.0)

    assert not np.array_equal(first.en[:20], second.en[:20])


def test_parked_cars_stand_well_clear_of_every_carriageway(district: District) -> None:
    bays = World(district, QUIET, 3).bays
    roads = shapely.union_all(
        [shapely.LineString(road.line).buffer(road.width_m / 2.0) for road in district.roads]
    )

    assert shapely.distance(roads, shapely.points(bays.at)).min() > 4.0


def _traffic(district: District, count: int) -> Traffic:
    lanes = Lanes(district.roads)
    rng = np.random.default_rng(5)
    track = rng.choice(lanes.lane_count, count, replace=False)
    along = rng.uniform(0.2, 0.6, count) * lanes.length_m[track]
    return Traffic(lanes, length_m=np.full(count, 4.4), rng=rng, start=(track, along))


def test_vehicles_keep_to_the_right_of_their_road(district: District) -> None:
    lanes = Lanes(district.roads)
    lines = {road.id: shapely.LineString(road.line) for road in district.roads}

    sides = [
        _side_of(lines[lane.road_id], lane.points) for lane in lanes.tracks[: lanes.lane_count]
    ]

    assert max(sides) < 0.0


def _side_of(line: shapely.LineString, lane: np.ndarray) -> float:
    """Positive where the road's middle is on the right of someone who drives the lane."""
    middle, ahead = lane[len(lane) // 2 - 1], lane[len(lane) // 2]
    nearest = np.array(line.interpolate(line.project(shapely.Point(middle))).coords[0])
    forward, across = ahead - middle, nearest - middle
    return float(across[0] * forward[1] - across[1] * forward[0])


def test_vehicles_neither_jump_nor_drive_through_each_other(district: District) -> None:
    traffic = _traffic(district, 150)
    before, _ = traffic.positions()
    longest_step_m, closest_m = 0.0, np.inf
    for step in range(1800):
        traffic.step(step * STEP_S, STEP_S)
        at, _ = traffic.positions()
        gaps = np.hypot(*(at[:, None] - at[None]).transpose(2, 0, 1)) + np.eye(len(at)) * 99.0
        longest_step_m = max(longest_step_m, float(np.hypot(*(at - before).T).max()))
        closest_m = min(closest_m, float(gaps.min()))
        before = at

    assert longest_step_m < 2.0
    assert closest_m > 1.5


def test_traffic_keeps_moving_for_ten_minutes(district: District) -> None:
    traffic = _traffic(district, 150)
    moving = []
    for step in range(6000):
        traffic.step(step * STEP_S, STEP_S)
        moving.append(float((traffic.speed_m_s > 0.3).mean()))

    assert np.mean(moving[-600:]) > 0.8


def test_every_lane_leads_on(district: District) -> None:
    lanes = Lanes(district.roads)

    assert all(lanes.after[index] for index in range(len(lanes.tracks)))


def test_the_timeline_shows_the_instant_between_two_steps(district: District) -> None:
    timeline = Timeline(World(district, QUIET, 3))
    timeline.advance(5.0, {}, most_steps=100)
    earlier, later = timeline.until_s - STEP_S, timeline.until_s

    start, middle, end = (timeline.at(t) for t in (earlier, (earlier + later) / 2.0, later))

    moving = start.codes == CODE[ObjectClass.CAR]
    np.testing.assert_allclose(
        middle.en[moving], (start.en[moving] + end.en[moving]) / 2.0, atol=1e-9
    )
    assert middle.now_s == pytest.approx((earlier + later) / 2.0)


def test_a_timeline_that_is_behind_says_so(district: District) -> None:
    timeline = Timeline(World(district, QUIET, 3))

    assert not timeline.advance(10.0, {}, most_steps=2)
    assert timeline.until_s == pytest.approx(2 * STEP_S)
