"""Queues, accidents, objects left behind, and what is new since the last visit."""

import json
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
import shapely

from missions.errors import BadInput
from missions.geodesy import GeoPoint, LocalPlane
from onboard.messages import EventKind, ObjectClass
from onboard.rules import Finding, Scene, Zones
from onboard.rules.abandoned import AbandonedObject, AbandonedSettings
from onboard.rules.accident import Accident, AccidentSettings
from onboard.rules.change import ChangeSettings, ChangeSinceVisit
from onboard.rules.congestion import Congestion, CongestionSettings
from onboard.rules.replay import on_plane
from onboard.rules.roads import Road
from onboard.rules.vehicle_stopped import VehicleStopped, VehicleStoppedSettings
from onboard.rules.zones import Zone
from onboard.track.files import TracksFrame
from onboard.track.track import Track
from tests.onboard.rules.scripted import Frames, seen, watched

STEP_S = 0.5
LINE = shapely.LineString([(0.0, 0.0), (1000.0, 0.0)])
ROAD = Zones(
    carriageways=(
        Road("avenue", shapely.box(0.0, -7.0, 1000.0, 7.0), line=LINE, limit_m_s=60.0 / 3.6),
    )
)


def driven(times_s: list[float], east_m: list[float], number: int, north: float) -> list[Track]:
    """One vehicle's tracks, a frame each, by knots of time and metres east."""
    now_s = np.arange(times_s[0], times_s[-1], STEP_S)
    east = np.interp(now_s, times_s, east_m)
    speed = np.gradient(east, STEP_S)
    return [
        seen(ObjectClass.CAR, (e, north), number, (v, 0.0))
        for e, v in zip(east.tolist(), speed.tolist(), strict=True)
    ]


def side_by_side(*ways: list[Track]) -> Frames:
    return [list(each) for each in zip(*ways, strict=True)]


def queue(count: int, *, creep_m: float = 15.0, lasts_s: float = 120.0) -> Frames:
    ways = [
        driven(
            [0.0, 12.0, lasts_s],
            [400.0 - 9.0 * place, 500.0 - 9.0 * place, 500.0 + creep_m - 9.0 * place],
            place,
            -3.5,
        )
        for place in range(count)
    ]
    return side_by_side(*ways)


def test_a_queue_that_creeps_is_congestion_and_nobody_in_it_stands() -> None:
    (finding,) = watched(Congestion(CongestionSettings()), queue(8), ROAD)
    assert (finding.kind, finding.zone) == (EventKind.CONGESTION, "avenue")
    assert finding.object_count >= 5
    frames = queue(8, creep_m=0.1)
    assert watched(VehicleStopped(VehicleStoppedSettings()), frames, ROAD) == []


def parked(count: int) -> Frames:
    row = [seen(ObjectClass.CAR, (500.0 - 7.0 * place, 5.0), place) for place in range(count)]
    return [row] * 260


def flowing() -> Frames:
    ways = [
        driven([0.0, 120.0], [-12.0 * place, 960.0 - 12.0 * place], place, -3.5)
        for place in range(8)
    ]
    return side_by_side(*ways)


@pytest.mark.parametrize("frames", [queue(4), parked(8), flowing(), queue(8, lasts_s=60.0)])
def test_few_parked_flowing_or_soon_gone_vehicles_are_no_congestion(
    frames: Frames,
) -> None:
    assert watched(Congestion(CongestionSettings()), frames, ROAD) == []


def test_on_the_other_side_of_the_road_is_another_queue() -> None:
    near = [driven([0.0, 12.0, 120.0], [400.0, 500.0, 515.0], place, -3.5) for place in range(3)]
    far = [driven([0.0, 12.0, 120.0], [400.0, 500.0, 515.0], 9 + place, 3.5) for place in range(3)]
    frames = side_by_side(*near, *far)
    assert watched(Congestion(CongestionSettings()), frames, ROAD) == []


