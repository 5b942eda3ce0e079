"""The judge of the demo: what counts as found, missed, false and told twice."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyproj
import pytest

from missions.geodesy import GeoPoint
from sim.demo.judge import ToldAlert, cross_track_m, judge
from sim.demo.truth import TrueEvent, TrueFrame, TruePose, read_events

START = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
PLACE = GeoPoint(latitude_deg=44.85, longitude_deg=65.51)
GEOD = pyproj.Geod(ellps="WGS84")


def _off(bearing_deg: float, distance_m: float) -> GeoPoint:
    longitude, latitude, _ = GEOD.fwd(
        PLACE.longitude_deg, PLACE.latitude_deg, bearing_deg, distance_m
    )
    return GeoPoint(latitude_deg=latitude, longitude_deg=longitude)


def _event(kind: str = "crowd", *, ended_s: float | None = None) -> TrueEvent:
    return TrueEvent(
        id=f"event-{kind}",
        kind=kind,
        began_at=START,
        ended_at=None if ended_s is None else START + timedelta(seconds=ended_s),
        position=PLACE,
        object_ids=frozenset(("p1", "p2")),
        place="square",
    )


def _alert(
    name: str = "a1", *, kind: str = "crowd", at: GeoPoint = PLACE, after_s: float = 10.0
) -> ToldAlert:
    return ToldAlert(
        id=name,
        kind=kind,
        position=at,
        ellipse_semi_major_m=5.0,
        captured_at=START + timedelta(seconds=after_s),
        created_unix_s=1000.4,
        drone_id="qyran-1",
        has_picture=True,
        cameras=4,
        in_incident=True,
    )


def test_an_alert_at_the_place_and_time_of_an_event_finds_it() -> None:
    judgement = judge([_event()], [_alert(at=_off(90.0, 12.5))], {})
    assert judgement.all_found
    assert judgement.findings[0].position_error_m == pytest.approx(12.5, abs=0.01)
    assert judgement.findings[0].after_begin_s == 10.0


def test_error_and_latency_are_taken_from_the_frame_that_the_alert_shows() -> None:
    frame = TrueFrame(
        captured_at=START + timedelta(seconds=10.0),
        published_unix_s=1000.0,
        objects={"p1": _off(0.0, 30.0), "p2": _off(0.0, 34.0), "other": _off(180.0, 500.0)},
    )
    judgement = judge([_event()], [_alert(at=_off(0.0, 32.0))], {"qyran-1": [frame]})
    assert judgement.findings[0].position_error_m == pytest.approx(0.0, abs=0.02)
    assert judgement.findings[0].frame_to_alert_s == pytest.approx(0.4)


@pytest.mark.parametrize(
    "alert",
    [
        _alert(kind="intrusion"),
        _alert(at=_off(90.0, 60.0)),
        _alert(after_s=-1.0),
        _alert(after_s=31.0),
    ],
    ids=["another kind", "too far away", "before it began", "after it ended"],
)
def test_an_alert_that_fits_no_event_is_false_and_the_event_is_missed(alert: ToldAlert) -> None:
    judgement = judge([_event(ended_s=30.0)], [alert], {})
    assert len(judgement.false_alerts) == len(judgement.missed) == 1
    assert not judgement.all_found


def test_a_second_alert_of_one_event_is_a_duplicate() -> None:
    judgement = judge([_event()], [_alert("a1"), _alert("a2")], {})
    assert len(judgement.findings) == len(judgement.duplicates) == 1
    assert not judgement.all_found


def test_distance_from_the_planned_line_is_measured_across_it() -> None:
    line = [_off(0.0, 0.0), _off(0.0, 100.0)]
    flown = [
        TruePose(
            at=START,
            position=GeoPoint(
                latitude_deg=_off(0.0, 50.0).latitude_deg,
                longitude_deg=_off(90.0, offset_m).longitude_deg,
            ),
            height_amsl_m=180.0,
            mission_item=1,
        )
        for offset_m in (0.0, 1.0, 4.0)
    ]
    assert cross_track_m(line, flown) == {"median": 1.0, "p95": 3.7, "largest": 4.0}


def test_a_half_written_last_line_of_truth_is_left_for_later(tmp_path: Path) -> None:
    row = {
        "id": "e1",
        "kind": "crowd",
        "began_utc": START.isoformat(),
        "ended_utc": None,
        "latitude_deg": 44.85,
        "longitude_deg": 65.51,
        "object_ids": [1, 2],
        "place": "square",
    }
    text = json.dumps(row) + "\n" + json.dumps(row)[:20]
    (tmp_path / "events.jsonl").write_text(text, encoding="utf-8")
    assert [event.id for event in read_events(tmp_path)] == ["e1"]


@pytest.mark.parametrize(
    ("event", "alert", "implied"),
    [
        ("animals_on_road", "herd_left_pasture", True),
        ("animals_on_road", "unattended_livestock", True),
        ("crowd", "sudden_gathering", True),
        ("crowd", "herd_left_pasture", False),
    ],
)
def test_what_an_event_brings_with_it_is_neither_false_nor_found(
    event: str, alert: str, implied: bool
) -> None:
    early = _alert(kind=alert, at=_off(90.0, 80.0), after_s=-60.0)
    judgement = judge([_event(event)], [early], {})
    assert bool(judgement.implied) is implied
    assert bool(judgement.false_alerts) is not implied
    assert judgement.missed
