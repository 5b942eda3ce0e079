"""What is said to be in a picture is what its pixels show."""

import math
from dataclasses import dataclass

import cv2
import numpy as np
import pytest
import shapely

from onboard.messages import ObjectClass
from sim.camera import palette
from sim.camera.ground import Ground
from sim.camera.painting import GroundPainter
from sim.camera.projection import Pinhole, View, view
from sim.camera.renderer import Look, Rendered, Renderer, SensorNoise
from sim.camera.scenery import Blocks, Scenery, Trees, scenery
from sim.district.features import District
from sim.district.generate import generate
from sim.world.objects import CODE, TYPICAL_SIZE_M, Snapshot
from sim.world.parking import bays

CAMERA = Pinhole(width_px=960, height_px=540, horizontal_field_of_view_rad=math.radians(70.0))
HEIGHT_M = 45.0
DRAWN = (
    ObjectClass.PERSON,
    ObjectClass.CAR,
    ObjectClass.TRUCK,
    ObjectClass.BUS,
    ObjectClass.CATTLE,
)


@dataclass(frozen=True)
class Stage:
    """A district with its ground, and the middle of its central square to stand on."""

    district: District
    ground: Ground
    scenery: Scenery
    middle: np.ndarray

    def looking(self, *, east: float = 0.0, north: float = -45.0, pitch_deg: float = -45.0) -> View:
        """A view to the north from beside the middle of the square."""
        pitch = math.radians(pitch_deg)
        R_ned_from_gimbal = np.array(
            [
                [math.cos(pitch), 0.0, math.sin(pitch)],
                [0.0, 1.0, 0.0],
                [-math.sin(pitch), 0.0, math.cos(pitch)],
            ]
        )
        at = self.middle + np.array([east, north])
        return view(
            CAMERA,
            self.district.plane,
            at=self.district.plane.geo(*at),
            height_above_ground_m=HEIGHT_M,
            R_ned_from_gimbal=R_ned_from_gimbal,
        )

    def things(self, classes: tuple[ObjectClass, ...], offsets: np.ndarray) -> Snapshot:
        """Objects at offsets from the middle, all headed north-east."""
        count = len(classes)
        return Snapshot(
            now_s=0.0,
            ids=tuple(f"{each.value}-{number}" for number, each in enumerate(classes)),
            codes=np.array([CODE[each] for each in classes], dtype=np.int64),
            en=self.middle + offsets,
            heading_rad=np.full(count, 0.8),
            size_m=np.array([TYPICAL_SIZE_M[each] for each in classes]).reshape(-1, 3),
            look=np.linspace(0.1, 0.9, count),
            stride=np.zeros(count),
        )

    def render(self, seen_from: View, world: Snapshot) -> Rendered:
        """Without noise."""
        return Renderer(self.ground, self.scenery, Look()).render(seen_from, world, 0)


@pytest.fixture(scope="module")
def stage() -> Stage:
    district = generate(7).district
    standing = scenery(district)
    painter = GroundPainter(district, bays(district, 7), standing)
    middle = district.place("square-central").ring.mean(axis=0)
    return Stage(district, Ground(painter), standing, middle)


@pytest.mark.parametrize("object_class", DRAWN)
def test_the_true_box_is_where_the_picture_changes(stage: Stage, object_class: ObjectClass) -> None:
    seen_from = stage.looking()
    thing = stage.things((object_class,), np.array([[6.0, 3.0]]))
    nothing = stage.things((), np.empty((0, 2)))

    rendered = stage.render(seen_from, thing)
    left, top, width, height = rendered.objects[0].box_px
    rows, columns = np.nonzero(rendered.marks)
    changed = cv2.absdiff(rendered.picture, stage.render(seen_from, nothing).picture).max(axis=2)

    assert columns.min() == pytest.approx(left, abs=1.6)
    assert rows.min() == pytest.approx(top, abs=1.6)
    assert columns.max() == pytest.approx(left + width, abs=1.6)
    assert rows.max() == pytest.approx(top + height, abs=1.6)
    assert (changed[rendered.marks > 0] > 0).mean() > 0.97


@pytest.mark.parametrize("object_class", DRAWN)
def test_most_of_an_object_has_its_classes_hue(stage: Stage, object_class: ObjectClass) -> None:
    rendered = stage.render(stage.looking(), stage.things((object_class,), np.zeros((1, 2))))
    hsv = cv2.cvtColor(rendered.picture, cv2.COLOR_BGR2HSV)[rendered.marks > 0]
    low, high = palette.BANDS[object_class].hue

    coloured = hsv[hsv[:, 1] >= palette.OBJECT_MIN_SATURATION - 15]
    in_band = (coloured[:, 0] >= low - 2) & (coloured[:, 0] <= high + 2)

    assert len(coloured) / len(hsv) > 0.4
    assert in_band.mean() > 0.9