def crash(*, second: bool, people: bool, brake_s: float = 1.0, end_s: float = 60.0) -> Frames:
    """Cars at 15 m/s that stand at 500 m from 20 s on, and who steps out of them."""
    before_m = 15.0 * (20.0 - brake_s) + 7.5 * brake_s
    ways = [
        driven(
            [0.0, 20.0 - brake_s, 20.0, end_s],
            [500.0 - before_m, 500.0 - 7.5 * brake_s] + [500.0] * 2,
            1,
            -3.5,
        )
    ]
    if second:
        late = driven(
            [0.0, 20.0 - brake_s, 20.0, end_s],
            [494.0 - before_m, 494.0 - 7.5 * brake_s] + [494.0] * 2,
            2,
            -3.5,
        )
        ways.append(late)
    frames = side_by_side(*ways)
    stepped_out = [seen(ObjectClass.PERSON, (498.0, 0.0), 5)] if people else []
    return [[*tracks, *(stepped_out if step >= 60 else [])] for step, tracks in enumerate(frames)]


@pytest.mark.parametrize(("second", "people"), [(True, True), (True, False)])
def test_cars_that_stop_dead_together_and_stay_are_an_accident(second: bool, people: bool) -> None:
    frames = crash(second=second, people=people)
    (finding,) = watched(Accident(AccidentSettings()), frames, ROAD)
    assert finding.kind is EventKind.ACCIDENT
    assert finding.object_count == 2


@pytest.mark.parametrize(
    ("people", "told"),
    [
        (True, ("жүру бөлігінде адам бар", "на проезжей части люди", "people on the carriageway")),
        (False, ("екінші көлік те", "так же резко", "another stopped as hard")),
    ],
)
def test_an_accidents_sentence_names_what_was_seen(
    people: bool, told: tuple[str, str, str]
) -> None:
    (finding,) = watched(Accident(AccidentSettings()), crash(second=True, people=people), ROAD)
    words = finding.explanation
    assert all(
        part in text for part, text in zip(told, (words.kk, words.ru, words.en), strict=True)
    )
    assert ("people" in words.en) is people
    assert "others drive past" not in words.en


@pytest.mark.parametrize(
    "frames",
    [
        crash(second=False, people=False),  # it brakes for a dog
        crash(second=True, people=True, brake_s=6.0),  # as one does
        crash(second=True, people=False, end_s=24.0),  # they drive on, or out of sight
    ],
)
def test_a_lone_hard_stop_and_gentle_stops_are_no_accident(frames: Frames) -> None:
    assert watched(Accident(AccidentSettings()), frames, ROAD) == []


def bag(number: int = 50) -> Track:
    return seen(ObjectClass.BAG, (0.0, 0.0), number)


def visitor(step: int, *, leaves: int, back: int = 9999) -> Track:
    """Stands by the bag until a step, is 20 m away after, and comes back at another."""
    away = 20.0 if leaves <= step < back else 0.6
    return seen(ObjectClass.PERSON, (away, 0.0), 1)


def left_alone(renumbered: bool = False) -> Frames:
    frames = [[bag(), visitor(step, leaves=20)] for step in range(100)]
    return frames + [[bag(51 if renumbered else 50)]] * 80


@pytest.mark.parametrize("renumbered", [False, True])
def test_what_somebody_put_down_and_left_is_abandoned(renumbered: bool) -> None:
    rule = AbandonedObject(AbandonedSettings())
    (finding,) = watched(rule, left_alone(renumbered), Zones())
    assert (finding.kind, finding.object_class) == (EventKind.ABANDONED_OBJECT, ObjectClass.BAG)
    assert finding.began_s == pytest.approx(10.0, abs=1.0)


@pytest.mark.parametrize(
    "frames",
    [
        [[bag()]] * 180,  # it lay there before
        [[bag(), visitor(step, leaves=9999)] for step in range(180)],
        [[bag(), visitor(step, leaves=20, back=120)] for step in range(180)],
    ],
)
def test_what_lay_there_or_is_looked_after_is_not_abandoned(frames: Frames) -> None:
    assert watched(AbandonedObject(AbandonedSettings()), frames, Zones()) == []


STILL = Zones(still_areas=(Zone("fields", shapely.box(0.0, 0.0, 400.0, 400.0)),))
PLANE = LocalPlane(GeoPoint(latitude_deg=44.85, longitude_deg=65.51))
TRACTOR = seen(ObjectClass.TRUCK, (100.0, 100.0), 1)


