"""Which reports are about one thing, against distances that pyproj measures."""

import math
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from ground_station.alerts.alert import Alert, AlertState
from ground_station.alerts.box import box_around
from ground_station.alerts.correlate import OpenAlerts, gap_m, merged
from ground_station.alerts.title import title
from ground_station.configuration import CorrelationSettings
from onboard.messages import EventKind, EventReport, GroundEllipse, GroundPosition

Report = Callable[..., EventReport]
SETTINGS = CorrelationSettings()
NOW = datetime(2026, 11, 22, 9, 5, tzinfo=UTC)


@pytest.fixture
def report(event: Callable[..., dict[str, Any]]) -> Report:
    """Makes an event's body."""
    return lambda **given: EventReport.model_validate(event(**given)["body"])


def alert_for(
    event: EventReport, alerts: list[Alert], settings: CorrelationSettings
) -> Alert | None:
    return OpenAlerts(alerts, settings).holding(event)


def alert_of(event: EventReport, alert_id: str = "a") -> Alert:
    return Alert(
        id=alert_id,
        kind=event.event_kind,
        severity=event.severity,
        certainty=event.certainty,
        position=event.position,
        last_position=event.position,
        place=None,
        road_name=None,
        title=title(event.event_kind, None),
        explanation=event.explanation,
        object_class=event.object_class,
        object_count=event.object_count,
        drone_id="qyran-1",
        zone=None,
        picture=event.picture,
        cameras=(),
        began_at=event.began_at,
        captured_at=event.captured_at,
        created_at=NOW,
    )


def test_same_kind_near_and_soon_is_one_thing(report: Report) -> None:
    alert = alert_of(report())
    assert alert_for(report(east_m=40.0, after_s=60.0), [alert], SETTINGS) is alert


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"kind": "intrusion"}, id="another kind"),
        pytest.param({"east_m": 200.0}, id="too far"),
        pytest.param({"after_s": 301.0}, id="too late"),
        pytest.param({"after_s": -301.0}, id="too early"),
    ],
)
def test_other_kind_place_or_time_is_another_thing(report: Report, other: dict[str, Any]) -> None:
    assert alert_for(report(**other), [alert_of(report())], SETTINGS) is None


def test_closed_alert_takes_no_event(report: Report) -> None:
    closed = alert_of(report()).model_copy(update={"state": AlertState.CLOSED})
    assert alert_for(report(), [closed], SETTINGS) is None


def test_event_joins_the_nearer_of_two_alerts(report: Report) -> None:
    west, east = alert_of(report(), "west"), alert_of(report(east_m=90.0), "east")
    assert alert_for(report(east_m=60.0), [west, east], SETTINGS) is east


def test_large_ellipses_bridge_a_distance_that_small_ones_do_not(report: Report) -> None:
    far = {"kind": "vehicle_stopped", "east_m": 60.0}
    sure = alert_of(report(kind="vehicle_stopped"))
    vague = alert_of(report(kind="vehicle_stopped", semi_major_m=60.0))
    assert alert_for(report(**far), [sure], SETTINGS) is None
    assert alert_for(report(**far), [vague], SETTINGS) is vague


def test_moving_thing_is_followed_from_where_it_was_last(report: Report) -> None:
    herd = alert_of(report(kind="animals_on_road"))
    herd = merged(herd, report(kind="animals_on_road", north_m=80.0, after_s=60.0))
    moved = report(kind="animals_on_road", north_m=160.0, after_s=120.0)
    assert alert_for(moved, [herd], SETTINGS) is herd


def test_extent_of_a_kind_can_be_configured(report: Report) -> None:
    wide = CorrelationSettings(extent_m={EventKind.CROWD: 500.0})
    alert = alert_of(report())
    assert alert_for(report(east_m=400.0), [alert], wide) is alert


def test_merged_alert_keeps_the_sharper_place_and_the_surer_picture(report: Report) -> None:
    first = alert_of(report(certainty=0.9, semi_major_m=8.0, picture_sha256="a" * 64))
    second = report(certainty=0.6, semi_major_m=3.0, picture_sha256="b" * 64, east_m=5.0)
    both = merged(first, second)
    assert both.position == second.position
    assert both.certainty == 0.9
    assert both.picture == first.picture


