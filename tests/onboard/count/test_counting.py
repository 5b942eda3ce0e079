"""Counting on tracks that are made here: each object once, and an interval that holds the truth."""

import json
from dataclasses import replace
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from missions.errors import BadInput
from onboard.count import Counter, CountSettings, count_finding
from onboard.count.estimate import Found, estimated
from onboard.count.individual import Individual, merged_in
from onboard.count.linking import Pairs, chains, linked
from onboard.messages import ObjectClass, Severity
from onboard.track.files import Header, TracksFrame, read_tracks, write_tracks
from onboard.track.looks import Looks, intervals
from onboard.track.track import Track
from qyran import main

HERE = np.array([[-20.0, -20.0], [20.0, -20.0], [20.0, 20.0], [-20.0, 20.0]])
AWAY = HERE + 1000.0
LOOK = 40


def track(
    name: int, en_m: tuple[float, float], *, t_s: float, first_s: float, kind: str = "cattle"
) -> Track:
    east, north = en_m
    left, top = 640.0 + 25.0 * east, 360.0 - 25.0 * north
    return Track(
        track_id=name,
        object_class=ObjectClass(kind),
        confidence=0.8,
        en_m=np.array(en_m),
        velocity_en_m_s=np.zeros(2),
        covariance_m2=0.09 * np.eye(2),
        own_m2=0.04 * np.eye(2),
        velocity_m2_s2=0.01 * np.eye(2),
        box=(left, top, left + 40.0, top + 40.0),
        first_seen_s=first_s,
        last_seen_s=t_s,
        sightings=2 + round((t_s - first_s) / 0.1),
    )


def look(
    names: dict[int, tuple[float, float]], *, from_s: float, kind: str = "cattle"
) -> list[TracksFrame]:
    """Four seconds over objects that stand, each under a name."""
    times = [from_s + 0.1 * step for step in range(LOOK)]
    return [
        TracksFrame(
            t_s=t_s,
            tracks=tuple(
                track(name, place, t_s=t_s, first_s=from_s, kind=kind)
                for name, place in names.items()
            ),
            view_en=HERE,
        )
        for t_s in times
    ]


def gone(from_s: float, to_s: float) -> list[TracksFrame]:
    return [
        TracksFrame(t_s=float(t_s), tracks=(), view_en=AWAY) for t_s in np.arange(from_s, to_s, 1.0)
    ]


def shown(frames: list[TracksFrame], how: CountSettings | None = None) -> Counter:
    counter = Counter(how)
    for frame in frames:
        counter.observe(frame.t_s, frame.tracks, frame.view_en)
    return counter