def tent(east: float = 125.0, number: int = 7) -> Track:
    return seen(ObjectClass.TENT, (east, 100.0), number)


def visits(
    memory: Path | None,
    *frames: list[Track],
    plane: LocalPlane = PLANE,
    utc: datetime | None = None,
) -> list[Finding]:
    """Each visit lasts 40 s, and the next begins an hour later, in a process of its own."""
    found = []
    for number, tracks in enumerate(frames):
        rule = ChangeSinceVisit(ChangeSettings(memory=memory))
        from_s = 3600.0 * number
        found += watched(rule, [tracks] * 80, STILL, from_s=from_s, plane=plane, utc=utc)
    return found


def test_a_tent_that_was_not_there_at_the_last_flight_is_told_and_where(tmp_path: Path) -> None:
    memory = tmp_path / "visits.json"
    (finding,) = visits(memory, [TRACTOR], [TRACTOR, tent()])
    assert (finding.kind, finding.zone) == (EventKind.CHANGE_SINCE_VISIT, "fields")
    assert finding.en_m.tolist() == [125.0, 100.0]
    assert "tent" in finding.explanation.en
    assert visits(memory, [TRACTOR, tent()]) == []


def test_a_change_says_when_the_place_was_looked_at_before_if_that_is_known(
    tmp_path: Path,
) -> None:
    memory, began = tmp_path / "visits.json", datetime(2026, 9, 1, 8, 30, tzinfo=UTC)
    (dated,) = visits(memory, [TRACTOR], [TRACTOR, tent()], utc=began)
    assert "the last visit (2026-09-01 08:30 UTC): tent" in dated.explanation.en
    (undated,) = visits(tmp_path / "other.json", [TRACTOR], [TRACTOR, tent()])
    assert "the last visit: tent" in undated.explanation.en


def test_visits_that_were_kept_without_times_are_visits_all_the_same(tmp_path: Path) -> None:
    memory = tmp_path / "visits.json"
    visits(memory, [TRACTOR])
    kept = json.loads(memory.read_text())
    del kept["looked_at"]
    memory.write_text(json.dumps(kept))
    assert len(visits(memory, [TRACTOR, tent()])) == 1


def test_a_herd_that_is_new_is_told_once_and_by_its_number() -> None:
    cows = [seen(ObjectClass.CATTLE, (250.0 + 4.0 * i, 100.0), 20 + i) for i in range(6)]
    someone = seen(ObjectClass.PERSON, (260.0, 100.0), 5)
    view = np.array([[0.0, 0.0], [400.0, 0.0], [400.0, 400.0], [0.0, 400.0]])
    rule, found = ChangeSinceVisit(ChangeSettings()), []
    for from_s, tracks in ((0.0, [someone]), (2000.0, cows)):
        for step in range(80):
            now_s = from_s + STEP_S * step
            scene = Scene(now_s=now_s, tracks=tuple(tracks), zones=STILL, view_en=view)
            found += rule.observe(scene)
    (finding,) = found
    assert finding.object_count == 6
    assert "cow, count 6" in finding.explanation.en


def test_what_a_visit_may_have_missed_is_less_surely_new() -> None:
    rule = ChangeSinceVisit(ChangeSettings(recall=0.93))
    watched(rule, [[TRACTOR]] * 60, STILL)
    (finding,) = watched(rule, [[TRACTOR, tent()]] * 60, STILL, from_s=2000.0)
    assert finding.certainty <= 0.93


def test_within_one_process_a_visit_ends_when_nobody_looks_any_more() -> None:
    rule = ChangeSinceVisit(ChangeSettings())
    assert watched(rule, [[TRACTOR]] * 60, STILL) == []
    assert watched(rule, [[TRACTOR, tent()]] * 60, STILL, from_s=100.0) == []
    late = seen(ObjectClass.TENT, (100.0, 125.0), 8)
    assert len(watched(rule, [[TRACTOR, late]] * 60, STILL, from_s=2000.0)) == 1


def shifted(track: Track, by_m: float, number: int) -> Track:
    east, north = track.en_m.tolist()
    return seen(track.object_class, (east + by_m, north), number)