def test_report_that_arrives_late_widens_the_time_but_does_not_move_the_thing(
    report: Report,
) -> None:
    alert = alert_of(report(after_s=100.0))
    late = report(after_s=0.0, east_m=10.0)
    both = merged(alert, late)
    assert (both.began_at, both.captured_at) == (late.began_at, alert.captured_at)
    assert both.last_position == alert.position


def test_merging_does_not_claim_more_certainty_than_the_surest_report(report: Report) -> None:
    assert merged(alert_of(report(certainty=0.7)), report(certainty=0.7)).certainty == 0.7


@given(
    bearing_deg=st.floats(0, 360),
    distance_m=st.floats(50, 2000),
    radius_m=st.floats(0, 20),
    orientation_rad=st.floats(-math.pi, math.pi),
)
def test_gap_of_two_circles_is_the_distance_less_both_radii(
    bearing_deg: float, distance_m: float, radius_m: float, orientation_rad: float
) -> None:
    longitude, latitude, _ = Geod(ellps="WGS84").fwd(65.51, 44.85, bearing_deg, distance_m)
    circle = GroundEllipse(
        semi_major_m=radius_m, semi_minor_m=radius_m, orientation_rad=orientation_rad
    )
    here, there = (
        GroundPosition(latitude_deg=lat, longitude_deg=lon, height_amsl_m=0.0, ellipse=circle)
        for lat, lon in ((44.85, 65.51), (latitude, longitude))
    )
    assert gap_m(here, there) == pytest.approx(distance_m - 2 * radius_m, abs=0.01)


@given(
    latitude=st.floats(-89.9, 89.9),
    longitude=st.floats(-180, 180),
    bearing_deg=st.floats(0, 360),
    distance_m=st.floats(0, 20_000),
)
def test_box_around_a_place_holds_all_that_is_as_near_as_its_margin(
    latitude: float, longitude: float, bearing_deg: float, distance_m: float
) -> None:
    east, north, _ = Geod(ellps="WGS84").fwd(longitude, latitude, bearing_deg, distance_m)
    point = GroundEllipse(semi_major_m=0.0, semi_minor_m=0.0, orientation_rad=0.0)
    here, there = (
        GroundPosition(latitude_deg=lat, longitude_deg=lon, height_amsl_m=0.0, ellipse=point)
        for lat, lon in ((latitude, longitude), (north, east))
    )
    around = box_around([here], margin_m=distance_m)
    assert around.meets(box_around([there], margin_m=0.0))


def test_long_ellipse_reaches_along_its_major_axis_only(report: Report) -> None:
    ellipse = GroundEllipse(semi_major_m=50.0, semi_minor_m=0.0, orientation_rad=0.0)
    here = report().position.model_copy(update={"ellipse": ellipse})
    point = GroundEllipse(semi_major_m=0.0, semi_minor_m=0.0, orientation_rad=0.0)
    north, east = (
        report(**place).position.model_copy(update={"ellipse": point})
        for place in ({"north_m": 100.0}, {"east_m": 100.0})
    )
    assert gap_m(here, north) == pytest.approx(50.0, abs=0.01)
    assert gap_m(here, east) == pytest.approx(100.0, abs=0.01)


def test_a_person_may_have_walked_between_two_sights(report: Report) -> None:
    first = report(kind="intrusion")
    later = report(kind="intrusion", east_m=200.0, after_s=120.0)
    soon = report(kind="intrusion", east_m=200.0, after_s=20.0)
    assert alert_for(later, [alert_of(first)], SETTINGS) is not None
    assert alert_for(soon, [alert_of(first)], SETTINGS) is None
    assert merged(alert_of(first), later).position == later.position


def test_a_stopped_vehicle_does_not_move_however_late_the_second_sight(report: Report) -> None:
    first = report(kind="vehicle_stopped")
    later = report(kind="vehicle_stopped", east_m=120.0, after_s=250.0)
    assert alert_for(later, [alert_of(first)], SETTINGS) is None
