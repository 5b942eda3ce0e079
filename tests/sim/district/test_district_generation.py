"""The invented district: what must stand in it, and what must not touch."""

import math
from collections import Counter

import pytest
import shapely

from sim.district.generate import Generated, generate

SEEDS = (1, 7, 20, 33)


@pytest.fixture(scope="module", params=SEEDS)
def generated(request: pytest.FixtureRequest) -> Generated:
    seed: int = request.param
    return generate(seed)


def test_616_cameras_133_speed_cameras_and_10_complexes_stand(generated: Generated) -> None:
    kinds = Counter(camera.kind for camera in generated.cameras)

    assert kinds == {"camera": 616, "speed_camera": 133, "roadside_complex": 10}


def test_every_id_is_given_once(generated: Generated) -> None:
    district = generated.district
    things = (*district.places, *district.roads, *district.buildings, *district.docks)
    ids = [thing.id for thing in things] + [camera.id for camera in generated.cameras]

    assert len(set(ids)) == len(ids)


def test_only_the_bridge_crosses_the_river(generated: Generated) -> None:
    river = shapely.Polygon(generated.district.place("river").ring)

    wet = [
        road.road_class
        for road in generated.district.roads
        if shapely.LineString(road.line).buffer(road.width_m / 2.0).intersects(river)
    ]

    assert wet == ["bridge"]


def test_no_building_stands_on_a_carriageway_or_on_another_building(generated: Generated) -> None:
    buildings = [shapely.Polygon(each.ring) for each in generated.district.buildings]
    roads = shapely.union_all(
        [
            shapely.LineString(road.line).buffer(road.width_m / 2.0)
            for road in generated.district.roads
        ]
    )
    pairs = shapely.STRtree(buildings).query(buildings, predicate="intersects")

    assert not any(roads.intersects(building) for building in buildings)
    assert (pairs[0] == pairs[1]).all()


def test_every_kind_of_place_that_patrols_need_is_there(generated: Generated) -> None:
    kinds = Counter(place.kind for place in generated.district.places)

    assert kinds["square"] + kinds["park"] >= 3
    assert {"river", "bazaar", "embankment", "pasture", "hemp_field", "closed_area"} <= set(kinds)


def test_the_closed_area_holds_the_hemp_field(generated: Generated) -> None:
    closed = shapely.Polygon(generated.district.place("closed-hemp-field").ring)

    assert closed.contains(shapely.Polygon(generated.district.place("hemp-field").ring))


def test_every_dock_is_150_to_500_m_from_what_its_drone_patrols(generated: Generated) -> None:
    docks = {dock.drone_id: dock for dock in generated.district.docks}

    distances = [
        math.hypot(
            *(
                shapely.MultiPoint(brief.shape).centroid.coords[0][axis] - at
                for axis, at in enumerate(
                    (docks[brief.drone_id].east_m, docks[brief.drone_id].north_m)
                )
            )
        )
        for brief in generated.patrols
    ]

    assert len(distances) == 5
    assert min(distances) > 100.0
    assert max(distances) < 500.0


def test_a_drone_can_take_off_beside_the_buildings(generated: Generated) -> None:
    docks = shapely.MultiPoint([(dock.east_m, dock.north_m) for dock in generated.district.docks])

    assert all(
        shapely.Polygon(building.ring).distance(docks) >= 30.0
        for building in generated.district.buildings
    )


def test_patrols_fly_above_every_roof(generated: Generated) -> None:
    highest_m = max(building.height_m for building in generated.district.buildings)

    assert min(brief.height_above_ground_m for brief in generated.patrols) > highest_m + 10.0