def herd(count: int, *, first: int = 1, shift: float = 0.0) -> dict[int, tuple[float, float]]:
    grid = [(4.0 * (n % 5) - 8.0 + shift, 4.0 * (n // 5) - 8.0) for n in range(count)]
    return {first + n: place for n, place in enumerate(grid)}


TWICE = look(herd(20), from_s=0.0) + gone(5.0, 90.0) + look(herd(20, first=101), from_s=90.0)


def test_a_herd_that_was_passed_twice_is_counted_once() -> None:
    (cattle,) = shown(TWICE).counted().kinds
    assert cattle.tracks == 40
    assert cattle.estimate.low <= 20 <= cattle.estimate.high
    assert abs(cattle.estimate.count - 20) <= 2


def test_each_animal_of_the_second_pass_is_one_of_the_first() -> None:
    pairs = {tuple(names) for names in shown(TWICE).objects()}
    assert sum(len(names) == 2 for names in pairs) >= 18
    assert (1, 101) in pairs


@pytest.mark.parametrize("drift_m_s", [0.05, 0.15])
def test_a_herd_that_drifted_between_two_passes_is_counted_once(drift_m_s: float) -> None:
    drifted = herd(20, first=101, shift=drift_m_s * 90.0)
    frames = look(herd(20), from_s=0.0) + gone(5.0, 90.0) + look(drifted, from_s=90.0)
    (cattle,) = shown(frames).counted().kinds
    assert cattle.estimate.low <= 20 <= cattle.estimate.high


def test_people_who_stand_are_known_for_that_once_their_velocity_is() -> None:
    """A track's first frame tells no velocity: what is told of it last is what counts."""
    again = [
        replace(frame, tracks=tuple(replace(each, velocity_m2_s2=spread) for each in frame.tracks))
        for frame, spread in zip(
            look(herd(20, first=101), from_s=90.0, kind="person"),
            [9.0 * np.eye(2)] + (LOOK - 1) * [0.01 * np.eye(2)],
            strict=True,
        )
    ]
    first = look(herd(20), from_s=0.0, kind="person")
    (people,) = shown(first + gone(5.0, 90.0) + again).counted().kinds
    assert people.linked >= 18
    assert people.estimate.low <= 20 <= people.estimate.high


def test_another_herd_elsewhere_is_another_herd() -> None:
    far = [
        replace(
            frame,
            view_en=HERE + 300.0,
            tracks=tuple(replace(each, en_m=each.en_m + 300.0) for each in frame.tracks),
        )
        for frame in look(herd(20, first=101), from_s=30.0)
    ]
    counted = shown(look(herd(20), from_s=0.0) + far).counted()
    assert counted.kinds[0].linked == 0
    assert counted.kinds[0].estimate.low <= 40 <= counted.kinds[0].estimate.high
    assert [each.tracks for each in counted.gatherings] == [20, 20]


def test_a_count_goes_to_the_hub_as_a_notice_with_its_interval() -> None:
    (cattle,) = shown(TWICE).counted().kinds
    finding = count_finding(cattle, began_s=0.0, probability=0.9)
    assert finding is not None
    assert (finding.object_count, finding.severity) == (cattle.estimate.count, Severity.NOTICE)
    interval = f"{cattle.estimate.low}-{cattle.estimate.high}"
    sentences = finding.explanation
    assert all(interval in each for each in (sentences.kk, sentences.ru, sentences.en))


def test_a_car_is_no_cow_that_stood_there() -> None:
    cars = look({50: (0.0, 0.0)}, from_s=90.0, kind="car")
    counter = shown(look({1: (0.0, 0.0)}, from_s=0.0) + gone(5.0, 90.0) + cars)
    assert counter.objects() == [[1], [50]]


def test_time_that_goes_back_forgets_everything() -> None:
    counter = shown(look(herd(10), from_s=100.0))
    counter.observe(0.0, (), HERE)
    assert counter.counted().kinds == ()


def test_memory_is_bounded() -> None:
    frames = [
        frame for n in range(30) for frame in look({n: (0.0, 0.0)}, from_s=10.0 * n, kind="car")
    ]
    counter = shown(frames, CountSettings(remember_at_most=7))
    assert sum(len(names) for names in counter.objects()) == 7


def found(count: int, looks: int, seen: list[int], **more: float) -> Found:
    every = np.ones(count)
    clean = np.full(count, looks)
    return Found(
        real=every,
        fresh=every,
        merged=np.full(count, more.get("merged", 0.0)),
        recall=0.95 * every,
        false_share=0.01 * every,
        looks=clean,
        clean=clean,
        found=np.array(seen),
    )


@pytest.mark.parametrize("recall", [0.6, 0.8, 0.95])
def test_intervals_hold_the_truth_where_two_looks_taught_the_recall(recall: float) -> None:
    """Oracle: the binomial process itself, many times."""
    rng, truth, held = np.random.default_rng(5), 80, 0
    for _ in range(60):
        times = rng.binomial(2, recall, truth)
        seen = times[times > 0]
        estimate = estimated(found(len(seen), 2, seen.tolist()), CountSettings(recall_worth=2.0))
        held += estimate.low <= truth <= estimate.high
    assert held >= 48


def test_one_look_leaves_what_the_detector_is_known_for() -> None:
    sure = CountSettings(recall=0.8, recall_worth=500.0)
    estimate = estimated(replace(found(80, 1, [1] * 80), recall=np.full(80, 0.8)), sure)
    assert estimate.count == pytest.approx(100, abs=4)
    assert estimate.low < 97 < 103 < estimate.high


def test_less_certain_recall_makes_a_wider_interval() -> None:
    widths = [
        (lambda each: each.high - each.low)(
            estimated(found(100, 1, [1] * 100), CountSettings(recall_worth=worth))
        )
        for worth in (200.0, 5.0)
    ]
    assert widths[0] < widths[1]


def test_boxes_that_touch_have_swallowed_more_than_boxes_apart() -> None:
    close = [track(n, (0.7 * n, 0.0), t_s=0.0, first_s=0.0) for n in range(9)]
    apart = [track(n, (9.0 * n, 0.0), t_s=0.0, first_s=0.0) for n in range(9)]
    assert max(merged_in(apart)) < 1e-6
    assert merged_in(close)[4] > 0.01


def test_what_was_seen_twice_and_never_again_is_hardly_real() -> None:
    first = track(1, (0, 0), t_s=0.1, first_s=0.0)
    chance = Individual(began=first, ended=first)
    chance.saw(replace(chance.began, sightings=2), 0.0)
    chance.chances = 60
    real = Individual(began=chance.began, ended=chance.began)
    for _ in range(50):
        real.saw(replace(chance.began, sightings=50), 0.0)
    real.chances = 60
    assert chance.real() < 0.2 < 0.99 < real.real()


ODDS = st.lists(
    st.lists(st.floats(0.01, 50.0), min_size=3, max_size=3), min_size=2, max_size=3
).map(np.array)


def pairs_of(odds: np.ndarray) -> Pairs:
    earlier, later = np.indices(odds.shape)
    return Pairs(
        earlier=earlier.ravel(), later=later.ravel() + len(odds), odds=odds.ravel().astype(float)
    )


def exact_fresh(odds: np.ndarray) -> np.ndarray:
    """Oracle: every matching, by its weight."""
    rows, columns = odds.shape
    total, fresh = 0.0, np.zeros(columns)
    for choice in set(permutations([*range(rows), *[-1] * columns], columns)):
        weight = np.prod([odds[row, n] for n, row in enumerate(choice) if row >= 0])
        total += weight
        fresh += weight * (np.array(choice) < 0)
    return fresh / total


@settings(max_examples=60, deadline=None)
@given(odds=ODDS)
def test_marginals_are_near_those_of_all_matchings(odds: np.ndarray) -> None:
    fresh = linked(pairs_of(odds), sum(odds.shape)).fresh[len(odds) :]
    # The farthest off that a search over such odds found was 0.12.
    np.testing.assert_allclose(fresh, exact_fresh(odds), atol=0.15)


@given(odds=ODDS)
def test_no_track_follows_two_nor_is_followed_by_two(odds: np.ndarray) -> None:
    before = linked(pairs_of(odds), sum(odds.shape)).before
    rows = sorted(row for chain in chains(before) for row in chain)
    assert rows == list(range(sum(odds.shape)))


def test_a_tree_of_pairs_is_exact() -> None:
    odds = np.array([[3.0, 0.5]])
    fresh = linked(pairs_of(odds), 3).fresh[1:]
    np.testing.assert_allclose(fresh, exact_fresh(odds), atol=1e-6)


def test_looks_are_cut_where_the_place_was_long_out_of_the_picture() -> None:
    looks = Looks(remember_s=100.0)
    for t_s in range(30):
        looks.saw(float(t_s), AWAY if 8 <= t_s < 20 else HERE)
    times = looks.times(np.zeros(2), 2.0)
    assert intervals(times, apart_s=5.0, least_s=1.5) == [(0.0, 7.0), (20.0, 29.0)]
    assert looks.seen_before(np.zeros((1, 2)), 1.0).all()


def test_the_command_counts_a_tracks_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "tracks.jsonl"
    write_tracks(file, Header(origin=(44.85, 65.5)), TWICE)
    assert read_tracks(file).frames[0].view_en is not None
    assert main(["count", "--tracks", str(file), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["format"], told["version"]) == ("qyran-counts", 1)
    (cattle,) = told["kinds"]
    assert cattle["low"] <= 20 <= cattle["high"]
    assert cattle["latitude_deg"] == pytest.approx(44.85, abs=1e-3)
    assert main(["count", "--tracks", str(file)]) == 0
    assert "cattle" in capsys.readouterr().out


@pytest.mark.parametrize("text", ["recall = 2", "recal = 0.9", "recall =", "crowd_m = -1"])
def test_settings_that_are_none_are_refused_in_one_line(
    text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_tracks(tmp_path / "tracks.jsonl", Header(), TWICE[:1])
    (tmp_path / "count.toml").write_text(text)
    given_files = ["--tracks", str(tmp_path / "tracks.jsonl")]
    given_files += ["--settings", str(tmp_path / "count.toml")]
    assert main(["count", *given_files]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_pixels_are_not_counted(tmp_path: Path) -> None:
    write_tracks(tmp_path / "tracks.jsonl", Header(unit="px"), TWICE[:1])
    assert main(["count", "--tracks", str(tmp_path / "tracks.jsonl")]) == 2


def test_a_table_by_size_must_grow() -> None:
    with pytest.raises(ValueError, match="growing side"):
        CountSettings(recall_by_side_px=((20.0, 0.9), (10.0, 0.5)))


def test_the_posterior_of_a_known_recall_is_the_negative_binomial() -> None:
    """Oracle: scipy's distribution of what was missed, given what was found."""
    known = CountSettings(recall=0.9, recall_worth=1e5, false_worth=1e6)
    counted = estimated(
        replace(found(50, 1, [1] * 50), recall=np.full(50, 0.9), false_share=np.full(50, 1e-9)),
        known,
    )
    low, high = stats.nbinom(50, 0.9).ppf([0.05, 0.95])
    assert counted.low == pytest.approx(50 + low, abs=3)
    assert counted.high == pytest.approx(50 + high, abs=3)


def test_bad_input_is_the_error_of_a_missing_file() -> None:
    with pytest.raises(BadInput):
        read_tracks(Path("nowhere.jsonl"))
