"""Where the pixels go, what is made of several passes, and what a sight tells."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onboard.detect.heads import Candidates, Preparation
from onboard.detect.merging import Found, merged
from onboard.detect.picture import tensor_of, three_channels
from onboard.detect.search import Search, SearchSettings
from onboard.detect.sight import Sight
from onboard.detect.steep import SteepView
from onboard.detect.views import best_part, whole_view
from onboard.messages import ObjectClass

CLASSES = (ObjectClass.PERSON, ObjectClass.CAR, ObjectClass.TRUCK)
PERSON_BOX, CAR_BOX = [10.0, 10.0, 20.0, 40.0], [100.0, 100.0, 160.0, 140.0]


def found(*rows: tuple[list[float], list[float]]) -> Found:
    boxes, scores = zip(*rows, strict=True)
    return Found(np.array(boxes), np.array(scores), CLASSES)


def test_a_vehicle_that_two_classes_share_is_one_with_the_sum_of_their_scores() -> None:
    shifted = [each + 2.0 for each in CAR_BOX]
    one = found((CAR_BOX, [0.0, 0.4, 0.2]), (shifted, [0.0, 0.1, 0.3]), (PERSON_BOX, [0.5, 0, 0]))
    result = merged([one], floor=0.1, iou_threshold=0.5)
    assert result.classes == (ObjectClass.CAR, ObjectClass.PERSON)
    assert result.scores == pytest.approx([0.6, 0.5])


def test_a_person_in_front_of_a_car_stays() -> None:
    one = found((CAR_BOX, [0.0, 0.9, 0.0]), (CAR_BOX, [0.8, 0.0, 0.0]))
    assert set(merged([one], floor=0.1, iou_threshold=0.5).classes) == {
        ObjectClass.CAR,
        ObjectClass.PERSON,
    }


def test_passes_are_merged_as_one_and_nothing_is_nothing() -> None:
    passes = [found((CAR_BOX, [0.0, score, 0.0])) for score in (0.3, 0.7)]
    assert merged(passes, floor=0.1, iou_threshold=0.5).scores == pytest.approx([0.7])
    assert len(merged(passes, floor=0.8, iou_threshold=0.5)) == 0
    assert len(merged([], floor=0.1, iou_threshold=0.5)) == 0


def test_straight_down_a_pixel_is_height_over_focal_length() -> None:
    sight = Sight.of_height(
        pitch_rad=-math.pi / 2, height_m=20.0, focal_px=1000.0, centre_row_px=500.0
    )
    assert sight.metres_per_pixel([0.0, 500.0, 999.0]) == pytest.approx([0.02] * 3)
    assert sight.steep


@given(pitch_deg=st.floats(-90.0, -5.0), height_m=st.floats(5.0, 300.0), row=st.floats(0.0, 1000.0))
def test_a_pixel_is_the_depth_of_its_ground_point_over_the_focal_length(
    pitch_deg: float, height_m: float, row: float
) -> None:
    """Oracle: the ray in the vertical plane, turned and cut with the ground."""
    pitch_rad, focal_px = math.radians(pitch_deg), 900.0
    sight = Sight.of_height(
        pitch_rad=pitch_rad, height_m=height_m, focal_px=focal_px, centre_row_px=500.0
    )
    ray = np.array([1.0, (row - 500.0) / focal_px])
    turn = np.array(
        [
            [math.cos(pitch_rad), math.sin(pitch_rad)],
            [-math.sin(pitch_rad), math.cos(pitch_rad)],
        ]
    )
    down = float((turn @ ray)[1])
    slope = math.asin(max(-1.0, min(1.0, down / float(np.linalg.norm(ray)))))
    expected = height_m / down / focal_px if slope > math.radians(1.6) else None
    got = float(sight.metres_per_pixel([row])[0])
    assert expected is None or got == pytest.approx(expected, rel=1e-6)


def test_above_the_horizon_a_pixel_has_no_size() -> None:
    sight = Sight.of_height(pitch_rad=-0.1, height_m=50.0, focal_px=900.0, centre_row_px=500.0)
    assert math.isinf(sight.metres_per_pixel([0.0])[0])
    assert sight.person_px(0.0) == 0.0


sides = st.integers(200, 4000)


@given(width_px=sides, height_px=sides, pixels=st.floats(5e4, 3e6))
def test_the_whole_picture_costs_about_what_is_given(
    width_px: int, height_px: int, pixels: float
) -> None:
    view = whole_view((width_px, height_px), pixels)
    wide, high = view.size_px
    assert wide % 32 == high % 32 == 0
    assert view.box == (0, 0, width_px, height_px)
    assert view.pixels <= pixels * 1.2 + 32 * (wide + high)


@given(
    width_px=st.integers(640, 4000),
    height_px=st.integers(480, 3000),
    pixels=st.floats(2e5, 2e6),
    at=st.tuples(st.floats(0.0, 0.95), st.floats(0.0, 0.95)),
)
def test_a_part_lies_in_the_picture_and_costs_no_more_than_it_may(
    width_px: int, height_px: int, pixels: float, at: tuple[float, float]
) -> None:
    left, top = at[0] * width_px, at[1] * height_px
    boxes = np.array([[left, top, left + 12.0, top + 20.0]])
    promise = best_part((width_px, height_px), 0.5, boxes, np.array([0.5]), pixels)
    assert promise is not None
    assert promise.view.pixels <= pixels
    assert 0 <= promise.view.box[0] < promise.view.box[2] <= width_px
    assert 0 <= promise.view.box[1] < promise.view.box[3] <= height_px


def test_the_part_with_small_things_in_it_is_chosen() -> None:
    boxes = np.array([[1500.0 + x, 800.0, 1510.0 + x, 820.0] for x in (0.0, 30.0, 60.0)])
    promise = best_part((1920, 1080), 0.5, boxes, np.full(3, 0.4), 4e5)
    assert promise is not None
    left, top, right, bottom = promise.view.box
    assert left <= 1500
    assert right >= 1570
    assert top <= 800
    assert bottom >= 820


class Scripted:
    """A model that sees one thing at a given share of whatever picture it is shown."""

    name, classes, only_size_px, own_size_px, threads = "scripted", CLASSES, None, (416, 416), 1

    def __init__(self, share: list[float], score: float = 0.9) -> None:
        self.share, self.score = np.array([share]), score
        self.shown: list[tuple[tuple[int, ...], tuple[int, int]]] = []

    def candidates(self, image: np.ndarray, size_px: tuple[int, int], floor: float) -> Candidates:
        self.shown.append((image.shape, size_px))
        height_px, width_px = image.shape[:2]
        boxes = self.share * [width_px, height_px, width_px, height_px]
        return Candidates(boxes, np.array([[0.0, self.score, 0.0]]))

    def cpu_s(self, size_px: tuple[int, int]) -> float:
        return 1e-7 * size_px[0] * size_px[1]


PICTURE = np.zeros((600, 800, 3), dtype=np.uint8)


def test_what_is_seen_in_a_turned_picture_is_told_where_it_is() -> None:
    model = Scripted([0.1, 0.2, 0.3, 0.6])
    upright, turned = SteepView(model).seen(PICTURE, None, 0.1)
    np.testing.assert_allclose(upright.boxes, [[80, 120, 240, 360]])
    np.testing.assert_allclose(turned.boxes, [[560, 240, 720, 480]])


def test_the_second_model_is_asked_where_the_view_is_steep_or_nothing_is_sure() -> None:
    view = SteepView(Scripted([0.1, 0.1, 0.2, 0.2]))
    down = Sight(pitch_rad=-1.5, gsd_m_px=0.02, focal_px=900.0, centre_row_px=300.0)
    level = Sight(pitch_rad=-0.4, gsd_m_px=0.02, focal_px=900.0, centre_row_px=300.0)
    cars = [[left, 100.0, left + 60.0, 140.0] for left in (0.0, 100.0, 200.0)]
    sure = found(*[(box, [0.0, 0.9, 0.0]) for box in cars])
    one_seen_thrice = found(*[(CAR_BOX, [0.0, 0.9, 0.0])] * 3)
    assert view.wanted(down, [sure])
    assert not view.wanted(level, [])
    assert not view.wanted(None, [sure])
    assert view.wanted(None, [one_seen_thrice])
    assert view.wanted(None, [found((CAR_BOX, [0.0, 0.1, 0.0]))])


def test_a_budget_sets_the_size_of_the_input() -> None:
    model = Scripted([0.1, 0.1, 0.2, 0.2])
    search = Search(model, SearchSettings(budget_s=0.05))
    search.detect(PICTURE)
    ((_, (width_px, height_px)),) = model.shown
    assert 0.8 * 5e5 <= width_px * height_px <= 1.2 * 5e5


def test_where_people_are_large_the_input_is_small() -> None:
    model = Scripted([0.1, 0.1, 0.2, 0.2])
    near = Sight(pitch_rad=-1.5, gsd_m_px=0.005, focal_px=900.0, centre_row_px=300.0)
    Search(model, SearchSettings(budget_s=0.05)).detect(PICTURE, sight=near)
    ((_, size_px),) = model.shown
    assert size_px[0] * size_px[1] < 1.2e5


def test_one_size_is_one_pass() -> None:
    model = Scripted([0.1, 0.1, 0.2, 0.2])
    detections = Search(model, SearchSettings(size_px=(640, 480))).detect(PICTURE)
    assert [size for _, size in model.shown] == [(640, 480)]
    np.testing.assert_allclose(detections.boxes, [[80, 60, 160, 120]])


def test_what_the_edge_of_a_part_cuts_is_left_to_the_whole_picture() -> None:
    model = Scripted([0.0, 0.4, 0.02, 0.42], score=0.2)
    search = Search(model, SearchSettings(budget_s=0.05, whole_share=0.5))
    detections = search.detect(PICTURE)
    assert len(model.shown) == 2
    assert model.shown[1][0] != PICTURE.shape
    assert len(detections) >= 1


@pytest.mark.parametrize("shape", [(40, 60), (40, 60, 1)])
def test_a_thermal_picture_of_sixteen_bits_is_spread_over_eight(shape: tuple[int, ...]) -> None:
    raw = np.linspace(29000, 31000, 2400).reshape(shape).astype(np.uint16)
    picture = three_channels(raw)
    assert picture.shape == (40, 60, 3)
    assert picture.dtype == np.uint8
    assert (picture[0, 0, 0], picture[-1, -1, 0]) == (0, 255)
    assert (picture[..., 0] == picture[..., 2]).all()


def test_letterbox_keeps_the_shape_and_pads_with_grey() -> None:
    image = np.full((100, 300, 3), (10, 20, 30), dtype=np.uint8)
    tensor, scales = tensor_of(image, (96, 64), Preparation())
    assert scales == pytest.approx((0.32, 0.32))
    assert tensor.shape == (1, 3, 64, 96)
    assert tensor[0, :, 10, 50].tolist() == [10.0, 20.0, 30.0]
    assert tensor[0, :, 40, 50].tolist() == [114.0] * 3


def test_a_stretched_picture_in_red_green_blue_is_normalised() -> None:
    image = np.full((100, 300, 3), (10, 20, 30), dtype=np.uint8)
    way = Preparation(rgb=True, stretched=True, mean=(10, 10, 10), deviation=(2.0, 2.0, 2.0))
    tensor, scales = tensor_of(image, (96, 64), way)
    assert scales == pytest.approx((0.32, 0.64))
    assert tensor[0, :, 63, 95].tolist() == [10.0, 5.0, 0.0]