@pytest.mark.parametrize(
    "second",
    [
        [shifted(TRACTOR, 5.0, 3)],  # seen with another error
        [TRACTOR, seen(ObjectClass.CAR, (300.0, 300.0), 4, (8.0, 0.0))],
        [TRACTOR, seen(ObjectClass.CAR, (500.0, 100.0), 4)],  # outside
        [TRACTOR, seen(ObjectClass.PERSON, (120.0, 100.0), 4)],
    ],
)
def test_errors_of_place_and_who_is_elsewhere_are_no_change(
    tmp_path: Path, second: list[Track]
) -> None:
    assert visits(tmp_path / "visits.json", [TRACTOR], second) == []


def test_what_stands_where_nobody_looked_before_is_not_called_new(tmp_path: Path) -> None:
    far = seen(ObjectClass.TENT, (350.0, 350.0), 9)
    assert visits(tmp_path / "visits.json", [TRACTOR], [TRACTOR, far]) == []


def test_a_glance_is_no_visit_and_an_empty_place_is_one(tmp_path: Path) -> None:
    memory = tmp_path / "visits.json"
    visits(memory, [TRACTOR])
    rule = ChangeSinceVisit(ChangeSettings(memory=memory))
    watched(rule, [[seen(ObjectClass.PERSON, (110.0, 100.0), 5)]] * 3, STILL, plane=PLANE)
    assert visits(memory, [TRACTOR]) == []
    someone = seen(ObjectClass.PERSON, (110.0, 100.0), 5)
    assert len(visits(memory, [someone], [someone, tent()])) == 1


def test_a_frames_view_is_brought_onto_a_plane_as_its_tracks_are() -> None:
    corner = np.array([200.0, -50.0])
    track = seen(ObjectClass.CAR, (200.0, -50.0), 1)
    frame = TracksFrame(t_s=0.0, tracks=(track,), view_en=corner[None])
    moved = on_plane(frame, PLANE, LocalPlane(GeoPoint(latitude_deg=44.9, longitude_deg=65.5)))
    assert moved.view_en is not None
    np.testing.assert_allclose(moved.view_en[0], moved.tracks[0].en_m)
    assert np.hypot(*(moved.view_en[0] - corner)) > 5000.0


def test_a_view_that_is_told_says_what_was_looked_at() -> None:
    view = np.array([[0.0, 0.0], [200.0, 0.0], [200.0, 200.0], [0.0, 200.0]])
    rule = ChangeSinceVisit(ChangeSettings())
    found = []
    for visit, tracks in enumerate([(), (tent(),)]):
        for step in range(60):
            now_s = 2000.0 * visit + step * STEP_S
            found += rule.observe(
                Scene(now_s=now_s, tracks=tracks, zones=STILL, plane=PLANE, view_en=view)
            )
    assert [each.tracks[0].object_class for each in found] == [ObjectClass.TENT]


def test_what_is_kept_does_not_hang_on_the_plane_of_a_flight(tmp_path: Path) -> None:
    memory = tmp_path / "visits.json"
    visits(memory, [TRACTOR])
    other = LocalPlane(GeoPoint(latitude_deg=44.8501, longitude_deg=65.5101))
    east, north = other.en(PLANE.geo(100.0, 100.0))
    moved = seen(ObjectClass.TRUCK, (float(east), float(north)), 2)
    assert visits(memory, [moved], plane=other) == []


@pytest.mark.parametrize("text", ["", "{}", '{"cells": 3, "stood": []}', "\x00"])
def test_a_memory_that_is_no_file_of_visits_is_named(tmp_path: Path, text: str) -> None:
    memory = tmp_path / "visits.json"
    memory.write_text(text)
    with pytest.raises(BadInput, match=r"visits\.json"):
        ChangeSinceVisit(ChangeSettings(memory=memory))


def test_the_memory_is_json_with_its_format_and_version(tmp_path: Path) -> None:
    memory = tmp_path / "visits.json"
    visits(memory, [TRACTOR])
    told = json.loads(memory.read_text())
    assert (told["format"], told["version"]) == ("qyran-visits", 1)
    assert [each["kind"] for each in told["stood"]] == ["vehicle"]
