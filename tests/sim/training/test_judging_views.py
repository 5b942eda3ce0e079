"""Average precision of held-out views, on cases small enough to reckon by hand."""

from collections import defaultdict

import numpy as np
import pytest

from sim.training.judging import Found, Tally, judged, overlaps, settled
from sim.training.render import TrainingView


def view_of(boxes: list[list[float]], unclear: list[list[float]] | None = None) -> TrainingView:
    return TrainingView(
        picture=np.zeros((64, 64, 3), dtype=np.uint8),
        boxes=np.array(boxes, dtype=np.float32).reshape(-1, 4),
        classes=np.zeros(len(boxes), dtype=np.int32),
        unclear=np.array(unclear or [], dtype=np.float32).reshape(-1, 4),
        marks=np.empty((0, 0), dtype=np.int32),
        hour="day",
        pitch=1.5,
    )


def found_of(boxes: list[list[float]], scores: list[float]) -> Found:
    return Found(np.array(boxes), np.array(scores), np.zeros(len(boxes), dtype=np.int64))


def precision(view: TrainingView, found: Found) -> float | None:
    tallies: dict[tuple[str, str], Tally] = defaultdict(lambda: Tally([]))
    judged(view, found, tallies)
    return tallies["all views", "person"].average_precision()


def test_a_false_box_between_two_right_ones_costs_a_sixth() -> None:
    view = view_of([[0, 0, 10, 10], [30, 30, 40, 40]])
    found = found_of([[0, 0, 10, 10], [50, 0, 60, 10], [30, 30, 40, 40]], [0.9, 0.8, 0.7])
    assert precision(view, found) == pytest.approx((1.0 + 2.0 / 3.0) / 2.0)


def test_a_second_box_on_an_object_is_false() -> None:
    view = view_of([[0, 0, 10, 10], [30, 30, 40, 40]])
    found = found_of([[0, 0, 10, 10], [0, 0, 10, 9], [30, 30, 40, 40]], [0.9, 0.8, 0.7])
    assert precision(view, found) == pytest.approx((1.0 + 2.0 / 3.0) / 2.0)


def test_what_is_too_hidden_to_be_asked_for_is_not_held_against_who_finds_it() -> None:
    view = view_of([[0, 0, 10, 10]], unclear=[[30, 30, 40, 40]])
    found = found_of([[30, 30, 40, 40], [0, 0, 10, 10]], [0.9, 0.5])
    assert precision(view, found) == pytest.approx(1.0)


def test_a_class_that_no_view_has_has_no_figure() -> None:
    assert precision(view_of([]), found_of([[0, 0, 5, 5]], [0.5])) is None


def test_overlap_of_half_shifted_squares_is_a_third() -> None:
    ratio = overlaps(np.array([[0.0, 0, 10, 10]]), np.array([[5.0, 0, 15, 10]]))
    assert ratio.tolist() == [[pytest.approx(1.0 / 3.0)]]


def test_of_two_boxes_on_one_object_the_surer_is_kept() -> None:
    raw = np.zeros((21, 5 + 1))
    raw[:, 2:4] = np.log(2.0)
    raw[0] = [0.5, 0.5, np.log(2), np.log(2), 0.9, 1.0]
    raw[1] = [-0.4, 0.5, np.log(2), np.log(2), 0.8, 1.0]
    found = settled(raw, 32)
    assert found.scores.tolist() == [pytest.approx(0.9)]
    assert found.boxes.tolist() == [pytest.approx([-4.0, -4.0, 12.0, 12.0])]
