"""The views that teach the detector: the same for a seed, their boxes on the objects' pixels."""

import math
from collections.abc import Callable
from itertools import pairwise

import cv2
import numpy as np
import pytest

from sim.training.classes import CLASSES
from sim.training.render import FINER, TrainingView, rendered
from sim.training.scene import MAKERS, variant
from sim.training.stock import mirrored, quarter_turned
from sim.training.viewpoint import chosen

SIDE_PX = 160
VIEWS = 24


@pytest.fixture(scope="module")
def views() -> list[TrainingView]:
    return [rendered(5, number, SIDE_PX) for number in range(VIEWS)]


def extent_of(marks: np.ndarray, mark: int) -> list[float]:
    rows, columns = np.nonzero(marks == mark)
    edges = [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]
    return [edge / FINER for edge in edges]


def test_a_seed_and_a_number_give_the_same_view_to_the_last_pixel(
    views: list[TrainingView],
) -> None:
    again = rendered(5, 3, SIDE_PX)
    assert np.array_equal(again.picture, views[3].picture)
    assert np.array_equal(again.boxes, views[3].boxes)


def test_no_two_views_of_a_seed_are_alike(views: list[TrainingView]) -> None:
    assert all(not np.array_equal(a.picture, b.picture) for a, b in pairwise(views))
    assert not np.array_equal(rendered(6, 0, SIDE_PX).picture, views[0].picture)


def test_every_box_holds_the_visible_pixels_of_one_object_and_no_more(
    views: list[TrainingView],
) -> None:
    asked = 0
    for view in views:
        marks = [int(mark) for mark in np.unique(view.marks) if mark]
        extents = [extent_of(view.marks, mark) for mark in marks]
        told = [*view.boxes.tolist(), *view.unclear.tolist()]
        assert sorted(told) == sorted(extents)
        asked += len(view.boxes)
    assert asked > VIEWS


def test_boxes_stay_within_the_picture_and_have_a_class_each(views: list[TrainingView]) -> None:
    for view in views:
        assert len(view.classes) == len(view.boxes)
        assert ((view.boxes >= 0) & (view.boxes <= SIDE_PX)).all()
        assert (view.boxes[:, 2:] > view.boxes[:, :2]).all()
        assert set(view.classes.tolist()) <= set(range(len(CLASSES)))


def test_thermal_views_have_one_channel_repeated(views: list[TrainingView]) -> None:
    thermal = [view.picture for view in views if view.hour == "thermal"]
    # Compression keeps the three channels of a grey picture within a grey level or two.
    assert thermal
    assert all(np.ptp(picture.astype(int), axis=2).max() <= 3 for picture in thermal)


def test_steep_and_oblique_views_and_more_than_one_hour_are_met(views: list[TrainingView]) -> None:
    kinds = {view.kind for view in views}
    assert {kind.split()[0] for kind in kinds} == {"nadir", "oblique"}
    assert len({view.hour for view in views}) >= 3


@pytest.mark.parametrize("number", range(6))
def test_points_fall_where_opencv_projects_them(number: int) -> None:
    rng = np.random.default_rng(number)
    pitch = rng.uniform(0.3, math.pi / 2)
    view = chosen(rng, SIDE_PX, pitch=pitch, gsd_m=0.08)
    points = rng.uniform(-3.0, 3.0, (20, 3))
    R = view.R_camera_from_world
    middle = (SIDE_PX - 1) / 2.0
    matrix = np.array([[view.focal_px, 0, middle], [0, view.focal_px, middle], [0, 0, 1.0]])
    expected, _ = cv2.projectPoints(points, cv2.Rodrigues(R)[0], -R @ view.position, matrix, None)
    pixels, depth = view.seen(points)
    assert np.allclose(pixels, expected[:, 0], atol=1e-6)
    assert (depth > 0).all()


@pytest.mark.parametrize(
    ("name", "longest_m", "highest_m"),
    [
        ("person", (0.2, 2.0), (0.2, 2.1)),
        ("car", (3.6, 5.9), (1.3, 2.7)),
        ("truck", (5.0, 17.5), (2.2, 4.2)),
        ("bus", (5.5, 13.0), (2.4, 3.8)),
        ("cattle", (1.2, 3.6), (0.6, 2.3)),
        ("horse", (1.2, 3.6), (0.9, 2.9)),
        ("sheep", (0.6, 2.0), (0.3, 1.3)),
        ("boat", (2.9, 9.9), (0.3, 2.6)),
    ],
)
def test_objects_have_the_size_that_they_have_in_the_world(
    name: str, longest_m: tuple[float, float], highest_m: tuple[float, float]
) -> None:
    for number in range(40):
        corners = variant(name, number).corners.reshape(-1, 3)
        length, _, height = np.ptp(corners, axis=0).tolist()
        assert longest_m[0] <= length <= longest_m[1]
        assert highest_m[0] <= height <= highest_m[1]


def test_every_class_has_a_maker() -> None:
    assert tuple(MAKERS) == CLASSES


def marked_view() -> TrainingView:
    picture = np.zeros((SIDE_PX, SIDE_PX, 3), dtype=np.uint8)
    picture[20:50, 30:90] = 255
    return TrainingView(
        picture=picture,
        boxes=np.array([[30, 20, 90, 50]], dtype=np.float32),
        classes=np.array([1], dtype=np.int32),
        unclear=np.array([[30, 20, 90, 50]], dtype=np.float32),
        marks=np.empty((0, 0), dtype=np.int32),
        hour="day",
        pitch=1.5,
    )


@pytest.mark.parametrize("change", [mirrored, quarter_turned])
def test_boxes_follow_a_picture_that_is_mirrored_or_turned(
    change: Callable[[TrainingView], TrainingView],
) -> None:
    view = change(marked_view())
    rows, columns = np.nonzero(view.picture[..., 0])
    extent = [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]
    assert view.boxes.tolist() == [extent]
    assert view.unclear.tolist() == [extent]
