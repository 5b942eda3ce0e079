"""The benchmark's counts on cases that can be counted by hand after the papers' definitions."""

import numpy as np
import pytest

from benchmarks.tracking_scores import Counts, counted, overlaps

HERE, THERE = [0.0, 0.0, 10.0, 10.0], [100.0, 0.0, 110.0, 10.0]


def frame(truth: dict[int, list[float]], told: dict[int, list[float]]) -> tuple[np.ndarray, ...]:
    return (
        np.array(list(truth), dtype=np.int64),
        np.array(list(truth.values())).reshape(-1, 4),
        np.array(list(told), dtype=np.int64),
        np.array(list(told.values())).reshape(-1, 4),
    )


def test_a_name_that_changes_half_way_costs_half_and_is_one_switch() -> None:
    frames = [frame({1: HERE}, {5: HERE})] * 10 + [frame({1: HERE}, {6: HERE})] * 10
    count = counted(frames)
    assert count == Counts(id_true_positives=10, truth=20, told=20, switches=1)
    assert count.idf1 == pytest.approx(50.0)


def test_two_who_swap_names_are_two_switches() -> None:
    frames = [frame({1: HERE, 2: THERE}, {5: HERE, 6: THERE})] * 6
    frames += [frame({1: HERE, 2: THERE}, {6: HERE, 5: THERE})] * 4
    assert counted(frames) == Counts(id_true_positives=12, truth=20, told=20, switches=2)


def test_a_gap_under_the_same_name_is_no_switch() -> None:
    frames = [frame({1: HERE}, {5: HERE}), frame({1: HERE}, {}), frame({1: HERE}, {5: HERE})]
    count = counted(frames)
    assert count.switches == 0
    assert count.idf1 == pytest.approx(200.0 * 2 / 5)


def test_a_box_that_overlaps_by_a_third_is_another() -> None:
    half_over = [5.0, 0.0, 15.0, 10.0]
    np.testing.assert_allclose(overlaps(np.array([HERE]), np.array([half_over])), [[1 / 3]])
    assert counted([frame({1: HERE}, {5: half_over})]).id_true_positives == 0