@pytest.mark.parametrize("place", ["square-central", "park-syr", "pasture", "hemp-field", "river"])
def test_ground_trees_and_buildings_stay_unsaturated(stage: Stage, place: str) -> None:
    middle = shapely.Polygon(stage.district.place(place).ring).centroid.coords[0]
    there = Stage(stage.district, stage.ground, stage.scenery, np.array(middle))
    seen_from = there.looking(pitch_deg=-40.0)
    picture = there.render(seen_from, there.things((), np.empty((0, 2)))).picture

    saturation = cv2.cvtColor(picture, cv2.COLOR_BGR2HSV)[..., 1]

    assert np.quantile(saturation, 0.999) < palette.GROUND_MAX_SATURATION + 10


def test_the_true_place_projects_into_the_lower_part_of_the_box(stage: Stage) -> None:
    seen_from = stage.looking()
    offsets = np.array([[-20.0, -10.0], [0.0, 5.0], [18.0, 22.0]])

    rendered = stage.render(seen_from, stage.things((ObjectClass.PERSON,) * 3, offsets))

    for seen in rendered.objects:
        _, pixels = seen_from.depth_and_pixels(np.array([[*seen.en, 0.0]]))
        left, top, width, height = seen.box_px
        assert left <= pixels[0, 0] <= left + width
        assert top + 0.6 * height <= pixels[0, 1] <= top + height + 1.0


def test_an_object_out_of_the_picture_is_not_in_the_truth(stage: Stage) -> None:
    world = stage.things((ObjectClass.CAR,), np.array([[0.0, -80.0]]))

    assert stage.render(stage.looking(), world).objects == []


def test_an_object_cut_by_the_edge_is_partly_visible(stage: Stage) -> None:
    seen_from = stage.looking()
    edge = seen_from.ground_of_pixel(0.0, 270.0)
    assert edge is not None

    rendered = stage.render(
        seen_from, stage.things((ObjectClass.BUS,), np.array([edge - stage.middle]))
    )

    assert 0.2 < rendered.objects[0].visible_fraction < 0.8
    assert rendered.objects[0].box_px[0] == -0.5


def _walled(stage: Stage) -> Stage:
    """The same square with one wide building across its middle, and no trees."""
    corners = stage.middle + np.array([[-20.0, 0.0], [20.0, 0.0], [20.0, 10.0], [-20.0, 10.0]])
    blocks = Blocks(
        corners=corners[None],
        height_m=np.array([15.0]),
        colour=np.array([0]),
        windows=np.array([True]),
    )
    trees = Trees(at=np.empty((0, 2)), height_m=np.empty(0), crown_m=np.empty(0), shade=np.empty(0))
    return Stage(stage.district, stage.ground, Scenery(blocks=blocks, trees=trees), stage.middle)


def test_a_building_hides_who_is_behind_it_and_not_who_is_before_it(stage: Stage) -> None:
    walled = _walled(stage)
    world = walled.things((ObjectClass.PERSON,) * 2, np.array([[0.0, 12.0], [0.0, -2.0]]))

    rendered = walled.render(walled.looking(), world)
    visible = {seen.object_id: seen.visible_fraction for seen in rendered.objects}

    assert visible["person-0"] == 0.0
    assert visible["person-1"] == pytest.approx(1.0)


def test_somebody_half_behind_a_corner_is_half_visible(stage: Stage) -> None:
    walled = _walled(stage)
    world = walled.things((ObjectClass.TRUCK,), np.array([[25.5, 13.0]]))

    rendered = walled.render(walled.looking(), world)

    assert 0.1 < rendered.objects[0].visible_fraction < 0.9


def test_the_sky_begins_at_the_horizon(stage: Stage) -> None:
    level = stage.looking(pitch_deg=0.0)

    picture = stage.render(level, stage.things((), np.empty((0, 2)))).picture

    assert picture[100, 480].tolist() == list(palette.SKY)
    assert picture[500, 480].tolist() != list(palette.SKY)


def test_the_same_instant_gives_the_same_picture(stage: Stage) -> None:
    world = stage.things(DRAWN, np.arange(10.0).reshape(5, 2) * 3.0)
    noise = [SensorNoise(960, 540, deviation=2.2, seed=4) for _ in range(2)]
    renderers = [Renderer(stage.ground, stage.scenery, Look(), each) for each in noise]

    first, second = (each.render(stage.looking(), world, 3).picture for each in renderers)

    np.testing.assert_array_equal(first, second)


def test_a_view_from_just_above_the_ground_is_a_picture(stage: Stage) -> None:
    low = view(
        CAMERA,
        stage.district.plane,
        at=stage.district.plane.geo(*stage.middle),
        height_above_ground_m=0.35,
        R_ned_from_gimbal=np.eye(3),
    )

    rendered = stage.render(low, stage.things((ObjectClass.PERSON,), np.array([[0.3, 6.0]])))

    assert rendered.picture.shape == (540, 960, 3)
    assert rendered.objects[0].box_px[3] > 100.0
